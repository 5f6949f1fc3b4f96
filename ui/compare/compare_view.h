#pragma once

#include "ui/compare/picture_levels.h"

#include <QStringList>
#include <QTimer>
#include <QWidget>

namespace ui {

enum class CompareMode { Slider, SideBySide, Flicker, Difference, Overlay, Grid };

/// A picture as the view shows it.
struct ComparePicture
{
    PictureLevels picture = {};
    QSize size = {};      ///< of the finished picture: a preview has fewer pixels
    QString letter = {};  ///< "A"
    QString name = {};    ///< beside the letter ("Euler a")
    QString figures = {}; ///< lower right: "PSNR 17.7 dB, SSIM 0.720"; "reference"
    QString problem = {}; ///< instead of a picture
    QString message = {}; ///< while there is none yet
    int stars = 0;        ///< 0: none are shown
};

/// The pictures that are compared, in one of six ways. All share one zoom and one part of the picture, and all are
/// fitted to the frame of A. Draws what it is given; reads nothing.
class CompareView : public QWidget
{
    Q_OBJECT
public:
    explicit CompareView(QWidget *parent = nullptr);

    /// \param frame  size in pixels that all are fitted to
    void setPictures(const QList<ComparePicture> &pictures, QSize frame);
    /// The two that the modes of two show; the first is at the left, below, and what is subtracted.
    void setPair(int first, int second);
    [[nodiscard]] int first() const { return m_first; }
    [[nodiscard]] int second() const { return m_second; }
    void setMode(CompareMode mode);
    [[nodiscard]] CompareMode mode() const { return m_mode; }
    /// The map of the pair, in its colours, and what its brightest colour stands for ("64 of 255").
    void setDifference(const PictureLevels &map, int white);

    // Slider
    void setDivider(double share); ///< 0..1 of what is seen of the picture
    [[nodiscard]] double divider() const { return m_divider; }
    void setUpright(bool isUpright); ///< the divider stands (pictures beside each other) or lies
    [[nodiscard]] bool isUpright() const { return m_isUpright; }
    // Flicker
    void setFlickerMs(int ms); ///< how long each is seen
    [[nodiscard]] int flickerMs() const { return m_flicker.interval(); }
    void setFlickering(bool isOn);
    [[nodiscard]] bool isFlickering() const { return m_isFlickering; }
    void flickOnce();
    [[nodiscard]] int flickerShown() const { return m_shown; }
    // Overlay
    void setOpacity(double opacity); ///< of the second
    [[nodiscard]] double opacity() const { return m_opacity; }
    // Grid
    void setColumns(int columns); ///< 0: as the pictures become largest
    [[nodiscard]] int columns() const { return m_columns; }

    void setSmooth(bool isSmooth);
    [[nodiscard]] bool isSmooth() const { return m_isSmooth; }
    void setNamesShown(bool isShown);
    [[nodiscard]] bool hasNames() const { return m_hasNames; }
    /// Linked: all cells show the same part. Not linked: each is zoomed and moved alone.
    void setLinked(bool isLinked);
    [[nodiscard]] bool isLinked() const { return m_isLinked; }

    [[nodiscard]] double zoom() const; ///< pixels of the screen for one of A
    [[nodiscard]] bool isFitted() const { return m_ports.first().zoom <= 0.0; }
    void setZoom(double zoom);
    void zoomIn() { stepZoom(1, QRectF(rect()).center()); }
    void zoomOut() { stepZoom(-1, QRectF(rect()).center()); }
    void fit();
    /// The part that is seen, 0..1 of the frame.
    [[nodiscard]] QRectF shownPart() const;
    /// Moves so that this point (0..1 of the frame) is in the middle.
    void centreOn(QPointF point);
    /// Where picture `index` is drawn (all of the frame, which may be larger than its cell), and its cell.
    [[nodiscard]] QRectF targetOf(int index) const;
    [[nodiscard]] QRectF cellOf(int index) const;

    QSize sizeHint() const override { return {640, 480}; }
    QSize minimumSizeHint() const override { return {240, 160}; }

Q_SIGNALS:
    void zoomChanged(double zoom);
    void partChanged(); ///< what is seen of the pictures
    void pictureClicked(int index);
    void flickered(int index);
    void dividerMoved(double share);
    /// Pixel of A's frame under the pointer; (-1, -1): none.
    void pointerMoved(const QPoint &pixel);
    void filesDropped(const QStringList &files);
    void menuRequested(int index, const QPoint &globalPosition);

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void wheelEvent(QWheelEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void mouseDoubleClickEvent(QMouseEvent *event) override;
    void leaveEvent(QEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;
    void dragEnterEvent(QDragEnterEvent *event) override;
    void dragLeaveEvent(QDragLeaveEvent *event) override;
    void dropEvent(QDropEvent *event) override;
    void hideEvent(QHideEvent *event) override;
    void showEvent(QShowEvent *event) override;

private:
    /// Which part a cell shows.
    struct Port
    {
        double zoom = 0.0;        ///< 0: fits
        QPointF centre{0.5, 0.5}; ///< of the cell, 0..1 of the frame
    };
    struct Cell
    {
        int picture = 0;
        QRectF area = {};
    };

    [[nodiscard]] QList<Cell> cells() const;
    [[nodiscard]] QList<Cell> gridCells(const QList<int> &pictures, int columns) const;
    [[nodiscard]] int cellAt(const QPointF &position) const; ///< index in cells(); -1: none
    [[nodiscard]] const Port &port(int picture) const { return m_ports.at(m_isLinked ? 0 : picture); }
    [[nodiscard]] Port &port(int picture) { return m_ports[m_isLinked ? 0 : picture]; }
    [[nodiscard]] double zoomIn(const Cell &cell) const;
    [[nodiscard]] QRectF target(const Cell &cell) const;
    [[nodiscard]] QRectF seen(const Cell &cell) const; ///< of the picture, in the widget
    [[nodiscard]] QRectF placeOf(int picture, const QRectF &target) const;
    [[nodiscard]] double dividerPosition(const Cell &cell) const;
    [[nodiscard]] bool isOnDivider(const QPointF &position) const;
    void moveDivider(const QPointF &position);
    void zoomAbout(double zoom, const QPointF &anchor);
    void stepZoom(int direction, const QPointF &anchor);
    void clamp(int picture);
    void updateCursor(const QPointF &position);
    void updateFlicker();
    void changed();
    [[nodiscard]] bool isPair() const { return m_mode != CompareMode::Grid && m_mode != CompareMode::SideBySide; }
    [[nodiscard]] bool has(int picture) const { return picture >= 0 && picture < m_pictures.size(); }

    // compare_paint.cpp
    void paintPicture(QPainter &painter, const Cell &cell, int picture) const;
    void paintSlider(QPainter &painter, const Cell &cell) const;
    void paintDivider(QPainter &painter, const Cell &cell) const;
    void paintDifference(QPainter &painter, const Cell &cell) const;
    void paintLegend(QPainter &painter, const QRectF &area) const;
    void paintLetter(QPainter &painter, const QRectF &seen, int picture, Qt::Alignment side) const;
    void paintFigures(QPainter &painter, const QRectF &seen, const QString &text) const;
    void paintMessage(QPainter &painter, const QRectF &area, int picture) const;

    QList<ComparePicture> m_pictures;
    QSize m_frame;
    QList<Port> m_ports{Port()};
    PictureLevels m_difference;
    int m_white = 255;
    CompareMode m_mode = CompareMode::Slider;
    int m_first = 0;
    int m_second = 1;
    double m_divider = 0.5;
    double m_opacity = 0.5;
    int m_columns = 0;
    int m_shown = 0;
    QTimer m_flicker;
    bool m_isFlickering = true;
    bool m_isUpright = true;
    bool m_isLinked = true;
    bool m_isSmooth = true;
    bool m_hasNames = true;
    bool m_isDropWelcome = false;
    enum class Drag { None, Divider, Picture } m_drag = Drag::None;
    int m_dragPicture = 0;
    QPointF m_dragAt;
    bool m_hasMoved = false;
};

} // namespace ui
