#include "ui/common/source_list.h"

#include "ui/common/focus_frame.h"
#include "ui/common/icons.h"
#include "ui/common/painting.h"

#include <QContextMenuEvent>
#include <QDragEnterEvent>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QLineEdit>
#include <QMimeData>
#include <QMouseEvent>
#include <QToolTip>
#include <QUrl>

namespace ui {

namespace {

constexpr int kHeading = 24;
constexpr int kAboveHeading = 16;

QStringList filesOf(const QMimeData &data)
{
    QStringList paths;
    const QList<QUrl> urls = data.urls();
    for (const QUrl &url : urls) {
        if (url.isLocalFile())
            paths.append(url.toLocalFile());
    }
    return paths;
}

} // namespace

SourceList::SourceList(QWidget *parent) : QWidget(parent)
{
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setAcceptDrops(true);
    setProperty("focusRing", false); // drawn round the row
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
}

void SourceList::setItems(const QList<SourceItem> &items)
{
    m_items = items;
    if (m_edit && rowOf(m_edited) < 0)
        finishEdit(false);
    else if (m_edit)
        m_edit->setGeometry(rowRect(rowOf(m_edited)).adjusted(28, 1, -4, -1));
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

QRect SourceList::addRect(int row) const
{
    const QRect heading = rowRect(row);
    const int side = heading.height();
    return {layoutDirection() == Qt::RightToLeft ? 4 : width() - 4 - side, heading.top(), side, side};
}

int SourceList::headingAt(const QPoint &point) const
{
    for (int i = 0; i < m_items.size(); ++i) {
        if (m_items.at(i).isHeading && !m_items.at(i).addText.isEmpty() && addRect(i).contains(point))
            return i;
    }
    return -1;
}

int SourceList::rowOf(int id) const
{
    for (int i = 0; i < m_items.size(); ++i) {
        if (!m_items.at(i).isHeading && m_items.at(i).id == id)
            return i;
    }
    return -1;
}

QRect SourceList::rectOf(int id) const
{
    const int row = rowOf(id);
    return row < 0 ? QRect() : rowRect(row);
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
            if (!item.addText.isEmpty()) {
                const QRectF box(addRect(i));
                if (i == m_hoveredAdd)
                    drawBox(painter, box, 4, t.color(Token::Hover));
                drawIcon(painter, QRectF(box.center().x() - 8, box.center().y() - 8, 16, 16), QStringLiteral("plus"),
                         t.color(i == m_hoveredAdd ? Token::Text : Token::Text2));
            }
            continue;
        }
        const bool on = item.id == m_current;
        if (on)
            drawBox(painter, row, 6, t.color(Token::AccentSoft),
                    t.isHighContrast() ? t.color(Token::AccentLine) : QColor());
        else if (i == m_hovered)
            drawBox(painter, row, 6, t.color(Token::Hover));
        if (i == m_dropRow)
            drawBox(painter, row, 6, t.color(Token::AccentSoft), t.color(Token::Accent), 2);
        if (on && showsKeyboardFocus(this))
            drawBox(painter, row.adjusted(1, 1, -1, -1), 5, {}, t.color(Token::Accent), 2);
        const QColor ink = t.color(on ? Token::AccentText : i == m_hovered ? Token::Text : Token::Text2);
        double x = 8;
        if (!item.iconName.isEmpty()) {
            const double gap = m_rowHeight > 32 ? 12 : 8;
            x = m_rowHeight > 32 ? 12 : 8;
            drawIcon(painter, mirror(QRectF(x, row.center().y() - 8, 16, 16)),
                     item.isMissing ? QStringLiteral("warning") : item.iconName,
                     item.isMissing ? t.color(Token::Warning) : ink);
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
    if (event->button() != Qt::LeftButton)
        return;
    const int heading = headingAt(event->pos());
    if (heading >= 0)
        Q_EMIT addRequested(m_items.at(heading).id);
    else
        choose(rowAt(event->pos()));
}

void SourceList::mouseMoveEvent(QMouseEvent *event)
{
    const int row = rowAt(event->pos());
    const int heading = headingAt(event->pos());
    if (row != m_hovered || heading != m_hoveredAdd) {
        m_hovered = row;
        m_hoveredAdd = heading;
        update();
    }
}

void SourceList::leaveEvent(QEvent *)
{
    m_hovered = -1;
    m_hoveredAdd = -1;
    update();
}

void SourceList::keyPressEvent(QKeyEvent *event)
{
    const int step = event->key() == Qt::Key_Down ? 1 : event->key() == Qt::Key_Up ? -1 : 0;
    int row = rowOf(m_current);
    if (row >= 0 && event->key() == Qt::Key_F2 && m_items.at(row).isRenamable) {
        edit(m_current);
        return;
    }
    if (row >= 0 && event->key() == Qt::Key_Delete && m_items.at(row).isRemovable) {
        Q_EMIT removeRequested(m_current);
        return;
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

void SourceList::contextMenuEvent(QContextMenuEvent *event)
{
    const bool isByKey = event->reason() == QContextMenuEvent::Keyboard;
    const int row = isByKey ? rowOf(m_current) : rowAt(event->pos());
    if (row >= 0)
        Q_EMIT menuRequested(m_items.at(row).id,
                             isByKey ? mapToGlobal(rowRect(row).bottomLeft() + QPoint(28, 0)) : event->globalPos());
}

void SourceList::edit(int id)
{
    const int row = rowOf(id);
    if (row < 0)
        return;
    finishEdit(false);
    m_edited = id;
    m_edit = new QLineEdit(m_items.at(row).text, this);
    m_edit->setProperty("small", true);
    m_edit->setAccessibleName(tr("Name"));
    m_edit->setGeometry(rowRect(row).adjusted(28, 1, -4, -1));
    m_edit->installEventFilter(this);
    m_edit->selectAll();
    m_edit->show();
    m_edit->setFocus();
    connect(m_edit, &QLineEdit::editingFinished, this, [this] { finishEdit(true); });
}

void SourceList::finishEdit(bool isTaken)
{
    if (!m_edit)
        return;
    QLineEdit *edit = m_edit;
    m_edit = nullptr; // the signals that follow come back here
    const QString text = edit->text().simplified();
    const int row = rowOf(m_edited);
    const bool isOther = row >= 0 && text != m_items.at(row).text && !text.isEmpty();
    const bool hadFocus = edit->hasFocus();
    edit->disconnect(this);
    edit->hide();
    edit->deleteLater();
    if (hadFocus)
        setFocus();
    if (isTaken && isOther)
        Q_EMIT renamed(m_edited, text);
}

bool SourceList::eventFilter(QObject *object, QEvent *event)
{
    if (m_edit && object == m_edit && event->type() == QEvent::KeyPress &&
        static_cast<QKeyEvent *>(event)->key() == Qt::Key_Escape) {
        finishEdit(false);
        return true;
    }
    return QWidget::eventFilter(object, event);
}

void SourceList::setDropRow(int row)
{
    if (row == m_dropRow)
        return;
    m_dropRow = row;
    update();
}

void SourceList::dragEnterEvent(QDragEnterEvent *event)
{
    // Whether a row takes it is said while it moves.
    if (event->mimeData()->hasUrls())
        event->accept();
}

void SourceList::dragMoveEvent(QDragMoveEvent *event)
{
    const int row = rowAt(event->position().toPoint());
    const bool isWelcome = row >= 0 && m_items.at(row).takesFiles;
    setDropRow(isWelcome ? row : -1);
    event->setAccepted(isWelcome);
    if (isWelcome)
        event->setDropAction(Qt::CopyAction);
}

void SourceList::dragLeaveEvent(QDragLeaveEvent *)
{
    setDropRow(-1);
}

void SourceList::dropEvent(QDropEvent *event)
{
    const int row = rowAt(event->position().toPoint());
    setDropRow(-1);
    if (row < 0 || !m_items.at(row).takesFiles)
        return;
    event->setDropAction(Qt::CopyAction);
    event->accept();
    Q_EMIT filesDropped(m_items.at(row).id, filesOf(*event->mimeData()));
}

bool SourceList::event(QEvent *event)
{
    if (event->type() == QEvent::ToolTip) {
        auto *help = static_cast<QHelpEvent *>(event);
        const int row = rowAt(help->pos());
        const int heading = headingAt(help->pos());
        if (heading >= 0)
            QToolTip::showText(help->globalPos(), m_items.at(heading).addText, this, addRect(heading));
        else if (row >= 0 && !m_items.at(row).toolTip.isEmpty())
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
