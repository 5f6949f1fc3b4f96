#include "app/large_picture.h"

#include <QFile>
#include <QImageReader>
#include <QtEndian>

#include <zlib.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <vector>

namespace app {

namespace {

constexpr int kBytes = 256 << 10;    ///< read and inflated at once
constexpr int kMostMegabytes = 1024; ///< of one decoded picture of a kind that we do not read ourselves

/// PNG row by row (ISO/IEC 15948): each block of `factor` x `factor` pixels becomes their mean. Not for interlaced
/// files.
class PngReducer
{
public:
    PngReducer(QFile &file, QSize size, int factor) : m_file(file), m_size(size), m_factor(factor) {}

    QImage read(QString *reason)
    {
        QImage image = decode();
        if (image.isNull())
            *reason = m_reason;
        return image;
    }

private:
    QImage fail(const char *reason)
    {
        m_reason = QLatin1String(reason);
        return {};
    }

    QImage decode()
    {
        m_file.seek(8);
        if (!nextChunk() || m_type != "IHDR" || m_left < 13)
            return fail("no header");
        const QByteArray header = m_file.read(13);
        m_left -= 13;
        m_depth = uchar(header.at(8));
        m_kind = uchar(header.at(9));
        if (header.at(12) != 0)
            return fail("interlaced");
        const int channels = m_kind == 2 ? 3 : m_kind == 4 ? 2 : m_kind == 6 ? 4 : 1;
        const qint64 bits = qint64(m_size.width()) * channels * m_depth;
        const auto bytes = size_t((bits + 7) / 8);
        m_step = std::max(1, channels * m_depth / 8);
        std::vector<uchar> line(bytes + 1);
        std::vector<uchar> above(bytes + 1, 0);
        const int width = (m_size.width() + m_factor - 1) / m_factor;
        const int height = (m_size.height() + m_factor - 1) / m_factor;
        QImage image(width, height, QImage::Format_ARGB32);
        if (image.isNull())
            return fail("no memory");
        m_sums.assign(size_t(width) * 4, 0);
        z_stream stream = {};
        if (inflateInit(&stream) != Z_OK)
            return fail("no memory");
        bool isGood = true;
        int rows = 0;
        for (int y = 0; y < m_size.height() && isGood; ++y) {
            isGood = inflateRow(stream, line) && unfilter(line, above);
            if (!isGood)
                break;
            addRow(line.data() + 1);
            if (++rows == m_factor || y + 1 == m_size.height()) {
                putRow(reinterpret_cast<QRgb *>(image.scanLine(y / m_factor)), width, rows);
                rows = 0;
            }
            std::swap(line, above);
        }
        inflateEnd(&stream);
        if (!isGood)
            return fail("damaged");
        return m_hasAlpha ? image : image.convertToFormat(QImage::Format_RGB32);
    }

    /// Goes to the next chunk; palette and transparency are taken on the way.
    bool nextChunk()
    {
        m_file.seek(m_file.pos() + m_left + (m_type.isEmpty() ? 0 : 4)); // its checksum
        const QByteArray head = m_file.read(8);
        if (head.size() < 8)
            return false;
        m_left = qFromBigEndian<quint32>(head.constData());
        m_type = head.mid(4);
        return true;
    }

    bool fill(z_stream &stream)
    {
        while (m_type != "IDAT" || m_left == 0) {
            if (!nextChunk() || m_type == "IEND")
                return false;
            if ((m_type == "PLTE" || m_type == "tRNS") && m_left <= 768) {
                (m_type == "PLTE" ? m_palette : m_transparent) = m_file.read(m_left);
                m_left = 0;
            }
        }
        m_in = m_file.read(std::min<qint64>(m_left, kBytes));
        m_left -= m_in.size();
        stream.next_in = reinterpret_cast<Bytef *>(m_in.data());
        stream.avail_in = uInt(m_in.size());
        return !m_in.isEmpty();
    }

    bool inflateRow(z_stream &stream, std::vector<uchar> &line)
    {
        stream.next_out = line.data();
        stream.avail_out = uInt(line.size());
        while (stream.avail_out > 0) {
            if (stream.avail_in == 0 && !fill(stream))
                return false;
            const int result = inflate(&stream, Z_NO_FLUSH);
            if (result == Z_STREAM_END)
                return stream.avail_out == 0;
            if (result != Z_OK)
                return false;
        }
        return true;
    }

    [[nodiscard]] bool unfilter(std::vector<uchar> &line, const std::vector<uchar> &above) const
    {
        const auto step = size_t(m_step);
        const uchar filter = line[0];
        if (filter > 4)
            return false;
        for (size_t i = 1; filter != 0 && i < line.size(); ++i) {
            const int left = i > step ? line[i - step] : 0;
            const int up = above[i];
            const int corner = i > step ? above[i - step] : 0;
            int guess = 0;
            if (filter == 1) {
                guess = left;
            } else if (filter == 2) {
                guess = up;
            } else if (filter == 3) {
                guess = (left + up) / 2;
            } else {
                const int p = left + up - corner;
                const int a = std::abs(p - left);
                const int b = std::abs(p - up);
                const int c = std::abs(p - corner);
                guess = a <= b && a <= c ? left : b <= c ? up : corner;
            }
            line[i] = uchar(line[i] + guess);
        }
        return true;
    }

    [[nodiscard]] int sample(const uchar *line, qint64 index) const
    {
        if (m_depth == 8)
            return line[index];
        if (m_depth == 16)
            return line[2 * index];
        const qint64 bit = index * m_depth;
        return (line[bit / 8] >> (8 - m_depth - bit % 8)) & ((1 << m_depth) - 1);
    }

    [[nodiscard]] QRgb pixel(const uchar *line, qint64 x) const
    {
        switch (m_kind) {
        case 2:
            return qRgb(sample(line, 3 * x), sample(line, 3 * x + 1), sample(line, 3 * x + 2));
        case 3: {
            const int index = sample(line, x);
            if (3 * index + 2 >= m_palette.size())
                return qRgb(0, 0, 0);
            const int alpha = index < m_transparent.size() ? uchar(m_transparent.at(index)) : 255;
            return qRgba(uchar(m_palette.at(3 * index)), uchar(m_palette.at(3 * index + 1)),
                         uchar(m_palette.at(3 * index + 2)), alpha);
        }
        case 4:
            return qRgba(sample(line, 2 * x), sample(line, 2 * x), sample(line, 2 * x), sample(line, 2 * x + 1));
        case 6:
            return qRgba(sample(line, 4 * x), sample(line, 4 * x + 1), sample(line, 4 * x + 2),
                         sample(line, 4 * x + 3));
        default: {
            const int grey = m_depth < 8 ? sample(line, x) * 255 / ((1 << m_depth) - 1) : sample(line, x);
            return qRgb(grey, grey, grey);
        }
        }
    }

    void addRow(const uchar *line)
    {
        for (int x = 0; x < m_size.width(); ++x) {
            const QRgb c = pixel(line, x);
            quint64 *sum = m_sums.data() + size_t(x / m_factor) * 4;
            const auto alpha = quint64(qAlpha(c));
            sum[0] += quint64(qRed(c)) * alpha;
            sum[1] += quint64(qGreen(c)) * alpha;
            sum[2] += quint64(qBlue(c)) * alpha;
            sum[3] += alpha;
        }
    }

    void putRow(QRgb *to, int width, int rows)
    {
        for (int x = 0; x < width; ++x) {
            quint64 *sum = m_sums.data() + size_t(x) * 4;
            const int columns = std::min(m_factor, m_size.width() - x * m_factor);
            const quint64 alpha = std::max<quint64>(1, sum[3]);
            const int mean = int(sum[3] / quint64(rows * columns));
            m_hasAlpha = m_hasAlpha || mean < 255;
            to[x] = qRgba(int(sum[0] / alpha), int(sum[1] / alpha), int(sum[2] / alpha), mean);
        }
        std::fill(m_sums.begin(), m_sums.end(), 0);
    }

    QFile &m_file;
    QSize m_size;
    int m_factor;
    int m_depth = 8;
    int m_kind = 2;
    int m_step = 3;
    bool m_hasAlpha = false;
    QByteArray m_type;
    qint64 m_left = 0;
    QByteArray m_in;
    QByteArray m_palette;
    QByteArray m_transparent;
    std::vector<quint64> m_sums;
    QString m_reason;
};

} // namespace

LargePicture readLargePicture(const QString &path, qint64 mostPixels)
{
    LargePicture out;
    QImageReader reader(path);
    reader.setDecideFormatFromContent(true);
    reader.setAutoTransform(true);
    out.size = reader.size();
    const qint64 pixels = qint64(out.size.width()) * out.size.height();
    if (pixels <= mostPixels) {
        out.image = reader.read();
        out.reason = reader.errorString();
        if (!out.image.isNull())
            out.size = out.image.size(); // as it was turned
        return out;
    }
    const int factor = int(std::ceil(std::sqrt(double(pixels) / double(mostPixels))));
    if (reader.format() == "png") {
        QFile file(path);
        if (file.open(QIODevice::ReadOnly))
            out.image = PngReducer(file, out.size, factor).read(&out.reason);
        out.isTooLarge = out.reason == QLatin1String("interlaced");
        return out;
    }
    // JPEG decodes to a smaller size without the large one in between; others decode all of it first.
    if (reader.format() != "jpeg" && pixels * 4 > (qint64(kMostMegabytes) << 20)) {
        out.isTooLarge = true;
        out.reason = QStringLiteral("too large");
        return out;
    }
    if (QImageReader::allocationLimit() < kMostMegabytes)
        QImageReader::setAllocationLimit(kMostMegabytes);
    reader.setScaledSize(QSize(out.size.width() / factor, out.size.height() / factor).expandedTo({1, 1}));
    out.image = reader.read();
    out.reason = reader.errorString();
    if (!out.image.isNull() && (out.image.width() > out.image.height()) != (out.size.width() > out.size.height()))
        out.size.transpose();
    return out;
}

} // namespace app
