#include "ui/gallery/tile_cache.h"

#include "ui/common/painting.h"

namespace ui {

namespace {

constexpr qint64 kBudgetNs = 3'000'000; ///< a frame has 16 ms, and the rest of it wants some

int marksOf(const ThumbnailState &state)
{
    return state.stars | (state.label << 4) | (int(state.isRejected) << 8) | (int(state.isMissing) << 9);
}

/// The part of an image that fills a cell.
QRectF sourceOf(const QSize &cell, const QImage &image)
{
    const double scale = std::max(cell.width() / double(image.width()), cell.height() / double(image.height()));
    QRectF source(0, 0, cell.width() / scale, cell.height() / scale);
    source.moveCenter(QRectF(image.rect()).center());
    return source;
}

/// Unsmoothed and with square corners, for a frame or two.
void paintRoughly(QPainter &painter, const QRect &cell, const QImage &image)
{
    painter.setRenderHint(QPainter::SmoothPixmapTransform, false);
    painter.drawImage(cell, image, sourceOf(cell.size(), image).toAlignedRect().intersected(image.rect()));
}

} // namespace

TileCache::TileCache(qsizetype bytes) : m_tiles(bytes / 1024)
{
    m_clock.start();
}

void TileCache::setCell(int side, double ratio)
{
    if (side == m_side && qFuzzyCompare(ratio, m_ratio))
        return;
    m_side = side;
    m_ratio = ratio;
    clear();
}

void TileCache::clear()
{
    m_tiles.clear();
    m_mask = {};
    m_edge = {};
}

QPixmap TileCache::make(const QSize &cell, const ThumbnailState &state)
{
    const QSize size = (QSizeF(cell) * m_ratio).toSize();
    const QRectF whole(0, 0, cell.width(), cell.height());
    const auto empty = [&] {
        QImage image(size, QImage::Format_ARGB32_Premultiplied);
        image.setDevicePixelRatio(m_ratio);
        image.fill(Qt::transparent);
        return image;
    };
    QImage tile = empty();
    const bool isPlain = !state.image.isNull() && !state.image.hasAlphaChannel() && marksOf(state) == 0;
    if (!isPlain) {
        QPainter painter(&tile);
        paintThumbnail(painter, whole, state);
        painter.end();
        return QPixmap::fromImage(std::move(tile));
    }
    // Clipping to round corners costs more than all the rest: the corners come from a mask that is made once.
    const double radius = theme().metrics().radiusControl;
    if (m_mask.size() != size) {
        m_mask = empty();
        QPainter mask(&m_mask);
        drawBox(mask, whole, radius, Qt::white);
        mask.end();
        m_edge = empty();
        QPainter edge(&m_edge);
        drawBox(edge, whole, radius, {}, theme().color(Token::Edge));
    }
    QPainter painter(&tile);
    painter.setRenderHint(QPainter::SmoothPixmapTransform);
    painter.setCompositionMode(QPainter::CompositionMode_Source);
    painter.drawImage(whole, state.image, sourceOf(cell, state.image));
    painter.setCompositionMode(QPainter::CompositionMode_DestinationIn);
    painter.drawImage(QPointF(), m_mask);
    painter.setCompositionMode(QPainter::CompositionMode_SourceOver);
    painter.drawImage(QPointF(), m_edge);
    painter.end();
    return QPixmap::fromImage(std::move(tile));
}

void TileCache::beginFrame()
{
    m_clock.restart();
    m_isIncomplete = false;
}

void TileCache::paint(QPainter &painter, const QRect &cell, qint64 id, const ThumbnailState &state)
{
    // Rings lie outside the cell and change often; a hovered cell shows empty stars.
    const bool isBare = state.image.isNull() && !state.isMissing;
    const qint64 key = isBare ? 0 : id;
    const int marks = marksOf(state);
    const qint64 image = state.image.isNull() ? 0 : state.image.cacheKey();
    Tile *tile = m_tiles.object(key);
    if (!tile || tile->image != image || tile->marks != marks) {
        if (!isBare && m_clock.nsecsElapsed() > kBudgetNs && !state.image.isNull()) {
            m_isIncomplete = true;
            if (tile)
                painter.drawPixmap(cell.topLeft(), tile->pixmap); // an older one is better than a rough one
            else
                paintRoughly(painter, cell, state.image);
            return;
        }
        ThumbnailState still = state;
        still.isCurrent = false;
        still.isSelected = false;
        still.hasCheck = false;
        still.hoverStars = -1;
        tile = new Tile{image, marks, make(cell.size(), still)};
        const qsizetype cost = qsizetype(tile->pixmap.width()) * tile->pixmap.height() * 4 / 1024 + 1;
        const QPixmap made = tile->pixmap;
        m_tiles.insert(key, tile, cost); // may drop it at once if it alone is too large
        painter.drawPixmap(cell.topLeft(), made);
        return;
    }
    painter.drawPixmap(cell.topLeft(), tile->pixmap);
}

} // namespace ui
