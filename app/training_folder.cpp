#include "app/training_folder.h"

#include "engine/error.h"
#include "engine/training_pictures.h"

#include <QCoreApplication>
#include <QDir>
#include <QElapsedTimer>
#include <QFileInfo>
#include <QImageReader>

#include <algorithm>
#include <functional>
#include <vector>

namespace app {

namespace {

constexpr int kExamples = 6;
constexpr int kExampleFiles = 24;
constexpr int kExampleSide = 96;
constexpr int kLookedSide = 64; ///< pictures are decoded about this small: JPEG is much faster then
constexpr qint64 kReportMs = 200;

QString tr(const char *text)
{
    return QCoreApplication::translate("app::TrainingFolder", text);
}

QImage square(const QImage &image, int side)
{
    const int shorter = std::min(image.width(), image.height());
    return image.copy((image.width() - shorter) / 2, (image.height() - shorter) / 2, shorter, shorter)
        .scaled(side, side, Qt::KeepAspectRatio, Qt::SmoothTransformation)
        .convertToFormat(QImage::Format_ARGB32_Premultiplied);
}

QString reasonOf(const QString &file, const QImageReader &reader)
{
    const QFileInfo info(file);
    if (!info.exists())
        return tr("It is not there any more.");
    if (info.size() == 0)
        return tr("It is empty.");
    if (!info.isReadable())
        return tr("You may not read it.");
    switch (reader.error()) {
    case QImageReader::UnsupportedFormatError:
        return tr("It is no picture, whatever its name says.");
    case QImageReader::InvalidDataError:
        return tr("It is damaged.");
    default:
        return tr("It cannot be read to its end.");
    }
}

void note(TrainingFolderContents &contents, const engine::TrainingPicture &picture, bool isExample)
{
    const QString file = QString::fromStdString(picture.file.string());
    QImageReader reader(file);
    reader.setDecideFormatFromContent(true);
    const QSize size = reader.size();
    if (size.isValid() && std::min(size.width(), size.height()) > 2 * kLookedSide)
        reader.setScaledSize(size.scaled(2 * kLookedSide, 2 * kLookedSide, Qt::KeepAspectRatioByExpanding));
    const QImage image = reader.read();
    ++contents.looked;
    if (image.isNull()) {
        contents.broken.append({file, reasonOf(file, reader)});
        return;
    }
    const QSize whole = size.isValid() ? size : image.size();
    const int side = std::min(whole.width(), whole.height());
    contents.smallestSide = contents.smallestSide == 0 ? side : std::min(contents.smallestSide, side);
    contents.largestSide = std::max(contents.largestSide, side);
    contents.isSquare += whole.width() == whole.height();
    if (contents.exampleFiles.size() < kExampleFiles)
        contents.exampleFiles.append(file);
    if (isExample)
        contents.examples.append(square(image, kExampleSide));
}

/// Called in the pool. \param show  hands on how far it is
void look(TrainingFolderContents contents, const std::atomic<bool> &stop,
          const std::function<void(const TrainingFolderContents &, bool isLast)> &show)
{
    const QString name = QDir(contents.folder).dirName();
    std::vector<engine::TrainingPicture> pictures;
    try {
        pictures = engine::findPictures(contents.folder.toStdString());
    } catch (const engine::Error &error) {
        if (error.kind == engine::ErrorKind::BadRequest)
            contents.fault =
                tr("There are no pictures in \"%1\". Choose a folder with PNG, JPEG or WebP files.").arg(name);
        else if (error.kind == engine::ErrorKind::NotACheckpoint)
            contents.fault = tr("\"%1\" has a line that is no JSON object. Mend or remove it.")
                                 .arg(QFileInfo(QString::fromStdString(error.subject)).fileName());
        else if (!QFileInfo::exists(contents.folder))
            contents.fault = tr("The folder \"%1\" is not there any more. Choose another one.").arg(name);
        else
            contents.fault =
                tr("You may not read the folder \"%1\". Change its rights or choose another one.").arg(name);
        show(contents, true);
        return;
    } catch (const std::exception &error) {
        contents.fault = tr("The folder \"%1\" cannot be read to its end. Choose another one.").arg(name);
        show(contents, true);
        return;
    }
    contents.pictures = int(pictures.size());
    qint64 words = 0;
    for (const engine::TrainingPicture &picture : pictures) {
        if (picture.captions.empty())
            continue;
        ++contents.captioned;
        const QString caption = QString::fromStdString(picture.captions.front().text);
        words += caption.split(QLatin1Char(' '), Qt::SkipEmptyParts).size();
        if (contents.exampleCaptions.size() < 4 && !contents.exampleCaptions.contains(caption))
            contents.exampleCaptions.append(caption);
    }
    contents.captionWords = contents.captioned > 0 ? double(words) / contents.captioned : 0.0;
    show(contents, false);

    QElapsedTimer sinceShown;
    sinceShown.start();
    const std::size_t stride = std::max<std::size_t>(1, pictures.size() / kExamples);
    for (std::size_t i = 0; i < pictures.size() && !stop; ++i) {
        note(contents, pictures[i], i % stride == 0 && contents.examples.size() < kExamples);
        if (sinceShown.elapsed() >= kReportMs && i + 1 < pictures.size()) {
            show(contents, false);
            sinceShown.restart();
        }
    }
    if (stop)
        return;
    if (!QFileInfo::exists(contents.folder))
        contents.fault = tr("The folder \"%1\" is not there any more. Choose another one.").arg(name);
    else if (contents.usable() == 0)
        contents.fault = tr("None of the pictures in \"%1\" can be read. Choose another folder.").arg(name);
    show(contents, true);
}

} // namespace

TrainingFolder::TrainingFolder(QObject *parent) : QObject(parent)
{
    m_pool.setMaxThreadCount(1);
}

TrainingFolder::~TrainingFolder()
{
    if (m_stop)
        *m_stop = true;
    m_pool.waitForDone();
}

void TrainingFolder::setFolder(const QString &folder)
{
    if (m_stop)
        *m_stop = true;
    m_contents = {};
    m_contents.folder = folder;
    m_isLooking = !folder.isEmpty();
    if (folder.isEmpty()) {
        Q_EMIT changed();
        return;
    }
    m_stop = std::make_shared<std::atomic<bool>>(false);
    m_pool.start([this, stop = m_stop, contents = m_contents] {
        look(contents, *stop, [this, &stop](const TrainingFolderContents &seen, bool isLast) {
            QMetaObject::invokeMethod(
                this,
                [this, stop, seen, isLast] {
                    if (*stop)
                        return;
                    m_contents = seen;
                    m_isLooking = !isLast;
                    Q_EMIT changed();
                },
                Qt::QueuedConnection);
        });
    });
    Q_EMIT changed();
}

} // namespace app
