#pragma once

#include "engine/core/device.h"
#include "engine/engine.h"
#include "engine/pipeline/model_store.h"

#include <functional>
#include <string>

namespace engine {

/// The engine on LibTorch. Turns LibTorch's exceptions into Error.
class TorchEngine : public Engine
{
public:
    explicit TorchEngine(const EngineOptions &options);

    [[nodiscard]] DeviceInfo device() const override;
    void load(const LoadRequest &request, const RunContext &context) override;
    GenerateReport generate(const GenerateRequest &request, const RunContext &context) override;
    void probe(const ProbeRequest &request) override;
    StudyResult study(const StudyRequest &request, const RunContext &context) override;
    TrainReport train(const TrainRequest &request, const RunContext &context) override;
    void unload() override;

private:
    DevicePolicy m_devices;
    ModelStore m_models;
};

} // namespace engine
