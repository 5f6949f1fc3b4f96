#include "engine/training_work.h"

#include <algorithm>

namespace engine {

namespace {

constexpr int kLatentDownscale = 8;
constexpr double kBackward = 2.0; ///< forward passes that a backward pass costs
constexpr int kSamplePictures = 4;
constexpr int kSampleSteps = 20;

int sideOf(const TrainRequest &request)
{
    const bool isLatent = request.kind == TrainKind::Latent || request.kind == TrainKind::Lora;
    return std::max(1, isLatent ? request.size / kLatentDownscale : request.size);
}

double forwardWork(const TrainRequest &request)
{
    const int side = sideOf(request);
    const double places = static_cast<double>(side) * side;
    if (request.kind == TrainKind::Lora)
        return places;
    const std::vector<int> widths = trainedWidths(request, side);
    constexpr double kKernel = 9.0;
    double work = 0.0;
    double placesOfLevel = places;
    double before = widths.empty() ? 0.0 : widths.front();
    for (const double width : widths) {
        // Down: blocks of two convolutions; up: one block more, and twice the channels come in.
        const double down = request.layersPerBlock * 2.0 * width * width + (before - width) * width;
        const double up = (request.layersPerBlock + 1) * 3.0 * width * width;
        work += 2.0 * kKernel * placesOfLevel * (down + up);
        before = width;
        placesOfLevel /= 4.0;
    }
    if (!widths.empty()) // the middle: two blocks of two
        work += 2.0 * kKernel * placesOfLevel * 4.0 * 4.0 * before * before;
    return work;
}

} // namespace

std::vector<int> trainedWidths(const TrainRequest &request, int side)
{
    if (!request.widths.empty())
        return request.widths;
    std::vector<int> widths;
    switch (request.kind) {
    case TrainKind::Pixel:
        if (side >= 128)
            widths = {32, 64, 128, 192, 256};
        else if (side >= 64)
            widths = {64, 96, 128, 192};
        else if (side >= 32)
            widths = {64, 128, 192};
        else
            widths = {64, 128};
        break;
    case TrainKind::Autoencoder: // its levels are part of the layout: none is left out
        if (side >= 256)
            return {64, 128, 192, 256};
        if (side >= 128)
            return {32, 64, 128, 128};
        return {32, 64, 128};
    case TrainKind::Latent:
        if (side > 32)
            widths = {128, 256, 512, 512};
        else if (side > 16)
            widths = {128, 256, 384};
        else
            widths = {128, 256, 256};
        break;
    case TrainKind::Lora:
        return {};
    }
    while (widths.size() > 1 && side % (1 << (widths.size() - 1)) != 0)
        widths.pop_back();
    return widths;
}

double workOfPicture(const TrainRequest &request)
{
    return (1.0 + kBackward) * forwardWork(request);
}

double workOfRun(const TrainRequest &request)
{
    const double trained = static_cast<double>(request.steps) * request.batch * request.accumulate;
    const double guided = request.kind == TrainKind::Pixel ? 1.0 : 2.0;
    const double samplings =
        request.sampleEvery > 0 ? static_cast<double>(request.steps) / static_cast<double>(request.sampleEvery) : 0.0;
    return trained * workOfPicture(request) +
           samplings * kSamplePictures * kSampleSteps * guided * forwardWork(request);
}

} // namespace engine
