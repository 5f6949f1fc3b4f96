#pragma once

#include "app/recipe.h"

namespace app {

/// For readers of foreign texts: a field was read.
void noteField(Recipe &recipe, const char *field);
/// A sampler by id, label or another program's name; the name may carry the schedule ("DPM++ 2M Karras", "euler_a
/// karras").
void setSampler(Recipe &recipe, const QString &name);
/// A schedule likewise; "Automatic" and names nobody knows leave it open.
void setSchedule(Recipe &recipe, const QString &name);

} // namespace app
