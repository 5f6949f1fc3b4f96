#include "app/picture_exif.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QSize>
#include <QStringEncoder>
#include <QtEndian>

namespace app {

namespace {

constexpr qsizetype kLargestSegment = 65533; // of a JPEG, behind its length
constexpr quint16 kUndefined = 7;
constexpr quint16 kAscii = 2;
constexpr quint16 kLong = 4;

void put16(QByteArray &to, quint16 value)
{
    char bytes[2];
    qToBigEndian(value, bytes);
    to.append(bytes, 2);
}

void put32(QByteArray &to, quint32 value)
{
    char bytes[4];
    qToBigEndian(value, bytes);
    to.append(bytes, 4);
}

struct Field
{
    quint16 tag;
    quint16 type;
    QByteArray value;
};

/// A directory at `offset` of the block, its values behind it.
QByteArray directory(const QList<Field> &fields, quint32 offset)
{
    QByteArray entries;
    QByteArray values;
    put16(entries, quint16(fields.size()));
    const quint32 behind = offset + 2 + 12 * quint32(fields.size()) + 4;
    for (const Field &field : fields) {
        put16(entries, field.tag);
        put16(entries, field.type);
        put32(entries, field.type == kLong ? 1 : quint32(field.value.size()));
        if (field.value.size() <= 4) {
            entries += field.value.leftJustified(4, '\0');
            continue;
        }
        put32(entries, behind + quint32(values.size()));
        values += field.value;
        if (values.size() % 2 != 0)
            values += '\0';
    }
    put32(entries, 0); // no further directory
    return entries + values;
}

QByteArray blockOf(const QByteArray &comment, const QByteArray &note)
{
    constexpr quint32 kHeader = 8;
    QList<Field> first = {{0x0131, kAscii, QByteArray("Tincture\0", 9)}, {0x8769, kLong, QByteArray(4, '\0')}};
    const quint32 second = kHeader + quint32(directory(first, kHeader).size());
    first[1].value.clear();
    put32(first[1].value, second);
    QList<Field> details;
    if (!note.isEmpty())
        details.append({0x927c, kUndefined, note});
    details.append({0x9286, kUndefined, comment});
    QByteArray block("MM\0*", 4);
    put32(block, kHeader);
    return block + directory(first, kHeader) + directory(details, second);
}

QByteArray little32(quint32 value)
{
    QByteArray bytes(4, '\0');
    qToLittleEndian(value, bytes.data());
    return bytes;
}

QByteArray riffChunk(const char *type, const QByteArray &data)
{
    QByteArray chunk = QByteArray(type, 4) + little32(quint32(data.size())) + data;
    if (data.size() % 2 != 0)
        chunk += '\0';
    return chunk;
}

} // namespace

QByteArray exifOf(const Recipe &recipe)
{
    QStringEncoder utf16(QStringEncoder::Utf16BE);
    const QByteArray comment = QByteArray("UNICODE\0", 8) + QByteArray(utf16(recipeToParameters(recipe)));
    QJsonObject json = recipeToJson(recipe);
    json[QStringLiteral("format")] = 1;
    const QByteArray note = QByteArray("tincture\0", 9) + QJsonDocument(json).toJson(QJsonDocument::Compact);
    const QByteArray whole = blockOf(comment, note);
    constexpr qsizetype kMark = 6; // "Exif" and two zeros before it
    if (whole.size() + kMark <= kLargestSegment)
        return whole;
    const QByteArray small = blockOf(comment, {});
    return small.size() + kMark <= kLargestSegment ? small : QByteArray();
}

QByteArray withJpegExif(const QByteArray &jpeg, const QByteArray &exif)
{
    if (exif.isEmpty() || !jpeg.startsWith("\xff\xd8"))
        return jpeg;
    qsizetype at = 2;
    if (jpeg.mid(2, 2) == "\xff\xe0" && jpeg.size() > 6) // JFIF's own part comes first
        at += 2 + qFromBigEndian<quint16>(jpeg.constData() + 4);
    QByteArray segment("\xff\xe1", 2);
    put16(segment, quint16(exif.size() + 8));
    segment += QByteArray("Exif\0\0", 6) + exif;
    QByteArray out = jpeg;
    return out.insert(at, segment);
}

QByteArray withWebpExif(const QByteArray &webp, const QByteArray &exif)
{
    if (exif.isEmpty() || !webp.startsWith("RIFF") || webp.mid(8, 4) != "WEBP" || webp.size() < 30)
        return webp;
    constexpr char kHasExif = 0x08;
    constexpr char kHasAlpha = 0x10;
    QByteArray body = webp.mid(12);
    if (body.startsWith("VP8X")) {
        body[8] = char(body[8] | kHasExif);
    } else {
        // A simple file becomes an extended one, whose head repeats size and transparency.
        QSize size;
        bool hasAlpha = false;
        if (body.startsWith("VP8L")) {
            const quint32 bits = qFromLittleEndian<quint32>(body.constData() + 9);
            size = QSize(int(bits & 0x3fff) + 1, int((bits >> 14) & 0x3fff) + 1);
            hasAlpha = (bits >> 28) & 1;
        } else if (body.startsWith("VP8 ")) {
            size = QSize(qFromLittleEndian<quint16>(body.constData() + 14) & 0x3fff,
                         qFromLittleEndian<quint16>(body.constData() + 16) & 0x3fff);
        } else {
            return webp;
        }
        QByteArray head(10, '\0');
        head[0] = char(kHasExif | (hasAlpha ? kHasAlpha : 0));
        const QByteArray width = little32(quint32(size.width() - 1));
        const QByteArray height = little32(quint32(size.height() - 1));
        head.replace(4, 3, width.left(3));
        head.replace(7, 3, height.left(3));
        body.prepend(riffChunk("VP8X", head));
    }
    body += riffChunk("EXIF", exif);
    return QByteArray("RIFF") + little32(quint32(body.size() + 4)) + QByteArray("WEBP") + body;
}

} // namespace app
