#pragma once

#include "ui/common/thumbnail_delegate.h"

#include <QCache>
#include <QElapsedTimer>
#include <QPixmap>

namespace ui {

/// Thumbnails as they stand in their cells: scaled, cropped, rounded, with stars and marks; made once instead of at
/// each paint. A frame spends a few milliseconds on new ones; the rest are drawn roughly until there is time.
class TileCache
{
public:
    /// \param bytes most that is kept
    explicit TileCache(qsizetype bytes);

    /// Side of the cells and device pixels per pixel; what was made for others is dropped.
    void setCell(int side, double ratio);
    void clear();
    /// Time for new tiles starts to run.
    void beginFrame();
    /// Whether a tile was drawn roughly in this frame: paint again soon.
    [[nodiscard]] bool isIncomplete() const { return m_isIncomplete; }

    /// \param id  what the thumbnail belongs to
    void paint(QPainter &painter, const QRect &cell, qint64 id, const ThumbnailState &state);

private:
    struct Tile
    {
        qint64 image = 0; ///< QImage::cacheKey
        int marks = 0;
        QPixmap pixmap;
    };

    [[nodiscard]] QPixmap make(const QSize &cell, const ThumbnailState &state);

    QCache<qint64, Tile> m_tiles; ///< cost in kilobytes
    QImage m_mask;                ///< round corners
    QImage m_edge;                ///< the line along them
    QElapsedTimer m_clock;
    int m_side = 0;
    double m_ratio = 1.0;
    bool m_isIncomplete = false;
};

} // namespace ui
