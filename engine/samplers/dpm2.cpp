#include "engine/samplers/levels.h"

#include <cmath>

namespace engine {

namespace {

/// The midpoint method with the middle in log sigma, from sigma to `down`.
torch::Tensor midpointStep(const SamplerInput &in, const torch::Tensor &x, double sigma, double down,
                           torch::Tensor &denoised)
{
    denoised = in.denoise(x, sigma);
    if (down == 0.0)
        return denoised;
    const double middle = std::sqrt(sigma * down);
    const torch::Tensor ahead = eulerStep(x, denoised, sigma, middle);
    denoised = in.denoise(ahead, middle);
    return x + slope(ahead, denoised, middle) * (down - sigma);
}

} // namespace

/// DPM-Solver-2 in the form of Karras et al. 2022 (Lu et al. 2022, arXiv:2206.00927, algorithm 1). Order 2.
torch::Tensor sampleDpm2(const SamplerInput &in, torch::Tensor x)
{
    for (std::size_t i = 0; i + 1 < in.sigmas.size(); ++i) {
        const double sigma = churn(in, i, x);
        torch::Tensor denoised;
        x = midpointStep(in, x, sigma, in.sigmas[i + 1], denoised);
        report(in, i, x, denoised);
    }
    return x;
}

/// DPM-Solver-2 below the next level, then noise up to it. Order 2 at eta 0.
torch::Tensor sampleDpm2Ancestral(const SamplerInput &in, torch::Tensor x)
{
    for (std::size_t i = 0; i + 1 < in.sigmas.size(); ++i) {
        const double sigma = in.sigmas[i];
        const Descent descent = descend(in, sigma, in.sigmas[i + 1], in.eta);
        torch::Tensor denoised;
        x = midpointStep(in, x, sigma, descent.down, denoised);
        x = renoised(in, x, descent, sigma, in.sigmas[i + 1]);
        report(in, i, x, denoised);
    }
    return x;
}

} // namespace engine
