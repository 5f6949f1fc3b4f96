#pragma once

#include "engine/kernels/amx_attention.h"

namespace engine::kernels {

/// Gradients of softmax(q k^T * scale) v; all tensors bfloat16 [batch, heads, tokens, headDim], headDim contiguous.
struct AttentionGradientProblem
{
    const std::uint16_t *q = nullptr;
    const std::uint16_t *k = nullptr;
    const std::uint16_t *v = nullptr;
    const std::uint16_t *outGradient = nullptr;
    std::uint16_t *qGradient = nullptr;
    std::uint16_t *kGradient = nullptr;
    std::uint16_t *vGradient = nullptr;
    Heads qAt = {}, kAt = {}, vAt = {}, outGradientAt = {}, qGradientAt = {}, kGradientAt = {}, vGradientAt = {};
    std::int64_t batch = 1;
    std::int64_t heads = 1;
    std::int64_t queries = 0;
    std::int64_t keys = 0; ///< at most kMostGradientKeys: a head's keys stay in the cache
    std::int64_t headDim = 0;
    float scale = 1.0F;
    bool isCausal = false; ///< query i sees keys 0 .. i only
};

constexpr std::int64_t kMostGradientKeys = 1024;

/// Heads [begin, end) of the batch * heads that there are; any number of threads may share the work. Needs
/// hasAmxBFloat16(). Scores and sums in float32, probabilities and their gradients rounded to bfloat16 before they are
/// multiplied (Dao et al. 2022, arXiv:2205.14135, appendix B).
void attentionGradients(const AttentionGradientProblem &problem, std::int64_t begin, std::int64_t end);

} // namespace engine::kernels
