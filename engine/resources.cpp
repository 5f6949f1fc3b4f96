#include "engine/resources.h"

#include <cstdlib>
#include <system_error>

namespace engine {

std::filesystem::path resourceFolder()
{
    if (const char *folder = std::getenv("TINCTURE_RESOURCES"); folder != nullptr && *folder != '\0')
        return folder;
    std::error_code error;
    const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", error);
    if (error)
        return "share/tincture";
    return (program.parent_path().parent_path() / "share" / "tincture").lexically_normal();
}

} // namespace engine
