#include "engine/text/tokenizer.h"

#include "engine/error.h"
#include "engine/resources.h"
#include "engine/text/clip_tokenizer.h"
#include "engine/text/sp_tokenizer.h"

#include <algorithm>
#include <system_error>

namespace engine {

namespace {

enum class FolderContent { Nothing, BytePairs, SentencePiece };

bool isFile(const std::filesystem::path &path)
{
    std::error_code error;
    return std::filesystem::is_regular_file(path, error);
}

FolderContent contentOf(const std::filesystem::path &folder)
{
    if (isFile(folder / "spiece.model") || isFile(folder / "tokenizer.model"))
        return FolderContent::SentencePiece;
    if ((isFile(folder / "vocab.json") && isFile(folder / "merges.txt")) || isFile(folder / "tokenizer.json"))
        return FolderContent::BytePairs;
    return FolderContent::Nothing;
}

} // namespace

int Tokenizer::chunkLength() const
{
    return std::max(1, m_layout.maxLength - int(m_layout.startId.has_value()) - int(m_layout.endId.has_value()));
}

std::vector<std::int64_t> Tokenizer::encodeWithSpecials(std::string_view text) const
{
    std::vector<std::int64_t> ids = encode(text);
    if (m_layout.startId)
        ids.insert(ids.begin(), *m_layout.startId);
    if (m_layout.endId)
        ids.push_back(*m_layout.endId);
    return ids;
}

std::unique_ptr<Tokenizer> makeTokenizer(const std::filesystem::path &model, const std::string &subfolder,
                                         std::optional<std::int64_t> padId)
{
    std::error_code error;
    if (!std::filesystem::exists(model, error))
        throw Error(ErrorKind::FileUnreadable, model.string(), "it does not exist");
    if (!std::filesystem::is_directory(model, error)) {
        auto tokenizer = ClipTokenizer::fromMerges(resourceFolder() / "tokenizers" / "clip_merges.txt");
        if (padId || subfolder == "tokenizer_2")
            tokenizer->setPadId(padId.value_or(0));
        return tokenizer;
    }
    std::filesystem::path folder = model / subfolder;
    if (contentOf(folder) == FolderContent::Nothing)
        folder = model;
    switch (contentOf(folder)) {
    case FolderContent::SentencePiece:
        return SpTokenizer::fromFolder(folder);
    case FolderContent::BytePairs: {
        auto tokenizer = ClipTokenizer::fromFolder(folder);
        if (padId)
            tokenizer->setPadId(*padId);
        return tokenizer;
    }
    case FolderContent::Nothing:
        break;
    }
    throw Error(ErrorKind::NotSupported, (model / subfolder).string(),
                "there is no tokenizer (vocab.json with merges.txt, tokenizer.json or spiece.model)");
}

} // namespace engine
