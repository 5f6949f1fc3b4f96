#include "engine/models/group_norm.h"

#include "engine/kernels/group_norm.h"

namespace engine {

namespace {

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::tensor_list;

bool fitsKernel(const Tensor &x)
{
    return x.device().is_cpu() && x.dim() == 4 && x.numel() > 0 && x.is_contiguous(at::MemoryFormat::ChannelsLast) &&
           (x.scalar_type() == torch::kFloat32 || x.scalar_type() == torch::kBFloat16);
}

kernels::GroupNormShape shapeOf(const Tensor &x, int64_t groups)
{
    return {.batch = x.size(0), .pixels = x.size(2) * x.size(3), .channels = x.size(1), .groups = groups};
}

/// Calls work(pointer type) with the element type that the kernels know for x's dtype.
template <typename Work>
void withElement(const Tensor &x, const Work &work)
{
    if (x.scalar_type() == torch::kFloat32)
        work(static_cast<float *>(nullptr));
    else
        work(static_cast<kernels::BFloat16 *>(nullptr));
}

template <typename T>
T *data(const Tensor &x)
{
    return static_cast<T *>(const_cast<void *>(x.const_data_ptr()));
}

struct Normalised
{
    Tensor y;
    Tensor mean; ///< [B, groups]
    Tensor rstd;
};

Normalised normalise(const Tensor &x, const Tensor &weight, const Tensor &bias, const GroupNormOptions &options)
{
    const auto statistics = torch::TensorOptions().dtype(torch::kFloat32);
    Normalised result{at::empty_like(x), at::empty({x.size(0), options.groups}, statistics),
                      at::empty({x.size(0), options.groups}, statistics)};
    withElement(x, [&](auto *type) {
        using T = std::remove_pointer_t<decltype(type)>;
        kernels::groupNormForward<T>(shapeOf(x, options.groups), data<T>(x), data<float>(weight), data<float>(bias),
                                     static_cast<float>(options.eps), options.silu, data<T>(result.y),
                                     data<float>(result.mean), data<float>(result.rstd));
    });
    return result;
}

struct FusedGroupNorm : torch::autograd::Function<FusedGroupNorm>
{
    static Tensor forward(AutogradContext *context, const Tensor &x, const Tensor &weight, const Tensor &bias,
                          int64_t groups, double eps, bool silu)
    {
        const Tensor w = weight.to(torch::kFloat32).contiguous();
        const Tensor b = bias.to(torch::kFloat32).contiguous();
        const Normalised result = normalise(x, w, b, {.groups = groups, .eps = eps, .silu = silu});
        context->save_for_backward({x, w, b, result.mean, result.rstd});
        context->saved_data["groups"] = groups;
        context->saved_data["silu"] = silu;
        context->saved_data["dtype"] = weight.scalar_type();
        return result.y;
    }

    static tensor_list backward(AutogradContext *context, const tensor_list &gradients)
    {
        const auto saved = context->get_saved_variables();
        const Tensor &x = saved[0];
        const Tensor &w = saved[1];
        const bool silu = context->saved_data["silu"].toBool();
        const Tensor dy = gradients[0].to(x.scalar_type()).contiguous(at::MemoryFormat::ChannelsLast);
        const Tensor dx = at::empty_like(x);
        const Tensor dWeight = at::empty_like(w);
        const Tensor dBias = at::empty_like(w);
        withElement(x, [&](auto *type) {
            using T = std::remove_pointer_t<decltype(type)>;
            kernels::groupNormBackward<T>(shapeOf(x, context->saved_data["groups"].toInt()), data<T>(x), data<T>(dy),
                                          data<float>(w), data<float>(saved[2]), silu, data<float>(saved[3]),
                                          data<float>(saved[4]), data<T>(dx), data<float>(dWeight), data<float>(dBias));
        });
        const auto dtype = context->saved_data["dtype"].toScalarType();
        return {dx, dWeight.to(dtype), dBias.to(dtype), {}, {}, {}};
    }
};

} // namespace

Tensor groupNorm(const Tensor &x, const Tensor &weight, const Tensor &bias, const GroupNormOptions &options)
{
    if (!fitsKernel(x)) {
        const Tensor y = at::group_norm(x, options.groups, weight, bias, options.eps);
        return options.silu ? at::silu(y) : y;
    }
    if (torch::GradMode::is_enabled() && (x.requires_grad() || weight.requires_grad()))
        return FusedGroupNorm::apply(x, weight, bias, options.groups, options.eps, options.silu);
    return normalise(x, weight.to(torch::kFloat32).contiguous(), bias.to(torch::kFloat32).contiguous(), options).y;
}

} // namespace engine
