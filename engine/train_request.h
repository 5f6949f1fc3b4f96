#pragma once

#include "engine/model_info.h"
#include "engine/request.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace engine {

enum class TrainKind {
    Pixel,       ///< unconditional DDPM on pixels (UNet2DModel layout)
    Latent,      ///< noise predictor with text on the latents of an autoencoder (Stable Diffusion layout)
    Autoencoder, ///< AutoencoderKL
    Lora         ///< low-rank adapter of a Stable Diffusion U-Net
};
enum class BetaSchedule { Linear, ScaledLinear, Cosine };
enum class LearningRateSchedule { Constant, Cosine };
enum class OptimizerKind {
    AdamW, ///< Loshchilov and Hutter 2019, "Decoupled weight decay regularization"
    Muon   ///< Jordan et al. 2024, "Muon: an optimizer for hidden layers in neural networks": steps of equal size in
           ///< every direction for the matrices and convolutions inside the networks, AdamW for all else
};
/// Which layers of the U-Net a LoRA changes.
enum class LoraTargets {
    Attention,      ///< the projections of all attentions
    CrossAttention, ///< the projections of the attentions to the text only
    Transformers    ///< all layers of the transformers: feed forwards and the projections in and out of them as well
};

/// Everything about one training run. Defaults suit a few thousand small pictures.
struct TrainRequest
{
    TrainKind kind = TrainKind::Pixel;
    std::filesystem::path data =
        {}; ///< folder of pictures; captions from .txt sidecars, captions.jsonl or folder names
    std::filesystem::path output = {};      ///< folder of the model that is made (a .safetensors file for a LoRA)
    std::filesystem::path checkpoints = {}; ///< folder for checkpoints; empty: output/checkpoints
    std::filesystem::path base = {};        ///< Latent: folder with the autoencoder; Lora: the model to adapt
    int size = 64;                          ///< side of the training pictures in pixels
    std::int64_t steps = 10000;
    int batch = 32;
    int accumulate = 1; ///< batches a step
    double learningRate = 4e-4;
    std::int64_t warmupSteps = 500;
    LearningRateSchedule learningRateSchedule = LearningRateSchedule::Cosine;
    OptimizerKind optimizer = OptimizerKind::Muon; ///< Lora: always AdamW, whatever this says
    double weightDecay = 0.01;
    double clipNorm = 1.0;
    double emaDecay = 0.9995;
    BetaSchedule betas = BetaSchedule::ScaledLinear;
    Prediction prediction = Prediction::Epsilon;
    double minSnrGamma = 5.0; ///< 0: off (Hang et al. 2023)
    bool flip = false;        ///< mirror half of the pictures
    double captionDropout = 0.1;
    Precision precision = Precision::Auto;
    std::uint64_t seed = 0;
    std::vector<int> widths = {}; ///< channels of each level; empty: the kind's default
    int layersPerBlock = 1;
    int vocabulary = 8000; ///< Latent: sentencepiece pieces
    int textWidth = 256;   ///< Latent: width of the text encoder
    int textLayers = 4;
    int rank = 8; ///< Lora
    double alpha = 8.0;
    LoraTargets loraTargets = LoraTargets::Attention;
    std::int64_t sampleEvery = 1000; ///< steps between sample pictures; 0: none
    std::vector<std::string> samplePrompts = {};
    double checkpointMinutes = 5.0;
    std::int64_t stopAfterSteps = 0; ///< stop, with a checkpoint, after so many steps of this run; 0: never
    bool measureOnly = false;        ///< only to see how fast it is: neither checkpoint nor weights are written

    bool operator==(const TrainRequest &) const = default;
};

struct TrainReport
{
    std::int64_t steps = 0; ///< in all, earlier runs included
    double loss = 0.0;      ///< smoothed, at the end
    double picturesPerSecond = 0.0;
    int pictures = 0;      ///< found and used
    int skipped = 0;       ///< found and unreadable
    bool finished = false; ///< false: stopped before the last step
};

[[nodiscard]] std::vector<Problem> validate(const TrainRequest &request);

/// What the run's weights follow their gradients by: the request's choice, and AdamW for a LoRA.
[[nodiscard]] OptimizerKind usedOptimizer(const TrainRequest &request);
/// A learning rate to begin with.
[[nodiscard]] double usualLearningRate(TrainKind kind, OptimizerKind optimizer);

} // namespace engine
