#include "engine/models/layers.h"

#include <cmath>

namespace engine {

using torch::Tensor;

namespace {

thread_local bool skipsInit = false;

/// PyTorch's default for linear layers and convolutions: uniform within 1 / sqrt(fan in).
void initDefault(Tensor &weight, Tensor &bias)
{
    if (SkipWeightInit::isActive())
        return;
    const torch::NoGradGuard noGrad;
    const int64_t fanIn = weight.numel() / weight.size(0);
    const double bound = fanIn > 0 ? 1.0 / std::sqrt(static_cast<double>(fanIn)) : 0.0;
    weight.uniform_(-bound, bound);
    if (bias.defined())
        bias.uniform_(-bound, bound);
}

void initNorm(Tensor &weight, Tensor &bias)
{
    if (SkipWeightInit::isActive())
        return;
    const torch::NoGradGuard noGrad;
    weight.fill_(1.0);
    bias.zero_();
}

} // namespace

SkipWeightInit::SkipWeightInit() : m_outer(skipsInit)
{
    skipsInit = true;
}

SkipWeightInit::~SkipWeightInit()
{
    skipsInit = m_outer;
}

bool SkipWeightInit::isActive()
{
    return skipsInit;
}

Tensor makeParameter(torch::IntArrayRef shape)
{
    // One element stretched to the shape: knows its shape, takes no memory.
    return skipsInit ? torch::empty({1}).expand(shape) : torch::empty(shape);
}

Conv2dImpl::Conv2dImpl(const Conv2dOptions &options) : m_options(options)
{
    weight = register_parameter("weight", makeParameter({options.out, options.in, options.kernel, options.kernel}));
    if (options.bias)
        bias = register_parameter("bias", makeParameter({options.out}));
    initDefault(weight, bias);
}

Tensor Conv2dImpl::forward(const Tensor &x)
{
    return at::conv2d(x, weight, bias, m_options.stride, m_options.padding);
}

Tensor Conv2dImpl::forwardAdd(const Tensor &x, const Tensor &addend)
{
    Tensor y = forward(x);
    return torch::GradMode::is_enabled() ? y + addend : y.add_(addend);
}

LinearImpl::LinearImpl(int64_t in, int64_t out, bool withBias)
{
    weight = register_parameter("weight", makeParameter({out, in}));
    if (withBias)
        bias = register_parameter("bias", makeParameter({out}));
    initDefault(weight, bias);
}

Tensor LinearImpl::forward(const Tensor &x)
{
    return at::linear(x, weight, bias);
}

Tensor LinearImpl::forwardAdd(const Tensor &x, const Tensor &addend)
{
    Tensor y = forward(x);
    return torch::GradMode::is_enabled() ? y + addend : y.add_(addend);
}

GroupNormImpl::GroupNormImpl(int64_t groups, int64_t channels, double eps) : m_groups(groups), m_eps(eps)
{
    weight = register_parameter("weight", makeParameter({channels}));
    bias = register_parameter("bias", makeParameter({channels}));
    initNorm(weight, bias);
}

Tensor GroupNormImpl::forward(const Tensor &x)
{
    return at::group_norm(x, m_groups, weight, bias, m_eps);
}

Tensor GroupNormImpl::forwardSilu(const Tensor &x)
{
    Tensor y = forward(x);
    return torch::GradMode::is_enabled() ? at::silu(y) : at::silu_(y);
}

LayerNormImpl::LayerNormImpl(int64_t width, double eps) : m_eps(eps)
{
    weight = register_parameter("weight", makeParameter({width}));
    bias = register_parameter("bias", makeParameter({width}));
    initNorm(weight, bias);
}

Tensor LayerNormImpl::forward(const Tensor &x)
{
    return at::layer_norm(x, weight.sizes(), weight, bias, m_eps);
}

EmbeddingImpl::EmbeddingImpl(int64_t count, int64_t width, double deviation)
{
    weight = register_parameter("weight", makeParameter({count, width}));
    if (!SkipWeightInit::isActive()) {
        const torch::NoGradGuard noGrad;
        weight.normal_(0.0, deviation);
    }
}

Tensor EmbeddingImpl::forward(const Tensor &ids)
{
    return at::embedding(weight, ids);
}

Tensor upsampleNearest(const Tensor &x, int64_t height, int64_t width)
{
    return at::upsample_nearest2d(x, {height, width});
}

Tensor geglu(const Tensor &x)
{
    const auto halves = x.chunk(2, -1);
    return halves[0] * at::gelu(halves[1]);
}

} // namespace engine
