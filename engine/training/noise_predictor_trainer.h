#pragma once

#include "engine/models/clip.h"
#include "engine/models/unet.h"
#include "engine/models/unet2d.h"
#include "engine/training/noise_loss.h"
#include "engine/training/objective.h"
#include "engine/training/prepared_data.h"

namespace engine {

struct NoisePredictorOptions
{
    SchedulerConfig scheduler = {};
    double minSnrGamma = 5.0;
    double captionDropout = 0.1;
    bool flip = false;
    /// Of the U-Net and of a text encoder that is trained with it. (Making pictures, text encoders compute in float32;
    /// training, a small one would take a quarter of the step.)
    torch::Dtype computeDtype = torch::kFloat32;
};

/// Teaches a U-Net to predict the noise in latents, with text, and the text encoder along with it (Rombach et al.
/// 2022). The autoencoder is frozen: latents are computed once, see encodeAll().
class LatentObjective : public Objective
{
public:
    /// \param latents [N, C, h, w] float32, scaled, on the networks' device; with `flip` [2N, C, h, w]: those of the
    ///                mirrored pictures follow
    LatentObjective(const PreparedData &data, torch::Tensor latents, UNet2DCondition unet, ClipTextModel text,
                    const NoisePredictorOptions &options);

    [[nodiscard]] std::vector<TrainedModule> modules() const override;
    [[nodiscard]] torch::Device device() const override { return m_latents.device(); }
    BatchLoss prepare(int64_t batch, const torch::Generator &generator) override;

private:
    torch::Tensor m_latents;
    UNet2DCondition m_unet;
    ClipTextModel m_text;
    NoisePredictorOptions m_options;
    NoiseLoss m_noiseLoss;
    BatchSampler m_sampler;
};

/// Teaches a U-Net to predict the noise in pictures, without text (Ho et al. 2020).
class PixelObjective : public Objective
{
public:
    PixelObjective(const PreparedData &data, UNet2D unet, torch::Device device, const NoisePredictorOptions &options);

    [[nodiscard]] std::vector<TrainedModule> modules() const override;
    [[nodiscard]] torch::Device device() const override { return m_device; }
    BatchLoss prepare(int64_t batch, const torch::Generator &generator) override;

private:
    torch::Tensor m_pictures;
    torch::Device m_device;
    UNet2D m_unet;
    NoisePredictorOptions m_options;
    NoiseLoss m_noiseLoss;
    BatchSampler m_sampler;
};

/// Mirrors about half of [B, C, H, W].
torch::Tensor flipHalf(const torch::Tensor &x, const torch::Generator &generator);

/// Pictures as they are kept for training: on the device itself where they take less than a third of its memory, so
/// that no step waits for a copy, else where they are.
torch::Tensor keepPictures(const torch::Tensor &pictures, torch::Device device);

} // namespace engine
