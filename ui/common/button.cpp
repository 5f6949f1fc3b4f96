#include "ui/common/button.h"

#include "ui/common/icons.h"
#include "ui/common/painting.h"

#include <QFontMetrics>
#include <QStyleOptionButton>

namespace ui {

Button::Button(const QString &text, QWidget *parent) : Button(text, Kind::Normal, parent) {}

Button::Button(const QString &text, Kind kind, QWidget *parent) : QPushButton(text, parent), m_kind(kind)
{
    setAttribute(Qt::WA_Hover);
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Minimum, QSizePolicy::Fixed);
}

void Button::setKind(Kind kind)
{
    m_kind = kind;
    updateGeometry();
    update();
}

void Button::setControlSize(Size size)
{
    m_size = size;
    updateGeometry();
    update();
}

void Button::setIconName(const QString &name)
{
    m_iconName = name;
    updateGeometry();
    update();
}

void Button::setKeyHint(const QString &key)
{
    m_keyHint = key;
    updateGeometry();
    update();
}

void Button::setBusy(const QString &text)
{
    if (m_busy == text)
        return;
    if (m_busy.isEmpty())
        m_busyKept = text.isEmpty() ? QString() : toolTip();
    m_busy = text;
    setEnabled(text.isEmpty());
    setAccessibleDescription(text);
    update();
}

QFont Button::labelFont() const
{
    QFont font = theme().font(TextStyle::Control);
    if (m_size == Size::Small)
        font = theme().font(TextStyle::Label);
    if (m_size == Size::Main)
        font.setPixelSize(font.pixelSize() + 1);
    if (m_kind == Kind::Primary)
        font.setWeight(QFont::DemiBold);
    return font;
}

QSize Button::sizeHint() const
{
    const Metrics &m = theme().metrics();
    const int height = m_size == Size::Small ? m.controlSmall : m_size == Size::Main ? m.controlMain : m.control;
    const int padding = m_kind == Kind::Link ? 4 : m_size == Size::Small ? 10 : 12;
    int width = QFontMetrics(labelFont()).horizontalAdvance(QString(text()).remove(QLatin1Char('&'))) + 2;
    if (!m_iconName.isEmpty())
        width += 16 + (text().isEmpty() ? 0 : 8);
    if (!m_keyHint.isEmpty())
        width += 8 + keyCapWidth(m_keyHint);
    return {width + 2 * padding, height};
}

QSize Button::minimumSizeHint() const
{
    return sizeHint();
}

void Button::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const Theme &t = theme();
    const bool hovered = isEnabled() && underMouse();
    const bool down = isEnabled() && (isDown() || isChecked());
    const double radius = m_size == Size::Main ? t.metrics().radiusCard : t.metrics().radiusControl;
    QColor fill;
    QColor line;
    QColor ink = t.color(Token::Text);
    switch (m_kind) {
    case Kind::Primary:
        fill = t.color(down ? Token::AccentPressed : hovered ? Token::AccentHover : Token::Accent);
        ink = t.color(Token::OnAccent);
        break;
    case Kind::Ghost:
        fill = down ? t.color(Token::Pressed) : hovered ? t.color(Token::Hover) : QColor();
        ink = t.color(hovered ? Token::Text : Token::Text2);
        break;
    case Kind::Link:
        ink = t.color(Token::AccentText);
        fill = hovered ? t.color(Token::Hover) : QColor();
        break;
    case Kind::Danger:
        ink = t.color(Token::Danger);
        [[fallthrough]];
    case Kind::Normal:
        fill = t.color(down ? Token::Pressed : hovered ? Token::Hover : Token::Raised);
        line = t.color(Token::LineButton);
        break;
    }
    if (!isEnabled()) {
        fill = QColor();
        line = m_kind == Kind::Ghost || m_kind == Kind::Link ? QColor() : t.color(Token::Line);
        ink = t.color(Token::Disabled);
    }
    // Halves of a split button are square where they meet.
    const QString half = property("half").toString();
    QRectF box(rect());
    if (!half.isEmpty()) {
        painter.setClipRect(rect());
        box = half == QLatin1String("left") ? box.adjusted(0, 0, radius + 2, 0) : box.adjusted(-radius - 2, 0, 0, 0);
    }
    drawBox(painter, box, radius, fill, line);
    if (half == QLatin1String("right"))
        painter.fillRect(QRectF(0, 0, 1, height()), isEnabled() ? QColor(0, 0, 0, 56) : t.color(Token::Line));

    const QString label = m_busy.isEmpty() ? text() : m_busy;
    const QString iconName = m_busy.isEmpty() ? m_iconName : QStringLiteral("clock");
    const QFont font = labelFont();
    const int textWidth = QFontMetrics(font).horizontalAdvance(QString(label).remove(QLatin1Char('&')));
    const int iconWidth = iconName.isEmpty() ? 0 : 16 + (label.isEmpty() ? 0 : 8);
    const bool hasKey = !m_keyHint.isEmpty() && m_busy.isEmpty();
    int keyWidth = hasKey ? 8 + keyCapWidth(m_keyHint) : 0;
    if (iconWidth + textWidth + keyWidth > width() - 8)
        keyWidth = 0;
    double x = std::max(4.0, (width() - iconWidth - textWidth - keyWidth) / 2.0);
    const bool mirrored = layoutDirection() == Qt::RightToLeft;
    const auto place = [&](double w) { return mirrored ? width() - x - w : x; };
    const QColor iconInk =
        isEnabled() && (m_kind == Kind::Normal || m_kind == Kind::Ghost) && !hovered ? t.color(Token::Text2) : ink;
    if (!iconName.isEmpty()) {
        drawIcon(painter, QRectF(place(16), (height() - 16) / 2.0, 16, 16), iconName,
                 m_kind == Kind::Normal && isEnabled() ? ink : iconInk);
        x += iconWidth;
    }
    painter.setFont(font);
    painter.setPen(ink);
    const double room = std::min<double>(textWidth + 2, width() - x - 4);
    painter.drawText(QRectF(place(room), 0, room, height()),
                     Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine | Qt::TextShowMnemonic, label);
    x += textWidth + 8;
    if (keyWidth > 0) {
        QColor capLine = t.color(Token::LineField);
        QColor capInk = t.color(Token::Text2);
        if (m_kind == Kind::Primary) {
            capInk = ink;
            capLine = ink;
            capLine.setAlphaF(0.45f);
        }
        if (!isEnabled()) {
            capInk = ink;
            capLine = t.color(Token::Line);
        }
        drawKeyCap(painter, QPointF(place(keyWidth - 8), height() / 2.0), m_keyHint, capInk, capLine);
    }
}

} // namespace ui
