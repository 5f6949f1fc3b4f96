#include "app/trajectory_store.h"

#include "app/attempt.h"
#include "app/engine_thread.h"
#include "app/image_file.h"
#include "app/job_queue.h"
#include "app/picture_saver.h"
#include "app/recipe.h"
#include "app/settings.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QSet>
#include <QTimer>
#include <QtDebug>

#include <algorithm>

namespace app {

namespace {

constexpr quint64 kMebibyte = 1024 * 1024;
constexpr int kMostBranches = 5000; ///< remembered; the oldest go

engine::GenerateRequest withoutPictures(engine::GenerateRequest request)
{
    request.init = {};
    request.mask = {};
    request.branchFrom.reset();
    return request;
}

QJsonObject toJson(const Branch &branch)
{
    QJsonObject out = {{QStringLiteral("path"), branch.path},
                       {QStringLiteral("parent"), branch.parent},
                       {QStringLiteral("step"), branch.step},
                       {QStringLiteral("request"), requestToJson(branch.request)},
                       {QStringLiteral("parent_request"), requestToJson(branch.parentRequest)}};
    if (branch.noiseSeed)
        out[QStringLiteral("noise_seed")] = QString::number(*branch.noiseSeed);
    return out;
}

Branch fromJson(const QJsonObject &object)
{
    Branch branch;
    branch.path = object.value(QLatin1String("path")).toString();
    branch.parent = object.value(QLatin1String("parent")).toString();
    branch.step = std::max(0, object.value(QLatin1String("step")).toInt());
    branch.request = requestFromJson(object.value(QLatin1String("request")).toObject());
    branch.parentRequest = requestFromJson(object.value(QLatin1String("parent_request")).toObject());
    if (object.contains(QLatin1String("noise_seed")))
        branch.noiseSeed = object.value(QLatin1String("noise_seed")).toString().toULongLong();
    return branch;
}

/// What reading steps from the disk gave.
struct Read
{
    TrajectoryPtr trajectory = {};
    QString parent = {};
    int step = 0;
    std::optional<quint64> noiseSeed = {};
    std::optional<engine::GenerateRequest> parentRequest = {};
    std::optional<Failure> failure = {};
};

/// The parent that a picture's recipe names, with what its own recipe says.
void readParent(const QString &picture, Read &to)
{
    const PictureInfo info = readPictureInfo(picture);
    if (!info.recipe || info.recipe->parent.isEmpty())
        return;
    to.parent = QDir::cleanPath(QFileInfo(picture).dir().absoluteFilePath(info.recipe->parent));
    to.step = info.recipe->branchStep;
    to.noiseSeed = info.recipe->branchNoiseSeed;
    if (const PictureInfo parent = readPictureInfo(to.parent); parent.recipe)
        to.parentRequest = parent.recipe->request;
}

} // namespace

TrajectoryStore::TrajectoryStore(const Parts &parts, QObject *parent) : QObject(parent), m_parts(parts)
{
    qRegisterMetaType<TrajectoryPtr>();
    m_pool.setMaxThreadCount(1);
    connect(&parts.engine, &EngineThread::trajectoryReady, this, &TrajectoryStore::onTrajectory);
    connect(&parts.saver, &PictureSaver::saved, this, &TrajectoryStore::onSaved);
    connect(&parts.queue, &JobQueue::jobEnded, this, [this](JobId id) {
        // The last picture's saved() follows this signal.
        QTimer::singleShot(0, this, [this, id] {
            std::erase_if(m_unsaved, [id](const auto &each) { return each.first.first == id; });
        });
    });
    connect(&parts.settings, &Settings::stepsChanged, this, &TrajectoryStore::makeRoom);
    readBranches();
}

TrajectoryStore::~TrajectoryStore()
{
    finish();
}

void TrajectoryStore::finish()
{
    m_pool.waitForDone();
}

QString TrajectoryStore::fileBeside(const QString &picture)
{
    const QFileInfo info(picture);
    return info.dir().filePath(info.completeBaseName() + QStringLiteral(".trajectory.safetensors"));
}

void TrajectoryStore::onTrajectory(JobId id, int picture, const TrajectoryPtr &trajectory)
{
    if (!trajectory)
        return;
    const Job *job = m_parts.queue.find(id);
    m_unsaved[{id, picture}] = {trajectory, job ? job->request.branchFrom : nullptr};
}

void TrajectoryStore::onSaved(JobId id, int picture, const QString &path)
{
    const auto found = m_unsaved.find({id, picture});
    if (found == m_unsaved.end())
        return;
    const auto [trajectory, parent] = found->second;
    m_unsaved.erase(found);
    if (const Job *job = m_parts.queue.find(id); job && !job->parent.isEmpty() && parent)
        noteParent(path, trajectory, job->parent, job->request.branchStep, job->request.branchNoiseSeed,
                   parent->request);
    keep(path, trajectory);
    if (m_parts.settings.savesSteps())
        saveBeside(path);
}

void TrajectoryStore::keep(const QString &picture, const TrajectoryPtr &trajectory)
{
    forget(picture);
    const quint64 bytes = trajectory->bytes();
    m_kept.push_front({picture, trajectory, bytes});
    m_bytes += bytes;
    m_latest = picture;
    makeRoom();
    Q_EMIT kept(picture);
}

void TrajectoryStore::forget(const QString &picture)
{
    const auto found =
        std::find_if(m_kept.begin(), m_kept.end(), [&](const Kept &each) { return each.picture == picture; });
    if (found == m_kept.end())
        return;
    m_bytes -= found->bytes;
    m_kept.erase(found);
}

TrajectoryPtr TrajectoryStore::find(const QString &picture) const
{
    for (const Kept &each : m_kept) {
        if (each.picture == picture)
            return each.trajectory;
    }
    return {};
}

bool TrajectoryStore::has(const QString &picture) const
{
    return find(picture) || QFileInfo::exists(fileBeside(picture));
}

void TrajectoryStore::touch(const QString &picture)
{
    const auto found =
        std::find_if(m_kept.begin(), m_kept.end(), [&](const Kept &each) { return each.picture == picture; });
    if (found != m_kept.end())
        m_kept.splice(m_kept.begin(), m_kept, found);
}

void TrajectoryStore::setLookedAt(const QStringList &pictures)
{
    m_lookedAt = pictures;
    for (const QString &picture : pictures)
        touch(picture);
    makeRoom();
}

QString TrajectoryStore::current() const
{
    return m_lookedAt.isEmpty() ? m_latest : m_lookedAt.first();
}

QStringList TrajectoryStore::pictures() const
{
    QStringList all;
    for (const Kept &each : m_kept)
        all.append(each.picture);
    return all;
}

void TrajectoryStore::makeRoom()
{
    const quint64 most = quint64(m_parts.settings.stepsMemory()) * kMebibyte;
    auto at = m_kept.end();
    while (m_bytes > most && at != m_kept.begin()) {
        --at;
        if (at == m_kept.begin() || m_lookedAt.contains(at->picture))
            continue; // the newest stays whatever its size
        m_bytes -= at->bytes;
        at = m_kept.erase(at);
    }
}

void TrajectoryStore::request(const QString &picture)
{
    if (const TrajectoryPtr known = find(picture)) {
        touch(picture);
        Q_EMIT loaded(picture, known);
        return;
    }
    const QString file = fileBeside(picture);
    m_pool.start([this, picture, file] {
        Read read;
        if (!QFileInfo::exists(file)) {
            read.failure = Failure{engine::ErrorKind::FileUnreadable,
                                   tr("The steps of \"%1\" were not kept.").arg(QFileInfo(picture).fileName()), file};
        } else {
            const Outcome outcome = attempt([&] {
                read.trajectory =
                    std::make_shared<const engine::Trajectory>(engine::readTrajectory(file.toStdString()));
            });
            if (const Failure *failure = std::get_if<Failure>(&outcome)) {
                read.failure = *failure;
                if (failure->kind == engine::ErrorKind::NotACheckpoint)
                    read.failure->sentence = tr("The file with the steps of \"%1\" is damaged or cut short. Make the "
                                                "picture again with its steps.")
                                                 .arg(QFileInfo(picture).fileName());
            } else {
                readParent(picture, read);
            }
        }
        QMetaObject::invokeMethod(
            this,
            [this, picture, read] {
                if (read.trajectory) {
                    if (!find(picture)) {
                        const quint64 bytes = read.trajectory->bytes();
                        m_kept.push_front({picture, read.trajectory, bytes});
                        m_bytes += bytes;
                        makeRoom();
                    }
                    if (!read.parent.isEmpty() && !m_branches.contains(picture))
                        noteParent(picture, read.trajectory, read.parent, read.step, read.noiseSeed,
                                   read.parentRequest.value_or(read.trajectory->request));
                }
                if (read.failure)
                    Q_EMIT failed(picture, *read.failure);
                else
                    Q_EMIT loaded(picture, read.trajectory);
            },
            Qt::QueuedConnection);
    });
}

void TrajectoryStore::saveBeside(const QString &picture)
{
    const TrajectoryPtr trajectory = find(picture);
    if (!trajectory)
        return;
    m_pool.start([this, picture, trajectory] {
        const Outcome outcome =
            attempt([&] { engine::writeTrajectory(*trajectory, fileBeside(picture).toStdString()); });
        QMetaObject::invokeMethod(
            this,
            [this, picture, outcome] {
                if (const Failure *failure = std::get_if<Failure>(&outcome))
                    Q_EMIT failed(picture, *failure);
                else
                    Q_EMIT savedBeside(picture);
            },
            Qt::QueuedConnection);
    });
}

void TrajectoryStore::noteParent(const QString &picture, const TrajectoryPtr &trajectory, const QString &parent,
                                 int step, std::optional<quint64> noiseSeed,
                                 const engine::GenerateRequest &parentRequest)
{
    addBranch({.path = picture,
               .parent = parent,
               .step = step,
               .noiseSeed = noiseSeed,
               .request = withoutPictures(trajectory->request),
               .parentRequest = withoutPictures(parentRequest)});
}

void TrajectoryStore::addBranch(const Branch &branch)
{
    if (branch.path == branch.parent || rootOf(branch.parent) == branch.path)
        return; // a circle
    m_branches.insert(branch.path, branch);
    writeBranches();
    Q_EMIT branchesChanged();
}

std::optional<Branch> TrajectoryStore::branch(const QString &picture) const
{
    const auto found = m_branches.constFind(picture);
    return found == m_branches.constEnd() ? std::nullopt : std::optional(*found);
}

QString TrajectoryStore::rootOf(const QString &picture) const
{
    QString root = picture;
    QSet<QString> seen;
    while (m_branches.contains(root) && !seen.contains(root)) {
        seen.insert(root);
        root = m_branches.value(root).parent;
    }
    return root;
}

QList<Branch> TrajectoryStore::familyOf(const QString &picture) const
{
    QList<Branch> all = m_branches.values();
    std::sort(all.begin(), all.end(), [](const Branch &a, const Branch &b) { return a.path < b.path; });
    QList<Branch> family;
    QStringList open = {rootOf(picture)};
    QSet<QString> seen;
    while (!open.isEmpty()) {
        const QString parent = open.takeFirst();
        if (seen.contains(parent))
            continue;
        seen.insert(parent);
        for (const Branch &each : std::as_const(all)) {
            if (each.parent != parent)
                continue;
            family.append(each);
            open.append(each.path);
        }
    }
    return family;
}

void TrajectoryStore::readBranches()
{
    QFile file(m_parts.branchFile);
    if (m_parts.branchFile.isEmpty() || !file.open(QIODevice::ReadOnly))
        return;
    const QJsonArray rows = QJsonDocument::fromJson(file.readAll()).object().value(QLatin1String("branches")).toArray();
    for (const QJsonValue &row : rows) {
        const Branch branch = fromJson(row.toObject());
        if (!branch.path.isEmpty() && !branch.parent.isEmpty() && branch.path != branch.parent)
            m_branches.insert(branch.path, branch);
    }
}

void TrajectoryStore::writeBranches()
{
    if (m_parts.branchFile.isEmpty())
        return;
    QList<Branch> all = m_branches.values();
    std::sort(all.begin(), all.end(), [](const Branch &a, const Branch &b) { return a.path < b.path; });
    while (all.size() > kMostBranches)
        m_branches.remove(all.takeFirst().path);
    const int number = ++*m_newestWrite;
    m_pool.start([all, number, newest = m_newestWrite, path = m_parts.branchFile] {
        if (number != *newest)
            return; // a newer state follows
        QJsonArray rows;
        for (const Branch &branch : all)
            rows.append(toJson(branch));
        const QJsonObject object = {{QStringLiteral("version"), 1}, {QStringLiteral("branches"), rows}};
        if (const auto failure = writeFileAtomically(path, QJsonDocument(object).toJson(QJsonDocument::Compact)))
            qWarning("the branches were not saved: %s", qPrintable(failure->details));
    });
}

} // namespace app
