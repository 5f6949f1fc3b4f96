#include "ui/common/thumbnail_delegate.h"

#include "ui/common/icons.h"
#include "ui/common/painting.h"

#include <QCoreApplication>
#include <QPainterPath>
#include <QPixmap>

#include <algorithm>
#include <cmath>

namespace ui {

namespace {

constexpr int kStar = 14;
constexpr int kStarLeft = 6;
const QColor kStarOnPicture(0xF3, 0xC5, 0x64);

void paintFoot(QPainter &painter, const QRectF &rect)
{
    const double height = std::min(28.0, rect.height());
    const QRectF foot(rect.left(), rect.bottom() - height, rect.width(), height);
    QLinearGradient gradient(foot.topLeft(), foot.bottomLeft());
    gradient.setColorAt(0.0, QColor(0, 0, 0, 0));
    gradient.setColorAt(0.45, QColor(0, 0, 0, 148));
    gradient.setColorAt(1.0, QColor(0, 0, 0, 194));
    painter.fillRect(foot, gradient);
}

void paintMark(QPainter &painter, const QRectF &rect, const QString &iconName, const QColor &fill, const QColor &ink)
{
    const QRectF mark(rect.right() - 26, rect.top() + 6, 20, 20);
    drawBox(painter, mark, 10, fill);
    drawIcon(painter, mark.adjusted(3, 3, -3, -3), iconName, ink);
}

const QColor kLabelOnPicture[] = {
    {}, {0xF4, 0x7B, 0x70}, {0xF3, 0xC5, 0x64}, {0x86, 0xD0, 0x89}, {0x9A, 0xB2, 0xF5}, {0xCF, 0x9B, 0xEA}};
const QColor kLabelOnLight[] = {
    {}, {0xC0, 0x33, 0x2A}, {0xA8, 0x6F, 0x00}, {0x25, 0x6C, 0x2A}, {0x3D, 0x5C, 0xC2}, {0x7A, 0x3F, 0xA0}};

} // namespace

QString labelName(int label)
{
    switch (label) {
    case 1:
        return QCoreApplication::translate("ui::ThumbnailDelegate", "Red");
    case 2:
        return QCoreApplication::translate("ui::ThumbnailDelegate", "Yellow");
    case 3:
        return QCoreApplication::translate("ui::ThumbnailDelegate", "Green");
    case 4:
        return QCoreApplication::translate("ui::ThumbnailDelegate", "Blue");
    case 5:
        return QCoreApplication::translate("ui::ThumbnailDelegate", "Purple");
    default:
        return QCoreApplication::translate("ui::ThumbnailDelegate", "None");
    }
}

QColor labelColor(int label)
{
    if (label < 1 || label > kLabels)
        return {};
    return theme().isDark() ? kLabelOnPicture[label] : kLabelOnLight[label];
}

void paintLabel(QPainter &painter, const QRectF &rect, int label, const QColor &color)
{
    if (label < 1 || label > kLabels)
        return;
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(color);
    const double radius = rect.width() / 2.0;
    const auto polygon = [&](int corners, double turn, double size) {
        QPolygonF points;
        for (int i = 0; i < corners; ++i) {
            const double angle = turn + i * 2.0 * M_PI / corners;
            points << rect.center() + QPointF(std::cos(angle), std::sin(angle)) * size;
        }
        painter.drawPolygon(points);
    };
    switch (label) {
    case 1:
        painter.drawEllipse(rect);
        break;
    case 2:
        polygon(3, -M_PI / 2.0, radius * 1.15);
        break;
    case 3:
        painter.drawRect(rect.adjusted(radius * 0.12, radius * 0.12, -radius * 0.12, -radius * 0.12));
        break;
    case 4:
        polygon(4, 0.0, radius * 1.1);
        break;
    default:
        polygon(5, -M_PI / 2.0, radius * 1.1);
        break;
    }
    painter.restore();
}

int starAt(double x)
{
    return std::clamp(int((x - kStarLeft + kStar) / kStar), 0, 5);
}

void paintStars(QPainter &painter, const QPointF &topLeft, int size, int stars, int of, const QColor &filled,
                const QColor &empty)
{
    for (int i = 0; i < of; ++i)
        drawIcon(painter, QRectF(topLeft.x() + i * size, topLeft.y(), size, size),
                 i < stars ? QStringLiteral("star-filled") : QStringLiteral("star"), i < stars ? filled : empty);
}

void paintThumbnail(QPainter &painter, const QRectF &rect, const ThumbnailState &state)
{
    const Theme &t = theme();
    const double radius = t.metrics().radiusControl;
    painter.save();
    painter.setRenderHints(QPainter::Antialiasing | QPainter::SmoothPixmapTransform);
    QPainterPath clip;
    clip.addRoundedRect(rect, radius, radius);
    painter.save();
    painter.setClipPath(clip, Qt::IntersectClip);
    const double opacity = painter.opacity();
    if (state.isRejected)
        painter.setOpacity(opacity * 0.5);
    if (state.isMissing) {
        painter.fillRect(rect, t.color(Token::Panel));
        QRectF sign(0, 0, 20, 20);
        sign.moveCenter(rect.center() - QPointF(0, rect.height() > 88 ? 10 : 0));
        drawIcon(painter, sign, QStringLiteral("image"), t.color(Token::Text3));
        if (rect.height() > 88) {
            painter.setFont(t.font(TextStyle::Caption));
            painter.setPen(t.color(Token::Text3));
            painter.drawText(rect.adjusted(4, 30, -4, 0), Qt::AlignCenter | Qt::TextWordWrap,
                             state.missingText.isEmpty()
                                 ? QCoreApplication::translate("ui::ThumbnailDelegate", "file missing")
                                 : state.missingText);
        }
    } else if (state.image.isNull()) {
        painter.fillRect(rect, t.color(Token::Hover));
    } else {
        painter.fillRect(rect, t.color(Token::Checker));
        const QSizeF size =
            QSizeF(state.image.size())
                .scaled(rect.size(), state.fillsCell ? Qt::KeepAspectRatioByExpanding : Qt::KeepAspectRatio);
        QRectF target(QPointF(), size);
        target.moveCenter(rect.center());
        painter.drawImage(target, state.image);
    }
    if (state.hoverStars >= 0 && rect.width() >= 5 * kStar + 8) {
        paintFoot(painter, rect);
        paintStars(painter, QPointF(rect.left() + kStarLeft, rect.bottom() - kStar - 5), kStar,
                   state.hoverStars > 0 ? state.hoverStars : state.stars, 5, kStarOnPicture, Qt::white);
    } else if (state.stars > 0 && rect.width() >= state.stars * kStar + 8) {
        paintFoot(painter, rect);
        paintStars(painter, QPointF(rect.left() + kStarLeft, rect.bottom() - kStar - 5), kStar, state.stars,
                   state.stars, kStarOnPicture, Qt::white);
    }
    if (state.label > 0 && rect.width() >= 40) {
        const QRectF disc(rect.left() + 6, rect.top() + 6, 18, 18);
        drawBox(painter, disc, 9, QColor(0, 0, 0, 168));
        paintLabel(painter, disc.adjusted(4, 4, -4, -4), state.label, kLabelOnPicture[std::min(state.label, kLabels)]);
    }
    if (state.forming >= 0.0)
        drawMeter(painter, QRectF(rect.left() + 6, rect.bottom() - 10, rect.width() - 12, 4), state.forming);
    painter.restore();
    drawBox(painter, rect, radius, {}, t.color(Token::Edge));
    if (state.isRejected && !state.hasCheck && rect.width() >= 40)
        paintMark(painter, rect, QStringLiteral("flag"), t.color(Token::Scrim), Qt::white);
    painter.restore();
    paintThumbnailRing(painter, rect, state);
}

void paintThumbnailRing(QPainter &painter, const QRectF &rect, const ThumbnailState &state)
{
    const Theme &t = theme();
    if (state.hasCheck)
        paintMark(painter, rect, QStringLiteral("check"), t.color(Token::Accent), t.color(Token::OnAccent));
    if (state.isCurrent || state.isSelected) {
        const double out = state.isTight ? 3.0 : 4.0;
        drawBox(painter, rect.adjusted(-out, -out, out, out), t.metrics().radiusControl + out, {},
                t.color(Token::Accent), 2);
    }
}

ThumbnailDelegate::ThumbnailDelegate(const ThumbnailRoles &roles, QObject *parent)
    : QStyledItemDelegate(parent), m_roles(roles)
{
}

void ThumbnailDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    ThumbnailState state;
    const QVariant image = index.data(m_roles.image);
    if (image.typeId() == QMetaType::QPixmap)
        state.image = image.value<QPixmap>().toImage();
    else if (image.typeId() == QMetaType::QImage)
        state.image = image.value<QImage>();
    if (m_roles.stars >= 0)
        state.stars = index.data(m_roles.stars).toInt();
    if (m_roles.rejected >= 0)
        state.isRejected = index.data(m_roles.rejected).toBool();
    if (m_roles.missing >= 0)
        state.isMissing = index.data(m_roles.missing).toBool();
    if (m_roles.forming >= 0) {
        const QVariant forming = index.data(m_roles.forming);
        state.forming = forming.isValid() ? forming.toDouble() : -1.0;
    }
    state.isCurrent = option.state & QStyle::State_Selected;
    state.isTight = true;
    const QRectF cell(option.rect.left(), option.rect.top() + (option.rect.height() - m_cell) / 2.0, m_cell, m_cell);
    paintThumbnail(*painter, cell, state);
}

QSize ThumbnailDelegate::sizeHint(const QStyleOptionViewItem &, const QModelIndex &) const
{
    return {m_cell + m_gap, m_cell + 8};
}

} // namespace ui
