#include "engine/request_json.h"

#include "engine/checkpoint/json_text.h"

#include <array>
#include <cmath>
#include <limits>
#include <string_view>
#include <utility>

namespace engine {

namespace {

// Words that stand in files: never renamed.
constexpr std::array kRngs = {std::pair{RngKind::Cpu, "cpu"}, std::pair{RngKind::Nv, "nv"}};
constexpr std::array kPrecisions = {std::pair{Precision::Auto, "auto"}, std::pair{Precision::Float32, "float32"},
                                    std::pair{Precision::BFloat16, "bfloat16"}};
constexpr std::array kWeightings = {std::pair{PromptWeighting::A1111, "a1111"},
                                    std::pair{PromptWeighting::ComfyUI, "comfyui"},
                                    std::pair{PromptWeighting::NoNorm, "no_norm"}};

template <typename Words, typename T>
const char *wordOf(const Words &words, T value)
{
    for (const auto &[each, word] : words) {
        if (each == value)
            return word;
    }
    return words.front().second;
}

template <typename Words, typename T>
T valueOf(const Words &words, std::string_view text, T otherwise)
{
    for (const auto &[each, word] : words) {
        if (text == word)
            return each;
    }
    return otherwise;
}

/// Text of any bytes: JSON holds UTF-8 only.
std::string utf8(const std::string &text)
{
    const std::string dumped = nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    return nlohmann::json::parse(dumped).get<std::string>();
}

} // namespace

nlohmann::json toJson(const GenerateRequest &request)
{
    return {{"model", utf8(request.model.string())},
            {"prompt", utf8(request.prompt)},
            {"negative", utf8(request.negativePrompt)},
            {"sampler", request.sampler},
            {"schedule", request.schedule},
            {"steps", request.steps},
            {"cfg", request.guidanceScale},
            {"guidance_rescale", request.guidanceRescale},
            {"width", request.width},
            {"height", request.height},
            {"seed", std::to_string(request.seed)}, // 64 bits do not survive every JSON reader
            {"rng", wordOf(kRngs, request.rng)},
            {"precision", wordOf(kPrecisions, request.precision)},
            {"clip_skip", request.clipSkip},
            {"weighting", wordOf(kWeightings, request.weighting)},
            {"eta", request.eta},
            {"ddim_eta", request.ddimEta},
            {"strength", request.strength},
            {"noise_file", utf8(request.noiseFile.string())}};
}

GenerateRequest requestFromJson(const nlohmann::json &json)
{
    GenerateRequest request;
    if (!json.is_object())
        return request;
    const auto whole = [&json](const char *key, int otherwise, int most) {
        const std::int64_t value = integerOr(json, key, otherwise);
        return value >= 0 && value <= most ? int(value) : otherwise;
    };
    const auto real = [&json](const char *key, double otherwise) {
        const double value = numberOr(json, key, otherwise);
        return std::isfinite(value) ? value : otherwise;
    };
    request.model = textOr(json, "model");
    request.prompt = textOr(json, "prompt");
    request.negativePrompt = textOr(json, "negative");
    request.sampler = textOr(json, "sampler", request.sampler);
    request.schedule = textOr(json, "schedule", request.schedule);
    request.steps = whole("steps", request.steps, 1000);
    request.guidanceScale = real("cfg", request.guidanceScale);
    request.guidanceRescale = real("guidance_rescale", request.guidanceRescale);
    request.width = whole("width", 0, 1 << 20);
    request.height = whole("height", 0, 1 << 20);
    try {
        request.seed = std::stoull(textOr(json, "seed", "0"));
    } catch (const std::exception &) {
        request.seed = 0;
    }
    request.rng = valueOf(kRngs, textOr(json, "rng"), request.rng);
    request.precision = valueOf(kPrecisions, textOr(json, "precision"), request.precision);
    request.clipSkip = whole("clip_skip", request.clipSkip, 100);
    request.weighting = valueOf(kWeightings, textOr(json, "weighting"), request.weighting);
    request.eta = real("eta", request.eta);
    request.ddimEta = real("ddim_eta", request.ddimEta);
    request.strength = real("strength", request.strength);
    request.noiseFile = textOr(json, "noise_file");
    request.keepTrajectory = true;
    return request;
}

} // namespace engine
