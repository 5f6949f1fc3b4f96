#include "app/training_speed.h"

#include "app/image_file.h"
#include "app/training_runs.h"
#include "engine/training_work.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>
#include <cmath>

namespace app {

namespace {

constexpr qint64 kProbeMs = 2500;
constexpr int kProbeSteps = 400;
constexpr int kProbePictures = 24; ///< no more are read for it
constexpr std::size_t kKept = 200;

/// Links to pictures in a folder of its own, each with some caption.
void linkPictures(const QString &folder, const QStringList &pictures)
{
    for (int i = 0; i < pictures.size(); ++i) {
        const QString ending = QFileInfo(pictures.at(i)).suffix();
        QFile::link(pictures.at(i), QDir(folder).filePath(QStringLiteral("%1.%2").arg(i).arg(ending)));
        QFile caption(QDir(folder).filePath(QStringLiteral("%1.txt").arg(i)));
        if (caption.open(QIODevice::WriteOnly))
            caption.write("a picture of something, for measuring the speed of training only");
    }
}

} // namespace

TrainingSpeed::TrainingSpeed(EngineThread &engine, TrainingRuns &runs, const QString &file, QObject *parent)
    : QObject(parent), m_engine(engine), m_file(file)
{
    m_pool.setMaxThreadCount(1);
    QFile stored(m_file);
    if (!m_file.isEmpty() && stored.open(QIODevice::ReadOnly)) {
        for (const QJsonValue &value : QJsonDocument::fromJson(stored.readAll()).array()) {
            const QJsonObject row = value.toObject();
            m_speeds.push_back({row.value(QLatin1String("key")).toString(),
                                row.value(QLatin1String("family")).toString(),
                                row.value(QLatin1String("work")).toDouble(),
                                row.value(QLatin1String("pictures_per_second")).toDouble()});
        }
    }
    connect(&engine, &EngineThread::ready, this, &TrainingSpeed::changed);
    connect(&engine, &EngineThread::lossReported, this, [this](JobId id, const engine::LossReported &loss) {
        if (id != m_job || m_job == 0)
            return;
        if (m_firstStep == 0) { // it pays for what is set up once
            m_firstStep = loss.step;
            m_sinceFirst.start();
            return;
        }
        m_lastStep = loss.step;
        m_lastSeconds = double(m_sinceFirst.nsecsElapsed()) * 1e-9;
        if (m_sinceFirst.elapsed() >= kProbeMs)
            m_engine.stopAfterPicture(m_job);
    });
    connect(&engine, &EngineThread::trainFinished, this, [this](JobId id, const engine::TrainReport &report) {
        if (id != m_job || m_job == 0)
            return;
        if (m_lastStep > m_firstStep && m_lastSeconds > 0.0)
            note(m_probe, double(m_lastStep - m_firstStep) * m_probe.batch * m_probe.accumulate / m_lastSeconds);
        else if (report.steps > 1)
            note(m_probe, report.picturesPerSecond);
        endProbe({});
    });
    connect(&engine, &EngineThread::jobFailed, this, [this](JobId id, const Failure &failure) {
        if (id == m_job && m_job != 0) {
            TrainingRun run;
            run.request = m_probe;
            endProbe(trainingSentence(run, failure));
        }
    });
    connect(&engine, &EngineThread::jobCancelled, this, [this](JobId id) {
        if (id == m_job && m_job != 0)
            endProbe({});
    });
    connect(&runs, &TrainingRuns::runEnded, this, [this, &runs](const QString &id) {
        const TrainingRun *run = runs.find(id);
        if (run && run->picturesPerSecond > 0.0 && run->failure.sentence.isEmpty())
            note(run->request, run->picturesPerSecond);
    });
}

TrainingSpeed::~TrainingSpeed()
{
    m_pool.waitForDone();
}

QString TrainingSpeed::machine() const
{
    const std::optional<engine::DeviceInfo> device = m_engine.device();
    if (!device)
        return {};
    return QStringLiteral("%1|%2|%3")
        .arg(QString::fromStdString(device->device), QString::fromStdString(device->name))
        .arg(device->threads);
}

QString TrainingSpeed::familyOf(const engine::TrainRequest &request) const
{
    QString family = QStringLiteral("%1|%2|%3").arg(machine()).arg(int(request.kind)).arg(int(request.precision));
    if (request.kind == engine::TrainKind::Lora) // its network is that of the model
        family += QLatin1Char('|') + QString::fromStdString(request.base.string());
    return family;
}

QString TrainingSpeed::keyOf(const engine::TrainRequest &request) const
{
    const bool isLora = request.kind == engine::TrainKind::Lora;
    QString key = QStringLiteral("%1|%2|%3|%4|%5|%6")
                      .arg(familyOf(request))
                      .arg(request.size)
                      .arg(request.batch)
                      .arg(request.layersPerBlock)
                      .arg(isLora ? request.rank : request.textWidth)
                      .arg(isLora ? int(request.loraTargets) : int(engine::usedOptimizer(request)));
    for (const int width : request.widths)
        key += QStringLiteral(",%1").arg(width);
    return key;
}

TrainingEstimate TrainingSpeed::estimate(const engine::TrainRequest &request) const
{
    TrainingEstimate result;
    const double work = engine::workOfPicture(request);
    const auto finish = [&](TrainingEstimate::Source source, double perSecond) {
        result.source = source;
        result.picturesPerSecond = perSecond;
        result.seconds = engine::workOfRun(request) / (work * perSecond);
    };
    const QString key = keyOf(request);
    const QString family = familyOf(request);
    const Speed *nearest = nullptr;
    for (const Speed &speed : m_speeds) {
        if (speed.key == key) {
            finish(TrainingEstimate::Source::Measured, speed.perSecond);
            return result;
        }
        if (speed.family == family && speed.work > 0.0 &&
            (!nearest || std::abs(std::log(speed.work / work)) < std::abs(std::log(nearest->work / work))))
            nearest = &speed;
    }
    result.fault = m_fault;
    if (isMeasuring())
        result.source = TrainingEstimate::Source::Measuring;
    else if (nearest)
        finish(TrainingEstimate::Source::Estimated, nearest->perSecond * nearest->work / work);
    return result;
}

void TrainingSpeed::note(const engine::TrainRequest &request, double picturesPerSecond)
{
    if (!(picturesPerSecond > 0.0))
        return;
    const QString key = keyOf(request);
    std::erase_if(m_speeds, [&key](const Speed &speed) { return speed.key == key; });
    m_speeds.push_back({key, familyOf(request), engine::workOfPicture(request), picturesPerSecond});
    if (m_speeds.size() > kKept)
        m_speeds.erase(m_speeds.begin());
    save();
    Q_EMIT changed();
}

void TrainingSpeed::measure(const engine::TrainRequest &request, const QStringList &pictures)
{
    stopMeasuring();
    m_fault.clear();
    m_probe = request;
    m_scratch = std::make_unique<QTemporaryDir>();
    if (!m_scratch->isValid()) {
        Q_EMIT changed();
        return;
    }
    QDir(m_scratch->path()).mkpath(QStringLiteral("pictures"));
    const QString links = m_scratch->filePath(QStringLiteral("pictures"));
    engine::TrainRequest probe = request;
    probe.data = links.toStdString();
    probe.output = m_scratch
                       ->filePath(request.kind == engine::TrainKind::Lora ? QStringLiteral("model.safetensors")
                                                                          : QStringLiteral("model"))
                       .toStdString();
    probe.checkpoints = m_scratch->filePath(QStringLiteral("checkpoint")).toStdString();
    probe.measureOnly = true;
    probe.sampleEvery = 0;
    probe.steps = kProbeSteps;
    probe.vocabulary = 64; // the words of the captions above are few
    m_isPreparing = true;
    m_pool.start([this, probe, links, some = pictures.mid(0, kProbePictures), generation = ++m_generation] {
        linkPictures(links, some);
        QMetaObject::invokeMethod(
            this,
            [this, probe, generation] {
                if (generation == m_generation)
                    begin(probe);
            },
            Qt::QueuedConnection);
    });
    Q_EMIT changed();
}

void TrainingSpeed::begin(engine::TrainRequest request)
{
    m_isPreparing = false;
    m_firstStep = m_lastStep = 0;
    m_lastSeconds = 0.0;
    m_job = m_engine.newJobId();
    m_engine.train(m_job, request);
}

void TrainingSpeed::stopMeasuring()
{
    ++m_generation;
    if (m_job != 0)
        m_engine.stop(m_job);
    m_job = 0;
    m_isPreparing = false;
}

void TrainingSpeed::endProbe(const QString &fault)
{
    m_job = 0;
    m_fault = fault;
    m_scratch.reset();
    Q_EMIT changed();
}

void TrainingSpeed::save()
{
    if (m_file.isEmpty())
        return;
    QJsonArray rows;
    for (const Speed &speed : m_speeds)
        rows.append(QJsonObject{{QStringLiteral("key"), speed.key},
                                {QStringLiteral("family"), speed.family},
                                {QStringLiteral("work"), speed.work},
                                {QStringLiteral("pictures_per_second"), speed.perSecond}});
    m_pool.start([file = m_file, rows] {
        if (const auto failure = writeFileAtomically(file, QJsonDocument(rows).toJson(QJsonDocument::Compact)))
            qWarning("the speeds of training were not saved: %s", qPrintable(failure->details));
    });
}

} // namespace app
