#include "engine/training/trainer.h"

#include "engine/core/device.h"
#include "engine/training/memory_probe.h"

#include <algorithm>
#include <cmath>

namespace engine {

namespace {

constexpr double kReportSeconds = 0.25;
constexpr double kLossDecay = 0.99;

/// Spreads seeds: neighbours become unrelated (the finaliser of MurmurHash3).
std::uint64_t scrambled(std::uint64_t x)
{
    x ^= x >> 33;
    x *= 0xff51afd7ed558ccdULL;
    x ^= x >> 33;
    x *= 0xc4ceb9fe1a85ec53ULL;
    return x ^ (x >> 33);
}

/// What an exception says, without LibTorch's list of its own functions.
std::string plainText(const std::exception &error)
{
    const auto *own = dynamic_cast<const c10::Error *>(&error);
    return own ? own->what_without_backtrace() : error.what();
}

} // namespace

Trainer::Trainer(Objective &objective, TrainerSettings settings)
    : m_objective(objective)
    , m_settings(std::move(settings))
    , m_weights(objective.modules())
    , m_optimizer(m_weights.names(), m_weights.masters(), m_settings.optimizer)
    , m_generatorPrototype(at::globalContext().defaultGenerator(objective.device()))
    , m_batches(objective, m_settings.batch)
    , m_smoothedLoss(torch::zeros({}, torch::TensorOptions().device(objective.device()).dtype(torch::kFloat32)))
{
    m_state.settings = m_settings.settings;
    if (m_settings.checkpoints.empty())
        return;
    removeTornCheckpoints(m_settings.checkpoints);
    if (loadCheckpoint(m_settings.checkpoints, m_state, tensors())) {
        m_weights.publish();
        m_elapsedBefore = m_state.elapsedSeconds;
    }
}

std::map<std::string, torch::Tensor> Trainer::tensors()
{
    std::map<std::string, torch::Tensor> all = m_optimizer.state();
    all["smoothed_loss"] = m_smoothedLoss;
    for (std::size_t i = 0; i < m_weights.names().size(); ++i) {
        all["weight." + m_weights.names()[i]] = m_weights.masters()[i];
        all["ema." + m_weights.names()[i]] = m_weights.ema()[i];
    }
    return all;
}

torch::Generator Trainer::generatorFor(std::int64_t step, int part) const
{
    torch::Generator generator = m_generatorPrototype.clone();
    const auto place = static_cast<std::uint64_t>(step) * 4096 + static_cast<std::uint64_t>(part);
    // The CPU generator looks at 32 bits only.
    generator.set_current_seed(scrambled(scrambled(m_settings.seed) + place) >> 32);
    return generator;
}

double Trainer::elapsedSeconds() const
{
    return m_elapsedBefore + std::chrono::duration<double>(Clock::now() - m_begin).count();
}

double Trainer::progress() const
{
    if (m_settings.secondsBudget > 0.0)
        return elapsedSeconds() / m_settings.secondsBudget;
    return static_cast<double>(m_state.step) / static_cast<double>(std::max<std::int64_t>(1, m_settings.steps));
}

bool Trainer::isAtEnd() const
{
    return m_settings.secondsBudget > 0.0 ? elapsedSeconds() >= m_settings.secondsBudget
                                          : m_state.step >= m_settings.steps;
}

void Trainer::oneStep(const RunContext &context)
{
    torch::Tensor loss;
    try {
        loss = computeGradients();
    } catch (const std::exception &error) {
        if (!isOutOfMemory(error))
            throw;
        m_weights.clearGradients();
        save(context);
        refuseBatch(error);
    }
    try {
        moveWeights(loss);
    } catch (const std::exception &error) {
        if (!isOutOfMemory(error))
            throw;
        refuseBatch(error); // some weights have moved and others not: the last checkpoint stands
    }
}

torch::Tensor Trainer::computeGradients()
{
    torch::Tensor lossSum;
    for (int part = 0; part < m_settings.accumulate; ++part) {
        const BatchLoss batchLoss = m_batches.take(generatorFor(m_state.step, part), generatorAfter(part));
        const torch::Tensor loss = batchLoss() / m_settings.accumulate;
        loss.backward();
        lossSum = lossSum.defined() ? lossSum + loss.detach() : loss.detach();
    }
    return lossSum;
}

std::optional<torch::Generator> Trainer::generatorAfter(int part) const
{
    if (part + 1 < m_settings.accumulate)
        return generatorFor(m_state.step, part + 1);
    const std::int64_t next = m_state.step + 1;
    if (m_settings.secondsBudget <= 0.0 && next >= m_settings.steps)
        return std::nullopt;
    return generatorFor(next, 0);
}

void Trainer::moveWeights(const torch::Tensor &loss)
{
    m_optimizer.step(m_weights.gradients(), m_settings.learningRate.at(m_state.step, progress()));
    m_weights.clearGradients();
    m_weights.publish();
    // Early weights are worth little: let the mean forget them sooner.
    const double step = static_cast<double>(m_state.step); // done before this one
    m_weights.updateEma(std::min(m_settings.emaDecay, (1.0 + step) / (10.0 + step)));
    m_smoothedLoss.lerp_(loss.to(torch::kFloat32), 1.0 - std::min(kLossDecay, step / (10.0 + step)));
    m_loss = loss;
    ++m_state.step;
    ++m_stepsOfThisRun;
    ++m_stepsSinceReport;
}

void Trainer::pauseBetweenSteps(const RunContext &context)
{
    const auto before = Clock::now();
    context.betweenSteps();
    const auto spent = Clock::now() - before;
    m_begin += spent;
    m_lastReport += spent;
}

void Trainer::save(const RunContext &context)
{
    if (m_settings.checkpoints.empty())
        return;
    m_state.elapsedSeconds = elapsedSeconds();
    saveCheckpoint(m_settings.checkpoints, m_state, tensors(), context);
}

void Trainer::drawSamples()
{
    const torch::NoGradGuard noGrad;
    const TrainedWeights::UseEma useEma(m_weights);
    onSample(m_state.step);
}

void Trainer::report(const RunContext &context)
{
    const double loss = m_loss.item<double>(); // waits for the device

    const auto now = Clock::now();
    const double seconds = std::chrono::duration<double>(now - m_lastReport).count();
    m_lastReport = now;
    const double pictures = static_cast<double>(m_stepsSinceReport) * m_settings.batch * m_settings.accumulate;
    const double speed = pictures / std::max(seconds, 1e-9);
    m_stepsSinceReport = 0;
    m_picturesPerSecond = m_isWarm ? 0.8 * m_picturesPerSecond + 0.2 * speed : speed;
    m_isWarm = m_stepsOfThisRun > 1;

    const double secondsLeft =
        m_settings.secondsBudget > 0.0
            ? std::max(0.0, m_settings.secondsBudget - elapsedSeconds())
            : static_cast<double>((m_settings.steps - m_state.step) * m_settings.batch * m_settings.accumulate) /
                  m_picturesPerSecond;
    context.emit(LossReported{.step = m_state.step,
                              .steps = m_settings.steps,
                              .loss = loss,
                              .smoothedLoss = m_smoothedLoss.item<double>(),
                              .learningRate = m_settings.learningRate.at(m_state.step, progress()),
                              .picturesPerSecond = m_picturesPerSecond,
                              .secondsLeft = secondsLeft});
}

void Trainer::tryBatch(std::int64_t batch)
{
    try {
        m_objective.prepare(batch, generatorFor(m_state.step, 0))().backward();
    } catch (...) {
        m_weights.clearGradients();
        throw;
    }
    m_weights.clearGradients();
}

void Trainer::refuseBatch(const std::exception &error)
{
    m_batches.forget();
    m_weights.clearGradients();
    const std::string detail = " (" + plainText(error) + ")";
    const std::int64_t batch = batchThatWorks(m_settings.batch, [this](std::int64_t tried) { tryBatch(tried); });
    if (batch == 0)
        throw Error(ErrorKind::OutOfMemory, "batch",
                    "there is not enough memory for a single picture of this size." + detail);
    throw Error(ErrorKind::OutOfMemory, "batch",
                "there is not enough memory for batches of " + std::to_string(m_settings.batch) + "; " +
                    std::to_string(batch) + " would fit." + detail);
}

void Trainer::checkMemory()
{
    if (!m_objective.device().is_cpu()) // a GPU says by itself when its memory is full
        return;
    std::int64_t fitting = m_settings.batch;
    try {
        fitting = batchThatFits(m_settings.batch, [this](std::int64_t batch) { tryBatch(batch); });
    } catch (const std::exception &error) {
        if (!isOutOfMemory(error))
            throw;
        refuseBatch(error);
    }
    if (fitting < m_settings.batch)
        throw Error(ErrorKind::OutOfMemory, "batch",
                    "there is not enough memory for batches of " + std::to_string(m_settings.batch) + "; " +
                        std::to_string(fitting) + " would fit.");
}

TrainReport Trainer::run(const RunContext &context)
{
    const auto isAskedToStop = [&] {
        return context.stop.stop_requested() || context.stopAfterPicture.stop_requested();
    };
    if (!isAtEnd() && !isAskedToStop())
        checkMemory();
    m_begin = m_lastReport = Clock::now();
    m_elapsedBefore = m_state.elapsedSeconds;
    auto lastSave = Clock::now();
    bool isStopped = false;
    while (!isAtEnd()) {
        if (isAskedToStop() || (m_settings.stopAfterSteps > 0 && m_stepsOfThisRun >= m_settings.stopAfterSteps)) {
            isStopped = true;
            break;
        }
        oneStep(context);
        const auto now = Clock::now();
        if (std::chrono::duration<double>(now - m_lastReport).count() >= kReportSeconds || m_stepsOfThisRun == 1)
            report(context);
        if (m_settings.sampleEvery > 0 && m_state.step % m_settings.sampleEvery == 0)
            drawSamples();
        if (std::chrono::duration<double>(now - lastSave).count() >= 60.0 * m_settings.checkpointMinutes) {
            save(context);
            lastSave = Clock::now();
        }
        pauseBetweenSteps(context);
    }
    m_batches.forget();
    if (m_stepsSinceReport > 0)
        report(context);
    if (m_stepsOfThisRun > 0)
        save(context);
    return {.steps = m_state.step,
            .loss = m_smoothedLoss.item<double>(), // of a run that was over before, too
            .picturesPerSecond = m_picturesPerSecond,
            .finished = !isStopped};
}

} // namespace engine
