#pragma once

#include "engine/checkpoint/ldm_names.h"

#include <nlohmann/json.hpp>

namespace engine {

/// Configs of single files, from names and shapes alone. What shapes do not tell is what all published models of these
/// layouts share: 32 norm groups; heads 8 in number where the transformers' projections are convolutions (SD 1.x), 64
/// wide where they are linear (SD 2.x, SDXL) and in text towers; size numbers of SDXL embedded with 256 channels each.
nlohmann::json unetConfigFromLdm(const LdmTensors &tensors);
/// \param scalingFactor  which no shape tells
nlohmann::json vaeConfigFromLdm(const LdmTensors &tensors, double scalingFactor);
nlohmann::json textConfigFromTransformers(const TensorSource &tensors);
nlohmann::json textConfigFromOpenClip(const TensorSource &tensors);

} // namespace engine
