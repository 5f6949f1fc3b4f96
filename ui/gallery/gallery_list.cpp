#include "ui/gallery/gallery_list.h"

#include "app/gallery_store.h"
#include "ui/common/focus_frame.h"
#include "ui/common/icons.h"
#include "ui/common/painting.h"
#include "ui/gallery/gallery_filter.h"
#include "ui/gallery/picture_drag.h"

#include <QHeaderView>
#include <QKeyEvent>
#include <QMenu>
#include <QMouseEvent>
#include <QScrollBar>
#include <QStyledItemDelegate>
#include <QTimer>

#include <algorithm>
#include <cmath>

namespace ui {

namespace {

constexpr int kRowHeight = 40;
constexpr int kTile = 32;
constexpr int kStar = 14;
constexpr int kCellPadding = 8;

int widthOf(int column)
{
    switch (column) {
    case GalleryFilter::PictureColumn:
        return 280;
    case GalleryFilter::StarsColumn:
        return 5 * kStar + 2 * kCellPadding;
    case GalleryFilter::LabelColumn:
        return 84;
    case GalleryFilter::MadeColumn:
        return 132;
    case GalleryFilter::ModelColumn:
    case GalleryFilter::SamplerColumn:
    case GalleryFilter::TagsColumn:
        return 128;
    case GalleryFilter::FileColumn:
        return 200;
    case GalleryFilter::SeedColumn:
        return 108;
    default:
        return 88;
    }
}

bool isShownAtFirst(int column)
{
    switch (column) {
    case GalleryFilter::LabelColumn:
    case GalleryFilter::BytesColumn:
    case GalleryFilter::TagsColumn:
    case GalleryFilter::FileColumn:
        return false;
    default:
        return true;
    }
}

} // namespace

/// Paints cells as parts of one row.
class GalleryList::Row : public QStyledItemDelegate
{
public:
    explicit Row(GalleryList *list) : QStyledItemDelegate(list), m_list(*list)
    {
        takeFonts();
        QObject::connect(&theme(), &Theme::changed, list, [this] { takeFonts(); });
    }

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        const Theme &t = theme();
        const int row = index.row();
        const QModelIndex first = index.siblingAtColumn(0);
        const bool isChosen = m_list.selectionModel()->isSelected(first);
        const bool isCurrent = m_list.currentIndex().row() == row && showsKeyboardFocus(&m_list);
        if (isChosen)
            painter->fillRect(option.rect, t.color(Token::AccentSoft));
        painter->fillRect(QRect(option.rect.left(), option.rect.bottom(), option.rect.width(), 1),
                          t.color(isCurrent ? Token::Accent : Token::Line));
        if (isCurrent)
            painter->fillRect(QRect(option.rect.left(), option.rect.top(), option.rect.width(), 1),
                              t.color(Token::Accent));
        const qint64 id = m_list.m_filter.idAt(row);
        if (id == 0)
            return;
        const QRect cell = option.rect.adjusted(kCellPadding, 0, -kCellPadding, -1);
        const bool mirrored = option.direction == Qt::RightToLeft;
        const ThumbnailState state = m_list.m_filter.thumbnailState(row);
        const QColor ink = t.color(isChosen ? Token::AccentText : Token::Text);
        const QColor quiet = t.color(isChosen ? Token::AccentText : Token::Text2);
        const Qt::Alignment lead = (mirrored ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter;
        const Qt::Alignment trail = (mirrored ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter;
        switch (index.column()) {
        case GalleryFilter::PictureColumn: {
            const QRect tile(mirrored ? cell.right() - kTile + 1 : cell.left(),
                             cell.top() + (cell.height() - kTile) / 2, kTile, kTile);
            ThumbnailState small = state;
            small.stars = 0;
            small.label = 0;
            m_list.m_tiles.paint(*painter, tile, id, small);
            QRectF words =
                mirrored ? QRectF(cell.adjusted(0, 0, -kTile - 8, 0)) : QRectF(cell.adjusted(kTile + 8, 0, 0, 0));
            if (state.isRejected) {
                drawIcon(*painter, QRectF(mirrored ? words.left() : words.right() - 16, cell.center().y() - 8, 16, 16),
                         QStringLiteral("flag"), quiet);
                words.adjust(mirrored ? 22 : 0, 0, mirrored ? 0 : -22, 0);
            }
            drawElided(*painter, words, index.data(Qt::DisplayRole).toString(), m_body, ink, lead);
            return;
        }
        case GalleryFilter::StarsColumn:
            paintStars(*painter,
                       QPointF(mirrored ? cell.right() - 5 * kStar : cell.left(), cell.center().y() - kStar / 2.0),
                       kStar, state.stars, 5, t.color(Token::Star), t.color(Token::LineField));
            return;
        case GalleryFilter::LabelColumn:
            if (state.label > 0) {
                const QRectF shape(mirrored ? cell.right() - 12 : cell.left(), cell.center().y() - 5, 11, 11);
                paintLabel(*painter, shape, state.label, labelColor(state.label));
                drawElided(*painter,
                           mirrored ? QRectF(cell.adjusted(0, 0, -18, 0)) : QRectF(cell.adjusted(18, 0, 0, 0)),
                           labelName(state.label), m_detail, quiet, lead);
            }
            return;
        case GalleryFilter::SeedColumn:
            drawElided(*painter, cell, index.data(Qt::DisplayRole).toString(), m_mono, quiet, trail);
            return;
        case GalleryFilter::StepsColumn:
        case GalleryFilter::GuidanceColumn:
        case GalleryFilter::SizeColumn:
        case GalleryFilter::BytesColumn:
            drawElided(*painter, cell, index.data(Qt::DisplayRole).toString(), m_detail, quiet, trail);
            return;
        default:
            drawElided(*painter, cell, index.data(Qt::DisplayRole).toString(), m_detail, quiet, lead);
            return;
        }
    }

    QSize sizeHint(const QStyleOptionViewItem &, const QModelIndex &index) const override
    {
        return {widthOf(index.column()), kRowHeight};
    }

private:
    /// Kept: to look a font up for each of some hundred cells takes longer than to draw them.
    void takeFonts()
    {
        m_body = theme().font(TextStyle::Body);
        m_detail = theme().font(TextStyle::Detail);
        m_mono = theme().font(TextStyle::Mono);
    }

    QFont m_body;
    QFont m_detail;
    QFont m_mono;
    GalleryList &m_list;
};

GalleryList::GalleryList(GalleryFilter &filter, QWidget *parent)
    : QTableView(parent), m_filter(filter), m_tiles(4 << 20)
{
    setObjectName(QStringLiteral("galleryList"));
    setAccessibleName(tr("Pictures"));
    setProperty("focusRing", false);
    setFrameShape(QFrame::NoFrame);
    setShowGrid(false);
    setSelectionBehavior(QAbstractItemView::SelectRows);
    setSelectionMode(QAbstractItemView::ExtendedSelection);
    setEditTriggers(QAbstractItemView::NoEditTriggers);
    setDragEnabled(true);
    setWordWrap(false);
    setTabKeyNavigation(false);
    setVerticalScrollMode(ScrollPerPixel);
    setHorizontalScrollMode(ScrollPerPixel);
    setCornerButtonEnabled(false);
    setModel(&filter);
    setItemDelegate(new Row(this));
    verticalHeader()->hide();
    verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    verticalHeader()->setDefaultSectionSize(kRowHeight);
    verticalHeader()->setMinimumSectionSize(kRowHeight);
    QHeaderView *head = horizontalHeader();
    head->setAccessibleName(tr("Columns"));
    head->setSectionsMovable(true);
    head->setSectionsClickable(true);
    head->setHighlightSections(false);
    head->setSortIndicatorShown(true);
    head->setDefaultAlignment(Qt::AlignLeading | Qt::AlignVCenter);
    head->setFixedHeight(32);
    head->setMinimumSectionSize(48);
    head->setContextMenuPolicy(Qt::CustomContextMenu);
    for (int column = 0; column < GalleryFilter::ColumnCount; ++column) {
        setColumnWidth(column, widthOf(column));
        setColumnHidden(column, !isShownAtFirst(column));
    }
    m_tiles.setCell(kTile, devicePixelRatioF());
    connect(head, &QHeaderView::customContextMenuRequested, this, &GalleryList::showColumnMenu);
    connect(head, &QHeaderView::sectionClicked, this, &GalleryList::sortWanted);
    connect(head, &QHeaderView::sectionMoved, this, &GalleryList::columnStateChanged);
    connect(head, &QHeaderView::sectionResized, this, &GalleryList::columnStateChanged);
    connect(&theme(), &Theme::changed, this, [this] { m_tiles.clear(); });
    showSort();
}

GalleryList::~GalleryList() = default;

QByteArray GalleryList::columnState() const
{
    return horizontalHeader()->saveState();
}

void GalleryList::setColumnState(const QByteArray &state)
{
    if (state.isEmpty())
        return;
    const QSignalBlocker quiet(this);
    // A state of other columns (an older program) is refused by the header itself.
    if (horizontalHeader()->restoreState(state) &&
        horizontalHeader()->hiddenSectionCount() == horizontalHeader()->count())
        setColumnHidden(GalleryFilter::PictureColumn, false);
    horizontalHeader()->setSectionsMovable(true);
    horizontalHeader()->setSectionsClickable(true);
    showSort();
}

void GalleryList::showSort()
{
    const QSignalBlocker quiet(horizontalHeader());
    horizontalHeader()->setSortIndicator(m_filter.sortColumn(), m_filter.order().direction);
}

void GalleryList::showColumnMenu(const QPoint &position)
{
    QMenu menu(this);
    for (int column = 0; column < GalleryFilter::ColumnCount; ++column) {
        if (column == GalleryFilter::PictureColumn)
            continue; // a row without its picture would be a riddle
        QAction *action = menu.addAction(m_filter.headerData(column, Qt::Horizontal, Qt::DisplayRole).toString());
        action->setCheckable(true);
        action->setChecked(!isColumnHidden(column));
        connect(action, &QAction::toggled, this, [this, column](bool on) {
            setColumnHidden(column, !on);
            Q_EMIT columnStateChanged();
        });
    }
    menu.exec(horizontalHeader()->mapToGlobal(position));
}

void GalleryList::tellVisible()
{
    if (!isVisible() || m_filter.rowCount() == 0)
        return;
    const int first = std::max(0, rowAt(0));
    const int last = rowAt(viewport()->height() - 1);
    m_filter.setVisibleRows(std::max(0, first - 8), (last < 0 ? m_filter.rowCount() - 1 : last) + 8);
}

void GalleryList::scrollContentsBy(int dx, int dy)
{
    QTableView::scrollContentsBy(dx, dy);
    tellVisible();
}

void GalleryList::resizeEvent(QResizeEvent *event)
{
    QTableView::resizeEvent(event);
    tellVisible();
}

void GalleryList::paintEvent(QPaintEvent *event)
{
    m_tiles.setCell(kTile, devicePixelRatioF());
    m_tiles.beginFrame();
    QTableView::paintEvent(event);
    if (m_tiles.isIncomplete())
        QTimer::singleShot(40, viewport(), qOverload<>(&QWidget::update));
}

int GalleryList::starUnder(const QPoint &point) const
{
    const QModelIndex index = indexAt(point);
    if (index.column() != GalleryFilter::StarsColumn)
        return 0;
    const QRect cell = visualRect(index).adjusted(kCellPadding, 0, -kCellPadding, 0);
    const int x =
        layoutDirection() == Qt::RightToLeft ? point.x() - (cell.right() - 5 * kStar) : point.x() - cell.left();
    return x < 0 || x >= 5 * kStar ? 0 : x / kStar + 1;
}

void GalleryList::mousePressEvent(QMouseEvent *event)
{
    const QModelIndex index = indexAt(event->pos());
    if (index.isValid() && event->button() == Qt::LeftButton && event->modifiers() == Qt::AltModifier) {
        Q_EMIT compareWith(index);
        return;
    }
    const int star =
        event->button() == Qt::LeftButton && event->modifiers() == Qt::NoModifier ? starUnder(event->pos()) : 0;
    if (star > 0) {
        Q_EMIT starsChosen(index, m_filter.thumbnailState(index.row()).stars == star ? 0 : star);
        return;
    }
    if (event->button() == Qt::RightButton && index.isValid() &&
        selectionModel()->isSelected(index.siblingAtColumn(0))) {
        selectionModel()->setCurrentIndex(index.siblingAtColumn(0), QItemSelectionModel::NoUpdate);
        return;
    }
    QTableView::mousePressEvent(event);
}

void GalleryList::mouseDoubleClickEvent(QMouseEvent *event)
{
    if (event->button() == Qt::LeftButton && indexAt(event->pos()).isValid() && starUnder(event->pos()) == 0)
        Q_EMIT commandGiven(PictureCommand::View);
}

void GalleryList::keyPressEvent(QKeyEvent *event)
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
    QTableView::keyPressEvent(event);
}

void GalleryList::startDrag(Qt::DropActions)
{
    dragPictures(this, m_filter, GalleryFilter::rowsOf(selectionModel()->selection()), currentIndex().row());
}

void GalleryList::setSelection(const QRect &rect, QItemSelectionModel::SelectionFlags flags)
{
    const QRect area = rect.normalized();
    const int from = rowAt(std::max(0, area.top()));
    const int to = rowAt(area.bottom());
    QItemSelection selection;
    if (m_filter.rowCount() > 0 && (from >= 0 || to >= 0)) {
        const int first = area.top() < 0 ? rowAt(0) + int(std::floor(double(area.top()) / kRowHeight)) : from;
        const int last = to >= 0 ? to : m_filter.rowCount() - 1;
        selection.select(m_filter.index(std::clamp(first < 0 ? 0 : first, 0, m_filter.rowCount() - 1), 0),
                         m_filter.index(last, 0));
    }
    selectionModel()->select(selection, flags | QItemSelectionModel::Rows); // the grid shares it
}

void GalleryList::selectionChanged(const QItemSelection &selected, const QItemSelection &deselected)
{
    QTableView::selectionChanged(selected, deselected);
    viewport()->update();
}

void GalleryList::currentChanged(const QModelIndex &current, const QModelIndex &previous)
{
    QTableView::currentChanged(current, previous);
    viewport()->update();
}

} // namespace ui
