#include "app/folder_watch.h"

#include <QFileSystemWatcher>

#include <algorithm>

namespace app {

namespace {

constexpr qsizetype kMostFolders = 4096; ///< the system's limit is shared by all programs of the user
constexpr unsigned long kPatienceMs = 1000;

} // namespace

FolderWatch::FolderWatch(QObject *parent) : QObject(parent), m_worker(new QObject)
{
    m_worker->moveToThread(&m_thread);
    m_thread.setObjectName(QStringLiteral("folder watch"));
    m_thread.start(QThread::LowPriority);
    QMetaObject::invokeMethod(m_worker, [this] {
        m_watcher = new QFileSystemWatcher(m_worker);
        connect(m_watcher, &QFileSystemWatcher::directoryChanged, m_worker, [this](const QString &folder) {
            const QString root = m_rootOf.value(folder);
            if (!root.isEmpty())
                Q_EMIT changed(root, folder);
        });
    });
}

FolderWatch::~FolderWatch()
{
    m_worker->deleteLater();
    m_thread.quit();
    if (!m_thread.wait(kPatienceMs)) {
        m_thread.terminate(); // it hangs in a folder that does not answer
        m_thread.wait(kPatienceMs);
    }
}

void FolderWatch::setFolders(const QString &root, const QStringList &folders)
{
    QMetaObject::invokeMethod(m_worker, [this, root, folders] {
        const QSet<QString> wanted(folders.begin(), folders.end());
        QStringList leave;
        for (auto each = m_rootOf.cbegin(); each != m_rootOf.cend(); ++each) {
            if (*each == root && !wanted.contains(each.key()))
                leave.append(each.key());
        }
        if (!leave.isEmpty())
            m_watcher->removePaths(leave);
        for (const QString &folder : leave)
            m_rootOf.remove(folder);
        watch(root, folders);
    });
}

void FolderWatch::addFolders(const QString &root, const QStringList &folders)
{
    QMetaObject::invokeMethod(m_worker, [this, root, folders] { watch(root, folders); });
}

void FolderWatch::forget(const QString &root)
{
    setFolders(root, {});
}

void FolderWatch::watch(const QString &root, const QStringList &folders)
{
    QStringList fresh;
    for (const QString &folder : folders) {
        if (!m_rootOf.contains(folder))
            fresh.append(folder);
    }
    const qsizetype room = std::max<qsizetype>(kMostFolders - m_rootOf.size(), 0);
    const QStringList asked = fresh.mid(0, room);
    const QStringList refused = asked.isEmpty() ? QStringList() : m_watcher->addPaths(asked);
    const QSet<QString> failed(refused.begin(), refused.end());
    for (const QString &folder : asked) {
        if (!failed.contains(folder))
            m_rootOf.insert(folder, root);
    }
    const qsizetype unwatched = refused.size() + fresh.size() - asked.size();
    if (unwatched > 0)
        Q_EMIT limited(root, int(unwatched));
}

} // namespace app
