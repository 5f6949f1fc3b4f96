#include "engine/checkpoint/diffusers_folder.h"

#include "engine/checkpoint/json_text.h"
#include "engine/checkpoint/ldm_names.h"
#include "engine/error.h"

#include <algorithm>
#include <array>

namespace engine {

namespace {

namespace fs = std::filesystem;

bool isFile(const fs::path &path)
{
    std::error_code ignored;
    return fs::is_regular_file(path, ignored);
}

bool isFolder(const fs::path &path)
{
    std::error_code ignored;
    return fs::is_directory(path, ignored);
}

/// Parts of a pipeline that hold weights a picture needs; the rest of model_index.json (safety checker, feature
/// extractor, flags) is passed over.
constexpr std::array<std::string_view, 9> kNetworks = {
    "unet", "vae", "text_encoder", "text_encoder_2", "text_encoder_3", "transformer", "controlnet", "prior", "vqvae"};

bool isNetwork(std::string_view name)
{
    return std::find(kNetworks.begin(), kNetworks.end(), name) != kNetworks.end();
}

/// A part's class name in its own config, else "".
std::string classOf(const nlohmann::json &config)
{
    const std::string name = textOr(config, "_class_name");
    if (!name.empty())
        return name;
    const auto found = config.find("architectures");
    return found != config.end() && found->is_array() && !found->empty() && found->front().is_string()
               ? found->front().get<std::string>()
               : std::string();
}

/// Where a part's weights are: one file, or an index of shards. Full weights first, then fp16, then any other variant.
struct Weights
{
    fs::path file = {};
    fs::path index = {};
    bool isPickle = false; ///< there are only .bin weights
};

Weights findWeights(const fs::path &folder)
{
    constexpr std::array<const char *, 3> kStems = {"diffusion_pytorch_model", "model", "pytorch_model"};
    for (const std::string variant : {"", ".fp16"}) {
        for (const std::string stem : kStems) {
            if (const fs::path file = folder / (stem + variant + ".safetensors"); isFile(file))
                return {.file = file};
            for (const std::string &index :
                 {stem + ".safetensors.index" + variant + ".json", stem + variant + ".safetensors.index.json"}) {
                if (isFile(folder / index))
                    return {.index = folder / index};
            }
        }
    }
    // Some other variant ("non_ema", "bf16"), or a lone file of whatever name.
    std::vector<fs::path> files, indices;
    bool hasPickle = false;
    std::error_code fault;
    for (const fs::directory_entry &entry : fs::directory_iterator(folder, fault)) {
        const std::string name = entry.path().filename().string();
        if (name.ends_with(".safetensors") && name.find("-of-") == std::string::npos)
            files.push_back(entry.path());
        else if (name.ends_with(".json") && name.find(".safetensors.index") != std::string::npos)
            indices.push_back(entry.path());
        else if (name.ends_with(".bin") || name.ends_with(".pt") || name.ends_with(".pth") || name.ends_with(".ckpt"))
            hasPickle = true;
    }
    std::sort(files.begin(), files.end());
    std::sort(indices.begin(), indices.end());
    if (!files.empty())
        return {.file = files.front()};
    if (!indices.empty())
        return {.index = indices.front()};
    return {.isPickle = hasPickle};
}

/// Names of a folder's tensors in today's spelling.
class Renamer
{
public:
    explicit Renamer(const std::string &className)
        : m_isText(className.starts_with("CLIPText"))
        , m_hasOldAttention(className == "AutoencoderKL" || className == "UNet2DModel")
    {
    }

    [[nodiscard]] std::string operator()(const std::string &name) const
    {
        return m_isText ? prefixedTextName(name) : m_hasOldAttention ? modernAttentionName(name) : name;
    }

private:
    bool m_isText;
    bool m_hasOldAttention;
};

void addFile(TensorSource &source, const fs::path &path, const Renamer &rename)
{
    const auto file = std::make_shared<const SafetensorsFile>(path);
    for (const TensorEntry &entry : file->entries()) {
        if (!isForeignBuffer(entry.name) && entry.name != "position_ids")
            source.add(plainItem(rename(entry.name), file, entry));
    }
}

void addShards(TensorSource &source, const fs::path &index, const Renamer &rename)
{
    const nlohmann::json json = readJsonObject(index);
    const auto map = json.find("weight_map");
    if (map == json.end() || !map->is_object())
        throw Error(ErrorKind::NotACheckpoint, index.string(), "holds no weight_map");
    std::map<std::string, std::shared_ptr<const SafetensorsFile>> shards;
    for (const auto &[name, where] : map->items()) {
        const std::string shard = where.is_string() ? where.get<std::string>() : std::string();
        if (shard.empty() || shard.find('/') != std::string::npos || shard.find('\0') != std::string::npos ||
            shard == "..")
            throw Error(ErrorKind::NotACheckpoint, index.string(),
                        "tensor \"" + name.substr(0, 200) + "\" is in no file of this folder");
        std::shared_ptr<const SafetensorsFile> &file = shards[shard];
        if (!file) {
            const fs::path path = index.parent_path() / shard;
            if (!isFile(path))
                throw Error(ErrorKind::FileUnreadable, path.string(),
                            "is not there, though " + index.filename().string() + " names it");
            file = std::make_shared<const SafetensorsFile>(path);
        }
        const TensorEntry *entry = file->find(name);
        if (!entry)
            throw Error(ErrorKind::NotACheckpoint, file->path().string(),
                        "holds no tensor \"" + name.substr(0, 200) + "\", though " + index.filename().string() +
                            " says so");
        if (!isForeignBuffer(name) && name != "position_ids")
            source.add(plainItem(rename(name), file, *entry));
    }
}

/// False if the folder holds no weights at all.
bool addPart(ModelFiles &files, const std::string &name, const fs::path &folder, const std::string &classHint)
{
    const fs::path configPath = folder / "config.json";
    if (!isFile(configPath))
        return false;
    const Weights weights = findWeights(folder);
    if (weights.isPickle)
        throw Error(ErrorKind::NotSupported, folder.string(),
                    "holds pickle weights (.bin) only, which are not supported yet");
    if (weights.file.empty() && weights.index.empty())
        return false;
    ModelPart part{.name = name, .className = classHint, .config = readJsonObject(configPath), .folder = folder};
    if (const std::string own = classOf(part.config); !own.empty())
        part.className = own;
    const Renamer rename(part.className);
    if (!weights.file.empty())
        addFile(part.tensors, weights.file, rename);
    else
        addShards(part.tensors, weights.index, rename);
    files.parts.push_back(std::move(part));
    return true;
}

/// What a part is called when its folder does not say: by its class.
std::string partNameOf(const std::string &className, const fs::path &folder)
{
    const std::string own = folder.filename().string();
    if (isNetwork(own))
        return own;
    if (className.starts_with("UNet"))
        return "unet";
    if (className.starts_with("Autoencoder"))
        return "vae";
    if (className.starts_with("CLIPText") || className.starts_with("T5"))
        return className == "CLIPTextModelWithProjection" ? "text_encoder_2" : "text_encoder";
    if (className.starts_with("ControlNet"))
        return "controlnet";
    if (className.find("Transformer") != std::string::npos)
        return "transformer";
    return {};
}

void openByIndex(ModelFiles &files)
{
    const fs::path indexPath = files.path / "model_index.json";
    files.index = readJsonObject(indexPath);
    files.className = textOr(files.index, "_class_name");
    for (const auto &[name, value] : files.index.items()) {
        if (!isNetwork(name) || !value.is_array() || value.size() != 2 || !value[1].is_string())
            continue;
        if (!addPart(files, name, files.path / name, value[1].get<std::string>()))
            files.missing.push_back(name);
    }
}

void openByFolders(ModelFiles &files)
{
    const fs::path lone = files.path / "config.json";
    if (isFile(lone)) {
        const std::string className = classOf(readJsonObject(lone));
        const std::string name = partNameOf(className, files.path);
        if (!name.empty() && addPart(files, name, files.path, className))
            return;
    }
    for (const std::string_view name : kNetworks) {
        if (isFolder(files.path / name))
            addPart(files, std::string(name), files.path / name, {});
    }
}

/// The order in which a picture needs them, whatever the index's.
int rank(const ModelPart &part)
{
    constexpr std::array<std::string_view, 4> kOrder = {"text_encoder", "text_encoder_2", "text_encoder_3", "unet"};
    const auto found = std::find(kOrder.begin(), kOrder.end(), part.name);
    return static_cast<int>(found - kOrder.begin());
}

} // namespace

ModelFiles openDiffusersFolder(const fs::path &folder)
{
    ModelFiles files{.path = folder, .layout = "diffusers"};
    if (isFile(folder / "model_index.json"))
        openByIndex(files);
    else
        openByFolders(files);
    if (files.parts.empty() && files.missing.empty())
        throw Error(ErrorKind::UnknownFamily, folder.string(), "is a folder without a model in it");
    std::stable_sort(files.parts.begin(), files.parts.end(),
                     [](const ModelPart &a, const ModelPart &b) { return rank(a) < rank(b); });

    if (const fs::path scheduler = folder / "scheduler" / "scheduler_config.json"; isFile(scheduler)) {
        files.scheduler = schedulerConfigFromJson(readJsonObject(scheduler));
        files.hasScheduler = true;
    }
    const auto isPixelModel = [](const ModelPart &part) { return part.className == "UNet2DModel"; };
    if (!files.hasScheduler && std::any_of(files.parts.begin(), files.parts.end(), isPixelModel))
        files.scheduler = schedulerConfigFromJson({{"_class_name", "DDPMScheduler"}});
    if (isFolder(folder / "tokenizer"))
        files.tokenizer = folder / "tokenizer";
    if (isFolder(folder / "tokenizer_2"))
        files.tokenizer2 = folder / "tokenizer_2";
    return files;
}

} // namespace engine
