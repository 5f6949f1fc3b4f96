#pragma once

#include "engine/schedule/noise_schedule.h"

#include <limits>
#include <string_view>
#include <vector>

namespace engine {

/// Noise levels of a run, falling, and the timestep of each level but the last.
struct SchedulePlan
{
    std::vector<double> sigmas = {};
    std::vector<double> timesteps = {};
};

/// Departures from what the model says. NaN: not set.
struct ScheduleOptions
{
    double sigmaMin = std::numeric_limits<double>::quiet_NaN(); ///< karras, exponential, polyexponential, kl_optimal
    double sigmaMax = std::numeric_limits<double>::quiet_NaN();
    double rho = std::numeric_limits<double>::quiet_NaN(); ///< karras (7), polyexponential (1)
};

/// The noise levels that schedule `id` visits in `steps` steps, a final 0 included. `ddim_uniform` may give one step
/// more, `beta` fewer: both are defined so.
/// \throws Error{BadRequest} if there is no such schedule or steps < 1.
SchedulePlan planSchedule(std::string_view id, int steps, const NoiseSchedule &table,
                          const ScheduleOptions &options = {});

/// In which form a run starts and ends.
enum class SamplingForm {
    Sigma,   ///< start = noise * sigma, ends at sigma 0: k-diffusion's loop
    Timestep ///< whole timesteps, start = noise in variance-preserving form, result in that form: diffusers' loop
};

struct SamplingPlan
{
    SamplingForm form = SamplingForm::Sigma;
    std::vector<double> sigmas = {};    ///< steps + 1 levels; the last may be above 0 in Timestep form
    std::vector<double> timesteps = {}; ///< one a step
};

/// The levels that sampler `sampler` runs over with schedule `schedule`: planSchedule() with what belongs to the
/// sampler (DPM2, DPM2 a and DPM++ 3M SDE leave out the second-to-last level of one step more; `ddim`, `plms` and
/// `ddpm` with `ddim_uniform`, and `lcm` and `tcd` with `lcm`, run in Timestep form, which flow models do not have).
/// \throws Error{BadRequest}
SamplingPlan planSampling(std::string_view sampler, std::string_view schedule, int steps, const NoiseSchedule &table,
                          const SchedulerConfig &config, const ScheduleOptions &options = {});

/// A level that a run has come to.
struct ReachedLevel
{
    double sigma = 0.0;
    double timestep = 0.0;
};

/// The `count` steps from a level down to the end as the schedule makes them: the last levels of that number of steps
/// in all whose levels come closest to the one reached (`steps` if they fit). Where the schedule has not so many levels
/// (whole timesteps), equal steps in log sigma.
/// 	hrows Error{BadRequest}
SamplingPlan planRemaining(std::string_view sampler, std::string_view schedule, int steps, int count,
                           const ReachedLevel &from, const NoiseSchedule &table, const SchedulerConfig &config);

/// How many of the last of `steps` steps are run from a picture: int(min(strength, 0.999) * steps) + 1.
int stepsFromPicture(double strength, int steps);
/// Keeps the last `count` steps, or all if there are fewer.
void keepLastSteps(SamplingPlan &plan, int count);

} // namespace engine
