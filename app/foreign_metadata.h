#pragma once

#include "app/recipe.h"

#include <QList>
#include <QPair>

#include <optional>

namespace app {

/// Reads the recipe that another program left in a picture's texts (keyword, text). nullopt if none is recognised.
[[nodiscard]] std::optional<Recipe> recipeFromForeign(const QList<QPair<QString, QString>> &texts);

} // namespace app
