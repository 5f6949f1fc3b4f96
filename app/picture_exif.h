#pragma once

#include "app/recipe.h"

#include <QByteArray>

namespace app {

/// EXIF of a picture with its recipe: the A1111 text as UserComment, as the other programs read it, and our own JSON
/// as the maker's note. Starts at the TIFF header; at most 64 KB, the JSON is left out where it does not fit.
[[nodiscard]] QByteArray exifOf(const Recipe &recipe);

/// The same picture with this EXIF; unchanged if the bytes are none of the format.
[[nodiscard]] QByteArray withJpegExif(const QByteArray &jpeg, const QByteArray &exif);
[[nodiscard]] QByteArray withWebpExif(const QByteArray &webp, const QByteArray &exif);

} // namespace app
