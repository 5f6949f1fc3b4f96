#pragma once

#include <QImage>
#include <QList>
#include <QRectF>

class QPainter;

namespace ui {

/// A picture and its halves, quarters, ...: drawn at any size at once, without skipping pixels.
class PictureLevels
{
public:
    PictureLevels() = default;
    /// Makes the smaller ones: a few milliseconds a megapixel, for the pool.
    explicit PictureLevels(const QImage &picture);

    [[nodiscard]] bool isNull() const { return m_levels.isEmpty(); }
    [[nodiscard]] QImage picture() const { return m_levels.isEmpty() ? QImage() : m_levels.first(); }
    [[nodiscard]] QSize size() const { return m_levels.isEmpty() ? QSize() : m_levels.first().size(); }
    /// About `side` pixels on the longer side, at least (if there are that many).
    [[nodiscard]] QImage about(int side) const;

    /// Draws the part of the picture that lies in `clip`; all of it would fill `target`.
    /// \param isSmooth  false: enlarged pixels are squares
    void draw(QPainter &painter, const QRectF &target, const QRectF &clip, bool isSmooth) const;

private:
    QList<QImage> m_levels; ///< largest first
};

} // namespace ui
