#include "engine/checkpoint/families.h"

#include "engine/checkpoint/json_text.h"

#include <algorithm>
#include <string>

namespace engine {

namespace {

/// The published linear approximations of the decoders, fitted by others on real pictures.
constexpr LatentToRgb kSdLatents = {.factors = {{{0.3512f, 0.2297f, 0.3227f},
                                                 {0.3250f, 0.4974f, 0.2350f},
                                                 {-0.2829f, 0.1762f, 0.2721f},
                                                 {-0.2120f, -0.2616f, -0.7177f}}},
                                    .known = true};
constexpr LatentToRgb kSdxlLatents = {.factors = {{{0.3651f, 0.4232f, 0.4341f},
                                                   {-0.2533f, -0.0042f, 0.1068f},
                                                   {0.1076f, 0.1111f, -0.0362f},
                                                   {-0.3165f, -0.2492f, -0.2188f}}},
                                      .bias = {0.1084f, -0.0175f, -0.0011f},
                                      .known = true};

constexpr double kSdScale = 0.18215;
constexpr double kSdxlScale = 0.13025;

/// A latent U-Net with text, with nothing in its config that no family of ours has; nullptr if there is none.
const ModelPart *textUnet(const ModelFiles &files)
{
    const ModelPart *unet = files.part("unet");
    return unet && unet->className == "UNet2DConditionModel" ? unet : nullptr;
}

bool hasSizeEmbedding(const ModelPart &unet)
{
    return textOr(unet.config, "addition_embed_type") == "text_time";
}

std::int64_t inputChannels(const ModelPart &unet)
{
    return integerOr(unet.config, "in_channels", 4);
}

bool isPixelModel(const ModelFiles &files)
{
    const ModelPart *unet = files.part("unet");
    return unet && unet->className == "UNet2DModel" && !files.part("vae") && !files.part("vqvae");
}

bool usesSentencePiece(const ModelFiles &files)
{
    if (!textUnet(files))
        return false;
    if (files.index.is_object() && files.index.contains("tokenizer") &&
        files.index["tokenizer"].dump().find("T5Tokenizer") != std::string::npos)
        return true;
    if (files.tokenizer.empty())
        return false;
    std::error_code ignored;
    for (const char *name : {"spiece.model", "tokenizer.model", "sentencepiece.bpe.model"}) {
        if (std::filesystem::is_regular_file(files.tokenizer / name, ignored))
            return true;
    }
    return false;
}

/// The refiner has the second text tower only, and five size numbers instead of six. A U-Net alone shows it by its
/// shapes: it sees as many numbers a token as the pooled vector has.
bool isRefiner(const ModelFiles &files)
{
    const ModelPart *unet = textUnet(files);
    if (!unet || !hasSizeEmbedding(*unet))
        return false;
    if (flagOr(files.index, "requires_aesthetics_score", false))
        return true;
    if (files.className == "StableDiffusionXLPipeline" || files.part("text_encoder"))
        return false;
    if (files.part("text_encoder_2"))
        return true;
    const std::int64_t context = integerOr(unet->config, "cross_attention_dim", 0);
    const std::int64_t sizeEmbedding = integerOr(unet->config, "addition_time_embed_dim", 0);
    return integerOr(unet->config, "projection_class_embeddings_input_dim", 0) == context + 5 * sizeEmbedding;
}

bool isSdxl(const ModelFiles &files)
{
    const ModelPart *unet = textUnet(files);
    return unet && hasSizeEmbedding(*unet) && !isRefiner(files);
}

bool isInpainting(const ModelFiles &files)
{
    const ModelPart *unet = textUnet(files);
    return unet && !hasSizeEmbedding(*unet) && inputChannels(*unet) == 9;
}

bool isSd2(const ModelFiles &files)
{
    const ModelPart *unet = textUnet(files);
    if (!unet || hasSizeEmbedding(*unet) || inputChannels(*unet) != 4)
        return false;
    const ModelPart *text = files.part("text_encoder");
    return flagOr(unet->config, "use_linear_projection", false) ||
           (text && textOr(text->config, "hidden_act") == "gelu");
}

bool isSd1(const ModelFiles &files)
{
    const ModelPart *unet = textUnet(files);
    return unet && !hasSizeEmbedding(*unet) && inputChannels(*unet) == 4 && !isSd2(files);
}

constexpr Family kFamilies[] = {
    {.id = "ddpm",
     .label = "Pixel diffusion (DDPM)",
     .matches = isPixelModel,
     .nativeSize = 0,
     .sampler = "ddim",
     .schedule = "ddim_uniform",
     .steps = 50,
     .guidance = 1.0,
     .vaeScalingFactor = 1.0,
     .latentToRgb = {}},
    {.id = "sd_sentencepiece",
     .label = "Small latent diffusion",
     .matches = usesSentencePiece,
     .nativeSize = 0,
     .sampler = "dpmpp_2m",
     .schedule = "karras",
     .steps = 20,
     .guidance = 5.0,
     .vaeScalingFactor = kSdScale,
     .latentToRgb = {}},
    {.id = "sdxl_refiner",
     .label = "Stable Diffusion XL refiner",
     .matches = isRefiner,
     .nativeSize = 1024,
     .sampler = "dpmpp_2m",
     .schedule = "karras",
     .steps = 30,
     .guidance = 6.0,
     .vaeScalingFactor = kSdxlScale,
     .latentToRgb = kSdxlLatents},
    {.id = "sdxl",
     .label = "Stable Diffusion XL",
     .matches = isSdxl,
     .nativeSize = 1024,
     .sampler = "dpmpp_2m",
     .schedule = "karras",
     .steps = 30,
     .guidance = 6.0,
     .vaeScalingFactor = kSdxlScale,
     .latentToRgb = kSdxlLatents},
    {.id = "sd_inpaint",
     .label = "Stable Diffusion inpainting",
     .matches = isInpainting,
     .nativeSize = 512,
     .sampler = "dpmpp_2m",
     .schedule = "karras",
     .steps = 25,
     .guidance = 7.0,
     .vaeScalingFactor = kSdScale,
     .latentToRgb = kSdLatents},
    {.id = "sd2",
     .label = "Stable Diffusion 2.x",
     .matches = isSd2,
     .nativeSize = 512,
     .sampler = "dpmpp_2m",
     .schedule = "karras",
     .steps = 20,
     .guidance = 7.0,
     .vaeScalingFactor = kSdScale,
     .latentToRgb = kSdLatents},
    {.id = "sd1",
     .label = "Stable Diffusion 1.x",
     .matches = isSd1,
     .nativeSize = 512,
     .sampler = "dpmpp_2m",
     .schedule = "karras",
     .steps = 20,
     .guidance = 7.0,
     .vaeScalingFactor = kSdScale,
     .latentToRgb = kSdLatents},
};

/// `row` of three numbers into `into`; false if it is none.
bool readRow(const nlohmann::json &row, std::array<float, 3> &into)
{
    if (!row.is_array() || row.size() != into.size())
        return false;
    for (std::size_t i = 0; i < into.size(); ++i) {
        if (!row[i].is_number())
            return false;
        into[i] = row[i].get<float>();
    }
    return true;
}

/// The map that a model brings along; known is false if it brings none.
LatentToRgb ownLatentToRgb(const ModelFiles &files)
{
    LatentToRgb map;
    const ModelPart *vae = files.part("vae");
    if (!vae || !vae->config.contains("latent_rgb_factors"))
        return map;
    const nlohmann::json &factors = vae->config["latent_rgb_factors"];
    if (!factors.is_array() || factors.size() != map.factors.size())
        return map;
    for (std::size_t i = 0; i < map.factors.size(); ++i) {
        if (!readRow(factors[i], map.factors[i]))
            return {};
    }
    if (vae->config.contains("latent_rgb_bias") && !readRow(vae->config["latent_rgb_bias"], map.bias))
        return {};
    map.known = true;
    return map;
}

} // namespace

std::span<const Family> families()
{
    return kFamilies;
}

const Family *familyOf(const ModelFiles &files)
{
    const auto found = std::find_if(std::begin(kFamilies), std::end(kFamilies),
                                    [&](const Family &family) { return family.matches(files); });
    return found == std::end(kFamilies) ? nullptr : &*found;
}

const Family *findFamily(std::string_view id)
{
    const auto found =
        std::find_if(std::begin(kFamilies), std::end(kFamilies), [&](const Family &family) { return family.id == id; });
    return found == std::end(kFamilies) ? nullptr : &*found;
}

LatentToRgb latentToRgb(const ModelFiles &files)
{
    const LatentToRgb own = ownLatentToRgb(files);
    const Family *family = familyOf(files);
    return own.known || !family ? own : family->latentToRgb;
}

} // namespace engine
