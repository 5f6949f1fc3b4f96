#include "ui/common/source_list.h"

#include "ui/common/focus_frame.h"
#include "ui/common/icons.h"
#include "ui/common/painting.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QStyle>
#include <QToolTip>

namespace ui {

namespace {

constexpr int kHeading = 24;
constexpr int kAboveHeading = 16;

} // namespace

SourceList::SourceList(QWidget *parent) : QWidget(parent)
{
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setProperty("focusRing", false); // drawn round the row
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
}

void SourceList::setItems(const QList<SourceItem> &items)
{
    m_items = items;
    updateGeometry();
    update();
}

void SourceList::setNumber(int id, const QString &number)
{
    for (SourceItem &item : m_items) {
        if (item.id == id && !item.isHeading)
            item.number = number;
    }
    update();
}

void SourceList::setRowHeight(int pixels)
{
    m_rowHeight = pixels;
    updateGeometry();
}

void SourceList::setCurrent(int id)
{
    m_current = id;
    for (const SourceItem &item : std::as_const(m_items)) {
        if (item.id == id && !item.isHeading)
            setAccessibleDescription(item.number.isEmpty() ? item.text
                                                           : QStringLiteral("%1, %2").arg(item.text, item.number));
    }
    update();
}

QRect SourceList::rowRect(int row) const
{
    int y = 0;
    for (int i = 0; i < row; ++i)
        y += m_items.at(i).isHeading ? kHeading + (i > 0 ? kAboveHeading : 0) : m_rowHeight;
    if (row < m_items.size() && m_items.at(row).isHeading)
        return {0, y + (row > 0 ? kAboveHeading : 0), width(), kHeading};
    return {0, y, width(), m_rowHeight};
}

QSize SourceList::sizeHint() const
{
    return {200, m_items.isEmpty() ? 0 : rowRect(int(m_items.size()) - 1).bottom() + 1};
}

int SourceList::rowAt(const QPoint &point) const
{
    for (int i = 0; i < m_items.size(); ++i) {
        if (!m_items.at(i).isHeading && rowRect(i).contains(point))
            return i;
    }
    return -1;
}

void SourceList::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const Theme &t = theme();
    const bool mirrored = layoutDirection() == Qt::RightToLeft;
    const Qt::Alignment left = (mirrored ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter;
    const Qt::Alignment right = (mirrored ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter;
    for (int i = 0; i < m_items.size(); ++i) {
        const SourceItem &item = m_items.at(i);
        const QRectF row(rowRect(i));
        const auto mirror = [&](const QRectF &r) {
            return mirrored ? QRectF(width() - r.right(), r.top(), r.width(), r.height()) : r;
        };
        if (item.isHeading) {
            drawElided(painter, mirror(row.adjusted(8, 0, -8, 0)), item.text, t.font(TextStyle::Label),
                       t.color(Token::Text3), left);
            continue;
        }
        const bool on = item.id == m_current;
        if (on)
            drawBox(painter, row, 6, t.color(Token::AccentSoft),
                    t.isHighContrast() ? t.color(Token::AccentLine) : QColor());
        else if (i == m_hovered)
            drawBox(painter, row, 6, t.color(Token::Hover));
        if (on && showsKeyboardFocus(this))
            drawBox(painter, row.adjusted(1, 1, -1, -1), 5, {}, t.color(Token::Accent), 2);
        const QColor ink = t.color(on ? Token::AccentText : i == m_hovered ? Token::Text : Token::Text2);
        double x = 8;
        if (!item.iconName.isEmpty()) {
            const double gap = m_rowHeight > 32 ? 12 : 8;
            x = m_rowHeight > 32 ? 12 : 8;
            drawIcon(painter, mirror(QRectF(x, row.center().y() - 8, 16, 16)), item.iconName, ink);
            x += 16 + gap;
        } else {
            x = 12;
        }
        double numberWidth = 0;
        if (!item.number.isEmpty()) {
            const QFont detail = t.font(TextStyle::Detail);
            numberWidth = QFontMetricsF(detail).horizontalAdvance(item.number) + 2;
            drawElided(painter, mirror(QRectF(width() - 8 - numberWidth, row.top(), numberWidth, row.height())),
                       item.number, detail, t.color(Token::Text3), right);
        }
        drawElided(painter, mirror(QRectF(x, row.top(), width() - x - 16 - numberWidth, row.height())), item.text,
                   t.font(on ? TextStyle::Control : TextStyle::Body), ink, left);
    }
}

void SourceList::choose(int row)
{
    if (row < 0 || row >= m_items.size() || m_items.at(row).isHeading)
        return;
    const int id = m_items.at(row).id;
    setCurrent(id);
    Q_EMIT chosen(id);
}

void SourceList::mousePressEvent(QMouseEvent *event)
{
    if (event->button() == Qt::LeftButton)
        choose(rowAt(event->pos()));
}

void SourceList::mouseMoveEvent(QMouseEvent *event)
{
    const int row = rowAt(event->pos());
    if (row != m_hovered) {
        m_hovered = row;
        update();
    }
}

void SourceList::leaveEvent(QEvent *)
{
    m_hovered = -1;
    update();
}

void SourceList::keyPressEvent(QKeyEvent *event)
{
    const int step = event->key() == Qt::Key_Down ? 1 : event->key() == Qt::Key_Up ? -1 : 0;
    int row = -1;
    for (int i = 0; i < m_items.size(); ++i) {
        if (!m_items.at(i).isHeading && m_items.at(i).id == m_current)
            row = i;
    }
    if (step != 0) {
        row += step;
        while (row >= 0 && row < m_items.size() && m_items.at(row).isHeading)
            row += step;
        choose(row);
        return;
    }
    if (event->key() == Qt::Key_Home || event->key() == Qt::Key_End) {
        choose(event->key() == Qt::Key_Home ? 0 : int(m_items.size()) - 1);
        return;
    }
    QWidget::keyPressEvent(event);
}

bool SourceList::event(QEvent *event)
{
    if (event->type() == QEvent::ToolTip) {
        auto *help = static_cast<QHelpEvent *>(event);
        const int row = rowAt(help->pos());
        if (row >= 0 && !m_items.at(row).toolTip.isEmpty())
            QToolTip::showText(help->globalPos(), m_items.at(row).toolTip, this, rowRect(row));
        else
            QToolTip::hideText();
        return true;
    }
    if (event->type() == QEvent::FocusIn || event->type() == QEvent::FocusOut)
        update();
    return QWidget::event(event);
}

} // namespace ui
