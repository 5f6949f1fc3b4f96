#pragma once

#include <cstdint>
#include <vector>

namespace engine {

/// 8-bit picture, rows top to bottom without padding. channels: 1 grey, 3 RGB, 4 RGBA (not premultiplied).
struct Image
{
    int width = 0;
    int height = 0;
    int channels = 3;
    std::vector<std::uint8_t> pixels = {}; ///< height * width * channels bytes

    [[nodiscard]] bool empty() const { return pixels.empty(); }
    bool operator==(const Image &) const = default;
};

} // namespace engine
