#include "engine/pipeline/vae_stage.h"

namespace engine {

namespace {

/// Latents of more than this side by side (1536 x 1536 pixels of SD) are decoded in tiles from the start.
constexpr int64_t kWholeLatents = 192 * 192;

} // namespace

VaeStage::VaeStage(LoadedModel &model, const RunContext &context) : m_model(model), m_context(context) {}

VaeTiling VaeStage::tiling() const
{
    return {.beforeTile = [this] { throwIfStopped(m_context); }};
}

torch::Tensor VaeStage::encode(const torch::Tensor &pixels)
{
    if (!m_model.vae)
        return pixels.to(m_model.device);
    const VaeConfig &config = m_model.vae->config();
    const torch::Tensor x = pixels.to(m_model.device, m_model.dtype);
    torch::Tensor moments;
    const int64_t latents = x.size(2) * x.size(3) / (config.downscale() * config.downscale());
    if (latents <= kWholeLatents) {
        try {
            moments = m_model.vae->encodeMoments(x);
        } catch (const std::exception &e) {
            if (!isOutOfMemory(e))
                throw;
            m_context.emit(Notice{"Memory was short, so the start picture was encoded in tiles."});
        }
    }
    if (!moments.defined())
        moments = m_model.vae->encodeMoments(x, tiling());
    return (sampleMoments(moments.to(torch::kFloat32)) - config.shiftFactor) * config.scalingFactor;
}

torch::Tensor VaeStage::decode(const torch::Tensor &latents)
{
    if (!m_model.vae)
        return latents;
    const VaeConfig &config = m_model.vae->config();
    const torch::Tensor z = latents / config.scalingFactor + config.shiftFactor;
    const auto run = [&](torch::Dtype dtype) {
        if (z.size(2) * z.size(3) <= kWholeLatents) {
            try {
                return m_model.vae->decode(z.to(dtype)).to(torch::kFloat32);
            } catch (const std::exception &e) {
                if (!isOutOfMemory(e))
                    throw;
                m_context.emit(Notice{"Memory was short, so the picture was decoded in tiles."});
            }
        }
        return m_model.vae->decode(z.to(dtype), tiling()).to(torch::kFloat32);
    };
    torch::Tensor pixels = run(m_model.dtype);
    if (m_model.dtype != torch::kFloat32 && !pixels.isfinite().all().item<bool>()) {
        m_context.emit(Notice{"The decoder overflowed in bfloat16, so it ran again in float32."});
        const torch::InferenceMode off(false); // weights must not become inference tensors
        const torch::NoGradGuard noGrad;
        m_model.vae->to(torch::kFloat32);
        pixels = run(torch::kFloat32);
        m_model.vae->to(m_model.dtype);
    }
    return pixels;
}

} // namespace engine
