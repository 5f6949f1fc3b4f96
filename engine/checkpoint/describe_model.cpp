#include "engine/checkpoint/families.h"
#include "engine/checkpoint/json_text.h"
#include "engine/engine.h"

#include <algorithm>
#include <map>
#include <set>

namespace engine {

namespace {

PartInfo describePart(const ModelPart &part)
{
    PartInfo info{.name = part.name, .className = part.className, .dtype = {}};
    std::map<DType, std::int64_t> perType;
    std::set<const TensorEntry *> counted; // one stacked tensor stands behind three items
    for (const TensorSource::Item &item : part.tensors.items()) {
        if (!counted.insert(item.entry).second)
            continue;
        const std::int64_t elements = item.entry->elements();
        perType[item.entry->dtype] += elements;
        info.tensors += 1;
        info.parameters += elements;
        info.bytes += item.entry->bytes();
    }
    const auto most = std::max_element(perType.begin(), perType.end(),
                                       [](const auto &a, const auto &b) { return a.second < b.second; });
    if (most != perType.end())
        info.dtype = dtypeName(most->first);
    return info;
}

/// Class name that model_index.json gives a part without weights.
std::string indexedClass(const ModelFiles &files, const std::string &name)
{
    if (!files.index.is_object() || !files.index.contains(name))
        return {};
    const nlohmann::json &entry = files.index[name];
    return entry.is_array() && entry.size() == 2 && entry[1].is_string() ? entry[1].get<std::string>() : std::string();
}

/// Refuses, in a sentence of its own, what we know and do not run.
void refuseUnsupported(const ModelFiles &files)
{
    const std::string subject = files.path.string();
    const auto refuse = [&](const std::string &what) {
        throw Error(ErrorKind::NotSupported, subject, what + " not supported yet");
    };
    for (const ModelPart &part : files.parts) {
        const std::string &name = part.className;
        if (name.starts_with("SD3Transformer"))
            refuse("Stable Diffusion 3 models are");
        if (name.starts_with("FluxTransformer"))
            refuse("FLUX models are");
        if (name.starts_with("PixArtTransformer"))
            refuse("PixArt models are");
        if (name.find("Transformer2D") != std::string::npos || name.find("Transformer3D") != std::string::npos ||
            part.name == "transformer")
            refuse("models of the kind " + name + " are");
        if (name.starts_with("ControlNet"))
            refuse("ControlNets are");
        if (name == "AutoencoderTiny")
            refuse("small autoencoders (TAESD) are");
        if (part.name == "prior" || part.name == "vqvae" || name == "VQModel")
            refuse("models with the part " + name + " are");
    }
    const ModelPart *unet = files.part("unet");
    if (!unet)
        return;
    if (unet->className != "UNet2DConditionModel" && unet->className != "UNet2DModel")
        refuse("networks of the kind " + (unet->className.empty() ? std::string("\"unet\"") : unet->className) +
               " are");
    if (unet->className == "UNet2DModel")
        return;
    const nlohmann::json &config = unet->config;
    const std::string added = textOr(config, "addition_embed_type");
    for (const char *key : {"class_embed_type", "encoder_hid_dim_type", "num_class_embeds"}) {
        if (config.contains(key) && !config[key].is_null())
            refuse(std::string("U-Nets with ") + key + " are");
    }
    if (!added.empty() && added != "text_time" && added != "text")
        refuse("U-Nets with addition_embed_type \"" + added + "\" are");
    const std::int64_t channels = integerOr(config, "in_channels", 4);
    if (channels != 4 && channels != 9)
        refuse("U-Nets with " + std::to_string(channels) + " input channels are");
}

/// Width and height that the config trained with, in the U-Net's own grid; 0 where it says nothing.
std::pair<int, int> sampleSize(const ModelPart &unet)
{
    const auto found = unet.config.find("sample_size");
    if (found == unet.config.end())
        return {0, 0};
    const auto sane = [](const nlohmann::json &value) {
        return value.is_number_integer()
                   ? static_cast<int>(std::clamp<std::int64_t>(value.get<std::int64_t>(), 0, 1 << 14))
                   : 0;
    };
    if (found->is_array() && found->size() == 2)
        return {sane((*found)[1]), sane((*found)[0])}; // height first
    return {sane(*found), sane(*found)};
}

/// Pixels of one latent along a side: the autoencoder halves once between levels.
int latentScale(const ModelFiles &files)
{
    const ModelPart *vae = files.part("vae");
    if (!vae || !vae->config.contains("block_out_channels") || !vae->config["block_out_channels"].is_array())
        return 8;
    const std::size_t levels = std::clamp<std::size_t>(vae->config["block_out_channels"].size(), 1, 10);
    return 1 << (levels - 1);
}

void describeSizes(ModelInfo &info, const ModelFiles &files, const Family &family)
{
    const ModelPart &unet = *files.part("unet");
    const int scale = info.isLatent ? latentScale(files) : 1;
    const auto [width, height] = sampleSize(unet);
    info.nativeWidth = width ? width * scale : family.nativeSize ? family.nativeSize : 64 * scale;
    info.nativeHeight = height ? height * scale : info.nativeWidth;
    info.sizeMultiple = scale;
    if (!info.isLatent) {
        // A pixel U-Net halves between its levels and has to meet itself on the way up.
        const auto found = unet.config.find("block_out_channels");
        const std::size_t levels = found != unet.config.end() && found->is_array() ? found->size() : 4;
        info.sizeMultiple = 1 << (std::clamp<std::size_t>(levels, 1, 10) - 1);
    }
}

void describeDefaults(ModelInfo &info, const ModelFiles &files, const Family &family)
{
    info.defaultSampler = family.sampler;
    info.defaultSchedule = family.schedule;
    info.defaultSteps = family.steps;
    info.defaultGuidance = family.guidance;
    const ModelPart &unet = *files.part("unet");
    const bool embedsGuidance = integerOr(unet.config, "time_cond_proj_dim", 0) > 0;
    if (info.isLatent && (embedsGuidance || files.scheduler.className == "LCMScheduler")) {
        info.defaultSampler = "lcm"; // distilled into a few steps
        info.defaultSchedule = "lcm";
        info.defaultSteps = 4;
        info.defaultGuidance = embedsGuidance ? 8.0 : 1.5;
    }
    if (!info.isLatent && files.scheduler.className == "DDPMScheduler" &&
        files.scheduler.prediction == Prediction::Sample)
        info.defaultSampler = "ddpm";
}

void listMissing(ModelInfo &info, const ModelFiles &files)
{
    info.missing = files.missing;
    const auto need = [&](const std::string &name, bool isThere) {
        if (!isThere && std::find(info.missing.begin(), info.missing.end(), name) == info.missing.end())
            info.missing.push_back(name);
    };
    if (!info.isLatent)
        return;
    need("vae", files.part("vae"));
    if (info.family == "sdxl_refiner") {
        need("text_encoder_2", files.part("text_encoder_2"));
        return;
    }
    need("text_encoder", files.part("text_encoder"));
    if (info.family == "sd_sentencepiece") // CLIP's vocabulary is always the same; this one is the model's own
        need("tokenizer", !files.tokenizer.empty());
    if (info.family == "sdxl")
        need("text_encoder_2", files.part("text_encoder_2"));
}

} // namespace

ModelInfo describeModel(const ModelFiles &files)
{
    refuseUnsupported(files);
    const Family *family = files.part("unet") ? familyOf(files) : nullptr;
    if (!family) {
        std::string parts;
        for (const ModelPart &part : files.parts)
            parts += (parts.empty() ? "" : ", ") + part.name;
        const std::string fault = files.part("unet")
                                      ? "holds a U-Net of no family that is known here"
                                      : "holds no U-Net" + (parts.empty() ? std::string() : " (only: " + parts + ")");
        throw Error(ErrorKind::UnknownFamily, files.path.string(), fault);
    }
    ModelInfo info;
    info.path = files.path;
    info.family = family->id;
    info.familyLabel = family->label;
    info.layout = files.layout;
    info.name = files.layout == "single_file" ? files.path.stem().string() : files.path.filename().string();
    if (info.name.empty() || info.name == "." || info.name == "..") {
        std::error_code ignored;
        info.name = std::filesystem::weakly_canonical(files.path, ignored).filename().string();
    }
    info.isLatent = info.family != "ddpm";
    info.takesPrompt = info.isLatent;
    const ModelPart &unet = *files.part("unet");
    info.isInpaint = info.isLatent && integerOr(unet.config, "in_channels", 4) == 9;
    info.prediction = files.scheduler.prediction;
    for (const ModelPart &part : files.parts) {
        info.parts.push_back(describePart(part));
        info.bytes += info.parts.back().bytes;
    }
    const auto addPlain = [&](const std::string &name, bool isThere, const std::string &className) {
        if (isThere)
            info.parts.push_back({.name = name, .className = className, .dtype = {}});
    };
    addPlain("tokenizer", !files.tokenizer.empty(), indexedClass(files, "tokenizer"));
    addPlain("tokenizer_2", !files.tokenizer2.empty(), indexedClass(files, "tokenizer_2"));
    addPlain("scheduler", files.hasScheduler && files.layout == "diffusers", files.scheduler.className);
    describeSizes(info, files, *family);
    describeDefaults(info, files, *family);
    listMissing(info, files);
    if (const ModelPart *text =
            files.part("text_encoder") ? files.part("text_encoder") : files.part("text_encoder_2")) {
        // CLIP's tokens stand between a start and an end; a sentencepiece vocabulary adds the end only.
        const auto positions = static_cast<int>(
            std::clamp<std::int64_t>(integerOr(text->config, "max_position_embeddings", 77), 3, 1 << 16));
        info.maxTokens = positions - (info.family == "sd_sentencepiece" ? 1 : 2);
    } else if (!info.takesPrompt) {
        info.maxTokens = 0;
    }
    return info;
}

ModelInfo inspectModel(const std::filesystem::path &path)
{
    return describeModel(openModelFiles(path));
}

} // namespace engine
