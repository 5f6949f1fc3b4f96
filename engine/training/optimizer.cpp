#include "engine/training/optimizer.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace engine {

namespace {

constexpr int kNewtonSchulzSteps = 5;
/// Updates as large as AdamW's usually are (Liu et al. 2025, "Muon is scalable for LLM training"), so that one
/// learning rate serves both.
constexpr double kRootMeanSquare = 0.2;
/// Thinner matrices have too few directions to balance.
constexpr int64_t kSmallestSide = 16;

bool isTable(const std::string &name)
{
    return name.find("embedding.weight") != std::string::npos;
}

/// The first and last convolutions are AdamW's.
bool isInside(const std::string &name)
{
    return name.find("conv_in.") == std::string::npos && name.find("conv_out.") == std::string::npos;
}

bool isMatrix(const torch::Tensor &weight)
{
    return weight.dim() > 1 && std::min(weight.size(0), weight.numel() / weight.size(0)) >= kSmallestSide;
}

std::vector<torch::Tensor> chosen(const std::vector<torch::Tensor> &all, const std::vector<std::size_t> &members)
{
    std::vector<torch::Tensor> result;
    result.reserve(members.size());
    for (const std::size_t member : members)
        result.push_back(all[member]);
    return result;
}

} // namespace

torch::Tensor orthogonalised(const torch::Tensor &matrices)
{
    torch::Tensor x = matrices / (torch::linalg_vector_norm(matrices, 2, {1, 2}, true) + 1e-7);
    for (int i = 0; i < kNewtonSchulzSteps; ++i) {
        const torch::Tensor a = x.bmm(x.transpose(1, 2));
        x = at::baddbmm(x, at::baddbmm(a, a, a, -4.7750, 2.0315), x, 3.4445, 1.0);
    }
    return x;
}

Optimizer::Optimizer(const std::vector<std::string> &names, const std::vector<torch::Tensor> &weights,
                     const OptimizerOptions &options)
    : m_names(names), m_options(options)
{
    std::array<Group, 2> groups;
    groups[1].weightDecay = options.weightDecay;
    std::map<std::vector<int64_t>, Stack> stacks;
    for (std::size_t i = 0; i < weights.size(); ++i) {
        const torch::Tensor &weight = weights[i];
        if (options.kind == OptimizerKind::Muon && isMatrix(weight) && !isTable(names[i]) && isInside(names[i])) {
            Stack &stack = stacks[weight.sizes().vec()];
            stack.members.push_back(i);
            stack.weights.push_back(weight);
            stack.means.push_back(torch::zeros_like(weight));
            continue;
        }
        Group &group = groups[weight.dim() > 1 && !isTable(names[i]) ? 1 : 0];
        group.members.push_back(i);
        group.weights.push_back(weight);
        group.means.push_back(torch::zeros_like(weight));
        group.squares.push_back(torch::zeros_like(weight));
        group.steps.push_back(torch::zeros({}, weight.options().dtype(torch::kFloat32)));
    }
    for (Group &group : groups) {
        if (!group.members.empty())
            m_groups.push_back(std::move(group));
    }
    for (auto &[shape, stack] : stacks)
        m_stacks.push_back(std::move(stack));
}

void Optimizer::step(const std::vector<torch::Tensor> &gradients, double learningRate)
{
    const torch::NoGradGuard noGrad;
    const torch::Tensor norm = torch::linalg_vector_norm(torch::stack(at::_foreach_norm(gradients, 2)), 2);
    const torch::Tensor isBroken = norm.isfinite().logical_not().to(torch::kFloat32);
    // The kernel divides the gradients by this.
    const torch::Tensor divisor =
        m_options.clipNorm > 0.0 ? (norm / m_options.clipNorm).clamp_min(1.0).nan_to_num(1.0) : torch::ones_like(norm);
    for (Group &group : m_groups)
        stepGroup(group, chosen(gradients, group.members), learningRate, divisor, isBroken);
    if (m_stacks.empty() || isBroken.item<float>() > 0.0F) // Muon waits for the device here
        return;
    const double gradientScale = 1.0 / divisor.item<double>();
    for (Stack &stack : m_stacks)
        stepStack(stack, chosen(gradients, stack.members), learningRate, gradientScale);
}

void Optimizer::stepGroup(Group &group, const std::vector<torch::Tensor> &gradients, double learningRate,
                          const torch::Tensor &divisor, const torch::Tensor &isBroken)
{
    at::_foreach_add_(group.steps, 1.0);
    at::_foreach_sub_(group.steps, std::vector<torch::Tensor>(group.steps.size(), isBroken));
    at::_fused_adamw_(group.weights, gradients, group.means, group.squares, {}, group.steps, learningRate,
                      m_options.beta1, m_options.beta2, group.weightDecay, m_options.epsilon, /*amsgrad=*/false,
                      /*maximize=*/false, divisor, isBroken);
}

void Optimizer::stepStack(Stack &stack, const std::vector<torch::Tensor> &gradients, double learningRate,
                          double gradientScale)
{
    // Matrix by matrix where each number is touched once or twice: so they stay in the processor's caches.
    const int64_t rows = stack.weights.front().size(0);
    const int64_t columns = stack.weights.front().numel() / rows;
    const auto count = static_cast<int64_t>(gradients.size());
    torch::Tensor matrices =
        torch::empty({count, rows, columns}, stack.weights.front().options().dtype(m_options.orthogonalisation));
    for (int64_t i = 0; i < count; ++i) {
        const auto member = static_cast<std::size_t>(i);
        const torch::Tensor gradient = gradientScale == 1.0 ? gradients[member] : gradients[member] * gradientScale;
        stack.means[member].lerp_(gradient, 1.0 - m_options.momentum);
        const torch::Tensor ahead = gradient.lerp(stack.means[member], m_options.momentum); // Nesterov's look ahead
        matrices[i].copy_(ahead.flatten(1));
    }
    const bool isTall = rows > columns;
    torch::Tensor direction = orthogonalised(isTall ? matrices.transpose(1, 2).contiguous() : matrices);
    if (isTall)
        direction = direction.transpose(1, 2);
    const double scale = kRootMeanSquare * std::sqrt(static_cast<double>(std::max(rows, columns)));
    for (int64_t i = 0; i < count; ++i) {
        torch::Tensor &weight = stack.weights[static_cast<std::size_t>(i)];
        if (m_options.weightDecay > 0.0)
            weight.mul_(1.0 - learningRate * m_options.weightDecay);
        weight.add_(direction[i].to(weight.scalar_type()).reshape(weight.sizes()), -learningRate * scale);
    }
}

std::map<std::string, torch::Tensor> Optimizer::state() const
{
    std::map<std::string, torch::Tensor> tensors;
    for (const Group &group : m_groups) {
        for (std::size_t i = 0; i < group.members.size(); ++i) {
            const std::string &name = m_names[group.members[i]];
            tensors["exp_avg." + name] = group.means[i];
            tensors["exp_avg_sq." + name] = group.squares[i];
            tensors["step." + name] = group.steps[i];
        }
    }
    for (const Stack &stack : m_stacks) {
        for (std::size_t i = 0; i < stack.members.size(); ++i)
            tensors["exp_avg." + m_names[stack.members[i]]] = stack.means[i];
    }
    return tensors;
}

} // namespace engine
