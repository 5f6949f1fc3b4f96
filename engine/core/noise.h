#pragma once

#include "engine/request.h"

#include <torch/torch.h>

#include <cstdint>
#include <memory>

namespace engine {

/// Standard normal numbers of one picture: each draw goes on where the last one ended. Always made on the CPU, so that
/// a picture does not depend on the device.
///
/// Cpu: LibTorch's CPU generator, the numbers of torch.randn in Python (it looks at the low 32 bits of the seed only).
/// Nv: Philox 4x32-10 as torch.randn draws on a CUDA device (Salmon et al. 2011, "Parallel random numbers: as easy as
/// 1, 2, 3").
class NoiseSource
{
public:
    explicit NoiseSource(std::uint64_t seed, RngKind kind = RngKind::Cpu);

    /// \return float32 on the CPU
    torch::Tensor draw(at::IntArrayRef shape);

private:
    std::uint64_t m_seed;
    RngKind m_kind;
    at::Generator m_generator;
    std::uint32_t m_draws = 0; ///< of Nv: the offset of the next draw
};

/// Noise between two noises, on the arc from `noise` (strength 0) to `variation` (strength 1), as AUTOMATIC1111's
/// variation seeds mix them: one angle per channel and column.
///
/// \param noise      [C, h, w] or [1, C, h, w]
/// \param variation  the same shape
torch::Tensor mixedNoise(const torch::Tensor &noise, const torch::Tensor &variation, double strength);

} // namespace engine
