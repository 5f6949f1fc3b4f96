#include "engine/core/tensor_file.h"

#include "engine/error.h"

#include <cstring>

namespace engine {

namespace {

std::int64_t rowBytes(const TensorEntry &entry)
{
    std::int64_t elements = 1;
    for (std::size_t i = 1; i < entry.shape.size(); ++i)
        elements *= entry.shape[i];
    return elements * static_cast<std::int64_t>(byteSize(entry.dtype));
}

/// Part of an entry's rows as a tensor of `shape`: a view of the file where the alignment allows it.
torch::Tensor view(const std::shared_ptr<const SafetensorsFile> &file, const TensorEntry &entry,
                   std::span<const std::byte> bytes, const std::vector<std::int64_t> &shape)
{
    const auto options = torch::TensorOptions().dtype(toScalarType(entry.dtype));
    const auto address = reinterpret_cast<std::uintptr_t>(bytes.data());
    if (!bytes.empty() && address % byteSize(entry.dtype) == 0) {
        // The pages are read-only: a write into this tensor is a defect of ours and ends the program.
        void *data = const_cast<std::byte *>(bytes.data());
        return torch::from_blob(
            data, shape, [file](void *) {}, options);
    }
    torch::Tensor copy = torch::empty(shape, options);
    if (!bytes.empty())
        std::memcpy(copy.data_ptr(), bytes.data(), bytes.size());
    return copy;
}

bool isFloat8(DType dtype)
{
    return dtype == DType::F8E4M3 || dtype == DType::F8E5M2;
}

} // namespace

torch::ScalarType toScalarType(DType dtype)
{
    switch (dtype) {
    case DType::F64:
        return torch::kFloat64;
    case DType::F32:
        return torch::kFloat32;
    case DType::F16:
        return torch::kFloat16;
    case DType::BF16:
        return torch::kBFloat16;
    case DType::I64:
        return torch::kInt64;
    case DType::I32:
        return torch::kInt32;
    case DType::I16:
        return torch::kInt16;
    case DType::I8:
        return torch::kInt8;
    case DType::U8:
        return torch::kUInt8;
    case DType::Bool:
        return torch::kBool;
    case DType::F8E4M3:
        return torch::kFloat8_e4m3fn;
    case DType::F8E5M2:
        return torch::kFloat8_e5m2;
    }
    throw Error(ErrorKind::Internal, "dtype", "unknown dtype");
}

DType toDType(torch::ScalarType type)
{
    for (const DType each : {DType::F64, DType::F32, DType::F16, DType::BF16, DType::I64, DType::I32, DType::I16,
                             DType::I8, DType::U8, DType::Bool, DType::F8E4M3, DType::F8E5M2}) {
        if (toScalarType(each) == type)
            return each;
    }
    throw Error(ErrorKind::Internal, c10::toString(type), "is a type that safetensors files do not hold");
}

torch::Tensor toTensor(const std::shared_ptr<const SafetensorsFile> &file, const TensorEntry &entry)
{
    return view(file, entry, file->data(entry), entry.shape);
}

torch::Tensor loadTensor(const TensorSource::Item &item)
{
    const TensorEntry &entry = *item.entry;
    std::span<const std::byte> bytes = item.file->data(entry);
    std::vector<std::int64_t> shape = entry.shape;
    if (item.op == TensorOp::Slice) {
        const std::int64_t row = rowBytes(entry);
        bytes = bytes.subspan(static_cast<std::size_t>(item.sliceBegin * row),
                              static_cast<std::size_t>(item.shape.at(0) * row));
        shape = item.shape;
    } else if (item.op == TensorOp::Reshape) {
        shape = item.shape;
    }
    torch::Tensor tensor = view(item.file, entry, bytes, shape);
    if (item.op == TensorOp::Transpose)
        tensor = tensor.t();
    return isFloat8(entry.dtype) ? tensor.to(torch::kFloat32) : tensor;
}

std::map<std::string, torch::Tensor> readTensors(const std::filesystem::path &path)
{
    const auto file = std::make_shared<const SafetensorsFile>(path);
    std::map<std::string, torch::Tensor> tensors;
    for (const TensorEntry &entry : file->entries())
        tensors.emplace(entry.name, toTensor(file, entry).clone());
    return tensors;
}

void writeTensors(const std::filesystem::path &path, const std::map<std::string, torch::Tensor> &tensors,
                  const std::map<std::string, std::string> &metadata)
{
    std::vector<torch::Tensor> kept; // what the spans below point into
    std::vector<TensorToWrite> list;
    kept.reserve(tensors.size());
    list.reserve(tensors.size());
    for (const auto &[name, tensor] : tensors) {
        kept.push_back(tensor.detach().to(torch::kCPU).contiguous());
        const torch::Tensor &plain = kept.back();
        list.push_back({.name = name,
                        .dtype = toDType(plain.scalar_type()),
                        .shape = plain.sizes().vec(),
                        .bytes = {static_cast<const std::byte *>(plain.const_data_ptr()), plain.nbytes()}});
    }
    writeSafetensors(path, list, metadata);
}

} // namespace engine
