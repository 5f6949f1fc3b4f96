#pragma once

#include "engine/checkpoint/model_files.h"
#include "engine/model_info.h"

#include <array>
#include <span>
#include <string_view>

namespace engine {

/// Linear map from latents (as the U-Net sees them, scaled) to RGB in -1..1: rgb[c] = sum_k latent[k] * factors[k][c] +
/// bias[c]. Good enough for a thumbnail while the picture forms.
struct LatentToRgb
{
    std::array<std::array<float, 3>, 4> factors = {};
    std::array<float, 3> bias = {};
    bool known = false; ///< false: no map for this autoencoder, show the real decoder's picture or nothing
};

/// A kind of model, as a user would name it.
struct Family
{
    std::string_view id;    ///< stored in pictures: never renamed
    std::string_view label; ///< "Stable Diffusion 1.x"
    bool (*matches)(const ModelFiles &);
    int nativeSize;           ///< pixels, width and height; 0: the config's sample_size times the VAE's scale
    std::string_view sampler; ///< default ids
    std::string_view schedule;
    int steps;
    double guidance;
    double vaeScalingFactor; ///< where no config says it
    LatentToRgb latentToRgb;
};

/// All families; the first that matches is it.
std::span<const Family> families();
/// nullptr if nothing matches.
const Family *familyOf(const ModelFiles &files);
/// nullptr if there is no family of that id.
const Family *findFamily(std::string_view id);

/// The map for a model's latents: what its autoencoder's config says under "latent_rgb_factors" (latent channels x 3)
/// and "latent_rgb_bias" (3), else its family's.
LatentToRgb latentToRgb(const ModelFiles &files);

/// What inspectModel() tells of a model that is open already.
/// \throws Error{UnknownFamily, NotSupported}
ModelInfo describeModel(const ModelFiles &files);

} // namespace engine
