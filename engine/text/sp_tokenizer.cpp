#include "engine/text/sp_tokenizer.h"

#include "engine/error.h"
#include "engine/text/json_file.h"

#include <sentencepiece_processor.h>

#include <algorithm>

namespace engine {

SpTokenizer::SpTokenizer() : m_processor(std::make_unique<sentencepiece::SentencePieceProcessor>()) {}

SpTokenizer::~SpTokenizer() = default;

std::unique_ptr<SpTokenizer> SpTokenizer::fromFolder(const std::filesystem::path &folder)
{
    std::error_code error;
    std::filesystem::path file = folder / "spiece.model";
    if (!std::filesystem::is_regular_file(file, error))
        file = folder / "tokenizer.model";
    std::unique_ptr<SpTokenizer> tokenizer(new SpTokenizer);
    sentencepiece::SentencePieceProcessor &processor = *tokenizer->m_processor;
    // An empty or foreign file must not reach the parser as a model of no pieces.
    const std::string bytes = readTextFile(file);
    if (bytes.empty() || !processor.LoadFromSerializedProto(bytes).ok() || processor.GetPieceSize() <= 0)
        throw Error(ErrorKind::NotACheckpoint, file.string(), "it is not a sentencepiece model");

    TokenizerLayout &layout = tokenizer->m_layout;
    layout.splitsLongPrompts = false;
    const nlohmann::json config = readJsonFileIfThere(folder / "tokenizer_config.json");
    const std::string tokenizerClass =
        config.is_object() && config.contains("tokenizer_class") && config.at("tokenizer_class").is_string()
            ? config.at("tokenizer_class").get<std::string>()
            : std::string();
    const auto idOf = [&processor](const std::string &piece) -> std::optional<std::int64_t> {
        const int id = processor.PieceToId(piece);
        return !piece.empty() && processor.IdToPiece(id) == piece ? std::optional<std::int64_t>(id) : std::nullopt;
    };
    if (tokenizerClass.starts_with("T5Tokenizer")) {
        const auto orElse = [](std::string text, const char *usual) {
            return text.empty() ? std::string(usual) : text;
        };
        const std::string end = orElse(specialToken(config, "eos_token"), "</s>");
        const std::string pad = orElse(specialToken(config, "pad_token"), "<pad>");
        const std::string unknown = orElse(specialToken(config, "unk_token"), "<unk>");
        layout.endId = idOf(end);
        if (!layout.endId)
            throw Error(ErrorKind::NotACheckpoint, file.string(), "it has no piece \"" + end + "\" to end a text with");
        layout.padId = idOf(pad).value_or(0);
        for (const std::string &text : {end, pad, unknown}) {
            if (const auto id = idOf(text))
                tokenizer->m_specials.emplace_back(text, *id);
        }
    } else if (processor.pad_id() >= 0) {
        layout.padId = processor.pad_id();
    }
    const nlohmann::json length =
        config.is_object() ? config.value("model_max_length", nlohmann::json()) : nlohmann::json();
    layout.maxLength = 512;
    if (length.is_number() && length.get<double>() >= 2 && length.get<double>() <= 4096)
        layout.maxLength = length.get<int>();
    return tokenizer;
}

std::vector<std::int64_t> SpTokenizer::encode(std::string_view text) const
{
    std::vector<std::int64_t> ids;
    while (!text.empty()) {
        std::size_t at = std::string_view::npos;
        const std::pair<std::string, std::int64_t> *special = nullptr;
        for (const auto &candidate : m_specials) {
            if (const std::size_t found = text.find(candidate.first); found < at) {
                at = found;
                special = &candidate;
            }
        }
        encodePlain(text.substr(0, at), ids);
        if (special == nullptr)
            break;
        ids.push_back(special->second);
        text.remove_prefix(at + special->first.size());
    }
    return ids;
}

void SpTokenizer::encodePlain(std::string_view text, std::vector<std::int64_t> &ids) const
{
    std::vector<int> pieces;
    if (!text.empty() && m_processor->Encode({text.data(), text.size()}, &pieces).ok())
        ids.insert(ids.end(), pieces.begin(), pieces.end());
}

std::int64_t SpTokenizer::vocabularySize() const
{
    return m_processor->GetPieceSize();
}

} // namespace engine
