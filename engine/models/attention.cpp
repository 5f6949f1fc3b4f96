#include "engine/models/attention.h"

#include "engine/kernels/amx_attention.h"
#include "engine/models/attention_gradient.h"

#include <ATen/Parallel.h>
#include <ATen/record_function.h>

#include <cmath>

namespace engine {

using torch::Tensor;

namespace {

// [B, N, H*D] -> [B, H, N, D]
Tensor splitHeads(const Tensor &x, int64_t heads)
{
    return x.unflatten(-1, {heads, -1}).transpose(1, 2);
}

// [B, H, N, D] -> [B, N, H*D]
Tensor joinHeads(const Tensor &x)
{
    return x.transpose(1, 2).reshape({x.size(0), x.size(2), x.size(1) * x.size(3)});
}

bool canAttendInTiles(const Tensor &q, const Tensor &k, const Tensor &v)
{
    const auto suits = [](const Tensor &t) {
        return t.is_cpu() && t.scalar_type() == torch::kBFloat16 && t.stride(-1) == 1;
    };
    return kernels::hasAmxBFloat16() && !torch::GradMode::is_enabled() && q.size(-1) <= 512 && k.size(-2) > 0 &&
           suits(q) && suits(k) && suits(v);
}

/// attend() by our own kernel, three times as fast as LibTorch's. Profiles know it as "engine::attention".
Tensor attendInTiles(const Tensor &q, const Tensor &k, const Tensor &v, float scale)
{
    RECORD_FUNCTION("engine::attention", std::vector<c10::IValue>({q, k, v}));
    const Tensor out = torch::empty({q.size(0), q.size(2), q.size(1), q.size(3)}, q.options()).transpose(1, 2);
    const auto heads = [](const Tensor &t) { return kernels::Heads{t.stride(0), t.stride(1), t.stride(2)}; };
    const auto data = [](const Tensor &t) { return static_cast<std::uint16_t *>(t.data_ptr()); };
    const kernels::AttentionProblem problem{.q = data(q),
                                            .k = data(k),
                                            .v = data(v),
                                            .out = data(out),
                                            .qAt = heads(q),
                                            .kAt = heads(k),
                                            .vAt = heads(v),
                                            .outAt = heads(out),
                                            .batch = q.size(0),
                                            .heads = q.size(1),
                                            .queries = q.size(2),
                                            .keys = k.size(2),
                                            .headDim = q.size(3),
                                            .scale = scale};
    const kernels::AttentionPlan plan = kernels::planAttention(problem);
    const Tensor memory = torch::empty({static_cast<int64_t>(plan.packedBytes)}, torch::kUInt8);
    auto *packed = static_cast<std::byte *>(memory.data_ptr());
    at::parallel_for(0, plan.packTasks, 1,
                     [&](int64_t begin, int64_t end) { kernels::packAttention(problem, packed, begin, end); });
    at::parallel_for(0, plan.runTasks, 1,
                     [&](int64_t begin, int64_t end) { kernels::runAttention(problem, packed, begin, end); });
    return out;
}

Tensor attendToEarlierTokens(const Tensor &q, const Tensor &k, const Tensor &v, float scale)
{
    return at::scaled_dot_product_attention(q, k, v, {}, 0.0, /*is_causal=*/true, scale);
}

/// Linear layer "proj" of a gated feed forward, under the name that checkpoints give it.
class GatedProjectionImpl : public nn::Module
{
public:
    explicit GatedProjectionImpl(int64_t width) : proj(register_module("proj", Linear(width, 8 * width))) {}

    Linear proj;
};
TORCH_MODULE(GatedProjection);

} // namespace

Tensor attend(const Tensor &q, const Tensor &k, const Tensor &v, bool causal)
{
    const int64_t headDim = q.size(-1);
    const double scale = 1.0 / std::sqrt(static_cast<double>(headDim));
    if (!causal && canAttendInTiles(q, k, v))
        return attendInTiles(q, k, v, static_cast<float>(scale));
    if (hasAttentionGradient(q, k, v))
        return attendWithGradient(q, k, v,
                                  {.scale = static_cast<float>(scale),
                                   .isCausal = causal,
                                   .forward = causal ? &attendToEarlierTokens : &attendInTiles});
    // LibTorch's CPU kernel is two to three times faster where the width suits its blocks.
    const int64_t padded = (headDim + 31) / 32 * 32;
    if (q.is_cpu() && !torch::GradMode::is_enabled() && headDim > 32 && padded != headDim && q.size(-2) >= 256) {
        const auto pad = [&](const Tensor &x) { return at::constant_pad_nd(x, {0, padded - headDim}); };
        return at::scaled_dot_product_attention(pad(q), pad(k), pad(v), {}, 0.0, causal, scale).narrow(-1, 0, headDim);
    }
    return at::scaled_dot_product_attention(q, k, v, {}, 0.0, causal, scale);
}

CrossAttentionImpl::CrossAttentionImpl(const AttentionOptions &options)
    : m_heads(options.heads)
    , to_q(register_module("to_q", Linear(options.queryDim, options.heads * options.headDim, options.bias)))
    , to_k(register_module("to_k", Linear(options.contextDim > 0 ? options.contextDim : options.queryDim,
                                          options.heads * options.headDim, options.bias)))
    , to_v(register_module("to_v", Linear(options.contextDim > 0 ? options.contextDim : options.queryDim,
                                          options.heads * options.headDim, options.bias)))
    , m_out(options.heads * options.headDim, options.queryDim)
    , to_out(register_module("to_out", nn::ModuleList(m_out)))
{
}

Tensor CrossAttentionImpl::forward(const Tensor &x, const Tensor &context, const Tensor &residual,
                                   AttentionCapture *capture)
{
    const Tensor q = splitHeads(to_q(x), m_heads);
    const Tensor k = splitHeads(to_k(context), m_heads);
    if (capture)
        capture->add(q, k);
    const Tensor out = joinHeads(attend(q, k, splitHeads(to_v(context), m_heads)));
    return residual.defined() ? m_out->forwardAdd(out, residual) : m_out(out);
}

SpatialAttentionImpl::SpatialAttentionImpl(int64_t channels, int64_t heads, int64_t groups, double eps)
    : m_heads(heads)
    , group_norm(register_module("group_norm", GroupNorm(groups, channels, eps)))
    , to_q(register_module("to_q", Linear(channels, channels)))
    , to_k(register_module("to_k", Linear(channels, channels)))
    , to_v(register_module("to_v", Linear(channels, channels)))
    , m_out(channels, channels)
    , to_out(register_module("to_out", nn::ModuleList(m_out)))
{
}

Tensor SpatialAttentionImpl::forward(const Tensor &x)
{
    const int64_t height = x.size(2);
    const int64_t width = x.size(3);
    // [B, C, H, W] -> [B, H*W, C]
    const auto toTokens = [](const Tensor &t) { return t.permute({0, 2, 3, 1}).flatten(1, 2); };
    const Tensor tokens = toTokens(group_norm(x)).contiguous();
    const Tensor out = joinHeads(attend(splitHeads(to_q(tokens), m_heads), splitHeads(to_k(tokens), m_heads),
                                        splitHeads(to_v(tokens), m_heads)));
    return m_out->forwardAdd(out, toTokens(x)).unflatten(1, {height, width}).permute({0, 3, 1, 2});
}

FeedForwardImpl::FeedForwardImpl(int64_t width) : net(register_module("net", nn::ModuleList()))
{
    const GatedProjection gated(width);
    m_in = gated->proj;
    m_out = Linear(4 * width, width);
    net->push_back(gated);
    net->push_back(nn::Identity()); // dropout
    net->push_back(m_out);
}

Tensor FeedForwardImpl::forward(const Tensor &x, const Tensor &residual)
{
    const Tensor hidden = geglu(m_in(x));
    return residual.defined() ? m_out->forwardAdd(hidden, residual) : m_out(hidden);
}

BasicTransformerBlockImpl::BasicTransformerBlockImpl(const TransformerOptions &options)
    : norm1(register_module("norm1", LayerNorm(options.heads * options.headDim)))
    , attn1(register_module("attn1", CrossAttention(AttentionOptions{.queryDim = options.heads * options.headDim,
                                                                     .heads = options.heads,
                                                                     .headDim = options.headDim})))
    , norm2(register_module("norm2", LayerNorm(options.heads * options.headDim)))
    , attn2(register_module("attn2", CrossAttention(AttentionOptions{.queryDim = options.heads * options.headDim,
                                                                     .contextDim = options.contextDim,
                                                                     .heads = options.heads,
                                                                     .headDim = options.headDim})))
    , norm3(register_module("norm3", LayerNorm(options.heads * options.headDim)))
    , ff(register_module("ff", FeedForward(options.heads * options.headDim)))
{
}

Tensor BasicTransformerBlockImpl::forward(Tensor x, const Tensor &context, AttentionCapture *capture)
{
    const Tensor normed = norm1(x);
    x = attn1(normed, normed, x);
    x = attn2(norm2(x), context, x, capture);
    return ff(norm3(x), x);
}

Transformer2DImpl::Transformer2DImpl(const TransformerOptions &options)
    : m_linearProjection(options.linearProjection)
    , norm(register_module("norm", GroupNorm(options.groups, options.channels, 1e-6)))
{
    const int64_t inner = options.heads * options.headDim;
    if (m_linearProjection)
        m_linearIn = register_module("proj_in", Linear(options.channels, inner));
    else
        m_convIn = register_module("proj_in", Conv2d(Conv2dOptions{options.channels, inner, 1, 1, 0}));
    transformer_blocks = register_module("transformer_blocks", nn::ModuleList());
    for (int64_t i = 0; i < options.depth; ++i) {
        m_blocks.emplace_back(options);
        transformer_blocks->push_back(m_blocks.back());
    }
    if (m_linearProjection)
        m_linearOut = register_module("proj_out", Linear(inner, options.channels));
    else
        m_convOut = register_module("proj_out", Conv2d(Conv2dOptions{inner, options.channels, 1, 1, 0}));
}

Tensor Transformer2DImpl::forward(const Tensor &x, const Tensor &context, AttentionCapture *capture)
{
    const int64_t height = x.size(2);
    const int64_t width = x.size(3);
    // [B, C, H, W] -> [B, H*W, C] and back; free where x is channels-last
    const auto toTokens = [](const Tensor &t) { return t.permute({0, 2, 3, 1}).flatten(1, 2); };
    const auto toPixels = [&](const Tensor &t) { return t.unflatten(1, {height, width}).permute({0, 3, 1, 2}); };

    Tensor h = norm(x);
    h = m_linearProjection ? m_linearIn(toTokens(h)) : toTokens(m_convIn(h));
    if (capture)
        capture->setGrid(height, width);
    for (BasicTransformerBlock &block : m_blocks)
        h = block(h, context, capture);
    if (m_linearProjection)
        return toPixels(m_linearOut->forwardAdd(h, toTokens(x)));
    return m_convOut->forwardAdd(toPixels(h), x);
}

} // namespace engine
