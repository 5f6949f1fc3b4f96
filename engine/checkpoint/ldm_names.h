#pragma once

#include "engine/checkpoint/model_files.h"

#include <memory>
#include <span>
#include <string>

namespace engine {

/// The tensors of a single file that share a prefix, by what follows it.
struct LdmTensors
{
    std::shared_ptr<const SafetensorsFile> file;
    std::map<std::string, const TensorEntry *, std::less<>> entries = {};

    /// nullptr if there is no tensor of that name.
    [[nodiscard]] const TensorEntry *find(std::string_view name) const;
    [[nodiscard]] bool has(std::string_view name) const { return find(name) != nullptr; }
    /// Whether any name starts so.
    [[nodiscard]] bool hasPrefix(std::string_view prefix) const;
    /// Size along one dimension; 0 if there is no such tensor or dimension.
    [[nodiscard]] std::int64_t size(std::string_view name, std::size_t dimension) const;
    [[nodiscard]] bool empty() const { return entries.empty(); }
};

/// Whether a single file's tensor is none of a network's weights: buffers of the training code, EMA copies, position
/// ids.
bool isForeignBuffer(std::string_view name);

/// Where a block of an original U-Net stands in diffusers' order.
struct UnetLayout
{
    struct Block
    {
        std::string original; ///< "input_blocks.4.1"
        std::string name;     ///< "down_blocks.1.attentions.0"
        bool isAttention = false;
        bool isResnet = false;
    };
    std::vector<Block> blocks = {};
    std::vector<int> resnetsPerLevel = {}; ///< of the way down
    std::vector<bool> attentionAtLevel = {};
    std::vector<bool> attentionAtUpLevel = {}; ///< in up_blocks' order
};
UnetLayout unetLayout(const LdmTensors &tensors);

/// The three networks under diffusers' and transformers' names. Names that no rule knows are kept as they are, so that
/// loading reports them.
TensorSource unetFromLdm(const LdmTensors &tensors);
TensorSource vaeFromLdm(const LdmTensors &tensors);
/// A tower as transformers writes it, with or without the prefix "text_model.".
TensorSource textFromTransformers(const LdmTensors &tensors);
/// A tower as OpenCLIP writes it. Without projection, text_projection is passed over.
enum class Projection { Keep, Drop };
TensorSource textFromOpenClip(const LdmTensors &tensors, Projection projection);

/// An item that gives the tensor as stored, a trailing 1x1 kernel removed where the name is that of a linear layer of
/// attention (to_q, to_k, to_v, to_out.0).
TensorSource::Item plainItem(std::string name, std::shared_ptr<const SafetensorsFile> file, const TensorEntry &entry);

/// Older spellings in diffusers folders: attention of autoencoders and pixel U-Nets (query, key, value, proj_attn).
std::string modernAttentionName(const std::string &name);
/// Text towers without "text_model." get it.
std::string prefixedTextName(const std::string &name);

} // namespace engine
