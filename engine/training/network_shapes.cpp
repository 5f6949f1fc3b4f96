#include "engine/training/network_shapes.h"

#include "engine/error.h"
#include "engine/training_work.h"

#include <algorithm>
#include <numeric>

namespace engine {

namespace {

using Widths = std::vector<int64_t>;

constexpr int64_t kMostGroups = 32;
constexpr int64_t kHeadWidth = 32;
/// Attention costs the square of the number of places: beyond this side convolutions do better.
constexpr int64_t kLargestPixelAttention = 16;
constexpr int64_t kLargestLatentAttention = 32;

Widths widthsOf(const TrainRequest &request, int64_t side)
{
    const std::vector<int> widths = trainedWidths(request, static_cast<int>(side));
    return {widths.begin(), widths.end()};
}

void checkLevels(const Widths &widths, int64_t side)
{
    const int64_t factor = int64_t(1) << (widths.size() - 1);
    if (side % factor != 0)
        throw Error(ErrorKind::BadRequest, "widths",
                    "with " + std::to_string(widths.size()) + " levels the side must be a multiple of " +
                        std::to_string(factor) + ", and it is " + std::to_string(side) + ".");
}

/// Groups of at least two channels that suit all widths.
int64_t groupsFor(const Widths &widths)
{
    const int64_t common = std::accumulate(widths.begin(), widths.end(), int64_t(0), std::gcd<int64_t, int64_t>);
    const int64_t most = std::min(kMostGroups, *std::min_element(widths.begin(), widths.end()) / 2);
    for (int64_t groups = most; groups > 1; --groups) {
        if (common % groups == 0)
            return groups;
    }
    return 1;
}

int64_t headsFor(int64_t width)
{
    int64_t heads = std::max<int64_t>(1, width / kHeadWidth);
    while (width % heads != 0)
        --heads;
    return heads;
}

} // namespace

UNet2DConfig pixelNetwork(const TrainRequest &request)
{
    const int64_t size = request.size;
    UNet2DConfig config;
    config.blockOutChannels = widthsOf(request, size);
    checkLevels(config.blockOutChannels, size);
    config.sampleSize = size;
    config.layersPerBlock = request.layersPerBlock;
    config.normNumGroups = groupsFor(config.blockOutChannels);
    const int64_t common = std::accumulate(config.blockOutChannels.begin(), config.blockOutChannels.end(), int64_t(0),
                                           std::gcd<int64_t, int64_t>);
    config.attentionHeadDim = std::gcd(common, kHeadWidth);
    config.downBlockTypes.clear();
    config.upBlockTypes.clear();
    const std::size_t levels = config.blockOutChannels.size();
    for (std::size_t level = 0; level < levels; ++level) {
        const bool attends = level > 0 && (size >> level) <= kLargestPixelAttention;
        config.downBlockTypes.emplace_back(attends ? "AttnDownBlock2D" : "DownBlock2D");
        config.upBlockTypes.insert(config.upBlockTypes.begin(), attends ? "AttnUpBlock2D" : "UpBlock2D");
    }
    return config;
}

VaeConfig autoencoderNetwork(const TrainRequest &request)
{
    const int64_t size = request.size;
    VaeConfig config;
    config.blockOutChannels = widthsOf(request, size);
    checkLevels(config.blockOutChannels, size);
    config.sampleSize = size;
    config.layersPerBlock = request.layersPerBlock;
    config.normNumGroups = groupsFor(config.blockOutChannels);
    return config;
}

UNetConfig latentNetwork(const TrainRequest &request, const VaeConfig &vae)
{
    if (request.size % vae.downscale() != 0)
        throw Error(ErrorKind::BadRequest, "size",
                    "this autoencoder needs a size that is a multiple of " + std::to_string(vae.downscale()) + ".");
    const int64_t side = request.size / vae.downscale();
    UNetConfig config;
    config.blockOutChannels = widthsOf(request, side);
    checkLevels(config.blockOutChannels, side);
    const std::size_t levels = config.blockOutChannels.size();
    config.inChannels = vae.latentChannels;
    config.outChannels = vae.latentChannels;
    config.sampleSize = side;
    config.layersPerBlock.assign(levels, request.layersPerBlock);
    config.normNumGroups = groupsFor(config.blockOutChannels);
    config.crossAttentionDim.assign(levels, request.textWidth);
    config.transformerLayers.assign(levels, 1);
    config.attentionHeads.clear();
    config.downBlockTypes.clear();
    config.upBlockTypes.clear();
    for (std::size_t level = 0; level < levels; ++level) {
        const bool attends = (side >> level) <= kLargestLatentAttention;
        config.attentionHeads.push_back(headsFor(config.blockOutChannels[level]));
        config.downBlockTypes.emplace_back(attends ? "CrossAttnDownBlock2D" : "DownBlock2D");
        config.upBlockTypes.insert(config.upBlockTypes.begin(), attends ? "CrossAttnUpBlock2D" : "UpBlock2D");
    }
    return config;
}

ClipTextConfig textNetwork(const TrainRequest &request, int pieces, int length)
{
    ClipTextConfig config;
    config.vocabSize = pieces;
    config.hiddenSize = request.textWidth;
    config.intermediateSize = int64_t(4) * request.textWidth;
    config.projectionDim = request.textWidth;
    config.layers = request.textLayers;
    config.heads = headsFor(request.textWidth);
    config.maxPositions = length;
    config.bosTokenId = 1; // texts have no start; 1 ends them and 0 pads
    config.eosTokenId = 1;
    config.padTokenId = 0;
    return config;
}

SchedulerConfig noiseSchedule(const TrainRequest &request)
{
    SchedulerConfig config;
    switch (request.betas) {
    case BetaSchedule::Linear:
        config.betaSchedule = "linear";
        config.betaStart = 0.0001;
        config.betaEnd = 0.02;
        break;
    case BetaSchedule::ScaledLinear:
        config.betaSchedule = "scaled_linear";
        break;
    case BetaSchedule::Cosine:
        config.betaSchedule = "squaredcos_cap_v2";
        break;
    }
    config.prediction = request.prediction;
    if (request.kind == TrainKind::Pixel) {
        config.className = "DDPMScheduler";
        config.clipSample = true;
        config.varianceType = "fixed_large";
        config.stepsOffset = 0;
    }
    return config;
}

std::string describeShape(const TrainRequest &request, const Widths &widths)
{
    std::string text;
    switch (request.kind) {
    case TrainKind::Pixel:
        text = "pixel";
        break;
    case TrainKind::Latent:
        text = "latent";
        break;
    case TrainKind::Autoencoder:
        text = "autoencoder";
        break;
    case TrainKind::Lora:
        text = "lora";
        break;
    }
    text += ", size " + std::to_string(request.size) + ", widths";
    for (const int64_t width : widths)
        text.append(1, ' ').append(std::to_string(width));
    text += ", layers " + std::to_string(request.layersPerBlock) + ", seed " + std::to_string(request.seed);
    if (request.kind == TrainKind::Autoencoder || request.kind == TrainKind::Lora)
        return text;
    const SchedulerConfig schedule = noiseSchedule(request);
    text += ", betas " + schedule.betaSchedule;
    switch (schedule.prediction) {
    case Prediction::Epsilon:
        return text + ", prediction epsilon";
    case Prediction::VPrediction:
        return text + ", prediction v";
    case Prediction::Sample:
        return text + ", prediction sample";
    }
    return text;
}

} // namespace engine
