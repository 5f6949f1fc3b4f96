#include "engine/schedule/noise_schedule.h"

#include "engine/error.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace engine {

namespace {

constexpr double kFlowTimesteps = 1000.0;

Error unusable(const std::string &detail)
{
    return Error(ErrorKind::NotSupported, "scheduler", detail);
}

/// Nichol & Dhariwal 2021, arXiv:2102.09672, equation 17: alpha-bar as a squared cosine, each beta at most 0.999.
std::vector<double> cosineBetas(int count)
{
    const auto alphaBar = [](double u) {
        const double c = std::cos((u + 0.008) / 1.008 * std::numbers::pi / 2.0);
        return c * c;
    };
    std::vector<double> betas;
    for (int i = 0; i < count; ++i)
        betas.push_back(std::min(1.0 - alphaBar(double(i + 1) / count) / alphaBar(double(i) / count), 0.999));
    return betas;
}

} // namespace

std::vector<double> betasOf(const SchedulerConfig &config)
{
    if (!config.trainedBetas.empty())
        return config.trainedBetas;
    const int count = config.trainTimesteps;
    if (count < 2)
        throw unusable("a noise schedule of " + std::to_string(count) + " timesteps");
    if (config.betaSchedule == "squaredcos_cap_v2")
        return cosineBetas(count);

    std::vector<double> betas;
    for (int i = 0; i < count; ++i) {
        const double u = double(i) / (count - 1);
        if (config.betaSchedule == "linear") {
            betas.push_back(std::lerp(config.betaStart, config.betaEnd, u));
        } else if (config.betaSchedule == "scaled_linear") {
            const double root = std::lerp(std::sqrt(config.betaStart), std::sqrt(config.betaEnd), u);
            betas.push_back(root * root);
        } else if (config.betaSchedule == "sigmoid") {
            const double s = 1.0 / (1.0 + std::exp(-std::lerp(-6.0, 6.0, u)));
            betas.push_back(std::lerp(config.betaStart, config.betaEnd, s));
        } else {
            throw unusable("beta schedule \"" + config.betaSchedule + "\" is not known");
        }
    }
    return betas;
}

std::vector<double> rescaledToZeroSnr(std::vector<double> alphasCumprod)
{
    // What is left at the last timestep instead of exactly nothing, so that its sigma is finite: the value that other
    // programs use, so that their pictures can be repeated.
    constexpr double kAlmostZero = 4.8973451890853435e-08;

    const double first = std::sqrt(alphasCumprod.front());
    const double last = std::sqrt(alphasCumprod.back());
    for (double &a : alphasCumprod) {
        const double root = (std::sqrt(a) - last) * first / (first - last);
        a = root * root;
    }
    alphasCumprod.back() = kAlmostZero;
    return alphasCumprod;
}

NoiseSchedule::NoiseSchedule(bool isFlow, double shift) : m_flow(isFlow), m_shift(shift) {}

NoiseSchedule::NoiseSchedule(const SchedulerConfig &config)
{
    double product = 1.0;
    for (const double beta : betasOf(config)) {
        if (!(beta > 0.0) || beta > 1.0)
            throw unusable("a beta of " + std::to_string(beta) + " is not between 0 and 1");
        product *= 1.0 - beta;
        m_alphasCumprod.push_back(product);
    }
    if (config.rescaleBetasZeroSnr)
        m_alphasCumprod = rescaledToZeroSnr(std::move(m_alphasCumprod));
    for (const double a : m_alphasCumprod) {
        const double sigma = std::sqrt((1.0 - a) / a);
        if (!std::isfinite(sigma) || sigma <= 0.0)
            throw unusable("a timestep keeps nothing of the picture");
        m_sigmas.push_back(sigma);
        m_logSigmas.push_back(std::log(sigma));
    }
}

NoiseSchedule NoiseSchedule::flow(double shift)
{
    NoiseSchedule result(true, shift);
    for (int i = 1; i <= int(kFlowTimesteps); ++i)
        result.m_sigmas.push_back(result.shifted(i / kFlowTimesteps));
    return result;
}

double NoiseSchedule::shifted(double time) const
{
    return m_shift * time / (1.0 + (m_shift - 1.0) * time);
}

double NoiseSchedule::sigmaAt(double timestep) const
{
    if (m_flow)
        return shifted(timestep / kFlowTimesteps);
    const double t = std::clamp(timestep, 0.0, double(size() - 1));
    const auto low = std::min(std::size_t(t), m_logSigmas.size() - 2);
    return std::exp(std::lerp(m_logSigmas[low], m_logSigmas[low + 1], t - double(low)));
}

double NoiseSchedule::timestepAt(double sigma) const
{
    if (m_flow)
        return sigma * kFlowTimesteps;
    if (sigma <= sigmaMin())
        return 0.0;
    if (sigma >= sigmaMax())
        return size() - 1;
    const double wanted = std::log(sigma);
    const auto above = std::upper_bound(m_logSigmas.begin(), m_logSigmas.end(), wanted);
    const auto high = std::clamp<std::ptrdiff_t>(above - m_logSigmas.begin(), 1, size() - 1);
    const double low = m_logSigmas[std::size_t(high - 1)];
    return double(high - 1) + (wanted - low) / (m_logSigmas[std::size_t(high)] - low);
}

} // namespace engine
