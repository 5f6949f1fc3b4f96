// Verification in the window: through the engine's thread, with verdicts that are kept.
#include "app/engine_thread.h"
#include "app/image_file.h"
#include "app/model_catalog.h"
#include "app/model_hash.h"
#include "app/verify.h"

#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QtDebug>

namespace app {

namespace {

VerifyRecord recordFromJson(const QJsonObject &object)
{
    VerifyRecord record;
    const QString verdict = object.value(QLatin1String("verdict")).toString();
    record.verdict = verdict == QLatin1String("identical")   ? Verdict::Identical
                     : verdict == QLatin1String("different") ? Verdict::Different
                                                             : Verdict::NotPossible;
    record.sentence = object.value(QLatin1String("sentence")).toString();
    for (const QJsonValue &reason : object.value(QLatin1String("reasons")).toArray())
        record.reasons.append(reason.toString());
    record.psnr = object.value(QLatin1String("psnr")).toDouble();
    record.largest = object.value(QLatin1String("largest")).toInt();
    record.pixels = object.value(QLatin1String("pixels")).toInteger();
    record.when = QDateTime::fromString(object.value(QLatin1String("when")).toString(), Qt::ISODate).toLocalTime();
    return record;
}

} // namespace

Verifier::Verifier(const Parts &parts, QObject *parent) : QObject(parent), m_parts(parts)
{
    m_pool.setMaxThreadCount(1);
    readRecords();
    EngineThread &engine = parts.engine;
    connect(&engine, &EngineThread::stageStarted, this, [this](JobId id, engine::Stage stage) {
        if (id == m_job && stage == engine::Stage::LoadingModel)
            Q_EMIT progressed(tr("Loading the model"), -1.0);
    });
    connect(&engine, &EngineThread::stepFinished, this, [this](JobId id, const engine::StepFinished &step) {
        if (id == m_job)
            Q_EMIT progressed(tr("Step %1 of %2").arg(step.step).arg(step.steps),
                              double(step.step) / std::max(1, step.steps));
    });
    connect(&engine, &EngineThread::imageFinished, this, [this](JobId id, const engine::ImageFinished &image) {
        if (id == m_job)
            m_made = image.image;
    });
    connect(&engine, &EngineThread::notice, this, [this](JobId id, const QString &text) {
        if (id == m_job)
            m_reasons.append(text);
    });
    connect(&engine, &EngineThread::jobFinished, this, [this](JobId id) {
        if (id != m_job)
            return;
        Q_EMIT progressed(tr("Comparing"), 1.0);
        m_pool.start([this, turn = m_turn, file = m_file, made = m_made, reasons = m_reasons] {
            VerifyResult result = judge(file, made, reasons);
            QMetaObject::invokeMethod(
                this,
                [this, turn, result = std::move(result)] {
                    if (turn == m_turn)
                        end(result);
                },
                Qt::QueuedConnection);
        });
    });
    connect(&engine, &EngineThread::jobFailed, this, [this](JobId id, const Failure &failure) {
        if (id == m_job)
            endWith(m_file, failure.sentence, failure);
    });
    connect(&engine, &EngineThread::jobCancelled, this, [this](JobId id) {
        if (id != m_job)
            return;
        VerifyResult result;
        result.file = m_file;
        result.wasCancelled = true;
        end(result);
    });
}

Verifier::~Verifier()
{
    m_hashing.request_stop();
    m_pool.waitForDone(); // verdicts are written
}

void Verifier::start(const QString &file)
{
    cancel();
    const int turn = ++m_turn;
    m_hashing = std::stop_source();
    m_isBusy = true;
    m_file = file;
    m_job = 0;
    m_made = {};
    m_reasons.clear();
    QList<PlotModel> models;
    for (const ModelEntry &entry : m_parts.models.entries()) {
        if (entry.state == ModelState::Ready)
            models.append({entry.path, entry.name});
    }
    Q_EMIT progressed(tr("Reading the recipe"), -1.0);
    m_pool.start([this, turn, file, models, device = m_parts.engine.device(), hashes = &m_parts.hashes,
                  stop = m_hashing.get_token()] {
        const VerifyPlan plan = planVerify(readPictureInfo(file), models, device,
                                           [&](const QString &model) { return hashes->hashOf(model, stop); });
        QMetaObject::invokeMethod(
            this,
            [this, turn, file, plan] {
                if (turn == m_turn)
                    generate(file, plan);
            },
            Qt::QueuedConnection);
    });
}

void Verifier::generate(const QString &file, const VerifyPlan &plan)
{
    if (!plan.problem.isEmpty())
        return endWith(file, plan.problem);
    if (const auto problems = engine::validate(plan.request); !problems.empty()) {
        const Failure failure = Failure::fromError(
            engine::Error(engine::ErrorKind::BadRequest, problems.front().field, problems.front().text));
        return endWith(file, failure.sentence, failure);
    }
    m_reasons = plan.reasons;
    m_job = m_parts.engine.newJobId();
    Q_EMIT progressed(m_parts.engine.isBusy() ? tr("Waiting for the engine") : tr("Starting"), -1.0);
    m_parts.engine.generate(m_job, plan.request);
}

void Verifier::cancel()
{
    if (!m_isBusy)
        return;
    ++m_turn;
    m_hashing.request_stop();
    const JobId job = std::exchange(m_job, JobId(0));
    m_isBusy = false;
    if (job != 0)
        m_parts.engine.stop(job);
    VerifyResult result;
    result.file = m_file;
    result.wasCancelled = true;
    Q_EMIT finished(result);
}

void Verifier::endWith(const QString &file, const QString &sentence, const Failure &failure)
{
    VerifyResult result;
    result.file = file;
    result.failure = failure;
    result.record.sentence = sentence;
    result.record.when = QDateTime::currentDateTime();
    end(result);
}

void Verifier::end(VerifyResult result)
{
    m_isBusy = false;
    m_job = 0;
    m_made = {};
    if (!result.wasCancelled)
        keep(result);
    Q_EMIT finished(result);
}

void Verifier::keep(const VerifyResult &result)
{
    const QFileInfo info(result.file);
    QJsonObject object = verifyRecordToJson(result.record);
    object[QStringLiteral("bytes")] = info.size();
    object[QStringLiteral("modified")] = info.lastModified().toMSecsSinceEpoch();
    m_records.insert(info.absoluteFilePath(), object);
    if (m_parts.recordFile.isEmpty())
        return;
    QJsonObject all;
    for (auto each = m_records.cbegin(); each != m_records.cend(); ++each)
        all[each.key()] = each.value();
    m_pool.start([path = m_parts.recordFile, all] {
        if (const auto failure = writeFileAtomically(path, QJsonDocument(all).toJson(QJsonDocument::Compact)))
            qWarning("verdicts were not saved: %s", qPrintable(failure->details));
    });
}

void Verifier::readRecords()
{
    QFile file(m_parts.recordFile);
    if (m_parts.recordFile.isEmpty() || !file.open(QIODevice::ReadOnly))
        return;
    const QJsonObject all = QJsonDocument::fromJson(file.readAll()).object();
    for (auto each = all.begin(); each != all.end(); ++each)
        m_records.insert(each.key(), each.value().toObject());
}

std::optional<VerifyRecord> Verifier::record(const QString &file) const
{
    const QFileInfo info(file);
    const auto found = m_records.constFind(info.absoluteFilePath());
    if (found == m_records.constEnd())
        return std::nullopt;
    const bool isSame = found->value(QLatin1String("bytes")).toInteger() == info.size() &&
                        found->value(QLatin1String("modified")).toInteger() == info.lastModified().toMSecsSinceEpoch();
    return isSame ? std::optional(recordFromJson(*found)) : std::nullopt;
}

} // namespace app
