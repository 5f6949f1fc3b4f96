#include "engine/training/optimizer.h"

#include <array>

namespace engine {

AdamW::AdamW(const std::vector<std::string> &names, const std::vector<torch::Tensor> &weights,
             const AdamWOptions &options)
    : m_names(names), m_options(options)
{
    std::array<Group, 2> groups;
    groups[1].weightDecay = options.weightDecay;
    for (std::size_t i = 0; i < weights.size(); ++i) {
        const bool isTable = names[i].find("embedding.weight") != std::string::npos;
        Group &group = groups[weights[i].dim() > 1 && !isTable ? 1 : 0];
        group.members.push_back(i);
        group.weights.push_back(weights[i]);
        group.means.push_back(torch::zeros_like(weights[i]));
        group.squares.push_back(torch::zeros_like(weights[i]));
        group.steps.push_back(torch::zeros({}, weights[i].options().dtype(torch::kFloat32)));
    }
    for (Group &group : groups) {
        if (!group.members.empty())
            m_groups.push_back(std::move(group));
    }
}

void AdamW::step(const std::vector<torch::Tensor> &gradients, double learningRate)
{
    const torch::NoGradGuard noGrad;
    const torch::Tensor norm = torch::linalg_vector_norm(torch::stack(at::_foreach_norm(gradients, 2)), 2);
    const torch::Tensor isBroken = norm.isfinite().logical_not().to(torch::kFloat32);
    // The kernel divides the gradients by this.
    const torch::Tensor divisor =
        m_options.clipNorm > 0.0 ? (norm / m_options.clipNorm).clamp_min(1.0).nan_to_num(1.0) : torch::ones_like(norm);
    for (Group &group : m_groups) {
        std::vector<torch::Tensor> ours;
        ours.reserve(group.members.size());
        for (const std::size_t member : group.members)
            ours.push_back(gradients[member]);
        at::_foreach_add_(group.steps, 1.0);
        at::_foreach_sub_(group.steps, std::vector<torch::Tensor>(group.steps.size(), isBroken));
        at::_fused_adamw_(group.weights, ours, group.means, group.squares, {}, group.steps, learningRate,
                          m_options.beta1, m_options.beta2, group.weightDecay, m_options.epsilon, /*amsgrad=*/false,
                          /*maximize=*/false, divisor, isBroken);
    }
}

std::map<std::string, torch::Tensor> AdamW::state() const
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
    return tensors;
}

} // namespace engine
