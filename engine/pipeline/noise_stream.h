#pragma once

#include "engine/core/noise.h"
#include "engine/request.h"
#include "engine/trajectory.h"

#include <torch/torch.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace engine {

/// The start noise and the step noises of a job's pictures: recorded ones, or drawn with one generator a picture. Knows
/// where it stands, so that a branch can go on from there.
class NoiseStream
{
public:
    /// \param shape  [1, C, h, w]
    /// \throws Error{BadRequest} if the request's noise file does not fit
    NoiseStream(const GenerateRequest &request, std::vector<int64_t> shape);

    /// Begins a picture. \return its start noise
    torch::Tensor begin(int picture);
    /// Goes on as `origins` say (steps rising), as if at the start of `step`, with which one of them begins.
    void resume(std::vector<NoiseOrigin> origins, int step);

    /// The next noise; \param step that asks for it, from 0
    torch::Tensor draw(int step);

    [[nodiscard]] const std::vector<NoiseOrigin> &origins() const { return m_origins; }
    /// Where the next number comes from, as the origin of a run that begins at `step`.
    [[nodiscard]] NoiseOrigin position(int step) const;

private:
    void open(std::size_t origin);
    torch::Tensor next();

    const GenerateRequest &m_request;
    std::vector<int64_t> m_shape;
    std::map<std::string, torch::Tensor> m_recorded;
    std::vector<NoiseOrigin> m_origins;
    std::size_t m_open = 0; ///< index of the origin in use
    std::optional<NoiseSource> m_source;
    int m_draws = 0; ///< of it, those skipped included
};

} // namespace engine
