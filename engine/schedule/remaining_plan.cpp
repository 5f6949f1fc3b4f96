#include "engine/error.h"
#include "engine/schedule/schedules.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <optional>

namespace engine {

namespace {

constexpr int kMostSteps = 999; // whole timesteps have no more

int levelsBelow(const SamplingPlan &plan, double sigma)
{
    // A hair of room: the same level computed in two ways is not below itself.
    return int(std::count_if(plan.sigmas.begin(), plan.sigmas.end(),
                             [sigma](double level) { return level < sigma * (1.0 - 1e-5); }));
}

/// How far the plan's level above its last `count` ones is from sigma, in log sigma.
double distance(const SamplingPlan &plan, int count, double sigma)
{
    const int above = int(plan.sigmas.size()) - 1 - count;
    return std::abs(std::log(plan.sigmas[std::size_t(std::max(above, 0))] / sigma));
}

SamplingPlan equalSteps(int count, const ReachedLevel &from, const NoiseSchedule &table)
{
    SamplingPlan plan;
    const double low = std::min(table.sigmaMin(), from.sigma / 2.0);
    for (int i = 0; i < count; ++i) {
        const double share = count > 1 ? double(i) / (count - 1) : 0.0;
        plan.sigmas.push_back(i == 0 ? from.sigma : std::exp(std::lerp(std::log(from.sigma), std::log(low), share)));
        plan.timesteps.push_back(i == 0 ? from.timestep : table.timestepAt(plan.sigmas.back()));
    }
    plan.sigmas.push_back(0.0);
    return plan;
}

} // namespace

SamplingPlan planRemaining(std::string_view sampler, std::string_view schedule, int steps, int count,
                           const ReachedLevel &from, const NoiseSchedule &table, const SchedulerConfig &config)
{
    if (count < 1 || from.sigma <= 0.0)
        throw Error(ErrorKind::BadRequest, "steps", "there are no steps left from here");
    const auto planOf = [&](int n) { return planSampling(sampler, schedule, n, table, config); };

    // More steps have more levels below: the smallest number with enough of them, then the best beside it.
    int low = std::max(1, count - 1);
    int high = kMostSteps;
    while (low < high) {
        const int middle = (low + high) / 2;
        if (levelsBelow(planOf(middle), from.sigma) >= count)
            high = middle;
        else
            low = middle + 1;
    }
    constexpr int kAround = 12;
    std::optional<SamplingPlan> best;
    const auto consider = [&](int n) {
        SamplingPlan plan = planOf(n);
        if (levelsBelow(plan, from.sigma) == count &&
            (!best || distance(plan, count, from.sigma) < distance(*best, count, from.sigma)))
            best = std::move(plan);
    };
    if (steps >= 1)
        consider(steps);
    for (int n = std::max(1, low - 2); n <= std::min(kMostSteps, low + kAround); ++n)
        consider(n);
    if (!best)
        return equalSteps(count, from, table);

    SamplingPlan plan{.form = best->form, .sigmas = {from.sigma}, .timesteps = {from.timestep}};
    std::copy(best->sigmas.end() - count, best->sigmas.end(), std::back_inserter(plan.sigmas));
    std::copy(best->timesteps.end() - (count - 1), best->timesteps.end(), std::back_inserter(plan.timesteps));
    return plan;
}

} // namespace engine
