#include "ui/compare/overview.h"

#include "ui/common/theme.h"

#include <QMouseEvent>
#include <QPainter>

#include <algorithm>

namespace ui {

Overview::Overview(QWidget *parent) : QWidget(parent)
{
    setFixedSize(96, 96);
    setAccessibleName(tr("Part of the picture that is shown"));
}

void Overview::setPicture(const QImage &picture)
{
    m_picture = picture;
    update();
}

void Overview::setPart(const QRectF &part)
{
    m_part = part;
    update();
}

QRectF Overview::pictureRect() const
{
    const QSizeF size = QSizeF(m_picture.size()).scaled(QSizeF(this->size()), Qt::KeepAspectRatio);
    return {(width() - size.width()) / 2, (height() - size.height()) / 2, size.width(), size.height()};
}

void Overview::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.fillRect(rect(), theme().color(Token::Canvas));
    if (m_picture.isNull())
        return;
    const QRectF whole = pictureRect();
    painter.setRenderHint(QPainter::SmoothPixmapTransform);
    painter.drawImage(whole, m_picture);
    if (m_part.width() > 0.999 && m_part.height() > 0.999)
        return;
    const QRectF part(whole.left() + m_part.left() * whole.width(), whole.top() + m_part.top() * whole.height(),
                      m_part.width() * whole.width(), m_part.height() * whole.height());
    painter.setPen(QPen(theme().color(Token::Accent), 2));
    painter.drawRect(part.adjusted(1, 1, -1, -1));
}

void Overview::ask(const QPointF &position)
{
    const QRectF whole = pictureRect();
    if (whole.isEmpty())
        return;
    Q_EMIT centreWanted({std::clamp((position.x() - whole.left()) / whole.width(), 0.0, 1.0),
                         std::clamp((position.y() - whole.top()) / whole.height(), 0.0, 1.0)});
}

void Overview::mousePressEvent(QMouseEvent *event)
{
    ask(event->position());
}

void Overview::mouseMoveEvent(QMouseEvent *event)
{
    ask(event->position());
}

} // namespace ui
