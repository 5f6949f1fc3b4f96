#pragma once

#include <filesystem>

namespace engine {

/// Folder of the files that come with the program (tokenizers, starter model, themes): the environment variable
/// TINCTURE_RESOURCES where it is set, else ../share/tincture beside the folder of the running program.
std::filesystem::path resourceFolder();

} // namespace engine
