#pragma once

#include "engine/image.h"

#include <torch/torch.h>

namespace engine {

/// [1, 3, H, W] or [3, H, W], about -1..1, to 8 bits: round(255 * clamp(x / 2 + 0.5)).
Image toImage(const torch::Tensor &x);

/// Any picture to [1, 3, height, width] float32 in -1..1, scaled (bicubic, antialiased) where the size differs.
/// Transparent parts become white.
torch::Tensor toTensor(const Image &image, int width, int height);

/// A mask to [1, 1, height, width] float32: 1 where it is at least 128 (repaint), else 0. Colour masks by their mean.
torch::Tensor maskTensor(const Image &mask, int width, int height);

/// The mask as latents see it: its value at the centre of each block. [1, 1, H, W] -> [1, 1, H / block, W / block]
torch::Tensor latentMask(const torch::Tensor &mask, int64_t block);

} // namespace engine
