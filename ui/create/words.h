#pragma once

#include "app/job.h"
#include "engine/request.h"

#include <QString>

#include <filesystem>
#include <string>

namespace ui {

/// "0.8 s", "16 s", "1 min 32 s", "2 h 5 min".
[[nodiscard]] QString durationText(double seconds);
/// Time of one step: "0.10 s", "1.94 s", "12 s".
[[nodiscard]] QString stepTimeText(double seconds);
/// "128 × 128"
[[nodiscard]] QString sizeText(int width, int height);
/// "1 picture", "8 pictures"; the same of steps and jobs.
[[nodiscard]] QString picturesText(int count);
[[nodiscard]] QString stepsText(int count);
[[nodiscard]] QString jobsText(int count);
/// A number without zeros at its end.
[[nodiscard]] QString numberText(double value, int decimals);
/// Labels of ids; the id itself where it is unknown.
[[nodiscard]] QString samplerText(const std::string &id);
[[nodiscard]] QString scheduleText(const std::string &id);
[[nodiscard]] QString modelNameText(const std::filesystem::path &model);
[[nodiscard]] QString pathText(const std::filesystem::path &path);
[[nodiscard]] std::filesystem::path pathFrom(const QString &text);
/// What a running job does at the moment: "Loading Starter", "Step 12 of 20".
[[nodiscard]] QString workText(const app::Job &job);
/// "bfloat16", "float32"; Auto is the machine's choice.
[[nodiscard]] QString precisionText(engine::Precision precision, const QString &automatic);
[[nodiscard]] QString noiseText(engine::RngKind kind);

} // namespace ui
