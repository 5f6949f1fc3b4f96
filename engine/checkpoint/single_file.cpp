#include "engine/checkpoint/single_file.h"

#include "engine/checkpoint/ldm_configs.h"
#include "engine/checkpoint/ldm_names.h"
#include "engine/checkpoint/scheduler_files.h"
#include "engine/error.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>

namespace engine {

namespace {

constexpr double kScalingFactorOfSd = 0.18215;
constexpr double kScalingFactorOfSdxl = 0.13025;
constexpr std::size_t kMaxUnknownTensors = 100;

/// Networks and adapters that we recognise by a piece of a name and do not run from a single file.
struct ForeignLayout
{
    std::string_view prefix; ///< of the name; empty: anywhere
    std::string_view piece;
    std::string_view what;
};

constexpr std::array kForeignLayouts = {
    ForeignLayout{"", "joint_blocks.", "Stable Diffusion 3 models are"},
    ForeignLayout{"", "double_blocks.", "FLUX models are"},
    ForeignLayout{"", "single_transformer_blocks.", "FLUX models are"},
    ForeignLayout{"", "adaln_single.", "PixArt models are"},
    ForeignLayout{"", "t_block.1.", "PixArt models are"},
    ForeignLayout{"control_model.", "", "ControlNets are"},
    ForeignLayout{"", "controlnet_cond_embedding.", "ControlNets are"},
    ForeignLayout{"noise_augmentor.", "", "unCLIP models are"},
    ForeignLayout{"lora_", "", "LoRA files are"},
    ForeignLayout{"", ".lora_A.", "LoRA files are"},
    ForeignLayout{"", ".lora_down.", "LoRA files are"},
    ForeignLayout{"", ".lora.down.", "LoRA files are"},
    ForeignLayout{"", "hada_w1_a", "LoRA files are"},
    ForeignLayout{"", "lokr_w1", "LoRA files are"},
    ForeignLayout{"emb_params", "", "embeddings (textual inversion) are"},
    ForeignLayout{"decoder.layers.", "", "small autoencoders (TAESD) are"},
    ForeignLayout{"taesd_", "", "small autoencoders (TAESD) are"},
    ForeignLayout{"transformer_blocks.", "", "transformer models are"},
};

void refuseForeignLayouts(const SafetensorsFile &file)
{
    for (const ForeignLayout &layout : kForeignLayouts) {
        const auto shows = [&](const TensorEntry &entry) {
            return entry.name.starts_with(layout.prefix) && entry.name.find(layout.piece) != std::string::npos;
        };
        if (std::any_of(file.entries().begin(), file.entries().end(), shows))
            throw Error(ErrorKind::NotSupported, file.path().string(), std::string(layout.what) + " not supported yet");
    }
}

struct Sorted
{
    LdmTensors unet;
    LdmTensors vae;
    struct Tower
    {
        LdmTensors tensors;
        bool isOpenClip = false;
    };
    std::array<Tower, 2> towers; ///< by number of the embedder
    std::vector<std::string> unknown;
};

bool strip(std::string_view &name, std::string_view prefix)
{
    if (!name.starts_with(prefix))
        return false;
    name.remove_prefix(prefix.size());
    return true;
}

bool isLoneVae(const SafetensorsFile &file)
{
    return file.find("decoder.conv_in.weight") && file.find("decoder.mid.block_1.conv1.weight");
}

Sorted sortTensors(const std::shared_ptr<const SafetensorsFile> &file)
{
    Sorted sorted;
    sorted.unet.file = sorted.vae.file = sorted.towers[0].tensors.file = sorted.towers[1].tensors.file = file;
    const bool loneVae = isLoneVae(*file);
    for (const TensorEntry &entry : file->entries()) {
        if (isForeignBuffer(entry.name))
            continue;
        std::string_view name = entry.name;
        LdmTensors *part = nullptr;
        if (strip(name, "model.diffusion_model.")) {
            part = &sorted.unet;
        } else if (strip(name, "first_stage_model.") || loneVae) {
            part = &sorted.vae;
        } else if (strip(name, "cond_stage_model.") || strip(name, "conditioner.embedders.0.")) {
            part = &sorted.towers[0].tensors;
        } else if (strip(name, "conditioner.embedders.1.")) {
            part = &sorted.towers[1].tensors;
        }
        if (part && part != &sorted.unet && part != &sorted.vae) {
            Sorted::Tower &tower = sorted.towers[part == &sorted.towers[1].tensors];
            if (strip(name, "model."))
                tower.isOpenClip = true;
            else if (!strip(name, "transformer."))
                part = nullptr;
        }
        if (part)
            part->entries.emplace(name, &entry);
        else if (sorted.unknown.size() < kMaxUnknownTensors)
            sorted.unknown.push_back(entry.name);
    }
    return sorted;
}

float toFloat(const std::byte *data, DType dtype)
{
    if (dtype == DType::F32) {
        float value = 0;
        std::memcpy(&value, data, sizeof(value));
        return value;
    }
    std::uint16_t bits = 0;
    std::memcpy(&bits, data, sizeof(bits));
    if (dtype == DType::BF16)
        return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16);
    const int exponent = bits >> 10 & 0x1f;
    const float fraction = static_cast<float>(bits & 0x3ff);
    const float size = exponent == 0 ? std::ldexp(fraction, -24) : std::ldexp(fraction + 1024.0f, exponent - 25);
    return bits & 0x8000 ? -size : size;
}

/// Standard deviation of a short vector; 0 if it is none.
double spread(const SafetensorsFile &file, const TensorEntry *entry)
{
    constexpr std::int64_t kMostElements = 1 << 16;
    if (!entry || entry->shape.size() != 1 || entry->shape[0] < 2 || entry->shape[0] > kMostElements)
        return 0.0;
    if (entry->dtype != DType::F32 && entry->dtype != DType::F16 && entry->dtype != DType::BF16)
        return 0.0;
    const std::span<const std::byte> data = file.data(*entry);
    const std::size_t step = byteSize(entry->dtype);
    double sum = 0.0, squares = 0.0;
    for (std::size_t at = 0; at < data.size(); at += step) {
        const double value = toFloat(data.data() + at, entry->dtype);
        sum += value;
        squares += value * value;
    }
    const auto n = static_cast<double>(entry->shape[0]);
    return std::sqrt(std::max(0.0, squares / n - (sum / n) * (sum / n)));
}

/// Whether an SD 2.x U-Net looks like the published v-predicting ones.
bool looksLikeVPrediction(const LdmTensors &unet)
{
    constexpr double kBetweenThePublishedModels = 0.09;
    constexpr const char *kLayer = "output_blocks.11.1.transformer_blocks.0.norm1.bias";
    return spread(*unet.file, unet.find(kLayer)) > kBetweenThePublishedModels;
}

void addTower(ModelFiles &files, const Sorted::Tower &tower, const std::string &name, bool withProjection)
{
    if (tower.tensors.empty())
        return;
    ModelPart part{.name = name};
    if (tower.isOpenClip) {
        part.tensors = textFromOpenClip(tower.tensors, withProjection ? Projection::Keep : Projection::Drop);
        part.config = textConfigFromOpenClip(part.tensors);
    } else {
        part.tensors = textFromTransformers(tower.tensors);
        part.config = textConfigFromTransformers(part.tensors);
    }
    part.className = part.config["architectures"][0].get<std::string>();
    part.startToken = part.config["bos_token_id"].get<std::int64_t>();
    part.endToken = part.config["eos_token_id"].get<std::int64_t>();
    part.padToken = tower.isOpenClip ? 0 : part.endToken; // as their tokenizers pad
    part.config["pad_token_id"] = part.padToken;
    part.unusedLayers = tower.isOpenClip && !withProjection ? 1 : 0;
    files.parts.push_back(std::move(part));
}

void addScheduler(ModelFiles &files, const SafetensorsFile &file, const LdmTensors &unet)
{
    TrainingHints hints = hintsOfSidecar(file.path());
    if (hints.empty())
        hints = hintsOfFile(file);
    files.hasScheduler = !hints.empty();
    const ModelPart *part = files.part("unet");
    const bool isSdxl = part && part->config.contains("addition_embed_type");
    const bool isSd2 = part && !isSdxl && part->config["use_linear_projection"].get<bool>();
    if (!hints.prediction && isSd2 && part->config["in_channels"] == 4 && looksLikeVPrediction(unet))
        hints.prediction = Prediction::VPrediction;
    files.scheduler.prediction = hints.prediction.value_or(Prediction::Epsilon);
    if (isSdxl)
        files.scheduler.className = "EulerDiscreteScheduler";
    if (hints.hasZeroSnr) {
        files.scheduler.rescaleBetasZeroSnr = true;
        files.scheduler.timestepSpacing = "trailing";
    }
}

} // namespace

ModelFiles openSingleFile(const std::filesystem::path &path)
{
    const auto file = std::make_shared<const SafetensorsFile>(path);
    Sorted sorted = sortTensors(file);
    // Towers tell OpenCLIP by "model.", which a whole U-Net has too: look for strangers only where something is amiss.
    const bool isUnet = sorted.unet.has("input_blocks.0.0.weight") && sorted.unet.has("out.2.weight");
    if (!isUnet || sorted.unet.hasPrefix("joint_blocks.") || sorted.unet.hasPrefix("double_blocks.") ||
        file->find("noise_augmentor.data_mean"))
        refuseForeignLayouts(*file);

    ModelFiles files{.path = path, .layout = "single_file"};
    files.unknownTensors = std::move(sorted.unknown);
    if (isUnet)
        files.parts.push_back({.name = "unet",
                               .className = "UNet2DConditionModel",
                               .config = unetConfigFromLdm(sorted.unet),
                               .tensors = unetFromLdm(sorted.unet)});
    const bool isSdxl =
        isUnet ? files.parts.front().config.contains("addition_embed_type") : !sorted.towers[1].tensors.empty();
    if (sorted.vae.hasPrefix("decoder.") || sorted.vae.hasPrefix("encoder."))
        files.parts.push_back(
            {.name = "vae",
             .className = "AutoencoderKL",
             .config = vaeConfigFromLdm(sorted.vae, isSdxl ? kScalingFactorOfSdxl : kScalingFactorOfSd),
             .tensors = vaeFromLdm(sorted.vae)});
    if (isSdxl) {
        // The refiner has the second tower only, as its first embedder.
        const bool isRefiner = sorted.towers[0].isOpenClip && sorted.towers[1].tensors.empty();
        addTower(files, sorted.towers[0], isRefiner ? "text_encoder_2" : "text_encoder", isRefiner);
        addTower(files, sorted.towers[1], "text_encoder_2", true);
    } else {
        addTower(files, sorted.towers[0], "text_encoder", false);
    }
    if (files.parts.empty())
        throw Error(ErrorKind::UnknownFamily, path.string(),
                    file->entries().empty() ? "holds no tensors"
                                            : "holds no network that is known here (its first tensor is \"" +
                                                  file->entries().front().name.substr(0, 200) + "\")");
    addScheduler(files, *file, sorted.unet);
    if (ModelPart *unet = isUnet ? &files.parts.front() : nullptr;
        unet && !isSdxl && unet->config["use_linear_projection"].get<bool>())
        unet->config["sample_size"] = files.scheduler.prediction == Prediction::VPrediction ? 96 : 64;
    return files;
}

} // namespace engine
