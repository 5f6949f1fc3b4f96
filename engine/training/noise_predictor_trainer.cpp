#include "engine/training/noise_predictor_trainer.h"

namespace engine {

namespace {

constexpr int64_t kMaxBytesOnDevice = int64_t(2) << 30;

torch::Tensor networkInput(const torch::Tensor &x, torch::Dtype dtype)
{
    return x.to(dtype).contiguous(torch::MemoryFormat::ChannelsLast);
}

} // namespace

torch::Tensor flipHalf(const torch::Tensor &x, const torch::Generator &generator)
{
    const torch::Tensor mirrored =
        torch::rand({x.size(0), 1, 1, 1}, generator, x.options().dtype(torch::kFloat32)) < 0.5;
    return torch::where(mirrored, x.flip({3}), x);
}

torch::Tensor keepPictures(const torch::Tensor &pictures, torch::Device device)
{
    return device.is_cpu() || pictures.numel() > kMaxBytesOnDevice ? pictures : pictures.to(device);
}

LatentObjective::LatentObjective(const PreparedData &data, torch::Tensor latents, UNet2DCondition unet,
                                 ClipTextModel text, const NoisePredictorOptions &options)
    : m_latents(std::move(latents))
    , m_unet(std::move(unet))
    , m_text(std::move(text))
    , m_options(options)
    , m_noiseLoss(options.scheduler, options.minSnrGamma, m_latents.device())
    , m_sampler(data, m_latents.device(), options.captionDropout)
{
    m_unet->to(m_latents.device());
    m_text->to(m_latents.device());
}

std::vector<TrainedModule> LatentObjective::modules() const
{
    return {{.name = "unet", .module = m_unet.ptr(), .computeDtype = m_options.computeDtype},
            {.name = "text_encoder", .module = m_text.ptr(), .computeDtype = m_options.computeDtype}};
}

BatchLoss LatentObjective::prepare(int64_t batch, const torch::Generator &generator)
{
    const Batch drawn = m_sampler.draw(batch, generator);
    torch::Tensor indices = drawn.indices;
    if (m_options.flip) {
        const auto real = m_latents.options().dtype(torch::kFloat32);
        indices = indices + (torch::rand({batch}, generator, real) < 0.5).to(torch::kInt64) * (m_latents.size(0) / 2);
    }
    const CorruptedBatch noisy = m_noiseLoss.corrupt(m_latents.index_select(0, indices), generator);
    const torch::Tensor sample = networkInput(noisy.x, m_options.computeDtype);
    return [this, noisy, sample, tokens = drawn.tokens] {
        const torch::Tensor context = m_text->forward(tokens).lastHiddenState;
        const torch::Tensor prediction = m_unet->forward(
            {.sample = sample, .timestep = noisy.timestep, .encoderHiddenStates = context.to(m_options.computeDtype)});
        return NoiseLoss::of(prediction, noisy);
    };
}

PixelObjective::PixelObjective(const PreparedData &data, UNet2D unet, torch::Device device,
                               const NoisePredictorOptions &options)
    : m_pictures(keepPictures(data.pictures, device))
    , m_device(device)
    , m_unet(std::move(unet))
    , m_options(options)
    , m_noiseLoss(options.scheduler, options.minSnrGamma, device)
    , m_sampler({.pictures = data.pictures, .weights = data.weights}, device, 0.0)
{
    m_unet->to(device);
}

std::vector<TrainedModule> PixelObjective::modules() const
{
    return {{.name = "unet", .module = m_unet.ptr(), .computeDtype = m_options.computeDtype}};
}

BatchLoss PixelObjective::prepare(int64_t batch, const torch::Generator &generator)
{
    const Batch drawn = m_sampler.draw(batch, generator);
    torch::Tensor x0 =
        takePictures(m_pictures, drawn.indices, torch::TensorOptions().device(m_device).dtype(torch::kFloat32));
    if (m_options.flip)
        x0 = flipHalf(x0, generator);
    const CorruptedBatch noisy = m_noiseLoss.corrupt(x0, generator);
    const torch::Tensor sample = networkInput(noisy.x, m_options.computeDtype);
    return [this, noisy, sample] { return NoiseLoss::of(m_unet->forward(sample, noisy.timestep), noisy); };
}

} // namespace engine
