#pragma once

#include "engine/train_request.h"

#include <torch/torch.h>

#include <map>
#include <string>
#include <vector>

namespace engine {

struct OptimizerOptions
{
    OptimizerKind kind = OptimizerKind::AdamW;
    double beta1 = 0.9;
    double beta2 = 0.99;
    double epsilon = 1e-8;
    double weightDecay = 0.01; ///< of matrices and convolutions; norms, biases and tables of vectors have none
    double clipNorm = 1.0;     ///< of all gradients together; 0: none
    double momentum = 0.95;    ///< Muon's
    torch::Dtype orthogonalisation = torch::kFloat32; ///< what Muon multiplies its matrices in
};

/// Steps over lists of tensors: AdamW as one fused kernel, Muon by stacks of matrices of one shape. Clips the
/// gradients' common norm, and leaves a step out whose gradients are not finite (Muon waits for the device to know).
class Optimizer
{
public:
    Optimizer(const std::vector<std::string> &names, const std::vector<torch::Tensor> &weights,
              const OptimizerOptions &options);

    void step(const std::vector<torch::Tensor> &gradients, double learningRate);

    /// Its state by names like "exp_avg.unet.conv_in.weight"; the tensors are the optimizer's own.
    [[nodiscard]] std::map<std::string, torch::Tensor> state() const;

private:
    struct Group // AdamW's, of one weight decay
    {
        double weightDecay = 0.0;
        std::vector<std::size_t> members; // indices into the list of weights
        std::vector<torch::Tensor> weights, means, squares, steps;
    };
    struct Stack // Muon's, of one shape
    {
        std::vector<std::size_t> members;
        std::vector<torch::Tensor> weights, means;
    };

    void stepGroup(Group &group, const std::vector<torch::Tensor> &gradients, double learningRate,
                   const torch::Tensor &divisor, const torch::Tensor &isBroken);
    void stepStack(Stack &stack, const std::vector<torch::Tensor> &gradients, double learningRate,
                   double gradientScale);

    std::vector<std::string> m_names;
    OptimizerOptions m_options;
    std::vector<Group> m_groups;
    std::vector<Stack> m_stacks;
};

/// The nearest (semi-)orthogonal matrices, roughly: singular values between 0.7 and 1.2, by five steps of the quintic
/// Newton-Schulz iteration with Muon's coefficients.
/// \param matrices [K, R, C] with R <= C, not all zero   \return [K, R, C] of the same dtype
torch::Tensor orthogonalised(const torch::Tensor &matrices);

} // namespace engine
