#pragma once

#include "ui/gallery/picture_command.h"
#include "ui/gallery/tile_cache.h"

#include <QAbstractItemView>
#include <QTimer>
#include <QVector>

namespace ui {

class GalleryFilter;

/// Thumbnails in groups, in rows that end flush; headings stick to the top. Only what is on the screen is laid out,
/// painted and read, so that 100,000 pictures scroll as well as ten.
class GalleryGrid : public QAbstractItemView
{
    Q_OBJECT
public:
    explicit GalleryGrid(GalleryFilter &filter, QWidget *parent = nullptr);

    /// About how large a thumbnail is, 64 to 512; cells are fitted to the width.
    void setThumbnailSize(int pixels);

    [[nodiscard]] QRect visualRect(const QModelIndex &index) const override;
    void scrollTo(const QModelIndex &index, ScrollHint hint = EnsureVisible) override;
    [[nodiscard]] QModelIndex indexAt(const QPoint &point) const override;
    void reset() override;
    [[nodiscard]] int columns() const { return m_columns; }
    [[nodiscard]] int cellSide() const { return m_cell; }

Q_SIGNALS:
    void commandGiven(ui::PictureCommand command);
    /// A key that is none of the pictures' own: actions made elsewhere may know it.
    void keyUnused(QKeyEvent *event);
    void starsChosen(const QModelIndex &index, int stars);
    /// Alt+click: compare the current picture with this one.
    void compareWith(const QModelIndex &index);
    void thumbnailSizeWanted(int pixels);
    void filesDropped(const QStringList &paths);
    void chosenChanged();

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void wheelEvent(QWheelEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void mouseDoubleClickEvent(QMouseEvent *event) override;
    void leaveEvent(QEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void startDrag(Qt::DropActions actions) override;
    void dragEnterEvent(QDragEnterEvent *event) override;
    void dragMoveEvent(QDragMoveEvent *event) override;
    void dragLeaveEvent(QDragLeaveEvent *event) override;
    void dropEvent(QDropEvent *event) override;
    void scrollContentsBy(int dx, int dy) override;
    QModelIndex moveCursor(CursorAction action, Qt::KeyboardModifiers modifiers) override;
    [[nodiscard]] int horizontalOffset() const override { return 0; }
    [[nodiscard]] int verticalOffset() const override;
    [[nodiscard]] bool isIndexHidden(const QModelIndex &) const override { return false; }
    void setSelection(const QRect &rect, QItemSelectionModel::SelectionFlags flags) override;
    [[nodiscard]] QRegion visualRegionForSelection(const QItemSelection &selection) const override;
    void updateGeometries() override;
    void selectionChanged(const QItemSelection &selected, const QItemSelection &deselected) override;
    void currentChanged(const QModelIndex &current, const QModelIndex &previous) override;
    void dataChanged(const QModelIndex &topLeft, const QModelIndex &bottomRight, const QList<int> &roles) override;

private:
    /// Pictures under one heading.
    struct Section
    {
        QString heading = {};
        int first = 0;
        int count = 0;
        int top = 0;   ///< of its heading, in the content
        int cells = 0; ///< top of its cells
        int end = 0;
    };
    void relayout();
    void keepAnchor();
    void tellVisible();
    void scheduleRelayout();
    [[nodiscard]] bool isGrouped() const;
    [[nodiscard]] int sectionOf(int row) const;
    [[nodiscard]] int sectionUnder(const QPoint &point) const; ///< whose heading lies there; -1: none
    [[nodiscard]] QRect cellRect(int row) const;               ///< in the content
    [[nodiscard]] int rowAt(const QPoint &point, bool exactly) const;
    [[nodiscard]] int starUnder(const QPoint &point, const QModelIndex &index) const;
    void chooseSection(int section, Qt::KeyboardModifiers modifiers);
    void paintHeading(QPainter &painter, int section, int y) const;
    void paintCell(QPainter &painter, int row, const QRect &cell, bool isOneOfSeveral);
    void paintDropHint(QPainter &painter) const;

    GalleryFilter &m_filter;
    TileCache m_tiles;
    QTimer m_refine; ///< paints again what was drawn roughly
    QVector<Section> m_sections;
    QPersistentModelIndex m_anchor;
    int m_anchorOffset = 0;
    int m_size = 128;
    int m_cell = 128;
    int m_columns = 1;
    int m_height = 0;
    int m_wheel = 0; ///< turned with Ctrl, in eighths of a degree
    bool m_isPending = false;
    bool m_hasScrolled = false; ///< since it was painted
    bool m_isDropWelcome = false;
    QPersistentModelIndex m_hovered;
    int m_hoverStar = 0;
    QRect m_band; ///< that is drawn to choose, in the viewport
};

} // namespace ui
