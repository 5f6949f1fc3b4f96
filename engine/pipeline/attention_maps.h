#pragma once

#include "engine/models/attention_capture.h"
#include "engine/pipeline/conditioning.h"
#include "engine/trajectory.h"

namespace engine {

/// Which part of the picture each word of the prompt drew: the mean over its tokens, and over the texts that it stands
/// in (AND, schedules), each counted as often as it was looked at.
AttentionMaps attentionMaps(const AttentionCapture &capture, const PromptConditioning &conditioning,
                            const LoadedModel &model, const std::string &prompt);

} // namespace engine
