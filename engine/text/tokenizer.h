#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace engine {

/// Ids around the text of a prompt, and how much fits.
struct TokenizerLayout
{
    std::optional<std::int64_t> startId = {}; ///< before the text; none for sentencepiece models
    std::optional<std::int64_t> endId = {};   ///< after the text; none for a bare sentencepiece model
    std::int64_t padId = 0;                   ///< fills what is left
    std::optional<std::int64_t> commaId = {}; ///< a token where a long prompt is best split
    int maxLength = 77;                       ///< ids of one chunk, start and end included
    bool splitsLongPrompts = true;            ///< false: what does not fit into one chunk is cut off
};

/// Text to token ids, as a text encoder was trained with. Immutable once made; may be used from any thread.
class Tokenizer
{
public:
    virtual ~Tokenizer() = default;

    /// Ids of `text` (UTF-8) without start, end and padding, of any length.
    [[nodiscard]] virtual std::vector<std::int64_t> encode(std::string_view text) const = 0;
    /// Entries of the vocabulary; every id is below it.
    [[nodiscard]] virtual std::int64_t vocabularySize() const = 0;

    [[nodiscard]] const TokenizerLayout &layout() const { return m_layout; }
    /// Ids of text that one chunk holds (75 for CLIP).
    [[nodiscard]] int chunkLength() const;
    /// start + encode(text) + end, neither padded nor cut.
    [[nodiscard]] std::vector<std::int64_t> encodeWithSpecials(std::string_view text) const;

protected:
    TokenizerLayout m_layout = {};
};

/// Opens the tokenizer of a model.
///
/// \param model      diffusers folder, the folder of a tokenizer itself, or a single file (then CLIP's own
///                   vocabulary of 49,408 entries from the resources)
/// \param subfolder  "tokenizer", "tokenizer_2", ... within a diffusers folder; in single files "tokenizer_2" pads with
/// 0 \param padId      another padding id than the files say (0 for single files of Stable Diffusion 2) \throws
/// Error{FileUnreadable, NotACheckpoint, NotSupported} with the file's path
std::unique_ptr<Tokenizer> makeTokenizer(const std::filesystem::path &model, const std::string &subfolder = "tokenizer",
                                         std::optional<std::int64_t> padId = {});

} // namespace engine
