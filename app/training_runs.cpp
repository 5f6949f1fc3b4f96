#include "app/training_runs.h"

#include "app/image_file.h"
#include "engine/training_work.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QRegularExpression>

#include <algorithm>
#include <utility>

namespace app {

namespace {

constexpr int kSaveMs = 5000;
constexpr int kLookMs = 5000;
constexpr auto kRemovedPrefix = "removed-";

QString pathOf(const std::filesystem::path &path)
{
    return QString::fromStdString(path.string());
}

bool hasModelAt(const engine::TrainRequest &request)
{
    const QString output = pathOf(request.output);
    return request.kind == engine::TrainKind::Lora
               ? QFileInfo(output).isFile()
               : QFileInfo::exists(QDir(output).filePath(QStringLiteral("model_index.json")));
}

std::vector<TrainingRun> readRuns(const QString &folder)
{
    std::vector<TrainingRun> runs;
    const QDir all(folder);
    for (const QString &name : all.entryList(QDir::Dirs | QDir::NoDotAndDotDot)) {
        if (name.startsWith(QLatin1String(kRemovedPrefix))) {
            QDir(all.filePath(name)).removeRecursively(); // nobody brought it back
            continue;
        }
        if (auto run = TrainingRunFiles(all.filePath(name)).read()) {
            run->hasModel = hasModelAt(run->request);
            runs.push_back(std::move(*run));
        }
    }
    std::stable_sort(runs.begin(), runs.end(),
                     [](const TrainingRun &a, const TrainingRun &b) { return a.started > b.started; });
    return runs;
}

} // namespace

QString trainingSentence(const TrainingRun &run, const Failure &failure)
{
    const auto tr = [](const char *text) { return QCoreApplication::translate("app::TrainingRuns", text); };
    const QString data = pathOf(run.request.data);
    const QString folder = QDir(data).dirName();
    if (failure.kind == engine::ErrorKind::FileUnreadable && failure.details.startsWith(data))
        return tr("The folder of pictures \"%1\" is gone or may not be read. Put it back and continue.").arg(folder);
    if (failure.kind == engine::ErrorKind::BadRequest && failure.details.startsWith(QLatin1String("data:")))
        return tr("The pictures in \"%1\" are not enough for this training. The details say why.").arg(folder);
    if (failure.kind == engine::ErrorKind::BadRequest && failure.details.startsWith(QLatin1String("checkpoints:")))
        return tr("The checkpoint of this run belongs to other settings or to another base model. Start a new run.");
    if (failure.kind == engine::ErrorKind::DiskFull)
        return tr("The disk is full. Free some space and continue.");
    if (failure.kind == engine::ErrorKind::OutOfMemory) {
        if (const int batch = TrainingRuns::batchThatFits(failure); batch > 0)
            return tr("There is not enough memory for %1 pictures a step; %2 would fit.")
                .arg(run.request.batch)
                .arg(batch);
        return tr("There is not enough memory for pictures of this size. Choose a smaller size.");
    }
    return failure.sentence;
}

TrainingRuns::TrainingRuns(EngineThread &engine, const QString &folder, const QString &modelFolder, QObject *parent)
    : QAbstractListModel(parent), m_engine(engine), m_folder(folder), m_modelFolder(modelFolder)
{
    m_pool.setMaxThreadCount(1);
    const auto ours = [this](auto handle) {
        return [this, handle](JobId id, const auto &...values) {
            if (id == m_job && m_job != 0)
                handle(values...);
        };
    };
    connect(&engine, &EngineThread::stageStarted, this,
            ours([this](engine::Stage stage, double fraction) { onStage(stage, fraction); }));
    connect(&engine, &EngineThread::lossReported, this,
            ours([this](const engine::LossReported &loss) { onLoss(loss); }));
    connect(&engine, &EngineThread::sampleReady, this,
            ours([this](const TrainingSample &sample) { onSample(sample); }));
    connect(&engine, &EngineThread::notice, this, ours([this](const QString &text) { Q_EMIT notice(m_active, text); }));
    connect(&engine, &EngineThread::waitingForSpace, this, ours([this](const QString &full, quint64 bytes) {
        if (TrainingRun *run = activeRun()) {
            run->isWaiting = {full, bytes};
            changed(*run);
        }
    }));
    connect(&engine, &EngineThread::trainFinished, this,
            ours([this](const engine::TrainReport &report) { onFinished(report); }));
    connect(&engine, &EngineThread::jobFailed, this, ours([this](const Failure &failure) { onFailed(failure); }));
    connect(&engine, &EngineThread::jobCancelled, this, ours([this] { onCancelled(); }));
    m_saveTimer.setInterval(kSaveMs);
    connect(&m_saveTimer, &QTimer::timeout, this, [this] {
        if (const TrainingRun *run = active())
            save(*run);
    });
    m_lookTimer.setInterval(kLookMs);
    connect(&m_lookTimer, &QTimer::timeout, this, &TrainingRuns::look);
}

TrainingRuns::~TrainingRuns()
{
    m_pool.waitForDone();
}

void TrainingRuns::restore()
{
    m_pool.start([this, folder = m_folder] {
        QMetaObject::invokeMethod(
            this,
            [this, found = readRuns(folder)]() mutable {
                beginResetModel();
                for (TrainingRun &run : m_runs) // begun meanwhile
                    found.insert(found.begin(), std::move(run));
                m_runs = std::move(found);
                endResetModel();
                m_isRestored = true;
                Q_EMIT restored();
            },
            Qt::QueuedConnection);
    });
}

TrainingRunFiles TrainingRuns::filesOf(const QString &id) const
{
    return TrainingRunFiles(QDir(m_folder).filePath(id));
}

QString TrainingRuns::freeName(const QString &wish) const
{
    QString base = wish.trimmed();
    static const QRegularExpression unsafe(QStringLiteral("[/\\\\:*?\"<>|\\x00-\\x1f]+"));
    base.replace(unsafe, QStringLiteral("-"));
    while (base.startsWith(QLatin1Char('.')))
        base.remove(0, 1);
    if (base.isEmpty())
        base = QStringLiteral("model");
    const auto isTaken = [this](const QString &name) {
        const auto hasName = [&name](const TrainingRun &run) { return run.name == name; };
        return std::any_of(m_runs.begin(), m_runs.end(), hasName) ||
               std::any_of(m_removed.begin(), m_removed.end(), hasName) ||
               QFileInfo::exists(QDir(m_modelFolder).filePath(name)) ||
               QFileInfo::exists(QDir(m_modelFolder).filePath(QStringLiteral("lora/%1.safetensors").arg(name)));
    };
    static const QRegularExpression numbered(QStringLiteral("^(.+)-\\d{1,6}$"));
    if (!isTaken(base) && numbered.match(base).hasMatch())
        return base;
    if (const auto match = numbered.match(base); match.hasMatch())
        base = match.captured(1);
    for (int number = 1;; ++number) {
        const QString name = QStringLiteral("%1-%2").arg(base).arg(number);
        if (!isTaken(name))
            return name;
    }
}

TrainingRuns::Started TrainingRuns::start(const QString &name, engine::TrainRequest request, int pictures)
{
    Started result;
    if (active())
        return result;
    TrainingRun run;
    run.name = freeName(name);
    const QDateTime now = QDateTime::currentDateTime();
    run.id = QStringLiteral("%1-%2").arg(now.toString(QStringLiteral("yyyyMMdd-HHmmss-zzz")), run.name);
    run.started = now;
    run.pictures = pictures;
    const QDir models(m_modelFolder);
    request.output =
        (request.kind == engine::TrainKind::Lora ? models.filePath(QStringLiteral("lora/%1.safetensors").arg(run.name))
                                                 : models.filePath(run.name))
            .toStdString();
    request.checkpoints = filesOf(run.id).checkpointFolder().toStdString();
    result.problems = engine::validate(request);
    if (!result.problems.empty())
        return result;
    run.request = std::move(request);
    result.id = run.id;
    m_histories[run.id].isAsked = m_histories[run.id].isLoaded = true;
    beginInsertRows({}, 0, 0);
    m_runs.insert(m_runs.begin(), std::move(run));
    endInsertRows();
    hand(m_runs.front());
    Q_EMIT runAdded(result.id);
    return result;
}

void TrainingRuns::hand(TrainingRun &run)
{
    run.state = TrainingState::Preparing;
    run.failure = {};
    run.isWaiting.reset();
    run.isDataGone = false;
    run.stageFraction = -1.0;
    run.secondsLeft = -1.0;
    m_active = run.id;
    m_isFirstPoint = true;
    m_job = m_engine.newJobId();
    save(run);
    m_engine.train(m_job, run.request);
    m_lastSaved = {};
    m_saveTimer.start();
    m_lookTimer.start();
    changed(run);
    Q_EMIT activeChanged();
}

void TrainingRuns::pause(const QString &id)
{
    TrainingRun *run = findRun(id);
    if (!run || run->id != m_active || run->state == TrainingState::Keeping)
        return;
    run->state = TrainingState::Pausing;
    m_engine.stop(m_job);
    changed(*run);
}

void TrainingRuns::proceed(const QString &id)
{
    TrainingRun *run = findRun(id);
    if (run && run->canContinue() && !active())
        hand(*run);
}

void TrainingRuns::proceedWithBatch(const QString &id, int batch)
{
    TrainingRun *run = findRun(id);
    if (!run || !run->canContinue() || active() || batch < 1)
        return;
    run->request.batch = batch;
    hand(*run);
}

void TrainingRuns::stopAndKeep(const QString &id)
{
    TrainingRun *run = findRun(id);
    if (!run)
        return;
    if (run->id == m_active) {
        run->state = TrainingState::Keeping;
        m_engine.stopAfterPicture(m_job);
        changed(*run);
    } else if (run->canContinue() && run->hasModel) {
        run->state = TrainingState::Kept;
        save(*run);
        changed(*run);
        Q_EMIT runEnded(id);
    } else if (run->canContinue() && run->hasCheckpoint && !active()) {
        // The program ended before the model was written: the engine makes it of the checkpoint.
        hand(*run);
        run->state = TrainingState::Keeping;
        m_engine.stopAfterPicture(m_job);
        changed(*run);
    }
}

void TrainingRuns::remove(const QString &id)
{
    const int at = row(id);
    if (at < 0 || m_runs[std::size_t(at)].isActive())
        return;
    beginRemoveRows({}, at, at);
    m_removed[id] = std::move(m_runs[std::size_t(at)]);
    m_runs.erase(m_runs.begin() + at);
    endRemoveRows();
    const QDir all(m_folder);
    m_pool.start([all, id] { QDir(all).rename(id, QLatin1String(kRemovedPrefix) + id); });
    Q_EMIT runRemoved(id);
}

void TrainingRuns::undoRemove(const QString &id)
{
    if (!m_removed.contains(id))
        return;
    TrainingRun run = m_removed.take(id);
    const QDir all(m_folder);
    m_pool.start([all, id] { QDir(all).rename(QLatin1String(kRemovedPrefix) + id, id); });
    const auto place = std::find_if(m_runs.begin(), m_runs.end(),
                                    [&run](const TrainingRun &each) { return each.started < run.started; });
    const int at = int(place - m_runs.begin());
    beginInsertRows({}, at, at);
    m_runs.insert(place, std::move(run));
    endInsertRows();
    Q_EMIT runAdded(id);
}

const TrainingRun *TrainingRuns::find(const QString &id) const
{
    const int at = row(id);
    return at < 0 ? nullptr : &m_runs[std::size_t(at)];
}

TrainingRun *TrainingRuns::findRun(const QString &id)
{
    return const_cast<TrainingRun *>(std::as_const(*this).find(id));
}

const TrainingRun *TrainingRuns::active() const
{
    return m_active.isEmpty() ? nullptr : find(m_active);
}

TrainingRun *TrainingRuns::activeRun()
{
    return m_active.isEmpty() ? nullptr : findRun(m_active);
}

int TrainingRuns::row(const QString &id) const
{
    const auto found =
        std::find_if(m_runs.begin(), m_runs.end(), [&id](const TrainingRun &run) { return run.id == id; });
    return found == m_runs.end() ? -1 : int(found - m_runs.begin());
}

const TrainingHistory &TrainingRuns::history(const QString &id)
{
    History &history = m_histories[id];
    if (!history.isAsked) {
        history.isAsked = true;
        m_pool.start([this, id, files = filesOf(id)] {
            QMetaObject::invokeMethod(
                this,
                [this, id, points = files.history()] {
                    // What came in meanwhile is behind, or among, what was read.
                    const TrainingHistory newer = std::move(m_histories[id].points);
                    m_histories[id] = {points, true, true};
                    for (const TrainingPoint &point : newer) {
                        if (points.empty() || point.step > points.back().step)
                            m_histories[id].points.push_back(point);
                    }
                    Q_EMIT historyLoaded(id);
                },
                Qt::QueuedConnection);
        });
    }
    return m_histories[id].points;
}

int TrainingRuns::batchThatFits(const Failure &failure)
{
    static const QRegularExpression pattern(QStringLiteral("; (\\d+) would fit"));
    return failure.kind == engine::ErrorKind::OutOfMemory ? pattern.match(failure.details).captured(1).toInt() : 0;
}

void TrainingRuns::onStage(engine::Stage stage, double fraction)
{
    TrainingRun *run = activeRun();
    run->stage = stage;
    run->stageFraction = fraction;
    if (run->state == TrainingState::Preparing && stage == engine::Stage::Training)
        run->state = TrainingState::Running;
    changed(*run);
}

void TrainingRuns::onLoss(const engine::LossReported &loss)
{
    TrainingRun *run = activeRun();
    if (run->state == TrainingState::Preparing)
        run->state = TrainingState::Running;
    run->isWaiting.reset();
    run->step = loss.step;
    run->loss = loss.smoothedLoss;
    run->learningRate = loss.learningRate;
    run->picturesPerSecond = loss.picturesPerSecond;
    // The engine counts training; the samples that are still to be drawn take their time too.
    const double trained = double(run->request.steps) * run->request.batch * run->request.accumulate;
    run->secondsLeft =
        loss.secondsLeft * engine::workOfRun(run->request) / (trained * engine::workOfPicture(run->request));
    addPoint(run->id, {loss.step, float(loss.loss), float(loss.smoothedLoss), float(loss.learningRate)});
    changed(*run);
}

void TrainingRuns::addPoint(const QString &id, const TrainingPoint &point)
{
    History &history = m_histories[id];
    if (std::exchange(m_isFirstPoint, false)) {
        // After a checkpoint: what the run had done beyond it is done again.
        while (!history.points.empty() && history.points.back().step >= point.step)
            history.points.pop_back();
        if (TrainingRun *run = findRun(id))
            run->samples.removeIf([&point](const SampleFile &sample) { return sample.step >= point.step; });
        m_pool.start([files = filesOf(id), point] { files.forgetFrom(point.step); });
    } else if (!history.points.empty() && history.points.back().step >= point.step) {
        return; // the report at the end repeats the last one
    }
    history.points.push_back(point);
    m_pool.start([files = filesOf(id), point] { files.append(point); });
    Q_EMIT pointAdded(id, point);
}

void TrainingRuns::onSample(const TrainingSample &sample)
{
    TrainingRun *run = activeRun();
    const TrainingRunFiles files = filesOf(run->id);
    const SampleFile added = {sample.step, sample.index, files.sampleFile(sample.step, sample.index)};
    while (run->prompts.size() <= sample.index)
        run->prompts.append(QString());
    run->prompts[sample.index] = sample.prompt;
    const auto place =
        std::lower_bound(run->samples.begin(), run->samples.end(), added, [](const SampleFile &a, const SampleFile &b) {
            return std::pair(a.step, a.index) < std::pair(b.step, b.index);
        });
    if (place == run->samples.end() || place->step != added.step || place->index != added.index)
        run->samples.insert(place, added);
    m_pool.start([file = added.file, image = sample.image] {
        if (const auto failure = writeFileAtomically(file, encodePicture(fromQImage(image), std::nullopt)))
            qWarning("a sample picture was not saved: %s", qPrintable(failure->details));
    });
    Q_EMIT sampleAdded(run->id, added, sample.image);
}

void TrainingRuns::onFinished(const engine::TrainReport &report)
{
    TrainingRun *run = activeRun();
    if (report.pictures > 0)
        run->pictures = report.pictures;
    if (report.steps > 0) { // none: it was stopped while pictures were read, and stands where it stood
        run->step = report.steps;
        run->loss = report.loss;
        run->hasModel = true;
        run->hasCheckpoint = true;
    }
    if (report.finished)
        leave(TrainingState::Finished);
    else
        leave(run->state == TrainingState::Keeping && report.steps > 0 ? TrainingState::Kept : TrainingState::Paused);
}

void TrainingRuns::onFailed(const Failure &failure)
{
    TrainingRun *run = activeRun();
    run->failure = failure;
    run->failure.sentence = trainingSentence(*run, failure);
    // With a checkpoint nothing is lost: it goes on once the reason is gone.
    leave(run->hasCheckpoint ? TrainingState::Paused : TrainingState::Failed);
}

void TrainingRuns::onCancelled()
{
    leave(TrainingState::Paused);
}

void TrainingRuns::leave(TrainingState state)
{
    TrainingRun *run = activeRun();
    run->state = state;
    run->isWaiting.reset();
    run->secondsLeft = state == TrainingState::Finished ? 0.0 : -1.0;
    m_active.clear();
    m_job = 0;
    m_saveTimer.stop();
    m_lookTimer.stop();
    save(*run);
    changed(*run);
    const QString id = run->id;
    Q_EMIT activeChanged();
    Q_EMIT runEnded(id);
}

void TrainingRuns::look()
{
    const TrainingRun *run = active();
    if (!run)
        return;
    m_pool.start([this, id = run->id, data = pathOf(run->request.data), files = filesOf(run->id)] {
        const bool isGone = !QFileInfo::exists(data);
        const QFileInfo checkpoint(QDir(files.checkpointFolder()).filePath(QStringLiteral("training.safetensors")));
        const QDateTime saved = checkpoint.exists() ? checkpoint.lastModified() : QDateTime();
        QMetaObject::invokeMethod(
            this,
            [this, id, isGone, saved] {
                TrainingRun *found = findRun(id);
                if (!found || id != m_active)
                    return;
                found->hasCheckpoint = saved.isValid();
                if (m_lastSaved == saved && found->isDataGone == isGone)
                    return;
                m_lastSaved = saved;
                found->isDataGone = isGone;
                changed(*found);
            },
            Qt::QueuedConnection);
    });
}

void TrainingRuns::changed(const TrainingRun &run)
{
    const QModelIndex at = index(row(run.id));
    Q_EMIT dataChanged(at, at);
    Q_EMIT runChanged(run.id);
}

void TrainingRuns::save(const TrainingRun &run)
{
    m_pool.start([files = filesOf(run.id), run] { files.write(run); });
}

int TrainingRuns::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_runs.size());
}

QVariant TrainingRuns::data(const QModelIndex &index, int role) const
{
    if (!index.isValid() || index.row() >= int(m_runs.size()))
        return {};
    const TrainingRun &run = m_runs[std::size_t(index.row())];
    switch (role) {
    case IdRole:
        return run.id;
    case Qt::DisplayRole:
    case NameRole:
        return run.name;
    case StateRole:
        return int(run.state);
    case ProgressRole:
        return run.progress();
    case StepRole:
        return run.step;
    case StepsRole:
        return qint64(run.request.steps);
    case LossRole:
        return run.loss;
    default:
        return {};
    }
}

QHash<int, QByteArray> TrainingRuns::roleNames() const
{
    return {{IdRole, "id"},     {NameRole, "name"},   {StateRole, "state"}, {ProgressRole, "progress"},
            {StepRole, "step"}, {StepsRole, "steps"}, {LossRole, "loss"}};
}

} // namespace app
