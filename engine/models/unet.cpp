#include "engine/models/unet.h"

#include "engine/error.h"

#include <algorithm>

namespace engine {

using torch::Tensor;

namespace {

/// One level of the U-Net.
struct LevelOptions
{
    std::vector<ResnetOptions> resnets = {};
    bool hasAttention = false;
    TransformerOptions transformer = {};
    bool resamples = false; ///< ends with a smaller or larger feature map
    int64_t downsamplePadding = 1;
};

/// What the transformers of a level attend to, and who looks on.
struct TextContext
{
    Tensor tokens; ///< [B, T, D]
    AttentionCapture *capture = nullptr;
};

/// The resnets and transformers that a level's modules share.
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
            if (options.hasAttention) {
                m_attentions.emplace_back(options.transformer);
                attentions->push_back(m_attentions.back());
            }
        }
        if (options.hasAttention)
            register_module("attentions", attentions);
        register_module("resnets", resnets);
    }

    std::vector<ResnetBlock> m_resnets;
    std::vector<Transformer2D> m_attentions; ///< one a resnet, or none
};

} // namespace

class UNetDownBlock : public LevelModule
{
public:
    explicit UNetDownBlock(const LevelOptions &options) : LevelModule(options)
    {
        if (!options.resamples)
            return;
        m_downsample = Downsample(options.resnets.back().out, options.downsamplePadding);
        register_module("downsamplers", nn::ModuleList(m_downsample));
    }

    /// Appends each stage's output to `skips`; the last of them is the block's own.
    Tensor forward(Tensor x, const Tensor &time, const TextContext &context, std::vector<Tensor> &skips)
    {
        for (std::size_t i = 0; i < m_resnets.size(); ++i) {
            x = m_resnets[i](x, time);
            if (!m_attentions.empty())
                x = m_attentions[i](x, context.tokens, context.capture);
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

class UNetMidBlock : public nn::Module
{
public:
    UNetMidBlock(const ResnetOptions &resnet, const TransformerOptions &transformer)
        : m_first(resnet), m_attention(transformer), m_second(resnet)
    {
        register_module("attentions", nn::ModuleList(m_attention));
        register_module("resnets", nn::ModuleList(m_first, m_second));
    }

    Tensor forward(Tensor x, const Tensor &time, const TextContext &context)
    {
        x = m_first(x, time);
        x = m_attention(x, context.tokens, context.capture);
        return m_second(x, time);
    }

private:
    ResnetBlock m_first;
    Transformer2D m_attention;
    ResnetBlock m_second;
};

class UNetUpBlock : public LevelModule
{
public:
    explicit UNetUpBlock(const LevelOptions &options) : LevelModule(options)
    {
        if (!options.resamples)
            return;
        m_upsample = Upsample(options.resnets.back().out);
        register_module("upsamplers", nn::ModuleList(m_upsample));
    }

    /// Takes its skip tensors from the end of `skips`.
    Tensor forward(Tensor x, const Tensor &time, const TextContext &context, std::vector<Tensor> &skips)
    {
        for (std::size_t i = 0; i < m_resnets.size(); ++i) {
            x = torch::cat({x, skips.back()}, 1);
            skips.pop_back();
            x = m_resnets[i](x, time);
            if (!m_attentions.empty())
                x = m_attentions[i](x, context.tokens, context.capture);
        }
        // The size of the next skip tensor, which is not twice this one's where a size was odd on the way down.
        if (m_upsample)
            x = m_upsample(x, skips.back().size(2), skips.back().size(3));
        return x;
    }

private:
    Upsample m_upsample{nullptr};
};

UNet2DConditionImpl::UNet2DConditionImpl(const UNetConfig &config)
    : m_config(config)
    , conv_in(register_module("conv_in", Conv2d(Conv2dOptions{config.inChannels, config.blockOutChannels.front()})))
    , time_embedding(register_module("time_embedding",
                                     TimestepEmbedding(config.blockOutChannels.front(),
                                                       4 * config.blockOutChannels.front(), config.timeCondProjDim)))
    , down_blocks(register_module("down_blocks", nn::ModuleList()))
    , up_blocks(register_module("up_blocks", nn::ModuleList()))
    , conv_norm_out(register_module("conv_norm_out",
                                    GroupNorm(config.normNumGroups, config.blockOutChannels.front(), config.normEps)))
    , conv_out(register_module("conv_out", Conv2d(Conv2dOptions{config.blockOutChannels.front(), config.outChannels})))
{
    const std::vector<int64_t> &widths = config.blockOutChannels;
    const int64_t timeDim = 4 * widths.front();
    if (config.hasTextTime) {
        add_embedding =
            register_module("add_embedding", TimestepEmbedding(config.projectionClassEmbeddingsInputDim, timeDim));
    }
    if (config.pooledTextHeads > 0) {
        m_promptEmbedding = register_module(
            "add_embedding", TextTimeEmbedding(config.crossAttentionDim.front(), timeDim, config.pooledTextHeads));
    }
    const auto resnet = [&](int64_t in, int64_t out) {
        return ResnetOptions{in, out, timeDim, config.normNumGroups, config.normEps, config.scaleShiftTime};
    };
    const auto transformer = [&](std::size_t level, int64_t depth) {
        const int64_t heads = config.attentionHeads[level];
        return TransformerOptions{.channels = widths[level],
                                  .heads = heads,
                                  .headDim = widths[level] / heads,
                                  .contextDim = config.crossAttentionDim[level],
                                  .depth = depth,
                                  .groups = config.normNumGroups,
                                  .linearProjection = config.useLinearProjection};
    };

    const std::size_t levels = widths.size();
    for (std::size_t i = 0; i < levels; ++i) {
        LevelOptions options{.hasAttention = config.downBlockTypes[i] == "CrossAttnDownBlock2D",
                             .resamples = i + 1 < levels,
                             .downsamplePadding = config.downsamplePadding};
        for (int64_t layer = 0; layer < config.layersPerBlock[i]; ++layer)
            options.resnets.push_back(resnet(layer == 0 ? widths[i == 0 ? 0 : i - 1] : widths[i], widths[i]));
        if (options.hasAttention)
            options.transformer = transformer(i, config.transformerLayers[i]);
        m_down.push_back(std::make_shared<UNetDownBlock>(options));
        down_blocks->push_back(m_down.back());
    }
    if (config.hasMidBlock) {
        mid_block = register_module(
            "mid_block", std::make_shared<UNetMidBlock>(resnet(widths.back(), widths.back()),
                                                        transformer(levels - 1, config.transformerLayers.back())));
    }
    for (std::size_t i = 0; i < levels; ++i) {
        const std::size_t level = levels - 1 - i;
        const int64_t before = i == 0 ? widths.back() : widths[level + 1];
        const int64_t lastSkip = widths[level == 0 ? 0 : level - 1];
        LevelOptions options{.hasAttention = config.upBlockTypes[i] == "CrossAttnUpBlock2D", .resamples = level > 0};
        const int64_t layers = config.layersPerBlock[level] + 1;
        for (int64_t layer = 0; layer < layers; ++layer) {
            const int64_t fromBelow = layer == 0 ? before : widths[level];
            const int64_t skip = layer + 1 == layers ? lastSkip : widths[level];
            options.resnets.push_back(resnet(fromBelow + skip, widths[level]));
        }
        if (options.hasAttention) {
            options.transformer =
                transformer(level, config.upTransformerLayers.empty() ? config.transformerLayers[level]
                                                                      : config.upTransformerLayers[i]);
        }
        m_up.push_back(std::make_shared<UNetUpBlock>(options));
        up_blocks->push_back(m_up.back());
    }
}

void UNet2DConditionImpl::checkInput(const UNetInput &in) const
{
    const auto require = [](bool condition, const char *field, const std::string &what) {
        if (!condition)
            throw Error(ErrorKind::BadRequest, field, what);
    };
    require(in.sample.defined() && in.sample.dim() == 4 && in.sample.size(1) == m_config.inChannels, "sample",
            "the U-Net takes " + std::to_string(m_config.inChannels) + " channels");
    require(in.timestep.defined(), "timestep", "is missing");
    require(in.encoderHiddenStates.defined() && in.encoderHiddenStates.dim() == 3 &&
                in.encoderHiddenStates.size(0) == in.sample.size(0) &&
                std::find(m_config.crossAttentionDim.begin(), m_config.crossAttentionDim.end(),
                          in.encoderHiddenStates.size(2)) != m_config.crossAttentionDim.end(),
            "encoder_hidden_states",
            "the U-Net takes text vectors of width " + std::to_string(m_config.crossAttentionDim.front()) +
                ", one sequence a sample");
    if (m_config.hasTextTime) {
        require(in.textEmbeds.defined() && in.timeIds.defined(), "text_embeds", "text_embeds or time_ids is missing");
        const int64_t width = in.textEmbeds.size(-1) + in.timeIds.size(-1) * m_config.additionTimeEmbedDim;
        require(width == m_config.projectionClassEmbeddingsInputDim, "time_ids",
                "text_embeds and time_ids make " + std::to_string(width) + " values, the U-Net takes " +
                    std::to_string(m_config.projectionClassEmbeddingsInputDim));
    }
    require(!in.timestepCond.defined() || m_config.timeCondProjDim > 0, "timestep_cond",
            "the U-Net takes no guidance embedding");
}

Tensor UNet2DConditionImpl::embedTime(const UNetInput &in)
{
    const torch::Dtype dtype = conv_in->weight.scalar_type();
    const int64_t batch = in.sample.size(0);
    const auto embed = [&](const Tensor &t, int64_t width) {
        return sinusoid(t, {.width = width, .cosFirst = m_config.flipSinToCos, .freqShift = m_config.freqShift});
    };
    const Tensor steps = in.timestep.to(in.sample.device()).reshape({-1}).expand({batch});
    Tensor time = time_embedding(embed(steps, m_config.blockOutChannels.front()).to(dtype),
                                 in.timestepCond.defined() ? in.timestepCond.to(dtype) : Tensor());
    if (add_embedding) {
        // [B, 6] -> [B, 6 * additionTimeEmbedDim]
        const Tensor sizes = embed(in.timeIds.reshape({-1}), m_config.additionTimeEmbedDim).reshape({batch, -1});
        time = time + add_embedding(torch::cat({in.textEmbeds.to(dtype), sizes.to(dtype)}, 1));
    }
    if (m_promptEmbedding)
        time = time + m_promptEmbedding(in.encoderHiddenStates.to(dtype));
    return at::silu(time); // every resnet block begins with it
}

Tensor UNet2DConditionImpl::forward(const UNetInput &in)
{
    checkInput(in);
    const torch::Dtype dtype = conv_in->weight.scalar_type();
    const Tensor time = embedTime(in);
    const TextContext context{.tokens = in.encoderHiddenStates.to(dtype), .capture = in.capture};
    Tensor x = in.sample.to(dtype).contiguous(at::MemoryFormat::ChannelsLast);
    if (m_config.centerInputSample)
        x = 2 * x - 1;

    x = conv_in(x);
    std::vector<Tensor> skips = {x};
    for (const auto &block : m_down)
        x = block->forward(x, time, context, skips);
    if (!in.downResiduals.empty()) {
        if (in.downResiduals.size() != skips.size()) {
            throw Error(ErrorKind::BadRequest, "down_block_additional_residuals",
                        "the U-Net takes " + std::to_string(skips.size()) + " residuals");
        }
        for (std::size_t i = 0; i < skips.size(); ++i)
            skips[i] = skips[i] + in.downResiduals[i].to(dtype);
    }
    if (mid_block)
        x = mid_block->forward(x, time, context);
    if (in.midResidual.defined())
        x = x + in.midResidual.to(dtype);
    for (const auto &block : m_up)
        x = block->forward(x, time, context, skips);
    return conv_out(conv_norm_out->forwardSilu(x)).to(in.sample.scalar_type()).contiguous();
}

} // namespace engine
