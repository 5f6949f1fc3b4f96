// How long a frame of forward diffusion takes at 512 x 512 on one core: noise added, screen pixels made, histogram
// counted, for every t. Prints the worst, the mean, and the same with fresh noise in every frame.
#include "engine/forward_process.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>

using namespace engine;

namespace {

struct Times
{
    double worst = 0.0;
    double sum = 0.0;
};

Times scrub(int side, bool isFresh)
{
    const ForwardProcess process;
    Image picture{side, side, 3, {}};
    for (int i = 0; i < 3 * side * side; ++i)
        picture.pixels.push_back(std::uint8_t(i * 7 % 256));
    const LatentArray clean = pictureArray(picture);
    LatentArray eps = gaussianNoise(3, side, side, 1);
    std::vector<std::uint32_t> pixels(std::size_t(side) * std::size_t(side));
    std::vector<double> density;
    Times times;
    for (int t = 0; t < process.size(); ++t) {
        const auto start = std::chrono::steady_clock::now();
        if (isFresh)
            eps = gaussianNoise(3, side, side, std::uint64_t(t));
        noisyPixels(clean, eps, process.signal(t), process.noise(t), pixels.data());
        densityOf(clean, eps, process.signal(t), process.noise(t), -3.0, 3.0, 48, density);
        const double ms = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
        times.worst = std::max(times.worst, ms);
        times.sum += ms;
    }
    times.sum /= process.size();
    return times;
}

} // namespace

int main(int argc, char **argv)
{
    const int side = argc > 1 ? std::atoi(argv[1]) : 512;
    for (const bool isFresh : {false, true}) {
        const Times times = scrub(side, isFresh);
        std::printf("%d x %d, %s noise: 1000 frames, worst %.2f ms, mean %.2f ms\n", side, side,
                    isFresh ? "fresh" : "the same", times.worst, times.sum);
    }
    return 0;
}
