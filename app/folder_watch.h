#pragma once

#include <QHash>
#include <QObject>
#include <QSet>
#include <QStringList>
#include <QThread>

class QFileSystemWatcher;

namespace app {

/// Tells when something comes to, changes in or leaves folders. The watching itself happens in a thread of its own:
/// asking a folder that hangs would hang the asker.
class FolderWatch : public QObject
{
    Q_OBJECT

public:
    explicit FolderWatch(QObject *parent = nullptr);
    ~FolderWatch() override;

    /// Folders below `root` that are watched from now on, instead of those before.
    void setFolders(const QString &root, const QStringList &folders);
    void addFolders(const QString &root, const QStringList &folders);
    void forget(const QString &root);

Q_SIGNALS:
    void changed(const QString &root, const QString &folder);
    /// So many folders cannot be watched (the system allows only some): they are to be looked at from time to time.
    void limited(const QString &root, int unwatched);

private:
    void watch(const QString &root, const QStringList &folders); ///< on the thread

    QThread m_thread;
    QObject *m_worker;                  ///< lives on the thread
    QFileSystemWatcher *m_watcher = {}; ///< of the worker
    QHash<QString, QString> m_rootOf;   ///< on the thread: folder -> root
};

} // namespace app
