#include "engine/checkpoint/ldm_configs.h"

#include <algorithm>

namespace engine {

namespace {

using nlohmann::json;

constexpr int kNormGroups = 32;
constexpr std::int64_t kHeadWidth = 64;
constexpr int kHeadsOfSd1 = 8;
constexpr int kSizeEmbedding = 256;

int countBlocks(const LdmTensors &tensors, const std::string &prefix)
{
    int count = 0;
    while (tensors.hasPrefix(prefix + std::to_string(count) + "."))
        ++count;
    return count;
}

json names(const std::vector<bool> &attention, const char *with, const char *without)
{
    json result = json::array();
    for (const bool has : attention)
        result.push_back(has ? with : without);
    return result;
}

std::int64_t sizeOf(const TensorSource &tensors, std::string_view name, std::size_t dimension)
{
    const TensorSource::Item *item = tensors.find(name);
    return item && dimension < item->shape.size() ? item->shape[dimension] : 0;
}

json textConfig(const TensorSource &tensors, const char *activation)
{
    const std::string embeddings = "text_model.embeddings.";
    const std::int64_t vocabulary = sizeOf(tensors, embeddings + "token_embedding.weight", 0);
    const std::int64_t width = sizeOf(tensors, embeddings + "token_embedding.weight", 1);
    int layers = 0;
    while (tensors.find("text_model.encoder.layers." + std::to_string(layers) + ".layer_norm1.weight"))
        ++layers;
    const std::int64_t projection = sizeOf(tensors, "text_projection.weight", 0);
    return {{"architectures", json::array({projection ? "CLIPTextModelWithProjection" : "CLIPTextModel"})},
            {"model_type", "clip_text_model"},
            {"vocab_size", vocabulary},
            {"hidden_size", width},
            {"intermediate_size", sizeOf(tensors, "text_model.encoder.layers.0.mlp.fc1.weight", 0)},
            {"num_hidden_layers", layers},
            {"num_attention_heads", std::max<std::int64_t>(1, width / kHeadWidth)},
            {"max_position_embeddings", sizeOf(tensors, embeddings + "position_embedding.weight", 0)},
            {"hidden_act", activation},
            {"layer_norm_eps", 1e-5},
            {"projection_dim", projection ? projection : width},
            {"bos_token_id", vocabulary - 2},
            {"eos_token_id", vocabulary - 1}};
}

} // namespace

json unetConfigFromLdm(const LdmTensors &tensors)
{
    const UnetLayout layout = unetLayout(tensors);
    const std::size_t levels = layout.resnetsPerLevel.size();
    std::vector<std::int64_t> widths(levels, 0);
    std::vector<int> depths(levels, 1); // transformer blocks of each attention
    int middleDepth = 1;
    bool isLinear = false;
    std::int64_t contextWidth = 0;
    for (const UnetLayout::Block &block : layout.blocks) {
        const bool isDown = block.name.starts_with("down_blocks.");
        const bool isMiddle = block.name.starts_with("mid_block.");
        if (!isDown && !isMiddle)
            continue;
        const std::size_t level = isMiddle ? levels - 1 : static_cast<std::size_t>(std::stoi(block.name.substr(12)));
        if (block.isResnet && isDown)
            widths[level] = tensors.size(block.original + ".in_layers.2.weight", 0);
        if (!block.isAttention)
            continue;
        const int depth = countBlocks(tensors, block.original + ".transformer_blocks.");
        (isMiddle ? middleDepth : depths[level]) = depth;
        const TensorEntry *projection = tensors.find(block.original + ".proj_in.weight");
        isLinear = isLinear || (projection && projection->shape.size() == 2);
        contextWidth =
            std::max(contextWidth, tensors.size(block.original + ".transformer_blocks.0.attn2.to_k.weight", 1));
    }
    // Config lists have no entry for the middle: it takes the last level's, which has no attention of its own in most.
    if (!layout.attentionAtLevel.back())
        depths.back() = middleDepth;

    json heads = kHeadsOfSd1;
    if (isLinear) {
        heads = json::array();
        for (const std::int64_t width : widths)
            heads.push_back(std::max<std::int64_t>(1, width / kHeadWidth));
    }
    json config = {{"_class_name", "UNet2DConditionModel"},
                   {"sample_size", isLinear ? 96 : 64},
                   {"in_channels", tensors.size("input_blocks.0.0.weight", 1)},
                   {"out_channels", tensors.size("out.2.weight", 0)},
                   {"center_input_sample", false},
                   {"flip_sin_to_cos", true},
                   {"freq_shift", 0},
                   {"down_block_types", names(layout.attentionAtLevel, "CrossAttnDownBlock2D", "DownBlock2D")},
                   {"mid_block_type", "UNetMidBlock2DCrossAttn"},
                   {"up_block_types", names(layout.attentionAtUpLevel, "CrossAttnUpBlock2D", "UpBlock2D")},
                   {"block_out_channels", widths},
                   {"layers_per_block", layout.resnetsPerLevel.front()},
                   {"downsample_padding", 1},
                   {"act_fn", "silu"},
                   {"norm_num_groups", kNormGroups},
                   {"norm_eps", 1e-5},
                   {"cross_attention_dim", contextWidth},
                   {"transformer_layers_per_block", depths},
                   {"attention_head_dim", heads},
                   {"use_linear_projection", isLinear}};
    if (const std::int64_t added = tensors.size("label_emb.0.0.weight", 1)) {
        config["sample_size"] = 128;
        config["addition_embed_type"] = "text_time";
        config["addition_time_embed_dim"] = kSizeEmbedding;
        config["projection_class_embeddings_input_dim"] = added;
    }
    if (const std::int64_t conditioned = tensors.size("time_embed.cond_proj.weight", 1))
        config["time_cond_proj_dim"] = conditioned;
    return config;
}

json vaeConfigFromLdm(const LdmTensors &tensors, double scalingFactor)
{
    const bool hasEncoder = tensors.hasPrefix("encoder.");
    const std::string levelPrefix = hasEncoder ? "encoder.down." : "decoder.up.";
    const int levels = countBlocks(tensors, levelPrefix);
    json widths = json::array();
    for (int level = 0; level < levels; ++level)
        widths.push_back(tensors.size(levelPrefix + std::to_string(level) + ".block.0.conv1.weight", 0));
    const int blocks = countBlocks(tensors, levelPrefix + "0.block.");
    const std::int64_t latentChannels =
        hasEncoder ? tensors.size("encoder.conv_out.weight", 0) / 2 : tensors.size("decoder.conv_in.weight", 1);
    const std::int64_t pictureChannels =
        hasEncoder ? tensors.size("encoder.conv_in.weight", 1) : tensors.size("decoder.conv_out.weight", 0);
    return {
        {"_class_name", "AutoencoderKL"},
        {"in_channels", pictureChannels},
        {"out_channels", pictureChannels},
        {"down_block_types", json(std::vector<std::string>(static_cast<std::size_t>(levels), "DownEncoderBlock2D"))},
        {"up_block_types", json(std::vector<std::string>(static_cast<std::size_t>(levels), "UpDecoderBlock2D"))},
        {"block_out_channels", widths},
        {"layers_per_block", hasEncoder ? blocks : std::max(0, blocks - 1)},
        {"act_fn", "silu"},
        {"latent_channels", latentChannels},
        {"norm_num_groups", kNormGroups},
        {"sample_size", 512},
        {"scaling_factor", scalingFactor},
        {"use_quant_conv", tensors.has("quant_conv.weight")},
        {"use_post_quant_conv", tensors.has("post_quant_conv.weight")},
        {"mid_block_add_attention",
         tensors.hasPrefix("decoder.mid.attn_1.") || tensors.hasPrefix("encoder.mid.attn_1.")}};
}

json textConfigFromTransformers(const TensorSource &tensors)
{
    return textConfig(tensors, "quick_gelu");
}

json textConfigFromOpenClip(const TensorSource &tensors)
{
    return textConfig(tensors, "gelu");
}

} // namespace engine
