#pragma once

#include "engine/models/attention.h"
#include "engine/models/blocks.h"

namespace engine {

struct MidBlockOptions
{
    ResnetOptions resnet = {}; ///< in = out
    bool hasAttention = true;
    int64_t heads = 1;
    int64_t attentionGroups = 32;
};

/// Resnet block, attention over pixels, resnet block: the middle of autoencoders and pixel U-Nets.
class MidBlockImpl : public nn::Module
{
public:
    explicit MidBlockImpl(const MidBlockOptions &options);

    torch::Tensor forward(torch::Tensor x, const torch::Tensor &time = {});

private:
    nn::ModuleList attentions, resnets;
    SpatialAttention m_attention{nullptr};
    ResnetBlock m_first, m_second;
};
TORCH_MODULE(MidBlock);

} // namespace engine
