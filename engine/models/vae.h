#pragma once

#include "engine/models/mid_block.h"

#include <nlohmann/json_fwd.hpp>

#include <functional>
#include <memory>
#include <vector>

namespace engine {

/// What diffusers' AutoencoderKL reads from config.json, with its defaults.
struct VaeConfig
{
    int64_t inChannels = 3;
    int64_t outChannels = 3;
    int64_t latentChannels = 4;
    int64_t sampleSize = 32;
    std::vector<int64_t> blockOutChannels = {64};
    int64_t layersPerBlock = 1;
    int64_t normNumGroups = 32;
    double scalingFactor = 0.18215;
    double shiftFactor = 0.0;
    bool useQuantConv = true;
    bool usePostQuantConv = true;
    bool midBlockAddAttention = true;

    /// Pixels a latent is wide: 8 for four levels.
    [[nodiscard]] int64_t downscale() const { return int64_t(1) << (blockOutChannels.size() - 1); }

    /// \throws Error{NotSupported} naming the field, Error{NotACheckpoint} if a field has the wrong type
    static VaeConfig fromJson(const nlohmann::json &json);
    [[nodiscard]] nlohmann::json toJson() const;
};

/// Work in overlapping squares, so that memory stays bounded; overlaps are blended linearly.
struct VaeTiling
{
    int64_t latentTile = 64; ///< side of a tile in latents
    int64_t latentOverlap = 16;
    std::function<void()> beforeTile = [] {}; ///< may throw Cancelled
};

class VaeEncoder;
class VaeDecoder;

/// Variational autoencoder of Stable Diffusion (diffusers' AutoencoderKL). Applies neither scaling nor shift.
class AutoencoderKLImpl : public nn::Module
{
public:
    enum class Parts { Both, DecoderOnly, EncoderOnly };

    explicit AutoencoderKLImpl(const VaeConfig &config, Parts parts = Parts::Both);

    [[nodiscard]] const VaeConfig &config() const { return m_config; }

    /// \param x  [B, 3, H, W] in -1..1   \return [B, 2C, H/8, W/8]: mean, then log variance
    torch::Tensor encodeMoments(const torch::Tensor &x);
    torch::Tensor encodeMoments(const torch::Tensor &x, const VaeTiling &tiling);

    /// \param z  [B, C, h, w]   \return [B, 3, 8h, 8w], about -1..1, not clamped
    torch::Tensor decode(const torch::Tensor &z);
    torch::Tensor decode(const torch::Tensor &z, const VaeTiling &tiling);

    /// The decoder's last layer: what adversarial or adaptive losses weigh themselves by.
    [[nodiscard]] torch::Tensor lastLayerWeight() const;

private:
    VaeConfig m_config;
    std::shared_ptr<VaeEncoder> encoder; // null where `parts` leaves it out
    std::shared_ptr<VaeDecoder> decoder;
    Conv2d quant_conv{nullptr};
    Conv2d post_quant_conv{nullptr};
};
TORCH_MODULE(AutoencoderKL);

/// A sample of the Gaussian that `moments` describe (log variance limited to -30..20).
/// \param noise [B, C, h, w] standard normal; undefined: the mean
torch::Tensor sampleMoments(const torch::Tensor &moments, const torch::Tensor &noise = {});

} // namespace engine
