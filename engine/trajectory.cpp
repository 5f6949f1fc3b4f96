#include "engine/trajectory.h"

namespace engine {

std::uint64_t Trajectory::bytes() const
{
    const auto halves = [](const HalfArray &each) { return each.values.size() * sizeof(std::uint16_t); };
    std::uint64_t sum = start.values.size() * sizeof(float);
    for (const TrajectoryStep &step : steps)
        sum += halves(step.x) + halves(step.eps) + halves(step.x0) + halves(step.epsCond) + halves(step.epsUncond);
    for (const DenoiseCall &call : calls)
        sum += call.denoised.values.size() * sizeof(float);
    for (const AttentionMap &word : attention.words)
        sum += word.values.size() * sizeof(float);
    return sum;
}

} // namespace engine
