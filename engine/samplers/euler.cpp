#include "engine/samplers/levels.h"

#include "engine/error.h"

#include <algorithm>
#include <cmath>

namespace engine {

/// Euler's method on the probability-flow ODE (Karras et al. 2022, arXiv:2206.00364, algorithm 2 without correction).
/// Order 1.
torch::Tensor sampleEuler(const SamplerInput &in, torch::Tensor x)
{
    for (std::size_t i = 0; i + 1 < in.sigmas.size(); ++i) {
        const double sigma = churn(in, i, x);
        const torch::Tensor denoised = in.denoise(x, sigma);
        x = eulerStep(x, denoised, sigma, in.sigmas[i + 1]);
        report(in, i, x, denoised);
    }
    return x;
}

/// Euler steps below the next level, then noise up to it. Order 1 at eta 0.
torch::Tensor sampleEulerAncestral(const SamplerInput &in, torch::Tensor x)
{
    for (std::size_t i = 0; i + 1 < in.sigmas.size(); ++i) {
        const double sigma = in.sigmas[i];
        const double sigmaNext = in.sigmas[i + 1];
        const torch::Tensor denoised = in.denoise(x, sigma);
        const Descent descent = descend(in, sigma, sigmaNext, in.eta);
        x = renoised(in, eulerStep(x, denoised, sigma, descent.down), descent, sigma, sigmaNext);
        report(in, i, x, denoised);
    }
    return x;
}

/// DDIM (Song et al. 2021, arXiv:2010.02502, equations 12 and 16): in these coordinates an ancestral Euler step with
/// the paper's eta. Where the model's pictures are clipped, the noise stays as predicted. Order 1 at eta 0.
torch::Tensor sampleDdim(const SamplerInput &in, torch::Tensor x)
{
    for (std::size_t i = 0; i + 1 < in.sigmas.size(); ++i) {
        const double sigma = in.sigmas[i];
        const double sigmaNext = in.sigmas[i + 1];
        const torch::Tensor predicted = in.denoise(x, sigma);
        const torch::Tensor denoised = in.clip ? in.clip(predicted) : predicted;
        const Descent descent = descend(in, sigma, sigmaNext, in.eta);
        x = renoised(in, denoised + (x - predicted) * (descent.down / sigma), descent, sigma, sigmaNext);
        report(in, i, x, denoised);
    }
    return x;
}

/// DDPM (Ho et al. 2020, arXiv:2006.11239, equations 6 and 7): in these coordinates an ancestral Euler step; the noise
/// is that of the posterior, or of the forward step where the model asks for the larger variance. Order 1 at eta 0.
torch::Tensor sampleDdpm(const SamplerInput &in, torch::Tensor x)
{
    for (std::size_t i = 0; i + 1 < in.sigmas.size(); ++i) {
        const double sigma = in.sigmas[i];
        const double sigmaNext = in.sigmas[i + 1];
        const torch::Tensor denoised = in.denoise(x, sigma);
        Descent descent = descend(in, sigma, sigmaNext, in.eta);
        if (in.largeVariance && !in.flow && descent.up > 0.0) {
            const double squared = sigmaNext * sigmaNext;
            descent.up = in.eta * std::sqrt((sigma * sigma - squared) * (1.0 + squared) / (1.0 + sigma * sigma));
        }
        x = renoised(in, eulerStep(x, denoised, sigma, descent.down), descent, sigma, sigmaNext);
        report(in, i, x, denoised);
    }
    return x;
}

/// Multistep consistency sampling (Luo et al. 2023, arXiv:2310.04378, algorithm 3): the predicted picture with fresh
/// noise.
torch::Tensor sampleLcm(const SamplerInput &in, torch::Tensor x)
{
    for (std::size_t i = 0; i + 1 < in.sigmas.size(); ++i) {
        const double sigmaNext = in.sigmas[i + 1];
        const torch::Tensor denoised = in.denoise(x, in.sigmas[i]);
        x = denoised;
        if (sigmaNext > 0.0)
            x = denoised * alphaOf(in, sigmaNext) + in.noise(in.sigmas[i], sigmaNext) * (sigmaNext * in.sNoise);
        report(in, i, x, denoised);
    }
    return x;
}

/// Strategic stochastic sampling of trajectory consistency models (Zheng et al. 2024, arXiv:2402.19159, algorithm 4):
/// to timestep (1 - gamma) t', then noise up to t'. gamma is eta.
torch::Tensor sampleTcd(const SamplerInput &in, torch::Tensor x)
{
    if (in.schedule == nullptr)
        throw Error(ErrorKind::Internal, "tcd", "the sampler was not told the model's timesteps");
    for (std::size_t i = 0; i + 1 < in.sigmas.size(); ++i) {
        const double sigma = in.sigmas[i];
        const double sigmaNext = in.sigmas[i + 1];
        const torch::Tensor denoised = in.denoise(x, sigma);
        const bool isLast = i + 2 == in.sigmas.size();
        // Whole timesteps come back from the logarithm a hair off.
        const double timestep = std::floor((1.0 - in.eta) * in.schedule->timestepAt(sigmaNext) + 1e-6);
        const double middle = isLast || in.eta <= 0.0 ? sigmaNext : std::min(sigmaNext, in.schedule->sigmaAt(timestep));
        const double keep = alphaOf(in, sigmaNext) / alphaOf(in, middle);
        const Descent descent{.down = middle,
                              .keep = keep,
                              .up = std::sqrt(std::max(0.0, sigmaNext * sigmaNext - std::pow(keep * middle, 2)))};
        x = renoised(in, eulerStep(x, denoised, sigma, descent.down), descent, sigma, sigmaNext);
        report(in, i, x, denoised);
    }
    return x;
}

/// Gradient estimation (Permenter & Yuan 2023, arXiv:2306.04848, algorithm 2 with gamma 2): the slope is carried on in
/// the direction in which it last changed. Order 1.
torch::Tensor sampleGradientEstimation(const SamplerInput &in, torch::Tensor x)
{
    constexpr double kGamma = 2.0;
    torch::Tensor before;
    for (std::size_t i = 0; i + 1 < in.sigmas.size(); ++i) {
        const double sigma = in.sigmas[i];
        const double sigmaNext = in.sigmas[i + 1];
        const torch::Tensor denoised = in.denoise(x, sigma);
        const torch::Tensor d = slope(x, denoised, sigma);
        x = eulerStep(x, denoised, sigma, sigmaNext);
        if (before.defined() && sigmaNext > 0.0)
            x = x + (d - before) * ((kGamma - 1.0) * (sigmaNext - sigma));
        before = d;
        report(in, i, x, denoised);
    }
    return x;
}

} // namespace engine
