#pragma once

#include <QImage>
#include <QRect>
#include <QSize>

namespace app {

/// How alike two pictures are.
struct PictureLikeness
{
    double psnr = 0.0; ///< decibels over all three channels; infinite where no pixel differs
    double ssim = 0.0; ///< mean structural similarity of the brightness, 1: the same
    bool isValid = false;

    [[nodiscard]] bool isSame() const;
    bool operator==(const PictureLikeness &) const = default;
};

/// Where a picture of another size lies within one of `frame` pixels: as large as fits, in the middle.
[[nodiscard]] QRect fittedRect(QSize picture, QSize frame);

/// Peak signal to noise ratio in dB over R, G and B of two pictures of the same size, peak 255; infinite for the same.
[[nodiscard]] double psnr(const QImage &a, const QImage &b);

/// Mean structural similarity (Wang, Bovik, Sheikh, Simoncelli 2004, "Image quality assessment: from error visibility
/// to structural similarity", IEEE Transactions on Image Processing 13(4), section III.B to III.C): Gaussian window of
/// 11x11 pixels with a standard deviation of 1.5, K1 = 0.01, K2 = 0.03, L = 255, over the brightness 0.299 R + 0.587 G
/// + 0.114 B, mean over all places where the window lies inside the picture. Of a picture smaller than 11 pixels the
/// window is as large as fits (an odd number of pixels).
[[nodiscard]] double ssim(const QImage &a, const QImage &b);

/// Both, for pictures of any size: the second is fitted to the first, and the part that both cover is compared.
/// Takes about half a second for 2048x2048: called in the pool.
[[nodiscard]] PictureLikeness likeness(const QImage &a, const QImage &b);

/// Largest difference of the three channels of each pixel, 8-bit grey of the size of `a`; `b` is fitted to it, what it
/// does not cover counts as no difference.
[[nodiscard]] QImage differenceMap(const QImage &a, const QImage &b);

/// `b` as large as its part of a frame of `a`'s size; the same picture where it is that large already.
[[nodiscard]] QImage fittedTo(const QImage &b, QSize frame);

} // namespace app
