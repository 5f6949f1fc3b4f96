#include "engine/text/clip_tokenizer.h"

#include "engine/error.h"
#include "engine/text/json_file.h"

#include <unicode/locid.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <array>
#include <limits>
#include <queue>
#include <sstream>

namespace engine {

namespace {

constexpr std::string_view kStart = "<|startoftext|>";
constexpr std::string_view kEnd = "<|endoftext|>";
constexpr std::string_view kWordEnd = "</w>";

void appendUtf8(std::string &text, char32_t c)
{
    icu::UnicodeString(UChar32(c)).toUTF8String(text);
}

/// How byte-level vocabularies write a byte: printable Latin-1 signs as themselves, the others from U+0100 on, in
/// this order of ids.
struct ByteSymbols
{
    std::array<std::string, 256> ofByte = {};
    std::vector<int> order = {}; ///< bytes by id
};

const ByteSymbols &byteSymbols()
{
    static const ByteSymbols table = [] {
        ByteSymbols symbols;
        const auto isPrintable = [](int b) {
            return (b >= 0x21 && b <= 0x7e) || (b >= 0xa1 && b <= 0xac) || (b >= 0xae && b <= 0xff);
        };
        for (int b = 0; b < 256; ++b) {
            if (isPrintable(b)) {
                symbols.order.push_back(b);
                appendUtf8(symbols.ofByte[b], char32_t(b));
            }
        }
        char32_t next = 256;
        for (int b = 0; b < 256; ++b) {
            if (!isPrintable(b)) {
                symbols.order.push_back(b);
                appendUtf8(symbols.ofByte[b], next++);
            }
        }
        return symbols;
    }();
    return table;
}

std::uint64_t pairKey(std::int64_t first, std::int64_t second)
{
    return std::uint64_t(first) << 32 | std::uint64_t(second);
}

/// The two symbols of a line of merges.txt; false for a comment or a blank line.
bool splitMerge(std::string_view line, std::string_view &first, std::string_view &second)
{
    if (!line.empty() && line.back() == '\r')
        line.remove_suffix(1);
    const std::size_t space = line.find(' ');
    if (space == std::string_view::npos || line.starts_with("#version"))
        return false;
    first = line.substr(0, space);
    second = line.substr(space + 1);
    return !first.empty() && !second.empty();
}

/// Joins a merge's symbols into `vocabulary`, which must know all three.
/// \return false if one is unknown
bool addMerge(BytePairVocabulary &vocabulary, const std::string &first, const std::string &second)
{
    const auto a = vocabulary.ids.find(first);
    const auto b = vocabulary.ids.find(second);
    const auto joined = vocabulary.ids.find(first + second);
    if (a == vocabulary.ids.end() || b == vocabulary.ids.end() || joined == vocabulary.ids.end())
        return false;
    const auto rank = std::int32_t(vocabulary.merges.size());
    vocabulary.merges.emplace(pairKey(a->second, b->second),
                              BytePairVocabulary::Merge{.rank = rank, .id = std::int32_t(joined->second)});
    return true;
}

template <typename Function>
void forEachLine(std::string_view text, Function function)
{
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        function(text.substr(0, end));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
}

void readIds(const nlohmann::json &vocab, const std::filesystem::path &file, BytePairVocabulary &vocabulary)
{
    if (!vocab.is_object() || vocab.empty())
        throw Error(ErrorKind::NotACheckpoint, file.string(), "it holds no vocabulary");
    vocabulary.ids.reserve(vocab.size());
    for (const auto &[symbol, id] : vocab.items()) {
        if (!id.is_number_integer() || id.get<std::int64_t>() < 0 ||
            id.get<std::int64_t>() > std::numeric_limits<std::int32_t>::max())
            throw Error(ErrorKind::NotACheckpoint, file.string(),
                        "the id of \"" + symbol + "\" is not a number of an entry");
        vocabulary.ids.emplace(symbol, id.get<std::int64_t>());
    }
}

/// tokenizer.json, as transformers 5 writes it alone: {"model": {"vocab": {}, "merges": []}, "added_tokens": []}.
void readTokenizerJson(const std::filesystem::path &file, BytePairVocabulary &vocabulary)
{
    const nlohmann::json document = readJsonFile(file);
    const nlohmann::json model =
        document.is_object() ? document.value("model", nlohmann::json::object()) : nlohmann::json();
    if (!model.is_object() || !model.contains("vocab") || !model.contains("merges") || !model.at("merges").is_array())
        throw Error(ErrorKind::NotSupported, file.string(), "it is not a byte-pair tokenizer");
    readIds(model.at("vocab"), file, vocabulary);
    const nlohmann::json added = document.value("added_tokens", nlohmann::json::array());
    if (!added.is_array())
        throw Error(ErrorKind::NotACheckpoint, file.string(), "its added tokens are not a list");
    for (const nlohmann::json &token : added) {
        const std::string content = specialToken(token, "content");
        if (!content.empty() && token.contains("id") && token.at("id").is_number_integer())
            vocabulary.ids.emplace(content, token.at("id").get<std::int64_t>());
    }
    for (const nlohmann::json &merge : model.at("merges")) {
        bool known = false;
        if (merge.is_array() && merge.size() == 2 && merge[0].is_string() && merge[1].is_string()) {
            known = addMerge(vocabulary, merge[0].get<std::string>(), merge[1].get<std::string>());
        } else if (merge.is_string()) {
            const std::string line = merge.get<std::string>();
            std::string_view first, second;
            known = splitMerge(line, first, second) && addMerge(vocabulary, std::string(first), std::string(second));
        }
        if (!known)
            throw Error(ErrorKind::NotACheckpoint, file.string(),
                        "the merge " + merge.dump() + " is not in the vocabulary");
    }
}

bool isSpace(UChar32 c)
{
    return u_isUWhiteSpace(c);
}

bool isLetter(UChar32 c)
{
    return (U_GET_GC_MASK(c) & U_GC_L_MASK) != 0;
}

bool isNumber(UChar32 c)
{
    return (U_GET_GC_MASK(c) & U_GC_N_MASK) != 0;
}

/// Code points after composition (NFC) and lower casing of each by itself, so that a final sigma stays a sigma.
std::vector<UChar32> normalized(std::string_view utf8)
{
    UErrorCode status = U_ZERO_ERROR;
    icu::UnicodeString text = icu::UnicodeString::fromUTF8(icu::StringPiece(utf8.data(), std::int32_t(utf8.size())));
    const icu::Normalizer2 *composer = icu::Normalizer2::getNFCInstance(status);
    if (U_SUCCESS(status)) {
        const icu::UnicodeString composed = composer->normalize(text, status);
        if (U_SUCCESS(status))
            text = composed;
    }
    std::vector<UChar32> result;
    result.reserve(std::size_t(text.length()));
    for (std::int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1)) {
        const UChar32 c = text.char32At(i);
        if (c < 0x80) {
            result.push_back(c >= 'A' && c <= 'Z' ? c + 32 : c);
            continue;
        }
        icu::UnicodeString lower(c);
        lower.toLower(icu::Locale::getRoot());
        for (std::int32_t k = 0; k < lower.length(); k = lower.moveIndex32(k, 1))
            result.push_back(lower.char32At(k));
    }
    return result;
}

/// Length of 's 't 're 've 'm 'll 'd at `at`, or 0.
std::size_t contractionLength(const std::vector<UChar32> &text, std::size_t at)
{
    static constexpr std::array<std::string_view, 7> kContractions = {"'s", "'t", "'re", "'ve", "'m", "'ll", "'d"};
    for (const std::string_view &contraction : kContractions) {
        if (at + contraction.size() <= text.size() &&
            std::equal(contraction.begin(), contraction.end(), text.begin() + std::ptrdiff_t(at),
                       [](char a, UChar32 b) { return UChar32(a) == b; }))
            return contraction.size();
    }
    return 0;
}

/// Length of the word at `at`, where there is no space: a contraction, letters, one digit, or other signs.
std::size_t wordLength(const std::vector<UChar32> &text, std::size_t at)
{
    if (const std::size_t length = contractionLength(text, at); length > 0)
        return length;
    if (isNumber(text[at]))
        return 1;
    const bool letters = isLetter(text[at]);
    std::size_t end = at + 1;
    while (end < text.size() && isLetter(text[end]) == letters && !isNumber(text[end]) && !isSpace(text[end]))
        ++end;
    return end - at;
}

} // namespace

ClipTokenizer::ClipTokenizer(BytePairVocabulary vocabulary, const TokenizerLayout &layout)
    : m_vocabulary(std::move(vocabulary))
{
    m_layout = layout;
    for (const auto &[symbol, id] : m_vocabulary.ids)
        m_size = std::max(m_size, id + 1);
    const std::int64_t unknown = m_layout.endId.value_or(0);
    const auto idOf = [&](const std::string &symbol) {
        const auto found = m_vocabulary.ids.find(symbol);
        return found == m_vocabulary.ids.end() ? unknown : found->second;
    };
    for (int b = 0; b < 256; ++b) {
        m_byteIds[b] = idOf(byteSymbols().ofByte[b]);
        m_endByteIds[b] = idOf(byteSymbols().ofByte[b] + std::string(kWordEnd));
    }
    if (const auto comma = m_vocabulary.ids.find(",</w>"); comma != m_vocabulary.ids.end())
        m_layout.commaId = comma->second;
}

std::unique_ptr<ClipTokenizer> ClipTokenizer::fromFolder(const std::filesystem::path &folder)
{
    BytePairVocabulary vocabulary;
    std::error_code error;
    if (std::filesystem::is_regular_file(folder / "vocab.json", error)) {
        readIds(readJsonFile(folder / "vocab.json"), folder / "vocab.json", vocabulary);
        const std::filesystem::path mergesFile = folder / "merges.txt";
        forEachLine(readTextFile(mergesFile), [&](std::string_view line) {
            std::string_view first, second;
            if (splitMerge(line, first, second) && !addMerge(vocabulary, std::string(first), std::string(second)))
                throw Error(ErrorKind::NotACheckpoint, mergesFile.string(),
                            "the merge \"" + std::string(line) + "\" is not in vocab.json");
        });
    } else {
        readTokenizerJson(folder / "tokenizer.json", vocabulary);
    }

    const nlohmann::json config = readJsonFileIfThere(folder / "tokenizer_config.json");
    const nlohmann::json specials = readJsonFileIfThere(folder / "special_tokens_map.json");
    const auto idOf = [&](const char *name, std::string_view usual) -> std::optional<std::int64_t> {
        for (const std::string &text : {specialToken(specials, name), specialToken(config, name), std::string(usual)}) {
            if (const auto found = vocabulary.ids.find(text); found != vocabulary.ids.end())
                return found->second;
        }
        return {};
    };
    TokenizerLayout layout;
    layout.startId = idOf("bos_token", kStart);
    layout.endId = idOf("eos_token", kEnd);
    layout.padId = idOf("pad_token", kEnd).value_or(0);
    const nlohmann::json length =
        config.is_object() ? config.value("model_max_length", nlohmann::json()) : nlohmann::json();
    if (length.is_number() && length.get<double>() >= 3 && length.get<double>() <= 4096)
        layout.maxLength = length.get<int>();
    return std::make_unique<ClipTokenizer>(std::move(vocabulary), layout);
}

std::unique_ptr<ClipTokenizer> ClipTokenizer::fromMerges(const std::filesystem::path &mergesFile)
{
    BytePairVocabulary vocabulary;
    const auto add = [&vocabulary](std::string symbol) {
        vocabulary.ids.emplace(std::move(symbol), std::int64_t(vocabulary.ids.size()));
    };
    const std::string text = readTextFile(mergesFile);
    vocabulary.ids.reserve(50000);
    for (const int b : byteSymbols().order)
        add(byteSymbols().ofByte[b]);
    for (const int b : byteSymbols().order)
        add(byteSymbols().ofByte[b] + std::string(kWordEnd));
    forEachLine(text, [&](std::string_view line) {
        std::string_view first, second;
        if (!splitMerge(line, first, second))
            return;
        add(std::string(first) + std::string(second));
        if (!addMerge(vocabulary, std::string(first), std::string(second)))
            throw Error(ErrorKind::NotACheckpoint, mergesFile.string(),
                        "the merge \"" + std::string(line) + "\" uses an unknown symbol");
    });
    add(std::string(kStart));
    add(std::string(kEnd));
    TokenizerLayout layout;
    layout.startId = vocabulary.ids.at(std::string(kStart));
    layout.endId = vocabulary.ids.at(std::string(kEnd));
    layout.padId = *layout.endId;
    return std::make_unique<ClipTokenizer>(std::move(vocabulary), layout);
}

std::vector<std::int64_t> ClipTokenizer::encode(std::string_view text) const
{
    std::vector<std::int64_t> ids;
    while (!text.empty()) {
        const std::size_t start = m_layout.startId ? text.find(kStart) : std::string_view::npos;
        const std::size_t end = m_layout.endId ? text.find(kEnd) : std::string_view::npos;
        const std::size_t at = std::min(start, end);
        encodePlain(text.substr(0, at), ids);
        if (at == std::string_view::npos)
            break;
        ids.push_back(at == start ? *m_layout.startId : *m_layout.endId);
        text.remove_prefix(at + (at == start ? kStart.size() : kEnd.size()));
    }
    return ids;
}

void ClipTokenizer::encodePlain(std::string_view text, std::vector<std::int64_t> &ids) const
{
    const std::vector<UChar32> points = normalized(text);
    std::string word;
    for (std::size_t at = 0; at < points.size();) {
        if (isSpace(points[at])) {
            ++at;
            continue;
        }
        const std::size_t end = at + wordLength(points, at);
        word.clear();
        for (; at < end; ++at) {
            if (points[at] < 0x80)
                word.push_back(char(points[at]));
            else
                appendUtf8(word, char32_t(points[at]));
        }
        encodeWord(word, ids);
    }
}

void ClipTokenizer::encodeWord(std::string_view utf8, std::vector<std::int64_t> &ids) const
{
    // A doubly linked list of symbols and a heap of possible merges: n log n, so that a pasted page without spaces
    // does not stall a live counter.
    struct Symbol
    {
        std::int64_t id;
        int previous, next;
    };
    struct Candidate
    {
        std::int32_t rank;
        int at;
        std::int64_t first, second, joined;
        bool operator>(const Candidate &o) const { return rank != o.rank ? rank > o.rank : at > o.at; }
    };
    const int count = int(utf8.size());
    std::vector<Symbol> symbols;
    symbols.reserve(utf8.size());
    for (int i = 0; i < count; ++i) {
        const auto byte = static_cast<unsigned char>(utf8[std::size_t(i)]);
        symbols.push_back({i + 1 == count ? m_endByteIds[byte] : m_byteIds[byte], i - 1, i + 1 == count ? -1 : i + 1});
    }
    std::priority_queue<Candidate, std::vector<Candidate>, std::greater<>> candidates;
    const auto consider = [&](int at) {
        if (at < 0 || symbols[std::size_t(at)].next < 0)
            return;
        const std::int64_t first = symbols[std::size_t(at)].id;
        const std::int64_t second = symbols[std::size_t(symbols[std::size_t(at)].next)].id;
        if (const auto merge = m_vocabulary.merges.find(pairKey(first, second)); merge != m_vocabulary.merges.end())
            candidates.push({merge->second.rank, at, first, second, merge->second.id});
    };
    for (int i = 0; i + 1 < count; ++i)
        consider(i);
    while (!candidates.empty()) {
        const Candidate best = candidates.top();
        candidates.pop();
        Symbol &left = symbols[std::size_t(best.at)];
        if (left.id != best.first || left.next < 0 || symbols[std::size_t(left.next)].id != best.second)
            continue; // one of the two was merged meanwhile
        Symbol &right = symbols[std::size_t(left.next)];
        left.id = best.joined;
        right.id = -1;
        left.next = right.next;
        if (left.next >= 0)
            symbols[std::size_t(left.next)].previous = best.at;
        consider(left.previous);
        consider(best.at);
    }
    for (int i = count > 0 ? 0 : -1; i >= 0; i = symbols[std::size_t(i)].next)
        ids.push_back(symbols[std::size_t(i)].id);
}

} // namespace engine
