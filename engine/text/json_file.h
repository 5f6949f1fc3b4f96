#pragma once

#include <nlohmann/json.hpp>

#include <filesystem>
#include <string>

namespace engine {

/// The whole of a small text file. \throws Error{FileUnreadable}
std::string readTextFile(const std::filesystem::path &file);
/// \throws Error{FileUnreadable, NotACheckpoint}
nlohmann::json readJsonFile(const std::filesystem::path &file);
/// The same, or an empty object if there is no such file.
nlohmann::json readJsonFileIfThere(const std::filesystem::path &file);

/// The text of a special token, which is a string or an object with "content"; empty if there is none.
std::string specialToken(const nlohmann::json &config, const char *name);

} // namespace engine
