#pragma once

#include "engine/request.h"
#include "engine/trajectory.h"

#include <filesystem>
#include <string>
#include <variant>
#include <vector>

namespace engine {

/// The picture of a latent, by the model's real decoder.
struct DecodeRequest
{
    std::filesystem::path model = {};
    LatentArray latent = {}; ///< as the network sees it (scaling factor applied)
    Precision precision = Precision::Auto;
};

struct DecodeResult
{
    Image image = {};
};

/// The latent of a picture (mean of the posterior, scaling factor applied); a model on pixels gives the pixels.
struct EncodeRequest
{
    std::filesystem::path model = {};
    Image picture = {}; ///< sides are made multiples of what the model needs, by scaling and cropping
    Precision precision = Precision::Auto;
};

struct EncodeResult
{
    LatentArray latent = {};
    Image picture = {}; ///< what was encoded
    LatentMap map = {};
};

/// "Now ask the model": which noise does the network see in x_t = sqrt(alpha_bar) x_0 + sqrt(1 - alpha_bar) eps?
struct PredictNoiseRequest
{
    std::filesystem::path model = {};
    LatentArray clean = {};            ///< x_0
    LatentArray noise = {};            ///< the true eps
    std::vector<double> alphaBars = {}; ///< of the chosen noise schedule at each t
    std::vector<int> timesteps = {};   ///< one: the guess is returned; more: the curve of its error
    std::string prompt = {};
    std::string negativePrompt = {};
    double guidanceScale = 1.0;
    Precision precision = Precision::Auto;
};

struct PredictNoiseResult
{
    std::vector<int> timesteps = {};
    std::vector<double> errors = {}; ///< mean square of eps_theta - eps, of each t
    LatentArray eps = {};            ///< of the last t
    LatentArray clean = {};          ///< the x_0 that it implies
    Image picture = {};              ///< of that x_0, by the real decoder
};

/// Small questions that the pages about diffusion ask a model.
using StudyRequest = std::variant<DecodeRequest, EncodeRequest, PredictNoiseRequest>;
using StudyResult = std::variant<DecodeResult, EncodeResult, PredictNoiseResult>;

} // namespace engine
