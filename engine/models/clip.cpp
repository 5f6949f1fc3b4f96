#include "engine/models/clip.h"

#include "engine/error.h"
#include "engine/models/attention.h"
#include "engine/models/config_reader.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

namespace engine {

using nlohmann::json;
using torch::Tensor;

namespace {

void initNormal(Linear &linear, double deviation)
{
    if (SkipWeightInit::isActive())
        return;
    const torch::NoGradGuard noGrad;
    linear->weight.normal_(0.0, deviation);
    if (linear->bias.defined())
        linear->bias.zero_();
}

Tensor activate(const Tensor &x, const std::string &name)
{
    if (name == "gelu")
        return at::gelu(x);
    if (name == "quick_gelu")
        return x * at::sigmoid(1.702 * x);
    return at::gelu(x, "tanh");
}

class ClipAttentionImpl : public nn::Module
{
public:
    explicit ClipAttentionImpl(const ClipTextConfig &config)
        : m_heads(config.heads)
        , q_proj(register_module("q_proj", Linear(config.hiddenSize, config.hiddenSize)))
        , k_proj(register_module("k_proj", Linear(config.hiddenSize, config.hiddenSize)))
        , v_proj(register_module("v_proj", Linear(config.hiddenSize, config.hiddenSize)))
        , out_proj(register_module("out_proj", Linear(config.hiddenSize, config.hiddenSize)))
    {
        const double width = static_cast<double>(config.hiddenSize);
        const double inDeviation = std::pow(width, -0.5) * std::pow(2.0 * static_cast<double>(config.layers), -0.5);
        initNormal(q_proj, inDeviation);
        initNormal(k_proj, inDeviation);
        initNormal(v_proj, inDeviation);
        initNormal(out_proj, std::pow(width, -0.5));
    }

    /// \return x's attention + residual
    Tensor forward(const Tensor &x, const Tensor &residual)
    {
        // [B, T, D] -> [B, heads, T, D / heads]
        const auto split = [this](const Tensor &t) { return t.unflatten(-1, {m_heads, -1}).transpose(1, 2); };
        const Tensor out = attend(split(q_proj(x)), split(k_proj(x)), split(v_proj(x)), true);
        return out_proj->forwardAdd(out.transpose(1, 2).flatten(2), residual);
    }

private:
    int64_t m_heads;
    Linear q_proj, k_proj, v_proj, out_proj;
};
TORCH_MODULE(ClipAttention);

class ClipMlpImpl : public nn::Module
{
public:
    explicit ClipMlpImpl(const ClipTextConfig &config)
        : m_activation(config.hiddenAct)
        , fc1(register_module("fc1", Linear(config.hiddenSize, config.intermediateSize)))
        , fc2(register_module("fc2", Linear(config.intermediateSize, config.hiddenSize)))
    {
        const double width = static_cast<double>(config.hiddenSize);
        initNormal(fc1, std::pow(2.0 * width, -0.5));
        initNormal(fc2, std::pow(width, -0.5) * std::pow(2.0 * static_cast<double>(config.layers), -0.5));
    }

    Tensor forward(const Tensor &x, const Tensor &residual)
    {
        return fc2->forwardAdd(activate(fc1(x), m_activation), residual);
    }

private:
    std::string m_activation;
    Linear fc1, fc2;
};
TORCH_MODULE(ClipMlp);

class ClipLayerImpl : public nn::Module
{
public:
    explicit ClipLayerImpl(const ClipTextConfig &config)
        : self_attn(register_module("self_attn", ClipAttention(config)))
        , layer_norm1(register_module("layer_norm1", LayerNorm(config.hiddenSize, config.layerNormEps)))
        , mlp(register_module("mlp", ClipMlp(config)))
        , layer_norm2(register_module("layer_norm2", LayerNorm(config.hiddenSize, config.layerNormEps)))
    {
    }

    Tensor forward(Tensor x)
    {
        x = self_attn(layer_norm1(x), x);
        return mlp(layer_norm2(x), x);
    }

private:
    ClipAttention self_attn;
    LayerNorm layer_norm1;
    ClipMlp mlp;
    LayerNorm layer_norm2;
};
TORCH_MODULE(ClipLayer);

class ClipEmbeddings : public nn::Module
{
public:
    explicit ClipEmbeddings(const ClipTextConfig &config)
        : token_embedding(register_module("token_embedding", Embedding(config.vocabSize, config.hiddenSize, 0.02)))
        , position_embedding(
              register_module("position_embedding", Embedding(config.maxPositions, config.hiddenSize, 0.02)))
    {
    }

    Embedding token_embedding, position_embedding;
};

class ClipEncoder : public nn::Module
{
public:
    explicit ClipEncoder(const ClipTextConfig &config)
    {
        nn::ModuleList list;
        for (int64_t i = 0; i < config.layers; ++i) {
            layers.emplace_back(config);
            list->push_back(layers.back());
        }
        register_module("layers", list);
    }

    std::vector<ClipLayer> layers;
};

} // namespace

class ClipTextTransformer : public nn::Module
{
public:
    explicit ClipTextTransformer(const ClipTextConfig &config)
        : embeddings(register_module("embeddings", std::make_shared<ClipEmbeddings>(config)))
        , encoder(register_module("encoder", std::make_shared<ClipEncoder>(config)))
        , final_layer_norm(register_module("final_layer_norm", LayerNorm(config.hiddenSize, config.layerNormEps)))
    {
    }

    std::shared_ptr<ClipEmbeddings> embeddings;
    std::shared_ptr<ClipEncoder> encoder;
    LayerNorm final_layer_norm;
};

ClipTextConfig ClipTextConfig::fromJson(const json &config)
{
    const ConfigReader reader(config, "CLIPTextModel");
    reader.requireText("hidden_act", {"quick_gelu", "gelu", "gelu_new", "gelu_pytorch_tanh"});
    ClipTextConfig result;
    result.vocabSize = reader.integer("vocab_size", 49408);
    result.hiddenSize = reader.integer("hidden_size", 512);
    result.intermediateSize = reader.integer("intermediate_size", 2048);
    result.projectionDim = reader.integer("projection_dim", 512);
    result.layers = reader.integer("num_hidden_layers", 12);
    result.heads = reader.integer("num_attention_heads", 8);
    result.maxPositions = reader.integer("max_position_embeddings", 77);
    result.hiddenAct = reader.text("hidden_act", "quick_gelu");
    result.layerNormEps = reader.number("layer_norm_eps", 1e-5);
    result.bosTokenId = reader.integer("bos_token_id", 49406);
    result.eosTokenId = reader.integer("eos_token_id", 49407);
    result.padTokenId = reader.integer("pad_token_id", 1);
    const auto architectures = reader.texts("architectures", {});
    result.hasProjection = !architectures.empty() && architectures.front() == "CLIPTextModelWithProjection";
    reader.check(result.vocabSize > 0, "vocab_size", "must be positive");
    reader.check(result.layers > 0 && result.layers <= 1024, "num_hidden_layers", "must lie between 1 and 1024");
    reader.check(result.maxPositions > 0, "max_position_embeddings", "must be positive");
    reader.check(result.heads > 0 && result.hiddenSize > 0 && result.hiddenSize % result.heads == 0,
                 "num_attention_heads", "does not divide hidden_size");
    return result;
}

json ClipTextConfig::toJson() const
{
    return {
        {"architectures", {hasProjection ? "CLIPTextModelWithProjection" : "CLIPTextModel"}},
        {"attention_dropout", 0.0},
        {"bos_token_id", bosTokenId},
        {"eos_token_id", eosTokenId},
        {"hidden_act", hiddenAct},
        {"hidden_size", hiddenSize},
        {"initializer_factor", 1.0},
        {"initializer_range", 0.02},
        {"intermediate_size", intermediateSize},
        {"layer_norm_eps", layerNormEps},
        {"max_position_embeddings", maxPositions},
        {"model_type", "clip_text_model"},
        {"num_attention_heads", heads},
        {"num_hidden_layers", layers},
        {"pad_token_id", padTokenId},
        {"projection_dim", projectionDim},
        {"vocab_size", vocabSize},
    };
}

const Tensor &ClipOutput::hidden(int clipSkip) const
{
    const auto skip = static_cast<std::size_t>(std::max(clipSkip, 1));
    // Index 0 holds the embeddings, which no layer has seen.
    const std::size_t last = hiddenStates.size() - 1;
    return hiddenStates.at(skip > last ? 1 : last - (skip - 1));
}

ClipTextModelImpl::ClipTextModelImpl(const ClipTextConfig &config)
    : m_config(config), text_model(register_module("text_model", std::make_shared<ClipTextTransformer>(config)))
{
    if (config.hasProjection) {
        text_projection = register_module("text_projection", Linear(config.hiddenSize, config.projectionDim, false));
        initNormal(text_projection, std::pow(static_cast<double>(config.hiddenSize), -0.5));
    }
}

Tensor ClipTextModelImpl::embedTokens(const Tensor &ids)
{
    // On a GPU looking at the ids would wait for all work queued there; its kernels check the range themselves.
    if (ids.is_cpu() && ids.numel() > 0 &&
        (ids.min().item<int64_t>() < 0 || ids.max().item<int64_t>() >= m_config.vocabSize)) {
        throw Error(ErrorKind::BadRequest, "input_ids",
                    "a token lies outside the vocabulary of " + std::to_string(m_config.vocabSize));
    }
    return text_model->embeddings->token_embedding(ids);
}

Tensor ClipTextModelImpl::finalNorm(const Tensor &hidden)
{
    return text_model->final_layer_norm(hidden);
}

Tensor ClipTextModelImpl::pooledPositions(const Tensor &ids) const
{
    // Files with eos_token_id 2 were made when the highest id was taken as the end of text.
    if (m_config.eosTokenId == 2)
        return ids.to(torch::kInt64).argmax(-1);
    return ids.eq(m_config.eosTokenId).to(torch::kInt32).argmax(-1);
}

ClipOutput ClipTextModelImpl::forward(const Tensor &ids, const Tensor &embeddings)
{
    if (ids.dim() != 2 || ids.size(1) > m_config.maxPositions) {
        throw Error(ErrorKind::BadRequest, "input_ids",
                    "the text encoder takes up to " + std::to_string(m_config.maxPositions) + " tokens");
    }
    Tensor x =
        embeddings.defined() ? embeddings.to(text_model->final_layer_norm->weight.scalar_type()) : embedTokens(ids);
    x = x + text_model->embeddings->position_embedding->weight.narrow(0, 0, ids.size(1));
    ClipOutput out;
    out.hiddenStates.push_back(x);
    for (ClipLayer &layer : text_model->encoder->layers) {
        x = layer(x);
        out.hiddenStates.push_back(x);
    }
    out.lastHiddenState = finalNorm(x);
    out.penultimate = out.hiddenStates[out.hiddenStates.size() - 2];
    out.penultimateNormed = finalNorm(out.penultimate);
    const Tensor rows = torch::arange(ids.size(0), ids.options().dtype(torch::kInt64));
    out.pooled = out.lastHiddenState.index({rows, pooledPositions(ids)});
    if (text_projection)
        out.textEmbeds = text_projection(out.pooled);
    return out;
}

} // namespace engine
