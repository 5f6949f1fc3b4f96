#pragma once

#include "engine/models/mid_block.h"

#include <nlohmann/json_fwd.hpp>

#include <memory>
#include <string>
#include <vector>

namespace engine {

/// What diffusers' UNet2DModel reads from config.json, with its defaults.
struct UNet2DConfig
{
    int64_t inChannels = 3;
    int64_t outChannels = 3;
    int64_t sampleSize = 0; ///< pictures' side it was trained at; 0: not said
    bool centerInputSample = false;
    bool flipSinToCos = true;
    double freqShift = 0.0;
    std::vector<std::string> downBlockTypes = {"DownBlock2D", "AttnDownBlock2D", "AttnDownBlock2D", "AttnDownBlock2D"};
    std::vector<std::string> upBlockTypes = {"AttnUpBlock2D", "AttnUpBlock2D", "AttnUpBlock2D", "UpBlock2D"};
    std::vector<int64_t> blockOutChannels = {224, 448, 672, 896};
    int64_t layersPerBlock = 2;
    int64_t downsamplePadding = 1;
    int64_t normNumGroups = 32;
    int64_t attnNormNumGroups = 0; ///< of the middle block's attention; 0: as normNumGroups
    double normEps = 1e-5;
    int64_t attentionHeadDim = 8; ///< width of a head; 0: one head
    bool addAttention = true;     ///< in the middle block
    bool scaleShiftTime = false;

    /// \throws Error{NotSupported} naming the field, Error{NotACheckpoint} if a field has the wrong type
    static UNet2DConfig fromJson(const nlohmann::json &json);
    [[nodiscard]] nlohmann::json toJson() const;
};

class UNet2DDownBlock;
class UNet2DUpBlock;

/// The unconditional noise predictor of DDPM (Ho et al. 2020, arXiv:2006.11239; diffusers' UNet2DModel).
class UNet2DImpl : public nn::Module
{
public:
    explicit UNet2DImpl(const UNet2DConfig &config);

    [[nodiscard]] const UNet2DConfig &config() const { return m_config; }

    /// \param sample    [B, in, h, w]
    /// \param timestep  [] or [B]
    /// \return          [B, out, h, w]
    torch::Tensor forward(const torch::Tensor &sample, const torch::Tensor &timestep);

private:
    UNet2DConfig m_config;
    Conv2d conv_in;
    TimestepEmbedding time_embedding;
    nn::ModuleList down_blocks, up_blocks;
    std::vector<std::shared_ptr<UNet2DDownBlock>> m_down; // the same, typed
    MidBlock mid_block;
    std::vector<std::shared_ptr<UNet2DUpBlock>> m_up;
    GroupNorm conv_norm_out;
    Conv2d conv_out;
};
TORCH_MODULE(UNet2D);

} // namespace engine
