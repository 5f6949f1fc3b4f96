// The queue as a list that views show: roles, flags, moved rows.
#include "app/job_queue.h"

#include <algorithm>

namespace app {

int JobQueue::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_jobs.size());
}

QVariant JobQueue::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const Job &job = m_jobs[std::size_t(index.row())];
    switch (role) {
    case Qt::DisplayRole:
        return QString::fromStdString(job.request.prompt);
    case IdRole:
        return QVariant::fromValue(job.id);
    case StateRole:
        return int(job.state);
    case StageRole:
        return int(job.stage);
    case StageFractionRole:
        return job.stageFraction;
    case ProgressRole:
        return job.progress();
    case PictureRole:
        return job.picture;
    case StepRole:
        return job.step;
    case StepsRole:
        return job.steps;
    case SecondsPerStepRole:
        return job.secondsPerStep;
    case SecondsLeftRole:
        if (job.state == JobState::Waiting) {
            const double estimated = secondsOf(job);
            return estimated > 0.0 ? estimated : -1.0;
        }
        return job.secondsLeft;
    case PreviewRole:
        return job.preview;
    case PicturesFinishedRole:
        return job.picturesFinished;
    case CountRole:
        return job.request.count;
    case FilesRole:
        return job.files;
    case RequestRole:
        return QVariant::fromValue(job.request);
    case FailureRole:
        return QVariant::fromValue(job.failure);
    case FailureSentenceRole:
        return job.failure.sentence;
    case SetRole:
        return job.plot.id;
    case SetLeadRole:
    case SetTypesRole:
    case SetDoneRole:
    case SetCountRole:
    case SetSecondsRole:
        return dataOfSet(job, role);
    default:
        return {};
    }
}

QHash<int, QByteArray> JobQueue::roleNames() const
{
    return {{IdRole, "id"},
            {StateRole, "state"},
            {StageRole, "stage"},
            {StageFractionRole, "stageFraction"},
            {ProgressRole, "progress"},
            {PictureRole, "picture"},
            {StepRole, "step"},
            {StepsRole, "steps"},
            {SecondsPerStepRole, "secondsPerStep"},
            {SecondsLeftRole, "secondsLeft"},
            {PreviewRole, "preview"},
            {PicturesFinishedRole, "picturesFinished"},
            {CountRole, "count"},
            {FilesRole, "files"},
            {RequestRole, "request"},
            {FailureRole, "failure"},
            {FailureSentenceRole, "failureSentence"},
            {SetRole, "set"},
            {SetLeadRole, "setLead"},
            {SetTypesRole, "setTypes"},
            {SetDoneRole, "setDone"},
            {SetCountRole, "setCount"},
            {SetSecondsRole, "setSeconds"}};
}

Qt::ItemFlags JobQueue::flags(const QModelIndex &index) const
{
    if (!index.isValid())
        return Qt::ItemIsDropEnabled; // between rows
    const Qt::ItemFlags own = Qt::ItemIsSelectable | Qt::ItemIsEnabled;
    const bool canMove = m_jobs[std::size_t(index.row())].state == JobState::Waiting;
    return canMove ? own | Qt::ItemIsDragEnabled : own;
}

Qt::DropActions JobQueue::supportedDropActions() const
{
    return Qt::MoveAction;
}

bool JobQueue::moveRows(const QModelIndex &from, int first, int count, const QModelIndex &to, int destination)
{
    const int rows = int(m_jobs.size());
    if (from.isValid() || to.isValid() || first < 0 || count < 1 || first + count > rows || destination < 0 ||
        destination > rows)
        return false;
    for (int at = first; at < first + count; ++at) {
        if (m_jobs[std::size_t(at)].state != JobState::Waiting)
            return false; // what runs or is over stays
    }
    if (!beginMoveRows({}, first, first + count - 1, {}, destination))
        return false;
    const auto begin = m_jobs.begin();
    if (destination < first)
        std::rotate(begin + destination, begin + first, begin + first + count);
    else
        std::rotate(begin + first, begin + first + count, begin + destination);
    endMoveRows();
    save();
    return true;
}

} // namespace app
