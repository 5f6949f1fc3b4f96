#include "ui/gallery/picture_loader.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QImageReader>
#include <QLocale>

namespace ui {

namespace {

constexpr int kKeptKilobytes = 96 << 10;
constexpr qint64 kMostPixels = 120'000'000; ///< half a gigabyte; larger pictures are not opened
constexpr int kMostMegabytes = 512;

QString sentence(const char *text)
{
    return QCoreApplication::translate("ui::PictureLoader", text);
}

QString tooLarge(const QString &name, QSize size)
{
    const QLocale locale;
    return sentence(QT_TRANSLATE_NOOP("ui::PictureLoader",
                                      "\"%1\" is too large to show: %2 × %3 pixels. Make a smaller copy of it."))
        .arg(name, locale.toString(size.width()), locale.toString(size.height()));
}

/// \return null with a sentence, or the picture
QImage read(const QString &path, QString *problem)
{
    const QFileInfo file(path);
    QImageReader reader(path);
    reader.setDecideFormatFromContent(true);
    reader.setAutoTransform(true);
    const QSize size = reader.size();
    const bool isHuge = qint64(size.width()) * size.height() > kMostPixels;
    if (isHuge && reader.format() != "jpeg") {
        *problem = tooLarge(file.fileName(), size);
        return {};
    }
    if (isHuge) // JPEG decodes to a smaller size without the large one in between
        reader.setScaledSize(size.scaled(8192, 8192, Qt::KeepAspectRatio));
    const QImage image = reader.read();
    if (image.isNull())
        *problem = unreadableReason(path);
    if (image.isNull() && problem->isEmpty())
        *problem = sentence(QT_TRANSLATE_NOOP("ui::PictureLoader", "Cannot read \"%1\". The file is damaged."))
                       .arg(file.fileName());
    return image;
}

} // namespace

QString unreadableReason(const QString &path)
{
    const QFileInfo file(path);
    if (!file.exists())
        return sentence(QT_TRANSLATE_NOOP("ui::PictureLoader",
                                          "\"%1\" is not there any more. Bring the file back, or press Delete to "
                                          "take it out of the gallery."))
            .arg(file.fileName());
    if (!file.isReadable())
        return sentence(
                   QT_TRANSLATE_NOOP("ui::PictureLoader", "You may not read \"%1\". Change the rights of the file."))
            .arg(file.fileName());
    if (file.size() == 0)
        return sentence(QT_TRANSLATE_NOOP("ui::PictureLoader", "\"%1\" is empty.")).arg(file.fileName());
    QImageReader reader(path);
    reader.setDecideFormatFromContent(true);
    if (!reader.canRead())
        return sentence(QT_TRANSLATE_NOOP("ui::PictureLoader", "\"%1\" is no picture that Tincture can read."))
            .arg(file.fileName());
    const QSize size = reader.size();
    if (qint64(size.width()) * size.height() > kMostPixels && reader.format() != "jpeg")
        return tooLarge(file.fileName(), size);
    reader.setScaledSize(QSize(8, 8));
    if (reader.read().isNull())
        return sentence(QT_TRANSLATE_NOOP("ui::PictureLoader",
                                          "\"%1\" is damaged: part of the file is missing. Copy it here again."))
            .arg(file.fileName());
    return {};
}

bool isPictureFile(const QString &path)
{
    static const QList<QByteArray> endings = {"png", "jpg", "jpeg", "webp", "avif", "jxl"};
    const QByteArray ending = QFileInfo(path).suffix().toLower().toLatin1();
    return endings.contains(ending) && QImageReader::supportedImageFormats().contains(ending);
}

PictureLoader::PictureLoader(QObject *parent)
    : QObject(parent), m_newest(std::make_shared<std::atomic<int>>(0)), m_kept(kKeptKilobytes)
{
    m_pool.setMaxThreadCount(1);
    if (QImageReader::allocationLimit() < kMostMegabytes)
        QImageReader::setAllocationLimit(kMostMegabytes);
}

PictureLoader::~PictureLoader()
{
    ++*m_newest;
    m_pool.waitForDone();
}

QImage PictureLoader::load(const QString &path)
{
    ++*m_newest;
    m_wanted = path;
    if (const QImage *kept = m_kept.object(path))
        return *kept;
    if (!m_running.contains(path))
        start(path, Purpose::Show);
    return {};
}

void PictureLoader::prefetch(const QStringList &paths)
{
    for (const QString &path : paths) {
        if (!path.isEmpty() && !m_kept.contains(path) && !m_running.contains(path))
            start(path, Purpose::Keep);
    }
}

void PictureLoader::start(const QString &path, Purpose purpose)
{
    m_running.insert(path);
    const int number = *m_newest;
    m_pool.start(
        [this, path, number, newest = m_newest] {
            QString problem;
            const bool isStale = *newest != number;
            QImage image = isStale ? QImage() : read(path, &problem);
            // As the canvas paints it, so that no conversion is left for the UI thread.
            if (!image.isNull())
                image.convertTo(image.hasAlphaChannel() ? QImage::Format_ARGB32_Premultiplied : QImage::Format_RGB32);
            QMetaObject::invokeMethod(
                this, [this, path, image, problem] { onDone(path, image, problem); }, Qt::QueuedConnection);
        },
        purpose == Purpose::Show ? 1 : 0);
}

void PictureLoader::onDone(const QString &path, const QImage &image, const QString &problem)
{
    m_running.remove(path);
    if (!image.isNull())
        m_kept.insert(path, new QImage(image), image.sizeInBytes() / 1024 + 1);
    if (path != m_wanted)
        return;
    if (!image.isNull())
        Q_EMIT loaded(path, image);
    else if (!problem.isEmpty())
        Q_EMIT failed(path, problem);
    else
        start(path, Purpose::Show); // it was dropped as stale, and is wanted again
}

} // namespace ui
