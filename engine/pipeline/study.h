#pragma once

#include "engine/pipeline/model_store.h"
#include "engine/study.h"

#include <torch/torch.h>

namespace engine {

/// Answers a study with a loaded model. Call it in InferenceMode.
/// \throws Error{BadRequest} if an array does not suit the model, Cancelled
StudyResult answerStudy(LoadedModel &model, const StudyRequest &request, const RunContext &context);

/// How x_t = sqrt(alpha_bar) x_0 + sqrt(1 - alpha_bar) eps is put to a model whose own schedule is another one. The
/// model knows noise levels by its own timesteps, so it is asked at that timestep whose sigma = sqrt((1 - alpha_bar) /
/// alpha_bar) is nearest (on a logarithmic scale) to the chosen schedule's; beyond its table at the last one. The
/// state itself needs no other scale for a diffusion model: it has variance about 1 in both schedules. A flow model
/// sees x / (a + s) at time s / (a + s), with a and s the factors of picture and noise.
struct NoiseQuestion
{
    double timestep = 0.0; ///< for the network
    double signal = 1.0;   ///< a: sqrt(alpha_bar), at most a little below 1 and above 0
    double noise = 0.0;    ///< s: sqrt(1 - alpha_bar)
    double scale = 1.0;    ///< of the state, for the network

    NoiseQuestion(const NoiseSchedule &own, double alphaBar);
};

/// What a network's answer says about noise and picture.
struct NoiseGuess
{
    torch::Tensor eps;
    torch::Tensor clean;
};

/// \param x       [1, C, h, w] x_t in variance-preserving form
/// \param output  of the network: noise, v = a eps - s x_0 (Salimans & Ho 2022, arXiv:2202.00512), picture, or the
///                velocity eps - x_0 of a flow model
NoiseGuess guessFrom(const NoiseQuestion &question, const torch::Tensor &x, const torch::Tensor &output,
                     Prediction prediction, bool isFlow);

} // namespace engine
