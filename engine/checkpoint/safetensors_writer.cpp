#include "engine/checkpoint/safetensors.h"
#include "engine/checkpoint/safetensors_header.h"
#include "engine/error.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <set>

#include <fcntl.h>
#include <unistd.h>

namespace engine {

namespace {

Error writeError(const std::filesystem::path &path, int number)
{
    if (number == ENOSPC || number == EDQUOT)
        return {ErrorKind::DiskFull, path.string(), "there is no space left on the disk"};
    return {ErrorKind::FileUnreadable, path.string(), std::string("cannot be written (") + std::strerror(number) + ")"};
}

/// A file that is there under its own name only after commit(); else nothing is left of it.
class AtomicFile
{
public:
    explicit AtomicFile(const std::filesystem::path &path) : m_path(path)
    {
        static std::atomic<int> counter = 0; // two threads may write beside each other
        m_temporary = path;
        m_temporary += ".part" + std::to_string(::getpid()) + "-" + std::to_string(counter++);
        m_file = ::open(m_temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (m_file < 0)
            throw writeError(m_path, errno);
    }

    ~AtomicFile()
    {
        if (m_file >= 0)
            ::close(m_file);
        if (!m_committed)
            ::unlink(m_temporary.c_str());
    }
    AtomicFile(const AtomicFile &) = delete;
    AtomicFile &operator=(const AtomicFile &) = delete;

    void write(std::span<const std::byte> bytes)
    {
        while (!bytes.empty()) {
            const ssize_t written = ::write(m_file, bytes.data(), std::min<std::size_t>(bytes.size(), 64u << 20));
            if (written < 0 && errno == EINTR)
                continue;
            if (written < 0)
                throw writeError(m_path, errno);
            bytes = bytes.subspan(static_cast<std::size_t>(written));
        }
    }

    void commit()
    {
        if (::fsync(m_file) != 0)
            throw writeError(m_path, errno);
        const int closed = ::close(m_file);
        m_file = -1;
        if (closed != 0 || ::rename(m_temporary.c_str(), m_path.c_str()) != 0)
            throw writeError(m_path, errno);
        m_committed = true;
        // The name itself reaches the disk with the folder.
        const std::filesystem::path parent = m_path.parent_path();
        const int folder = ::open(parent.empty() ? "." : parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (folder >= 0) {
            ::fsync(folder);
            ::close(folder);
        }
    }

private:
    std::filesystem::path m_path;
    std::filesystem::path m_temporary;
    int m_file = -1;
    bool m_committed = false;
};

void checkTensors(const std::filesystem::path &path, const std::vector<TensorToWrite> &tensors)
{
    std::set<std::string_view> names;
    for (const TensorToWrite &tensor : tensors) {
        std::uint64_t wanted = 0;
        if (!tensorBytes(tensor.dtype, tensor.shape, wanted) || wanted != tensor.bytes.size())
            throw Error(ErrorKind::Internal, path.string(), "tensor \"" + tensor.name + "\" does not fit its shape");
        if (tensor.name.empty() || tensor.name == "__metadata__" || !names.insert(tensor.name).second)
            throw Error(ErrorKind::Internal, path.string(), "tensor name \"" + tensor.name + "\" cannot be used");
    }
}

std::string headerText(const std::vector<const TensorToWrite *> &tensors,
                       const std::map<std::string, std::string> &metadata)
{
    nlohmann::ordered_json header = nlohmann::ordered_json::object();
    if (!metadata.empty())
        header["__metadata__"] = metadata;
    std::string text = header.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
    text.pop_back(); // the brace: an ordered_json with thousands of keys would be slow
    std::uint64_t offset = 0;
    for (const TensorToWrite *tensor : tensors) {
        const nlohmann::ordered_json entry = {{"dtype", dtypeName(tensor->dtype)},
                                              {"shape", tensor->shape},
                                              {"data_offsets", {offset, offset + tensor->bytes.size()}}};
        text += text.size() > 1 ? "," : "";
        text += nlohmann::json(tensor->name).dump() + ":" + entry.dump();
        offset += tensor->bytes.size();
    }
    text += "}";
    text.append((8 - text.size() % 8) % 8, ' '); // tensors start at a multiple of 8
    return text;
}

} // namespace

void writeSafetensors(const std::filesystem::path &path, const std::vector<TensorToWrite> &tensors,
                      const std::map<std::string, std::string> &metadata)
{
    checkTensors(path, tensors);
    // Wide types first, so that every tensor lies at a multiple of its element's size.
    std::vector<const TensorToWrite *> order;
    for (const TensorToWrite &tensor : tensors)
        order.push_back(&tensor);
    std::stable_sort(order.begin(), order.end(), [](const TensorToWrite *a, const TensorToWrite *b) {
        const std::size_t left = byteSize(a->dtype), right = byteSize(b->dtype);
        return left != right ? left > right : a->name < b->name;
    });
    std::string header;
    try {
        header = headerText(order, metadata);
    } catch (const nlohmann::json::exception &) {
        throw Error(ErrorKind::Internal, path.string(), "a tensor's name is not valid UTF-8");
    }
    std::array<std::byte, 8> length = {};
    for (std::size_t i = 0; i < length.size(); ++i)
        length[i] = static_cast<std::byte>(header.size() >> (8 * i) & 0xff);

    AtomicFile file(path);
    file.write(length);
    file.write(std::as_bytes(std::span(header)));
    for (const TensorToWrite *tensor : order)
        file.write(tensor->bytes);
    file.commit();
}

} // namespace engine
