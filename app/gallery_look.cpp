#include "app/gallery_look.h"

#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace app {

namespace {

constexpr int kSide = 64;  ///< pixels that the picture is brought to
constexpr int kFields = 4; ///< a side
constexpr int kField = kSide / kFields;
constexpr int kDirections = 8;
constexpr int kColours = kFields * kFields * 3;
constexpr int kEdges = kFields * kFields * kDirections;

unsigned char byteOf(double value)
{
    return static_cast<unsigned char>(std::clamp(std::lround(value), 0L, 255L));
}

} // namespace

QByteArray pictureLook(const QImage &image)
{
    if (image.isNull())
        return {};
    // Transparent pictures are seen on grey, as on the canvas.
    QImage plain = image;
    if (image.hasAlphaChannel()) {
        const QImage source = image.convertToFormat(QImage::Format_RGBA8888);
        plain = QImage(source.size(), QImage::Format_RGB888);
        constexpr int kGrey = 40;
        for (int y = 0; y < source.height(); ++y) {
            const uchar *from = source.constScanLine(y);
            uchar *to = plain.scanLine(y);
            for (int x = 0; x < source.width(); ++x) {
                for (int c = 0; c < 3; ++c)
                    to[3 * x + c] = uchar((from[4 * x + c] * from[4 * x + 3] + kGrey * (255 - from[4 * x + 3])) / 255);
            }
        }
    } else {
        plain = image.convertToFormat(QImage::Format_RGB888);
    }
    const cv::Mat whole(plain.height(), plain.width(), CV_8UC3, plain.bits(), std::size_t(plain.bytesPerLine()));
    cv::Mat small;
    cv::resize(whole, small, cv::Size(kSide, kSide), 0, 0, cv::INTER_AREA);
    cv::Mat lab;
    cv::cvtColor(small, lab, cv::COLOR_RGB2Lab);
    cv::Mat light;
    cv::extractChannel(lab, light, 0);
    cv::Mat alongX;
    cv::Mat alongY;
    cv::Sobel(light, alongX, CV_32F, 1, 0);
    cv::Sobel(light, alongY, CV_32F, 0, 1);

    QByteArray look(kLookBytes, '\0');
    auto *bytes = reinterpret_cast<unsigned char *>(look.data());
    for (int field = 0; field < kFields * kFields; ++field) {
        const cv::Rect place(field % kFields * kField, field / kFields * kField, kField, kField);
        const cv::Scalar mean = cv::mean(lab(place));
        for (int c = 0; c < 3; ++c)
            bytes[3 * field + c] = byteOf(mean[c]);
        double strengths[kDirections] = {};
        double sum = 0.0;
        for (int y = place.y; y < place.y + kField; ++y) {
            for (int x = place.x; x < place.x + kField; ++x) {
                const float dx = alongX.at<float>(y, x);
                const float dy = alongY.at<float>(y, x);
                const double strength = std::hypot(dx, dy);
                const double turn = std::atan2(dy, dx) / CV_PI + 1.0; // 0..2; opposite directions are one
                strengths[int(turn * kDirections) % kDirections] += strength;
                sum += strength;
            }
        }
        for (int i = 0; i < kDirections; ++i)
            bytes[kColours + kDirections * field + i] = sum > 0.0 ? byteOf(strengths[i] / sum * 255.0) : 0;
        bytes[kColours + kEdges + field] = byteOf(sum / (kField * kField));
    }
    return look;
}

double lookDistance(std::span<const unsigned char> a, std::span<const unsigned char> b)
{
    if (a.size() != std::size_t(kLookBytes) || b.size() != std::size_t(kLookBytes))
        return 1e9;
    int light = 0;
    int colour = 0;
    int edges = 0;
    int strength = 0;
    for (int i = 0; i < kColours; i += 3) {
        light += std::abs(int(a[i]) - int(b[i]));
        colour += std::abs(int(a[i + 1]) - int(b[i + 1])) + std::abs(int(a[i + 2]) - int(b[i + 2]));
    }
    for (int i = kColours; i < kColours + kEdges; ++i)
        edges += std::abs(int(a[i]) - int(b[i]));
    for (int i = kColours + kEdges; i < kLookBytes; ++i)
        strength += std::abs(int(a[i]) - int(b[i]));
    // a and b of Lab run over a third of what L runs over; edges add up to 255 a field.
    return (light + 2.0 * colour + 0.4 * edges + 0.5 * strength) / (kFields * kFields);
}

} // namespace app
