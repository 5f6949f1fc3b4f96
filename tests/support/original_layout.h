#pragma once

#include <cstdint>
#include <string>
#include <vector>

/// Names and shapes of single files in the layout of the original Stable Diffusion code, at any size: written down from
/// the structure of those networks, without the rules that the program reads them by.
namespace original {

struct NamedShape
{
    std::string name;
    std::vector<std::int64_t> shape;
};
using Names = std::vector<NamedShape>;

inline void addLayer(Names &names, const std::string &layer, std::vector<std::int64_t> weight, bool hasBias = true)
{
    const std::int64_t out = weight.front();
    names.push_back({layer + ".weight", std::move(weight)});
    if (hasBias)
        names.push_back({layer + ".bias", {out}});
}

inline std::string joined(const std::string &prefix, int number)
{
    return prefix + "." + std::to_string(number);
}

struct Unet
{
    int inChannels = 4;
    int outChannels = 4;
    int contextWidth = 768;
    std::vector<int> widths = {320, 640, 1280, 1280};
    std::vector<int> depths = {1, 1, 1, 0}; ///< transformer blocks of a level's attentions; 0: none
    int middleDepth = 1;
    bool isLinear = false; ///< projections of the transformers
    int addedWidth = 0;    ///< of SDXL's size embedding
    int resnets = 2;
};

inline Names unet(const Unet &config, const std::string &prefix = "model.diffusion_model.")
{
    Names names;
    const int time = 4 * config.widths.front();
    const auto resnet = [&](const std::string &block, int in, int out) {
        addLayer(names, block + ".in_layers.0", {in});
        addLayer(names, block + ".in_layers.2", {out, in, 3, 3});
        addLayer(names, block + ".emb_layers.1", {out, time});
        addLayer(names, block + ".out_layers.0", {out});
        addLayer(names, block + ".out_layers.3", {out, out, 3, 3});
        if (in != out)
            addLayer(names, block + ".skip_connection", {out, in, 1, 1});
    };
    const auto attention = [&](const std::string &block, int width, int depth) {
        const std::vector<std::int64_t> projection =
            config.isLinear ? std::vector<std::int64_t>{width, width} : std::vector<std::int64_t>{width, width, 1, 1};
        addLayer(names, block + ".norm", {width});
        addLayer(names, block + ".proj_in", projection);
        for (int i = 0; i < depth; ++i) {
            const std::string transformer = joined(block + ".transformer_blocks", i);
            for (const std::string which : {".attn1", ".attn2"}) {
                const int context = which == ".attn1" ? width : config.contextWidth;
                addLayer(names, transformer + which + ".to_q", {width, width}, false);
                addLayer(names, transformer + which + ".to_k", {width, context}, false);
                addLayer(names, transformer + which + ".to_v", {width, context}, false);
                addLayer(names, transformer + which + ".to_out.0", {width, width});
            }
            addLayer(names, transformer + ".ff.net.0.proj", {8 * width, width});
            addLayer(names, transformer + ".ff.net.2", {width, 4 * width});
            for (const char *norm : {".norm1", ".norm2", ".norm3"})
                addLayer(names, transformer + norm, {width});
        }
        addLayer(names, block + ".proj_out", projection);
    };

    addLayer(names, prefix + "time_embed.0", {time, config.widths.front()});
    addLayer(names, prefix + "time_embed.2", {time, time});
    if (config.addedWidth) {
        addLayer(names, prefix + "label_emb.0.0", {time, config.addedWidth});
        addLayer(names, prefix + "label_emb.0.2", {time, time});
    }
    addLayer(names, prefix + "input_blocks.0.0", {config.widths.front(), config.inChannels, 3, 3});
    std::vector<int> skips = {config.widths.front()};
    int width = config.widths.front();
    int block = 1;
    const int levels = static_cast<int>(config.widths.size());
    for (int level = 0; level < levels; ++level) {
        for (int i = 0; i < config.resnets; ++i, ++block) {
            const std::string name = joined(prefix + "input_blocks", block);
            resnet(name + ".0", width, config.widths[level]);
            width = config.widths[level];
            if (config.depths[level])
                attention(name + ".1", width, config.depths[level]);
            skips.push_back(width);
        }
        if (level + 1 < levels) {
            addLayer(names, joined(prefix + "input_blocks", block++) + ".0.op", {width, width, 3, 3});
            skips.push_back(width);
        }
    }
    resnet(prefix + "middle_block.0", width, width);
    attention(prefix + "middle_block.1", width, config.middleDepth);
    resnet(prefix + "middle_block.2", width, width);
    block = 0;
    for (int level = levels - 1; level >= 0; --level) {
        for (int i = 0; i <= config.resnets; ++i, ++block) {
            const std::string name = joined(prefix + "output_blocks", block);
            resnet(name + ".0", width + skips.back(), config.widths[level]);
            skips.pop_back();
            width = config.widths[level];
            if (config.depths[level])
                attention(name + ".1", width, config.depths[level]);
            if (level > 0 && i == config.resnets)
                addLayer(names, joined(name, config.depths[level] ? 2 : 1) + ".conv", {width, width, 3, 3});
        }
    }
    addLayer(names, prefix + "out.0", {width});
    addLayer(names, prefix + "out.2", {config.outChannels, width, 3, 3});
    return names;
}

inline Names vae(const std::vector<int> &widths = {128, 256, 512, 512},
                 const std::string &prefix = "first_stage_model.")
{
    Names names;
    constexpr int kLatents = 4;
    const int levels = static_cast<int>(widths.size());
    const auto resnet = [&](const std::string &block, int in, int out) {
        addLayer(names, block + ".norm1", {in});
        addLayer(names, block + ".conv1", {out, in, 3, 3});
        addLayer(names, block + ".norm2", {out});
        addLayer(names, block + ".conv2", {out, out, 3, 3});
        if (in != out)
            addLayer(names, block + ".nin_shortcut", {out, in, 1, 1});
    };
    const auto middle = [&](const std::string &side, int width) {
        resnet(side + "mid.block_1", width, width);
        addLayer(names, side + "mid.attn_1.norm", {width});
        for (const char *layer : {"q", "k", "v", "proj_out"})
            addLayer(names, side + "mid.attn_1." + layer, {width, width, 1, 1});
        resnet(side + "mid.block_2", width, width);
    };
    const std::string encoder = prefix + "encoder.", decoder = prefix + "decoder.";
    addLayer(names, encoder + "conv_in", {widths.front(), 3, 3, 3});
    int width = widths.front();
    for (int level = 0; level < levels; ++level) {
        const std::string block = joined(encoder + "down", level);
        for (int i = 0; i < 2; ++i) {
            resnet(joined(block + ".block", i), width, widths[level]);
            width = widths[level];
        }
        if (level + 1 < levels)
            addLayer(names, block + ".downsample.conv", {width, width, 3, 3});
    }
    middle(encoder, width);
    addLayer(names, encoder + "norm_out", {width});
    addLayer(names, encoder + "conv_out", {2 * kLatents, width, 3, 3});
    addLayer(names, prefix + "quant_conv", {2 * kLatents, 2 * kLatents, 1, 1});
    addLayer(names, prefix + "post_quant_conv", {kLatents, kLatents, 1, 1});
    addLayer(names, decoder + "conv_in", {width, kLatents, 3, 3});
    middle(decoder, width);
    for (int level = levels - 1; level >= 0; --level) {
        const std::string block = joined(decoder + "up", level);
        for (int i = 0; i < 3; ++i) {
            resnet(joined(block + ".block", i), width, widths[level]);
            width = widths[level];
        }
        if (level > 0)
            addLayer(names, block + ".upsample.conv", {width, width, 3, 3});
    }
    addLayer(names, decoder + "norm_out", {width});
    addLayer(names, decoder + "conv_out", {3, width, 3, 3});
    return names;
}

struct Tower
{
    int width = 768;
    int layers = 12;
    int vocabulary = 49408;
    int positions = 77;
    bool hasProjection = false; ///< OpenCLIP only
};

/// As transformers writes it; `prefix` ends where "text_model." begins.
inline Names clipTower(const Tower &config, const std::string &prefix = "cond_stage_model.transformer.text_model.")
{
    Names names;
    names.push_back({prefix + "embeddings.token_embedding.weight", {config.vocabulary, config.width}});
    names.push_back({prefix + "embeddings.position_embedding.weight", {config.positions, config.width}});
    for (int i = 0; i < config.layers; ++i) {
        const std::string layer = joined(prefix + "encoder.layers", i);
        for (const char *projection : {"q_proj", "k_proj", "v_proj", "out_proj"})
            addLayer(names, layer + ".self_attn." + projection, {config.width, config.width});
        addLayer(names, layer + ".layer_norm1", {config.width});
        addLayer(names, layer + ".layer_norm2", {config.width});
        addLayer(names, layer + ".mlp.fc1", {4 * config.width, config.width});
        addLayer(names, layer + ".mlp.fc2", {config.width, 4 * config.width});
    }
    addLayer(names, prefix + "final_layer_norm", {config.width});
    return names;
}

/// As OpenCLIP writes it.
inline Names openClipTower(const Tower &config, const std::string &prefix = "cond_stage_model.model.")
{
    Names names;
    names.push_back({prefix + "token_embedding.weight", {config.vocabulary, config.width}});
    names.push_back({prefix + "positional_embedding", {config.positions, config.width}});
    for (int i = 0; i < config.layers; ++i) {
        const std::string layer = joined(prefix + "transformer.resblocks", i);
        names.push_back({layer + ".attn.in_proj_weight", {3 * config.width, config.width}});
        names.push_back({layer + ".attn.in_proj_bias", {3 * config.width}});
        addLayer(names, layer + ".attn.out_proj", {config.width, config.width});
        addLayer(names, layer + ".ln_1", {config.width});
        addLayer(names, layer + ".ln_2", {config.width});
        addLayer(names, layer + ".mlp.c_fc", {4 * config.width, config.width});
        addLayer(names, layer + ".mlp.c_proj", {config.width, 4 * config.width});
    }
    addLayer(names, prefix + "ln_final", {config.width});
    if (config.hasProjection)
        names.push_back({prefix + "text_projection", {config.width, config.width}});
    return names;
}

inline Names operator+(Names a, const Names &b)
{
    a.insert(a.end(), b.begin(), b.end());
    return a;
}

inline Names sd1(int inChannels = 4)
{
    return unet({.inChannels = inChannels}) + vae() + clipTower({});
}

inline Names sd2()
{
    return unet({.contextWidth = 1024, .isLinear = true}) + vae() + openClipTower({.width = 1024, .layers = 23});
}

inline Names sdxl()
{
    return unet({.contextWidth = 2048,
                 .widths = {320, 640, 1280},
                 .depths = {0, 2, 10},
                 .middleDepth = 10,
                 .isLinear = true,
                 .addedWidth = 2816}) +
           vae() + clipTower({}, "conditioner.embedders.0.transformer.text_model.") +
           openClipTower({.width = 1280, .layers = 32, .hasProjection = true}, "conditioner.embedders.1.model.");
}

inline Names sdxlRefiner()
{
    return unet({.contextWidth = 1280,
                 .widths = {384, 768, 1536, 1536},
                 .depths = {0, 4, 4, 0},
                 .middleDepth = 4,
                 .isLinear = true,
                 .addedWidth = 2560}) +
           openClipTower({.width = 1280, .layers = 32, .hasProjection = true}, "conditioner.embedders.0.model.");
}

/// The same layouts, small enough to be written whole (1 MB).
inline Names tinySd1(int inChannels = 4)
{
    return unet({.inChannels = inChannels, .contextWidth = 64, .widths = {32, 32}, .depths = {1, 0}, .resnets = 1}) +
           vae({32, 32}) + clipTower({.width = 64, .layers = 2, .vocabulary = 100});
}

inline Names tinySd2(int inChannels = 4)
{
    return unet({.inChannels = inChannels,
                 .contextWidth = 64,
                 .widths = {32, 32, 32, 32},
                 .depths = {1, 1, 1, 0},
                 .isLinear = true}) +
           vae({32, 32}) + openClipTower({.width = 64, .layers = 3, .vocabulary = 100, .hasProjection = true});
}

inline Names tinySdxl()
{
    return unet({.contextWidth = 128,
                 .widths = {64, 64},
                 .depths = {0, 2},
                 .middleDepth = 2,
                 .isLinear = true,
                 .addedWidth = 1600,
                 .resnets = 1}) +
           vae({32, 32}) +
           clipTower({.width = 64, .layers = 2, .vocabulary = 100}, "conditioner.embedders.0.transformer.text_model.") +
           openClipTower({.width = 64, .layers = 2, .vocabulary = 100, .hasProjection = true},
                         "conditioner.embedders.1.model.");
}

} // namespace original
