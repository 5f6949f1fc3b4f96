#include "ui/common/side_panel.h"

#include "ui/common/hair_line.h"
#include "ui/common/painting.h"
#include "ui/common/source_list.h"

#include <QEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QScrollArea>
#include <QScrollBar>
#include <QVBoxLayout>

namespace ui {

namespace {

constexpr int kHandleWidth = 7;

} // namespace

SidePanel::SidePanel(Side side, int width, QWidget *parent)
    : QWidget(parent), m_side(side), m_width(width), m_column(new QVBoxLayout(this)), m_handle(new QWidget(this))
{
    setSurface(this, Token::Panel);
    // The edge line is 1 px at the inner side.
    m_column->setContentsMargins(side == Side::Right ? 1 : 0, 0, side == Side::Left ? 1 : 0, 0);
    m_column->setSpacing(0);
    m_handle->setCursor(Qt::SplitHCursor);
    m_handle->installEventFilter(this);
    m_handle->setAttribute(Qt::WA_NoSystemBackground);
    setFixedWidth(m_width);
}

void SidePanel::setHead(QWidget *head)
{
    m_column->insertWidget(0, head);
}

void SidePanel::setBody(QWidget *body)
{
    m_scroll = new QScrollArea(this);
    m_scroll->setWidgetResizable(true);
    m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_scroll->setFocusPolicy(Qt::NoFocus);
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->viewport()->setAutoFillBackground(false);
    body->setProperty("scrollbody", true);
    body->setAutoFillBackground(false);
    m_scroll->setWidget(body);
    // The scroll bar stands in the body's own margin, so that fields keep their place when it comes.
    m_scroll->verticalScrollBar()->installEventFilter(this);
    m_column->addWidget(m_scroll, 1);
    m_handle->raise();
}

void SidePanel::setFixedBody(QWidget *body)
{
    m_column->addWidget(body, 1);
    m_handle->raise();
}

void SidePanel::setFoot(QWidget *foot)
{
    auto *line = new HairLine(this);
    m_column->addWidget(line);
    m_column->addWidget(foot);
    m_handle->raise();
}

void SidePanel::setFixedFoot(QWidget *foot)
{
    m_column->addWidget(foot);
    m_handle->raise();
}

void SidePanel::setResizable(bool resizable)
{
    m_handle->setVisible(resizable);
}

void SidePanel::setLimits(int minimum, int maximum)
{
    m_minimum = minimum;
    m_maximum = maximum;
    setPanelWidth(m_width);
}

void SidePanel::setPanelWidth(int width)
{
    m_width = std::clamp(width, m_minimum, m_maximum);
    setFixedWidth(m_width);
}

void SidePanel::setFolded(bool folded)
{
    if (folded == m_isFolded)
        return;
    m_isFolded = folded;
    setVisible(!folded);
    Q_EMIT foldedChanged(folded);
}

void SidePanel::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.fillRect(rect(), theme().color(Token::Panel));
    const bool lineRight = (m_side == Side::Left) != (layoutDirection() == Qt::RightToLeft);
    painter.fillRect(lineRight ? width() - 1 : 0, 0, 1, height(), theme().color(Token::Line));
}

void SidePanel::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    const bool atRight = (m_side == Side::Left) != (layoutDirection() == Qt::RightToLeft);
    m_handle->setGeometry(atRight ? width() - kHandleWidth + 3 : -3, 0, kHandleWidth, height());
    m_handle->raise();
}

bool SidePanel::eventFilter(QObject *object, QEvent *event)
{
    if (m_scroll && object == m_scroll->verticalScrollBar() &&
        (event->type() == QEvent::Show || event->type() == QEvent::Hide)) {
        if (QLayout *layout = m_scroll->widget()->layout()) {
            QMargins margins = layout->contentsMargins();
            const int bar = event->type() == QEvent::Show ? m_scroll->verticalScrollBar()->sizeHint().width() : 0;
            margins.setRight(margins.right() + m_barMargin - bar);
            m_barMargin = bar;
            layout->setContentsMargins(margins);
        }
        return false;
    }
    if (object != m_handle)
        return QWidget::eventFilter(object, event);
    if (event->type() == QEvent::MouseButtonPress) {
        m_dragStart = int(static_cast<QMouseEvent *>(event)->globalPosition().x());
        m_dragWidth = m_width;
        return true;
    }
    if (event->type() == QEvent::MouseMove) {
        const int moved = int(static_cast<QMouseEvent *>(event)->globalPosition().x()) - m_dragStart;
        const bool growsRight = (m_side == Side::Left) != (layoutDirection() == Qt::RightToLeft);
        setPanelWidth(m_dragWidth + (growsRight ? moved : -moved));
        return true;
    }
    if (event->type() == QEvent::MouseButtonRelease) {
        Q_EMIT widthChanged(m_width);
        return true;
    }
    return QWidget::eventFilter(object, event);
}

void setSources(SidePanel &panel, SourceList &list, const QString &accessibleName, SourceList *foot)
{
    panel.setResizable(false);
    panel.setLimits(200, 280);
    panel.setPanelWidth(theme().metrics().sources);
    list.setAccessibleName(accessibleName);
    auto *body = new QWidget(&panel);
    auto *column = new QVBoxLayout(body);
    column->setContentsMargins(8, 12, 8, 12);
    column->addWidget(&list);
    column->addStretch(1);
    panel.setBody(body);
    if (foot) {
        auto *rows = new QWidget(&panel);
        auto *row = new QVBoxLayout(rows);
        row->setContentsMargins(8, 4, 8, 8);
        row->addWidget(foot);
        panel.setFixedFoot(rows);
    }
}

} // namespace ui
