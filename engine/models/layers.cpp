#include "engine/models/layers.h"

#include "engine/kernels/gated_gelu.h"
#include "engine/models/group_norm.h"

#include <ATen/Parallel.h>

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

Tensor Conv2dImpl::run(const Tensor &x, const Tensor &addend)
{
    if (adapter.down.defined()) {
        m_packed.restore(weight);
        const Tensor change = at::conv2d(at::conv2d(x, adapter.down), adapter.up) * adapter.scale;
        const Tensor y = at::conv2d(x, weight, bias, m_options.stride, m_options.padding) + change;
        return addend.defined() ? y + addend : y;
    }
    if (canRunPacked(x, weight)) {
        const PackedWeight::Convolution options{.padding = m_options.padding, .stride = m_options.stride};
        return packedConvolution(x, m_packed.forConvolution(weight, options, x.sizes()), bias, options, addend);
    }
    m_packed.restore(weight);
    const Tensor y = at::conv2d(x, weight, bias, m_options.stride, m_options.padding);
    return addend.defined() ? y + addend : y;
}

Tensor Conv2dImpl::forward(const Tensor &x)
{
    return run(x, {});
}

Tensor Conv2dImpl::forwardAdd(const Tensor &x, const Tensor &addend)
{
    return run(x, addend);
}

void Conv2dImpl::keepPlainWeight(bool keeps)
{
    m_packed.setReleasesPlain(!keeps);
    if (keeps)
        m_packed.restore(weight);
}

LinearImpl::LinearImpl(int64_t in, int64_t out, bool withBias)
{
    weight = register_parameter("weight", makeParameter({out, in}));
    if (withBias)
        bias = register_parameter("bias", makeParameter({out}));
    initDefault(weight, bias);
}

Tensor LinearImpl::run(const Tensor &x, const Tensor &addend)
{
    if (adapter.down.defined()) {
        m_packed.restore(weight);
        const Tensor change = at::linear(at::linear(x, adapter.down), adapter.up) * adapter.scale;
        const Tensor y = at::linear(x, weight, bias) + change;
        return addend.defined() ? y + addend : y;
    }
    // float32 products run through MKL, which needs no packing.
    if (canRunPacked(x, weight) && x.scalar_type() == torch::kBFloat16)
        return packedLinear(x, m_packed.forLinear(weight, x.numel() / x.size(-1)), bias, addend);
    m_packed.restore(weight);
    Tensor y = at::linear(x, weight, bias);
    if (!addend.defined())
        return y;
    return torch::GradMode::is_enabled() ? y + addend : y.add_(addend);
}

Tensor LinearImpl::forward(const Tensor &x)
{
    return run(x, {});
}

Tensor LinearImpl::forwardAdd(const Tensor &x, const Tensor &addend)
{
    return run(x, addend);
}

void LinearImpl::keepPlainWeight(bool keeps)
{
    m_packed.setReleasesPlain(!keeps);
    if (keeps)
        m_packed.restore(weight);
}

GroupNormImpl::GroupNormImpl(int64_t groups, int64_t channels, double eps) : m_groups(groups), m_eps(eps)
{
    weight = register_parameter("weight", makeParameter({channels}));
    bias = register_parameter("bias", makeParameter({channels}));
    initNorm(weight, bias);
}

Tensor GroupNormImpl::forward(const Tensor &x)
{
    return groupNorm(x, weight, bias, {.groups = m_groups, .eps = m_eps});
}

Tensor GroupNormImpl::forwardSilu(const Tensor &x)
{
    return groupNorm(x, weight, bias, {.groups = m_groups, .eps = m_eps, .silu = true});
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

void keepPlainWeights(nn::Module &module, bool keeps)
{
    for (const auto &child : module.modules()) {
        if (auto *convolution = child->as<Conv2dImpl>())
            convolution->keepPlainWeight(keeps);
        else if (auto *linear = child->as<LinearImpl>())
            linear->keepPlainWeight(keeps);
    }
}

Tensor geglu(const Tensor &x)
{
    const int64_t width = x.size(-1) / 2;
    if (!torch::GradMode::is_enabled() && x.is_cpu() && x.scalar_type() == torch::kBFloat16 && x.is_contiguous() &&
        kernels::hasAvx512BFloat16()) {
        std::vector<int64_t> shape = x.sizes().vec();
        shape.back() = width;
        const Tensor out = torch::empty(shape, x.options());
        const auto *from = static_cast<const std::uint16_t *>(x.const_data_ptr());
        auto *to = static_cast<std::uint16_t *>(out.data_ptr());
        at::parallel_for(0, out.numel() / width, 16,
                         [&](int64_t begin, int64_t end) { kernels::gatedGelu(from, to, width, begin, end); });
        return out;
    }
    const auto halves = x.chunk(2, -1);
    return halves[0] * at::gelu(halves[1]);
}

} // namespace engine
