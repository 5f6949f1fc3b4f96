#include "engine/train_request.h"

#include <algorithm>
#include <cmath>
#include <string>

namespace engine {

std::vector<Problem> validate(const TrainRequest &request)
{
    std::vector<Problem> problems;
    const auto check = [&problems](bool isFine, const char *field, const char *text) {
        if (!isFine)
            problems.push_back({field, text});
    };
    const auto isBetween = [](auto value, auto least, auto most) { return value >= least && value <= most; };
    const bool needsBase = request.kind == TrainKind::Latent || request.kind == TrainKind::Lora;
    check(!request.data.empty(), "data", "a folder of pictures must be chosen");
    check(!request.output.empty(), "output", "a place for the model must be chosen");
    check(!needsBase || !request.base.empty(), "base",
          request.kind == TrainKind::Lora ? "the model to adapt must be chosen"
                                          : "the folder with the autoencoder must be chosen");
    check(isBetween(request.size, 8, 2048) && request.size % 8 == 0, "size",
          "the size must be a multiple of 8 between 8 and 2048 pixels");
    check(request.steps >= 1, "steps", "there must be at least one step");
    check(isBetween(request.batch, 1, 4096), "batch", "a batch must hold 1 to 4096 pictures");
    check(isBetween(request.accumulate, 1, 4096), "accumulate", "a step must have 1 to 4096 batches");
    check(request.learningRate > 0.0 && request.learningRate <= 1.0, "learningRate",
          "the learning rate must be above 0 and at most 1");
    check(request.warmupSteps >= 0, "warmupSteps", "the warm-up cannot be shorter than no step");
    check(isBetween(request.weightDecay, 0.0, 1.0), "weightDecay", "the weight decay must be between 0 and 1");
    check(request.clipNorm > 0.0, "clipNorm", "the largest norm of the gradient must be above 0");
    check(request.emaDecay >= 0.0 && request.emaDecay < 1.0, "emaDecay",
          "the decay of the average must be from 0 to below 1");
    check(request.minSnrGamma >= 0.0, "minSnrGamma", "gamma must be 0 or above");
    check(isBetween(request.captionDropout, 0.0, 1.0), "captionDropout", "the caption dropout must be between 0 and 1");
    check(
        std::all_of(request.widths.begin(), request.widths.end(), [&](int width) { return isBetween(width, 1, 4096); }),
        "widths", "each level must have 1 to 4096 channels");
    check(request.widths.size() <= 8, "widths", "there can be at most 8 levels");
    check(isBetween(request.layersPerBlock, 1, 16), "layersPerBlock", "a level must have 1 to 16 blocks");
    check(isBetween(request.vocabulary, 16, 200000), "vocabulary", "the vocabulary must have 16 to 200000 pieces");
    check(isBetween(request.textWidth, 8, 8192), "textWidth", "the text encoder must be 8 to 8192 wide");
    check(isBetween(request.textLayers, 1, 64), "textLayers", "the text encoder must have 1 to 64 layers");
    check(isBetween(request.rank, 1, 1024), "rank", "the rank must be between 1 and 1024");
    check(std::isfinite(request.alpha) && request.alpha > 0.0, "alpha", "alpha must be above 0");
    check(request.sampleEvery >= 0, "sampleEvery", "the steps between sample pictures must be 0 or more");
    check(request.checkpointMinutes > 0.0, "checkpointMinutes", "the minutes between checkpoints must be above 0");
    check(request.stopAfterSteps >= 0, "stopAfterSteps", "the steps to stop after must be 0 or more");
    return problems;
}

OptimizerKind usedOptimizer(const TrainRequest &request)
{
    return request.kind == TrainKind::Lora ? OptimizerKind::AdamW : request.optimizer;
}

double usualLearningRate(TrainKind kind, OptimizerKind optimizer)
{
    if (kind == TrainKind::Lora)
        return 1e-4;
    return optimizer == OptimizerKind::Muon ? 4e-4 : 2e-4;
}

} // namespace engine
