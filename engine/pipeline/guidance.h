#pragma once

#include "engine/event.h"
#include "engine/pipeline/conditioning.h"

#include <torch/torch.h>

namespace engine {

/// What guidance was made of at the newest call, as the network says it.
struct GuidanceHalves
{
    torch::Tensor conditional = {}; ///< [1, C, h, w] float32; undefined without guidance. AND: the weighted sum
    torch::Tensor unconditional = {};
};

/// The noise predictor as a sampler sees it: classifier-free guidance (Ho & Salimans 2022, arXiv:2207.12598) around the
/// U-Net, u + g * sum_i w_i (c_i - u), with guidance rescale (Lin et al. 2023, section 3.4).
class GuidedNetwork
{
public:
    struct Inputs
    {
        const PromptConditioning *positive = nullptr; ///< nullptr: unconditional model
        const PromptConditioning *negative = nullptr; ///< may be nullptr at guidance scale 1
        double guidanceScale = 1.0;
        double guidanceRescale = 0.0;
        torch::Tensor timeIds = {};            ///< SDXL
        torch::Tensor extraChannels = {};      ///< [1, 5, h, w] inpainting: mask, masked latent; set beside the sample
        GuidanceHalves *halves = nullptr;      ///< filled at each call; may be nullptr
        AttentionCapture *attention = nullptr; ///< is told where the positive prompt's tokens look; may be nullptr
    };

    GuidedNetwork(LoadedModel &model, Inputs inputs, const RunContext &context);

    /// \param x         [1, C, h, w] float32, scaled to the variance-preserving form
    /// \param timestep  0..999, may be fractional
    /// \param step      from 0
    /// \return          [1, C, h, w] float32: what the network predicts (noise, v or picture), guided
    torch::Tensor operator()(const torch::Tensor &x, double timestep, int step);

private:
    torch::Tensor predict(const torch::Tensor &x, double timestep, const std::vector<const Conditioning *> &texts);
    torch::Tensor call(const torch::Tensor &x, double timestep, const std::vector<const Conditioning *> &texts);

    LoadedModel &m_model;
    Inputs m_inputs;
    const RunContext &m_context;
    bool m_oneByOne = false; ///< memory was short for all texts in one batch
};

} // namespace engine
