#pragma once

#include "engine/checkpoint/safetensors.h"

#include <string>
#include <string_view>

namespace engine {

/// The JSON at the front of a .safetensors file.
struct SafetensorsHeader
{
    std::vector<TensorEntry> entries; ///< as written; offsets are those of the text, unchecked
    std::map<std::string, std::string> metadata;
};

/// Parses it strictly: unknown dtypes, names given twice, values of the wrong type, negative numbers and shapes whose
/// size does not fit 64 bits are faults.
/// \throws Error{NotACheckpoint} naming `subject`, the tensor and the fault
SafetensorsHeader parseSafetensorsHeader(std::string_view text, const std::string &subject);

/// Bytes of a tensor of that shape, or nothing if they do not fit 63 bits.
bool tensorBytes(DType dtype, const std::vector<std::int64_t> &shape, std::uint64_t &bytes);

} // namespace engine
