#pragma once

#include <cstdint>

namespace engine::kernels {

/// A batch of pictures in channels-last memory: [batch][pixels][channels].
struct GroupNormShape
{
    std::int64_t batch = 0;
    std::int64_t pixels = 0;
    std::int64_t channels = 0;
    std::int64_t groups = 1;
};

/// bfloat16 as it lies in memory: the upper half of a float32.
struct BFloat16
{
    std::uint16_t bits;
};

/// Group normalisation (Wu & He 2018, arXiv:1803.08494) and, if asked, SiLU behind it, in two passes over x.
/// LibTorch's own kernels take four times as long as the convolution beside them on channels-last bfloat16.
///
/// \param weight, bias  [channels]
/// \param mean, rstd    [batch][groups], written: what the backward pass needs
template <typename T>
void groupNormForward(const GroupNormShape &shape, const T *x, const float *weight, const float *bias, float eps,
                      bool silu, T *y, float *mean, float *rstd);

/// Gradients of groupNormForward.
///
/// \param dy       [batch][pixels][channels]   \param dx  the same, written
/// \param dWeight  [channels], written         \param dBias  [channels], written
template <typename T>
void groupNormBackward(const GroupNormShape &shape, const T *x, const T *dy, const float *weight, const float *bias,
                       bool silu, const float *mean, const float *rstd, T *dx, float *dWeight, float *dBias);

} // namespace engine::kernels
