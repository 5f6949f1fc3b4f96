#pragma once

#include "app/failure.h"
#include "engine/event.h"
#include "engine/train_request.h"

#include <QDateTime>
#include <QJsonObject>
#include <QList>
#include <QMetaType>
#include <QString>
#include <QStringList>

#include <optional>
#include <vector>

namespace app {

/// Pausing and Keeping: asked for, and done at the next step.
enum class TrainingState { Preparing, Running, Pausing, Keeping, Paused, Kept, Finished, Failed };

/// How a run stood after a step.
struct TrainingPoint
{
    qint64 step = 0;
    float loss = 0.0F;
    float smoothedLoss = 0.0F;
    float learningRate = 0.0F;

    bool operator==(const TrainingPoint &) const = default;
};
using TrainingHistory = std::vector<TrainingPoint>;

/// A sample picture of a run on disk.
struct SampleFile
{
    qint64 step = 0;
    int index = 0; ///< row: which seed and prompt
    QString file = {};

    bool operator==(const SampleFile &) const = default;
};

/// The disk is too full for a checkpoint.
struct SpaceNeeded
{
    QString folder = {};
    quint64 bytes = 0;
};

/// One training: what was asked for and how it stands.
struct TrainingRun
{
    QString id = {};   ///< name of its folder
    QString name = {}; ///< "garden-2"
    engine::TrainRequest request = {};
    TrainingState state = TrainingState::Paused;
    QDateTime started = {};
    qint64 step = 0;
    double loss = 0.0; ///< smoothed
    double learningRate = 0.0;
    double picturesPerSecond = 0.0;
    double secondsLeft = -1.0;
    engine::Stage stage = engine::Stage::LoadingModel; ///< while it prepares
    double stageFraction = -1.0;
    int pictures = 0;                          ///< used; 0: not known yet
    QStringList prompts = {};                  ///< of the rows of samples
    QList<SampleFile> samples = {};            ///< by step, then row
    Failure failure = {};                      ///< why it is paused or failed; else empty
    std::optional<SpaceNeeded> isWaiting = {}; ///< training waits for space on the disk
    bool isDataGone = false;                   ///< the folder of pictures vanished; what was read is used
    bool hasModel = false;                     ///< there is a model (or adapter) to be used
    bool hasCheckpoint = false;                ///< there is something to go on from

    [[nodiscard]] double progress() const { return request.steps > 0 ? double(step) / double(request.steps) : 0.0; }
    /// The engine works on it.
    [[nodiscard]] bool isActive() const { return state <= TrainingState::Keeping; }
    [[nodiscard]] bool canContinue() const
    {
        return state == TrainingState::Paused || state == TrainingState::Failed || state == TrainingState::Kept;
    }
    /// Times that each picture was seen so far.
    [[nodiscard]] double timesThrough() const
    {
        return pictures > 0 ? double(step) * request.batch * request.accumulate / pictures : 0.0;
    }
};

[[nodiscard]] QJsonObject trainRequestToJson(const engine::TrainRequest &request);
[[nodiscard]] engine::TrainRequest trainRequestFromJson(const QJsonObject &object);

/// Files of one run in its folder. Called in the pool, but for the paths.
class TrainingRunFiles
{
public:
    explicit TrainingRunFiles(QString folder) : m_folder(std::move(folder)) {}

    [[nodiscard]] QString runFile() const;
    [[nodiscard]] QString lossFile() const;
    [[nodiscard]] QString sampleFile(qint64 step, int index) const;
    [[nodiscard]] QString checkpointFolder() const;
    [[nodiscard]] bool hasCheckpoint() const;

    void write(const TrainingRun &run) const;
    /// nullopt if there is no run or its file is damaged. One that was at work when the program ended is paused.
    [[nodiscard]] std::optional<TrainingRun> read() const;
    void append(const TrainingPoint &point) const;
    /// A record that was cut short is left out.
    [[nodiscard]] TrainingHistory history() const;
    /// Forgets what came after a checkpoint: points of `step` and later.
    void forgetFrom(qint64 step) const;

private:
    QString m_folder;
};

} // namespace app

Q_DECLARE_METATYPE(app::TrainingPoint)
Q_DECLARE_METATYPE(app::SampleFile)
