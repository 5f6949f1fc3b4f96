#pragma once

#include "engine/core/device.h"
#include "engine/event.h"
#include "engine/models/vae.h"
#include "engine/train_request.h"
#include "engine/training/dataset.h"
#include "engine/training/trainer.h"

#include <torch/torch.h>

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace engine {

/// What trainings of all kinds share: their pictures, the settings of the loop, samples and the report.
class TrainingRun
{
public:
    TrainingRun(const TrainRequest &request, const DevicePolicy &devices, const RunContext &context);
    ~TrainingRun();
    TrainingRun(const TrainingRun &) = delete;
    TrainingRun &operator=(const TrainingRun &) = delete;

    [[nodiscard]] const TrainRequest &request() const { return m_request; }
    [[nodiscard]] const RunContext &context() const { return m_context; }
    [[nodiscard]] torch::Device device() const { return m_device; }
    [[nodiscard]] torch::Dtype dtype() const { return m_dtype; }
    /// Whether there is something to go on from.
    [[nodiscard]] bool hasCheckpoint() const;

    /// Finds and reads the pictures.
    /// \throws Error{BadRequest} if there are fewer than `least`; what findPictures() and decodePictures() throw.
    const DecodedPictures &readPictures(int least);
    [[nodiscard]] const DecodedPictures &pictures() const { return m_pictures; }

    /// What a frozen network made of this run's pictures or texts: from the file `name` beside the checkpoint where it
    /// is there for the same `key`, else from `compute`; see cachedTensors().
    [[nodiscard]] std::map<std::string, torch::Tensor>
    remembered(const std::string &name, const std::string &key,
               const std::function<std::map<std::string, torch::Tensor>()> &compute) const;
    /// The pictures as encodeAll() gives them, computed once.
    /// \param identity  of the autoencoder, see identityOf()
    [[nodiscard]] torch::Tensor latents(AutoencoderKL &vae, const std::string &identity) const;

    /// \param shape  see TrainingState::settings
    [[nodiscard]] TrainerSettings settings(const std::string &shape) const;
    /// Before long work: \throws Error{BadRequest} if the checkpoint is that of another run.
    void refuseOtherCheckpoint(const std::string &shape) const;
    /// Trains; `drawSamples` is called now and then with the EMA weights in place and may throw Cancelled.
    TrainReport train(Trainer &trainer, const std::function<void(std::int64_t step)> &drawSamples) const;
    /// Whether there is something worth writing.
    [[nodiscard]] bool isToBeKept(const TrainReport &report) const
    {
        return report.steps > 0 && !m_request.measureOnly;
    }
    /// What is known without a trainer: for runs that were stopped before the first step.
    [[nodiscard]] TrainReport report() const;

    /// What sample pictures show: as asked for, else captions of the set; at least one (then the empty prompt).
    [[nodiscard]] std::vector<std::string> samplePrompts() const;
    /// \param pictures [N, 3, H, W] in -1..1
    void showSamples(std::int64_t step, const std::vector<std::string> &prompts, const torch::Tensor &pictures) const;
    [[nodiscard]] std::function<void()> stopCheck() const;

private:
    const TrainRequest &m_request;
    const RunContext &m_context;
    torch::Device m_device;
    torch::Dtype m_dtype;
    std::filesystem::path m_checkpoints;
    DecodedPictures m_pictures;
};

/// While one lives, new networks get their random weights from `seed`; the generator that is used otherwise is left as
/// it was.
class SeededWeights
{
public:
    explicit SeededWeights(std::uint64_t seed);
    ~SeededWeights();
    SeededWeights(const SeededWeights &) = delete;
    SeededWeights &operator=(const SeededWeights &) = delete;

private:
    torch::Tensor m_before;
};

constexpr int kSamplePictures = 4; ///< drawn each time

} // namespace engine
