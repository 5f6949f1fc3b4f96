#include "engine/checkpoint/ldm_names.h"

#include <algorithm>
#include <array>
#include <utility>

namespace engine {

namespace {

using Rename = std::pair<std::string_view, std::string_view>;

/// The name with the first matching prefix replaced; as it is if none matches.
std::string replacePrefix(std::string_view name, std::span<const Rename> renames)
{
    for (const auto &[from, to] : renames) {
        if (name.starts_with(from))
            return std::string(to) + std::string(name.substr(from.size()));
    }
    return std::string(name);
}

constexpr std::array kResnetNames = {
    Rename{"in_layers.0.", "norm1."},  Rename{"in_layers.2.", "conv1."},  Rename{"emb_layers.1.", "time_emb_proj."},
    Rename{"out_layers.0.", "norm2."}, Rename{"out_layers.3.", "conv2."}, Rename{"skip_connection.", "conv_shortcut."},
};

constexpr std::array kUnetTopNames = {
    Rename{"time_embed.0.", "time_embedding.linear_1."},
    Rename{"time_embed.2.", "time_embedding.linear_2."},
    Rename{"time_embed.cond_proj.", "time_embedding.cond_proj."},
    Rename{"label_emb.0.0.", "add_embedding.linear_1."},
    Rename{"label_emb.0.2.", "add_embedding.linear_2."},
    Rename{"input_blocks.0.0.", "conv_in."},
    Rename{"out.0.", "conv_norm_out."},
    Rename{"out.2.", "conv_out."},
};

constexpr std::array kVaeAttentionNames = {
    Rename{"norm.", "group_norm."},   Rename{"q.", "to_q."}, Rename{"k.", "to_k."}, Rename{"v.", "to_v."},
    Rename{"proj_out.", "to_out.0."},
};

constexpr std::array kOpenClipLayerNames = {
    Rename{"attn.out_proj.", "self_attn.out_proj."},
    Rename{"ln_1.", "layer_norm1."},
    Rename{"ln_2.", "layer_norm2."},
    Rename{"mlp.c_fc.", "mlp.fc1."},
    Rename{"mlp.c_proj.", "mlp.fc2."},
};

constexpr std::array kOpenClipTopNames = {
    Rename{"token_embedding.", "text_model.embeddings.token_embedding."},
    Rename{"ln_final.", "text_model.final_layer_norm."},
};

bool endsWithLinearAttention(std::string_view name)
{
    for (const std::string_view layer : {".to_q.weight", ".to_k.weight", ".to_v.weight", ".to_out.0.weight"}) {
        if (name.ends_with(layer))
            return true;
    }
    return false;
}

/// "12.rest" -> 12 and "rest"; -1 if it does not start with a number and a dot.
int takeNumber(std::string_view &text)
{
    std::size_t digits = 0;
    int number = 0;
    while (digits < text.size() && digits < 4 && text[digits] >= '0' && text[digits] <= '9')
        number = number * 10 + (text[digits++] - '0');
    if (digits == 0 || digits == text.size() || text[digits] != '.')
        return -1;
    text.remove_prefix(digits + 1);
    return number;
}

std::string dotted(std::string_view a, int b, std::string_view c, int d)
{
    return std::string(a) + "." + std::to_string(b) + "." + std::string(c) + "." + std::to_string(d);
}

} // namespace

const TensorEntry *LdmTensors::find(std::string_view name) const
{
    const auto found = entries.find(name);
    return found == entries.end() ? nullptr : found->second;
}

bool LdmTensors::hasPrefix(std::string_view prefix) const
{
    const auto found = entries.lower_bound(prefix);
    return found != entries.end() && found->first.starts_with(prefix);
}

std::int64_t LdmTensors::size(std::string_view name, std::size_t dimension) const
{
    const TensorEntry *entry = find(name);
    return entry && dimension < entry->shape.size() ? entry->shape[dimension] : 0;
}

bool isForeignBuffer(std::string_view name)
{
    static constexpr std::array<std::string_view, 12> kPrefixes = {
        "model_ema.",
        "first_stage_model.loss.",
        "loss.",
        "posterior_",
        "sqrt_",
        "alphas_cumprod",
        "log_one_minus_",
        "denoiser.",
        "first_stage_model.model_ema.",
        "optimizer",
        "edm_",
        "lvlb_weights",
    };
    static constexpr std::array<std::string_view, 9> kNames = {
        "betas", "logvar", "scale_factor", "v_pred", "ztsnr", "sigmas", "w_norm", "log_sigmas", "global_step"};
    static constexpr std::array<std::string_view, 5> kEndings = {".position_ids", ".logit_scale", ".attn_mask",
                                                                 ".inv_freq", "first_stage_model.logvar"};
    const auto startsSo = [&](std::string_view prefix) { return name.starts_with(prefix); };
    const auto endsSo = [&](std::string_view ending) { return name.ends_with(ending); };
    return std::any_of(kPrefixes.begin(), kPrefixes.end(), startsSo) ||
           std::any_of(kEndings.begin(), kEndings.end(), endsSo) ||
           std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

TensorSource::Item plainItem(std::string name, std::shared_ptr<const SafetensorsFile> file, const TensorEntry &entry)
{
    TensorSource::Item item{.name = std::move(name), .shape = entry.shape, .file = std::move(file), .entry = &entry};
    if (entry.shape.size() == 4 && entry.shape[2] == 1 && entry.shape[3] == 1 && endsWithLinearAttention(item.name)) {
        item.shape.resize(2);
        item.op = TensorOp::Reshape;
    }
    return item;
}

UnetLayout unetLayout(const LdmTensors &tensors)
{
    UnetLayout layout;
    // The way down: a level is its resnets (each with attention behind it or not) and a downsampler but for the last.
    int level = 0, resnet = 0;
    layout.resnetsPerLevel = {0};
    layout.attentionAtLevel = {false};
    for (int n = 1;; ++n) {
        const std::string block = "input_blocks." + std::to_string(n);
        if (tensors.hasPrefix(block + ".0.op.")) {
            layout.blocks.push_back({block + ".0.op", dotted("down_blocks", level, "downsamplers", 0) + ".conv"});
            ++level;
            resnet = 0;
            layout.resnetsPerLevel.push_back(0);
            layout.attentionAtLevel.push_back(false);
            continue;
        }
        if (!tensors.hasPrefix(block + ".0.in_layers."))
            break;
        layout.blocks.push_back(
            {.original = block + ".0", .name = dotted("down_blocks", level, "resnets", resnet), .isResnet = true});
        if (tensors.hasPrefix(block + ".1.")) {
            layout.blocks.push_back({.original = block + ".1",
                                     .name = dotted("down_blocks", level, "attentions", resnet),
                                     .isAttention = true});
            layout.attentionAtLevel.back() = true;
        }
        layout.resnetsPerLevel.back() = ++resnet;
    }
    // The middle: resnet, attention, resnet.
    for (int n = 0, resnets = 0; n < 3; ++n) {
        const std::string block = "middle_block." + std::to_string(n);
        if (tensors.hasPrefix(block + ".in_layers."))
            layout.blocks.push_back(
                {.original = block, .name = "mid_block.resnets." + std::to_string(resnets++), .isResnet = true});
        else if (tensors.hasPrefix(block + "."))
            layout.blocks.push_back({.original = block, .name = "mid_block.attentions.0", .isAttention = true});
    }
    // The way up: one resnet more a level; the upsampler stands last in a level's last block.
    level = 0, resnet = 0;
    layout.attentionAtUpLevel = {false};
    for (int n = 0;; ++n) {
        const std::string block = "output_blocks." + std::to_string(n);
        if (!tensors.hasPrefix(block + ".0.in_layers."))
            break;
        layout.blocks.push_back(
            {.original = block + ".0", .name = dotted("up_blocks", level, "resnets", resnet), .isResnet = true});
        bool hasUpsampler = false;
        for (const int member : {1, 2}) {
            const std::string original = block + "." + std::to_string(member);
            if (tensors.hasPrefix(original + ".conv.")) {
                layout.blocks.push_back({original + ".conv", dotted("up_blocks", level, "upsamplers", 0) + ".conv"});
                hasUpsampler = true;
            } else if (tensors.hasPrefix(original + ".")) {
                layout.blocks.push_back({.original = original,
                                         .name = dotted("up_blocks", level, "attentions", resnet),
                                         .isAttention = true});
                layout.attentionAtUpLevel.back() = true;
            }
        }
        ++resnet;
        if (hasUpsampler) {
            ++level;
            resnet = 0;
            layout.attentionAtUpLevel.push_back(false);
        }
    }
    return layout;
}

TensorSource unetFromLdm(const LdmTensors &tensors)
{
    const UnetLayout layout = unetLayout(tensors);
    TensorSource source;
    std::map<std::string_view, const UnetLayout::Block *> blocks;
    for (const UnetLayout::Block &block : layout.blocks)
        blocks.emplace(block.original, &block);
    for (const auto &[name, entry] : tensors.entries) {
        // "input_blocks.4.1.norm.weight": the block is what stands before the third or fourth dot.
        const UnetLayout::Block *block = nullptr;
        for (std::size_t dot = name.find('.'); dot != std::string::npos && !block; dot = name.find('.', dot + 1)) {
            const auto found = blocks.find(std::string_view(name).substr(0, dot));
            block = found == blocks.end() ? nullptr : found->second;
        }
        std::string renamed;
        if (block) {
            const std::string_view leaf = std::string_view(name).substr(block->original.size() + 1);
            renamed = block->name + "." + (block->isResnet ? replacePrefix(leaf, kResnetNames) : std::string(leaf));
        } else {
            renamed = replacePrefix(name, kUnetTopNames);
        }
        source.add(plainItem(std::move(renamed), tensors.file, *entry));
    }
    return source;
}

TensorSource vaeFromLdm(const LdmTensors &tensors)
{
    int levels = 0; // the decoder's "up" counts from the finest level, diffusers' from the coarsest
    while (tensors.hasPrefix("decoder.up." + std::to_string(levels) + "."))
        ++levels;
    const auto rename = [levels](std::string_view name) -> std::string {
        const bool isEncoder = name.starts_with("encoder.");
        if (!isEncoder && !name.starts_with("decoder."))
            return std::string(name); // quant_conv, post_quant_conv
        const std::string side = isEncoder ? "encoder." : "decoder.";
        std::string_view rest = name.substr(side.size());
        const std::string_view direction = isEncoder ? "down." : "up.";
        constexpr std::array kShortcut = {Rename{"nin_shortcut.", "conv_shortcut."}};
        if (rest.starts_with(direction)) {
            rest.remove_prefix(direction.size());
            const int original = takeNumber(rest);
            if (original < 0 || (!isEncoder && original >= levels))
                return std::string(name);
            const std::string block = side + (isEncoder ? "down_blocks." : "up_blocks.") +
                                      std::to_string(isEncoder ? original : levels - 1 - original) + ".";
            if (rest.starts_with("downsample.conv.") || rest.starts_with("upsample.conv."))
                return block + (isEncoder ? "downsamplers.0." : "upsamplers.0.") +
                       std::string(rest.substr(rest.find('.') + 1));
            if (rest.starts_with("block.")) {
                rest.remove_prefix(6);
                const int resnet = takeNumber(rest);
                if (resnet >= 0)
                    return block + "resnets." + std::to_string(resnet) + "." + replacePrefix(rest, kShortcut);
            }
            return std::string(name);
        }
        if (rest.starts_with("mid.block_1."))
            return side + "mid_block.resnets.0." + replacePrefix(rest.substr(12), kShortcut);
        if (rest.starts_with("mid.block_2."))
            return side + "mid_block.resnets.1." + replacePrefix(rest.substr(12), kShortcut);
        if (rest.starts_with("mid.attn_1."))
            return side + "mid_block.attentions.0." + replacePrefix(rest.substr(11), kVaeAttentionNames);
        constexpr std::array kTop = {Rename{"norm_out.", "conv_norm_out."}};
        return side + replacePrefix(rest, kTop);
    };
    TensorSource source;
    for (const auto &[name, entry] : tensors.entries)
        source.add(plainItem(rename(name), tensors.file, *entry));
    return source;
}

TensorSource textFromTransformers(const LdmTensors &tensors)
{
    TensorSource source;
    for (const auto &[name, entry] : tensors.entries)
        source.add(plainItem(prefixedTextName(name), tensors.file, *entry));
    return source;
}

TensorSource textFromOpenClip(const LdmTensors &tensors, Projection projection)
{
    TensorSource source;
    const auto add = [&](std::string name, const TensorEntry &entry) {
        source.add(plainItem(std::move(name), tensors.file, entry));
    };
    for (const auto &[name, entry] : tensors.entries) {
        if (name == "text_projection" && entry->shape.size() == 2) {
            if (projection == Projection::Drop)
                continue;
            source.add({.name = "text_projection.weight",
                        .shape = {entry->shape.rbegin(), entry->shape.rend()},
                        .file = tensors.file,
                        .entry = entry,
                        .op = TensorOp::Transpose});
            continue;
        }
        if (name == "text_projection.weight" && projection == Projection::Drop)
            continue;
        if (name == "positional_embedding") {
            add("text_model.embeddings.position_embedding.weight", *entry);
            continue;
        }
        std::string_view rest = name;
        constexpr std::string_view kLayers = "transformer.resblocks.";
        if (!rest.starts_with(kLayers)) {
            add(replacePrefix(name, kOpenClipTopNames), *entry);
            continue;
        }
        rest.remove_prefix(kLayers.size());
        const int number = takeNumber(rest);
        if (number < 0) {
            add(name, *entry);
            continue;
        }
        const std::string layer = "text_model.encoder.layers." + std::to_string(number) + ".";
        const bool isStacked = rest == "attn.in_proj_weight" || rest == "attn.in_proj_bias";
        if (!isStacked || entry->shape.empty() || entry->shape[0] % 3 != 0) {
            add(layer + replacePrefix(rest, kOpenClipLayerNames), *entry);
            continue;
        }
        // Query, key and value stacked along the first dimension.
        const std::string leaf = rest.ends_with("weight") ? ".weight" : ".bias";
        std::vector<std::int64_t> shape = entry->shape;
        shape[0] /= 3;
        std::int64_t begin = 0;
        for (const char *which : {"q_proj", "k_proj", "v_proj"}) {
            source.add({.name = layer + "self_attn." + which + leaf,
                        .shape = shape,
                        .file = tensors.file,
                        .entry = entry,
                        .op = TensorOp::Slice,
                        .sliceBegin = begin});
            begin += shape[0];
        }
    }
    return source;
}

std::string modernAttentionName(const std::string &name)
{
    if (name.find("attentions.") == std::string::npos)
        return name;
    constexpr std::array kLayers = {Rename{"query", "to_q"}, Rename{"key", "to_k"}, Rename{"value", "to_v"},
                                    Rename{"proj_attn", "to_out.0"}};
    const std::size_t leafDot = name.rfind('.');
    const std::size_t layerDot =
        leafDot == std::string::npos || leafDot == 0 ? std::string::npos : name.rfind('.', leafDot - 1);
    if (layerDot == std::string::npos)
        return name;
    const std::string_view layer = std::string_view(name).substr(layerDot + 1, leafDot - layerDot - 1);
    for (const auto &[from, to] : kLayers) {
        if (layer == from)
            return name.substr(0, layerDot + 1) + std::string(to) + name.substr(leafDot);
    }
    return name;
}

std::string prefixedTextName(const std::string &name)
{
    for (const std::string_view top : {"embeddings.", "encoder.", "final_layer_norm."}) {
        if (name.starts_with(top))
            return "text_model." + name;
    }
    return name;
}

} // namespace engine
