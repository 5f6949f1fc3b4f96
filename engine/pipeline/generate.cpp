#include "engine/pipeline/generate.h"

#include "engine/catalog.h"
#include "engine/core/noise.h"
#include "engine/core/tensor_file.h"
#include "engine/pipeline/conditioning.h"
#include "engine/pipeline/guidance.h"
#include "engine/pipeline/pictures.h"
#include "engine/pipeline/preview.h"
#include "engine/pipeline/vae_stage.h"
#include "engine/samplers/sample.h"

#include <chrono>
#include <optional>

namespace engine {

namespace {

class Stopwatch
{
public:
    [[nodiscard]] double seconds() const
    {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - m_start).count();
    }

private:
    std::chrono::steady_clock::time_point m_start = std::chrono::steady_clock::now();
};

struct PictureSize
{
    int width = 0;
    int height = 0;
};

/// \throws Error{BadRequest} if the model cannot make this size
PictureSize pictureSize(const LoadedModel &model, const GenerateRequest &request)
{
    const int multiple = model.info.sizeMultiple;
    const auto rounded = [multiple](int size) { return std::max(multiple, size / multiple * multiple); };
    PictureSize size{request.width, request.height};
    if (size.width == 0)
        size.width = request.init.empty() ? model.info.nativeWidth : rounded(request.init.width);
    if (size.height == 0)
        size.height = request.init.empty() ? model.info.nativeHeight : rounded(request.init.height);
    if (size.width % multiple != 0 || size.height % multiple != 0) {
        throw Error(ErrorKind::BadRequest, "size",
                    "width and height must be multiples of " + std::to_string(multiple) + " for this model");
    }
    return size;
}

/// The start noise and the step noises of a job: recorded ones, or drawn with one generator a picture.
class JobNoise
{
public:
    JobNoise(const GenerateRequest &request, std::vector<int64_t> shape) : m_request(request), m_shape(std::move(shape))
    {
        if (request.noiseFile.empty())
            return;
        m_recorded = readTensors(request.noiseFile);
        const auto latents = m_recorded.find("latents");
        if (latents == m_recorded.end())
            throw Error(ErrorKind::BadRequest, request.noiseFile.string(), "has no tensor named latents");
        std::vector<int64_t> expected = m_shape;
        expected.front() = request.count;
        if (latents->second.sizes() != at::IntArrayRef(expected)) {
            throw Error(ErrorKind::BadRequest, request.noiseFile.string(),
                        "latents do not have the shape that this size, count and model need");
        }
    }

    void begin(int picture)
    {
        m_picture = picture;
        m_calls = 0;
        m_source.emplace(m_request.seed + static_cast<std::uint64_t>(picture), m_request.rng);
    }

    torch::Tensor start()
    {
        if (!m_recorded.empty())
            return m_recorded.at("latents").narrow(0, m_picture, 1).to(torch::kFloat32);
        return m_source->draw(m_shape);
    }

    torch::Tensor step()
    {
        if (m_recorded.empty())
            return m_source->draw(m_shape);
        const auto noise = m_recorded.find("step_noise");
        if (noise == m_recorded.end() || m_calls >= noise->second.size(0))
            throw Error(ErrorKind::BadRequest, m_request.noiseFile.string(),
                        "holds fewer step noises than the sampler asks for");
        return noise->second[m_calls++].narrow(0, m_picture, 1).to(torch::kFloat32);
    }

private:
    const GenerateRequest &m_request;
    std::vector<int64_t> m_shape; // [1, C, h, w]
    std::map<std::string, torch::Tensor> m_recorded;
    std::optional<NoiseSource> m_source;
    int m_picture = 0;
    int64_t m_calls = 0;
};

/// What picture to picture and inpainting start from, in latents (pixels for pixel models).
struct StartPicture
{
    torch::Tensor pixels = {};        ///< [1, 3, H, W]
    torch::Tensor latent = {};        ///< [1, C, h, w] scaled
    torch::Tensor mask = {};          ///< [1, 1, H, W] 1: repaint
    torch::Tensor latentMask = {};    ///< [1, 1, h, w]
    torch::Tensor extraChannels = {}; ///< [1, 5, h, w] for 9-channel models
};

StartPicture startPicture(LoadedModel &model, VaeStage &vae, const GenerateRequest &request, PictureSize size,
                          const RunContext &context)
{
    StartPicture start;
    const int64_t block = model.downscale();
    if (!request.init.empty()) {
        context.emit(StageStarted{Stage::EncodingPicture});
        start.pixels = toTensor(request.init, size.width, size.height);
        start.latent = vae.encode(start.pixels);
    }
    if (!request.mask.empty()) {
        start.mask = maskTensor(request.mask, size.width, size.height);
        start.latentMask = block > 1 ? latentMask(start.mask, block) : start.mask;
    }
    if (model.info.isInpaint) {
        // Without a picture everything is repainted: grey under a white mask.
        const torch::Tensor mask = start.mask.defined() ? start.mask : torch::ones({1, 1, size.height, size.width});
        const torch::Tensor pixels =
            start.pixels.defined() ? start.pixels : torch::zeros({1, 3, size.height, size.width});
        const torch::Tensor kept = vae.encode(pixels * (mask < 0.5));
        start.extraChannels = torch::cat({latentMask(mask, block).to(kept.device()), kept}, 1);
    }
    return start;
}

} // namespace

GenerateReport generatePictures(LoadedModel &model, const GenerateRequest &request, const RunContext &context)
{
    const PictureSize size = pictureSize(model, request);
    const SamplerInfo *sampler = findSampler(request.sampler);
    if (!sampler)
        throw Error(ErrorKind::BadRequest, "sampler", "there is no sampler named " + request.sampler);
    const ScheduleInfo *schedule = findSchedule(request.schedule.empty() ? sampler->defaultSchedule : request.schedule);
    if (!schedule)
        throw Error(ErrorKind::BadRequest, "schedule", "there is no schedule named " + request.schedule);
    GenerateReport report{.precision = model.dtype == torch::kBFloat16 ? "bfloat16" : "float32",
                          .width = size.width,
                          .height = size.height,
                          .sampler = std::string(sampler->id),
                          .schedule = std::string(schedule->id)};
    if (!request.init.empty() && model.info.isLatent && !model.vae)
        throw Error(ErrorKind::BadRequest, "init", "this model has no encoder for a start picture");

    Stopwatch textTime;
    std::optional<PromptConditioning> positive;
    std::optional<PromptConditioning> negative;
    if (model.info.takesPrompt) {
        context.emit(StageStarted{Stage::EncodingPrompt});
        positive.emplace(model, request, PromptRole::Positive);
        if (request.guidanceScale != 1.0 || positive->joinsTexts())
            negative.emplace(model, request, PromptRole::Negative);
        for (const NetworkTag &tag : positive->networks())
            context.emit(Notice{"<" + tag.kind + (tag.arguments.empty() ? "" : ":" + tag.arguments.front()) +
                                "> was left out: adapters are not supported yet."});
        if (positive->tokensCut() > 0)
            context.emit(Notice{"The prompt is longer than this model reads; its last " +
                                std::to_string(positive->tokensCut()) + " tokens were left out."});
    }
    report.textSeconds = textTime.seconds();

    VaeStage vae(model, context);
    const StartPicture start = startPicture(model, vae, request, size, context);
    const int64_t scale = model.downscale();
    JobNoise noise(request, {1, model.latentChannels(), size.height / scale, size.width / scale});
    const auto onDevice = [&model](const torch::Tensor &x) { return x.defined() ? x.to(model.device) : x; };
    GuidedNetwork network(model,
                          {.positive = positive ? &*positive : nullptr,
                           .negative = negative ? &*negative : nullptr,
                           .guidanceScale = request.guidanceScale,
                           .guidanceRescale = request.guidanceRescale,
                           .timeIds = sizeIds(size.width, size.height),
                           .extraChannels = onDevice(start.extraChannels)},
                          context);
    Previewer previewer(model, request, context);
    const torch::Tensor keep = onDevice(start.latentMask);
    const torch::Tensor init = onDevice(start.latent);

    std::vector<torch::Tensor> latents;
    for (int picture = 0; picture < request.count; ++picture) {
        if (picture > 0 && context.stopAfterPicture.stop_requested())
            break;
        throwIfStopped(context);
        context.emit(StageStarted{Stage::Sampling, 0.0});
        noise.begin(picture);
        SampleJob job{.alphas = *model.noiseSchedule, .config = model.scheduler, .prediction = model.info.prediction};
        job.sampler = report.sampler;
        job.schedule = report.schedule;
        job.steps = request.steps;
        job.clipSample = !model.info.isLatent && model.scheduler.clipSample;
        job.startNoise = onDevice(noise.start());
        job.eta = request.eta;
        job.ddimEta = request.ddimEta;
        job.network = [&](const torch::Tensor &x, double timestep, int step) { return network(x, timestep, step); };
        job.noise = [&](double, double) { return onDevice(noise.step()); };
        job.checkStop = [&] { throwIfStopped(context); };
        if (init.defined()) {
            job.initLatent = init;
            job.strength = request.strength;
        }
        if (keep.defined() && init.defined())
            job.adjustDenoised = [&](const torch::Tensor &denoised) { return denoised * keep + init * (1 - keep); };
        job.onStep = [&](const StepState &state) {
            report.stepSeconds.push_back(state.seconds);
            context.emit(StepFinished{picture, state.step, state.steps, state.sigmaNext, state.seconds});
            if (state.step < state.steps)
                previewer.show(picture, state);
        };
        const torch::Tensor latent = sample(job);
        if (!latent.isfinite().all().item<bool>())
            throw Error(ErrorKind::Internal, model.info.name,
                        "the network's numbers left their range; float32 precision may help");
        latents.push_back(latent.to(torch::kCPU));

        throwIfStopped(context);
        context.emit(StageStarted{Stage::Decoding});
        Stopwatch decodeTime;
        torch::Tensor pixels = vae.decode(latent).to(torch::kCPU, torch::kFloat32);
        report.decodeSeconds += decodeTime.seconds();
        if (start.mask.defined() && start.pixels.defined())
            pixels = torch::where(start.mask > 0.5, pixels, start.pixels);
        context.emit(ImageFinished{picture, request.seed + static_cast<std::uint64_t>(picture), toImage(pixels)});
    }
    if (!request.saveLatentsFile.empty())
        writeTensors(request.saveLatentsFile, {{"latents", torch::cat(latents, 0)}});
    return report;
}

} // namespace engine
