#pragma once

#include "app/failure.h"
#include "app/image_file.h"
#include "app/job.h"
#include "app/xy_values.h"
#include "engine/engine.h"

#include <QDateTime>
#include <QHash>
#include <QImage>
#include <QObject>
#include <QThreadPool>

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>

namespace app {

class EngineThread;
class ModelCatalog;
class ModelHashes;

enum class Verdict {
    Identical,  ///< every pixel is the same
    Different,  ///< it was made again, and is not
    NotPossible ///< it could not be made again
};

/// How a verification ended, as it is kept.
struct VerifyRecord
{
    Verdict verdict = Verdict::NotPossible;
    QString sentence = {};    ///< one sentence: the verdict, or what is missing and what to do
    QStringList reasons = {}; ///< why it may differ, the likeliest first
    double psnr = 0.0;        ///< dB, of a different one
    int largest = 0;          ///< difference of one channel, 0..255
    qint64 pixels = 0;        ///< that differ
    QDateTime when = {};

    bool operator==(const VerifyRecord &) const = default;
};

struct VerifyResult
{
    QString file = {};
    VerifyRecord record = {};
    engine::Image picture = {}; ///< of the file
    engine::Image made = {};    ///< just now
    QImage difference = {};     ///< heat map, amplified
    int amplified = 1;
    Failure failure = {}; ///< what the engine said where it failed
    bool wasCancelled = false;
};

/// What making a picture again needs.
struct VerifyPlan
{
    engine::GenerateRequest request = {};
    QString problem = {};     ///< why it cannot be made; empty: it can
    QStringList reasons = {}; ///< known before it is made
};

/// Finds the model and everything that may make a difference. Reads the model's file: called in the pool.
/// \param hashOf  as ModelHashes::hashOf
[[nodiscard]] VerifyPlan planVerify(const PictureInfo &picture, const QList<PlotModel> &models,
                                    const std::optional<engine::DeviceInfo> &device,
                                    const std::function<QString(const QString &)> &hashOf);
/// Compares, and says why. `reasons` are those of the plan and what the engine told.
[[nodiscard]] VerifyResult judge(const QString &file, const engine::Image &made, const QStringList &reasons);
[[nodiscard]] QJsonObject verifyRecordToJson(const VerifyRecord &record);

/// Makes pictures again in memory and says whether they are the same. One at a time, in the engine's queue of work.
class Verifier : public QObject
{
    Q_OBJECT

public:
    struct Parts
    {
        EngineThread &engine;
        ModelCatalog &models;
        ModelHashes &hashes;     ///< must live longer
        QString recordFile = {}; ///< where verdicts are kept; empty: nowhere
    };
    explicit Verifier(const Parts &parts, QObject *parent = nullptr);
    ~Verifier() override;

    /// finished() follows. One that runs is cancelled.
    void start(const QString &file);
    void cancel();
    [[nodiscard]] bool isBusy() const { return m_isBusy; }
    /// The last verdict on a file, if it has not changed since.
    [[nodiscard]] std::optional<VerifyRecord> record(const QString &file) const;

Q_SIGNALS:
    /// \param text  what is being done; fraction 0..1, negative where unknown
    void progressed(const QString &text, double fraction);
    void finished(const app::VerifyResult &result);

private:
    void generate(const QString &file, const VerifyPlan &plan);
    void end(VerifyResult result);
    void endWith(const QString &file, const QString &sentence, const Failure &failure = {});
    void keep(const VerifyResult &result);
    void readRecords();

    Parts m_parts;
    QString m_file;
    JobId m_job = 0;
    engine::Image m_made;
    QStringList m_reasons;
    bool m_isBusy = false;
    std::stop_source m_hashing;            ///< of the model, in the pool
    int m_turn = 0;                        ///< answers of earlier turns are dropped
    QHash<QString, QJsonObject> m_records; ///< by path
    QThreadPool m_pool;                    ///< one thread; last: ends first
};

} // namespace app

Q_DECLARE_METATYPE(app::VerifyResult)
