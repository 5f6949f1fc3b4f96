#include "ui/learn/branch_tree.h"

#include "ui/common/painting.h"
#include "ui/common/theme.h"

#include <QContextMenuEvent>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QPainter>
#include <QPainterPath>
#include <QToolTip>

#include <algorithm>

namespace ui {

namespace {

constexpr int kCard = 52;
constexpr int kGap = 16;
constexpr int kIndent = 36;
constexpr int kThumbnail = 40;
constexpr int kLeastWidth = 148;
constexpr int kDeepest = 4; ///< deeper ones are not moved further in

} // namespace

BranchTree::BranchTree(QWidget *parent) : QWidget(parent)
{
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setAccessibleName(tr("Branches"));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
}

void BranchTree::setNodes(const QList<BranchNode> &nodes)
{
    if (nodes == m_nodes)
        return;
    m_nodes = nodes;
    setFocused(std::clamp(m_focused, 0, std::max(0, int(nodes.size()) - 1)));
    updateGeometry();
    update();
}

void BranchTree::setCurrent(const QString &path)
{
    m_current = path;
    for (int row = 0; row < m_nodes.size(); ++row) {
        if (m_nodes.at(row).path == path)
            setFocused(row);
    }
    update();
}

void BranchTree::setThumbnails(std::function<QImage(const QString &)> thumbnail)
{
    m_thumbnail = std::move(thumbnail);
}

QSize BranchTree::sizeHint() const
{
    return {240, std::max(1, int(m_nodes.size())) * (kCard + kGap) + kGap};
}

int BranchTree::depthOf(int row) const
{
    int depth = 0;
    for (int at = m_nodes.at(row).parent; at >= 0 && depth <= kDeepest; at = m_nodes.at(at).parent)
        ++depth;
    return std::min(depth, kDeepest);
}

QRect BranchTree::cardRect(int row) const
{
    const int left = 16 + depthOf(row) * kIndent;
    const int wanted = std::min(240, width() - left - 16);
    return {left, kGap + row * (kCard + kGap), std::max(wanted, kLeastWidth), kCard};
}

int BranchTree::rowAt(const QPoint &at) const
{
    for (int row = 0; row < m_nodes.size(); ++row) {
        if (cardRect(row).contains(at))
            return row;
    }
    return -1;
}

void BranchTree::setFocused(int row)
{
    m_focused = row;
    if (row >= 0 && row < m_nodes.size()) {
        const BranchNode &node = m_nodes.at(row);
        setAccessibleDescription(QStringLiteral("%1, %2").arg(node.title, node.detail));
        setProperty("focusRect", cardRect(row));
    }
    update();
}

void BranchTree::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHints(QPainter::Antialiasing | QPainter::SmoothPixmapTransform);
    const Theme &look = theme();
    // Lines first: from under the parent's picture to the left edge of the branch, with a round corner.
    painter.setPen(QPen(look.color(Token::LineField), 1.5));
    painter.setBrush(Qt::NoBrush);
    for (int row = 0; row < m_nodes.size(); ++row) {
        const int parent = m_nodes.at(row).parent;
        if (parent < 0)
            continue;
        const QRectF from = cardRect(parent);
        const QRectF to = cardRect(row);
        const double x = from.left() + 22;
        QPainterPath path(QPointF(x, from.bottom()));
        if (to.left() > x + 8) {
            path.lineTo(x, to.center().y() - 8);
            path.quadTo(x, to.center().y(), x + 8, to.center().y());
            path.lineTo(to.left(), to.center().y());
        } else {
            path.lineTo(x, to.top());
        }
        painter.drawPath(path);
    }
    for (int row = 0; row < m_nodes.size(); ++row) {
        const BranchNode &node = m_nodes.at(row);
        const QRectF card = cardRect(row);
        const bool isCurrent = node.path == m_current;
        drawBox(painter, card, look.metrics().radiusCard,
                look.color(isCurrent          ? Token::AccentSoft
                           : row == m_hovered ? Token::Hover
                                              : Token::Raised),
                look.color(isCurrent ? Token::AccentLine : Token::Line));
        const QRectF box(card.left() + 6, card.top() + 6, kThumbnail, kThumbnail);
        const QImage image = m_thumbnail ? m_thumbnail(node.path) : QImage();
        QPainterPath clip;
        clip.addRoundedRect(box, 4, 4);
        painter.save();
        painter.setClipPath(clip);
        if (image.isNull()) {
            painter.fillRect(box, look.color(Token::Canvas));
        } else {
            QSizeF size = image.size();
            size.scale(box.size(), Qt::KeepAspectRatioByExpanding);
            painter.drawImage(QRectF(box.center() - QPointF(size.width() / 2, size.height() / 2), size), image);
        }
        painter.restore();
        const QRectF text(box.right() + 8, card.top() + 8, card.right() - box.right() - 14, 18);
        drawElided(painter, text, node.title, look.font(TextStyle::Label),
                   look.color(isCurrent ? Token::AccentText : Token::Text));
        drawElided(painter, text.translated(0, 18), node.detail, look.font(TextStyle::Caption),
                   look.color(Token::Text3));
        if (row == m_focused && hasFocus())
            drawFocusRing(painter, card, look.metrics().radiusCard);
    }
}

void BranchTree::mousePressEvent(QMouseEvent *event)
{
    const int row = rowAt(event->pos());
    if (row < 0 || event->button() != Qt::LeftButton)
        return;
    setFocused(row);
    Q_EMIT opened(m_nodes.at(row).path);
}

void BranchTree::mouseMoveEvent(QMouseEvent *event)
{
    const int row = rowAt(event->pos());
    if (row == m_hovered)
        return;
    m_hovered = row;
    setCursor(row >= 0 ? Qt::PointingHandCursor : Qt::ArrowCursor);
    update();
}

void BranchTree::leaveEvent(QEvent *)
{
    m_hovered = -1;
    update();
}

void BranchTree::keyPressEvent(QKeyEvent *event)
{
    const int last = int(m_nodes.size()) - 1;
    switch (event->key()) {
    case Qt::Key_Up:
        setFocused(std::max(0, m_focused - 1));
        return;
    case Qt::Key_Down:
        setFocused(std::min(last, m_focused + 1));
        return;
    case Qt::Key_Home:
        setFocused(0);
        return;
    case Qt::Key_End:
        setFocused(std::max(0, last));
        return;
    case Qt::Key_Left:
        if (m_focused <= last && m_nodes.at(m_focused).parent >= 0)
            setFocused(m_nodes.at(m_focused).parent);
        return;
    case Qt::Key_Return:
    case Qt::Key_Enter:
    case Qt::Key_Space:
        if (m_focused >= 0 && m_focused <= last)
            Q_EMIT opened(m_nodes.at(m_focused).path);
        return;
    default:
        QWidget::keyPressEvent(event);
    }
}

void BranchTree::contextMenuEvent(QContextMenuEvent *event)
{
    const int row = event->reason() == QContextMenuEvent::Mouse ? rowAt(event->pos()) : m_focused;
    if (row < 0 || row >= m_nodes.size())
        return;
    setFocused(row);
    Q_EMIT menuRequested(m_nodes.at(row).path, event->reason() == QContextMenuEvent::Mouse
                                                   ? event->globalPos()
                                                   : mapToGlobal(cardRect(row).center()));
}

bool BranchTree::event(QEvent *event)
{
    if (event->type() == QEvent::ToolTip) {
        const auto *help = static_cast<QHelpEvent *>(event);
        const int row = rowAt(help->pos());
        if (row >= 0)
            QToolTip::showText(help->globalPos(),
                               QStringLiteral("%1\n%2").arg(m_nodes.at(row).title, m_nodes.at(row).detail), this);
        else
            QToolTip::hideText();
        return true;
    }
    if (event->type() == QEvent::FocusIn || event->type() == QEvent::FocusOut)
        update();
    return QWidget::event(event);
}

} // namespace ui
