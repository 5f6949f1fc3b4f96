#pragma once

#include "engine/schedule/noise_schedule.h"
#include "engine/schedule/schedules.h"

#include <torch/torch.h>

#include <functional>
#include <limits>
#include <optional>
#include <string>

namespace engine {

/// Where a run stands after a step.
struct StepState
{
    int step = 0;                  ///< steps done, from 1
    int steps = 0;                 ///< in all
    double sigma = 0.0;            ///< level at the start of the step
    double sigmaNext = 0.0;        ///< level reached
    const torch::Tensor &x;        ///< state reached, float32, x0 + sigmaNext * noise (flow: (1 - s) x0 + s noise)
    const torch::Tensor &denoised; ///< newest predicted picture, float32
    double seconds = 0.0;          ///< of this step
};

/// One question of a sampler, answered.
struct DenoiseState
{
    int step = 0;                  ///< that asked, from 0
    double sigma = 0.0;            ///< level of x
    double timestep = 0.0;         ///< what the network was told
    const torch::Tensor &x;        ///< float32, as StepState has it
    const torch::Tensor &output;   ///< what the network said, guided; undefined where the answer was known before
    const torch::Tensor &denoised; ///< the answer
};

/// Where a run goes on that another one began.
struct SampleResume
{
    SamplingPlan plan = {};
    torch::Tensor x = {}; ///< [B, C, h, w] float32, state at the first level of the plan
    int step = 0;         ///< steps done before; those of this run are counted from it
};

/// One run of a sampler on a batch of pictures.
struct SampleJob
{
    const NoiseSchedule &alphas;
    SchedulerConfig config = {};
    Prediction prediction = Prediction::Epsilon; ///< flow schedules: always velocity
    std::string sampler = "dpmpp_2m";            ///< id
    std::string schedule = {};                   ///< id; empty: the sampler's default
    ScheduleOptions scheduleOptions = {};
    int steps = 20;
    double strength = 1.0;         ///< with initLatent: the last int(min(strength, 0.999) * steps) + 1 steps are run
    bool exactSteps = false;       ///< with initLatent: as many steps as `steps` says, over a longer schedule
    bool clipSample = false;       ///< clamp the predicted picture to [-range, range] of config (pixel models)
    torch::Tensor startNoise = {}; ///< [B, C, h, w] standard normal
    torch::Tensor initLatent = {}; ///< [B or 1, C, h, w]; undefined: from noise alone
    /// The GUIDED raw output of the network (noise, v, picture or velocity) for an input scaled to the
    /// variance-preserving form. timestep may be fractional. Called stepIndex = 0, 1, ... within steps (twice or
    /// three times with the same index in samplers that look ahead).
    std::function<torch::Tensor(const torch::Tensor &xScaled, double timestep, int stepIndex)> network = {};
    /// What to make of the predicted picture after guidance, and of the result: blending while inpainting. Optional.
    std::function<torch::Tensor(const torch::Tensor &denoised)> adjustDenoised = {};
    /// Standard normal noise of startNoise's shape; called when it is used, in order.
    std::function<torch::Tensor(double sigma, double sigmaNext)> noise = {};
    std::function<void(const StepState &)> onStep = {}; ///< after each step. Optional.
    std::function<void()> checkStop = {};               ///< before each network call; may throw. Optional.
    std::optional<SampleResume> resume = {};            ///< instead of a start from startNoise and initLatent
    /// The predicted picture where it is known already; undefined: the network is asked. Optional.
    std::function<torch::Tensor(double sigma, int step)> answer = {};
    std::function<void(const SamplingPlan &, const torch::Tensor &x)> onStart =
        {};                                                   ///< before the first step. Optional.
    std::function<void(const DenoiseState &)> onDenoise = {}; ///< Optional.
    double eta = 1.0;                                         ///< noise of ancestral and SDE samplers; TCD's gamma
    double ddimEta = 0.0;                                     ///< noise of `ddim`
    double sNoise = 1.0;                                      ///< factor on every noise
    double sChurn = 0.0;                                      ///< Karras' churn: euler, heun, dpm_2, heunpp2
    double sTmin = 0.0;
    double sTmax = std::numeric_limits<double>::infinity();
};

/// Runs the sampler; all its state is float32. Called on the engine thread.
/// \return [B, C, h, w] float32 final latents: of the Timestep form in variance-preserving scale, as diffusers'
///         pipelines hand them to the decoder.
/// \throws Error{BadRequest} if sampler or schedule are unknown; whatever network, onStep and checkStop throw.
torch::Tensor sample(const SampleJob &job);

/// The state that sample() reaches after `step` steps, counted as onStep counts them. What comes later is not computed.
torch::Tensor stateAfter(const SampleJob &job, int step);

/// How many steps sample() will report for this job.
int plannedSteps(const SampleJob &job);

} // namespace engine
