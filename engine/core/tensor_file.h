#pragma once

#include "engine/checkpoint/model_files.h"
#include "engine/checkpoint/safetensors.h"

#include <torch/torch.h>

#include <filesystem>
#include <map>
#include <memory>
#include <string>

namespace engine {

torch::ScalarType toScalarType(DType dtype);
/// \throws Error{Internal} for types that safetensors files do not hold.
DType toDType(torch::ScalarType type);

/// The tensor as stored. Its memory is the mapped file itself where the alignment allows it (it keeps the file open;
/// never write into it), else a copy.
torch::Tensor toTensor(const std::shared_ptr<const SafetensorsFile> &file, const TensorEntry &entry);

/// The tensor that a network asks for: toTensor() and the item's operation. Shares the mapped file's memory where it
/// can; the 8-bit float types come as float32.
torch::Tensor loadTensor(const TensorSource::Item &item);

/// All tensors of a file, copied into memory of their own.
std::map<std::string, torch::Tensor> readTensors(const std::filesystem::path &path);

/// Writes tensors (any device, any layout) whole or not at all; see writeSafetensors().
void writeTensors(const std::filesystem::path &path, const std::map<std::string, torch::Tensor> &tensors,
                  const std::map<std::string, std::string> &metadata = {});

} // namespace engine
