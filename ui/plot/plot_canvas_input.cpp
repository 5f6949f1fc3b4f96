// Pointer and keys on the sheet of an X/Y plot.
#include "ui/plot/plot_canvas.h"

#include <QApplication>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QToolTip>
#include <QWheelEvent>

#include <cmath>
#include <utility>

namespace ui {

void PlotCanvas::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    if (m_isFitted)
        fit();
    else
        clampOffset();
}

void PlotCanvas::wheelEvent(QWheelEvent *event)
{
    const double steps = event->angleDelta().y() / 120.0;
    if (steps != 0.0)
        zoomAbout(m_zoom * std::pow(1.2, steps), event->position());
    event->accept();
}

void PlotCanvas::mousePressEvent(QMouseEvent *event)
{
    m_pressedAt = event->position();
    m_offsetBefore = m_offset;
    m_isPanning = false;
    m_pressed = cellAt(event->position());
    if (event->button() == Qt::LeftButton && m_pressed.x() >= 0)
        setCurrent(m_pressed);
}

void PlotCanvas::mouseMoveEvent(QMouseEvent *event)
{
    if ((event->buttons() & (Qt::LeftButton | Qt::MiddleButton)) == 0) {
        const QPoint over = cellAt(event->position());
        const bool isRetry = over.x() >= 0 && m_plot->cell(over).state == app::PlotCellState::Failed &&
                             retryRect(cellRect(over)).contains(event->position());
        setCursor(isRetry ? Qt::PointingHandCursor : Qt::ArrowCursor);
        return;
    }
    const QPointF moved = event->position() - m_pressedAt;
    if (!m_isPanning && moved.manhattanLength() < QApplication::startDragDistance())
        return;
    m_isPanning = true;
    setCursor(Qt::ClosedHandCursor);
    m_offset = m_offsetBefore + moved;
    clampOffset();
    update();
}

void PlotCanvas::mouseReleaseEvent(QMouseEvent *event)
{
    setCursor(Qt::ArrowCursor);
    const bool wasPanning = std::exchange(m_isPanning, false);
    const QPoint cell = cellAt(event->position());
    if (wasPanning || event->button() != Qt::LeftButton || cell.x() < 0 || cell != m_pressed)
        return;
    if (m_plot->cell(cell).state == app::PlotCellState::Failed && retryRect(cellRect(cell)).contains(event->position()))
        Q_EMIT tryAgainRequested(cell);
}

void PlotCanvas::mouseDoubleClickEvent(QMouseEvent *event)
{
    const QPoint cell = cellAt(event->position());
    if (event->button() == Qt::LeftButton && cell.x() >= 0)
        Q_EMIT activated(cell);
}

void PlotCanvas::keyPressEvent(QKeyEvent *event)
{
    if (!m_plot)
        return QWidget::keyPressEvent(event);
    switch (event->key()) {
    case Qt::Key_Left:
        return setCurrent(m_current - QPoint(1, 0));
    case Qt::Key_Right:
        return setCurrent(m_current + QPoint(1, 0));
    case Qt::Key_Up:
        return setCurrent(m_current - QPoint(0, 1));
    case Qt::Key_Down:
        return setCurrent(m_current + QPoint(0, 1));
    case Qt::Key_Home:
        return setCurrent({0, m_current.y()});
    case Qt::Key_End:
        return setCurrent({m_plot->columns() - 1, m_current.y()});
    case Qt::Key_PageUp:
        return setCurrent({m_current.x(), 0});
    case Qt::Key_PageDown:
        return setCurrent({m_current.x(), m_plot->rows() - 1});
    case Qt::Key_Plus:
    case Qt::Key_Equal:
        return zoomIn();
    case Qt::Key_Minus:
        return zoomOut();
    case Qt::Key_0:
        return fit();
    case Qt::Key_Return:
    case Qt::Key_Enter:
        Q_EMIT activated(m_current);
        return;
    default:
        QWidget::keyPressEvent(event);
    }
}

void PlotCanvas::contextMenuEvent(QContextMenuEvent *event)
{
    const bool isByMouse = event->reason() == QContextMenuEvent::Mouse;
    const QPoint cell = isByMouse ? cellAt(event->pos()) : m_current;
    if (!m_plot || cell.x() < 0)
        return;
    setCurrent(cell);
    Q_EMIT menuRequested(cell, isByMouse ? event->globalPos() : mapToGlobal(cellRect(cell).center().toPoint()));
}

bool PlotCanvas::event(QEvent *event)
{
    if (event->type() == QEvent::ToolTip) {
        const auto *help = static_cast<QHelpEvent *>(event);
        const QPoint cell = cellAt(help->pos());
        if (cell.x() >= 0)
            QToolTip::showText(help->globalPos(), cellText(cell), this, cellRect(cell).toRect());
        else
            QToolTip::hideText();
        return true;
    }
    if (event->type() == QEvent::FocusIn || event->type() == QEvent::FocusOut)
        update();
    return QWidget::event(event);
}

} // namespace ui
