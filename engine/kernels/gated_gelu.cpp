#include "engine/kernels/gated_gelu.h"

#include <cstring>

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>
// GCC 12 warns about its own intrinsics' "undefined" vectors.
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#pragma GCC diagnostic ignored "-Wuninitialized"
#endif

namespace engine::kernels {

#if defined(__x86_64__)

namespace {

#define TINCTURE_TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512bf16,fma")))

TINCTURE_TARGET inline __m512 load16(const std::uint16_t *from, __mmask16 mask)
{
    return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(_mm256_maskz_loadu_epi16(mask, from)), 16));
}

/// 2^x for x <= 0, relative error about 4e-6.
TINCTURE_TARGET inline __m512 exp2Fast(__m512 x)
{
    x = _mm512_max_ps(x, _mm512_set1_ps(-125.0F));
    const __m512 whole = _mm512_roundscale_ps(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    const __m512 rest = _mm512_sub_ps(x, whole); // -0.5..0.5
    __m512 y = _mm512_set1_ps(0.00961813F);
    y = _mm512_fmadd_ps(y, rest, _mm512_set1_ps(0.05550411F));
    y = _mm512_fmadd_ps(y, rest, _mm512_set1_ps(0.24022651F));
    y = _mm512_fmadd_ps(y, rest, _mm512_set1_ps(0.69314718F));
    y = _mm512_fmadd_ps(y, rest, _mm512_set1_ps(1.0F));
    return _mm512_scalef_ps(y, whole);
}

TINCTURE_TARGET inline __m512 gelu(__m512 x)
{
    const __m512 z = _mm512_mul_ps(_mm512_abs_ps(x), _mm512_set1_ps(0.70710678F));
    const __m512 one = _mm512_set1_ps(1.0F);
    const __m512 denominator = _mm512_fmadd_ps(z, _mm512_set1_ps(0.3275911F), one);
    __m512 t = _mm512_rcp14_ps(denominator);
    t = _mm512_mul_ps(t, _mm512_fnmadd_ps(t, denominator, _mm512_set1_ps(2.0F))); // one step of Newton's method
    __m512 p = _mm512_set1_ps(1.061405429F);
    p = _mm512_fmadd_ps(p, t, _mm512_set1_ps(-1.453152027F));
    p = _mm512_fmadd_ps(p, t, _mm512_set1_ps(1.421413741F));
    p = _mm512_fmadd_ps(p, t, _mm512_set1_ps(-0.284496736F));
    p = _mm512_fmadd_ps(p, t, _mm512_set1_ps(0.254829592F));
    const __m512 power = exp2Fast(_mm512_mul_ps(_mm512_mul_ps(z, z), _mm512_set1_ps(-1.44269504F)));
    // Half of the complementary error function: the normal distribution's tail beyond |x|.
    const __m512 tail = _mm512_mul_ps(_mm512_mul_ps(_mm512_mul_ps(p, t), power), _mm512_set1_ps(0.5F));
    const __mmask16 isPositive = _mm512_cmp_ps_mask(x, _mm512_setzero_ps(), _CMP_GE_OQ);
    return _mm512_mul_ps(x, _mm512_mask_sub_ps(tail, isPositive, one, tail));
}

TINCTURE_TARGET void gatedGeluRows(const std::uint16_t *x, std::uint16_t *out, std::int64_t width, std::int64_t begin,
                                   std::int64_t end)
{
    for (std::int64_t row = begin; row < end; ++row) {
        const std::uint16_t *values = x + row * 2 * width;
        const std::uint16_t *gates = values + width;
        std::uint16_t *to = out + row * width;
        for (std::int64_t i = 0; i < width; i += 16) {
            const std::int64_t left = width - i;
            const auto mask = static_cast<__mmask16>(left >= 16 ? 0xFFFFU : (1U << left) - 1U);
            const __m512 y = _mm512_mul_ps(load16(values + i, mask), gelu(load16(gates + i, mask)));
            const __m256bh rounded = _mm512_cvtneps_pbh(y);
            __m256i bits;
            std::memcpy(&bits, &rounded, sizeof bits);
            _mm256_mask_storeu_epi16(to + i, mask, bits);
        }
    }
}

bool detect()
{
    unsigned a = 0;
    unsigned b = 0;
    unsigned c = 0;
    unsigned d = 0;
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
           __get_cpuid_count(7, 1, &a, &b, &c, &d) && (a & (1U << 5)) != 0;
}

} // namespace

bool hasAvx512BFloat16()
{
    static const bool has = detect();
    return has;
}

void gatedGelu(const std::uint16_t *x, std::uint16_t *out, std::int64_t width, std::int64_t begin, std::int64_t end)
{
    gatedGeluRows(x, out, width, begin, end);
}

#else

bool hasAvx512BFloat16()
{
    return false;
}

void gatedGelu(const std::uint16_t *, std::uint16_t *, std::int64_t, std::int64_t, std::int64_t) {}

#endif

} // namespace engine::kernels
