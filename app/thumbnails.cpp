#include "app/thumbnails.h"

#include "app/gallery_look.h"

#include <QCryptographicHash>
#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QImageReader>
#include <QSaveFile>
#include <QThread>

#include <algorithm>
#include <utility>

namespace app {

namespace {

constexpr int kMemoryBytes = 96 << 20;
constexpr std::size_t kMostWaiting = 512; ///< a screen of the smallest thumbnails; older requests are stale
constexpr qint64 kDiskBytes = 2LL << 30;
constexpr int kSides[] = {256, 512};

int storedSide(int side)
{
    return side <= kSides[0] ? kSides[0] : kSides[1];
}

QString memoryKey(const QString &path, int side)
{
    return QString::number(storedSide(side)) + QLatin1Char(':') + path;
}

/// Name in the cache folder: another name as soon as the file changes.
QString diskName(const QString &folder, const QString &path, int side)
{
    const QFileInfo info(path);
    const QString key = QStringLiteral("%1|%2|%3")
                            .arg(info.absoluteFilePath())
                            .arg(info.lastModified().toMSecsSinceEpoch())
                            .arg(info.size());
    const QByteArray hash = QCryptographicHash::hash(key.toUtf8(), QCryptographicHash::Md5).toHex();
    return QStringLiteral("%1/%2/%3").arg(folder).arg(side).arg(QString::fromLatin1(hash));
}

QImage scaled(const QImage &image, int side)
{
    if (image.width() <= side && image.height() <= side)
        return image;
    return image.scaled(side, side, Qt::KeepAspectRatio, Qt::SmoothTransformation);
}

QImage readScaled(const QString &path, int side)
{
    QImageReader reader(path);
    reader.setDecideFormatFromContent(true);
    reader.setAutoTransform(true);
    const QSize size = reader.size();
    // JPEG decodes small pictures of large ones at once; twice the size keeps the smooth scaling below smooth.
    if (reader.format() == "jpeg" && size.width() > 2 * side && size.height() > 2 * side)
        reader.setScaledSize(size.scaled(2 * side, 2 * side, Qt::KeepAspectRatio));
    return scaled(reader.read(), side);
}

void keepOnDisk(const QString &name, const QImage &image)
{
    QDir().mkpath(QFileInfo(name).absolutePath());
    QSaveFile file(name);
    if (!file.open(QIODevice::WriteOnly))
        return;
    const bool isSaved = image.hasAlphaChannel() ? image.save(&file, "PNG") : image.save(&file, "JPG", 90);
    if (isSaved)
        file.commit();
}

/// From the cache folder, or made and put there.
/// \param look  what it looks like, where it had to be made; may be null
QImage make(const QString &folder, const QString &path, int side, QByteArray *look)
{
    const QString name = folder.isEmpty() ? QString() : diskName(folder, path, side);
    if (!name.isEmpty()) {
        QImageReader reader(name);
        reader.setDecideFormatFromContent(true);
        const QImage kept = reader.read();
        if (!kept.isNull())
            return kept;
    }
    const QImage image = readScaled(path, side);
    if (look)
        *look = pictureLook(image);
    if (!name.isEmpty() && !image.isNull())
        keepOnDisk(name, image);
    return image;
}

/// Takes the oldest away when the folder has grown too large.
void prune(const QString &folder)
{
    for (const int side : kSides) {
        QDir dir(QStringLiteral("%1/%2").arg(folder).arg(side));
        QFileInfoList files = dir.entryInfoList(QDir::Files, QDir::Time); // newest first
        qint64 bytes = 0;
        for (const QFileInfo &file : files) {
            bytes += file.size();
            if (bytes > kDiskBytes / 2)
                QFile::remove(file.filePath());
        }
    }
}

} // namespace

Thumbnails::Thumbnails(const QString &cacheFolder, QObject *parent)
    : QObject(parent), m_folder(cacheFolder), m_memory(kMemoryBytes)
{
    // The engine has the machine; thumbnails get what two threads of low priority get.
    m_pool.setMaxThreadCount(std::clamp(QThread::idealThreadCount() / 2, 1, 4));
    m_pool.setThreadPriority(QThread::LowPriority);
    m_idlePool.setMaxThreadCount(1);
    m_idlePool.setThreadPriority(QThread::IdlePriority);
    if (!m_folder.isEmpty())
        m_pool.start([folder = m_folder] { prune(folder); }, -1);
}

Thumbnails::~Thumbnails()
{
    m_isStopped = true;
    m_idlePool.clear();
    m_pool.clear();
    m_pool.waitForDone();
    m_idlePool.waitForDone();
}

void Thumbnails::describe(const QStringList &paths)
{
    if (std::exchange(m_isDescribing, true))
        return; // rested() follows: then there may be more to do
    m_idlePool.start([this, paths, folder = m_folder] {
        for (const QString &path : paths) {
            if (m_isStopped)
                return;
            QByteArray look;
            const QImage image = make(folder, path, kSides[0], &look);
            if (look.isEmpty())
                look = pictureLook(image); // the thumbnail was there
            QMetaObject::invokeMethod(
                this, [this, path, look] { Q_EMIT described(path, look); }, Qt::QueuedConnection);
        }
        QMetaObject::invokeMethod(
            this,
            [this] {
                m_isDescribing = false;
                Q_EMIT rested();
            },
            Qt::QueuedConnection);
    });
}

QImage Thumbnails::peek(const QString &path, int side) const
{
    const QImage *kept = m_memory.object(memoryKey(path, side));
    return kept ? *kept : QImage();
}

QImage Thumbnails::get(const QString &path, int side)
{
    const QImage kept = peek(path, side);
    if (!kept.isNull() || path.isEmpty() || m_failed.contains(path))
        return kept;
    const int stored = storedSide(side);
    if (m_running.value(path) == stored)
        return kept;
    const auto same = std::find_if(m_waiting.begin(), m_waiting.end(), [&](const Request &request) {
        return request.path == path && request.side == stored;
    });
    if (same != m_waiting.end())
        std::rotate(same, same + 1, m_waiting.end()); // looked at again: next
    else
        m_waiting.push_back({path, stored});
    if (m_waiting.size() > kMostWaiting)
        m_waiting.erase(m_waiting.begin());
    startSome();
    return kept;
}

void Thumbnails::keepOnly(const QSet<QString> &paths)
{
    std::erase_if(m_waiting, [&paths](const Request &request) { return !paths.contains(request.path); });
}

void Thumbnails::forget(const QString &path)
{
    for (const int side : kSides)
        m_memory.remove(memoryKey(path, side));
    m_failed.remove(path);
}

void Thumbnails::put(const QString &path, const QImage &picture)
{
    m_failed.remove(path);
    for (const int side : kSides) {
        auto *small = new QImage(scaled(picture, side));
        m_memory.insert(memoryKey(path, side), small, small->sizeInBytes());
    }
}

void Thumbnails::startSome()
{
    while (!m_waiting.empty() && m_running.size() < m_pool.maxThreadCount()) {
        const Request request = m_waiting.back();
        m_waiting.pop_back();
        m_running.insert(request.path, request.side);
        m_pool.start([this, request, folder = m_folder] {
            QByteArray look;
            const QImage image = make(folder, request.path, request.side, &look);
            QMetaObject::invokeMethod(
                this,
                [this, request, image, look] {
                    onDone(request.path, request.side, image);
                    if (!look.isEmpty())
                        Q_EMIT described(request.path, look);
                },
                Qt::QueuedConnection);
        });
    }
}

void Thumbnails::onDone(const QString &path, int side, const QImage &image)
{
    m_running.remove(path);
    if (image.isNull()) {
        m_failed.insert(path);
        Q_EMIT failed(path);
    } else {
        m_memory.insert(memoryKey(path, side), new QImage(image), image.sizeInBytes());
        Q_EMIT ready(path);
    }
    startSome();
}

} // namespace app
