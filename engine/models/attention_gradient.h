#pragma once

#include <torch/torch.h>

namespace engine {

/// Whether attendWithGradient() can take these: bfloat16 on a processor with AMX, at most 1024 keys.
bool hasAttentionGradient(const torch::Tensor &q, const torch::Tensor &k, const torch::Tensor &v);

struct TrainedAttention
{
    float scale = 1.0F;
    bool isCausal = false;
    /// Computes the result without gradients.
    torch::Tensor (*forward)(const torch::Tensor &q, const torch::Tensor &k, const torch::Tensor &v,
                             float scale) = nullptr;
};

/// attend() for training, with a backward pass of our own: LibTorch's takes a quarter of the step of a small U-Net.
/// Profiles know that as "engine::attention_backward".
torch::Tensor attendWithGradient(const torch::Tensor &q, const torch::Tensor &k, const torch::Tensor &v,
                                 const TrainedAttention &how);

} // namespace engine
