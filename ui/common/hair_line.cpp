#include "ui/common/hair_line.h"

#include "ui/common/theme.h"

#include <QPainter>

namespace ui {

HairLine::HairLine(QWidget *parent, Qt::Orientation orientation, int length) : QWidget(parent)
{
    if (orientation == Qt::Horizontal) {
        setFixedHeight(1);
        setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    } else {
        setFixedSize(1, length);
    }
}

void HairLine::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.fillRect(rect(), theme().color(Token::Line));
}

} // namespace ui
