#include "engine/checkpoint/scheduler_files.h"

#include "engine/checkpoint/json_text.h"
#include "engine/error.h"

#include <algorithm>
#include <cctype>

namespace engine {

namespace {

constexpr std::size_t kMaxSidecarBytes = 1u << 20;

std::optional<Prediction> predictionNamed(std::string_view name)
{
    if (name == "v" || name == "v_prediction" || name == "v_pred" || name == "vpred" || name == "v-prediction")
        return Prediction::VPrediction;
    if (name == "eps" || name == "epsilon")
        return Prediction::Epsilon;
    if (name == "sample" || name == "x0")
        return Prediction::Sample;
    return std::nullopt;
}

std::string lowered(std::string_view text)
{
    std::string result(text);
    std::transform(result.begin(), result.end(), result.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return result;
}

std::string_view trimmed(std::string_view text, std::string_view what = " \t\r\"'")
{
    const std::size_t begin = text.find_first_not_of(what);
    if (begin == std::string_view::npos)
        return {};
    return text.substr(begin, text.find_last_not_of(what) - begin + 1);
}

void take(TrainingHints &hints, std::string_view key, std::string_view value)
{
    if (key == "parameterization" || key == "prediction_type") {
        if (const auto prediction = predictionNamed(lowered(value)))
            hints.prediction = prediction;
    } else if (key == "rescale_betas_zero_snr" || key == "zero_terminal_snr" || key == "ztsnr") {
        hints.hasZeroSnr = lowered(value) == "true";
    }
}

/// The few scalars we ask of it stand on lines of their own: "    parameterization: "v"  # comment".
TrainingHints hintsOfYaml(std::string_view text)
{
    TrainingHints hints;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        line = line.substr(0, line.find('#'));
        const std::size_t colon = line.find(':');
        if (colon != std::string_view::npos)
            take(hints, trimmed(line.substr(0, colon), " \t\r\"'-"), trimmed(line.substr(colon + 1)));
    }
    return hints;
}

TrainingHints hintsOfJson(const nlohmann::json &json)
{
    TrainingHints hints;
    for (const char *key : {"parameterization", "prediction_type"})
        take(hints, key, textOr(json, key));
    for (const char *key : {"rescale_betas_zero_snr", "zero_terminal_snr", "ztsnr"}) {
        if (flagOr(json, key, false))
            take(hints, key, "true");
    }
    return hints;
}

/// Classes that start from SD's betas or that clamp by default; see diffusers' documentation of each class.
SchedulerConfig defaultsOf(const std::string &className)
{
    SchedulerConfig config;
    config.className = className;
    config.betaStart = 0.0001;
    config.betaEnd = 0.02;
    config.betaSchedule = "linear";
    config.stepsOffset = 0;
    config.timestepSpacing = "linspace";
    const auto isOneOf = [&](std::initializer_list<const char *> names) {
        return std::any_of(names.begin(), names.end(), [&](const char *name) { return className == name; });
    };
    if (isOneOf({"DDPMScheduler", "DDIMScheduler", "PNDMScheduler", "LCMScheduler", "TCDScheduler",
                 "DDIMInverseScheduler"}))
        config.timestepSpacing = "leading";
    if (isOneOf({"DDPMScheduler", "DDIMScheduler"}))
        config.clipSample = true;
    if (isOneOf({"DDIMScheduler", "LCMScheduler", "TCDScheduler"}))
        config.setAlphaToOne = true;
    if (isOneOf({"LCMScheduler", "TCDScheduler", "HeunDiscreteScheduler", "KDPM2DiscreteScheduler",
                 "KDPM2AncestralDiscreteScheduler", "DPMSolverSDEScheduler"})) {
        config.betaStart = 0.00085;
        config.betaEnd = 0.012;
    }
    if (isOneOf({"LCMScheduler", "TCDScheduler"}))
        config.betaSchedule = "scaled_linear";
    return config;
}

} // namespace

SchedulerConfig schedulerConfigFromJson(const nlohmann::json &json)
{
    SchedulerConfig config = defaultsOf(textOr(json, "_class_name", "DDIMScheduler"));
    config.trainTimesteps =
        static_cast<int>(std::clamp<std::int64_t>(integerOr(json, "num_train_timesteps", 1000), 1, 1'000'000));
    config.betaStart = numberOr(json, "beta_start", config.betaStart);
    config.betaEnd = numberOr(json, "beta_end", config.betaEnd);
    config.betaSchedule = textOr(json, "beta_schedule", config.betaSchedule);
    if (json.is_object() && json.contains("trained_betas") && json["trained_betas"].is_array()) {
        for (const nlohmann::json &beta : json["trained_betas"]) {
            if (beta.is_number())
                config.trainedBetas.push_back(beta.get<double>());
        }
    }
    config.prediction = predictionNamed(textOr(json, "prediction_type", "epsilon")).value_or(Prediction::Epsilon);
    config.rescaleBetasZeroSnr = flagOr(json, "rescale_betas_zero_snr", false);
    config.setAlphaToOne = flagOr(json, "set_alpha_to_one", config.setAlphaToOne);
    config.stepsOffset =
        static_cast<int>(std::clamp<std::int64_t>(integerOr(json, "steps_offset", config.stepsOffset), -1000, 1000));
    config.clipSample = flagOr(json, "clip_sample", config.clipSample);
    config.clipSampleRange = numberOr(json, "clip_sample_range", 1.0);
    config.thresholding = flagOr(json, "thresholding", false);
    config.varianceType = textOr(json, "variance_type", config.varianceType);
    config.timestepSpacing = textOr(json, "timestep_spacing", config.timestepSpacing);
    return config;
}

TrainingHints hintsOfFile(const SafetensorsFile &file)
{
    TrainingHints hints;
    for (const auto &[key, value] : file.metadata()) {
        if (key == "modelspec.prediction_type" || key == "modelspec.predict_key")
            take(hints, "prediction_type", value);
        else if (key == "modelspec.architecture" && value.starts_with("stable-diffusion-v2-768-v") && !hints.prediction)
            hints.prediction = Prediction::VPrediction;
    }
    if (file.find("v_pred"))
        hints.prediction = Prediction::VPrediction;
    hints.hasZeroSnr = file.find("ztsnr") != nullptr;
    return hints;
}

TrainingHints hintsOfSidecar(const std::filesystem::path &model)
{
    for (const char *extension : {".yaml", ".yml", ".json"}) {
        std::filesystem::path sidecar = model;
        sidecar.replace_extension(extension);
        std::error_code ignored;
        if (sidecar == model || !std::filesystem::is_regular_file(sidecar, ignored) ||
            std::filesystem::file_size(sidecar, ignored) > kMaxSidecarBytes)
            continue;
        TrainingHints hints;
        try {
            const MappedFile file(sidecar);
            const std::string_view text(reinterpret_cast<const char *>(file.bytes().data()), file.bytes().size());
            hints = sidecar.extension() == ".json" ? hintsOfJson(parseJson(text, sidecar.string())) : hintsOfYaml(text);
        } catch (const Error &) {
            continue; // notes of some other program
        }
        if (!hints.empty())
            return hints;
    }
    return {};
}

} // namespace engine
