#pragma once

#include "engine/schedule/scheduler_config.h"
#include "engine/training/autoencoder_trainer.h"
#include "engine/training/noise_predictor_trainer.h"

#include <torch/torch.h>

#include <filesystem>
#include <map>
#include <string>

namespace engine {

using NamedTensors = std::map<std::string, torch::Tensor>;

/// Writes one network as diffusers and transformers load it: config.json and weights in `dtype`.
/// \throws Error{DiskFull, FileUnreadable}
void writeUNet(const std::filesystem::path &folder, const UNetConfig &config, const NamedTensors &weights,
               torch::Dtype dtype);
void writeUNet2D(const std::filesystem::path &folder, const UNet2DConfig &config, const NamedTensors &weights,
                 torch::Dtype dtype);
void writeTextEncoder(const std::filesystem::path &folder, const ClipTextConfig &config, const NamedTensors &weights,
                      torch::Dtype dtype);
/// The statistics go into the config, too: scaling_factor, and the linear map for previews.
void writeAutoencoder(const std::filesystem::path &folder, VaeConfig config, const NamedTensors &weights,
                      const LatentStatistics &statistics, torch::Dtype dtype);

/// T5Tokenizer over a sentencepiece model; texts of at most `length` ids.
void writeTokenizer(const std::filesystem::path &folder, const std::string &spieceModel, int length);
void writeScheduler(const std::filesystem::path &folder, const SchedulerConfig &config);
/// model_index.json of a StableDiffusionPipeline or DDPMPipeline. Written last: a folder with it is complete.
void writeStableDiffusionIndex(const std::filesystem::path &folder, const SchedulerConfig &scheduler);
void writeDdpmIndex(const std::filesystem::path &folder, const SchedulerConfig &scheduler);

/// Reads an autoencoder that writeAutoencoder() (or diffusers) wrote.
/// \throws Error{FileUnreadable, NotACheckpoint, WrongWeights}
AutoencoderKL readAutoencoder(const std::filesystem::path &folder);

/// Copies weights into a network by their names.
/// \throws Error{WrongWeights} if one is missing or has another shape.
void copyWeights(torch::nn::Module &module, const NamedTensors &weights, const std::string &subject);

} // namespace engine
