#include "engine/text/numbers.h"

#include <charconv>
#include <limits>
#include <string>
#include <system_error>

namespace engine {

namespace {

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

/// The whole of `text` without sign; independent of the locale.
std::optional<double> readUnsigned(std::string_view text)
{
    double value = 0.0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (end != text.data() + text.size() || error == std::errc::invalid_argument)
        return {};
    // Out of range: from_chars leaves the value alone, Python rounds to inf or 0.
    if (error == std::errc::result_out_of_range)
        return text.find("e-") != std::string_view::npos || text.find("E-") != std::string_view::npos
                   ? 0.0
                   : std::numeric_limits<double>::infinity();
    return value;
}

std::optional<double> readSigned(std::string_view text)
{
    const bool isNegative = text.starts_with('-');
    if (isNegative || text.starts_with('+'))
        text.remove_prefix(1);
    if (text.empty() || text.front() == '-' || text.front() == '+')
        return {};
    const std::optional<double> value = readUnsigned(text);
    return value && isNegative ? -*value : value;
}

} // namespace

std::optional<double> parseNumber(std::string_view text)
{
    if (text.find_first_not_of("+-.0123456789") != std::string_view::npos)
        return {};
    return readSigned(text);
}

std::optional<double> parsePythonFloat(std::string_view text)
{
    constexpr std::string_view kBlank = " \t\n\r\f\v";
    const std::size_t first = text.find_first_not_of(kBlank);
    if (first == std::string_view::npos)
        return {};
    text = text.substr(first, text.find_last_not_of(kBlank) - first + 1);
    std::string plain;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '_') {
            plain.push_back(text[i]);
            continue;
        }
        if (i == 0 || i + 1 == text.size() || !isDigit(text[i - 1]) || !isDigit(text[i + 1]))
            return {};
    }
    // from_chars also reads "nan(...)", which is no number to Python.
    return plain.find('(') == std::string::npos ? readSigned(plain) : std::nullopt;
}

} // namespace engine
