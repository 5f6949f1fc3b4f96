// What picture files tell without decoding a pixel: PNG, JPEG and WebP containers.
#include "app/image_file.h"

#include "app/foreign_metadata.h"
#include "app/inflate.h"

#include <QDateTime>
#include <QFile>
#include <QFileInfo>
#include <QImageReader>
#include <QJsonDocument>
#include <QStringDecoder>
#include <QtEndian>

namespace app {

namespace {

constexpr qint64 kLargestText = 16 << 20;  ///< bytes; longer ones are passed over
constexpr qint64 kLargestTexts = 64 << 20; ///< of a file, together

quint32 big32(const QByteArray &bytes, qsizetype at)
{
    return qFromBigEndian<quint32>(bytes.constData() + at);
}

/// Text of an EXIF UserComment: eight bytes say the code, but not the order of UTF-16's bytes, on which programs
/// differ.
QString userComment(const QByteArray &value)
{
    const QByteArray code = value.left(8);
    const QByteArray text = value.mid(8);
    if (code.startsWith("UNICODE")) {
        qsizetype zerosFirst = 0;
        qsizetype zerosSecond = 0;
        for (qsizetype i = 0; i + 1 < text.size(); i += 2) {
            zerosFirst += text[i] == '\0';
            zerosSecond += text[i + 1] == '\0';
        }
        QStringDecoder decode(zerosSecond > zerosFirst ? QStringDecoder::Utf16LE : QStringDecoder::Utf16BE);
        return decode(text);
    }
    if (code.startsWith("ASCII") || code == QByteArray(8, '\0'))
        return QString::fromUtf8(text);
    return QString::fromUtf8(value);
}

/// UserComment and ImageDescription of a TIFF block, wherever they are.
class Exif
{
public:
    explicit Exif(const QByteArray &tiff)
        : m_tiff(tiff.startsWith(QByteArray("Exif\0\0", 6)) ? tiff.mid(6) : tiff), m_isLittle(m_tiff.startsWith("II"))
    {
    }

    [[nodiscard]] QList<QPair<QString, QString>> texts() const
    {
        QList<QPair<QString, QString>> found;
        if (m_tiff.size() < 8 || (!m_isLittle && !m_tiff.startsWith("MM")))
            return found;
        const qsizetype exif = read(qsizetype(u32(4)), found);
        if (exif > 0)
            read(exif, found);
        return found;
    }

private:
    quint32 u16(qsizetype at) const
    {
        if (at < 0 || at + 2 > m_tiff.size())
            return 0;
        const char *from = m_tiff.constData() + at;
        return m_isLittle ? qFromLittleEndian<quint16>(from) : qFromBigEndian<quint16>(from);
    }
    quint32 u32(qsizetype at) const
    {
        if (at < 0 || at + 4 > m_tiff.size())
            return 0;
        const char *from = m_tiff.constData() + at;
        return m_isLittle ? qFromLittleEndian<quint32>(from) : qFromBigEndian<quint32>(from);
    }
    /// One directory. \return where the EXIF directory is, 0 if it is not named here
    qsizetype read(qsizetype at, QList<QPair<QString, QString>> &found) const
    {
        qsizetype exif = 0;
        const qsizetype entries = qsizetype(u16(at));
        for (qsizetype i = 0; i < entries; ++i) {
            const qsizetype entry = at + 2 + 12 * i;
            if (entry + 12 > m_tiff.size())
                break;
            const quint32 tag = u16(entry);
            const qsizetype count = qsizetype(u32(entry + 4));
            const QByteArray value = m_tiff.mid(count <= 4 ? entry + 8 : qsizetype(u32(entry + 8)), count);
            if (tag == 0x8769)
                exif = qsizetype(u32(entry + 8));
            else if (tag == 0x927c && value.startsWith(QByteArray("tincture\0", 9))) // ours, in JPEG and WebP
                found.append({QStringLiteral("tincture"), QString::fromUtf8(value.mid(9))});
            else if (tag == 0x9286)
                found.append({QStringLiteral("UserComment"), userComment(value)});
            else if (tag == 0x010e)
                found.append({QStringLiteral("ImageDescription"), QString::fromUtf8(value.left(value.indexOf('\0')))});
        }
        return exif;
    }

    QByteArray m_tiff;
    bool m_isLittle;
};

/// Reads the parts of a file in order; remembers the first fault.
class Container
{
public:
    Container(QFile &file, PictureInfo &info) : m_file(file), m_info(info) {}

    void read()
    {
        const QByteArray head = m_file.peek(16);
        if (head.startsWith("\x89PNG\r\n\x1a\n"))
            readPng();
        else if (head.startsWith("\xff\xd8\xff"))
            readJpeg();
        else if (head.startsWith("RIFF") && head.mid(8, 4) == "WEBP")
            readWebp();
        else
            readOther();
    }

private:
    void fault(const QString &what)
    {
        if (m_info.fault.isEmpty())
            m_info.fault = what;
    }

    void readPng()
    {
        m_info.format = QStringLiteral("png");
        qint64 at = 8;
        m_file.seek(at);
        bool hasEnd = false;
        while (!hasEnd) {
            const QByteArray head = m_file.read(8);
            if (head.size() < 8)
                return fault(QStringLiteral("the file ends before its last part"));
            const qint64 length = big32(head, 0);
            const QByteArray type = head.mid(4);
            if (m_file.pos() + length + 4 > m_info.bytes)
                return fault(QStringLiteral("the part %1 is longer than the file").arg(QString::fromLatin1(type)));
            const bool isText = type == "tEXt" || type == "zTXt" || type == "iTXt" || type == "eXIf";
            const bool isWanted = isText || type == "IHDR";
            if (isText && (length > kLargestText || m_textBytes + length > kLargestTexts))
                fault(QStringLiteral("a text of %1 bytes was passed over").arg(length));
            else if (isWanted)
                readPngPart(type, m_file.read(length));
            hasEnd = type == "IEND";
            at += 12 + length;
            m_file.seek(at);
        }
    }

    void readPngPart(const QByteArray &type, const QByteArray &data)
    {
        if (type == "IHDR") {
            if (data.size() >= 8)
                m_info.size = QSize(int(big32(data, 0) & 0x7fffffff), int(big32(data, 4) & 0x7fffffff));
            return;
        }
        if (type == "eXIf") {
            addTexts(Exif(data).texts());
            return;
        }
        const qsizetype end = data.indexOf('\0');
        if (end < 1)
            return;
        const QString keyword = QString::fromLatin1(data.left(end));
        if (type == "tEXt") {
            addText(keyword, QString::fromLatin1(data.mid(end + 1)));
        } else if (type == "zTXt") {
            addText(keyword, QString::fromLatin1(inflated(data.mid(end + 2), kLargestText)));
        } else if (end + 3 <= data.size()) {
            const bool isPacked = data[end + 1] == '\1';
            const qsizetype language = data.indexOf('\0', end + 3);
            const qsizetype translated = language < 0 ? -1 : data.indexOf('\0', language + 1);
            if (translated < 0)
                return;
            const QByteArray text = data.mid(translated + 1);
            addText(keyword, QString::fromUtf8(isPacked ? inflated(text, kLargestText) : text));
        }
    }

    void readJpeg()
    {
        m_info.format = QStringLiteral("jpeg");
        qint64 at = 2;
        while (true) {
            m_file.seek(at);
            const QByteArray head = m_file.read(4);
            if (head.size() < 4)
                return fault(QStringLiteral("the file ends before its picture"));
            const auto marker = quint8(head[1]);
            if (quint8(head[0]) != 0xff)
                return fault(QStringLiteral("no marker at byte %1").arg(at));
            if (marker == 0xff) { // filling
                ++at;
                continue;
            }
            if (marker == 0xda || marker == 0xd9) // pixels, or the end
                return;
            const int length = qFromBigEndian<quint16>(head.constData() + 2);
            const bool isFrame = marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
            if (isFrame || marker == 0xe1 || marker == 0xfe) {
                const QByteArray data = m_file.read(length - 2);
                if (isFrame && data.size() >= 5)
                    m_info.size = QSize(qFromBigEndian<quint16>(data.constData() + 3),
                                        qFromBigEndian<quint16>(data.constData() + 1));
                else if (marker == 0xe1 && data.startsWith(QByteArray("Exif\0\0", 6)))
                    addTexts(Exif(data).texts());
                else if (marker == 0xe1 && data.startsWith("http://ns.adobe.com/xap/1.0/"))
                    addText(QStringLiteral("XML:com.adobe.xmp"), QString::fromUtf8(data.mid(29)));
                else if (marker == 0xfe)
                    addText(QStringLiteral("comment"), QString::fromUtf8(data));
            }
            at += 2 + std::max(length, 2);
        }
    }

    void readWebp()
    {
        m_info.format = QStringLiteral("webp");
        qint64 at = 12;
        while (at + 8 <= m_info.bytes) {
            m_file.seek(at);
            const QByteArray head = m_file.read(8);
            const qint64 length = qFromLittleEndian<quint32>(head.constData() + 4);
            if (at + 8 + length > m_info.bytes)
                return fault(
                    QStringLiteral("the part %1 is longer than the file").arg(QString::fromLatin1(head.left(4))));
            if (head.startsWith("EXIF") && length <= kLargestText)
                addTexts(Exif(m_file.read(length)).texts());
            else if (head.startsWith("XMP ") && length <= kLargestText)
                addText(QStringLiteral("XML:com.adobe.xmp"), QString::fromUtf8(m_file.read(length)));
            at += 8 + length + (length & 1);
        }
        readSize();
    }

    void readOther()
    {
        readSize();
        if (m_info.format.isEmpty())
            fault(QStringLiteral("no picture format that this program reads"));
    }

    /// Size by the header reader of the format.
    void readSize()
    {
        m_file.seek(0);
        QImageReader reader(&m_file);
        reader.setDecideFormatFromContent(true);
        if (!reader.canRead())
            return;
        m_info.size = reader.size();
        m_info.format = QString::fromLatin1(reader.format());
    }

    void addText(const QString &keyword, const QString &text)
    {
        m_textBytes += text.size();
        if (!text.isEmpty())
            m_info.texts.append({keyword, text});
    }
    void addTexts(const QList<QPair<QString, QString>> &texts)
    {
        for (const auto &[keyword, text] : texts)
            addText(keyword, text);
    }

    QFile &m_file;
    PictureInfo &m_info;
    qint64 m_textBytes = 0;
};

std::optional<Recipe> recipeOf(const QList<QPair<QString, QString>> &texts)
{
    for (const auto &[keyword, text] : texts) {
        if (keyword != QLatin1String("tincture"))
            continue;
        const QJsonDocument json = QJsonDocument::fromJson(text.toUtf8());
        if (std::optional<Recipe> recipe = recipeFromJson(json.object()))
            return recipe;
    }
    if (std::optional<Recipe> recipe = recipeFromForeign(texts))
        return recipe;
    for (const auto &[keyword, text] : texts) {
        if (keyword != QLatin1String("parameters") && keyword != QLatin1String("UserComment") &&
            keyword != QLatin1String("comment"))
            continue;
        if (std::optional<Recipe> recipe = recipeFromParameters(text))
            return recipe;
    }
    return std::nullopt;
}

} // namespace

PictureInfo readPictureInfo(const QString &path)
{
    PictureInfo info;
    info.path = path;
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) {
        info.fault = file.errorString();
        return info;
    }
    const QFileInfo about(path);
    info.bytes = file.size();
    info.modifiedMs = about.lastModified().toMSecsSinceEpoch();
    Container(file, info).read();
    info.recipe = recipeOf(info.texts);
    return info;
}

} // namespace app
