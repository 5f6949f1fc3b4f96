#pragma once

#include "engine/models/layers.h"

#include <nlohmann/json_fwd.hpp>

#include <memory>
#include <string>
#include <vector>

namespace engine {

/// What transformers' CLIPTextModel and CLIPTextModelWithProjection read from config.json, with their defaults.
struct ClipTextConfig
{
    int64_t vocabSize = 49408;
    int64_t hiddenSize = 512;
    int64_t intermediateSize = 2048;
    int64_t projectionDim = 512;
    int64_t layers = 12;
    int64_t heads = 8;
    int64_t maxPositions = 77;
    std::string hiddenAct = "quick_gelu"; ///< "quick_gelu", "gelu" (erf), "gelu_new" (tanh)
    double layerNormEps = 1e-5;
    int64_t bosTokenId = 49406;
    int64_t eosTokenId = 49407; ///< 2 (a historical mistake in files): pooled position = first highest id
    int64_t padTokenId = 1;
    bool hasProjection = false; ///< architectures says CLIPTextModelWithProjection

    /// \throws Error{NotSupported} naming the field, Error{NotACheckpoint} if a field has the wrong type
    static ClipTextConfig fromJson(const nlohmann::json &json);
    [[nodiscard]] nlohmann::json toJson() const;
};

/// Everything that some pipeline takes from a CLIP text encoder. D: hiddenSize, P: projectionDim.
struct ClipOutput
{
    torch::Tensor lastHiddenState;           ///< [B, T, D] after the final layer norm
    torch::Tensor penultimate;               ///< [B, T, D] before the last layer, not normalised
    torch::Tensor penultimateNormed;         ///< that through the final layer norm
    torch::Tensor pooled;                    ///< [B, D] lastHiddenState at the end of text
    torch::Tensor textEmbeds;                ///< [B, P] pooled through text_projection; undefined without one
    std::vector<torch::Tensor> hiddenStates; ///< layers + 1: the embeddings, then each layer's output, not normalised

    /// clipSkip 1: the last layer's output, 2: one layer earlier, ...; not normalised.
    [[nodiscard]] const torch::Tensor &hidden(int clipSkip) const;
};

class ClipTextTransformer;

/// CLIP's text tower (Radford et al. 2021, arXiv:2103.00020), causal, optionally with its projection.
class ClipTextModelImpl : public nn::Module
{
public:
    explicit ClipTextModelImpl(const ClipTextConfig &config);

    [[nodiscard]] const ClipTextConfig &config() const { return m_config; }

    /// \param ids        [B, T] int64, start, end and padding included; T <= maxPositions
    /// \param embeddings [B, T, D] token vectors to use instead of the table's rows for `ids` (textual inversion);
    ///                   `ids` then still says where the text ends
    /// \throws Error{BadRequest} if T is too long or an id lies outside the vocabulary
    ClipOutput forward(const torch::Tensor &ids, const torch::Tensor &embeddings = {});

    /// Rows of the token table. [B, T] -> [B, T, D]
    torch::Tensor embedTokens(const torch::Tensor &ids);
    torch::Tensor finalNorm(const torch::Tensor &hidden);
    /// Position of the end of text in each row. [B, T] -> [B]
    [[nodiscard]] torch::Tensor pooledPositions(const torch::Tensor &ids) const;

private:
    ClipTextConfig m_config;
    std::shared_ptr<ClipTextTransformer> text_model;
    Linear text_projection{nullptr};
};
TORCH_MODULE(ClipTextModel);

} // namespace engine
