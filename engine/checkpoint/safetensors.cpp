#include "engine/checkpoint/safetensors.h"

#include "engine/checkpoint/file_kind.h"
#include "engine/checkpoint/safetensors_header.h"
#include "engine/error.h"

#include <algorithm>
#include <cstring>

namespace engine {

namespace {

/// The format's own limit.
constexpr std::uint64_t kMaxHeaderBytes = 100'000'000;
constexpr std::size_t kLengthBytes = 8;

std::uint64_t headerLength(std::span<const std::byte> bytes)
{
    std::uint64_t length = 0;
    for (std::size_t i = kLengthBytes; i-- > 0;)
        length = length << 8 | static_cast<std::uint64_t>(bytes[i]);
    return length;
}

std::span<const std::byte> headerOf(std::span<const std::byte> file, const std::string &subject)
{
    const auto bad = [&](const std::string &fault) { return Error(ErrorKind::NotACheckpoint, subject, fault); };
    const std::string foreign = describeForeignFile(fileKind(file));
    if (!foreign.empty())
        throw bad(foreign);
    if (file.size() < kLengthBytes)
        throw bad("is too short to be a safetensors file");
    const std::uint64_t length = headerLength(file);
    if (length > kMaxHeaderBytes)
        throw bad("is not a safetensors file: its header would be " + std::to_string(length) + " bytes long");
    if (length > file.size() - kLengthBytes)
        throw bad("ends within its header: the download or copy is not complete");
    const std::span<const std::byte> header = file.subspan(kLengthBytes, length);
    if (header.empty() || header.front() != std::byte{'{'})
        throw bad("is not a safetensors file: its header is not a JSON object");
    return header;
}

} // namespace

SafetensorsFile::SafetensorsFile(const std::filesystem::path &path) : m_path(path), m_file(path)
{
    const std::span<const std::byte> header = headerOf(m_file.bytes(), m_path.string());
    m_data = m_file.bytes().subspan(kLengthBytes + header.size());
    SafetensorsHeader parsed =
        parseSafetensorsHeader({reinterpret_cast<const char *>(header.data()), header.size()}, m_path.string());
    m_entries = std::move(parsed.entries);
    m_metadata = std::move(parsed.metadata);
    checkEntries();
    m_index.reserve(m_entries.size());
    for (std::size_t i = 0; i < m_entries.size(); ++i)
        m_index.emplace(m_entries[i].name, i);
}

void SafetensorsFile::checkEntries()
{
    const auto bad = [this](const TensorEntry &entry, const std::string &fault) {
        return Error(ErrorKind::NotACheckpoint, m_path.string(),
                     "tensor \"" + entry.name.substr(0, 200) + "\" " + fault);
    };
    std::stable_sort(m_entries.begin(), m_entries.end(), [](const TensorEntry &a, const TensorEntry &b) {
        return a.begin != b.begin ? a.begin < b.begin : a.end < b.end;
    });
    std::uint64_t reached = 0;
    for (const TensorEntry &entry : m_entries) {
        if (entry.end < entry.begin)
            throw bad(entry, "ends before it begins");
        if (entry.end > m_data.size())
            throw bad(entry, "lies outside the file: the download or copy is not complete");
        std::uint64_t wanted = 0;
        if (!tensorBytes(entry.dtype, entry.shape, wanted))
            throw bad(entry, "has a shape that is too large");
        if (wanted != entry.bytes())
            throw bad(entry, "takes " + std::to_string(entry.bytes()) + " bytes where its shape needs " +
                                 std::to_string(wanted));
        if (entry.begin < reached)
            throw bad(entry, "overlaps another tensor");
        if (entry.begin > reached)
            throw bad(entry, "follows a hole of " + std::to_string(entry.begin - reached) + " bytes");
        reached = entry.end;
    }
    if (reached != m_data.size())
        throw Error(ErrorKind::NotACheckpoint, m_path.string(),
                    "has " + std::to_string(m_data.size() - reached) + " bytes behind its last tensor");
}

const TensorEntry *SafetensorsFile::find(std::string_view name) const
{
    const auto found = m_index.find(name);
    return found == m_index.end() ? nullptr : &m_entries[found->second];
}

std::span<const std::byte> SafetensorsFile::data(const TensorEntry &entry) const
{
    return m_data.subspan(entry.begin, entry.end - entry.begin);
}

void SafetensorsFile::prefetch(const TensorEntry &entry) const
{
    m_file.prefetch(data(entry));
}

} // namespace engine
