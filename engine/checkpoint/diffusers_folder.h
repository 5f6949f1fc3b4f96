#pragma once

#include "engine/checkpoint/model_files.h"

namespace engine {

/// Opens a folder in diffusers' layout; see openModelFiles() for errors.
ModelFiles openDiffusersFolder(const std::filesystem::path &folder);

} // namespace engine
