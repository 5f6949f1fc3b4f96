#include "ui/create/prompt_section.h"

#include "ui/common/badge.h"
#include "ui/common/elided_label.h"
#include "ui/common/theme.h"
#include "ui/create/glyph.h"
#include "ui/create/prompt_edit.h"
#include "ui/create/token_counter.h"

#include <QVBoxLayout>

#include <algorithm>

namespace ui {

PromptSection::PromptSection(QWidget *parent) : QWidget(parent), m_counter(new TokenCounter(this))
{
    const Metrics &metrics = theme().metrics();
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);

    m_fields = new QWidget(this);
    auto *fields = new QVBoxLayout(m_fields);
    fields->setContentsMargins(0, 0, 0, 0);
    fields->setSpacing(metrics.labelGap);
    m_prompt = new PromptEdit(84, 200, m_fields);
    m_prompt->setObjectName(QStringLiteral("prompt"));
    m_prompt->setPlaceholderText(tr("What should the picture show?"));
    m_prompt->setAccessibleName(tr("Prompt"));
    m_prompt->setAccessibleDescription(tr(
        "Ctrl+Up and Ctrl+Down change the weight of the selection, Alt+Left and Alt+Right move a phrase, Alt+Up goes "
        "to earlier prompts."));
    m_negative = new PromptEdit(44, 120, m_fields);
    m_negative->setObjectName(QStringLiteral("negativePrompt"));
    m_negative->setPlaceholderText(tr("What should not be in the picture"));
    m_negative->setAccessibleName(tr("Negative prompt"));
    m_promptLabel = new FieldLabel(tr("Prompt"), m_prompt, m_fields);
    m_negativeLabel = new FieldLabel(tr("Negative prompt"), m_negative, m_fields);
    FieldLabel *labels[2] = {m_promptLabel, m_negativeLabel};
    for (int i = 0; i < 2; ++i) {
        m_chunks[i] = new Badge({}, BadgeKind::Neutral, labels[i]);
        labels[i]->layout()->addWidget(m_chunks[i]);
        m_chunks[i]->hide();
    }
    fields->addWidget(m_promptLabel);
    fields->addWidget(m_prompt);
    fields->addSpacing(metrics.fieldGap - metrics.labelGap);
    fields->addWidget(m_negativeLabel);
    fields->addWidget(m_negative);
    column->addWidget(m_fields);

    m_notice = new QWidget(this);
    auto *row = new QHBoxLayout(m_notice);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(metrics.space2);
    auto *sign = new Glyph(QStringLiteral("info"), Token::Text2, metrics.iconHead, m_notice);
    m_noticeText = new Label({}, TextStyle::Body, Token::Text2, m_notice);
    m_noticeText->setObjectName(QStringLiteral("noPrompt"));
    m_noticeText->setWordWrap(true);
    row->addWidget(sign, 0, Qt::AlignTop);
    row->addWidget(m_noticeText, 1);
    column->addWidget(m_notice);
    m_notice->hide();

    connect(m_prompt, &QPlainTextEdit::textChanged, this, [this] {
        m_counter->count(0, prompt(), m_weighting);
        Q_EMIT edited();
    });
    connect(m_negative, &QPlainTextEdit::textChanged, this, [this] {
        m_counter->count(1, negativePrompt(), m_weighting);
        Q_EMIT edited();
    });
    connect(m_counter, &TokenCounter::counted, this, &PromptSection::showCount);
}

QString PromptSection::prompt() const
{
    return m_prompt->toPlainText();
}
QString PromptSection::negativePrompt() const
{
    return m_negative->toPlainText();
}

void PromptSection::setPrompts(const QString &prompt, const QString &negativePrompt)
{
    m_prompt->replaceText(prompt);
    m_negative->replaceText(negativePrompt);
}

void PromptSection::setHistory(const QStringList &prompts)
{
    m_prompt->setHistory(prompts);
}

void PromptSection::setModel(const QString &path, const QString &name, bool takesPrompt)
{
    m_takesPrompt = takesPrompt;
    m_fields->setVisible(takesPrompt);
    m_notice->setVisible(!takesPrompt);
    m_noticeText->setText(
        tr("%1 takes no prompt. It draws pictures like those it was trained on; the seed decides which.").arg(name));
    m_counter->setModel(path);
    countAgain();
}

void PromptSection::setWeighting(engine::PromptWeighting weighting)
{
    if (weighting == m_weighting)
        return;
    m_weighting = weighting;
    countAgain();
}

void PromptSection::countAgain()
{
    if (!m_takesPrompt)
        return;
    m_counter->count(0, prompt(), m_weighting);
    m_counter->count(1, negativePrompt(), m_weighting);
}

void PromptSection::showCount(int field, int tokens, int limit)
{
    FieldLabel *label = field == 0 ? m_promptLabel : m_negativeLabel;
    if (limit <= 0) {
        label->setCaption({});
        m_chunks[field]->hide();
        return;
    }
    const int chunk = 75;
    const int chunks = std::max(1, limit / chunk);
    const bool isNearlyFull = chunks == 1 && tokens > limit - 5;
    Token color = Token::Text3;
    if (isNearlyFull)
        color = Token::Warning;
    else if (chunks > 1)
        color = Token::Text2;
    //: tokens of a prompt / tokens that fit
    label->setCaption(tr("%1 / %2").arg(tokens).arg(limit), color);
    m_chunks[field]->setText(tr("%n chunks", nullptr, chunks), BadgeKind::Neutral);
    m_chunks[field]->setVisible(chunks > 1);
}

} // namespace ui
