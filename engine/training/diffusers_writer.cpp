#include "engine/training/diffusers_writer.h"

#include "engine/checkpoint/json_text.h"
#include "engine/core/tensor_file.h"
#include "engine/error.h"

#include <nlohmann/json.hpp>

#include <fstream>

namespace engine {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

constexpr auto kDiffusersVersion = "0.42.1"; // whose layout this is
constexpr auto kDiffusersWeights = "diffusion_pytorch_model.safetensors";
constexpr auto kTransformersWeights = "model.safetensors";

void makeFolder(const fs::path &folder)
{
    std::error_code failed;
    fs::create_directories(folder, failed);
    if (failed)
        throw Error(failed == std::errc::no_space_on_device ? ErrorKind::DiskFull : ErrorKind::FileUnreadable,
                    folder.string(), "cannot make this folder: " + failed.message());
}

void writeText(const fs::path &file, const std::string &text)
{
    makeFolder(file.parent_path());
    const fs::path temporary = file.string() + ".tmp";
    std::ofstream stream(temporary, std::ios::binary);
    stream << text;
    stream.close();
    std::error_code failed;
    if (stream)
        fs::rename(temporary, file, failed);
    if (!stream || failed) {
        std::error_code ignored;
        const bool isFull = fs::space(file.parent_path(), ignored).available < text.size();
        fs::remove(temporary, ignored);
        throw Error(isFull ? ErrorKind::DiskFull : ErrorKind::FileUnreadable, file.string(), "cannot write this file.");
    }
}

void writeJson(const fs::path &file, const json &content)
{
    writeText(file, content.dump(2) + "\n");
}

void writeWeights(const fs::path &file, const NamedTensors &weights, torch::Dtype dtype)
{
    makeFolder(file.parent_path());
    NamedTensors converted;
    for (const auto &[name, tensor] : weights)
        converted[name] = tensor.to(torch::kCPU, dtype).contiguous();
    writeTensors(file, converted, {{"format", "pt"}});
}

json withVersion(json config)
{
    config["_diffusers_version"] = kDiffusersVersion;
    return config;
}

std::vector<double> numbers(const torch::Tensor &tensor)
{
    const torch::Tensor flat = tensor.to(torch::kCPU, torch::kFloat64).contiguous().view({-1});
    return {flat.data_ptr<double>(), flat.data_ptr<double>() + flat.numel()};
}

std::string schedulerClass(const SchedulerConfig &config)
{
    return config.className.empty() ? "DDIMScheduler" : config.className;
}

} // namespace

void writeUNet(const fs::path &folder, const UNetConfig &config, const NamedTensors &weights, torch::Dtype dtype)
{
    writeWeights(folder / kDiffusersWeights, weights, dtype);
    writeJson(folder / "config.json", withVersion(config.toJson()));
}

void writeUNet2D(const fs::path &folder, const UNet2DConfig &config, const NamedTensors &weights, torch::Dtype dtype)
{
    writeWeights(folder / kDiffusersWeights, weights, dtype);
    writeJson(folder / "config.json", withVersion(config.toJson()));
}

void writeTextEncoder(const fs::path &folder, const ClipTextConfig &config, const NamedTensors &weights,
                      torch::Dtype dtype)
{
    writeWeights(folder / kTransformersWeights, weights, dtype);
    json content = config.toJson();
    content["torch_dtype"] = dtype == torch::kFloat16 ? "float16" : "float32";
    writeJson(folder / "config.json", content);
}

void writeAutoencoder(const fs::path &folder, VaeConfig config, const NamedTensors &weights,
                      const LatentStatistics &statistics, torch::Dtype dtype)
{
    config.scalingFactor = statistics.scalingFactor;
    writeWeights(folder / kDiffusersWeights, weights, dtype);
    json content = withVersion(config.toJson());
    if (statistics.rgbFactors.defined()) {
        json rows = json::array();
        for (int64_t i = 0; i < statistics.rgbFactors.size(0); ++i)
            rows.push_back(numbers(statistics.rgbFactors[i]));
        content["latent_rgb_factors"] = rows;
        content["latent_rgb_bias"] = numbers(statistics.rgbBias);
    }
    writeJson(folder / "config.json", content);
}

void writeTokenizer(const fs::path &folder, const std::string &spieceModel, int length)
{
    writeText(folder / "spiece.model", spieceModel);
    writeJson(folder / "tokenizer_config.json", {{"tokenizer_class", "T5Tokenizer"},
                                                 {"model_max_length", length},
                                                 {"extra_ids", 0},
                                                 {"additional_special_tokens", json::array()},
                                                 {"pad_token", "<pad>"},
                                                 {"eos_token", "</s>"},
                                                 {"unk_token", "<unk>"},
                                                 {"legacy", true}});
}

void writeScheduler(const fs::path &folder, const SchedulerConfig &config)
{
    json content = {{"_class_name", schedulerClass(config)},
                    {"_diffusers_version", kDiffusersVersion},
                    {"num_train_timesteps", config.trainTimesteps},
                    {"beta_start", config.betaStart},
                    {"beta_end", config.betaEnd},
                    {"beta_schedule", config.betaSchedule},
                    {"clip_sample", config.clipSample}};
    switch (config.prediction) {
    case Prediction::Epsilon:
        content["prediction_type"] = "epsilon";
        break;
    case Prediction::VPrediction:
        content["prediction_type"] = "v_prediction";
        break;
    case Prediction::Sample:
        content["prediction_type"] = "sample";
        break;
    }
    if (schedulerClass(config) == "DDPMScheduler") {
        content["variance_type"] = config.varianceType;
    } else {
        content["set_alpha_to_one"] = config.setAlphaToOne;
        content["steps_offset"] = config.stepsOffset;
    }
    writeJson(folder / "scheduler_config.json", content);
}

void writeStableDiffusionIndex(const fs::path &folder, const SchedulerConfig &scheduler)
{
    const json absent = json::array({nullptr, nullptr});
    writeJson(folder / "model_index.json", {{"_class_name", "StableDiffusionPipeline"},
                                            {"_diffusers_version", kDiffusersVersion},
                                            {"feature_extractor", absent},
                                            {"image_encoder", absent},
                                            {"requires_safety_checker", false},
                                            {"safety_checker", absent},
                                            {"scheduler", {"diffusers", schedulerClass(scheduler)}},
                                            {"text_encoder", {"transformers", "CLIPTextModel"}},
                                            {"tokenizer", {"transformers", "T5Tokenizer"}},
                                            {"unet", {"diffusers", "UNet2DConditionModel"}},
                                            {"vae", {"diffusers", "AutoencoderKL"}}});
}

void writeDdpmIndex(const fs::path &folder, const SchedulerConfig &scheduler)
{
    writeJson(folder / "model_index.json", {{"_class_name", "DDPMPipeline"},
                                            {"_diffusers_version", kDiffusersVersion},
                                            {"scheduler", {"diffusers", schedulerClass(scheduler)}},
                                            {"unet", {"diffusers", "UNet2DModel"}}});
}

void copyWeights(torch::nn::Module &module, const NamedTensors &weights, const std::string &subject)
{
    const torch::NoGradGuard noGrad;
    for (const auto &parameter : module.named_parameters()) {
        const auto found = weights.find(parameter.key());
        if (found == weights.end() || found->second.sizes() != parameter.value().sizes())
            throw Error(ErrorKind::WrongWeights, subject,
                        "the tensor \"" + parameter.key() + "\" is missing or has another shape.");
        torch::Tensor target = parameter.value();
        target.copy_(found->second);
    }
}

AutoencoderKL readAutoencoder(const fs::path &folder)
{
    AutoencoderKL vae(VaeConfig::fromJson(readJsonObject(folder / "config.json")));
    copyWeights(*vae, readTensors(folder / kDiffusersWeights), folder.string());
    return vae;
}

} // namespace engine
