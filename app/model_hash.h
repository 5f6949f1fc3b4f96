#pragma once

#include <QHash>
#include <QString>

#include <atomic>
#include <mutex>
#include <stop_token>

namespace app {

/// SHA-256 of models' weights, as pictures name them: computed once a file, kept between runs.
class ModelHashes
{
public:
    /// \param file where they are kept; empty: nowhere
    explicit ModelHashes(const QString &file);

    /// First 10 hex digits for a model (file, or folder: its denoiser's weights); empty if there are none to read.
    /// Seconds for gigabytes: called in the pool only. A second caller waits for the first.
    /// \param stop  ends this call soon, with nothing
    [[nodiscard]] QString hashOf(const QString &model, const std::stop_token &stop = {});
    /// hashOf() that runs returns soon, with nothing.
    void stop() { m_isStopped = true; }

private:
    void read();
    void write() const;

    QString m_file;
    std::mutex m_mutex;
    bool m_isRead = false;
    QHash<QString, QString> m_hashes; ///< "path|bytes|modified" -> hash
    std::atomic<bool> m_isStopped = false;
};

} // namespace app
