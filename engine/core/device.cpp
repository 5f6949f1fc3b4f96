#include "engine/core/device.h"

#include <dlfcn.h>
#include <malloc.h>
#include <sched.h>
#include <sys/resource.h>

#include <fstream>
#include <new>
#include <set>
#include <string>
#include <thread>
#include <utility>

namespace engine {

namespace {

/// Physical cores that this process may run on: two threads of one core share its multipliers.
int physicalCores()
{
    cpu_set_t allowed;
    CPU_ZERO(&allowed);
    if (sched_getaffinity(0, sizeof allowed, &allowed) != 0)
        return std::max(1U, std::thread::hardware_concurrency());
    std::set<std::pair<std::string, std::string>> cores;
    for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
        if (!CPU_ISSET(cpu, &allowed))
            continue;
        const std::string folder = "/sys/devices/system/cpu/cpu" + std::to_string(cpu) + "/topology/";
        std::string package;
        std::string core;
        std::ifstream(folder + "physical_package_id") >> package;
        std::ifstream(folder + "core_id") >> core;
        cores.emplace(package, core.empty() ? std::to_string(cpu) : core);
    }
    return std::max<int>(1, static_cast<int>(cores.size()));
}

bool cpuMultipliesBFloat16()
{
    std::ifstream cpuinfo("/proc/cpuinfo");
    for (std::string line; std::getline(cpuinfo, line);) {
        if (line.starts_with("flags"))
            return line.find("avx512_bf16") != std::string::npos || line.find("amx_bf16") != std::string::npos;
    }
    return false;
}

} // namespace

DevicePolicy::DevicePolicy(const EngineOptions &options)
    : m_hasFastBFloat16(cpuMultipliesBFloat16()), m_threads(options.threads > 0 ? options.threads : physicalCores())
{
    mallopt(M_MMAP_THRESHOLD, 1 << 30);
    mallopt(M_TRIM_THRESHOLD, 1 << 30);
    mallopt(M_TOP_PAD, 64 << 20);
    at::set_num_threads(m_threads);
    // The CUDA half of LibTorch registers itself when it is opened; without it there is only the CPU.
    dlopen("libtorch_cuda.so", RTLD_NOW | RTLD_GLOBAL);
    if (torch::cuda::is_available()) {
        m_device = torch::Device(torch::kCUDA, 0);
        m_hasFastBFloat16 = true;
    }
}

torch::Dtype DevicePolicy::computeDtype(Precision precision) const
{
    switch (precision) {
    case Precision::Float32:
        return torch::kFloat32;
    case Precision::BFloat16:
        return torch::kBFloat16;
    case Precision::Auto:
        break;
    }
    return m_hasFastBFloat16 ? torch::kBFloat16 : torch::kFloat32;
}

DeviceInfo DevicePolicy::info() const
{
    const bool isCuda = m_device.is_cuda();
    return {.device = isCuda ? "cuda" : "cpu",
            .name = isCuda ? "CUDA" : "CPU",
            .precision = computeDtype(Precision::Auto) == torch::kBFloat16 ? "bfloat16" : "float32",
            .threads = m_threads};
}

bool isOutOfMemory(const std::exception &error)
{
    if (dynamic_cast<const std::bad_alloc *>(&error) || dynamic_cast<const c10::OutOfMemoryError *>(&error))
        return true;
    const std::string_view text = error.what();
    return text.find("can't allocate memory") != std::string_view::npos ||
           text.find("out of memory") != std::string_view::npos ||
           text.find("not enough memory") != std::string_view::npos;
}

std::uint64_t peakResidentBytes()
{
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
}

} // namespace engine
