#include "engine/samplers/levels.h"

#include <algorithm>
#include <cmath>
#include <deque>

namespace engine {

// UniPC (Zhao et al. 2023, arXiv:2302.04867), picture-predicting multistep form: each call of the denoiser corrects the
// step that led to it and predicts the next. h is the length of a step in lambda, B(h) the paper's free function.

namespace {

constexpr double kSmallestSigma = 0.001; // instead of a final 0, where lambda is not finite

/// Solves the small system rows * result = right (Gaussian elimination with pivoting).
std::vector<double> solved(std::vector<std::vector<double>> rows, std::vector<double> right)
{
    const std::size_t n = right.size();
    for (std::size_t column = 0; column < n; ++column) {
        std::size_t pivot = column;
        for (std::size_t r = column + 1; r < n; ++r)
            if (std::abs(rows[r][column]) > std::abs(rows[pivot][column]))
                pivot = r;
        std::swap(rows[pivot], rows[column]);
        std::swap(right[pivot], right[column]);
        for (std::size_t r = column + 1; r < n; ++r) {
            const double factor = rows[r][column] / rows[column][column];
            for (std::size_t c = column; c < n; ++c)
                rows[r][c] -= factor * rows[column][c];
            right[r] -= factor * right[column];
        }
    }
    for (std::size_t r = n; r-- > 0;) {
        for (std::size_t c = r + 1; c < n; ++c)
            right[r] -= rows[r][c] * right[c];
        right[r] /= rows[r][r];
    }
    return right;
}

struct Point
{
    double lambda;
    torch::Tensor denoised;
};

/// Coefficients of one step from the newest of `points` (newest first) over a length h.
struct Coefficients
{
    double phi1 = 0.0;               ///< expm1(-h)
    double b = 0.0;                  ///< B(h)
    std::vector<double> ratios = {}; ///< of the older points and of the new one
    std::vector<double> predictor = {};
    std::vector<double> corrector = {};
};

Coefficients coefficientsOf(const std::deque<Point> &points, double h, std::size_t order, UniPcVariant variant)
{
    Coefficients result{.phi1 = std::expm1(-h), .b = variant == UniPcVariant::Bh1 ? -h : std::expm1(-h)};
    for (std::size_t k = 1; k < order; ++k)
        result.ratios.push_back((points[k].lambda - points[0].lambda) / h);
    result.ratios.push_back(1.0);

    std::vector<std::vector<double>> rows;
    std::vector<double> right;
    double phi = result.phi1 / -h - 1.0;
    double factorial = 1.0;
    for (std::size_t k = 1; k <= order; ++k) {
        std::vector<double> row;
        for (const double ratio : result.ratios)
            row.push_back(std::pow(ratio, double(k - 1)));
        rows.push_back(row);
        right.push_back(phi * factorial / result.b);
        factorial *= double(k + 1);
        phi = phi / -h - 1.0 / factorial;
    }
    result.corrector = order == 1 ? std::vector<double>{0.5} : solved(rows, right);
    if (order == 2) {
        result.predictor = {0.5};
    } else if (order > 2) {
        for (auto &row : rows)
            row.pop_back();
        rows.pop_back();
        right.pop_back();
        result.predictor = solved(rows, right);
    }
    return result;
}

/// Sum over the older points of weight times (denoised - newest) / ratio.
torch::Tensor differences(const std::deque<Point> &points, const Coefficients &c, const std::vector<double> &weights)
{
    torch::Tensor sum = torch::zeros_like(points[0].denoised);
    for (std::size_t k = 1; k < c.ratios.size(); ++k)
        sum = sum + (points[k].denoised - points[0].denoised) * (weights[k - 1] / c.ratios[k - 1]);
    return sum;
}

} // namespace

torch::Tensor sampleUniPcOfOrder(const SamplerInput &in, torch::Tensor x, UniPcVariant variant, int maxOrder)
{
    std::vector<double> sigmas = levelsWithLambda(in);
    const std::size_t steps = sigmas.size() - 1;
    if (sigmas.back() == 0.0)
        sigmas.back() = std::min(kSmallestSigma, sigmas[steps - 1] / 2.0);
    const std::size_t highest = std::clamp<std::size_t>(steps - 1, 1, std::size_t(maxOrder));

    std::deque<Point> points; // newest first
    points.push_front({lambdaOf(in, sigmas[0]), in.denoise(x, sigmas[0])});
    for (std::size_t step = 1; step <= steps; ++step) {
        const double sigma = sigmas[step];
        const std::size_t order = std::min({step, highest, steps + 1 - step});
        const double lambda = lambdaOf(in, sigma);
        const double alpha = alphaOf(in, sigma);
        const Coefficients c = coefficientsOf(points, lambda - points[0].lambda, order, variant);

        const torch::Tensor base = x * (sigma / sigmas[step - 1]) - points[0].denoised * (alpha * c.phi1);
        const torch::Tensor predicted = order > 1 ? base - differences(points, c, c.predictor) * (alpha * c.b) : base;
        const bool isLast = step == steps;
        const torch::Tensor denoised = isLast ? points[0].denoised : in.denoise(predicted, sigma);
        if (isLast) {
            x = predicted;
        } else {
            const torch::Tensor change = (denoised - points[0].denoised) * c.corrector.back();
            x = base - (differences(points, c, c.corrector) + change) * (alpha * c.b);
            points.push_front({lambda, denoised});
            if (points.size() > highest)
                points.pop_back();
        }
        report(in, step - 1, x, denoised);
    }
    return x;
}

/// UniPC with B(h) = h, order 3.
torch::Tensor sampleUniPc(const SamplerInput &in, torch::Tensor x)
{
    return sampleUniPcOfOrder(in, std::move(x), UniPcVariant::Bh1, 3);
}

/// UniPC with B(h) = exp(h) - 1, order 3.
torch::Tensor sampleUniPcBh2(const SamplerInput &in, torch::Tensor x)
{
    return sampleUniPcOfOrder(in, std::move(x), UniPcVariant::Bh2, 3);
}

} // namespace engine
