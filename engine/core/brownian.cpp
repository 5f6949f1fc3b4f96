#include "engine/core/brownian.h"

#include <ATen/CPUGeneratorImpl.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>

namespace engine {

namespace {

constexpr int kPool = 24;

/// To 6 decimals, as the tree keeps its times: correctly rounded from the exact binary value, which is what printf
/// does.
double rounded(double time)
{
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%.6f", time);
    return std::strtod(text.data(), nullptr);
}

/// The hash of a seed sequence: each use changes its constant.
class Hash
{
public:
    Hash(std::uint32_t start, std::uint32_t factor) : m_constant(start), m_factor(factor) {}
    std::uint32_t operator()(std::uint32_t value)
    {
        value ^= m_constant;
        m_constant *= m_factor;
        value *= m_constant;
        return value ^ (value >> 16);
    }

private:
    std::uint32_t m_constant;
    std::uint32_t m_factor;
};

std::uint32_t mixed(std::uint32_t x, std::uint32_t y)
{
    const std::uint32_t result = 0xca01f9ddU * x - 0x4973f715U * y;
    return result ^ (result >> 16);
}

void appendWords(std::vector<std::uint32_t> &words, std::uint64_t number)
{
    words.push_back(std::uint32_t(number));
    if (number >> 32 != 0)
        words.push_back(std::uint32_t(number >> 32));
}

} // namespace

std::vector<std::uint32_t> seedSequenceState(std::uint64_t entropy, const std::vector<std::uint64_t> &spawnKey,
                                             int words)
{
    std::vector<std::uint32_t> input;
    appendWords(input, entropy);
    input.resize(std::max<std::size_t>(input.size(), kPool), 0);
    for (const std::uint64_t key : spawnKey)
        appendWords(input, key);

    std::array<std::uint32_t, kPool> pool{};
    Hash hash(0x43b0d7e5U, 0x931e8875U);
    for (std::size_t i = 0; i < pool.size(); ++i)
        pool[i] = hash(input[i]);
    for (std::size_t from = 0; from < pool.size(); ++from)
        for (std::size_t to = 0; to < pool.size(); ++to)
            if (from != to)
                pool[to] = mixed(pool[to], hash(pool[from]));
    for (std::size_t from = pool.size(); from < input.size(); ++from)
        for (std::uint32_t &word : pool)
            word = mixed(word, hash(input[from]));

    std::vector<std::uint32_t> state;
    Hash outputHash(0x8b51f9ddU, 0x58f38dedU);
    for (int i = 0; i < words; ++i)
        state.push_back(outputHash(pool[std::size_t(i % kPool)]));
    return state;
}

BrownianNoise::BrownianNoise(std::uint64_t seed, double sigmaMin, double sigmaMax, std::vector<std::int64_t> shape)
    : m_seed(seed), m_whole{rounded(sigmaMin), rounded(sigmaMax)}, m_shape(std::move(shape))
{
    const std::uint32_t word = seedSequenceState(seed, {}, 1).front();
    m_increments[{0, 0}] = normal(word) * std::sqrt(m_whole.end - m_whole.start);
}

torch::Tensor BrownianNoise::normal(std::uint32_t seedWord) const
{
    return torch::randn(m_shape, at::detail::createCPUGenerator(seedWord), torch::TensorOptions(torch::kFloat32));
}

torch::Tensor BrownianNoise::increment(NodeId node, Interval interval, double from, double to)
{
    const torch::Tensor whole = m_increments.at(node);
    if (from <= interval.start && to >= interval.end)
        return whole;

    const double middle = rounded((interval.start + interval.end) / 2.0);
    if (middle <= interval.start || middle >= interval.end)
        return whole * ((to - from) / (interval.end - interval.start)); // below the tree's resolution
    const NodeId left{node.first * 2, node.second + 1};
    const NodeId right{node.first * 2 + 1, node.second + 1};
    if (!m_increments.contains(left)) {
        // A Brownian bridge at the middle.
        const double before = middle - interval.start;
        const double after = interval.end - middle;
        const std::uint32_t word = seedSequenceState(m_seed, {node.first, node.second}, 1).front();
        m_increments[left] =
            whole * (before / (before + after)) + normal(word) * std::sqrt(before * after / (before + after));
        m_increments[right] = whole - m_increments[left];
    }
    if (to <= middle)
        return increment(left, {interval.start, middle}, from, to);
    if (from >= middle)
        return increment(right, {middle, interval.end}, from, to);
    return increment(left, {interval.start, middle}, from, middle) +
           increment(right, {middle, interval.end}, middle, to);
}

torch::Tensor BrownianNoise::operator()(double sigma, double sigmaNext)
{
    const auto inside = [&](double time) { return std::clamp(rounded(time), m_whole.start, m_whole.end); };
    const double from = inside(std::min(sigma, sigmaNext));
    const double to = inside(std::max(sigma, sigmaNext));
    const double sign = sigma > sigmaNext ? -1.0 : 1.0;
    if (from >= to)
        return torch::zeros(m_shape, torch::kFloat32);
    return increment({0, 0}, m_whole, from, to) * (sign / std::sqrt(std::abs(sigma - sigmaNext)));
}

} // namespace engine
