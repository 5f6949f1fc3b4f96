#pragma once

#include <optional>
#include <string_view>

namespace engine {

/// "1", "-1.5", "+.5", "5.": sign, digits and at most one point, nothing else.
std::optional<double> parseNumber(std::string_view text);

/// What Python's float() reads: blanks around, exponents, inf, nan, underscores between digits.
std::optional<double> parsePythonFloat(std::string_view text);

} // namespace engine
