#include "ui/settings/setting_row.h"

#include "ui/common/elided_label.h"
#include "ui/common/painting.h"

#include <QHBoxLayout>

namespace ui {

SettingRow::SettingRow(const QString &title, const QString &text, QWidget *control, QWidget *parent)
    : QWidget(parent), m_titleText(title), m_text(new Label(text, TextStyle::Detail, Token::Text3, this))
{
    auto *name = new Label(title, TextStyle::Control, Token::Text, this);
    m_text->setWordWrap(true);
    m_text->setVisible(!text.isEmpty());
    auto *words = new QVBoxLayout;
    words->setSpacing(2);
    words->addStretch(1);
    words->addWidget(name);
    words->addWidget(m_text);
    words->addStretch(1);
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(16, 12, 16, 13);
    row->setSpacing(32);
    row->addLayout(words, 1);
    if (control) {
        control->setParent(this);
        if (control->accessibleName().isEmpty())
            control->setAccessibleName(title);
        control->setAccessibleDescription(text);
        auto *holder = new QHBoxLayout;
        holder->setContentsMargins(0, 0, 0, 0);
        if (control->sizePolicy().horizontalPolicy() == QSizePolicy::Fixed) {
            holder->addStretch(1);
            holder->addWidget(control, 0, Qt::AlignVCenter);
        } else {
            control->setFixedWidth(264);
            holder->addWidget(control, 0, Qt::AlignVCenter);
        }
        row->addLayout(holder);
    }
}

void SettingRow::setText(const QString &text)
{
    m_text->setText(text);
    m_text->setVisible(!text.isEmpty());
}

bool SettingRow::matches(const QString &words) const
{
    const QStringList each = words.split(QLatin1Char(' '), Qt::SkipEmptyParts);
    for (const QString &word : each) {
        if (!m_titleText.contains(word, Qt::CaseInsensitive) && !m_text->text().contains(word, Qt::CaseInsensitive))
            return false;
    }
    return !each.isEmpty();
}

void SettingRow::setHighlighted(bool highlighted)
{
    m_isHighlighted = highlighted;
    update();
}

void SettingRow::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    if (m_isHighlighted)
        drawBox(painter, QRectF(rect()).adjusted(2, 2, -2, -3), 6, theme().color(Token::AccentSoft),
                theme().color(Token::AccentLine));
    // A hairline below all but the last row of the card.
    const QWidget *card = parentWidget();
    if (card && geometry().bottom() < card->height() - 4)
        painter.fillRect(0, height() - 1, width(), 1, theme().color(Token::Line));
}

} // namespace ui
