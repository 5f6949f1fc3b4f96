#pragma once

#include <cstdint>
#include <functional>

namespace engine {

/// Bytes that this process may still take, as far as the system and its control group tell; 0: unknown.
std::int64_t availableMemory();

/// Linux hands out memory that it does not have and kills who uses it. So, before a long run, `work` is done with
/// 2, 4, 8, ... pictures, up to a quarter of `batch` (below 16 with 1, 2, 4, up to a half), until what it takes more
/// each time tells what a picture takes.
/// \param work  what one step takes most memory for, with so many pictures
/// \return the largest batch that fits; `batch` itself where it does or where nothing can be said
std::int64_t batchThatFits(std::int64_t batch, const std::function<void(std::int64_t)> &work);

/// Where memory ran out with `tooMany` pictures: halves them until `work` has enough.
/// \return 0 if one picture is too many already; what else `work` throws is passed on
std::int64_t batchThatWorks(std::int64_t tooMany, const std::function<void(std::int64_t)> &work);

} // namespace engine
