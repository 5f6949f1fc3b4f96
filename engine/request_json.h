#pragma once

#include "engine/request.h"

#include <nlohmann/json_fwd.hpp>

namespace engine {

/// Everything of a request that decides about a picture, but for its pictures (init, mask) and the branch.
nlohmann::json toJson(const GenerateRequest &request);
/// Values that are missing, of the wrong type or out of range keep their defaults.
GenerateRequest requestFromJson(const nlohmann::json &json);

} // namespace engine
