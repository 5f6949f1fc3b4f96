#include "engine/models/packed_weight.h"

#include "engine/kernels/gated_gelu.h"

#include <ATen/core/dispatch/Dispatcher.h>

#include <algorithm>
#include <iterator>
#include <limits>

namespace engine {

using torch::IntArrayRef;
using torch::Tensor;

namespace {

using Scalars = torch::List<std::optional<at::Scalar>>;
using Text = std::string_view;

template <typename Signature>
c10::TypedOperatorHandle<Signature> findOperator(const char *name, const char *overload = "")
{
    return c10::Dispatcher::singleton().findSchemaOrThrow(name, overload).typed<Signature>();
}

/// LibTorch for some processors is built without them.
bool hasOneDnnOperators()
{
    static const bool has = [] {
        const char *const names[] = {"mkldnn::_reorder_convolution_weight", "mkldnn::_reorder_linear_weight",
                                     "mkldnn::_convolution_pointwise", "mkldnn::_linear_pointwise"};
        return at::hasMKLDNN() && std::all_of(std::begin(names), std::end(names), [](const char *name) {
                   return c10::Dispatcher::singleton().findSchema({name, ""}).has_value();
               });
    }();
    return has;
}

std::optional<Tensor> optional(const Tensor &tensor)
{
    return tensor.defined() ? std::optional<Tensor>(tensor) : std::nullopt;
}

uint32_t versionOf(const Tensor &weight)
{
    return weight.is_inference() ? 0 : weight._version();
}

} // namespace

bool canRunPacked(const Tensor &x, const Tensor &weight)
{
    // oneDNN refuses bfloat16 on processors without it, where LibTorch's own operators have a slow way.
    const bool isFastType =
        x.scalar_type() == torch::kFloat32 || (x.scalar_type() == torch::kBFloat16 && kernels::hasAvx512BFloat16());
    return isFastType && !torch::GradMode::is_enabled() && x.is_cpu() && weight.is_cpu() &&
           x.scalar_type() == weight.scalar_type() && hasOneDnnOperators() && at::globalContext().userEnabledMkldnn();
}

bool PackedWeight::isOf(const Tensor &weight) const
{
    return m_packed.defined() && m_storage.is_alias_of(weight.storage()) && m_offset == weight.storage_offset() &&
           m_version == versionOf(weight) && m_packed.scalar_type() == weight.scalar_type();
}

void PackedWeight::remember(const Tensor &weight)
{
    m_storage = weight.storage();
    m_offset = weight.storage_offset();
    m_version = versionOf(weight);
}

void PackedWeight::keep(const Tensor &packed, Tensor &weight)
{
    m_packed = packed;
    m_isReleased = m_releasesPlain;
    if (m_releasesPlain) {
        const c10::InferenceMode off(false); // a tensor born inside it could not become the weight
        const Tensor placeholder =
            torch::full({1}, std::numeric_limits<double>::quiet_NaN(), weight.options().requires_grad(false));
        weight.set_data(placeholder.expand(weight.sizes()));
    }
    remember(weight);
}

void PackedWeight::restore(Tensor &weight)
{
    if (!m_isReleased || !isOf(weight))
        return;
    const c10::InferenceMode off(false);
    const torch::NoGradGuard noGrad;
    weight.set_data(m_packed.to_dense());
    m_isReleased = false;
    m_packed = Tensor();
    m_storage = c10::Storage();
}

const Tensor &PackedWeight::forConvolution(Tensor &weight, const Convolution &options, IntArrayRef inputSize)
{
    using Reorder = Tensor(const Tensor &, IntArrayRef, IntArrayRef, IntArrayRef, int64_t, at::OptionalIntArrayRef);
    static const auto reorder = findOperator<Reorder>("mkldnn::_reorder_convolution_weight");
    if (!isOf(weight)) {
        const int64_t padding[] = {options.padding, options.padding};
        const int64_t stride[] = {options.stride, options.stride};
        const int64_t dilation[] = {1, 1};
        const c10::InferenceMode off(false);
        const torch::NoGradGuard noGrad;
        keep(reorder.call(weight, padding, stride, dilation, 1, inputSize), weight);
    }
    return m_packed;
}

const Tensor &PackedWeight::forLinear(Tensor &weight, int64_t rows)
{
    using Reorder = Tensor(const Tensor &, std::optional<int64_t>);
    static const auto reorder = findOperator<Reorder>("mkldnn::_reorder_linear_weight");
    if (!isOf(weight)) {
        const c10::InferenceMode off(false);
        const torch::NoGradGuard noGrad;
        keep(reorder.call(weight, rows), weight);
    }
    return m_packed;
}

Tensor packedConvolution(const Tensor &x, const Tensor &packed, const Tensor &bias,
                         const PackedWeight::Convolution &options, const Tensor &addend)
{
    using Unary = Tensor(const Tensor &, const Tensor &, const std::optional<Tensor> &, IntArrayRef, IntArrayRef,
                         IntArrayRef, int64_t, Text, Scalars, std::optional<Text>);
    using Binary = Tensor(const Tensor &, const Tensor &, const Tensor &, const std::optional<Tensor> &, IntArrayRef,
                          IntArrayRef, IntArrayRef, int64_t, Text, std::optional<at::Scalar>, std::optional<Text>,
                          Scalars, std::optional<Text>);
    static const auto unary = findOperator<Unary>("mkldnn::_convolution_pointwise");
    static const auto binary = findOperator<Binary>("mkldnn::_convolution_pointwise", "binary");
    const int64_t padding[] = {options.padding, options.padding};
    const int64_t stride[] = {options.stride, options.stride};
    const int64_t dilation[] = {1, 1};
    if (!addend.defined())
        return unary.call(x, packed, optional(bias), padding, stride, dilation, 1, "none", Scalars(), std::nullopt);
    return binary.call(x, addend, packed, optional(bias), padding, stride, dilation, 1, "add", std::nullopt,
                       std::nullopt, Scalars(), std::nullopt);
}

Tensor packedLinear(const Tensor &x, const Tensor &packed, const Tensor &bias, const Tensor &addend)
{
    using Unary =
        Tensor(const Tensor &, const Tensor &, const std::optional<Tensor> &, Text, Scalars, std::optional<Text>);
    using Binary = Tensor(const Tensor &, const Tensor &, const Tensor &, const std::optional<Tensor> &, Text);
    static const auto unary = findOperator<Unary>("mkldnn::_linear_pointwise");
    static const auto binary = findOperator<Binary>("mkldnn::_linear_pointwise", "binary");
    if (!addend.defined())
        return unary.call(x, packed, optional(bias), "none", Scalars(), "");
    return binary.call(x, addend, packed, optional(bias), "add");
}

} // namespace engine
