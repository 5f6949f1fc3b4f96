#pragma once

#include <nlohmann/json.hpp>

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace engine {

/// Parses JSON of unknown origin: at most 64 levels deep, no key twice in one object. `subject` is what errors name.
/// \throws Error{NotACheckpoint}
nlohmann::json parseJson(std::string_view text, const std::string &subject);

/// Reads a JSON file of at most 64 MB.
/// \throws Error{FileUnreadable, NotACheckpoint}
nlohmann::json readJson(const std::filesystem::path &path);

/// readJson() of a file whose top level must be an object.
nlohmann::json readJsonObject(const std::filesystem::path &path);

/// The text, or integer, ... under a key; `otherwise` if it is absent, null or of another type.
std::string textOr(const nlohmann::json &object, const char *key, const std::string &otherwise = {});
std::int64_t integerOr(const nlohmann::json &object, const char *key, std::int64_t otherwise);
double numberOr(const nlohmann::json &object, const char *key, double otherwise);
bool flagOr(const nlohmann::json &object, const char *key, bool otherwise);

} // namespace engine
