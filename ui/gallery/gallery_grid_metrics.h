#pragma once

namespace ui {

// Lengths of the gallery's grid, for what lays it out and what takes its input.
inline constexpr int kMargin = 16;
inline constexpr int kGap = 8;
inline constexpr int kHeading = 36; ///< 8 above, 20 text, 8 below
inline constexpr int kBand = 31;    ///< what a heading covers: the ring of the picture below stays whole
inline constexpr int kAfterSection = 12;

} // namespace ui
