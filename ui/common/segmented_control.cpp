#include "ui/common/segmented_control.h"

#include "ui/common/icons.h"
#include "ui/common/painting.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QStyle>
#include <QToolTip>

namespace ui {

SegmentedControl::SegmentedControl(QWidget *parent) : QWidget(parent)
{
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
}

int SegmentedControl::addChoice(const QString &text, const QString &iconName, const QString &toolTip)
{
    m_choices.append({text, iconName, toolTip});
    updateGeometry();
    updateAccessible();
    return int(m_choices.size()) - 1;
}

void SegmentedControl::setChoiceText(int index, const QString &text)
{
    m_choices[index].text = text;
    updateGeometry();
    updateAccessible();
    update();
}

void SegmentedControl::setCurrentIndex(int index)
{
    if (index == m_current || index < 0 || index >= m_choices.size())
        return;
    m_current = index;
    updateAccessible();
    update();
    Q_EMIT currentChanged(index);
}

void SegmentedControl::setStretched(bool stretched)
{
    m_isStretched = stretched;
    setSizePolicy(stretched ? QSizePolicy::Expanding : QSizePolicy::Fixed, QSizePolicy::Fixed);
}

void SegmentedControl::updateAccessible()
{
    if (m_current < m_choices.size()) {
        const Choice &choice = m_choices.at(m_current);
        setAccessibleDescription(choice.text.isEmpty() ? choice.toolTip : choice.text);
    }
}

int SegmentedControl::widthOf(const Choice &choice) const
{
    int width = 20;
    if (!choice.text.isEmpty())
        width += QFontMetrics(theme().font(TextStyle::Label)).horizontalAdvance(choice.text) + 1;
    if (!choice.iconName.isEmpty())
        width += 16 + (choice.text.isEmpty() ? 0 : 6);
    return width;
}

QSize SegmentedControl::sizeHint() const
{
    int width = 6;
    for (const Choice &choice : m_choices)
        width += widthOf(choice) + 2;
    return {width - 2, theme().metrics().control};
}

QRect SegmentedControl::choiceRect(int index) const
{
    int x = 3;
    const int inner = height() - 6;
    if (m_isStretched) {
        const int count = int(m_choices.size());
        const int total = width() - 6 - 2 * (count - 1);
        const int left = 3 + index * (total / count + 2);
        const int right = index == count - 1 ? width() - 3 : left + total / count;
        return QStyle::visualRect(layoutDirection(), rect(), QRect(left, 3, right - left, inner));
    }
    for (int i = 0; i < index; ++i)
        x += widthOf(m_choices.at(i)) + 2;
    return QStyle::visualRect(layoutDirection(), rect(), QRect(x, 3, widthOf(m_choices.at(index)), inner));
}

int SegmentedControl::choiceAt(const QPoint &position) const
{
    for (int i = 0; i < m_choices.size(); ++i) {
        if (choiceRect(i).adjusted(-1, -3, 1, 3).contains(position))
            return i;
    }
    return -1;
}

void SegmentedControl::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const Theme &t = theme();
    drawBox(painter, rect(), t.metrics().radiusControl, t.color(t.isDark() ? Token::Field : Token::Pressed),
            t.color(Token::Line));
    const QFont font = t.font(TextStyle::Label);
    for (int i = 0; i < m_choices.size(); ++i) {
        const Choice &choice = m_choices.at(i);
        const QRectF box(choiceRect(i));
        const bool on = i == m_current;
        if (on)
            drawBox(painter, box, t.metrics().radiusBadge,
                    isEnabled() ? t.color(t.isDark() ? Token::Hover : Token::Raised) : t.color(Token::Panel),
                    t.isHighContrast() ? t.color(Token::Text) : QColor());
        const QColor ink = !isEnabled()           ? t.color(Token::Disabled)
                           : on || i == m_hovered ? t.color(Token::Text)
                                                  : t.color(Token::Text2);
        const int textWidth = choice.text.isEmpty() ? 0 : QFontMetrics(font).horizontalAdvance(choice.text) + 1;
        const int iconWidth = choice.iconName.isEmpty() ? 0 : 16;
        const int gap = textWidth > 0 && iconWidth > 0 ? 6 : 0;
        double x = box.left() + std::max(2.0, (box.width() - textWidth - iconWidth - gap) / 2.0);
        if (iconWidth > 0) {
            drawIcon(painter, QRectF(x, box.center().y() - 8, 16, 16), choice.iconName, ink);
            x += iconWidth + gap;
        }
        if (textWidth > 0)
            drawElided(painter, QRectF(x, box.top(), std::min<double>(textWidth, box.right() - x), box.height()),
                       choice.text, font, ink);
    }
}

void SegmentedControl::mousePressEvent(QMouseEvent *event)
{
    const int index = choiceAt(event->pos());
    if (event->button() == Qt::LeftButton && index >= 0)
        setCurrentIndex(index);
}

void SegmentedControl::mouseMoveEvent(QMouseEvent *event)
{
    const int index = choiceAt(event->pos());
    if (index != m_hovered) {
        m_hovered = index;
        update();
    }
}

void SegmentedControl::leaveEvent(QEvent *event)
{
    QWidget::leaveEvent(event);
    m_hovered = -1;
    update();
}

void SegmentedControl::keyPressEvent(QKeyEvent *event)
{
    const bool mirrored = layoutDirection() == Qt::RightToLeft;
    switch (event->key()) {
    case Qt::Key_Left:
        setCurrentIndex(m_current + (mirrored ? 1 : -1));
        return;
    case Qt::Key_Right:
        setCurrentIndex(m_current + (mirrored ? -1 : 1));
        return;
    case Qt::Key_Home:
        setCurrentIndex(0);
        return;
    case Qt::Key_End:
        setCurrentIndex(int(m_choices.size()) - 1);
        return;
    default:
        QWidget::keyPressEvent(event);
    }
}

bool SegmentedControl::event(QEvent *event)
{
    if (event->type() == QEvent::ToolTip) {
        auto *help = static_cast<QHelpEvent *>(event);
        const int index = choiceAt(help->pos());
        if (index >= 0 && !m_choices.at(index).toolTip.isEmpty()) {
            QToolTip::showText(help->globalPos(), m_choices.at(index).toolTip, this, choiceRect(index));
            return true;
        }
    }
    return QWidget::event(event);
}

} // namespace ui
