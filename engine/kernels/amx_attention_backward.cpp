#include "engine/kernels/amx_attention_backward.h"

#include "engine/kernels/amx_tiles.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <new>
#include <utility>

namespace engine::kernels {

#ifdef TINCTURE_AMX

namespace {

constexpr std::int64_t kBlock = 32; // queries at a time, and sides of the blocks that are multiplied

std::int64_t roundedUp(std::int64_t count)
{
    return (count + kBlock - 1) / kBlock * kBlock;
}

/// Everything about one head lies here, keys down and queries across: columns of scores are what softmax sums up, and a
/// vector holds 16 of them.
struct Scratch
{
    explicit Scratch(const AttentionGradientProblem &p) : keys(roundedUp(p.keys)), depth(roundedUp(p.headDim))
    {
        const std::int64_t halves = 3 * keys * depth + 4 * kBlock * depth + 3 * keys * kBlock;
        const std::int64_t floats = 2 * keys * depth + 2 * keys * kBlock + depth * kBlock;
        memory.reset(static_cast<std::byte *>(
            ::operator new(static_cast<std::size_t>(2 * halves + 4 * floats), std::align_val_t(64))));
        auto *f = reinterpret_cast<float *>(memory.get());
        const auto takeFloats = [&](std::int64_t count) { return std::exchange(f, f + count); };
        kSum = takeFloats(keys * depth);
        vSum = takeFloats(keys * depth);
        scores = takeFloats(keys * kBlock);
        upstream = takeFloats(keys * kBlock);
        qSum = takeFloats(depth * kBlock);
        auto *h = reinterpret_cast<std::uint16_t *>(f);
        const auto takeHalves = [&](std::int64_t count) { return std::exchange(h, h + count); };
        kRows = takeHalves(keys * depth);
        vRows = takeHalves(keys * depth);
        kColumns = takeHalves(keys * depth);
        qAcross = takeHalves(kBlock * depth);
        gAcross = takeHalves(kBlock * depth);
        qDown = takeHalves(kBlock * depth);
        gDown = takeHalves(kBlock * depth);
        probabilities = takeHalves(keys * kBlock);
        gradients = takeHalves(keys * kBlock);
        gradientPairs = takeHalves(keys * kBlock);
    }

    struct Free
    {
        void operator()(std::byte *p) const { ::operator delete(p, std::align_val_t(64)); }
    };

    std::int64_t keys;  ///< rounded up
    std::int64_t depth; ///< headDim, rounded up
    std::unique_ptr<std::byte, Free> memory;
    float *kSum;                  ///< [keys, depth] gradient of k
    float *vSum;                  ///< [keys, depth] gradient of v
    float *scores;                ///< [keys, 32], then probabilities
    float *upstream;              ///< [keys, 32] v * outGradient^T
    float *qSum;                  ///< [depth, 32] gradient of q, transposed
    std::uint16_t *kRows;         ///< [keys, depth]
    std::uint16_t *vRows;         ///< [keys, depth]
    std::uint16_t *kColumns;      ///< [depth, keys]
    std::uint16_t *qAcross;       ///< right factor [depth, 32 queries]
    std::uint16_t *gAcross;       ///< the same of outGradient
    std::uint16_t *qDown;         ///< right factor [32 queries, depth]
    std::uint16_t *gDown;         ///< the same of outGradient
    std::uint16_t *probabilities; ///< [keys, 32]
    std::uint16_t *gradients;     ///< [keys, 32] of the scores
    std::uint16_t *gradientPairs; ///< right factor [keys, 32 queries]
};

/// A right factor of 32 columns: tiles of pairs of rows, `step` values from one pair of tiles to the next.
struct Right
{
    const std::uint16_t *left;
    const std::uint16_t *right;
    std::int64_t step;
};

/// out[32, 32] = (before +) a[32, 32 * chunks] * b
template <bool isSum>
TINCTURE_TARGET inline void multiply(float *out, std::int64_t outWidth, const std::uint16_t *a, std::int64_t aWidth,
                                     const Right &b, std::int64_t chunks)
{
    const std::int64_t outBytes = outWidth * 4;
    const std::int64_t aBytes = aWidth * 2;
    float *lower = out + kTileRows * outWidth;
    if constexpr (isSum) {
        _tile_loadd(0, out, outBytes);
        _tile_loadd(1, out + kTileRows, outBytes);
        _tile_loadd(2, lower, outBytes);
        _tile_loadd(3, lower + kTileRows, outBytes);
    } else {
        _tile_zero(0);
        _tile_zero(1);
        _tile_zero(2);
        _tile_zero(3);
    }
    for (std::int64_t c = 0; c < chunks; ++c) {
        _tile_loadd(4, a + c * kPairs, aBytes);
        _tile_loadd(6, b.left + c * b.step, 64);
        _tile_dpbf16ps(0, 4, 6);
        _tile_loadd(7, b.right + c * b.step, 64);
        _tile_dpbf16ps(1, 4, 7);
        _tile_loadd(5, a + kTileRows * aWidth + c * kPairs, aBytes);
        _tile_dpbf16ps(2, 5, 6);
        _tile_dpbf16ps(3, 5, 7);
    }
    _tile_stored(0, out, outBytes);
    _tile_stored(1, out + kTileRows, outBytes);
    _tile_stored(2, lower, outBytes);
    _tile_stored(3, lower + kTileRows, outBytes);
}

/// Rows of a head, zeros where there are none.
void copyRows(const std::uint16_t *from, std::int64_t stride, std::int64_t rows, std::int64_t width, std::uint16_t *to,
              std::int64_t toRows, std::int64_t toWidth)
{
    for (std::int64_t row = 0; row < toRows; ++row) {
        const std::int64_t count = row < rows ? width : 0;
        if (count > 0)
            std::memcpy(to + row * toWidth, from + row * stride, static_cast<std::size_t>(count) * 2);
        std::fill(to + row * toWidth + count, to + (row + 1) * toWidth, std::uint16_t(0));
    }
}

/// A block of 32 queries as both right factors.
TINCTURE_TARGET void packQueries(const std::uint16_t *from, std::int64_t stride, std::int64_t rows, std::int64_t width,
                                 std::int64_t depth, std::uint16_t *across, std::uint16_t *down)
{
    constexpr __mmask16 kNone = 0;
    // Row r, column n of a tile of `across`: dimensions 2r and 2r + 1 of query n.
    const std::int64_t chunks = depth / kPairs;
    alignas(64) std::uint16_t padded[kPairs];
    for (std::int64_t n = 0; n < kBlock; ++n) {
        std::uint16_t *tiles = across + n / kTileRows * chunks * kTileValues + n % kTileRows * 2;
        for (std::int64_t c = 0; c < chunks; ++c) {
            const std::int64_t left = width - c * kPairs;
            std::memset(padded, 0, sizeof padded);
            if (n < rows && left > 0)
                std::memcpy(padded, from + n * stride + c * kPairs,
                            static_cast<std::size_t>(std::min(left, kPairs)) * 2);
            std::uint16_t *tile = tiles + c * kTileValues;
            for (std::int64_t r = 0; r < kTileRows; ++r)
                std::memcpy(tile + r * kPairs, padded + 2 * r, 4);
        }
    }
    // Row r, column d of a tile of `down`: dimension d of queries 2r and 2r + 1.
    for (std::int64_t r = 0; r < kTileRows; ++r) {
        const std::uint16_t *even = from + 2 * r * stride;
        for (std::int64_t column = 0; column < depth / kTileRows; ++column) {
            const __mmask16 inside = firstOf16(width - column * kTileRows);
            const __m512i low = loadWide(even + column * kTileRows, 2 * r < rows ? inside : kNone);
            const __m512i high = loadWide(even + stride + column * kTileRows, 2 * r + 1 < rows ? inside : kNone);
            _mm512_store_si512(down + column * kTileValues + r * kPairs,
                               _mm512_or_si512(low, _mm512_slli_epi32(high, 16)));
        }
    }
}

TINCTURE_TARGET inline __m512i roundedBits(__m512 x)
{
    const __m256bh rounded = _mm512_cvtneps_pbh(x);
    __m256i bits;
    std::memcpy(&bits, &rounded, sizeof bits);
    return _mm512_cvtepu16_epi32(bits);
}

/// From scores and upstream gradients to probabilities and the gradients of the scores, for 16 of the 32 queries.
TINCTURE_TARGET void softmaxColumns(const Scratch &s, std::int64_t keys, std::int64_t first, float scale)
{
    float *scores = s.scores + first;
    const float *upstream = s.upstream + first;
    __m512 largest = _mm512_load_ps(scores);
    for (std::int64_t row = 1; row < keys; ++row)
        largest = _mm512_max_ps(largest, _mm512_load_ps(scores + row * kBlock));
    const __m512 factor = _mm512_set1_ps(scale * 1.4426950408889634F);
    largest = _mm512_mul_ps(largest, factor);
    __m512 sum = _mm512_setzero_ps();
    __m512 weighted = _mm512_setzero_ps();
    for (std::int64_t row = 0; row < keys; ++row) {
        const __m512 p = exp2Fast(_mm512_fmsub_ps(_mm512_load_ps(scores + row * kBlock), factor, largest));
        sum = _mm512_add_ps(sum, p);
        weighted = _mm512_fmadd_ps(p, _mm512_load_ps(upstream + row * kBlock), weighted);
        _mm512_store_ps(scores + row * kBlock, p);
    }
    const __m512 normal = _mm512_div_ps(_mm512_set1_ps(1.0F), sum);
    const __m512 mean = _mm512_mul_ps(weighted, normal); // of the upstream gradients
    const __m512 scales = _mm512_set1_ps(scale);
    std::uint16_t *pairs = s.gradientPairs + first / kTileRows * kTileValues;
    for (std::int64_t row = 0; row < s.keys; row += 2) {
        __m512i bits[2];
        for (std::int64_t i = 0; i < 2; ++i) {
            const std::int64_t at = (row + i) * kBlock;
            __m512 p = _mm512_setzero_ps();
            __m512 gradient = _mm512_setzero_ps();
            if (row + i < keys) {
                p = _mm512_mul_ps(_mm512_load_ps(scores + at), normal);
                gradient = _mm512_mul_ps(_mm512_mul_ps(p, scales), _mm512_sub_ps(_mm512_load_ps(upstream + at), mean));
            }
            _mm256_store_si256(reinterpret_cast<__m256i *>(s.probabilities + at + first),
                               _mm512_cvtepi32_epi16(roundedBits(p)));
            bits[i] = roundedBits(gradient);
            _mm256_store_si256(reinterpret_cast<__m256i *>(s.gradients + at + first), _mm512_cvtepi32_epi16(bits[i]));
        }
        _mm512_store_si512(pairs + row / kBlock * 2 * kTileValues + row % kBlock / 2 * kPairs,
                           _mm512_or_si512(bits[0], _mm512_slli_epi32(bits[1], 16)));
    }
}

TINCTURE_TARGET void storeRows(const float *from, std::int64_t fromWidth, std::uint16_t *to, std::int64_t stride,
                               std::int64_t rows, std::int64_t width)
{
    for (std::int64_t row = 0; row < rows; ++row) {
        for (std::int64_t i = 0; i < width; i += 16)
            _mm256_mask_storeu_epi16(to + row * stride + i, firstOf16(width - i),
                                     _mm512_cvtepi32_epi16(roundedBits(_mm512_load_ps(from + row * fromWidth + i))));
    }
}

std::uint16_t rounded(float x)
{
    std::uint32_t bits = 0;
    std::memcpy(&bits, &x, sizeof bits);
    return static_cast<std::uint16_t>((bits + 0x7FFFU + ((bits >> 16) & 1U)) >> 16); // finite numbers only
}

/// Scores of keys that come after the query, for queries from `first` on.
void maskLaterKeys(const Scratch &s, std::int64_t first)
{
    for (std::int64_t key = first + 1; key < s.keys; ++key)
        std::fill_n(s.scores + key * kBlock, std::min(kBlock, key - first), -1e30F);
}

/// The part of the block of queries that begins with `first`.
TINCTURE_TARGET void addQueries(const Scratch &s, const AttentionGradientProblem &p, const std::uint16_t *q,
                                const std::uint16_t *outGradient, std::uint16_t *qGradient, std::int64_t first)
{
    const std::int64_t rows = std::min(kBlock, p.queries - first);
    const std::int64_t chunks = s.depth / kPairs;
    packQueries(q, p.qAt.tokenStride, rows, p.headDim, s.depth, s.qAcross, s.qDown);
    packQueries(outGradient, p.outGradientAt.tokenStride, rows, p.headDim, s.depth, s.gAcross, s.gDown);
    const Right queriesAcross{s.qAcross, s.qAcross + chunks * kTileValues, kTileValues};
    const Right outAcross{s.gAcross, s.gAcross + chunks * kTileValues, kTileValues};
    for (std::int64_t key = 0; key < s.keys; key += kBlock) {
        multiply<false>(s.scores + key * kBlock, kBlock, s.kRows + key * s.depth, s.depth, queriesAcross, chunks);
        multiply<false>(s.upstream + key * kBlock, kBlock, s.vRows + key * s.depth, s.depth, outAcross, chunks);
    }
    if (p.isCausal)
        maskLaterKeys(s, first);
    softmaxColumns(s, p.keys, 0, p.scale);
    softmaxColumns(s, p.keys, kTileRows, p.scale);
    for (std::int64_t d = 0; d < s.depth; d += kBlock) {
        const std::uint16_t *outDown = s.gDown + d / kTileRows * kTileValues;
        const std::uint16_t *queriesDown = s.qDown + d / kTileRows * kTileValues;
        for (std::int64_t key = 0; key < s.keys; key += kBlock) {
            multiply<true>(s.vSum + key * s.depth + d, s.depth, s.probabilities + key * kBlock, kBlock,
                           {outDown, outDown + kTileValues, 0}, 1);
            multiply<true>(s.kSum + key * s.depth + d, s.depth, s.gradients + key * kBlock, kBlock,
                           {queriesDown, queriesDown + kTileValues, 0}, 1);
        }
        multiply<false>(s.qSum + d * kBlock, kBlock, s.kColumns + d * s.keys, s.keys,
                        {s.gradientPairs, s.gradientPairs + kTileValues, 2 * kTileValues}, s.keys / kPairs);
    }
    for (std::int64_t row = 0; row < rows; ++row) {
        for (std::int64_t d = 0; d < p.headDim; ++d)
            qGradient[row * p.qGradientAt.tokenStride + d] = rounded(s.qSum[d * kBlock + row]);
    }
}

TINCTURE_TARGET void runHeads(const AttentionGradientProblem &p, std::int64_t begin, std::int64_t end)
{
    const Scratch s(p);
    const TileConfig config;
    const unsigned controls = _mm_getcsr();
    _mm_setcsr(controls | 0x8040U); // tiny results become zero: they would cost a hundred cycles each
    _tile_loadconfig(&config);
    for (std::int64_t head = begin; head < end; ++head) {
        const auto at = [&](auto *tensor, const Heads &where) {
            return tensor + head / p.heads * where.batchStride + head % p.heads * where.headStride;
        };
        copyRows(at(p.k, p.kAt), p.kAt.tokenStride, p.keys, p.headDim, s.kRows, s.keys, s.depth);
        copyRows(at(p.v, p.vAt), p.vAt.tokenStride, p.keys, p.headDim, s.vRows, s.keys, s.depth);
        for (std::int64_t key = 0; key < s.keys; ++key) {
            for (std::int64_t d = 0; d < s.depth; ++d)
                s.kColumns[d * s.keys + key] = s.kRows[key * s.depth + d];
        }
        std::fill(s.kSum, s.kSum + s.keys * s.depth, 0.0F);
        std::fill(s.vSum, s.vSum + s.keys * s.depth, 0.0F);
        for (std::int64_t first = 0; first < p.queries; first += kBlock)
            addQueries(s, p, at(p.q, p.qAt) + first * p.qAt.tokenStride,
                       at(p.outGradient, p.outGradientAt) + first * p.outGradientAt.tokenStride,
                       at(p.qGradient, p.qGradientAt) + first * p.qGradientAt.tokenStride, first);
        storeRows(s.kSum, s.depth, at(p.kGradient, p.kGradientAt), p.kGradientAt.tokenStride, p.keys, p.headDim);
        storeRows(s.vSum, s.depth, at(p.vGradient, p.vGradientAt), p.vGradientAt.tokenStride, p.keys, p.headDim);
    }
    _tile_release();
    _mm_setcsr(controls);
}

} // namespace

void attentionGradients(const AttentionGradientProblem &problem, std::int64_t begin, std::int64_t end)
{
    runHeads(problem, begin, end);
}

#else

void attentionGradients(const AttentionGradientProblem &, std::int64_t, std::int64_t) {}

#endif

} // namespace engine::kernels
