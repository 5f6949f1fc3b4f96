#include "app/picture_export.h"

#include "app/file_name.h"
#include "app/image_file.h"
#include "app/picture_exif.h"
#include "app/zip_writer.h"

#include <QBuffer>
#include <QCoreApplication>
#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QImageReader>
#include <QImageWriter>
#include <QPainter>
#include <QSet>

#include <algorithm>
#include <cmath>
#include <memory>

namespace app {

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(app::PictureExport)
};

/// Paths that are free: neither on the disk nor promised to a picture of this order.
class FreeNames
{
public:
    explicit FreeNames(const QString &folder) : m_folder(folder) {}

    /// "name.png", or "name-2.png" if there is one.
    QString take(const QString &name, const QString &ending)
    {
        QString free = name + ending;
        for (int number = 2; m_taken.contains(free) || (!m_folder.isEmpty() && QFileInfo::exists(path(free))); ++number)
            free = QStringLiteral("%1-%2%3").arg(name).arg(number).arg(ending);
        m_taken.insert(free);
        return free;
    }
    [[nodiscard]] QString path(const QString &name) const { return QDir(m_folder).filePath(name); }

private:
    QString m_folder; ///< empty: inside of a zip
    QSet<QString> m_taken;
};

Failure unreadable(const QString &file, const QString &details)
{
    return {.kind = engine::ErrorKind::FileUnreadable,
            .sentence = Failure::sentenceFor(engine::ErrorKind::FileUnreadable, file),
            .details = QStringLiteral("%1: %2").arg(file, details)};
}

/// A file name that was given for one of several pictures.
bool isNameOnly(const QString &pattern)
{
    return pattern.trimmed().isEmpty();
}

QImage resized(const QImage &image, const ExportOptions &options)
{
    QSize size = image.size();
    if (options.size == ExportSize::LongestSide) {
        if (std::max(size.width(), size.height()) <= options.longestSide)
            return image;
        size.scale(options.longestSide, options.longestSide, Qt::KeepAspectRatio);
    } else if (options.size == ExportSize::Percent) {
        size = (QSizeF(size) * options.percent / 100.0).toSize();
    } else {
        return image;
    }
    return image.scaled(size.expandedTo(QSize(1, 1)), Qt::IgnoreAspectRatio, Qt::SmoothTransformation);
}

QByteArray written(const QImage &image, const char *format, int quality)
{
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    QImageWriter writer(&buffer, format);
    writer.setQuality(quality);
    if (qstrcmp(format, "jpeg") == 0)
        writer.setOptimizedWrite(true);
    return writer.write(image) ? bytes : QByteArray();
}

QString bundleNameOf(const ExportOptions &options)
{
    if (!options.bundleName.trimmed().isEmpty())
        return pictureFileName(options.bundleName.trimmed(), {}, 1);
    const QString when = QDateTime::currentDateTime().toString(QStringLiteral("yyyy-MM-dd HHmm"));
    return QStringLiteral("Tincture %1").arg(when);
}

ExportResult exportSheet(const QStringList &files, const ExportOptions &options,
                         const std::function<void(int)> &progressed, const std::stop_token &stop)
{
    ExportResult result = {.asked = int(files.size())};
    const QString name = bundleNameOf(options);
    FreeNames names(options.folder);
    const ContactSheet sheet = {.files = files, .columns = options.columns, .caption = options.caption, .title = name};
    const SheetKind kind = options.as == ExportAs::SheetPdf ? SheetKind::Pdf : SheetKind::Png;
    const SheetResult drawn = drawContactSheet(sheet, kind, progressed, stop);
    for (const QString &file : drawn.unreadable)
        result.failures.append(unreadable(file, QStringLiteral("no picture that can be read")));
    result.wasCancelled = drawn.wasStopped;
    if (result.wasCancelled || drawn.bytes.isEmpty())
        return result;
    const QString path = names.path(names.take(name, exportEnding(options)));
    result.stopped = writeFileAtomically(path, drawn.bytes);
    if (!result.stopped) {
        result.written.append(path);
        result.pictures = drawn.pictures;
    }
    return result;
}

} // namespace

QStringList exportTokens()
{
    return {QStringLiteral("[name]"),
            QStringLiteral("[seq]"),
            QStringLiteral("[seed]"),
            QStringLiteral("[prompt_words]"),
            QStringLiteral("[model_name]"),
            QStringLiteral("[model_hash]"),
            QStringLiteral("[sampler]"),
            QStringLiteral("[scheduler]"),
            QStringLiteral("[steps]"),
            QStringLiteral("[cfg]"),
            QStringLiteral("[width]"),
            QStringLiteral("[height]"),
            QStringLiteral("[date]"),
            QStringLiteral("[datetime<yyyyMMddHHmmss>]"),
            QStringLiteral("[prompt_hash]"),
            QStringLiteral("[batch_number]"),
            QStringLiteral("[generation_number]"),
            QStringLiteral("[clip_skip]"),
            QStringLiteral("[denoising]")};
}

QString exportEnding(const ExportOptions &options)
{
    switch (options.as) {
    case ExportAs::Zip:
        return QStringLiteral(".zip");
    case ExportAs::SheetPdf:
        return QStringLiteral(".pdf");
    case ExportAs::SheetPng:
        return QStringLiteral(".png");
    case ExportAs::Files:
        break;
    }
    switch (options.format) {
    case ExportFormat::Png:
        return QStringLiteral(".png");
    case ExportFormat::Jpeg:
        return QStringLiteral(".jpg");
    case ExportFormat::Webp:
        return QStringLiteral(".webp");
    }
    return {};
}

QString exportName(const QString &pattern, const QString &file, const std::optional<Recipe> &recipe, int sequence)
{
    const QString own = QFileInfo(file).completeBaseName();
    if (isNameOnly(pattern))
        return own;
    // Other tokens may not act on what the old name holds.
    const QString mark(QChar(0xe000));
    QString tokens = pattern;
    tokens.replace(QLatin1String("[name]"), mark);
    const bool needsRecipe = [&] {
        QString rest = tokens;
        rest.remove(QLatin1String("[seq]")).remove(QLatin1String("[generation_number]"));
        return rest.contains(QLatin1Char('['));
    }();
    if (!recipe && needsRecipe)
        return own;
    QString name = pictureFileName(tokens, recipe.value_or(Recipe()), sequence);
    name.replace(mark, own);
    while (name.toUtf8().size() > 200)
        name.chop(1);
    return name;
}

QString exportSentence(const ExportResult &result)
{
    const int left = result.asked - result.pictures;
    if (result.stopped) {
        return result.pictures > 0 ? Words::tr("%1 %2 of %3 pictures were written.")
                                         .arg(result.stopped->sentence)
                                         .arg(result.pictures)
                                         .arg(result.asked)
                                   : Words::tr("%1 Nothing was written.").arg(result.stopped->sentence);
    }
    if (result.wasCancelled)
        return result.pictures > 0
                   ? Words::tr("Stopped: %1 of %2 pictures were written.").arg(result.pictures).arg(result.asked)
                   : Words::tr("Stopped: nothing was written.");
    if (result.pictures == 0 && !result.failures.isEmpty() && result.asked == 1)
        return result.failures.first().sentence;
    if (left > 0)
        return Words::tr("%1 of %2 pictures exported; %n could not be read.", nullptr, left)
            .arg(result.pictures)
            .arg(result.asked);
    return Words::tr("%n picture(s) exported", nullptr, result.pictures);
}

QByteArray encodeForExport(const QString &file, const ExportOptions &options, Failure *failure)
{
    QFile source(file);
    if (!source.open(QIODevice::ReadOnly)) {
        *failure = unreadable(file, source.errorString());
        return {};
    }
    QByteArray bytes = source.readAll();
    source.close();
    const bool isPng = bytes.startsWith("\x89PNG\r\n\x1a\n");
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::ReadOnly);
    QImageReader reader(&buffer);
    reader.setDecideFormatFromContent(true);
    reader.setAutoTransform(true);
    const QSize size = reader.size();
    QImage image = reader.read();
    if (image.isNull()) {
        *failure = unreadable(file, reader.errorString());
        if (size.isValid() && reader.error() == QImageReader::InvalidDataError && size.width() > 8192)
            failure->sentence = Words::tr("\"%1\" is too large to read (%2 × %3 pixels).")
                                    .arg(QFileInfo(file).fileName())
                                    .arg(size.width())
                                    .arg(size.height());
        return {};
    }
    // The picture as it is, to the last byte.
    if (options.format == ExportFormat::Png && isPng && options.keepsMetadata && resized(image, options).size() == size)
        return bytes;
    // A picture of its own: Qt would write the texts of the file it read into the new one.
    image = resized(toQImage(fromQImage(image)), options);
    const PictureInfo info = options.keepsMetadata ? readPictureInfo(file) : PictureInfo();
    QByteArray out;
    switch (options.format) {
    case ExportFormat::Png:
        // Pixels as they were; the texts of a PNG go along word for word, those of other files as a recipe.
        out = encodePicture(fromQImage(image), isPng ? std::nullopt : info.recipe);
        if (isPng && options.keepsMetadata)
            out = withPngTexts(out, info.texts);
        break;
    case ExportFormat::Jpeg:
        if (image.hasAlphaChannel()) { // JPEG has none: on white, as on paper
            QImage paper(image.size(), QImage::Format_RGB32);
            paper.fill(Qt::white);
            QPainter(&paper).drawImage(0, 0, image);
            image = paper;
        }
        out = written(image, "jpeg", options.quality);
        if (info.recipe)
            out = withJpegExif(out, exifOf(*info.recipe));
        break;
    case ExportFormat::Webp:
        // Qt takes quality 100 for lossless.
        out = written(image, "webp", options.isLossless ? 100 : std::min(options.quality, 99));
        if (info.recipe)
            out = withWebpExif(out, exifOf(*info.recipe));
        break;
    }
    if (out.isEmpty()) {
        *failure = {.kind = engine::ErrorKind::Internal,
                    .sentence = Words::tr("\"%1\" cannot be written in this format (%2 × %3 pixels).")
                                    .arg(QFileInfo(file).fileName())
                                    .arg(image.width())
                                    .arg(image.height()),
                    .details = file};
    }
    return out;
}

ExportResult exportPictures(const QStringList &files, const ExportOptions &options,
                            const std::function<void(int)> &progressed, const std::stop_token &stop)
{
    if (options.as == ExportAs::SheetPdf || options.as == ExportAs::SheetPng)
        return exportSheet(files, options, progressed, stop);
    ExportResult result = {.asked = int(files.size())};
    const bool isZip = options.as == ExportAs::Zip;
    ExportOptions each = options;
    each.as = ExportAs::Files;
    FreeNames bundle(options.folder);
    FreeNames names(isZip ? QString() : options.folder);
    const QString zipPath = isZip ? bundle.path(bundle.take(bundleNameOf(options), exportEnding(options))) : QString();
    std::unique_ptr<ZipWriter> zip = isZip ? std::make_unique<ZipWriter>(zipPath) : nullptr;
    int sequence = std::max(1, isZip ? 1 : nextSequence(options.folder));
    int inZip = 0;
    int done = 0;
    for (const QString &file : files) {
        if (stop.stop_requested()) {
            result.wasCancelled = true;
            return result;
        }
        Failure failure;
        const QByteArray bytes = encodeForExport(file, each, &failure);
        if (bytes.isEmpty()) {
            result.failures.append(failure);
            progressed(++done);
            continue;
        }
        const QString name =
            names.take(exportName(options.pattern, file, readPictureInfo(file).recipe, sequence++), exportEnding(each));
        if (isZip) {
            result.stopped = zip->add(name, bytes, QFileInfo(file).lastModified());
            inZip += result.stopped ? 0 : 1;
        } else if (result.stopped = writeFileAtomically(names.path(name), bytes); !result.stopped) {
            result.written.append(names.path(name));
            ++result.pictures;
        }
        if (result.stopped)
            return result; // what follows has no place either
        progressed(++done);
    }
    if (isZip && inZip > 0) {
        result.stopped = zip->finish();
        if (!result.stopped) {
            result.written.append(zipPath);
            result.pictures = inZip;
        }
    }
    return result;
}

ExportResult exportPlotSheet(const PlotSheet &sheet, SheetKind kind, const QString &path,
                             const std::function<void(int)> &progressed, const std::stop_token &stop)
{
    QStringList files = sheet.files;
    files.removeAll(QString());
    ExportResult result = {.asked = int(files.size())};
    const SheetResult drawn = drawPlotSheet(sheet, kind, progressed, stop);
    for (const QString &file : drawn.unreadable)
        result.failures.append(unreadable(file, QStringLiteral("no picture that can be read")));
    result.wasCancelled = drawn.wasStopped;
    if (result.wasCancelled || drawn.bytes.isEmpty())
        return result;
    const QFileInfo info(path);
    FreeNames names(info.absolutePath());
    const QString free = names.path(names.take(info.completeBaseName(), QLatin1Char('.') + info.suffix()));
    result.stopped = writeFileAtomically(free, drawn.bytes);
    if (!result.stopped) {
        result.written.append(free);
        result.pictures = drawn.pictures;
    }
    return result;
}

PictureExporter::PictureExporter(QObject *parent) : QObject(parent)
{
    m_pool.setMaxThreadCount(1);
}

PictureExporter::~PictureExporter()
{
    for (const auto &stop : std::as_const(m_stops))
        stop->request_stop();
    m_pool.waitForDone();
}

int PictureExporter::start(const QStringList &files, const ExportOptions &options)
{
    return run(int(files.size()), [files, options](const auto &progressed, const auto &stop) {
        return exportPictures(files, options, progressed, stop);
    });
}

int PictureExporter::startSheet(const PlotSheet &sheet, SheetKind kind, const QString &path)
{
    return run(int(sheet.files.size()), [sheet, kind, path](const auto &progressed, const auto &stop) {
        return exportPlotSheet(sheet, kind, path, progressed, stop);
    });
}

int PictureExporter::run(int total, Work work)
{
    const int order = ++m_last;
    auto source = std::make_shared<std::stop_source>();
    m_stops.insert(order, source);
    m_pool.start([this, order, total, source, work = std::move(work)] {
        const auto progressed = [this, order, total](int done) {
            QMetaObject::invokeMethod(
                this, [this, order, done, total] { Q_EMIT this->progressed(order, done, total); },
                Qt::QueuedConnection);
        };
        const ExportResult result = work(progressed, source->get_token());
        QMetaObject::invokeMethod(
            this,
            [this, order, result] {
                m_stops.remove(order);
                Q_EMIT finished(order, result);
            },
            Qt::QueuedConnection);
    });
    return order;
}

void PictureExporter::cancel(int order)
{
    if (const auto stop = m_stops.value(order))
        stop->request_stop();
}

} // namespace app
