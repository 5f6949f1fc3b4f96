#pragma once

#include <torch/torch.h>

#include <map>
#include <string>
#include <vector>

namespace engine {

struct AdamWOptions
{
    double beta1 = 0.9;
    double beta2 = 0.99;
    double epsilon = 1e-8;
    double weightDecay = 0.01; ///< of matrices and convolutions; norms, biases and tables of vectors have none
    double clipNorm = 1.0;     ///< of all gradients together; 0: none
};

/// AdamW (Loshchilov and Hutter 2019) over lists of tensors, one fused kernel a step. Clips the gradients' common
/// norm, and leaves a step out whose gradients are not finite, without waiting for the device.
class AdamW
{
public:
    AdamW(const std::vector<std::string> &names, const std::vector<torch::Tensor> &weights,
          const AdamWOptions &options);

    void step(const std::vector<torch::Tensor> &gradients, double learningRate);

    /// Its state by names like "exp_avg.unet.conv_in.weight"; the tensors are the optimizer's own.
    [[nodiscard]] std::map<std::string, torch::Tensor> state() const;

private:
    struct Group // of one weight decay
    {
        double weightDecay = 0.0;
        std::vector<std::size_t> members; // indices into the list of weights
        std::vector<torch::Tensor> weights, means, squares, steps;
    };

    std::vector<std::string> m_names;
    AdamWOptions m_options;
    std::vector<Group> m_groups;
};

} // namespace engine
