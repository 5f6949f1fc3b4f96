#pragma once

#include <cstddef>
#include <cstdint>

namespace engine::kernels {

/// Where a [batch, heads, tokens, headDim] bfloat16 tensor lies. Strides in elements; headDim is contiguous.
struct Heads
{
    std::int64_t batchStride = 0;
    std::int64_t headStride = 0;
    std::int64_t tokenStride = 0;
};

/// softmax(q k^T * scale) v for every batch row and head.
struct AttentionProblem
{
    const std::uint16_t *q = nullptr; ///< bfloat16
    const std::uint16_t *k = nullptr;
    const std::uint16_t *v = nullptr;
    std::uint16_t *out = nullptr;
    Heads qAt = {}, kAt = {}, vAt = {}, outAt = {};
    std::int64_t batch = 1;
    std::int64_t heads = 1;
    std::int64_t queries = 0;
    std::int64_t keys = 0;
    std::int64_t headDim = 0;
    float scale = 1.0F;
};

/// Whether this processor has AMX tiles for bfloat16 and the system lets this process use them.
bool hasAmxBFloat16();

/// The work is in two phases, each of which any number of threads may share: first packAttention() over
/// [0, packTasks), then, when all of that is done, runAttention() over [0, runTasks).
struct AttentionPlan
{
    std::int64_t packTasks = 0;
    std::int64_t runTasks = 0;
    std::size_t packedBytes = 0; ///< of the memory that both phases share; aligned to 64
};

AttentionPlan planAttention(const AttentionProblem &problem);
void packAttention(const AttentionProblem &problem, std::byte *packed, std::int64_t begin, std::int64_t end);
/// Scores, maxima and sums in float32, probabilities rounded to bfloat16 (online softmax: Milakov and Gimelshein 2018,
/// arXiv:1805.02867; tiling: Dao et al. 2022, arXiv:2205.14135).
void runAttention(const AttentionProblem &problem, const std::byte *packed, std::int64_t begin, std::int64_t end);

} // namespace engine::kernels
