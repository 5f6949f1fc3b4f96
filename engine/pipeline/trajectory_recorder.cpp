#include "engine/pipeline/trajectory_recorder.h"

#include "engine/half_floats.h"
#include "engine/pipeline/branch.h"
#include "engine/pipeline/preview.h"

#include <algorithm>
#include <cmath>
#include <span>

namespace engine {

namespace {

/// A tensor of one picture as plain numbers.
class Numbers
{
public:
    explicit Numbers(const torch::Tensor &x) : m_plain(x.to(torch::kCPU, torch::kFloat32).contiguous()) {}

    [[nodiscard]] std::span<const float> values() const
    {
        return {m_plain.const_data_ptr<float>(), static_cast<std::size_t>(m_plain.numel())};
    }
    [[nodiscard]] HalfArray half(std::span<const float> of) const
    {
        HalfArray array{
            .channels = int(m_plain.size(-3)), .height = int(m_plain.size(-2)), .width = int(m_plain.size(-1))};
        array.values.resize(of.size());
        floatsToHalves(of, array.values);
        return array;
    }

private:
    torch::Tensor m_plain;
};

double rootMeanSquare(std::span<const float> values)
{
    // Several sums side by side, so that the additions need not wait for each other.
    constexpr std::size_t kLanes = 8;
    float sums[kLanes] = {};
    std::size_t i = 0;
    for (; i + kLanes <= values.size(); i += kLanes) {
        for (std::size_t k = 0; k < kLanes; ++k)
            sums[k] += values[i + k] * values[i + k];
    }
    double sum = 0.0;
    for (const float each : sums)
        sum += double(each);
    for (; i < values.size(); ++i)
        sum += double(values[i]) * double(values[i]);
    return values.empty() ? 0.0 : std::sqrt(sum / double(values.size()));
}

/// a x + b y
std::vector<float> combined(double a, std::span<const float> x, double b, std::span<const float> y)
{
    std::vector<float> result(x.size());
    const auto fa = float(a);
    const auto fb = float(b);
    for (std::size_t i = 0; i < result.size(); ++i)
        result[i] = fa * x[i] + fb * y[i];
    return result;
}

LatentMap latentMap(LoadedModel &model)
{
    const PreviewMap &map = previewMap(model);
    const Numbers factors(map.factors.unsqueeze(0)); // [C, 3], row by row
    const Numbers bias(map.bias);
    LatentMap result{.scale = int(model.downscale())};
    result.factors.assign(factors.values().begin(), factors.values().end());
    result.bias.assign(bias.values().begin(), bias.values().end());
    return result;
}

} // namespace

TrajectoryRecorder::TrajectoryRecorder(LoadedModel &model, Trajectory begun, std::shared_ptr<const Trajectory> parent)
    : m_isFlow(model.noiseSchedule->isFlow())
    , m_prediction(model.info.prediction)
    , m_trajectory(std::move(begun))
    , m_parent(std::move(parent))
{
    m_trajectory.family = model.info.family;
    m_trajectory.map = latentMap(model);
    m_trajectory.sampler = m_trajectory.request.sampler;
    m_trajectory.schedule = m_trajectory.request.schedule;
}

void TrajectoryRecorder::onStart(const TrajectorySegment &segment, const torch::Tensor &x)
{
    m_x = x;
    if (!m_parent) {
        m_trajectory.start = arrayOf(x);
        m_trajectory.segments = {segment};
    }
}

void TrajectoryRecorder::onDenoise(const DenoiseState &state, const GuidanceHalves &halves)
{
    const bool isOld = !m_answers.empty() && m_answers.front().step < state.step - 1;
    if (isOld)
        std::erase_if(m_answers, [&](const Answer &answer) { return answer.step < state.step - 1; });
    m_answers.push_back({.step = state.step,
                         .sigma = state.sigma,
                         .timestep = state.timestep,
                         .x = state.x,
                         .output = state.output,
                         .denoised = state.denoised,
                         .halves = state.output.defined() ? halves : GuidanceHalves()});
    if (state.step >= m_trajectory.branchStep)
        m_trajectory.calls.push_back({.step = state.step, .sigma = state.sigma, .denoised = arrayOf(state.denoised)});
}

const TrajectoryRecorder::Answer *TrajectoryRecorder::answerOf(const StepState &state) const
{
    const int step = state.step - 1;
    const auto find = [this](auto &&wanted) {
        const auto found = std::find_if(m_answers.begin(), m_answers.end(), wanted);
        return found == m_answers.end() ? nullptr : &*found;
    };
    // Samplers with a corrector asked for a step's level at the end of the step before; churn asks a little above it.
    if (const Answer *own = find([&](const Answer &a) { return a.step == step && a.sigma == state.sigma; }))
        return own;
    if (const Answer *before = find([&](const Answer &a) { return a.sigma == state.sigma; }))
        return before;
    if (const Answer *first = find([&](const Answer &a) { return a.step == step; }))
        return first;
    return m_answers.empty() ? nullptr : &m_answers.back();
}

TrajectoryRecorder::NoiseRule TrajectoryRecorder::noiseRule(double sigma) const
{
    if (m_isFlow) // v = noise - picture, x = (1 - sigma) picture + sigma noise
        return {.ofState = 1.0, .ofOutput = 1.0 - sigma};
    const double scale = 1.0 / std::sqrt(1.0 + sigma * sigma);
    switch (m_prediction) {
    case Prediction::Epsilon:
        return {};
    case Prediction::VPrediction:
        return {.ofState = sigma * scale * scale, .ofOutput = scale};
    case Prediction::Sample:
        return {.ofState = 1.0 / sigma, .ofOutput = -1.0 / sigma};
    }
    return {};
}

void TrajectoryRecorder::fill(TrajectoryStep &step, const Answer &answer) const
{
    const Numbers denoised(answer.denoised);
    const Numbers state(answer.x);
    step.timestep = answer.timestep;
    step.x0 = denoised.half(denoised.values());
    const NoiseRule rule = noiseRule(answer.sigma);
    std::vector<float> eps;
    if (answer.output.defined()) {
        eps = combined(rule.ofState, state.values(), rule.ofOutput, Numbers(answer.output).values());
    } else {
        const double left = m_isFlow ? 1.0 - answer.sigma : 1.0;
        eps = combined(1.0 / answer.sigma, state.values(), -left / answer.sigma, denoised.values());
    }
    step.epsNorm = rootMeanSquare(eps);
    step.eps = denoised.half(eps);
    if (!answer.halves.conditional.defined())
        return;
    const Numbers conditional(answer.halves.conditional);
    const Numbers unconditional(answer.halves.unconditional);
    step.guidance =
        std::abs(rule.ofOutput) * rootMeanSquare(combined(1.0, conditional.values(), -1.0, unconditional.values()));
    step.epsCond = denoised.half(combined(rule.ofState, state.values(), rule.ofOutput, conditional.values()));
    step.epsUncond = denoised.half(combined(rule.ofState, state.values(), rule.ofOutput, unconditional.values()));
}

void TrajectoryRecorder::onStep(const StepState &state)
{
    const int index = state.step - 1;
    const torch::Tensor before = std::exchange(m_x, state.x);
    if (index < m_trajectory.branchStep)
        return; // of the parent, and copied from it
    const Answer *answer = answerOf(state);
    TrajectoryStep step;
    if (answer && !answer->output.defined() && m_parent && index < int(m_parent->steps.size())) {
        step = m_parent->steps[std::size_t(index)]; // the parent asked for this step's level, and was answered
    } else if (answer) {
        fill(step, *answer);
    }
    step.index = index;
    step.sigma = state.sigma;
    step.sigmaNext = state.sigmaNext;
    step.seconds = state.seconds;
    // What the network saw: a sampler may have added noise since the last step.
    const Numbers x(answer && answer->step == index && answer->sigma == state.sigma ? answer->x : before);
    const double scale = m_isFlow ? 1.0 : 1.0 / std::sqrt(1.0 + state.sigma * state.sigma);
    step.xNorm = rootMeanSquare(x.values());
    step.x = x.half(combined(scale, x.values(), 0.0, x.values()));
    m_trajectory.steps.push_back(std::move(step));
}

std::shared_ptr<Trajectory> TrajectoryRecorder::finish(std::vector<NoiseOrigin> noise)
{
    m_trajectory.noise = std::move(noise);
    m_trajectory.sigmas.clear();
    for (const TrajectoryStep &step : m_trajectory.steps)
        m_trajectory.sigmas.push_back(step.sigma);
    if (!m_trajectory.steps.empty())
        m_trajectory.sigmas.push_back(m_trajectory.steps.back().sigmaNext);
    return std::make_shared<Trajectory>(std::move(m_trajectory));
}

} // namespace engine
