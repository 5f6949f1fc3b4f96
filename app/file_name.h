#pragma once

#include "app/recipe.h"

#include <QString>

namespace app {

/// Name of a picture's file without ending. Tokens: [seq] [seed] [steps] [cfg] [width] [height] [sampler] [scheduler]
/// [model_name] [model_hash] [date] [datetime<format>] [prompt_words] [prompt_hash] [batch_number] [generation_number]
/// [clip_skip] [denoising]; anything else stays as it is. Never empty, never a path, never longer than a name may be.
[[nodiscard]] QString pictureFileName(const QString &pattern, const Recipe &recipe, int sequence);

/// Number behind the highest that a name in `folder` begins with; 0 for an empty one.
[[nodiscard]] int nextSequence(const QString &folder);

} // namespace app
