#pragma once

#include "engine/request.h"
#include "engine/text/prompt_parser.h"
#include "engine/text/tokenizer.h"

#include <cstdint>
#include <string_view>
#include <vector>

namespace engine {

/// What a text encoder takes at once: start, text, end, padding.
struct TextChunk
{
    std::vector<std::int64_t> ids = {}; ///< layout().maxLength entries
    std::vector<float> weights = {};    ///< one an id; 1 for start, end and padding
    int textLength = 0;                 ///< ids of text: they follow start (if there is one)

    [[nodiscard]] bool isWeighted() const;
    bool operator==(const TextChunk &) const = default;
};

struct TextChunks
{
    std::vector<TextChunk> chunks = {}; ///< at least one
    int tokenCount = 0;                 ///< as a counter shows it: full chunks before the last, and its ids
    int tokensCut = 0;                  ///< ids that did not fit (only where long prompts are not split)
};

/// Splits weighted pieces of text into chunks. A chunk that fills up within 20 tokens after a comma ends at that
/// comma; BREAK ends a chunk at once, an empty one too.
TextChunks splitIntoChunks(const Tokenizer &tokenizer, const std::vector<WeightedText> &pieces);
/// As ComfyUI splits: word by word, a word of fewer than 8 tokens stays in one chunk.
TextChunks splitIntoChunksByWord(const Tokenizer &tokenizer, const std::vector<WeightedText> &pieces);

/// Weights and chunks of one text in the grammar that belongs to `weighting`.
TextChunks chunksOf(const Tokenizer &tokenizer, std::string_view text, PromptWeighting weighting);

} // namespace engine
