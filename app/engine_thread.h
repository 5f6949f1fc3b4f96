#pragma once

#include "app/failure.h"
#include "app/job.h"
#include "engine/engine.h"

#include <QImage>
#include <QList>
#include <QObject>
#include <QThread>

#include <functional>
#include <memory>
#include <optional>

namespace app {

using EngineFactory = std::function<std::unique_ptr<engine::Engine>()>;

/// A sample picture that a training run has drawn.
struct TrainingSample
{
    qint64 step = 0;
    int index = 0;
    QString prompt = {};
    QImage image = {};
};

class EngineWorker;

/// The only bridge to the engine: requests in, signals with values out. Lives on the UI thread; the engine is made,
/// used and destroyed on a thread of its own. Work is done in the order in which it was asked for, but for training:
/// it waits until nothing else does, and whatever is asked for while it runs is done at its next step boundary.
class EngineThread : public QObject
{
    Q_OBJECT

public:
    /// \param factory called on the engine thread, at start() or before the first job
    explicit EngineThread(EngineFactory factory, QObject *parent = nullptr);
    ~EngineThread() override; ///< stops what is running and waits for it

    /// Opens the engine in the background; ready() or engineFailed() follows.
    void start();
    /// Free for whoever hands work to this thread.
    [[nodiscard]] JobId newJobId();

    void generate(JobId id, const engine::GenerateRequest &request);
    void train(JobId id, const engine::TrainRequest &request);
    void load(JobId id, const engine::LoadRequest &request);
    void study(JobId id, const engine::StudyRequest &request);
    /// Gives the memory of the loaded model back.
    void unload();

    /// Ends a job, or takes it out before it begins: jobCancelled() follows. Unknown ids are ignored.
    void stop(JobId id);
    /// Ends everything that was asked for.
    void stopAll();
    /// Lets the picture that is being made finish and skips the rest: jobFinished() follows. For training: stop and
    /// keep.
    void stopAfterPicture(JobId id);

    [[nodiscard]] bool isBusy() const;   ///< something runs or waits on the engine thread
    [[nodiscard]] bool isFree() const;   ///< nothing but training runs or waits: what is asked for now starts at once
    [[nodiscard]] JobId current() const; ///< the job whose jobStarted() came last and that is not over; else 0
    [[nodiscard]] std::optional<engine::DeviceInfo> device() const; ///< once ready

Q_SIGNALS:
    void ready(const engine::DeviceInfo &device);
    void engineFailed(const app::Failure &failure);
    void busyChanged(bool isBusy);
    void freeChanged(bool isFree);

    void jobStarted(app::JobId id);
    void stageStarted(app::JobId id, engine::Stage stage, double fraction);
    void stepFinished(app::JobId id, const engine::StepFinished &step);
    /// Newest only: a preview that was not delivered when the next one came is dropped.
    void previewReady(app::JobId id, int picture, int step, const QImage &image);
    /// Before the imageFinished() of that picture, where the request asked for it.
    void trajectoryReady(app::JobId id, int picture, const std::shared_ptr<const engine::Trajectory> &trajectory);
    void imageFinished(app::JobId id, const engine::ImageFinished &image);
    void notice(app::JobId id, const QString &text);
    void lossReported(app::JobId id, const engine::LossReported &loss);
    void sampleReady(app::JobId id, const app::TrainingSample &sample);
    /// The disk is full; see engine::WaitingForSpace.
    void waitingForSpace(app::JobId id, const QString &folder, quint64 bytes);

    // Exactly one of these ends each job.
    void jobFinished(app::JobId id, const engine::GenerateReport &report);
    void trainFinished(app::JobId id, const engine::TrainReport &report);
    void loadFinished(app::JobId id);
    void studyFinished(app::JobId id, const engine::StudyResult &result);
    void jobFailed(app::JobId id, const app::Failure &failure);
    void jobCancelled(app::JobId id);

private:
    friend class EngineWorker;
    struct Shared;

    enum class Kind { Training, Other };
    using Work = std::function<void(EngineWorker &)>;

    void ask(JobId id, Kind kind, Work work);
    void queue(Kind kind, Work work);
    void begin(JobId id);
    void end(JobId id, Kind kind);
    void noteBusy();

    std::shared_ptr<Shared> m_shared;
    QThread m_thread;
    EngineWorker *m_worker = nullptr; ///< lives on m_thread, deleted when it ends
    std::optional<engine::DeviceInfo> m_device;
    JobId m_lastId = 0;
    QList<JobId> m_running; ///< the last one works; those before it are trainings that it works within
    int m_pending = 0;
    int m_pendingTrainings = 0; ///< of them
    bool m_wasBusy = false;
    bool m_wasFree = true;
};

} // namespace app

Q_DECLARE_METATYPE(app::TrainingSample)
