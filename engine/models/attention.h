#pragma once

#include "engine/models/attention_capture.h"
#include "engine/models/layers.h"

namespace engine {

/// softmax(q k^T / sqrt(D)) v.
/// \param q [B, H, N, D]   \param k, v [B, H, T, D]   \return [B, H, N, D]
torch::Tensor attend(const torch::Tensor &q, const torch::Tensor &k, const torch::Tensor &v, bool causal = false);

struct AttentionOptions
{
    int64_t queryDim = 0;
    int64_t contextDim = 0; ///< 0: attends to itself
    int64_t heads = 8;
    int64_t headDim = 64;
    bool bias = false; ///< of to_q, to_k, to_v; to_out always has one
};

/// Multi-head attention from tokens to tokens (Rombach et al. 2022, section 3.3, arXiv:2112.10752).
class CrossAttentionImpl : public nn::Module
{
public:
    explicit CrossAttentionImpl(const AttentionOptions &options);

    /// \param x        [B, N, queryDim]
    /// \param context  [B, T, contextDim]
    /// \param capture  is told where the tokens look; may be nullptr
    /// \return         [B, N, queryDim], with `residual` (same shape) added where it is defined
    torch::Tensor forward(const torch::Tensor &x, const torch::Tensor &context, const torch::Tensor &residual = {},
                          AttentionCapture *capture = nullptr);

private:
    int64_t m_heads;
    Linear to_q, to_k, to_v;
    Linear m_out;
    nn::ModuleList to_out; // "to_out.0" is m_out
};
TORCH_MODULE(CrossAttention);

/// Self-attention over the pixels of a feature map, with its own norm and residual, as autoencoders and pixel
/// U-Nets have it. [B, C, H, W] -> the same.
class SpatialAttentionImpl : public nn::Module
{
public:
    SpatialAttentionImpl(int64_t channels, int64_t heads, int64_t groups, double eps);

    torch::Tensor forward(const torch::Tensor &x);

private:
    int64_t m_heads;
    GroupNorm group_norm;
    Linear to_q, to_k, to_v;
    Linear m_out;
    nn::ModuleList to_out; // "to_out.0" is m_out
};
TORCH_MODULE(SpatialAttention);

/// Gated feed forward, width -> 4 width -> width (Shazeer 2020, GEGLU).
class FeedForwardImpl : public nn::Module
{
public:
    explicit FeedForwardImpl(int64_t width);

    torch::Tensor forward(const torch::Tensor &x, const torch::Tensor &residual = {});

private:
    nn::ModuleList net; // "net.0.proj", "net.2"
    Linear m_in{nullptr}, m_out{nullptr};
};
TORCH_MODULE(FeedForward);

struct TransformerOptions
{
    int64_t channels = 0;
    int64_t heads = 8;
    int64_t headDim = 64;
    int64_t contextDim = 768;
    int64_t depth = 1;
    int64_t groups = 32;
    bool linearProjection = false; ///< proj_in and proj_out are linear layers instead of 1x1 convolutions
};

/// Self-attention, attention to the text, feed forward; each with layer norm and residual.
class BasicTransformerBlockImpl : public nn::Module
{
public:
    explicit BasicTransformerBlockImpl(const TransformerOptions &options);

    /// \param capture  of the attention to the text; may be nullptr
    torch::Tensor forward(torch::Tensor x, const torch::Tensor &context, AttentionCapture *capture = nullptr);

private:
    LayerNorm norm1;
    CrossAttention attn1;
    LayerNorm norm2;
    CrossAttention attn2;
    LayerNorm norm3;
    FeedForward ff;
};
TORCH_MODULE(BasicTransformerBlock);

/// Transformer over the pixels of a feature map. [B, C, H, W] -> the same.
class Transformer2DImpl : public nn::Module
{
public:
    explicit Transformer2DImpl(const TransformerOptions &options);

    torch::Tensor forward(const torch::Tensor &x, const torch::Tensor &context, AttentionCapture *capture = nullptr);

private:
    bool m_linearProjection;
    GroupNorm norm;
    Conv2d m_convIn{nullptr}, m_convOut{nullptr};
    Linear m_linearIn{nullptr}, m_linearOut{nullptr};
    nn::ModuleList transformer_blocks{nullptr};
    std::vector<BasicTransformerBlock> m_blocks; // the same, typed
};
TORCH_MODULE(Transformer2D);

} // namespace engine
