#include "engine/checkpoint/safetensors_header.h"

#include "engine/error.h"

#include <nlohmann/json.hpp>

#include <array>
#include <limits>
#include <set>

namespace engine {

namespace {

struct DTypeRow
{
    DType dtype;
    std::string_view name;
    std::size_t bytes;
};

constexpr std::array kDTypes = {
    DTypeRow{DType::F64, "F64", 8},   DTypeRow{DType::F32, "F32", 4},        DTypeRow{DType::F16, "F16", 2},
    DTypeRow{DType::BF16, "BF16", 2}, DTypeRow{DType::I64, "I64", 8},        DTypeRow{DType::I32, "I32", 4},
    DTypeRow{DType::I16, "I16", 2},   DTypeRow{DType::I8, "I8", 1},          DTypeRow{DType::U8, "U8", 1},
    DTypeRow{DType::Bool, "BOOL", 1}, DTypeRow{DType::F8E4M3, "F8_E4M3", 1}, DTypeRow{DType::F8E5M2, "F8_E5M2", 1},
};

const DTypeRow &row(DType dtype)
{
    for (const DTypeRow &each : kDTypes) {
        if (each.dtype == dtype)
            return each;
    }
    throw Error(ErrorKind::Internal, "dtype", "unknown dtype");
}

constexpr std::size_t kMaxDimensions = 16;

/// Receives the parser's events. Grammar of the header:
/// { "__metadata__": {text: text}, name: {"dtype": text, "shape": [n...], "data_offsets": [n, n]} }
class HeaderReader : public nlohmann::json_sax<nlohmann::json>
{
public:
    explicit HeaderReader(std::string subject) : m_subject(std::move(subject)) {}

    SafetensorsHeader take() { return std::move(m_header); }

    bool null() override { fail("has an empty value"); }
    bool boolean(bool) override { fail("has a value of the wrong type"); }
    bool number_float(double, const std::string &) override { fail("has a number that is not whole"); }
    bool binary(nlohmann::json::binary_t &) override { fail("has a value of the wrong type"); }

    bool number_integer(std::int64_t) override
    {
        // The parser reports numbers without a sign as unsigned: this one is negative.
        fail(m_field == Field::Offsets ? "has a negative offset" : "has a negative size");
    }

    bool number_unsigned(std::uint64_t value) override
    {
        if (!m_inArray || value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
            fail(m_inArray ? "has a number that is too large" : "has a value of the wrong type");
        if (m_field == Field::Shape) {
            if (m_entry.shape.size() == kMaxDimensions)
                fail("has too many dimensions");
            m_entry.shape.push_back(static_cast<std::int64_t>(value));
        } else {
            if (m_offsets == 2)
                fail("has more than two offsets");
            (m_offsets++ == 0 ? m_entry.begin : m_entry.end) = value;
        }
        return true;
    }

    bool string(std::string &text) override
    {
        if (m_level == Level::Metadata) {
            m_header.metadata.emplace(m_metadataKey, std::move(text));
            return true;
        }
        if (m_level != Level::Tensor || m_inArray || m_field != Field::DType)
            fail("has a value of the wrong type");
        for (const DTypeRow &each : kDTypes) {
            if (each.name == text) {
                m_entry.dtype = each.dtype;
                return true;
            }
        }
        fail("has the unknown dtype \"" + text.substr(0, 40) + "\"");
    }

    bool start_object(std::size_t) override
    {
        if (m_inArray || m_level == Level::Tensor || m_level == Level::Metadata)
            fail("is nested too deeply");
        if (m_level == Level::None) {
            m_level = Level::Top;
        } else {
            m_level = m_isMetadata ? Level::Metadata : Level::Tensor;
            m_seenDType = m_seenShape = m_seenOffsets = false;
            m_offsets = 0;
            m_entry.shape.clear();
        }
        return true;
    }

    bool key(std::string &name) override
    {
        switch (m_level) {
        case Level::None:
            break;
        case Level::Top:
            if (!m_names.insert(name).second)
                throw Error(ErrorKind::NotACheckpoint, m_subject, "tensor \"" + name + "\" occurs twice in the header");
            m_isMetadata = name == "__metadata__";
            m_entry.name = name;
            break;
        case Level::Metadata:
            m_metadataKey = name;
            break;
        case Level::Tensor:
            tensorKey(name);
            break;
        }
        return true;
    }

    bool end_object() override
    {
        if (m_level == Level::Tensor) {
            if (!m_seenDType || !m_seenShape || !m_seenOffsets || m_offsets != 2)
                fail(!m_seenDType ? "has no dtype" : !m_seenShape ? "has no shape" : "has no pair of data_offsets");
            m_header.entries.push_back(m_entry);
        }
        m_level = m_level == Level::Top ? Level::None : Level::Top;
        m_entry.name.clear();
        m_isMetadata = false;
        return true;
    }

    bool start_array(std::size_t) override
    {
        if (m_inArray || m_level != Level::Tensor || m_field == Field::DType)
            fail(m_inArray ? "is nested too deeply" : "has a value of the wrong type");
        m_inArray = true;
        return true;
    }

    bool end_array() override
    {
        m_inArray = false;
        return true;
    }

    bool parse_error(std::size_t, const std::string &, const nlohmann::json::exception &) override
    {
        throw Error(ErrorKind::NotACheckpoint, m_subject, "the header is not valid JSON");
    }

private:
    enum class Level { None, Top, Metadata, Tensor };
    enum class Field { DType, Shape, Offsets };

    void tensorKey(const std::string &name)
    {
        const auto enter = [&](Field field, bool &seen) {
            if (seen)
                fail("has two values for \"" + name + "\"");
            seen = true;
            m_field = field;
        };
        if (name == "dtype")
            enter(Field::DType, m_seenDType);
        else if (name == "shape")
            enter(Field::Shape, m_seenShape);
        else if (name == "data_offsets")
            enter(Field::Offsets, m_seenOffsets);
        else
            fail("has the unknown property \"" + name.substr(0, 40) + "\"");
    }

    [[noreturn]] void fail(const std::string &fault) const
    {
        if (m_level == Level::None || m_entry.name.empty())
            throw Error(ErrorKind::NotACheckpoint, m_subject, "the header " + fault);
        if (m_level == Level::Metadata)
            throw Error(ErrorKind::NotACheckpoint, m_subject, "the metadata of the header " + fault);
        throw Error(ErrorKind::NotACheckpoint, m_subject, "tensor \"" + m_entry.name.substr(0, 200) + "\" " + fault);
    }

    std::string m_subject;
    SafetensorsHeader m_header;
    Level m_level = Level::None;
    Field m_field = Field::DType;
    bool m_inArray = false;
    bool m_isMetadata = false;
    bool m_seenDType = false;
    bool m_seenShape = false;
    bool m_seenOffsets = false;
    int m_offsets = 0;
    TensorEntry m_entry;
    std::string m_metadataKey;
    std::set<std::string> m_names;
};

} // namespace

std::size_t byteSize(DType dtype)
{
    return row(dtype).bytes;
}

std::string_view dtypeName(DType dtype)
{
    return row(dtype).name;
}

std::int64_t TensorEntry::elements() const
{
    std::int64_t count = 1;
    for (const std::int64_t size : shape)
        count *= size;
    return count;
}

bool tensorBytes(DType dtype, const std::vector<std::int64_t> &shape, std::uint64_t &bytes)
{
    std::int64_t count = static_cast<std::int64_t>(byteSize(dtype));
    bool hasZero = false;
    for (const std::int64_t size : shape) {
        if (size < 0 || (size > 0 && __builtin_mul_overflow(count, size, &count)))
            return false;
        hasZero = hasZero || size == 0;
    }
    bytes = hasZero ? 0 : static_cast<std::uint64_t>(count);
    return true;
}

SafetensorsHeader parseSafetensorsHeader(std::string_view text, const std::string &subject)
{
    HeaderReader reader(subject);
    nlohmann::json::sax_parse(text, &reader);
    return reader.take();
}

} // namespace engine
