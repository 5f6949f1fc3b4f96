#include "ui/compare/picture_levels.h"

#include <QPaintDevice>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace ui {

namespace {

constexpr int kSmallest = 64;

} // namespace

PictureLevels::PictureLevels(const QImage &picture)
{
    if (picture.isNull())
        return;
    m_levels.append(picture.convertToFormat(picture.hasAlphaChannel() ? QImage::Format_ARGB32_Premultiplied
                                                                      : QImage::Format_RGB32));
    while (std::min(m_levels.last().width(), m_levels.last().height()) >= 2 * kSmallest) {
        const QImage &last = m_levels.last();
        m_levels.append(
            last.scaled(last.width() / 2, last.height() / 2, Qt::IgnoreAspectRatio, Qt::SmoothTransformation));
    }
}

QImage PictureLevels::about(int side) const
{
    for (auto level = m_levels.rbegin(); level != m_levels.rend(); ++level) {
        if (std::max(level->width(), level->height()) >= side)
            return *level;
    }
    return picture();
}

void PictureLevels::draw(QPainter &painter, const QRectF &target, const QRectF &clip, bool isSmooth) const
{
    const QRectF visible = target.intersected(clip);
    if (isNull() || visible.isEmpty())
        return;
    // The smallest level that still has a pixel for each of the screen.
    const double ratio = painter.device()->devicePixelRatioF();
    const QImage *level = &m_levels.first();
    for (const QImage &each : m_levels) {
        if (each.width() >= target.width() * ratio * 0.99)
            level = &each;
    }
    const double perX = level->width() / target.width();
    const double perY = level->height() / target.height();
    const QRectF source((visible.left() - target.left()) * perX, (visible.top() - target.top()) * perY,
                        visible.width() * perX, visible.height() * perY);
    const bool isEnlarged = target.width() * ratio > m_levels.first().width();
    painter.setRenderHint(QPainter::SmoothPixmapTransform, isSmooth || !isEnlarged);
    painter.drawImage(visible, *level, source);
}

} // namespace ui
