#pragma once

#include "engine/models/unet.h"
#include "engine/train_request.h"
#include "engine/training/noise_loss.h"
#include "engine/training/prepared_data.h"
#include "engine/training/trainer.h"
#include "engine/training/training_run.h"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace engine {

/// Low-rank changes of layers of a U-Net's transformers (Hu et al. 2021, LoRA, arXiv:2106.09685): each layer gives
/// W x + (alpha / rank) up(down(x)). Starts as no change.
class LoraNetworkImpl : public torch::nn::Module
{
public:
    /// Hooks itself into the linear layers and 1x1 convolutions of `unet` that `targets` means; it must outlive this.
    /// \throws Error{NotSupported} if there is none
    LoraNetworkImpl(UNet2DCondition unet, int rank, double alpha, LoraTargets targets = LoraTargets::Attention);

    [[nodiscard]] int rank() const { return m_rank; }
    [[nodiscard]] double alpha() const { return m_alpha; }

private:
    int m_rank;
    double m_alpha;
};
TORCH_MODULE(LoraNetwork);

/// The name that kohya's programs give a layer of the U-Net: "lora_unet_down_blocks_0_attentions_0_..._attn1_to_q"; for
/// SDXL the names of the original code ("lora_unet_input_blocks_4_1_...").
/// \param layer  "down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q"
std::string loraName(const std::string &layer, const UNetConfig &config);

/// Writes a file of kohya's format: NAME.lora_down.weight, NAME.lora_up.weight, NAME.alpha.
/// \param weights   parameters of a LoraNetwork by name
/// \throws Error{DiskFull, FileUnreadable}
void writeLora(const std::filesystem::path &file, const std::map<std::string, torch::Tensor> &weights, double alpha,
               const std::map<std::string, std::string> &metadata);

/// All texts of a set, encoded.
struct EncodedCaptions
{
    torch::Tensor hiddenStates; ///< [K, T, D]
    torch::Tensor pooled = {};  ///< SDXL: [K, P]
    torch::Tensor timeIds = {}; ///< SDXL: [1, 6]
};

/// Teaches an adapter to predict the noise in latents of pictures and their captions; the U-Net's own weights stay.
class LoraObjective : public Objective
{
public:
    /// \param data     its `tokens` are [M, 1]: rows of `captions`
    /// \param latents  as LatentObjective takes them
    LoraObjective(const PreparedData &data, torch::Tensor latents, EncodedCaptions captions, UNet2DCondition unet,
                  LoraNetwork lora, const NoiseLoss &loss, const TrainRequest &request);

    [[nodiscard]] std::vector<TrainedModule> modules() const override;
    [[nodiscard]] torch::Device device() const override { return m_latents.device(); }
    BatchLoss prepare(int64_t batch, const torch::Generator &generator) override;

private:
    torch::Tensor m_latents;
    EncodedCaptions m_captions;
    UNet2DCondition m_unet;
    LoraNetwork m_lora;
    NoiseLoss m_noiseLoss;
    BatchSampler m_sampler;
    bool m_flip;
};

/// A whole run, see runTraining().
TrainReport trainLora(TrainingRun &run);

} // namespace engine
