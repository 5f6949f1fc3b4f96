#include "engine/models/probe.h"

#include "engine/core/device.h"
#include "engine/core/tensor_file.h"
#include "engine/error.h"
#include "engine/models/clip.h"
#include "engine/models/unet.h"
#include "engine/models/unet2d.h"
#include "engine/models/vae.h"
#include "engine/models/weights.h"

#include <map>

namespace engine {

using torch::Tensor;

namespace {

using Tensors = std::map<std::string, Tensor>;

/// What all parts need to run.
struct Probe
{
    const ProbeRequest &request;
    const ModelPart &part;
    Tensors in;
    torch::Device device;
    torch::Dtype dtype;

    [[nodiscard]] Tensor optional(const std::string &name) const
    {
        const auto found = in.find(name);
        return found == in.end() ? Tensor() : found->second.to(device);
    }
    [[nodiscard]] Tensor required(const std::string &name) const
    {
        const Tensor tensor = optional(name);
        if (!tensor.defined())
            throw Error(ErrorKind::BadRequest, request.input.string(), "there is no tensor \"" + name + "\"");
        return tensor;
    }
    void load(nn::Module &module, const std::vector<std::string> &prefixes = {}) const
    {
        loadInto(module, part.tensors,
                 {.dtype = dtype,
                  .device = device,
                  .subject = request.model.string(),
                  .inferenceOnly = true,
                  .prefixes = prefixes});
        module.eval();
    }
};

Tensors probePixelUNet(const Probe &probe)
{
    const SkipWeightInit skip;
    UNet2D unet(UNet2DConfig::fromJson(probe.part.config));
    probe.load(*unet);
    const torch::InferenceMode inference;
    return {{"sample", unet(probe.required("sample"), probe.required("timestep"))}};
}

Tensors probeUNet(const Probe &probe)
{
    const SkipWeightInit skip;
    UNet2DCondition unet(UNetConfig::fromJson(probe.part.config));
    probe.load(*unet);
    const torch::InferenceMode inference;
    UNetInput input{.sample = probe.required("sample"),
                    .timestep = probe.required("timestep"),
                    .encoderHiddenStates = probe.required("encoder_hidden_states"),
                    .textEmbeds = probe.optional("text_embeds"),
                    .timeIds = probe.optional("time_ids"),
                    .timestepCond = probe.optional("timestep_cond"),
                    .midResidual = probe.optional("mid_block_additional_residual")};
    for (int i = 0;; ++i) {
        const Tensor residual = probe.optional("down_block_additional_residuals_" + std::to_string(i));
        if (!residual.defined())
            break;
        input.downResiduals.push_back(residual);
    }
    return {{"sample", unet(input)}};
}

Tensors probeVaeEncoder(const Probe &probe)
{
    const SkipWeightInit skip;
    AutoencoderKL vae(VaeConfig::fromJson(probe.part.config), AutoencoderKLImpl::Parts::EncoderOnly);
    probe.load(*vae, {"encoder.", "quant_conv."});
    const torch::InferenceMode inference;
    return {{"moments", vae->encodeMoments(probe.required("sample"))}};
}

Tensors probeVaeDecoder(const Probe &probe)
{
    const SkipWeightInit skip;
    AutoencoderKL vae(VaeConfig::fromJson(probe.part.config), AutoencoderKLImpl::Parts::DecoderOnly);
    probe.load(*vae, {"decoder.", "post_quant_conv."});
    const torch::InferenceMode inference;
    return {{"sample", vae->decode(probe.required("latents"))}};
}

Tensors probeTextEncoder(const Probe &probe)
{
    const SkipWeightInit skip;
    ClipTextConfig config = ClipTextConfig::fromJson(probe.part.config);
    config.hasProjection = config.hasProjection || probe.part.className == "CLIPTextModelWithProjection";
    ClipTextModel encoder(config);
    probe.load(*encoder);
    const torch::InferenceMode inference;
    const ClipOutput out = encoder(probe.required("input_ids").to(torch::kInt64));
    Tensors result = {{"last_hidden_state", out.lastHiddenState},
                      {"penultimate_hidden_state", out.penultimate},
                      {"penultimate_normed", out.penultimateNormed},
                      {"pooled", out.pooled}};
    if (out.textEmbeds.defined())
        result.emplace("text_embeds", out.textEmbeds);
    return result;
}

struct ProbeRow
{
    std::string_view part;      ///< as asked for
    std::string_view fileName;  ///< part of the model
    std::string_view className; ///< of the network
    Tensors (*run)(const Probe &);
};

constexpr ProbeRow kProbes[] = {
    {"unet", "unet", "UNet2DConditionModel", probeUNet},
    {"unet", "unet", "UNet2DModel", probePixelUNet},
    {"vae_encoder", "vae", "AutoencoderKL", probeVaeEncoder},
    {"vae_decoder", "vae", "AutoencoderKL", probeVaeDecoder},
    {"text_encoder", "text_encoder", "CLIPTextModel", probeTextEncoder},
    {"text_encoder", "text_encoder", "CLIPTextModelWithProjection", probeTextEncoder},
    {"text_encoder_2", "text_encoder_2", "CLIPTextModel", probeTextEncoder},
    {"text_encoder_2", "text_encoder_2", "CLIPTextModelWithProjection", probeTextEncoder},
};

} // namespace

void runProbe(const ProbeRequest &request, const DevicePolicy &devices)
{
    const ModelFiles files = openModelFiles(request.model);
    bool isKnownPart = false;
    const ModelPart *part = nullptr;
    for (const ProbeRow &row : kProbes) {
        if (row.part != request.part)
            continue;
        isKnownPart = true;
        part = files.part(row.fileName);
        if (!part || part->className != row.className)
            continue;
        const Probe probe{request, *part, readTensors(request.input), devices.device(),
                          devices.computeDtype(request.precision)};
        Tensors out = row.run(probe);
        for (auto &[name, tensor] : out)
            tensor = tensor.to(torch::kFloat32);
        writeTensors(request.output, out);
        return;
    }
    if (request.part == "controlnet" || request.part == "transformer" || request.part == "text_encoder_3")
        throw Error(ErrorKind::NotSupported, request.part, "this part is not supported yet");
    if (!isKnownPart)
        throw Error(ErrorKind::BadRequest, "part", "there is no part \"" + request.part + "\"");
    if (!part)
        throw Error(ErrorKind::BadRequest, "part", "the model has no " + request.part);
    throw Error(ErrorKind::NotSupported, request.model.string(),
                "networks of the class " + part->className + " are not run");
}

} // namespace engine
