#pragma once

#include "ui/gallery/picture_command.h"
#include "ui/gallery/tile_cache.h"

#include <QTableView>

namespace ui {

class GalleryFilter;

/// The gallery as rows with columns: a click on a heading sorts, its menu chooses what is shown. Reads only rows that
/// are on the screen.
class GalleryList : public QTableView
{
    Q_OBJECT
public:
    explicit GalleryList(GalleryFilter &filter, QWidget *parent = nullptr);
    ~GalleryList() override;

    /// Order, widths and choice of the columns, to be kept.
    [[nodiscard]] QByteArray columnState() const;
    void setColumnState(const QByteArray &state);
    /// The order of the rows was changed elsewhere: the arrow of the headings follows.
    void showSort();

Q_SIGNALS:
    void commandGiven(ui::PictureCommand command);
    /// A key that is none of the pictures' own: actions made elsewhere may know it.
    void keyUnused(QKeyEvent *event);
    void starsChosen(const QModelIndex &index, int stars);
    void compareWith(const QModelIndex &index);
    void columnStateChanged();
    /// A heading was clicked.
    void sortWanted(int column);

protected:
    void mousePressEvent(QMouseEvent *event) override;
    void mouseDoubleClickEvent(QMouseEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void startDrag(Qt::DropActions actions) override;
    void scrollContentsBy(int dx, int dy) override;
    void resizeEvent(QResizeEvent *event) override;
    void paintEvent(QPaintEvent *event) override;
    void setSelection(const QRect &rect, QItemSelectionModel::SelectionFlags flags) override;
    void selectionChanged(const QItemSelection &selected, const QItemSelection &deselected) override;
    void currentChanged(const QModelIndex &current, const QModelIndex &previous) override;

private:
    class Row;
    void showColumnMenu(const QPoint &position);
    void tellVisible();
    [[nodiscard]] int starUnder(const QPoint &point) const; ///< 0: none

    GalleryFilter &m_filter;
    TileCache m_tiles;
};

} // namespace ui
