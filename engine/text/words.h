#pragma once

#include <cstddef>
#include <string_view>

namespace engine {

/// Where `word` (ASCII) stands in `text` (UTF-8) with no letter, digit or underscore beside it; npos: nowhere.
std::size_t findWord(std::string_view text, std::string_view word);

/// Whether `text` is one or more letters, digits and underscores of any script.
bool isWord(std::string_view text);

} // namespace engine
