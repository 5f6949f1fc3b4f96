#pragma once

#include "engine/request.h"
#include "engine/text/chunks.h"
#include "engine/text/prompt_parser.h"
#include "engine/text/tokenizer.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace engine {

/// A text that is encoded once.
struct PlannedText
{
    std::string text;
    std::vector<TextChunk> chunks = {};
};

/// One conditioning of a range, with its weight in the sum of guidances.
struct PlannedPart
{
    std::size_t text = 0; ///< index into PromptPlan::texts
    double weight = 1.0;

    bool operator==(const PlannedPart &) const = default;
};

/// The steps after the previous range's last up to and including `lastStep` (counted from 1).
struct PlannedRange
{
    int lastStep = 0;
    std::vector<PlannedPart> parts = {}; ///< at least one
};

struct PromptPlan
{
    std::vector<PlannedText> texts = {};   ///< all different
    std::vector<PlannedRange> ranges = {}; ///< at least one; the last one's lastStep is the number of steps
    std::vector<NetworkTag> networks = {}; ///< taken out of the text
    int tokenCount = 0;                    ///< of the longest text
    int tokensCut = 0;                     ///< of the text that lost most

    /// The parts of a step counted from 1; steps past the end are the last.
    [[nodiscard]] const std::vector<PlannedPart> &partsAt(int step) const;
};

enum class PromptRole {
    Positive,
    Negative ///< AND is a word like any other
};

struct PromptPlanRequest
{
    std::string_view prompt = {};
    int steps = 20;
    int firstPassSteps = 0; ///< see parseSchedule
    PromptWeighting weighting = PromptWeighting::A1111;
    PromptRole role = PromptRole::Positive;
};

/// Everything that is to be encoded for a prompt, and when it holds. With ComfyUI's weighting schedules, AND and BREAK
/// are plain text, as there. A prompt without AND is one part of weight 1, even if it ends in ":9".
PromptPlan planPrompt(const Tokenizer &tokenizer, const PromptPlanRequest &request);

/// For a counter "tokens / limit" under a prompt.
struct TokenCount
{
    int tokens = 0;
    int limit = 75; ///< of the chunks that the tokens need
};

TokenCount countTokens(const Tokenizer &tokenizer, std::string_view prompt,
                       PromptWeighting weighting = PromptWeighting::A1111);

} // namespace engine
