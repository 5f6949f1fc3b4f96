#include "engine/training/lr_schedule.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace engine {

double LearningRate::at(std::int64_t step, double progress) const
{
    double rate = peak;
    if (shape == LearningRateSchedule::Cosine) {
        const double share = 0.5 * (1.0 + std::cos(std::numbers::pi * std::clamp(progress, 0.0, 1.0)));
        rate = peak * (floor + (1.0 - floor) * share);
    }
    if (step < warmupSteps)
        rate *= static_cast<double>(step + 1) / static_cast<double>(warmupSteps);
    return rate;
}

} // namespace engine
