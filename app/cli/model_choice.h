#pragma once

#include <QString>

#include <filesystem>

namespace app::cli {

/// A model by path, or by name (with or without its ending) in the folder of the models that come with the program or
/// in the user's folders. Empty: "starter" of those that come with the program, or the first where there is none of
/// that name. \throws CommandFailed with FileUnreadable if there is none
[[nodiscard]] std::filesystem::path findModel(const QString &pathOrName);

} // namespace app::cli
