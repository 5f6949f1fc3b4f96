#pragma once

#include "engine/engine.h"
#include "engine/pipeline/model_store.h"

namespace engine {

/// Makes the pictures of a request, one after the other, and emits each as it is finished. Call it in InferenceMode.
/// Fills all of the report but loadSeconds, device and peakBytes.
/// \throws Error{BadRequest} for what only the model can tell (a size, a missing encoder), Error{OutOfMemory},
/// Cancelled
GenerateReport generatePictures(LoadedModel &model, const GenerateRequest &request, const RunContext &context);

} // namespace engine
