#include "engine/schedule/beta_distribution.h"

#include <cmath>
#include <limits>

namespace engine {

namespace {

/// The continued fraction of the incomplete beta function (DLMF 8.17.22), by Lentz's method. Converges fast for
/// x < (a + 1) / (a + b + 2).
double continuedFraction(double x, double a, double b)
{
    constexpr double kTiny = 1e-300;
    const auto away = [](double v) { return std::abs(v) < kTiny ? kTiny : v; };
    double c = 1.0;
    double d = 1.0 / away(1.0 - (a + b) * x / (a + 1.0));
    double result = d;
    for (int m = 1; m <= 300; ++m) {
        const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
        d = 1.0 / away(1.0 + even * d);
        c = away(1.0 + even / c);
        result *= d * c;
        const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
        d = 1.0 / away(1.0 + odd * d);
        c = away(1.0 + odd / c);
        result *= d * c;
        if (std::abs(d * c - 1.0) < 1e-16)
            break;
    }
    return result;
}

/// The share of the distribution below x.
double betaShare(double x, double a, double b)
{
    if (x <= 0.0)
        return 0.0;
    if (x >= 1.0)
        return 1.0;
    const double front =
        std::exp(std::lgamma(a + b) - std::lgamma(a) - std::lgamma(b) + a * std::log(x) + b * std::log1p(-x));
    if (x < (a + 1.0) / (a + b + 2.0))
        return front * continuedFraction(x, a, b) / a;
    return 1.0 - front * continuedFraction(1.0 - x, b, a) / b;
}

} // namespace

double betaQuantile(double p, double a, double b)
{
    if (a == b && p == 0.5)
        return 0.5; // exact by symmetry, and the one value that is rounded from halfway
    double low = 0.0;
    double high = 1.0;
    while (high - low > std::numeric_limits<double>::epsilon() * high) {
        const double middle = low + (high - low) / 2.0;
        if (middle <= low || middle >= high)
            break;
        (betaShare(middle, a, b) < p ? low : high) = middle;
    }
    return p >= 1.0 ? 1.0 : low + (high - low) / 2.0;
}

} // namespace engine
