#pragma once

#include "app/training_folder.h"
#include "engine/train_request.h"

namespace app {
struct ModelEntry;
}

namespace ui {

/// What the values of a training are suited to.
struct TrainSituation
{
    engine::TrainKind kind = engine::TrainKind::Pixel;
    const app::TrainingFolderContents &found;
    const app::ModelEntry *base = nullptr; ///< may be null
    bool isFast = false;                   ///< there is a graphics processor
};

[[nodiscard]] int usualSize(const TrainSituation &situation);
/// \param size  of the pictures, as it will be
[[nodiscard]] int usualBatch(const TrainSituation &situation, int size);
[[nodiscard]] double usualSteps(const TrainSituation &situation, double batch);
/// Steps between sample pictures.
[[nodiscard]] double usualSampleSpacing(double steps);

} // namespace ui
