#include "engine/training/frozen_model.h"

#include "engine/checkpoint/families.h"
#include "engine/error.h"
#include "engine/text/chunks.h"
#include "engine/training/fingerprint.h"

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
    : m_files(openModelFiles(path)), m_options(options)
{
    const ModelInfo info = describeModel(m_files);
    if (!info.takesPrompt || !info.isLatent || info.isInpaint)
        throw Error(ErrorKind::NotSupported, path.string(),
                    "adapters are trained for Stable Diffusion models that make pictures from text.");
    const ModelPart *part = m_files.part("unet");
    if (!part)
        throw Error(ErrorKind::WrongWeights, path.string(), "there is no U-Net in it.");
    m_options.subject = path.string();
    addTower("text_encoder", "tokenizer");
    addTower("text_encoder_2", "tokenizer_2");
    if (m_towers.empty())
        throw Error(ErrorKind::WrongWeights, path.string(), "there is no text encoder in it.");
    vae = loadAutoencoder(m_files, m_options);
    const SkipWeightInit skip;
    unet = UNet2DCondition(UNetConfig::fromJson(part->config));
    loadInto(*unet, part->tensors, m_options);
    freeze(*unet);
}

void FrozenModel::addTower(const std::string &part, const std::string &tokenizer)
{
    const ModelPart *found = m_files.part(part);
    if (!found)
        return;
    Tower tower;
    tower.part = part;
    tower.tokenizer =
        makeTokenizer(m_files.path, tokenizer, found->padToken >= 0 ? std::optional(found->padToken) : std::nullopt);
    tower.unusedLayers = found->unusedLayers;
    m_towers.push_back(std::move(tower));
}

void FrozenModel::load(Tower &tower) const
{
    const ModelPart *part = m_files.part(tower.part);
    LoadWeightsOptions options = m_options;
    options.dtype = torch::kFloat32; // small, and computed once
    const SkipWeightInit skip;
    tower.model = ClipTextModel(ClipTextConfig::fromJson(part->config));
    loadInto(*tower.model, part->tensors, options);
    freeze(*tower.model);
}

std::vector<torch::Tensor> FrozenModel::tokenize(const std::vector<std::string> &texts) const
{
    std::vector<torch::Tensor> result;
    for (const Tower &tower : m_towers) {
        std::vector<torch::Tensor> rows;
        for (const std::string &text : texts) {
            const TextChunks chunks = splitIntoChunks(*tower.tokenizer, {WeightedText{.text = text, .weight = 1.0F}});
            rows.push_back(torch::tensor(chunks.chunks.front().ids, torch::kInt64));
        }
        result.push_back(torch::stack(rows));
    }
    return result;
}

EncodedTexts FrozenModel::encode(const std::vector<torch::Tensor> &tokens)
{
    const torch::NoGradGuard noGrad;
    EncodedTexts result;
    std::vector<torch::Tensor> hidden;
    for (std::size_t i = 0; i < m_towers.size(); ++i) {
        Tower &tower = m_towers[i];
        if (!tower.model)
            load(tower);
        const ClipOutput out = tower.model->forward(tokens.at(i).to(m_options.device));
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

void FrozenModel::forgetText()
{
    for (Tower &tower : m_towers)
        tower.model = nullptr;
}

std::string FrozenModel::identityOf(const std::vector<std::string> &parts) const
{
    return engine::identityOf(m_files, parts);
}

std::string FrozenModel::baseVersion() const
{
    if (isXl())
        return "sdxl_base_v1-0";
    return unet->config().crossAttentionDim.front() == 1024 ? "sd_v2" : "sd_v1";
}

} // namespace engine
