#pragma once

#include "engine/checkpoint/model_files.h"

#include <optional>

namespace engine {

/// What a single file's makers say about its prediction outside of the weights.
struct TrainingHints
{
    std::optional<Prediction> prediction = {};
    bool hasZeroSnr = false; ///< betas rescaled to zero terminal SNR

    [[nodiscard]] bool empty() const { return !prediction && !hasZeroSnr; }
};

/// From the file's metadata ("modelspec.prediction_type", "modelspec.predict_key", "modelspec.architecture") and its
/// marker tensors ("v_pred", "ztsnr").
TrainingHints hintsOfFile(const SafetensorsFile &file);

/// From a .yaml, .yml or .json file of the same stem beside it: `parameterization: "v"` as in the configs of the
/// original code, or `prediction_type: v_prediction`. A sidecar that cannot be read says nothing.
TrainingHints hintsOfSidecar(const std::filesystem::path &model);

} // namespace engine
