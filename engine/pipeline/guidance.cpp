#include "engine/pipeline/guidance.h"

namespace engine {

GuidedNetwork::GuidedNetwork(LoadedModel &model, Inputs inputs, const RunContext &context)
    : m_model(model), m_inputs(std::move(inputs)), m_context(context)
{
}

torch::Tensor GuidedNetwork::operator()(const torch::Tensor &x, double timestep, int step)
{
    if (m_inputs.halves)
        *m_inputs.halves = {};
    if (!m_inputs.positive) {
        const torch::Tensor t = torch::full({x.size(0)}, timestep, x.options());
        return m_model.pixelUnet->forward(x.to(m_model.dtype), t).to(torch::kFloat32);
    }
    const std::vector<WeightedConditioning> positive = m_inputs.positive->at(step + 1);
    const double g = m_inputs.guidanceScale;
    if (!m_inputs.negative || (g == 1.0 && positive.size() == 1 && positive.front().weight == 1.0))
        return predict(x, timestep, {positive.front().conditioning});

    std::vector<const Conditioning *> texts{m_inputs.negative->at(step + 1).front().conditioning};
    for (const WeightedConditioning &part : positive)
        texts.push_back(part.conditioning);
    const torch::Tensor out = predict(x, timestep, texts);
    const torch::Tensor u = out.narrow(0, 0, 1);
    torch::Tensor delta = torch::zeros_like(u);
    for (std::size_t i = 0; i < positive.size(); ++i)
        delta = delta + positive[i].weight * (out.narrow(0, static_cast<int64_t>(i) + 1, 1) - u);
    if (m_inputs.halves)
        *m_inputs.halves = {.conditional = u + delta, .unconditional = u};
    torch::Tensor guided = u + g * delta;
    if (const double phi = m_inputs.guidanceRescale; phi > 0) {
        const torch::Tensor ratio = (u + delta).std({1, 2, 3}, true, true) / guided.std({1, 2, 3}, true, true);
        guided = phi * guided * ratio + (1 - phi) * guided;
    }
    return guided;
}

torch::Tensor GuidedNetwork::predict(const torch::Tensor &x, double timestep,
                                     const std::vector<const Conditioning *> &texts)
{
    bool sameLength = true;
    for (const Conditioning *text : texts)
        sameLength = sameLength && text->hiddenStates.size(1) == texts.front()->hiddenStates.size(1);
    if (texts.size() > 1 && sameLength && !m_oneByOne) {
        try {
            return call(x, timestep, texts);
        } catch (const std::exception &e) {
            if (!isOutOfMemory(e))
                throw;
            m_oneByOne = true;
            m_context.emit(Notice{"Memory was short, so the guidance halves are computed one after the other."});
        }
    }
    std::vector<torch::Tensor> rows;
    for (const Conditioning *text : texts) {
        throwIfStopped(m_context);
        rows.push_back(call(x, timestep, {text}));
    }
    return torch::cat(rows, 0);
}

torch::Tensor GuidedNetwork::call(const torch::Tensor &x, double timestep,
                                  const std::vector<const Conditioning *> &texts)
{
    const auto n = static_cast<int64_t>(texts.size());
    std::vector<torch::Tensor> hidden;
    std::vector<torch::Tensor> pooled;
    for (const Conditioning *text : texts) {
        hidden.push_back(text->hiddenStates);
        if (text->pooled.defined())
            pooled.push_back(text->pooled);
    }
    torch::Tensor sample = m_inputs.extraChannels.defined() ? torch::cat({x, m_inputs.extraChannels}, 1) : x;
    sample = sample.expand({n, -1, -1, -1});
    UNetInput input;
    input.sample = sample.to(m_model.dtype);
    input.timestep = torch::full({n}, timestep, x.options());
    input.encoderHiddenStates = torch::cat(hidden, 0).to(m_model.dtype);
    if (!pooled.empty()) {
        input.textEmbeds = torch::cat(pooled, 0).to(m_model.dtype);
        input.timeIds = m_inputs.timeIds.to(x.device()).expand({n, -1});
    }
    if (m_inputs.attention) {
        std::vector<int> looked;
        for (const Conditioning *text : texts)
            looked.push_back(m_inputs.positive->indexOf(*text));
        m_inputs.attention->beginCall(std::move(looked));
        input.capture = m_inputs.attention;
    }
    return m_model.unet->forward(input).to(torch::kFloat32);
}

} // namespace engine
