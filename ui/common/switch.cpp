#include "ui/common/switch.h"

#include "ui/common/painting.h"

namespace ui {

Switch::Switch(QWidget *parent) : QAbstractButton(parent)
{
    setCheckable(true);
    setAttribute(Qt::WA_Hover);
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    setProperty("focusRadius", 10);
}

void Switch::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const Theme &t = theme();
    const bool on = isChecked();
    QColor fill = t.color(on ? (underMouse() ? Token::AccentHover : Token::Accent) : Token::Hover);
    QColor knob = t.color(on ? Token::OnAccent : Token::Text2);
    QColor line = on ? QColor() : t.color(Token::LineField);
    if (!isEnabled()) {
        fill = t.color(Token::Line);
        knob = t.color(Token::Disabled);
        line = QColor();
    }
    const QRectF box(0, (height() - 20) / 2.0, 36, 20);
    drawBox(painter, box, 10, fill, line);
    drawBox(painter, QRectF(box.left() + (on ? 19 : 3), box.top() + 3, 14, 14), 7, knob);
}

} // namespace ui
