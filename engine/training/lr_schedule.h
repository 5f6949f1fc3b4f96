#pragma once

#include "engine/train_request.h"

namespace engine {

/// How the learning rate moves: up in a line over the first `warmupSteps`, then constant or down a half cosine
/// (Loshchilov and Hutter 2017, without restarts) to `floor` times its value.
struct LearningRate
{
    double peak = 2e-4;
    std::int64_t warmupSteps = 500;
    LearningRateSchedule shape = LearningRateSchedule::Cosine;
    double floor = 0.0;

    /// \param step      steps done so far
    /// \param progress  share of the whole run done so far, 0..1
    [[nodiscard]] double at(std::int64_t step, double progress) const;
};

} // namespace engine
