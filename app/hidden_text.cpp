// A text in the lowest bits of the alpha channel, column by column, as Forge writes it by default.
#include "app/image_file.h"

#include "app/inflate.h"

#include <QImageReader>

namespace app {

namespace {

constexpr qint64 kMostPixels = 64 << 20;
constexpr qsizetype kLongestText = 1 << 20;

/// The bits of the alpha channel, down the columns.
class AlphaBits
{
public:
    explicit AlphaBits(const QImage &image) : m_image(image) {}

    [[nodiscard]] qint64 left() const { return qint64(m_image.width()) * m_image.height() - m_at; }

    /// Highest bit first; empty if there are not so many.
    QByteArray bytes(qint64 count)
    {
        if (count < 0 || count * 8 > left())
            return {};
        QByteArray out(qsizetype(count), '\0');
        for (char &byte : out) {
            int value = 0;
            for (int bit = 0; bit < 8; ++bit, ++m_at) {
                const uchar *row = m_image.constScanLine(int(m_at % m_image.height()));
                value = value << 1 | (row[4 * (m_at / m_image.height()) + 3] & 1);
            }
            byte = char(value);
        }
        return out;
    }

private:
    const QImage &m_image;
    qint64 m_at = 0;
};

} // namespace

std::optional<Recipe> readHiddenRecipe(const QString &path)
{
    QImageReader reader(path);
    reader.setDecideFormatFromContent(true);
    const QSize size = reader.size();
    if (!reader.canRead() || qint64(size.width()) * size.height() > kMostPixels)
        return std::nullopt;
    QImage image = reader.read();
    if (!image.hasAlphaChannel())
        return std::nullopt;
    image = image.convertToFormat(QImage::Format_RGBA8888);
    AlphaBits bits(image);
    const QByteArray signature = bits.bytes(15);
    const bool isPacked = signature == "stealth_pngcomp";
    if (!isPacked && signature != "stealth_pnginfo")
        return std::nullopt;
    const QByteArray length = bits.bytes(4); // in bits, highest byte first
    qint64 count = 0;
    for (const char byte : length)
        count = count << 8 | quint8(byte);
    const QByteArray data = bits.bytes(count / 8);
    return recipeFromParameters(QString::fromUtf8(isPacked ? inflated(data, kLongestText) : data));
}

} // namespace app
