#include "engine/checkpoint/json_text.h"

#include "engine/checkpoint/mapped_file.h"
#include "engine/error.h"

#include <set>
#include <vector>

namespace engine {

namespace {

constexpr int kMaxDepth = 64;
constexpr std::size_t kMaxJsonBytes = 64u << 20;

/// Thrown out of the parser; only text that goes into an Error.
struct BadJson
{
    std::string fault;
};

} // namespace

nlohmann::json parseJson(std::string_view text, const std::string &subject)
{
    using nlohmann::json;
    std::vector<std::set<std::string>> keys;
    const auto guard = [&keys](int depth, json::parse_event_t event, json &parsed) {
        if (event == json::parse_event_t::object_start || event == json::parse_event_t::array_start) {
            if (depth >= kMaxDepth)
                throw BadJson{"is nested too deeply"};
            if (event == json::parse_event_t::object_start)
                keys.emplace_back();
        } else if (event == json::parse_event_t::object_end) {
            keys.pop_back();
        } else if (event == json::parse_event_t::key) {
            const auto name = parsed.get<std::string>();
            if (!keys.back().insert(name).second)
                throw BadJson{"names \"" + name + "\" twice"};
        }
        return true;
    };
    try {
        return json::parse(text, guard);
    } catch (const BadJson &bad) {
        throw Error(ErrorKind::NotACheckpoint, subject, bad.fault);
    } catch (const json::exception &) {
        throw Error(ErrorKind::NotACheckpoint, subject, "is not valid JSON");
    }
}

nlohmann::json readJson(const std::filesystem::path &path)
{
    const MappedFile file(path);
    const std::span<const std::byte> bytes = file.bytes();
    if (bytes.size() > kMaxJsonBytes)
        throw Error(ErrorKind::NotACheckpoint, path.string(), "is too large for a JSON file");
    if (bytes.empty())
        throw Error(ErrorKind::NotACheckpoint, path.string(), "is empty");
    return parseJson({reinterpret_cast<const char *>(bytes.data()), bytes.size()}, path.string());
}

nlohmann::json readJsonObject(const std::filesystem::path &path)
{
    nlohmann::json json = readJson(path);
    if (!json.is_object())
        throw Error(ErrorKind::NotACheckpoint, path.string(), "holds no JSON object");
    return json;
}

std::string textOr(const nlohmann::json &object, const char *key, const std::string &otherwise)
{
    if (!object.is_object())
        return otherwise;
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : otherwise;
}

std::int64_t integerOr(const nlohmann::json &object, const char *key, std::int64_t otherwise)
{
    if (!object.is_object())
        return otherwise;
    const auto found = object.find(key);
    return found != object.end() && found->is_number_integer() ? found->get<std::int64_t>() : otherwise;
}

double numberOr(const nlohmann::json &object, const char *key, double otherwise)
{
    if (!object.is_object())
        return otherwise;
    const auto found = object.find(key);
    return found != object.end() && found->is_number() ? found->get<double>() : otherwise;
}

bool flagOr(const nlohmann::json &object, const char *key, bool otherwise)
{
    if (!object.is_object())
        return otherwise;
    const auto found = object.find(key);
    return found != object.end() && found->is_boolean() ? found->get<bool>() : otherwise;
}

} // namespace engine
