#include "engine/text/words.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <cstdint>

namespace engine {

namespace {

bool isWordPoint(UChar32 c)
{
    return c == '_' || (c >= 0 && (U_GET_GC_MASK(c) & (U_GC_L_MASK | U_GC_N_MASK)) != 0);
}

const std::uint8_t *bytes(std::string_view text)
{
    return reinterpret_cast<const std::uint8_t *>(text.data());
}

bool isWordBefore(std::string_view text, std::size_t at)
{
    if (at == 0)
        return false;
    std::int32_t i = std::int32_t(at);
    UChar32 c = 0;
    U8_PREV(bytes(text), 0, i, c);
    return isWordPoint(c);
}

bool isWordAt(std::string_view text, std::size_t at)
{
    if (at >= text.size())
        return false;
    std::int32_t i = std::int32_t(at);
    UChar32 c = 0;
    U8_NEXT(bytes(text), i, std::int32_t(text.size()), c);
    return isWordPoint(c);
}

} // namespace

std::size_t findWord(std::string_view text, std::string_view word)
{
    for (std::size_t at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
        if (!isWordBefore(text, at) && !isWordAt(text, at + word.size()))
            return at;
    }
    return std::string_view::npos;
}

bool isWord(std::string_view text)
{
    std::int32_t i = 0;
    while (i < std::int32_t(text.size())) {
        UChar32 c = 0;
        U8_NEXT(bytes(text), i, std::int32_t(text.size()), c);
        if (!isWordPoint(c))
            return false;
    }
    return i > 0;
}

} // namespace engine
