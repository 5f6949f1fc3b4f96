#pragma once

#include "engine/checkpoint/model_files.h"

#include <torch/torch.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace engine {

/// A short name of content: 64 bits of all that was added, in its order. It tells accidents apart, not forgeries.
class Fingerprint
{
public:
    void add(std::uint64_t number);
    void add(std::span<const std::byte> bytes); ///< their count too
    void add(std::string_view text);

    /// 16 hexadecimal digits.
    [[nodiscard]] std::string text() const;

private:
    std::uint64_t m_state = 0x243f6a8885a308d3ULL;
};

/// Of a tensor's type, shape and elements.
std::string fingerprintOf(const torch::Tensor &tensor);

/// Which networks these are, wherever they are kept: of the configs, tables of tensors and weights of these parts of a
/// model, those that it lacks left out. Of large tensors only blocks spread over them are read, so that it takes no
/// longer than a look at the disk; training changes every weight.
std::string identityOf(const ModelFiles &files, const std::vector<std::string> &parts);

} // namespace engine
