#include "app/engine_thread.h"

#include "app/attempt.h"
#include "app/image_file.h"

#include <QMetaObject>

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

    std::mutex mutex;
    std::map<JobId, Stops> stops;   ///< of every job that is not over
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
        const Outcome outcome =
            run(id, [&](const engine::RunContext &context) { report = engine().train(request, context); });
        end(id, outcome, [report](EngineThread &owner, JobId job) { Q_EMIT owner.trainFinished(job, report); });
    }

    void load(JobId id, const engine::LoadRequest &request)
    {
        const Outcome outcome = run(id, [&](const engine::RunContext &context) { engine().load(request, context); });
        end(id, outcome, [](EngineThread &owner, JobId job) { Q_EMIT owner.loadFinished(job); });
    }

private:
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
        return attempt([&] {
            engine::throwIfStopped(context); // cancelled while it waited
            post([id](EngineThread &owner) { owner.begin(id); });
            work(context);
        });
    }

    /// Tells the UI thread how a job ended.
    template <typename Success>
    void end(JobId id, const Outcome &outcome, Success success)
    {
        post([id, outcome, success](EngineThread &owner) {
            owner.end(id);
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
    stopAll();
    m_thread.quit();
    m_thread.wait();
}

void EngineThread::start()
{
    QMetaObject::invokeMethod(
        m_worker, [worker = m_worker] { worker->open(); }, Qt::QueuedConnection);
}

JobId EngineThread::newJobId()
{
    return ++m_lastId;
}

void EngineThread::generate(JobId id, const engine::GenerateRequest &request)
{
    expect(id);
    QMetaObject::invokeMethod(
        m_worker, [worker = m_worker, id, request] { worker->generate(id, request); }, Qt::QueuedConnection);
}

void EngineThread::train(JobId id, const engine::TrainRequest &request)
{
    expect(id);
    QMetaObject::invokeMethod(
        m_worker, [worker = m_worker, id, request] { worker->train(id, request); }, Qt::QueuedConnection);
}

void EngineThread::load(JobId id, const engine::LoadRequest &request)
{
    expect(id);
    QMetaObject::invokeMethod(
        m_worker, [worker = m_worker, id, request] { worker->load(id, request); }, Qt::QueuedConnection);
}

void EngineThread::unload()
{
    QMetaObject::invokeMethod(
        m_worker, [worker = m_worker] { worker->unload(); }, Qt::QueuedConnection);
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

JobId EngineThread::current() const
{
    return m_current;
}

std::optional<engine::DeviceInfo> EngineThread::device() const
{
    return m_device;
}

void EngineThread::expect(JobId id)
{
    {
        const std::lock_guard lock(m_shared->mutex);
        m_shared->stops[id] = {};
    }
    m_lastId = std::max(m_lastId, id);
    ++m_pending;
    noteBusy();
}

void EngineThread::begin(JobId id)
{
    m_current = id;
    Q_EMIT jobStarted(id);
}

void EngineThread::end(JobId id)
{
    {
        const std::lock_guard lock(m_shared->mutex);
        m_shared->stops.erase(id);
    }
    --m_pending;
    if (m_current == id)
        m_current = 0;
}

void EngineThread::noteBusy()
{
    if (isBusy() == m_wasBusy)
        return;
    m_wasBusy = isBusy();
    Q_EMIT busyChanged(m_wasBusy);
}

} // namespace app
