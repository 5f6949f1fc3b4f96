#include "app/inflate.h"

#include <zlib.h>

namespace app {

QByteArray inflated(const QByteArray &packed, qsizetype limit)
{
    constexpr int kEitherFormat = 15 + 32;
    z_stream stream = {};
    if (inflateInit2(&stream, kEitherFormat) != Z_OK)
        return {};
    QByteArray out;
    QByteArray block(64 << 10, Qt::Uninitialized);
    stream.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(packed.constData()));
    stream.avail_in = uInt(packed.size());
    int state = Z_OK;
    while (state == Z_OK && out.size() <= limit) {
        stream.next_out = reinterpret_cast<Bytef *>(block.data());
        stream.avail_out = uInt(block.size());
        state = inflate(&stream, Z_NO_FLUSH);
        out.append(block.constData(), block.size() - qsizetype(stream.avail_out));
    }
    inflateEnd(&stream);
    return state == Z_STREAM_END && out.size() <= limit ? out : QByteArray();
}

} // namespace app
