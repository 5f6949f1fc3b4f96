#pragma once

#include <QCache>
#include <QHash>
#include <QImage>
#include <QObject>
#include <QSet>
#include <QString>
#include <QThreadPool>

#include <atomic>
#include <memory>
#include <vector>

namespace app {

/// Small pictures of files: memory first, then a folder of the user's cache, then the file itself. Decoding is done
/// in the pool; what was asked for last comes first, and what nobody looks at any more is not read at all.
class Thumbnails : public QObject
{
    Q_OBJECT

public:
    /// \param cacheFolder made when needed; empty: nothing is kept on disk
    explicit Thumbnails(const QString &cacheFolder, QObject *parent = nullptr);
    ~Thumbnails() override;

    /// The thumbnail if it is in memory, at most `side` pixels wide and high; else null, and ready() or failed()
    /// follows.
    [[nodiscard]] QImage get(const QString &path, int side);
    /// Only what is in memory.
    [[nodiscard]] QImage peek(const QString &path, int side) const;
    [[nodiscard]] bool hasFailed(const QString &path) const { return m_failed.contains(path); }
    /// Forgets all requests but those for these paths (the rest was scrolled away).
    void keepOnly(const QSet<QString> &paths);
    /// The file changed or went.
    void forget(const QString &path);
    /// A picture that is at hand already: saves reading the file back.
    void put(const QString &path, const QImage &picture);

    [[nodiscard]] int waiting() const { return int(m_waiting.size()); }

    /// Makes thumbnails and looks of pictures that nobody waits for, when the machine is idle; described() follows for
    /// each, then rested().
    void describe(const QStringList &paths);

Q_SIGNALS:
    /// Colours and composition (pictureLook()) of a picture whose thumbnail was made; empty: it cannot be read.
    void described(const QString &path, const QByteArray &look);
    void rested();
    void ready(const QString &path);
    void failed(const QString &path);

private:
    struct Request
    {
        QString path;
        int side = 256;
    };

    void startSome();
    void onDone(const QString &path, int side, const QImage &image);

    QString m_folder;
    QThreadPool m_pool;
    QThreadPool m_idlePool; ///< one thread, when nothing else runs
    std::atomic<bool> m_isStopped = false;
    bool m_isDescribing = false;
    std::vector<Request> m_waiting; ///< last in, first out
    QHash<QString, int> m_running;
    QSet<QString> m_failed;
    mutable QCache<QString, QImage> m_memory; ///< cost in bytes
};

} // namespace app
