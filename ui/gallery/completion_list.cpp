#include "ui/gallery/completion_list.h"

#include "ui/common/painting.h"

#include <QAccessible>
#include <QKeyEvent>
#include <QLineEdit>
#include <QMouseEvent>

#include <algorithm>

namespace ui {

namespace {

constexpr int kRow = 28;
constexpr int kPadding = 4;
constexpr int kMost = 9;
constexpr int kNarrowest = 200;
constexpr int kWidest = 420;

} // namespace

CompletionList::CompletionList(QLineEdit *field) : QWidget(field->window()), m_field(field)
{
    setObjectName(QStringLiteral("completions"));
    setFocusPolicy(Qt::NoFocus);
    setMouseTracking(true);
    setAttribute(Qt::WA_NoSystemBackground);
    setAccessibleName(tr("Proposals"));
    hide();
    field->installEventFilter(this);
    connect(field, &QObject::destroyed, this, &QObject::deleteLater);
}

void CompletionList::setCompletions(const QList<Completion> &completions)
{
    m_completions = completions.mid(0, kMost);
    m_current = -1;
    if (m_completions.isEmpty() || !m_field || !m_field->hasFocus()) {
        hide();
        return;
    }
    place();
    show();
    raise();
    update();
}

void CompletionList::place()
{
    if (parentWidget() != m_field->window())
        setParent(m_field->window()); // the field was put into its window later
    const QFontMetrics body(theme().font(TextStyle::Body));
    const QFontMetrics detail(theme().font(TextStyle::Detail));
    int width = kNarrowest;
    for (const Completion &each : std::as_const(m_completions))
        width = std::max(width, body.horizontalAdvance(each.text) + 24 + 2 * kPadding +
                                    (each.note.isEmpty() ? 0 : detail.horizontalAdvance(each.note) + 24));
    width = std::min(width, kWidest);
    const int height = int(m_completions.size()) * kRow + 2 * kPadding;
    QPoint at = m_field->mapTo(m_field->window(), QPoint(0, m_field->height() + 4));
    if (m_field->layoutDirection() == Qt::RightToLeft)
        at.rx() += m_field->width() - width;
    at.setX(std::clamp(at.x(), 0, std::max(0, m_field->window()->width() - width)));
    if (at.y() + height > m_field->window()->height())
        at.setY(m_field->mapTo(m_field->window(), QPoint()).y() - 4 - height);
    // The shadow lies around.
    setGeometry(QRect(at, QSize(width, height)).adjusted(-kShadowMargin, -kShadowMargin, kShadowMargin, kShadowMargin));
}

void CompletionList::setCurrent(int row)
{
    m_current = row;
    if (row >= 0) {
        setAccessibleDescription(m_completions.at(row).text);
        QAccessibleEvent told(this, QAccessible::DescriptionChanged);
        QAccessible::updateAccessibility(&told);
    }
    update();
}

void CompletionList::take(int row)
{
    if (row < 0 || row >= m_completions.size())
        return;
    const Completion taken = m_completions.at(row);
    hide();
    Q_EMIT chosen(taken.insert.isEmpty() ? taken.text : taken.insert);
}

int CompletionList::rowAt(const QPoint &point) const
{
    const int y = point.y() - kShadowMargin - kPadding;
    const bool isInside = point.x() >= kShadowMargin && point.x() < width() - kShadowMargin;
    const int row = y < 0 ? -1 : y / kRow;
    return isInside && row < m_completions.size() ? row : -1;
}

void CompletionList::paintEvent(QPaintEvent *)
{
    const Theme &t = theme();
    QPainter painter(this);
    const QRectF box = QRectF(rect()).adjusted(kShadowMargin, kShadowMargin, -kShadowMargin, -kShadowMargin);
    drawShadow(painter, box, 6);
    drawBox(painter, box, 6, t.color(Token::Raised), t.color(Token::LineField));
    const bool mirrored = layoutDirection() == Qt::RightToLeft;
    const Qt::Alignment lead = (mirrored ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter;
    const Qt::Alignment trail = (mirrored ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter;
    for (int i = 0; i < m_completions.size(); ++i) {
        const Completion &each = m_completions.at(i);
        const QRectF row(box.left() + kPadding, box.top() + kPadding + i * kRow, box.width() - 2 * kPadding, kRow);
        const bool isOn = i == m_current;
        if (isOn)
            drawBox(painter, row, 4, t.color(Token::AccentSoft));
        QRectF text = row.adjusted(8, 0, -8, 0);
        if (!each.note.isEmpty()) {
            const double taken = QFontMetricsF(t.font(TextStyle::Body)).horizontalAdvance(each.text) + 14;
            const double note = std::min(QFontMetricsF(t.font(TextStyle::Detail)).horizontalAdvance(each.note) + 2,
                                         std::max(40.0, text.width() - taken));
            QRectF place = text;
            place.setLeft(mirrored ? text.left() : text.right() - note);
            place.setWidth(note);
            drawElided(painter, place, each.note, t.font(TextStyle::Detail), t.color(Token::Text3), trail);
            text.adjust(mirrored ? note + 12 : 0, 0, mirrored ? 0 : -note - 12, 0);
        }
        drawElided(painter, text, each.text, t.font(TextStyle::Body), t.color(isOn ? Token::AccentText : Token::Text),
                   lead);
    }
}

void CompletionList::mousePressEvent(QMouseEvent *event)
{
    take(rowAt(event->pos()));
}

void CompletionList::mouseMoveEvent(QMouseEvent *event)
{
    const int row = rowAt(event->pos());
    if (row != m_current)
        setCurrent(row);
}

bool CompletionList::eventFilter(QObject *object, QEvent *event)
{
    if (object != m_field || !isVisible())
        return QWidget::eventFilter(object, event);
    if (event->type() == QEvent::FocusOut || event->type() == QEvent::Hide || event->type() == QEvent::Resize) {
        hide();
        return false;
    }
    if (event->type() != QEvent::KeyPress)
        return false;
    const int rows = int(m_completions.size());
    switch (static_cast<QKeyEvent *>(event)->key()) {
    case Qt::Key_Down:
        setCurrent(m_current + 1 < rows ? m_current + 1 : 0);
        return true;
    case Qt::Key_Up:
        setCurrent(m_current > 0 ? m_current - 1 : rows - 1);
        return true;
    case Qt::Key_Tab:
        take(std::max(0, m_current));
        return true;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (m_current < 0) {
            hide(); // what was typed counts
            return false;
        }
        take(m_current);
        return true;
    case Qt::Key_Escape:
        hide();
        return true;
    default:
        return false;
    }
}

} // namespace ui
