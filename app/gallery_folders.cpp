// The folders of the gallery: when they are scanned, and what becomes of those that do not answer.
#include "app/folder_watch.h"
#include "app/gallery_index.h"
#include "app/gallery_store.h"
#include "app/gallery_writer.h"

#include <QDir>
#include <QFileInfo>
#include <QTimer>

#include <algorithm>

namespace app {

namespace {

constexpr qint64 kNetworkRestMs = 120'000; ///< network folders do not tell of changes
constexpr qint64 kUnwatchedRestMs = 60'000;
constexpr qint64 kAwayRestMs = 15'000; ///< is it back yet?

bool isAway(GalleryFolder::State state)
{
    return state == GalleryFolder::State::Gone || state == GalleryFolder::State::NotAnswering ||
           state == GalleryFolder::State::NotReadable;
}

} // namespace

void GalleryStore::applyFolders()
{
    QStringList wanted = {m_folder};
    for (const QString &folder : std::as_const(m_extraFolders)) {
        const QString path = QDir::cleanPath(QFileInfo(folder).absoluteFilePath());
        const bool isInside = std::any_of(wanted.begin(), wanted.end(), [&path](const QString &other) {
            return path == other || path.startsWith(other + u'/');
        });
        if (!folder.isEmpty() && !isInside)
            wanted.append(path);
    }
    for (auto root = m_roots.begin(); root != m_roots.end();) {
        if (wanted.contains(root.key())) {
            ++root;
            continue;
        }
        if (root->scan)
            root->scan->cancel();
        m_watch->forget(root.key());
        root = m_roots.erase(root);
    }
    for (const QString &path : wanted) {
        m_roots[path].info.path = path;
        m_roots[path].info.isMain = path == m_folder;
    }
    if (isOpen())
        m_pool.start([this, wanted, main = m_folder] { m_writer->setRoots(wanted, main); });
    Q_EMIT foldersChanged();
}

void GalleryStore::setFolder(const QString &folder)
{
    m_folder = QDir::cleanPath(QFileInfo(folder).absoluteFilePath());
    applyFolders();
    rescan();
}

void GalleryStore::setFolders(const QStringList &folders)
{
    m_extraFolders = folders;
    applyFolders();
    rescan();
}

void GalleryStore::replaceFolder(const QString &old, const QString &found)
{
    const QString path = QDir::cleanPath(QFileInfo(found).absoluteFilePath());
    if (!m_roots.contains(old) || path == old)
        return;
    if (m_roots[old].scan)
        m_roots[old].scan->cancel();
    m_watch->forget(old);
    m_roots.remove(old);
    m_pool.start([this, old, path] { m_writer->replaceRoot(old, path); });
    if (old == m_folder)
        m_folder = path;
    std::replace(m_extraFolders.begin(), m_extraFolders.end(), old, path);
    applyFolders();
    rescan();
}

QList<GalleryFolder> GalleryStore::folders() const
{
    const QHash<QString, int> counts = m_index->countsByRoot();
    QList<GalleryFolder> all;
    for (const Root &root : m_roots) {
        GalleryFolder info = root.info;
        info.pictures = counts.value(info.path);
        if (info.isMain)
            all.prepend(info);
        else
            all.append(info);
    }
    return all;
}

void GalleryStore::rescan()
{
    if (!isOpen())
        return; // open() is followed by a scan
    const QStringList all = m_roots.keys();
    for (const QString &root : all)
        scanNow(root);
}

void GalleryStore::scanSoon(const QString &root, qint64 delayMs)
{
    const auto known = m_roots.find(root);
    if (known == m_roots.end())
        return;
    if (known->scan || known->isAsked) {
        known->isStale = true;
        return;
    }
    const qint64 due = QDateTime::currentMSecsSinceEpoch() + delayMs;
    known->nextMs = known->nextMs == 0 ? due : std::min(known->nextMs, due);
}

void GalleryStore::scanNow(const QString &root)
{
    const auto known = m_roots.find(root);
    if (known == m_roots.end())
        return;
    if (known->scan || known->isAsked) {
        known->isStale = true; // what changed since it began is looked for when it has ended
        return;
    }
    known->isAsked = true;
    known->isStale = false;
    known->nextMs = 0;
    known->scanNumber = ++m_scanNumber;
    m_isRound = true;
    m_pool.start([this, root, number = m_scanNumber] { m_writer->startScan(root, number); });
}

GalleryStore::Root *GalleryStore::scannedRoot(const QString &root, quint64 number)
{
    const auto place = m_roots.find(root);
    return place != m_roots.end() && place->scanNumber == number ? &*place : nullptr;
}

void GalleryStore::launchScan(const QString &root, quint64 number, const QHash<QString, GalleryScan::Known> &known)
{
    Root *place = scannedRoot(root, number);
    if (!place) {
        finishIfAllEnded();
        return;
    }
    if (place->scan)
        place->scan->cancel(); // without a handle its thread might outlive this store
    place->isAsked = false;
    place->fresh = 0;
    place->done = 0;
    place->startedMs = QDateTime::currentMSecsSinceEpoch();
    QStringList others = m_roots.keys();
    others.removeAll(root);
    // The scan's thread may outlive this store where a folder hangs: cancel() sees to it that it sends nothing then.
    const auto post = [this](auto call) { QMetaObject::invokeMethod(this, call, Qt::QueuedConnection); };
    GalleryScan::Events events;
    events.walked = [this, post, root, number](const GalleryScan::Walked &walked) {
        post([this, root, number, walked] {
            if (scannedRoot(root, number))
                onWalked(root, walked);
        });
    };
    events.found = [this, post, root, number](const QList<GalleryPicture> &pictures, int done) {
        post([this, root, number, pictures, done] {
            Root *each = scannedRoot(root, number);
            if (!each)
                return;
            each->done = done;
            int all = 0;
            int total = 0;
            for (const Root &other : std::as_const(m_roots)) {
                all += other.done;
                total += other.fresh;
            }
            Q_EMIT scanProgressed(all, total);
            constexpr int kFew = 64;
            m_pool.start(
                [this, root, pictures, isFew = each->fresh <= kFew] { m_writer->takeFound(root, pictures, isFew); });
        });
    };
    events.ended = [this, post, root, number] {
        post([this, root, number] { m_pool.start([this, root, number] { m_writer->takeEnd(root, number); }); });
    };
    place->scan = GalleryScan::start({.folder = root,
                                      .isMain = place->info.isMain,
                                      .others = others,
                                      .known = known,
                                      .ownFolder = QFileInfo(m_database).dir().filePath(QStringLiteral("journals")),
                                      .beforeEach = m_beforeEach},
                                     events);
}

void GalleryStore::onWalked(const QString &root, const GalleryScan::Walked &walked)
{
    const auto place = m_roots.find(root);
    if (place == m_roots.end())
        return;
    place->fresh = walked.fresh;
    place->isNetwork = walked.isNetwork;
    setState(&*place, walked.state);
    if (walked.journal)
        place->info.isReadOnly = walked.journal->isReadOnly();
    if (walked.isNetwork)
        m_watch->forget(root);
    else
        m_watch->setFolders(root, walked.folders);
    if (walked.fresh > 0)
        Q_EMIT scanProgressed(0, walked.fresh);
    m_pool.start([this, root, walked] { m_writer->takeWalk(root, walked); });
}

void GalleryStore::setState(Root *root, GalleryFolder::State state)
{
    const bool wasAway = isAway(root->info.state);
    if (root->info.state == state)
        return;
    root->info.state = state;
    QSet<QString> missing;
    for (const Root &each : std::as_const(m_roots)) {
        if (isAway(each.info.state))
            missing.insert(each.info.path);
    }
    m_index->setMissingRoots(missing);
    Q_EMIT foldersChanged();
    const QString path = root->info.path;
    if (isAway(state) && !wasAway)
        Q_EMIT folderVanished(path);
    else if (!isAway(state) && wasAway)
        Q_EMIT folderReturned(path);
    if (isAway(state) != wasAway)
        Q_EMIT reset(); // its tiles look different
}

void GalleryStore::onScanEnded(const QString &root, quint64 number)
{
    Root *place = scannedRoot(root, number);
    if (place && place->scan) {
        const qint64 now = QDateTime::currentMSecsSinceEpoch();
        place->scan->cancel();
        place->scan.reset();
        place->tookMs = now - place->startedMs;
        if (isAway(place->info.state))
            place->nextMs = now + kAwayRestMs;
        else if (place->isNetwork)
            place->nextMs = now + kNetworkRestMs;
        if (std::exchange(place->isStale, false))
            scanNow(root);
    }
    finishIfAllEnded();
}

void GalleryStore::finishIfAllEnded()
{
    const bool isOver =
        std::all_of(m_roots.begin(), m_roots.end(), [](const Root &root) { return !root.scan && !root.isAsked; });
    if (!m_isRound || !isOver)
        return;
    m_isRound = false;
    m_pool.start([this] { m_writer->finishScans(); });
}

void GalleryStore::onScansFinished(int removed)
{
    if (m_resetTimer->isActive()) {
        m_resetTimer->stop();
        Q_EMIT reset();
    }
    int done = 0;
    for (const Root &root : std::as_const(m_roots))
        done += root.done;
    for (Root &root : m_roots) {
        root.done = 0;
        root.fresh = 0;
    }
    m_added = 0;
    Q_EMIT scanProgressed(done, done);
    Q_EMIT scanned(done, removed);
    Q_EMIT foldersChanged();
}

void GalleryStore::look()
{
    const qint64 now = QDateTime::currentMSecsSinceEpoch();
    const QStringList all = m_roots.keys();
    for (const QString &path : all) {
        Root &root = m_roots[path];
        if (root.scan && root.scan->silenceMs() > m_patienceMs) {
            root.scan->cancel(); // its thread hangs in the system; nobody waits for it
            root.scan.reset();
            root.scanNumber = 0; // what it sent and was not read yet counts no more
            root.done = 0;
            root.fresh = 0;
            root.nextMs = now + 4 * kAwayRestMs;
            setState(&root, GalleryFolder::State::NotAnswering);
            finishIfAllEnded();
        } else if (root.nextMs != 0 && now >= root.nextMs) {
            scanNow(path);
        }
    }
}

} // namespace app
