#include "app/job_queue.h"

#include "app/queue_file.h"
#include "engine/catalog.h"

#include <QDeadlineTimer>
#include <QMetaMethod>
#include <QRandomGenerator>

#include <algorithm>
#include <utility>

namespace app {

namespace {

constexpr quint32 kSeeds = 4294967294U; ///< random ones are below this, as in the other programs

qint64 nowMs()
{
    return QDeadlineTimer::current().deadline();
}

QString modelOf(const Job &job)
{
    return QString::fromStdString(job.request.model.string());
}

/// Another job with this model would fail in the same way.
bool isAboutTheModel(engine::ErrorKind kind)
{
    switch (kind) {
    case engine::ErrorKind::FileUnreadable:
    case engine::ErrorKind::NotACheckpoint:
    case engine::ErrorKind::UnknownFamily:
    case engine::ErrorKind::NotSupported:
    case engine::ErrorKind::WrongWeights:
        return true;
    case engine::ErrorKind::BadRequest:
    case engine::ErrorKind::OutOfMemory:
    case engine::ErrorKind::DiskFull:
    case engine::ErrorKind::Internal:
        return false;
    }
    return false;
}

} // namespace

JobQueue::JobQueue(EngineThread &engine, const QString &file, QObject *parent)
    : QAbstractListModel(parent), m_engine(engine)
{
    if (!file.isEmpty())
        m_file = std::make_unique<QueueFile>(file);
    connect(&engine, &EngineThread::stageStarted, this, &JobQueue::onStage);
    connect(&engine, &EngineThread::stepFinished, this, &JobQueue::onStep);
    connect(&engine, &EngineThread::previewReady, this, &JobQueue::onPreview);
    connect(&engine, &EngineThread::imageFinished, this, &JobQueue::onImage);
    connect(&engine, &EngineThread::jobFinished, this, [this](JobId id) { leaveEngine(id, JobState::Finished); });
    connect(&engine, &EngineThread::jobCancelled, this, [this](JobId id) { leaveEngine(id, JobState::Cancelled); });
    connect(&engine, &EngineThread::jobFailed, this, &JobQueue::onFailed);
    connect(&engine, &EngineThread::freeChanged, this, [this](bool isFree) {
        if (isFree)
            startNext();
    });
}

JobQueue::~JobQueue() = default;

int JobQueue::restore()
{
    if (!m_file)
        return 0;
    int restored = 0;
    int waitingJobs = 0;
    for (Job &job : m_file->read()) {
        job.id = m_engine.newJobId();
        waitingJobs += job.state == JobState::Waiting;
        ++restored;
        insert(std::move(job), int(m_jobs.size()));
    }
    if (waitingJobs > 0)
        setPaused(true, tr("These jobs were waiting when the program ended."));
    noteCounts();
    return restored;
}

JobQueue::Submission JobQueue::submit(engine::GenerateRequest request, Seed seed, Place place)
{
    if (seed == Seed::Random)
        request.seed = QRandomGenerator::global()->bounded(kSeeds);
    Job job;
    job.request = std::move(request);
    return take(std::move(job), place);
}

JobQueue::Submission JobQueue::submitBranch(engine::GenerateRequest request, const QString &parent)
{
    Job job;
    job.request = std::move(request);
    job.parent = parent;
    return take(std::move(job), Place::Last);
}

JobQueue::Submission JobQueue::take(Job job, Place place)
{
    Submission result;
    result.problems = engine::validate(job.request);
    if (!result.problems.empty())
        return result;
    job.id = m_engine.newJobId();
    job.submitted = QDateTime::currentDateTime();
    job.steps = job.request.steps;
    result.id = job.id;
    result.seed = job.request.seed;
    insert(std::move(job), place == Place::First ? firstWaitingRow() : int(m_jobs.size()));
    save();
    Q_EMIT jobSubmitted(result.id);
    noteCounts();
    startNext();
    return result;
}

double JobQueue::secondsFor(const engine::GenerateRequest &request) const
{
    Job job;
    job.request = request;
    const double seconds = secondsOf(job);
    return seconds > 0.0 ? seconds : -1.0;
}

void JobQueue::putFirst(JobId id)
{
    const int from = row(id);
    const int to = firstWaitingRow();
    if (from > to && m_jobs[std::size_t(from)].state == JobState::Waiting)
        moveRows({}, from, 1, {}, to);
}

void JobQueue::cancel(JobId id)
{
    Job *job = findJob(id);
    if (!job)
        return;
    if (job->state == JobState::Running) {
        m_engine.stop(id);
    } else if (job->state == JobState::Waiting) {
        job->state = JobState::Cancelled;
        changed(id);
        changedSet(job->plot.id);
        save();
        Q_EMIT jobEnded(id);
        noteCounts();
    }
}

void JobQueue::cancelAll()
{
    std::vector<JobId> open;
    for (const Job &job : m_jobs) {
        if (job.state == JobState::Waiting)
            open.push_back(job.id);
    }
    for (const JobId id : open) // waiting ones first, so that none of them starts
        cancel(id);
    if (m_running)
        m_engine.stop(m_running);
}

void JobQueue::stopAfterPicture(JobId id)
{
    m_engine.stopAfterPicture(id);
}

JobId JobQueue::duplicate(JobId id)
{
    const Job *job = find(id);
    if (job == nullptr)
        return 0;
    // Outside of a plot the copy is a job of its own.
    Job copy;
    copy.request = job->request;
    copy.parent = job->parent;
    if (!copy.request.branchFrom)
        copy.request.branchFrom = job->parentSteps.lock(); // as long as somebody else keeps them
    if (!copy.parent.isEmpty() && !copy.request.branchFrom)
        return 0; // its parent's steps are gone: without them it would be another picture
    return take(std::move(copy), Place::Last).id;
}

void JobQueue::retry(JobId id)
{
    const int from = row(id);
    if (from < 0)
        return;
    const Job &job = m_jobs[std::size_t(from)];
    if (job.state != JobState::Failed && job.state != JobState::Cancelled)
        return;
    if (!job.parent.isEmpty() && !job.request.branchFrom)
        return; // its parent's steps are lost: without them it would be another picture
    m_brokenModels.remove(modelOf(job));
    if (from + 1 < int(m_jobs.size())) {
        beginMoveRows({}, from, from, {}, int(m_jobs.size()));
        std::rotate(m_jobs.begin() + from, m_jobs.begin() + from + 1, m_jobs.end());
        endMoveRows();
    }
    makeWait(m_jobs.back());
    changed(id);
    changedSet(m_jobs.back().plot.id);
    save();
    noteCounts();
    startNext();
}

void JobQueue::makeWait(Job &job)
{
    Job again;
    again.id = job.id;
    again.request = std::move(job.request);
    again.submitted = job.submitted;
    again.steps = again.request.steps;
    again.plot = job.plot;
    again.parent = job.parent;
    again.files = job.files; // those of the first try are on disk
    job = std::move(again);
    m_courses.erase(job.id);
}

void JobQueue::remove(JobId id)
{
    const int at = row(id);
    if (at < 0 || m_jobs[std::size_t(at)].state == JobState::Running)
        return;
    takeOut(at);
    save();
    noteCounts();
}

void JobQueue::clearOver()
{
    for (int at = int(m_jobs.size()) - 1; at >= 0; --at) {
        if (m_jobs[std::size_t(at)].isOver())
            takeOut(at);
    }
    save();
}

void JobQueue::pause()
{
    setPaused(true, {});
}

void JobQueue::resume()
{
    m_brokenModels.clear();
    setPaused(false, {});
    startNext();
}

void JobQueue::addFile(JobId id, const QString &path, const QImage &picture)
{
    if (Job *job = findJob(id)) {
        job->files.append(path);
        ++job->picturesFinished;
        if (!picture.isNull())
            job->preview = picture;
        --m_courses[id].saving;
        changed(id, {FilesRole, PicturesFinishedRole, PreviewRole, ProgressRole});
        save(); // a crash now does not make this one again
    }
    Q_EMIT pictureSaved(id, path);
    endIfSaved(id);
}

void JobQueue::failSaving(JobId id, const Failure &failure)
{
    Course &course = m_courses[id];
    --course.saving;
    course.outcome = JobState::Failed;
    course.failure = failure;
    m_engine.stop(id); // what would follow has no place either
    setPaused(true, failure.sentence);
    endIfSaved(id);
}

const Job *JobQueue::find(JobId id) const
{
    const int at = row(id);
    return at < 0 ? nullptr : &m_jobs[std::size_t(at)];
}

Job *JobQueue::findJob(JobId id)
{
    return const_cast<Job *>(std::as_const(*this).find(id));
}

const Job *JobQueue::running() const
{
    return m_running ? find(m_running) : nullptr;
}

int JobQueue::waiting() const
{
    return int(
        std::count_if(m_jobs.begin(), m_jobs.end(), [](const Job &job) { return job.state == JobState::Waiting; }));
}

int JobQueue::row(JobId id) const
{
    const auto found = std::find_if(m_jobs.begin(), m_jobs.end(), [id](const Job &job) { return job.id == id; });
    return found == m_jobs.end() ? -1 : int(found - m_jobs.begin());
}

int JobQueue::firstWaitingRow() const
{
    const auto found =
        std::find_if(m_jobs.begin(), m_jobs.end(), [](const Job &job) { return job.state == JobState::Waiting; });
    return int(found - m_jobs.begin());
}

double JobQueue::megapixels(const Job &job) const
{
    const QSize own = m_ownSizes.value(modelOf(job), QSize(512, 512));
    const int width = job.request.width > 0 ? job.request.width : own.width();
    const int height = job.request.height > 0 ? job.request.height : own.height();
    return double(width) * height * 1e-6;
}

double JobQueue::secondsOf(const Job &job) const
{
    const double rate = m_rates.value(modelOf(job), m_lastRate);
    return rate * megapixels(job) * job.request.steps * std::max(job.request.count, 1);
}

double JobQueue::secondsLeft() const
{
    double left = 0.0;
    if (const Job *job = running()) {
        if (job->secondsLeft < 0.0)
            return -1.0;
        left += job->secondsLeft;
    }
    for (const Job &job : m_jobs) {
        if (job.state != JobState::Waiting || m_heldSets.contains(job.plot.id))
            continue;
        const double seconds = secondsOf(job);
        if (seconds <= 0.0)
            return -1.0; // nothing was measured yet
        left += seconds;
    }
    return left;
}

void JobQueue::startNext()
{
    if (m_isPaused || m_running || !m_engine.isFree())
        return;
    bool isBlocked = false;
    for (Job &job : m_jobs) {
        if (job.state != JobState::Waiting || m_heldSets.contains(job.plot.id))
            continue;
        if (m_brokenModels.contains(modelOf(job))) {
            isBlocked = true;
            continue;
        }
        const JobId id = job.id;
        m_running = id;
        m_courses[id] = {};
        job.state = JobState::Running;
        changed(id);
        changedSet(job.plot.id);
        m_engine.generate(id, job.request);
        save();
        Q_EMIT jobStarted(id);
        noteCounts();
        return;
    }
    if (isBlocked)
        setPaused(true, tr("The jobs that wait need a model that cannot be used."));
}

void JobQueue::onStage(JobId id, engine::Stage stage, double fraction)
{
    Job *job = findJob(id);
    if (!job)
        return;
    job->stage = stage;
    job->stageFraction = fraction;
    changed(id, {StageRole, StageFractionRole});
    Q_EMIT jobProgressed(id);
}

void JobQueue::onStep(JobId id, const engine::StepFinished &step)
{
    Job *job = findJob(id);
    if (!job)
        return;
    Course &course = m_courses[id];
    job->stage = engine::Stage::Sampling;
    job->picture = step.picture;
    job->step = step.step;
    job->steps = step.steps;
    // The first step of a job also pays for what is set up once.
    if (step.picture > 0 || step.step > 1) {
        ++course.measured;
        course.measuredSeconds += step.seconds;
    }
    job->secondsPerStep = course.measured > 0 ? course.measuredSeconds / course.measured : step.seconds;
    course.lastStepMs = nowMs();
    estimate(*job, course);
    changed(id, {PictureRole, StepRole, StepsRole, ProgressRole, SecondsPerStepRole, SecondsLeftRole, StageRole});
    Q_EMIT jobProgressed(id);
    Q_EMIT secondsLeftChanged(secondsLeft());
}

void JobQueue::estimate(Job &job, const Course &course)
{
    const int count = std::max(job.request.count, 1);
    const int pictures = std::max(count - job.picture, 1);
    const double stepsLeft = double(job.steps) * pictures - job.step;
    job.secondsLeft = std::max(0.0, stepsLeft) * job.secondsPerStep + pictures * course.decodeSeconds;
    if (course.measured > 0) {
        m_lastRate = job.secondsPerStep / megapixels(job);
        m_rates[modelOf(job)] = m_lastRate;
    }
}

void JobQueue::onPreview(JobId id, int picture, int step, const QImage &image)
{
    Job *job = findJob(id);
    if (!job)
        return;
    Q_UNUSED(step)
    job->picture = picture;
    job->preview = image;
    changed(id, {PreviewRole});
    Q_EMIT jobProgressed(id);
}

void JobQueue::onImage(JobId id, const engine::ImageFinished &image)
{
    const Job *job = find(id);
    if (!job)
        return;
    Course &course = m_courses[id];
    if (course.lastStepMs > 0)
        course.decodeSeconds = double(nowMs() - course.lastStepMs) / 1000.0;
    if (job->request.width == 0 && job->request.height == 0)
        m_ownSizes[modelOf(*job)] = QSize(image.image.width, image.image.height);
    ++course.saving;
    if (isSignalConnected(QMetaMethod::fromSignal(&JobQueue::pictureMade)))
        Q_EMIT pictureMade(id, job->request, image);
    else
        addFile(id, {}, {});
}

void JobQueue::onFailed(JobId id, const Failure &failure)
{
    if (const Job *job = find(id); job && isAboutTheModel(failure.kind)) {
        m_brokenModels.insert(modelOf(*job));
        if (!job->plot.id.isEmpty())
            failSetJobs(Job(*job), failure);
    }
    leaveEngine(id, JobState::Failed, failure);
}

void JobQueue::leaveEngine(JobId id, JobState outcome, const Failure &failure)
{
    if (!findJob(id))
        return;
    Course &course = m_courses[id];
    course.hasLeftEngine = true;
    if (course.outcome != JobState::Failed) { // saving may have failed before
        course.outcome = outcome;
        course.failure = failure;
    }
    if (m_running == id)
        m_running = 0;
    endIfSaved(id);
    startNext();
}

void JobQueue::endIfSaved(JobId id)
{
    const auto course = m_courses.find(id);
    Job *job = findJob(id);
    if (!job || course == m_courses.end() || !course->second.hasLeftEngine || course->second.saving > 0)
        return;
    job->state = course->second.outcome;
    job->failure = course->second.failure;
    job->secondsLeft = job->state == JobState::Finished ? 0.0 : -1.0;
    m_courses.erase(course);
    if (job->state == JobState::Finished) {
        // It does not begin again: what it went on from is not kept for it any longer.
        job->parentSteps = job->request.branchFrom;
        job->request.branchFrom.reset();
        if (m_file)
            m_file->drop(id);
    }
    changed(id);
    changedSet(job->plot.id);
    save();
    Q_EMIT jobEnded(id);
    noteCounts();
}

void JobQueue::changed(JobId id, const QList<int> &roles)
{
    const QModelIndex at = index(row(id));
    if (at.isValid())
        Q_EMIT dataChanged(at, at, roles);
}

void JobQueue::setPaused(bool isPaused, const QString &reason)
{
    if (m_isPaused == isPaused && m_pauseReason == reason)
        return;
    m_isPaused = isPaused;
    m_pauseReason = reason;
    Q_EMIT pausedChanged(isPaused, reason);
}

void JobQueue::save()
{
    if (m_file)
        m_file->write(m_jobs);
}

void JobQueue::noteCounts()
{
    if (const int now = waiting(); now != m_lastWaiting) {
        m_lastWaiting = now;
        Q_EMIT waitingChanged(now);
    }
    Q_EMIT secondsLeftChanged(secondsLeft());
}

void JobQueue::insert(Job job, int at)
{
    if (m_file)
        m_file->remember(job.id, job.request);
    beginInsertRows({}, at, at);
    m_jobs.insert(m_jobs.begin() + at, std::move(job));
    endInsertRows();
}

void JobQueue::takeOut(int at)
{
    const JobId id = m_jobs[std::size_t(at)].id;
    beginRemoveRows({}, at, at);
    m_jobs.erase(m_jobs.begin() + at);
    endRemoveRows();
    m_courses.erase(id);
    if (m_file)
        m_file->drop(id);
}

} // namespace app
