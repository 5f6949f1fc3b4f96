#include "ui/create/prompt_editing.h"

#include <QRegularExpression>

#include <algorithm>
#include <cmath>
#include <optional>

namespace ui {

namespace {

struct Range
{
    int start = 0;
    int end = 0;
};

/// A bracket group: positions of the brackets and of the colon before its weight (-1: none written).
struct Group
{
    int open = 0;
    int close = 0;
    int colon = -1;
    double weight = 1.1;
};

bool isEscaped(const QString &text, int at)
{
    int backslashes = 0;
    while (at - backslashes > 0 && text.at(at - backslashes - 1) == QLatin1Char('\\'))
        ++backslashes;
    return backslashes % 2 == 1;
}

std::vector<Group> roundGroups(const QString &text)
{
    std::vector<Group> groups;
    std::vector<int> open;
    for (int i = 0; i < text.size(); ++i) {
        const QChar c = text.at(i);
        if ((c != QLatin1Char('(') && c != QLatin1Char(')')) || isEscaped(text, i))
            continue;
        if (c == QLatin1Char('(')) {
            open.push_back(i);
        } else if (!open.empty()) {
            Group group{.open = open.back(), .close = i};
            open.pop_back();
            const int colon = int(text.lastIndexOf(QLatin1Char(':'), i));
            bool isNumber = false;
            if (colon > group.open) {
                const double weight = text.mid(colon + 1, i - colon - 1).trimmed().toDouble(&isNumber);
                if (isNumber) {
                    group.colon = colon;
                    group.weight = weight;
                }
            }
            groups.push_back(group);
        }
    }
    return groups;
}

/// Innermost group that contains the range; with a selection only one whose content is the selection.
std::optional<Group> groupAround(const QString &text, Range range)
{
    std::optional<Group> best;
    for (const Group &group : roundGroups(text)) {
        const int contentEnd = group.colon > 0 ? group.colon : group.close;
        bool matches = group.open < range.start && range.end <= group.close;
        if (range.start == range.end)
            matches = matches || group.open == range.start || group.close + 1 == range.end;
        else
            matches = (range.start == group.open + 1 && range.end == contentEnd) ||
                      (range.start == group.open && range.end == group.close + 1);
        if (matches && (!best || group.open > best->open))
            best = group;
    }
    return best;
}

bool isWordCharacter(QChar c)
{
    return c.isLetterOrNumber() || c.isMark() || c == QLatin1Char('_') || c == QLatin1Char('-') ||
           c == QLatin1Char('\'');
}

Range wordAround(const QString &text, int at)
{
    Range word{at, at};
    while (word.start > 0 && isWordCharacter(text.at(word.start - 1)))
        --word.start;
    while (word.end < text.size() && isWordCharacter(text.at(word.end)))
        ++word.end;
    return word;
}

QString weightText(double weight)
{
    QString text = QString::number(weight, 'f', 2);
    while (text.endsWith(QLatin1Char('0')))
        text.chop(1);
    if (text.endsWith(QLatin1Char('.')))
        text.chop(1);
    return text;
}

double rounded(double weight)
{
    return std::max(0.0, std::round(weight * 100.0) / 100.0);
}

std::optional<PromptEditResult> changeTag(const QString &text, Range range, double delta)
{
    static const QRegularExpression tag(QStringLiteral("<(\\w+):([^<>:]+)(?::(-?[0-9.]+))?([^<>]*)>"));
    for (auto it = tag.globalMatch(text); it.hasNext();) {
        const QRegularExpressionMatch match = it.next();
        if (range.start < match.capturedStart() || range.end > match.capturedEnd())
            continue;
        const double weight = match.captured(3).isEmpty() ? 1.0 : match.captured(3).toDouble();
        const double changed = std::round((weight + delta / 2.0) * 100.0) / 100.0;
        const QString replacement = QLatin1Char('<') + match.captured(1) + QLatin1Char(':') + match.captured(2) +
                                    QLatin1Char(':') + weightText(changed) + match.captured(4) + QLatin1Char('>');
        QString result = text;
        result.replace(match.capturedStart(), match.capturedLength(), replacement);
        return PromptEditResult{result, int(match.capturedStart()), int(match.capturedStart() + replacement.size()),
                                true};
    }
    return std::nullopt;
}

/// Phrases between commas outside of brackets, without the blanks around them.
std::vector<Range> phrases(const QString &text)
{
    std::vector<Range> found;
    int depth = 0;
    int start = 0;
    for (int i = 0; i <= text.size(); ++i) {
        const QChar c = i < text.size() ? text.at(i) : QLatin1Char(',');
        if (i < text.size() && isEscaped(text, i))
            continue;
        if (c == QLatin1Char('(') || c == QLatin1Char('[') || c == QLatin1Char('{') || c == QLatin1Char('<'))
            ++depth;
        else if (c == QLatin1Char(')') || c == QLatin1Char(']') || c == QLatin1Char('}') || c == QLatin1Char('>'))
            depth = std::max(0, depth - 1);
        if (i < text.size() && (c != QLatin1Char(',') || depth > 0))
            continue;
        Range phrase{start, i};
        while (phrase.start < phrase.end && text.at(phrase.start).isSpace())
            ++phrase.start;
        while (phrase.end > phrase.start && text.at(phrase.end - 1).isSpace())
            --phrase.end;
        found.push_back(phrase);
        start = i + 1;
    }
    return found;
}

} // namespace

PromptEditResult changeWeight(const QString &text, int start, int end, double delta)
{
    Range range{std::min(start, end), std::max(start, end)};
    while (range.start < range.end && text.at(range.start).isSpace())
        ++range.start;
    while (range.end > range.start && text.at(range.end - 1).isSpace())
        --range.end;
    if (auto tag = changeTag(text, range, delta))
        return *tag;

    QString result = text;
    if (const auto group = groupAround(text, range)) {
        const int contentEnd = group->colon > 0 ? group->colon : group->close;
        const QString content = text.mid(group->open + 1, contentEnd - group->open - 1);
        const double weight = rounded(group->weight + delta);
        const bool isPlain = std::abs(weight - 1.0) < 1e-6;
        const QString replacement = isPlain ? content : QStringLiteral("(%1:%2)").arg(content, weightText(weight));
        result.replace(group->open, group->close + 1 - group->open, replacement);
        const int contentStart = group->open + (isPlain ? 0 : 1);
        return {result, contentStart, contentStart + int(content.size()), true};
    }
    if (range.start == range.end)
        range = wordAround(text, range.start);
    if (range.start == range.end)
        return {text, start, end, false};
    const QString content = text.mid(range.start, range.end - range.start);
    result.replace(range.start, content.size(),
                   QStringLiteral("(%1:%2)").arg(content, weightText(rounded(1.0 + delta))));
    return {result, range.start + 1, range.end + 1, true};
}

PromptEditResult movePhrase(const QString &text, int start, int end, int direction)
{
    const std::vector<Range> all = phrases(text);
    const int cursor = std::min(start, end);
    int index = 0;
    for (int i = 0; i < int(all.size()); ++i) {
        if (cursor >= all[size_t(i)].start || i == 0)
            index = i;
    }
    const int other = index + direction;
    if (other < 0 || other >= int(all.size()))
        return {text, start, end, false};
    const Range left = all[size_t(std::min(index, other))];
    const Range right = all[size_t(std::max(index, other))];
    const QString leftText = text.mid(left.start, left.end - left.start);
    const QString rightText = text.mid(right.start, right.end - right.start);
    const QString between = text.mid(left.end, right.start - left.end);
    QString result = text;
    result.replace(left.start, right.end - left.start, rightText + between + leftText);
    const int movedStart = direction < 0 ? left.start : left.start + int(rightText.size()) + int(between.size());
    const int movedLength = int((direction < 0 ? rightText : leftText).size());
    return {result, movedStart, movedStart + movedLength, result != text};
}

std::vector<PromptSpan> promptSpans(const QString &line, PromptDepth &depth)
{
    std::vector<PromptSpan> spans;
    int start = depth.round + depth.square > 0 ? 0 : -1;
    for (int i = 0; i < line.size(); ++i) {
        const QChar c = line.at(i);
        if (isEscaped(line, i))
            continue;
        const bool wasOpen = depth.round + depth.square > 0;
        if (c == QLatin1Char('('))
            ++depth.round;
        else if (c == QLatin1Char('['))
            ++depth.square;
        else if (c == QLatin1Char(')') && depth.round > 0)
            --depth.round;
        else if (c == QLatin1Char(']') && depth.square > 0)
            --depth.square;
        const bool isOpen = depth.round + depth.square > 0;
        if (!wasOpen && isOpen) {
            start = i;
        } else if (wasOpen && !isOpen) {
            spans.push_back({start, i + 1 - start, PromptSpan::Kind::Weighted, {}});
            start = -1;
        }
    }
    if (start >= 0 && start < line.size())
        spans.push_back({start, int(line.size()) - start, PromptSpan::Kind::Weighted, {}});

    static const QRegularExpression tag(QStringLiteral("<\\w+:([^<>:]+)[^<>]*>"));
    for (auto it = tag.globalMatch(line); it.hasNext();) {
        const QRegularExpressionMatch match = it.next();
        spans.push_back(
            {int(match.capturedStart()), int(match.capturedLength()), PromptSpan::Kind::Tag, match.captured(1)});
    }
    static const QRegularExpression keyword(QStringLiteral("\\b(?:BREAK|AND)\\b"));
    for (auto it = keyword.globalMatch(line); it.hasNext();) {
        const QRegularExpressionMatch match = it.next();
        spans.push_back({int(match.capturedStart()), int(match.capturedLength()), PromptSpan::Kind::Keyword, {}});
    }
    return spans;
}

} // namespace ui
