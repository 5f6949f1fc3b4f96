#include "ui/common/panel_head.h"

#include "ui/common/elided_label.h"
#include "ui/common/icon_button.h"
#include "ui/common/painting.h"

#include <QHBoxLayout>

namespace ui {

PanelHead::PanelHead(const QString &title, QWidget *parent)
    : QWidget(parent)
    , m_title(new Label(title, TextStyle::Panel, Token::Text, this))
    , m_note(new Label(QString(), TextStyle::Body, Token::Text3, this))
    , m_row(new QHBoxLayout(this))
{
    m_row->setContentsMargins(16, 0, 10, 1);
    m_row->setSpacing(theme().metrics().space2);
    m_row->addWidget(m_title);
    m_row->addWidget(m_note);
    m_row->addStretch(1);
    setFixedHeight(theme().metrics().panelHead);
}

void PanelHead::setTitle(const QString &title)
{
    m_title->setText(title);
}

void PanelHead::setNote(const QString &note)
{
    m_note->setText(note);
}

IconButton *PanelHead::addButton(const QString &iconName, const QString &name)
{
    auto *button = new IconButton(iconName, name, this);
    m_row->addWidget(button);
    return button;
}

void PanelHead::addWidget(QWidget *widget)
{
    m_row->addWidget(widget);
}

void PanelHead::setLineVisible(bool visible)
{
    m_hasLine = visible;
    update();
}

void PanelHead::paintEvent(QPaintEvent *)
{
    if (!m_hasLine)
        return;
    QPainter painter(this);
    painter.fillRect(0, height() - 1, width(), 1, theme().color(Token::Line));
}

} // namespace ui
