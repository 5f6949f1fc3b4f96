#pragma once

#include "engine/schedule/scheduler_config.h"

#include <torch/torch.h>

namespace engine {

/// Pictures (or latents) corrupted by known noise, and what a network should make of them.
struct CorruptedBatch
{
    torch::Tensor x;        ///< [B, C, h, w] float32: sqrt(a_t) x0 + sqrt(1 - a_t) noise
    torch::Tensor timestep; ///< int64 [B]
    torch::Tensor target;   ///< [B, C, h, w] float32: the noise, or v = sqrt(a_t) noise - sqrt(1 - a_t) x0, or x0
    torch::Tensor weight;   ///< float32 [B]
};

/// The training loss of diffusion models (Ho et al. 2020, equation 14; Salimans and Ho 2022 for v), with the weights
/// of Hang et al. 2023 (min-SNR-gamma, arXiv:2303.09556) where asked.
class NoiseLoss
{
public:
    /// \param minSnrGamma 0: every time step weighs the same
    NoiseLoss(const SchedulerConfig &scheduler, double minSnrGamma, torch::Device device);

    /// Draws time steps, one from each of B equal parts of the range, in random order, and noise.
    /// \param x0 [B, C, h, w] float32
    [[nodiscard]] CorruptedBatch corrupt(const torch::Tensor &x0, const torch::Generator &generator) const;
    /// Weighted mean square of prediction - target. \return float32 scalar
    [[nodiscard]] static torch::Tensor of(const torch::Tensor &prediction, const CorruptedBatch &batch);

private:
    Prediction m_prediction;
    int m_timesteps;
    torch::Tensor m_signal; // float32 [T] sqrt(a)
    torch::Tensor m_noise;  // float32 [T] sqrt(1 - a)
    torch::Tensor m_weight; // float32 [T]
};

} // namespace engine
