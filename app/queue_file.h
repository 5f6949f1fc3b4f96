#pragma once

#include "app/job.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QString>
#include <QThreadPool>

#include <atomic>
#include <map>
#include <memory>
#include <vector>

namespace app {

/// Keeps the queue on disk: JSON, written atomically by a thread of its own, the newest state only. The steps that a
/// branch goes on from lie beside it, in a folder of their own, as long as a job needs them.
class QueueFile
{
public:
    explicit QueueFile(const QString &path);
    ~QueueFile(); ///< writes what is not written yet

    /// The jobs of the last run, in their order; ids are 0. A damaged file is set aside.
    [[nodiscard]] std::vector<Job> read();
    /// The pictures a request holds are encoded once, here; the file carries them until the job is dropped.
    void remember(JobId id, const engine::GenerateRequest &request);
    void drop(JobId id);
    void write(const std::vector<Job> &jobs);

private:
    void writeRows(QJsonArray rows, int number);
    /// \param shared  pictures by the hash that jobs name
    [[nodiscard]] Job jobFrom(const QJsonObject &object, const QJsonObject &shared);
    [[nodiscard]] QString stepsFolder() const;

    /// Steps of a parent that jobs branch from.
    struct Steps
    {
        std::shared_ptr<const engine::Trajectory> trajectory = {};
        QString name = {}; ///< of its file
    };

    /// Start picture and mask of a job, by their hashes; empty: none.
    struct Pictures
    {
        QString init = {};
        QString mask = {};
    };

    QString m_path;
    std::atomic<int> m_newest = 0;  ///< number of the newest state
    std::map<JobId, Steps> m_steps; ///< of branches
    /// Files of the last run and what was read from them.
    std::map<QString, std::shared_ptr<const engine::Trajectory>> m_read;
    std::map<QString, engine::Image> m_readPictures; ///< while the file is read
    std::map<JobId, Pictures> m_pictures;            ///< on the pool's thread only
    std::map<QString, QString> m_packed;             ///< likewise: PNG by hash, one for all jobs that show it
    QThreadPool m_pool;                              ///< one thread; last member: ends first
};

} // namespace app
