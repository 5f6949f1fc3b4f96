#include "engine/models/vae.h"

#include "engine/error.h"
#include "engine/models/config_reader.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace engine {

using nlohmann::json;
using torch::Tensor;

namespace {

constexpr auto kClassName = "AutoencoderKL";
constexpr double kEps = 1e-6;

/// The resnets of one level, then a smaller or larger feature map.
template <typename Resample>
class VaeLevel : public nn::Module
{
public:
    VaeLevel(int64_t in, int64_t out, int64_t layers, int64_t groups)
    {
        nn::ModuleList resnets;
        for (int64_t i = 0; i < layers; ++i) {
            m_resnets.emplace_back(ResnetOptions{i == 0 ? in : out, out, 0, groups, kEps});
            resnets->push_back(m_resnets.back());
        }
        register_module("resnets", resnets);
    }

    void endWith(const char *name, const Resample &resample)
    {
        m_resample = resample;
        register_module(name, nn::ModuleList(resample));
    }

    Tensor forward(Tensor x)
    {
        for (ResnetBlock &resnet : m_resnets)
            x = resnet(x);
        return m_resample ? m_resample(x) : x;
    }

private:
    std::vector<ResnetBlock> m_resnets;
    Resample m_resample{nullptr};
};

MidBlockOptions midOptions(const VaeConfig &config)
{
    const int64_t width = config.blockOutChannels.back();
    return {.resnet = {width, width, 0, config.normNumGroups, kEps},
            .hasAttention = config.midBlockAddAttention,
            .heads = 1,
            .attentionGroups = config.normNumGroups};
}

/// 0 to 1 over the overlap, 1, then 1 to 0; tiles' weights then sum up to about 1 everywhere (they are normalised).
Tensor tileRamp(int64_t length, int64_t overlap, bool fadesIn, bool fadesOut)
{
    Tensor ramp = torch::ones({length});
    const int64_t n = std::min(overlap, length);
    if (n > 0) {
        const Tensor rise = (torch::arange(n, torch::kFloat32) + 1) / static_cast<double>(n + 1);
        if (fadesIn)
            ramp.narrow(0, 0, n).mul_(rise);
        if (fadesOut)
            ramp.narrow(0, length - n, n).mul_(rise.flip(0));
    }
    return ramp;
}

/// Starts of tiles of `tile` that cover `length`, overlapping by at least `overlap`.
std::vector<int64_t> tileStarts(int64_t length, int64_t tile, int64_t overlap)
{
    std::vector<int64_t> starts = {0};
    if (length <= tile)
        return starts;
    const int64_t stride = std::max<int64_t>(1, tile - overlap);
    const int64_t count = (length - tile + stride - 1) / stride; // besides the first
    for (int64_t i = 1; i <= count; ++i)
        starts.push_back((length - tile) * i / count);
    return starts;
}

/// How tiles of the input map to the output: one side is `factor` times finer.
struct TileScale
{
    int64_t in = 1;  ///< input elements a latent
    int64_t out = 1; ///< output elements a latent
};

/// Runs `network` on overlapping tiles and blends what it makes.
Tensor runTiled(const Tensor &x, const VaeTiling &tiling, TileScale scale,
                const std::function<Tensor(const Tensor &)> &network)
{
    const int64_t height = x.size(2) / scale.in;
    const int64_t width = x.size(3) / scale.in;
    const int64_t overlap = std::clamp<int64_t>(tiling.latentOverlap, 0, tiling.latentTile / 2);
    const auto rows = tileStarts(height, tiling.latentTile, overlap);
    const auto columns = tileStarts(width, tiling.latentTile, overlap);
    const int64_t tileHeight = std::min(height, tiling.latentTile);
    const int64_t tileWidth = std::min(width, tiling.latentTile);
    Tensor sum;
    Tensor weights;
    for (const int64_t top : rows) {
        for (const int64_t left : columns) {
            tiling.beforeTile();
            const Tensor part =
                network(
                    x.narrow(2, top * scale.in, tileHeight * scale.in).narrow(3, left * scale.in, tileWidth * scale.in))
                    .to(torch::kFloat32);
            if (!sum.defined()) {
                sum = torch::zeros({part.size(0), part.size(1), height * scale.out, width * scale.out}, part.options());
                weights = torch::zeros({height * scale.out, width * scale.out}, part.options());
            }
            const int64_t blend = overlap * scale.out;
            const Tensor down = tileRamp(part.size(2), blend, top > 0, top + tileHeight < height);
            const Tensor across = tileRamp(part.size(3), blend, left > 0, left + tileWidth < width);
            const Tensor weight = (down.unsqueeze(1) * across.unsqueeze(0)).to(part.device());
            const auto place = [&](const Tensor &whole) {
                return whole.narrow(-2, top * scale.out, part.size(2)).narrow(-1, left * scale.out, part.size(3));
            };
            place(sum).add_(part * weight);
            place(weights).add_(weight);
        }
    }
    return sum / weights;
}

} // namespace

class VaeEncoder : public nn::Module
{
public:
    explicit VaeEncoder(const VaeConfig &config)
        : conv_in(register_module("conv_in", Conv2d(Conv2dOptions{config.inChannels, config.blockOutChannels.front()})))
        , mid_block(register_module("mid_block", MidBlock(midOptions(config))))
        , conv_norm_out(
              register_module("conv_norm_out", GroupNorm(config.normNumGroups, config.blockOutChannels.back(), kEps)))
        , conv_out(register_module("conv_out",
                                   Conv2d(Conv2dOptions{config.blockOutChannels.back(), 2 * config.latentChannels})))
    {
        nn::ModuleList blocks;
        int64_t in = config.blockOutChannels.front();
        for (std::size_t i = 0; i < config.blockOutChannels.size(); ++i) {
            const int64_t out = config.blockOutChannels[i];
            auto level = std::make_shared<VaeLevel<Downsample>>(in, out, config.layersPerBlock, config.normNumGroups);
            if (i + 1 < config.blockOutChannels.size())
                level->endWith("downsamplers", Downsample(out, 0));
            m_levels.push_back(level);
            blocks->push_back(level);
            in = out;
        }
        register_module("down_blocks", blocks);
    }

    Tensor forward(Tensor x)
    {
        x = conv_in(x);
        for (const auto &level : m_levels)
            x = level->forward(x);
        return conv_out(conv_norm_out->forwardSilu(mid_block(x)));
    }

    Conv2d conv_in;

private:
    std::vector<std::shared_ptr<VaeLevel<Downsample>>> m_levels;
    MidBlock mid_block;
    GroupNorm conv_norm_out;
    Conv2d conv_out;
};

class VaeDecoder : public nn::Module
{
public:
    explicit VaeDecoder(const VaeConfig &config)
        : conv_in(
              register_module("conv_in", Conv2d(Conv2dOptions{config.latentChannels, config.blockOutChannels.back()})))
        , mid_block(register_module("mid_block", MidBlock(midOptions(config))))
        , conv_norm_out(
              register_module("conv_norm_out", GroupNorm(config.normNumGroups, config.blockOutChannels.front(), kEps)))
        , conv_out(
              register_module("conv_out", Conv2d(Conv2dOptions{config.blockOutChannels.front(), config.outChannels})))
    {
        nn::ModuleList blocks;
        int64_t in = config.blockOutChannels.back();
        for (std::size_t i = config.blockOutChannels.size(); i-- > 0;) {
            const int64_t out = config.blockOutChannels[i];
            auto level = std::make_shared<VaeLevel<Upsample>>(in, out, config.layersPerBlock + 1, config.normNumGroups);
            if (i > 0)
                level->endWith("upsamplers", Upsample(out));
            m_levels.push_back(level);
            blocks->push_back(level);
            in = out;
        }
        register_module("up_blocks", blocks);
    }

    Tensor forward(Tensor x)
    {
        x = mid_block(conv_in(x));
        for (const auto &level : m_levels)
            x = level->forward(x);
        return conv_out(conv_norm_out->forwardSilu(x));
    }

    Conv2d conv_in;

private:
    std::vector<std::shared_ptr<VaeLevel<Upsample>>> m_levels;
    MidBlock mid_block;
    GroupNorm conv_norm_out;

public:
    Conv2d conv_out;
};

VaeConfig VaeConfig::fromJson(const json &config)
{
    const ConfigReader reader(config, kClassName);
    reader.requireText("act_fn", {"silu", "swish"});
    reader.requireUnset({"latents_mean", "latents_std"});
    VaeConfig result;
    result.inChannels = reader.integer("in_channels", 3);
    result.outChannels = reader.integer("out_channels", 3);
    result.latentChannels = reader.integer("latent_channels", 4);
    if (config.contains("sample_size") && config["sample_size"].is_array()) {
        const auto sizes = reader.integers("sample_size", {32});
        result.sampleSize = sizes.empty() ? 32 : sizes.front();
    } else {
        result.sampleSize = reader.integer("sample_size", 32);
    }
    result.blockOutChannels = reader.integers("block_out_channels", {64});
    result.layersPerBlock = reader.integer("layers_per_block", 1);
    result.normNumGroups = reader.integer("norm_num_groups", 32);
    result.scalingFactor = reader.number("scaling_factor", 0.18215);
    result.shiftFactor = reader.number("shift_factor", 0.0);
    result.useQuantConv = reader.boolean("use_quant_conv", true);
    result.usePostQuantConv = reader.boolean("use_post_quant_conv", true);
    result.midBlockAddAttention = reader.boolean("mid_block_add_attention", true);

    const std::size_t levels = result.blockOutChannels.size();
    reader.check(levels > 0 && levels <= 16, "block_out_channels", "needs 1 to 16 levels");
    reader.check(result.layersPerBlock > 0, "layers_per_block", "must be positive");
    reader.check(result.normNumGroups > 0, "norm_num_groups", "must be positive");
    reader.check(result.scalingFactor != 0.0, "scaling_factor", "must not be 0");
    for (const int64_t width : result.blockOutChannels) {
        reader.check(width > 0 && width % result.normNumGroups == 0, "block_out_channels",
                     "is not divisible by norm_num_groups");
    }
    const auto downTypes = reader.texts("down_block_types", std::vector<std::string>(levels, "DownEncoderBlock2D"));
    const auto upTypes = reader.texts("up_block_types", std::vector<std::string>(levels, "UpDecoderBlock2D"));
    reader.check(downTypes.size() == levels, "down_block_types", "has another length than block_out_channels");
    reader.check(upTypes.size() == levels, "up_block_types", "has another length than block_out_channels");
    if (std::any_of(downTypes.begin(), downTypes.end(), [](const auto &type) { return type != "DownEncoderBlock2D"; }))
        reader.notSupported("down_block_types");
    if (std::any_of(upTypes.begin(), upTypes.end(), [](const auto &type) { return type != "UpDecoderBlock2D"; }))
        reader.notSupported("up_block_types");
    return result;
}

json VaeConfig::toJson() const
{
    const std::size_t levels = blockOutChannels.size();
    return {
        {"_class_name", kClassName},
        {"act_fn", "silu"},
        {"block_out_channels", blockOutChannels},
        {"down_block_types", std::vector<std::string>(levels, "DownEncoderBlock2D")},
        {"in_channels", inChannels},
        {"latent_channels", latentChannels},
        {"layers_per_block", layersPerBlock},
        {"mid_block_add_attention", midBlockAddAttention},
        {"norm_num_groups", normNumGroups},
        {"out_channels", outChannels},
        {"sample_size", sampleSize},
        {"scaling_factor", scalingFactor},
        {"shift_factor", shiftFactor != 0.0 ? json(shiftFactor) : json()},
        {"up_block_types", std::vector<std::string>(levels, "UpDecoderBlock2D")},
        {"use_post_quant_conv", usePostQuantConv},
        {"use_quant_conv", useQuantConv},
    };
}

AutoencoderKLImpl::AutoencoderKLImpl(const VaeConfig &config, Parts parts) : m_config(config)
{
    const int64_t latents = config.latentChannels;
    if (parts != Parts::DecoderOnly) {
        encoder = register_module("encoder", std::make_shared<VaeEncoder>(config));
        if (config.useQuantConv)
            quant_conv = register_module("quant_conv", Conv2d(Conv2dOptions{2 * latents, 2 * latents, 1, 1, 0}));
    }
    if (parts != Parts::EncoderOnly) {
        decoder = register_module("decoder", std::make_shared<VaeDecoder>(config));
        if (config.usePostQuantConv)
            post_quant_conv = register_module("post_quant_conv", Conv2d(Conv2dOptions{latents, latents, 1, 1, 0}));
    }
}

Tensor AutoencoderKLImpl::encodeMoments(const Tensor &x)
{
    if (!encoder)
        throw Error(ErrorKind::Internal, "vae", "the encoder was not loaded");
    if (x.dim() != 4 || x.size(1) != m_config.inChannels) {
        throw Error(ErrorKind::BadRequest, "sample",
                    "the encoder takes " + std::to_string(m_config.inChannels) + " channels");
    }
    const Tensor in = x.to(encoder->conv_in->weight.scalar_type()).contiguous(at::MemoryFormat::ChannelsLast);
    const Tensor moments = encoder->forward(in);
    return (quant_conv ? quant_conv(moments) : moments).to(x.scalar_type()).contiguous();
}

Tensor AutoencoderKLImpl::encodeMoments(const Tensor &x, const VaeTiling &tiling)
{
    // Whole latents only: a rest of the picture that makes no latent would shift the tiles against each other.
    const int64_t factor = m_config.downscale();
    return runTiled(x.narrow(2, 0, x.size(2) / factor * factor).narrow(3, 0, x.size(3) / factor * factor), tiling,
                    {.in = factor, .out = 1}, [this](const Tensor &tile) { return encodeMoments(tile); })
        .to(x.scalar_type());
}

Tensor AutoencoderKLImpl::decode(const Tensor &z)
{
    if (!decoder)
        throw Error(ErrorKind::Internal, "vae", "the decoder was not loaded");
    if (z.dim() != 4 || z.size(1) != m_config.latentChannels) {
        throw Error(ErrorKind::BadRequest, "latents",
                    "the decoder takes " + std::to_string(m_config.latentChannels) + " channels");
    }
    Tensor x = z.to(decoder->conv_in->weight.scalar_type()).contiguous(at::MemoryFormat::ChannelsLast);
    if (post_quant_conv)
        x = post_quant_conv(x);
    return decoder->forward(x).to(z.scalar_type()).contiguous();
}

Tensor AutoencoderKLImpl::decode(const Tensor &z, const VaeTiling &tiling)
{
    return runTiled(z, tiling, {.in = 1, .out = m_config.downscale()},
                    [this](const Tensor &tile) { return decode(tile); })
        .to(z.scalar_type());
}

Tensor AutoencoderKLImpl::lastLayerWeight() const
{
    return decoder ? decoder->conv_out->weight : Tensor();
}

Tensor sampleMoments(const Tensor &moments, const Tensor &noise)
{
    const auto halves = moments.chunk(2, 1);
    if (!noise.defined())
        return halves[0];
    return halves[0] + (0.5 * halves[1].clamp(-30.0, 20.0)).exp() * noise;
}

} // namespace engine
