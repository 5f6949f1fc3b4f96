#include "engine/pipeline/generate.h"

#include "engine/catalog.h"
#include "engine/core/tensor_file.h"
#include "engine/pipeline/attention_maps.h"
#include "engine/pipeline/branch.h"
#include "engine/pipeline/conditioning.h"
#include "engine/pipeline/guidance.h"
#include "engine/pipeline/noise_stream.h"
#include "engine/pipeline/pictures.h"
#include "engine/pipeline/preview.h"
#include "engine/pipeline/trajectory_recorder.h"
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

/// With everything that the model or a parent decides filled in: size, ids of sampler and schedule, noise of a branch.
/// \throws Error{BadRequest}
GenerateRequest resolved(const LoadedModel &model, const GenerateRequest &asked)
{
    GenerateRequest request = resolvedBranch(asked);
    const PictureSize size = pictureSize(model, request);
    request.width = size.width;
    request.height = size.height;
    const SamplerInfo *sampler = findSampler(request.sampler);
    if (!sampler)
        throw Error(ErrorKind::BadRequest, "sampler", "there is no sampler named " + request.sampler);
    const ScheduleInfo *schedule = findSchedule(request.schedule.empty() ? sampler->defaultSchedule : request.schedule);
    if (!schedule)
        throw Error(ErrorKind::BadRequest, "schedule", "there is no schedule named " + request.schedule);
    request.sampler = sampler->id;
    request.schedule = schedule->id;
    return request;
}

TrajectorySegment segmentOf(const SampleJob &job, const SamplingPlan &plan)
{
    return {.sampler = job.sampler,
            .schedule = job.schedule,
            .eta = job.eta,
            .ddimEta = job.ddimEta,
            .isTimestepForm = plan.form == SamplingForm::Timestep,
            .sigmas = plan.sigmas,
            .timesteps = plan.timesteps};
}

/// The request of one picture of a job, as its trajectory keeps it.
GenerateRequest ofPicture(const GenerateRequest &request, int picture)
{
    GenerateRequest one = request;
    one.seed += static_cast<std::uint64_t>(picture);
    one.count = 1;
    one.saveLatentsFile.clear();
    one.branchFrom = {};
    one.branchStep = 0;
    one.branchNoiseSeed = {};
    return one;
}

} // namespace

GenerateReport generatePictures(LoadedModel &model, const GenerateRequest &asked, const RunContext &context)
{
    const GenerateRequest request = resolved(model, asked);
    const PictureSize size{request.width, request.height};
    GenerateReport report{.precision = model.dtype == torch::kBFloat16 ? "bfloat16" : "float32",
                          .width = size.width,
                          .height = size.height,
                          .sampler = request.sampler,
                          .schedule = request.schedule};
    if (!request.init.empty() && model.info.isLatent && !model.vae)
        throw Error(ErrorKind::BadRequest, "init", "this model has no encoder for a start picture");

    const int64_t scale = model.downscale();
    const std::vector<int64_t> shape = {1, model.latentChannels(), size.height / scale, size.width / scale};
    std::optional<Branch> branch;
    if (request.branchFrom)
        branch.emplace(request, model, shape);

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
    NoiseStream noise(request, shape);
    GuidanceHalves halves;
    AttentionCapture attention;
    const bool looksAtWords = request.keepTrajectory && request.keepAttention && positive;
    const auto onDevice = [&model](const torch::Tensor &x) { return x.defined() ? x.to(model.device) : x; };
    GuidedNetwork network(model,
                          {.positive = positive ? &*positive : nullptr,
                           .negative = negative ? &*negative : nullptr,
                           .guidanceScale = request.guidanceScale,
                           .guidanceRescale = request.guidanceRescale,
                           .timeIds = sizeIds(size.width, size.height),
                           .extraChannels = onDevice(start.extraChannels),
                           .halves = request.keepTrajectory ? &halves : nullptr,
                           .attention = looksAtWords ? &attention : nullptr},
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
        SampleJob job{.alphas = *model.noiseSchedule, .config = model.scheduler, .prediction = model.info.prediction};
        job.sampler = request.sampler;
        job.schedule = request.schedule;
        job.steps = request.steps;
        job.clipSample = !model.info.isLatent && model.scheduler.clipSample;
        job.eta = request.eta;
        job.ddimEta = request.ddimEta;
        job.network = [&](const torch::Tensor &x, double timestep, int step) { return network(x, timestep, step); };
        int stepsDone = 0;
        job.noise = [&](double, double) { return onDevice(noise.draw(stepsDone)); };
        job.checkStop = [&] { throwIfStopped(context); };
        if (init.defined()) {
            job.initLatent = init;
            job.strength = request.strength;
        }
        if (keep.defined() && init.defined())
            job.adjustDenoised = [&](const torch::Tensor &denoised) { return denoised * keep + init * (1 - keep); };
        if (branch) {
            branch->setUp(job, noise);
            stepsDone = branch->firstStep();
        } else {
            job.startNoise = onDevice(noise.begin(picture));
        }
        std::optional<TrajectoryRecorder> recorder;
        if (request.keepTrajectory) {
            Trajectory begun = branch ? branch->shared() : Trajectory();
            begun.request = ofPicture(request, picture);
            attention = {};
            recorder.emplace(model, std::move(begun), request.branchFrom);
            job.onStart = [&](const SamplingPlan &plan, const torch::Tensor &x) {
                recorder->onStart(segmentOf(job, plan), x);
            };
            job.onDenoise = [&](const DenoiseState &state) { recorder->onDenoise(state, halves); };
        }
        const int shared = branch ? branch->step() : 0;
        job.onStep = [&](const StepState &state) {
            stepsDone = state.step;
            if (recorder)
                recorder->onStep(state);
            if (state.step <= shared) // replayed
                return;
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
        if (recorder) {
            const std::shared_ptr<Trajectory> trajectory = recorder->finish(noise.origins());
            if (looksAtWords)
                trajectory->attention = attentionMaps(attention, *positive, model, request.prompt);
            context.emit(TrajectoryReady{picture, trajectory});
        }
        context.emit(ImageFinished{picture, request.seed + static_cast<std::uint64_t>(picture), toImage(pixels)});
    }
    if (!request.saveLatentsFile.empty())
        writeTensors(request.saveLatentsFile, {{"latents", torch::cat(latents, 0)}});
    return report;
}

} // namespace engine
