#include "ui/learn/forward_tile.h"

#include "ui/common/formula.h"
#include "ui/common/painting.h"

#include <QPainterPath>

#include <cmath>

namespace ui {

void paintPicture(QPainter &painter, const QRectF &box, const QImage &image)
{
    QSizeF size = image.size();
    size.scale(box.size(), Qt::KeepAspectRatio);
    QRectF target(QPointF(), size);
    target.moveCenter(box.center());
    target = QRectF(std::round(target.left()), std::round(target.top()), std::round(target.width()),
                    std::round(target.height()));
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setRenderHint(QPainter::SmoothPixmapTransform);
    painter.drawImage(target, image);
    painter.restore();
}

ForwardTile::ForwardTile(const QString &title, const QString &formula, const QString &spoken, QWidget *parent)
    : QWidget(parent), m_title(title), m_formula(formula)
{
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    setAccessibleName(title);
    setToolTip(spoken);
    connect(&theme(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

void ForwardTile::setImage(const QImage &image)
{
    m_image = image;
    update();
}

void ForwardTile::setCaption(const QString &caption)
{
    if (caption == m_caption)
        return;
    m_caption = caption;
    setAccessibleDescription(caption);
    update();
}

void ForwardTile::setEmptyText(const QString &text)
{
    m_empty = text;
    update();
}

void ForwardTile::setSide(int side)
{
    if (side == m_side)
        return;
    m_side = side;
    updateGeometry();
    update();
}

QSize ForwardTile::sizeHint() const
{
    return {m_side, m_side + extraHeight()};
}

void ForwardTile::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const Theme &t = theme();
    const FormulaSize formula = formulaSize(m_formula, 15);
    drawElided(painter, QRectF(0, 0, width() - formula.width - 8, 24), m_title, t.font(TextStyle::Panel),
               t.color(Token::Text));
    drawFormula(painter, QPointF(width() - formula.width - 1, 16), m_formula, 15, t.color(Token::Text2));
    const QRectF box(0, 28, width(), m_side);
    if (m_image.isNull()) {
        drawBox(painter, box, t.metrics().radiusBadge, t.color(Token::Window), t.color(Token::Line));
        painter.setFont(t.font(TextStyle::Detail));
        painter.setPen(t.color(Token::Text3));
        painter.drawText(box.adjusted(12, 12, -12, -12), int(Qt::AlignCenter) | Qt::TextWordWrap, m_empty);
    } else {
        paintPicture(painter, box, m_image);
    }
    drawElided(painter, QRectF(0, box.bottom() + 4, width(), 16), m_caption, t.font(TextStyle::Detail),
               t.color(Token::Text3));
}

} // namespace ui
