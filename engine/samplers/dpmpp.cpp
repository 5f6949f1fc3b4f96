#include "engine/samplers/levels.h"

#include <cmath>

namespace engine {

// DPM-Solver++ (Lu et al. 2022, arXiv:2211.01095) steps in lambda = log(alpha / sigma); h is the length of a step.

namespace {

/// In rho = sigma / alpha flow and diffusion states follow one equation: y = x / alpha.
struct RhoStep
{
    double alpha; ///< at the start
    double rho;
    double alphaNext; ///< where it goes
    double rhoNext;
};

/// Ancestral exponential step with a constant picture; draws noise for (sigma, sigmaNext).
torch::Tensor ancestralRhoStep(const SamplerInput &in, const torch::Tensor &x, const torch::Tensor &picture,
                               const RhoStep &s, double sigma, double sigmaNext)
{
    const SamplerInput exploding{.eta = in.eta};
    const Descent descent = descend(exploding, s.rho, s.rhoNext, in.eta);
    torch::Tensor y = picture + (x / s.alpha - picture) * (descent.down / s.rho);
    if (descent.up > 0.0)
        y = y + in.noise(sigma, sigmaNext) * (descent.up * in.sNoise);
    return y * s.alphaNext;
}

enum class SecondOrder { Midpoint, Heun };

/// SDE-DPM-Solver++(2M) (appendix B) with the noise scaled by eta.
torch::Tensor run2mSde(const SamplerInput &in, torch::Tensor x, SecondOrder kind)
{
    const std::vector<double> sigmas = levelsWithLambda(in);
    torch::Tensor before;
    double hBefore = 0.0;
    for (std::size_t i = 0; i + 1 < sigmas.size(); ++i) {
        const double sigma = sigmas[i];
        const double sigmaNext = sigmas[i + 1];
        const torch::Tensor denoised = in.denoise(x, sigma);
        if (sigmaNext == 0.0) {
            x = denoised;
        } else {
            const double h = lambdaOf(in, sigmaNext) - lambdaOf(in, sigma);
            const double reach = h * (1.0 + in.eta);
            const double alpha = alphaOf(in, sigmaNext);
            x = x * (sigmaNext / sigma * std::exp(-in.eta * h)) + denoised * (alpha * taken(reach));
            if (before.defined()) {
                const double weight = kind == SecondOrder::Heun ? 1.0 - taken(reach) / reach : 0.5 * taken(reach);
                x = x + (denoised - before) * (alpha * weight * h / hBefore);
            }
            if (in.eta > 0.0)
                x = x + in.noise(sigma, sigmaNext) * (sigmaNext * std::sqrt(taken(2.0 * in.eta * h)) * in.sNoise);
            hBefore = h;
        }
        before = denoised;
        report(in, i, x, denoised);
    }
    return x;
}

} // namespace

/// DPM-Solver++(2S) (algorithm 1) below the next level, then noise up to it. Order 2 at eta 0.
torch::Tensor sampleDpmpp2sAncestral(const SamplerInput &in, torch::Tensor x)
{
    for (std::size_t i = 0; i + 1 < in.sigmas.size(); ++i) {
        const double sigma = in.sigmas[i];
        const double sigmaNext = in.sigmas[i + 1];
        torch::Tensor denoised = in.denoise(x, sigma);
        if (sigmaNext == 0.0) {
            x = denoised;
        } else {
            const Descent descent = descend(in, sigma, sigmaNext, in.eta);
            // Halfway in lambda; a flow starts at sigma 1, where lambda has no end.
            const double middle = in.flow && sigma >= 1.0
                                      ? 0.9999
                                      : sigmaOfLambda(in, (lambdaOf(in, sigma) + lambdaOf(in, descent.down)) / 2.0);
            denoised = in.denoise(eulerStep(x, denoised, sigma, middle), middle);
            x = renoised(in, eulerStep(x, denoised, sigma, descent.down), descent, sigma, sigmaNext);
        }
        report(in, i, x, denoised);
    }
    return x;
}

/// DPM-Solver++(2M) (algorithm 2). Order 2.
torch::Tensor sampleDpmpp2m(const SamplerInput &in, torch::Tensor x)
{
    torch::Tensor before;
    for (std::size_t i = 0; i + 1 < in.sigmas.size(); ++i) {
        const double sigma = in.sigmas[i];
        const double sigmaNext = in.sigmas[i + 1];
        const torch::Tensor denoised = in.denoise(x, sigma);
        if (!before.defined() || sigmaNext == 0.0) {
            x = eulerStep(x, denoised, sigma, sigmaNext);
        } else {
            const double r = std::log(in.sigmas[i - 1] / sigma) / std::log(sigma / sigmaNext);
            x = eulerStep(x, denoised * (1.0 + 0.5 / r) - before * (0.5 / r), sigma, sigmaNext);
        }
        before = denoised;
        report(in, i, x, denoised);
    }
    return x;
}

/// DPM-Solver++(2S) with noise in both halves of a step (k-diffusion's DPM++ SDE, r = 1/2). Order 2 at eta 0.
torch::Tensor sampleDpmppSde(const SamplerInput &in, torch::Tensor x)
{
    const std::vector<double> sigmas = levelsWithLambda(in);
    for (std::size_t i = 0; i + 1 < sigmas.size(); ++i) {
        const double sigma = sigmas[i];
        const double sigmaNext = sigmas[i + 1];
        torch::Tensor denoised = in.denoise(x, sigma);
        if (sigmaNext == 0.0) {
            x = denoised;
        } else {
            const double middle = sigmaOfLambda(in, (lambdaOf(in, sigma) + lambdaOf(in, sigmaNext)) / 2.0);
            const auto stepTo = [&](double target) {
                const double alpha = alphaOf(in, sigma);
                const double alphaNext = alphaOf(in, target);
                return RhoStep{alpha, sigma / alpha, alphaNext, target / alphaNext};
            };
            const torch::Tensor ahead = ancestralRhoStep(in, x, denoised, stepTo(middle), sigma, middle);
            denoised = in.denoise(ahead, middle);
            x = ancestralRhoStep(in, x, denoised, stepTo(sigmaNext), sigma, sigmaNext);
        }
        report(in, i, x, denoised);
    }
    return x;
}

/// SDE-DPM-Solver++(2M), midpoint form. Order 2 at eta 0.
torch::Tensor sampleDpmpp2mSde(const SamplerInput &in, torch::Tensor x)
{
    return run2mSde(in, std::move(x), SecondOrder::Midpoint);
}

/// SDE-DPM-Solver++(2M), Heun form. Order 2 at eta 0.
torch::Tensor sampleDpmpp2mSdeHeun(const SamplerInput &in, torch::Tensor x)
{
    return run2mSde(in, std::move(x), SecondOrder::Heun);
}

/// SDE-DPM-Solver++(3M): the predicted pictures of three steps. Order 3 at eta 0 after the first steps.
torch::Tensor sampleDpmpp3mSde(const SamplerInput &in, torch::Tensor x)
{
    const std::vector<double> sigmas = levelsWithLambda(in);
    torch::Tensor before1;
    torch::Tensor before2;
    double h1 = 0.0;
    double h2 = 0.0;
    for (std::size_t i = 0; i + 1 < sigmas.size(); ++i) {
        const double sigma = sigmas[i];
        const double sigmaNext = sigmas[i + 1];
        const torch::Tensor denoised = in.denoise(x, sigma);
        if (sigmaNext == 0.0) {
            x = denoised;
        } else {
            const double h = lambdaOf(in, sigmaNext) - lambdaOf(in, sigma);
            const double reach = h * (1.0 + in.eta);
            const double alpha = alphaOf(in, sigmaNext);
            const double phi2 = 1.0 - taken(reach) / reach;
            const double phi3 = phi2 / reach - 0.5;
            x = x * (sigmaNext / sigma * std::exp(-in.eta * h)) + denoised * (alpha * taken(reach));
            if (before2.defined()) {
                const double r0 = h1 / h;
                const double r1 = h2 / h;
                const torch::Tensor first = (denoised - before1) / r0;
                const torch::Tensor bend = (first - (before1 - before2) / r1) / (r0 + r1);
                x = x + (first + bend * r0) * (alpha * phi2) - bend * (alpha * phi3);
            } else if (before1.defined()) {
                x = x + (denoised - before1) * (alpha * phi2 * h / h1);
            }
            if (in.eta > 0.0)
                x = x + in.noise(sigma, sigmaNext) * (sigmaNext * std::sqrt(taken(2.0 * in.eta * h)) * in.sNoise);
            h2 = h1;
            h1 = h;
        }
        before2 = before1;
        before1 = denoised;
        report(in, i, x, denoised);
    }
    return x;
}

} // namespace engine
