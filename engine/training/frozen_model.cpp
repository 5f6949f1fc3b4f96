#include "engine/training/frozen_model.h"

#include "engine/checkpoint/families.h"
#include "engine/error.h"
#include "engine/text/chunks.h"

#include <algorithm>

namespace engine {

namespace {

void freeze(torch::nn::Module &module)
{
    module.eval();
    for (torch::Tensor &parameter : module.parameters())
        parameter.requires_grad_(false);
}

} // namespace

AutoencoderKL loadAutoencoder(const ModelFiles &files, LoadWeightsOptions options)
{
    const ModelPart *part = files.part("vae");
    if (!part)
        throw Error(ErrorKind::WrongWeights, files.path.string(), "there is no autoencoder in it.");
    options.subject = files.path.string();
    const SkipWeightInit skip; // every weight comes from the file
    AutoencoderKL vae(VaeConfig::fromJson(part->config));
    loadInto(*vae, part->tensors, options);
    freeze(*vae);
    return vae;
}

FrozenModel::FrozenModel(const std::filesystem::path &path, const LoadWeightsOptions &options)
    : m_files(openModelFiles(path))
{
    const ModelInfo info = describeModel(m_files);
    if (!info.takesPrompt || !info.isLatent || info.isInpaint)
        throw Error(ErrorKind::NotSupported, path.string(),
                    "adapters are trained for Stable Diffusion models that make pictures from text.");
    const ModelPart *part = m_files.part("unet");
    if (!part)
        throw Error(ErrorKind::WrongWeights, path.string(), "there is no U-Net in it.");
    const SkipWeightInit skip;
    LoadWeightsOptions ours = options;
    ours.subject = path.string();
    addTower("text_encoder", "tokenizer", ours);
    addTower("text_encoder_2", "tokenizer_2", ours);
    if (m_towers.empty())
        throw Error(ErrorKind::WrongWeights, path.string(), "there is no text encoder in it.");
    vae = loadAutoencoder(m_files, ours);
    unet = UNet2DCondition(UNetConfig::fromJson(part->config));
    loadInto(*unet, part->tensors, ours);
    freeze(*unet);
}

void FrozenModel::addTower(const std::string &part, const std::string &tokenizer, LoadWeightsOptions options)
{
    const ModelPart *found = m_files.part(part);
    if (!found)
        return;
    Tower tower;
    tower.tokenizer =
        makeTokenizer(m_files.path, tokenizer, found->padToken >= 0 ? std::optional(found->padToken) : std::nullopt);
    tower.model = ClipTextModel(ClipTextConfig::fromJson(found->config));
    tower.unusedLayers = found->unusedLayers;
    options.dtype = torch::kFloat32; // small, and computed once
    loadInto(*tower.model, found->tensors, options);
    freeze(*tower.model);
    m_towers.push_back(std::move(tower));
}

EncodedText FrozenModel::encode(const std::string &text)
{
    const torch::NoGradGuard noGrad;
    EncodedText result;
    std::vector<torch::Tensor> hidden;
    for (Tower &tower : m_towers) {
        const TextChunks chunks = splitIntoChunks(*tower.tokenizer, {WeightedText{.text = text, .weight = 1.0F}});
        const torch::Tensor ids = torch::tensor(chunks.chunks.front().ids, torch::kInt64).unsqueeze(0);
        const ClipOutput out = tower.model->forward(ids.to(tower.model->parameters().front().device()));
        if (isXl()) { // the last layer but one, not normalised
            hidden.push_back(out.hidden(2));
            result.pooled = out.textEmbeds.defined() ? out.textEmbeds : out.pooled;
        } else {
            hidden.push_back(tower.unusedLayers > 0 ? tower.model->finalNorm(out.hidden(1 + tower.unusedLayers))
                                                    : out.lastHiddenState);
        }
    }
    result.hiddenStates = torch::cat(hidden, 2);
    return result;
}

std::string FrozenModel::baseVersion() const
{
    if (isXl())
        return "sdxl_base_v1-0";
    return unet->config().crossAttentionDim.front() == 1024 ? "sd_v2" : "sd_v1";
}

} // namespace engine
