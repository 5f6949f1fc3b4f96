#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace engine {

enum class Prediction { Epsilon, VPrediction, Sample };

/// One network of a model.
struct PartInfo
{
    std::string name;      ///< text_encoder, text_encoder_2, unet, vae, tokenizer, scheduler
    std::string className; ///< diffusers' or transformers' class name
    std::string dtype;     ///< of most of its weights: F32, F16, BF16, ...
    std::int64_t tensors = 0;
    std::int64_t parameters = 0;
    std::uint64_t bytes = 0;
};

/// What a model is, read from headers and configs only.
struct ModelInfo
{
    std::filesystem::path path = {};
    std::string family = {};      ///< id: sd1, sd2, sdxl, sd_inpaint, ddpm, ...
    std::string familyLabel = {}; ///< "Stable Diffusion 1.x"
    std::string name = {};        ///< folder or file stem
    std::string layout = {};      ///< "diffusers" or "single_file"
    std::vector<PartInfo> parts = {};
    std::vector<std::string> missing = {}; ///< parts that a picture needs and that are not there
    bool takesPrompt = true;               ///< false: unconditional
    bool isLatent = true;                  ///< false: works on pixels
    bool isInpaint = false;                ///< 9-channel U-Net
    Prediction prediction = Prediction::Epsilon;
    int nativeWidth = 512;
    int nativeHeight = 512;
    int sizeMultiple = 8; ///< width and height must be multiples of it
    int maxTokens = 75;   ///< of one chunk of the prompt, without start and end
    std::string defaultSampler = "dpmpp_2m";
    std::string defaultSchedule = "karras";
    int defaultSteps = 20;
    double defaultGuidance = 7.0;
    std::uint64_t bytes = 0;
};

} // namespace engine
