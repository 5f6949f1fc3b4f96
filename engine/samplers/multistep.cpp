#include "engine/samplers/levels.h"

#include <algorithm>
#include <cmath>
#include <functional>

namespace engine {

namespace {

/// Slopes of the last steps, newest first.
class History
{
public:
    explicit History(std::size_t most) : m_most(most) {}
    void add(const torch::Tensor &d)
    {
        m_slopes.insert(m_slopes.begin(), d);
        if (m_slopes.size() > m_most)
            m_slopes.pop_back();
    }
    [[nodiscard]] std::size_t size() const { return m_slopes.size(); }
    /// Sum of weights times slopes.
    [[nodiscard]] torch::Tensor combined(const std::vector<double> &weights) const
    {
        torch::Tensor sum = m_slopes[0] * weights[0];
        for (std::size_t k = 1; k < weights.size(); ++k)
            sum = sum + m_slopes[k] * weights[k];
        return sum;
    }

private:
    std::size_t m_most;
    std::vector<torch::Tensor> m_slopes;
};

/// Adams-Bashforth weights for equal steps.
const std::vector<double> &adamsBashforth(std::size_t order)
{
    static const std::vector<double> kWeights[] = {
        {1.0},
        {3.0 / 2.0, -1.0 / 2.0},
        {23.0 / 12.0, -16.0 / 12.0, 5.0 / 12.0},
        {55.0 / 24.0, -59.0 / 24.0, 37.0 / 24.0, -9.0 / 24.0},
    };
    return kWeights[order - 1];
}

/// Integrals from `from` to `to` of the polynomials that are 1 at one node and 0 at the others, taken at
/// position(sigma).
std::vector<double> lagrangeIntegrals(const std::vector<double> &nodes, double from, double to,
                                      const std::function<double(double)> &position)
{
    // Gauss-Legendre with 3 points is exact for the cubics of LMS; DEIS' smooth curves get many pieces.
    constexpr int kPieces = 64;
    const double offsets[] = {-std::sqrt(0.6), 0.0, std::sqrt(0.6)};
    constexpr double kWeights[] = {5.0 / 18.0, 8.0 / 18.0, 5.0 / 18.0};
    const double width = (to - from) / kPieces;
    std::vector<double> result(nodes.size(), 0.0);
    for (int piece = 0; piece < kPieces; ++piece) {
        for (int point = 0; point < 3; ++point) {
            const double at = position(from + width * (piece + 0.5 + 0.5 * offsets[point]));
            for (std::size_t j = 0; j < nodes.size(); ++j) {
                double value = kWeights[point] * width;
                for (std::size_t k = 0; k < nodes.size(); ++k)
                    value *= k == j ? 1.0 : (at - nodes[k]) / (nodes[j] - nodes[k]);
                result[j] += value;
            }
        }
    }
    return result;
}

/// The last `count` levels up to step i, newest first, each taken at position(sigma).
std::vector<double> nodesAt(const SamplerInput &in, std::size_t i, std::size_t count,
                            const std::function<double(double)> &position)
{
    std::vector<double> nodes;
    for (std::size_t k = 0; k < count; ++k)
        nodes.push_back(position(in.sigmas[i - k]));
    return nodes;
}

/// The time of the variance-preserving process that DEIS interpolates in (Karras et al. 2022, table 1, VP).
double variancePreservingTime(double sigma)
{
    constexpr double kSigmaMin = 0.002;
    constexpr double kSigmaMax = 80.0;
    constexpr double kTimeMin = 1e-3;
    static const double high = std::log1p(kSigmaMax * kSigmaMax);
    static const double betaD = 2.0 * (std::log1p(kSigmaMin * kSigmaMin) / kTimeMin - high) / (kTimeMin - 1.0);
    static const double betaMin = high - 0.5 * betaD;
    return (std::sqrt(betaMin * betaMin + 2.0 * betaD * std::log1p(sigma * sigma)) - betaMin) / betaD;
}

/// Weights of the last `order` slopes, newest first, for step i; they include the step's length.
using StepWeights = std::function<std::vector<double>(std::size_t i, std::size_t order)>;

/// x + sum of weights times slopes; the step to 0 takes the predicted picture.
torch::Tensor runMultistep(const SamplerInput &in, torch::Tensor x, std::size_t maxOrder, const StepWeights &weightsOf)
{
    History slopes(maxOrder);
    for (std::size_t i = 0; i + 1 < in.sigmas.size(); ++i) {
        const torch::Tensor denoised = in.denoise(x, in.sigmas[i]);
        slopes.add(slope(x, denoised, in.sigmas[i]));
        x = in.sigmas[i + 1] == 0.0 ? denoised : x + slopes.combined(weightsOf(i, slopes.size()));
        report(in, i, x, denoised);
    }
    return x;
}

std::vector<double> scaled(std::vector<double> weights, double factor)
{
    for (double &w : weights)
        w *= factor;
    return weights;
}

} // namespace

/// Linear multistep method: the slopes' interpolation polynomial in sigma, integrated. Order 4 after the first steps.
torch::Tensor sampleLms(const SamplerInput &in, torch::Tensor x)
{
    const auto sigmaItself = [](double sigma) { return sigma; };
    History slopes(4);
    for (std::size_t i = 0; i + 1 < in.sigmas.size(); ++i) {
        const torch::Tensor denoised = in.denoise(x, in.sigmas[i]);
        slopes.add(slope(x, denoised, in.sigmas[i]));
        const std::vector<double> nodes = nodesAt(in, i, slopes.size(), sigmaItself);
        x = x + slopes.combined(lagrangeIntegrals(nodes, in.sigmas[i], in.sigmas[i + 1], sigmaItself));
        report(in, i, x, denoised);
    }
    return x;
}

/// Pseudo linear multistep (Liu et al. 2022, arXiv:2202.09778, equations 9 and 12) as Stable Diffusion has it: the
/// first step is Heun's, then Adams-Bashforth weights of equal steps. Calls the denoiser once more than there are
/// steps.
torch::Tensor samplePlms(const SamplerInput &in, torch::Tensor x)
{
    History slopes(4);
    for (std::size_t i = 0; i + 1 < in.sigmas.size(); ++i) {
        const double sigma = in.sigmas[i];
        const double sigmaNext = in.sigmas[i + 1];
        torch::Tensor denoised = in.denoise(x, sigma);
        const torch::Tensor d = slope(x, denoised, sigma);
        slopes.add(d);
        if (sigmaNext == 0.0) {
            x = denoised;
        } else if (i == 0 && in.sigmas.size() > 2) {
            const torch::Tensor ahead = eulerStep(x, denoised, sigma, sigmaNext);
            denoised = in.denoise(ahead, sigmaNext);
            x = x + (d + slope(ahead, denoised, sigmaNext)) * ((sigmaNext - sigma) / 2.0);
        } else {
            x = x + slopes.combined(adamsBashforth(slopes.size())) * (sigmaNext - sigma);
        }
        report(in, i, x, denoised);
    }
    return x;
}

/// Improved PNDM (Zhang & Chen 2023, arXiv:2204.13902, appendix): Adams-Bashforth weights of equal steps from the
/// start.
torch::Tensor sampleIpndm(const SamplerInput &in, torch::Tensor x)
{
    return runMultistep(in, std::move(x), 4, [&](std::size_t i, std::size_t order) {
        return scaled(adamsBashforth(order), in.sigmas[i + 1] - in.sigmas[i]);
    });
}

/// IPNDM with weights that follow the lengths of the steps, as published with AMED-Solver (Zhou et al. 2023,
/// arXiv:2312.00094) and used since: its weights of order 3 and 4 are not those of Adams-Bashforth. Order 1.
torch::Tensor sampleIpndmV(const SamplerInput &in, torch::Tensor x)
{
    return runMultistep(in, std::move(x), 4, [&](std::size_t i, std::size_t order) -> std::vector<double> {
        const auto step = [&](std::size_t back) { return in.sigmas[i + 1 - back] - in.sigmas[i - back]; };
        const double h = step(0);
        if (order == 1)
            return {h};
        const double h1 = step(1);
        const double a = h / h1;
        std::vector<double> w{(2.0 + a) / 2.0, -a / 2.0};
        if (order >= 3) {
            const double h2 = step(2);
            const double c = (1.0 - h / (3.0 * (h + h1)) * (h * (h + h1)) / (h1 * (h1 + h2))) / 2.0;
            w[0] += c;
            w[1] -= (1.0 + h1 / h2) * c;
            w.push_back(c * h1 / h2);
            if (order >= 4) {
                const double h3 = step(3);
                const double e =
                    ((1.0 - h / (3.0 * (h + h1))) / 2.0 + (1.0 - h / (2.0 * (h + h1))) * h / (6.0 * (h + h1 + h2))) *
                    (h * (h + h1) * (h + h1 + h2)) / (h1 * (h1 + h2) * (h1 + h2 + h3));
                const double g = h1 * (h1 + h2) / (h2 * (h2 + h3));
                w[0] += e;
                w[1] -= (1.0 + h1 / h2 + g) * e;
                w[2] += (h1 / h2 + g * (1.0 + h2 / h3)) * e;
                w.push_back(-e * g * h1 / h2);
            }
        }
        return scaled(w, h);
    });
}

/// DEIS, tAB variant of order 3 (Zhang & Chen 2023, arXiv:2204.13902, equation 14): the slopes' interpolation
/// polynomial in the time of a variance-preserving process, integrated.
torch::Tensor sampleDeis(const SamplerInput &in, torch::Tensor x)
{
    return runMultistep(in, std::move(x), 3, [&](std::size_t i, std::size_t order) {
        const std::vector<double> nodes = nodesAt(in, i, order, variancePreservingTime);
        return lagrangeIntegrals(nodes, in.sigmas[i], in.sigmas[i + 1], variancePreservingTime);
    });
}

} // namespace engine
