#include "engine/training/training_cache.h"

#include "engine/core/tensor_file.h"
#include "engine/error.h"
#include "engine/training/fingerprint.h"

#include <optional>

namespace engine {

namespace fs = std::filesystem;

namespace {

using Tensors = std::map<std::string, torch::Tensor>;

constexpr auto kKey = "key";
constexpr auto kContent = "content";

std::string contentOf(const Tensors &tensors)
{
    Fingerprint sum;
    for (const auto &[name, tensor] : tensors) {
        sum.add(std::string_view(name));
        sum.add(std::string_view(fingerprintOf(tensor)));
    }
    return sum.text();
}

bool says(const std::map<std::string, std::string> &metadata, const std::string &name, const std::string &value)
{
    const auto found = metadata.find(name);
    return found != metadata.end() && found->second == value;
}

std::optional<Tensors> read(const fs::path &path, const std::string &key)
{
    std::error_code failed;
    if (!fs::exists(path, failed))
        return std::nullopt;
    try {
        const SafetensorsFile file(path);
        if (!says(file.metadata(), kKey, key))
            return std::nullopt;
        Tensors tensors = readTensors(path);
        return says(file.metadata(), kContent, contentOf(tensors)) ? std::optional(std::move(tensors)) : std::nullopt;
    } catch (const Error &) {
        return std::nullopt; // damaged, or not to be read
    }
}

void write(const fs::path &path, const std::string &key, const Tensors &tensors)
{
    std::uintmax_t bytes = 0;
    for (const auto &[name, tensor] : tensors)
        bytes += tensor.nbytes();
    std::error_code failed;
    fs::create_directories(path.parent_path(), failed);
    // The checkpoint is worth more: it must find space after this.
    if (const fs::space_info space = fs::space(path.parent_path(), failed); failed || space.available < 2 * bytes)
        return;
    try {
        writeTensors(path, tensors, {{kKey, key}, {kContent, contentOf(tensors)}});
    } catch (const Error &error) {
        if (error.kind != ErrorKind::DiskFull && error.kind != ErrorKind::FileUnreadable)
            throw;
    }
}

} // namespace

Tensors cachedTensors(const fs::path &file, const std::string &key, const std::function<Tensors()> &compute)
{
    if (std::optional<Tensors> kept = read(file, key))
        return std::move(*kept);
    Tensors made = compute();
    write(file, key, made);
    return made;
}

} // namespace engine
