#pragma once

#include "engine/models/layers.h"

namespace engine {

/// The whole prompt as one vector that is added to the embedding of the timestep, so that every resnet block hears of
/// it (diffusers' TextTimeEmbedding, addition_embed_type "text"): attention from the mean of the tokens to all of them
/// (Radford et al. 2021, section 2.3, arXiv:2103.00020), then a projection.
class TextTimeEmbeddingImpl : public nn::Module
{
public:
    TextTimeEmbeddingImpl(int64_t textDim, int64_t timeDim, int64_t heads);

    /// \param context [B, T, textDim]   \return [B, timeDim]
    torch::Tensor forward(const torch::Tensor &context);

private:
    class PoolImpl;
    LayerNorm norm1;
    std::shared_ptr<PoolImpl> pool;
    Linear proj;
    LayerNorm norm2;
};
TORCH_MODULE(TextTimeEmbedding);

} // namespace engine
