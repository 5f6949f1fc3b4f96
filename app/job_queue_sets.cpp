// Jobs of one X/Y plot: a set that is asked for, held and stopped as one.
#include "app/job_queue.h"

#include <algorithm>

namespace app {

std::vector<JobQueue::Submission>
JobQueue::submitSet(const std::vector<std::pair<engine::GenerateRequest, PlotPlace>> &jobs)
{
    for (const auto &[request, place] : jobs) {
        Submission refused = {.seed = request.seed, .problems = engine::validate(request)};
        if (!refused.problems.empty())
            return {std::move(refused)};
    }
    std::vector<Submission> result;
    for (const auto &[request, place] : jobs) {
        Job job;
        job.id = m_engine.newJobId();
        job.submitted = QDateTime::currentDateTime();
        job.steps = request.steps;
        job.request = request;
        job.plot = place;
        m_brokenModels.remove(QString::fromStdString(request.model.string())); // asked for anew
        result.push_back({.id = job.id, .seed = request.seed});
        insert(std::move(job), int(m_jobs.size()));
    }
    save();
    for (const Submission &each : result)
        Q_EMIT jobSubmitted(each.id);
    noteCounts();
    startNext();
    return result;
}

void JobQueue::cancelSet(const QString &set)
{
    std::vector<JobId> ended;
    for (Job &job : m_jobs) {
        if (job.plot.id == set && !set.isEmpty() && job.state == JobState::Waiting) {
            job.state = JobState::Cancelled;
            ended.push_back(job.id);
        }
    }
    if (!ended.empty()) {
        changedSet(set);
        save();
        for (const JobId id : ended)
            Q_EMIT jobEnded(id);
        noteCounts();
    }
    if (const Job *job = running(); job && job->plot.id == set && !set.isEmpty())
        m_engine.stop(job->id);
}

void JobQueue::clearFailed(const QString &set)
{
    for (int at = int(m_jobs.size()) - 1; at >= 0; --at) {
        const Job &job = m_jobs[std::size_t(at)];
        if (job.plot.id == set && !set.isEmpty() && job.state == JobState::Failed)
            takeOut(at);
    }
    save();
}

int JobQueue::rowsToMove(int first) const
{
    int count = 1;
    if (first < 0 || m_jobs[std::size_t(first)].plot.id.isEmpty())
        return count;
    const QString &set = m_jobs[std::size_t(first)].plot.id;
    while (first + count < int(m_jobs.size()) && m_jobs[std::size_t(first + count)].plot.id == set &&
           m_jobs[std::size_t(first + count)].state == JobState::Waiting)
        ++count;
    return count;
}

void JobQueue::holdSet(const QString &set, bool isHeld)
{
    if (set.isEmpty() || isHeld == m_heldSets.contains(set))
        return;
    if (isHeld)
        m_heldSets.insert(set);
    else
        m_heldSets.remove(set);
    changedSet(set);
    Q_EMIT setHeldChanged(set, isHeld);
    Q_EMIT secondsLeftChanged(secondsLeft());
    startNext();
}

void JobQueue::changedSet(const QString &set)
{
    if (set.isEmpty())
        return;
    const auto isOfSet = [&set](const Job &job) { return job.plot.id == set; };
    const auto first = std::find_if(m_jobs.begin(), m_jobs.end(), isOfSet);
    if (first == m_jobs.end())
        return;
    const auto last = std::find_if(m_jobs.rbegin(), m_jobs.rend(), isOfSet);
    Q_EMIT dataChanged(index(int(first - m_jobs.begin())), index(int(m_jobs.rend() - last) - 1));
}

void JobQueue::failSetJobs(const Job &failed, const Failure &failure)
{
    // What the rest of an X/Y plot needs is there, or not: cells of a model that cannot be used say so at once.
    std::vector<JobId> alike;
    for (Job &job : m_jobs) {
        if (job.state != JobState::Waiting || job.plot.id != failed.plot.id ||
            job.request.model != failed.request.model)
            continue;
        job.state = JobState::Failed;
        job.failure = failure;
        alike.push_back(job.id);
    }
    for (const JobId id : alike) {
        changed(id);
        Q_EMIT jobEnded(id);
    }
}

QVariant JobQueue::dataOfSet(const Job &job, int role) const
{
    if (job.plot.id.isEmpty())
        return {};
    if (role == SetLeadRole)
        return leadOf(job.plot.id) == job.id;
    if (role == SetTypesRole) {
        QStringList types = {job.plot.xType, job.plot.yType};
        types.removeAll(QString());
        return types;
    }
    int done = 0;
    int count = 0;
    double seconds = 0.0;
    const auto secondsOfWaiting = [this](const Job &waiting) {
        const double measured = secondsOf(waiting);
        return measured > 0.0 ? measured : -1.0;
    };
    for (const Job &each : m_jobs) {
        if (each.plot.id != job.plot.id)
            continue;
        ++count;
        done += each.state == JobState::Finished;
        const double left = each.state == JobState::Running   ? each.secondsLeft
                            : each.state == JobState::Waiting ? secondsOfWaiting(each)
                                                              : 0.0;
        seconds = left < 0.0 || seconds < 0.0 ? -1.0 : seconds + left;
    }
    if (role == SetSecondsRole)
        return seconds;
    return role == SetDoneRole ? done : count;
}

JobId JobQueue::leadOf(const QString &set) const
{
    JobId waiting = 0;
    JobId failed = 0;
    for (const Job &job : m_jobs) {
        if (job.plot.id != set)
            continue;
        if (job.state == JobState::Running)
            return job.id;
        if (job.state == JobState::Waiting && waiting == 0)
            waiting = job.id;
        if (job.state == JobState::Failed && failed == 0)
            failed = job.id;
    }
    return waiting != 0 ? waiting : failed;
}

} // namespace app
