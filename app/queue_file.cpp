#include "app/queue_file.h"

#include "app/attempt.h"
#include "app/image_file.h"
#include "engine/trajectory.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>
#include <QUuid>
#include <QtDebug>

#include <algorithm>
#include <utility>

namespace app {

namespace {

/// Names a picture by what it shows; empty: there is none.
QString hashOf(const engine::Image &image)
{
    if (image.empty())
        return {};
    QCryptographicHash hash(QCryptographicHash::Sha256);
    hash.addData(QStringLiteral("%1 %2 %3 ").arg(image.width).arg(image.height).arg(image.channels).toLatin1());
    hash.addData(QByteArrayView(image.pixels.data(), qsizetype(image.pixels.size())));
    return QString::fromLatin1(hash.result().toHex());
}

QString packed(const engine::Image &image)
{
    return QString::fromLatin1(encodePicture(image, std::nullopt).toBase64());
}

engine::Image unpacked(const QString &text)
{
    return fromQImage(QImage::fromData(QByteArray::fromBase64(text.toLatin1()), "PNG"));
}

QJsonObject jobTo(const Job &job)
{
    engine::GenerateRequest request = job.request;
    request.init = {};
    request.mask = {};
    // Pictures that are on disk are not made again.
    const int done = std::min(job.picturesFinished, request.count - 1);
    if (job.state == JobState::Running && done > 0) {
        request.seed += std::uint64_t(done);
        request.count -= done;
    }
    QJsonObject object = {
        {QStringLiteral("id"), QString::number(job.id)},
        {QStringLiteral("request"), requestToJson(request)},
        {QStringLiteral("submitted"), job.submitted.toUTC().toString(Qt::ISODate)},
    };
    if (!job.plot.id.isEmpty())
        object[QStringLiteral("plot")] = plotPlaceToJson(job.plot);
    if (!job.parent.isEmpty())
        object[QStringLiteral("parent")] = job.parent;
    if (job.state == JobState::Failed) {
        object[QStringLiteral("state")] = QStringLiteral("failed");
        object[QStringLiteral("failure")] = job.failure.sentence;
        object[QStringLiteral("details")] = job.failure.details;
    }
    return object;
}

} // namespace

QueueFile::QueueFile(const QString &path) : m_path(path)
{
    m_pool.setMaxThreadCount(1);
}

QueueFile::~QueueFile()
{
    m_pool.waitForDone();
}

Job QueueFile::jobFrom(const QJsonObject &object, const QJsonObject &shared)
{
    Job job;
    job.request = requestFromJson(object.value(QLatin1String("request")).toObject());
    const QJsonObject pictures = object.value(QLatin1String("pictures")).toObject();
    // Named by the hash; files of version 1 hold the picture itself in each job.
    const auto picture = [&](const char *key) -> engine::Image {
        const QString name = pictures.value(QLatin1String(key)).toString();
        if (name.isEmpty())
            return {};
        const auto known = m_readPictures.find(name);
        if (known != m_readPictures.end())
            return known->second;
        return m_readPictures.emplace(name, unpacked(shared.value(name).toString(name))).first->second;
    };
    job.request.init = picture("init");
    job.request.mask = picture("mask");
    job.submitted =
        QDateTime::fromString(object.value(QLatin1String("submitted")).toString(), Qt::ISODate).toLocalTime();
    job.steps = job.request.steps;
    job.parent = object.value(QLatin1String("parent")).toString();
    job.plot = plotPlaceFromJson(object.value(QLatin1String("plot")).toObject());
    if (object.value(QLatin1String("state")).toString() == QLatin1String("failed")) {
        job.state = JobState::Failed;
        job.failure.sentence = object.value(QLatin1String("failure")).toString();
        job.failure.details = object.value(QLatin1String("details")).toString();
    }
    const QString steps = object.value(QLatin1String("steps_file")).toString();
    if (steps.isEmpty() && job.parent.isEmpty() && job.request.branchStep == 0)
        return job;
    const QString file = QDir(stepsFolder()).filePath(QFileInfo(steps).fileName());
    std::shared_ptr<const engine::Trajectory> &known = m_read[QFileInfo(file).fileName()];
    const Outcome outcome = attempt([&] {
        if (!known)
            known = std::make_shared<const engine::Trajectory>(engine::readTrajectory(file.toStdString()));
    });
    job.request.branchFrom = known;
    if (const Failure *failure = std::get_if<Failure>(&outcome)) {
        job.state = JobState::Failed;
        job.failure = *failure;
        job.failure.sentence = QCoreApplication::translate(
            "app::QueueFile", "The steps that this branch goes on from were lost. Branch again from its picture.");
    }
    return job;
}

QString QueueFile::stepsFolder() const
{
    return QFileInfo(m_path).dir().filePath(QStringLiteral("queue-steps"));
}

std::vector<Job> QueueFile::read()
{
    QFile file(m_path);
    if (!file.open(QIODevice::ReadOnly))
        return {};
    const QJsonDocument json = QJsonDocument::fromJson(file.readAll());
    if (!json.isObject()) {
        qWarning("the queue in %s is damaged and was set aside", qPrintable(m_path));
        QFile::remove(m_path + QStringLiteral(".damaged"));
        QFile::rename(m_path, m_path + QStringLiteral(".damaged"));
        return {};
    }
    std::vector<Job> jobs;
    const QJsonArray rows = json.object().value(QLatin1String("jobs")).toArray();
    const QJsonObject shared = json.object().value(QLatin1String("pictures")).toObject();
    for (const QJsonValue &row : rows)
        jobs.push_back(jobFrom(row.toObject(), shared));
    m_readPictures.clear();
    // What no job needs any more.
    QDir folder(stepsFolder());
    const QStringList files = folder.entryList(QDir::Files);
    for (const QString &name : files) {
        if (!m_read.contains(name))
            folder.remove(name);
    }
    return jobs;
}

void QueueFile::remember(JobId id, const engine::GenerateRequest &request)
{
    if (request.branchFrom) {
        Steps steps = {request.branchFrom, {}};
        for (const auto &[name, trajectory] : m_read) {
            if (trajectory == request.branchFrom)
                steps.name = name;
        }
        for (const auto &[other, known] : m_steps) {
            if (known.trajectory == request.branchFrom)
                steps.name = known.name;
        }
        const bool isNew = steps.name.isEmpty();
        if (isNew)
            steps.name = QUuid::createUuid().toString(QUuid::WithoutBraces) + QStringLiteral(".safetensors");
        m_steps[id] = steps;
        if (isNew)
            m_pool.start([steps, folder = stepsFolder()] {
                QDir().mkpath(folder);
                const Outcome outcome = attempt([&] {
                    engine::writeTrajectory(*steps.trajectory, QDir(folder).filePath(steps.name).toStdString());
                });
                if (const Failure *failure = std::get_if<Failure>(&outcome))
                    qWarning("the steps of a branch were not saved: %s", qPrintable(failure->details));
            });
    }
    if (request.init.empty() && request.mask.empty())
        return;
    m_pool.start([this, id, init = request.init, mask = request.mask] {
        Pictures &own = m_pictures[id];
        own = {.init = hashOf(init), .mask = hashOf(mask)};
        for (const auto &[name, image] : {std::pair(own.init, &init), std::pair(own.mask, &mask)}) {
            if (!name.isEmpty() && !m_packed.contains(name))
                m_packed[name] = packed(*image);
        }
    });
}

void QueueFile::drop(JobId id)
{
    m_pool.start([this, id] {
        if (m_pictures.erase(id) == 0)
            return;
        std::erase_if(m_packed, [this](const auto &each) {
            return std::none_of(m_pictures.begin(), m_pictures.end(), [&each](const auto &job) {
                return job.second.init == each.first || job.second.mask == each.first;
            });
        });
    });
    const auto own = m_steps.find(id);
    if (own == m_steps.end())
        return;
    const QString name = own->second.name;
    m_steps.erase(own);
    const bool isShared =
        std::any_of(m_steps.begin(), m_steps.end(), [&name](const auto &other) { return other.second.name == name; });
    if (isShared)
        return;
    m_read.erase(name);
    m_pool.start([file = QDir(stepsFolder()).filePath(name)] { QFile::remove(file); });
}

void QueueFile::write(const std::vector<Job> &jobs)
{
    QJsonArray rows;
    for (const Job &job : jobs) {
        if (job.state == JobState::Waiting || job.state == JobState::Running || job.state == JobState::Failed)
            rows.append(jobTo(job));
        else
            continue;
        const auto steps = m_steps.find(job.id);
        if (steps == m_steps.end())
            continue;
        QJsonObject row = rows.last().toObject();
        row[QStringLiteral("steps_file")] = steps->second.name;
        rows.replace(rows.size() - 1, row);
    }
    const int number = ++m_newest;
    m_pool.start([this, rows, number] { writeRows(rows, number); });
}

void QueueFile::writeRows(QJsonArray rows, int number)
{
    if (number != m_newest)
        return; // a newer state follows
    QJsonObject shared;
    for (QJsonValueRef row : rows) {
        QJsonObject object = row.toObject();
        const auto pictures = m_pictures.find(object.take(QLatin1String("id")).toString().toULongLong());
        if (pictures != m_pictures.end()) {
            const auto &[init, mask] = pictures->second;
            object[QStringLiteral("pictures")] =
                QJsonObject{{QStringLiteral("init"), init}, {QStringLiteral("mask"), mask}};
            for (const QString &name : {init, mask}) {
                if (!name.isEmpty() && !shared.contains(name))
                    shared[name] = m_packed[name];
            }
        }
        row = object;
    }
    const QJsonObject all = {
        {QStringLiteral("version"), 2}, {QStringLiteral("jobs"), rows}, {QStringLiteral("pictures"), shared}};
    if (const auto failure = writeFileAtomically(m_path, QJsonDocument(all).toJson(QJsonDocument::Compact)))
        qWarning("the queue was not saved: %s", qPrintable(failure->details));
}

} // namespace app
