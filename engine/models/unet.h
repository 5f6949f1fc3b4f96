#pragma once

#include "engine/models/attention.h"
#include "engine/models/blocks.h"
#include "engine/models/text_time_embedding.h"

#include <nlohmann/json_fwd.hpp>

#include <memory>
#include <string>
#include <vector>

namespace engine {

/// What diffusers' UNet2DConditionModel reads from config.json, with its defaults.
struct UNetConfig
{
    int64_t inChannels = 4;
    int64_t outChannels = 4;
    int64_t sampleSize = 0; ///< latents' side it was trained at; 0: not said
    bool centerInputSample = false;
    bool flipSinToCos = true;
    double freqShift = 0.0;
    std::vector<std::string> downBlockTypes = {"CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D",
                                               "DownBlock2D"};
    std::vector<std::string> upBlockTypes = {"UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D",
                                             "CrossAttnUpBlock2D"};
    bool hasMidBlock = true;
    std::vector<int64_t> blockOutChannels = {320, 640, 1280, 1280};
    std::vector<int64_t> layersPerBlock = {2, 2, 2, 2};
    int64_t downsamplePadding = 1;
    int64_t normNumGroups = 32;
    double normEps = 1e-5;
    std::vector<int64_t> crossAttentionDim = {1280, 1280, 1280, 1280}; ///< by level, as the next two
    std::vector<int64_t> attentionHeads = {8, 8, 8, 8};                ///< diffusers: attention_head_dim (sic)
    std::vector<int64_t> transformerLayers = {1, 1, 1, 1};
    std::vector<int64_t> upTransformerLayers = {}; ///< by up block; empty: transformerLayers backwards
    bool useLinearProjection = false;
    bool upcastAttention = false; ///< kept for the file; our attention accumulates in float32 anyway
    bool scaleShiftTime = false;  ///< resnet_time_scale_shift "scale_shift"
    int64_t timeCondProjDim = 0;  ///< LCM: width of timestep_cond
    int64_t pooledTextHeads = 0;  ///< addition_embed_type "text": heads of its pooling; 0: there is none
    bool hasTextTime = false;     ///< SDXL: addition_embed_type "text_time"
    int64_t additionTimeEmbedDim = 0;
    int64_t projectionClassEmbeddingsInputDim = 0;

    /// \throws Error{NotSupported} naming the field, Error{NotACheckpoint} if a field has the wrong type
    static UNetConfig fromJson(const nlohmann::json &json);
    [[nodiscard]] nlohmann::json toJson() const;
};

/// One call of a text-conditioned U-Net.
struct UNetInput
{
    torch::Tensor sample;                          ///< [B, in, h, w]
    torch::Tensor timestep;                        ///< [] or [B], any number type
    torch::Tensor encoderHiddenStates;             ///< [B, T, crossAttentionDim]
    torch::Tensor textEmbeds = {};                 ///< SDXL: [B, pooled width]
    torch::Tensor timeIds = {};                    ///< SDXL: [B, 6], refiner: [B, 5]
    torch::Tensor timestepCond = {};               ///< LCM: [B, timeCondProjDim]; may be undefined
    std::vector<torch::Tensor> downResiduals = {}; ///< ControlNet: added to the skip tensors, in their order
    torch::Tensor midResidual = {};                ///< ControlNet: added to the middle block's output
    AttentionCapture *capture = nullptr;           ///< is told where the text's tokens look; may be nullptr
};

class UNetDownBlock;
class UNetMidBlock;
class UNetUpBlock;

/// The noise predictor of Stable Diffusion 1, 2 and XL (diffusers' UNet2DConditionModel).
class UNet2DConditionImpl : public nn::Module
{
public:
    explicit UNet2DConditionImpl(const UNetConfig &config);

    [[nodiscard]] const UNetConfig &config() const { return m_config; }

    /// \return [B, out, h, w] in sample's dtype. Weights' dtype decides what is computed in.
    /// \throws Error{BadRequest} if an input that the network needs is missing or has the wrong width
    torch::Tensor forward(const UNetInput &input);

private:
    /// [B, 4 * first width], SiLU applied
    torch::Tensor embedTime(const UNetInput &input);
    void checkInput(const UNetInput &input) const;

    UNetConfig m_config;
    Conv2d conv_in;
    TimestepEmbedding time_embedding;
    TimestepEmbedding add_embedding{nullptr}; // either of them, under this name
    TextTimeEmbedding m_promptEmbedding{nullptr};
    nn::ModuleList down_blocks, up_blocks;
    std::vector<std::shared_ptr<UNetDownBlock>> m_down; // the same, typed
    std::shared_ptr<UNetMidBlock> mid_block;
    std::vector<std::shared_ptr<UNetUpBlock>> m_up;
    GroupNorm conv_norm_out;
    Conv2d conv_out;
};
TORCH_MODULE(UNet2DCondition);

} // namespace engine
