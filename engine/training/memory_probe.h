#pragma once

#include <cstdint>
#include <functional>

namespace engine {

/// Bytes that this process may still take, as far as the system and its control group tell; 0: unknown.
std::int64_t availableMemory();

/// Linux hands out memory that it does not have and kills who uses it. So, before a long run, `work` is done with
/// 2, 4, 8, ... pictures, up to a quarter of `batch`, until what it takes more each time tells what a picture takes.
/// \param work  what one step takes most memory for, with so many pictures
/// \return the largest batch that fits; `batch` itself where it does or where nothing can be said
std::int64_t batchThatFits(std::int64_t batch, const std::function<void(std::int64_t)> &work);

} // namespace engine
