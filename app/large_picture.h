#pragma once

#include <QImage>
#include <QSize>
#include <QString>

namespace app {

/// A picture from disk, made smaller by a whole number while it is read if it has more than `mostPixels`: a PNG of
/// 30,000 x 30,000 takes a few MB on the way. Called in the pool.
struct LargePicture
{
    QImage image = {};
    QSize size = {};         ///< that the file has
    QString reason = {};     ///< English, why there is no image; for the log
    bool isTooLarge = false; ///< it is a picture, but of a kind that cannot be made smaller while it is read

    [[nodiscard]] bool isReduced() const { return !image.isNull() && image.size() != size; }
};
[[nodiscard]] LargePicture readLargePicture(const QString &path, qint64 mostPixels);

} // namespace app
