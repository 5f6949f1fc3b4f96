#include "engine/models/text_time_embedding.h"

#include "engine/models/attention.h"

#include <cmath>

namespace engine {

using torch::Tensor;

class TextTimeEmbeddingImpl::PoolImpl : public nn::Module
{
public:
    PoolImpl(int64_t width, int64_t heads)
        : m_heads(heads)
        , positional_embedding(register_parameter("positional_embedding",
                                                  torch::randn({1, width}) / std::sqrt(static_cast<double>(width))))
        , k_proj(register_module("k_proj", Linear(width, width)))
        , q_proj(register_module("q_proj", Linear(width, width)))
        , v_proj(register_module("v_proj", Linear(width, width)))
    {
    }

    /// [B, T, D] -> [B, D]
    Tensor forward(const Tensor &x)
    {
        const Tensor mean = x.mean(1, /*keepdim=*/true) + positional_embedding.to(x.scalar_type());
        const Tensor all = torch::cat({mean, x}, 1);
        const auto split = [this](const Tensor &t) { return t.unflatten(-1, {m_heads, -1}).transpose(1, 2); };
        const Tensor pooled = attend(split(q_proj(mean)), split(k_proj(all)), split(v_proj(all))); // [B, heads, 1, d]
        return pooled.transpose(1, 2).reshape({x.size(0), -1});
    }

private:
    int64_t m_heads;
    Tensor positional_embedding;
    Linear k_proj, q_proj, v_proj;
};

TextTimeEmbeddingImpl::TextTimeEmbeddingImpl(int64_t textDim, int64_t timeDim, int64_t heads)
    : norm1(register_module("norm1", LayerNorm(textDim)))
    , pool(register_module("pool", std::make_shared<PoolImpl>(textDim, heads)))
    , proj(register_module("proj", Linear(textDim, timeDim)))
    , norm2(register_module("norm2", LayerNorm(timeDim)))
{
}

Tensor TextTimeEmbeddingImpl::forward(const Tensor &context)
{
    return norm2(proj(pool->forward(norm1(context))));
}

} // namespace engine
