#include "engine/samplers/samplers.h"

#include <algorithm>

namespace engine {

namespace {

constexpr SamplerEntry kTable[] = {
#define TINCTURE_SAMPLER(id, label, function, order, stochastic, schedule) {#id, function, order, stochastic},
#include "engine/samplers/samplers.def"
#undef TINCTURE_SAMPLER
};

} // namespace

std::span<const SamplerEntry> samplerTable()
{
    return kTable;
}

const SamplerEntry *samplerEntry(std::string_view id)
{
    const auto row =
        std::find_if(std::begin(kTable), std::end(kTable), [&](const SamplerEntry &e) { return e.id == id; });
    return row == std::end(kTable) ? nullptr : row;
}

} // namespace engine
