#include "ui/common/chip.h"

#include "ui/common/icons.h"
#include "ui/common/painting.h"

#include <QKeyEvent>
#include <QMouseEvent>

namespace ui {

Chip::Chip(const QString &text, QWidget *parent) : QAbstractButton(parent)
{
    setText(text);
    setAccessibleName(text);
    setAttribute(Qt::WA_Hover);
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Fixed);
    setProperty("focusRadius", 12);
}

void Chip::setOn(bool on)
{
    m_isOn = on;
    setAccessibleDescription(on ? tr("on") : QString());
    updateGeometry();
    update();
}

void Chip::setRemovable(bool removable)
{
    m_isRemovable = removable;
    updateGeometry();
    update();
}

QSize Chip::sizeHint() const
{
    const int text = QFontMetrics(theme().font(TextStyle::Detail)).horizontalAdvance(this->text());
    return {text + 22 + (hasCross() ? 18 : 0), theme().metrics().chip};
}

QSize Chip::minimumSizeHint() const
{
    return {std::min(sizeHint().width(), 56), theme().metrics().chip};
}

void Chip::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const Theme &t = theme();
    const bool hovered = isEnabled() && underMouse();
    QColor fill = t.color(isDown() ? Token::Pressed : hovered ? Token::Hover : Token::Raised);
    QColor line = t.color(Token::Line);
    QColor ink = t.color(hovered ? Token::Text : Token::Text2);
    if (m_isOn) {
        fill = t.color(Token::AccentSoft);
        line = t.color(Token::AccentLine);
        ink = t.color(Token::AccentText);
    }
    if (!isEnabled()) {
        fill = QColor();
        ink = t.color(Token::Disabled);
    }
    drawBox(painter, rect(), height() / 2.0, fill, line);
    QRectF text = QRectF(rect()).adjusted(10, 0, hasCross() ? -26 : -10, 0);
    drawElided(painter, text, this->text(), t.font(TextStyle::Detail), ink);
    if (hasCross())
        drawIcon(painter, QRectF(width() - 22, height() / 2.0 - 6, 12, 12), QStringLiteral("close"), ink);
}

void Chip::mouseReleaseEvent(QMouseEvent *event)
{
    if (hasCross() && event->button() == Qt::LeftButton && rect().contains(event->pos()) &&
        event->pos().x() > width() - 26) {
        setDown(false);
        Q_EMIT removed();
        return;
    }
    QAbstractButton::mouseReleaseEvent(event);
}

void Chip::keyPressEvent(QKeyEvent *event)
{
    if (hasCross() && (event->key() == Qt::Key_Delete || event->key() == Qt::Key_Backspace)) {
        Q_EMIT removed();
        return;
    }
    QAbstractButton::keyPressEvent(event);
}

} // namespace ui
