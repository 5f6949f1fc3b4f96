#pragma once

#include "engine/event.h"
#include "engine/pipeline/model_store.h"
#include "engine/request.h"
#include "engine/samplers/sample.h"

#include <chrono>

namespace engine {

/// The family's map, or for an autoencoder that we do not know one fitted (least squares) to what its decoder makes of
/// random latents; of pixel models the identity. Made once a model.
const PreviewMap &previewMap(LoadedModel &model);

/// Shows each step of one picture, as far as time allows: linear previews may cost 2 % of the steps' time, those of the
/// real decoder 25 %.
class Previewer
{
public:
    Previewer(LoadedModel &model, const GenerateRequest &request, const RunContext &context);

    /// \param picture  index within the job
    void show(int picture, const StepState &state);

private:
    torch::Tensor decode(const torch::Tensor &latents);

    LoadedModel &m_model;
    const GenerateRequest &m_request;
    const RunContext &m_context;
    double m_stepSeconds = 0;
    double m_spentSeconds = 0;
    double m_lastCost = 0;
    bool m_isWarm = false; ///< one preview was made
};

} // namespace engine
