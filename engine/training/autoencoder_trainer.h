#pragma once

#include "engine/event.h"
#include "engine/models/vae.h"
#include "engine/training/objective.h"
#include "engine/training/prepared_data.h"

#include <array>

namespace engine {

struct AutoencoderOptions
{
    double l1 = 1.0;
    double l2 = 0.5;       ///< squared error: what PSNR measures
    double gradient = 0.5; ///< L1 of the differences between neighbouring pixels: sharp edges
    double kl = 1e-3;      ///< Kullback-Leibler divergence to the standard normal, mean over the latents
    bool flip = false;
    torch::Dtype computeDtype = torch::kFloat32;
};

/// Teaches an autoencoder to give its input back through a small, well-behaved latent space (Rombach et al. 2022,
/// section 3.1, without the perceptual and adversarial terms).
class AutoencoderObjective : public Objective
{
public:
    AutoencoderObjective(const PreparedData &data, AutoencoderKL vae, torch::Device device,
                         const AutoencoderOptions &options);

    [[nodiscard]] std::vector<TrainedModule> modules() const override;
    [[nodiscard]] torch::Device device() const override { return m_device; }
    BatchLoss prepare(int64_t batch, const torch::Generator &generator) override;

private:
    /// \param x      [B, 3, H, W] float32 in -1..1
    /// \param noise  [B, C, h, w] float32 standard normal, of the latents
    torch::Tensor loss(const torch::Tensor &x, const torch::Tensor &noise);

    torch::Tensor m_pictures;
    torch::Device m_device;
    AutoencoderKL m_vae;
    AutoencoderOptions m_options;
    BatchSampler m_sampler;
};

/// Means of the latents of pictures, unscaled; the autoencoder computes in the dtype of its weights.
/// \param pictures uint8 [N, 3, H, W]   \param flip  \return [N, C, h, w] float32 on the autoencoder's device; with
/// `flip` [2N, C, h, w], the mirrored pictures' behind
torch::Tensor encodeAll(AutoencoderKL &vae, const torch::Tensor &pictures, bool flip, const RunContext &context);

/// Peak signal-to-noise ratio of what the autoencoder gives back, in dB over all pixels of all pictures.
double reconstructionPsnr(AutoencoderKL &vae, const torch::Tensor &pictures);

/// How latents are spread over a training set.
struct LatentStatistics
{
    double scalingFactor = 1.0; ///< 1 / standard deviation of all latents
    torch::Tensor rgbFactors;   ///< [C, 3] with rgbBias: the linear map from scaled latents to RGB in -1..1
    torch::Tensor rgbBias;      ///< [3]     that fits the pictures best (least squares)
};

/// Moves and scales each latent channel to mean 0 and a common spread, by changing quant_conv and post_quant_conv:
/// the autoencoder gives the same pictures as before. `weights` are its own, by name, float32; changed in place.
/// \param latents means as encodeAll() gives them; changed in place, too
void centreLatents(std::map<std::string, torch::Tensor> &weights, torch::Tensor &latents);

/// \param latents unscaled   \param pictures uint8 [N, 3, H, W]
LatentStatistics measureLatents(const torch::Tensor &latents, const torch::Tensor &pictures);

} // namespace engine
