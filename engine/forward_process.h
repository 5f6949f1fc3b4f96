#pragma once

#include "engine/image.h"
#include "engine/trajectory.h"

#include <cstdint>
#include <string>
#include <vector>

namespace engine {

enum class NoiseCurve { Linear, ScaledLinear, Cosine };

/// A noise schedule as a person chooses it.
struct ForwardOptions
{
    NoiseCurve curve = NoiseCurve::Linear;
    double betaStart = 1e-4; ///< not used by Cosine
    double betaEnd = 0.02;
    bool isZeroTerminal = false; ///< rescaled so that the last step keeps nothing (Lin et al. 2023, arXiv:2305.08891)
    int steps = 1000;

    bool operator==(const ForwardOptions &) const = default;
};

/// What is wrong with a choice, English, one sentence; empty if it makes a schedule.
[[nodiscard]] std::string problemOf(const ForwardOptions &options);

/// The forward process q(x_t | x_0) = N(sqrt(alpha_bar_t) x_0, (1 - alpha_bar_t) I) (Ho et al. 2020, arXiv:2006.11239,
/// equation 4). t counts from 0; t = 0 is the first noisy step, as in checkpoints.
class ForwardProcess
{
public:
    /// \throws Error{NotSupported} where problemOf() says something
    explicit ForwardProcess(const ForwardOptions &options = {});

    [[nodiscard]] int size() const { return int(m_alphaBars.size()); }
    [[nodiscard]] const std::vector<double> &alphaBars() const { return m_alphaBars; }
    [[nodiscard]] double alphaBar(int t) const;
    [[nodiscard]] double signal(int t) const; ///< sqrt(alpha_bar): factor of the picture
    [[nodiscard]] double noise(int t) const;  ///< sqrt(1 - alpha_bar): factor of the noise
    [[nodiscard]] double snrDb(int t) const;  ///< 10 log10(alpha_bar / (1 - alpha_bar))
    [[nodiscard]] double sigma(int t) const;  ///< sqrt((1 - alpha_bar) / alpha_bar)

private:
    std::vector<double> m_alphaBars;
};

/// Standard normal numbers: the same seed gives the same numbers on every machine (xoshiro256++ and the ziggurat of
/// Marsaglia & Tsang 2000).
[[nodiscard]] LatentArray gaussianNoise(int channels, int height, int width, std::uint64_t seed);

/// A picture as [3, H, W] in -1..1; grey becomes colour, transparent parts white.
[[nodiscard]] LatentArray pictureArray(const Image &picture);
/// [3, H, W] (or [1, H, W]) in -1..1 as 8-bit RGB; what lies outside is clamped.
[[nodiscard]] Image pictureOf(const LatentArray &array);

/// x_t = signal * clean + noise * eps. `result` keeps its memory between calls of one size.
void addNoise(const LatentArray &clean, const LatentArray &eps, double signal, double noise, LatentArray &result);

/// The same of a picture [3, H, W], straight to screen pixels 0xffRRGGBB, H * W of them.
void noisyPixels(const LatentArray &clean, const LatentArray &eps, double signal, double noise, std::uint32_t *pixels);
/// A latent through its linear map to screen pixels, one a cell. With an identity map: of pictures.
void mappedPixels(const LatentArray &latent, const LatentMap &map, std::uint32_t *pixels);

/// Mean, variance and covariance of two arrays: those of every mixture of them follow.
struct PairMoments
{
    double meanClean = 0.0;
    double meanNoise = 0.0;
    double varianceClean = 0.0;
    double varianceNoise = 0.0;
    double covariance = 0.0;

    [[nodiscard]] double mean(double signal, double noise) const;
    [[nodiscard]] double variance(double signal, double noise) const;
    [[nodiscard]] double correlation() const;
};
[[nodiscard]] PairMoments momentsOf(const LatentArray &clean, const LatentArray &eps);
/// Mean of (a - b)^2.
[[nodiscard]] double meanSquaredError(const LatentArray &a, const LatentArray &b);

/// Shares of the values of signal * clean + noise * eps in `bins` equal parts of [from, to), as a density (their sum
/// times the width of a part is the share that lies inside). Of large arrays every n-th value is counted, at least
/// 100,000 of them.
void densityOf(const LatentArray &clean, const LatentArray &eps, double signal, double noise, double from, double to,
               int bins, std::vector<double> &density);

} // namespace engine
