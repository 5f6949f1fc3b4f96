#pragma once

#include <QColor>
#include <QIcon>
#include <QPixmap>
#include <QRectF>
#include <QString>

class QPainter;

namespace ui {

/// Which colour an icon takes. Auto follows the state: text-2, text under the pointer, accent-text when checked,
/// disabled. All follow a change of theme without being set again.
enum class IconRole { Auto, Text, Text2, Text3, OnAccent, AccentText, Danger, Warning, Success, Star, White };

/// Icon `name` of resources/icons ("trash"), recoloured and drawn at the screen's ratio.
QIcon icon(const QString &name, IconRole role = IconRole::Auto);
/// \param size device-independent pixels
QPixmap iconPixmap(const QString &name, const QColor &color, int size, qreal ratio);
/// Draws the icon into `rect` in one colour; mirrored in right-to-left where the design says so.
void drawIcon(QPainter &painter, const QRectF &rect, const QString &name, const QColor &color);
bool hasIcon(const QString &name);

} // namespace ui
