#pragma once

#include <QByteArray>
#include <QImage>

#include <span>

namespace app {

/// What a picture looks like from afar: of each of 4 x 4 fields its mean colour (CIE L*a*b*, 3 bytes) and which way its
/// edges run (8 directions over 180 degrees, weighted by their strength, as in histograms of oriented gradients: Dalal
/// and Triggs 2005), and how strong they are. Empty for an empty picture. Any thread.
[[nodiscard]] QByteArray pictureLook(const QImage &image);

inline constexpr int kLookBytes = 16 * (3 + 8 + 1);

/// 0: the same; about 100 and more: nothing in common.
[[nodiscard]] double lookDistance(std::span<const unsigned char> a, std::span<const unsigned char> b);

} // namespace app
