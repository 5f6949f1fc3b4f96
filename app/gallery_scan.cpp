#include "app/gallery_scan.h"

#include "app/gallery_store.h"
#include "app/image_file.h"

#include <QCryptographicHash>
#include <QDateTime>
#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QFileInfo>
#include <QImageReader>
#include <QSet>
#include <QStorageInfo>

#include <algorithm>
#include <chrono>
#include <sys/resource.h>
#include <thread>
#include <tuple>

namespace app {

namespace {

constexpr qint64 kHashed = 64 << 10; ///< bytes at the front, in the middle and at the end
constexpr qint64 kMostPixels = 64 << 20;
constexpr int kBatch = 200;      ///< pictures handed over at once
constexpr qint64 kBatchMs = 300; ///< or after so long
constexpr qint64 kOldPartMs = 3600'000;
const QString kSteps = QStringLiteral(".trajectory.safetensors");

qint64 nowMs()
{
    using namespace std::chrono;
    return duration_cast<milliseconds>(steady_clock::now().time_since_epoch()).count();
}

bool isNetworkFolder(const QString &folder)
{
    static const QList<QByteArray> kinds = {"nfs",
                                            "nfs4",
                                            "cifs",
                                            "smb3",
                                            "smbfs",
                                            "afs",
                                            "ceph",
                                            "9p",
                                            "fuse.sshfs",
                                            "fuse.davfs",
                                            "davfs",
                                            "fuse.rclone",
                                            "fuse.gvfsd-fuse",
                                            "fuse.glusterfs",
                                            "ncpfs",
                                            "coda"};
    return kinds.contains(QStorageInfo(folder).fileSystemType());
}

PictureFault faultOf(const PictureInfo &info)
{
    if (info.fault.isEmpty())
        return qint64(info.size.width()) * info.size.height() > kMostPixels ? PictureFault::TooLarge
                                                                            : PictureFault::None;
    if (info.modifiedMs == 0) // could not even be opened
        return PictureFault::NoAccess;
    if (info.fault.contains(QLatin1String("passed over")))
        return PictureFault::TextTooLong;
    return info.format.isEmpty() ? PictureFault::NotAPicture : PictureFault::Broken;
}

} // namespace

bool isPictureName(const QString &name)
{
    static const QSet<QString> endings = [] {
        QSet<QString> known = {QStringLiteral("png"), QStringLiteral("jpg"), QStringLiteral("jpeg"),
                               QStringLiteral("webp")};
        const QList<QByteArray> readable = QImageReader::supportedImageFormats();
        for (const char *more : {"avif", "jxl"}) {
            if (readable.contains(QByteArray(more)))
                known.insert(QLatin1String(more));
        }
        return known;
    }();
    const qsizetype dot = name.lastIndexOf(u'.');
    return dot > 0 && endings.contains(name.mid(dot + 1).toLower());
}

QByteArray contentHash(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly | QIODevice::Unbuffered))
        return {};
    const qint64 size = file.size();
    QCryptographicHash hash(QCryptographicHash::Blake2s_128);
    hash.addData(QByteArray::number(size));
    if (size <= 3 * kHashed) {
        hash.addData(file.read(size));
    } else {
        hash.addData(file.read(kHashed));
        file.seek((size - kHashed) / 2);
        hash.addData(file.read(kHashed));
        file.seek(size - kHashed);
        hash.addData(file.read(kHashed));
    }
    return hash.result();
}

GalleryPicture readGalleryPicture(const QString &path)
{
    const PictureInfo info = readPictureInfo(path);
    GalleryPicture picture = galleryPictureFrom(info);
    picture.fault = faultOf(info);
    if (picture.fault == PictureFault::NoAccess) {
        const QFileInfo about(path);
        picture.bytes = about.size();
        picture.modifiedMs = about.lastModified().toMSecsSinceEpoch();
        picture.created = about.lastModified();
    } else {
        picture.hash = contentHash(path);
    }
    return picture;
}

GalleryScan::GalleryScan(Task task, Events events)
    : m_task(std::move(task)), m_events(std::move(events)), m_beatMs(nowMs())
{
}

std::shared_ptr<GalleryScan> GalleryScan::start(Task task, Events events)
{
    auto scan = std::make_shared<GalleryScan>(std::move(task), std::move(events));
    std::thread([scan] { scan->run(); }).detach();
    return scan;
}

void GalleryScan::cancel()
{
    m_isCancelled = true;
    const std::lock_guard lock(m_mutex);
    m_events = {};
}

qint64 GalleryScan::silenceMs() const
{
    return nowMs() - m_beatMs;
}

void GalleryScan::beat()
{
    m_beatMs = nowMs();
}

template <typename Call>
bool GalleryScan::send(Call call)
{
    const std::lock_guard lock(m_mutex);
    if (m_isCancelled)
        return false;
    call();
    return true;
}

void GalleryScan::run()
{
    ::setpriority(PRIO_PROCESS, 0, 5); // of this thread: pictures and window come first
    Walked walked;
    std::vector<File> files;
    walk(&walked, &files);
    std::sort(files.begin(), files.end(), [](const File &a, const File &b) {
        return std::tie(a.modifiedMs, a.path) < std::tie(b.modifiedMs, b.path);
    });
    std::vector<const File *> fresh; // new or changed
    if (walked.state == GalleryFolder::State::Ready) {
        QHash<QString, Known> left = m_task.known;
        for (const File &file : files) {
            const auto row = left.constFind(file.path);
            if (row == left.constEnd() || row->bytes != file.bytes || row->modifiedMs != file.modifiedMs ||
                row->hasSteps != file.hasSteps)
                fresh.push_back(&file);
            if (row != left.constEnd())
                left.erase(row);
        }
        for (auto gone = left.cbegin(); gone != left.cend() && !m_isCancelled; ++gone) {
            beat();
            if (!QFileInfo::exists(gone.key())) // it may have come back since
                walked.gone.append(gone->id);
        }
    }
    walked.fresh = int(fresh.size());
    if (!send([&] { m_events.walked(walked); }))
        return;
    read(fresh);
    send([this] { m_events.ended(); });
}

void GalleryScan::walk(Walked *walked, std::vector<File> *files)
{
    if (m_task.beforeEach)
        m_task.beforeEach(m_task.folder);
    const QFileInfo root(m_task.folder);
    if (!root.isDir()) {
        if (m_task.isMain && m_task.known.isEmpty())
            return; // made with the first picture
        walked->state = GalleryFolder::State::Gone;
        return;
    }
    if (!root.isReadable() || !root.isExecutable()) {
        walked->state = GalleryFolder::State::NotReadable;
        return;
    }
    walked->isNetwork = isNetworkFolder(m_task.folder);
    beat();
    walked->journal = std::make_shared<GalleryJournal>(m_task.folder, m_task.ownFolder);
    walked->journal->setPlace(walked->isNetwork ? GalleryJournal::Place::OwnFolder
                                                : GalleryJournal::Place::BesidePictures);
    walked->journal->load();
    walked->journal->bringHome();
    const QDateTime oldPart = QDateTime::currentDateTime().addMSecs(-kOldPartMs);
    QStringList waiting = {m_task.folder};
    while (!waiting.isEmpty() && !m_isCancelled) {
        const QString folder = waiting.takeLast();
        beat();
        if (m_task.beforeEach)
            m_task.beforeEach(folder);
        walked->folders.append(folder);
        QSet<QString> withSteps;
        const std::size_t first = files->size();
        QDirIterator entries(folder, QDir::Files | QDir::Dirs | QDir::Hidden | QDir::NoDotAndDotDot);
        while (entries.hasNext()) {
            entries.next();
            const QString name = entries.fileName();
            if (name.endsWith(kSteps)) {
                withSteps.insert(name.chopped(kSteps.size()));
                continue;
            }
            if (name.startsWith(u'.')) {
                // Remains of a program that was killed while it wrote.
                if (name.endsWith(QLatin1String(".tincture-part")) && entries.fileInfo().lastModified() < oldPart)
                    QFile::remove(entries.filePath());
                continue;
            }
            const QFileInfo info = entries.fileInfo();
            if (info.isDir()) {
                const bool isOther = m_task.others.contains(info.absoluteFilePath());
                if (!info.isSymLink() && !isOther)
                    waiting.append(info.absoluteFilePath());
            } else if (isPictureName(name)) {
                files->push_back({info.absoluteFilePath(), info.size(), info.lastModified().toMSecsSinceEpoch()});
                if (files->size() % 256 == 0)
                    beat();
            }
        }
        for (std::size_t i = first; i < files->size() && !withSteps.isEmpty(); ++i)
            (*files)[i].hasSteps = withSteps.contains(QFileInfo((*files)[i].path).completeBaseName());
    }
}

void GalleryScan::read(const std::vector<const File *> &fresh)
{
    QList<GalleryPicture> batch;
    int done = 0;
    qint64 sentMs = nowMs();
    for (const File *file : fresh) {
        if (m_isCancelled)
            return;
        beat();
        GalleryPicture picture = readGalleryPicture(file->path);
        picture.folder = m_task.folder;
        picture.hasSteps = file->hasSteps;
        batch.append(picture);
        ++done;
        if (batch.size() < kBatch && nowMs() - sentMs < kBatchMs)
            continue;
        if (!send([&] { m_events.found(batch, done); }))
            return;
        batch.clear();
        sentMs = nowMs();
    }
    if (!batch.isEmpty())
        send([&] { m_events.found(batch, done); });
}

} // namespace app
