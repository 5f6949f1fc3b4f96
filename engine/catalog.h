#pragma once

#include <span>
#include <string_view>

namespace engine {

/// A sampler as a user may choose it. Ids are stored in pictures: never renamed.
struct SamplerInfo
{
    std::string_view id;
    std::string_view label; ///< as AUTOMATIC1111 shows it
    int order = 1;          ///< measured order of convergence at least; 0: no solver
    bool stochastic = false;
    std::string_view defaultSchedule; ///< what "Automatic" means for it
};

struct ScheduleInfo
{
    std::string_view id;
    std::string_view label;
};

std::span<const SamplerInfo> samplers();
std::span<const ScheduleInfo> schedules();

/// The row whose id, label or alias of another program is `name` ("DPM++ 2M", "k_euler"); nullptr if there is none.
const SamplerInfo *findSampler(std::string_view name);
const ScheduleInfo *findSchedule(std::string_view name);

/// A label that names both, as programs wrote it before schedules had a field of their own.
struct SamplerLabel
{
    const SamplerInfo *sampler = nullptr;
    const ScheduleInfo *schedule = nullptr; ///< nullptr: the label does not say
};

/// "DPM++ 2M Karras" -> {dpmpp_2m, karras}; "dpmpp_2m_k" the same; sampler is nullptr if it is none we know.
SamplerLabel splitSamplerLabel(std::string_view label);

} // namespace engine
