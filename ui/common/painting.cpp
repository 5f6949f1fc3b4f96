#include "ui/common/painting.h"

#include <QFontMetricsF>
#include <QKeySequence>
#include <QPixmapCache>

#include <algorithm>
#include <cmath>

namespace ui {

void drawBox(QPainter &painter, const QRectF &rect, double radius, const QColor &fill, const QColor &outline,
             double outlineWidth)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    const bool hasLine = outline.isValid() && outline.alpha() > 0;
    const bool hasFill = fill.isValid() && fill.alpha() > 0;
    if (hasLine) {
        const double half = outlineWidth / 2.0;
        painter.setPen(QPen(outline, outlineWidth));
        painter.setBrush(hasFill ? QBrush(fill) : QBrush(Qt::NoBrush));
        painter.drawRoundedRect(rect.adjusted(half, half, -half, -half), radius - half, radius - half);
    } else if (hasFill) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(fill);
        painter.drawRoundedRect(rect, radius, radius);
    }
    painter.restore();
}

void drawFocusRing(QPainter &painter, const QRectF &rect, double radius)
{
    const Metrics &m = theme().metrics();
    const double out = m.focusGap + m.focusWidth;
    drawBox(painter, rect.adjusted(-out, -out, out, out), radius + out, {}, theme().color(Token::Accent), m.focusWidth);
}

void drawMeter(QPainter &painter, const QRectF &rect, double fraction, double phase, bool isEnabled)
{
    const double radius = rect.height() / 2.0;
    drawBox(painter, rect, radius, theme().color(Token::Groove));
    const QColor fill = theme().color(isEnabled ? Token::Accent : Token::Disabled);
    if (fraction < 0.0) {
        const double width = rect.width() * 0.24;
        drawBox(painter, QRectF(rect.left() + (rect.width() - width) * phase, rect.top(), width, rect.height()), radius,
                fill);
        return;
    }
    const double width = rect.width() * std::clamp(fraction, 0.0, 1.0);
    if (width <= 0.0)
        return;
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setClipRect(QRectF(rect.left(), rect.top(), width, rect.height()));
    drawBox(painter, QRectF(rect.left(), rect.top(), std::max(width, rect.height()), rect.height()), radius, fill);
    painter.restore();
}

int drawElided(QPainter &painter, const QRectF &rect, const QString &text, const QFont &font, const QColor &color,
               Qt::Alignment alignment)
{
    if (rect.width() <= 0 || text.isEmpty())
        return 0;
    painter.setFont(font);
    painter.setPen(color);
    const QFontMetricsF metrics(font);
    double width = metrics.horizontalAdvance(text);
    const QString shown = width > rect.width() + 0.5 ? metrics.elidedText(text, Qt::ElideRight, rect.width()) : text;
    width = std::min(width, rect.width());
    painter.drawText(rect, int(alignment) | Qt::TextSingleLine, shown);
    return int(std::ceil(width));
}

int keyCapWidth(const QString &key)
{
    return int(std::ceil(QFontMetricsF(theme().font(TextStyle::Caption)).horizontalAdvance(key))) + 12;
}

void drawKeyCap(QPainter &painter, const QPointF &leftCentre, const QString &key, const QColor &text,
                const QColor &outline)
{
    const QRectF rect(leftCentre.x(), std::round(leftCentre.y() - 9.0), keyCapWidth(key), 18);
    drawBox(painter, rect, 4, {}, outline);
    painter.setFont(theme().font(TextStyle::Caption));
    painter.setPen(text);
    painter.drawText(rect, int(Qt::AlignCenter) | Qt::TextSingleLine, key);
}

namespace {

/// Shadow of a box with the given radius, with `kShadowMargin` round a middle that can be stretched.
QImage shadowPatch(double radius, bool isDark)
{
    const int side = kShadowMargin * 2 + int(radius) * 2 + 8;
    QImage alpha(side, side, QImage::Format_ARGB32_Premultiplied);
    alpha.fill(Qt::transparent);
    QPainter painter(&alpha);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    // Many faint boxes, each larger than the last, make a soft edge; done once for each theme and radius.
    const QRectF inner(kShadowMargin, kShadowMargin, side - 2 * kShadowMargin, side - 2 * kShadowMargin);
    const double far = isDark ? 0.55 : 0.20;
    const double near = isDark ? 0.40 : 0.12;
    constexpr int kRings = 20;
    for (int i = 0; i < kRings; ++i) {
        const double grow = 18.0 * (i + 1) / kRings - 4.0;
        painter.setBrush(QColor::fromRgbF(0, 0, 0, float(far / kRings * 1.2)));
        painter.drawRoundedRect(inner.adjusted(-grow, -grow + 6, grow, grow + 6), radius + std::max(0.0, grow),
                                radius + std::max(0.0, grow));
    }
    for (int i = 0; i < 6; ++i) {
        painter.setBrush(QColor::fromRgbF(0, 0, 0, float(near / 6)));
        painter.drawRoundedRect(inner.adjusted(-i, -i + 2, i, i + 2), radius + i, radius + i);
    }
    return alpha;
}

} // namespace

void drawShadow(QPainter &painter, const QRectF &rect, double radius)
{
    const QString key = QStringLiteral("tincture-shadow/%1/%2").arg(radius).arg(theme().isDark());
    QPixmap patch;
    if (!QPixmapCache::find(key, &patch)) {
        patch = QPixmap::fromImage(shadowPatch(radius, theme().isDark()));
        QPixmapCache::insert(key, patch);
    }
    const int corner = patch.width() / 2 - 1;
    const QRectF outer = rect.adjusted(-kShadowMargin, -kShadowMargin, kShadowMargin, kShadowMargin);
    const double xs[4] = {outer.left(), outer.left() + corner, outer.right() - corner, outer.right()};
    const double ys[4] = {outer.top(), outer.top() + corner, outer.bottom() - corner, outer.bottom()};
    const double ps[4] = {0, double(corner), double(patch.width() - corner), double(patch.width())};
    for (int row = 0; row < 3; ++row) {
        for (int column = 0; column < 3; ++column)
            painter.drawPixmap(QRectF(xs[column], ys[row], xs[column + 1] - xs[column], ys[row + 1] - ys[row]), patch,
                               QRectF(ps[column], ps[row], ps[column + 1] - ps[column], ps[row + 1] - ps[row]));
    }
}

QRectF drawOverlayText(QPainter &painter, const QPointF &topLeft, const QString &text, TextStyle style,
                       Qt::Alignment corner)
{
    const QFont font = theme().font(style);
    const double width = std::ceil(QFontMetricsF(font).horizontalAdvance(text)) + 16;
    QRectF rect(topLeft, QSizeF(width, 24));
    if (corner & Qt::AlignRight)
        rect.moveRight(topLeft.x());
    drawBox(painter, rect, theme().metrics().radiusBadge, theme().color(Token::Scrim));
    painter.setFont(font);
    painter.setPen(Qt::white);
    painter.drawText(rect, int(Qt::AlignCenter) | Qt::TextSingleLine, text);
    return rect;
}

QColor mix(const QColor &a, const QColor &b, double share)
{
    const auto part = [share](float x, float y) { return float(x + (y - x) * share); };
    return QColor::fromRgbF(part(a.redF(), b.redF()), part(a.greenF(), b.greenF()), part(a.blueF(), b.blueF()),
                            part(a.alphaF(), b.alphaF()));
}

QString keyText(const QKeySequence &key)
{
    return key.toString(QKeySequence::NativeText);
}

} // namespace ui
