#include "engine/training/autoencoder_trainer.h"

#include "engine/training/noise_predictor_trainer.h"

#include <cmath>

namespace engine {

namespace {

/// Pixels of the pictures that are encoded at a time: 64 of 128x128.
constexpr int64_t kEncodePixels = int64_t(64) * 128 * 128;

int64_t encodeBatch(const torch::Tensor &pictures)
{
    return std::max<int64_t>(1, kEncodePixels / (pictures.size(2) * pictures.size(3)));
}

torch::Device deviceOf(const torch::nn::Module &module)
{
    return module.parameters().front().device();
}

torch::Tensor indicesFrom(int64_t begin, const torch::Tensor &pictures)
{
    return torch::arange(begin, std::min(begin + encodeBatch(pictures), pictures.size(0)), torch::kInt64);
}

/// Differences to the neighbours at the right and below.
torch::Tensor gradientLoss(const torch::Tensor &error)
{
    return (error.slice(3, 1) - error.slice(3, 0, -1)).abs().mean() +
           (error.slice(2, 1) - error.slice(2, 0, -1)).abs().mean();
}

} // namespace

AutoencoderObjective::AutoencoderObjective(const PreparedData &data, AutoencoderKL vae, torch::Device device,
                                           const AutoencoderOptions &options)
    : m_pictures(keepPictures(data.pictures, device))
    , m_device(device)
    , m_vae(std::move(vae))
    , m_options(options)
    // Every picture as often as the others: reconstructing them is what is measured, not drawing them.
    , m_sampler({.pictures = data.pictures, .weights = torch::ones_like(data.weights)}, device, 0.0)
{
    m_vae->to(device);
}

std::vector<TrainedModule> AutoencoderObjective::modules() const
{
    return {{.name = "vae", .module = m_vae.ptr(), .computeDtype = m_options.computeDtype}};
}

BatchLoss AutoencoderObjective::prepare(int64_t batch, const torch::Generator &generator)
{
    const Batch drawn = m_sampler.draw(batch, generator);
    const auto real = torch::TensorOptions().device(m_device).dtype(torch::kFloat32);
    torch::Tensor x = takePictures(m_pictures, drawn.indices, real);
    if (m_options.flip)
        x = flipHalf(x, generator);
    const VaeConfig &config = m_vae->config();
    const int64_t downscale = config.downscale();
    const torch::Tensor noise =
        torch::randn({batch, config.latentChannels, x.size(2) / downscale, x.size(3) / downscale}, generator, real);
    return [this, x, noise] { return loss(x, noise); };
}

torch::Tensor AutoencoderObjective::loss(const torch::Tensor &x, const torch::Tensor &noise)
{
    const torch::Tensor moments = m_vae->encodeMoments(x.to(m_options.computeDtype)).to(torch::kFloat32);
    const auto parts = moments.chunk(2, 1);
    const torch::Tensor &mean = parts[0];
    const torch::Tensor logVariance = parts[1].clamp(-30.0, 20.0);
    const torch::Tensor z = mean + (0.5 * logVariance).exp() * noise;
    const torch::Tensor error = m_vae->decode(z.to(m_options.computeDtype)).to(torch::kFloat32) - x;
    const torch::Tensor divergence = 0.5 * (mean.square() + logVariance.exp() - 1.0 - logVariance).mean();
    return m_options.l1 * error.abs().mean() + m_options.l2 * error.square().mean() +
           m_options.gradient * gradientLoss(error) + m_options.kl * divergence;
}

torch::Tensor encodeAll(AutoencoderKL &vae, const torch::Tensor &pictures, bool flip, const RunContext &context)
{
    const torch::NoGradGuard noGrad;
    const auto options = torch::TensorOptions().device(deviceOf(*vae)).dtype(vae->parameters().front().scalar_type());
    const int64_t count = pictures.size(0);
    std::vector<torch::Tensor> latents;
    for (const bool mirrored : flip ? std::vector<bool>{false, true} : std::vector<bool>{false}) {
        for (int64_t i = 0; i < count; i += encodeBatch(pictures)) {
            throwIfStopped(context);
            context.betweenSteps();
            context.emit(StageStarted{Stage::EncodingPicture, static_cast<double>(i) / static_cast<double>(count)});
            torch::Tensor x = takePictures(pictures, indicesFrom(i, pictures), options);
            if (mirrored)
                x = x.flip({3});
            latents.push_back(vae->encodeMoments(x).chunk(2, 1)[0].to(torch::kFloat32).contiguous());
        }
    }
    return torch::cat(latents);
}

double reconstructionPsnr(AutoencoderKL &vae, const torch::Tensor &pictures)
{
    const torch::NoGradGuard noGrad;
    const auto options = torch::TensorOptions().device(deviceOf(*vae)).dtype(vae->parameters().front().scalar_type());
    double squares = 0.0;
    for (int64_t i = 0; i < pictures.size(0); i += encodeBatch(pictures)) {
        const torch::Tensor indices = indicesFrom(i, pictures);
        const torch::Tensor x = takePictures(pictures, indices, options);
        const torch::Tensor y = vae->decode(vae->encodeMoments(x).chunk(2, 1)[0]);
        // As 8-bit pictures, which is what one sees.
        const torch::Tensor bytes = ((y.to(torch::kFloat32) + 1.0) * 127.5).clamp(0.0, 255.0).round();
        const torch::Tensor want =
            pictures.index_select(0, indices.to(pictures.device())).to(bytes.device()).to(torch::kFloat32);
        squares += (bytes - want).square().sum().item<double>();
    }
    return 10.0 * std::log10(255.0 * 255.0 * static_cast<double>(pictures.numel()) / std::max(squares, 1e-9));
}

void centreLatents(std::map<std::string, torch::Tensor> &weights, torch::Tensor &latents)
{
    const torch::NoGradGuard noGrad;
    const torch::Tensor mean = latents.mean({0, 2, 3}).to(torch::kCPU);
    const torch::Tensor spread = latents.std({0, 2, 3}).to(torch::kCPU).clamp_min(1e-6);
    const torch::Tensor scale = spread.mean() / spread; // z' = (z - mean) * scale
    const auto perRow = [](const torch::Tensor &x) { return x.view({-1, 1, 1, 1}); };

    torch::Tensor &weight = weights.at("quant_conv.weight"); // [2C, 2C, 1, 1]: means, then log variances
    torch::Tensor &bias = weights.at("quant_conv.bias");
    const int64_t channels = mean.numel();
    weight.slice(0, 0, channels).mul_(perRow(scale));
    bias.slice(0, 0, channels).sub_(mean).mul_(scale);
    bias.slice(0, channels).add_(2.0 * scale.log());

    torch::Tensor &backWeight = weights.at("post_quant_conv.weight"); // [C, C, 1, 1], input z = z' / scale + mean
    torch::Tensor &backBias = weights.at("post_quant_conv.bias");
    backBias.add_(backWeight.flatten(1).mv(mean));
    backWeight.div_(scale.view({1, -1, 1, 1}));

    latents.sub_(mean.to(latents.device()).view({1, -1, 1, 1})).mul_(scale.to(latents.device()).view({1, -1, 1, 1}));
}

LatentStatistics measureLatents(const torch::Tensor &latents, const torch::Tensor &pictures)
{
    const torch::NoGradGuard noGrad;
    LatentStatistics result;
    result.scalingFactor = 1.0 / std::max(1e-6, latents.std().item<double>());

    // Least squares over at most a few hundred pictures: [P, C + 1] x [C + 1, 3] = [P, 3]
    const int64_t count = std::min<int64_t>(pictures.size(0), latents.size(0));
    const torch::Tensor some = torch::arange(0, count, std::max<int64_t>(1, count / 400), torch::kInt64);
    const torch::Tensor z = (latents.index_select(0, some.to(latents.device())) * result.scalingFactor).to(torch::kCPU);
    const torch::Tensor x = takePictures(pictures, some, torch::TensorOptions().dtype(torch::kFloat32)).to(torch::kCPU);
    const torch::Tensor small = at::adaptive_avg_pool2d(x, {z.size(2), z.size(3)});
    const torch::Tensor inputs = z.permute({0, 2, 3, 1}).reshape({-1, z.size(1)}).to(torch::kFloat64);
    const torch::Tensor a = torch::cat({inputs, torch::ones({inputs.size(0), 1}, torch::kFloat64)}, 1);
    const torch::Tensor b = small.permute({0, 2, 3, 1}).reshape({-1, 3}).to(torch::kFloat64);
    // Normal equations, a little ridge: C + 1 unknowns only.
    const torch::Tensor normal = a.t().mm(a) + 1e-6 * torch::eye(a.size(1), torch::kFloat64);
    const torch::Tensor solution = normal.inverse().mm(a.t().mm(b));
    result.rgbFactors = solution.slice(0, 0, z.size(1)).contiguous();
    result.rgbBias = solution[z.size(1)].contiguous();
    return result;
}

} // namespace engine
