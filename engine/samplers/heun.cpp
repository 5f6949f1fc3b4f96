#include "engine/samplers/levels.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace engine {

namespace {

/// One step of Heun's method. `denoised` is what the last call of the denoiser gave.
torch::Tensor heunStep(const SamplerInput &in, const torch::Tensor &x, double sigma, double sigmaNext,
                       torch::Tensor &denoised)
{
    denoised = in.denoise(x, sigma);
    if (sigmaNext == 0.0)
        return denoised;
    const torch::Tensor d = slope(x, denoised, sigma);
    const torch::Tensor ahead = x + d * (sigmaNext - sigma);
    denoised = in.denoise(ahead, sigmaNext);
    return x + (d + slope(ahead, denoised, sigmaNext)) * ((sigmaNext - sigma) / 2.0);
}

/// Levels of Karras et al. 2022, equation 5, without a final 0.
std::vector<double> karrasLevels(int n, double low, double high)
{
    constexpr double kRho = 7.0;
    std::vector<double> result;
    for (int i = 0; i < n; ++i) {
        const double u = n > 1 ? double(i) / (n - 1) : 0.0;
        result.push_back(std::pow(std::lerp(std::pow(high, 1.0 / kRho), std::pow(low, 1.0 / kRho), u), kRho));
    }
    return result;
}

std::size_t nearest(const std::vector<double> &levels, double wanted)
{
    const auto found = std::min_element(
        levels.begin(), levels.end(), [&](double a, double b) { return std::abs(a - wanted) < std::abs(b - wanted); });
    return std::size_t(found - levels.begin());
}

} // namespace

/// Heun's method on the probability-flow ODE (Karras et al. 2022, arXiv:2206.00364, algorithm 2). Order 2.
torch::Tensor sampleHeun(const SamplerInput &in, torch::Tensor x)
{
    for (std::size_t i = 0; i + 1 < in.sigmas.size(); ++i) {
        const double sigma = churn(in, i, x);
        torch::Tensor denoised;
        x = heunStep(in, x, sigma, in.sigmas[i + 1], denoised);
        report(in, i, x, denoised);
    }
    return x;
}

/// Heun++ as ComfyUI has it: slopes of up to three levels, weighed by their
/// sigma over the first one. Order 1 where the last level is not 0.
torch::Tensor sampleHeunPp2(const SamplerInput &in, torch::Tensor x)
{
    const double end = in.sigmas.back();
    const double start = in.sigmas.front();
    for (std::size_t i = 0; i + 1 < in.sigmas.size(); ++i) {
        const double sigma = churn(in, i, x);
        const double next = in.sigmas[i + 1];
        torch::Tensor denoised = in.denoise(x, sigma);
        if (next == end) {
            x = eulerStep(x, denoised, sigma, next);
            report(in, i, x, denoised);
            continue;
        }
        const double afterNext = in.sigmas[i + 2];
        const torch::Tensor d1 = slope(x, denoised, sigma);
        const torch::Tensor x2 = x + d1 * (next - sigma);
        denoised = in.denoise(x2, next);
        const torch::Tensor d2 = slope(x2, denoised, next);
        if (afterNext == end) {
            const double w2 = next / (2.0 * start);
            x = x + (d1 * (1.0 - w2) + d2 * w2) * (next - sigma);
        } else {
            const torch::Tensor x3 = x2 + d2 * (afterNext - next);
            denoised = in.denoise(x3, afterNext);
            const torch::Tensor d3 = slope(x3, denoised, afterNext);
            const double w2 = next / (3.0 * start);
            const double w3 = afterNext / (3.0 * start);
            x = x + (d1 * (1.0 - w2 - w3) + d2 * w2 + d3 * w3) * (next - sigma);
        }
        report(in, i, x, denoised);
    }
    return x;
}

/// Restart sampling (Xu et al. 2023, arXiv:2306.14878, algorithm 1): Heun's method that goes back up to sigma 2 with
/// fresh noise when it has come to 0.1. From 20 steps on 9 of them go into one such round, from 36 on a quarter into
/// each of two; the others follow Karras' levels from the first to the last positive one. Order 2 at eta 0, which is
/// without rounds.
torch::Tensor sampleRestart(const SamplerInput &in, torch::Tensor x)
{
    constexpr double kFrom = 0.1;
    constexpr double kUpTo = 2.0;
    const int steps = int(in.sigmas.size()) - 1;
    const bool restarts = steps >= 20 && in.eta > 0.0 && in.sigmas.back() == 0.0;
    const int roundSteps = steps >= 36 ? steps / 4 : 9;
    const int rounds = !restarts ? 0 : steps >= 36 ? 2 : 1;

    std::vector<double> levels = in.sigmas;
    if (rounds > 0) {
        levels = karrasLevels(steps - roundSteps * rounds, in.sigmas[std::size_t(steps) - 1], in.sigmas.front());
        levels.push_back(0.0);
    }
    const std::size_t bottom = nearest(levels, kFrom);
    const std::size_t top = nearest(levels, kUpTo);

    std::vector<std::pair<double, double>> path;
    for (std::size_t i = 0; i + 1 < levels.size(); ++i) {
        path.emplace_back(levels[i], levels[i + 1]);
        if (i + 1 != bottom || top >= bottom)
            continue;
        const std::vector<double> again = karrasLevels(roundSteps + 1, levels[bottom], levels[top]);
        for (int round = 0; round < rounds; ++round)
            for (std::size_t k = 0; k + 1 < again.size(); ++k)
                path.emplace_back(again[k], again[k + 1]);
    }

    double reached = path.empty() ? 0.0 : path.front().first;
    int index = 0;
    for (const auto &[sigma, sigmaNext] : path) {
        if (sigma > reached) {
            // Noise up to a higher level; a flow's picture shrinks at the same time.
            const double keep = alphaOf(in, sigma) / alphaOf(in, reached);
            x = x * keep +
                in.noise(reached, sigma) * (in.sNoise * std::sqrt(sigma * sigma - std::pow(keep * reached, 2)));
        }
        torch::Tensor denoised;
        x = heunStep(in, x, sigma, sigmaNext, denoised);
        in.onStep({.index = index++, .sigma = sigma, .sigmaNext = sigmaNext, .x = x, .denoised = denoised});
        reached = sigmaNext;
    }
    return x;
}

} // namespace engine
