#include "ui/create/job_list.h"

#include "app/job_queue.h"
#include "app/xy_values.h"
#include "ui/common/icons.h"
#include "ui/common/painting.h"
#include "ui/common/theme.h"
#include "ui/common/thumbnail_delegate.h"
#include "ui/create/words.h"

#include <QApplication>
#include <QKeyEvent>
#include <QPainter>

#include <algorithm>

namespace ui {

namespace {

app::JobState stateOf(const QModelIndex &index)
{
    return app::JobState(index.data(app::JobQueue::StateRole).toInt());
}

engine::GenerateRequest requestOf(const QModelIndex &index)
{
    return index.data(app::JobQueue::RequestRole).value<engine::GenerateRequest>();
}

/// Rows that stand for all jobs of an X/Y plot.
bool isSet(const QModelIndex &index)
{
    return !index.data(app::JobQueue::SetRole).toString().isEmpty();
}

QString setTitle(const QModelIndex &index)
{
    QStringList types;
    for (const QString &type : index.data(app::JobQueue::SetTypesRole).toStringList())
        types.append(app::plotSettingText(app::plotSettingFromA1111(type)));
    return JobListModel::tr("X/Y plot: %1").arg(types.join(QStringLiteral(" × ")));
}

QString titleOf(const engine::GenerateRequest &request)
{
    const QString prompt = QString::fromStdString(request.prompt).simplified();
    return prompt.isEmpty() ? modelNameText(request.model) : prompt;
}

QString errorWords(engine::ErrorKind kind)
{
    switch (kind) {
    case engine::ErrorKind::BadRequest:
        return JobListModel::tr("A value cannot be used");
    case engine::ErrorKind::FileUnreadable:
        return JobListModel::tr("A file cannot be read");
    case engine::ErrorKind::NotACheckpoint:
    case engine::ErrorKind::WrongWeights:
        return JobListModel::tr("Model is damaged");
    case engine::ErrorKind::UnknownFamily:
    case engine::ErrorKind::NotSupported:
        return JobListModel::tr("Model is not supported");
    case engine::ErrorKind::OutOfMemory:
        return JobListModel::tr("Not enough memory");
    case engine::ErrorKind::DiskFull:
        return JobListModel::tr("Disk is full");
    case engine::ErrorKind::Internal:
        break;
    }
    return JobListModel::tr("Failed");
}

QString secondLine(const QModelIndex &index, const engine::GenerateRequest &request)
{
    const QString model = modelNameText(request.model);
    if (isSet(index)) {
        const QString done = JobListModel::tr("%1 of %2 pictures")
                                 .arg(index.data(app::JobQueue::SetDoneRole).toInt())
                                 .arg(index.data(app::JobQueue::SetCountRole).toInt());
        if (stateOf(index) == app::JobState::Failed)
            return JobListModel::tr("%1, the others failed").arg(done);
        return done;
    }
    switch (stateOf(index)) {
    case app::JobState::Running: {
        const auto stage = engine::Stage(index.data(app::JobQueue::StageRole).toInt());
        if (stage == engine::Stage::LoadingModel)
            return JobListModel::tr("Loading %1").arg(model);
        if (request.count > 1)
            return JobListModel::tr("%1, picture %2 of %3")
                .arg(model)
                .arg(std::min(request.count, index.data(app::JobQueue::PictureRole).toInt() + 1))
                .arg(request.count);
        return JobListModel::tr("%1, step %2 of %3")
            .arg(model)
            .arg(index.data(app::JobQueue::StepRole).toInt())
            .arg(index.data(app::JobQueue::StepsRole).toInt());
    }
    case app::JobState::Failed:
        return errorWords(index.data(app::JobQueue::FailureRole).value<app::Failure>().kind);
    default:
        break;
    }
    if (request.count > 1)
        return JobListModel::tr("%1, %2").arg(model, picturesText(request.count));
    if (request.width > 0)
        return JobListModel::tr("%1, %2, %3")
            .arg(model, sizeText(request.width, request.height), stepsText(request.steps));
    return JobListModel::tr("%1, %2").arg(model, stepsText(request.steps));
}

QString thirdLine(const QModelIndex &index)
{
    if (stateOf(index) == app::JobState::Failed)
        return JobListModel::tr("Try again");
    const double seconds =
        index.data(isSet(index) ? app::JobQueue::SetSecondsRole : app::JobQueue::SecondsLeftRole).toDouble();
    return seconds < 0.0 ? JobListModel::tr("waiting") : JobListModel::tr("about %1").arg(durationText(seconds));
}

} // namespace

JobListModel::JobListModel(QAbstractItemModel &queue, QObject *parent) : QSortFilterProxyModel(parent)
{
    setSourceModel(&queue);
    setFilterRole(app::JobQueue::StateRole);
    setDynamicSortFilter(true);
}

bool JobListModel::filterAcceptsRow(int row, const QModelIndex &parent) const
{
    const QModelIndex index = sourceModel()->index(row, 0, parent);
    // One row for all jobs of an X/Y plot.
    if (isSet(index) && !index.data(app::JobQueue::SetLeadRole).toBool())
        return false;
    const auto state = stateOf(index);
    return state == app::JobState::Running || state == app::JobState::Waiting || state == app::JobState::Failed;
}

int JobListModel::sourceDestination(int row) const
{
    if (row >= rowCount())
        return sourceModel()->rowCount();
    return mapToSource(index(std::max(0, row), 0)).row();
}

QVariant JobListModel::data(const QModelIndex &index, int role) const
{
    if (role == Qt::AccessibleTextRole || role == Qt::ToolTipRole) {
        const engine::GenerateRequest request = requestOf(mapToSource(index));
        const QString failure = mapToSource(index).data(app::JobQueue::FailureSentenceRole).toString();
        if (role == Qt::ToolTipRole)
            return failure.isEmpty() ? titleOf(request) : failure;
        return QStringList{isSet(index) ? setTitle(index) : titleOf(request), secondLine(mapToSource(index), request),
                           thirdLine(mapToSource(index))}
            .join(QStringLiteral(", "));
    }
    return QSortFilterProxyModel::data(index, role);
}

QSize JobDelegate::sizeHint(const QStyleOptionViewItem &, const QModelIndex &) const
{
    return {240, kHeight};
}

QRect JobDelegate::buttonRect(const QRect &row)
{
    return {row.right() - 16 - 27, row.top() + (row.height() - 1 - 28) / 2, 28, 28};
}

QRect JobDelegate::retryRect(const QRect &row)
{
    return {row.left() + 86, row.top() + 48, 120, 18};
}

void JobDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const Theme &look = theme();
    const QRect row = option.rect;
    const app::JobState state = stateOf(index);
    const bool isRunning = state == app::JobState::Running;
    const bool isFailed = state == app::JobState::Failed;
    const bool isHovered = option.state.testFlag(QStyle::State_MouseOver);
    const engine::GenerateRequest request = requestOf(index);
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);

    if (isRunning)
        painter->fillRect(row, look.color(Token::AccentSoft));
    else if (option.state.testFlag(QStyle::State_Selected))
        painter->fillRect(row, look.color(Token::Hover));
    else if (isHovered)
        painter->fillRect(row, mix(look.color(Token::Panel), look.color(Token::Hover), 0.5));
    painter->fillRect(row.left(), row.bottom(), row.width(), 1, look.color(Token::Line));

    if (state == app::JobState::Waiting)
        drawIcon(*painter, QRectF(row.left() + 6, row.top() + 30, 16, 16), QStringLiteral("grip"),
                 look.color(Token::Text3));

    const QRect cell(row.left() + 26, row.top() + 14, 48, 48);
    const QImage preview = index.data(app::JobQueue::PreviewRole).value<QImage>();
    if (isFailed) {
        drawBox(*painter, cell, 6, look.color(Token::DangerSoft), look.color(Token::DangerLine));
        drawIcon(*painter, QRectF(cell.left() + 14, cell.top() + 14, 20, 20), QStringLiteral("error"),
                 look.color(Token::Danger));
    } else if (preview.isNull()) {
        drawBox(*painter, cell, 6, look.color(Token::Hover), look.color(Token::Edge));
        drawIcon(*painter, QRectF(cell.left() + 14, cell.top() + 14, 20, 20), QStringLiteral("image"),
                 look.color(Token::Text3));
    } else {
        ThumbnailState thumbnail;
        thumbnail.image = preview;
        paintThumbnail(*painter, cell, thumbnail);
    }

    const int left = row.left() + 86;
    const int width = row.right() - 16 - 28 - 8 - left;
    drawElided(*painter, QRectF(left, row.top() + 12, width, 20), isSet(index) ? setTitle(index) : titleOf(request),
               look.font(TextStyle::Control), look.color(Token::Text));
    Token second = isRunning ? Token::Text2 : Token::Text3;
    if (isFailed)
        second = Token::Danger;
    drawElided(*painter, QRectF(left, row.top() + 32, width, 16), secondLine(index, request),
               look.font(TextStyle::Detail), look.color(second));
    if (isRunning) {
        double progress = index.data(app::JobQueue::ProgressRole).toDouble();
        if (isSet(index))
            progress = (index.data(app::JobQueue::SetDoneRole).toInt() + progress) /
                       std::max(1, index.data(app::JobQueue::SetCountRole).toInt());
        drawMeter(*painter, QRectF(left, row.top() + 55, width, 4), progress);
    } else {
        QFont font = look.font(isFailed ? TextStyle::Label : TextStyle::Detail);
        font.setUnderline(isFailed && retryRect(row).contains(m_pointer));
        drawElided(*painter, QRectF(left, row.top() + 48, width, 16),
                   m_isPaused && state == app::JobState::Waiting ? JobListModel::tr("paused") : thirdLine(index), font,
                   look.color(isFailed ? Token::AccentText : Token::Text3));
    }

    const QRect button = buttonRect(row);
    const bool isOnButton = button.contains(m_pointer);
    if (isOnButton)
        drawBox(*painter, button, 6, look.color(Token::Hover));
    drawIcon(*painter, QRectF(button.left() + 6, button.top() + 6, 16, 16),
             isRunning ? QStringLiteral("stop") : QStringLiteral("close"),
             look.color(isOnButton ? Token::Text : Token::Text2));
    if (option.state.testFlag(QStyle::State_HasFocus) && option.state.testFlag(QStyle::State_KeyboardFocusChange)) {
        painter->setPen(QPen(look.color(Token::Accent), 2));
        painter->setBrush(Qt::NoBrush);
        painter->drawRoundedRect(QRectF(row).adjusted(3, 3, -3, -4), 6, 6);
    }
    painter->restore();
}

JobList::JobList(JobListModel &model, QWidget *parent) : QListView(parent), m_delegate(new JobDelegate(this))
{
    setObjectName(QStringLiteral("jobs"));
    setModel(&model);
    setItemDelegate(m_delegate);
    setUniformItemSizes(true);
    setMouseTracking(true);
    setSelectionMode(QAbstractItemView::SingleSelection);
    setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setEditTriggers(QAbstractItemView::NoEditTriggers);
    setFrameShape(QFrame::NoFrame);
    setProperty("focusRing", false);
    setAccessibleName(tr("Jobs"));
    setSurface(this, Token::Panel);
    setSurface(viewport(), Token::Panel);
}

void JobList::setPaused(bool isPaused)
{
    m_delegate->setPaused(isPaused);
    viewport()->update();
}

app::JobId JobList::idOf(const QModelIndex &index) const
{
    return index.isValid() ? index.data(app::JobQueue::IdRole).value<app::JobId>() : 0;
}

bool JobList::isWaiting(const QModelIndex &index) const
{
    return index.isValid() && stateOf(index) == app::JobState::Waiting;
}

void JobList::paintEvent(QPaintEvent *event)
{
    QListView::paintEvent(event);
    if (m_dropRow < 0)
        return;
    QPainter painter(viewport());
    const int y = m_dropRow < model()->rowCount() ? visualRect(model()->index(m_dropRow, 0)).top()
                                                  : visualRect(model()->index(model()->rowCount() - 1, 0)).bottom();
    painter.fillRect(QRect(8, std::max(0, y - 1), viewport()->width() - 16, 2), theme().color(Token::Accent));
}

void JobList::mousePressEvent(QMouseEvent *event)
{
    const QPoint at = event->position().toPoint();
    const QModelIndex index = indexAt(at);
    m_pressed = index;
    m_pressedAt = at;
    m_isOnButton = false;
    if (!index.isValid() || event->button() != Qt::LeftButton)
        return;
    const QRect row = visualRect(index);
    if (JobDelegate::buttonRect(row).contains(at)) {
        m_isOnButton = true;
        return;
    }
    if (stateOf(index) == app::JobState::Failed && JobDelegate::retryRect(row).contains(at)) {
        m_isOnButton = true;
        return;
    }
    setFocus(Qt::MouseFocusReason);
    setCurrentIndex(index);
    Q_EMIT chosen(idOf(index));
}

void JobList::mouseMoveEvent(QMouseEvent *event)
{
    const QPoint at = event->position().toPoint();
    m_delegate->setPointer(at);
    viewport()->update();
    const bool isDragging =
        m_dropRow >= 0 || ((event->buttons() & Qt::LeftButton) != 0 && !m_isOnButton && isWaiting(m_pressed) &&
                           (at - m_pressedAt).manhattanLength() >= QApplication::startDragDistance());
    if (!isDragging)
        return;
    const QModelIndex over = indexAt(at);
    if (over.isValid())
        m_dropRow = over.row() + (at.y() > visualRect(over).center().y() ? 1 : 0);
    else
        m_dropRow = at.y() < 0 ? 0 : model()->rowCount();
}

void JobList::mouseReleaseEvent(QMouseEvent *event)
{
    const QPoint at = event->position().toPoint();
    const app::JobId id = idOf(m_pressed);
    const int dropRow = m_dropRow;
    m_dropRow = -1;
    viewport()->update();
    if (id == 0 || event->button() != Qt::LeftButton)
        return;
    if (dropRow >= 0) {
        if (dropRow != m_pressed.row() && dropRow != m_pressed.row() + 1)
            Q_EMIT moveRequested(id, dropRow);
        return;
    }
    if (!m_isOnButton || indexAt(at) != m_pressed)
        return;
    const QRect row = visualRect(m_pressed);
    if (JobDelegate::buttonRect(row).contains(at))
        Q_EMIT endRequested(id);
    else if (JobDelegate::retryRect(row).contains(at))
        Q_EMIT retryRequested(id);
}

void JobList::mouseDoubleClickEvent(QMouseEvent *event)
{
    const QModelIndex index = indexAt(event->position().toPoint());
    if (index.isValid() && !JobDelegate::buttonRect(visualRect(index)).contains(event->position().toPoint()))
        Q_EMIT editRequested(idOf(index));
}

void JobList::leaveEvent(QEvent *event)
{
    m_delegate->setPointer({-1, -1});
    viewport()->update();
    QListView::leaveEvent(event);
}

void JobList::keyPressEvent(QKeyEvent *event)
{
    const QModelIndex index = currentIndex();
    const app::JobId id = idOf(index);
    const Qt::KeyboardModifiers modifiers = event->modifiers() & ~Qt::KeypadModifier;
    if (id != 0 && modifiers == Qt::AltModifier && (event->key() == Qt::Key_Up || event->key() == Qt::Key_Down)) {
        const int before = event->key() == Qt::Key_Up ? index.row() - 1 : index.row() + 2;
        if (isWaiting(index) && before >= 0 && before <= model()->rowCount())
            Q_EMIT moveRequested(id, before);
        return;
    }
    if (id != 0 && modifiers == Qt::NoModifier) {
        switch (event->key()) {
        case Qt::Key_Return:
        case Qt::Key_Enter:
            return Q_EMIT editRequested(id);
        case Qt::Key_Delete:
        case Qt::Key_Backspace:
            return Q_EMIT endRequested(id);
        case Qt::Key_Space:
            return Q_EMIT chosen(id);
        default:
            break;
        }
    }
    QListView::keyPressEvent(event);
    if (currentIndex() != index)
        Q_EMIT chosen(idOf(currentIndex()));
}

void JobList::contextMenuEvent(QContextMenuEvent *event)
{
    const QModelIndex index = event->reason() == QContextMenuEvent::Mouse ? indexAt(event->pos()) : currentIndex();
    if (index.isValid())
        Q_EMIT menuRequested(idOf(index), event->globalPos());
}

} // namespace ui
