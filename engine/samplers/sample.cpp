#include "engine/samplers/sample.h"

#include "engine/catalog.h"
#include "engine/error.h"
#include "engine/samplers/samplers.h"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace engine {

namespace {

const SamplerInfo &samplerOf(const SampleJob &job)
{
    const auto rows = samplers();
    const auto row = std::find_if(rows.begin(), rows.end(), [&](const SamplerInfo &s) { return s.id == job.sampler; });
    if (row == rows.end())
        throw Error(ErrorKind::BadRequest, "sampler", "there is no sampler \"" + job.sampler + "\"");
    return *row;
}

SamplingPlan planOf(const SampleJob &job)
{
    const SamplerInfo &sampler = samplerOf(job);
    if (job.resume)
        return job.resume->plan;
    const std::string schedule = job.schedule.empty() ? std::string(sampler.defaultSchedule) : job.schedule;
    const bool stretches = job.exactSteps && job.initLatent.defined();
    const int longest = job.alphas.size();
    const int steps = stretches ? std::min(int(job.steps / std::clamp(job.strength, 1e-3, 0.999)), longest) : job.steps;
    SamplingPlan plan = planSampling(job.sampler, schedule, steps, job.alphas, job.config, job.scheduleOptions);
    if (job.initLatent.defined())
        keepLastSteps(plan, stretches ? job.steps : stepsFromPicture(job.strength, job.steps));
    return plan;
}

/// One run: the network as a denoiser, and where the run stands.
class Run
{
public:
    explicit Run(const SampleJob &job)
        : m_job(job)
        , m_plan(planOf(job))
        , m_range(job.config.clipSampleRange)
        , m_isDdim(job.sampler == "ddim")
        , m_isConsistency(job.sampler == "lcm" && m_plan.form == SamplingForm::Timestep)
        , m_stepsDone(job.resume ? job.resume->step : 0)
        , m_stepStart(std::chrono::steady_clock::now())
    {
    }

    torch::Tensor run()
    {
        const SampleJob &job = m_job;
        const SamplerInput input{
            .sigmas = m_plan.sigmas,
            .denoise = [this](const torch::Tensor &x, double sigma) { return denoise(x, sigma); },
            .noise = [&job](double sigma, double next) { return job.noise(sigma, next).to(torch::kFloat32); },
            .onStep = [this](const SamplerStep &step) { report(step); },
            .eta = m_isDdim ? job.ddimEta : job.eta,
            .sNoise = job.sNoise,
            .sChurn = job.sChurn,
            .sTmin = job.sTmin,
            .sTmax = job.sTmax,
            .flow = job.alphas.isFlow(),
            .schedule = &job.alphas,
            .clip = m_isDdim && job.clipSample ? [this](const torch::Tensor &x) { return clipped(x); }
                                               : std::function<torch::Tensor(const torch::Tensor &)>(),
            .largeVariance = job.config.varianceType.starts_with("fixed_large"),
        };
        torch::Tensor x = start();
        if (job.onStart)
            job.onStart(m_plan, x);
        m_stepStart = std::chrono::steady_clock::now();
        x = samplerEntry(job.sampler)->run(input, x);
        if (m_plan.form == SamplingForm::Timestep)
            x = x * preserving(m_plan.sigmas.back());
        return job.adjustDenoised ? job.adjustDenoised(x) : x;
    }

    /// Those before a resumed run included.
    [[nodiscard]] int steps() const { return int(m_plan.timesteps.size()) + (m_job.resume ? m_job.resume->step : 0); }

private:
    /// Factor from the variance-exploding to the variance-preserving form.
    [[nodiscard]] double preserving(double sigma) const
    {
        return m_job.alphas.isFlow() ? 1.0 : 1.0 / std::sqrt(1.0 + sigma * sigma);
    }

    [[nodiscard]] torch::Tensor start() const
    {
        if (m_job.resume)
            return m_job.resume->x.to(torch::kFloat32);
        const double sigma = m_plan.sigmas.front();
        const torch::Tensor noise = m_job.startNoise.to(torch::kFloat32);
        if (m_job.initLatent.defined()) {
            const torch::Tensor latent = m_job.initLatent.to(torch::kFloat32);
            return latent * (m_job.alphas.isFlow() ? 1.0 - sigma : 1.0) + noise * sigma;
        }
        return noise * (m_plan.form == SamplingForm::Timestep ? 1.0 / preserving(sigma) : sigma);
    }

    /// Planned levels keep their exact timestep; those between come from the table.
    [[nodiscard]] double timestepOf(double sigma) const
    {
        for (std::size_t i = 0; i < m_plan.timesteps.size(); ++i)
            if (m_plan.sigmas[i] == sigma)
                return m_plan.timesteps[i];
        return m_job.alphas.timestepAt(sigma);
    }

    [[nodiscard]] torch::Tensor clipped(const torch::Tensor &x) const { return torch::clamp(x, -m_range, m_range); }

    torch::Tensor denoise(const torch::Tensor &x, double sigma)
    {
        if (m_job.checkStop)
            m_job.checkStop();
        if (m_job.answer) {
            const torch::Tensor known = m_job.answer(sigma, m_stepsDone);
            if (known.defined()) {
                tell(x, sigma, {}, known);
                return known;
            }
        }
        const double timestep = timestepOf(sigma);
        const double scale = preserving(sigma);
        const torch::Tensor output = m_job.network(x * scale, timestep, m_stepsDone).to(torch::kFloat32);
        torch::Tensor denoised;
        if (m_job.alphas.isFlow() || m_job.prediction == Prediction::Epsilon)
            denoised = x - output * sigma;
        else if (m_job.prediction == Prediction::VPrediction)
            denoised = x * (scale * scale) - output * (sigma * scale);
        else
            denoised = output;
        if (m_job.clipSample && !m_isDdim)
            denoised = clipped(denoised);
        if (m_isConsistency) {
            // The boundary condition of a latent consistency model (Luo et al. 2023, equation 9): at t = 0 the state
            // itself.
            const double t = 10.0 * timestep;
            const double whole = t * t + 0.25;
            denoised = denoised * (t / std::sqrt(whole)) + x * (scale * 0.25 / whole);
        }
        if (m_job.adjustDenoised)
            denoised = m_job.adjustDenoised(denoised);
        tell(x, sigma, output, denoised);
        return denoised;
    }

    void tell(const torch::Tensor &x, double sigma, const torch::Tensor &output, const torch::Tensor &denoised) const
    {
        if (m_job.onDenoise) {
            m_job.onDenoise({.step = m_stepsDone,
                             .sigma = sigma,
                             .timestep = timestepOf(sigma),
                             .x = x,
                             .output = output,
                             .denoised = denoised});
        }
    }

    void report(const SamplerStep &step)
    {
        ++m_stepsDone;
        const auto now = std::chrono::steady_clock::now();
        const double seconds = std::chrono::duration<double>(now - m_stepStart).count();
        if (m_job.onStep) {
            m_job.onStep({.step = m_stepsDone,
                          .steps = steps(),
                          .sigma = step.sigma,
                          .sigmaNext = step.sigmaNext,
                          .x = step.x,
                          .denoised = step.denoised,
                          .seconds = seconds});
        }
        m_stepStart = std::chrono::steady_clock::now(); // previews are not part of a step
    }

    const SampleJob &m_job;
    SamplingPlan m_plan;
    double m_range;
    bool m_isDdim;
    bool m_isConsistency;
    int m_stepsDone;
    std::chrono::steady_clock::time_point m_stepStart;
};

} // namespace

torch::Tensor sample(const SampleJob &job)
{
    return Run(job).run();
}

torch::Tensor stateAfter(const SampleJob &job, int step)
{
    struct Reached
    {
    };
    torch::Tensor x;
    SampleJob shortened = job;
    shortened.onStart = [&](const SamplingPlan &, const torch::Tensor &start) { x = start; };
    shortened.onStep = [&](const StepState &state) {
        if (job.onStep)
            job.onStep(state);
        x = state.x;
        if (state.step == step)
            throw Reached();
    };
    if (job.resume && job.resume->step == step)
        return job.resume->x;
    try {
        sample(shortened);
    } catch (const Reached &) { // samplers are plain loops: leaving one early loses nothing
    }
    return x;
}

int plannedSteps(const SampleJob &job)
{
    return Run(job).steps();
}

} // namespace engine
