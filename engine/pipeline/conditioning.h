#pragma once

#include "engine/pipeline/model_store.h"
#include "engine/request.h"
#include "engine/text/prompt_plan.h"

#include <torch/torch.h>

#include <vector>

namespace engine {

/// What the U-Net is conditioned on for one text.
struct Conditioning
{
    torch::Tensor hiddenStates; ///< [1, T, D], float32
    torch::Tensor pooled = {};  ///< SDXL: [1, P]
};

/// The texts that hold at some step, with their weights in the sum of guidances.
struct WeightedConditioning
{
    const Conditioning *conditioning = nullptr;
    double weight = 1.0;
};

/// A whole prompt, encoded: every text once, and which of them hold at each step.
class PromptConditioning
{
public:
    /// \param role  Positive or Negative: only a positive prompt may hold AND
    PromptConditioning(LoadedModel &model, const GenerateRequest &request, PromptRole role);

    /// \param step  from 1
    [[nodiscard]] std::vector<WeightedConditioning> at(int step) const;
    /// Whether AND joins several texts at some step: their sum needs the negative prompt at any guidance scale.
    [[nodiscard]] bool joinsTexts() const;
    /// The texts that at() speaks of.
    [[nodiscard]] const std::vector<PlannedText> &texts() const { return m_plan.texts; }
    /// Which of texts() it is; -1: none, it belongs to another prompt.
    [[nodiscard]] int indexOf(const Conditioning &conditioning) const;
    [[nodiscard]] int tokensCut() const { return m_plan.tokensCut; }
    [[nodiscard]] const std::vector<NetworkTag> &networks() const { return m_plan.networks; }

private:
    PromptPlan m_plan;
    std::vector<Conditioning> m_encoded; ///< one a text of the plan
};

/// SDXL's size conditioning [1, 6]: original height and width, crop top and left, target height and width.
torch::Tensor sizeIds(int width, int height);

} // namespace engine
