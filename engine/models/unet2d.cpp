#include "engine/models/unet2d.h"

#include "engine/error.h"
#include "engine/models/config_reader.h"

#include <nlohmann/json.hpp>

namespace engine {

using nlohmann::json;
using torch::Tensor;

namespace {

constexpr auto kClassName = "UNet2DModel";

int64_t headsOf(const UNet2DConfig &config, int64_t channels)
{
    return config.attentionHeadDim > 0 ? channels / config.attentionHeadDim : 1;
}

/// One level of the U-Net.
struct LevelOptions
{
    std::vector<ResnetOptions> resnets = {};
    int64_t heads = 0; ///< 0: no attention
    bool resamples = false;
    int64_t downsamplePadding = 1;
};

class LevelModule : public nn::Module
{
protected:
    explicit LevelModule(const LevelOptions &options)
    {
        nn::ModuleList attentions;
        nn::ModuleList resnets;
        for (const ResnetOptions &resnet : options.resnets) {
            m_resnets.emplace_back(resnet);
            resnets->push_back(m_resnets.back());
            if (options.heads > 0) {
                m_attentions.emplace_back(resnet.out, options.heads, resnet.groups, resnet.eps);
                attentions->push_back(m_attentions.back());
            }
        }
        if (options.heads > 0)
            register_module("attentions", attentions);
        register_module("resnets", resnets);
    }

    Tensor stage(std::size_t i, Tensor x, const Tensor &time)
    {
        x = m_resnets[i](x, time);
        return m_attentions.empty() ? x : m_attentions[i](x);
    }

    std::vector<ResnetBlock> m_resnets;
    std::vector<SpatialAttention> m_attentions; ///< one a resnet, or none
};

} // namespace

class UNet2DDownBlock : public LevelModule
{
public:
    explicit UNet2DDownBlock(const LevelOptions &options) : LevelModule(options)
    {
        if (!options.resamples)
            return;
        m_downsample = Downsample(options.resnets.back().out, options.downsamplePadding);
        register_module("downsamplers", nn::ModuleList(m_downsample));
    }

    Tensor forward(Tensor x, const Tensor &time, std::vector<Tensor> &skips)
    {
        for (std::size_t i = 0; i < m_resnets.size(); ++i) {
            x = stage(i, x, time);
            skips.push_back(x);
        }
        if (m_downsample) {
            x = m_downsample(x);
            skips.push_back(x);
        }
        return x;
    }

private:
    Downsample m_downsample{nullptr};
};

class UNet2DUpBlock : public LevelModule
{
public:
    explicit UNet2DUpBlock(const LevelOptions &options) : LevelModule(options)
    {
        if (!options.resamples)
            return;
        m_upsample = Upsample(options.resnets.back().out);
        register_module("upsamplers", nn::ModuleList(m_upsample));
    }

    Tensor forward(Tensor x, const Tensor &time, std::vector<Tensor> &skips)
    {
        for (std::size_t i = 0; i < m_resnets.size(); ++i) {
            x = torch::cat({x, skips.back()}, 1);
            skips.pop_back();
            x = stage(i, x, time);
        }
        return m_upsample ? m_upsample(x, skips.back().size(2), skips.back().size(3)) : x;
    }

private:
    Upsample m_upsample{nullptr};
};

UNet2DConfig UNet2DConfig::fromJson(const json &config)
{
    const ConfigReader reader(config, kClassName);
    reader.requireUnset({"class_embed_type", "num_class_embeds", "time_embedding_dim"});
    reader.requireText("act_fn", {"silu", "swish"});
    reader.requireText("time_embedding_type", {"positional"});
    reader.requireText("downsample_type", {"conv"});
    reader.requireText("upsample_type", {"conv"});
    reader.requireText("mid_block_type", {"UNetMidBlock2D"});
    reader.requireText("resnet_time_scale_shift", {"default", "scale_shift"});
    if (reader.number("mid_block_scale_factor", 1.0) != 1.0)
        reader.notSupported("mid_block_scale_factor");
    if (reader.isNull("mid_block_type"))
        reader.notSupported("mid_block_type");

    UNet2DConfig result;
    result.inChannels = reader.integer("in_channels", 3);
    result.outChannels = reader.integer("out_channels", 3);
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
    result.blockOutChannels = reader.integers("block_out_channels", result.blockOutChannels);
    result.layersPerBlock = reader.integer("layers_per_block", 2);
    result.downsamplePadding = reader.integer("downsample_padding", 1);
    result.normNumGroups = reader.integer("norm_num_groups", 32);
    result.attnNormNumGroups = reader.integer("attn_norm_num_groups", 0);
    result.normEps = reader.number("norm_eps", 1e-5);
    result.attentionHeadDim = reader.isNull("attention_head_dim") ? 0 : reader.integer("attention_head_dim", 8);
    result.addAttention = reader.boolean("add_attention", true);
    result.scaleShiftTime = reader.text("resnet_time_scale_shift", "default") == "scale_shift";

    const std::size_t levels = result.blockOutChannels.size();
    reader.check(levels > 0 && levels <= 16, "block_out_channels", "needs 1 to 16 levels");
    reader.check(result.downBlockTypes.size() == levels, "down_block_types",
                 "has another length than block_out_channels");
    reader.check(result.upBlockTypes.size() == levels, "up_block_types", "has another length than block_out_channels");
    reader.check(result.layersPerBlock > 0, "layers_per_block", "must be positive");
    reader.check(result.downsamplePadding == 0 || result.downsamplePadding == 1, "downsample_padding",
                 "is neither 0 nor 1");
    reader.check(result.normNumGroups > 0, "norm_num_groups", "must be positive");
    for (std::size_t i = 0; i < levels; ++i) {
        const std::string &down = result.downBlockTypes[i];
        const std::string &up = result.upBlockTypes[levels - 1 - i];
        if (down != "DownBlock2D" && down != "AttnDownBlock2D")
            reader.notSupported("down_block_types");
        if (up != "UpBlock2D" && up != "AttnUpBlock2D")
            reader.notSupported("up_block_types");
        const int64_t channels = result.blockOutChannels[i];
        reader.check(channels > 0 && channels % result.normNumGroups == 0, "block_out_channels",
                     "is not divisible by norm_num_groups");
        const bool hasAttention =
            down.starts_with("Attn") || up.starts_with("Attn") || (i + 1 == levels && result.addAttention);
        reader.check(!hasAttention || result.attentionHeadDim == 0 || channels % result.attentionHeadDim == 0,
                     "attention_head_dim", "does not divide block_out_channels");
    }
    return result;
}

json UNet2DConfig::toJson() const
{
    return {
        {"_class_name", kClassName},
        {"act_fn", "silu"},
        {"add_attention", addAttention},
        {"attention_head_dim", attentionHeadDim > 0 ? json(attentionHeadDim) : json()},
        {"attn_norm_num_groups", attnNormNumGroups > 0 ? json(attnNormNumGroups) : json()},
        {"block_out_channels", blockOutChannels},
        {"center_input_sample", centerInputSample},
        {"down_block_types", downBlockTypes},
        {"downsample_padding", downsamplePadding},
        {"downsample_type", "conv"},
        {"flip_sin_to_cos", flipSinToCos},
        {"freq_shift", freqShift == static_cast<double>(static_cast<int64_t>(freqShift))
                           ? json(static_cast<int64_t>(freqShift))
                           : json(freqShift)},
        {"in_channels", inChannels},
        {"layers_per_block", layersPerBlock},
        {"mid_block_scale_factor", 1},
        {"norm_eps", normEps},
        {"norm_num_groups", normNumGroups},
        {"out_channels", outChannels},
        {"resnet_time_scale_shift", scaleShiftTime ? "scale_shift" : "default"},
        {"sample_size", sampleSize > 0 ? json(sampleSize) : json()},
        {"time_embedding_type", "positional"},
        {"up_block_types", upBlockTypes},
        {"upsample_type", "conv"},
    };
}

UNet2DImpl::UNet2DImpl(const UNet2DConfig &config)
    : m_config(config)
    , conv_in(register_module("conv_in", Conv2d(Conv2dOptions{config.inChannels, config.blockOutChannels.front()})))
    , time_embedding(register_module(
          "time_embedding", TimestepEmbedding(config.blockOutChannels.front(), 4 * config.blockOutChannels.front())))
    , down_blocks(register_module("down_blocks", nn::ModuleList()))
    , up_blocks(register_module("up_blocks", nn::ModuleList()))
    , mid_block(nullptr)
    , conv_norm_out(register_module("conv_norm_out",
                                    GroupNorm(config.normNumGroups, config.blockOutChannels.front(), config.normEps)))
    , conv_out(register_module("conv_out", Conv2d(Conv2dOptions{config.blockOutChannels.front(), config.outChannels})))
{
    const std::vector<int64_t> &widths = config.blockOutChannels;
    const auto resnet = [&](int64_t in, int64_t out) {
        return ResnetOptions{in, out, 4 * widths.front(), config.normNumGroups, config.normEps, config.scaleShiftTime};
    };
    const std::size_t levels = widths.size();
    for (std::size_t i = 0; i < levels; ++i) {
        LevelOptions options{.heads = config.downBlockTypes[i] == "AttnDownBlock2D" ? headsOf(config, widths[i]) : 0,
                             .resamples = i + 1 < levels,
                             .downsamplePadding = config.downsamplePadding};
        for (int64_t layer = 0; layer < config.layersPerBlock; ++layer)
            options.resnets.push_back(resnet(layer == 0 ? widths[i == 0 ? 0 : i - 1] : widths[i], widths[i]));
        m_down.push_back(std::make_shared<UNet2DDownBlock>(options));
        down_blocks->push_back(m_down.back());
    }
    mid_block = register_module(
        "mid_block", MidBlock(MidBlockOptions{.resnet = resnet(widths.back(), widths.back()),
                                              .hasAttention = config.addAttention,
                                              .heads = headsOf(config, widths.back()),
                                              .attentionGroups = config.attnNormNumGroups > 0 ? config.attnNormNumGroups
                                                                                              : config.normNumGroups}));
    for (std::size_t i = 0; i < levels; ++i) {
        const std::size_t level = levels - 1 - i;
        const int64_t before = i == 0 ? widths.back() : widths[level + 1];
        const int64_t lastSkip = widths[level == 0 ? 0 : level - 1];
        LevelOptions options{.heads = config.upBlockTypes[i] == "AttnUpBlock2D" ? headsOf(config, widths[level]) : 0,
                             .resamples = level > 0};
        const int64_t layers = config.layersPerBlock + 1;
        for (int64_t layer = 0; layer < layers; ++layer) {
            const int64_t fromBelow = layer == 0 ? before : widths[level];
            const int64_t skip = layer + 1 == layers ? lastSkip : widths[level];
            options.resnets.push_back(resnet(fromBelow + skip, widths[level]));
        }
        m_up.push_back(std::make_shared<UNet2DUpBlock>(options));
        up_blocks->push_back(m_up.back());
    }
}

Tensor UNet2DImpl::forward(const Tensor &sample, const Tensor &timestep)
{
    if (sample.dim() != 4 || sample.size(1) != m_config.inChannels) {
        throw Error(ErrorKind::BadRequest, "sample",
                    "the U-Net takes " + std::to_string(m_config.inChannels) + " channels");
    }
    const torch::Dtype dtype = conv_in->weight.scalar_type();
    const Tensor steps = timestep.to(sample.device()).reshape({-1}).expand({sample.size(0)});
    const SinusoidOptions options{
        .width = m_config.blockOutChannels.front(), .cosFirst = m_config.flipSinToCos, .freqShift = m_config.freqShift};
    const Tensor time = at::silu(time_embedding(sinusoid(steps, options).to(dtype)));
    Tensor x = sample.to(dtype).contiguous(at::MemoryFormat::ChannelsLast);
    if (m_config.centerInputSample)
        x = 2 * x - 1;

    x = conv_in(x);
    std::vector<Tensor> skips = {x};
    for (const auto &block : m_down)
        x = block->forward(x, time, skips);
    x = mid_block(x, time);
    for (const auto &block : m_up)
        x = block->forward(x, time, skips);
    return conv_out(conv_norm_out->forwardSilu(x)).to(sample.scalar_type()).contiguous();
}

} // namespace engine
