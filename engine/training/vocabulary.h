#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace sentencepiece {
class SentencePieceProcessor;
}

namespace engine {

/// A sentencepiece vocabulary as T5Tokenizer reads it: id 0 pads, id 1 ends a text, id 2 stands for what is unknown.
class Vocabulary
{
public:
    /// Trains a unigram model (Kudo 2018, arXiv:1804.10959) of at most `pieces` pieces; few texts give fewer. Same
    /// texts, same model.
    /// \throws Error{BadRequest} if there is too little text to make a vocabulary of.
    static Vocabulary train(const std::vector<std::string> &texts, int pieces);
    /// \throws Error{FileUnreadable, NotACheckpoint}
    static Vocabulary load(const std::filesystem::path &spieceModel);
    ~Vocabulary();
    Vocabulary(Vocabulary &&) noexcept;
    Vocabulary &operator=(Vocabulary &&) noexcept;

    [[nodiscard]] int size() const;
    /// Ids, the end, padding: `length` in all; longer texts are cut.
    [[nodiscard]] std::vector<std::int32_t> encode(const std::string &text, int length) const;
    /// Ids of the text alone.
    [[nodiscard]] std::vector<int> ids(const std::string &text) const;
    /// What a spiece.model file holds.
    [[nodiscard]] const std::string &serialized() const { return m_serialized; }

private:
    explicit Vocabulary(std::string serialized, const std::string &subject);

    std::string m_serialized;
    std::unique_ptr<sentencepiece::SentencePieceProcessor> m_processor;
};

} // namespace engine
