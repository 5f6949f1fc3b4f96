#include "engine/training/run_training.h"

namespace engine {

TrainReport runTraining(const TrainRequest &request, const DevicePolicy &, const RunContext &)
{
    throw Error(ErrorKind::NotSupported, request.data.string(), "training is not built in yet");
}

} // namespace engine
