#include "engine/schedule/schedules.h"

#include "engine/error.h"
#include "engine/schedule/beta_distribution.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <string>

namespace engine {

namespace {

struct Input
{
    int n;
    const NoiseSchedule &table;
    double sigmaMin;
    double sigmaMax;
    double rho; ///< NaN: the schedule's own
};
using Levels = std::vector<double>;

/// 0 .. 1 in n equal points; the only one of a single point is 0.
double fraction(int i, int n)
{
    return n > 1 ? double(i) / (n - 1) : 0.0;
}

template <typename Function>
Levels levels(int n, Function sigmaOf)
{
    Levels result;
    for (int i = 0; i < n; ++i)
        result.push_back(sigmaOf(i));
    return result;
}

double lastTimestep(const NoiseSchedule &table)
{
    return table.isFlow() ? 1000.0 * table.sigmaMax() : table.size() - 1.0;
}

double firstTimestep(const NoiseSchedule &table)
{
    return table.isFlow() ? 1000.0 * table.sigmaMin() : 0.0;
}

Levels normal(const Input &in)
{
    return levels(in.n, [&](int i) {
        return in.table.sigmaAt(std::lerp(lastTimestep(in.table), firstTimestep(in.table), fraction(i, in.n)));
    });
}

Levels sgmUniform(const Input &in)
{
    return levels(in.n, [&](int i) {
        return in.table.sigmaAt(std::lerp(lastTimestep(in.table), firstTimestep(in.table), double(i) / in.n));
    });
}

/// Karras et al. 2022, arXiv:2206.00364, equation 5.
Levels karras(const Input &in)
{
    const double rho = std::isnan(in.rho) ? 7.0 : in.rho;
    const double high = std::pow(in.sigmaMax, 1.0 / rho);
    const double low = std::pow(in.sigmaMin, 1.0 / rho);
    return levels(in.n, [&](int i) { return std::pow(high + fraction(i, in.n) * (low - high), rho); });
}

Levels exponential(const Input &in)
{
    return levels(in.n, [&](int i) {
        return std::exp(std::lerp(std::log(in.sigmaMax), std::log(in.sigmaMin), fraction(i, in.n)));
    });
}

Levels polyexponential(const Input &in)
{
    const double rho = std::isnan(in.rho) ? 1.0 : in.rho;
    const double high = std::log(in.sigmaMax);
    const double low = std::log(in.sigmaMin);
    return levels(in.n, [&](int i) { return std::exp(std::pow(1.0 - fraction(i, in.n), rho) * (high - low) + low); });
}

Levels simple(const Input &in)
{
    const Levels &table = in.table.sigmas();
    const double stride = double(table.size()) / in.n;
    return levels(in.n, [&](int i) { return table[table.size() - 1 - std::size_t(i * stride)]; });
}

Levels ddimUniform(const Input &in)
{
    const int stride = std::max(in.table.size() / in.n, 1);
    Levels result;
    for (int t = 1; t < in.table.size(); t += stride)
        result.push_back(in.table.sigmas()[std::size_t(t)]);
    std::reverse(result.begin(), result.end());
    return result;
}

/// Lee et al. 2024, arXiv:2407.12173: timesteps where the beta distribution has equal shares.
Levels beta(const Input &in)
{
    Levels result;
    long previous = -1;
    for (int i = 0; i < in.n; ++i) {
        const double share = 1.0 - double(i) / in.n;
        const long t = std::lrint((in.table.size() - 1) * betaQuantile(share, 0.6, 0.6));
        if (t != previous)
            result.push_back(in.table.sigmas()[std::size_t(t)]);
        previous = t;
    }
    return result;
}

/// Sabour et al. 2024, arXiv:2404.14507, equation 22.
Levels klOptimal(const Input &in)
{
    return levels(in.n, [&](int i) {
        const double u = fraction(i, in.n);
        return std::tan(u * std::atan(in.sigmaMin) + (1.0 - u) * std::atan(in.sigmaMax));
    });
}

/// Polyak et al. 2024 (Movie Gen), arXiv:2410.13720, section 3.4.2: half of the steps linear, the others quadratic.
Levels linearQuadratic(const Input &in)
{
    constexpr double kReached = 0.025; // noise removed by the linear half
    const int n = in.n;
    const int linear = n / 2;
    if (linear == 0)
        return {in.sigmaMax};
    const double slope = kReached / linear;
    const double rest = n - linear;
    const double quadratic = (linear - kReached * n) / (linear * rest * rest);
    const double first = slope - 2.0 * (linear - kReached * n) / (rest * rest);
    return levels(n, [&](int i) {
        const double removed = i < linear ? i * slope : quadratic * i * i + first * i + quadratic * linear * linear;
        return in.sigmaMax * (1.0 - removed);
    });
}

/// Sabour et al. 2024, arXiv:2404.14507: levels found by optimisation for 10 steps, log-linear between them.
Levels alignYourSteps(const Input &in, const std::array<double, 11> &published)
{
    return levels(in.n, [&](int i) {
        const double position = fraction(i, in.n) * (published.size() - 1);
        const auto low = std::min(std::size_t(position), published.size() - 2);
        return std::exp(std::lerp(std::log(published[low]), std::log(published[low + 1]), position - double(low)));
    });
}

Levels alignYourStepsSd1(const Input &in)
{
    return alignYourSteps(in, {14.615, 6.475, 3.861, 2.697, 1.886, 1.396, 0.963, 0.652, 0.399, 0.152, 0.029});
}

Levels alignYourStepsSdxl(const Input &in)
{
    return alignYourSteps(in, {14.615, 6.315, 3.771, 2.181, 1.342, 0.862, 0.555, 0.380, 0.234, 0.113, 0.029});
}

/// The timesteps that latent consistency models were distilled at (Luo et al. 2023, arXiv:2310.04378): 50 of them.
Levels lcm(const Input &in)
{
    constexpr int kDistilled = 50;
    const int stride = std::max(in.table.size() / kDistilled, 1);
    const int points = std::min(kDistilled, in.table.size());
    const int n = std::min(in.n, points);
    return levels(n, [&](int i) { return in.table.sigmas()[std::size_t((points - points * i / n) * stride - 1)]; });
}

struct Row
{
    std::string_view id;
    Levels (*levels)(const Input &in);
};

constexpr Row kRows[] = {
#define TINCTURE_SCHEDULE(id, label, function) {#id, function},
#include "engine/schedule/schedules.def"
#undef TINCTURE_SCHEDULE
};

/// The whole timesteps of diffusers' loops: "leading" spacing, one level after them.
SamplingPlan leadingTimesteps(int steps, const NoiseSchedule &table, const SchedulerConfig &config, bool endsClean)
{
    const int n = std::clamp(steps, 1, table.size());
    const int stride = table.size() / n;
    const int offset = std::clamp(config.stepsOffset, 0, table.size() - 1 - (n - 1) * stride);
    SamplingPlan plan{.form = SamplingForm::Timestep};
    for (int i = n - 1; i >= 0; --i) {
        const int t = i * stride + offset;
        plan.timesteps.push_back(t);
        plan.sigmas.push_back(table.sigmas()[std::size_t(t)]);
    }
    plan.sigmas.push_back(endsClean || offset == 0 ? 0.0 : table.sigmaMin());
    return plan;
}

} // namespace

SchedulePlan planSchedule(std::string_view id, int steps, const NoiseSchedule &table, const ScheduleOptions &options)
{
    if (steps < 1)
        throw Error(ErrorKind::BadRequest, "steps", "there must be at least one step");
    const auto row = std::find_if(std::begin(kRows), std::end(kRows), [&](const Row &r) { return r.id == id; });
    if (row == std::end(kRows))
        throw Error(ErrorKind::BadRequest, "schedule", "there is no schedule \"" + std::string(id) + "\"");

    SchedulePlan plan;
    plan.sigmas = row->levels({.n = steps,
                               .table = table,
                               .sigmaMin = options.sigmaMin > 0.0 ? options.sigmaMin : table.sigmaMin(),
                               .sigmaMax = options.sigmaMax > 0.0 ? options.sigmaMax : table.sigmaMax(),
                               .rho = options.rho > 0.0 ? options.rho : std::numeric_limits<double>::quiet_NaN()});
    for (const double sigma : plan.sigmas)
        plan.timesteps.push_back(table.timestepAt(sigma));
    plan.sigmas.push_back(0.0);
    return plan;
}

SamplingPlan planSampling(std::string_view sampler, std::string_view schedule, int steps, const NoiseSchedule &table,
                          const SchedulerConfig &config, const ScheduleOptions &options)
{
    const bool isLeading = schedule == "ddim_uniform" && (sampler == "ddim" || sampler == "plms" || sampler == "ddpm");
    if (isLeading && !table.isFlow() && steps >= 1)
        return leadingTimesteps(steps, table, config, config.setAlphaToOne || sampler == "ddpm");

    const bool isDistilled = schedule == "lcm" && (sampler == "lcm" || sampler == "tcd");
    const bool leavesOneOut = sampler == "dpm_2" || sampler == "dpm_2_ancestral" || sampler == "dpmpp_3m_sde";
    SchedulePlan plan = planSchedule(schedule, leavesOneOut ? steps + 1 : steps, table, options);
    if (leavesOneOut && plan.timesteps.size() > 1) {
        plan.sigmas.erase(plan.sigmas.end() - 2);
        plan.timesteps.pop_back();
    }
    SamplingPlan result{.sigmas = std::move(plan.sigmas), .timesteps = std::move(plan.timesteps)};
    if (isDistilled && !table.isFlow()) {
        result.form = SamplingForm::Timestep;
        for (double &t : result.timesteps)
            t = std::round(t); // they are whole: no trace of the logarithm on the way
        if (sampler == "tcd")
            result.sigmas.back() = table.sigmaMin();
    }
    return result;
}

int stepsFromPicture(double strength, int steps)
{
    return int(std::clamp(strength, 0.0, 0.999) * steps) + 1;
}

void keepLastSteps(SamplingPlan &plan, int count)
{
    const auto surplus = std::ptrdiff_t(plan.timesteps.size()) - std::max(count, 1);
    if (surplus <= 0)
        return;
    plan.sigmas.erase(plan.sigmas.begin(), plan.sigmas.begin() + surplus);
    plan.timesteps.erase(plan.timesteps.begin(), plan.timesteps.begin() + surplus);
}

} // namespace engine
