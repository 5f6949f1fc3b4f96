#include "engine/samplers/levels.h"

#include <algorithm>
#include <cmath>

namespace engine {

double alphaOf(const SamplerInput &in, double sigma)
{
    return in.flow ? 1.0 - sigma : 1.0;
}

double lambdaOf(const SamplerInput &in, double sigma)
{
    return std::log(alphaOf(in, sigma) / sigma);
}

double sigmaOfLambda(const SamplerInput &in, double lambda)
{
    return in.flow ? 1.0 / (1.0 + std::exp(lambda)) : std::exp(-lambda);
}

std::vector<double> levelsWithLambda(const SamplerInput &in)
{
    constexpr double kFlowStart = 0.9999;
    std::vector<double> result = in.sigmas;
    if (in.flow && !result.empty())
        result.front() = std::min(result.front(), kFlowStart);
    return result;
}

Descent descend(const SamplerInput &in, double sigma, double sigmaNext, double eta)
{
    if (eta <= 0.0 || sigmaNext <= 0.0)
        return {.down = sigmaNext};
    if (in.flow) {
        Descent result{.down = sigmaNext * (1.0 + (sigmaNext / sigma - 1.0) * eta)};
        result.keep = (1.0 - sigmaNext) / (1.0 - result.down);
        result.up = std::sqrt(std::max(0.0, sigmaNext * sigmaNext - std::pow(result.down * result.keep, 2)));
        return result;
    }
    const double full = sigmaNext / sigma * std::sqrt(std::max(0.0, sigma * sigma - sigmaNext * sigmaNext));
    const double up = std::min(sigmaNext, eta * full);
    return {.down = std::sqrt(sigmaNext * sigmaNext - up * up), .up = up};
}

torch::Tensor renoised(const SamplerInput &in, const torch::Tensor &x, const Descent &descent, double sigma,
                       double sigmaNext)
{
    if (descent.up <= 0.0)
        return x;
    return x * descent.keep + in.noise(sigma, sigmaNext) * (descent.up * in.sNoise);
}

double churn(const SamplerInput &in, std::size_t index, torch::Tensor &x)
{
    const double sigma = in.sigmas[index];
    if (in.sChurn <= 0.0)
        return sigma;
    // Drawn even where it is not used, so that a window of levels does not shift the noises of the later steps.
    const torch::Tensor noise = in.noise(sigma, sigma);
    if (sigma < in.sTmin || sigma > in.sTmax)
        return sigma;
    const double gamma = std::min(in.sChurn / double(in.sigmas.size() - 1), std::sqrt(2.0) - 1.0);
    const double raised = sigma * (1.0 + gamma);
    x = x + noise * (in.sNoise * std::sqrt(raised * raised - sigma * sigma));
    return raised;
}

torch::Tensor eulerStep(const torch::Tensor &x, const torch::Tensor &denoised, double sigma, double sigmaNext)
{
    return sigmaNext == 0.0 ? denoised : denoised + (x - denoised) * (sigmaNext / sigma);
}

torch::Tensor slope(const torch::Tensor &x, const torch::Tensor &denoised, double sigma)
{
    return (x - denoised) / sigma;
}

void report(const SamplerInput &in, std::size_t index, const torch::Tensor &x, const torch::Tensor &denoised)
{
    in.onStep({.index = int(index),
               .sigma = in.sigmas[index],
               .sigmaNext = in.sigmas[index + 1],
               .x = x,
               .denoised = denoised});
}

double taken(double h)
{
    return -std::expm1(-h);
}

} // namespace engine
