#pragma once

#include "app/training_run.h"
#include "app/training_speed.h"
#include "ui/common/badge.h"

#include <QString>

namespace ui {

/// "Training", "Paused", ... as the badge of a run.
struct RunBadge
{
    QString text = {};
    BadgeKind kind = BadgeKind::Neutral;
};
[[nodiscard]] RunBadge runBadge(const app::TrainingRun &run);
/// "Step 31,400 of 60,000, loss 0.0477"
[[nodiscard]] QString runLine(const app::TrainingRun &run);
/// What a run does at the moment, for the status line.
[[nodiscard]] QString trainingText(const app::TrainingRun &run);
/// "Pixel model, no prompt"
[[nodiscard]] QString kindText(engine::TrainKind kind);
/// A number that is small or large as 0.98 × 10⁻⁴, in HTML.
[[nodiscard]] QString powerHtml(double value);
/// "About 12 min, measured on this machine."
[[nodiscard]] QString estimateText(const app::TrainingEstimate &estimate);
/// "1.2 GB", "640 MB"
[[nodiscard]] QString sizeOfBytes(quint64 bytes);

} // namespace ui
