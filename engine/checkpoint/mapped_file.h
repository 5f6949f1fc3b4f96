#pragma once

#include <cstddef>
#include <filesystem>
#include <span>

namespace engine {

/// A regular file, mapped into memory for reading.
class MappedFile
{
public:
    /// \throws Error{FileUnreadable} if it is not there, is no regular file or may not be read
    explicit MappedFile(const std::filesystem::path &path);
    ~MappedFile();
    MappedFile(const MappedFile &) = delete;
    MappedFile &operator=(const MappedFile &) = delete;

    [[nodiscard]] std::span<const std::byte> bytes() const { return m_bytes; }
    /// Asks the system to read a range ahead; a hint only.
    void prefetch(std::span<const std::byte> range) const;

private:
    std::span<const std::byte> m_bytes;
};

} // namespace engine
