#include "engine/training/lora_trainer.h"

#include "engine/core/tensor_file.h"
#include "engine/error.h"
#include "engine/training/fingerprint.h"
#include "engine/training/frozen_model.h"
#include "engine/training/network_shapes.h"
#include "engine/training/noise_predictor_trainer.h"
#include "engine/training/sample_pictures.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace engine {

namespace fs = std::filesystem;

namespace {

constexpr int kSampleSteps = 20;
constexpr double kSampleGuidance = 7.0;
constexpr int64_t kTextBatch = 32;

/// "down_blocks.1.attentions.0.rest": the block (1), the attention (0) and "rest".
struct AttentionPlace
{
    int block = 0;
    int attention = 0;
    std::string rest = {};
};

AttentionPlace placeOf(const std::string &layer)
{
    AttentionPlace place;
    int read = 0;
    std::sscanf(layer.c_str(), "%*[a-z_].%d.attentions.%d.%n", &place.block, &place.attention, &read);
    place.rest = layer.substr(static_cast<std::size_t>(read));
    return place;
}

std::string exactNumber(double value)
{
    std::string text = std::to_string(value);
    text.erase(text.find_last_not_of('0') + 1);
    return text.ends_with('.') ? text + "0" : text;
}

/// Rows of the encoded texts for each picture's captions, and the texts once each. Row 0 is the empty text.
PreparedData dataOfCaptions(const DecodedPictures &decoded, std::vector<std::string> &texts)
{
    std::map<std::string, std::int32_t> rows = {{"", 0}};
    texts = {""};
    std::vector<float> weights;
    std::vector<std::int64_t> starts = {0};
    std::vector<std::int32_t> tokens;
    std::vector<float> captionWeights;
    for (const TrainingPicture &picture : decoded.used) {
        weights.push_back(static_cast<float>(picture.weight));
        std::vector<Caption> captions = picture.captions;
        if (captions.empty())
            captions.emplace_back();
        for (const Caption &caption : captions) {
            const auto [row, isNew] = rows.try_emplace(caption.text, static_cast<std::int32_t>(texts.size()));
            if (isNew)
                texts.push_back(caption.text);
            tokens.push_back(row->second);
            captionWeights.push_back(static_cast<float>(caption.weight));
        }
        starts.push_back(static_cast<std::int64_t>(tokens.size()));
    }
    PreparedData data;
    data.pictures = decoded.pictures;
    data.weights = torch::tensor(weights);
    if (data.weights.sum().item<double>() <= 0.0)
        data.weights.fill_(1.0);
    data.tokens = torch::tensor(tokens, torch::kInt32).unsqueeze(1);
    data.captionStarts = torch::tensor(starts, torch::kInt64);
    data.captionWeights = torch::tensor(captionWeights);
    data.emptyTokens = torch::zeros({1}, torch::kInt32);
    return data;
}

/// From the file `name` beside the checkpoint where the same texts were encoded by the same text encoders.
EncodedCaptions encodeTexts(const std::string &name, FrozenModel &model, const std::vector<std::string> &texts,
                            const TrainingRun &run)
{
    const std::vector<torch::Tensor> tokens = model.tokenize(texts);
    std::string key = "text encoders ";
    key.append(model.identityOf({"text_encoder", "text_encoder_2"})).append(", texts");
    for (const torch::Tensor &ids : tokens)
        key.append(1, ' ').append(fingerprintOf(ids));
    key.append(", ").append(c10::toString(run.dtype())).append(" on ").append(run.device().str());
    const auto count = static_cast<int64_t>(texts.size());
    std::map<std::string, torch::Tensor> encoded = run.remembered(name, key, [&] {
        std::vector<torch::Tensor> hidden;
        std::vector<torch::Tensor> pooled;
        for (int64_t begin = 0; begin < count; begin += kTextBatch) {
            throwIfStopped(run.context());
            run.context().betweenSteps();
            run.context().emit(
                StageStarted{Stage::EncodingPrompt, static_cast<double>(begin) / static_cast<double>(count)});
            std::vector<torch::Tensor> batch;
            for (const torch::Tensor &ids : tokens)
                batch.push_back(ids.narrow(0, begin, std::min(kTextBatch, count - begin)));
            const EncodedTexts part = model.encode(batch);
            hidden.push_back(part.hiddenStates.to(run.dtype()));
            if (part.pooled.defined())
                pooled.push_back(part.pooled);
        }
        std::map<std::string, torch::Tensor> made = {{"hidden_states", torch::cat(hidden)}};
        if (!pooled.empty())
            made["pooled"] = torch::cat(pooled);
        return made;
    });
    EncodedCaptions result{.hiddenStates = encoded.at("hidden_states").to(run.device())};
    if (const auto pooled = encoded.find("pooled"); pooled != encoded.end()) {
        const auto side = static_cast<float>(run.request().size);
        result.pooled = pooled->second.to(run.device());
        result.timeIds = torch::tensor({side, side, 0.0F, 0.0F, side, side}, result.pooled.options()).unsqueeze(0);
    }
    return result;
}

bool isTarget(const std::string &layer, LoraTargets targets)
{
    const auto contains = [&layer](const char *piece) { return layer.find(piece) != std::string::npos; };
    switch (targets) {
    case LoraTargets::Attention:
        return contains(".attn1.") || contains(".attn2.");
    case LoraTargets::CrossAttention:
        return contains(".attn2.");
    case LoraTargets::Transformers:
        return contains(".transformer_blocks.") || layer.ends_with(".proj_in") || layer.ends_with(".proj_out");
    }
    return false;
}

std::string nameOf(LoraTargets targets)
{
    switch (targets) {
    case LoraTargets::Attention:
        return "attention";
    case LoraTargets::CrossAttention:
        return "cross attention";
    case LoraTargets::Transformers:
        return "transformers";
    }
    return {};
}

/// A new adapter of a layer with this weight, [out, in] or [out, in, 1, 1]: begins as no change. Its weights become
/// parameters of `owner`.
LowRankChange makeChange(torch::nn::Module &owner, const torch::Tensor &weight, int rank, double alpha)
{
    const auto options = weight.options().dtype(torch::kFloat32).requires_grad(false);
    const double bound = 1.0 / std::sqrt(static_cast<double>(weight.size(1)));
    std::vector<int64_t> down = weight.sizes().vec();
    std::vector<int64_t> up = weight.sizes().vec();
    down[0] = rank;
    up[1] = rank;
    return {.down = owner.register_parameter("down",
                                             torch::empty(down, torch::kFloat32).uniform_(-bound, bound).to(options)),
            .up = owner.register_parameter("up", torch::zeros(up, options)),
            .scale = alpha / rank};
}

} // namespace

LoraNetworkImpl::LoraNetworkImpl(UNet2DCondition unet, int rank, double alpha, LoraTargets targets)
    : m_rank(rank), m_alpha(alpha)
{
    for (const auto &entry : unet->named_modules()) {
        auto *linear = entry.value()->as<LinearImpl>();
        auto *convolution = entry.value()->as<Conv2dImpl>();
        if ((!linear && !convolution) || !isTarget(entry.key(), targets))
            continue;
        const auto pair = std::make_shared<torch::nn::Module>();
        register_module(loraName(entry.key(), unet->config()), pair);
        LowRankChange &change = linear ? linear->adapter : convolution->adapter;
        change = makeChange(*pair, linear ? linear->weight : convolution->weight, rank, alpha);
    }
    if (children().empty())
        throw Error(ErrorKind::NotSupported, "base", "this model has no attention to adapt.");
}

std::string loraName(const std::string &layer, const UNetConfig &config)
{
    std::string name = layer;
    if (config.hasTextTime) {
        const AttentionPlace place = placeOf(layer);
        if (layer.starts_with("down_blocks.")) {
            const auto perBlock = static_cast<int>(config.layersPerBlock.front()) + 1;
            name = "input_blocks." + std::to_string(place.block * perBlock + place.attention + 1) + ".1." + place.rest;
        } else if (layer.starts_with("up_blocks.")) {
            const auto perBlock = static_cast<int>(config.layersPerBlock.front()) + 1;
            name = "output_blocks." + std::to_string(place.block * perBlock + place.attention) + ".1." + place.rest;
        } else {
            const std::string middle = "mid_block.attentions.0.";
            if (layer.starts_with(middle))
                name = "middle_block.1." + layer.substr(middle.size());
        }
    }
    std::replace(name.begin(), name.end(), '.', '_');
    return "lora_unet_" + name;
}

void writeLora(const fs::path &file, const std::map<std::string, torch::Tensor> &weights, double alpha,
               const std::map<std::string, std::string> &metadata)
{
    std::map<std::string, torch::Tensor> tensors;
    for (const auto &[name, tensor] : weights) {
        const std::size_t dot = name.find_last_of('.');
        const std::string layer = name.substr(0, dot);
        tensors[layer + ".lora_" + name.substr(dot + 1) + ".weight"] = tensor.to(torch::kFloat16).contiguous();
        tensors[layer + ".alpha"] = torch::tensor(alpha, torch::kFloat32);
    }
    std::error_code failed;
    if (file.has_parent_path())
        fs::create_directories(file.parent_path(), failed);
    writeTensors(file, tensors, metadata);
}

LoraObjective::LoraObjective(const PreparedData &data, torch::Tensor latents, EncodedCaptions captions,
                             UNet2DCondition unet, LoraNetwork lora, const NoiseLoss &loss, const TrainRequest &request)
    : m_latents(std::move(latents))
    , m_captions(std::move(captions))
    , m_unet(std::move(unet))
    , m_lora(std::move(lora))
    , m_noiseLoss(loss)
    , m_sampler(data, m_latents.device(), request.captionDropout)
    , m_flip(request.flip)
{
}

std::vector<TrainedModule> LoraObjective::modules() const
{
    return {{.name = "lora", .module = m_lora.ptr(), .computeDtype = m_unet->parameters().front().scalar_type()}};
}

BatchLoss LoraObjective::prepare(int64_t batch, const torch::Generator &generator)
{
    const Batch drawn = m_sampler.draw(batch, generator);
    torch::Tensor indices = drawn.indices;
    if (m_flip) {
        const auto real = m_latents.options().dtype(torch::kFloat32);
        indices = indices + (torch::rand({batch}, generator, real) < 0.5).to(torch::kInt64) * (m_latents.size(0) / 2);
    }
    const CorruptedBatch noisy = m_noiseLoss.corrupt(m_latents.index_select(0, indices), generator);
    const torch::Tensor rows = drawn.tokens.select(1, 0);
    const torch::Dtype dtype = m_unet->parameters().front().scalar_type();
    UNetInput input = {.sample = noisy.x.to(dtype).contiguous(torch::MemoryFormat::ChannelsLast),
                       .timestep = noisy.timestep,
                       .encoderHiddenStates = m_captions.hiddenStates.index_select(0, rows)};
    if (m_captions.pooled.defined()) {
        input.textEmbeds = m_captions.pooled.index_select(0, rows);
        input.timeIds = m_captions.timeIds.expand({batch, -1});
    }
    return [this, input, noisy] { return NoiseLoss::of(m_unet->forward(input), noisy); };
}

TrainReport trainLora(TrainingRun &run)
{
    const TrainRequest &request = run.request();
    run.context().emit(StageStarted{Stage::LoadingModel});
    FrozenModel model(request.base, {.dtype = run.dtype(), .device = run.device(), .progress = [&run](double) {
                                         throwIfStopped(run.context());
                                     }});
    const VaeConfig vaeConfig = model.vae->config();
    if (request.size % (vaeConfig.downscale() << (model.unet->config().blockOutChannels.size() - 1)) != 0)
        throw Error(ErrorKind::BadRequest, "size",
                    "this model needs a size that is a multiple of " +
                        std::to_string(vaeConfig.downscale() << (model.unet->config().blockOutChannels.size() - 1)) +
                        ".");
    const std::string shape = describeShape(request, model.unet->config().blockOutChannels) + ", rank " +
                              std::to_string(request.rank) + ", alpha " + exactNumber(request.alpha) + ", of " +
                              nameOf(request.loraTargets) + ", " + model.baseVersion() + ", base " +
                              model.identityOf({"unet", "vae", "text_encoder", "text_encoder_2"});
    run.refuseOtherCheckpoint(shape);
    std::vector<std::string> texts;
    const PreparedData data = dataOfCaptions(run.readPictures(1), texts);
    EncodedCaptions captions = encodeTexts("captions.safetensors", model, texts, run);
    const std::vector<std::string> prompts = run.samplePrompts();
    const EncodedCaptions shown = encodeTexts("prompts.safetensors", model, prompts, run);
    model.forgetText();
    const torch::Tensor latents =
        (run.latents(model.vae, model.identityOf({"vae"})) - vaeConfig.shiftFactor) * vaeConfig.scalingFactor;
    SampleConditioning conditioning{.context = shown.hiddenStates,
                                    .emptyContext = captions.hiddenStates.narrow(0, 0, 1),
                                    .pooled = shown.pooled,
                                    .emptyPooled =
                                        shown.pooled.defined() ? captions.pooled.narrow(0, 0, 1) : torch::Tensor(),
                                    .timeIds = shown.timeIds};

    LoraNetwork lora(nullptr);
    {
        const SeededWeights seeded(request.seed);
        lora = LoraNetwork(model.unet, request.rank, request.alpha, request.loraTargets);
    }
    LoraObjective objective(data, latents, std::move(captions), model.unet, lora,
                            NoiseLoss(model.scheduler(), request.minSnrGamma, run.device()), request);
    Trainer trainer(objective, run.settings(shape));
    const TrainReport report = run.train(trainer, [&](std::int64_t step) {
        const torch::Tensor drawn = sampleLatents(model.unet, conditioning, request.size / vaeConfig.downscale(),
                                                  {.scheduler = model.scheduler(),
                                                   .steps = kSampleSteps,
                                                   .guidance = kSampleGuidance,
                                                   .seed = request.seed,
                                                   .checkStop = run.stopCheck()});
        run.showSamples(step, prompts,
                        model.vae->decode((drawn / vaeConfig.scalingFactor + vaeConfig.shiftFactor).to(run.dtype())));
    });
    if (run.isToBeKept(report)) {
        const std::string size = std::to_string(request.size);
        writeLora(request.output, trainer.weights().emaOf("lora"), request.alpha,
                  {{"format", "pt"},
                   {"ss_network_module", "networks.lora"},
                   {"ss_network_dim", std::to_string(request.rank)},
                   {"ss_network_alpha", exactNumber(request.alpha)},
                   {"ss_base_model_version", model.baseVersion()},
                   {"ss_v2", model.baseVersion() == "sd_v2" ? "True" : "False"},
                   {"ss_resolution", "(" + size + ", " + size + ")"},
                   {"ss_num_train_images", std::to_string(report.pictures)},
                   {"ss_steps", std::to_string(report.steps)}});
    }
    return report;
}

} // namespace engine
