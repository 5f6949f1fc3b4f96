#include "engine/training/memory_probe.h"

#include "engine/core/device.h"

#include <algorithm>
#include <fstream>
#include <limits>
#include <string>

namespace engine {

namespace {

constexpr std::int64_t kKiB = 1024;
/// Less than this between two tries says nothing about the pictures in them.
constexpr std::int64_t kTellingGrowth = std::int64_t(256) << 20;

/// The number behind `key` in a file of lines "key number"; 0 if it is not there.
std::int64_t numberIn(const char *file, const std::string &key)
{
    std::ifstream stream(file);
    std::string word;
    while (stream >> word) {
        std::int64_t value = 0;
        if (word == key && stream >> value)
            return value;
        stream.ignore(std::numeric_limits<std::streamsize>::max(), '\n');
    }
    return 0;
}

/// Batches below this are tried from one picture on.
constexpr std::int64_t kSmallBatch = 16;

/// Forgets the largest size so far.
bool resetPeak()
{
    std::ofstream stream("/proc/self/clear_refs");
    stream << 5 << std::flush;
    return stream.good();
}

std::int64_t peakBytes()
{
    return numberIn("/proc/self/status", "VmHWM:") * kKiB;
}

} // namespace

std::int64_t availableMemory()
{
    std::int64_t available = numberIn("/proc/meminfo", "MemAvailable:") * kKiB;
    std::int64_t limit = 0;
    std::int64_t used = 0;
    std::ifstream limitFile("/sys/fs/cgroup/memory.max"); // "max" where there is none
    std::ifstream usedFile("/sys/fs/cgroup/memory.current");
    if (limitFile >> limit && usedFile >> used) {
        const std::int64_t cached = numberIn("/sys/fs/cgroup/memory.stat", "file");
        available = std::min(available, std::max<std::int64_t>(0, limit - used + cached));
    }
    return available;
}

std::int64_t batchThatFits(std::int64_t batch, const std::function<void(std::int64_t)> &work)
{
    std::int64_t before = 0;
    std::int64_t peakBefore = 0;
    if (batch < 3) // two tries tell what a picture takes, and the second would be the batch itself
        return batch;
    // Small first, so that the tries themselves fit.
    const bool isSmall = batch < kSmallBatch;
    const std::int64_t last = isSmall ? std::max<std::int64_t>(2, batch / 2) : batch / 4;
    for (std::int64_t tried = isSmall ? 1 : 2; tried <= last; tried *= 2) {
        if (!resetPeak())
            return batch;
        work(tried);
        const std::int64_t peak = peakBytes();
        const std::int64_t growth = peak - peakBefore;
        if (before > 0 && growth >= kTellingGrowth) {
            const std::int64_t perPicture = growth / (tried - before);
            // What this try took is this process' own already.
            return std::clamp(tried + availableMemory() / perPicture, std::int64_t(1), batch);
        }
        before = tried;
        peakBefore = peak;
    }
    return batch;
}

std::int64_t batchThatWorks(std::int64_t tooMany, const std::function<void(std::int64_t)> &work)
{
    for (std::int64_t batch = tooMany / 2; batch >= 1; batch /= 2) {
        try {
            work(batch);
            return batch;
        } catch (const std::exception &error) {
            if (!isOutOfMemory(error))
                throw;
        }
    }
    return 0;
}

} // namespace engine
