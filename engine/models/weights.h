#pragma once

#include "engine/core/tensor_file.h"

#include <torch/torch.h>

#include <functional>
#include <string>
#include <vector>

namespace engine {

struct LoadWeightsOptions
{
    torch::Dtype dtype = torch::kFloat32;
    torch::Device device = torch::kCPU;
    std::string subject = {}; ///< the model's path, for errors
    /// Called before each tensor with the share that is done (0..1); may throw Cancelled.
    std::function<void(double)> progress = [](double) {};
    /// The module will only infer: see keepPlainWeights().
    bool inferenceOnly = false;
    /// Only tensors whose names begin with one of these are looked at; empty: all. For half an autoencoder.
    std::vector<std::string> prefixes = {};
};

/// Gives every parameter and buffer of `module` its tensor of `source`, each in memory of its own. Call it outside
/// InferenceMode. Convolution weights become channels-last on the CPU.
/// \throws Error{WrongWeights} naming the tensors that are missing, unexpected or of a wrong shape; then nothing was
///         changed. Cancelled, if `progress` throws it; then the module must not be used.
void loadInto(torch::nn::Module &module, const TensorSource &source, const LoadWeightsOptions &options);

} // namespace engine
