#pragma once

#include "engine/pipeline/guidance.h"
#include "engine/pipeline/model_store.h"
#include "engine/samplers/sample.h"
#include "engine/trajectory.h"

#include <torch/torch.h>

#include <memory>
#include <vector>

namespace engine {

/// Writes down how one picture comes out of the noise: a few passes over its latents a step, beside the millions of
/// operations of a network call. Its calls are the hooks of SampleJob.
class TrajectoryRecorder
{
public:
    /// \param begun   what is known already: request, and of a branch its first steps
    /// \param parent  of a branch; else nullptr
    TrajectoryRecorder(LoadedModel &model, Trajectory begun, std::shared_ptr<const Trajectory> parent);

    void onStart(const TrajectorySegment &segment, const torch::Tensor &x);
    /// \param halves  of the network call that this answer is made of
    void onDenoise(const DenoiseState &state, const GuidanceHalves &halves);
    void onStep(const StepState &state);

    /// \param noise  all of the picture's
    [[nodiscard]] std::shared_ptr<Trajectory> finish(std::vector<NoiseOrigin> noise);

private:
    /// An answer that the sampler got, while its step may need it.
    struct Answer
    {
        int step = 0;
        double sigma = 0.0;
        double timestep = 0.0;
        torch::Tensor x = {};
        torch::Tensor output = {};
        torch::Tensor denoised = {};
        GuidanceHalves halves = {};
    };
    /// noise = x * ofState + output * ofOutput, for what the network predicts.
    struct NoiseRule
    {
        double ofState = 0.0;
        double ofOutput = 1.0;
    };

    [[nodiscard]] const Answer *answerOf(const StepState &state) const;
    [[nodiscard]] NoiseRule noiseRule(double sigma) const;
    void fill(TrajectoryStep &step, const Answer &answer) const;

    bool m_isFlow;
    Prediction m_prediction;
    Trajectory m_trajectory;
    std::shared_ptr<const Trajectory> m_parent;
    std::vector<Answer> m_answers; ///< of this step and the one before
    torch::Tensor m_x;             ///< state at the start of the step
};

} // namespace engine
