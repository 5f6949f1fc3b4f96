#include "engine/text/json_file.h"

#include "engine/error.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

namespace engine {

std::string readTextFile(const std::filesystem::path &file)
{
    std::ifstream stream(file, std::ios::binary);
    std::ostringstream text;
    if (!stream || !(text << stream.rdbuf()))
        throw Error(ErrorKind::FileUnreadable, file.string(), std::strerror(errno));
    return std::move(text).str();
}

nlohmann::json readJsonFile(const std::filesystem::path &file)
{
    nlohmann::json value = nlohmann::json::parse(readTextFile(file), nullptr, false);
    if (value.is_discarded())
        throw Error(ErrorKind::NotACheckpoint, file.string(), "it is not valid JSON");
    return value;
}

nlohmann::json readJsonFileIfThere(const std::filesystem::path &file)
{
    std::error_code error;
    return std::filesystem::is_regular_file(file, error) ? readJsonFile(file) : nlohmann::json::object();
}

std::string specialToken(const nlohmann::json &config, const char *name)
{
    if (!config.is_object())
        return {};
    const auto entry = config.find(name);
    if (entry == config.end())
        return {};
    if (entry->is_string())
        return entry->get<std::string>();
    if (entry->is_object() && entry->contains("content") && entry->at("content").is_string())
        return entry->at("content").get<std::string>();
    return {};
}

} // namespace engine
