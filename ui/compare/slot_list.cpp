#include "ui/compare/slot_list.h"

#include "ui/common/focus_frame.h"
#include "ui/common/icons.h"
#include "ui/common/painting.h"
#include "ui/common/theme.h"
#include "ui/compare/compare_model.h"

#include <QContextMenuEvent>
#include <QKeyEvent>
#include <QPainter>

namespace ui {

namespace {

constexpr int kRow = 72;
constexpr int kDenseRow = 48;
constexpr int kFewRows = 4; ///< more are drawn dense

} // namespace

QRect SlotDelegate::crossRect(const QRect &row)
{
    return {row.right() - 40, row.center().y() - 13, 28, 28};
}

QSize SlotDelegate::sizeHint(const QStyleOptionViewItem &, const QModelIndex &) const
{
    return {200, m_isDense ? kDenseRow : kRow};
}

void SlotDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const Theme &look = theme();
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    const QRectF row(option.rect);
    const auto *list = qobject_cast<const QAbstractItemView *>(option.widget);
    const bool isCurrent =
        list != nullptr && list->currentIndex() == index && index.row() > 0 && index.model()->rowCount() > 2;
    const bool isHovered = option.state & QStyle::State_MouseOver;
    if (isCurrent)
        painter->fillRect(row, look.color(Token::AccentSoft));
    else if (isHovered)
        painter->fillRect(row, look.color(Token::Hover));
    painter->fillRect(QRectF(row.left(), row.bottom() - 1, row.width(), 1), look.color(Token::Line));

    const double side = m_isDense ? 36 : 56;
    const QRectF frame(row.left() + 16, row.center().y() - side / 2, side, side);
    const auto image = index.data(CompareModel::ThumbnailRole).value<QImage>();
    const QString problem = index.data(CompareModel::ProblemRole).toString();
    if (image.isNull()) {
        drawBox(*painter, frame, look.metrics().radiusControl, look.color(Token::Hover));
        drawIcon(*painter, QRectF(frame.center().x() - 8, frame.center().y() - 8, 16, 16),
                 problem.isEmpty() ? QStringLiteral("image") : QStringLiteral("warning"),
                 look.color(problem.isEmpty() ? Token::Text3 : Token::Warning));
    } else {
        QPainterPath path;
        path.addRoundedRect(frame, look.metrics().radiusControl, look.metrics().radiusControl);
        painter->setClipPath(path);
        painter->setRenderHint(QPainter::SmoothPixmapTransform);
        const QSizeF whole = QSizeF(image.size()).scaled(frame.size(), Qt::KeepAspectRatioByExpanding);
        painter->drawImage(QRectF(frame.center() - QPointF(whole.width() / 2, whole.height() / 2), whole), image);
        painter->setClipping(false);
        painter->setPen(QPen(look.color(Token::Edge), 1));
        painter->setBrush(Qt::NoBrush);
        painter->drawRoundedRect(frame.adjusted(0.5, 0.5, -0.5, -0.5), look.metrics().radiusControl,
                                 look.metrics().radiusControl);
    }
    if (const double progress = index.data(CompareModel::ProgressRole).toDouble(); progress >= 0.0)
        drawMeter(*painter, QRectF(frame.left() + 4, frame.bottom() - 8, frame.width() - 8, 4), progress);

    const double left = frame.right() + 12;
    const double right = crossRect(option.rect).left() - 4;
    const QRectF badge(left, row.center().y() - (m_isDense ? 18 : 20), 20, 18);
    const bool isA = index.row() == 0;
    drawBox(*painter, badge, look.metrics().radiusBadge, look.color(isA ? Token::Accent : Token::Hover),
            isA ? QColor() : look.color(Token::Line));
    painter->setFont(look.font(TextStyle::Label));
    painter->setPen(look.color(isA ? Token::OnAccent : Token::Text));
    painter->drawText(badge, Qt::AlignCenter, index.data(CompareModel::LetterRole).toString());
    drawElided(*painter, QRectF(badge.right() + 8, badge.top() - 1, right - badge.right() - 8, 20),
               index.data(Qt::DisplayRole).toString(), look.font(TextStyle::Control), look.color(Token::Text));
    drawElided(*painter, QRectF(left, badge.bottom() + (m_isDense ? 1 : 4), right - left, 16),
               index.data(CompareModel::DetailRole).toString(), look.font(TextStyle::Detail),
               look.color(problem.isEmpty() ? Token::Text3 : Token::Warning));
    drawIcon(*painter, QRectF(crossRect(option.rect)).adjusted(6, 6, -6, -6), QStringLiteral("close"),
             look.color(Token::Text2));
    if (list != nullptr && list->currentIndex() == index && showsKeyboardFocus(list)) {
        painter->setPen(QPen(look.color(Token::Accent), 2));
        painter->setBrush(Qt::NoBrush);
        painter->drawRoundedRect(row.adjusted(3, 3, -3, -4), 6, 6);
    }
    painter->restore();
}

SlotList::SlotList(CompareModel &model, QWidget *parent)
    : QListView(parent), m_model(model), m_delegate(new SlotDelegate(this))
{
    setObjectName(QStringLiteral("compareSlots"));
    setAccessibleName(tr("Pictures that are compared"));
    setModel(&model);
    setItemDelegate(m_delegate);
    setMouseTracking(true);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setDragEnabled(true);
    setAcceptDrops(true);
    setDropIndicatorShown(true);
    setDragDropMode(QAbstractItemView::DragDrop);
    setDefaultDropAction(Qt::MoveAction);
    setSelectionMode(QAbstractItemView::SingleSelection);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    connect(&model, &QAbstractItemModel::rowsInserted, this, &SlotList::fit);
    connect(&model, &QAbstractItemModel::rowsRemoved, this, &SlotList::fit);
    connect(&model, &QAbstractItemModel::modelReset, this, &SlotList::fit);
}

void SlotList::fit()
{
    m_delegate->setDense(m_model.count() > kFewRows);
    scheduleDelayedItemsLayout();
    updateGeometry();
}

QSize SlotList::sizeHint() const
{
    return {240, m_model.count() * (m_model.count() > kFewRows ? kDenseRow : kRow)};
}

void SlotList::keyPressEvent(QKeyEvent *event)
{
    const int row = currentIndex().row();
    const bool isAlt = event->modifiers() & Qt::AltModifier;
    switch (event->key()) {
    case Qt::Key_Up:
    case Qt::Key_Down:
        if (isAlt && row >= 0) {
            const int to = row + (event->key() == Qt::Key_Up ? -1 : 1);
            m_model.move(row, to);
            if (to >= 0 && to < m_model.count())
                setCurrentIndex(m_model.index(to, 0));
            return;
        }
        break;
    case Qt::Key_Delete:
    case Qt::Key_Backspace:
        if (row >= 0)
            Q_EMIT removeRequested(row);
        return;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (row >= 0)
            Q_EMIT chooserRequested(row);
        return;
    default:
        if (row >= 0 && event->key() >= Qt::Key_0 && event->key() <= Qt::Key_5 &&
            (event->modifiers() & ~Qt::KeypadModifier) == Qt::NoModifier) {
            Q_EMIT starsChosen(row, event->key() - Qt::Key_0);
            return;
        }
        // Letters are keys of the page, not a search.
        if (!event->text().isEmpty() && event->text().at(0).isPrint()) {
            event->ignore();
            return;
        }
        break;
    }
    QListView::keyPressEvent(event);
}

void SlotList::mouseReleaseEvent(QMouseEvent *event)
{
    const QModelIndex index = indexAt(event->pos());
    if (index.isValid() && event->button() == Qt::LeftButton &&
        SlotDelegate::crossRect(visualRect(index)).contains(event->pos())) {
        Q_EMIT removeRequested(index.row());
        return;
    }
    QListView::mouseReleaseEvent(event);
}

void SlotList::mouseMoveEvent(QMouseEvent *event)
{
    const QModelIndex index = indexAt(event->pos());
    const bool isOnCross = index.isValid() && SlotDelegate::crossRect(visualRect(index)).contains(event->pos());
    setCursor(isOnCross ? Qt::PointingHandCursor : Qt::ArrowCursor);
    setToolTip(isOnCross ? tr("Take out (Delete)") : QString());
    QListView::mouseMoveEvent(event);
}

void SlotList::contextMenuEvent(QContextMenuEvent *event)
{
    const QModelIndex index = event->reason() == QContextMenuEvent::Keyboard ? currentIndex() : indexAt(event->pos());
    if (index.isValid())
        Q_EMIT menuRequested(index.row(), event->globalPos());
}

} // namespace ui
