#include "engine/pipeline/branch.h"

#include "engine/error.h"

#include <algorithm>
#include <cstring>

namespace engine {

namespace {

SamplingPlan planOf(const TrajectorySegment &segment)
{
    return {.form = segment.isTimestepForm ? SamplingForm::Timestep : SamplingForm::Sigma,
            .sigmas = segment.sigmas,
            .timesteps = segment.timesteps};
}

std::string text(const LatentArray &array)
{
    return std::to_string(array.channels) + " x " + std::to_string(array.height) + " x " + std::to_string(array.width);
}

} // namespace

torch::Tensor tensorOf(const LatentArray &array)
{
    torch::Tensor x = torch::empty({1, array.channels, array.height, array.width}, torch::kFloat32);
    std::memcpy(x.data_ptr(), array.values.data(), x.nbytes());
    return x;
}

LatentArray arrayOf(const torch::Tensor &x)
{
    const torch::Tensor plain = x.to(torch::kCPU, torch::kFloat32).contiguous();
    LatentArray array{.channels = int(plain.size(-3)), .height = int(plain.size(-2)), .width = int(plain.size(-1))};
    const auto *values = plain.const_data_ptr<float>();
    array.values.assign(values, values + plain.numel());
    return array;
}

GenerateRequest resolvedBranch(const GenerateRequest &request)
{
    if (!request.branchFrom)
        return request;
    const Trajectory &parent = *request.branchFrom;
    const auto refuse = [](const char *field, const std::string &what) {
        throw Error(ErrorKind::BadRequest, field, what);
    };
    if (request.count != 1)
        refuse("count", "a branch makes one picture");
    if (parent.steps.empty() || parent.segments.empty() || parent.noise.empty() || parent.start.isEmpty())
        refuse("branchFrom", "the picture's record holds nothing to branch from");
    if (request.branchStep < 0 || request.branchStep > lastBranchStep(parent)) {
        refuse("branchStep", "the step to branch from must be between 0 and " + std::to_string(lastBranchStep(parent)) +
                                 ", not " + std::to_string(request.branchStep));
    }
    GenerateRequest result = request;
    result.seed = parent.request.seed;
    result.rng = parent.request.rng;
    result.noiseFile = parent.request.noiseFile;
    for (auto [mine, theirs, name] : {std::tuple{&result.width, parent.request.width, "width"},
                                      std::tuple{&result.height, parent.request.height, "height"}}) {
        if (*mine != 0 && *mine != theirs)
            refuse(name, "a branch has the size of its parent, " + std::to_string(parent.request.width) + " x " +
                             std::to_string(parent.request.height));
        *mine = theirs;
    }
    return result;
}

Branch::Branch(const GenerateRequest &request, const LoadedModel &model, const std::vector<int64_t> &shape)
    : m_request(request), m_parent(request.branchFrom), m_step(request.branchStep), m_device(model.device)
{
    const LatentArray &start = m_parent->start;
    if (m_parent->family != model.info.family) {
        throw Error(ErrorKind::BadRequest, "branchFrom",
                    "the picture was made by a model of the family " + m_parent->family + ", and this one is " +
                        model.info.family);
    }
    if (shape != std::vector<int64_t>{1, start.channels, start.height, start.width}) {
        throw Error(ErrorKind::BadRequest, "branchFrom",
                    "the picture's states are " + text(start) + ", which is not what this model and size have");
    }
    for (std::size_t i = 0; i < m_parent->segments.size(); ++i) {
        if (m_parent->segments[i].step <= m_step)
            m_segment = i;
    }
    m_segments.assign(m_parent->segments.begin(), m_parent->segments.begin() + std::ptrdiff_t(m_segment) + 1);
}

bool Branch::continues(const GenerateRequest &request) const
{
    const TrajectorySegment &segment = m_parent->segments[m_segment];
    return request.sampler == segment.sampler && request.schedule == segment.schedule && request.eta == segment.eta &&
           request.ddimEta == segment.ddimEta && request.steps == m_parent->request.steps &&
           segment.step + int(segment.timesteps.size()) == int(m_parent->steps.size());
}

torch::Tensor Branch::answer(double sigma, int step)
{
    if (step >= m_step)
        return {};
    const std::vector<DenoiseCall> &calls = m_parent->calls;
    if (m_nextCall >= calls.size() || calls[m_nextCall].step != step || calls[m_nextCall].sigma != sigma ||
        calls[m_nextCall].denoised.values.size() != m_parent->start.values.size()) {
        throw Error(ErrorKind::BadRequest, "branchFrom",
                    "the picture's record does not fit its sampler (step " + std::to_string(step + 1) + ")");
    }
    return tensorOf(calls[m_nextCall++].denoised).to(m_device);
}

void Branch::setUp(SampleJob &job, NoiseStream &noise)
{
    const TrajectorySegment &segment = m_parent->segments[m_segment];
    // Noise: what the parent drew up to the step; from there on the same generator goes on, or a new one begins.
    m_noise.clear();
    for (const NoiseOrigin &origin : m_parent->noise) {
        if (origin.step <= m_step)
            m_noise.push_back(origin);
    }
    if (m_request.branchNoiseSeed) {
        std::erase_if(m_noise, [this](const NoiseOrigin &origin) { return origin.step == m_step; });
        m_noise.push_back({.step = m_step, .seed = *m_request.branchNoiseSeed});
    }
    const auto callsBefore = [this](int step) {
        return std::size_t(std::find_if(m_parent->calls.begin(), m_parent->calls.end(),
                                        [step](const DenoiseCall &call) { return call.step >= step; }) -
                           m_parent->calls.begin());
    };
    m_nextCall = callsBefore(segment.step);
    noise.resume(m_noise, segment.step);

    const auto repeat = [&](SampleJob &run) {
        run.sampler = segment.sampler;
        run.schedule = segment.schedule;
        run.eta = segment.eta;
        run.ddimEta = segment.ddimEta;
        run.resume = SampleResume{.plan = planOf(segment),
                                  .x = tensorOf(segment.start.isEmpty() ? m_parent->start : segment.start).to(m_device),
                                  .step = segment.step};
        run.answer = [this](double sigma, int step) { return answer(sigma, step); };
    };
    if (continues(m_request))
        return repeat(job);

    // Another sampler or schedule: it begins at the state that the parent's reached.
    SampleJob replayed = job;
    repeat(replayed);
    int step = segment.step;
    replayed.noise = [&](double, double) { return noise.draw(step).to(m_device); };
    replayed.onStep = [&step](const StepState &state) { step = state.step; };
    replayed.onStart = {};
    replayed.onDenoise = {};
    const torch::Tensor x = stateAfter(replayed, m_step);
    const int left = int(m_parent->steps.size()) - m_step + m_request.steps - m_parent->request.steps;
    if (left < 1) {
        throw Error(ErrorKind::BadRequest, "steps",
                    "a branch from step " + std::to_string(m_step) + " needs more than " + std::to_string(m_step) +
                        " steps in all");
    }
    const TrajectoryStep &first = m_parent->steps[std::size_t(m_step)];
    const double sigma = m_step > 0 ? m_parent->steps[std::size_t(m_step) - 1].sigmaNext : segment.sigmas.front();
    const double timestep = first.sigma == sigma ? first.timestep : job.alphas.timestepAt(sigma);
    job.resume = SampleResume{.plan = planRemaining(m_request.sampler, m_request.schedule, m_request.steps, left,
                                                    {.sigma = sigma, .timestep = timestep}, job.alphas, job.config),
                              .x = x,
                              .step = m_step};
    if (m_segments.back().step == m_step)
        m_segments.pop_back();
    const SamplingPlan &plan = job.resume->plan;
    m_segments.push_back({.step = m_step,
                          .sampler = m_request.sampler,
                          .schedule = m_request.schedule,
                          .eta = m_request.eta,
                          .ddimEta = m_request.ddimEta,
                          .isTimestepForm = plan.form == SamplingForm::Timestep,
                          .sigmas = plan.sigmas,
                          .timesteps = plan.timesteps,
                          .start = m_step > 0 ? arrayOf(x) : LatentArray()});
    // The new sampler's noise begins here, wherever the old one's stood.
    const NoiseOrigin here = noise.position(m_step);
    std::erase_if(m_noise, [this](const NoiseOrigin &origin) { return origin.step == m_step; });
    m_noise.push_back(here);
    noise.resume(m_noise, m_step);
}

Trajectory Branch::shared() const
{
    Trajectory result;
    result.family = m_parent->family;
    result.start = m_parent->start;
    result.steps.assign(m_parent->steps.begin(), m_parent->steps.begin() + m_step);
    for (const DenoiseCall &call : m_parent->calls) {
        if (call.step < m_step)
            result.calls.push_back(call);
    }
    result.segments = m_segments;
    result.noise = m_noise;
    result.branchStep = m_step;
    return result;
}

} // namespace engine
