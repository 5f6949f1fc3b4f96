#pragma once

#include "app/engine_thread.h"

#include <QElapsedTimer>
#include <QObject>
#include <QTemporaryDir>
#include <QThreadPool>

#include <memory>
#include <vector>

namespace app {

class TrainingRuns;

/// How long a training will take.
struct TrainingEstimate
{
    enum class Source {
        Unknown,   ///< nothing like it ran on this machine yet
        Measuring, ///< a probe runs
        Measured,  ///< by a probe or an earlier run of the same kind, network and batch on this machine
        Estimated  ///< from another run on this machine, by the arithmetic of both
    };
    Source source = Source::Unknown;
    double picturesPerSecond = 0.0;
    double seconds = -1.0; ///< of the whole run, sample pictures included; negative: unknown
    QString fault = {};    ///< why the last probe came to nothing, one sentence

    bool operator==(const TrainingEstimate &) const = default;
};

/// Knows how fast this machine trains: from runs, which it watches, and from probes of a few steps on the engine
/// thread. Kept on disk.
class TrainingSpeed : public QObject
{
    Q_OBJECT

public:
    /// \param file     where speeds are kept; empty: nowhere
    TrainingSpeed(EngineThread &engine, TrainingRuns &runs, const QString &file, QObject *parent = nullptr);
    ~TrainingSpeed() override;

    [[nodiscard]] TrainingEstimate estimate(const engine::TrainRequest &request) const;
    /// Trains a few steps on some of the pictures and forgets what came of it; changed() follows. A probe that runs is
    /// stopped.
    void measure(const engine::TrainRequest &request, const QStringList &pictures);
    void stopMeasuring();
    [[nodiscard]] bool isMeasuring() const { return m_job != 0 || m_isPreparing; }

Q_SIGNALS:
    void changed();

private:
    struct Speed
    {
        QString key = {};    ///< of all that decides the speed
        QString family = {}; ///< speeds of one family may be scaled to each other
        double work = 0.0;   ///< of a picture
        double perSecond = 0.0;
    };

    void note(const engine::TrainRequest &request, double picturesPerSecond);
    void begin(engine::TrainRequest request);
    void endProbe(const QString &fault);
    void save();
    [[nodiscard]] QString machine() const;
    [[nodiscard]] QString familyOf(const engine::TrainRequest &request) const;
    [[nodiscard]] QString keyOf(const engine::TrainRequest &request) const;

    EngineThread &m_engine;
    QString m_file;
    std::vector<Speed> m_speeds;
    JobId m_job = 0;
    bool m_isPreparing = false;
    engine::TrainRequest m_probe; ///< as it was asked for
    std::unique_ptr<QTemporaryDir> m_scratch;
    QElapsedTimer m_sinceFirst;
    qint64 m_firstStep = 0;
    qint64 m_lastStep = 0;
    double m_lastSeconds = 0.0;
    QString m_fault;
    int m_generation = 0;
    QThreadPool m_pool; ///< one thread
};

} // namespace app
