#include "ui/create/queue_panel.h"

#include "ui/common/elided_label.h"
#include "ui/common/empty_state.h"
#include "ui/common/icon_button.h"
#include "ui/common/panel_head.h"
#include "ui/common/theme.h"
#include "ui/create/job_list.h"
#include "ui/create/picture_panel.h"
#include "ui/create/words.h"

#include <QMenu>
#include <QScrollArea>
#include <QVBoxLayout>

#include <algorithm>

namespace ui {

QueuePanel::QueuePanel(QAbstractItemModel &queue, QWidget *parent)
    : SidePanel(Side::Right, theme().metrics().sidePanel, parent), m_model(new JobListModel(queue, this))
{
    const Metrics &metrics = theme().metrics();
    setObjectName(QStringLiteral("queue"));
    setAccessibleName(tr("Queue and picture"));
    m_panelHead = new PanelHead(tr("Queue"), this);
    m_pause = m_panelHead->addButton(QStringLiteral("pause"), tr("Pause the queue"));
    m_pause->setObjectName(QStringLiteral("pauseQueue"));
    m_pause->setCheckable(true);
    m_pause->setCheckedIconName(QStringLiteral("play"));
    IconButton *more = m_panelHead->addButton(QStringLiteral("more"), tr("More for the queue"));
    m_menu = new QMenu(this);
    more->setMenu(m_menu);
    more->setPopupMode(QToolButton::InstantPopup);
    setHead(m_panelHead);

    auto *body = new QWidget(this);
    auto *column = new QVBoxLayout(body);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    m_reason = new Label({}, TextStyle::Detail, Token::Warning, body);
    m_reason->setWordWrap(true);
    m_reason->setContentsMargins(metrics.panelPadding, metrics.space2, metrics.panelPadding, metrics.space2);
    m_reason->hide();
    m_emptyLine = new Label(tr("Nothing waiting"), TextStyle::Body, Token::Text3, body);
    m_emptyLine->setContentsMargins(metrics.panelPadding, metrics.space4, metrics.panelPadding, metrics.space2);
    m_emptyLine->hide();
    m_empty = new EmptyState(EmptyState::Size::Panel, QStringLiteral("queue"), tr("Nothing waiting"),
                             tr("Every press of Ctrl+Enter adds a job with the recipe as it is then. Jobs run in order "
                                "and survive a restart."),
                             body);
    m_list = new JobList(*m_model, body);
    m_picture = new PicturePanel(body);
    auto *scroll = new QScrollArea(body);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setFocusPolicy(Qt::NoFocus);
    auto *holder = new QWidget(scroll);
    auto *holding = new QVBoxLayout(holder);
    holding->setContentsMargins(0, metrics.space2, 0, 0);
    holding->addWidget(m_picture);
    holding->addStretch(1);
    // The panel's own colour shows through.
    holder->setProperty("scrollbody", true);
    scroll->viewport()->setAutoFillBackground(false);
    scroll->setWidget(holder);
    holder->setAutoFillBackground(false);
    m_pictureScroll = scroll;
    column->addWidget(m_reason);
    column->addWidget(m_emptyLine);
    column->addWidget(m_list);
    column->addWidget(m_empty, 1);
    column->addWidget(m_pictureScroll, 1);
    setFixedBody(body);

    connect(m_pause, &IconButton::clicked, this, &QueuePanel::pauseToggled);
    for (auto signal : {&QAbstractItemModel::rowsInserted, &QAbstractItemModel::rowsRemoved})
        connect(m_model, signal, this, &QueuePanel::fitList);
    connect(m_model, &QAbstractItemModel::modelReset, this, &QueuePanel::fitList);
    connect(m_model, &QAbstractItemModel::layoutChanged, this, &QueuePanel::fitList);
    fitList();
}

void QueuePanel::setSummary(int jobs, double secondsLeft, bool isPaused, const QString &reason)
{
    QStringList note;
    if (isPaused)
        note.append(tr("paused"));
    if (jobs > 0)
        note.append(jobsText(jobs));
    if (jobs > 0 && secondsLeft > 0.0 && !isPaused)
        note.append(durationText(secondsLeft));
    m_panelHead->setNote(note.join(QStringLiteral(", ")));
    m_pause->setChecked(isPaused);
    m_pause->setName(isPaused ? tr("Go on with the queue") : tr("Pause the queue"));
    m_list->setPaused(isPaused);
    m_reason->setText(reason);
    m_reason->setVisible(isPaused && !reason.isEmpty());
}

void QueuePanel::setPictureVisible(bool visible)
{
    m_isPictureVisible = visible;
    fitList();
}

void QueuePanel::fitList()
{
    const int rows = m_model->rowCount();
    m_list->setVisible(rows > 0);
    m_empty->setVisible(rows == 0 && !m_isPictureVisible);
    m_emptyLine->setVisible(rows == 0 && m_isPictureVisible);
    m_pictureScroll->setVisible(m_isPictureVisible);
    const int wanted = rows * JobDelegate::kHeight;
    const int most =
        m_isPictureVisible ? std::max(JobDelegate::kHeight * 2, height() / 2) : std::max(100, height() - 44);
    m_list->setFixedHeight(std::min(wanted, most));
    // Without the picture below, the list keeps to the top.
    auto *column = static_cast<QVBoxLayout *>(m_list->parentWidget()->layout());
    const bool needsStretch = rows > 0 && !m_isPictureVisible;
    const bool hasStretch = column->count() > 5;
    if (needsStretch && !hasStretch) {
        column->addStretch(1);
    } else if (!needsStretch && hasStretch) {
        delete column->takeAt(5);
    }
}

void QueuePanel::resizeEvent(QResizeEvent *event)
{
    SidePanel::resizeEvent(event);
    fitList();
}

QList<QWidget *> QueuePanel::tabOrder() const
{
    QList<QWidget *> order{m_pause, m_list};
    order += m_picture->tabOrder();
    return order;
}

} // namespace ui
