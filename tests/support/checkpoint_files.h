#pragma once

#include "engine/checkpoint/safetensors.h"
#include "tests/support/original_layout.h"

#include <QByteArray>
#include <QDir>
#include <QFile>
#include <QString>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

/// Writing the files that checkpoint tests read.
namespace checkpoint_files {

inline std::filesystem::path pathOf(const QString &name)
{
    return std::filesystem::path(name.toStdString());
}

/// Writes bytes, with the folders above them.
inline void writeBytes(const std::filesystem::path &path, const QByteArray &bytes)
{
    std::filesystem::create_directories(path.parent_path());
    QFile file(QString::fromStdString(path.string()));
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size())
        std::abort();
}

/// The bytes of a .safetensors file with this header, whatever it says, and so many zeros behind it.
inline QByteArray rawSafetensors(const QByteArray &header, int dataBytes)
{
    QByteArray bytes;
    for (int i = 0; i < 8; ++i)
        bytes.append(static_cast<char>(static_cast<quint64>(header.size()) >> (8 * i) & 0xff));
    return bytes + header + QByteArray(dataBytes, '\0');
}

inline std::size_t elementsOf(const std::vector<std::int64_t> &shape)
{
    std::size_t count = 1;
    for (const std::int64_t size : shape)
        count *= static_cast<std::size_t>(size);
    return count;
}

/// A real file with these tensors, all zero.
inline void writeZeros(const std::filesystem::path &path, const original::Names &names,
                       engine::DType dtype = engine::DType::F16,
                       const std::map<std::string, std::string> &metadata = {})
{
    std::filesystem::create_directories(path.parent_path());
    std::size_t most = 0;
    for (const original::NamedShape &each : names)
        most = std::max(most, elementsOf(each.shape) * engine::byteSize(dtype));
    const std::vector<std::byte> zeros(most);
    std::vector<engine::TensorToWrite> tensors;
    for (const original::NamedShape &each : names)
        tensors.push_back(
            {each.name, dtype, each.shape, std::span(zeros).first(elementsOf(each.shape) * engine::byteSize(dtype))});
    engine::writeSafetensors(path, tensors, metadata);
}

/// The header of a file with these tensors as F16 and a hole of the right size behind it: gigabytes that take no room.
inline void writeHollow(const std::filesystem::path &path, const original::Names &names)
{
    QByteArray header = "{";
    qint64 offset = 0;
    for (const original::NamedShape &each : names) {
        QByteArray shape;
        for (const std::int64_t size : each.shape)
            shape += (shape.isEmpty() ? "" : ",") + QByteArray::number(qint64(size));
        const auto end = offset + static_cast<qint64>(2 * elementsOf(each.shape));
        header += (header.size() > 1 ? ",\"" : "\"") + QByteArray::fromStdString(each.name) +
                  "\":{\"dtype\":\"F16\",\"shape\":[" + shape + "],\"data_offsets\":[" + QByteArray::number(offset) +
                  "," + QByteArray::number(end) + "]}";
        offset = end;
    }
    const QByteArray front = rawSafetensors(header + "}", 0);
    writeBytes(path, front);
    std::filesystem::resize_file(path, static_cast<std::uintmax_t>(front.size() + offset));
}

} // namespace checkpoint_files
