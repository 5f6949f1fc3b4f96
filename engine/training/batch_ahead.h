#pragma once

#include "engine/training/objective.h"

#include <cstdint>
#include <future>
#include <optional>

namespace engine {

/// Prepares the batches of an objective one ahead of the step that computes, on a thread of its own, which takes one
/// core at most. What comes out is the same as without it: a batch is a function of its generator.
class BatchAhead
{
public:
    /// \param objective  must outlive this
    BatchAhead(Objective &objective, std::int64_t batch) : m_objective(objective), m_batch(batch) {}

    /// The batch of `generator`; begins to prepare that of `next`.
    /// \throws what Objective::prepare() throws, wherever it ran
    BatchLoss take(const torch::Generator &generator, const std::optional<torch::Generator> &next);
    /// Waits for what is being prepared, and drops it.
    void forget();

private:
    void begin(const torch::Generator &generator);

    Objective &m_objective;
    std::int64_t m_batch;
    std::uint64_t m_seed = 0; // of what is being prepared
    std::future<BatchLoss> m_prepared;
};

} // namespace engine
