#pragma once

#include "engine/pipeline/model_store.h"
#include "engine/pipeline/noise_stream.h"
#include "engine/samplers/sample.h"
#include "engine/trajectory.h"

#include <torch/torch.h>

#include <memory>
#include <vector>

namespace engine {

/// The request with which a branch is really made: seed, noise and size are the parent's, sampler and schedule
/// resolved ids. Other requests come back as they are.
/// \throws Error{BadRequest} if the step lies outside of the parent, or its record cannot be replayed
GenerateRequest resolvedBranch(const GenerateRequest &request);

/// A run that goes on where a part of another one ended.
///
/// The sampler of the segment that holds the branch's step runs again from the segment's start, and the parent's
/// answers stand in for the network until that step: so its history and the generator of the noise are what they were,
/// whatever sampler it is. Where sampler, schedule, eta or the number of steps differ, that run ends at the step, and
/// another begins at the state reached, without history.
class Branch
{
public:
    /// \param request  as resolvedBranch() gives it
    /// \param shape    [1, C, h, w] of this model at this size
    /// \throws Error{BadRequest} if the parent was made by another kind of model or in another size
    Branch(const GenerateRequest &request, const LoadedModel &model, const std::vector<int64_t> &shape);

    /// Makes the job go on from the branch's step; `noise` is set to where it stood. The job's other settings stand
    /// already.
    void setUp(SampleJob &job, NoiseStream &noise);

    /// The first steps, as they will stand in the branch's own trajectory; noise and segments are those of all of it.
    [[nodiscard]] Trajectory shared() const;

    [[nodiscard]] int step() const { return m_step; }
    /// The step at which the sampler of setUp()'s job begins.
    [[nodiscard]] int firstStep() const { return m_segments.back().step; }

private:
    [[nodiscard]] torch::Tensor answer(double sigma, int step);
    [[nodiscard]] bool continues(const GenerateRequest &request) const;

    const GenerateRequest &m_request;
    std::shared_ptr<const Trajectory> m_parent;
    int m_step = 0;
    std::size_t m_segment = 0;  ///< index into the parent's segments
    std::size_t m_nextCall = 0; ///< index into the parent's calls
    torch::Device m_device;
    std::vector<TrajectorySegment> m_segments;
    std::vector<NoiseOrigin> m_noise;
};

/// The numbers as a tensor [1, C, H, W] and back.
torch::Tensor tensorOf(const LatentArray &array);
LatentArray arrayOf(const torch::Tensor &x);

} // namespace engine
