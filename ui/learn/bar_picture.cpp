#include "ui/learn/bar_picture.h"

#include <QImage>
#include <QPainter>
#include <QPainterPath>
#include <QWidget>

namespace ui {

void paintBarPicture(QWidget *widget, const QImage &image)
{
    QPainter painter(widget);
    painter.setRenderHints(QPainter::Antialiasing | QPainter::SmoothPixmapTransform);
    const QRectF whole = widget->rect();
    QPainterPath clip;
    clip.addRoundedRect(whole, 4, 4);
    painter.setClipPath(clip);
    QSizeF size = image.size();
    size.scale(whole.size(), Qt::KeepAspectRatioByExpanding);
    painter.drawImage(QRectF(whole.center() - QPointF(size.width() / 2, size.height() / 2), size), image);
}

} // namespace ui
