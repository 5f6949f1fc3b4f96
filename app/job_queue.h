#pragma once

#include "app/engine_thread.h"
#include "app/job.h"

#include <QAbstractListModel>
#include <QHash>
#include <QSet>
#include <QSize>

#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace app {

class QueueFile;

/// What the user asked for and has not got yet, and how it went: one row a job, in the order of work. Requests are
/// checked and their seed is drawn at submit; nothing changes a request after that. Waiting and failed jobs are kept
/// on disk and come back paused.
class JobQueue : public QAbstractListModel
{
    Q_OBJECT

public:
    enum Role {
        IdRole = Qt::UserRole + 1, ///< JobId
        StateRole,                 ///< int(JobState)
        StageRole,                 ///< int(engine::Stage)
        StageFractionRole,         ///< double, negative where unknown
        ProgressRole,              ///< double 0..1
        PictureRole,               ///< int, index of the picture that forms
        StepRole,                  ///< int, steps done of it
        StepsRole,                 ///< int
        SecondsPerStepRole,        ///< double, 0 where unknown
        SecondsLeftRole,           ///< double, negative where unknown; of a waiting job what it will take
        PreviewRole,               ///< QImage
        PicturesFinishedRole,      ///< int
        CountRole,                 ///< int, pictures asked for
        FilesRole,                 ///< QStringList
        RequestRole,               ///< engine::GenerateRequest
        FailureRole,               ///< app::Failure
        FailureSentenceRole,       ///< QString
        // Of a job of an X/Y plot: its jobs are one set, shown as one row.
        SetRole,       ///< QString, id of the plot; empty: a job of its own
        SetLeadRole,   ///< bool: this row stands for the set: the one that runs, else waits, else failed
        SetTypesRole,  ///< QStringList: names of the one or two axes
        SetDoneRole,   ///< int, pictures of the set that are finished
        SetCountRole,  ///< int, pictures of the set
        SetSecondsRole ///< double, left for the set; negative where unknown
    };
    enum class Place { Last, First };
    enum class Seed { AsGiven, Random };

    struct Submission
    {
        JobId id = 0;     ///< 0: not taken, see problems
        quint64 seed = 0; ///< what is used for the first picture
        std::vector<engine::Problem> problems = {};
    };

    /// \param file where the queue is kept; empty: nowhere
    explicit JobQueue(EngineThread &engine, const QString &file = {}, QObject *parent = nullptr);
    ~JobQueue() override;

    /// Brings back what was waiting when the program ended. The queue is paused then.
    /// \return how many jobs came back
    int restore();

    Submission submit(engine::GenerateRequest request, Seed seed = Seed::AsGiven, Place place = Place::Last);
    /// A branch of a picture whose steps are kept: request.branchFrom and branchStep are set.
    Submission submitBranch(engine::GenerateRequest request, const QString &parent);
    /// The jobs of one X/Y plot, in the order of work; checked together: none is taken if one cannot work.
    /// \return one submission a job, or a single one with id 0 and its problems
    std::vector<Submission> submitSet(const std::vector<std::pair<engine::GenerateRequest, PlotPlace>> &jobs);
    void cancelSet(const QString &set);
    void clearFailed(const QString &set); ///< takes its failed rows out
    /// How many rows from `first` on move together: waiting jobs of one set that follow each other.
    [[nodiscard]] int rowsToMove(int first) const;
    void holdSet(const QString &set, bool isHeld); ///< waiting jobs of a held set are passed over
    [[nodiscard]] bool isHeld(const QString &set) const { return m_heldSets.contains(set); }
    [[nodiscard]] const std::vector<Job> &jobs() const { return m_jobs; }
    /// What a request will take by what was measured; negative where nothing was.
    [[nodiscard]] double secondsFor(const engine::GenerateRequest &request) const;
    void putFirst(JobId id);
    void cancel(JobId id);           ///< a waiting job becomes cancelled, a running one is stopped
    void cancelAll();                ///< the running job and everything that waits
    void stopAfterPicture(JobId id); ///< "Stop and keep"
    /// A new waiting job with the same request behind the last one. \return its id, 0 if there is no such job or the
    /// steps that it branches from are gone
    JobId duplicate(JobId id);
    void retry(JobId id);  ///< a failed or cancelled job waits again
    void remove(JobId id); ///< takes a row out that does not run
    void clearOver();      ///< takes finished, failed and cancelled rows out
    void pause();          ///< the running job goes on, the next one does not start
    void resume();
    /// A finished picture is on disk (app::PictureSaver calls it).
    void addFile(JobId id, const QString &path, const QImage &picture);
    /// A finished picture could not be saved: the job fails and the queue pauses.
    void failSaving(JobId id, const Failure &failure);

    [[nodiscard]] bool isPaused() const { return m_isPaused; }
    [[nodiscard]] QString pauseReason() const { return m_pauseReason; } ///< empty: the user paused
    [[nodiscard]] const Job *find(JobId id) const;
    [[nodiscard]] const Job *running() const;
    [[nodiscard]] int waiting() const;        ///< jobs
    [[nodiscard]] double secondsLeft() const; ///< for all jobs; negative where unknown
    [[nodiscard]] int row(JobId id) const;    ///< -1 if there is none

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QHash<int, QByteArray> roleNames() const override;
    [[nodiscard]] Qt::ItemFlags flags(const QModelIndex &index) const override;
    bool moveRows(const QModelIndex &from, int row, int count, const QModelIndex &to, int destination) override;
    [[nodiscard]] Qt::DropActions supportedDropActions() const override;

Q_SIGNALS:
    void jobSubmitted(app::JobId id);
    void jobStarted(app::JobId id);
    void jobProgressed(app::JobId id); ///< step, stage, preview or time left changed
    void jobEnded(app::JobId id);      ///< finished, failed or cancelled: see find(id)->state
    /// A picture left the engine and is not saved yet. Who connects to this answers each with addFile or failSaving:
    /// the picture counts as finished only then.
    void pictureMade(app::JobId id, const engine::GenerateRequest &request, const engine::ImageFinished &image);
    void pictureSaved(app::JobId id, const QString &path);
    void pausedChanged(bool isPaused, const QString &reason);
    void waitingChanged(int waiting);
    void setHeldChanged(const QString &set, bool isHeld);
    void secondsLeftChanged(double seconds);

private:
    /// What the queue measures about a job and shows nobody.
    struct Course
    {
        int measured = 0; ///< steps, the first left out
        double measuredSeconds = 0.0;
        double decodeSeconds = 0.0; ///< from the last step of a picture to the picture
        qint64 lastStepMs = 0;      ///< of the monotonic clock
        int saving = 0;             ///< pictures on their way to the disk
        bool hasLeftEngine = false;
        JobState outcome = JobState::Finished; ///< once it left the engine
        Failure failure = {};
    };

    Job *findJob(JobId id);
    void startNext();
    void leaveEngine(JobId id, JobState outcome, const Failure &failure = {});
    void endIfSaved(JobId id);
    void changed(JobId id, const QList<int> &roles = {});
    void setPaused(bool isPaused, const QString &reason);
    void save();
    void noteCounts();
    void onStage(JobId id, engine::Stage stage, double fraction);
    void onStep(JobId id, const engine::StepFinished &step);
    void onPreview(JobId id, int picture, int step, const QImage &image);
    void onImage(JobId id, const engine::ImageFinished &image);
    void onFailed(JobId id, const Failure &failure);
    void estimate(Job &job, const Course &course);
    [[nodiscard]] QVariant dataOfSet(const Job &job, int role) const;
    [[nodiscard]] JobId leadOf(const QString &set) const;
    void failSetJobs(const Job &failed, const Failure &failure);
    void changedSet(const QString &set);
    Submission take(Job job, Place place);
    void insert(Job job, int row);
    void takeOut(int row);
    void makeWait(Job &job);
    [[nodiscard]] double secondsOf(const Job &job) const;
    [[nodiscard]] double megapixels(const Job &job) const;
    [[nodiscard]] int firstWaitingRow() const;

    EngineThread &m_engine;
    std::unique_ptr<QueueFile> m_file;
    std::vector<Job> m_jobs;
    std::map<JobId, Course> m_courses;
    JobId m_running = 0; ///< on the engine thread
    bool m_isPaused = false;
    QString m_pauseReason;
    QSet<QString> m_brokenModels; ///< jobs that need these wait until the queue is resumed
    QSet<QString> m_heldSets;     ///< X/Y plots that wait until they are resumed
    int m_lastWaiting = 0;
    QHash<QString, double> m_rates; ///< seconds per step and megapixel, by model
    double m_lastRate = 0.0;
    QHash<QString, QSize> m_ownSizes; ///< what a model makes when no size is given
};

} // namespace app
