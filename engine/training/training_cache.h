#pragma once

#include <torch/torch.h>

#include <filesystem>
#include <functional>
#include <map>
#include <string>

namespace engine {

/// What `compute` gives, from `file` where that was computed for the same `key`, else computed and kept there. A file
/// that is damaged is computed anew. The file is a help and no more: without space for it, or where it cannot be
/// written, there is none.
/// \return tensors on the CPU where they come from the file, else as `compute` made them
/// \throws what `compute` throws
std::map<std::string, torch::Tensor>
cachedTensors(const std::filesystem::path &file, const std::string &key,
              const std::function<std::map<std::string, torch::Tensor>()> &compute);

} // namespace engine
