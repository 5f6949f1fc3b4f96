#pragma once

#include "engine/model_info.h"

#include <string>
#include <vector>

namespace engine {

/// The noise schedule that a model was trained with, and what its makers say about sampling from it, in the terms of
/// diffusers' scheduler_config.json. The defaults are those of Stable Diffusion 1.x.
struct SchedulerConfig
{
    std::string className = "DDIMScheduler"; ///< as the folder names it: a hint, the user chooses the sampler
    int trainTimesteps = 1000;
    double betaStart = 0.00085;
    double betaEnd = 0.012;
    std::string betaSchedule = "scaled_linear"; ///< linear, scaled_linear, squaredcos_cap_v2, sigmoid
    std::vector<double> trainedBetas = {};      ///< when not empty: the betas themselves, instead of the three above
    Prediction prediction = Prediction::Epsilon;
    bool rescaleBetasZeroSnr = false; ///< Lin et al. 2023, algorithm 1
    bool setAlphaToOne = false;       ///< alpha-bar after the last step: 1, or that of timestep 0
    int stepsOffset = 1;
    bool clipSample = false; ///< clamp the predicted picture
    double clipSampleRange = 1.0;
    bool thresholding = false;                ///< dynamic thresholding of Imagen
    std::string varianceType = "fixed_small"; ///< of DDPM: fixed_small, fixed_small_log, fixed_large, ...
    std::string timestepSpacing = "leading";  ///< leading, trailing, linspace

    bool operator==(const SchedulerConfig &) const = default;
};

} // namespace engine
