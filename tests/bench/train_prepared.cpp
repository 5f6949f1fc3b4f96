// train_prepared PLAN STAGE --data FILE --out FOLDER [options]
//
// Trains one stage of a plan (packaging/starter/plan.json) from a prepared data set, without OpenCV and
// sentencepiece: for machines that have little more than LibTorch and a GPU. Stages:
//   autoencoder  AutoencoderKL -> OUT/vae
//   latent       U-Net and text encoder on the latents of OUT/vae -> OUT/unet, OUT/text_encoder, ...
//   pixel        UNet2DModel -> OUT/unet, ...
//   sheet        pictures of the captions in the prepared data, sampled from OUT -> OUT/sheet.ppm, and how many of
//                300 find their caption's picture as nearest latent
// Options: --minutes M (end after M minutes, the learning rate falls to the end), --steps N, --batch N, --lr X,
//   --init FOLDER (latent: start from the weights of that model), --checkpoints FOLDER, --checkpoint-minutes M,
//   --device cpu|cuda, --threads N, --float32, --guidance G, --count N (pictures of the sheet)
// Ends with a checkpoint, what was made so far, and the exit code 3 on SIGINT and SIGTERM.

#include "engine/checkpoint/json_text.h"
#include "engine/checkpoint/model_files.h"
#include "engine/core/device.h"
#include "engine/core/tensor_file.h"
#include "engine/error.h"
#include "engine/training/autoencoder_trainer.h"
#include "engine/training/diffusers_writer.h"
#include "engine/training/noise_predictor_trainer.h"
#include "engine/training/sample_pictures.h"
#include "engine/training/trainer.h"

#include <nlohmann/json.hpp>
#include <torch/torch.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>

using namespace engine;
using nlohmann::json;
namespace fs = std::filesystem;

namespace {

std::stop_source stopSource;
volatile std::sig_atomic_t wasInterrupted = 0;
constexpr int kStopped = 3; ///< exit code

struct Options
{
    json plan;
    std::string stage;
    fs::path data, out, checkpoints, init;
    double minutes = 0.0;
    double checkpointMinutes = 5.0;
    int64_t steps = 0;
    int batch = 0;
    double learningRate = 0.0;
    double guidance = 5.0;
    int64_t count = 300;
    torch::Device device = torch::kCPU;
    torch::Dtype dtype = torch::kFloat32;
};

TrainerSettings settingsOf(const json &training, const Options &options)
{
    TrainerSettings settings;
    settings.steps = options.steps > 0 ? options.steps : training.value("steps", std::int64_t(10000));
    settings.batch = options.batch > 0 ? options.batch : training.value("batch", 64);
    settings.learningRate.peak =
        options.learningRate > 0.0 ? options.learningRate : training.value("learning_rate", 2e-4);
    settings.learningRate.warmupSteps = training.value("warmup_steps", std::int64_t(300));
    settings.learningRate.floor = training.value("floor", 0.0);
    if (training.value("optimizer", "adamw") == "muon")
        settings.optimizer.kind = OptimizerKind::Muon;
    settings.optimizer.orthogonalisation = options.dtype;
    settings.optimizer.beta2 = training.value("beta2", 0.99);
    settings.optimizer.weightDecay = training.value("weight_decay", 0.01);
    settings.optimizer.clipNorm = training.value("clip_norm", 1.0);
    settings.emaDecay = training.value("ema_decay", 0.999);
    settings.seed = training.value("seed", std::uint64_t(0));
    settings.checkpoints = options.checkpoints;
    settings.checkpointMinutes = options.checkpointMinutes;
    settings.secondsBudget = 60.0 * options.minutes;
    settings.settings = options.stage;
    return settings;
}

RunContext contextThatPrints()
{
    RunContext context;
    context.stop = stopSource.get_token();
    context.betweenSteps = [] {
        if (wasInterrupted)
            stopSource.request_stop();
    };
    auto last = std::chrono::steady_clock::now() - std::chrono::hours(1);
    context.emit = [last](const Event &event) mutable {
        if (std::holds_alternative<WaitingForSpace>(event)) {
            std::printf("The disk is full. Training goes on as soon as there is space for its checkpoint.\n");
            std::fflush(stdout);
        }
        if (const auto *notice = std::get_if<Notice>(&event))
            std::printf("%s\n", notice->text.c_str());
        const auto *loss = std::get_if<LossReported>(&event);
        const auto now = std::chrono::steady_clock::now();
        if (loss && now - last > std::chrono::seconds(5)) {
            last = now;
            std::printf("step %lld loss %.5f smooth %.5f lr %.2e %.0f pictures/s %.0f s left\n",
                        static_cast<long long>(loss->step), loss->loss, loss->smoothedLoss, loss->learningRate,
                        loss->picturesPerSecond, loss->secondsLeft);
            std::fflush(stdout);
        }
    };
    return context;
}

int printReport(const TrainReport &report)
{
    std::printf("%s after %lld steps, loss %.5f, %.0f pictures/s\n", report.finished ? "finished" : "stopped",
                static_cast<long long>(report.steps), report.loss, report.picturesPerSecond);
    std::fflush(stdout);
    return report.finished ? 0 : kStopped;
}

int64_t parameterCount(const torch::nn::Module &module)
{
    int64_t count = 0;
    for (const torch::Tensor &parameter : module.parameters())
        count += parameter.numel();
    return count;
}

int trainAutoencoder(const Options &options)
{
    const json &plan = options.plan.at("autoencoder");
    const PreparedData data = loadPreparedData(options.data);
    AutoencoderKL vae(VaeConfig::fromJson(plan.at("config")));
    std::printf("autoencoder: %.2f M parameters\n", static_cast<double>(parameterCount(*vae)) / 1e6);
    const json &loss = plan.at("loss");
    AutoencoderObjective objective(data, vae, options.device,
                                   {.l1 = loss.value("l1", 1.0),
                                    .l2 = loss.value("l2", 0.5),
                                    .gradient = loss.value("gradient", 0.5),
                                    .kl = loss.value("kl", 1e-3),
                                    .flip = loss.value("flip", false),
                                    .computeDtype = options.dtype});
    Trainer trainer(objective, settingsOf(plan.at("training"), options));
    const RunContext context = contextThatPrints();
    const int code = printReport(trainer.run(context));

    NamedTensors weights = trainer.weights().emaOf("vae");
    AutoencoderKL result(vae->config());
    copyWeights(*result, weights, "vae");
    result->to(options.device);
    torch::Tensor latents = encodeAll(result, data.pictures, false, {});
    centreLatents(weights, latents);
    copyWeights(*result, weights, "vae");
    const double psnr = reconstructionPsnr(result, data.pictures);
    const LatentStatistics statistics = measureLatents(latents, data.pictures);
    std::printf("PSNR %.2f dB, scaling factor %.5f\n", psnr, statistics.scalingFactor);
    writeAutoencoder(options.out / "vae", vae->config(), weights, statistics, torch::kFloat16);
    return code;
}

torch::Tensor scaledLatents(const Options &options, const PreparedData &data)
{
    AutoencoderKL vae = readAutoencoder(options.out / "vae");
    vae->to(options.device);
    return encodeAll(vae, data.pictures, false, {}) * vae->config().scalingFactor;
}

std::pair<UNet2DCondition, ClipTextModel> makeLatentNetworks(const json &plan, const PreparedData &data)
{
    ClipTextConfig text = ClipTextConfig::fromJson(plan.at("text_encoder"));
    text.vocabSize = plan.at("pieces").get<int64_t>();
    text.maxPositions = data.tokens.size(1);
    return {UNet2DCondition(UNetConfig::fromJson(plan.at("unet"))), ClipTextModel(text)};
}

int trainLatent(const Options &options)
{
    const json &plan = options.plan.at("latent");
    const PreparedData data = loadPreparedData(options.data);
    auto [unet, text] = makeLatentNetworks(plan, data);
    std::printf("U-Net: %.2f M parameters, text encoder: %.2f M\n", static_cast<double>(parameterCount(*unet)) / 1e6,
                static_cast<double>(parameterCount(*text)) / 1e6);
    const SchedulerConfig scheduler = schedulerConfigFromJson(plan.at("scheduler"));
    if (!options.init.empty()) {
        copyWeights(*unet, readTensors(options.init / "unet/diffusion_pytorch_model.safetensors"), "unet");
        copyWeights(*text, readTensors(options.init / "text_encoder/model.safetensors"), "text_encoder");
    }
    LatentObjective objective(data, scaledLatents(options, data), unet, text,
                              {.scheduler = scheduler,
                               .minSnrGamma = plan.value("min_snr_gamma", 5.0),
                               .captionDropout = plan.value("caption_dropout", 0.1),
                               .computeDtype = options.dtype});
    Trainer trainer(objective, settingsOf(plan.at("training"), options));
    const int code = printReport(trainer.run(contextThatPrints()));
    writeUNet(options.out / "unet", unet->config(), trainer.weights().emaOf("unet"), torch::kFloat16);
    writeTextEncoder(options.out / "text_encoder", text->config(), trainer.weights().emaOf("text_encoder"),
                     torch::kFloat16);
    writeScheduler(options.out / "scheduler", scheduler);
    writeStableDiffusionIndex(options.out, scheduler);
    return code;
}

/// Rows of pictures in one file; [N, 3, H, W] in -1..1.
void writeSheet(const fs::path &file, const torch::Tensor &pictures, int64_t columns)
{
    const int64_t side = pictures.size(2);
    const int64_t rows = (pictures.size(0) + columns - 1) / columns;
    torch::Tensor sheet = torch::ones({3, rows * side, columns * side});
    for (int64_t i = 0; i < pictures.size(0); ++i)
        sheet.narrow(1, i / columns * side, side).narrow(2, i % columns * side, side).copy_(pictures[i]);
    const torch::Tensor bytes =
        ((sheet + 1.0) * 127.5).clamp(0.0, 255.0).round().to(torch::kUInt8).permute({1, 2, 0}).contiguous();
    std::ofstream stream(file, std::ios::binary);
    stream << "P6\n" << columns * side << ' ' << rows * side << "\n255\n";
    stream.write(reinterpret_cast<const char *>(bytes.data_ptr<std::uint8_t>()), bytes.numel());
}

int trainPixel(const Options &options)
{
    const json &plan = options.plan.at("pixel");
    const PreparedData data = loadPreparedData(options.data);
    UNet2D unet(UNet2DConfig::fromJson(plan.at("unet")));
    std::printf("pixel U-Net: %.2f M parameters\n", static_cast<double>(parameterCount(*unet)) / 1e6);
    const SchedulerConfig scheduler = schedulerConfigFromJson(plan.at("scheduler"));
    PixelObjective objective(data, unet, options.device,
                             {.scheduler = scheduler,
                              .minSnrGamma = plan.value("min_snr_gamma", 5.0),
                              .flip = plan.value("flip", false),
                              .computeDtype = options.dtype});
    Trainer trainer(objective, settingsOf(plan.at("training"), options));
    const int code = printReport(trainer.run(contextThatPrints()));
    writeUNet2D(options.out / "unet", unet->config(), trainer.weights().emaOf("unet"), torch::kFloat16);
    writeScheduler(options.out / "scheduler", scheduler);
    writeDdpmIndex(options.out, scheduler);
    const TrainedWeights::UseEma useEma(trainer.weights());
    const torch::Tensor pictures = samplePixels(
        unet, 48, data.pictures.size(2), {.scheduler = scheduler, .sampler = "ddim", .schedule = "", .steps = 50});
    writeSheet(options.out / "sheet.ppm", pictures.to(torch::kCPU), 8);
    return code;
}

int drawSheet(const Options &options)
{
    const json &plan = options.plan.at("latent");
    const PreparedData data = loadPreparedData(options.data);
    auto [unet, text] = makeLatentNetworks(plan, data);
    copyWeights(*unet, readTensors(options.out / "unet/diffusion_pytorch_model.safetensors"), "unet");
    copyWeights(*text, readTensors(options.out / "text_encoder/model.safetensors"), "text_encoder");
    unet->to(options.device, options.dtype);
    text->to(options.device);
    AutoencoderKL vae = readAutoencoder(options.out / "vae");
    vae->to(options.device);
    const torch::Tensor known = scaledLatents(options, data).flatten(1);
    const torch::NoGradGuard noGrad;
    const BatchSampler sampler(data, options.device, 0.0);
    torch::Generator generator = at::globalContext().defaultGenerator(options.device).clone();
    generator.set_current_seed(7);
    const Batch batch = sampler.draw(options.count, generator);
    const torch::Tensor latents =
        sampleLatents(unet, text, batch.tokens, data.emptyTokens, unet->config().sampleSize,
                      {.scheduler = schedulerConfigFromJson(plan.at("scheduler")), .guidance = options.guidance});
    const torch::Tensor distances = torch::cdist(latents.flatten(1), known);
    const torch::Tensor nearest = std::get<1>(distances.topk(5, 1, /*largest=*/false));
    const torch::Tensor hits = nearest.eq(batch.indices.unsqueeze(1));
    std::printf("guidance %.1f: nearest is the very picture: top 1 %.1f %%, top 5 %.1f %%\n", options.guidance,
                100.0 * hits.narrow(1, 0, 1).to(torch::kFloat32).mean().item<double>(),
                100.0 * hits.any(1).to(torch::kFloat32).mean().item<double>());
    const torch::Tensor some = torch::arange(0, options.count, std::max<int64_t>(1, options.count / 48), torch::kInt64)
                                   .to(options.device)
                                   .slice(0, 0, 48);
    const torch::Tensor pictures =
        vae->decode(latents.index_select(0, some) / vae->config().scalingFactor).to(torch::kCPU);
    const torch::Tensor originals = takePictures(data.pictures, batch.indices.index_select(0, some).to(torch::kCPU),
                                                 torch::TensorOptions().dtype(torch::kFloat32));
    // Each drawn picture beside the one its caption belongs to.
    writeSheet(options.out / "sheet.ppm", torch::stack({pictures, originals}, 1).flatten(0, 1), 16);
    return 0;
}

Options parse(int argc, char **argv)
{
    if (argc < 3)
        throw Error(ErrorKind::BadRequest, "", "usage: train_prepared PLAN STAGE --data FILE --out FOLDER [options]");
    Options options;
    options.plan = readJson(argv[1]);
    options.stage = argv[2];
    int threads = 0;
    Precision precision = Precision::Auto;
    std::string device;
    for (int i = 3; i < argc; ++i) {
        const std::string name = argv[i];
        if (name == "--float32") {
            precision = Precision::Float32;
            continue;
        }
        if (i + 1 >= argc)
            throw Error(ErrorKind::BadRequest, name, "needs a value.");
        const char *value = argv[++i];
        if (name == "--data")
            options.data = value;
        else if (name == "--out")
            options.out = value;
        else if (name == "--init")
            options.init = value;
        else if (name == "--checkpoints")
            options.checkpoints = value;
        else if (name == "--checkpoint-minutes")
            options.checkpointMinutes = std::atof(value);
        else if (name == "--minutes")
            options.minutes = std::atof(value);
        else if (name == "--steps")
            options.steps = std::atoll(value);
        else if (name == "--batch")
            options.batch = std::atoi(value);
        else if (name == "--lr")
            options.learningRate = std::atof(value);
        else if (name == "--count")
            options.count = std::atoll(value);
        else if (name == "--guidance")
            options.guidance = std::atof(value);
        else if (name == "--device")
            device = value;
        else if (name == "--threads")
            threads = std::atoi(value);
        else
            throw Error(ErrorKind::BadRequest, name, "is no option.");
    }
    const DevicePolicy policy({.threads = threads}); // memory, threads, device and precision as in the program itself
    options.device = device.empty() ? policy.device() : torch::Device(device == "cuda" ? "cuda:0" : device);
    options.dtype = policy.computeDtype(precision);
    return options;
}

} // namespace

int main(int argc, char **argv)
{
    try {
        const Options options = parse(argc, argv);
        std::signal(SIGINT, [](int) { wasInterrupted = 1; });
        std::signal(SIGTERM, [](int) { wasInterrupted = 1; });
        at::globalContext().setAllowTF32CuBLAS(true);
        at::globalContext().setAllowTF32CuDNN(true);
        at::globalContext().setBenchmarkCuDNN(true);
        torch::manual_seed(1);
        if (options.stage == "autoencoder")
            return trainAutoencoder(options);
        if (options.stage == "latent")
            return trainLatent(options);
        if (options.stage == "pixel")
            return trainPixel(options);
        if (options.stage == "sheet")
            return drawSheet(options);
        throw Error(ErrorKind::BadRequest, options.stage, "is no stage.");
    } catch (const std::exception &error) {
        std::fprintf(stderr, "train_prepared: %s\n", error.what());
    } catch (const Cancelled &) {
        std::fprintf(stderr, "train_prepared: stopped\n");
    }
    return 1;
}
