#include "app/trajectory_export.h"

#include "app/image_file.h"

#include <QBuffer>
#include <QPainter>

#include <gif_lib.h>
#include <webp/encode.h>
#include <webp/mux.h>

#include <algorithm>
#include <array>
#include <memory>
#include <unordered_map>

namespace app {

namespace {

constexpr int kGap = 4;
constexpr int kHoldMs = 1500; ///< the finished picture

Failure refusal(const char *details)
{
    return {engine::ErrorKind::Internal,
            QCoreApplication::translate("app::StepsExport", "The animation could not be made. Try another format."),
            QString::fromLatin1(details)};
}

/// In whole multiples where it grows, smoothly otherwise.
QImage fitted(const QImage &image, QSize size)
{
    return image.scaled(size, Qt::IgnoreAspectRatio, Qt::SmoothTransformation).convertToFormat(QImage::Format_RGB32);
}

QSize sizeOf(TrajectoryPictures &pictures, int side)
{
    const QSize latent = pictures.predicted(0).size();
    const int scale = std::max(1, pictures.trajectory()->map.scale);
    QSize size = latent * scale;
    if (std::max(size.width(), size.height()) > side)
        size.scale(side, side, Qt::KeepAspectRatio);
    return size.expandedTo(QSize(1, 1));
}

/// Colours of a picture, by how often it has them, 5 bits a channel.
struct ColourCount
{
    std::array<int, 3> colour = {}; ///< 0..31
    int count = 0;
};

/// Median cut (Heckbert 1982): the box with the widest range is cut where half of its pixels are on either side.
std::vector<std::array<int, 3>> medianCut(std::vector<ColourCount> counts, std::size_t most)
{
    struct Box
    {
        std::size_t begin;
        std::size_t end;
    };
    std::vector<Box> boxes = {{0, counts.size()}};
    const auto widest = [&](const Box &box) {
        int channel = 0;
        int range = -1;
        for (int c = 0; c < 3; ++c) {
            int low = 255;
            int high = 0;
            for (std::size_t i = box.begin; i < box.end; ++i) {
                low = std::min(low, counts[i].colour[std::size_t(c)]);
                high = std::max(high, counts[i].colour[std::size_t(c)]);
            }
            if (high - low > range) {
                range = high - low;
                channel = c;
            }
        }
        return std::pair(range, channel);
    };
    while (boxes.size() < most) {
        std::size_t chosen = boxes.size();
        int bestRange = 0;
        int channel = 0;
        for (std::size_t i = 0; i < boxes.size(); ++i) {
            if (boxes[i].end - boxes[i].begin < 2)
                continue;
            const auto [range, which] = widest(boxes[i]);
            if (range > bestRange) {
                bestRange = range;
                chosen = i;
                channel = which;
            }
        }
        if (chosen == boxes.size())
            break;
        const Box box = boxes[chosen];
        std::sort(counts.begin() + std::ptrdiff_t(box.begin), counts.begin() + std::ptrdiff_t(box.end),
                  [channel](const ColourCount &a, const ColourCount &b) {
                      return a.colour[std::size_t(channel)] < b.colour[std::size_t(channel)];
                  });
        qint64 all = 0;
        for (std::size_t i = box.begin; i < box.end; ++i)
            all += counts[i].count;
        qint64 passed = 0;
        std::size_t cut = box.begin;
        while (cut < box.end - 2 && passed + counts[cut].count < all / 2)
            passed += counts[cut++].count;
        ++cut;
        boxes[chosen] = {box.begin, cut};
        boxes.push_back({cut, box.end});
    }
    std::vector<std::array<int, 3>> palette;
    for (const Box &box : boxes) {
        std::array<qint64, 3> sum = {};
        qint64 count = 0;
        for (std::size_t i = box.begin; i < box.end; ++i) {
            for (std::size_t c = 0; c < 3; ++c)
                sum[c] += qint64(counts[i].colour[c]) * counts[i].count;
            count += counts[i].count;
        }
        std::array<int, 3> mean = {};
        for (std::size_t c = 0; c < 3; ++c)
            mean[c] = int((sum[c] * 255 + count * 31 / 2) / std::max<qint64>(count * 31, 1));
        palette.push_back(mean);
    }
    return palette;
}

/// A frame in 256 colours: the palette and an index a pixel.
struct Indexed
{
    std::vector<std::array<int, 3>> palette = {};
    std::vector<GifByteType> pixels = {};
};

Indexed quantized(const QImage &image)
{
    std::vector<ColourCount> counts;
    std::unordered_map<int, std::size_t> places;
    const auto keyOf = [](QRgb pixel) {
        return (qRed(pixel) >> 3) << 10 | (qGreen(pixel) >> 3) << 5 | qBlue(pixel) >> 3;
    };
    for (int y = 0; y < image.height(); ++y) {
        const auto *row = reinterpret_cast<const QRgb *>(image.constScanLine(y));
        for (int x = 0; x < image.width(); ++x) {
            const int key = keyOf(row[x]);
            const auto [place, isNew] = places.try_emplace(key, counts.size());
            if (isNew)
                counts.push_back({{key >> 10, key >> 5 & 31, key & 31}, 0});
            ++counts[place->second].count;
        }
    }
    Indexed result;
    result.palette = medianCut(counts, 256);
    std::unordered_map<int, GifByteType> nearest;
    result.pixels.reserve(std::size_t(image.width()) * std::size_t(image.height()));
    for (int y = 0; y < image.height(); ++y) {
        const auto *row = reinterpret_cast<const QRgb *>(image.constScanLine(y));
        for (int x = 0; x < image.width(); ++x) {
            const auto [place, isNew] = nearest.try_emplace(keyOf(row[x]), GifByteType(0));
            if (isNew) {
                int best = 1 << 30;
                for (std::size_t i = 0; i < result.palette.size(); ++i) {
                    const int r = result.palette[i][0] - qRed(row[x]);
                    const int g = result.palette[i][1] - qGreen(row[x]);
                    const int b = result.palette[i][2] - qBlue(row[x]);
                    const int distance = r * r + g * g + b * b;
                    if (distance < best) {
                        best = distance;
                        place->second = GifByteType(i);
                    }
                }
            }
            result.pixels.push_back(place->second);
        }
    }
    return result;
}

int appendBytes(GifFileType *gif, const GifByteType *bytes, int count)
{
    static_cast<QByteArray *>(gif->UserData)->append(reinterpret_cast<const char *>(bytes), count);
    return count;
}

} // namespace

QString endingOf(StepsFormat format)
{
    switch (format) {
    case StepsFormat::WebP:
        return QStringLiteral("webp");
    case StepsFormat::Gif:
        return QStringLiteral("gif");
    case StepsFormat::Strip:
        return QStringLiteral("png");
    }
    return {};
}

QList<AnimationFrame> animationFrames(TrajectoryPictures &pictures, const StepsExport &options)
{
    QList<AnimationFrame> frames;
    if (pictures.steps() == 0)
        return frames;
    const QSize size = sizeOf(pictures, options.side);
    const auto frame = [&](const QImage &left, const QImage &right, int ms) {
        QImage image(size.width() * 2 + kGap, size.height(), QImage::Format_RGB32);
        image.fill(Qt::black);
        QPainter painter(&image);
        painter.drawImage(0, 0, fitted(left, size));
        painter.drawImage(size.width() + kGap, 0, fitted(right, size));
        painter.end();
        frames.append({image, ms});
    };
    for (int step = 0; step < pictures.steps(); ++step)
        frame(pictures.noisy(step), pictures.predicted(step), options.frameMs);
    const QImage last = options.picture.isNull() ? pictures.predicted(pictures.steps() - 1) : options.picture;
    frame(last, last, kHoldMs);
    return frames;
}

QImage stepsStrip(TrajectoryPictures &pictures, const StepsExport &options)
{
    const int steps = pictures.steps();
    if (steps == 0)
        return {};
    // A side of at most 32,000 pixels, which every program opens.
    const QSize size = sizeOf(pictures, std::clamp(32000 / steps - kGap, 8, std::max(options.side / 2, 8)));
    QImage image(steps * (size.width() + kGap) - kGap, size.height() * 2 + kGap, QImage::Format_RGB32);
    image.fill(Qt::black);
    QPainter painter(&image);
    for (int step = 0; step < steps; ++step) {
        const int x = step * (size.width() + kGap);
        painter.drawImage(x, 0, fitted(pictures.noisy(step), size));
        painter.drawImage(x, size.height() + kGap, fitted(pictures.predicted(step), size));
    }
    painter.end();
    return image;
}

std::optional<Failure> encodeAnimatedWebP(const QList<AnimationFrame> &frames, QByteArray &bytes)
{
    if (frames.isEmpty())
        return refusal("no frames");
    const QSize size = frames.first().image.size();
    WebPAnimEncoderOptions options;
    if (!WebPAnimEncoderOptionsInit(&options))
        return refusal("WebPAnimEncoderOptionsInit: another version of the library");
    const std::unique_ptr<WebPAnimEncoder, void (*)(WebPAnimEncoder *)> encoder(
        WebPAnimEncoderNew(size.width(), size.height(), &options), WebPAnimEncoderDelete);
    WebPConfig config;
    if (!encoder || !WebPConfigInit(&config))
        return refusal("WebPAnimEncoderNew failed");
    config.lossless = 1;
    config.method = 2;
    config.quality = 40;
    int time = 0;
    for (const AnimationFrame &frame : frames) {
        const QImage rgba = frame.image.convertToFormat(QImage::Format_RGBX8888);
        WebPPicture picture;
        if (!WebPPictureInit(&picture))
            return refusal("WebPPictureInit failed");
        picture.width = rgba.width();
        picture.height = rgba.height();
        picture.use_argb = 1;
        const bool isFine = WebPPictureImportRGBX(&picture, rgba.constBits(), int(rgba.bytesPerLine())) &&
                            WebPAnimEncoderAdd(encoder.get(), &picture, time, &config);
        WebPPictureFree(&picture);
        if (!isFine)
            return refusal(WebPAnimEncoderGetError(encoder.get()));
        time += frame.ms;
    }
    WebPData data;
    WebPDataInit(&data);
    const bool isFine =
        WebPAnimEncoderAdd(encoder.get(), nullptr, time, nullptr) && WebPAnimEncoderAssemble(encoder.get(), &data);
    if (isFine)
        bytes = QByteArray(reinterpret_cast<const char *>(data.bytes), qsizetype(data.size));
    WebPDataClear(&data);
    return isFine ? std::nullopt : std::optional(refusal(WebPAnimEncoderGetError(encoder.get())));
}

std::optional<Failure> encodeAnimatedGif(const QList<AnimationFrame> &frames, QByteArray &bytes)
{
    if (frames.isEmpty())
        return refusal("no frames");
    bytes.clear();
    int error = 0;
    GifFileType *gif = EGifOpen(&bytes, appendBytes, &error);
    if (!gif)
        return refusal(GifErrorString(error));
    const int width = frames.first().image.width();
    const int height = frames.first().image.height();
    EGifSetGifVersion(gif, true);
    bool isFine = EGifPutScreenDesc(gif, width, height, 8, 0, nullptr) == GIF_OK;
    // Again and again: the extension that Netscape brought.
    const unsigned char loop[] = {1, 0, 0};
    isFine = isFine && EGifPutExtensionLeader(gif, APPLICATION_EXT_FUNC_CODE) == GIF_OK &&
             EGifPutExtensionBlock(gif, 11, "NETSCAPE2.0") == GIF_OK && EGifPutExtensionBlock(gif, 3, loop) == GIF_OK &&
             EGifPutExtensionTrailer(gif) == GIF_OK;
    for (const AnimationFrame &frame : frames) {
        if (!isFine)
            break;
        Indexed indexed = quantized(frame.image.convertToFormat(QImage::Format_RGB32));
        int size = 2;
        while (size < int(indexed.palette.size()))
            size *= 2;
        std::vector<GifColorType> colours(static_cast<std::size_t>(size));
        for (std::size_t i = 0; i < indexed.palette.size(); ++i)
            colours[i] = {GifByteType(indexed.palette[i][0]), GifByteType(indexed.palette[i][1]),
                          GifByteType(indexed.palette[i][2])};
        ColorMapObject *map = GifMakeMapObject(size, colours.data());
        GraphicsControlBlock control = {};
        control.DisposalMode = DISPOSE_DO_NOT;
        control.DelayTime = std::max(2, (frame.ms + 5) / 10);
        control.TransparentColor = NO_TRANSPARENT_COLOR;
        GifByteType extension[4];
        EGifGCBToExtension(&control, extension);
        isFine = map && EGifPutExtension(gif, GRAPHICS_EXT_FUNC_CODE, sizeof(extension), extension) == GIF_OK &&
                 EGifPutImageDesc(gif, 0, 0, width, height, false, map) == GIF_OK;
        for (int y = 0; isFine && y < height; ++y)
            isFine = EGifPutLine(gif, indexed.pixels.data() + std::size_t(y) * std::size_t(width), width) == GIF_OK;
        GifFreeMapObject(map);
    }
    const int code = gif->Error;
    isFine = EGifCloseFile(gif, &error) == GIF_OK && isFine;
    return isFine ? std::nullopt : std::optional(refusal(GifErrorString(code != 0 ? code : error)));
}

std::optional<Failure> exportSteps(const TrajectoryPtr &trajectory, const StepsExport &options)
{
    TrajectoryPictures pictures(trajectory);
    QByteArray bytes;
    std::optional<Failure> failure;
    switch (options.format) {
    case StepsFormat::WebP:
        failure = encodeAnimatedWebP(animationFrames(pictures, options), bytes);
        break;
    case StepsFormat::Gif:
        failure = encodeAnimatedGif(animationFrames(pictures, options), bytes);
        break;
    case StepsFormat::Strip: {
        QBuffer buffer(&bytes);
        buffer.open(QIODevice::WriteOnly);
        if (!stepsStrip(pictures, options).save(&buffer, "PNG"))
            failure = refusal("the strip was not encoded");
        break;
    }
    }
    return failure ? failure : writeFileAtomically(options.file, bytes);
}

} // namespace app
