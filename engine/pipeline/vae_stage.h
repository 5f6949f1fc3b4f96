#pragma once

#include "engine/event.h"
#include "engine/pipeline/model_store.h"

#include <torch/torch.h>

namespace engine {

/// Between pixels and scaled latents, with the ways out when memory is short (tiles) or bfloat16 overflows (float32).
/// For pixel models both directions are the identity.
class VaeStage
{
public:
    VaeStage(LoadedModel &model, const RunContext &context);

    /// \param pixels  [1, 3, H, W] in -1..1   \return [1, C, h, w] float32, the mean, scaled
    torch::Tensor encode(const torch::Tensor &pixels);
    /// \param latents  [1, C, h, w] scaled    \return [1, 3, H, W] float32
    torch::Tensor decode(const torch::Tensor &latents);

private:
    VaeTiling tiling() const;

    LoadedModel &m_model;
    const RunContext &m_context;
};

} // namespace engine
