#include "engine/models/attention_capture.h"

#include <algorithm>
#include <cmath>

namespace engine {

using torch::Tensor;

void AttentionCapture::beginCall(std::vector<int> texts)
{
    m_texts = std::move(texts);
}

void AttentionCapture::setGrid(int64_t height, int64_t width)
{
    m_grid = {height, width};
}

void AttentionCapture::add(const Tensor &q, const Tensor &k)
{
    const double scale = 1.0 / std::sqrt(static_cast<double>(q.size(-1)));
    const int64_t rows = std::min<int64_t>(q.size(0), static_cast<int64_t>(m_texts.size()));
    for (int64_t row = 0; row < rows; ++row) {
        const int text = m_texts[static_cast<std::size_t>(row)];
        if (text < 0)
            continue;
        Sum &sum = m_sums[{text, m_grid}];
        // One head at a time: [N, D] * [D, T], small enough to stay near the processor.
        for (int64_t head = 0; head < q.size(1); ++head) {
            const Tensor queries = q[row][head].to(torch::kFloat32) * scale;
            const Tensor keys = k[row][head].to(torch::kFloat32);
            const Tensor probabilities = torch::softmax(torch::matmul(queries, keys.t()), -1);
            if (!sum.probabilities.defined() || sum.probabilities.sizes() != probabilities.sizes()) {
                sum.probabilities = probabilities;
                sum.count = 1;
            } else {
                sum.probabilities.add_(probabilities);
                ++sum.count;
            }
        }
    }
}

int64_t AttentionCapture::count(int text) const
{
    int64_t result = 0;
    for (const auto &[key, sum] : m_sums)
        result += key.first == text ? sum.count : 0;
    return result;
}

Tensor AttentionCapture::maps(int text) const
{
    Grid largest; // of all texts, so that their maps have one size
    for (const auto &[key, sum] : m_sums) {
        if (key.second.height * key.second.width > largest.height * largest.width)
            largest = key.second;
    }
    Tensor total;
    for (const auto &[key, sum] : m_sums) {
        const Grid &grid = key.second;
        if (key.first != text || sum.probabilities.size(0) != grid.height * grid.width)
            continue;
        // [N, T] -> [1, T, h, w]
        Tensor map = sum.probabilities.t().reshape({1, -1, grid.height, grid.width}).to(torch::kCPU);
        if (grid != largest)
            map = at::upsample_bilinear2d(map, {largest.height, largest.width}, false);
        total = total.defined() ? total + map : map;
    }
    return total.defined() ? total[0] / static_cast<double>(std::max<int64_t>(count(text), 1)) : Tensor();
}

} // namespace engine
