#include "engine/pipeline/study.h"

#include "engine/pipeline/conditioning.h"
#include "engine/pipeline/guidance.h"
#include "engine/pipeline/pictures.h"
#include "engine/pipeline/preview.h"
#include "engine/pipeline/vae_stage.h"

#include <algorithm>
#include <cmath>
#include <optional>

namespace engine {

namespace {

torch::Tensor tensorOf(const LatentArray &array)
{
    const std::vector<int64_t> shape{1, array.channels, array.height, array.width};
    return torch::tensor(at::ArrayRef<float>(array.values), torch::kFloat32).view(shape);
}

LatentArray plainArray(const torch::Tensor &x)
{
    const torch::Tensor plain = x.to(torch::kCPU, torch::kFloat32).contiguous();
    LatentArray array{int(plain.size(1)), int(plain.size(2)), int(plain.size(3)), {}};
    const float *const values = plain.const_data_ptr<float>();
    array.values.assign(values, values + plain.numel());
    return array;
}

/// \throws Error{BadRequest}
void requireShape(const LoadedModel &model, const LatentArray &array, const char *field)
{
    const auto count = std::size_t(array.channels) * std::size_t(array.height) * std::size_t(array.width);
    if (array.isEmpty() || array.values.size() != count)
        throw Error(ErrorKind::BadRequest, field, "holds no numbers, or not as many as its shape says");
    if (array.channels != model.latentChannels()) {
        throw Error(ErrorKind::BadRequest, field,
                    "has " + std::to_string(array.channels) + " channels; the model works on " +
                        std::to_string(model.latentChannels()));
    }
    const int cells = std::max(1, model.info.sizeMultiple / int(model.downscale()));
    if (array.width % cells != 0 || array.height % cells != 0) {
        throw Error(ErrorKind::BadRequest, field,
                    "its sides must be multiples of " + std::to_string(cells) + " for this model");
    }
}

LatentMap mapOf(LoadedModel &model)
{
    if (!model.vae)
        return {.factors = {1, 0, 0, 0, 1, 0, 0, 0, 1}, .bias = {0, 0, 0}, .scale = 1};
    const PreviewMap &map = previewMap(model);
    const torch::Tensor factors = map.factors.to(torch::kFloat32).contiguous(); // [C, 3]
    const torch::Tensor bias = map.bias.to(torch::kFloat32).contiguous();
    LatentMap result{.scale = int(model.downscale())};
    result.factors.assign(factors.const_data_ptr<float>(), factors.const_data_ptr<float>() + factors.numel());
    result.bias.assign(bias.const_data_ptr<float>(), bias.const_data_ptr<float>() + bias.numel());
    return result;
}

DecodeResult answer(LoadedModel &model, const DecodeRequest &request, const RunContext &context)
{
    requireShape(model, request.latent, "latent");
    context.emit(StageStarted{Stage::Decoding});
    VaeStage vae(model, context);
    return {toImage(vae.decode(tensorOf(request.latent).to(model.device)))};
}

/// Scaled to cover the nearest size that the model takes, the middle of it cut out.
torch::Tensor fitted(const Image &picture, int multiple)
{
    const auto nearest = [multiple](int size) {
        return std::max(multiple, int(std::lround(double(size) / multiple)) * multiple);
    };
    const int width = nearest(picture.width);
    const int height = nearest(picture.height);
    const double scale = std::max(double(width) / picture.width, double(height) / picture.height);
    const int coverWidth = std::max(width, int(std::lround(picture.width * scale)));
    const int coverHeight = std::max(height, int(std::lround(picture.height * scale)));
    return toTensor(picture, coverWidth, coverHeight)
        .narrow(2, (coverHeight - height) / 2, height)
        .narrow(3, (coverWidth - width) / 2, width)
        .contiguous();
}

EncodeResult answer(LoadedModel &model, const EncodeRequest &request, const RunContext &context)
{
    const Image &picture = request.picture;
    if (picture.width < 1 || picture.height < 1 ||
        picture.pixels.size() !=
            std::size_t(picture.width) * std::size_t(picture.height) * std::size_t(picture.channels))
        throw Error(ErrorKind::BadRequest, "picture", "is empty");
    if (model.info.isLatent && !model.vae)
        throw Error(ErrorKind::BadRequest, "picture", "this model has no autoencoder");
    context.emit(StageStarted{Stage::EncodingPicture});
    const torch::Tensor pixels = fitted(picture, model.info.sizeMultiple);
    VaeStage vae(model, context);
    return {.latent = plainArray(vae.encode(pixels)), .picture = toImage(pixels), .map = mapOf(model)};
}

PredictNoiseResult answer(LoadedModel &model, const PredictNoiseRequest &request, const RunContext &context)
{
    requireShape(model, request.clean, "clean");
    requireShape(model, request.noise, "noise");
    if (request.noise.width != request.clean.width || request.noise.height != request.clean.height)
        throw Error(ErrorKind::BadRequest, "noise", "picture and noise differ in shape");
    if (request.timesteps.empty())
        throw Error(ErrorKind::BadRequest, "timesteps", "there is none");
    for (const int t : request.timesteps) {
        if (t < 0 || t >= int(request.alphaBars.size()))
            throw Error(ErrorKind::BadRequest, "timesteps", "the schedule has no step " + std::to_string(t));
    }

    std::optional<PromptConditioning> positive;
    std::optional<PromptConditioning> negative;
    if (model.info.takesPrompt) {
        context.emit(StageStarted{Stage::EncodingPrompt});
        const GenerateRequest words{.prompt = request.prompt, .negativePrompt = request.negativePrompt};
        positive.emplace(model, words, PromptRole::Positive);
        if (request.guidanceScale != 1.0 || positive->joinsTexts())
            negative.emplace(model, words, PromptRole::Negative);
    }
    const int scale = int(model.downscale());
    const torch::Tensor clean = tensorOf(request.clean).to(model.device);
    const torch::Tensor noise = tensorOf(request.noise).to(model.device);
    torch::Tensor extra;
    if (model.info.isInpaint) { // everything is to be painted, nothing is known
        const int64_t h = clean.size(2);
        const int64_t w = clean.size(3);
        VaeStage vae(model, context);
        const torch::Tensor grey = vae.encode(torch::zeros({1, 3, h * scale, w * scale}));
        extra = torch::cat({torch::ones({1, 1, h, w}, clean.options()), grey.to(model.device)}, 1);
    }
    GuidedNetwork network(model,
                          {.positive = positive ? &*positive : nullptr,
                           .negative = negative ? &*negative : nullptr,
                           .guidanceScale = request.guidanceScale,
                           .timeIds = sizeIds(request.clean.width * scale, request.clean.height * scale),
                           .extraChannels = extra},
                          context);

    PredictNoiseResult result;
    NoiseGuess guess;
    const std::size_t count = request.timesteps.size();
    for (std::size_t i = 0; i < count; ++i) {
        throwIfStopped(context);
        context.emit(StageStarted{Stage::Sampling, double(i) / double(count)});
        const int t = request.timesteps[i];
        const NoiseQuestion question(*model.noiseSchedule, request.alphaBars[std::size_t(t)]);
        const torch::Tensor x = question.signal * clean + question.noise * noise;
        const torch::Tensor output = network(x * question.scale, question.timestep, 0);
        guess = guessFrom(question, x, output, model.info.prediction, model.noiseSchedule->isFlow());
        result.timesteps.push_back(t);
        result.errors.push_back((guess.eps - noise).to(torch::kFloat64).square().mean().item<double>());
    }
    throwIfStopped(context);
    result.eps = plainArray(guess.eps);
    result.clean = plainArray(guess.clean);
    if (count == 1) { // of a curve nobody looks at the last picture
        context.emit(StageStarted{Stage::Decoding});
        VaeStage vae(model, context);
        result.picture = toImage(vae.decode(guess.clean));
    }
    return result;
}

} // namespace

NoiseQuestion::NoiseQuestion(const NoiseSchedule &own, double alphaBar)
{
    // Where nothing of picture or noise is left, dividing by its factor would be dividing by 0.
    constexpr double kLeast = 1e-9;
    const double kept = std::clamp(alphaBar, kLeast, 1.0 - kLeast);
    signal = std::sqrt(kept);
    noise = std::sqrt(1.0 - kept);
    if (own.isFlow()) {
        scale = 1.0 / (signal + noise);
        timestep = own.timestepAt(noise * scale);
    } else {
        timestep = std::round(own.timestepAt(noise / signal));
    }
}

NoiseGuess guessFrom(const NoiseQuestion &question, const torch::Tensor &x, const torch::Tensor &output,
                     Prediction prediction, bool isFlow)
{
    const double a = question.signal;
    const double s = question.noise;
    if (isFlow) { // the straight line from x_0 to eps: velocity eps - x_0
        const double time = s * question.scale;
        const torch::Tensor state = x * question.scale;
        return {.eps = state + (1.0 - time) * output, .clean = state - time * output};
    }
    switch (prediction) {
    case Prediction::Epsilon:
        return {.eps = output, .clean = (x - s * output) / a};
    case Prediction::VPrediction:
        return {.eps = s * x + a * output, .clean = a * x - s * output};
    case Prediction::Sample:
        return {.eps = (x - a * output) / s, .clean = output};
    }
    return {};
}

StudyResult answerStudy(LoadedModel &model, const StudyRequest &request, const RunContext &context)
{
    throwIfStopped(context);
    return std::visit([&](const auto &each) { return StudyResult(answer(model, each, context)); }, request);
}

} // namespace engine
