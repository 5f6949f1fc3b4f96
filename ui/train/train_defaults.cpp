#include "ui/train/train_defaults.h"

#include "app/model_catalog.h"

#include <algorithm>
#include <cmath>

namespace ui {

namespace {

/// How often each picture is looked at, and the steps that a run has at least and at most.
struct Length
{
    double views = 400.0;
    double least = 2000.0;
    double most = 60000.0;
};

Length lengthOf(engine::TrainKind kind)
{
    switch (kind) {
    case engine::TrainKind::Pixel:
    case engine::TrainKind::Autoencoder:
        break;
    case engine::TrainKind::Latent:
        return {.least = 4000.0};
    case engine::TrainKind::Lora:
        return {.views = 100.0, .least = 200.0, .most = 4000.0};
    }
    return {};
}

/// 1, 2 or 5 times a power of ten.
double roundNumber(double value)
{
    if (value <= 1.0)
        return 1.0;
    const double power = std::pow(10.0, std::floor(std::log10(value)));
    const double rest = value / power;
    return power * (rest < 1.5 ? 1.0 : rest < 3.5 ? 2.0 : rest < 7.5 ? 5.0 : 10.0);
}

} // namespace

int usualSize(const TrainSituation &situation)
{
    const int smallest = situation.found.smallestSide;
    switch (situation.kind) {
    case engine::TrainKind::Pixel:
    case engine::TrainKind::Autoencoder:
        break;
    case engine::TrainKind::Latent:
        return situation.base ? situation.base->info.nativeWidth : 128;
    case engine::TrainKind::Lora:
        return situation.base ? situation.base->info.nativeWidth : 512;
    }
    if (situation.isFast && smallest >= 128)
        return 128;
    return smallest == 0 || smallest >= 64 ? 64 : 32;
}

int usualBatch(const TrainSituation &situation, int size)
{
    if (situation.kind == engine::TrainKind::Lora)
        return size >= 512 && !situation.isFast ? 1 : 4;
    return situation.isFast ? 32 : 16;
}

double usualSteps(const TrainSituation &situation, double batch)
{
    const Length length = lengthOf(situation.kind);
    const double pictures = std::max(1, situation.found.usable());
    return std::clamp(roundNumber(pictures * length.views / batch), length.least, length.most);
}

double usualSampleSpacing(double steps)
{
    constexpr int kSampleStrips = 24; // of a run, about
    return std::max(10.0, roundNumber(steps / kSampleStrips));
}

} // namespace ui
