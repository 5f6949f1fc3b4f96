#pragma once

#include "engine/samplers/samplers.h"

namespace engine {

/// How much of the picture is left at a level: 1, of flow models 1 - sigma.
double alphaOf(const SamplerInput &in, double sigma);
/// Half the logarithm of the signal-to-noise ratio, log(alpha / sigma): the time that exponential integrators step in.
double lambdaOf(const SamplerInput &in, double sigma);
double sigmaOfLambda(const SamplerInput &in, double lambda);
/// The levels with a first one that has a lambda: flow models start at 1, where it is not finite.
std::vector<double> levelsWithLambda(const SamplerInput &in);

/// An ancestral step: go down to `down` without noise, then keep * x + up * noise is the state at the next level.
struct Descent
{
    double down = 0.0;
    double keep = 1.0;
    double up = 0.0;
};
Descent descend(const SamplerInput &in, double sigma, double sigmaNext, double eta);
/// Adds the noise of a descent.
torch::Tensor renoised(const SamplerInput &in, const torch::Tensor &x, const Descent &descent, double sigma,
                       double sigmaNext);

/// Karras' churn: adds noise before step `index`.
/// \return the level that x has then.
double churn(const SamplerInput &in, std::size_t index, torch::Tensor &x);

/// Euler's method, exact where the predicted picture is constant: x at sigmaNext from x at sigma.
torch::Tensor eulerStep(const torch::Tensor &x, const torch::Tensor &denoised, double sigma, double sigmaNext);
/// dx / dsigma of the probability-flow equation.
torch::Tensor slope(const torch::Tensor &x, const torch::Tensor &denoised, double sigma);

/// One step as it is reported.
void report(const SamplerInput &in, std::size_t index, const torch::Tensor &x, const torch::Tensor &denoised);

/// -expm1(-h), the share of the predicted picture that an exponential step of length h takes in.
double taken(double h);

} // namespace engine
