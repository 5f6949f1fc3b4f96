#pragma once

#include "engine/request.h"

#include <QStringList>
#include <QWidget>

namespace ui {

class Badge;
class FieldLabel;
class Label;
class PromptEdit;
class TokenCounter;

/// Prompt and negative prompt with their counters; words instead where a model takes no prompt.
class PromptSection : public QWidget
{
    Q_OBJECT
public:
    explicit PromptSection(QWidget *parent = nullptr);

    [[nodiscard]] QString prompt() const;
    [[nodiscard]] QString negativePrompt() const;
    void setPrompts(const QString &prompt, const QString &negativePrompt);
    void setHistory(const QStringList &prompts);
    /// The model whose tokenizer counts, and whether it takes a prompt at all.
    void setModel(const QString &path, const QString &name, bool takesPrompt);
    void setWeighting(engine::PromptWeighting weighting);
    [[nodiscard]] bool takesPrompt() const { return m_takesPrompt; }
    [[nodiscard]] PromptEdit *promptEdit() const { return m_prompt; }
    [[nodiscard]] PromptEdit *negativeEdit() const { return m_negative; }

Q_SIGNALS:
    void edited();

private:
    void showCount(int field, int tokens, int limit);
    void countAgain();

    FieldLabel *m_promptLabel;
    FieldLabel *m_negativeLabel;
    Badge *m_chunks[2];
    PromptEdit *m_prompt;
    PromptEdit *m_negative;
    QWidget *m_fields;
    QWidget *m_notice;
    Label *m_noticeText;
    TokenCounter *m_counter;
    engine::PromptWeighting m_weighting = engine::PromptWeighting::A1111;
    bool m_takesPrompt = true;
};

} // namespace ui
