#pragma once

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace engine {

/// Reads a network's config.json. A field that is not there, or null, has its default.
/// Every function throws Error{NotACheckpoint} naming the field if its type is wrong.
class ConfigReader
{
public:
    /// `json` must outlive the reader.
    ConfigReader(const nlohmann::json &json, std::string className);

    [[nodiscard]] bool has(std::string_view key) const;    ///< there and not null
    [[nodiscard]] bool isNull(std::string_view key) const; ///< there and null
    [[nodiscard]] int64_t integer(std::string_view key, int64_t fallback) const;
    [[nodiscard]] double number(std::string_view key, double fallback) const;
    [[nodiscard]] bool boolean(std::string_view key, bool fallback) const;
    [[nodiscard]] std::string text(std::string_view key, std::string_view fallback) const;
    [[nodiscard]] std::vector<std::string> texts(std::string_view key, const std::vector<std::string> &fallback) const;
    [[nodiscard]] std::vector<int64_t> integers(std::string_view key, const std::vector<int64_t> &fallback) const;
    /// One number for all levels, or a list of `count`.
    [[nodiscard]] std::vector<int64_t> perLevel(std::string_view key, int64_t fallback, std::size_t count) const;

    /// \throws Error{NotSupported} unless the field is absent, null or one of `values`.
    void requireText(std::string_view key, std::initializer_list<std::string_view> values) const;
    /// \throws Error{NotSupported} unless the field is absent, null, false, 0 or empty.
    void requireUnset(std::initializer_list<std::string_view> keys) const;
    /// \throws Error{NotACheckpoint} unless `condition` holds.
    void check(bool condition, std::string_view key, std::string_view what) const;

    [[noreturn]] void notSupported(std::string_view key) const;

private:
    [[noreturn]] void wrongType(std::string_view key, std::string_view expected) const;
    [[nodiscard]] const nlohmann::json *value(std::string_view key) const; ///< nullptr: absent or null

    const nlohmann::json &m_json;
    std::string m_className;
};

} // namespace engine
