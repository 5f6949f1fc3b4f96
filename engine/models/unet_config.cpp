#include "engine/models/config_reader.h"
#include "engine/models/unet.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace engine {

using nlohmann::json;

namespace {

constexpr auto kClassName = "UNet2DConditionModel";

bool allEqual(const std::vector<int64_t> &values)
{
    return std::all_of(values.begin(), values.end(), [&](int64_t value) { return value == values.front(); });
}

json oneOrList(const std::vector<int64_t> &values)
{
    return allEqual(values) ? json(values.front()) : json(values);
}

void checkBlocks(const ConfigReader &reader, const UNetConfig &config)
{
    const std::size_t levels = config.blockOutChannels.size();
    reader.check(levels > 0 && levels <= 16, "block_out_channels", "needs 1 to 16 levels");
    reader.check(config.downBlockTypes.size() == levels, "down_block_types",
                 "has another length than block_out_channels");
    reader.check(config.upBlockTypes.size() == levels, "up_block_types", "has another length than block_out_channels");
    for (const std::string &type : config.downBlockTypes) {
        if (type != "DownBlock2D" && type != "CrossAttnDownBlock2D")
            reader.notSupported("down_block_types");
    }
    for (const std::string &type : config.upBlockTypes) {
        if (type != "UpBlock2D" && type != "CrossAttnUpBlock2D")
            reader.notSupported("up_block_types");
    }
    reader.check(config.normNumGroups > 0, "norm_num_groups", "must be positive");
    for (std::size_t i = 0; i < levels; ++i) {
        const int64_t channels = config.blockOutChannels[i];
        reader.check(channels > 0 && channels % config.normNumGroups == 0, "block_out_channels",
                     "is not divisible by norm_num_groups");
        reader.check(config.attentionHeads[i] > 0, "attention_head_dim", "must be positive");
        const bool hasAttention = config.downBlockTypes[i].starts_with("CrossAttn") ||
                                  config.upBlockTypes[levels - 1 - i].starts_with("CrossAttn") || i + 1 == levels;
        reader.check(!hasAttention || channels % config.attentionHeads[i] == 0, "attention_head_dim",
                     "does not divide block_out_channels");
        reader.check(config.layersPerBlock[i] > 0, "layers_per_block", "must be positive");
        reader.check(config.crossAttentionDim[i] > 0, "cross_attention_dim", "must be positive");
        reader.check(config.transformerLayers[i] >= 0, "transformer_layers_per_block", "must not be negative");
    }
}

} // namespace

UNetConfig UNetConfig::fromJson(const json &config)
{
    const ConfigReader reader(config, kClassName);
    reader.requireUnset({"dual_cross_attention", "only_cross_attention", "mid_block_only_cross_attention",
                         "class_embed_type", "num_class_embeds", "encoder_hid_dim", "encoder_hid_dim_type",
                         "resnet_skip_time_act", "class_embeddings_concat", "cross_attention_norm",
                         "time_embedding_dim", "time_embedding_act_fn", "timestep_post_act"});
    reader.requireText("act_fn", {"silu", "swish"});
    reader.requireText("addition_embed_type", {"text_time", "text"});
    reader.requireText("attention_type", {"default"});
    reader.requireText("mid_block_type", {"UNetMidBlock2DCrossAttn"});
    reader.requireText("resnet_time_scale_shift", {"default", "scale_shift"});
    reader.requireText("time_embedding_type", {"positional"});
    if (reader.integer("conv_in_kernel", 3) != 3)
        reader.notSupported("conv_in_kernel");
    if (reader.integer("conv_out_kernel", 3) != 3)
        reader.notSupported("conv_out_kernel");
    if (reader.number("resnet_out_scale_factor", 1.0) != 1.0)
        reader.notSupported("resnet_out_scale_factor");
    if (reader.number("mid_block_scale_factor", 1.0) != 1.0)
        reader.notSupported("mid_block_scale_factor");

    UNetConfig result;
    result.inChannels = reader.integer("in_channels", 4);
    result.outChannels = reader.integer("out_channels", 4);
    if (config.contains("sample_size") && config["sample_size"].is_array()) {
        const auto sizes = reader.integers("sample_size", {0});
        result.sampleSize = sizes.empty() ? 0 : sizes.front();
    } else {
        result.sampleSize = reader.integer("sample_size", 0);
    }
    result.centerInputSample = reader.boolean("center_input_sample", false);
    result.flipSinToCos = reader.boolean("flip_sin_to_cos", true);
    result.freqShift = reader.number("freq_shift", 0.0);
    result.downBlockTypes = reader.texts("down_block_types", result.downBlockTypes);
    result.upBlockTypes = reader.texts("up_block_types", result.upBlockTypes);
    result.hasMidBlock = !reader.isNull("mid_block_type");
    result.blockOutChannels = reader.integers("block_out_channels", result.blockOutChannels);
    const std::size_t levels = result.blockOutChannels.size();
    result.layersPerBlock = reader.perLevel("layers_per_block", 2, levels);
    result.downsamplePadding = reader.integer("downsample_padding", 1);
    reader.check(result.downsamplePadding == 0 || result.downsamplePadding == 1, "downsample_padding",
                 "is neither 0 nor 1");
    if (reader.isNull("norm_num_groups"))
        reader.notSupported("norm_num_groups");
    result.normNumGroups = reader.integer("norm_num_groups", 32);
    result.normEps = reader.number("norm_eps", 1e-5);
    result.crossAttentionDim = reader.perLevel("cross_attention_dim", 1280, levels);
    result.attentionHeads = reader.has("num_attention_heads") ? reader.perLevel("num_attention_heads", 8, levels)
                                                              : reader.perLevel("attention_head_dim", 8, levels);
    const auto isNested = [&](const char *key) {
        return config.contains(key) && config[key].is_array() &&
               std::any_of(config[key].begin(), config[key].end(), [](const json &e) { return e.is_array(); });
    };
    if (isNested("transformer_layers_per_block"))
        reader.notSupported("transformer_layers_per_block");
    if (isNested("reverse_transformer_layers_per_block"))
        reader.notSupported("reverse_transformer_layers_per_block");
    result.transformerLayers = reader.perLevel("transformer_layers_per_block", 1, levels);
    if (reader.has("reverse_transformer_layers_per_block"))
        result.upTransformerLayers = reader.perLevel("reverse_transformer_layers_per_block", 1, levels);
    result.useLinearProjection = reader.boolean("use_linear_projection", false);
    result.upcastAttention = reader.boolean("upcast_attention", false);
    result.scaleShiftTime = reader.text("resnet_time_scale_shift", "default") == "scale_shift";
    result.timeCondProjDim = reader.integer("time_cond_proj_dim", 0);
    if (reader.text("addition_embed_type", "") == "text")
        result.pooledTextHeads = reader.integer("addition_embed_type_num_heads", 64);
    reader.check(result.pooledTextHeads >= 0 &&
                     (result.pooledTextHeads == 0 || result.crossAttentionDim.front() % result.pooledTextHeads == 0),
                 "addition_embed_type_num_heads", "does not divide cross_attention_dim");
    result.hasTextTime = reader.text("addition_embed_type", "") == "text_time";
    result.additionTimeEmbedDim = reader.integer("addition_time_embed_dim", 0);
    result.projectionClassEmbeddingsInputDim = reader.integer("projection_class_embeddings_input_dim", 0);
    reader.check(!result.hasTextTime || result.additionTimeEmbedDim > 0, "addition_time_embed_dim", "is missing");
    reader.check(!result.hasTextTime || result.projectionClassEmbeddingsInputDim > 0,
                 "projection_class_embeddings_input_dim", "is missing");
    checkBlocks(reader, result);
    return result;
}

json UNetConfig::toJson() const
{
    json result = {
        {"_class_name", kClassName},
        {"act_fn", "silu"},
        {"attention_head_dim", oneOrList(attentionHeads)},
        {"block_out_channels", blockOutChannels},
        {"center_input_sample", centerInputSample},
        {"cross_attention_dim", oneOrList(crossAttentionDim)},
        {"down_block_types", downBlockTypes},
        {"downsample_padding", downsamplePadding},
        {"flip_sin_to_cos", flipSinToCos},
        {"freq_shift", freqShift},
        {"in_channels", inChannels},
        {"layers_per_block", oneOrList(layersPerBlock)},
        {"mid_block_scale_factor", 1},
        {"mid_block_type", hasMidBlock ? json("UNetMidBlock2DCrossAttn") : json()},
        {"norm_eps", normEps},
        {"norm_num_groups", normNumGroups},
        {"out_channels", outChannels},
        {"resnet_time_scale_shift", scaleShiftTime ? "scale_shift" : "default"},
        {"sample_size", sampleSize > 0 ? json(sampleSize) : json()},
        {"transformer_layers_per_block", oneOrList(transformerLayers)},
        {"up_block_types", upBlockTypes},
        {"upcast_attention", upcastAttention},
        {"use_linear_projection", useLinearProjection},
    };
    if (freqShift == static_cast<double>(static_cast<int64_t>(freqShift)))
        result["freq_shift"] = static_cast<int64_t>(freqShift);
    if (!upTransformerLayers.empty())
        result["reverse_transformer_layers_per_block"] = oneOrList(upTransformerLayers);
    if (timeCondProjDim > 0)
        result["time_cond_proj_dim"] = timeCondProjDim;
    if (pooledTextHeads > 0) {
        result["addition_embed_type"] = "text";
        result["addition_embed_type_num_heads"] = pooledTextHeads;
    }
    if (hasTextTime) {
        result["addition_embed_type"] = "text_time";
        result["addition_time_embed_dim"] = additionTimeEmbedDim;
        result["projection_class_embeddings_input_dim"] = projectionClassEmbeddingsInputDim;
    }
    return result;
}

} // namespace engine
