#include "app/picture_saver.h"

#include "app/attempt.h"
#include "app/engine_thread.h"
#include "app/file_name.h"
#include "app/gallery_store.h"
#include "app/image_file.h"
#include "app/job_queue.h"
#include "app/settings.h"
#include "app/thumbnails.h"
#include "engine/engine.h"

#include <QDir>
#include <QFileInfo>

namespace app {

namespace {

constexpr int kThumbnailSide = 512;

QString precisionUsed(engine::Precision asked, const std::optional<engine::DeviceInfo> &device)
{
    switch (asked) {
    case engine::Precision::Float32:
        return QStringLiteral("float32");
    case engine::Precision::BFloat16:
        return QStringLiteral("bfloat16");
    case engine::Precision::Auto:
        return device ? QString::fromStdString(device->precision) : QString();
    }
    return {};
}

} // namespace

/// Everything about one picture that is on its way to the disk.
struct PictureSaver::Work
{
    JobId id = 0;
    engine::GenerateRequest request = {};
    engine::ImageFinished image = {};
    PlotPlace plot = {};
    QString parent = {}; ///< of a branch
    QString folder = {};
    QString pattern = {};
    Circumstances circumstances = {};
};

PictureSaver::PictureSaver(const Parts &parts, QObject *parent)
    : QObject(parent), m_parts(parts), m_hashes(parts.hashFile)
{
    m_pool.setMaxThreadCount(1);
    m_hashPool.setMaxThreadCount(1);
    connect(&parts.queue, &JobQueue::pictureMade, this, &PictureSaver::save);
    // The hash of a model takes seconds the first time: it is there when the first picture is finished.
    connect(&parts.queue, &JobQueue::jobStarted, this, [this](JobId id) {
        if (const Job *job = m_parts.queue.find(id))
            m_hashPool.start(
                [this, model = QString::fromStdString(job->request.model.string())] { (void)m_hashes.hashOf(model); });
    });
}

PictureSaver::~PictureSaver()
{
    m_hashPool.clear();
    finish();
    m_hashes.stop();
    m_hashPool.waitForDone();
}

void PictureSaver::finish()
{
    m_pool.waitForDone();
}

void PictureSaver::save(JobId id, const engine::GenerateRequest &request, const engine::ImageFinished &image)
{
    const std::optional<engine::DeviceInfo> device = m_parts.engine.device();
    Work work;
    work.id = id;
    work.request = request;
    work.request.init.pixels.resize(
        std::min<std::size_t>(work.request.init.pixels.size(), 1)); // only that there was one counts
    work.request.mask.pixels.resize(std::min<std::size_t>(work.request.mask.pixels.size(), 1));
    work.image = image;
    if (const Job *job = m_parts.queue.find(id)) {
        work.plot = job->plot;
        work.parent = job->parent;
    }
    work.folder = m_parts.store.folder();
    work.pattern = m_parts.settings.namePattern();
    work.circumstances.precision = precisionUsed(request.precision, device);
    work.circumstances.device = device ? QString::fromStdString(device->device) : QString();
    m_pool.start([this, work = std::move(work)] { write(work); });
}

void PictureSaver::write(const Work &work)
{
    Circumstances circumstances = work.circumstances;
    circumstances.modelHash = m_hashes.hashOf(QString::fromStdString(work.request.model.string()));
    circumstances.family = familyOf(work.request.model);
    const engine::ImageFinished &finished = work.image;
    Recipe recipe =
        makeRecipe(work.request, finished.picture, QSize(finished.image.width, finished.image.height), circumstances);
    recipe.request.seed = finished.seed;
    recipe.plot = work.plot;
    if (!work.parent.isEmpty()) {
        const QFileInfo parent(work.parent);
        recipe.parent = parent.path() == QDir(work.folder).path() ? parent.fileName() : parent.filePath();
    }

    const auto known = m_sequences.constFind(work.folder);
    int sequence = known == m_sequences.constEnd() ? nextSequence(work.folder) : *known;
    QString path;
    do { // a pattern without a number may give a name twice
        const QString name = pictureFileName(work.pattern, recipe, sequence);
        path = QDir(work.folder).filePath(name + QStringLiteral(".png"));
        if (QFileInfo::exists(path) && !work.pattern.contains(QLatin1String("[seq]")))
            path = QDir(work.folder).filePath(QStringLiteral("%1-%2.png").arg(name).arg(sequence));
        ++sequence;
    } while (QFileInfo::exists(path));
    m_sequences[work.folder] = sequence;

    const std::optional<Failure> failure = writePicture(path, finished.image, recipe);
    if (failure) {
        QMetaObject::invokeMethod(
            this,
            [this, id = work.id, failure = *failure] {
                m_parts.queue.failSaving(id, failure);
                Q_EMIT failed(id, failure);
            },
            Qt::QueuedConnection);
        return;
    }
    // The row is what the file says, as it would be after the index was made again.
    const GalleryPicture row = galleryPictureFrom(readPictureInfo(path));
    QImage small = toQImage(finished.image);
    if (small.width() > kThumbnailSide || small.height() > kThumbnailSide)
        small = small.scaled(kThumbnailSide, kThumbnailSide, Qt::KeepAspectRatio, Qt::SmoothTransformation);
    QMetaObject::invokeMethod(
        this,
        [this, id = work.id, picture = finished.picture, row, small] {
            m_parts.thumbnails.put(row.path, small);
            m_parts.store.add(row);
            m_parts.queue.addFile(id, row.path, small);
            Q_EMIT saved(id, picture, row.path);
        },
        Qt::QueuedConnection);
}

QString PictureSaver::familyOf(const std::filesystem::path &model)
{
    const QString key = QString::fromStdString(model.string());
    const auto known = m_families.constFind(key);
    if (known != m_families.constEnd())
        return *known;
    QString family;
    const Outcome outcome = attempt([&] { family = QString::fromStdString(engine::inspectModel(model).family); });
    if (std::holds_alternative<std::monostate>(outcome))
        m_families.insert(key, family);
    return family;
}

} // namespace app
