#include "engine/training/run_training.h"

#include "engine/checkpoint/json_text.h"
#include "engine/checkpoint/model_files.h"
#include "engine/error.h"
#include "engine/training/autoencoder_trainer.h"
#include "engine/training/diffusers_writer.h"
#include "engine/training/fingerprint.h"
#include "engine/training/frozen_model.h"
#include "engine/training/lora_trainer.h"
#include "engine/training/network_shapes.h"
#include "engine/training/noise_predictor_trainer.h"
#include "engine/training/sample_pictures.h"
#include "engine/training/training_run.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstdio>

namespace engine {

namespace fs = std::filesystem;

namespace {

constexpr int kSampleSteps = 20;
/// Pictures that an autoencoder is measured on when it is done.
constexpr int64_t kMeasuredPictures = 2048;
/// Lengths of a text in tokens, of which the smallest is taken that holds nearly all captions.
constexpr std::array<int, 3> kTextLengths = {32, 48, 77};
constexpr double kCutCaptions = 0.02;
constexpr auto kPublishedDtype = torch::kFloat16;

/// At most `most` of the pictures, evenly spread.
torch::Tensor someOf(const torch::Tensor &pictures, int64_t most)
{
    const int64_t count = pictures.size(0);
    if (count <= most)
        return pictures;
    const torch::Tensor places = (torch::arange(most, torch::kFloat64) * static_cast<double>(count) / most).floor();
    return pictures.index_select(0, places.to(torch::kInt64));
}

TrainReport trainPixel(TrainingRun &run)
{
    const TrainRequest &request = run.request();
    const UNet2DConfig config = pixelNetwork(request);
    const PreparedData data = prepareData(run.readPictures(2), nullptr, 0);
    UNet2D unet(nullptr);
    {
        const SeededWeights seeded(request.seed);
        unet = UNet2D(config);
    }
    const SchedulerConfig scheduler = noiseSchedule(request);
    PixelObjective objective(data, unet, run.device(),
                             {.scheduler = scheduler,
                              .minSnrGamma = request.minSnrGamma,
                              .flip = request.flip,
                              .computeDtype = run.dtype()});
    Trainer trainer(objective, run.settings(describeShape(request, config.blockOutChannels)));
    const TrainReport report = run.train(trainer, [&](std::int64_t step) {
        run.showSamples(step, {},
                        samplePixels(unet, kSamplePictures, request.size,
                                     {.scheduler = scheduler,
                                      .sampler = "ddim",
                                      .schedule = "",
                                      .steps = kSampleSteps,
                                      .seed = request.seed,
                                      .checkStop = run.stopCheck()}));
    });
    if (run.isToBeKept(report)) {
        writeUNet2D(request.output / "unet", config, trainer.weights().emaOf("unet"), kPublishedDtype);
        writeScheduler(request.output / "scheduler", scheduler);
        writeDdpmIndex(request.output, scheduler);
    }
    return report;
}

/// Measures what the autoencoder came to and writes it.
void publishAutoencoder(const TrainingRun &run, const VaeConfig &config, NamedTensors weights)
{
    AutoencoderKL vae(config);
    copyWeights(*vae, weights, "vae");
    vae->to(run.device());
    const torch::Tensor pictures = someOf(run.pictures().pictures, kMeasuredPictures);
    const double psnr = reconstructionPsnr(vae, pictures);
    torch::Tensor latents = encodeAll(vae, pictures, false, {});
    centreLatents(weights, latents);
    writeAutoencoder(run.request().output, config, weights, measureLatents(latents, pictures), kPublishedDtype);
    std::array<char, 100> text = {};
    std::snprintf(text.data(), text.size(), "The autoencoder gives %lld pictures back with %.1f dB (PSNR).",
                  static_cast<long long>(pictures.size(0)), psnr);
    run.context().emit(Notice{text.data()});
}

TrainReport trainAutoencoder(TrainingRun &run)
{
    const TrainRequest &request = run.request();
    const VaeConfig config = autoencoderNetwork(request);
    const PreparedData data = prepareData(run.readPictures(2), nullptr, 0);
    AutoencoderKL vae(nullptr);
    {
        const SeededWeights seeded(request.seed);
        vae = AutoencoderKL(config);
    }
    AutoencoderObjective objective(data, vae, run.device(), {.flip = request.flip, .computeDtype = run.dtype()});
    Trainer trainer(objective, run.settings(describeShape(request, config.blockOutChannels)));
    const torch::Tensor shown = someOf(data.pictures, kSamplePictures);
    const TrainReport report = run.train(trainer, [&](std::int64_t step) {
        const torch::Tensor x =
            takePictures(shown, torch::arange(shown.size(0), torch::kInt64),
                         torch::TensorOptions().device(run.device()).dtype(vae->parameters().front().scalar_type()));
        // Each picture beside what comes back of it.
        const torch::Tensor back = vae->decode(vae->encodeMoments(x).chunk(2, 1)[0]);
        run.showSamples(step, {}, torch::cat({x, back}, 3));
    });
    if (run.isToBeKept(report))
        publishAutoencoder(run, config, trainer.weights().emaOf("vae"));
    return report;
}

struct TextSetup
{
    Vocabulary vocabulary;
    int length = 0;
};

/// The vocabulary of the model in `folder` where training goes on, else a new one of the captions.
TextSetup prepareText(const TrainingRun &run, const fs::path &folder)
{
    const TrainRequest &request = run.request();
    if (run.hasCheckpoint() && fs::exists(folder / "spiece.model")) {
        const nlohmann::json config = readJsonObject(folder / "tokenizer_config.json");
        return {Vocabulary::load(folder / "spiece.model"), config.value("model_max_length", kTextLengths.front())};
    }
    const std::vector<std::string> texts = captionTexts(run.pictures().used);
    if (texts.empty())
        throw Error(ErrorKind::BadRequest, "data",
                    "the pictures have no captions: put them into subfolders named after what they show, or a text "
                    "file of the same name beside each.");
    TextSetup result{Vocabulary::train(texts, request.vocabulary)};
    const auto cutAt = [&](int length) {
        const auto cut = std::count_if(texts.begin(), texts.end(), [&](const std::string &text) {
            return static_cast<int>(result.vocabulary.ids(text).size()) >= length;
        });
        return static_cast<double>(cut) / static_cast<double>(texts.size());
    };
    const auto *found = std::find_if(kTextLengths.begin(), kTextLengths.end(),
                                     [&](int length) { return cutAt(length) <= kCutCaptions; });
    result.length = found == kTextLengths.end() ? kTextLengths.back() : *found;
    writeTokenizer(folder, result.vocabulary.serialized(), result.length);
    return result;
}

/// Writes the frozen autoencoder into the model that was trained on its latents.
void publishFrozenAutoencoder(const fs::path &folder, AutoencoderKL &vae, const torch::Tensor &latents,
                              const torch::Tensor &pictures)
{
    const VaeConfig &config = vae->config();
    LatentStatistics statistics = measureLatents(latents - config.shiftFactor, pictures);
    // The linear map belongs to latents of the measured scale; ours have the autoencoder's own.
    statistics.rgbFactors = statistics.rgbFactors * (statistics.scalingFactor / config.scalingFactor);
    statistics.scalingFactor = config.scalingFactor;
    NamedTensors weights;
    for (const auto &parameter : vae->named_parameters())
        weights[parameter.key()] = parameter.value().detach();
    writeAutoencoder(folder, config, weights, statistics, kPublishedDtype);
}

TrainReport trainLatent(TrainingRun &run)
{
    const TrainRequest &request = run.request();
    const ModelFiles base = openModelFiles(request.base);
    AutoencoderKL vae = loadAutoencoder(base, {.device = run.device()});
    const UNetConfig unetConfig = latentNetwork(request, vae->config());
    const DecodedPictures &decoded = run.readPictures(2);
    const TextSetup setup = prepareText(run, request.output / "tokenizer");
    const PreparedData data = prepareData(decoded, &setup.vocabulary, setup.length);
    if (!data.hasCaptions())
        throw Error(ErrorKind::BadRequest, "data", "the pictures that can be read have no captions.");

    const ClipTextConfig textConfig = textNetwork(request, setup.vocabulary.size(), setup.length);
    const std::string vaeIdentity = identityOf(base, {"vae"});
    const std::string shape = describeShape(request, unetConfig.blockOutChannels) + ", text " +
                              std::to_string(textConfig.hiddenSize) + "x" + std::to_string(textConfig.layers) + ", " +
                              std::to_string(textConfig.vocabSize) + " pieces, autoencoder " + vaeIdentity;
    run.refuseOtherCheckpoint(shape);
    const torch::Tensor raw = run.latents(vae, vaeIdentity);
    const double scale = vae->config().scalingFactor;
    const double shift = vae->config().shiftFactor;
    if (!request.measureOnly)
        publishFrozenAutoencoder(request.output / "vae", vae, raw.narrow(0, 0, data.count()), data.pictures);

    UNet2DCondition unet(nullptr);
    ClipTextModel text(nullptr);
    {
        const SeededWeights seeded(request.seed);
        unet = UNet2DCondition(unetConfig);
        text = ClipTextModel(textConfig);
    }
    const SchedulerConfig scheduler = noiseSchedule(request);
    LatentObjective objective(data, (raw - shift) * scale, unet, text,
                              {.scheduler = scheduler,
                               .minSnrGamma = request.minSnrGamma,
                               .captionDropout = request.captionDropout,
                               .flip = request.flip,
                               .computeDtype = run.dtype()});
    Trainer trainer(objective, run.settings(shape));

    const std::vector<std::string> prompts = run.samplePrompts();
    std::vector<torch::Tensor> rows;
    for (const std::string &prompt : prompts)
        rows.push_back(torch::tensor(setup.vocabulary.encode(prompt, setup.length), torch::kInt32));
    const torch::Tensor tokens = torch::stack(rows);
    const TrainReport report = run.train(trainer, [&](std::int64_t step) {
        const torch::Tensor latents = sampleLatents(
            unet, text, tokens, data.emptyTokens, unetConfig.sampleSize,
            {.scheduler = scheduler, .steps = kSampleSteps, .seed = request.seed, .checkStop = run.stopCheck()});
        run.showSamples(step, prompts, vae->decode(latents / scale + shift));
    });
    if (run.isToBeKept(report)) {
        writeUNet(request.output / "unet", unetConfig, trainer.weights().emaOf("unet"), kPublishedDtype);
        writeTextEncoder(request.output / "text_encoder", textConfig, trainer.weights().emaOf("text_encoder"),
                         kPublishedDtype);
        writeScheduler(request.output / "scheduler", scheduler);
        writeStableDiffusionIndex(request.output, scheduler);
    }
    return report;
}

} // namespace

TrainReport runTraining(const TrainRequest &request, const DevicePolicy &devices, const RunContext &context)
{
    if (const std::vector<Problem> problems = validate(request); !problems.empty())
        throw Error(ErrorKind::BadRequest, problems.front().field, problems.front().text);
    TrainingRun run(request, devices, context);
    try {
        switch (request.kind) {
        case TrainKind::Pixel:
            return trainPixel(run);
        case TrainKind::Autoencoder:
            return trainAutoencoder(run);
        case TrainKind::Latent:
            return trainLatent(run);
        case TrainKind::Lora:
            return trainLora(run);
        }
    } catch (const Cancelled &) {
        // Stopped while pictures were read or encoded: there is nothing to keep yet.
    }
    return run.report();
}

} // namespace engine
