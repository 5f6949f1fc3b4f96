#include "ui/common/tool_bar.h"

#include "ui/common/theme.h"

#include <QPainter>

namespace ui {

ToolBar::ToolBar(int height, QWidget *parent) : QWidget(parent), m_row(new QHBoxLayout(this))
{
    setFixedHeight(height);
    m_row->setContentsMargins(16, 0, 16, 1);
    m_row->setSpacing(theme().metrics().space2);
}

void ToolBar::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.fillRect(rect(), theme().color(Token::Window));
    painter.fillRect(0, height() - 1, width(), 1, theme().color(Token::Line));
}

} // namespace ui
