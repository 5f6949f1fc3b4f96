#include "engine/catalog.h"

#include <algorithm>
#include <cctype>
#include <string>

namespace engine {

namespace {

constexpr SamplerInfo kSamplers[] = {
#define TINCTURE_SAMPLER(id, label, function, order, stochastic, schedule) {#id, label, order, stochastic, schedule},
#include "engine/samplers/samplers.def"
#undef TINCTURE_SAMPLER
};

constexpr ScheduleInfo kSchedules[] = {
#define TINCTURE_SCHEDULE(id, label, function) {#id, label},
#include "engine/schedule/schedules.def"
#undef TINCTURE_SCHEDULE
};

struct Alias
{
    std::string_view key; ///< as keyOf() makes it
    std::string_view id;
};

/// What AUTOMATIC1111, ComfyUI, diffusers, InvokeAI, NovelAI, stable-diffusion.cpp, Easy Diffusion and Draw Things call
/// them where it is not our id or label already. A leading "k_" and a trailing "_gpu" are taken off by the search.
constexpr Alias kSamplerAliases[] = {
    {"eulerdiscretescheduler", "euler"},
    {"eulerdiscrete", "euler"},
    {"eulerancestraldiscretescheduler", "euler_ancestral"},
    {"eulerancestraldiscrete", "euler_ancestral"},
    {"heundiscretescheduler", "heun"},
    {"heun2", "heun"},
    {"kdpm2discretescheduler", "dpm_2"},
    {"dpm2discretescheduler", "dpm_2"},
    {"kdpm2ancestraldiscretescheduler", "dpm_2_ancestral"},
    {"dpm2ancestraldiscretescheduler", "dpm_2_ancestral"},
    {"lmsdiscretescheduler", "lms"},
    {"dpmsolversinglestepscheduler", "dpmpp_2s_ancestral"},
    {"dpmpp2s", "dpmpp_2s_ancestral"},
    {"dpmsolvermultistepscheduler", "dpmpp_2m"},
    {"dpmsolvermultistep", "dpmpp_2m"},
    {"dpmsolverpp", "dpmpp_2m"},
    {"dpmpp2mv2", "dpmpp_2m"},
    {"dpmsolversdescheduler", "dpmpp_sde"},
    {"dpmsolvermultistepschedulersdedpmsolverpp", "dpmpp_2m_sde"},
    {"dpmsolvermultistepschedulersdedpmsolverppheun", "dpmpp_2m_sde_heun"},
    {"dpmpp3m", "dpmpp_3m_sde"},
    {"ddimscheduler", "ddim"},
    {"ddimv3", "ddim"},
    {"ddimcfgpp", "ddim"},
    {"ddpmscheduler", "ddpm"},
    {"pndm", "plms"},
    {"pndmscheduler", "plms"},
    {"unipcmultistepscheduler", "uni_pc"},
    {"unipcsnr", "uni_pc"},
    {"unipcmultistepschedulerbh2", "uni_pc_bh2"},
    {"unipcbh1", "uni_pc"},
    {"lcmscheduler", "lcm"},
    {"tcdscheduler", "tcd"},
    {"ipndmscheduler", "ipndm"},
    {"deismultistepscheduler", "deis"},
    {"deismultistep", "deis"},
    {"ersdesolver3", "er_sde"},
    {"eulera", "euler_ancestral"},
    {"dpm2a", "dpm_2_ancestral"},
    {"dpmpp2sa", "dpmpp_2s_ancestral"},
    {"resmultistepa", "res_multistep_ancestral"},
};

constexpr Alias kScheduleAliases[] = {
    {"uniform", "normal"},
    {"discrete", "normal"},
    {"native", "normal"},
    {"linspace", "normal"},
    {"timestepspacinglinspace", "normal"},
    {"usekarrassigmas", "karras"},
    {"useexponentialsigmas", "exponential"},
    {"trailing", "sgm_uniform"},
    {"timestepspacingtrailing", "sgm_uniform"},
    {"timestepspacingtrailingnearly", "sgm_uniform"},
    {"ddim", "ddim_uniform"},
    {"leading", "ddim_uniform"},
    {"timestepspacingleading", "ddim_uniform"},
    {"timestepspacingleadingstepsoffset1", "ddim_uniform"},
    {"usebetasigmas", "beta"},
    {"alignyoursteps", "ays"},
    {"ayssd1", "ays"},
    {"alignyourstepsscheduler", "ays"},
    {"alignyourstepsschedulersd1", "ays"},
    {"alignyourstepsschedulersdxl", "ays_sdxl"},
    {"lcmscheduler", "lcm"},
};

/// Letters and digits, small; "+" counts as "p": "DPM++ 2M", "dpmpp_2m" and "dpm++2m" are the same.
std::string keyOf(std::string_view name)
{
    std::string key;
    for (const char c : name) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '+')
            key += 'p';
        else if (std::isalnum(byte) != 0)
            key += char(std::tolower(byte));
    }
    return key;
}

template <typename Row, std::size_t Rows, std::size_t Aliases>
const Row *findKey(const Row (&rows)[Rows], const Alias (&aliases)[Aliases], const std::string &key)
{
    if (key.empty())
        return nullptr;
    const auto row = std::find_if(std::begin(rows), std::end(rows),
                                  [&](const Row &r) { return keyOf(r.id) == key || keyOf(r.label) == key; });
    if (row != std::end(rows))
        return row;
    const auto alias =
        std::find_if(std::begin(aliases), std::end(aliases), [&](const Alias &a) { return a.key == key; });
    if (alias == std::end(aliases))
        return nullptr;
    return std::find_if(std::begin(rows), std::end(rows), [&](const Row &r) { return r.id == alias->id; });
}

} // namespace

std::span<const SamplerInfo> samplers()
{
    return kSamplers;
}

std::span<const ScheduleInfo> schedules()
{
    return kSchedules;
}

const SamplerInfo *findSampler(std::string_view name)
{
    std::string key = keyOf(name);
    if (const SamplerInfo *found = findKey(kSamplers, kSamplerAliases, key))
        return found;
    if (key.ends_with("gpu"))
        key.resize(key.size() - 3);
    if (key.starts_with("sample"))
        key.erase(0, 6);
    if (const SamplerInfo *found = findKey(kSamplers, kSamplerAliases, key))
        return found;
    return key.starts_with("k") ? findKey(kSamplers, kSamplerAliases, key.substr(1)) : nullptr;
}

const ScheduleInfo *findSchedule(std::string_view name)
{
    return findKey(kSchedules, kScheduleAliases, keyOf(name));
}

SamplerLabel splitSamplerLabel(std::string_view label)
{
    if (const SamplerInfo *whole = findSampler(label))
        return {.sampler = whole};
    for (std::size_t i = label.size(); i-- > 1;) {
        if (label[i] != ' ' && label[i] != '_')
            continue;
        const std::string_view rest = label.substr(i + 1);
        const ScheduleInfo *schedule = keyOf(rest) == "k" ? findSchedule("karras") : findSchedule(rest);
        const SamplerInfo *sampler = findSampler(label.substr(0, i));
        if (schedule != nullptr && sampler != nullptr)
            return {.sampler = sampler, .schedule = schedule};
    }
    return {};
}

} // namespace engine
