#pragma once

#include <QByteArray>

namespace app {

/// zlib or gzip stream to bytes; empty if it is damaged or gives more than `limit` bytes.
[[nodiscard]] QByteArray inflated(const QByteArray &packed, qsizetype limit);

} // namespace app
