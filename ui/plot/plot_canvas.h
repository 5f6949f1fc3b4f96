#pragma once

#include "app/xy_plot.h"

#include <QCache>
#include <QImage>
#include <QPointer>
#include <QSet>
#include <QThreadPool>
#include <QWidget>

namespace app {
class JobQueue;
class Thumbnails;
} // namespace app

namespace ui {

/// The sheet of an X/Y plot: a table of pictures with headings that stay, zoomed by the wheel and panned by dragging.
class PlotCanvas : public QWidget
{
    Q_OBJECT
public:
    PlotCanvas(app::JobQueue &queue, app::Thumbnails &thumbnails, QWidget *parent = nullptr);
    ~PlotCanvas() override;

    void setPlot(app::XyPlot *plot); ///< may be null
    [[nodiscard]] app::XyPlot *plot() const { return m_plot; }
    [[nodiscard]] QPoint current() const { return m_current; }
    void setCurrent(QPoint cell);
    /// Screen pixels a picture pixel, 1: as large as the pictures are.
    [[nodiscard]] double zoom() const { return m_zoom; }
    [[nodiscard]] bool isFitted() const { return m_isFitted; }
    /// Where a cell stands in the widget.
    [[nodiscard]] QRectF cellRect(QPoint cell) const;
    /// "Steps 20, Sampler Euler: finished".
    [[nodiscard]] QString cellText(QPoint cell) const;

public Q_SLOTS:
    void zoomIn();
    void zoomOut();
    void fit();

Q_SIGNALS:
    void zoomChanged(double zoom);
    void currentChanged(QPoint cell);
    void activated(QPoint cell); ///< Enter or a double click
    void tryAgainRequested(QPoint cell);
    void menuRequested(QPoint cell, const QPoint &globalPosition);

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void wheelEvent(QWheelEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void mouseDoubleClickEvent(QMouseEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;
    bool event(QEvent *event) override;

private:
    /// A picture larger than thumbnails are, no larger than it was needed.
    struct Large
    {
        QImage image = {};
        bool isWhole = false;
    };

    [[nodiscard]] QSizeF pictureSize() const; ///< of a cell at zoom 1
    [[nodiscard]] QSizeF cellSize() const;
    [[nodiscard]] double headWidth() const;
    [[nodiscard]] double headHeight() const;
    [[nodiscard]] QRectF body() const;
    [[nodiscard]] QSizeF contentSize() const;
    [[nodiscard]] QPoint cellAt(const QPointF &position) const; ///< (-1, -1): none
    [[nodiscard]] QRectF retryRect(const QRectF &cell) const;
    [[nodiscard]] QImage imageOf(const QString &file, const QSizeF &size);
    void load(const QString &file, int side);
    void zoomAbout(double zoom, const QPointF &anchor);
    void clampOffset();
    void measure();
    void drawCell(QPainter &painter, QPoint cell, const QRectF &rect);
    void drawHeadings(QPainter &painter);

    app::JobQueue &m_queue;
    app::Thumbnails &m_thumbnails;
    QPointer<app::XyPlot> m_plot;
    QPoint m_current{0, 0};
    QSizeF m_pictureSize{64, 64};
    double m_zoom = 1.0;
    double m_headWidth = 0.0;
    bool m_isFitted = true;
    QPointF m_offset; ///< of the first cell from the body's corner
    QPointF m_pressedAt;
    QPointF m_offsetBefore;
    bool m_isPanning = false;
    QPoint m_pressed{-1, -1};
    QCache<QString, Large> m_large; ///< cost in KiB
    QSet<QString> m_loading;
    QThreadPool m_pool; ///< one thread; last: ends first
};

} // namespace ui
