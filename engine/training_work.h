#pragma once

#include "engine/train_request.h"

#include <vector>

namespace engine {

/// Channels of each level of the network that a request describes: its own, or what suits the size.
/// \param side  of what the network works on: of the pictures, or of the latents
[[nodiscard]] std::vector<int> trainedWidths(const TrainRequest &request, int side);

/// About how many multiplications and additions one training picture takes, forward and backward, for comparing runs
/// of a kind with each other: the convolutions of the network. Latents are taken to have an eighth of the side.
/// Without the network's own cost for TrainKind::Lora, whose base decides that: then only the size counts.
[[nodiscard]] double workOfPicture(const TrainRequest &request);
/// The same for a whole run, sample pictures included.
[[nodiscard]] double workOfRun(const TrainRequest &request);

} // namespace engine
