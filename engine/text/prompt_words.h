#pragma once

#include "engine/text/chunks.h"
#include "engine/text/tokenizer.h"

#include <string_view>
#include <vector>

namespace engine {

/// A word of a prompt as the user typed it, and the tokens that stand for it.
struct PromptWord
{
    int begin = 0; ///< bytes in the prompt: [begin, end)
    int end = 0;
    std::vector<int> tokens = {}; ///< indices into the ids of all chunks, one chunk after the other

    bool operator==(const PromptWord &) const = default;
};

/// Finds the words of `prompt` in the chunks that were made of it, or of a part of it (AND, schedules): brackets,
/// weights and what was left out belong to no word, nor do start, end and padding. Punctuation is no word.
std::vector<PromptWord> wordsOf(const Tokenizer &tokenizer, std::string_view prompt,
                                const std::vector<TextChunk> &chunks);

} // namespace engine
