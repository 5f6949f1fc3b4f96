#pragma once

#include "engine/checkpoint/families.h"
#include "engine/checkpoint/model_files.h"
#include "engine/core/device.h"
#include "engine/event.h"
#include "engine/model_info.h"
#include "engine/models/clip.h"
#include "engine/models/unet.h"
#include "engine/models/unet2d.h"
#include "engine/models/vae.h"
#include "engine/schedule/noise_schedule.h"
#include "engine/text/tokenizer.h"

#include <memory>
#include <optional>
#include <string>

namespace engine {

/// A CLIP text encoder with its tokenizer.
struct TextPart
{
    std::unique_ptr<Tokenizer> tokenizer;
    ClipTextModel model{nullptr};
    int unusedLayers = 0; ///< see ModelPart::unusedLayers
};

/// A linear map from scaled latents to RGB in -1..1: rgb = latents * factors + bias.
struct PreviewMap
{
    torch::Tensor factors; ///< [C, 3]
    torch::Tensor bias;    ///< [3]
};

/// The networks of one model in memory, ready to run. Text encoders are float32, the U-Net and the autoencoder in the
/// dtype that DevicePolicy chose.
struct LoadedModel
{
    ModelInfo info;
    SchedulerConfig scheduler;
    std::unique_ptr<NoiseSchedule> noiseSchedule;
    std::optional<TextPart> text;
    std::optional<TextPart> text2; ///< SDXL
    UNet2DCondition unet{nullptr}; ///< latent models
    UNet2D pixelUnet{nullptr};     ///< unconditional pixel models
    AutoencoderKL vae{nullptr};
    LatentToRgb latentToRgb;
    std::optional<PreviewMap> previewMap = {}; ///< see previewMap(), which makes it
    torch::Dtype dtype = torch::kFloat32;
    torch::Device device{torch::kCPU};

    [[nodiscard]] int64_t latentChannels() const;
    /// Pixels a latent is wide; 1 for pixel models.
    [[nodiscard]] int64_t downscale() const;
};

/// The one owner of weights: holds the model that was used last.
class ModelStore
{
public:
    explicit ModelStore(const DevicePolicy &devices);

    /// Loads the model unless it is the one at hand (same path, dtype and, by size and time, same files).
    /// \throws Error as openModelFiles and loadInto do, Error{WrongWeights} if a part that a picture needs is missing,
    ///         Cancelled
    LoadedModel &ensure(const LoadRequest &request, const RunContext &context);
    void unload();

private:
    std::unique_ptr<LoadedModel> load(const LoadRequest &request, const RunContext &context) const;

    const DevicePolicy &m_devices;
    std::unique_ptr<LoadedModel> m_model;
    std::string m_key;
};

} // namespace engine
