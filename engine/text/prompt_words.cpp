#include "engine/text/prompt_words.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>

namespace engine {

namespace {

// A prompt of more is a pasted book; its first part is looked at.
constexpr std::size_t kMostTokens = 600;
constexpr std::size_t kMostPlaces = 3000;

enum class Sign { Space, Letter, Digit, Apostrophe, Bracket, Other };

struct Letter
{
    int begin = 0;
    int end = 0;
    Sign sign = Sign::Other;
};

Sign signOf(UChar32 c)
{
    if (c < 0)
        return Sign::Other;
    if (u_isUWhiteSpace(c))
        return Sign::Space;
    if ((U_GET_GC_MASK(c) & (U_GC_L_MASK | U_GC_M_MASK)) != 0)
        return Sign::Letter;
    if ((U_GET_GC_MASK(c) & U_GC_N_MASK) != 0)
        return Sign::Digit;
    if (c == '\'')
        return Sign::Apostrophe;
    return std::string_view("()[]|:\\<>").find(char(c)) != std::string_view::npos && c < 0x80 ? Sign::Bracket
                                                                                              : Sign::Other;
}

std::vector<Letter> lettersOf(std::string_view text)
{
    std::vector<Letter> letters;
    const auto *bytes = reinterpret_cast<const std::uint8_t *>(text.data());
    for (std::int32_t i = 0; i < std::int32_t(text.size());) {
        const std::int32_t begin = i;
        UChar32 c = 0;
        U8_NEXT(bytes, i, std::int32_t(text.size()), c);
        letters.push_back({begin, i, signOf(c)});
    }
    return letters;
}

/// Bytes that are no text: the weight in (word:1.2) and tags as <lora:name:0.8>.
std::vector<bool> notText(std::string_view prompt)
{
    std::vector<bool> result(prompt.size(), false);
    const auto mark = [&](std::size_t begin, std::size_t end) {
        std::fill(result.begin() + std::ptrdiff_t(begin), result.begin() + std::ptrdiff_t(end), true);
    };
    for (std::size_t i = 0; i < prompt.size(); ++i) {
        if (prompt[i] == '<') {
            const std::size_t end = prompt.find('>', i);
            if (end != std::string_view::npos && prompt.substr(i, end - i).find(':') != std::string_view::npos)
                mark(i, end + 1);
        } else if (prompt[i] == ':') {
            const std::size_t end = std::min(prompt.find_first_not_of(" +-.0123456789", i + 1), prompt.size());
            const bool closes = end == prompt.size() || prompt[end] == ')' || prompt[end] == ']';
            if (closes && end > i + 1)
                mark(i, end);
        }
    }
    return result;
}

/// A stretch of the prompt that may stand for some tokens.
struct Span
{
    int begin = 0;
    int end = 0;
    std::vector<std::int64_t> ids = {};
    bool isWord = false; ///< the smallest stretches: skipping one breaks a run
};

std::vector<Span> spansOf(const Tokenizer &tokenizer, std::string_view prompt)
{
    const std::vector<Letter> letters = lettersOf(prompt);
    const std::vector<bool> skipped = notText(prompt);
    std::vector<Span> spans;
    const auto add = [&](std::size_t from, std::size_t to, bool isWord) {
        Span span{.begin = letters[from].begin, .end = letters[to - 1].end, .isWord = isWord};
        const bool known = std::any_of(spans.begin(), spans.end(), [&](const Span &other) {
            return other.begin == span.begin && other.end == span.end;
        });
        if (known)
            return;
        span.ids = tokenizer.encode(prompt.substr(std::size_t(span.begin), std::size_t(span.end - span.begin)));
        if (!span.ids.empty())
            spans.push_back(std::move(span));
    };
    const auto isText = [&](std::size_t i) {
        return letters[i].sign != Sign::Space && letters[i].sign != Sign::Bracket &&
               !skipped[std::size_t(letters[i].begin)];
    };
    for (std::size_t i = 0; i < letters.size() && spans.size() < kMostPlaces / 2;) {
        if (!isText(i)) {
            ++i;
            continue;
        }
        // Byte pair tokenizers read runs of one kind of sign, sentencepiece what stands between blanks.
        std::size_t whole = i;
        while (whole < letters.size() && isText(whole))
            ++whole;
        for (std::size_t k = i; k < whole;) {
            std::size_t end = k + 1;
            while (end < whole && letters[end].sign == letters[k].sign && letters[k].sign != Sign::Digit)
                ++end;
            if (letters[k].sign == Sign::Apostrophe && end == k + 1) { // 's, 'll
                while (end < whole && letters[end].sign == Sign::Letter)
                    ++end;
            }
            add(k, end, true);
            k = end;
        }
        add(i, whole, false);
        i = whole;
    }
    return spans;
}

struct Token
{
    std::int64_t id = 0;
    int index = 0; ///< among the ids of all chunks
};

std::vector<Token> tokensOf(const Tokenizer &tokenizer, const std::vector<TextChunk> &chunks)
{
    std::vector<Token> tokens;
    int first = 0;
    for (const TextChunk &chunk : chunks) {
        const int start = tokenizer.layout().startId ? 1 : 0;
        for (int i = start; i < start + chunk.textLength && i < int(chunk.ids.size()); ++i)
            tokens.push_back({chunk.ids[std::size_t(i)], first + i});
        first += int(chunk.ids.size());
    }
    if (tokens.size() > kMostTokens)
        tokens.resize(kMostTokens);
    return tokens;
}

/// A span and the first of its tokens.
struct Match
{
    std::size_t span = 0;
    std::size_t token = 0;
};

/// The best way to lay tokens over spans, both from left to right: as many tokens as possible, in runs as long as
/// possible (so that the words of a part behind AND are found there, and not one by one in the part before).
class Alignment
{
public:
    Alignment(const std::vector<Token> &tokens, const std::vector<Span> &spans) : m_tokens(tokens), m_spans(spans)
    {
        for (const Span &span : spans) {
            m_places.push_back(span.begin);
            m_places.push_back(span.end);
        }
        std::sort(m_places.begin(), m_places.end());
        m_places.erase(std::unique(m_places.begin(), m_places.end()), m_places.end());
        m_spansAt.resize(m_places.size());
        for (std::size_t i = 0; i < spans.size(); ++i)
            m_spansAt[placeOf(spans[i].begin)].push_back(i);
    }

    std::vector<Match> best()
    {
        if (m_places.empty() || m_tokens.empty())
            return {};
        m_cells.assign((m_tokens.size() + 1) * m_places.size() * 2, Cell());
        at(0, 0, false).score = 0;
        for (std::size_t t = 0; t <= m_tokens.size(); ++t) {
            for (std::size_t p = 0; p < m_places.size(); ++p) {
                for (const bool inRun : {false, true}) {
                    if (at(t, p, inRun).score >= 0)
                        leave(t, p, inRun);
                }
            }
        }
        return trace();
    }

private:
    static constexpr int kToken = 10;
    static constexpr int kRun = 1;
    static constexpr std::size_t kSkip = std::numeric_limits<std::size_t>::max();

    struct Cell
    {
        int score = -1;
        std::uint32_t token = 0; ///< of the cell before
        std::uint32_t place = 0;
        bool inRun = false;
        std::size_t span = kSkip; ///< that led here
    };

    [[nodiscard]] std::size_t placeOf(int byte) const
    {
        return std::size_t(std::lower_bound(m_places.begin(), m_places.end(), byte) - m_places.begin());
    }
    Cell &at(std::size_t token, std::size_t place, bool inRun)
    {
        return m_cells[(token * m_places.size() + place) * 2 + std::size_t(inRun)];
    }

    void offer(Cell &to, int score, std::size_t t, std::size_t p, bool inRun, std::size_t span)
    {
        if (score > to.score)
            to = {score, std::uint32_t(t), std::uint32_t(p), inRun, span};
    }

    void leave(std::size_t t, std::size_t p, bool inRun)
    {
        const int score = at(t, p, inRun).score;
        if (t < m_tokens.size())
            offer(at(t + 1, p, false), score, t, p, inRun, kSkip);
        bool passesWord = false;
        for (const std::size_t i : m_spansAt[p]) {
            const Span &span = m_spans[i];
            passesWord = passesWord || span.isWord;
            if (t + span.ids.size() > m_tokens.size() ||
                !std::equal(span.ids.begin(), span.ids.end(), m_tokens.begin() + std::ptrdiff_t(t),
                            [](std::int64_t id, const Token &token) { return id == token.id; }))
                continue;
            offer(at(t + span.ids.size(), placeOf(span.end), true),
                  score + kToken * int(span.ids.size()) + (inRun ? kRun : 0), t, p, inRun, i);
        }
        if (p + 1 < m_places.size())
            offer(at(t, p + 1, inRun && !passesWord), score, t, p, inRun, kSkip);
    }

    std::vector<Match> trace()
    {
        std::size_t t = m_tokens.size();
        std::size_t p = m_places.size() - 1;
        bool inRun = at(t, p, true).score > at(t, p, false).score;
        std::vector<Match> matches;
        while (t > 0 || p > 0) {
            const Cell cell = at(t, p, inRun);
            if (cell.score < 0 || (cell.token == t && cell.place == p))
                break;
            if (cell.span != kSkip)
                matches.push_back({cell.span, cell.token});
            t = cell.token;
            p = cell.place;
            inRun = cell.inRun;
        }
        std::reverse(matches.begin(), matches.end());
        return matches;
    }

    const std::vector<Token> &m_tokens;
    const std::vector<Span> &m_spans;
    std::vector<int> m_places;
    std::vector<std::vector<std::size_t>> m_spansAt;
    std::vector<Cell> m_cells;
};

/// Cuts punctuation off both ends. \return false if nothing is left
bool trim(std::string_view prompt, PromptWord &word)
{
    const std::vector<Letter> letters =
        lettersOf(prompt.substr(std::size_t(word.begin), std::size_t(word.end - word.begin)));
    const auto isWord = [](const Letter &letter) { return letter.sign == Sign::Letter || letter.sign == Sign::Digit; };
    const auto first = std::find_if(letters.begin(), letters.end(), isWord);
    if (first == letters.end())
        return false;
    const auto last = std::find_if(letters.rbegin(), letters.rend(), isWord);
    word.end = word.begin + last->end;
    word.begin += first->begin;
    return true;
}

} // namespace

std::vector<PromptWord> wordsOf(const Tokenizer &tokenizer, std::string_view prompt,
                                const std::vector<TextChunk> &chunks)
{
    const std::vector<Token> tokens = tokensOf(tokenizer, chunks);
    const std::vector<Span> spans = spansOf(tokenizer, prompt);
    std::vector<PromptWord> words;
    int lastEnd = -1; // of the word before, untrimmed
    for (const Match &match : Alignment(tokens, spans).best()) {
        const Span &span = spans[match.span];
        PromptWord word{.begin = span.begin, .end = span.end};
        for (std::size_t i = 0; i < span.ids.size(); ++i)
            word.tokens.push_back(tokens[match.token + i].index);
        if (!trim(prompt, word))
            continue;
        // "1990" is four tokens, "don't" two: one word to a reader.
        if (!words.empty() && lastEnd == span.begin && words.back().end == lastEnd &&
            (word.begin == span.begin || prompt[std::size_t(span.begin)] == '\'')) {
            words.back().end = word.end;
            words.back().tokens.insert(words.back().tokens.end(), word.tokens.begin(), word.tokens.end());
        } else {
            words.push_back(std::move(word));
        }
        lastEnd = span.end;
    }
    return words;
}

} // namespace engine
