#include "engine/half_floats.h"

#include <algorithm>
#include <bit>
#include <cstddef>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace engine {

namespace {

std::uint16_t halfOf(float value)
{
    const std::uint32_t bits = std::bit_cast<std::uint32_t>(value);
    const auto sign = std::uint16_t(bits >> 16 & 0x8000U);
    const std::uint32_t magnitude = bits & 0x7fffffffU;
    if (magnitude > 0x7f800000U) // not a number
        return std::uint16_t(sign | 0x7e00U | (magnitude >> 13 & 0x3ffU));
    if (magnitude >= 0x477ff000U) // rounds to 65536 or more
        return std::uint16_t(sign | 0x7c00U);
    if (magnitude < 0x38800000U) {
        // Below 2^-14 halves are multiples of 2^-24: adding 0.5, whose last bit is worth that, rounds to them.
        const float shifted = std::bit_cast<float>(magnitude) + 0.5F;
        return std::uint16_t(sign | (std::bit_cast<std::uint32_t>(shifted) - std::bit_cast<std::uint32_t>(0.5F)));
    }
    const std::uint32_t rounded = magnitude + 0xfffU + (magnitude >> 13 & 1U);
    return std::uint16_t(sign | ((rounded - 0x38000000U) >> 13));
}

float floatOf(std::uint16_t half)
{
    const std::uint32_t sign = std::uint32_t(half & 0x8000U) << 16;
    const std::uint32_t magnitude = half & 0x7fffU;
    if (magnitude >= 0x7c00U)
        return std::bit_cast<float>(sign | 0x7f800000U | (magnitude & 0x3ffU) << 13);
    if (magnitude < 0x400U) {
        const float value = float(magnitude) * 0x1p-24F;
        return std::bit_cast<float>(sign | std::bit_cast<std::uint32_t>(value));
    }
    return std::bit_cast<float>(sign | ((magnitude << 13) + 0x38000000U));
}

#if defined(__x86_64__)
/// Both return how many values they converted: a multiple of 8.
__attribute__((target("avx,f16c"))) std::size_t convertBlocks(const float *floats, std::uint16_t *halves,
                                                              std::size_t count)
{
    std::size_t i = 0;
    for (; i + 8 <= count; i += 8) {
        const __m128i packed = _mm256_cvtps_ph(_mm256_loadu_ps(floats + i), _MM_FROUND_TO_NEAREST_INT);
        _mm_storeu_si128(reinterpret_cast<__m128i *>(halves + i), packed);
    }
    return i;
}

__attribute__((target("avx,f16c"))) std::size_t convertBlocks(const std::uint16_t *halves, float *floats,
                                                              std::size_t count)
{
    std::size_t i = 0;
    for (; i + 8 <= count; i += 8) {
        const __m128i packed = _mm_loadu_si128(reinterpret_cast<const __m128i *>(halves + i));
        _mm256_storeu_ps(floats + i, _mm256_cvtph_ps(packed));
    }
    return i;
}

bool hasInstructions()
{
    static const bool has = __builtin_cpu_supports("avx") && __builtin_cpu_supports("f16c");
    return has;
}
#endif

} // namespace

void floatsToHalves(std::span<const float> floats, std::span<std::uint16_t> halves)
{
    const std::size_t count = std::min(floats.size(), halves.size());
    std::size_t i = 0;
#if defined(__x86_64__)
    if (hasInstructions())
        i = convertBlocks(floats.data(), halves.data(), count);
#endif
    for (; i < count; ++i)
        halves[i] = halfOf(floats[i]);
}

void halvesToFloats(std::span<const std::uint16_t> halves, std::span<float> floats)
{
    const std::size_t count = std::min(floats.size(), halves.size());
    std::size_t i = 0;
#if defined(__x86_64__)
    if (hasInstructions())
        i = convertBlocks(halves.data(), floats.data(), count);
#endif
    for (; i < count; ++i)
        floats[i] = floatOf(halves[i]);
}

} // namespace engine
