#include "engine/core/noise.h"

#include <ATen/CPUGeneratorImpl.h>

#include <array>
#include <cmath>
#include <numbers>

namespace engine {

namespace {

using Counter = std::array<std::uint32_t, 4>;

/// Ten rounds of Philox 4x32.
Counter philox(Counter counter, std::uint64_t seed)
{
    constexpr std::uint64_t kMultiplier0 = 0xD2511F53;
    constexpr std::uint64_t kMultiplier1 = 0xCD9E8D57;
    constexpr std::uint32_t kWeyl0 = 0x9E3779B9;
    constexpr std::uint32_t kWeyl1 = 0xBB67AE85;
    auto key0 = std::uint32_t(seed);
    auto key1 = std::uint32_t(seed >> 32);
    for (int round = 0; round < 10; ++round) {
        const std::uint64_t product0 = kMultiplier0 * counter[0];
        const std::uint64_t product1 = kMultiplier1 * counter[2];
        counter = {std::uint32_t(product1 >> 32) ^ counter[1] ^ key0, std::uint32_t(product1),
                   std::uint32_t(product0 >> 32) ^ counter[3] ^ key1, std::uint32_t(product0)};
        key0 += kWeyl0;
        key1 += kWeyl1;
    }
    return counter;
}

torch::Tensor philoxNormal(at::IntArrayRef shape, std::uint64_t seed, std::uint32_t draw)
{
    constexpr float kStep = 0x1p-32F;
    torch::Tensor result = torch::empty(shape, torch::kFloat32);
    auto *const values = result.data_ptr<float>();
    for (std::int64_t i = 0; i < result.numel(); ++i) {
        const Counter bits = philox({draw, 0, std::uint32_t(i), 0}, seed);
        const float u = float(bits[0]) * kStep + kStep / 2.0F;
        const float angle = (float(bits[1]) * kStep + kStep / 2.0F) * 2.0F * std::numbers::pi_v<float>;
        values[i] = std::sqrt(-2.0F * std::log(u)) * std::sin(angle);
    }
    return result;
}

} // namespace

NoiseSource::NoiseSource(std::uint64_t seed, RngKind kind) : m_seed(seed), m_kind(kind)
{
    if (kind == RngKind::Cpu)
        m_generator = at::detail::createCPUGenerator(seed);
}

torch::Tensor NoiseSource::draw(at::IntArrayRef shape)
{
    if (m_kind == RngKind::Nv)
        return philoxNormal(shape, m_seed, m_draws++);
    return torch::randn(shape, m_generator, torch::TensorOptions(torch::kFloat32).device(torch::kCPU));
}

torch::Tensor mixedNoise(const torch::Tensor &noise, const torch::Tensor &variation, double strength)
{
    constexpr double kAlmostParallel = 0.9995;
    const torch::Tensor unit = noise / noise.norm(2, -2, true);
    const torch::Tensor otherUnit = variation / variation.norm(2, -2, true);
    const torch::Tensor cosine = (unit * otherUnit).sum(-2, true);
    if (cosine.mean().item<double>() > kAlmostParallel)
        return noise * strength + variation * (1.0 - strength); // weights as in AUTOMATIC1111
    const torch::Tensor angle = torch::acos(cosine.clamp(-1.0, 1.0));
    const torch::Tensor whole = torch::sin(angle);
    return torch::sin((1.0 - strength) * angle) / whole * noise + torch::sin(strength * angle) / whole * variation;
}

} // namespace engine
