#pragma once

#include "engine/image.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace engine {

struct Trajectory;

/// Where start noise and step noise come from. Cpu: LibTorch's CPU generator, the numbers of torch.randn in
/// Python. Nv: Philox as a CUDA device draws it, computed on the CPU.
enum class RngKind { Cpu, Nv };
/// Auto: bfloat16 where the processor multiplies it in hardware, else float32.
enum class Precision { Auto, Float32, BFloat16 };
/// What the live preview shows: the predicted picture (x0) or the noisy state (x_t).
enum class PreviewContent { None, PredictedX0, NoisyXt };
/// How previews are decoded: a linear map (free), or the real decoder.
enum class PreviewDecoder { Linear, Full };
/// How weights like (word:1.2) are applied to the conditioning.
enum class PromptWeighting { A1111, ComfyUI, NoNorm };

/// Everything about one job: nothing is read from anywhere else while it runs.
struct GenerateRequest
{
    std::filesystem::path model = {}; ///< folder (diffusers) or single file
    std::string prompt = {};
    std::string negativePrompt = {};
    std::string sampler = "dpmpp_2m"; ///< id of engine::samplers()
    std::string schedule = "karras";  ///< id of engine::schedules(); empty: the sampler's default
    int steps = 20;
    double guidanceScale = 7.0;
    double guidanceRescale = 0.0; ///< phi of Lin et al. 2023, section 3.4
    int width = 0;                ///< pixels; 0: the model's own size
    int height = 0;
    std::uint64_t seed = 0; ///< picture i uses seed + i
    int count = 1;
    RngKind rng = RngKind::Cpu;
    Precision precision = Precision::Auto;
    int clipSkip = 1; ///< 1: last layer; 2: second to last, ...
    PromptWeighting weighting = PromptWeighting::A1111;
    double eta = 1.0; ///< noise of ancestral and SDE samplers; DDIM uses ddimEta
    double ddimEta = 0.0;
    Image init = {};                            ///< start picture; empty: from noise
    Image mask = {};                            ///< grey, white is repainted; needs init
    double strength = 0.75;                     ///< of picture to picture, 0..1
    std::filesystem::path noiseFile = {};       ///< safetensors with `latents` and `step_noise` instead of drawn noise
    std::filesystem::path saveLatentsFile = {}; ///< where the final latents go; empty: nowhere
    PreviewContent preview = PreviewContent::PredictedX0;
    PreviewDecoder previewDecoder = PreviewDecoder::Linear;
    bool keepTrajectory = false; ///< TrajectoryReady follows each picture
    bool keepAttention = false;  ///< with the attention maps of its words
    /// A branch: the first branchStep steps are the parent's, bit for bit; what differs in this request (prompt,
    /// guidance, sampler, steps) counts from there on. Nothing different: the parent's picture.
    std::shared_ptr<const Trajectory> branchFrom = {};
    int branchStep = 0;
    std::optional<std::uint64_t> branchNoiseSeed = {}; ///< of the noise of the remaining steps; empty: the parent's

    bool operator==(const GenerateRequest &) const = default;
};

struct LoadRequest
{
    std::filesystem::path model = {};
    Precision precision = Precision::Auto;
};

/// Runs one network once (float32 unless said): for comparing implementations.
struct ProbeRequest
{
    std::filesystem::path model = {};
    std::string part = {};            ///< text_encoder, text_encoder_2, unet, vae_encoder, vae_decoder
    std::filesystem::path input = {}; ///< safetensors, tensors named as diffusers' forward arguments
    std::filesystem::path output = {};
    Precision precision = Precision::Float32;
};

/// One thing that cannot work about a request. `field` is the member's name, `text` English, one sentence.
struct Problem
{
    std::string field;
    std::string text;
};

/// Looks for values that cannot work before anything is loaded. Empty: fine.
[[nodiscard]] std::vector<Problem> validate(const GenerateRequest &request);

} // namespace engine
