#include "engine/samplers/levels.h"

#include <algorithm>
#include <cmath>

namespace engine {

namespace {

/// Refined exponential solver, multistep (Zhang et al. 2023, arXiv:2308.02157, second order), from each level down to
/// that of an ancestral step.
torch::Tensor runResMultistep(const SamplerInput &in, torch::Tensor x, double eta)
{
    const auto time = [](double sigma) { return -std::log(sigma); };
    torch::Tensor before;
    double downBefore = 0.0;
    for (std::size_t i = 0; i + 1 < in.sigmas.size(); ++i) {
        const double sigma = in.sigmas[i];
        const double sigmaNext = in.sigmas[i + 1];
        const torch::Tensor denoised = in.denoise(x, sigma);
        const Descent descent = descend(in, sigma, sigmaNext, eta);
        if (descent.down == 0.0 || !before.defined()) {
            x = eulerStep(x, denoised, sigma, descent.down);
        } else {
            const double h = time(descent.down) - time(sigma);
            const double c2 = (time(in.sigmas[i - 1]) - time(downBefore)) / h;
            const double phi1 = taken(h) / h;
            const double phi2 = (1.0 - phi1) / h;
            const double b2 = c2 == 0.0 ? 0.0 : phi2 / c2;
            x = x * std::exp(-h) + (denoised * (phi1 - b2) + before * b2) * h;
        }
        x = renoised(in, x, descent, sigma, sigmaNext);
        before = denoised;
        downBefore = descent.down;
        report(in, i, x, denoised);
    }
    return x;
}

/// Level, share of the picture and time of one stage of an exponential integrator.
struct Stage
{
    double sigma;
    double alpha;
    double h; ///< from the start of the step
};

Stage stageAt(const SamplerInput &in, double lambda, double h)
{
    const double sigma = sigmaOfLambda(in, lambda + h);
    return {sigma, alphaOf(in, sigma), h};
}

/// Standard normal noise carried to a stage: noise k entered over the time from ends[k - 1] to ends[k] and has faded
/// since.
torch::Tensor carried(const SamplerInput &in, const std::vector<torch::Tensor> &noises, const std::vector<double> &ends)
{
    torch::Tensor sum;
    double start = 0.0;
    for (std::size_t k = 0; k < ends.size(); ++k) {
        const double weight =
            std::exp(-in.eta * (ends.back() - ends[k])) * std::sqrt(taken(2.0 * in.eta * (ends[k] - start)));
        sum = sum.defined() ? sum + noises[k] * weight : noises[k] * weight;
        start = ends[k];
    }
    return sum * in.sNoise;
}

} // namespace

/// Order 2.
torch::Tensor sampleResMultistep(const SamplerInput &in, torch::Tensor x)
{
    return runResMultistep(in, std::move(x), 0.0);
}

/// Order 2 at eta 0.
torch::Tensor sampleResMultistepAncestral(const SamplerInput &in, torch::Tensor x)
{
    return runResMultistep(in, std::move(x), in.eta);
}

/// Extended reverse-time SDE solver (Cui et al. 2023, arXiv:2309.06169, algorithm 3): three-stage Taylor expansion of
/// the picture in sigma / alpha; phi says how noise is traded against what is left of the state. eta 0 leaves phi(x) =
/// x, the probability-flow equation. Order 3 at eta 0 after the first steps.
torch::Tensor sampleErSde(const SamplerInput &in, torch::Tensor x)
{
    constexpr int kPoints = 200; // of the integrals, as in the published code
    const auto phi = [&](double v) { return v * std::pow(std::exp(std::pow(v, 0.3)) + 10.0, in.eta); };
    const std::vector<double> sigmas = levelsWithLambda(in);
    const auto rhoOf = [&](std::size_t i) { return sigmas[i] / alphaOf(in, sigmas[i]); };
    torch::Tensor before;
    torch::Tensor changeBefore;
    for (std::size_t i = 0; i + 1 < sigmas.size(); ++i) {
        const torch::Tensor denoised = in.denoise(x, sigmas[i]);
        if (sigmas[i + 1] == 0.0) {
            x = denoised;
        } else {
            const double rho = rhoOf(i);
            const double rhoNext = rhoOf(i + 1);
            const double alpha = alphaOf(in, sigmas[i + 1]);
            const double r = phi(rhoNext) / phi(rho);
            x = x * (alpha / alphaOf(in, sigmas[i]) * r) + denoised * (alpha * (1.0 - r));
            if (before.defined()) {
                // Of 1 / phi(u) and (u - rho) / phi(u) from rhoNext to rho; without noise they have a closed form.
                const double step = (rho - rhoNext) / kPoints;
                double first = in.eta > 0.0 ? 0.0 : std::log(rho / rhoNext);
                double second = in.eta > 0.0 ? 0.0 : rho - rhoNext - rho * first;
                for (int k = 0; in.eta > 0.0 && k < kPoints; ++k) {
                    const double at = rhoNext + k * step;
                    first += step / phi(at);
                    second += step * (at - rho) / phi(at);
                }
                const double dt = rhoNext - rho;
                const torch::Tensor change = (denoised - before) / (rho - rhoOf(i - 1));
                x = x + change * (alpha * (dt + first * phi(rhoNext)));
                if (changeBefore.defined()) {
                    const torch::Tensor bend = (change - changeBefore) / ((rho - rhoOf(i - 2)) / 2.0);
                    x = x + bend * (alpha * (dt * dt / 2.0 + second * phi(rhoNext)));
                }
                changeBefore = change;
            }
            if (in.eta > 0.0) {
                const double variance = rhoNext * rhoNext - rho * rho * r * r;
                x = x + in.noise(sigmas[i], sigmas[i + 1]) * (alpha * in.sNoise * std::sqrt(std::max(0.0, variance)));
            }
        }
        before = denoised;
        report(in, i, x, denoised);
    }
    return x;
}

/// SEEDS-2 (Gonzalez et al. 2023, arXiv:2305.14267, algorithm 3, r = 1/2): exponential midpoint rule with noise in both
/// halves. Order 2 at eta 0.
torch::Tensor sampleSeeds2(const SamplerInput &in, torch::Tensor x)
{
    const std::vector<double> sigmas = levelsWithLambda(in);
    for (std::size_t i = 0; i + 1 < sigmas.size(); ++i) {
        const double sigma = sigmas[i];
        torch::Tensor denoised = in.denoise(x, sigma);
        if (sigmas[i + 1] == 0.0) {
            x = denoised;
            report(in, i, x, denoised);
            continue;
        }
        const double lambda = lambdaOf(in, sigma);
        const double h = lambdaOf(in, sigmas[i + 1]) - lambda;
        const Stage middle = stageAt(in, lambda, h / 2.0);
        const Stage end{sigmas[i + 1], alphaOf(in, sigmas[i + 1]), h};
        std::vector<torch::Tensor> noises;
        if (in.eta > 0.0) {
            noises.push_back(in.noise(sigma, middle.sigma));
            noises.push_back(in.noise(middle.sigma, end.sigma));
        }
        const auto step = [&](const Stage &to, const torch::Tensor &picture, const std::vector<double> &ends) {
            torch::Tensor result =
                x * (to.sigma / sigma * std::exp(-in.eta * to.h)) + picture * (to.alpha * taken((1.0 + in.eta) * to.h));
            return noises.empty() ? result : result + carried(in, noises, ends) * to.sigma;
        };
        denoised = in.denoise(step(middle, denoised, {middle.h}), middle.sigma);
        x = step(end, denoised, {middle.h, end.h});
        report(in, i, x, denoised);
    }
    return x;
}

/// SEEDS-3 (algorithm 4, r1 = 1/3, r2 = 2/3): three stages, each with noise. Order 3 at eta 0.
torch::Tensor sampleSeeds3(const SamplerInput &in, torch::Tensor x)
{
    const std::vector<double> sigmas = levelsWithLambda(in);
    for (std::size_t i = 0; i + 1 < sigmas.size(); ++i) {
        const double sigma = sigmas[i];
        const torch::Tensor first = in.denoise(x, sigma);
        if (sigmas[i + 1] == 0.0) {
            x = first;
            report(in, i, x, first);
            continue;
        }
        const double lambda = lambdaOf(in, sigma);
        const double h = lambdaOf(in, sigmas[i + 1]) - lambda;
        const Stage third = stageAt(in, lambda, h / 3.0);
        const Stage twoThirds = stageAt(in, lambda, 2.0 * h / 3.0);
        const Stage end{sigmas[i + 1], alphaOf(in, sigmas[i + 1]), h};
        std::vector<torch::Tensor> noises;
        if (in.eta > 0.0) {
            noises.push_back(in.noise(sigma, third.sigma));
            noises.push_back(in.noise(third.sigma, twoThirds.sigma));
            noises.push_back(in.noise(twoThirds.sigma, end.sigma));
        }
        // A constant picture, plus a change of it over the first part of the step, carried on to the end.
        const auto step = [&](const Stage &to, const torch::Tensor &change, double changeTime,
                              const std::vector<double> &ends) {
            const double reach = (1.0 + in.eta) * to.h;
            torch::Tensor result =
                x * (to.sigma / sigma * std::exp(-in.eta * to.h)) + first * (to.alpha * taken(reach));
            if (change.defined())
                result = result + change * (to.alpha * (1.0 - taken(reach) / reach) * to.h / changeTime);
            return noises.empty() ? result : result + carried(in, noises, ends) * to.sigma;
        };
        const torch::Tensor second = in.denoise(step(third, {}, 1.0, {third.h}), third.sigma);
        const torch::Tensor last =
            in.denoise(step(twoThirds, second - first, third.h, {third.h, twoThirds.h}), twoThirds.sigma);
        x = step(end, last - first, twoThirds.h, {third.h, twoThirds.h, end.h});
        report(in, i, x, last);
    }
    return x;
}

} // namespace engine
