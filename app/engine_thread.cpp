#include "app/engine_thread.h"

#include "app/attempt.h"
#include "app/image_file.h"

#include <QMetaObject>

#include <algorithm>
#include <deque>
#include <map>
#include <mutex>
#include <utility>

namespace app {

/// What both threads touch, under its mutex.
struct EngineThread::Shared
{
    struct Stops
    {
        std::stop_source now;
        std::stop_source afterPicture;
    };
    struct Preview
    {
        JobId id = 0;
        int picture = 0;
        int step = 0;
        QImage image = {};
    };

    struct Waiting
    {
        Kind kind = Kind::Other;
        Work work = {};
    };

    std::mutex mutex;
    std::map<JobId, Stops> stops;   ///< of every job that is not over
    std::deque<Waiting> waiting;    ///< in the order in which it was asked for
    std::optional<Preview> preview; ///< newest that was not delivered
};

/// Owns the engine; all its functions run on the engine thread.
class EngineWorker : public QObject
{
public:
    EngineWorker(EngineThread &owner, EngineFactory factory, std::shared_ptr<EngineThread::Shared> shared)
        : m_owner(owner), m_factory(std::move(factory)), m_shared(std::move(shared))
    {
    }

    /// Does what waits. Training comes last, and not within another training.
    void workOff()
    {
        while (EngineThread::Work work = next())
            work(*this);
    }

    void open()
    {
        const Outcome outcome = attempt([this] { engine(); });
        if (const Failure *failure = std::get_if<Failure>(&outcome))
            post([failure = *failure](EngineThread &owner) { Q_EMIT owner.engineFailed(failure); });
    }

    void unload()
    {
        if (!m_engine)
            return;
        const Outcome outcome = attempt([this] { m_engine->unload(); });
        if (const Failure *failure = std::get_if<Failure>(&outcome))
            post([failure = *failure](EngineThread &owner) { Q_EMIT owner.engineFailed(failure); });
    }

    void generate(JobId id, const engine::GenerateRequest &request)
    {
        engine::GenerateReport report;
        const Outcome outcome =
            run(id, [&](const engine::RunContext &context) { report = engine().generate(request, context); });
        end(id, outcome, [report](EngineThread &owner, JobId job) { Q_EMIT owner.jobFinished(job, report); });
    }

    void train(JobId id, const engine::TrainRequest &request)
    {
        engine::TrainReport report;
        m_isTraining = true;
        const Outcome outcome =
            run(id, [&](const engine::RunContext &context) { report = engine().train(request, context); });
        m_isTraining = false;
        end(
            id, outcome, [report](EngineThread &owner, JobId job) { Q_EMIT owner.trainFinished(job, report); },
            EngineThread::Kind::Training);
    }

    void load(JobId id, const engine::LoadRequest &request)
    {
        const Outcome outcome = run(id, [&](const engine::RunContext &context) { engine().load(request, context); });
        end(id, outcome, [](EngineThread &owner, JobId job) { Q_EMIT owner.loadFinished(job); });
    }

    void study(JobId id, const engine::StudyRequest &request)
    {
        engine::StudyResult result;
        const Outcome outcome =
            run(id, [&](const engine::RunContext &context) { result = engine().study(request, context); });
        end(id, outcome, [result](EngineThread &owner, JobId job) { Q_EMIT owner.studyFinished(job, result); });
    }

private:
    EngineThread::Work next()
    {
        const std::lock_guard lock(m_shared->mutex);
        std::deque<EngineThread::Shared::Waiting> &waiting = m_shared->waiting;
        auto found = std::find_if(waiting.begin(), waiting.end(),
                                  [](const auto &each) { return each.kind == EngineThread::Kind::Other; });
        if (found == waiting.end() && !m_isTraining)
            found = waiting.begin();
        if (found == waiting.end())
            return {};
        EngineThread::Work work = std::move(found->work);
        waiting.erase(found);
        return work;
    }

    engine::Engine &engine()
    {
        if (!m_engine) {
            m_engine = m_factory();
            post([device = m_engine->device()](EngineThread &owner) {
                owner.m_device = device;
                Q_EMIT owner.ready(device);
            });
        }
        return *m_engine;
    }

    template <typename Work>
    Outcome run(JobId id, const Work &work)
    {
        engine::RunContext context;
        {
            const std::lock_guard lock(m_shared->mutex);
            const EngineThread::Shared::Stops &stops = m_shared->stops[id];
            context.stop = stops.now.get_token();
            context.stopAfterPicture = stops.afterPicture.get_token();
        }
        context.emit = [this, id](const engine::Event &event) {
            std::visit([this, id](const auto &value) { pass(id, value); }, event);
        };
        context.betweenSteps = [this] { workOff(); };
        return attempt([&] {
            engine::throwIfStopped(context); // cancelled while it waited
            post([id](EngineThread &owner) { owner.begin(id); });
            work(context);
        });
    }

    /// Tells the UI thread how a job ended.
    template <typename Success>
    void end(JobId id, const Outcome &outcome, Success success, EngineThread::Kind kind = EngineThread::Kind::Other)
    {
        post([id, outcome, success, kind](EngineThread &owner) {
            owner.end(id, kind);
            if (const Failure *failure = std::get_if<Failure>(&outcome))
                Q_EMIT owner.jobFailed(id, *failure);
            else if (std::holds_alternative<engine::Cancelled>(outcome))
                Q_EMIT owner.jobCancelled(id);
            else
                success(owner, id);
            owner.noteBusy();
        });
    }

    void pass(JobId id, const engine::StageStarted &stage)
    {
        post([id, stage](EngineThread &owner) { Q_EMIT owner.stageStarted(id, stage.stage, stage.fraction); });
    }
    void pass(JobId id, const engine::StepFinished &step)
    {
        post([id, step](EngineThread &owner) { Q_EMIT owner.stepFinished(id, step); });
    }
    void pass(JobId id, const engine::PreviewReady &preview)
    {
        EngineThread::Shared::Preview newest = {id, preview.picture, preview.step, toQImage(preview.image)};
        bool isUnderWay = false;
        {
            const std::lock_guard lock(m_shared->mutex);
            isUnderWay = m_shared->preview.has_value();
            m_shared->preview = std::move(newest);
        }
        if (isUnderWay)
            return; // the one that waits for the UI thread was replaced
        post([shared = m_shared](EngineThread &owner) {
            std::optional<EngineThread::Shared::Preview> taken;
            {
                const std::lock_guard lock(shared->mutex);
                taken.swap(shared->preview);
            }
            if (taken)
                Q_EMIT owner.previewReady(taken->id, taken->picture, taken->step, taken->image);
        });
    }
    void pass(JobId id, const engine::TrajectoryReady &ready)
    {
        post([id, ready](EngineThread &owner) { Q_EMIT owner.trajectoryReady(id, ready.picture, ready.trajectory); });
    }
    void pass(JobId id, const engine::ImageFinished &image)
    {
        post([id, image](EngineThread &owner) { Q_EMIT owner.imageFinished(id, image); });
    }
    void pass(JobId id, const engine::Notice &notice)
    {
        post([id, text = QString::fromStdString(notice.text)](EngineThread &owner) { Q_EMIT owner.notice(id, text); });
    }
    void pass(JobId id, const engine::LossReported &loss)
    {
        post([id, loss](EngineThread &owner) { Q_EMIT owner.lossReported(id, loss); });
    }
    void pass(JobId id, const engine::SampleReady &sample)
    {
        const TrainingSample value = {sample.step, sample.index, QString::fromStdString(sample.prompt),
                                      toQImage(sample.image)};
        post([id, value](EngineThread &owner) { Q_EMIT owner.sampleReady(id, value); });
    }

    void pass(JobId id, const engine::WaitingForSpace &full)
    {
        post([id, folder = QString::fromStdString(full.folder.string()), bytes = full.bytes](EngineThread &owner) {
            Q_EMIT owner.waitingForSpace(id, folder, bytes);
        });
    }

    /// Runs `call` on the UI thread, in the order of the calls.
    template <typename Call>
    void post(Call call)
    {
        QMetaObject::invokeMethod(
            &m_owner, [&owner = m_owner, call = std::move(call)] { call(owner); }, Qt::QueuedConnection);
    }

    EngineThread &m_owner;
    EngineFactory m_factory;
    std::shared_ptr<EngineThread::Shared> m_shared;
    std::unique_ptr<engine::Engine> m_engine;
    bool m_isTraining = false;
};

EngineThread::EngineThread(EngineFactory factory, QObject *parent)
    : QObject(parent)
    , m_shared(std::make_shared<Shared>())
    , m_worker(new EngineWorker(*this, std::move(factory), m_shared))
{
    m_thread.setObjectName(QStringLiteral("engine"));
    m_worker->moveToThread(&m_thread);
    // The engine is destroyed where it was made.
    connect(&m_thread, &QThread::finished, m_worker, &QObject::deleteLater);
    m_thread.start();
}

EngineThread::~EngineThread()
{
    stopAll(); // what waits ends before it begins
    m_thread.quit();
    m_thread.wait();
}

void EngineThread::start()
{
    queue(Kind::Other, [](EngineWorker &worker) { worker.open(); });
}

JobId EngineThread::newJobId()
{
    return ++m_lastId;
}

void EngineThread::generate(JobId id, const engine::GenerateRequest &request)
{
    ask(id, Kind::Other, [id, request](EngineWorker &worker) { worker.generate(id, request); });
}

void EngineThread::train(JobId id, const engine::TrainRequest &request)
{
    ask(id, Kind::Training, [id, request](EngineWorker &worker) { worker.train(id, request); });
}

void EngineThread::load(JobId id, const engine::LoadRequest &request)
{
    ask(id, Kind::Other, [id, request](EngineWorker &worker) { worker.load(id, request); });
}

void EngineThread::study(JobId id, const engine::StudyRequest &request)
{
    ask(id, Kind::Other, [id, request](EngineWorker &worker) { worker.study(id, request); });
}

void EngineThread::unload()
{
    queue(Kind::Other, [](EngineWorker &worker) { worker.unload(); });
}

void EngineThread::stop(JobId id)
{
    const std::lock_guard lock(m_shared->mutex);
    const auto found = m_shared->stops.find(id);
    if (found != m_shared->stops.end())
        found->second.now.request_stop();
}

void EngineThread::stopAll()
{
    const std::lock_guard lock(m_shared->mutex);
    for (auto &[id, stops] : m_shared->stops)
        stops.now.request_stop();
}

void EngineThread::stopAfterPicture(JobId id)
{
    const std::lock_guard lock(m_shared->mutex);
    const auto found = m_shared->stops.find(id);
    if (found != m_shared->stops.end())
        found->second.afterPicture.request_stop();
}

bool EngineThread::isBusy() const
{
    return m_pending > 0;
}

bool EngineThread::isFree() const
{
    return m_pending == m_pendingTrainings;
}

JobId EngineThread::current() const
{
    return m_running.isEmpty() ? 0 : m_running.last();
}

std::optional<engine::DeviceInfo> EngineThread::device() const
{
    return m_device;
}

void EngineThread::ask(JobId id, Kind kind, Work work)
{
    {
        const std::lock_guard lock(m_shared->mutex);
        m_shared->stops[id] = {};
    }
    m_lastId = std::max(m_lastId, id);
    ++m_pending;
    m_pendingTrainings += kind == Kind::Training;
    queue(kind, std::move(work));
    noteBusy();
}

void EngineThread::queue(Kind kind, Work work)
{
    {
        const std::lock_guard lock(m_shared->mutex);
        m_shared->waiting.push_back({kind, std::move(work)});
    }
    // A training that runs looks by itself; then there is nothing left to do.
    QMetaObject::invokeMethod(
        m_worker, [worker = m_worker] { worker->workOff(); }, Qt::QueuedConnection);
}

void EngineThread::begin(JobId id)
{
    m_running.append(id);
    Q_EMIT jobStarted(id);
}

void EngineThread::end(JobId id, Kind kind)
{
    {
        const std::lock_guard lock(m_shared->mutex);
        m_shared->stops.erase(id);
    }
    --m_pending;
    m_pendingTrainings -= kind == Kind::Training;
    m_running.removeAll(id);
}

void EngineThread::noteBusy()
{
    if (isFree() != m_wasFree) {
        m_wasFree = isFree();
        Q_EMIT freeChanged(m_wasFree);
    }
    if (isBusy() == m_wasBusy)
        return;
    m_wasBusy = isBusy();
    Q_EMIT busyChanged(m_wasBusy);
}

} // namespace app
