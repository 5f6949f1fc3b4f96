#pragma once

#include <torch/torch.h>

#include <sstream>
#include <string>

namespace tests {

/// Empty if `got` is `want` within max |got - want| <= rtol * max |want| + atol; else what differs most, and where.
inline std::string compareTensors(const torch::Tensor &got, const torch::Tensor &want, double rtol, double atol = 0.0)
{
    std::ostringstream text;
    if (!got.defined() || !want.defined()) {
        text << (got.defined() ? "nothing was expected" : "there is no tensor");
        return text.str();
    }
    if (got.sizes() != want.sizes()) {
        text << "shape " << got.sizes() << " instead of " << want.sizes();
        return text.str();
    }
    if (want.numel() == 0)
        return {};
    const torch::Tensor a = got.detach().to(torch::kCPU, torch::kFloat64).contiguous();
    const torch::Tensor b = want.detach().to(torch::kCPU, torch::kFloat64).contiguous();
    const double largest = b.abs().max().item<double>();
    const torch::Tensor difference = (a - b).abs();
    const double worst = difference.max().item<double>();
    if (worst <= rtol * largest + atol) // false for NaN
        return {};
    int64_t flat = difference.isnan().any().item<bool>() ? difference.isnan().to(torch::kInt32).argmax().item<int64_t>()
                                                         : difference.argmax().item<int64_t>();
    text << "shape " << want.sizes() << ": differs by " << worst << " where " << rtol * largest + atol
         << " is allowed (largest value " << largest << "): " << a.flatten()[flat].item<double>() << " instead of "
         << b.flatten()[flat].item<double>() << " at [";
    std::string position;
    for (int64_t d = want.dim() - 1; d >= 0; --d) {
        position = std::to_string(flat % want.size(d)) + (position.empty() ? "" : ", ") + position;
        flat /= want.size(d);
    }
    text << position << ']';
    return text.str();
}

} // namespace tests

/// Fails the Qt test with compareTensors()' text.
#define COMPARE_TENSORS(got, want, ...)                                                                                \
    do {                                                                                                               \
        const std::string difference_ = tests::compareTensors(got, want, __VA_ARGS__);                                 \
        QVERIFY2(difference_.empty(), difference_.c_str());                                                            \
    } while (false)
