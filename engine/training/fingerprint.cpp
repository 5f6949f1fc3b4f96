#include "engine/training/fingerprint.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>

namespace engine {

namespace {

constexpr std::size_t kBlockBytes = 4096;
constexpr std::size_t kBlocks = 8; ///< of a large tensor

void addSamples(Fingerprint &sum, std::span<const std::byte> bytes)
{
    if (bytes.size() <= kBlocks * kBlockBytes) {
        sum.add(bytes);
        return;
    }
    const std::size_t last = bytes.size() - kBlockBytes;
    for (std::size_t i = 0; i < kBlocks; ++i)
        sum.add(bytes.subspan(last / (kBlocks - 1) * i, kBlockBytes));
}

} // namespace

void Fingerprint::add(std::uint64_t number)
{
    // One multiplication by an odd number and a shift, each of which can be undone: no number is lost.
    m_state = (m_state ^ number) * 0x9e3779b97f4a7c15ULL;
    m_state ^= m_state >> 32;
}

void Fingerprint::add(std::span<const std::byte> bytes)
{
    add(static_cast<std::uint64_t>(bytes.size()));
    for (std::size_t i = 0; i < bytes.size(); i += sizeof(std::uint64_t)) {
        std::uint64_t word = 0;
        std::memcpy(&word, bytes.data() + i, std::min(sizeof word, bytes.size() - i));
        add(word);
    }
}

void Fingerprint::add(std::string_view text)
{
    add(std::as_bytes(std::span(text.data(), text.size())));
}

std::string Fingerprint::text() const
{
    std::array<char, 17> digits = {};
    std::snprintf(digits.data(), digits.size(), "%016llx", static_cast<unsigned long long>(m_state));
    return digits.data();
}

std::string fingerprintOf(const torch::Tensor &tensor)
{
    const torch::Tensor plain = tensor.detach().to(torch::kCPU).contiguous();
    Fingerprint sum;
    sum.add(std::string_view(c10::toString(plain.scalar_type())));
    for (const int64_t size : plain.sizes())
        sum.add(static_cast<std::uint64_t>(size));
    sum.add(std::span(static_cast<const std::byte *>(plain.const_data_ptr()), plain.nbytes()));
    return sum.text();
}

std::string identityOf(const ModelFiles &files, const std::vector<std::string> &parts)
{
    Fingerprint sum;
    for (const std::string &name : parts) {
        const ModelPart *part = files.part(name);
        if (!part)
            continue;
        sum.add(std::string_view(name));
        sum.add(std::string_view(part->config.dump()));
        for (const TensorSource::Item &item : part->tensors.items()) {
            sum.add(std::string_view(item.name));
            sum.add(dtypeName(item.dtype()));
            for (const std::int64_t size : item.shape)
                sum.add(static_cast<std::uint64_t>(size));
            sum.add(static_cast<std::uint64_t>(item.sliceBegin));
            addSamples(sum, item.file->data(*item.entry));
        }
    }
    return sum.text();
}

} // namespace engine
