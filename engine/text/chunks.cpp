#include "engine/text/chunks.h"

#include <algorithm>

namespace engine {

namespace {

/// How many ids at most move to the next chunk so that it begins after a comma.
constexpr std::size_t kCommaBacktrack = 20;
/// ComfyUI splits a word of so many ids where a chunk is full.
constexpr std::size_t kLongWord = 8;

/// Fills chunks from left to right.
class ChunkBuilder
{
public:
    explicit ChunkBuilder(const Tokenizer &tokenizer)
        : m_layout(tokenizer.layout()), m_length(std::size_t(tokenizer.chunkLength()))
    {
    }

    [[nodiscard]] std::size_t free() const { return m_length - m_ids.size(); }

    void addWithBacktrack(std::int64_t id, double weight)
    {
        if (isCut())
            return;
        if (m_layout.commaId && id == *m_layout.commaId)
            m_lastComma = std::ptrdiff_t(m_ids.size());
        else if (free() == 0 && m_lastComma >= 0 && m_length - std::size_t(m_lastComma) <= kCommaBacktrack)
            closeAfterComma();
        add(id, weight);
    }

    void add(std::int64_t id, double weight)
    {
        if (isCut())
            return;
        if (free() == 0)
            close();
        m_ids.push_back(id);
        m_weights.push_back(float(weight));
    }

    void close()
    {
        m_result.tokenCount += int(m_length);
        write();
    }

    TextChunks finish()
    {
        m_result.tokenCount += int(m_ids.size());
        if (!m_ids.empty() || m_result.chunks.empty())
            write();
        return std::move(m_result);
    }

private:
    /// Whether there is no room for one more id, where long prompts are not split; counts it.
    bool isCut()
    {
        const bool cut = !m_layout.splitsLongPrompts && free() == 0;
        m_result.tokensCut += int(cut);
        return cut;
    }

    void closeAfterComma()
    {
        const std::ptrdiff_t from = m_lastComma + 1;
        std::vector<std::int64_t> ids(m_ids.begin() + from, m_ids.end());
        std::vector<float> weights(m_weights.begin() + from, m_weights.end());
        m_ids.resize(std::size_t(from));
        m_weights.resize(std::size_t(from));
        close();
        m_ids = std::move(ids);
        m_weights = std::move(weights);
    }

    void write()
    {
        const auto size = std::size_t(m_layout.maxLength);
        TextChunk chunk;
        chunk.textLength = int(m_ids.size());
        if (m_layout.startId) {
            chunk.ids.push_back(*m_layout.startId);
            chunk.weights.push_back(1.0F);
        }
        chunk.ids.insert(chunk.ids.end(), m_ids.begin(), m_ids.end());
        chunk.weights.insert(chunk.weights.end(), m_weights.begin(), m_weights.end());
        if (m_layout.endId)
            chunk.ids.push_back(*m_layout.endId);
        chunk.ids.resize(size, m_layout.padId);
        chunk.weights.resize(size, 1.0F);
        m_result.chunks.push_back(std::move(chunk));
        m_ids.clear();
        m_weights.clear();
        m_lastComma = -1;
    }

    const TokenizerLayout &m_layout;
    std::size_t m_length;
    std::vector<std::int64_t> m_ids;
    std::vector<float> m_weights;
    std::ptrdiff_t m_lastComma = -1;
    TextChunks m_result;
};

} // namespace

bool TextChunk::isWeighted() const
{
    return std::any_of(weights.begin(), weights.end(), [](float weight) { return weight != 1.0F; });
}

TextChunks splitIntoChunks(const Tokenizer &tokenizer, const std::vector<WeightedText> &pieces)
{
    ChunkBuilder builder(tokenizer);
    for (const WeightedText &piece : pieces) {
        if (piece.isBreak) {
            if (tokenizer.layout().splitsLongPrompts)
                builder.close();
            continue;
        }
        for (const std::int64_t id : tokenizer.encode(piece.text))
            builder.addWithBacktrack(id, piece.weight);
    }
    return builder.finish();
}

TextChunks splitIntoChunksByWord(const Tokenizer &tokenizer, const std::vector<WeightedText> &pieces)
{
    ChunkBuilder builder(tokenizer);
    for (const WeightedText &piece : pieces) {
        std::string_view rest = piece.text;
        while (!rest.empty()) {
            const std::size_t end = std::min(rest.find_first_of(" \n"), rest.size());
            const std::vector<std::int64_t> ids = tokenizer.encode(rest.substr(0, end));
            rest.remove_prefix(std::min(end + 1, rest.size()));
            if (ids.size() > builder.free() && ids.size() < kLongWord && tokenizer.layout().splitsLongPrompts)
                builder.close();
            for (const std::int64_t id : ids)
                builder.add(id, piece.weight);
        }
    }
    return builder.finish();
}

TextChunks chunksOf(const Tokenizer &tokenizer, std::string_view text, PromptWeighting weighting)
{
    switch (weighting) {
    case PromptWeighting::ComfyUI:
        return splitIntoChunksByWord(tokenizer, parseComfyWeights(text));
    case PromptWeighting::A1111:
    case PromptWeighting::NoNorm:
        break;
    }
    return splitIntoChunks(tokenizer, parseAttention(text));
}

} // namespace engine
