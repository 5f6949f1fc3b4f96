#pragma once

#include <torch/torch.h>

namespace engine {

struct GroupNormOptions
{
    int64_t groups = 32;
    double eps = 1e-5;
    bool silu = false; ///< SiLU behind the norm
};

/// Group normalisation of x [B, C, H, W], with gradients. Channels-last float32 and bfloat16 on the CPU run in our own
/// fused kernel, everything else in LibTorch's.
///
/// \param weight, bias  [C], x's dtype or float32
torch::Tensor groupNorm(const torch::Tensor &x, const torch::Tensor &weight, const torch::Tensor &bias,
                        const GroupNormOptions &options);

} // namespace engine
