#pragma once

#include "engine/text/tokenizer.h"

#include <memory>

namespace sentencepiece {
class SentencePieceProcessor;
}

namespace engine {

/// A sentencepiece model. Where tokenizer_config.json beside it says T5Tokenizer, </s> ends the text and <pad>,
/// </s>, <unk> within it are those tokens; a bare model adds nothing.
class SpTokenizer : public Tokenizer
{
public:
    /// \throws Error{FileUnreadable, NotACheckpoint}
    static std::unique_ptr<SpTokenizer> fromFolder(const std::filesystem::path &folder);

    ~SpTokenizer() override;
    [[nodiscard]] std::vector<std::int64_t> encode(std::string_view text) const override;
    [[nodiscard]] std::int64_t vocabularySize() const override;

private:
    SpTokenizer();
    void encodePlain(std::string_view text, std::vector<std::int64_t> &ids) const;

    std::unique_ptr<sentencepiece::SentencePieceProcessor> m_processor;
    std::vector<std::pair<std::string, std::int64_t>> m_specials = {}; ///< text -> id, T5Tokenizer only
};

} // namespace engine
