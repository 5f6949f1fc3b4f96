#pragma once

#include "engine/schedule/scheduler_config.h"

#include <vector>

namespace engine {

/// How much noise each training timestep has, and the map between timesteps and noise levels.
///
/// Diffusion models: sigma = sqrt((1 - a) / a) with a = alphas_cumprod, the level of the variance-exploding form
/// x = x0 + sigma * noise (Karras et al. 2022, arXiv:2206.00364); timesteps 0 .. size() - 1.
/// Flow models (rectified flow): x = (1 - sigma) x0 + sigma * noise, sigma in 0..1, timestep = 1000 sigma.
class NoiseSchedule
{
public:
    /// \throws Error{NotSupported} if the config names no beta schedule we know or its values make no schedule.
    explicit NoiseSchedule(const SchedulerConfig &config = {});
    /// Rectified flow whose timesteps are moved by shift * u / (1 + (shift - 1) u) (Esser et al. 2024,
    /// arXiv:2403.03206, 5.3.2).
    static NoiseSchedule flow(double shift);

    [[nodiscard]] bool isFlow() const { return m_flow; }
    [[nodiscard]] double flowShift() const { return m_shift; }
    [[nodiscard]] int size() const { return int(m_sigmas.size()); }
    /// Of each training timestep. Empty for flow models.
    [[nodiscard]] const std::vector<double> &alphasCumprod() const { return m_alphasCumprod; }
    /// Of each training timestep, rising.
    [[nodiscard]] const std::vector<double> &sigmas() const { return m_sigmas; }
    [[nodiscard]] double sigmaMin() const { return m_sigmas.front(); }
    [[nodiscard]] double sigmaMax() const { return m_sigmas.back(); }

    /// Between two timesteps log sigma is linear; outside of the table its ends.
    [[nodiscard]] double sigmaAt(double timestep) const;
    [[nodiscard]] double timestepAt(double sigma) const;
    /// Flow: the shift applied to a time 0..1.
    [[nodiscard]] double shifted(double time) const;

private:
    NoiseSchedule(bool isFlow, double shift);

    std::vector<double> m_alphasCumprod;
    std::vector<double> m_sigmas;
    std::vector<double> m_logSigmas;
    bool m_flow = false;
    double m_shift = 1.0;
};

/// Betas of a config, before any rescaling.
/// \throws Error{NotSupported}
std::vector<double> betasOf(const SchedulerConfig &config);

/// Moves sqrt(alphas_cumprod) so that the last becomes 0 and the first stays (Lin et al. 2023, arXiv:2305.08891,
/// algorithm 1).
std::vector<double> rescaledToZeroSnr(std::vector<double> alphasCumprod);

} // namespace engine
