#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

namespace engine {

/// Adds up where a U-Net looks for each token of a text (DAAM, Tang et al. 2022, arXiv:2210.04885): the probabilities
/// of its attention to the text, over heads, layers and calls. A caller hands it to UNet2DCondition::forward; without
/// one nothing is computed.
class AttentionCapture
{
public:
    /// Before each call of the network. \param texts  of each row of the batch; -1: not looked at
    void beginCall(std::vector<int> texts);
    /// Before the layers of a feature map.
    void setGrid(int64_t height, int64_t width);
    /// Of each layer. \param q [B, H, N, D], N the feature map's pixels   \param k [B, H, T, D]
    void add(const torch::Tensor &q, const torch::Tensor &k);

    /// The mean, smaller maps enlarged (bilinear) to the largest grid of any layer.
    /// \return [T, rows, columns] float32 on the CPU; undefined if the text was never looked at
    [[nodiscard]] torch::Tensor maps(int text) const;
    /// How many maps are in that mean.
    [[nodiscard]] int64_t count(int text) const;

private:
    struct Grid
    {
        int64_t height = 0;
        int64_t width = 0;

        auto operator<=>(const Grid &) const = default;
    };
    struct Sum
    {
        torch::Tensor probabilities = {}; ///< [N, T]
        int64_t count = 0;
    };

    std::vector<int> m_texts;
    Grid m_grid;
    std::map<std::pair<int, Grid>, Sum> m_sums; ///< by text
};

} // namespace engine
