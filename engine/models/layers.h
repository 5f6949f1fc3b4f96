#pragma once

#include "engine/models/packed_weight.h"

#include <torch/torch.h>

#include <cstdint>
#include <vector>

namespace engine {

namespace nn = torch::nn;

/// While one lives on this thread, new layers get placeholders of the right shape instead of memory and random
/// numbers: constructing SDXL's 2.6 billion parameters then takes milliseconds. loadInto() must follow.
class SkipWeightInit
{
public:
    SkipWeightInit();
    ~SkipWeightInit();
    SkipWeightInit(const SkipWeightInit &) = delete;
    SkipWeightInit &operator=(const SkipWeightInit &) = delete;

    [[nodiscard]] static bool isActive();

private:
    bool m_outer;
};

/// An uninitialised parameter, or a placeholder without memory while SkipWeightInit is active.
torch::Tensor makeParameter(torch::IntArrayRef shape);

struct Conv2dOptions
{
    int64_t in = 0;
    int64_t out = 0;
    int64_t kernel = 3;
    int64_t stride = 1;
    int64_t padding = 1;
    bool bias = true;
};

/// A low-rank change of a layer that is being trained (Hu et al. 2021, arXiv:2106.09685): the layer gives
/// scale * up(down(x)) more. Undefined tensors: no change.
struct LowRankChange
{
    torch::Tensor down; ///< [rank, in]; of a 1x1 convolution [rank, in, 1, 1]
    torch::Tensor up;   ///< [out, rank]; of a 1x1 convolution [out, rank, 1, 1]
    double scale = 1.0;
};

/// 2-D convolution, [B, in, H, W] -> [B, out, H', W']. Default init as PyTorch's (Kaiming uniform, a = sqrt 5).
class Conv2dImpl : public nn::Module
{
public:
    explicit Conv2dImpl(const Conv2dOptions &options);

    torch::Tensor forward(const torch::Tensor &x);
    /// forward(x) + addend, in one pass where that is possible. `addend` has the output's shape.
    torch::Tensor forwardAdd(const torch::Tensor &x, const torch::Tensor &addend);

    /// See keepPlainWeights().
    void keepPlainWeight(bool keeps);

    torch::Tensor weight;
    torch::Tensor bias;
    LowRankChange adapter = {}; ///< of 1x1 convolutions only

private:
    torch::Tensor run(const torch::Tensor &x, const torch::Tensor &addend);

    Conv2dOptions m_options;
    PackedWeight m_packed;
};
TORCH_MODULE(Conv2d);

/// Affine map of the last dimension. Default init as PyTorch's.
class LinearImpl : public nn::Module
{
public:
    LinearImpl(int64_t in, int64_t out, bool withBias = true);

    torch::Tensor forward(const torch::Tensor &x);
    /// forward(x) + addend, in one pass where that is possible. `addend` has the output's shape.
    torch::Tensor forwardAdd(const torch::Tensor &x, const torch::Tensor &addend);

    /// See keepPlainWeights().
    void keepPlainWeight(bool keeps);

    torch::Tensor weight;
    torch::Tensor bias;
    LowRankChange adapter = {};

private:
    torch::Tensor run(const torch::Tensor &x, const torch::Tensor &addend);

    PackedWeight m_packed;
};
TORCH_MODULE(Linear);

/// Group normalisation over [B, C, ...] (Wu and He 2018). Starts as weight 1, bias 0.
class GroupNormImpl : public nn::Module
{
public:
    GroupNormImpl(int64_t groups, int64_t channels, double eps);

    torch::Tensor forward(const torch::Tensor &x);
    /// silu(forward(x)), in one pass where that is possible.
    torch::Tensor forwardSilu(const torch::Tensor &x);

    torch::Tensor weight;
    torch::Tensor bias;

private:
    int64_t m_groups;
    double m_eps;
};
TORCH_MODULE(GroupNorm);

/// Layer normalisation of the last dimension. Starts as weight 1, bias 0.
class LayerNormImpl : public nn::Module
{
public:
    explicit LayerNormImpl(int64_t width, double eps = 1e-5);

    torch::Tensor forward(const torch::Tensor &x);

    torch::Tensor weight;
    torch::Tensor bias;

private:
    double m_eps;
};
TORCH_MODULE(LayerNorm);

/// Table of vectors, [count, width]; starts normal with deviation `deviation`.
class EmbeddingImpl : public nn::Module
{
public:
    EmbeddingImpl(int64_t count, int64_t width, double deviation = 1.0);

    /// \param ids int64, any shape   \return [..., width]
    torch::Tensor forward(const torch::Tensor &ids);

    torch::Tensor weight;
};
TORCH_MODULE(Embedding);

/// False: the module only infers from now on, and its layers keep their weights only in the order that the fastest
/// kernels read (half the memory); parameters then read as NaN. True: all weights are back in their plain order.
void keepPlainWeights(nn::Module &module, bool keeps);

/// Nearest-neighbour enlargement of [B, C, H, W] to `height` x `width`.
torch::Tensor upsampleNearest(const torch::Tensor &x, int64_t height, int64_t width);

/// gelu(gate) * value, where x = [..., value | gate] (Shazeer 2020). \return [..., half the width]
torch::Tensor geglu(const torch::Tensor &x);

} // namespace engine
