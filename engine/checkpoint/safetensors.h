#pragma once

#include "engine/checkpoint/mapped_file.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace engine {

enum class DType { F64, F32, F16, BF16, I64, I32, I16, I8, U8, Bool, F8E4M3, F8E5M2 };

/// Bytes of one element.
[[nodiscard]] std::size_t byteSize(DType dtype);
/// As safetensors spells it: "F32", "BF16", "F8_E4M3", "BOOL".
[[nodiscard]] std::string_view dtypeName(DType dtype);

/// One tensor of a file. `begin` and `end` count bytes from the end of the header.
struct TensorEntry
{
    std::string name;
    DType dtype = DType::F32;
    std::vector<std::int64_t> shape;
    std::uint64_t begin = 0;
    std::uint64_t end = 0;

    [[nodiscard]] std::int64_t elements() const;
    [[nodiscard]] std::uint64_t bytes() const { return end - begin; }
};

/// A .safetensors file, mapped into memory: opening reads the table of tensors and checks all of it; weights are read
/// from the disk when they are looked at. Neither copied nor changed after construction, so any thread may read it.
class SafetensorsFile
{
public:
    /// \throws Error{FileUnreadable} if it cannot be opened, Error{NotACheckpoint} if anything in its header is wrong:
    ///         the detail names the tensor and the fault.
    explicit SafetensorsFile(const std::filesystem::path &path);
    SafetensorsFile(const SafetensorsFile &) = delete;
    SafetensorsFile &operator=(const SafetensorsFile &) = delete;

    [[nodiscard]] const std::filesystem::path &path() const { return m_path; }
    /// In the order of their bytes.
    [[nodiscard]] const std::vector<TensorEntry> &entries() const { return m_entries; }
    /// nullptr if there is no tensor of that name.
    [[nodiscard]] const TensorEntry *find(std::string_view name) const;
    /// The bytes of one of entries(); valid as long as this object lives. Little-endian, row-major.
    [[nodiscard]] std::span<const std::byte> data(const TensorEntry &entry) const;
    /// The texts under "__metadata__".
    [[nodiscard]] const std::map<std::string, std::string> &metadata() const { return m_metadata; }
    /// Size of the file.
    [[nodiscard]] std::uint64_t bytes() const { return m_file.bytes().size(); }
    /// Asks the system to read these bytes ahead; a hint only.
    void prefetch(const TensorEntry &entry) const;

private:
    void checkEntries();

    std::filesystem::path m_path;
    MappedFile m_file;
    std::span<const std::byte> m_data; // behind the header
    std::vector<TensorEntry> m_entries;
    std::unordered_map<std::string_view, std::size_t> m_index; // views into m_entries
    std::map<std::string, std::string> m_metadata;
};

/// A tensor to be written; `bytes` stays the caller's.
struct TensorToWrite
{
    std::string name;
    DType dtype = DType::F32;
    std::vector<std::int64_t> shape;
    std::span<const std::byte> bytes;
};

/// Writes a .safetensors file whole or not at all: into a temporary file beside it, then fsync, then rename.
/// \throws Error{DiskFull} if the disk is full, Error{FileUnreadable} if it cannot be written otherwise,
///         Error{Internal} if a tensor's bytes do not fit its shape or a name occurs twice.
void writeSafetensors(const std::filesystem::path &path, const std::vector<TensorToWrite> &tensors,
                      const std::map<std::string, std::string> &metadata = {});

} // namespace engine
