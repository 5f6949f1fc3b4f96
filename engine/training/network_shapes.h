#pragma once

#include "engine/models/clip.h"
#include "engine/models/unet.h"
#include "engine/models/unet2d.h"
#include "engine/models/vae.h"
#include "engine/schedule/scheduler_config.h"
#include "engine/train_request.h"

#include <string>

namespace engine {

// The networks that a training request describes. Widths that it does not name follow from the size of the pictures.

/// \throws Error{BadRequest} about "widths" if the pictures cannot be halved as often as there are levels.
UNet2DConfig pixelNetwork(const TrainRequest &request);
VaeConfig autoencoderNetwork(const TrainRequest &request);
/// \param vae  whose latents the network works on
UNetConfig latentNetwork(const TrainRequest &request, const VaeConfig &vae);

/// \param pieces  entries of the vocabulary   \param length  ids of a text, padding included
ClipTextConfig textNetwork(const TrainRequest &request, int pieces, int length);

/// The noise schedule in diffusers' terms.
SchedulerConfig noiseSchedule(const TrainRequest &request);

/// What two parts of one run must have in common, as words for a message.
std::string describeShape(const TrainRequest &request, const std::vector<std::int64_t> &widths);

} // namespace engine
