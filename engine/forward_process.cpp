#include "engine/forward_process.h"

#include "engine/error.h"
#include "engine/schedule/noise_schedule.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

namespace engine {

namespace {

SchedulerConfig configOf(const ForwardOptions &options)
{
    SchedulerConfig config;
    config.trainTimesteps = options.steps;
    config.betaStart = options.betaStart;
    config.betaEnd = options.betaEnd;
    config.rescaleBetasZeroSnr = options.isZeroTerminal;
    switch (options.curve) {
    case NoiseCurve::Linear:
        config.betaSchedule = "linear";
        break;
    case NoiseCurve::ScaledLinear:
        config.betaSchedule = "scaled_linear";
        break;
    case NoiseCurve::Cosine:
        config.betaSchedule = "squaredcos_cap_v2";
        break;
    }
    return config;
}

/// xoshiro256++ (Blackman & Vigna 2021), started by splitmix64.
class Random
{
public:
    explicit Random(std::uint64_t seed)
    {
        for (std::uint64_t &word : m_state) {
            seed += 0x9E3779B97F4A7C15U;
            std::uint64_t z = seed;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
            word = z ^ (z >> 31);
        }
    }

    std::uint64_t next()
    {
        const std::uint64_t result = std::rotl(m_state[0] + m_state[3], 23) + m_state[0];
        const std::uint64_t shifted = m_state[1] << 17;
        m_state[2] ^= m_state[0];
        m_state[3] ^= m_state[1];
        m_state[1] ^= m_state[2];
        m_state[0] ^= m_state[3];
        m_state[2] ^= shifted;
        m_state[3] = std::rotl(m_state[3], 45);
        return result;
    }

    /// In (0, 1).
    double uniform() { return (double(next() >> 12) + 0.5) * 0x1p-52; }

private:
    std::array<std::uint64_t, 4> m_state = {};
};

/// The ziggurat: 256 layers of equal area under exp(-x^2 / 2).
struct Ziggurat
{
    static constexpr int kLayers = 256;
    static constexpr double kRight = 3.6541528853610088;
    static constexpr double kArea = 4.92867323399e-3;
    std::array<double, kLayers + 1> edge = {};   ///< right ends, falling from the widened base to 0
    std::array<double, kLayers + 1> height = {}; ///< exp(-edge^2 / 2)

    Ziggurat()
    {
        edge[0] = kArea / std::exp(-0.5 * kRight * kRight);
        edge[1] = kRight;
        for (int i = 2; i < kLayers; ++i) {
            const double below = edge[std::size_t(i - 1)];
            edge[std::size_t(i)] = std::sqrt(-2.0 * std::log(kArea / below + std::exp(-0.5 * below * below)));
        }
        edge[kLayers] = 0.0;
        for (std::size_t i = 0; i <= kLayers; ++i)
            height[i] = std::exp(-0.5 * edge[i] * edge[i]);
    }
};

double normal(Random &random, const Ziggurat &table)
{
    for (;;) {
        const std::uint64_t bits = random.next();
        const auto layer = std::size_t(bits & 0xFF);
        // 53 bits above the layer and the sign
        const double u = double(bits >> 11) * 0x1p-53;
        const double sign = bits & 0x100 ? -1.0 : 1.0;
        const double x = u * table.edge[layer];
        if (x < table.edge[layer + 1])
            return sign * x;
        if (layer == 0) { // the tail (Marsaglia 1964)
            for (;;) {
                const double a = -std::log(random.uniform()) / Ziggurat::kRight;
                const double b = -std::log(random.uniform());
                if (b + b > a * a)
                    return sign * (Ziggurat::kRight + a);
            }
        }
        const double y = std::lerp(table.height[layer], table.height[layer + 1], random.uniform());
        if (y < std::exp(-0.5 * x * x))
            return sign * x;
    }
}

void requireSameShape(const LatentArray &a, const LatentArray &b)
{
    if (a.channels != b.channels || a.height != b.height || a.width != b.width || a.values.size() != b.values.size())
        throw Error(ErrorKind::BadRequest, "noise", "picture and noise differ in shape");
}

/// -1..1 to 0..255, as a picture file has it: round(127.5 x + 127.5).
inline std::uint32_t level(float x)
{
    const float scaled = x * 127.5F + 128.0F;
    return std::uint32_t(std::int32_t(std::min(std::max(scaled, 0.0F), 255.0F)));
}

} // namespace

std::string problemOf(const ForwardOptions &options)
{
    if (options.steps < 2)
        return "A schedule has at least 2 steps.";
    if (options.curve == NoiseCurve::Cosine)
        return {};
    if (!(options.betaStart > 0.0) || !(options.betaEnd > 0.0) || !(options.betaStart < 1.0) ||
        !(options.betaEnd < 1.0))
        return "Both ends of beta lie between 0 and 1.";
    if (options.betaStart > options.betaEnd)
        return "Beta does not fall: the first value is at most the second.";
    double kept = 0.0; // log of alpha-bar at the end: what is below the smallest double makes no sigma
    for (const double beta : betasOf(configOf(options)))
        kept += std::log1p(-beta);
    if (kept < -60.0 && !options.isZeroTerminal)
        return "This range removes the picture long before the end; choose a smaller last value.";
    if (kept < -600.0)
        return "This range removes the picture long before the end; choose a smaller last value.";
    return {};
}

ForwardProcess::ForwardProcess(const ForwardOptions &options)
{
    if (const std::string problem = problemOf(options); !problem.empty())
        throw Error(ErrorKind::NotSupported, "schedule", problem);
    m_alphaBars = NoiseSchedule(configOf(options)).alphasCumprod();
}

double ForwardProcess::alphaBar(int t) const
{
    return m_alphaBars[std::size_t(std::clamp(t, 0, size() - 1))];
}

double ForwardProcess::signal(int t) const
{
    return std::sqrt(alphaBar(t));
}

double ForwardProcess::noise(int t) const
{
    return std::sqrt(1.0 - alphaBar(t));
}

double ForwardProcess::snrDb(int t) const
{
    const double kept = alphaBar(t);
    return 10.0 * std::log10(kept / (1.0 - kept));
}

double ForwardProcess::sigma(int t) const
{
    const double kept = alphaBar(t);
    return std::sqrt((1.0 - kept) / kept);
}

LatentArray gaussianNoise(int channels, int height, int width, std::uint64_t seed)
{
    static const Ziggurat table;
    LatentArray result{channels, height, width, {}};
    result.values.resize(std::size_t(channels) * std::size_t(height) * std::size_t(width));
    Random random(seed);
    for (float &value : result.values)
        value = float(normal(random, table));
    return result;
}

LatentArray pictureArray(const Image &picture)
{
    LatentArray result{3, picture.height, picture.width, {}};
    const std::size_t count = std::size_t(picture.height) * std::size_t(picture.width);
    result.values.resize(3 * count);
    const auto channels = std::size_t(picture.channels);
    for (std::size_t i = 0; i < count; ++i) {
        const std::uint8_t *pixel = &picture.pixels[i * channels];
        for (std::size_t c = 0; c < 3; ++c) {
            float value = float(pixel[channels >= 3 ? c : 0]);
            if (channels == 4)
                value = 255.0F + (value - 255.0F) * float(pixel[3]) / 255.0F;
            result.values[c * count + i] = value / 127.5F - 1.0F;
        }
    }
    return result;
}

Image pictureOf(const LatentArray &array)
{
    Image picture{array.width, array.height, 3, {}};
    const std::size_t count = std::size_t(array.height) * std::size_t(array.width);
    picture.pixels.resize(3 * count);
    const std::size_t stride = array.channels >= 3 ? count : 0;
    for (std::size_t i = 0; i < count; ++i) {
        for (std::size_t c = 0; c < 3; ++c)
            picture.pixels[3 * i + c] = std::uint8_t(level(array.values[c * stride + i]));
    }
    return picture;
}

void addNoise(const LatentArray &clean, const LatentArray &eps, double signal, double noise, LatentArray &result)
{
    requireSameShape(clean, eps);
    result.channels = clean.channels;
    result.height = clean.height;
    result.width = clean.width;
    result.values.resize(clean.values.size());
    const float a = float(signal);
    const float b = float(noise);
    const float *x = clean.values.data();
    const float *e = eps.values.data();
    float *to = result.values.data();
    const std::size_t count = clean.values.size();
    for (std::size_t i = 0; i < count; ++i)
        to[i] = a * x[i] + b * e[i];
}

void noisyPixels(const LatentArray &clean, const LatentArray &eps, double signal, double noise, std::uint32_t *pixels)
{
    requireSameShape(clean, eps);
    const float a = float(signal);
    const float b = float(noise);
    const std::size_t count = std::size_t(clean.height) * std::size_t(clean.width);
    const std::size_t stride = clean.channels >= 3 ? count : 0;
    const float *x = clean.values.data();
    const float *e = eps.values.data();
    for (std::size_t i = 0; i < count; ++i) {
        const std::uint32_t red = level(a * x[i] + b * e[i]);
        const std::uint32_t green = level(a * x[i + stride] + b * e[i + stride]);
        const std::uint32_t blue = level(a * x[i + 2 * stride] + b * e[i + 2 * stride]);
        pixels[i] = 0xFF000000U | red << 16 | green << 8 | blue;
    }
}

void mappedPixels(const LatentArray &latent, const LatentMap &map, std::uint32_t *pixels)
{
    const std::size_t count = std::size_t(latent.height) * std::size_t(latent.width);
    const auto channels = std::size_t(latent.channels);
    if (map.factors.size() < 3 * channels || map.bias.size() < 3)
        throw Error(ErrorKind::BadRequest, "latent", "the linear map has another number of channels");
    for (std::size_t i = 0; i < count; ++i) {
        float rgb[3] = {map.bias[0], map.bias[1], map.bias[2]};
        for (std::size_t c = 0; c < channels; ++c) {
            const float value = latent.values[c * count + i];
            for (std::size_t k = 0; k < 3; ++k)
                rgb[k] += map.factors[3 * c + k] * value;
        }
        pixels[i] = 0xFF000000U | level(rgb[0]) << 16 | level(rgb[1]) << 8 | level(rgb[2]);
    }
}

double PairMoments::mean(double signal, double noise) const
{
    return signal * meanClean + noise * meanNoise;
}

double PairMoments::variance(double signal, double noise) const
{
    return signal * signal * varianceClean + noise * noise * varianceNoise + 2.0 * signal * noise * covariance;
}

double PairMoments::correlation() const
{
    const double product = varianceClean * varianceNoise;
    return product > 0.0 ? covariance / std::sqrt(product) : 0.0;
}

PairMoments momentsOf(const LatentArray &clean, const LatentArray &eps)
{
    requireSameShape(clean, eps);
    PairMoments moments;
    const auto count = double(std::max<std::size_t>(1, clean.values.size()));
    for (std::size_t i = 0; i < clean.values.size(); ++i) {
        moments.meanClean += double(clean.values[i]);
        moments.meanNoise += double(eps.values[i]);
    }
    moments.meanClean /= count;
    moments.meanNoise /= count;
    for (std::size_t i = 0; i < clean.values.size(); ++i) {
        const double x = double(clean.values[i]) - moments.meanClean;
        const double e = double(eps.values[i]) - moments.meanNoise;
        moments.varianceClean += x * x;
        moments.varianceNoise += e * e;
        moments.covariance += x * e;
    }
    moments.varianceClean /= count;
    moments.varianceNoise /= count;
    moments.covariance /= count;
    return moments;
}

double meanSquaredError(const LatentArray &a, const LatentArray &b)
{
    requireSameShape(a, b);
    double sum = 0.0;
    for (std::size_t i = 0; i < a.values.size(); ++i) {
        const double difference = double(a.values[i]) - double(b.values[i]);
        sum += difference * difference;
    }
    return sum / double(std::max<std::size_t>(1, a.values.size()));
}

void densityOf(const LatentArray &clean, const LatentArray &eps, double signal, double noise, double from, double to,
               int bins, std::vector<double> &density)
{
    requireSameShape(clean, eps);
    constexpr std::size_t kEnough = 100'000;
    // An odd stride, so that all columns take part in pictures of even width.
    const std::size_t stride = std::max<std::size_t>(1, clean.values.size() / kEnough) | 1;
    const float a = float(signal);
    const float b = float(noise);
    const float scale = float(bins / (to - from));
    const float origin = float(-from) * scale;
    // One more part at each end for what lies outside.
    std::vector<std::uint32_t> counts(std::size_t(bins) + 2, 0);
    std::size_t total = 0;
    for (std::size_t i = 0; i < clean.values.size(); i += stride) {
        const float place = (a * clean.values[i] + b * eps.values[i]) * scale + origin;
        const int bin = int(std::min(std::max(place + 1.0F, 0.0F), float(bins) + 1.0F));
        ++counts[std::size_t(bin)];
        ++total;
    }
    density.assign(std::size_t(bins), 0.0);
    const double unit = total > 0 ? double(bins) / (to - from) / double(total) : 0.0;
    for (int i = 0; i < bins; ++i)
        density[std::size_t(i)] = double(counts[std::size_t(i) + 1]) * unit;
}

} // namespace engine
