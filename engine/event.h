#pragma once

#include "engine/error.h"
#include "engine/image.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <variant>

namespace engine {

enum class Stage { LoadingModel, EncodingPrompt, EncodingPicture, Sampling, Decoding, Training };

/// A part of the work began, or went on (fraction 0..1; negative where unknown).
struct StageStarted
{
    Stage stage = Stage::LoadingModel;
    double fraction = -1.0;
};

/// One sampler step of one picture is done.
struct StepFinished
{
    int picture = 0;      ///< index within the job, from 0
    int step = 0;         ///< steps done, from 1
    int steps = 0;        ///< in all
    double sigma = 0.0;   ///< noise level reached
    double seconds = 0.0; ///< of this step
};

/// Newest look at a picture that is forming.
struct PreviewReady
{
    int picture = 0;
    int step = 0;
    Image image = {};
};

/// A picture is finished.
struct ImageFinished
{
    int picture = 0;
    std::uint64_t seed = 0;
    Image image = {};
};

struct Trajectory;

/// How a picture came to be, before its ImageFinished; only where the request asked for it.
struct TrajectoryReady
{
    int picture = 0;
    std::shared_ptr<const Trajectory> trajectory = {};
};

/// Something worth telling that does not stop the work ("the decoder ran in tiles, memory was short").
struct Notice
{
    std::string text;
};

/// How training stands after a step.
struct LossReported
{
    std::int64_t step = 0;
    std::int64_t steps = 0;
    double loss = 0.0;
    double smoothedLoss = 0.0;
    double learningRate = 0.0;
    double picturesPerSecond = 0.0;
    double secondsLeft = 0.0;
};

/// Sample pictures from fixed seeds, drawn while training.
struct SampleReady
{
    std::int64_t step = 0;
    int index = 0;
    std::string prompt = {};
    Image image = {};
};

/// The disk is full. Training waits until there is space for its checkpoint, or until it is asked to stop; nothing is
/// lost. The next LossReported says that it goes on.
struct WaitingForSpace
{
    std::filesystem::path folder = {};
    std::uint64_t bytes = 0; ///< that the checkpoint needs
};

using Event = std::variant<StageStarted, StepFinished, PreviewReady, TrajectoryReady, ImageFinished, Notice,
                           LossReported, SampleReady, WaitingForSpace>;

/// Everything that a long call may do to its caller.
struct RunContext
{
    std::function<void(const Event &)> emit = [](const Event &) {};
    std::stop_token stop = {};
    std::stop_token stopAfterPicture = {}; ///< finish the picture that is being made, skip the rest
    /// Called between two training steps, on the engine thread, which may run any other call of the engine here but
    /// train(): whoever shares the engine thread may do short work here.
    std::function<void()> betweenSteps = [] {};
};

/// \throws Cancelled if the caller asked to stop.
inline void throwIfStopped(const RunContext &context)
{
    if (context.stop.stop_requested())
        throw Cancelled();
}

} // namespace engine
