#pragma once

#include "engine/core/device.h"
#include "engine/event.h"
#include "engine/train_request.h"

namespace engine {

/// Runs a whole training of any kind, from the folder of pictures to the model's folder (or a LoRA's file).
/// \throws Error in one sentence (no pictures, memory, disk), Cancelled never: a stopped run returns its report.
TrainReport runTraining(const TrainRequest &request, const DevicePolicy &devices, const RunContext &context);

} // namespace engine
