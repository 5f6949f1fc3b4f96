#pragma once

// What the AMX kernels have in common. Only for x86-64 on Linux, see TINCTURE_AMX.

#if defined(__x86_64__) && defined(__linux__)
#define TINCTURE_AMX 1

#include <cstdint>
#include <immintrin.h>

// GCC 12 warns about its own intrinsics' "undefined" vectors.
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#pragma GCC diagnostic ignored "-Wuninitialized"

#define TINCTURE_TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512bf16,fma,amx-tile,amx-bf16")))

namespace engine::kernels {

constexpr std::int64_t kTileRows = 16;
constexpr std::int64_t kPairs = 32;       ///< bfloat16 values in a row of a tile
constexpr std::int64_t kTileValues = 512; ///< bfloat16 values in a tile

/// Tiles 0-3 accumulate, 4-5 hold rows of the left factor, 6-7 columns of the right one; all 16 rows of 64 bytes.
struct alignas(64) TileConfig
{
    std::uint8_t palette = 1;
    std::uint8_t startRow = 0;
    std::uint8_t reserved[14] = {};
    std::uint16_t rowBytes[16] = {64, 64, 64, 64, 64, 64, 64, 64};
    std::uint8_t rows[16] = {16, 16, 16, 16, 16, 16, 16, 16};
};

/// 2^x to about 1e-4, far below the rounding to bfloat16 that follows.
TINCTURE_TARGET inline __m512 exp2Fast(__m512 x)
{
    const __m512 whole = _mm512_roundscale_ps(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    const __m512 rest = _mm512_sub_ps(x, whole); // -0.5..0.5
    __m512 y = _mm512_set1_ps(0.0558011F);
    y = _mm512_fmadd_ps(y, rest, _mm512_set1_ps(0.2401536F));
    y = _mm512_fmadd_ps(y, rest, _mm512_set1_ps(0.6931472F));
    y = _mm512_fmadd_ps(y, rest, _mm512_set1_ps(1.0F));
    return _mm512_scalef_ps(y, whole);
}

/// bfloat16 values, those outside the mask 0, one in the low half of each 32 bits.
TINCTURE_TARGET inline __m512i loadWide(const std::uint16_t *from, __mmask16 mask)
{
    return _mm512_cvtepu16_epi32(_mm256_maskz_loadu_epi16(mask, from));
}

/// A mask of the first `count` of 16.
inline __mmask16 firstOf16(std::int64_t count)
{
    return count >= 16 ? static_cast<__mmask16>(0xFFFF)
                       : static_cast<__mmask16>((1U << static_cast<unsigned>(count < 0 ? 0 : count)) - 1U);
}

} // namespace engine::kernels

#endif
