// Pointer, wheel, keys and drops on the pictures that are compared.
#include "ui/compare/compare_view.h"

#include <QContextMenuEvent>
#include <QKeyEvent>
#include <QMimeData>
#include <QMouseEvent>
#include <QUrl>

#include <algorithm>
#include <cmath>

namespace ui {

namespace {

QStringList droppedFiles(const QMimeData &data)
{
    QStringList files;
    const QList<QUrl> urls = data.urls();
    for (const QUrl &url : urls) {
        if (url.isLocalFile())
            files.append(url.toLocalFile());
    }
    return files;
}

} // namespace

void CompareView::updateCursor(const QPointF &position)
{
    const QList<Cell> all = cells();
    const int at = cellAt(position);
    const bool canPan = at >= 0 && (target(all.at(at)).width() > all.at(at).area.width() + 1 ||
                                    target(all.at(at)).height() > all.at(at).area.height() + 1);
    if (m_drag == Drag::Divider || (m_drag == Drag::None && isOnDivider(position)))
        setCursor(m_isUpright ? Qt::SplitHCursor : Qt::SplitVCursor);
    else if (canPan)
        setCursor(m_drag == Drag::Picture ? Qt::ClosedHandCursor : Qt::OpenHandCursor);
    else
        unsetCursor();
}

void CompareView::wheelEvent(QWheelEvent *event)
{
    const int turned = event->angleDelta().y();
    if (turned == 0 || m_pictures.isEmpty()) {
        event->ignore();
        return;
    }
    stepZoom(turned > 0 ? 1 : -1, event->position());
    event->accept();
}

void CompareView::mousePressEvent(QMouseEvent *event)
{
    const int at = cellAt(event->position());
    if ((event->button() != Qt::LeftButton && event->button() != Qt::MiddleButton) || at < 0)
        return;
    const Cell cell = cells().at(at);
    m_hasMoved = false;
    m_dragAt = event->position();
    m_dragPicture = cell.picture;
    const bool isLeft = event->button() == Qt::LeftButton;
    const bool isLarger =
        target(cell).width() > cell.area.width() + 1 || target(cell).height() > cell.area.height() + 1;
    const bool takesDivider = m_mode == CompareMode::Slider && isLeft && m_pictures.size() > 1 &&
                              (isOnDivider(event->position()) || !isLarger);
    m_drag = takesDivider ? Drag::Divider : Drag::Picture;
    if (takesDivider)
        moveDivider(event->position());
    updateCursor(event->position());
}

void CompareView::mouseMoveEvent(QMouseEvent *event)
{
    const QPointF position = event->position();
    if (m_drag == Drag::Divider) {
        moveDivider(position);
    } else if (m_drag == Drag::Picture) {
        const QPointF moved = position - m_dragAt;
        m_hasMoved = m_hasMoved || moved.manhattanLength() > 3;
        for (const Cell &cell : cells()) {
            if (cell.picture != m_dragPicture || !m_hasMoved)
                continue;
            const QSizeF size = QSizeF(m_frame) * zoomIn(cell);
            Port &view = port(cell.picture);
            if (view.zoom <= 0.0)
                break; // all of it is seen
            view.centre -= QPointF(moved.x() / size.width(), moved.y() / size.height());
            m_dragAt = position;
            clamp(cell.picture);
            changed();
            break;
        }
    }
    updateCursor(position);
    QPoint pixel(-1, -1);
    if (const int at = cellAt(position); at >= 0 && !m_frame.isEmpty()) {
        const QRectF whole = target(cells().at(at));
        const QPointF inside = (position - whole.topLeft()) * m_frame.width() / whole.width();
        if (QRectF(QPointF(), QSizeF(m_frame)).contains(inside))
            pixel = {int(inside.x()), int(inside.y())};
    }
    Q_EMIT pointerMoved(pixel);
}

void CompareView::mouseReleaseEvent(QMouseEvent *event)
{
    const bool wasClick = m_drag == Drag::Picture && !m_hasMoved && event->button() == Qt::LeftButton;
    m_drag = Drag::None;
    updateCursor(event->position());
    if (wasClick)
        Q_EMIT pictureClicked(m_dragPicture);
}

void CompareView::mouseDoubleClickEvent(QMouseEvent *event)
{
    if (isOnDivider(event->position())) {
        setDivider(0.5);
        return;
    }
    if (isFitted())
        zoomAbout(std::max(1.0, zoom() * 2.0), event->position());
    else
        fit();
}

void CompareView::leaveEvent(QEvent *event)
{
    QWidget::leaveEvent(event);
    Q_EMIT pointerMoved({-1, -1});
}

void CompareView::keyPressEvent(QKeyEvent *event)
{
    const QList<Cell> all = cells();
    const int key = event->key();
    const int along = key == Qt::Key_Right || key == Qt::Key_Down ? 1
                      : key == Qt::Key_Left || key == Qt::Key_Up  ? -1
                                                                  : 0;
    const bool isSideways = key == Qt::Key_Left || key == Qt::Key_Right;
    const bool isControl = event->modifiers() & Qt::ControlModifier;
    if (along != 0 && !all.isEmpty() && m_mode == CompareMode::Slider && isSideways == m_isUpright && !isControl &&
        m_pictures.size() > 1) {
        const QRectF part = seen(all.first());
        const int step = event->modifiers() & Qt::ShiftModifier ? 10 : 1;
        const double extent = std::max(1.0, m_isUpright ? part.width() : part.height());
        setDivider((std::round(m_divider * extent) + along * step) / extent);
        return;
    }
    if (along != 0 && !all.isEmpty() && !isFitted()) {
        // Ctrl, or any mode without a divider: moves the part that is seen.
        const double step = (event->modifiers() & Qt::ShiftModifier ? 160.0 : 32.0) * along;
        Port &view = port(all.first().picture);
        const QSizeF size = QSizeF(m_frame) * zoomIn(all.first());
        view.centre += isSideways ? QPointF(step / size.width(), 0) : QPointF(0, step / size.height());
        clamp(all.first().picture);
        changed();
        return;
    }
    switch (key) {
    case Qt::Key_Plus:
    case Qt::Key_Equal:
        return zoomIn();
    case Qt::Key_Minus:
        return zoomOut();
    case Qt::Key_Home:
        if (m_mode == CompareMode::Slider)
            return setDivider(0.0);
        break;
    case Qt::Key_End:
        if (m_mode == CompareMode::Slider)
            return setDivider(1.0);
        break;
    default:
        break;
    }
    QWidget::keyPressEvent(event);
}

void CompareView::contextMenuEvent(QContextMenuEvent *event)
{
    const int at = cellAt(event->pos());
    if (at >= 0)
        Q_EMIT menuRequested(cells().at(at).picture, event->globalPos());
}

void CompareView::dragEnterEvent(QDragEnterEvent *event)
{
    if (droppedFiles(*event->mimeData()).isEmpty())
        return;
    m_isDropWelcome = true;
    update();
    event->acceptProposedAction();
}

void CompareView::dragLeaveEvent(QDragLeaveEvent *)
{
    m_isDropWelcome = false;
    update();
}

void CompareView::dropEvent(QDropEvent *event)
{
    m_isDropWelcome = false;
    update();
    const QStringList files = droppedFiles(*event->mimeData());
    if (files.isEmpty())
        return;
    event->acceptProposedAction();
    Q_EMIT filesDropped(files);
}

void CompareView::hideEvent(QHideEvent *)
{
    m_flicker.stop();
}

void CompareView::showEvent(QShowEvent *)
{
    updateFlicker();
}

} // namespace ui
