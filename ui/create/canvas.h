#pragma once

#include <QImage>
#include <QWidget>

class QMimeData;

namespace ui {

/// The picture file that is dragged; empty: none that can be read.
[[nodiscard]] QString droppedPicture(const QMimeData &data);

/// The large picture. Fits it at a whole-number zoom where that fits, else shrinks it; zooms about the pointer and
/// pans.
class Canvas : public QWidget
{
    Q_OBJECT
public:
    explicit Canvas(QWidget *parent = nullptr);

    /// \param nominal  size the finished picture has, in pixels: a preview of fewer pixels takes its place and size
    void setPicture(const QImage &picture, QSize nominal = {});
    void clear();
    [[nodiscard]] const QImage &picture() const { return m_picture; }
    [[nodiscard]] bool hasPicture() const { return !m_picture.isNull(); }
    /// Shown while there is no picture ("Loading Starter").
    void setMessage(const QString &message);
    /// Words over the upper corners of the picture; empty: nothing there.
    void setLabels(const QString &left, const QString &right);

    /// Smooth, or every pixel as a square.
    void setSmooth(bool isSmooth);
    [[nodiscard]] bool isSmooth() const { return m_isSmooth; }

    [[nodiscard]] double zoom() const;
    [[nodiscard]] bool isFitted() const { return m_zoom <= 0.0; }

    /// Whole-number zoom that shows all of a picture in an area; under 1 the exact fraction.
    [[nodiscard]] static double fittingZoom(QSize picture, QSizeF area);

    QSize sizeHint() const override { return {512, 512}; }
    QSize minimumSizeHint() const override { return {160, 120}; }

public Q_SLOTS:
    void zoomIn();
    void zoomOut();
    void fit();
    void setZoom(double zoom);

Q_SIGNALS:
    void zoomChanged(double zoom);
    /// A picture file was dropped here.
    void fileDropped(const QString &file, const QPoint &globalPosition);
    void menuRequested(const QPoint &globalPosition);
    /// Left (-1) or Right (1) was pressed: show the picture before or after.
    void neighbourWanted(int direction);

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
    void dragEnterEvent(QDragEnterEvent *event) override;
    void dragLeaveEvent(QDragLeaveEvent *event) override;
    void dropEvent(QDropEvent *event) override;

private:
    [[nodiscard]] QRectF target() const;
    void zoomAbout(double zoom, QPointF anchor);
    void stepZoom(int direction, QPointF anchor);
    void clampOffset();
    void updateCursor();
    void drawLabel(QPainter &painter, const QString &text, QRectF picture, Qt::Alignment side, bool isMono) const;

    QImage m_picture;
    QImage m_screen; ///< m_picture as the screen wants it
    QImage m_shrunk; ///< m_picture scaled down, made when needed
    QSize m_shrunkSize;
    QSize m_nominal;
    QString m_message;
    QString m_left;
    QString m_right;
    double m_zoom = 0.0; ///< 0: fits
    QPointF m_offset;    ///< of the picture's centre from the widget's
    QPointF m_dragFrom;
    bool m_isDragging = false;
    bool m_isSmooth = true;
    bool m_isDropWelcome = false;
};

} // namespace ui
