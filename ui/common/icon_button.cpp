#include "ui/common/icon_button.h"

#include "ui/common/icons.h"
#include "ui/common/painting.h"

namespace ui {

IconButton::IconButton(const QString &iconName, const QString &name, QWidget *parent)
    : IconButton(iconName, name, Shape::Flat, parent)
{
}

IconButton::IconButton(const QString &iconName, const QString &name, Shape shape, QWidget *parent)
    : QToolButton(parent), m_iconName(iconName), m_shape(shape)
{
    setAttribute(Qt::WA_Hover);
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    setName(name);
    if (shape == Shape::Round)
        setProperty("focusRadius", 20);
}

void IconButton::setIconName(const QString &iconName)
{
    m_iconName = iconName;
    update();
}

void IconButton::setCheckedIconName(const QString &iconName)
{
    m_checkedIconName = iconName;
    update();
}

void IconButton::setName(const QString &name, const QString &key)
{
    setAccessibleName(name);
    setToolTip(key.isEmpty() ? name : QStringLiteral("%1 (%2)").arg(name, key));
}

void IconButton::setIconPixels(int pixels)
{
    m_iconPixels = pixels;
    update();
}

QSize IconButton::sizeHint() const
{
    const int side = m_shape == Shape::Flat ? 28 : m_shape == Shape::Boxed ? 32 : 40;
    return {side, side};
}

void IconButton::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const Theme &t = theme();
    const bool hovered = isEnabled() && underMouse();
    const bool boxed = m_shape != Shape::Flat;
    QColor fill = boxed ? t.color(Token::Raised) : QColor();
    QColor line = boxed ? t.color(Token::LineButton) : QColor();
    QColor ink = t.color(hovered ? Token::Text : Token::Text2);
    if (isChecked()) {
        fill = t.color(Token::AccentSoft);
        line = boxed || t.isHighContrast() ? t.color(Token::AccentLine) : QColor();
        ink = t.color(Token::AccentText);
    } else if (isDown()) {
        fill = t.color(Token::Pressed);
    } else if (hovered) {
        fill = t.color(Token::Hover);
    }
    if (!isEnabled()) {
        fill = QColor();
        line = boxed ? t.color(Token::Line) : QColor();
        ink = t.color(Token::Disabled);
    }
    drawBox(painter, rect(), m_shape == Shape::Round ? height() / 2.0 : t.metrics().radiusControl, fill, line);
    QRectF box(0, 0, m_iconPixels, m_iconPixels);
    box.moveCenter(QRectF(rect()).center());
    drawIcon(painter, box, isChecked() && !m_checkedIconName.isEmpty() ? m_checkedIconName : m_iconName, ink);
}

} // namespace ui
