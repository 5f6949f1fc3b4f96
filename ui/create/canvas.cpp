#include "ui/create/canvas.h"

#include "ui/common/focus_frame.h"
#include "ui/common/theme.h"

#include <QContextMenuEvent>
#include <QDragEnterEvent>
#include <QFileInfo>
#include <QImageReader>
#include <QMimeData>
#include <QPainter>

#include <algorithm>
#include <array>
#include <cmath>

namespace ui {

namespace {

constexpr std::array kZooms{0.0625, 0.125, 0.25, 0.5, 0.75, 1.0, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 16.0, 24.0, 32.0};

} // namespace

QString droppedPicture(const QMimeData &data)
{
    const QList<QUrl> urls = data.urls();
    if (urls.isEmpty() || !urls.first().isLocalFile())
        return {};
    const QString file = urls.first().toLocalFile();
    const QByteArray suffix = QFileInfo(file).suffix().toLower().toLatin1();
    return QImageReader::supportedImageFormats().contains(suffix) ? file : QString();
}

Canvas::Canvas(QWidget *parent) : QWidget(parent)
{
    setFocusPolicy(Qt::StrongFocus);
    setAcceptDrops(true);
    setAttribute(Qt::WA_OpaquePaintEvent);
    setProperty("focusRing", false); // it is drawn inside: the canvas fills its place
    setAccessibleName(tr("Picture"));
}

void Canvas::setPicture(const QImage &picture, QSize nominal)
{
    const QSize size = nominal.isEmpty() ? picture.size() : nominal;
    const bool isOtherSize = size != m_nominal;
    m_picture = picture;
    // Once a picture instead of at each paint.
    m_screen =
        picture.convertToFormat(picture.hasAlphaChannel() ? QImage::Format_ARGB32_Premultiplied : QImage::Format_RGB32);
    m_shrunk = {};
    m_nominal = size;
    if (isOtherSize) {
        m_offset = {};
        m_zoom = 0.0;
        Q_EMIT zoomChanged(zoom());
    }
    updateCursor();
    update();
}

void Canvas::clear()
{
    m_picture = {};
    m_screen = {};
    m_shrunk = {};
    m_nominal = {};
    m_left.clear();
    m_right.clear();
    m_zoom = 0.0;
    m_offset = {};
    updateCursor();
    update();
    Q_EMIT zoomChanged(zoom());
}

void Canvas::setLabels(const QString &left, const QString &right)
{
    if (left == m_left && right == m_right)
        return;
    m_left = left;
    m_right = right;
    setAccessibleDescription(right.isEmpty() ? left : tr("%1, %2").arg(left, right));
    update();
}

void Canvas::setMessage(const QString &message)
{
    if (message == m_message)
        return;
    m_message = message;
    if (!hasPicture())
        update();
}

void Canvas::setSmooth(bool isSmooth)
{
    m_isSmooth = isSmooth;
    update();
}

double Canvas::fittingZoom(QSize picture, QSizeF area)
{
    if (picture.isEmpty() || area.isEmpty())
        return 1.0;
    const double most = std::min(area.width() / picture.width(), area.height() / picture.height());
    return most >= 1.0 ? std::floor(most) : most;
}

double Canvas::zoom() const
{
    return m_zoom > 0.0 ? m_zoom : fittingZoom(m_nominal, size());
}

QRectF Canvas::target() const
{
    const QSizeF extent = QSizeF(m_nominal) * zoom();
    const QPointF middle = QRectF(rect()).center() + m_offset;
    const double ratio = devicePixelRatioF();
    // On whole device pixels, so that nothing is smeared that has a whole-number zoom.
    const auto snapped = [ratio](double value) { return std::round(value * ratio) / ratio; };
    return {snapped(middle.x() - extent.width() / 2.0), snapped(middle.y() - extent.height() / 2.0), extent.width(),
            extent.height()};
}

void Canvas::zoomAbout(double zoom, QPointF anchor)
{
    const double before = this->zoom();
    m_zoom = std::clamp(zoom, kZooms.front(), kZooms.back());
    const QPointF middle = QRectF(rect()).center();
    // The point under the anchor stays where it is.
    m_offset = anchor - middle - (anchor - middle - m_offset) * (m_zoom / before);
    clampOffset();
    updateCursor();
    update();
    Q_EMIT zoomChanged(m_zoom);
}

void Canvas::stepZoom(int direction, QPointF anchor)
{
    if (!hasPicture())
        return;
    const double now = zoom();
    double next = now;
    if (direction > 0) {
        const auto above = std::find_if(kZooms.begin(), kZooms.end(), [now](double z) { return z > now * 1.001; });
        next = above == kZooms.end() ? kZooms.back() : *above;
    } else {
        const auto below = std::find_if(kZooms.rbegin(), kZooms.rend(), [now](double z) { return z < now * 0.999; });
        next = below == kZooms.rend() ? kZooms.front() : *below;
    }
    zoomAbout(next, anchor);
}

void Canvas::clampOffset()
{
    const QSizeF extent = QSizeF(m_nominal) * zoom();
    const double roomX = std::max(0.0, (extent.width() - width()) / 2.0);
    const double roomY = std::max(0.0, (extent.height() - height()) / 2.0);
    m_offset.setX(std::clamp(m_offset.x(), -roomX, roomX));
    m_offset.setY(std::clamp(m_offset.y(), -roomY, roomY));
}

void Canvas::updateCursor()
{
    const QSizeF extent = QSizeF(m_nominal) * zoom();
    const bool canPan = hasPicture() && (extent.width() > width() || extent.height() > height());
    if (canPan)
        setCursor(m_isDragging ? Qt::ClosedHandCursor : Qt::OpenHandCursor);
    else
        unsetCursor();
}

void Canvas::zoomIn()
{
    stepZoom(1, QRectF(rect()).center());
}
void Canvas::zoomOut()
{
    stepZoom(-1, QRectF(rect()).center());
}

void Canvas::fit()
{
    m_zoom = 0.0;
    m_offset = {};
    updateCursor();
    update();
    Q_EMIT zoomChanged(zoom());
}

void Canvas::setZoom(double zoom)
{
    zoomAbout(zoom, QRectF(rect()).center());
}

void Canvas::drawLabel(QPainter &painter, const QString &text, QRectF picture, Qt::Alignment side, bool isMono) const
{
    if (text.isEmpty())
        return;
    const Theme &look = theme();
    painter.setFont(isMono ? look.font(TextStyle::Mono) : look.font(TextStyle::Detail));
    const QRectF visible = picture.intersected(QRectF(rect())).adjusted(12, 12, -12, -12);
    const double width = painter.fontMetrics().horizontalAdvance(text) + 16;
    if (visible.width() < width)
        return;
    const double x = side == Qt::AlignLeft ? visible.left() : visible.right() - width;
    const QRectF box(x, visible.top(), width, 24);
    painter.setPen(Qt::NoPen);
    painter.setBrush(look.color(Token::Scrim));
    painter.drawRoundedRect(box, 4, 4);
    painter.setPen(Qt::white);
    painter.drawText(box, Qt::AlignCenter, text);
}

void Canvas::paintEvent(QPaintEvent *)
{
    const Theme &look = theme();
    QPainter painter(this);
    painter.fillRect(rect(), look.color(Token::Canvas));
    painter.setRenderHint(QPainter::Antialiasing);
    if (hasPicture()) {
        const QRectF where = target();
        const double ratio = devicePixelRatioF();
        const double scale = where.width() * ratio / m_picture.width();
        const bool isMuchSmaller = scale < 0.75;
        if (isMuchSmaller && m_isSmooth) {
            // Bilinear sampling alone would skip pixels.
            const QSize wanted = (where.size() * ratio).toSize().expandedTo({1, 1});
            if (m_shrunk.isNull() || m_shrunkSize != wanted) {
                m_shrunk = m_screen.scaled(wanted, Qt::IgnoreAspectRatio, Qt::SmoothTransformation);
                m_shrunkSize = wanted;
            }
            painter.drawImage(where, m_shrunk);
        } else {
            const QRectF visible = where.intersected(QRectF(rect()).adjusted(-1, -1, 1, 1));
            const double perX = m_picture.width() / where.width();
            const double perY = m_picture.height() / where.height();
            const QRectF source((visible.left() - where.left()) * perX, (visible.top() - where.top()) * perY,
                                visible.width() * perX, visible.height() * perY);
            painter.setRenderHint(QPainter::SmoothPixmapTransform, m_isSmooth);
            painter.drawImage(visible, m_screen, source);
        }
        drawLabel(painter, m_left, where, Qt::AlignLeft, false);
        drawLabel(painter, m_right, where, Qt::AlignRight, true);
    } else if (!m_message.isEmpty()) {
        painter.setPen(look.color(Token::Text3));
        painter.setFont(look.font(TextStyle::Body));
        painter.drawText(rect(), Qt::AlignCenter | Qt::TextWordWrap, m_message);
    }
    if (showsKeyboardFocus(this)) {
        painter.setPen(QPen(look.color(Token::Accent), 2));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(QRectF(rect()).adjusted(3, 3, -3, -3), 6, 6);
    }
    if (m_isDropWelcome) {
        painter.setPen(QPen(look.color(Token::Accent), 2, Qt::DashLine));
        painter.setBrush(look.color(Token::Scrim));
        painter.drawRoundedRect(QRectF(rect()).adjusted(8, 8, -8, -8), 8, 8);
        painter.setPen(Qt::white);
        painter.setFont(look.font(TextStyle::Heading));
        painter.drawText(rect(), Qt::AlignCenter, tr("Drop to use its settings"));
    }
}

void Canvas::resizeEvent(QResizeEvent *)
{
    clampOffset();
    updateCursor();
    if (isFitted())
        Q_EMIT zoomChanged(zoom());
}

void Canvas::wheelEvent(QWheelEvent *event)
{
    const int turned = event->angleDelta().y();
    if (turned == 0 || !hasPicture()) {
        event->ignore();
        return;
    }
    stepZoom(turned > 0 ? 1 : -1, event->position());
    event->accept();
}

void Canvas::mousePressEvent(QMouseEvent *event)
{
    if (event->button() != Qt::LeftButton && event->button() != Qt::MiddleButton)
        return;
    m_isDragging = true;
    m_dragFrom = event->position() - m_offset;
    updateCursor();
}

void Canvas::mouseMoveEvent(QMouseEvent *event)
{
    if (!m_isDragging)
        return;
    m_offset = event->position() - m_dragFrom;
    clampOffset();
    update();
}

void Canvas::mouseReleaseEvent(QMouseEvent *)
{
    m_isDragging = false;
    updateCursor();
}

void Canvas::mouseDoubleClickEvent(QMouseEvent *event)
{
    if (isFitted())
        zoomAbout(std::max(1.0, zoom() * 2.0), event->position());
    else
        fit();
}

void Canvas::keyPressEvent(QKeyEvent *event)
{
    switch (event->key()) {
    case Qt::Key_Plus:
    case Qt::Key_Equal:
        return zoomIn();
    case Qt::Key_Minus:
        return zoomOut();
    case Qt::Key_F:
        return fit();
    case Qt::Key_Left:
        return Q_EMIT neighbourWanted(-1);
    case Qt::Key_Right:
        return Q_EMIT neighbourWanted(1);
    default:
        QWidget::keyPressEvent(event);
    }
}

void Canvas::contextMenuEvent(QContextMenuEvent *event)
{
    if (hasPicture())
        Q_EMIT menuRequested(event->globalPos());
}

void Canvas::dragEnterEvent(QDragEnterEvent *event)
{
    if (droppedPicture(*event->mimeData()).isEmpty())
        return;
    m_isDropWelcome = true;
    update();
    event->acceptProposedAction();
}

void Canvas::dragLeaveEvent(QDragLeaveEvent *)
{
    m_isDropWelcome = false;
    update();
}

void Canvas::dropEvent(QDropEvent *event)
{
    m_isDropWelcome = false;
    update();
    const QString file = droppedPicture(*event->mimeData());
    if (file.isEmpty())
        return;
    event->acceptProposedAction();
    Q_EMIT fileDropped(file, mapToGlobal(event->position().toPoint()));
}

} // namespace ui
