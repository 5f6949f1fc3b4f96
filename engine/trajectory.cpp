#include "engine/trajectory.h"

#include "engine/half_floats.h"

#include <algorithm>

namespace engine {

std::uint64_t Trajectory::bytes() const
{
    const auto halves = [](const HalfArray &each) { return each.values.size() * sizeof(std::uint16_t); };
    std::uint64_t sum = start.values.size() * sizeof(float);
    for (const TrajectoryStep &step : steps)
        sum += halves(step.x) + halves(step.eps) + halves(step.x0) + halves(step.epsCond) + halves(step.epsUncond);
    for (const DenoiseCall &call : calls)
        sum += call.denoised.values.size() * sizeof(float);
    for (const TrajectorySegment &segment : segments)
        sum += segment.start.values.size() * sizeof(float);
    for (const AttentionMap &word : attention.words)
        sum += word.values.size() * sizeof(float);
    return sum;
}

LatentArray toFloat(const HalfArray &half)
{
    LatentArray result{.channels = half.channels, .height = half.height, .width = half.width};
    result.values.resize(half.values.size());
    halvesToFloats(half.values, result.values);
    return result;
}

HalfArray toHalf(const LatentArray &values)
{
    HalfArray result{.channels = values.channels, .height = values.height, .width = values.width};
    result.values.resize(values.values.size());
    floatsToHalves(values.values, result.values);
    return result;
}

Image linearPicture(const LatentArray &latent, const LatentMap &map)
{
    const auto pixels = std::size_t(std::max(latent.width, 0)) * std::size_t(std::max(latent.height, 0));
    const auto channels = std::size_t(std::max(latent.channels, 0));
    if (pixels == 0 || latent.values.size() < pixels * channels || map.factors.size() < 3 * channels)
        return {};
    Image image{.width = latent.width, .height = latent.height, .channels = 3};
    image.pixels.resize(3 * pixels);
    std::vector<float> plane(pixels); // of one colour: both loops run over neighbours
    for (std::size_t colour = 0; colour < 3; ++colour) {
        // To 0..255, with the half that makes cutting off into rounding.
        const float bias = colour < map.bias.size() ? map.bias[colour] : 0.0F;
        std::fill(plane.begin(), plane.end(), bias * 127.5F + 128.0F);
        for (std::size_t c = 0; c < channels; ++c) {
            const float factor = map.factors[3 * c + colour] * 127.5F;
            const float *values = latent.values.data() + c * pixels;
            for (std::size_t i = 0; i < pixels; ++i)
                plane[i] += factor * values[i];
        }
        // Not a number is not above 0: black.
        for (std::size_t i = 0; i < pixels; ++i)
            image.pixels[3 * i + colour] = std::uint8_t(plane[i] > 0.0F ? std::min(plane[i], 255.0F) : 0.0F);
    }
    return image;
}

} // namespace engine
