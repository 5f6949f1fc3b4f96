#include "app/image_file.h"

#include <QBuffer>
#include <QColorSpace>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QImageReader>
#include <QJsonDocument>
#include <QtEndian>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>
#include <zlib.h>

namespace app {

namespace {

/// QImage over the pixels of `image`, which must live longer.
QImage viewOf(const engine::Image &image)
{
    QImage::Format format = QImage::Format_RGB888;
    if (image.channels == 1)
        format = QImage::Format_Grayscale8;
    else if (image.channels == 4)
        format = QImage::Format_RGBA8888;
    const std::size_t bytes =
        std::size_t(std::max(image.width, 0)) * std::size_t(std::max(image.height, 0)) * std::size_t(image.channels);
    if (bytes == 0 || image.pixels.size() < bytes)
        return {};
    return QImage(image.pixels.data(), image.width, image.height, qsizetype(image.width) * image.channels, format);
}

QByteArray pngChunk(const char *type, const QByteArray &data)
{
    QByteArray chunk(8, '\0');
    qToBigEndian(quint32(data.size()), chunk.data());
    std::memcpy(chunk.data() + 4, type, 4);
    chunk += data;
    const uLong sum = crc32(0, reinterpret_cast<const Bytef *>(chunk.constData()) + 4, uInt(chunk.size() - 4));
    QByteArray tail(4, '\0');
    qToBigEndian(quint32(sum), tail.data());
    return chunk + tail;
}

/// tEXt where Latin-1 holds the text (what every reader understands), else iTXt in UTF-8.
QByteArray textChunk(const QByteArray &keyword, const QString &text)
{
    bool isLatin1 = true;
    for (const QChar c : text) {
        const char16_t code = c.unicode();
        isLatin1 = isLatin1 && code != 0 && code < 0x100 && (code < 0x7f || code >= 0xa0);
    }
    if (isLatin1)
        return pngChunk("tEXt", keyword + '\0' + text.toLatin1());
    QString clean = text;
    clean.remove(QChar(u'\0'));
    return pngChunk("iTXt", keyword + QByteArray(5, '\0') + clean.toUtf8());
}

Failure writeFailure(const QString &path, const char *what, int error)
{
    return {
        .kind = engine::ErrorKind::DiskFull,
        .sentence = Failure::sentenceFor(engine::ErrorKind::DiskFull, path),
        .details =
            QStringLiteral("%1: %2: %3").arg(path, QLatin1String(what), QString::fromLocal8Bit(std::strerror(error)))};
}

/// Closes and, unless kept, removes the file it was given.
class TemporaryFile
{
public:
    explicit TemporaryFile(const QByteArray &path)
        : m_path(path), m_file(::open(path.constData(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644))
    {
    }
    ~TemporaryFile()
    {
        if (m_file < 0)
            return;
        close();
        if (!m_isKept)
            ::unlink(m_path.constData());
    }
    TemporaryFile(const TemporaryFile &) = delete;
    TemporaryFile &operator=(const TemporaryFile &) = delete;

    [[nodiscard]] bool isOpen() const { return m_file >= 0; }
    [[nodiscard]] bool write(const QByteArray &bytes) const
    {
        qsizetype done = 0;
        while (done < bytes.size()) {
            const ssize_t written = ::write(m_file, bytes.constData() + done, std::size_t(bytes.size() - done));
            if (written < 0 && errno == EINTR)
                continue;
            if (written <= 0)
                return false;
            done += written;
        }
        return true;
    }
    [[nodiscard]] bool flush() const { return ::fsync(m_file) == 0; }
    bool close()
    {
        if (m_isClosed)
            return true;
        m_isClosed = true;
        return ::close(m_file) == 0;
    }
    void keep() { m_isKept = true; }

private:
    QByteArray m_path;
    int m_file = -1;
    bool m_isClosed = false;
    bool m_isKept = false;
};

} // namespace

QImage toQImage(const engine::Image &image)
{
    const QImage view = viewOf(image);
    if (view.isNull())
        return {};
    // The formats that painting takes without converting each time.
    if (image.channels == 1)
        return view.copy();
    return view.convertToFormat(image.channels == 4 ? QImage::Format_ARGB32 : QImage::Format_RGB32);
}

engine::Image fromQImage(const QImage &image)
{
    if (image.isNull())
        return {};
    QImage source = image;
    if (source.colorSpace().isValid() && source.colorSpace() != QColorSpace(QColorSpace::SRgb))
        source.convertToColorSpace(QColorSpace(QColorSpace::SRgb));
    engine::Image out;
    if (source.hasAlphaChannel()) {
        out.channels = 4;
        source = source.convertToFormat(QImage::Format_RGBA8888);
    } else if (source.format() == QImage::Format_Grayscale8 || source.format() == QImage::Format_Grayscale16) {
        out.channels = 1;
        source = source.convertToFormat(QImage::Format_Grayscale8);
    } else {
        source = source.convertToFormat(QImage::Format_RGB888);
    }
    out.width = source.width();
    out.height = source.height();
    const std::size_t row = std::size_t(out.width) * std::size_t(out.channels);
    out.pixels.resize(row * std::size_t(out.height));
    for (int y = 0; y < out.height; ++y)
        std::memcpy(out.pixels.data() + row * std::size_t(y), source.constScanLine(y), row);
    return out;
}

engine::Image readImage(const QString &path, Failure *failure)
{
    QImageReader reader(path);
    reader.setDecideFormatFromContent(true);
    reader.setAutoTransform(true);
    const QImage image = reader.read();
    if (image.isNull() && failure) {
        failure->kind = engine::ErrorKind::FileUnreadable;
        failure->sentence = Failure::sentenceFor(failure->kind, path);
        failure->details = QStringLiteral("%1: %2").arg(path, reader.errorString());
    }
    return fromQImage(image);
}

QByteArray encodePicture(const engine::Image &image, const std::optional<Recipe> &recipe)
{
    const QImage view = viewOf(image);
    if (view.isNull())
        return {};
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    if (!view.save(&buffer, "PNG"))
        return {};
    buffer.close();
    if (recipe) {
        QJsonObject json = recipeToJson(*recipe);
        json[QStringLiteral("format")] = 1;
        const QByteArray compact = QJsonDocument(json).toJson(QJsonDocument::Compact);
        const QByteArray texts = textChunk("parameters", recipeToParameters(*recipe)) +
                                 pngChunk("iTXt", QByteArray("tincture") + QByteArray(5, '\0') + compact);
        constexpr qsizetype kBehindHeader = 8 + 25; // signature and IHDR
        bytes.insert(kBehindHeader, texts);
    }
    return bytes;
}

QByteArray withPngTexts(const QByteArray &png, const QList<QPair<QString, QString>> &texts)
{
    constexpr qsizetype kBehindHeader = 8 + 25; // signature and IHDR
    if (png.size() < kBehindHeader)
        return png;
    QByteArray chunks;
    for (const auto &[keyword, text] : texts)
        chunks += textChunk(keyword.toLatin1().left(79), text);
    QByteArray out = png;
    return out.insert(kBehindHeader, chunks);
}

std::optional<Failure> writeFileAtomically(const QString &path, const QByteArray &bytes)
{
    const QFileInfo info(path);
    const QString folder = info.absolutePath();
    if (!QDir().mkpath(folder))
        return writeFailure(folder, "cannot make the folder", errno);
    const QByteArray target = QFile::encodeName(info.absoluteFilePath());
    const QByteArray name =
        QFile::encodeName(QStringLiteral("%1/.%2.%3.tincture-part").arg(folder, info.fileName()).arg(::getpid()));
    {
        TemporaryFile file(name);
        if (!file.isOpen())
            return writeFailure(path, "cannot make a file beside it", errno);
        if (!file.write(bytes))
            return writeFailure(path, "cannot write", errno);
        if (!file.flush())
            return writeFailure(path, "cannot flush to the disk", errno);
        if (!file.close())
            return writeFailure(path, "cannot close", errno);
        if (::rename(name.constData(), target.constData()) != 0)
            return writeFailure(path, "cannot rename", errno);
        file.keep();
    }
    // The name itself is on the disk only when the folder is.
    const int directory = ::open(QFile::encodeName(folder).constData(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory >= 0) {
        ::fsync(directory);
        ::close(directory);
    }
    return std::nullopt;
}

bool copyFile(const QString &from, const QString &to)
{
    const QString there = QFileInfo(to).canonicalFilePath();
    if (!there.isEmpty() && there == QFileInfo(from).canonicalFilePath())
        return true;
    const QString part = to + QStringLiteral(".part");
    QFile::remove(part); // of a copy that was cut short
    const bool isCopied = QFile::copy(from, part) &&
                          ::rename(QFile::encodeName(part).constData(), QFile::encodeName(to).constData()) == 0;
    if (!isCopied)
        QFile::remove(part);
    return isCopied;
}

std::optional<Failure> writePicture(const QString &path, const engine::Image &image, const Recipe &recipe)
{
    const QByteArray bytes = encodePicture(image, recipe);
    if (bytes.isEmpty()) {
        return Failure{.kind = engine::ErrorKind::Internal,
                       .sentence = Failure::sentenceFor(engine::ErrorKind::Internal, path),
                       .details = QStringLiteral("%1: a picture of %2x%3 with %4 channels cannot be written as PNG")
                                      .arg(path)
                                      .arg(image.width)
                                      .arg(image.height)
                                      .arg(image.channels)};
    }
    return writeFileAtomically(path, bytes);
}

} // namespace app
