#include "engine/models/attention_gradient.h"

#include "engine/kernels/amx_attention_backward.h"

#include <ATen/Parallel.h>
#include <ATen/record_function.h>

namespace engine {

namespace {

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::tensor_list;
using Forward = decltype(TrainedAttention::forward);

kernels::Heads headsOf(const Tensor &t)
{
    return {t.stride(0), t.stride(1), t.stride(2)};
}

struct Attention : torch::autograd::Function<Attention>
{
    static Tensor forward(AutogradContext *context, const Tensor &q, const Tensor &k, const Tensor &v, double scale,
                          bool isCausal, Forward forward)
    {
        context->save_for_backward({q, k, v});
        context->saved_data["scale"] = scale;
        context->saved_data["causal"] = isCausal;
        return forward(q, k, v, static_cast<float>(scale));
    }

    static tensor_list backward(AutogradContext *context, const tensor_list &gradients)
    {
        const auto saved = context->get_saved_variables();
        const Tensor &q = saved[0];
        const Tensor &k = saved[1];
        const Tensor &v = saved[2];
        RECORD_FUNCTION("engine::attention_backward", std::vector<c10::IValue>({q, k, v}));
        Tensor out = gradients[0].to(q.scalar_type());
        if (out.stride(-1) != 1)
            out = out.contiguous();
        // [B, H, N, D] that is [B, N, H, D] in memory, as the projections before it want it
        const auto gradientOf = [](const Tensor &t) {
            return at::empty({t.size(0), t.size(2), t.size(1), t.size(3)}, t.options()).transpose(1, 2);
        };
        const Tensor dq = gradientOf(q);
        const Tensor dk = gradientOf(k);
        const Tensor dv = gradientOf(v);
        const auto data = [](const Tensor &t) { return static_cast<std::uint16_t *>(t.data_ptr()); };
        const kernels::AttentionGradientProblem problem{.q = data(q),
                                                        .k = data(k),
                                                        .v = data(v),
                                                        .outGradient = data(out),
                                                        .qGradient = data(dq),
                                                        .kGradient = data(dk),
                                                        .vGradient = data(dv),
                                                        .qAt = headsOf(q),
                                                        .kAt = headsOf(k),
                                                        .vAt = headsOf(v),
                                                        .outGradientAt = headsOf(out),
                                                        .qGradientAt = headsOf(dq),
                                                        .kGradientAt = headsOf(dk),
                                                        .vGradientAt = headsOf(dv),
                                                        .batch = q.size(0),
                                                        .heads = q.size(1),
                                                        .queries = q.size(2),
                                                        .keys = k.size(2),
                                                        .headDim = q.size(3),
                                                        .scale =
                                                            static_cast<float>(context->saved_data["scale"].toDouble()),
                                                        .isCausal = context->saved_data["causal"].toBool()};
        at::parallel_for(0, problem.batch * problem.heads, 1,
                         [&](int64_t begin, int64_t end) { kernels::attentionGradients(problem, begin, end); });
        return {dq, dk, dv, {}, {}, {}};
    }
};

} // namespace

bool hasAttentionGradient(const Tensor &q, const Tensor &k, const Tensor &v)
{
    const auto suits = [](const Tensor &t) {
        return t.is_cpu() && t.scalar_type() == torch::kBFloat16 && t.stride(-1) == 1;
    };
    return kernels::hasAmxBFloat16() && torch::GradMode::is_enabled() && q.size(-1) <= 256 && k.size(-2) > 0 &&
           k.size(-2) <= kernels::kMostGradientKeys && suits(q) && suits(k) && suits(v);
}

Tensor attendWithGradient(const Tensor &q, const Tensor &k, const Tensor &v, const TrainedAttention &how)
{
    return Attention::apply(q, k, v, static_cast<double>(how.scale), how.isCausal, how.forward);
}

} // namespace engine
