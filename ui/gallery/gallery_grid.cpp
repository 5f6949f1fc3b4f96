#include "ui/gallery/gallery_grid.h"

#include "app/gallery_store.h"
#include "ui/common/focus_frame.h"
#include "ui/common/painting.h"
#include "ui/gallery/gallery_filter.h"
#include "ui/gallery/gallery_grid_metrics.h"

#include <QScrollBar>

#include <algorithm>

namespace ui {

namespace {

constexpr qsizetype kTileBytes = 32 << 20;
constexpr int kRefineMs = 8;
constexpr int kRestMs = 40;

} // namespace

GalleryGrid::GalleryGrid(GalleryFilter &filter, QWidget *parent)
    : QAbstractItemView(parent), m_filter(filter), m_tiles(kTileBytes)
{
    setFrameShape(QFrame::NoFrame);
    setSelectionMode(ExtendedSelection);
    setSelectionBehavior(SelectRows); // the list shares the selection
    setMouseTracking(true);
    viewport()->setMouseTracking(true);
    setDragEnabled(true);
    setAcceptDrops(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setVerticalScrollMode(ScrollPerPixel);
    setAccessibleName(tr("Pictures"));
    setProperty("focusRing", false);
    viewport()->setAutoFillBackground(false);
    m_refine.setSingleShot(true);
    connect(&m_refine, &QTimer::timeout, viewport(), qOverload<>(&QWidget::update));
    // Before setModel: the base class reacts to these by asking for rectangles.
    connect(&filter, &QAbstractItemModel::rowsInserted, this, &GalleryGrid::scheduleRelayout);
    connect(&filter, &QAbstractItemModel::rowsRemoved, this, &GalleryGrid::scheduleRelayout);
    connect(&filter, &QAbstractItemModel::layoutChanged, this, [this] {
        keepAnchor();
        relayout();
    });
    connect(&theme(), &Theme::changed, this, [this] { m_tiles.clear(); });
    setModel(&filter);
}

void GalleryGrid::setThumbnailSize(int pixels)
{
    m_size = std::clamp(pixels, 64, 512);
    keepAnchor();
    relayout();
}

bool GalleryGrid::isGrouped() const
{
    return m_filter.isGrouped();
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
    // The scroll bar stands in the right margin.
    const int bar = std::min(kMargin, this->width() - viewport()->width());
    const int width = std::max(64, viewport()->width() + bar - 2 * kMargin);
    m_columns = std::max(1, int((width + kGap) / double(m_size + kGap) + 0.5));
    m_cell = (width - (m_columns - 1) * kGap) / m_columns;
    m_tiles.setCell(m_cell, devicePixelRatioF());
    m_sections.clear();
    QList<app::GalleryGroup> groups;
    if (isGrouped())
        groups = m_filter.groups();
    else if (m_filter.rowCount() > 0)
        groups = {{.count = m_filter.rowCount()}};
    m_sections.reserve(groups.size());
    int y = kMargin - 8;
    for (const app::GalleryGroup &group : std::as_const(groups)) {
        Section section;
        section.first = group.first;
        section.count = group.count;
        section.heading = group.heading;
        section.top = y;
        section.cells = y + (isGrouped() ? kHeading : 8);
        const int lines = (section.count + m_columns - 1) / m_columns;
        section.end = section.cells + lines * (m_cell + kGap) - kGap;
        y = section.end + kAfterSection;
        m_sections.append(section);
    }
    m_height = y - kAfterSection + kMargin;
    m_filter.setThumbnailSide(int(m_cell * devicePixelRatioF()));
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
    m_hasScrolled = true;
    keepAnchor();
    tellVisible();
    viewport()->update();
}

void GalleryGrid::tellVisible()
{
    if (m_sections.isEmpty())
        return;
    const int first = rowAt(QPoint(kMargin, 0), false);
    const int last = rowAt(QPoint(viewport()->width() - kMargin - 1, viewport()->height()), false);
    m_filter.setVisibleRows(std::max(0, first - 2 * m_columns), last + 2 * m_columns);
}

void GalleryGrid::paintHeading(QPainter &painter, int section, int y) const
{
    const Theme &t = theme();
    painter.fillRect(0, y, viewport()->width(), kBand, t.color(Token::Canvas));
    QRectF line(kMargin, y + 8, viewport()->width() - 2 * kMargin, 20);
    const bool mirrored = layoutDirection() == Qt::RightToLeft;
    const Qt::Alignment side = (mirrored ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter;
    QRectF title = line;
    title.setWidth(line.width() - 96); // the number stays
    if (mirrored)
        title.moveRight(line.right());
    const int used = drawElided(painter, title, m_sections.at(section).heading, t.font(TextStyle::Panel),
                                t.color(Token::Text), side);
    line.adjust(mirrored ? 0 : used + 8, 0, mirrored ? -used - 8 : 0, 0);
    drawElided(painter, line, tr("%n picture(s)", nullptr, m_sections.at(section).count), t.font(TextStyle::Detail),
               t.color(Token::Text3), side);
}

void GalleryGrid::paintCell(QPainter &painter, int row, const QRect &cell, bool isOneOfSeveral)
{
    const QModelIndex index = m_filter.index(row, 0);
    const qint64 id = m_filter.idAt(row);
    if (id == 0)
        return;
    ThumbnailState state = m_filter.thumbnailState(row);
    state.isSelected = selectionModel()->isSelected(index);
    state.hasCheck = isOneOfSeveral && state.isSelected;
    state.isCurrent = index == currentIndex() && showsKeyboardFocus(this);
    if (m_hovered == index) {
        state.hoverStars = m_hoverStar;
        paintThumbnail(painter, cell, state);
        return;
    }
    m_tiles.paint(painter, cell, id, state);
    paintThumbnailRing(painter, cell, state);
}

void GalleryGrid::paintEvent(QPaintEvent *event)
{
    QPainter painter(viewport());
    painter.fillRect(event->rect(), theme().color(Token::Canvas));
    m_tiles.beginFrame();
    const int offset = verticalOffset();
    const int bottom = offset + viewport()->height();
    const QItemSelection chosen = selectionModel()->selection();
    const bool several = chosen.size() > 1 || (chosen.size() == 1 && chosen.first().height() > 1);
    int sticky = -1;
    int nextTop = m_height;
    const auto firstShown =
        std::lower_bound(m_sections.cbegin(), m_sections.cend(), offset,
                         [](const Section &section, int value) { return section.end + kAfterSection < value; });
    for (int at = int(firstShown - m_sections.cbegin()); at < m_sections.size(); ++at) {
        const Section &section = m_sections.at(at);
        if (section.top > bottom)
            break;
        if (section.top <= offset) {
            sticky = at;
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
                if (event->rect().intersects(cell.adjusted(-6, -6, 6, 6)))
                    paintCell(painter, row, cell, several);
            }
        }
        if (isGrouped() && section.top > offset)
            paintHeading(painter, at, section.top - offset);
    }
    if (isGrouped() && sticky >= 0)
        paintHeading(painter, sticky, std::min(0, nextTop - offset - kHeading));
    if (!m_band.isNull()) {
        QColor fill = theme().color(Token::Accent);
        fill.setAlpha(40);
        painter.fillRect(m_band, fill);
        painter.setPen(theme().color(Token::Accent));
        painter.drawRect(m_band.adjusted(0, 0, -1, -1));
    }
    if (m_isDropWelcome)
        paintDropHint(painter);
    // While it scrolls on, the next frame shows others anyway.
    if (m_tiles.isIncomplete())
        m_refine.start(m_hasScrolled ? kRestMs : kRefineMs);
    else
        m_refine.stop();
    m_hasScrolled = false;
}

void GalleryGrid::paintDropHint(QPainter &painter) const
{
    const Theme &t = theme();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(t.color(Token::Accent), 2, Qt::DashLine));
    painter.setBrush(t.color(Token::Scrim));
    painter.drawRoundedRect(QRectF(viewport()->rect()).adjusted(8, 8, -8, -8), 8, 8);
    painter.setPen(Qt::white);
    painter.setFont(t.font(TextStyle::Heading));
    painter.drawText(viewport()->rect(), Qt::AlignCenter, tr("Drop to add to the gallery"));
}

void GalleryGrid::resizeEvent(QResizeEvent *event)
{
    QAbstractItemView::resizeEvent(event);
    relayout();
}

void GalleryGrid::dataChanged(const QModelIndex &topLeft, const QModelIndex &bottomRight, const QList<int> &)
{
    // The base class would ask an editor for each row; here only what is on the screen is painted again.
    if (bottomRight.row() - topLeft.row() > 64) {
        viewport()->update();
        return;
    }
    for (int row = topLeft.row(); row <= bottomRight.row(); ++row)
        viewport()->update(visualRect(m_filter.index(row, 0)).adjusted(-4, -4, 4, 4));
}

} // namespace ui
