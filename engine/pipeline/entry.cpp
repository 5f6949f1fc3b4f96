#include "engine/pipeline/torch_engine.h"

/// The one symbol that engine::makeEngine looks up in this library.
extern "C" engine::Engine *tinctureMakeEngine(const engine::EngineOptions &options)
{
    return new engine::TorchEngine(options);
}
