#include "engine/pipeline/preview.h"

#include "engine/pipeline/pictures.h"

namespace engine {

namespace {

constexpr double kLinearShare = 0.02;
constexpr double kDecoderShare = 0.25;

double secondsSince(std::chrono::steady_clock::time_point start)
{
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

PreviewMap makePreviewMap(LoadedModel &model)
{
    const int64_t channels = model.latentChannels();
    if (!model.vae)
        return {torch::eye(channels, 3), torch::zeros({3})};
    if (model.latentToRgb.known && channels == 4) {
        PreviewMap map{torch::empty({4, 3}), torch::empty({3})};
        for (int k = 0; k < 4; ++k) {
            for (int c = 0; c < 3; ++c)
                map.factors[k][c] = model.latentToRgb.factors[k][c];
        }
        for (int c = 0; c < 3; ++c)
            map.bias[c] = model.latentToRgb.bias[c];
        return map;
    }
    // Smooth random latents of unit variance: closer to those of pictures than white noise.
    auto generator = torch::make_generator<at::CPUGeneratorImpl>(0);
    const torch::Tensor coarse = torch::randn({8, channels, 4, 4}, generator, torch::kFloat32);
    const torch::Tensor latents = at::upsample_bilinear2d(coarse, {16, 16}, false) * 1.4;
    const VaeConfig &config = model.vae->config();
    const torch::Tensor z = (latents / config.scalingFactor + config.shiftFactor).to(model.device, model.dtype);
    const torch::Tensor pictures = model.vae->decode(z).to(torch::kCPU, torch::kFloat32).clamp(-1, 1);
    const torch::Tensor small = at::adaptive_avg_pool2d(pictures, {16, 16});
    torch::Tensor a = latents.permute({0, 2, 3, 1}).reshape({-1, channels});
    a = torch::cat({a, torch::ones({a.size(0), 1})}, 1);
    const torch::Tensor b = small.permute({0, 2, 3, 1}).reshape({-1, 3});
    const torch::Tensor normal = torch::matmul(a.t(), a) + 1e-3 * torch::eye(channels + 1);
    const torch::Tensor solution = at::linalg_solve(normal, torch::matmul(a.t(), b));
    return {solution.narrow(0, 0, channels).clone(), solution[channels].clone()};
}

} // namespace

const PreviewMap &previewMap(LoadedModel &model)
{
    if (!model.previewMap)
        model.previewMap = makePreviewMap(model);
    return *model.previewMap;
}

Previewer::Previewer(LoadedModel &model, const GenerateRequest &request, const RunContext &context)
    : m_model(model), m_request(request), m_context(context)
{
}

torch::Tensor Previewer::decode(const torch::Tensor &latents)
{
    if (!m_model.vae)
        return latents.to(torch::kCPU);
    if (m_request.previewDecoder == PreviewDecoder::Full) {
        const VaeConfig &config = m_model.vae->config();
        return m_model.vae->decode((latents / config.scalingFactor + config.shiftFactor).to(m_model.dtype))
            .to(torch::kCPU, torch::kFloat32);
    }
    const PreviewMap &map = previewMap(m_model);
    const torch::Tensor rows = latents.to(torch::kCPU).permute({0, 2, 3, 1}); // [1, h, w, C]
    return (torch::matmul(rows, map.factors) + map.bias).permute({0, 3, 1, 2});
}

void Previewer::show(int picture, const StepState &state)
{
    if (m_request.preview == PreviewContent::None)
        return;
    m_stepSeconds += state.seconds;
    const double share = m_request.previewDecoder == PreviewDecoder::Full ? kDecoderShare : kLinearShare;
    if (m_lastCost > 0 && m_spentSeconds + m_lastCost > share * m_stepSeconds)
        return;
    const auto start = std::chrono::steady_clock::now();
    try {
        torch::Tensor shown = state.denoised;
        if (m_request.preview == PreviewContent::NoisyXt)
            shown = state.x / std::sqrt(1 + state.sigmaNext * state.sigmaNext);
        m_context.emit(PreviewReady{picture, state.step, toImage(decode(shown.narrow(0, 0, 1)))});
    } catch (const std::exception &e) {
        if (!isOutOfMemory(e))
            throw;
        return; // a preview is never worth the picture
    }
    if (m_isWarm) { // the first also makes the map and fills caches: not what previews cost
        m_lastCost = secondsSince(start);
        m_spentSeconds += m_lastCost;
    }
    m_isWarm = true;
}

} // namespace engine
