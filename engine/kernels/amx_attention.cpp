#include "engine/kernels/amx_attention.h"

#include "engine/kernels/amx_tiles.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>
#include <new>

#ifdef TINCTURE_AMX
#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace engine::kernels {

#ifdef TINCTURE_AMX

namespace {

constexpr std::int64_t kQueryBlock = 32;
constexpr std::int64_t kKeyBlock = 256;

struct Layout
{
    std::int64_t chunks = 0;   // of 32 along headDim, for the scores
    std::int64_t columns = 0;  // of 16 along headDim, for the result
    std::int64_t keyTiles = 0; // of 16 keys; even
    std::int64_t queryBlocks = 0;
    std::int64_t keyValues = 0;  // bfloat16 values of one head's packed keys
    std::int64_t headValues = 0; // of one head's packed keys and values
};

Layout layoutOf(const AttentionProblem &p)
{
    Layout l;
    l.chunks = (p.headDim + kPairs - 1) / kPairs;
    l.columns = (p.headDim + kTileRows - 1) / kTileRows;
    l.keyTiles = (p.keys + 2 * kTileRows - 1) / (2 * kTileRows) * 2;
    l.queryBlocks = (p.queries + kQueryBlock - 1) / kQueryBlock;
    l.keyValues = l.keyTiles * l.chunks * kTileValues;
    l.headValues = l.keyValues + l.keyTiles / 2 * l.columns * kTileValues;
    return l;
}

/// Scratch memory of one thread.
struct Scratch
{
    explicit Scratch(const Layout &l) : depth(l.chunks * kPairs), width(l.columns * kTileRows)
    {
        const std::size_t bytes = static_cast<std::size_t>(kQueryBlock) *
                                  static_cast<std::size_t>(depth * 2 + width * 4 + kKeyBlock * (4 + 2));
        memory.reset(static_cast<std::byte *>(::operator new(bytes, std::align_val_t(64))));
        scores = reinterpret_cast<float *>(memory.get());
        result = scores + kQueryBlock * kKeyBlock;
        probabilities = reinterpret_cast<std::uint16_t *>(result + kQueryBlock * width);
        queries = probabilities + kQueryBlock * kKeyBlock;
    }

    struct Free
    {
        void operator()(std::byte *p) const { ::operator delete(p, std::align_val_t(64)); }
    };

    std::int64_t depth; ///< headDim, rounded up
    std::int64_t width;
    std::unique_ptr<std::byte, Free> memory;
    float *scores;                ///< [32, 256]
    float *result;                ///< [32, width]
    std::uint16_t *probabilities; ///< [32, 256]
    std::uint16_t *queries;       ///< [32, depth]
    float maximum[kQueryBlock] = {};
    float sum[kQueryBlock] = {};
};

/// scores[32, 16 * tiles] = queries * keys^T
TINCTURE_TARGET void multiplyKeys(const Scratch &s, const std::uint16_t *keys, std::int64_t chunks, std::int64_t tiles)
{
    const std::int64_t queryBytes = s.depth * 2;
    constexpr std::int64_t kScoreBytes = kKeyBlock * 4;
    for (std::int64_t tile = 0; tile < tiles; tile += 2) {
        _tile_zero(0);
        _tile_zero(1);
        _tile_zero(2);
        _tile_zero(3);
        const std::uint16_t *left = keys + tile * chunks * kTileValues;
        const std::uint16_t *right = left + chunks * kTileValues;
        for (std::int64_t c = 0; c < chunks; ++c) {
            _tile_loadd(4, s.queries + c * kPairs, queryBytes);
            _tile_loadd(6, left + c * kTileValues, 64);
            _tile_dpbf16ps(0, 4, 6);
            _tile_loadd(7, right + c * kTileValues, 64);
            _tile_dpbf16ps(1, 4, 7);
            _tile_loadd(5, s.queries + kTileRows * s.depth + c * kPairs, queryBytes);
            _tile_dpbf16ps(2, 5, 6);
            _tile_dpbf16ps(3, 5, 7);
        }
        float *out = s.scores + tile * kTileRows;
        _tile_stored(0, out, kScoreBytes);
        _tile_stored(1, out + kTileRows, kScoreBytes);
        _tile_stored(2, out + kTileRows * kKeyBlock, kScoreBytes);
        _tile_stored(3, out + kTileRows * kKeyBlock + kTileRows, kScoreBytes);
    }
}

/// result[32, width] += probabilities[32, 16 * tiles] * values
TINCTURE_TARGET void multiplyValues(const Scratch &s, const std::uint16_t *values, std::int64_t columns,
                                    std::int64_t tiles)
{
    const std::int64_t resultBytes = s.width * 4;
    constexpr std::int64_t kProbabilityBytes = kKeyBlock * 2;
    const std::uint16_t *upper = s.probabilities;
    const std::uint16_t *lower = s.probabilities + kTileRows * kKeyBlock;
    std::int64_t column = 0;
    for (; column + 2 <= columns; column += 2) {
        float *out = s.result + column * kTileRows;
        _tile_loadd(0, out, resultBytes);
        _tile_loadd(1, out + kTileRows, resultBytes);
        _tile_loadd(2, out + kTileRows * s.width, resultBytes);
        _tile_loadd(3, out + kTileRows * s.width + kTileRows, resultBytes);
        for (std::int64_t pair = 0; pair < tiles / 2; ++pair) {
            const std::uint16_t *right = values + (pair * columns + column) * kTileValues;
            _tile_loadd(4, upper + pair * kPairs, kProbabilityBytes);
            _tile_loadd(6, right, 64);
            _tile_dpbf16ps(0, 4, 6);
            _tile_loadd(7, right + kTileValues, 64);
            _tile_dpbf16ps(1, 4, 7);
            _tile_loadd(5, lower + pair * kPairs, kProbabilityBytes);
            _tile_dpbf16ps(2, 5, 6);
            _tile_dpbf16ps(3, 5, 7);
        }
        _tile_stored(0, out, resultBytes);
        _tile_stored(1, out + kTileRows, resultBytes);
        _tile_stored(2, out + kTileRows * s.width, resultBytes);
        _tile_stored(3, out + kTileRows * s.width + kTileRows, resultBytes);
    }
    if (column < columns) {
        float *out = s.result + column * kTileRows;
        _tile_loadd(0, out, resultBytes);
        _tile_loadd(2, out + kTileRows * s.width, resultBytes);
        for (std::int64_t pair = 0; pair < tiles / 2; ++pair) {
            _tile_loadd(6, values + (pair * columns + column) * kTileValues, 64);
            _tile_loadd(4, upper + pair * kPairs, kProbabilityBytes);
            _tile_dpbf16ps(0, 4, 6);
            _tile_loadd(5, lower + pair * kPairs, kProbabilityBytes);
            _tile_dpbf16ps(2, 5, 6);
        }
        _tile_stored(0, out, resultBytes);
        _tile_stored(2, out + kTileRows * s.width, resultBytes);
    }
}

/// Turns a block of scores into probabilities relative to the largest score so far, and rescales what was summed up
/// before where that grew. `factor`: scale * log2(e).
TINCTURE_TARGET void softmaxBlock(Scratch &s, std::int64_t count, float factor)
{
    const __m512 factors = _mm512_set1_ps(factor);
    for (std::int64_t row = 0; row < kQueryBlock; ++row) {
        const float *scores = s.scores + row * kKeyBlock;
        std::uint16_t *probabilities = s.probabilities + row * kKeyBlock;
        __m512 largest0 = _mm512_load_ps(scores);
        __m512 largest1 = _mm512_load_ps(scores + 16);
        for (std::int64_t i = 32; i < count; i += 32) {
            largest0 = _mm512_max_ps(largest0, _mm512_load_ps(scores + i));
            largest1 = _mm512_max_ps(largest1, _mm512_load_ps(scores + i + 16));
        }
        const float before = s.maximum[row];
        const float maximum = std::max(before, factor * _mm512_reduce_max_ps(_mm512_max_ps(largest0, largest1)));
        if (maximum > before) {
            const float shrink = std::exp2(before - maximum);
            s.maximum[row] = maximum;
            s.sum[row] *= shrink;
            float *result = s.result + row * s.width;
            for (std::int64_t i = 0; i < s.width; i += 16)
                _mm512_store_ps(result + i, _mm512_mul_ps(_mm512_load_ps(result + i), _mm512_set1_ps(shrink)));
        }
        const __m512 maxima = _mm512_set1_ps(maximum);
        __m512 sum0 = _mm512_setzero_ps();
        __m512 sum1 = _mm512_setzero_ps();
        for (std::int64_t i = 0; i < count; i += 32) {
            const __m512 p0 = exp2Fast(_mm512_fmsub_ps(_mm512_load_ps(scores + i), factors, maxima));
            const __m512 p1 = exp2Fast(_mm512_fmsub_ps(_mm512_load_ps(scores + i + 16), factors, maxima));
            sum0 = _mm512_add_ps(sum0, p0);
            sum1 = _mm512_add_ps(sum1, p1);
            const __m512bh rounded = _mm512_cvtne2ps_pbh(p1, p0);
            std::memcpy(probabilities + i, &rounded, sizeof rounded);
        }
        s.sum[row] += _mm512_reduce_add_ps(_mm512_add_ps(sum0, sum1));
    }
}

/// Scores of keys that are not there.
void maskScores(const Scratch &s, std::int64_t valid, std::int64_t count)
{
    for (std::int64_t row = 0; row < kQueryBlock; ++row)
        std::fill(s.scores + row * kKeyBlock + valid, s.scores + row * kKeyBlock + count, -1e30F);
}

TINCTURE_TARGET void storeResult(const Scratch &s, const AttentionProblem &p, std::uint16_t *out, std::int64_t rows)
{
    for (std::int64_t row = 0; row < rows; ++row) {
        const float *result = s.result + row * s.width;
        std::uint16_t *to = out + row * p.outAt.tokenStride;
        const __m512 scale = _mm512_set1_ps(1.0F / s.sum[row]);
        for (std::int64_t i = 0; i < p.headDim; i += 16) {
            const __m256bh rounded = _mm512_cvtneps_pbh(_mm512_mul_ps(_mm512_load_ps(result + i), scale));
            __m256i bits;
            std::memcpy(&bits, &rounded, sizeof bits);
            const std::int64_t left = p.headDim - i;
            _mm256_mask_storeu_epi16(to + i, left >= 16 ? 0xFFFF : static_cast<__mmask16>((1U << left) - 1U), bits);
        }
    }
}

TINCTURE_TARGET void runTasks(const AttentionProblem &p, const std::uint16_t *packed, std::int64_t begin,
                              std::int64_t end)
{
    const Layout l = layoutOf(p);
    Scratch s(l);
    const TileConfig config;
    const unsigned controls = _mm_getcsr();
    _mm_setcsr(controls | 0x8040U); // tiny results become zero: they would cost a hundred cycles each
    _tile_loadconfig(&config);
    const float factor = p.scale * 1.4426950408889634F;
    for (std::int64_t task = begin; task < end; ++task) {
        const std::int64_t head = task / l.queryBlocks;
        const std::int64_t batchIndex = head / p.heads;
        const std::int64_t headIndex = head % p.heads;
        const std::int64_t first = task % l.queryBlocks * kQueryBlock;
        const std::int64_t rows = std::min(kQueryBlock, p.queries - first);
        const std::uint16_t *q =
            p.q + batchIndex * p.qAt.batchStride + headIndex * p.qAt.headStride + first * p.qAt.tokenStride;
        std::memset(s.queries, 0, static_cast<std::size_t>(kQueryBlock * s.depth) * 2);
        for (std::int64_t row = 0; row < rows; ++row)
            std::memcpy(s.queries + row * s.depth, q + row * p.qAt.tokenStride,
                        static_cast<std::size_t>(p.headDim) * 2);
        std::fill(s.result, s.result + kQueryBlock * s.width, 0.0F);
        std::fill(s.maximum, s.maximum + kQueryBlock, -1e30F);
        std::fill(s.sum, s.sum + kQueryBlock, 0.0F);

        const std::uint16_t *keys = packed + head * l.headValues;
        const std::uint16_t *values = keys + l.keyValues;
        for (std::int64_t tile = 0; tile < l.keyTiles; tile += kKeyBlock / kTileRows) {
            const std::int64_t tiles = std::min(kKeyBlock / kTileRows, l.keyTiles - tile);
            multiplyKeys(s, keys + tile * l.chunks * kTileValues, l.chunks, tiles);
            const std::int64_t valid = p.keys - tile * kTileRows;
            if (valid < tiles * kTileRows)
                maskScores(s, valid, tiles * kTileRows);
            softmaxBlock(s, tiles * kTileRows, factor);
            multiplyValues(s, values + tile / 2 * l.columns * kTileValues, l.columns, tiles);
        }
        std::uint16_t *out =
            p.out + batchIndex * p.outAt.batchStride + headIndex * p.outAt.headStride + first * p.outAt.tokenStride;
        storeResult(s, p, out, rows);
    }
    _tile_release();
    _mm_setcsr(controls);
}

std::uint32_t pairAt(const std::uint16_t *values)
{
    std::uint32_t pair = 0;
    std::memcpy(&pair, values, sizeof pair);
    return pair;
}

/// Keys [16 of a tile][32 of a chunk] as tiles of pairs: row r, column n holds dimensions 2r and 2r + 1 of key n.
void packKeys(const AttentionProblem &p, const Layout &l, const std::uint16_t *k, std::uint16_t *to)
{
    for (std::int64_t tile = 0; tile < l.keyTiles; ++tile) {
        std::uint16_t *tiles = to + tile * l.chunks * kTileValues;
        const std::uint16_t *keys = k + tile * kTileRows * p.kAt.tokenStride;
        const std::int64_t count = std::clamp<std::int64_t>(p.keys - tile * kTileRows, 0, kTileRows);
        const std::int64_t pairs = p.headDim / 2;
        if (count < kTileRows || p.headDim % kPairs != 0)
            std::memset(tiles, 0, static_cast<std::size_t>(l.chunks * kTileValues) * 2);
        for (std::int64_t r = 0; r < pairs; ++r) {
            std::uint32_t row[kTileRows] = {};
            for (std::int64_t n = 0; n < count; ++n)
                row[n] = pairAt(keys + n * p.kAt.tokenStride + 2 * r);
            std::memcpy(tiles + r * kPairs, row, sizeof row); // tiles of a key follow each other: row r of all chunks
        }
        if (p.headDim % 2 != 0) {
            for (std::int64_t n = 0; n < count; ++n)
                tiles[pairs * kPairs + 2 * n] = keys[n * p.kAt.tokenStride + p.headDim - 1];
        }
    }
}

/// Values [32 keys][16 of a column tile]: row r, column d holds dimension d of keys 2r and 2r + 1.
TINCTURE_TARGET void packValues(const AttentionProblem &p, const Layout &l, const std::uint16_t *v, std::uint16_t *to)
{
    constexpr __mmask16 kNone = 0;
    for (std::int64_t pair = 0; pair < l.keyTiles / 2; ++pair) {
        std::uint16_t *tiles = to + pair * l.columns * kTileValues;
        for (std::int64_t r = 0; r < kTileRows; ++r) {
            const std::int64_t key = pair * 2 * kTileRows + 2 * r;
            const std::uint16_t *even = v + key * p.vAt.tokenStride;
            for (std::int64_t column = 0; column < l.columns; ++column) {
                const std::int64_t left = p.headDim - column * kTileRows;
                const auto inside =
                    left >= kTileRows ? static_cast<__mmask16>(0xFFFF) : static_cast<__mmask16>((1U << left) - 1U);
                const std::uint16_t *from = even + column * kTileRows;
                const __m512i low = loadWide(from, key < p.keys ? inside : kNone);
                const __m512i high = loadWide(from + p.vAt.tokenStride, key + 1 < p.keys ? inside : kNone);
                _mm512_storeu_si512(tiles + column * kTileValues + r * kPairs,
                                    _mm512_or_si512(low, _mm512_slli_epi32(high, 16)));
            }
        }
    }
}

bool askForTiles()
{
    unsigned a = 0;
    unsigned b = 0;
    unsigned c = 0;
    unsigned d = 0;
    constexpr unsigned kAmxBFloat16 = 1U << 22;
    constexpr unsigned kAmxTile = 1U << 24;
    if (!__get_cpuid_count(7, 0, &a, &b, &c, &d) || (d & kAmxBFloat16) == 0 || (d & kAmxTile) == 0)
        return false;
    if (!__get_cpuid_count(7, 1, &a, &b, &c, &d) || (a & (1U << 5)) == 0) // AVX-512 BF16
        return false;
    if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512bw") ||
        !__builtin_cpu_supports("avx512vl") || !__builtin_cpu_supports("avx512dq"))
        return false;
    constexpr long kRequestPermission = 0x1023; // ARCH_REQ_XCOMP_PERM
    constexpr long kTileData = 18;              // XFEATURE_XTILEDATA
    return syscall(SYS_arch_prctl, kRequestPermission, kTileData) == 0;
}

} // namespace

bool hasAmxBFloat16()
{
    static const bool has = askForTiles();
    return has;
}

AttentionPlan planAttention(const AttentionProblem &problem)
{
    const Layout l = layoutOf(problem);
    const std::int64_t heads = problem.batch * problem.heads;
    return {.packTasks = heads,
            .runTasks = heads * l.queryBlocks,
            .packedBytes = static_cast<std::size_t>(heads * l.headValues) * 2};
}

void packAttention(const AttentionProblem &problem, std::byte *packed, std::int64_t begin, std::int64_t end)
{
    const Layout l = layoutOf(problem);
    for (std::int64_t head = begin; head < end; ++head) {
        const std::int64_t batchIndex = head / problem.heads;
        const std::int64_t headIndex = head % problem.heads;
        auto *to = reinterpret_cast<std::uint16_t *>(packed) + head * l.headValues;
        packKeys(problem, l, problem.k + batchIndex * problem.kAt.batchStride + headIndex * problem.kAt.headStride, to);
        packValues(problem, l, problem.v + batchIndex * problem.vAt.batchStride + headIndex * problem.vAt.headStride,
                   to + l.keyValues);
    }
}

void runAttention(const AttentionProblem &problem, const std::byte *packed, std::int64_t begin, std::int64_t end)
{
    runTasks(problem, reinterpret_cast<const std::uint16_t *>(packed), begin, end);
}

#else

bool hasAmxBFloat16()
{
    return false;
}

AttentionPlan planAttention(const AttentionProblem &)
{
    return {};
}

void packAttention(const AttentionProblem &, std::byte *, std::int64_t, std::int64_t) {}

void runAttention(const AttentionProblem &, const std::byte *, std::int64_t, std::int64_t) {}

#endif

} // namespace engine::kernels
