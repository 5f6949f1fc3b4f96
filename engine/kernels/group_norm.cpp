#include "engine/kernels/group_norm.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <type_traits>
#include <vector>

namespace engine::kernels {

namespace {

constexpr std::int64_t kRows = 128; ///< pixels that one task takes

inline __attribute__((always_inline)) float load(float value)
{
    return value;
}

inline __attribute__((always_inline)) float load(BFloat16 value)
{
    return __builtin_bit_cast(float, static_cast<std::uint32_t>(value.bits) << 16);
}

inline __attribute__((always_inline)) void store(float &to, float value)
{
    to = value;
}

/// Rounds to the nearest, ties to even.
inline __attribute__((always_inline)) void store(BFloat16 &to, float value)
{
    const auto bits = __builtin_bit_cast(std::uint32_t, value);
    to.bits = static_cast<std::uint16_t>((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
}

/// exp(x), relative error below 1e-6: 2^n from the exponent bits, the rest by its series to the sixth power.
inline __attribute__((always_inline)) float fastExp(float x)
{
    x = x < -87.0F ? -87.0F : x > 87.0F ? 87.0F : x;
    const float shifted = x * 1.44269504F + 12582912.0F; // 1.5 * 2^23: rounds to the nearest whole number
    const float n = shifted - 12582912.0F;
    const float r = (x - n * 0.693359375F) + n * 2.12194440e-4F; // x - n ln 2, in two parts
    const float p =
        1.0F +
        r * (1.0F + r * (0.5F + r * (0.166666667F + r * (0.0416666667F + r * (0.00833333333F + r * 0.00138888889F)))));
    const std::uint32_t exponent = (__builtin_bit_cast(std::uint32_t, shifted) + 127U) << 23;
    return p * __builtin_bit_cast(float, exponent);
}

inline __attribute__((always_inline)) float sigmoid(float x)
{
    return 1.0F / (1.0F + fastExp(-x));
}

/// What normalises one picture, spread over its channels: x_hat = x * rstd + shift, z = x_hat * weight + bias.
struct NormRow
{
    const float *rstd;
    const float *shift; // -mean * rstd
    const float *weight;
    const float *bias;
};

template <typename T>
struct Strips
{
    void (*sum)(const T *, std::int64_t, std::int64_t, const float *, float *, float *);
    void (*apply)(const T *, std::int64_t, std::int64_t, const float *, const float *, bool, T *);
    void (*gradientSums)(const T *, const T *, std::int64_t, std::int64_t, const NormRow &, bool, float *, float *);
    void (*applyGradient)(const T *, const T *, std::int64_t, std::int64_t, const NormRow &, const float *,
                          const float *, bool, T *);
};

namespace plain_float {
using T = float;
#include "engine/kernels/group_norm_strips.inl"
} // namespace plain_float
namespace plain_bfloat16 {
using T = BFloat16;
#include "engine/kernels/group_norm_strips.inl"
} // namespace plain_bfloat16

#pragma GCC push_options
#pragma GCC target("avx2,fma")
namespace avx2_float {
using T = float;
#include "engine/kernels/group_norm_strips.inl"
} // namespace avx2_float
namespace avx2_bfloat16 {
using T = BFloat16;
#include "engine/kernels/group_norm_strips.inl"
} // namespace avx2_bfloat16
#pragma GCC pop_options

#pragma GCC push_options
#pragma GCC target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma,prefer-vector-width=512")
namespace avx512_float {
using T = float;
#include "engine/kernels/group_norm_strips.inl"
} // namespace avx512_float
namespace avx512_bfloat16 {
using T = BFloat16;
#include "engine/kernels/group_norm_strips.inl"
} // namespace avx512_bfloat16
#pragma GCC pop_options

template <typename T>
const Strips<T> &strips()
{
    static const bool has512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                               __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
    static const bool has256 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    if constexpr (std::is_same_v<T, float>)
        return has512 ? avx512_float::kStrips : has256 ? avx2_float::kStrips : plain_float::kStrips;
    else
        return has512 ? avx512_bfloat16::kStrips : has256 ? avx2_bfloat16::kStrips : plain_bfloat16::kStrips;
}

/// Runs work(picture, task, firstRow, rows) for every strip of kRows pixels of every picture, in parallel.
template <typename Work>
void forStrips(const GroupNormShape &shape, const Work &work)
{
    const std::int64_t tasks = (shape.pixels + kRows - 1) / kRows;
#pragma omp parallel for schedule(static)
    for (std::int64_t i = 0; i < shape.batch * tasks; ++i) {
        const std::int64_t task = i % tasks;
        work(i / tasks, task, task * kRows, std::min(kRows, shape.pixels - task * kRows));
    }
}

/// Per picture and channel: 1 / sigma and -mean / sigma of its group.
struct Spread
{
    std::vector<float> rstd;
    std::vector<float> shift;
};

Spread spread(const GroupNormShape &shape, const float *mean, const float *rstd)
{
    Spread result{std::vector<float>(shape.batch * shape.channels), std::vector<float>(shape.batch * shape.channels)};
    const std::int64_t width = shape.channels / shape.groups;
    for (std::int64_t n = 0; n < shape.batch; ++n) {
        for (std::int64_t c = 0; c < shape.channels; ++c) {
            const std::int64_t group = n * shape.groups + c / width;
            result.rstd[n * shape.channels + c] = rstd[group];
            result.shift[n * shape.channels + c] = -mean[group] * rstd[group];
        }
    }
    return result;
}

} // namespace

template <typename T>
void groupNormForward(const GroupNormShape &shape, const T *x, const float *weight, const float *bias, float eps,
                      bool silu, T *y, float *mean, float *rstd)
{
    const Strips<T> &strip = strips<T>();
    const std::int64_t channels = shape.channels;
    const std::int64_t width = channels / shape.groups;
    const std::int64_t tasks = (shape.pixels + kRows - 1) / kRows;
    // Sums about each channel's first value, so that squares do not cancel where the mean is large.
    std::vector<float> first(shape.batch * channels);
    for (std::int64_t n = 0; n < shape.batch; ++n) {
        for (std::int64_t c = 0; c < channels; ++c)
            first[n * channels + c] = load(x[n * shape.pixels * channels + c]);
    }
    std::vector<float> sums(shape.batch * tasks * 2 * channels, 0.0F);
    forStrips(shape, [&](std::int64_t n, std::int64_t task, std::int64_t row, std::int64_t rows) {
        float *sum = sums.data() + (n * tasks + task) * 2 * channels;
        strip.sum(x + (n * shape.pixels + row) * channels, rows, channels, first.data() + n * channels, sum,
                  sum + channels);
    });

    std::vector<float> scale(shape.batch * channels);
    std::vector<float> offset(shape.batch * channels);
    const auto pixels = static_cast<double>(shape.pixels);
    for (std::int64_t n = 0; n < shape.batch; ++n) {
        for (std::int64_t g = 0; g < shape.groups; ++g) {
            double total = 0;
            double squares = 0; // about the group's channels' means
            std::vector<double> means(width);
            for (std::int64_t k = 0; k < width; ++k) {
                const std::int64_t c = g * width + k;
                double sum = 0;
                double square = 0;
                for (std::int64_t task = 0; task < tasks; ++task) {
                    const float *part = sums.data() + (n * tasks + task) * 2 * channels;
                    sum += part[c];
                    square += part[channels + c];
                }
                squares += square - sum * sum / pixels;
                means[k] = first[n * channels + c] + sum / pixels;
                total += means[k];
            }
            const double groupMean = total / static_cast<double>(width);
            for (const double channelMean : means)
                squares += pixels * (channelMean - groupMean) * (channelMean - groupMean);
            const double variance = std::max(0.0, squares / (pixels * static_cast<double>(width)));
            const double inverse = 1.0 / std::sqrt(variance + eps);
            mean[n * shape.groups + g] = static_cast<float>(groupMean);
            rstd[n * shape.groups + g] = static_cast<float>(inverse);
            for (std::int64_t c = g * width; c < (g + 1) * width; ++c) {
                scale[n * channels + c] = static_cast<float>(inverse * weight[c]);
                offset[n * channels + c] = static_cast<float>(bias[c] - groupMean * inverse * weight[c]);
            }
        }
    }
    forStrips(shape, [&](std::int64_t n, std::int64_t, std::int64_t row, std::int64_t rows) {
        const std::int64_t at = (n * shape.pixels + row) * channels;
        strip.apply(x + at, rows, channels, scale.data() + n * channels, offset.data() + n * channels, silu, y + at);
    });
}

template <typename T>
void groupNormBackward(const GroupNormShape &shape, const T *x, const T *dy, const float *weight, const float *bias,
                       bool silu, const float *mean, const float *rstd, T *dx, float *dWeight, float *dBias)
{
    const Strips<T> &strip = strips<T>();
    const std::int64_t channels = shape.channels;
    const std::int64_t width = channels / shape.groups;
    const std::int64_t tasks = (shape.pixels + kRows - 1) / kRows;
    const Spread norm = spread(shape, mean, rstd);
    const auto rowOf = [&](std::int64_t n) {
        return NormRow{norm.rstd.data() + n * channels, norm.shift.data() + n * channels, weight, bias};
    };
    std::vector<float> sums(shape.batch * tasks * 2 * channels, 0.0F);
    forStrips(shape, [&](std::int64_t n, std::int64_t task, std::int64_t row, std::int64_t rows) {
        const std::int64_t at = (n * shape.pixels + row) * channels;
        float *sum = sums.data() + (n * tasks + task) * 2 * channels;
        strip.gradientSums(x + at, dy + at, rows, channels, rowOf(n), silu, sum, sum + channels);
    });

    std::vector<double> weightSums(channels, 0.0);
    std::vector<double> biasSums(channels, 0.0);
    std::vector<float> a(shape.batch * channels);
    std::vector<float> b(shape.batch * channels);
    const double count = static_cast<double>(shape.pixels) * static_cast<double>(width);
    for (std::int64_t n = 0; n < shape.batch; ++n) {
        for (std::int64_t g = 0; g < shape.groups; ++g) {
            double groupSum = 0;
            double groupHat = 0;
            for (std::int64_t c = g * width; c < (g + 1) * width; ++c) {
                double sum = 0;
                double hat = 0;
                for (std::int64_t task = 0; task < tasks; ++task) {
                    const float *part = sums.data() + (n * tasks + task) * 2 * channels;
                    sum += part[c];
                    hat += part[channels + c];
                }
                biasSums[c] += sum;
                weightSums[c] += hat;
                groupSum += sum * weight[c];
                groupHat += hat * weight[c];
            }
            for (std::int64_t c = g * width; c < (g + 1) * width; ++c) {
                a[n * channels + c] = static_cast<float>(groupSum / count);
                b[n * channels + c] = static_cast<float>(groupHat / count);
            }
        }
    }
    for (std::int64_t c = 0; c < channels; ++c) {
        dWeight[c] = static_cast<float>(weightSums[c]);
        dBias[c] = static_cast<float>(biasSums[c]);
    }
    forStrips(shape, [&](std::int64_t n, std::int64_t, std::int64_t row, std::int64_t rows) {
        const std::int64_t at = (n * shape.pixels + row) * channels;
        strip.applyGradient(x + at, dy + at, rows, channels, rowOf(n), a.data() + n * channels, b.data() + n * channels,
                            silu, dx + at);
    });
}

template void groupNormForward(const GroupNormShape &, const float *, const float *, const float *, float, bool,
                               float *, float *, float *);
template void groupNormForward(const GroupNormShape &, const BFloat16 *, const float *, const float *, float, bool,
                               BFloat16 *, float *, float *);
template void groupNormBackward(const GroupNormShape &, const float *, const float *, const float *, const float *,
                                bool, const float *, const float *, float *, float *, float *);
template void groupNormBackward(const GroupNormShape &, const BFloat16 *, const BFloat16 *, const float *,
                                const float *, bool, const float *, const float *, BFloat16 *, float *, float *);

} // namespace engine::kernels
