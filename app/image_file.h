#pragma once

#include "app/failure.h"
#include "app/recipe.h"
#include "engine/image.h"

#include <QByteArray>
#include <QImage>
#include <QList>
#include <QPair>
#include <QSize>
#include <QString>

#include <optional>

namespace app {

[[nodiscard]] QImage toQImage(const engine::Image &image);
/// 8-bit RGB, RGBA when the picture has transparency, grey when it is grey.
[[nodiscard]] engine::Image fromQImage(const QImage &image);
/// A picture from disk, turned as its EXIF says. Called in the pool. Empty image and a failure if it cannot be read.
[[nodiscard]] engine::Image readImage(const QString &path, Failure *failure = nullptr);

/// PNG of a picture with its recipe as A1111 text ("parameters") and as JSON of our own ("tincture").
[[nodiscard]] QByteArray encodePicture(const engine::Image &image, const std::optional<Recipe> &recipe);

/// A PNG with these texts (keyword, text) behind its header.
[[nodiscard]] QByteArray withPngTexts(const QByteArray &png, const QList<QPair<QString, QString>> &texts);

/// Writes bytes so that after a crash or power cut the file is old or new, never half.
[[nodiscard]] std::optional<Failure> writeFileAtomically(const QString &path, const QByteArray &bytes);
/// Copies a file so that what is at `to` is replaced only by a whole copy. Fine if both are the same file already.
/// Called in the pool. \return false: it could not be written, and what was there is as it was
[[nodiscard]] bool copyFile(const QString &from, const QString &to);
/// As encodePicture, atomically.
[[nodiscard]] std::optional<Failure> writePicture(const QString &path, const engine::Image &image,
                                                  const Recipe &recipe);

/// What a picture file tells without decoding a pixel.
struct PictureInfo
{
    QString path = {};
    QString format = {}; ///< "png", "jpeg", "webp"; empty: none that we read
    QSize size = {};
    qint64 bytes = 0;
    qint64 modifiedMs = 0;                     ///< since 1970
    QList<QPair<QString, QString>> texts = {}; ///< keyword, text; EXIF UserComment as "UserComment"
    std::optional<Recipe> recipe = {};
    QString fault = {}; ///< English: why it could not be read to its end; empty: fine
};

/// Milliseconds for any file; reads at most a few MB of text.
[[nodiscard]] PictureInfo readPictureInfo(const QString &path);

/// The recipe that Forge hides in the pixels themselves, for files that have lost their texts. Decodes the picture:
/// called in the pool, for one picture that the user asks about.
[[nodiscard]] std::optional<Recipe> readHiddenRecipe(const QString &path);

} // namespace app
