#pragma once

#include "engine/checkpoint/model_files.h"

namespace engine {

/// Opens a single .safetensors file in the layout of the original Stable Diffusion code: a whole model, or an
/// autoencoder alone. See openModelFiles() for errors.
///
/// No shape tells whether a model predicts the noise or v. In this order: a sidecar (hintsOfSidecar()), the file's own
/// metadata and markers (hintsOfFile()), and for SD 2.x with 4 input channels the spread of one layer norm's biases,
/// which is small in the published 512 models (noise) and large in the 768 ones (v). Else the noise.
ModelFiles openSingleFile(const std::filesystem::path &path);

} // namespace engine
