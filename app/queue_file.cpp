#include "app/queue_file.h"

#include "app/image_file.h"

#include <QFile>
#include <QJsonDocument>
#include <QtDebug>

#include <algorithm>

namespace app {

namespace {

QString packed(const engine::Image &image)
{
    return QString::fromLatin1(encodePicture(image, std::nullopt).toBase64());
}

engine::Image unpacked(const QJsonValue &value)
{
    return fromQImage(QImage::fromData(QByteArray::fromBase64(value.toString().toLatin1()), "PNG"));
}

Job jobFrom(const QJsonObject &object)
{
    Job job;
    job.request = requestFromJson(object.value(QLatin1String("request")).toObject());
    const QJsonObject pictures = object.value(QLatin1String("pictures")).toObject();
    job.request.init = unpacked(pictures.value(QLatin1String("init")));
    job.request.mask = unpacked(pictures.value(QLatin1String("mask")));
    job.submitted =
        QDateTime::fromString(object.value(QLatin1String("submitted")).toString(), Qt::ISODate).toLocalTime();
    job.steps = job.request.steps;
    if (object.value(QLatin1String("state")).toString() == QLatin1String("failed")) {
        job.state = JobState::Failed;
        job.failure.sentence = object.value(QLatin1String("failure")).toString();
        job.failure.details = object.value(QLatin1String("details")).toString();
    }
    return job;
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

std::vector<Job> QueueFile::read() const
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
    for (const QJsonValue &row : rows)
        jobs.push_back(jobFrom(row.toObject()));
    return jobs;
}

void QueueFile::remember(JobId id, const engine::GenerateRequest &request)
{
    if (request.init.empty() && request.mask.empty())
        return;
    m_pool.start([this, id, init = request.init, mask = request.mask] {
        m_pictures[id] = {{QStringLiteral("init"), packed(init)}, {QStringLiteral("mask"), packed(mask)}};
    });
}

void QueueFile::drop(JobId id)
{
    m_pool.start([this, id] { m_pictures.erase(id); });
}

void QueueFile::write(const std::vector<Job> &jobs)
{
    QJsonArray rows;
    for (const Job &job : jobs) {
        if (job.state == JobState::Waiting || job.state == JobState::Running || job.state == JobState::Failed)
            rows.append(jobTo(job));
    }
    const int number = ++m_newest;
    m_pool.start([this, rows, number] { writeRows(rows, number); });
}

void QueueFile::writeRows(QJsonArray rows, int number)
{
    if (number != m_newest)
        return; // a newer state follows
    for (QJsonValueRef row : rows) {
        QJsonObject object = row.toObject();
        const auto pictures = m_pictures.find(object.take(QLatin1String("id")).toString().toULongLong());
        if (pictures != m_pictures.end())
            object[QStringLiteral("pictures")] = pictures->second;
        row = object;
    }
    const QJsonObject all = {{QStringLiteral("version"), 1}, {QStringLiteral("jobs"), rows}};
    if (const auto failure = writeFileAtomically(m_path, QJsonDocument(all).toJson(QJsonDocument::Compact)))
        qWarning("the queue was not saved: %s", qPrintable(failure->details));
}

} // namespace app
