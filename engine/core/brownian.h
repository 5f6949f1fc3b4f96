#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

namespace engine {

/// Noise for SDE samplers that belongs to the way between two levels and not to the number of steps: increments of one
/// Brownian motion over sigma, so that more steps refine the same picture. The numbers are those of torchsde's
/// BrownianTree as k-diffusion uses it.
class BrownianNoise
{
public:
    /// \param sigmaMin, sigmaMax  the smallest positive and the largest level of the run
    /// \param shape               of one picture
    BrownianNoise(std::uint64_t seed, double sigmaMin, double sigmaMax, std::vector<std::int64_t> shape);

    /// Standard normal noise for the step from sigma to sigmaNext; the same question has the same answer.
    torch::Tensor operator()(double sigma, double sigmaNext);

private:
    using NodeId = std::pair<std::uint64_t, std::uint32_t>; // key among those of its depth, depth
    struct Interval
    {
        double start;
        double end;
    };

    torch::Tensor normal(std::uint32_t seedWord) const;
    torch::Tensor increment(NodeId node, Interval interval, double from, double to);

    std::uint64_t m_seed;
    Interval m_whole;
    std::vector<std::int64_t> m_shape;
    std::map<NodeId, torch::Tensor> m_increments;
};

/// The first words that numpy's SeedSequence(entropy, spawn_key, pool_size=24).generate_state() makes
/// (O'Neill 2015, "Developing a seed_seq alternative").
std::vector<std::uint32_t> seedSequenceState(std::uint64_t entropy, const std::vector<std::uint64_t> &spawnKey,
                                             int words);

} // namespace engine
