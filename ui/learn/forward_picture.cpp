#include "ui/learn/forward_picture.h"

#include "app/image_file.h"
#include "app/large_picture.h"
#include "engine/forward_process.h"
#include "ui/gallery/picture_loader.h"

#include <QFileInfo>
#include <QImageReader>

namespace ui {

namespace {

constexpr qint64 kReadPixels = 16LL * kForwardSide * kForwardSide; ///< more are made fewer while they are read
constexpr qint64 kWholePixels = 120'000'000;                       ///< most that are read of kinds that cannot be

/// Large ones at a fraction of their size, so that a photo of 20,000 pixels takes a second and little memory.
app::LargePicture readReduced(const QString &path)
{
    const app::LargePicture read = app::readLargePicture(path, kReadPixels);
    return read.isTooLarge ? app::readLargePicture(path, kWholePixels) : read; // interlaced
}

ForwardPicture readPicture(const QString &path, QString *problem)
{
    ForwardPicture picture{.path = path, .name = QFileInfo(path).fileName()};
    const app::LargePicture read = readReduced(path);
    if (read.image.isNull()) {
        if (read.isTooLarge || !read.size.isValid())
            *problem = unreadableReason(path);
        if (problem->isEmpty())
            *problem = ForwardPictureLoader::tr("Cannot read \"%1\". The file is damaged.").arg(picture.name);
        return picture;
    }
    picture.fullSize = read.size;
    QImage image = read.image;
    const QSize target(kForwardSide, kForwardSide);
    if (image.width() > kForwardSide || image.height() > kForwardSide)
        image = image.scaled(image.size().scaled(target, Qt::KeepAspectRatio).expandedTo({1, 1}), Qt::IgnoreAspectRatio,
                             Qt::SmoothTransformation);
    picture.pixels = engine::pictureArray(app::fromQImage(image));
    picture.image = QImage(image.size(), QImage::Format_RGB32);
    const engine::LatentMap same{.factors = {1, 0, 0, 0, 1, 0, 0, 0, 1}, .bias = {0, 0, 0}, .scale = 1};
    engine::mappedPixels(picture.pixels, same, reinterpret_cast<std::uint32_t *>(picture.image.bits()));
    return picture;
}

} // namespace

ForwardPictureLoader::ForwardPictureLoader(QObject *parent)
    : QObject(parent), m_newest(std::make_shared<std::atomic<int>>(0))
{
    m_pool.setMaxThreadCount(1);
    constexpr int kMostMegabytes = 512;
    if (QImageReader::allocationLimit() < kMostMegabytes)
        QImageReader::setAllocationLimit(kMostMegabytes);
}

ForwardPictureLoader::~ForwardPictureLoader()
{
    ++*m_newest;
    m_pool.waitForDone();
}

void ForwardPictureLoader::load(const QString &path)
{
    const int number = ++*m_newest;
    m_isLoading = true;
    m_pool.start([this, path, number, newest = m_newest] {
        if (*newest != number)
            return;
        QString problem;
        const ForwardPicture picture = readPicture(path, &problem);
        QMetaObject::invokeMethod(
            this,
            [this, picture, problem, number] {
                if (*m_newest != number)
                    return;
                m_isLoading = false;
                if (problem.isEmpty())
                    Q_EMIT loaded(picture);
                else
                    Q_EMIT failed(problem);
            },
            Qt::QueuedConnection);
    });
}

} // namespace ui
