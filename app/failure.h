#pragma once

#include "engine/error.h"

#include <QCoreApplication>
#include <QMetaType>
#include <QString>

namespace app {

/// What went wrong, in the user's words, with what the log knows under "Details".
class Failure
{
    Q_DECLARE_TR_FUNCTIONS(app::Failure)

public:
    engine::ErrorKind kind = engine::ErrorKind::Internal;
    QString sentence = {}; ///< one sentence: what happened and what to do
    QString details = {};  ///< English, for "Details" and the log

    [[nodiscard]] static Failure fromError(const engine::Error &error);
    /// The sentence of a kind about `subject` (a path or a field).
    [[nodiscard]] static QString sentenceFor(engine::ErrorKind kind, const QString &subject);

    bool operator==(const Failure &) const = default;
};

[[nodiscard]] QString failureSentence(const engine::Error &error);

} // namespace app

Q_DECLARE_METATYPE(app::Failure)
