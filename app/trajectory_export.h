#pragma once

#include "app/failure.h"
#include "app/trajectory_pictures.h"

#include <QImage>
#include <QList>
#include <QString>

#include <optional>

namespace app {

enum class StepsFormat { WebP, Gif, Strip };

/// One picture of an animation.
struct AnimationFrame
{
    QImage image = {};
    int ms = 100;
};

/// How the steps of a picture go out.
struct StepsExport
{
    StepsFormat format = StepsFormat::WebP;
    QString file = {};
    QImage picture = {}; ///< the finished one, last frame of an animation; null: none
    int side = 256;      ///< of a picture in an animation, at most; a strip takes half of it
    int frameMs = 120;
};

/// "webp", "gif", "png".
[[nodiscard]] QString endingOf(StepsFormat format);
/// x_t beside x0 for each step, the finished picture at the end, which stays for a while.
[[nodiscard]] QList<AnimationFrame> animationFrames(TrajectoryPictures &pictures, const StepsExport &options);
/// All steps in one picture: x_t in the upper row, x0 in the lower one.
[[nodiscard]] QImage stepsStrip(TrajectoryPictures &pictures, const StepsExport &options);

/// Lossless; empty bytes and a failure if the library refuses.
[[nodiscard]] std::optional<Failure> encodeAnimatedWebP(const QList<AnimationFrame> &frames, QByteArray &bytes);
/// 256 colours a frame, chosen for it.
[[nodiscard]] std::optional<Failure> encodeAnimatedGif(const QList<AnimationFrame> &frames, QByteArray &bytes);

/// All of it, file included, whole or not at all. Takes seconds for large pictures: called in the pool.
[[nodiscard]] std::optional<Failure> exportSteps(const TrajectoryPtr &trajectory, const StepsExport &options);

} // namespace app
