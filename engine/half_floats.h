#pragma once

#include <cstdint>
#include <span>

namespace engine {

/// IEEE half precision, rounded to nearest even; what is too large becomes infinite. Both spans have the same length.
void floatsToHalves(std::span<const float> floats, std::span<std::uint16_t> halves);
void halvesToFloats(std::span<const std::uint16_t> halves, std::span<float> floats);

} // namespace engine
