#pragma once

#include <QColor>
#include <QSet>
#include <QSyntaxHighlighter>

namespace ui {

/// Colours the weighted parts of a prompt and underlines tags that name something that is not there.
class PromptHighlighter : public QSyntaxHighlighter
{
    Q_OBJECT
public:
    explicit PromptHighlighter(QTextDocument *document);

    void setColours(const QColor &weighted, const QColor &unknown, const QColor &keyword);
    /// Names that tags like <lora:name:1> may use.
    void setKnownNames(const QSet<QString> &names);

protected:
    void highlightBlock(const QString &text) override;

private:
    QColor m_weighted;
    QColor m_unknown;
    QColor m_keyword;
    QSet<QString> m_names;
};

} // namespace ui
