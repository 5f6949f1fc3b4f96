#pragma once

#include "engine/checkpoint/safetensors.h"
#include "engine/schedule/scheduler_config.h"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace engine {

/// How a stored tensor becomes the one that a network asks for.
enum class TensorOp {
    Copy,      ///< as it is
    Reshape,   ///< same elements, other shape: [a,b,1,1] <-> [a,b]
    Slice,     ///< rows [sliceBegin, sliceBegin + shape[0]) of dimension 0: one of a stacked q, k, v
    Transpose, ///< [a,b] -> [b,a]
};

/// The tensors of one network under diffusers' (U-Net, VAE) or transformers' (text encoder) current names, wherever
/// and under whatever names they are stored.
class TensorSource
{
public:
    struct Item
    {
        std::string name;                ///< "down_blocks.0.resnets.0.conv1.weight"
        std::vector<std::int64_t> shape; ///< after the operation
        std::shared_ptr<const SafetensorsFile> file;
        const TensorEntry *entry = nullptr; ///< one of file's
        TensorOp op = TensorOp::Copy;
        std::int64_t sliceBegin = 0;

        [[nodiscard]] DType dtype() const { return entry->dtype; }
    };

    /// \throws Error{NotACheckpoint} if an item of that name is there already.
    void add(Item item);
    /// In the order of the files.
    [[nodiscard]] const std::vector<Item> &items() const { return m_items; }
    /// nullptr if there is none of that name.
    [[nodiscard]] const Item *find(std::string_view name) const;
    [[nodiscard]] bool empty() const { return m_items.empty(); }

private:
    std::vector<Item> m_items;
    std::map<std::string, std::size_t, std::less<>> m_index;
};

/// One part of a model.
struct ModelPart
{
    std::string name = {}; ///< unet, vae, text_encoder, text_encoder_2, controlnet, transformer
    std::string className =
        {}; ///< UNet2DConditionModel, UNet2DModel, AutoencoderKL, CLIPTextModel, CLIPTextModelWithProjection, ...
    nlohmann::json config =
        {}; ///< in diffusers' or transformers' terms; for a single file derived from names and shapes
    TensorSource tensors = {};
    std::filesystem::path folder = {}; ///< of a diffusers folder; empty: single file
    /// Text towers: layers at the end that the family never uses. 1 for the whole OpenCLIP tower of an SD 2.x single
    /// file: the U-Net was trained on the last but one layer, through the final layer norm. (A diffusers folder of
    /// SD 2.x leaves that layer out.)
    int unusedLayers = 0;
    /// Text towers of single files: ids of the start and end token and of padding; -1: the tokenizer's folder says.
    std::int64_t startToken = -1;
    std::int64_t endToken = -1;
    std::int64_t padToken = -1;
};

/// A model path, taken apart. Holds the files open (mapped); copying it is cheap enough but not needed.
struct ModelFiles
{
    std::filesystem::path path = {};
    std::string layout = {};    ///< "diffusers" or "single_file"
    std::string className = {}; ///< of model_index.json: StableDiffusionPipeline, ...; empty if there is none
    nlohmann::json index = {};  ///< model_index.json, or null
    std::vector<ModelPart> parts = {};
    SchedulerConfig scheduler = {};
    bool hasScheduler = false;            ///< a scheduler_config.json was read (or the single file says something)
    std::filesystem::path tokenizer = {}; ///< folder; empty: none in the model (single files, lone networks)
    std::filesystem::path tokenizer2 = {};
    std::vector<std::string> missing = {};        ///< parts that model_index.json names and that are not there
    std::vector<std::string> unknownTensors = {}; ///< of a single file: names that belong to no part (capped at 100)

    /// nullptr if there is no such part.
    [[nodiscard]] const ModelPart *part(std::string_view name) const;
};

/// Finds the networks of a model: a diffusers folder (with or without model_index.json, or a folder that is itself one
/// part), or a single file in the layout of the original Stable Diffusion code. Reads headers and configs only.
///
/// \throws Error{FileUnreadable}  path is not there or may not be read
/// \throws Error{NotACheckpoint}  a file is damaged or foreign; the detail names the tensor and the fault
/// \throws Error{NotSupported}    pickle and GGUF files; single files of networks that are known but not run. Folders
/// of
///                                such networks open: describeModel() refuses them
/// \throws Error{UnknownFamily}   a sound file without a network that we know
ModelFiles openModelFiles(const std::filesystem::path &path);

/// What a scheduler_config.json says; what it leaves out has diffusers' defaults (which are not those of SD 1.x).
SchedulerConfig schedulerConfigFromJson(const nlohmann::json &json);

} // namespace engine
