#include "engine/models/mid_block.h"

namespace engine {

using torch::Tensor;

MidBlockImpl::MidBlockImpl(const MidBlockOptions &options)
    : attentions(register_module("attentions", nn::ModuleList()))
    , resnets(register_module("resnets", nn::ModuleList()))
    , m_first(options.resnet)
    , m_second(options.resnet)
{
    if (options.hasAttention) {
        m_attention = SpatialAttention(options.resnet.out, options.heads, options.attentionGroups, options.resnet.eps);
        attentions->push_back(m_attention);
    }
    resnets->push_back(m_first);
    resnets->push_back(m_second);
}

Tensor MidBlockImpl::forward(Tensor x, const Tensor &time)
{
    x = m_first(x, time);
    if (m_attention)
        x = m_attention(x);
    return m_second(x, time);
}

} // namespace engine
