#include "engine/checkpoint/mapped_file.h"

#include "engine/error.h"

#include <cerrno>
#include <cstdint>
#include <cstring>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace engine {

namespace {

struct Descriptor
{
    explicit Descriptor(int number) : value(number) {}
    ~Descriptor()
    {
        if (value >= 0)
            ::close(value);
    }
    Descriptor(const Descriptor &) = delete;
    Descriptor &operator=(const Descriptor &) = delete;

    int value;
};

std::string systemFault(int number)
{
    switch (number) {
    case ENOENT:
    case ENOTDIR:
        return "does not exist";
    case EACCES:
    case EPERM:
        return "may not be read";
    default:
        return std::string("cannot be opened (") + std::strerror(number) + ")";
    }
}

} // namespace

MappedFile::MappedFile(const std::filesystem::path &path)
{
    // Without O_NONBLOCK the opening of a named pipe would wait for a writer.
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (file.value < 0)
        throw Error(ErrorKind::FileUnreadable, path.string(), systemFault(errno));
    struct stat status = {};
    if (::fstat(file.value, &status) != 0)
        throw Error(ErrorKind::FileUnreadable, path.string(), systemFault(errno));
    if (S_ISDIR(status.st_mode))
        throw Error(ErrorKind::FileUnreadable, path.string(), "is a folder, not a file");
    if (!S_ISREG(status.st_mode))
        throw Error(ErrorKind::FileUnreadable, path.string(), "is not a regular file");
    if (status.st_size == 0)
        return;
    const auto size = static_cast<std::size_t>(status.st_size);
    void *memory = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, file.value, 0);
    if (memory == MAP_FAILED)
        throw Error(ErrorKind::FileUnreadable, path.string(), systemFault(errno));
    m_bytes = {static_cast<const std::byte *>(memory), size};
}

MappedFile::~MappedFile()
{
    if (!m_bytes.empty())
        ::munmap(const_cast<std::byte *>(m_bytes.data()), m_bytes.size());
}

void MappedFile::prefetch(std::span<const std::byte> range) const
{
    if (range.empty())
        return;
    const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
    const auto begin = reinterpret_cast<std::uintptr_t>(range.data()) / page * page;
    const auto end = reinterpret_cast<std::uintptr_t>(range.data() + range.size());
    ::madvise(reinterpret_cast<void *>(begin), end - begin, MADV_WILLNEED);
}

} // namespace engine
