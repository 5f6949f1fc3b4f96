#pragma once

#include "engine/training/trained_weights.h"

#include <torch/torch.h>

#include <cstdint>
#include <functional>
#include <vector>

namespace engine {

/// Computes the mean loss over a batch that was prepared, with its graph.
using BatchLoss = std::function<torch::Tensor()>;

/// What is taught to a set of networks: they and a loss.
class Objective
{
public:
    virtual ~Objective() = default;
    [[nodiscard]] virtual std::vector<TrainedModule> modules() const = 0;
    /// Where the networks are.
    [[nodiscard]] virtual torch::Device device() const = 0;
    /// Draws `batch` pictures and whatever else is left to chance from `generator` and readies them on the device.
    /// Looks at no weights, and may be called on another thread than the networks work on.
    virtual BatchLoss prepare(std::int64_t batch, const torch::Generator &generator) = 0;
};

} // namespace engine
