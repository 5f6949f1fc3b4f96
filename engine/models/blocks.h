#pragma once

#include "engine/models/layers.h"

namespace engine {

/// Sinusoid of a time step (Ho et al. 2020, after Vaswani et al. 2017).
struct SinusoidOptions
{
    int64_t width = 320;
    bool cosFirst = true;   ///< diffusers: flip_sin_to_cos
    double freqShift = 0.0; ///< diffusers: freq_shift
};

/// \param t [N], any real   \return [N, width] float32 on t's device
torch::Tensor sinusoid(const torch::Tensor &t, const SinusoidOptions &options);

/// linear, SiLU, linear; `condDim` > 0: plus a bias-free linear map of a condition, added to the input.
class TimestepEmbeddingImpl : public nn::Module
{
public:
    TimestepEmbeddingImpl(int64_t in, int64_t width, int64_t condDim = 0);

    torch::Tensor forward(torch::Tensor x, const torch::Tensor &cond = {});

private:
    Linear linear_1, cond_proj{nullptr}, linear_2{nullptr};
};
TORCH_MODULE(TimestepEmbedding);

struct ResnetOptions
{
    int64_t in = 0;
    int64_t out = 0;
    int64_t timeDim = 0; ///< 0: takes no time embedding
    int64_t groups = 32;
    double eps = 1e-5;
    bool scaleShift = false; ///< the time embedding scales and shifts the second norm instead of being added
};

/// norm, SiLU, conv (+ time), norm, SiLU, conv, + shortcut. [B, in, H, W] -> [B, out, H, W]
class ResnetBlockImpl : public nn::Module
{
public:
    explicit ResnetBlockImpl(const ResnetOptions &options);

    /// \param time [B, timeDim], SiLU already applied; undefined where timeDim is 0
    torch::Tensor forward(const torch::Tensor &x, const torch::Tensor &time = {});

private:
    bool m_scaleShift;
    GroupNorm norm1;
    Conv2d conv1;
    Linear time_emb_proj{nullptr};
    GroupNorm norm2{nullptr};
    Conv2d conv2{nullptr};
    Conv2d conv_shortcut{nullptr};
};
TORCH_MODULE(ResnetBlock);

/// Convolution with stride 2. `padding` 0: pads right and below by one first.
class DownsampleImpl : public nn::Module
{
public:
    DownsampleImpl(int64_t channels, int64_t padding);

    torch::Tensor forward(const torch::Tensor &x);

private:
    bool m_padsRightAndBelow;
    Conv2d conv;
};
TORCH_MODULE(Downsample);

/// Nearest-neighbour enlargement, then a 3x3 convolution.
class UpsampleImpl : public nn::Module
{
public:
    explicit UpsampleImpl(int64_t channels);

    /// To twice the size, or to `height` x `width` where these are given.
    torch::Tensor forward(const torch::Tensor &x, int64_t height = 0, int64_t width = 0);

private:
    Conv2d conv;
};
TORCH_MODULE(Upsample);

} // namespace engine
