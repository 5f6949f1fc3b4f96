#include "engine/training/training_run.h"

#include "engine/error.h"
#include "engine/training/autoencoder_trainer.h"
#include "engine/training/fingerprint.h"
#include "engine/training/training_cache.h"

#include <algorithm>
#include <set>

namespace engine {

namespace fs = std::filesystem;

namespace {

fs::path checkpointFolder(const TrainRequest &request)
{
    if (!request.checkpoints.empty())
        return request.checkpoints;
    if (request.kind == TrainKind::Lora) // the output is a file
        return request.output.parent_path() / (request.output.stem().string() + "-checkpoints");
    return request.output / "checkpoints";
}

} // namespace

TrainingRun::TrainingRun(const TrainRequest &request, const DevicePolicy &devices, const RunContext &context)
    : m_request(request)
    , m_context(context)
    , m_device(devices.device())
    , m_dtype(devices.computeDtype(request.precision))
    , m_checkpoints(checkpointFolder(request))
{
}

TrainingRun::~TrainingRun()
{
    std::error_code ignored;
    fs::remove(m_checkpoints / kPicturesFile, ignored); // large sets are kept there while training
}

bool TrainingRun::hasCheckpoint() const
{
    std::error_code ignored;
    return fs::exists(checkpointFile(m_checkpoints), ignored);
}

const DecodedPictures &TrainingRun::readPictures(int least)
{
    m_pictures = decodePictures(findPictures(m_request.data), m_request.size, m_checkpoints, m_context);
    const auto count = static_cast<int>(m_pictures.used.size());
    if (count < least)
        throw Error(ErrorKind::BadRequest, "data",
                    "there are too few pictures: " + std::to_string(count) + " can be used, and at least " +
                        std::to_string(least) + " are needed.");
    return m_pictures;
}

std::map<std::string, torch::Tensor>
TrainingRun::remembered(const std::string &name, const std::string &key,
                        const std::function<std::map<std::string, torch::Tensor>()> &compute) const
{
    return m_request.measureOnly ? compute() : cachedTensors(m_checkpoints / name, key, compute);
}

torch::Tensor TrainingRun::latents(AutoencoderKL &vae, const std::string &identity) const
{
    const std::string key = "autoencoder " + identity + ", pictures " + fingerprintOf(m_pictures.pictures) +
                            (m_request.flip ? ", mirrored too, " : ", ") +
                            c10::toString(vae->parameters().front().scalar_type()) + " on " + m_device.str();
    const auto encode = [&]() -> std::map<std::string, torch::Tensor> {
        return {{"latents", encodeAll(vae, m_pictures.pictures, m_request.flip, m_context)}};
    };
    return remembered("latents.safetensors", key, encode).at("latents").to(m_device);
}

void TrainingRun::refuseOtherCheckpoint(const std::string &shape) const
{
    if (!m_request.measureOnly)
        engine::refuseOtherCheckpoint(m_checkpoints, settings(shape).settings);
}

TrainerSettings TrainingRun::settings(const std::string &shape) const
{
    const OptimizerKind optimizer = usedOptimizer(m_request);
    return {.steps = m_request.steps,
            .batch = m_request.batch,
            .accumulate = m_request.accumulate,
            .learningRate = {.peak = m_request.learningRate,
                             .warmupSteps = m_request.warmupSteps,
                             .shape = m_request.learningRateSchedule},
            .optimizer = {.kind = optimizer,
                          .weightDecay = m_request.weightDecay,
                          .clipNorm = m_request.clipNorm,
                          .orthogonalisation = m_dtype},
            .emaDecay = m_request.emaDecay,
            .seed = m_request.seed,
            .checkpoints = m_request.measureOnly ? fs::path() : m_checkpoints,
            .checkpointMinutes = m_request.checkpointMinutes,
            .sampleEvery = m_request.sampleEvery,
            .stopAfterSteps = m_request.stopAfterSteps,
            .settings = optimizer == OptimizerKind::Muon ? shape + ", Muon" : shape};
}

TrainReport TrainingRun::train(Trainer &trainer, const std::function<void(std::int64_t)> &drawSamples) const
{
    trainer.onSample = [&](std::int64_t step) {
        try {
            drawSamples(step);
        } catch (const Cancelled &) {
            // The loop sees the stop token itself and ends with a checkpoint.
        } catch (const c10::Error &error) {
            if (!isOutOfMemory(error))
                throw;
            m_context.emit(Notice{"There was not enough memory for sample pictures; training goes on."});
        }
    };
    m_context.emit(StageStarted{Stage::Training});
    TrainReport result = trainer.run(m_context);
    result.pictures = report().pictures;
    result.skipped = report().skipped;
    return result;
}

TrainReport TrainingRun::report() const
{
    return {.pictures = static_cast<int>(m_pictures.used.size()), .skipped = m_pictures.skipped};
}

std::vector<std::string> TrainingRun::samplePrompts() const
{
    if (!m_request.samplePrompts.empty())
        return m_request.samplePrompts;
    std::vector<std::string> prompts;
    std::set<std::string> known;
    const std::size_t count = m_pictures.used.size();
    // First from places spread over the set, then from wherever there is another caption.
    const auto take = [&](std::size_t picture) {
        const auto &captions = m_pictures.used[picture].captions;
        if (prompts.size() < kSamplePictures && !captions.empty() && known.insert(captions.front().text).second)
            prompts.push_back(captions.front().text);
    };
    for (std::size_t i = 0; i < kSamplePictures; ++i)
        take(i * count / kSamplePictures);
    for (std::size_t i = 0; i < count && prompts.size() < kSamplePictures; ++i)
        take(i);
    if (prompts.empty())
        prompts.emplace_back();
    return prompts;
}

void TrainingRun::showSamples(std::int64_t step, const std::vector<std::string> &prompts,
                              const torch::Tensor &pictures) const
{
    for (int64_t i = 0; i < pictures.size(0); ++i) {
        const auto index = static_cast<std::size_t>(i);
        m_context.emit(SampleReady{.step = step,
                                   .index = static_cast<int>(i),
                                   .prompt = index < prompts.size() ? prompts[index] : std::string(),
                                   .image = trainingImage(pictures[i])});
    }
}

std::function<void()> TrainingRun::stopCheck() const
{
    return [this] {
        m_context.betweenSteps();
        if (m_context.stopAfterPicture.stop_requested())
            throw Cancelled();
        throwIfStopped(m_context);
    };
}

SeededWeights::SeededWeights(std::uint64_t seed)
{
    torch::Generator generator = at::globalContext().defaultGenerator(torch::kCPU);
    m_before = generator.get_state();
    generator.set_current_seed(seed);
}

SeededWeights::~SeededWeights()
{
    torch::Generator generator = at::globalContext().defaultGenerator(torch::kCPU);
    generator.set_state(m_before);
}

} // namespace engine
