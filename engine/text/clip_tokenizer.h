#pragma once

#include "engine/text/tokenizer.h"

#include <string>
#include <unordered_map>

namespace engine {

/// Symbols and merges of a byte-pair vocabulary (Sennrich et al. 2016, arXiv:1508.07909), bytes written as CLIP
/// writes them.
struct BytePairVocabulary
{
    std::unordered_map<std::string, std::int64_t> ids = {};
    /// Ids of a pair, first << 32 | second -> its rank (low is merged first) and the id of what it becomes.
    struct Merge
    {
        std::int32_t rank = 0;
        std::int32_t id = 0;
    };
    std::unordered_map<std::uint64_t, Merge> merges = {};
};

/// CLIP's tokenizer: NFC, lower case, words and single digits and runs of other signs, then byte pairs. The same
/// ids as CLIPTokenizer of transformers 5 (no entities unescaped, no punctuation replaced).
class ClipTokenizer : public Tokenizer
{
public:
    ClipTokenizer(BytePairVocabulary vocabulary, const TokenizerLayout &layout);

    /// Folder with vocab.json and merges.txt, or tokenizer.json.
    /// \throws Error{FileUnreadable, NotACheckpoint}
    static std::unique_ptr<ClipTokenizer> fromFolder(const std::filesystem::path &folder);
    /// The full vocabulary of 49,408 entries, which follows from its list of merges.
    static std::unique_ptr<ClipTokenizer> fromMerges(const std::filesystem::path &mergesFile);

    [[nodiscard]] std::vector<std::int64_t> encode(std::string_view text) const override;
    [[nodiscard]] std::int64_t vocabularySize() const override { return m_size; }
    void setPadId(std::int64_t id) { m_layout.padId = id; }

private:
    void encodePlain(std::string_view text, std::vector<std::int64_t> &ids) const;
    void encodeWord(std::string_view utf8, std::vector<std::int64_t> &ids) const;

    BytePairVocabulary m_vocabulary;
    std::int64_t m_size = 0;
    std::int64_t m_byteIds[256] = {};    ///< of a byte within a word
    std::int64_t m_endByteIds[256] = {}; ///< of a word's last byte
};

} // namespace engine
