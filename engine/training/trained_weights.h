#pragma once

#include <torch/torch.h>

#include <map>
#include <string>
#include <vector>

namespace engine {

/// A network to be trained and the name that its weights go by in checkpoints.
struct TrainedModule
{
    std::string name; ///< "unet", "vae", "text_encoder"
    std::shared_ptr<torch::nn::Module> module;
    torch::Dtype computeDtype = torch::kFloat32; ///< what it computes in; its master weights are float32 anyway
    std::vector<std::string> only = {};          ///< train only the parameters named here; empty: all
};

/// The weights of a run: float32 masters that the optimizer moves, the networks' own parameters (the masters
/// themselves, or their copies in bfloat16), gradients, and the running mean of the masters (EMA).
class TrainedWeights
{
public:
    /// Converts the modules to their compute dtypes, in place, and switches their gradients on.
    explicit TrainedWeights(const std::vector<TrainedModule> &modules);

    [[nodiscard]] const std::vector<std::string> &names() const { return m_names; } ///< "unet.conv_in.weight"
    [[nodiscard]] const std::vector<torch::Tensor> &masters() const { return m_masters; }
    [[nodiscard]] const std::vector<torch::Tensor> &ema() const { return m_ema; }

    /// Gradients of the parameters as float32, in the order of names(); parameters without one have zeros.
    [[nodiscard]] std::vector<torch::Tensor> gradients();
    void clearGradients();
    /// Networks see the masters as they are now.
    void publish();
    /// ema += (1 - decay) (masters - ema); Polyak and Juditsky 1992.
    void updateEma(double decay);

    /// While one lives, the networks compute with the EMA weights.
    class UseEma
    {
    public:
        explicit UseEma(TrainedWeights &weights);
        ~UseEma();
        UseEma(const UseEma &) = delete;
        UseEma &operator=(const UseEma &) = delete;

    private:
        TrainedWeights &m_weights;
        std::vector<torch::Tensor> m_own;
    };

    /// The EMA weights of one module under its own names, float32 on the CPU.
    [[nodiscard]] std::map<std::string, torch::Tensor> emaOf(const std::string &module) const;

private:
    std::vector<std::string> m_names;
    std::vector<torch::Tensor> m_parameters; // as the networks hold them
    std::vector<torch::Tensor> m_masters;    // the same tensor's data where the network computes in float32
    std::vector<torch::Tensor> m_ema;
    std::vector<torch::Tensor> m_copied;     // parameters that are copies ...
    std::vector<torch::Tensor> m_copiedFrom; // ... and the masters they are copies of
};

} // namespace engine
