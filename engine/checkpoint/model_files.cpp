#include "engine/checkpoint/model_files.h"

#include "engine/checkpoint/diffusers_folder.h"
#include "engine/checkpoint/file_kind.h"
#include "engine/checkpoint/single_file.h"
#include "engine/error.h"

#include <algorithm>
#include <cctype>

namespace engine {

void TensorSource::add(Item item)
{
    const auto [where, isNew] = m_index.emplace(item.name, m_items.size());
    if (!isNew)
        throw Error(ErrorKind::NotACheckpoint, item.file->path().string(), "tensor \"" + item.name + "\" occurs twice");
    m_items.push_back(std::move(item));
}

const TensorSource::Item *TensorSource::find(std::string_view name) const
{
    const auto found = m_index.find(name);
    return found == m_index.end() ? nullptr : &m_items[found->second];
}

const ModelPart *ModelFiles::part(std::string_view name) const
{
    const auto found =
        std::find_if(parts.begin(), parts.end(), [&](const ModelPart &each) { return each.name == name; });
    return found == parts.end() ? nullptr : &*found;
}

ModelFiles openModelFiles(const std::filesystem::path &path)
{
    std::error_code fault;
    const std::filesystem::file_status status = std::filesystem::status(path, fault);
    if (status.type() == std::filesystem::file_type::not_found)
        throw Error(ErrorKind::FileUnreadable, path.string(), "does not exist");
    if (std::filesystem::is_directory(status)) {
        std::filesystem::directory_iterator readable(path, fault);
        if (fault)
            throw Error(ErrorKind::FileUnreadable, path.string(), "may not be read");
        // "folder/" and "folder" are the same model
        return openDiffusersFolder(path.has_filename() ? path : path.parent_path());
    }
    const FileKind kind = fileKind(readHead(path));
    const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
    if (kind == FileKind::Json && path.filename() == "model_index.json")
        return openDiffusersFolder(folder);
    if (kind == FileKind::Gguf)
        throw Error(ErrorKind::NotSupported, path.string(), "GGUF files are not supported yet");
    if (kind == FileKind::Pickle)
        throw Error(ErrorKind::NotSupported, path.string(),
                    "pickle files (.ckpt, .pt, .pth, .bin) are not supported yet");
    if (kind == FileKind::Zip) {
        std::string extension = path.extension().string();
        std::transform(extension.begin(), extension.end(), extension.begin(),
                       [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        if (extension == ".zip")
            throw Error(ErrorKind::NotACheckpoint, path.string(), "is a ZIP archive, not a model");
        throw Error(ErrorKind::NotSupported, path.string(),
                    "pickle files (.ckpt, .pt, .pth, .bin) are not supported yet");
    }
    // The weights of one part of a folder: its config stands beside them.
    if (path.extension() == ".safetensors" && std::filesystem::is_regular_file(folder / "config.json", fault)) {
        const std::string name = path.filename().string();
        if (name.starts_with("diffusion_pytorch_model") || name.starts_with("model.") || name.starts_with("model-"))
            return openDiffusersFolder(folder);
    }
    return openSingleFile(path);
}

} // namespace engine
