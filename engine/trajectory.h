#pragma once

#include "engine/request.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace engine {

/// Numbers of one state: a latent [C, H, W], or the pixels (-1..1) of a model that works on pixels.
struct LatentArray
{
    int channels = 0;
    int height = 0;
    int width = 0;
    std::vector<float> values = {}; ///< C * H * W, channel after channel

    [[nodiscard]] bool isEmpty() const { return values.empty(); }
    bool operator==(const LatentArray &) const = default;
};

/// The same in IEEE half precision: what is only looked at.
struct HalfArray
{
    int channels = 0;
    int height = 0;
    int width = 0;
    std::vector<std::uint16_t> values = {};

    bool operator==(const HalfArray &) const = default;
};

/// The linear map from latent to picture: rgb = sum_c factors[3 c + i] * z_c + bias[i], in -1..1 (identity for pixels).
struct LatentMap
{
    std::vector<float> factors = {}; ///< C x 3
    std::vector<float> bias = {};    ///< 3
    int scale = 8;                   ///< pixels a latent cell

    bool operator==(const LatentMap &) const = default;
};

/// One sampler step, looked at from outside.
struct TrajectoryStep
{
    int index = 0;         ///< from 0
    double timestep = 0.0; ///< t as the network saw it
    double sigma = 0.0;    ///< noise level at the start of the step
    double sigmaNext = 0.0;
    double seconds = 0.0;
    double xNorm = 0.0;     ///< root mean square of x_t in the sampler's own space
    double epsNorm = 0.0;   ///< root mean square of the predicted noise, guidance applied
    double guidance = 0.0;  ///< root mean square of eps_cond - eps_uncond; 0 without guidance
    HalfArray x = {};       ///< x_t at the start of the step, scaled so that its variance stays about 1
    HalfArray eps = {};     ///< predicted noise, guidance applied
    HalfArray x0 = {};      ///< predicted picture
    HalfArray epsCond = {}; ///< guidance halves; empty without guidance
    HalfArray epsUncond = {};
};

/// What the network answered, in full precision and in the order in which the sampler asked. Replaying these gives the
/// sampler its history back bit for bit, whatever its kind: a branch from step k replays the calls of k steps.
struct DenoiseCall
{
    int step = 0; ///< the step that asked
    double sigma = 0.0;
    LatentArray denoised = {};
};

/// Which part of the picture a piece of the prompt drew (DAAM, Tang et al. 2022, arXiv:2210.04885).
struct AttentionMap
{
    std::string text = {};          ///< a word of the prompt, its pieces joined
    int begin = 0;                  ///< its bytes in the prompt: [begin, end)
    int end = 0;                    ///< 0: not a part of the prompt (start, end and padding tokens)
    std::vector<float> values = {}; ///< rows x columns, mean over heads, layers and steps, at least 0
};

struct AttentionMaps
{
    int rows = 0;
    int columns = 0;
    std::vector<AttentionMap> words = {};
};

/// A stretch of a run that one call of one sampler made. A branch with another sampler or schedule begins a new one,
/// whose sampler starts at the state reached, without history.
struct TrajectorySegment
{
    int step = 0; ///< the first step of it
    std::string sampler = {};
    std::string schedule = {};
    double eta = 1.0;
    double ddimEta = 0.0;
    bool isTimestepForm = false;        ///< SamplingForm::Timestep
    std::vector<double> sigmas = {};    ///< planned levels, one more than there are steps
    std::vector<double> timesteps = {}; ///< one a step
    LatentArray start = {};             ///< state before it; empty: Trajectory::start

    bool operator==(const TrajectorySegment &) const = default;
};

/// Where the noise comes from, from a step on.
struct NoiseOrigin
{
    int step = 0;
    std::uint64_t seed = 0;
    int skip = 0;     ///< draws that this generator made before
    int fileRow = -1; ///< row of the request's noiseFile, skip counts its step noises; -1: drawn

    bool operator==(const NoiseOrigin &) const = default;
};

/// How one picture came out of the noise: everything the inspector shows and a branch needs.
struct Trajectory
{
    /// Of this one picture: count 1, its own seed, sizes resolved; nothing about a branch. To branch: copy it, change
    /// what is to differ, and set branchFrom and branchStep. The first steps of a branch may have had another prompt,
    /// guidance and sampler: those of its parent.
    GenerateRequest request = {};
    std::string family = {};         ///< of the model
    std::vector<double> sigmas = {}; ///< levels of the steps, and the last one reached
    LatentArray start = {};          ///< state before the first step, in full precision
    std::vector<TrajectoryStep> steps = {};
    std::vector<DenoiseCall> calls = {};
    std::vector<TrajectorySegment> segments = {}; ///< at least one; the first begins at step 0
    std::vector<NoiseOrigin> noise = {};          ///< at least one; the first begins at step 0
    LatentMap map = {};
    AttentionMaps attention = {}; ///< empty if not asked for, or the network has no words; of a branch: its own steps
    std::string sampler = {};     ///< resolved ids, of the last segment
    std::string schedule = {};
    int branchStep = -1; ///< of a branch: steps that it shares with its parent; else -1

    [[nodiscard]] std::uint64_t bytes() const; ///< memory held by the numbers
};

/// Where a branch may begin: its steps 0 to branchStep - 1 are the parent's.
[[nodiscard]] inline int lastBranchStep(const Trajectory &trajectory)
{
    return int(trajectory.steps.size()) - 1;
}

/// Writes a trajectory beside its picture (safetensors with a JSON header), whole or not at all.
/// \throws Error{DiskFull}, Error{FileUnreadable}
void writeTrajectory(const Trajectory &trajectory, const std::filesystem::path &file);
/// \throws Error{FileUnreadable}, Error{NotACheckpoint} if it is cut short or something else
Trajectory readTrajectory(const std::filesystem::path &file);

[[nodiscard]] LatentArray toFloat(const HalfArray &half);
[[nodiscard]] HalfArray toHalf(const LatentArray &values);
/// The picture that the linear map shows: [H, W], one pixel a latent cell.
[[nodiscard]] Image linearPicture(const LatentArray &latent, const LatentMap &map);

} // namespace engine
