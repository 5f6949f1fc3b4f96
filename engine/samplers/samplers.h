#pragma once

#include "engine/schedule/noise_schedule.h"

#include <torch/torch.h>

#include <functional>
#include <limits>
#include <span>
#include <string_view>
#include <vector>

namespace engine {

/// What a sampler tells after each step.
struct SamplerStep
{
    int index = 0;                 ///< from 0
    double sigma = 0.0;            ///< level at its start
    double sigmaNext = 0.0;        ///< level reached
    const torch::Tensor &x;        ///< state reached
    const torch::Tensor &denoised; ///< newest predicted picture
};

/// Everything a sampler needs beside the start. States are x0 + sigma * noise, of flow models (1 - sigma) x0 + sigma *
/// noise; any float type: arithmetic happens in that of x.
struct SamplerInput
{
    std::vector<double> sigmas = {};                                                 ///< falling; the last may be 0
    std::function<torch::Tensor(const torch::Tensor &x, double sigma)> denoise = {}; ///< predicted picture x0
    std::function<torch::Tensor(double sigma, double sigmaNext)> noise = {};         ///< standard normal, shape of x
    std::function<void(const SamplerStep &)> onStep = [](const SamplerStep &) {};
    double eta = 1.0;    ///< noise of ancestral and SDE samplers: 0 makes them deterministic
    double sNoise = 1.0; ///< factor on every noise
    double sChurn = 0.0; ///< noise added before a step (Karras et al. 2022, algorithm 2), while sTmin <= sigma <= sTmax
    double sTmin = 0.0;
    double sTmax = std::numeric_limits<double>::infinity();
    bool flow = false;
    const NoiseSchedule *schedule = nullptr;                       ///< the model's timesteps; TCD needs them
    std::function<torch::Tensor(const torch::Tensor &)> clip = {}; ///< DDIM: applied to the picture, not to the noise
    bool largeVariance = false; ///< DDPM: variance beta instead of the posterior's ("fixed_large")
};

using SampleFn = torch::Tensor (*)(const SamplerInput &in, torch::Tensor x);

struct SamplerEntry
{
    std::string_view id;
    SampleFn run;
    int order; ///< measured order of convergence at least; 0: not a solver
    bool stochastic;
};

std::span<const SamplerEntry> samplerTable();
/// \return nullptr if there is none of that id.
const SamplerEntry *samplerEntry(std::string_view id);

// Each documented where it is defined.
#define TINCTURE_SAMPLER(id, label, function, order, stochastic, schedule)                                             \
    torch::Tensor function(const SamplerInput &in, torch::Tensor x);
#include "engine/samplers/samplers.def"
#undef TINCTURE_SAMPLER

enum class UniPcVariant { Bh1, Bh2 };
/// UniPC of a given highest order: see uni_pc.cpp.
torch::Tensor sampleUniPcOfOrder(const SamplerInput &in, torch::Tensor x, UniPcVariant variant, int maxOrder);

} // namespace engine
