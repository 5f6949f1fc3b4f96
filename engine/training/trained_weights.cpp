#include "engine/training/trained_weights.h"

#include "engine/error.h"

#include <algorithm>

namespace engine {

namespace {

/// Layers keep packed copies of their weights and look at the version to see when they are old. The optimizer's fused
/// kernels and set_data() change weights without counting.
void countChange(const torch::Tensor &parameter)
{
    parameter.unsafeGetTensorImpl()->bump_version();
}

} // namespace

TrainedWeights::TrainedWeights(const std::vector<TrainedModule> &modules)
{
    const torch::NoGradGuard noGrad;
    for (const TrainedModule &entry : modules) {
        std::map<std::string, torch::Tensor> masters;
        for (const auto &parameter : entry.module->named_parameters())
            masters[parameter.key()] = parameter.value().detach().to(torch::kFloat32).clone();
        entry.module->to(entry.computeDtype);
        for (const auto &parameter : entry.module->named_parameters()) {
            torch::Tensor own = parameter.value();
            const bool isTrained = entry.only.empty() ||
                                   std::find(entry.only.begin(), entry.only.end(), parameter.key()) != entry.only.end();
            own.requires_grad_(isTrained);
            if (!isTrained)
                continue;
            m_names.push_back(entry.name + "." + parameter.key());
            m_parameters.push_back(own);
            if (own.scalar_type() == torch::kFloat32) {
                m_masters.push_back(own.detach());
            } else {
                m_masters.push_back(masters.at(parameter.key()));
                m_copied.push_back(own.detach());
                m_copiedFrom.push_back(m_masters.back());
            }
            m_ema.push_back(m_masters.back().clone());
        }
    }
    if (m_names.empty())
        throw Error(ErrorKind::Internal, "training", "there is nothing to train.");
}

std::vector<torch::Tensor> TrainedWeights::gradients()
{
    const torch::NoGradGuard noGrad;
    std::vector<torch::Tensor> result;
    std::vector<torch::Tensor> narrow;
    std::vector<torch::Tensor> wide;
    for (std::size_t i = 0; i < m_parameters.size(); ++i) {
        const torch::Tensor &gradient = m_parameters[i].grad();
        if (!gradient.defined()) {
            result.push_back(torch::zeros_like(m_masters[i]));
        } else if (gradient.scalar_type() == torch::kFloat32 && gradient.strides() == m_masters[i].strides()) {
            result.push_back(gradient);
        } else {
            result.push_back(torch::empty_like(m_masters[i]));
            narrow.push_back(gradient);
            wide.push_back(result.back());
        }
    }
    if (!wide.empty())
        at::_foreach_copy_(wide, narrow);
    return result;
}

void TrainedWeights::clearGradients()
{
    for (torch::Tensor &parameter : m_parameters)
        parameter.mutable_grad().reset();
}

void TrainedWeights::publish()
{
    const torch::NoGradGuard noGrad;
    if (!m_copied.empty())
        at::_foreach_copy_(m_copied, m_copiedFrom);
    for (const torch::Tensor &parameter : m_parameters)
        countChange(parameter);
}

void TrainedWeights::updateEma(double decay)
{
    const torch::NoGradGuard noGrad;
    at::_foreach_lerp_(m_ema, m_masters, 1.0 - decay);
}

TrainedWeights::UseEma::UseEma(TrainedWeights &weights) : m_weights(weights)
{
    const torch::NoGradGuard noGrad;
    // All that may run out of memory comes first.
    std::vector<torch::Tensor> shown;
    for (std::size_t i = 0; i < weights.m_parameters.size(); ++i) {
        shown.push_back(weights.m_ema[i].to(weights.m_parameters[i].scalar_type()));
        m_own.push_back(weights.m_parameters[i].detach());
    }
    for (std::size_t i = 0; i < shown.size(); ++i) {
        weights.m_parameters[i].set_data(shown[i]);
        countChange(weights.m_parameters[i]);
    }
}

TrainedWeights::UseEma::~UseEma()
{
    for (std::size_t i = 0; i < m_own.size(); ++i) {
        m_weights.m_parameters[i].set_data(m_own[i]);
        countChange(m_weights.m_parameters[i]);
    }
}

std::map<std::string, torch::Tensor> TrainedWeights::emaOf(const std::string &module) const
{
    std::map<std::string, torch::Tensor> tensors;
    for (std::size_t i = 0; i < m_names.size(); ++i) {
        if (m_names[i].starts_with(module + "."))
            tensors[m_names[i].substr(module.size() + 1)] = m_ema[i].to(torch::kCPU).contiguous();
    }
    return tensors;
}

} // namespace engine
