#include "engine/models/blocks.h"

#include <cmath>

namespace engine {

using torch::Tensor;

Tensor sinusoid(const Tensor &t, const SinusoidOptions &options)
{
    const int64_t half = options.width / 2;
    const auto floats = torch::TensorOptions().dtype(torch::kFloat32).device(t.device());
    const Tensor exponent =
        torch::arange(half, floats) * (-std::log(10000.0) / (static_cast<double>(half) - options.freqShift));
    // [N, 1] * [1, half]
    const Tensor angle = t.to(torch::kFloat32).unsqueeze(1) * exponent.exp().unsqueeze(0);
    Tensor result =
        options.cosFirst ? torch::cat({angle.cos(), angle.sin()}, 1) : torch::cat({angle.sin(), angle.cos()}, 1);
    return options.width % 2 == 0 ? result : at::constant_pad_nd(result, {0, 1});
}

TimestepEmbeddingImpl::TimestepEmbeddingImpl(int64_t in, int64_t width, int64_t condDim)
    : linear_1(register_module("linear_1", Linear(in, width)))
{
    if (condDim > 0)
        cond_proj = register_module("cond_proj", Linear(condDim, in, false));
    linear_2 = register_module("linear_2", Linear(width, width));
}

Tensor TimestepEmbeddingImpl::forward(Tensor x, const Tensor &cond)
{
    if (cond.defined() && cond_proj)
        x = x + cond_proj(cond);
    return linear_2(at::silu(linear_1(x)));
}

ResnetBlockImpl::ResnetBlockImpl(const ResnetOptions &options)
    : m_scaleShift(options.scaleShift)
    , norm1(register_module("norm1", GroupNorm(options.groups, options.in, options.eps)))
    , conv1(register_module("conv1", Conv2d(Conv2dOptions{options.in, options.out})))
{
    if (options.timeDim > 0) {
        time_emb_proj = register_module("time_emb_proj",
                                        Linear(options.timeDim, options.scaleShift ? 2 * options.out : options.out));
    }
    norm2 = register_module("norm2", GroupNorm(options.groups, options.out, options.eps));
    conv2 = register_module("conv2", Conv2d(Conv2dOptions{options.out, options.out}));
    if (options.in != options.out)
        conv_shortcut = register_module("conv_shortcut", Conv2d(Conv2dOptions{options.in, options.out, 1, 1, 0}));
}

Tensor ResnetBlockImpl::forward(const Tensor &x, const Tensor &time)
{
    Tensor h = conv1(norm1->forwardSilu(x));
    if (time_emb_proj && m_scaleShift) {
        const auto scaleAndShift = time_emb_proj(time).unsqueeze(-1).unsqueeze(-1).chunk(2, 1);
        h = at::silu(norm2(h) * (1 + scaleAndShift[0]) + scaleAndShift[1]);
    } else {
        if (time_emb_proj) {
            const Tensor shift = time_emb_proj(time).unsqueeze(-1).unsqueeze(-1); // [B, C, 1, 1]
            h = torch::GradMode::is_enabled() ? h + shift : h.add_(shift);
        }
        h = norm2->forwardSilu(h);
    }
    return conv2->forwardAdd(h, conv_shortcut ? conv_shortcut(x) : x);
}

DownsampleImpl::DownsampleImpl(int64_t channels, int64_t padding)
    : m_padsRightAndBelow(padding == 0)
    , conv(register_module("conv", Conv2d(Conv2dOptions{channels, channels, 3, 2, padding})))
{
}

Tensor DownsampleImpl::forward(const Tensor &x)
{
    return m_padsRightAndBelow ? conv(at::constant_pad_nd(x, {0, 1, 0, 1})) : conv(x);
}

UpsampleImpl::UpsampleImpl(int64_t channels) : conv(register_module("conv", Conv2d(Conv2dOptions{channels, channels})))
{
}

Tensor UpsampleImpl::forward(const Tensor &x, int64_t height, int64_t width)
{
    return conv(height > 0 ? upsampleNearest(x, height, width) : upsampleNearest(x, 2 * x.size(2), 2 * x.size(3)));
}

} // namespace engine
