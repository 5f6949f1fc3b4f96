// The loops of group_norm.cpp over some rows (pixels) of one picture, [rows][channels]; included there once for each
// element type T and instruction set, so that the compiler vectorises them for each. No two pointers overlap: hence the ivdep.

/// Sums of (x - shift) and of its square, added to sum and squares, each [channels].
static void sumStrip(const T *x, std::int64_t rows, std::int64_t channels, const float *shift, float *sum, float *squares)
{
    for (std::int64_t row = 0; row < rows; ++row) {
        const T *line = x + row * channels;
#pragma GCC ivdep
        for (std::int64_t c = 0; c < channels; ++c) {
            const float v = load(line[c]) - shift[c];
            sum[c] += v;
            squares[c] += v * v;
        }
    }
}

/// y = x * scale + offset, per channel, and SiLU of it.
static void applyStrip(const T *x, std::int64_t rows, std::int64_t channels, const float *scale, const float *offset, bool silu, T *y)
{
    for (std::int64_t row = 0; row < rows; ++row) {
        const T *from = x + row * channels;
        T *to = y + row * channels;
        if (silu) {
#pragma GCC ivdep
            for (std::int64_t c = 0; c < channels; ++c) {
                const float z = load(from[c]) * scale[c] + offset[c];
                store(to[c], z * sigmoid(z));
            }
        } else {
#pragma GCC ivdep
            for (std::int64_t c = 0; c < channels; ++c)
                store(to[c], load(from[c]) * scale[c] + offset[c]);
        }
    }
}

/// Sums of dz and of dz * x_hat, [channels] each, where z is the input of SiLU (or y itself).
static void gradientSums(const T *x, const T *dy, std::int64_t rows, std::int64_t channels, const NormRow &norm, bool silu, float *sum,
                         float *sumHat)
{
    const float *rstd = norm.rstd, *shift = norm.shift, *weight = norm.weight, *bias = norm.bias;
    for (std::int64_t row = 0; row < rows; ++row) {
        const T *from = x + row * channels;
        const T *gradient = dy + row * channels;
#pragma GCC ivdep
        for (std::int64_t c = 0; c < channels; ++c) {
            const float hat = load(from[c]) * rstd[c] + shift[c];
            const float z = hat * weight[c] + bias[c];
            const float s = sigmoid(z);
            const float dz = load(gradient[c]) * (silu ? s * (1.0F + z * (1.0F - s)) : 1.0F);
            sum[c] += dz;
            sumHat[c] += dz * hat;
        }
    }
}

/// dx = (dz * weight - a - x_hat * b) * rstd, with a and b of the channel's group.
static void applyGradient(const T *x, const T *dy, std::int64_t rows, std::int64_t channels, const NormRow &norm, const float *a,
                          const float *b, bool silu, T *dx)
{
    const float *rstd = norm.rstd, *shift = norm.shift, *weight = norm.weight, *bias = norm.bias;
    for (std::int64_t row = 0; row < rows; ++row) {
        const T *from = x + row * channels;
        const T *gradient = dy + row * channels;
        T *to = dx + row * channels;
#pragma GCC ivdep
        for (std::int64_t c = 0; c < channels; ++c) {
            const float hat = load(from[c]) * rstd[c] + shift[c];
            const float z = hat * weight[c] + bias[c];
            const float s = sigmoid(z);
            const float dz = load(gradient[c]) * (silu ? s * (1.0F + z * (1.0F - s)) : 1.0F);
            store(to[c], (dz * weight[c] - a[c] - hat * b[c]) * rstd[c]);
        }
    }
}

static constexpr Strips<T> kStrips = {sumStrip, applyStrip, gradientSums, applyGradient};
