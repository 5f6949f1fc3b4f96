#pragma once

#include "engine/engine.h"
#include "engine/request.h"

#include <torch/torch.h>

namespace engine {

/// Where and in which precision networks run. The only place that names a device or chooses a dtype.
class DevicePolicy
{
public:
    /// Chooses the device (CUDA where LibTorch found one, else the CPU), sets LibTorch's thread count and makes
    /// glibc keep large blocks instead of mapping them anew at each call (DESIGN.md section 6).
    explicit DevicePolicy(const EngineOptions &options);

    [[nodiscard]] torch::Device device() const { return m_device; }
    /// The dtype that networks (not text encoders) compute in.
    [[nodiscard]] torch::Dtype computeDtype(Precision precision) const;
    [[nodiscard]] DeviceInfo info() const;

private:
    torch::Device m_device{torch::kCPU};
    bool m_hasFastBFloat16 = false;
    int m_threads = 1;
};

/// Whether LibTorch or the C++ library failed for want of memory (LibTorch's CPU allocator throws a plain c10::Error).
[[nodiscard]] bool isOutOfMemory(const std::exception &error);

/// Largest resident size of this process so far, in bytes.
std::uint64_t peakResidentBytes();

} // namespace engine
