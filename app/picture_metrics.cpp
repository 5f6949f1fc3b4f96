#include "app/picture_metrics.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <vector>

namespace app {

namespace {

constexpr int kWindow = 11;
constexpr double kWindowSigma = 1.5;
constexpr double kPeak = 255.0;

QImage rgb(const QImage &image)
{
    // Transparent pixels count as they would over black, so that what nobody sees makes no difference.
    if (image.hasAlphaChannel())
        return image.convertToFormat(QImage::Format_ARGB32_Premultiplied);
    return image.format() == QImage::Format_RGB32 ? image : image.convertToFormat(QImage::Format_RGB32);
}

const QRgb *row(const QImage &image, int y)
{
    return reinterpret_cast<const QRgb *>(image.constScanLine(y));
}

std::vector<double> gaussianWindow(int side)
{
    std::vector<double> weights;
    double sum = 0.0;
    for (int i = 0; i < side; ++i) {
        const double x = i - (side - 1) / 2.0;
        weights.push_back(std::exp(-x * x / (2.0 * kWindowSigma * kWindowSigma)));
        sum += weights.back();
    }
    for (double &weight : weights)
        weight /= sum;
    return weights;
}

/// Means of x, y, x^2, y^2 and xy under the window, along one row.
struct Moments
{
    explicit Moments(int width)
    {
        for (std::vector<double> &each : sums)
            each.resize(size_t(width));
    }
    std::array<std::vector<double>, 5> sums;
};

void brightness(const QRgb *from, int width, std::vector<double> &to)
{
    for (int x = 0; x < width; ++x)
        to[size_t(x)] = 0.299 * qRed(from[x]) + 0.587 * qGreen(from[x]) + 0.114 * qBlue(from[x]);
}

void filterRow(const std::vector<double> &x, const std::vector<double> &y, const std::vector<double> &window,
               Moments &to)
{
    const size_t count = to.sums[0].size();
    for (std::vector<double> &each : to.sums)
        std::fill(each.begin(), each.end(), 0.0);
    for (size_t k = 0; k < window.size(); ++k) {
        const double w = window[k];
        const double *px = x.data() + k;
        const double *py = y.data() + k;
        for (size_t i = 0; i < count; ++i) {
            to.sums[0][i] += w * px[i];
            to.sums[1][i] += w * py[i];
            to.sums[2][i] += w * px[i] * px[i];
            to.sums[3][i] += w * py[i] * py[i];
            to.sums[4][i] += w * px[i] * py[i];
        }
    }
}

/// Sum of the index over one row of windows.
double similarity(const Moments &m)
{
    const double c1 = (0.01 * kPeak) * (0.01 * kPeak);
    const double c2 = (0.03 * kPeak) * (0.03 * kPeak);
    double sum = 0.0;
    for (size_t i = 0; i < m.sums[0].size(); ++i) {
        const double mx = m.sums[0][i];
        const double my = m.sums[1][i];
        const double vx = m.sums[2][i] - mx * mx;
        const double vy = m.sums[3][i] - my * my;
        const double cov = m.sums[4][i] - mx * my;
        sum += (2.0 * mx * my + c1) * (2.0 * cov + c2) / ((mx * mx + my * my + c1) * (vx + vy + c2));
    }
    return sum;
}

} // namespace

bool PictureLikeness::isSame() const
{
    return isValid && std::isinf(psnr);
}

QRect fittedRect(QSize picture, QSize frame)
{
    if (picture.isEmpty() || frame.isEmpty())
        return {};
    const QSize size = picture.scaled(frame, Qt::KeepAspectRatio).expandedTo({1, 1});
    return {QPoint((frame.width() - size.width()) / 2, (frame.height() - size.height()) / 2), size};
}

QImage fittedTo(const QImage &b, QSize frame)
{
    const QSize wanted = fittedRect(b.size(), frame).size();
    return wanted == b.size() ? b : b.scaled(wanted, Qt::IgnoreAspectRatio, Qt::SmoothTransformation);
}

double psnr(const QImage &a, const QImage &b)
{
    const QImage x = rgb(a);
    const QImage y = rgb(b);
    if (x.size() != y.size() || x.isNull())
        return 0.0;
    quint64 sum = 0;
    for (int line = 0; line < x.height(); ++line) {
        const QRgb *p = row(x, line);
        const QRgb *q = row(y, line);
        for (int i = 0; i < x.width(); ++i) {
            const int r = qRed(p[i]) - qRed(q[i]);
            const int g = qGreen(p[i]) - qGreen(q[i]);
            const int blue = qBlue(p[i]) - qBlue(q[i]);
            sum += quint64(r * r + g * g + blue * blue);
        }
    }
    if (sum == 0)
        return std::numeric_limits<double>::infinity();
    const double mean = double(sum) / (3.0 * x.width() * x.height());
    return 10.0 * std::log10(kPeak * kPeak / mean);
}

double ssim(const QImage &a, const QImage &b)
{
    const QImage first = rgb(a);
    const QImage second = rgb(b);
    if (first.size() != second.size() || first.isNull())
        return 0.0;
    const int width = first.width();
    const int height = first.height();
    int side = std::min({kWindow, width, height});
    side -= 1 - side % 2; // odd
    const std::vector<double> window = gaussianWindow(side);
    const int columns = width - side + 1;
    const int rows = height - side + 1;

    // The rows under the window only, filtered along x: memory of 11 rows, whatever the picture's size.
    std::vector<Moments> ring(static_cast<size_t>(side), Moments(columns));
    Moments total(columns);
    std::vector<double> x(static_cast<size_t>(width));
    std::vector<double> y(static_cast<size_t>(width));
    double sum = 0.0;
    for (int line = 0; line < height; ++line) {
        brightness(row(first, line), width, x);
        brightness(row(second, line), width, y);
        filterRow(x, y, window, ring[size_t(line % side)]);
        if (line < side - 1)
            continue;
        for (size_t m = 0; m < total.sums.size(); ++m) {
            std::vector<double> &to = total.sums[m];
            std::fill(to.begin(), to.end(), 0.0);
            for (int k = 0; k < side; ++k) {
                const std::vector<double> &from = ring[size_t((line - side + 1 + k) % side)].sums[m];
                const double w = window[size_t(k)];
                for (size_t i = 0; i < to.size(); ++i)
                    to[i] += w * from[i];
            }
        }
        sum += similarity(total);
    }
    return sum / (double(columns) * rows);
}

PictureLikeness likeness(const QImage &a, const QImage &b)
{
    if (a.isNull() || b.isNull())
        return {};
    const QRect part = fittedRect(b.size(), a.size());
    const QImage first = rgb(part == a.rect() ? a : a.copy(part));
    const QImage second = rgb(fittedTo(b, a.size()));
    return {.psnr = psnr(first, second), .ssim = ssim(first, second), .isValid = true};
}

QImage differenceMap(const QImage &a, const QImage &b)
{
    if (a.isNull() || b.isNull())
        return {};
    const QRect part = fittedRect(b.size(), a.size());
    const QImage x = rgb(a);
    const QImage y = rgb(fittedTo(b, a.size()));
    QImage map(a.size(), QImage::Format_Grayscale8);
    map.fill(0);
    for (int line = 0; line < y.height(); ++line) {
        const QRgb *p = row(x, part.top() + line) + part.left();
        const QRgb *q = row(y, line);
        uchar *to = map.scanLine(part.top() + line) + part.left();
        for (int i = 0; i < y.width(); ++i) {
            to[i] = uchar(std::max({std::abs(qRed(p[i]) - qRed(q[i])), std::abs(qGreen(p[i]) - qGreen(q[i])),
                                    std::abs(qBlue(p[i]) - qBlue(q[i]))}));
        }
    }
    return map;
}

} // namespace app
