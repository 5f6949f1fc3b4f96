#include "ui/train/kind_choice.h"

#include "ui/common/painting.h"

#include <QKeyEvent>
#include <QVBoxLayout>

namespace ui {

ChoiceCard::ChoiceCard(const QString &title, const QString &detail, QWidget *parent) : QAbstractButton(parent)
{
    setText(title);
    setCheckable(true);
    setAttribute(Qt::WA_Hover);
    setFocusPolicy(Qt::NoFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setProperty("focusRadius", theme().metrics().radiusCard);
    setAccessibleName(title);
    setDetail(detail);
}

void ChoiceCard::setDetail(const QString &detail)
{
    m_detail = detail;
    setAccessibleDescription(detail);
    update();
}

void ChoiceCard::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const Theme &t = theme();
    const bool on = isChecked();
    const QColor fill = on                            ? t.color(Token::AccentSoft)
                        : isDown()                    ? t.color(Token::Pressed)
                        : underMouse() && isEnabled() ? t.color(Token::Hover)
                                                      : QColor();
    drawBox(painter, rect(), t.metrics().radiusCard, fill, t.color(on ? Token::AccentLine : Token::Line));
    const bool mirrored = layoutDirection() == Qt::RightToLeft;
    const QRectF mark(mirrored ? width() - 28 : 12, (height() - 16) / 2.0, 16, 16);
    drawBox(painter, mark, 8, on ? t.color(Token::Accent) : t.color(Token::Field),
            on ? t.color(Token::Accent) : t.color(Token::LineField));
    if (on)
        drawBox(painter, mark.adjusted(5, 5, -5, -5), 3, t.color(Token::OnAccent));
    const QRectF text = mirrored ? QRectF(12, 0, width() - 52, height()) : QRectF(40, 0, width() - 52, height());
    const Qt::Alignment side = mirrored ? Qt::AlignRight : Qt::AlignLeft;
    drawElided(painter, QRectF(text.left(), 6, text.width(), 18), this->text(), t.font(TextStyle::Control),
               t.color(isEnabled() ? Token::Text : Token::Disabled), side | Qt::AlignVCenter);
    drawElided(painter, QRectF(text.left(), 25, text.width(), 16), m_detail, t.font(TextStyle::Caption),
               t.color(!isEnabled() ? Token::Disabled
                       : on         ? Token::Text2
                                    : Token::Text3),
               side | Qt::AlignVCenter);
}

ChoiceCards::ChoiceCards(QWidget *parent) : QWidget(parent)
{
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme().metrics().space2);
}

int ChoiceCards::addCard(const QString &title, const QString &detail)
{
    auto *card = new ChoiceCard(title, detail, this);
    const int index = int(m_cards.size());
    m_cards.append(card);
    layout()->addWidget(card);
    connect(card, &QAbstractButton::clicked, this, [this, index] { setCurrentIndex(index); });
    return index;
}

void ChoiceCards::setCurrentIndex(int index)
{
    const bool isOther = index != m_current;
    m_current = index;
    for (int i = 0; i < m_cards.size(); ++i) {
        m_cards.at(i)->setChecked(i == index);
        m_cards.at(i)->setFocusPolicy(i == index ? Qt::StrongFocus : Qt::NoFocus);
    }
    if (index >= 0)
        setFocusProxy(m_cards.at(index));
    if (isOther)
        Q_EMIT currentChanged(index);
}

void ChoiceCards::keyPressEvent(QKeyEvent *event)
{
    const int step = event->key() == Qt::Key_Down ? 1 : event->key() == Qt::Key_Up ? -1 : 0;
    if (step == 0 || m_cards.isEmpty()) {
        QWidget::keyPressEvent(event);
        return;
    }
    const int count = int(m_cards.size());
    for (int i = 1; i <= count; ++i) {
        const int next = ((m_current + step * i) % count + count) % count;
        if (!m_cards.at(next)->isEnabled())
            continue;
        setCurrentIndex(next);
        m_cards.at(next)->setFocus(Qt::TabFocusReason);
        return;
    }
}

} // namespace ui
