// What the grid makes of mouse, keys and things that are dropped.
#include "ui/gallery/gallery_filter.h"
#include "ui/gallery/gallery_grid.h"
#include "ui/gallery/gallery_grid_metrics.h"
#include "ui/gallery/picture_drag.h"

#include <QDragEnterEvent>
#include <QKeyEvent>
#include <QMimeData>
#include <QMouseEvent>
#include <QScrollBar>
#include <QUrl>

#include <algorithm>

namespace ui {

int GalleryGrid::starUnder(const QPoint &point, const QModelIndex &index) const
{
    const QRect cell = visualRect(index);
    if (cell.width() < 78 || point.y() < cell.bottom() - 28 || point.x() > cell.left() + 82)
        return -1;
    return starAt(point.x() - cell.left());
}

void GalleryGrid::mouseMoveEvent(QMouseEvent *event)
{
    QAbstractItemView::mouseMoveEvent(event);
    const QModelIndex index = indexAt(event->pos());
    const int star = index.isValid() ? std::max(0, starUnder(event->pos(), index)) : 0;
    if (index != m_hovered || star != m_hoverStar) {
        if (m_hovered.isValid())
            viewport()->update(visualRect(m_hovered));
        m_hovered = index;
        m_hoverStar = star;
        if (index.isValid())
            viewport()->update(visualRect(index));
    }
}

void GalleryGrid::wheelEvent(QWheelEvent *event)
{
    if (!(event->modifiers() & Qt::ControlModifier)) {
        QAbstractItemView::wheelEvent(event);
        return;
    }
    m_wheel += event->angleDelta().y();
    const int notches = m_wheel / 120;
    m_wheel -= notches * 120;
    // One column fewer or more a notch: each turn shows.
    if (notches != 0) {
        const int width = m_columns * (m_cell + kGap);
        const int columns = std::max(1, m_columns - notches);
        Q_EMIT thumbnailSizeWanted(std::clamp(width / columns - kGap, 64, 512));
    }
    event->accept();
}

int GalleryGrid::sectionUnder(const QPoint &point) const
{
    if (!isGrouped())
        return -1;
    const int y = point.y() + verticalOffset();
    for (int at = 0; at < m_sections.size(); ++at) {
        const Section &section = m_sections.at(at);
        const bool isSticky = section.top <= verticalOffset() && section.end > verticalOffset();
        if (isSticky && point.y() < kBand)
            return at;
        if (y >= section.top && y < section.cells)
            return at;
        if (section.top > y)
            break;
    }
    return -1;
}

void GalleryGrid::chooseSection(int section, Qt::KeyboardModifiers modifiers)
{
    const Section &chosen = m_sections.at(section);
    QItemSelection range;
    range.select(m_filter.index(chosen.first, 0), m_filter.index(chosen.first + chosen.count - 1, 0));
    const bool adds = modifiers & (Qt::ControlModifier | Qt::ShiftModifier);
    selectionModel()->setCurrentIndex(m_filter.index(chosen.first, 0), QItemSelectionModel::NoUpdate);
    selectionModel()->select(range, (adds ? QItemSelectionModel::Select : QItemSelectionModel::ClearAndSelect) |
                                        QItemSelectionModel::Rows);
}

void GalleryGrid::mousePressEvent(QMouseEvent *event)
{
    const int section = sectionUnder(event->pos());
    if (section >= 0) {
        if (event->button() == Qt::LeftButton)
            chooseSection(section, event->modifiers());
        return;
    }
    const QModelIndex index = indexAt(event->pos());
    if (event->button() == Qt::LeftButton && index.isValid() && event->modifiers() == Qt::AltModifier) {
        Q_EMIT compareWith(index);
        return;
    }
    if (event->button() == Qt::LeftButton && index.isValid() && event->modifiers() == Qt::NoModifier) {
        const int star = starUnder(event->pos(), index);
        if (star > 0) {
            // The star that is set already takes all of them away.
            Q_EMIT starsChosen(index, m_filter.thumbnailState(index.row()).stars == star ? 0 : star);
            return;
        }
    }
    // A right click within what is chosen keeps it all.
    if (event->button() == Qt::RightButton && index.isValid() && selectionModel()->isSelected(index)) {
        selectionModel()->setCurrentIndex(index, QItemSelectionModel::NoUpdate);
        return;
    }
    QAbstractItemView::mousePressEvent(event);
}

void GalleryGrid::mouseReleaseEvent(QMouseEvent *event)
{
    QAbstractItemView::mouseReleaseEvent(event);
    if (!m_band.isNull()) {
        m_band = QRect();
        viewport()->update();
    }
}

void GalleryGrid::mouseDoubleClickEvent(QMouseEvent *event)
{
    const QModelIndex index = indexAt(event->pos());
    if (event->button() == Qt::LeftButton && index.isValid() && starUnder(event->pos(), index) <= 0 &&
        sectionUnder(event->pos()) < 0)
        Q_EMIT commandGiven(PictureCommand::View);
}

void GalleryGrid::leaveEvent(QEvent *event)
{
    QAbstractItemView::leaveEvent(event);
    m_hovered = QModelIndex();
    viewport()->update();
}

void GalleryGrid::keyPressEvent(QKeyEvent *event)
{
    const std::optional<PictureCommand> command = pictureCommandOf(*event);
    if (command && currentIndex().isValid()) {
        Q_EMIT commandGiven(*command);
        return;
    }
    event->setAccepted(false);
    Q_EMIT keyUnused(event);
    if (event->isAccepted())
        return;
    if (isTyping(*event)) {
        event->ignore();
        return;
    }
    QAbstractItemView::keyPressEvent(event);
}

void GalleryGrid::startDrag(Qt::DropActions)
{
    dragPictures(this, m_filter, GalleryFilter::rowsOf(selectionModel()->selection()), currentIndex().row());
}

void GalleryGrid::dragEnterEvent(QDragEnterEvent *event)
{
    // Its own pictures are here already.
    m_isDropWelcome = event->mimeData()->hasUrls() && event->source() == nullptr;
    event->setAccepted(m_isDropWelcome);
    viewport()->update();
}

void GalleryGrid::dragMoveEvent(QDragMoveEvent *event)
{
    event->setAccepted(m_isDropWelcome);
}

void GalleryGrid::dragLeaveEvent(QDragLeaveEvent *)
{
    m_isDropWelcome = false;
    viewport()->update();
}

void GalleryGrid::dropEvent(QDropEvent *event)
{
    m_isDropWelcome = false;
    viewport()->update();
    QStringList paths;
    const QList<QUrl> urls = event->mimeData()->urls();
    for (const QUrl &url : urls) {
        if (url.isLocalFile())
            paths.append(url.toLocalFile());
    }
    if (paths.isEmpty() || event->source() != nullptr)
        return;
    event->setDropAction(Qt::CopyAction);
    event->accept();
    Q_EMIT filesDropped(paths);
}

QModelIndex GalleryGrid::moveCursor(CursorAction action, Qt::KeyboardModifiers)
{
    const int rows = m_filter.rowCount();
    if (rows == 0)
        return {};
    if (!currentIndex().isValid())
        return m_filter.index(0, 0);
    int row = currentIndex().row();
    const bool mirrored = layoutDirection() == Qt::RightToLeft;
    switch (action) {
    case MoveLeft:
        row += mirrored ? 1 : -1;
        break;
    case MoveRight:
        row += mirrored ? -1 : 1;
        break;
    case MovePrevious:
        --row;
        break;
    case MoveNext:
        ++row;
        break;
    case MoveHome:
        row = 0;
        break;
    case MoveEnd:
        row = rows - 1;
        break;
    case MoveUp:
    case MovePageUp:
    case MoveDown:
    case MovePageDown: {
        const bool down = action == MoveDown || action == MovePageDown;
        int lines = 1;
        if (action == MovePageUp || action == MovePageDown)
            lines = std::max(1, viewport()->height() / (m_cell + kGap) - 1);
        for (; lines > 0; --lines) {
            const Section &section = m_sections.at(sectionOf(row));
            const int place = row - section.first;
            const int column = place % m_columns;
            const int line = place / m_columns;
            const int lastLine = (section.count - 1) / m_columns;
            if (down && line < lastLine) {
                row = std::min(row + m_columns, section.first + section.count - 1);
            } else if (down && section.first + section.count < rows) {
                const Section &next = m_sections.at(sectionOf(section.first + section.count));
                row = next.first + std::min(column, next.count - 1);
            } else if (!down && line > 0) {
                row -= m_columns;
            } else if (!down && section.first > 0) {
                const Section &before = m_sections.at(sectionOf(section.first - 1));
                const int base = (before.count - 1) / m_columns * m_columns;
                row = before.first + std::min(base + column, before.count - 1);
            } else {
                break;
            }
        }
        break;
    }
    }
    return m_filter.index(std::clamp(row, 0, rows - 1), 0);
}

void GalleryGrid::setSelection(const QRect &rect, QItemSelectionModel::SelectionFlags flags)
{
    const QRect area = rect.normalized();
    QItemSelection selection;
    if (state() == DragSelectingState) {
        m_band = area.intersected(viewport()->rect().adjusted(-1, -1, 1, 1));
        viewport()->update();
        const int first = m_sections.isEmpty() ? 0 : rowAt(QPoint(kMargin, area.top()), false);
        const int last =
            m_sections.isEmpty() ? -1 : rowAt(QPoint(viewport()->width() - kMargin - 1, area.bottom()), false);
        // Neighbours become one range: a selection of a thousand ranges is slow.
        int from = -1;
        for (int row = std::max(0, first); row <= last + 1; ++row) {
            const bool isIn = row <= last && cellRect(row).translated(0, -verticalOffset()).intersects(area);
            if (isIn && from < 0)
                from = row;
            if (!isIn && from >= 0) {
                selection.select(m_filter.index(from, 0), m_filter.index(row - 1, 0));
                from = -1;
            }
        }
    } else if (area.width() <= 4 && area.height() <= 4) {
        const QModelIndex index = indexAt(area.center());
        if (index.isValid())
            selection.select(index, index);
    } else if (!m_sections.isEmpty()) {
        // Shift with click or arrow: all pictures from there to here, in their order.
        const int from = rowAt(rect.topLeft(), false);
        const int to = rowAt(rect.bottomRight(), false);
        if (from >= 0 && to >= 0)
            selection.select(m_filter.index(std::min(from, to), 0), m_filter.index(std::max(from, to), 0));
    }
    selectionModel()->select(selection, flags | QItemSelectionModel::Rows);
}

QRegion GalleryGrid::visualRegionForSelection(const QItemSelection &selection) const
{
    QRegion region;
    for (const QItemSelectionRange &range : selection) {
        if (range.height() > 200)
            return viewport()->rect();
        for (int row = range.top(); row <= range.bottom(); ++row)
            region += visualRect(m_filter.index(row, 0)).adjusted(-6, -6, 6, 6);
    }
    return region;
}

void GalleryGrid::selectionChanged(const QItemSelection &selected, const QItemSelection &deselected)
{
    QAbstractItemView::selectionChanged(selected, deselected);
    viewport()->update(); // rings lie outside the cells, marks appear on others
    Q_EMIT chosenChanged();
}

void GalleryGrid::currentChanged(const QModelIndex &current, const QModelIndex &previous)
{
    QAbstractItemView::currentChanged(current, previous);
    viewport()->update();
    Q_EMIT chosenChanged();
}

} // namespace ui
