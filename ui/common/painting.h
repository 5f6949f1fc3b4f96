#pragma once

#include "ui/common/theme.h"

#include <QPainter>
#include <QRectF>

namespace ui {

/// Fill and 1 px outline (inside `rect`) with round corners; transparent colours are left out.
void drawBox(QPainter &painter, const QRectF &rect, double radius, const QColor &fill, const QColor &outline = {},
             double outlineWidth = 1.0);
/// Focus ring: 2 px accent, 2 px outside `rect`.
void drawFocusRing(QPainter &painter, const QRectF &rect, double radius);
/// Meter of 3 to 6 px; fraction 0..1, negative: a bar at `phase` 0..1 of the way.
void drawMeter(QPainter &painter, const QRectF &rect, double fraction, double phase = 0.0, bool isEnabled = true);
/// One line of text, elided at the right, vertically centred. Returns the width used.
int drawElided(QPainter &painter, const QRectF &rect, const QString &text, const QFont &font, const QColor &color,
               Qt::Alignment alignment = Qt::AlignLeft | Qt::AlignVCenter);
/// Key cap ("Ctrl+Enter") with its right edge at `right`; returns its width.
int keyCapWidth(const QString &key);
void drawKeyCap(QPainter &painter, const QPointF &leftCentre, const QString &key, const QColor &text,
                const QColor &outline);
/// Shadow of popups and toasts around `rect` (kShadowMargin must be free around it), from a cached 9-patch.
inline constexpr int kShadowMargin = 24;
void drawShadow(QPainter &painter, const QRectF &rect, double radius);
/// White text on a scrim, as over pictures. Returns the rectangle covered.
QRectF drawOverlayText(QPainter &painter, const QPointF &topLeft, const QString &text,
                       TextStyle style = TextStyle::Detail, Qt::Alignment corner = Qt::AlignLeft);
/// Colour between `a` and `b`.
QColor mix(const QColor &a, const QColor &b, double share);
/// Sample of a key sequence as it is shown to people ("Ctrl+Enter").
QString keyText(const QKeySequence &key);

} // namespace ui
