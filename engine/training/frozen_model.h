#pragma once

#include "engine/checkpoint/model_files.h"
#include "engine/models/clip.h"
#include "engine/models/unet.h"
#include "engine/models/vae.h"
#include "engine/models/weights.h"
#include "engine/text/tokenizer.h"

#include <memory>
#include <string>
#include <vector>

namespace engine {

/// The autoencoder of a model folder or file, or a folder that is one; its gradients are off.
/// \throws Error{WrongWeights} if there is none; what loadInto() throws.
AutoencoderKL loadAutoencoder(const ModelFiles &files, LoadWeightsOptions options);

/// What a Stable Diffusion U-Net is told about texts.
struct EncodedTexts
{
    torch::Tensor hiddenStates; ///< [B, T, D] float32
    torch::Tensor pooled = {};  ///< SDXL: [B, P]
};

/// A Stable Diffusion model whose weights stay as they are while an adapter is trained.
class FrozenModel
{
public:
    /// \throws Error{NotSupported} for models that adapters cannot be trained for; Error{WrongWeights} if a part is
    ///         missing; what openModelFiles() and loadInto() throw.
    FrozenModel(const std::filesystem::path &path, const LoadWeightsOptions &options);

    /// The beginnings of texts, as much of each as the text encoders take at once; without any grammar.
    /// \return [texts, T] int64 for each text encoder
    [[nodiscard]] std::vector<torch::Tensor> tokenize(const std::vector<std::string> &texts) const;
    /// Loads the text encoders when it is called first.
    /// \param tokens  [B, T] for each text encoder
    EncodedTexts encode(const std::vector<torch::Tensor> &tokens);
    /// Gives the text encoders' memory back.
    void forgetText();

    /// See engine::identityOf().
    [[nodiscard]] std::string identityOf(const std::vector<std::string> &parts) const;
    [[nodiscard]] bool isXl() const { return unet->config().hasTextTime; }
    [[nodiscard]] const SchedulerConfig &scheduler() const { return m_files.scheduler; }
    /// As kohya's files say it: "sd_v1", "sd_v2", "sdxl_base_v1-0".
    [[nodiscard]] std::string baseVersion() const;

    UNet2DCondition unet{nullptr};
    AutoencoderKL vae{nullptr};

private:
    struct Tower
    {
        std::string part;
        std::unique_ptr<Tokenizer> tokenizer;
        ClipTextModel model{nullptr}; // none until a text is encoded
        int unusedLayers = 0;
    };

    void addTower(const std::string &part, const std::string &tokenizer);
    void load(Tower &tower) const;

    ModelFiles m_files;
    LoadWeightsOptions m_options;
    std::vector<Tower> m_towers;
};

} // namespace engine
