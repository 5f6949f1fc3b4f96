#include "engine/pipeline/conditioning.h"

#include <algorithm>

namespace engine {

namespace {

/// Applies weights to token vectors (FEATURES.md 2.1).
///
/// \param z      [1, T, D] encoded chunk
/// \param empty  [1, T, D] encoded empty prompt; only for ComfyUI's rule
torch::Tensor weighted(const torch::Tensor &z, const std::vector<float> &weights, PromptWeighting rule,
                       const torch::Tensor &empty)
{
    const torch::Tensor w = torch::tensor(weights, z.options()).view({1, -1, 1});
    if (rule == PromptWeighting::ComfyUI)
        return (z - empty) * w + empty;
    const torch::Tensor scaled = z * w;
    if (rule == PromptWeighting::NoNorm)
        return scaled;
    return scaled * (z.mean() / scaled.mean()); // the chunk keeps its mean
}

/// The layer that the family takes: SD 1.x and 2.x the last (or, with clip skip, an earlier one) through the final
/// norm, SDXL the last but one, not normalised.
torch::Tensor hiddenOf(TextPart &part, const ClipOutput &out, int clipSkip, bool isXl)
{
    const int layers = static_cast<int>(out.hiddenStates.size()) - 1;
    const int back = std::min(layers, clipSkip + (isXl ? 1 : part.unusedLayers));
    if (isXl)
        return out.hidden(back);
    return back == 1 ? out.lastHiddenState : part.model->finalNorm(out.hidden(back));
}

struct Encoded
{
    torch::Tensor hidden;
    torch::Tensor pooled;
};

Encoded encodeChunks(TextPart &part, const std::vector<TextChunk> &chunks, const GenerateRequest &request, bool isXl)
{
    torch::Tensor empty;
    if (request.weighting == PromptWeighting::ComfyUI) {
        const TextChunks none = chunksOf(*part.tokenizer, "", request.weighting);
        const torch::Tensor ids = torch::tensor(none.chunks.front().ids, torch::kInt64).unsqueeze(0);
        empty = hiddenOf(part, part.model->forward(ids.to(part.model->parameters().front().device())), request.clipSkip,
                         isXl);
    }
    std::vector<torch::Tensor> rows;
    Encoded result;
    for (const TextChunk &chunk : chunks) {
        const torch::Device device = part.model->parameters().front().device();
        const torch::Tensor ids = torch::tensor(chunk.ids, torch::kInt64).unsqueeze(0).to(device);
        const ClipOutput out = part.model->forward(ids);
        torch::Tensor z = hiddenOf(part, out, request.clipSkip, isXl);
        if (chunk.isWeighted())
            z = weighted(z, chunk.weights, request.weighting, empty);
        rows.push_back(z);
        if (!result.pooled.defined()) // of the first chunk only
            result.pooled = out.textEmbeds.defined() ? out.textEmbeds : out.pooled;
    }
    result.hidden = torch::cat(rows, 1);
    return result;
}

} // namespace

PromptConditioning::PromptConditioning(LoadedModel &model, const GenerateRequest &request, PromptRole role)
{
    const bool isXl = model.unet->config().hasTextTime;
    const std::string &prompt = role == PromptRole::Positive ? request.prompt : request.negativePrompt;
    const PromptPlanRequest planRequest{
        .prompt = prompt, .steps = request.steps, .weighting = request.weighting, .role = role};
    TextPart &main = model.text ? *model.text : *model.text2; // the SDXL refiner has only the second
    m_plan = planPrompt(*main.tokenizer, planRequest);
    // The second tokenizer differs in its padding only, so both plans have the same texts in the same order.
    const bool hasBoth = model.text && model.text2;
    const PromptPlan second = hasBoth ? planPrompt(*model.text2->tokenizer, planRequest) : PromptPlan();
    for (std::size_t i = 0; i < m_plan.texts.size(); ++i) {
        const Encoded first = encodeChunks(main, m_plan.texts[i].chunks, request, isXl);
        Conditioning conditioning{.hiddenStates = first.hidden, .pooled = isXl ? first.pooled : torch::Tensor()};
        if (hasBoth) {
            const Encoded other = encodeChunks(*model.text2, second.texts[i].chunks, request, isXl);
            conditioning.hiddenStates = torch::cat({first.hidden, other.hidden}, 2);
            conditioning.pooled = other.pooled;
        }
        m_encoded.push_back(std::move(conditioning));
    }
}

std::vector<WeightedConditioning> PromptConditioning::at(int step) const
{
    std::vector<WeightedConditioning> parts;
    for (const PlannedPart &part : m_plan.partsAt(step))
        parts.push_back({&m_encoded[part.text], part.weight});
    return parts;
}

int PromptConditioning::indexOf(const Conditioning &conditioning) const
{
    for (std::size_t i = 0; i < m_encoded.size(); ++i) {
        if (&m_encoded[i] == &conditioning)
            return static_cast<int>(i);
    }
    return -1;
}

bool PromptConditioning::joinsTexts() const
{
    return std::any_of(m_plan.ranges.begin(), m_plan.ranges.end(),
                       [](const PlannedRange &range) { return range.parts.size() > 1; });
}

torch::Tensor sizeIds(int width, int height)
{
    const auto w = static_cast<float>(width);
    const auto h = static_cast<float>(height);
    return torch::tensor({h, w, 0.0F, 0.0F, h, w}).unsqueeze(0);
}

} // namespace engine
