#pragma once

#include "app/engine_thread.h"
#include "app/training_run.h"

#include <QAbstractListModel>
#include <QHash>
#include <QThreadPool>
#include <QTimer>

#include <optional>
#include <vector>

namespace app {

/// Every training that was begun, newest first, kept on disk: a folder a run with run.json, the loss after each report,
/// sample pictures and the engine's checkpoint. A run that the end of the program cut off is paused and goes on from
/// its last checkpoint. At most one is at work.
class TrainingRuns : public QAbstractListModel
{
    Q_OBJECT

public:
    enum Role {
        IdRole = Qt::UserRole + 1, ///< QString
        NameRole,                  ///< QString; DisplayRole too
        StateRole,                 ///< int(TrainingState)
        ProgressRole,              ///< double 0..1
        StepRole,                  ///< qint64
        StepsRole,                 ///< qint64
        LossRole                   ///< double, smoothed
    };

    struct Started
    {
        QString id = {}; ///< empty: not begun, see problems
        std::vector<engine::Problem> problems = {};
    };

    /// \param folder       where runs are kept
    /// \param modelFolder  where the models go that are made
    TrainingRuns(EngineThread &engine, const QString &folder, const QString &modelFolder, QObject *parent = nullptr);
    ~TrainingRuns() override;

    /// Brings back what was kept, in the background; restored() follows. Called once.
    void restore();
    [[nodiscard]] bool isRestored() const { return m_isRestored; }

    /// Begins a run. Its output and checkpoints are filled in; the name is made unique.
    /// \param pictures  that will be used, so far as it is known
    Started start(const QString &name, engine::TrainRequest request, int pictures = 0);
    void pause(const QString &id);
    /// Goes on from the checkpoint, or from the start where there is none.
    void proceed(const QString &id);
    /// The same with smaller batches, where memory did not hold the larger ones.
    void proceedWithBatch(const QString &id, int batch);
    /// Ends a run with what there is: a running one at its next step, a paused one at once.
    void stopAndKeep(const QString &id);
    /// Takes a run that is not at work out of the list. Its model stays. undoRemove() brings the run back until the
    /// program ends.
    void remove(const QString &id);
    void undoRemove(const QString &id);

    [[nodiscard]] const TrainingRun *find(const QString &id) const;
    [[nodiscard]] const TrainingRun *active() const; ///< the one that is at work; null: none
    [[nodiscard]] const std::vector<TrainingRun> &runs() const { return m_runs; }
    [[nodiscard]] int row(const QString &id) const;
    /// What is known of the loss; the first call has it read, and historyLoaded() follows.
    [[nodiscard]] const TrainingHistory &history(const QString &id);
    /// A name that no run and no model has: "garden-2".
    [[nodiscard]] QString freeName(const QString &wish) const;
    [[nodiscard]] const QString &modelFolder() const { return m_modelFolder; }
    /// When the checkpoint of the active run was written, so far as it is known.
    [[nodiscard]] QDateTime lastSaved() const { return m_lastSaved; }

    /// The batch that memory would hold, as the engine says it in a failure; 0: it says none.
    [[nodiscard]] static int batchThatFits(const Failure &failure);

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QHash<int, QByteArray> roleNames() const override;

Q_SIGNALS:
    void restored();
    void runAdded(const QString &id);
    void runRemoved(const QString &id);
    void runChanged(const QString &id); ///< state, figures
    /// A point was appended; the ones of its step and later that were there before are gone.
    void pointAdded(const QString &id, const app::TrainingPoint &point);
    void historyLoaded(const QString &id);
    void sampleAdded(const QString &id, const app::SampleFile &sample, const QImage &image);
    void notice(const QString &id, const QString &text);
    /// It left the engine: paused, kept, finished or failed.
    void runEnded(const QString &id);
    void activeChanged();

private:
    struct History
    {
        TrainingHistory points = {};
        bool isAsked = false;
        bool isLoaded = false;
    };

    [[nodiscard]] TrainingRun *activeRun();
    [[nodiscard]] TrainingRun *findRun(const QString &id);
    [[nodiscard]] TrainingRunFiles filesOf(const QString &id) const;
    void hand(TrainingRun &run);
    void onStage(engine::Stage stage, double fraction);
    void onLoss(const engine::LossReported &loss);
    void onSample(const TrainingSample &sample);
    void onFinished(const engine::TrainReport &report);
    void onFailed(const Failure &failure);
    void onCancelled();
    void leave(TrainingState state);
    void addPoint(const QString &id, const TrainingPoint &point);
    void changed(const TrainingRun &run);
    void save(const TrainingRun &run);
    void look();

    EngineThread &m_engine;
    QString m_folder;
    QString m_modelFolder;
    std::vector<TrainingRun> m_runs;
    QHash<QString, History> m_histories;
    QHash<QString, TrainingRun> m_removed;
    QString m_active;
    JobId m_job = 0;
    bool m_isFirstPoint = false; ///< of what the engine works on now
    bool m_isRestored = false;
    QDateTime m_lastSaved;
    QTimer m_saveTimer; ///< figures of the active run
    QTimer m_lookTimer; ///< at its pictures and its checkpoint
    QThreadPool m_pool; ///< one thread: files are written in order
};

/// What a failed or halted training says about it, in one sentence.
[[nodiscard]] QString trainingSentence(const TrainingRun &run, const Failure &failure);

} // namespace app
