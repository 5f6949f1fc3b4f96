#pragma once

#include "engine/core/tensor_file.h"
#include "engine/samplers/samplers.h"

#include <nlohmann/json.hpp>

#include <fstream>
#include <map>
#include <string>

namespace tests {

/// The problem of tests/golden/samplers: its exact denoiser, and recorded runs.
class GaussianProblem
{
public:
    GaussianProblem() : m_tensors(engine::readTensors(std::string(TINCTURE_GOLDEN) + "/samplers/cases.safetensors"))
    {
        std::ifstream file(std::string(TINCTURE_GOLDEN) + "/samplers/cases.json");
        m_json = nlohmann::json::parse(file);
        m_w1 = m_json["w1"];
        m_std = m_json["std"];
        m_centre1 = tensor("problem/m1");
        m_centre2 = tensor("problem/m2");
    }

    [[nodiscard]] const nlohmann::json &cases() const { return m_json["cases"]; }
    [[nodiscard]] bool has(const std::string &name) const { return m_tensors.contains(name); }
    [[nodiscard]] torch::Tensor tensor(const std::string &name) const { return m_tensors.at(name).to(torch::kFloat64); }
    [[nodiscard]] torch::Tensor centre1() const { return m_centre1; }
    [[nodiscard]] torch::Tensor centre2() const { return m_centre2; }
    [[nodiscard]] double w1() const { return m_w1; }
    [[nodiscard]] double standardDeviation() const { return m_std; }

    /// \param x  [B, 4, 8, 8], each picture on its own
    [[nodiscard]] torch::Tensor denoise(const torch::Tensor &x, double sigma, bool flow = false) const
    {
        const double c = flow ? 1.0 - sigma : 1.0;
        const double v = c * c * m_std * m_std + sigma * sigma;
        const auto logShare = [&](double w, const torch::Tensor &m) {
            return std::log(w) - (x - c * m).square().sum({1, 2, 3}, true) / (2.0 * v);
        };
        const torch::Tensor p1 = torch::sigmoid(logShare(m_w1, m_centre1) - logShare(1.0 - m_w1, m_centre2));
        const auto mean = [&](const torch::Tensor &m) { return m + (x - c * m) * (c * m_std * m_std / v); };
        return p1 * mean(m_centre1) + (1.0 - p1) * mean(m_centre2);
    }

private:
    std::map<std::string, torch::Tensor> m_tensors;
    nlohmann::json m_json;
    torch::Tensor m_centre1, m_centre2;
    double m_w1 = 0.0;
    double m_std = 0.0;
};

} // namespace tests
