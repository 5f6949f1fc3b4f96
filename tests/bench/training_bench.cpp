// training_bench PLAN STAGE [--seconds S] [--threads N] [--batch N] [--float32] [--profile]
//
// How fast a stage of a plan (packaging/starter/plan.json: autoencoder, latent, pixel) trains on this machine, on
// random pictures and with the plan's optimizer: pictures a second, arithmetic a second, and that as a share of what
// one big matrix product reaches here, on the same threads, just before. Arithmetic is that of the networks, forward
// and backward: convolutions, matrix products and attention. Norms, activations, the loss and all of the optimizer,
// Muon's matrix products too, take their time without counting. With --profile also where the processor time goes (to
// be read with --threads 1).

#include "engine/checkpoint/json_text.h"
#include "engine/checkpoint/model_files.h"
#include "engine/core/device.h"
#include "engine/error.h"
#include "engine/training/autoencoder_trainer.h"
#include "engine/training/noise_predictor_trainer.h"
#include "engine/training/trainer.h"
#include "tests/bench/operator_profile.h"

#include <ATen/record_function.h>
#include <nlohmann/json.hpp>
#include <torch/torch.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <optional>

using namespace engine;
using nlohmann::json;

namespace {

double secondsNow()
{
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// Multiplications and additions of the convolutions, matrix products and attentions that are called while it lives.
/// Masked attention counts as if nothing were masked.
class Arithmetic
{
public:
    Arithmetic()
    {
        operations() = 0.0;
        m_handle = at::addGlobalCallback(
            at::RecordFunctionCallback(&enter).needsInputs(true).scopes({at::RecordScope::FUNCTION}));
    }
    ~Arithmetic() { at::removeCallback(m_handle); }
    Arithmetic(const Arithmetic &) = delete;
    Arithmetic &operator=(const Arithmetic &) = delete;

    static double &operations()
    {
        static double sum = 0.0;
        return sum;
    }

private:
    static std::unique_ptr<at::ObserverContext> enter(const at::RecordFunction &function)
    {
        const std::string_view name = function.name();
        const auto inputs = function.inputs();
        const auto tensor = [&](std::size_t i) { return inputs[i].toTensor(); };
        if (name == "aten::convolution") { // out = in * weight; stride 1 and 2 with a kernel of 3 or 1
            const auto stride = inputs[3].toDimVector().front();
            const auto cells = tensor(0).numel() / tensor(0).size(1) / (stride * stride);
            operations() += 2.0 * static_cast<double>(cells) * static_cast<double>(tensor(1).numel());
        } else if (name == "aten::convolution_backward") { // for the input (where it is wanted) and for the weight
            const auto cells = tensor(0).numel() / tensor(0).size(1);
            const bool wantsInput = inputs[10].toBoolList().get(0);
            operations() +=
                (wantsInput ? 4.0 : 2.0) * static_cast<double>(cells) * static_cast<double>(tensor(2).numel());
        } else if (name == "aten::mm" || name == "aten::bmm") {
            operations() += 2.0 * static_cast<double>(tensor(0).numel()) * static_cast<double>(tensor(1).size(-1));
        } else if (name == "aten::addmm" || name == "aten::baddbmm") {
            operations() += 2.0 * static_cast<double>(tensor(1).numel()) * static_cast<double>(tensor(2).size(-1));
        } else if (name == "aten::_scaled_dot_product_flash_attention_for_cpu") { // q k^T and p v
            operations() += 4.0 * static_cast<double>(tensor(0).numel()) * static_cast<double>(tensor(1).size(-2));
        } else if (name == "aten::_scaled_dot_product_flash_attention_for_cpu_backward") { // five products
            operations() += 10.0 * static_cast<double>(tensor(1).numel()) * static_cast<double>(tensor(2).size(-2));
        } else if (name == "engine::attention") { // the same two of our own kernels
            operations() += 4.0 * static_cast<double>(tensor(0).numel()) * static_cast<double>(tensor(1).size(-2));
        } else if (name == "engine::attention_backward") {
            operations() += 10.0 * static_cast<double>(tensor(0).numel()) * static_cast<double>(tensor(1).size(-2));
        }
        return nullptr;
    }

    at::CallbackHandle m_handle = 0;
};

/// Operations a second of a product of two square matrices.
double matrixLimit(torch::Dtype dtype)
{
    constexpr int64_t kSide = 3072;
    const torch::NoGradGuard noGrad;
    const torch::Tensor a = torch::randn({kSide, kSide}).to(dtype);
    const torch::Tensor b = torch::randn({kSide, kSide}).to(dtype);
    torch::mm(a, b);
    int runs = 0;
    const double start = secondsNow();
    while (secondsNow() - start < 1.0) {
        torch::mm(a, b);
        ++runs;
    }
    return runs * 2.0 * kSide * kSide * kSide / (secondsNow() - start);
}

PreparedData randomData(int64_t side, int64_t tokens, int64_t pieces)
{
    constexpr int64_t kCount = 256;
    PreparedData data;
    data.pictures = torch::randint(256, {kCount, 3, side, side}, torch::kUInt8);
    data.weights = torch::ones({kCount});
    if (tokens > 0) {
        data.tokens = torch::randint(pieces, {kCount, tokens}, torch::kInt32);
        data.captionStarts = torch::arange(0, kCount + 1, torch::kInt64);
        data.captionWeights = torch::ones({kCount});
        data.emptyTokens = torch::zeros({tokens}, torch::kInt32);
    }
    return data;
}

struct Options
{
    json plan;
    std::string stage;
    double seconds = 20.0;
    int threads = 0;
    int64_t batch = 0;
    bool isFloat32 = false;
    bool wantsProfile = false;
};

std::unique_ptr<Objective> makeObjective(const Options &options, torch::Device device, torch::Dtype dtype)
{
    const json &plan = options.plan.at(options.stage);
    if (options.stage == "autoencoder") {
        const VaeConfig config = VaeConfig::fromJson(plan.at("config"));
        const PreparedData data = randomData(plan.at("config").value("sample_size", int64_t(128)), 0, 0);
        return std::make_unique<AutoencoderObjective>(data, AutoencoderKL(config), device,
                                                      AutoencoderOptions{.computeDtype = dtype});
    }
    const NoisePredictorOptions predictor{.scheduler = schedulerConfigFromJson(plan.at("scheduler")),
                                          .computeDtype = dtype};
    if (options.stage == "pixel") {
        const UNet2DConfig config = UNet2DConfig::fromJson(plan.at("unet"));
        return std::make_unique<PixelObjective>(randomData(config.sampleSize, 0, 0), UNet2D(config), device, predictor);
    }
    const UNetConfig config = UNetConfig::fromJson(plan.at("unet"));
    ClipTextConfig text = ClipTextConfig::fromJson(plan.at("text_encoder"));
    text.vocabSize = plan.at("pieces").get<int64_t>();
    text.maxPositions = plan.at("tokens").get<int64_t>();
    const PreparedData data = randomData(8, text.maxPositions, text.vocabSize);
    const torch::Tensor latents =
        torch::randn({data.count(), config.inChannels, config.sampleSize, config.sampleSize}).to(device);
    return std::make_unique<LatentObjective>(data, latents, UNet2DCondition(config), ClipTextModel(text), predictor);
}

Options parse(int argc, char **argv)
{
    if (argc < 3)
        throw Error(ErrorKind::BadRequest, "", "usage: training_bench PLAN STAGE [options]");
    Options options;
    options.plan = readJson(argv[1]);
    options.stage = argv[2];
    for (int i = 3; i < argc; ++i) {
        const std::string name = argv[i];
        const char *value = i + 1 < argc ? argv[i + 1] : "0";
        if (name == "--float32")
            options.isFloat32 = true;
        else if (name == "--profile")
            options.wantsProfile = true;
        else if (name == "--seconds")
            options.seconds = std::atof(value), ++i;
        else if (name == "--threads")
            options.threads = std::atoi(value), ++i;
        else if (name == "--batch")
            options.batch = std::atoll(value), ++i;
        else
            throw Error(ErrorKind::BadRequest, name, "is no option.");
    }
    return options;
}

TrainerSettings settingsOf(const json &training, int batch, torch::Dtype dtype)
{
    // No checkpoints, never at an end: measure() counts.
    TrainerSettings settings{.steps = 1'000'000, .batch = batch};
    settings.learningRate.peak = 1e-4;
    if (training.value("optimizer", "adamw") == "muon")
        settings.optimizer.kind = OptimizerKind::Muon;
    settings.optimizer.orthogonalisation = dtype;
    settings.optimizer.weightDecay = training.value("weight_decay", 0.01);
    settings.optimizer.clipNorm = training.value("clip_norm", 1.0);
    return settings;
}

/// Operations of one batch, forward and backward. The optimizer has no part in it.
double operationsOf(Objective &objective, int batch)
{
    const Arithmetic arithmetic;
    objective.prepare(batch, at::globalContext().defaultGenerator(objective.device()).clone())().backward();
    return Arithmetic::operations();
}

void measure(const Options &options)
{
    const DevicePolicy policy({.threads = options.threads});
    const torch::Dtype dtype = policy.computeDtype(options.isFloat32 ? Precision::Float32 : Precision::Auto);
    torch::manual_seed(1);
    const std::unique_ptr<Objective> objective = makeObjective(options, policy.device(), dtype);
    const json &training = options.plan.at(options.stage).at("training");
    const int batch = options.batch > 0 ? options.batch : training.at("batch").get<int>();
    const TrainerSettings settings = settingsOf(training, batch, dtype);
    Trainer trainer(*objective, settings); // puts the networks into their compute dtypes
    const double perBatch = operationsOf(*objective, batch);
    trainer.weights().clearGradients();
    const double limit = matrixLimit(dtype);
    RunContext context;
    std::stop_source stop;
    context.stop = stop.get_token();
    double begin = 0.0;
    double seconds = 0.0;
    int64_t steps = 0;
    constexpr int64_t kWarmUp = 3;
    std::optional<bench::OperatorProfile> profile;
    context.betweenSteps = [&] {
        ++steps;
        if (steps == kWarmUp) {
            if (options.wantsProfile)
                profile.emplace();
            begin = secondsNow();
        } else if (steps > kWarmUp && secondsNow() - begin >= options.seconds) {
            seconds = secondsNow() - begin;
            stop.request_stop();
        }
    };
    trainer.run(context);
    const auto timed = static_cast<double>(steps - kWarmUp);
    const double reached = perBatch * timed / seconds;
    std::printf("%s, batch %d, %s, %s, %d threads: %.1f pictures/s; %.2f GFLOP a picture, %.0f GFLOP/s, %.0f %% of the "
                "%.0f GFLOP/s of a matrix product\n",
                options.stage.c_str(), batch, dtype == torch::kBFloat16 ? "bfloat16" : "float32",
                settings.optimizer.kind == OptimizerKind::Muon ? "Muon" : "AdamW", at::get_num_threads(),
                timed * batch / seconds, perBatch / batch / 1e9, reached / 1e9, 100.0 * reached / limit, limit / 1e9);
    if (profile) {
        profile.reset();
        bench::OperatorProfile::print();
    }
}

} // namespace

int main(int argc, char **argv)
{
    try {
        measure(parse(argc, argv));
        return 0;
    } catch (const std::exception &error) {
        std::fprintf(stderr, "training_bench: %s\n", error.what());
        return 1;
    }
}
