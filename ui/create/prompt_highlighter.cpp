#include "ui/create/prompt_highlighter.h"

#include "ui/create/prompt_editing.h"

#include <algorithm>

namespace ui {

namespace {

PromptDepth depthOf(int state)
{
    return state < 0 ? PromptDepth{} : PromptDepth{state & 0xff, (state >> 8) & 0xff};
}

int stateOf(PromptDepth depth)
{
    return std::min(depth.round, 255) | (std::min(depth.square, 255) << 8);
}

} // namespace

PromptHighlighter::PromptHighlighter(QTextDocument *document) : QSyntaxHighlighter(document) {}

void PromptHighlighter::setColours(const QColor &weighted, const QColor &unknown, const QColor &keyword)
{
    m_weighted = weighted;
    m_unknown = unknown;
    m_keyword = keyword;
    rehighlight();
}

void PromptHighlighter::setKnownNames(const QSet<QString> &names)
{
    if (names == m_names)
        return;
    m_names = names;
    rehighlight();
}

void PromptHighlighter::highlightBlock(const QString &text)
{
    PromptDepth depth = depthOf(previousBlockState());
    for (const PromptSpan &span : promptSpans(text, depth)) {
        QTextCharFormat format;
        switch (span.kind) {
        case PromptSpan::Kind::Weighted:
            format.setForeground(m_weighted);
            format.setFontWeight(QFont::Medium);
            break;
        case PromptSpan::Kind::Tag:
            format.setForeground(m_weighted);
            if (!m_names.contains(span.name)) {
                format.setUnderlineStyle(QTextCharFormat::WaveUnderline);
                format.setUnderlineColor(m_unknown);
            }
            break;
        case PromptSpan::Kind::Keyword:
            format.setForeground(m_keyword);
            format.setFontWeight(QFont::DemiBold);
            break;
        }
        setFormat(span.start, span.length, format);
    }
    setCurrentBlockState(stateOf(depth)); // another depth makes Qt look at the next line again
}

} // namespace ui
