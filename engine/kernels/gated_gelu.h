#pragma once

#include <cstdint>

namespace engine::kernels {

/// Whether this processor has AVX-512 with bfloat16 conversions.
bool hasAvx512BFloat16();

/// gelu(gate) * value for rows [begin, end) of x = [rows][value: width | gate: width], bfloat16; needs
/// hasAvx512BFloat16(). The error function is formula 7.1.26 of Abramowitz and Stegun.
///
/// \param out  [rows][width]
void gatedGelu(const std::uint16_t *x, std::uint16_t *out, std::int64_t width, std::int64_t begin, std::int64_t end);

} // namespace engine::kernels
