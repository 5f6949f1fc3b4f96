#pragma once

#include "engine/models/clip.h"
#include "engine/models/unet.h"
#include "engine/models/unet2d.h"
#include "engine/schedule/scheduler_config.h"

#include <torch/torch.h>

#include <functional>
#include <string>

namespace engine {

/// How pictures are drawn to look at while a model is being trained.
struct SampleOptions
{
    SchedulerConfig scheduler = {};
    std::string sampler = "dpmpp_2m";
    std::string schedule = "karras";
    int steps = 20;
    double guidance = 5.0;
    std::uint64_t seed = 0;                  ///< picture i has the noise of seed + i
    std::function<void()> checkStop = [] {}; ///< may throw Cancelled
};

/// What a U-Net is told about the pictures it draws: encoded texts, and what guidance leads away from.
struct SampleConditioning
{
    torch::Tensor context;          ///< [B, T, D]
    torch::Tensor emptyContext;     ///< [1, T, D]
    torch::Tensor pooled = {};      ///< SDXL: [B, P], with
    torch::Tensor emptyPooled = {}; ///< [1, P] and
    torch::Tensor timeIds = {};     ///< [1, 6]
};

/// Latents as the U-Net makes them (scaled), in the dtype and on the device of its weights.
/// \return [B, C, side, side] float32
torch::Tensor sampleLatents(UNet2DCondition &unet, const SampleConditioning &conditioning, int64_t side,
                            const SampleOptions &options);

/// The same for token ids; in the dtype and on the device of its weights.
/// \param tokens [B, T] int64   \param emptyTokens [T]: what guidance leads away from
/// \return [B, C, side, side] float32
torch::Tensor sampleLatents(UNet2DCondition &unet, ClipTextModel &text, const torch::Tensor &tokens,
                            const torch::Tensor &emptyTokens, int64_t side, const SampleOptions &options);

/// Pictures of an unconditional model. \return [count, 3, side, side] float32, about -1..1
torch::Tensor samplePixels(UNet2D &unet, int64_t count, int64_t side, const SampleOptions &options);

} // namespace engine
