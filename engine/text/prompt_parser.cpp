#include "engine/text/prompt_parser.h"

#include "engine/text/numbers.h"
#include "engine/text/words.h"

#include <algorithm>
#include <cctype>
#include <optional>

namespace engine {

namespace {

constexpr double kRoundWeight = 1.1;
constexpr double kSquareWeight = 1.0 / 1.1;

bool isSpace(char c)
{
    return std::string_view(" \t\n\r\f\v").find(c) != std::string_view::npos;
}

std::string_view trimmedRight(std::string_view text)
{
    while (!text.empty() && isSpace(text.back()))
        text.remove_suffix(1);
    return text;
}

std::string_view trimmedLeft(std::string_view text)
{
    while (!text.empty() && isSpace(text.front()))
        text.remove_prefix(1);
    return text;
}

/// Adjacent pieces of one weight become one.
std::vector<WeightedText> joined(std::vector<WeightedText> pieces)
{
    std::vector<WeightedText> result;
    for (WeightedText &piece : pieces) {
        if (!result.empty() && !piece.isBreak && !result.back().isBreak && result.back().weight == piece.weight)
            result.back().text += piece.text;
        else
            result.push_back(std::move(piece));
    }
    return result;
}

/// The weights of one prompt, read from left to right.
class AttentionReader
{
public:
    explicit AttentionReader(std::string_view prompt) : m_rest(prompt) {}

    /// \return nothing if a weight is no number
    std::optional<std::vector<WeightedText>> read()
    {
        while (!m_rest.empty()) {
            if (!readOne())
                return {};
        }
        for (const std::size_t start : m_round)
            multiply(start, kRoundWeight);
        for (const std::size_t start : m_square)
            multiply(start, kSquareWeight);
        if (m_pieces.empty())
            m_pieces.push_back({});
        return joined(std::move(m_pieces));
    }

private:
    bool readOne()
    {
        switch (m_rest.front()) {
        case '\\':
            // Before anything but a bracket or itself the backslash alone vanishes.
            if (m_rest.size() > 1 && std::string_view("()[]\\").find(m_rest[1]) != std::string_view::npos) {
                m_pieces.push_back({.text = std::string(1, m_rest[1])});
                m_rest.remove_prefix(2);
            } else {
                m_pieces.push_back({});
                m_rest.remove_prefix(1);
            }
            return true;
        case '(':
            m_round.push_back(m_pieces.size());
            break;
        case '[':
            m_square.push_back(m_pieces.size());
            break;
        case ')':
            close(m_round, kRoundWeight);
            break;
        case ']':
            close(m_square, kSquareWeight);
            break;
        case ':':
            return readColon();
        default:
            readText();
            return true;
        }
        m_rest.remove_prefix(1);
        return true;
    }

    /// A closer, or plain text where nothing is open.
    void close(std::vector<std::size_t> &open, double weight)
    {
        if (open.empty()) {
            m_pieces.push_back({.text = std::string(1, m_rest.front())});
            return;
        }
        multiply(open.back(), weight);
        open.pop_back();
    }

    /// ":1.3)" or a plain colon.
    bool readColon()
    {
        std::string_view rest = trimmedLeft(m_rest.substr(1));
        const std::size_t signLength = !rest.empty() && (rest.front() == '+' || rest.front() == '-') ? 1 : 0;
        const std::size_t end = std::min(rest.find_first_not_of("0123456789.", signLength), rest.size());
        const std::string_view number = rest.substr(0, end);
        const std::string_view after = trimmedLeft(rest.substr(end));
        const bool isWeight = end > signLength && after.starts_with(')');
        if (isWeight && !m_round.empty()) {
            const std::optional<double> weight = parseNumber(number);
            if (!weight)
                return false;
            multiply(m_round.back(), *weight);
            m_round.pop_back();
            m_rest = after.substr(1);
        } else if (isWeight) {
            const std::size_t length = m_rest.size() - after.size() + 1;
            m_pieces.push_back({.text = std::string(m_rest.substr(0, length))});
            m_rest.remove_prefix(length);
        } else {
            m_pieces.push_back({.text = ":"});
            m_rest.remove_prefix(1);
        }
        return true;
    }

    /// A run without special signs, split at the word BREAK.
    void readText()
    {
        const std::size_t length = std::min(m_rest.find_first_of("\\()[]:"), m_rest.size());
        std::string_view run = m_rest.substr(0, length);
        m_rest.remove_prefix(length);
        for (;;) {
            const std::size_t at = findWord(run, "BREAK");
            if (at == std::string_view::npos)
                break;
            m_pieces.push_back({.text = std::string(trimmedRight(run.substr(0, at)))});
            m_pieces.push_back({.text = "BREAK", .weight = -1.0, .isBreak = true});
            run = trimmedLeft(run.substr(at + 5));
        }
        m_pieces.push_back({.text = std::string(run)});
    }

    void multiply(std::size_t start, double weight)
    {
        for (std::size_t i = start; i < m_pieces.size(); ++i)
            m_pieces[i].weight *= weight;
    }

    std::string_view m_rest;
    std::vector<WeightedText> m_pieces;
    std::vector<std::size_t> m_round, m_square; ///< pieces at which open brackets stand
};

constexpr char kEscapedOpen = '\1';
constexpr char kEscapedClose = '\2';

/// \( and \) as signs that are no brackets.
std::string withEscapesMarked(std::string_view text)
{
    std::string marked;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char following = text[i] == '\\' && i + 1 < text.size() ? text[i + 1] : '\0';
        if (following == '(' || following == ')')
            marked.push_back(text[++i] == '(' ? kEscapedOpen : kEscapedClose);
        else
            marked.push_back(text[i]);
    }
    return marked;
}

/// Runs outside brackets and whole bracketed groups, in order. A closer too many hides all later groups.
std::vector<std::string_view> topLevelGroups(std::string_view text)
{
    std::vector<std::string_view> groups;
    std::size_t start = 0;
    long depth = 0;
    const auto cut = [&](std::size_t end) {
        if (end > start)
            groups.push_back(text.substr(start, end - start));
        start = end;
    };
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '(') {
            if (depth == 0)
                cut(i);
            ++depth;
        } else if (text[i] == ')') {
            --depth;
            if (depth == 0)
                cut(i + 1);
        }
    }
    cut(text.size());
    return groups;
}

void readComfy(std::string_view text, double weight, int depth, std::vector<WeightedText> &pieces)
{
    constexpr int kDeepest = 200; // brackets nested deeper than anyone writes are plain text
    for (std::string_view group : topLevelGroups(text)) {
        if (depth >= kDeepest || group.size() < 2 || group.front() != '(' || group.back() != ')') {
            pieces.push_back({.text = std::string(group), .weight = weight});
            continue;
        }
        group = group.substr(1, group.size() - 2);
        double inner = weight * kRoundWeight;
        if (const std::size_t colon = group.rfind(':'); colon != std::string_view::npos && colon > 0) {
            if (const std::optional<double> number = parsePythonFloat(group.substr(colon + 1))) {
                inner = *number;
                group = group.substr(0, colon);
            }
        }
        readComfy(group, inner, depth + 1, pieces);
    }
}

std::optional<double> loraWeight(const std::vector<std::string> &arguments, std::size_t position, std::string_view name)
{
    std::size_t unnamed = 0;
    std::optional<double> value;
    for (const std::string &argument : arguments) {
        const std::size_t equals = argument.find('=');
        if (equals == std::string::npos) {
            if (unnamed++ == position)
                value = parsePythonFloat(argument);
        } else if (std::string_view(argument).substr(0, equals) == name) {
            return parsePythonFloat(std::string_view(argument).substr(equals + 1));
        }
    }
    return value;
}

} // namespace

std::vector<WeightedText> parseAttention(std::string_view prompt)
{
    if (auto pieces = AttentionReader(prompt).read())
        return std::move(*pieces);
    return {{.text = std::string(prompt)}};
}

std::vector<WeightedText> parseComfyWeights(std::string_view prompt)
{
    const std::string marked = withEscapesMarked(prompt);
    std::vector<WeightedText> pieces;
    readComfy(marked, 1.0, 0, pieces);
    for (WeightedText &piece : pieces) {
        std::replace(piece.text.begin(), piece.text.end(), kEscapedOpen, '(');
        std::replace(piece.text.begin(), piece.text.end(), kEscapedClose, ')');
    }
    return pieces;
}

std::vector<AndPart> splitAnd(std::string_view prompt)
{
    std::vector<AndPart> parts;
    for (bool more = true; more;) {
        const std::size_t at = findWord(prompt, "AND");
        more = at != std::string_view::npos;
        std::string_view text = trimmedRight(prompt.substr(0, at));
        if (more)
            prompt.remove_prefix(at + 3);
        AndPart part;
        if (const std::size_t colon = text.rfind(':'); colon != std::string_view::npos) {
            if (const std::optional<double> weight = parseNumber(trimmedLeft(text.substr(colon + 1)))) {
                part.weight = *weight;
                text = trimmedRight(text.substr(0, colon));
            }
        }
        part.text = text;
        parts.push_back(std::move(part));
    }
    return parts;
}

PromptWithNetworks takeOutNetworks(std::string_view prompt)
{
    PromptWithNetworks result;
    while (!prompt.empty()) {
        const std::size_t open = std::min(prompt.find('<'), prompt.size());
        result.prompt += prompt.substr(0, open);
        prompt.remove_prefix(open);
        if (prompt.empty())
            break;
        const std::size_t colon = prompt.find(':');
        const std::size_t close = prompt.find('>');
        const bool isTag = colon != std::string_view::npos && close != std::string_view::npos && close > colon + 1 &&
                           isWord(prompt.substr(1, colon - 1));
        if (!isTag) {
            result.prompt.push_back('<');
            prompt.remove_prefix(1);
            continue;
        }
        NetworkTag tag{.kind = std::string(prompt.substr(1, colon - 1))};
        std::string_view arguments = prompt.substr(colon + 1, close - colon - 1);
        for (bool more = true; more;) {
            const std::size_t end = arguments.find(':');
            more = end != std::string_view::npos;
            tag.arguments.emplace_back(arguments.substr(0, end));
            arguments.remove_prefix(more ? end + 1 : arguments.size());
        }
        result.networks.push_back(std::move(tag));
        prompt.remove_prefix(close + 1);
    }
    return result;
}

std::vector<LoraTag> loraTags(const std::vector<NetworkTag> &networks)
{
    std::vector<LoraTag> tags;
    for (const NetworkTag &network : networks) {
        std::string kind = network.kind;
        std::transform(kind.begin(), kind.end(), kind.begin(), [](unsigned char c) { return char(std::tolower(c)); });
        if (kind != "lora" || network.arguments.empty())
            continue;
        const std::vector<std::string> weights(network.arguments.begin() + 1, network.arguments.end());
        LoraTag tag{.name = network.arguments.front()};
        tag.textWeight = loraWeight(weights, 0, "te").value_or(1.0);
        tag.unetWeight = loraWeight(weights, 1, "unet").value_or(tag.textWeight);
        tags.push_back(std::move(tag));
    }
    return tags;
}

} // namespace engine
