#include "ui/gallery/gallery_grid.h"

#include "app/gallery_model.h"
#include "ui/common/focus_frame.h"
#include "ui/common/painting.h"
#include "ui/common/thumbnail_delegate.h"
#include "ui/gallery/gallery_filter.h"

#include <QDrag>
#include <QKeyEvent>
#include <QLocale>
#include <QMimeData>
#include <QPixmap>
#include <QScrollBar>
#include <QTimer>
#include <QUrl>

#include <algorithm>

namespace ui {

namespace {

constexpr int kMargin = 16;
constexpr int kGap = 8;
constexpr int kHeading = 36; ///< 8 above, 20 text, 8 below
constexpr int kBand = 31;    ///< what a heading covers: the ring of the picture below stays whole
constexpr int kAfterSection = 12;

} // namespace

GalleryGrid::GalleryGrid(GalleryFilter &filter, QWidget *parent) : QAbstractItemView(parent), m_filter(filter)
{
    setFrameShape(QFrame::NoFrame);
    setSelectionMode(ExtendedSelection);
    setMouseTracking(true);
    viewport()->setMouseTracking(true);
    setDragEnabled(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setVerticalScrollMode(ScrollPerPixel);
    setAccessibleName(tr("Pictures"));
    setProperty("focusRing", false);
    viewport()->setAutoFillBackground(false);
    // Before setModel: the base class reacts to these by asking for rectangles.
    connect(&filter, &QAbstractItemModel::rowsInserted, this, &GalleryGrid::scheduleRelayout);
    connect(&filter, &QAbstractItemModel::rowsRemoved, this, &GalleryGrid::scheduleRelayout);
    connect(&filter, &QAbstractItemModel::layoutChanged, this, &GalleryGrid::scheduleRelayout);
    setModel(&filter);
}

void GalleryGrid::setThumbnailSize(int pixels)
{
    m_size = std::clamp(pixels, 64, 512);
    keepAnchor();
    relayout();
}

void GalleryGrid::setGrouped(bool grouped)
{
    m_isGrouped = grouped;
    keepAnchor();
    relayout();
}

void GalleryGrid::reset()
{
    QAbstractItemView::reset();
    m_anchor = QModelIndex();
    relayout();
    verticalScrollBar()->setValue(0);
    Q_EMIT chosenChanged();
}

void GalleryGrid::scheduleRelayout()
{
    // Many rows may come in one go (a scan, a search): one layout for all of them.
    if (m_isPending)
        return;
    m_isPending = true;
    QTimer::singleShot(0, this, [this] {
        m_isPending = false;
        relayout();
    });
}

void GalleryGrid::keepAnchor()
{
    if (verticalScrollBar()->value() == 0) {
        m_anchor = QModelIndex(); // at the top new pictures are what one wants to see
        return;
    }
    const int row = rowAt(QPoint(kMargin + 1, kHeading + 1), false);
    m_anchor = m_filter.index(row, 0);
    m_anchorOffset = row >= 0 ? cellRect(row).top() - verticalOffset() : 0;
}

void GalleryGrid::relayout()
{
    const int rows = m_filter.rowCount();
    // The scroll bar stands in the right margin.
    const int bar = std::min(kMargin, this->width() - viewport()->width());
    const int width = std::max(64, viewport()->width() + bar - 2 * kMargin);
    m_columns = std::max(1, int((width + kGap) / double(m_size + kGap) + 0.5));
    m_cell = (width - (m_columns - 1) * kGap) / m_columns;
    m_sections.clear();
    int y = kMargin - 8;
    for (int row = 0; row < rows;) {
        Section section;
        section.first = row;
        section.day = m_isGrouped ? m_filter.dayOf(row) : 0;
        section.top = y;
        if (m_isGrouped) {
            while (row < rows && m_filter.dayOf(row) == section.day)
                ++row;
        } else {
            row = rows;
        }
        section.count = row - section.first;
        section.cells = y + (m_isGrouped ? kHeading : 8);
        const int lines = (section.count + m_columns - 1) / m_columns;
        section.end = section.cells + lines * (m_cell + kGap) - kGap;
        y = section.end + kAfterSection;
        m_sections.append(section);
    }
    m_height = y - kAfterSection + kMargin;
    // app::GalleryModel keeps thumbnails of 256 or 512.
    m_filter.gallery().setThumbnailSide(m_cell * devicePixelRatioF() > 256 ? 512 : 256);
    updateGeometries();
    if (m_anchor.isValid())
        verticalScrollBar()->setValue(cellRect(m_anchor.row()).top() - m_anchorOffset);
    tellVisible();
    viewport()->update();
}

void GalleryGrid::updateGeometries()
{
    verticalScrollBar()->setPageStep(viewport()->height());
    verticalScrollBar()->setSingleStep(std::max(24, (m_cell + kGap) / 2));
    verticalScrollBar()->setRange(0, std::max(0, m_height - viewport()->height()));
    QAbstractItemView::updateGeometries();
}

int GalleryGrid::verticalOffset() const
{
    return verticalScrollBar()->value();
}

int GalleryGrid::sectionOf(int row) const
{
    const auto after = std::upper_bound(m_sections.begin(), m_sections.end(), row,
                                        [](int value, const Section &section) { return value < section.first; });
    return int(after - m_sections.begin()) - 1;
}

QRect GalleryGrid::cellRect(int row) const
{
    const int at = sectionOf(row);
    if (at < 0)
        return {};
    const Section &section = m_sections.at(at);
    const int place = row - section.first;
    const QRect cell(kMargin + place % m_columns * (m_cell + kGap), section.cells + place / m_columns * (m_cell + kGap),
                     m_cell, m_cell);
    if (layoutDirection() == Qt::RightToLeft)
        return {viewport()->width() - cell.right() - 1, cell.top(), m_cell, m_cell};
    return cell;
}

QRect GalleryGrid::visualRect(const QModelIndex &index) const
{
    if (!index.isValid() || m_sections.isEmpty())
        return {};
    return cellRect(index.row()).translated(0, -verticalOffset());
}

int GalleryGrid::rowAt(const QPoint &point, bool exactly) const
{
    const int y = point.y() + verticalOffset();
    const auto after = std::upper_bound(m_sections.begin(), m_sections.end(), y,
                                        [](int value, const Section &section) { return value < section.top; });
    if (after == m_sections.begin())
        return exactly || m_sections.isEmpty() ? -1 : 0;
    const Section &section = *(after - 1);
    if (exactly && (y < section.cells || y >= section.end))
        return -1;
    int x = point.x() - kMargin;
    if (layoutDirection() == Qt::RightToLeft)
        x = viewport()->width() - point.x() - kMargin;
    const int step = m_cell + kGap;
    const int line = std::clamp((y - section.cells) / step, 0, (section.count - 1) / m_columns);
    const int column = std::clamp(x / step, 0, m_columns - 1);
    const int row = section.first + line * m_columns + column;
    if (exactly) {
        if (x < 0 || x % step >= m_cell || (y - section.cells) % step >= m_cell || x / step >= m_columns ||
            row >= section.first + section.count)
            return -1;
        return row;
    }
    return std::min(row, section.first + section.count - 1);
}

QModelIndex GalleryGrid::indexAt(const QPoint &point) const
{
    const int row = rowAt(point, true);
    return row < 0 ? QModelIndex() : m_filter.index(row, 0);
}

void GalleryGrid::scrollTo(const QModelIndex &index, ScrollHint hint)
{
    if (!index.isValid() || m_sections.isEmpty())
        return;
    const QRect cell = cellRect(index.row());
    const int top = cell.top() - kHeading - 4;
    const int bottom = cell.bottom() + kMargin - viewport()->height();
    QScrollBar *bar = verticalScrollBar();
    if (hint == PositionAtCenter)
        bar->setValue(cell.center().y() - viewport()->height() / 2);
    else if (hint == PositionAtTop || bar->value() > top)
        bar->setValue(top);
    else if (bar->value() < bottom)
        bar->setValue(bottom);
}

void GalleryGrid::scrollContentsBy(int dx, int dy)
{
    QAbstractItemView::scrollContentsBy(dx, dy);
    keepAnchor();
    tellVisible();
    viewport()->update();
}

void GalleryGrid::tellVisible()
{
    if (m_sections.isEmpty() || m_filter.isSearching() || m_filter.source() != GalleryFilter::Source::All)
        return; // rows lie apart then: the thumbnails' own order, last asked first, serves well
    const int first = rowAt(QPoint(kMargin, 0), false);
    const int last = rowAt(QPoint(viewport()->width() - kMargin - 1, viewport()->height()), false);
    m_filter.gallery().setVisibleRows(std::max(0, first - 2 * m_columns), last + 2 * m_columns);
}

QString GalleryGrid::heading(const Section &section) const
{
    const QDate day = QDate::fromJulianDay(section.day);
    const QDate today = QDate::currentDate();
    if (day == today)
        return tr("Today");
    if (day == today.addDays(-1))
        return tr("Yesterday");
    if (day.year() == today.year())
        //: Heading of a day in this year: weekday, day and month, in the order of Qt's date formats
        return QLocale().toString(day, tr("dddd, d MMMM"));
    return QLocale().toString(day, tr("d MMMM yyyy"));
}

void GalleryGrid::paintHeading(QPainter &painter, const Section &section, int y) const
{
    const Theme &t = theme();
    painter.fillRect(0, y, viewport()->width(), kBand, t.color(Token::Canvas));
    QRectF line(kMargin, y + 8, viewport()->width() - 2 * kMargin, 20);
    const bool mirrored = layoutDirection() == Qt::RightToLeft;
    const Qt::Alignment side = (mirrored ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter;
    const int used = drawElided(painter, line, heading(section), t.font(TextStyle::Panel), t.color(Token::Text), side);
    line.adjust(mirrored ? 0 : used + 8, 0, mirrored ? -used - 8 : 0, 0);
    drawElided(painter, line, tr("%n picture(s)", nullptr, section.count), t.font(TextStyle::Detail),
               t.color(Token::Text3), side);
}

void GalleryGrid::paintEvent(QPaintEvent *event)
{
    QPainter painter(viewport());
    painter.fillRect(event->rect(), theme().color(Token::Canvas));
    const int offset = verticalOffset();
    const int bottom = offset + viewport()->height();
    const QItemSelection chosen = selectionModel()->selection();
    const bool several = chosen.size() > 1 || (chosen.size() == 1 && chosen.first().height() > 1);
    const Section *sticky = nullptr;
    int nextTop = m_height;
    for (int at = 0; at < m_sections.size(); ++at) {
        const Section &section = m_sections.at(at);
        if (section.end + kAfterSection < offset)
            continue;
        if (section.top > bottom)
            break;
        if (section.top <= offset) {
            sticky = &section;
            nextTop = at + 1 < m_sections.size() ? m_sections.at(at + 1).top : m_height + kHeading;
        }
        const int step = m_cell + kGap;
        const int firstLine = std::max(0, (offset - section.cells) / step);
        const int lastLine = std::min((section.count - 1) / m_columns, (bottom - section.cells) / step);
        for (int line = firstLine; line <= lastLine; ++line) {
            for (int column = 0; column < m_columns; ++column) {
                const int row = section.first + line * m_columns + column;
                if (row >= section.first + section.count)
                    break;
                const QRect cell = cellRect(row).translated(0, -offset);
                if (!event->rect().intersects(cell.adjusted(-4, -4, 4, 4)))
                    continue;
                const QModelIndex index = m_filter.index(row, 0);
                ThumbnailState state;
                state.image = index.data(app::GalleryModel::ThumbnailRole).value<QImage>();
                state.isMissing = state.image.isNull() && index.data(app::GalleryModel::ThumbnailFailedRole).toBool();
                state.stars = index.data(app::GalleryModel::StarsRole).toInt();
                state.hoverStars = index == m_hovered ? m_hoverStar : -1;
                state.isSelected = selectionModel()->isSelected(index);
                state.hasCheck = several && state.isSelected;
                state.isCurrent = index == currentIndex() && showsKeyboardFocus(this);
                paintThumbnail(painter, cell, state);
            }
        }
        if (m_isGrouped && section.top > offset)
            paintHeading(painter, section, section.top - offset);
    }
    if (m_isGrouped && sticky)
        paintHeading(painter, *sticky, std::min(0, nextTop - offset - kHeading));
}

void GalleryGrid::resizeEvent(QResizeEvent *event)
{
    QAbstractItemView::resizeEvent(event);
    relayout();
}

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

void GalleryGrid::mousePressEvent(QMouseEvent *event)
{
    const QModelIndex index = indexAt(event->pos());
    if (event->button() == Qt::LeftButton && index.isValid() && event->modifiers() == Qt::NoModifier) {
        const int star = starUnder(event->pos(), index);
        if (star > 0) {
            // The star that is set already takes all of them away.
            Q_EMIT starsChosen(index, index.data(app::GalleryModel::StarsRole).toInt() == star ? 0 : star);
            return;
        }
    }
    QAbstractItemView::mousePressEvent(event);
}

void GalleryGrid::mouseDoubleClickEvent(QMouseEvent *event)
{
    const QModelIndex index = indexAt(event->pos());
    if (event->button() == Qt::LeftButton && index.isValid() && starUnder(event->pos(), index) <= 0)
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
    const bool plain = event->modifiers() == Qt::NoModifier || event->modifiers() == Qt::KeypadModifier;
    if (plain && currentIndex().isValid()) {
        switch (event->key()) {
        case Qt::Key_0:
        case Qt::Key_1:
        case Qt::Key_2:
        case Qt::Key_3:
        case Qt::Key_4:
        case Qt::Key_5: {
            const QModelIndexList chosen = selectionModel()->selectedIndexes();
            for (const QModelIndex &index : chosen)
                Q_EMIT starsChosen(index, event->key() - Qt::Key_0);
            return;
        }
        case Qt::Key_A:
            Q_EMIT commandGiven(PictureCommand::UseAll);
            return;
        case Qt::Key_P:
            Q_EMIT commandGiven(PictureCommand::UsePrompts);
            return;
        case Qt::Key_S:
            Q_EMIT commandGiven(PictureCommand::UseSeed);
            return;
        case Qt::Key_R:
            Q_EMIT commandGiven(PictureCommand::UseAllButSeed);
            return;
        case Qt::Key_I:
            Q_EMIT commandGiven(PictureCommand::ToggleRecipe);
            return;
        case Qt::Key_Return:
        case Qt::Key_Enter:
        case Qt::Key_Space:
            Q_EMIT commandGiven(PictureCommand::View);
            return;
        case Qt::Key_Delete:
            Q_EMIT commandGiven(PictureCommand::Trash);
            return;
        default:
            break;
        }
    }
    if (event->matches(QKeySequence::Copy)) {
        Q_EMIT commandGiven(PictureCommand::CopyPicture);
        return;
    }
    if (event->matches(QKeySequence::Save)) {
        Q_EMIT commandGiven(PictureCommand::SaveCopy);
        return;
    }
    // The base class would search by typing; letters have meanings here.
    if (!event->text().isEmpty() && event->text().at(0).isPrint() &&
        !(event->modifiers() & (Qt::ControlModifier | Qt::AltModifier))) {
        event->ignore();
        return;
    }
    QAbstractItemView::keyPressEvent(event);
}

void GalleryGrid::startDrag(Qt::DropActions)
{
    QList<QUrl> urls;
    const QModelIndexList chosen = selectionModel()->selectedIndexes();
    for (const QModelIndex &index : chosen)
        urls.append(QUrl::fromLocalFile(index.data(app::GalleryModel::PathRole).toString()));
    if (urls.isEmpty())
        return;
    auto *content = new QMimeData;
    content->setUrls(urls);
    auto *drag = new QDrag(this);
    drag->setMimeData(content);
    const QImage image = currentIndex().data(app::GalleryModel::ThumbnailRole).value<QImage>();
    if (!image.isNull())
        drag->setPixmap(QPixmap::fromImage(image.scaled(96, 96, Qt::KeepAspectRatio, Qt::SmoothTransformation)));
    drag->exec(Qt::CopyAction);
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
    if (area.width() <= 4 && area.height() <= 4) {
        const QModelIndex index = indexAt(area.center());
        if (index.isValid())
            selection.select(index, index);
    } else if (!m_sections.isEmpty() && state() != DragSelectingState) {
        // Shift with click or arrow: all pictures from there to here, in their order.
        const int from = rowAt(rect.topLeft(), false);
        const int to = rowAt(rect.bottomRight(), false);
        if (from >= 0 && to >= 0)
            selection.select(m_filter.index(std::min(from, to), 0), m_filter.index(std::max(from, to), 0));
    } else if (!m_sections.isEmpty()) {
        const int first = rowAt(QPoint(kMargin, area.top()), false);
        const int last = rowAt(QPoint(viewport()->width() - kMargin - 1, area.bottom()), false);
        for (int row = std::max(0, first); row <= last; ++row) {
            if (cellRect(row).translated(0, -verticalOffset()).intersects(area))
                selection.select(m_filter.index(row, 0), m_filter.index(row, 0));
        }
    }
    selectionModel()->select(selection, flags);
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
