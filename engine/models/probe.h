#pragma once

#include "engine/request.h"

namespace engine {

class DevicePolicy;

/// Runs one network of a model once, without scheduler, guidance or latent scaling, and writes what it returns.
/// Tensors are named as diffusers' forward arguments: unet: sample, timestep, encoder_hidden_states, text_embeds,
/// time_ids, timestep_cond, down_block_additional_residuals_0..., mid_block_additional_residual -> sample;
/// vae_encoder: sample -> moments; vae_decoder: latents -> sample; text_encoder, text_encoder_2: input_ids ->
/// last_hidden_state, penultimate_hidden_state, penultimate_normed, pooled, text_embeds.
/// \throws Error{BadRequest} if the model has no such part or an input is missing, and what loading throws
void runProbe(const ProbeRequest &request, const DevicePolicy &devices);

} // namespace engine
