#pragma once

#include "app/job.h"
#include "ui/common/fact_list.h"

#include <QDateTime>

namespace ui {

struct SessionPicture;

/// What is known of the picture that forms.
struct FormingFacts
{
    double sigma = -1.0; ///< noise level reached; negative: not yet known
    QDateTime started = {};
    QString precision = {}; ///< what Auto means on this machine
};

[[nodiscard]] QList<Fact> factsOf(const app::Job &job, const FormingFacts &forming);
[[nodiscard]] QList<Fact> factsOf(const SessionPicture &picture);
/// One line a fact, for the clipboard.
[[nodiscard]] QString factsText(const QList<Fact> &facts);

} // namespace ui
