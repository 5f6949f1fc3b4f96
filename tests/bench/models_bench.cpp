// Times full-size networks with random weights: models_bench (unet|unet_sdxl|vae_decoder|text) (bfloat16|float32)
// [runs]
#include "engine/core/device.h"
#include "engine/models/clip.h"
#include "engine/models/unet.h"
#include "engine/models/vae.h"
#include "tests/bench/operator_profile.h"

#include <chrono>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <iostream>
#include <string>

namespace {

using torch::Tensor;

/// Scaled so that signals neither vanish nor overflow.
void fillRandom(torch::nn::Module &module, torch::Dtype dtype)
{
    const torch::NoGradGuard noGrad;
    for (auto &item : module.named_parameters()) {
        Tensor value = torch::empty(item.value().sizes(), torch::kFloat32);
        if (value.dim() > 1)
            value.normal_(0.0, 1.0 / std::sqrt(static_cast<double>(value.numel() / value.size(0))));
        else
            value.fill_(item.key().find("norm") != std::string::npos && item.key().ends_with("weight") ? 1.0 : 0.01);
        item.value().set_data(value.dim() == 4 ? value.to(dtype).contiguous(at::MemoryFormat::ChannelsLast)
                                               : value.to(dtype));
    }
    engine::keepPlainWeights(module, false);
}

engine::UNetConfig sdxlConfig()
{
    engine::UNetConfig config;
    config.downBlockTypes = {"DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"};
    config.upBlockTypes = {"CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"};
    config.blockOutChannels = {320, 640, 1280};
    config.layersPerBlock = {2, 2, 2};
    config.crossAttentionDim = {2048, 2048, 2048};
    config.attentionHeads = {5, 10, 20};
    config.transformerLayers = {1, 2, 10};
    config.useLinearProjection = true;
    config.hasTextTime = true;
    config.additionTimeEmbedDim = 256;
    config.projectionClassEmbeddingsInputDim = 2816;
    return config;
}

void time(const std::string &name, int runs, const std::function<Tensor()> &run)
{
    for (int i = 0; i <= runs; ++i) {
        const auto start = std::chrono::steady_clock::now();
        const std::clock_t cpuStart = std::clock();
        const Tensor result = run();
        const double cpuSeconds = static_cast<double>(std::clock() - cpuStart) / CLOCKS_PER_SEC;
        const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
        std::cout << name << (i == 0 ? " first " : " ") << seconds.count() << " s, " << cpuSeconds
                  << " s of processor time, deviation of the result " << result.to(torch::kFloat32).std().item<float>()
                  << '\n';
    }
    if (at::get_num_threads() == 1) {
        const bench::OperatorProfile profile;
        run();
        bench::OperatorProfile::print();
    }
}

} // namespace

int main(int argc, char **argv)
{
    const std::string what = argc > 1 ? argv[1] : "unet";
    const engine::DevicePolicy devices({.threads = argc > 4 ? std::atoi(argv[4]) : 0});
    const torch::Dtype dtype = argc > 2 && std::string(argv[2]) == "float32" ? torch::kFloat32 : torch::kBFloat16;
    const int runs = argc > 3 ? std::atoi(argv[3]) : 3;
    torch::manual_seed(1);
    const engine::SkipWeightInit skip;
    if (what == "unet" || what == "unet_sdxl") {
        const bool isXl = what == "unet_sdxl";
        engine::UNetConfig config = isXl ? sdxlConfig() : engine::UNetConfig();
        if (!isXl)
            config.crossAttentionDim = {768, 768, 768, 768};
        engine::UNet2DCondition unet(config);
        fillRandom(*unet, dtype);
        const int64_t side = isXl ? 128 : 64;
        engine::UNetInput input{.sample = torch::randn({2, 4, side, side}),
                                .timestep = torch::tensor(500.0),
                                .encoderHiddenStates = torch::randn({2, 77, config.crossAttentionDim.front()})};
        if (isXl) {
            input.textEmbeds = torch::randn({2, 1280});
            input.timeIds = torch::full({2, 6}, 1024.0);
        }
        const torch::InferenceMode inference;
        time(what, runs, [&] { return unet(input); });
    } else if (what == "vae_decoder") {
        engine::VaeConfig config;
        config.blockOutChannels = {128, 256, 512, 512};
        config.layersPerBlock = 2;
        engine::AutoencoderKL vae(config, engine::AutoencoderKLImpl::Parts::DecoderOnly);
        fillRandom(*vae, dtype);
        const Tensor latents = torch::randn({1, 4, 64, 64});
        const torch::InferenceMode inference;
        time(what, runs, [&] { return vae->decode(latents); });
    } else {
        engine::ClipTextConfig config;
        config.hiddenSize = 768;
        config.intermediateSize = 3072;
        config.heads = 12;
        engine::ClipTextModel encoder(config);
        fillRandom(*encoder, torch::kFloat32);
        const Tensor ids = torch::randint(49408, {2, 77}, torch::kInt64);
        const torch::InferenceMode inference;
        time(what, runs, [&] { return encoder(ids).lastHiddenState; });
    }
    std::cout << "peak memory " << engine::peakResidentBytes() / (1 << 20) << " MiB\n";
}
