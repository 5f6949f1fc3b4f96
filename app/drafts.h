#pragma once

#include "engine/request.h"

#include <QJsonObject>
#include <QObject>
#include <QString>
#include <QThreadPool>
#include <QTimer>

namespace app {

/// What stands in the fields of the Create page and has not been submitted.
struct Draft
{
    engine::GenerateRequest request = {};
    bool isSeedRandom = true;
    QJsonObject view = {}; ///< what else the page wants to find again (folds, lock, ...)

    bool operator==(const Draft &) const = default;
};

/// Keeps the newest draft on disk, one second after an edit at the latest, atomically.
class Drafts : public QObject
{
    Q_OBJECT

public:
    explicit Drafts(const QString &file, QObject *parent = nullptr);
    ~Drafts() override; ///< saves what is not saved yet

    /// The draft of the last run, also after a crash; a default one if there is none.
    [[nodiscard]] Draft restore() const;
    /// Called at every edit; cheap.
    void edit(const Draft &draft);
    /// Saves now and waits for it.
    void flush();

private:
    void save();

    QString m_file;
    Draft m_draft;
    bool m_isDirty = false;
    QTimer m_timer;
    QThreadPool m_pool; ///< one thread: saves stay in order
};

} // namespace app
