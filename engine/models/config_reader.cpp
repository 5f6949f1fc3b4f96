#include "engine/models/config_reader.h"

#include "engine/error.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace engine {

using nlohmann::json;

ConfigReader::ConfigReader(const json &config, std::string className)
    : m_json(config), m_className(std::move(className))
{
    if (!m_json.is_object())
        throw Error(ErrorKind::NotACheckpoint, m_className, "its config is not a JSON object");
}

const json *ConfigReader::value(std::string_view key) const
{
    const auto found = m_json.find(key);
    return found == m_json.end() || found->is_null() ? nullptr : &*found;
}

bool ConfigReader::has(std::string_view key) const
{
    return value(key) != nullptr;
}

bool ConfigReader::isNull(std::string_view key) const
{
    const auto found = m_json.find(key);
    return found != m_json.end() && found->is_null();
}

void ConfigReader::wrongType(std::string_view key, std::string_view expected) const
{
    throw Error(ErrorKind::NotACheckpoint, m_className,
                "config field \"" + std::string(key) + "\" is not " + std::string(expected));
}

void ConfigReader::notSupported(std::string_view key) const
{
    const json *found = value(key);
    throw Error(ErrorKind::NotSupported, m_className,
                "config field \"" + std::string(key) + "\" = " + (found ? found->dump() : std::string("null")) +
                    " asks for a network that this version does not run");
}

int64_t ConfigReader::integer(std::string_view key, int64_t fallback) const
{
    const json *found = value(key);
    if (!found)
        return fallback;
    if (!found->is_number_integer())
        wrongType(key, "a whole number");
    return found->get<int64_t>();
}

double ConfigReader::number(std::string_view key, double fallback) const
{
    const json *found = value(key);
    if (!found)
        return fallback;
    if (!found->is_number())
        wrongType(key, "a number");
    return found->get<double>();
}

bool ConfigReader::boolean(std::string_view key, bool fallback) const
{
    const json *found = value(key);
    if (!found)
        return fallback;
    if (!found->is_boolean())
        wrongType(key, "true or false");
    return found->get<bool>();
}

std::string ConfigReader::text(std::string_view key, std::string_view fallback) const
{
    const json *found = value(key);
    if (!found)
        return std::string(fallback);
    if (!found->is_string())
        wrongType(key, "a text");
    return found->get<std::string>();
}

std::vector<std::string> ConfigReader::texts(std::string_view key, const std::vector<std::string> &fallback) const
{
    const json *found = value(key);
    if (!found)
        return fallback;
    if (!found->is_array())
        wrongType(key, "a list of texts");
    std::vector<std::string> result;
    for (const json &element : *found) {
        if (!element.is_string())
            wrongType(key, "a list of texts");
        result.push_back(element.get<std::string>());
    }
    return result;
}

std::vector<int64_t> ConfigReader::integers(std::string_view key, const std::vector<int64_t> &fallback) const
{
    const json *found = value(key);
    if (!found)
        return fallback;
    if (!found->is_array())
        wrongType(key, "a list of whole numbers");
    std::vector<int64_t> result;
    for (const json &element : *found) {
        if (!element.is_number_integer())
            wrongType(key, "a list of whole numbers");
        result.push_back(element.get<int64_t>());
    }
    return result;
}

std::vector<int64_t> ConfigReader::perLevel(std::string_view key, int64_t fallback, std::size_t count) const
{
    const json *found = value(key);
    if (!found || !found->is_array())
        return std::vector<int64_t>(count, integer(key, fallback));
    std::vector<int64_t> result = integers(key, {});
    if (result.size() != count)
        wrongType(key, "one number or a list of " + std::to_string(count));
    return result;
}

void ConfigReader::requireText(std::string_view key, std::initializer_list<std::string_view> values) const
{
    const json *found = value(key);
    if (!found)
        return;
    if (!found->is_string())
        notSupported(key);
    for (const std::string_view allowed : values) {
        if (found->get<std::string>() == allowed)
            return;
    }
    notSupported(key);
}

void ConfigReader::requireUnset(std::initializer_list<std::string_view> keys) const
{
    for (const std::string_view key : keys) {
        const json *found = value(key);
        const bool isUnset = !found || (found->is_boolean() && !found->get<bool>()) ||
                             (found->is_number() && found->get<double>() == 0.0) ||
                             ((found->is_string() || found->is_structured()) && found->empty());
        const bool isListOfFalse =
            found && found->is_array() &&
            std::all_of(found->begin(), found->end(), [](const json &e) { return e.is_boolean() && !e.get<bool>(); });
        if (!isUnset && !isListOfFalse)
            notSupported(key);
    }
}

void ConfigReader::check(bool condition, std::string_view key, std::string_view what) const
{
    if (!condition) {
        throw Error(ErrorKind::NotACheckpoint, m_className,
                    "config field \"" + std::string(key) + "\": " + std::string(what));
    }
}

} // namespace engine
