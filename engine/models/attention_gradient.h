#pragma once

#include <torch/torch.h>

namespace engine {

/// Whether attendWithGradient() can take these: bfloat16 on a processor with AMX, at most 1024 keys.
bool hasAttentionGradient(const torch::Tensor &q, const torch::Tensor &k, const torch::Tensor &v);

/// attend() for training, with a backward pass of our own: LibTorch's takes a quarter of the step of a small U-Net.
/// \param forward  computes the result without gradients
torch::Tensor attendWithGradient(const torch::Tensor &q, const torch::Tensor &k, const torch::Tensor &v, float scale,
                                 torch::Tensor (*forward)(const torch::Tensor &, const torch::Tensor &,
                                                          const torch::Tensor &, float));

} // namespace engine
