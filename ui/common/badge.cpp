#include "ui/common/badge.h"

#include "ui/common/painting.h"

namespace ui {

namespace {

QFont badgeFont()
{
    QFont font = theme().font(TextStyle::Caption);
    font.setWeight(QFont::Medium);
    return font;
}

} // namespace

int badgeWidth(const QString &text)
{
    return QFontMetrics(badgeFont()).horizontalAdvance(text) + 13;
}

int drawBadge(QPainter &painter, const QPointF &leftCentre, const QString &text, BadgeKind kind)
{
    const Theme &t = theme();
    QColor fill = t.color(t.isDark() ? Token::Raised : Token::Hover);
    QColor ink = t.color(Token::Text2);
    QColor line = t.color(Token::LineField);
    switch (kind) {
    case BadgeKind::Neutral:
        break;
    case BadgeKind::Accent:
        fill = t.color(Token::AccentSoft);
        ink = t.color(Token::AccentText);
        line = t.color(Token::AccentLine);
        break;
    case BadgeKind::Warning:
        fill = t.color(Token::WarningSoft);
        ink = t.color(Token::Warning);
        line = t.color(Token::WarningLine);
        break;
    case BadgeKind::Danger:
        fill = t.color(Token::DangerSoft);
        ink = t.color(Token::Danger);
        line = t.color(Token::DangerLine);
        break;
    }
    const int width = badgeWidth(text);
    const QRectF rect(leftCentre.x(), std::round(leftCentre.y() - 9), width, 18);
    drawBox(painter, rect, t.metrics().radiusBadge, fill, t.isHighContrast() ? line : QColor());
    painter.setFont(badgeFont());
    painter.setPen(ink);
    painter.drawText(rect, int(Qt::AlignCenter) | Qt::TextSingleLine, text);
    return width;
}

Badge::Badge(const QString &text, BadgeKind kind, QWidget *parent) : QWidget(parent), m_text(text), m_kind(kind)
{
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    setAccessibleName(text);
    setVisible(!text.isEmpty() || parent == nullptr);
}

void Badge::setText(const QString &text, BadgeKind kind)
{
    m_text = text;
    m_kind = kind;
    setAccessibleName(text);
    setVisible(!text.isEmpty());
    updateGeometry();
    update();
}

QSize Badge::sizeHint() const
{
    return {m_text.isEmpty() ? 0 : badgeWidth(m_text), theme().metrics().badge};
}

void Badge::paintEvent(QPaintEvent *)
{
    if (m_text.isEmpty())
        return;
    QPainter painter(this);
    drawBadge(painter, QPointF(0, height() / 2.0), m_text, m_kind);
}

} // namespace ui
