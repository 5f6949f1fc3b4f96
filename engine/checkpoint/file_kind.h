#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace engine {

/// What the first bytes of a file show it to be.
enum class FileKind {
    Unknown,
    Empty,
    Safetensors, ///< plausible header size and an opening brace
    Gguf,
    Pickle, ///< bare pickle, or torch's format before zip
    Zip,    ///< torch's zip pickle, or any other archive
    WebPage,
    Picture,
    LfsPointer, ///< Git LFS's stand-in for a file that was not downloaded
    Json
};

/// Enough of a file for fileKind().
inline constexpr std::size_t kFileKindBytes = 512;

/// Looks at the first bytes (kFileKindBytes of them, or all there are).
FileKind fileKind(std::span<const std::byte> head);

/// One clause that says why such a file is no .safetensors file: "is a web page, not a model: the download went wrong".
/// Empty for Safetensors and Unknown.
std::string describeForeignFile(FileKind kind);

/// The first bytes of a regular file.
/// \throws Error{FileUnreadable} if it is not there, is no regular file or may not be read
std::vector<std::byte> readHead(const std::filesystem::path &path, std::size_t bytes = kFileKindBytes);

} // namespace engine
