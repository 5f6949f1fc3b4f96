#pragma once

#include <torch/torch.h>

#include <cstdint>

namespace engine {

/// Whether oneDNN's own operators may run `x` through `weight`: on the CPU, in one float type, without gradients.
bool canRunPacked(const torch::Tensor &x, const torch::Tensor &weight);

/// A layer's weight in the order that oneDNN's kernels read it in, made once instead of at each call (1.5 to 2 times
/// faster in small deep layers). Notices when the weight was changed in place or exchanged.
class PackedWeight
{
public:
    struct Convolution
    {
        int64_t padding = 0;
        int64_t stride = 1;
    };

    const torch::Tensor &forConvolution(torch::Tensor &weight, const Convolution &options,
                                        torch::IntArrayRef inputSize);
    const torch::Tensor &forLinear(torch::Tensor &weight, int64_t rows);

    /// True: the plain weight is given up as soon as it is packed, so that there is only one copy; it then reads as
    /// NaN.
    void setReleasesPlain(bool releases) { m_releasesPlain = releases; }
    /// Puts a weight that was given up back, bit for bit.
    void restore(torch::Tensor &weight);

private:
    [[nodiscard]] bool isOf(const torch::Tensor &weight) const;
    void keep(const torch::Tensor &packed, torch::Tensor &weight);
    void remember(const torch::Tensor &weight);

    torch::Tensor m_packed;
    c10::Storage m_storage; // of the weight; held so that another cannot get the same address
    int64_t m_offset = 0;
    uint32_t m_version = 0;
    bool m_releasesPlain = false;
    bool m_isReleased = false;
};

/// oneDNN convolution and product with packed weights; `addend` (may be undefined) is added in the same pass.
torch::Tensor packedConvolution(const torch::Tensor &x, const torch::Tensor &packed, const torch::Tensor &bias,
                                const PackedWeight::Convolution &options, const torch::Tensor &addend = {});
torch::Tensor packedLinear(const torch::Tensor &x, const torch::Tensor &packed, const torch::Tensor &bias,
                           const torch::Tensor &addend = {});

} // namespace engine
