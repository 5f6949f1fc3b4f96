#include "ui/compare/empty_slots.h"

#include "ui/common/focus_frame.h"
#include "ui/common/icons.h"
#include "ui/common/painting.h"
#include "ui/common/theme.h"

#include <QDragEnterEvent>
#include <QMimeData>
#include <QPainter>
#include <QUrl>

#include <algorithm>

namespace ui {

EmptySlot::EmptySlot(const QString &letter, QWidget *parent) : QAbstractButton(parent), m_letter(letter)
{
    setAcceptDrops(true);
    setFocusPolicy(Qt::StrongFocus);
    setAttribute(Qt::WA_Hover);
    setCursor(Qt::PointingHandCursor);
    setAccessibleName(tr("Picture %1").arg(letter));
    setAccessibleDescription(tr("Drop a picture or choose from the gallery"));
}

void EmptySlot::setPicture(const QImage &picture, const QString &title, const QString &problem)
{
    m_picture = picture;
    m_title = title;
    m_problem = problem;
    setAccessibleDescription(title.isEmpty() ? tr("Drop a picture or choose from the gallery") : title);
    update();
}

void EmptySlot::paintEvent(QPaintEvent *)
{
    const Theme &look = theme();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF box = QRectF(rect()).adjusted(1, 1, -1, -1);
    const bool isLive = underMouse() || m_isDropWelcome;
    if (!m_picture.isNull()) {
        painter.setRenderHint(QPainter::SmoothPixmapTransform);
        const QSizeF size = QSizeF(m_picture.size()).scaled(box.size(), Qt::KeepAspectRatio);
        const QRectF place(box.center() - QPointF(size.width() / 2, size.height() / 2), size);
        painter.drawImage(place, m_picture);
        drawOverlayText(painter, place.topLeft() + QPointF(8, 8), m_letter, TextStyle::Label);
    } else {
        painter.setPen(
            QPen(look.color(isLive ? Token::Accent : Token::LineField), m_isDropWelcome ? 2.0 : 1.5, Qt::DashLine));
        painter.setBrush(isLive ? look.color(Token::Window) : QColor(Qt::transparent));
        painter.drawRoundedRect(box, look.metrics().radiusCard, look.metrics().radiusCard);
        const bool isFault = !m_problem.isEmpty();
        const QPointF middle = box.center();
        drawIcon(painter, QRectF(middle.x() - 20, middle.y() - 64, 40, 40),
                 isFault ? QStringLiteral("warning") : QStringLiteral("image"),
                 look.color(isFault ? Token::Warning : Token::Text3));
        painter.setFont(look.font(TextStyle::Heading));
        painter.setPen(look.color(Token::Text2));
        painter.drawText(QRectF(box.left(), middle.y() - 16, box.width(), 24), Qt::AlignCenter, m_letter);
        painter.setFont(look.font(TextStyle::Body));
        painter.setPen(look.color(isFault ? Token::Text2 : Token::Text3));
        const QString text = isFault             ? m_problem
                             : m_title.isEmpty() ? tr("Drop a picture or choose from the gallery")
                                                 : m_title;
        painter.drawText(QRectF(box.left() + 24, middle.y() + 12, box.width() - 48, box.bottom() - middle.y() - 12),
                         int(Qt::AlignHCenter | Qt::AlignTop) | Qt::TextWordWrap, text);
    }
    if (showsKeyboardFocus(this)) {
        painter.setPen(QPen(look.color(Token::Accent), 2));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), look.metrics().radiusCard, look.metrics().radiusCard);
    }
}

void EmptySlot::dragEnterEvent(QDragEnterEvent *event)
{
    if (!event->mimeData()->hasUrls())
        return;
    m_isDropWelcome = true;
    update();
    event->acceptProposedAction();
}

void EmptySlot::dragLeaveEvent(QDragLeaveEvent *)
{
    m_isDropWelcome = false;
    update();
}

void EmptySlot::dropEvent(QDropEvent *event)
{
    m_isDropWelcome = false;
    update();
    QStringList files;
    const QList<QUrl> urls = event->mimeData()->urls();
    for (const QUrl &url : urls) {
        if (url.isLocalFile())
            files.append(url.toLocalFile());
    }
    if (files.isEmpty())
        return;
    event->acceptProposedAction();
    Q_EMIT filesDropped(files);
}

EmptySlots::EmptySlots(QWidget *parent)
    : QWidget(parent)
    , m_first(new EmptySlot(QStringLiteral("A"), this))
    , m_second(new EmptySlot(QStringLiteral("B"), this))
{
    setSurface(this, Token::Canvas);
    m_first->setObjectName(QStringLiteral("slotA"));
    m_second->setObjectName(QStringLiteral("slotB"));
    for (int i = 0; i < 2; ++i) {
        connect(slot(i), &EmptySlot::clicked, this, [this, i] { Q_EMIT chooserRequested(i); });
        connect(slot(i), &EmptySlot::filesDropped, this,
                [this, i](const QStringList &files) { Q_EMIT filesDropped(i, files); });
    }
}

void EmptySlots::setFirst(const QImage &picture, const QString &title, const QString &problem)
{
    m_first->setPicture(picture, title, problem);
}

void EmptySlots::resizeEvent(QResizeEvent *)
{
    constexpr int kGap = 24;
    const int side = std::clamp(std::min((width() - 3 * kGap) / 2, height() - 2 * kGap), 120, 420);
    const int left = (width() - 2 * side - kGap) / 2;
    const int top = (height() - side) / 2;
    m_first->setGeometry(left, top, side, side);
    m_second->setGeometry(left + side + kGap, top, side, side);
}

} // namespace ui
