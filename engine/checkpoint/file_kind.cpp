#include "engine/checkpoint/file_kind.h"

#include "engine/checkpoint/mapped_file.h"

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <string_view>

namespace engine {

namespace {

bool startsWithIgnoringCase(std::string_view text, std::string_view prefix)
{
    const auto same = [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == b; };
    return text.size() >= prefix.size() &&
           std::equal(prefix.begin(), prefix.end(), text.begin(), [&](char p, char t) { return same(t, p); });
}

bool isPicture(std::string_view head)
{
    using namespace std::string_view_literals;
    for (const std::string_view magic : {"\x89PNG\r\n"sv, "\xff\xd8\xff"sv, "GIF8"sv, "BM"sv, "II*\0"sv, "MM\0*"sv}) {
        if (head.starts_with(magic) && (magic != "BM"sv || head.size() > 26))
            return true;
    }
    return head.starts_with("RIFF"sv) && head.substr(0, 16).find("WEBP"sv) != std::string_view::npos;
}

std::uint64_t littleEndian64(std::string_view head)
{
    std::uint64_t value = 0;
    for (int i = 7; i >= 0; --i)
        value = value << 8 | static_cast<unsigned char>(head[static_cast<std::size_t>(i)]);
    return value;
}

} // namespace

FileKind fileKind(std::span<const std::byte> bytes)
{
    const std::string_view head(reinterpret_cast<const char *>(bytes.data()), std::min(bytes.size(), kFileKindBytes));
    if (head.empty())
        return FileKind::Empty;
    // The header's opening brace, right behind the eight bytes that give its size.
    if (head.size() > 8 && head[8] == '{' && littleEndian64(head) > 1)
        return FileKind::Safetensors;
    if (head.starts_with("GGUF"))
        return FileKind::Gguf;
    if (head.starts_with("PK\x03\x04"))
        return FileKind::Zip;
    // Protocols 2 to 5; protocol 0 and 1 start with an opcode and cannot be told from text.
    if (head.size() > 2 && head[0] == '\x80' && head[1] >= 2 && head[1] <= 5)
        return FileKind::Pickle;
    if (head.starts_with("version https://git-lfs"))
        return FileKind::LfsPointer;
    if (isPicture(head))
        return FileKind::Picture;
    const std::size_t text = head.find_first_not_of(" \t\r\n\xef\xbb\xbf");
    if (text != std::string_view::npos) {
        const std::string_view start = head.substr(text);
        if (startsWithIgnoringCase(start, "<!doctype") || startsWithIgnoringCase(start, "<html") ||
            startsWithIgnoringCase(start, "<?xml") || startsWithIgnoringCase(start, "<head") ||
            startsWithIgnoringCase(start, "<!--"))
            return FileKind::WebPage;
        if (start.starts_with('{') || start.starts_with('['))
            return FileKind::Json;
    }
    return FileKind::Unknown;
}

std::string describeForeignFile(FileKind kind)
{
    switch (kind) {
    case FileKind::Unknown:
    case FileKind::Safetensors:
        return {};
    case FileKind::Empty:
        return "is empty";
    case FileKind::Gguf:
        return "is a GGUF file, which is not supported yet";
    case FileKind::Pickle:
    case FileKind::Zip:
        return "is a pickle or zip file, not a safetensors file, which is not supported yet";
    case FileKind::WebPage:
        return "is a web page, not a model: the download went wrong";
    case FileKind::Picture:
        return "is a picture, not a model";
    case FileKind::LfsPointer:
        return "is a Git LFS pointer: the weights themselves were not downloaded";
    case FileKind::Json:
        return "is a JSON text, not a model";
    }
    return {};
}

std::vector<std::byte> readHead(const std::filesystem::path &path, std::size_t bytes)
{
    const MappedFile file(path);
    const std::span<const std::byte> all = file.bytes();
    const std::span<const std::byte> head = all.first(std::min(bytes, all.size()));
    return {head.begin(), head.end()};
}

} // namespace engine
