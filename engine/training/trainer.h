#pragma once

#include "engine/event.h"
#include "engine/train_request.h"
#include "engine/training/batch_ahead.h"
#include "engine/training/checkpointing.h"
#include "engine/training/lr_schedule.h"
#include "engine/training/objective.h"
#include "engine/training/optimizer.h"
#include "engine/training/trained_weights.h"

#include <torch/torch.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

namespace engine {

struct TrainerSettings
{
    std::int64_t steps = 10000;
    int batch = 32;
    int accumulate = 1;
    LearningRate learningRate = {};
    OptimizerOptions optimizer = {};
    double emaDecay = 0.9995;
    std::uint64_t seed = 0;
    std::filesystem::path checkpoints = {}; ///< folder; empty: none are written
    double checkpointMinutes = 5.0;
    std::int64_t sampleEvery = 0;    ///< steps between calls of onSample; 0: never
    std::int64_t stopAfterSteps = 0; ///< of this run; 0: never
    double secondsBudget = 0.0;      ///< > 0: the run ends after this time, whatever `steps` says, and the
                                     ///< learning rate follows the time (then no run repeats bit for bit)
    std::string settings = {};       ///< kept in the checkpoint, see TrainingState
};

/// The loop that all training has in common: batches prepared in the background, gradients, optimizer, EMA, events,
/// checkpoints.
///
/// A run that was stopped or killed and goes on from its checkpoint makes the same numbers, bit for bit, as one that
/// was not, on the same machine.
class Trainer
{
public:
    /// Takes the objective's networks over: converts them to their compute dtypes and puts their weights into the
    /// state of the checkpoint where there is one.
    Trainer(Objective &objective, TrainerSettings settings);

    /// Trains to the end, or until the caller asks to stop; then writes a checkpoint.
    /// \throws Error{OutOfMemory} with the batch that would fit; what saveCheckpoint() throws.
    TrainReport run(const RunContext &context);

    [[nodiscard]] std::int64_t step() const { return m_state.step; }
    [[nodiscard]] TrainedWeights &weights() { return m_weights; }

    /// Called with the EMA weights in place, gradients off.
    std::function<void(std::int64_t step)> onSample = [](std::int64_t) {};

private:
    using Clock = std::chrono::steady_clock;

    /// One step. Where memory runs out it says which batch would fit, and the checkpoint is of the step before.
    void oneStep(const RunContext &context);
    /// Sums up the gradients of one step's batches. \return their mean loss
    torch::Tensor computeGradients();
    /// Of the batch after `part` of this step; nothing where the run ends with it.
    [[nodiscard]] std::optional<torch::Generator> generatorAfter(int part) const;
    void moveWeights(const torch::Tensor &loss);
    /// Lets the caller work between two steps; the time does not count as training.
    void pauseBetweenSteps(const RunContext &context);
    [[nodiscard]] torch::Generator generatorFor(std::int64_t step, int part) const;
    [[nodiscard]] double progress() const;
    [[nodiscard]] double elapsedSeconds() const;
    [[nodiscard]] bool isAtEnd() const;
    [[nodiscard]] std::map<std::string, torch::Tensor> tensors();
    void save(const RunContext &context);
    void drawSamples();
    void report(const RunContext &context);
    void checkMemory();
    /// One batch there and back, for nothing but the memory that it takes.
    void tryBatch(std::int64_t batch);
    [[noreturn]] void refuseBatch(const std::exception &error);

    Objective &m_objective;
    TrainerSettings m_settings;
    TrainedWeights m_weights;
    Optimizer m_optimizer;
    TrainingState m_state;
    torch::Generator m_generatorPrototype;
    BatchAhead m_batches;
    Clock::time_point m_begin = Clock::now();
    double m_elapsedBefore = 0.0;
    std::int64_t m_stepsOfThisRun = 0;
    Clock::time_point m_lastReport = Clock::now();
    std::int64_t m_stepsSinceReport = 0;
    bool m_isWarm = false;        ///< the first step of a run, which also sets things up, is reported
    torch::Tensor m_loss;         // of the last step
    torch::Tensor m_smoothedLoss; // running mean; both stay on the device until they are reported
    double m_picturesPerSecond = 0.0;
};

} // namespace engine
