// The grammar of scheduled and alternating words (parseSchedule of prompt_parser.h):
//
//   top         ( prompt | any of [ ] ( ) : )*
//   prompt      ( round | square | scheduled | alternate | plain )*
//   round       ( prompt )   ( prompt : prompt )
//   square      [ prompt ]
//   scheduled   [ prompt : prompt : number ]   [ prompt : number ]
//   alternate   [ prompt | prompt ... ]
//   plain       anything but \ [ ] ( ) : |, or \ and a sign
//
// A bracket that begins none of these is plain text at the top and a fault within brackets; a | outside
// brackets makes the whole prompt literal.
#include "engine/text/numbers.h"
#include "engine/text/prompt_parser.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>
#include <set>

namespace engine {

namespace {

constexpr int kDeepest = 200; ///< nesting beyond it is plain text

struct Node;
using Nodes = std::vector<Node>;

struct Node
{
    enum class Kind { Text, Scheduled, Alternate };
    Kind kind = Kind::Text;
    std::string text = {};           ///< Text
    std::vector<Nodes> options = {}; ///< Scheduled: before, after; Alternate: all
    std::string when = {};           ///< Scheduled: the number as written
    int lastStepBefore = 0;          ///< Scheduled, once resolved
};

bool isSpace(char c)
{
    return std::string_view(" \t\n\r\f\v").find(c) != std::string_view::npos;
}

/// A number as the grammar has it: sign, digits with a point, exponent.
bool isScheduleNumber(std::string_view text)
{
    return !text.empty() && text.find_first_not_of("+-.0123456789eE") == std::string_view::npos &&
           parsePythonFloat(text).has_value();
}

class ScheduleReader
{
public:
    explicit ScheduleReader(std::string_view prompt) : m_text(prompt) {}

    /// \return nothing if the prompt does not parse
    std::optional<Nodes> read()
    {
        Nodes nodes;
        while (m_at < m_text.size()) {
            const std::size_t start = m_at;
            if (m_text[m_at] == '(' || m_text[m_at] == '[') {
                if (readBracket(nodes, 0))
                    continue;
                m_at = start;
            }
            if (std::string_view("[]():").find(m_text[m_at]) != std::string_view::npos)
                appendText(nodes, m_text.substr(m_at++, 1));
            else if (!readPlain(nodes))
                return {};
        }
        return nodes;
    }

private:
    static void appendText(Nodes &nodes, std::string_view text)
    {
        if (nodes.empty() || nodes.back().kind != Node::Kind::Text)
            nodes.push_back({});
        nodes.back().text += text;
    }

    static void appendAll(Nodes &nodes, Nodes more)
    {
        for (Node &node : more) {
            if (node.kind == Node::Kind::Text)
                appendText(nodes, node.text);
            else
                nodes.push_back(std::move(node));
        }
    }

    [[nodiscard]] char next() const { return m_at < m_text.size() ? m_text[m_at] : '\0'; }

    bool readPlain(Nodes &nodes)
    {
        const std::size_t start = m_at;
        while (m_at < m_text.size() && std::string_view("[]():|").find(m_text[m_at]) == std::string_view::npos) {
            if (m_text[m_at] != '\\')
                ++m_at;
            else if (m_at + 1 < m_text.size() && m_text[m_at + 1] != '\n')
                m_at += 2;
            else
                break;
        }
        appendText(nodes, m_text.substr(start, m_at - start));
        return m_at > start;
    }

    /// As far as it goes; stops before a sign that cannot be part of a prompt.
    bool readPrompt(Nodes &nodes, int depth)
    {
        while (m_at < m_text.size()) {
            const char c = m_text[m_at];
            if (c == '(' || c == '[') {
                if (depth >= kDeepest || !readBracket(nodes, depth + 1))
                    return false;
            } else if (c == ')' || c == ']' || c == ':' || c == '|' || !readPlain(nodes)) {
                break;
            }
        }
        return true;
    }

    bool readBracket(Nodes &nodes, int depth)
    {
        return next() == '(' ? readRound(nodes, depth) : readSquare(nodes, depth);
    }

    bool readRound(Nodes &nodes, int depth)
    {
        Nodes inner;
        appendText(inner, "(");
        ++m_at;
        if (!readPrompt(inner, depth))
            return false;
        if (next() == ':') {
            appendText(inner, ":");
            ++m_at;
            if (!readPrompt(inner, depth))
                return false;
        }
        if (next() != ')')
            return false;
        appendText(inner, ")");
        ++m_at;
        appendAll(nodes, std::move(inner));
        return true;
    }

    bool readSquare(Nodes &nodes, int depth)
    {
        ++m_at;
        std::vector<Nodes> options(1);
        if (!readPrompt(options.back(), depth))
            return false;
        const char separator = next();
        std::size_t last = m_at;
        while (next() == separator && (separator == ':' || separator == '|')) {
            last = ++m_at;
            options.emplace_back();
            if (!readPrompt(options.back(), depth))
                return false;
        }
        if (next() != ']')
            return false;
        const std::string_view tail = m_text.substr(last, m_at - last);
        ++m_at;
        if (separator == '|') {
            nodes.push_back({.kind = Node::Kind::Alternate, .options = std::move(options)});
            return true;
        }
        if (separator == ':')
            return finishScheduled(nodes, std::move(options), tail);
        appendText(nodes, "[");
        appendAll(nodes, std::move(options.front()));
        appendText(nodes, "]");
        return true;
    }

    static bool finishScheduled(Nodes &nodes, std::vector<Nodes> options, std::string_view tail)
    {
        while (!tail.empty() && isSpace(tail.front()))
            tail.remove_prefix(1);
        while (!tail.empty() && isSpace(tail.back()))
            tail.remove_suffix(1);
        if (options.size() > 3 || !isScheduleNumber(tail))
            return false;
        options.pop_back();
        if (options.size() == 1)
            options.insert(options.begin(), Nodes());
        nodes.push_back({.kind = Node::Kind::Scheduled, .options = std::move(options), .when = std::string(tail)});
        return true;
    }

    std::string_view m_text;
    std::size_t m_at = 0;
};

/// Turns `when` into steps and collects the steps after which something changes.
void resolve(Nodes &nodes, int steps, int firstPassSteps, std::set<int> &ends)
{
    for (Node &node : nodes) {
        for (Nodes &option : node.options)
            resolve(option, steps, firstPassSteps, ends);
        if (node.kind == Node::Kind::Scheduled) {
            double when = parsePythonFloat(node.when).value_or(0.0);
            if (node.when.find('.') != std::string::npos)
                when = (when - (firstPassSteps > 0 ? 1.0 : 0.0)) * steps;
            else
                when -= firstPassSteps;
            node.lastStepBefore = int(std::clamp(std::trunc(when), -1.0, double(steps)));
            if (node.lastStepBefore >= 1)
                ends.insert(node.lastStepBefore);
        } else if (node.kind == Node::Kind::Alternate) {
            for (int step = 1; step <= steps; ++step)
                ends.insert(step);
        }
    }
}

void writeAt(const Nodes &nodes, int step, std::string &text)
{
    for (const Node &node : nodes) {
        switch (node.kind) {
        case Node::Kind::Text:
            text += node.text;
            break;
        case Node::Kind::Scheduled:
            writeAt(node.options[step <= node.lastStepBefore ? 0 : 1], step, text);
            break;
        case Node::Kind::Alternate:
            writeAt(node.options[std::size_t(step - 1) % node.options.size()], step, text);
            break;
        }
    }
}

} // namespace

std::vector<ScheduledText> parseSchedule(std::string_view prompt, int steps, int firstPassSteps)
{
    steps = std::max(steps, 1);
    std::optional<Nodes> nodes = ScheduleReader(prompt).read();
    if (!nodes)
        return {{.lastStep = steps, .text = std::string(prompt)}};
    std::set<int> ends = {steps};
    resolve(*nodes, steps, firstPassSteps, ends);
    std::vector<ScheduledText> result;
    for (const int end : ends) {
        result.push_back({.lastStep = end, .text = {}});
        writeAt(*nodes, end, result.back().text);
    }
    return result;
}

} // namespace engine
