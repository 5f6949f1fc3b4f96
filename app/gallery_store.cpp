#include "app/gallery_store.h"

#include "app/folder_watch.h"
#include "app/gallery_index.h"
#include "app/gallery_look.h"
#include "app/gallery_writer.h"
#include "app/image_file.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>
#include <QSemaphore>
#include <QSqlDatabase>
#include <QSqlError>
#include <QSqlQuery>
#include <QTimer>
#include <QtDebug>

#include <algorithm>
#include <cstring>
#include <utility>

namespace app {

namespace {

constexpr int kVersion = 2;           ///< of the newest file in resources/schema
constexpr qsizetype kFewChanges = 64; ///< beyond, views are told to read everything again
constexpr int kResetMs = 500;         ///< at most one reset in so long while a scan brings pictures

bool runScript(QSqlDatabase &db, const QString &resource)
{
    QFile file(resource);
    if (!file.open(QIODevice::ReadOnly))
        return false;
    db.transaction();
    QString statement;
    const QStringList lines = QString::fromUtf8(file.readAll()).split(QLatin1Char('\n'));
    for (const QString &line : lines) {
        statement += line.section(QStringLiteral("--"), 0, 0) + QLatin1Char('\n');
        const QString whole = statement.trimmed();
        const bool isTrigger = whole.startsWith(QLatin1String("CREATE TRIGGER"));
        if (!whole.endsWith(isTrigger ? QLatin1String("END;") : QLatin1String(";")))
            continue;
        QSqlQuery query(db);
        if (!query.exec(whole.chopped(1))) {
            qWarning("gallery index: %s", qPrintable(query.lastError().text()));
            db.rollback();
            return false;
        }
        statement.clear();
    }
    return db.commit();
}

/// The same for all pictures of one job.
quint64 batchOf(const Recipe &recipe)
{
    const engine::GenerateRequest &from = recipe.request;
    const quint64 seed = recipe.jobSeed != 0 || recipe.known.isEmpty() ? recipe.jobSeed : from.seed;
    QCryptographicHash hash(QCryptographicHash::Md5);
    for (const std::string &each : {from.prompt, from.negativePrompt, from.sampler, from.schedule}) {
        hash.addData(QByteArray::fromStdString(each));
        hash.addData(QByteArray(1, '\0'));
    }
    hash.addData(recipe.modelName.toUtf8());
    hash.addData(QStringLiteral("|%1|%2|%3|%4|%5")
                     .arg(from.steps)
                     .arg(from.guidanceScale)
                     .arg(from.width)
                     .arg(from.height)
                     .arg(seed)
                     .toUtf8());
    quint64 number = 0;
    std::memcpy(&number, hash.result().constData(), sizeof number);
    return number | 1; // 0 means unknown
}

} // namespace

GalleryPicture galleryPictureFrom(const PictureInfo &info)
{
    GalleryPicture picture;
    picture.path = info.path;
    picture.bytes = info.bytes;
    picture.modifiedMs = info.modifiedMs;
    picture.size = info.size;
    picture.created = QDateTime::fromMSecsSinceEpoch(info.modifiedMs);
    if (!info.recipe)
        return picture;
    const Recipe &recipe = *info.recipe;
    if (recipe.created.isValid())
        picture.created = recipe.created;
    picture.prompt = QString::fromStdString(recipe.request.prompt);
    picture.negative = QString::fromStdString(recipe.request.negativePrompt);
    picture.model = recipe.modelName;
    picture.sampler =
        recipe.has(QStringLiteral("sampler")) ? QString::fromStdString(recipe.request.sampler) : QString();
    picture.schedule =
        recipe.has(QStringLiteral("schedule")) ? QString::fromStdString(recipe.request.schedule) : QString();
    picture.steps = recipe.has(QStringLiteral("steps")) ? recipe.request.steps : 0;
    picture.cfg = recipe.has(QStringLiteral("cfg")) ? recipe.request.guidanceScale : 0.0;
    picture.seed = recipe.request.seed;
    picture.batch = batchOf(recipe);
    picture.parent = recipe.parent;
    picture.branchStep = recipe.parent.isEmpty() ? 0 : recipe.branchStep;
    picture.recipe = QJsonDocument(recipeToJson(recipe)).toJson(QJsonDocument::Compact);
    return picture;
}

GalleryStore::GalleryStore(const QString &database, const QString &folder, QObject *parent)
    : QObject(parent)
    , m_database(database)
    , m_folder(QFileInfo(folder).absoluteFilePath())
    , m_reader(QStringLiteral("gallery-reader-%1").arg(quintptr(this), 0, 16))
    , m_writer(
          std::make_unique<Writer>(*this, database, QFileInfo(database).dir().filePath(QStringLiteral("journals"))))
    , m_index(std::make_unique<GalleryIndex>())
    , m_watch(std::make_unique<FolderWatch>())
    , m_lookTimer(new QTimer(this))
    , m_resetTimer(new QTimer(this))
{
    m_pool.setMaxThreadCount(1);
    m_pool.setExpiryTimeout(-1); // the connection belongs to the thread
    m_lookTimer->setInterval(500);
    connect(m_lookTimer, &QTimer::timeout, this, &GalleryStore::look);
    m_resetTimer->setSingleShot(true);
    m_resetTimer->setInterval(kResetMs);
    connect(m_resetTimer, &QTimer::timeout, this, &GalleryStore::reset);
    connect(m_watch.get(), &FolderWatch::changed, this, [this](const QString &root) {
        constexpr qint64 kRestMs = 700;
        constexpr qint64 kOwnRestMs = 15'000;
        const bool isOwn = QDateTime::currentMSecsSinceEpoch() - m_ownWriteMs < 2000;
        scanSoon(root, isOwn ? kOwnRestMs : std::max(kRestMs, 5 * m_roots.value(root).tookMs));
    });
    applyFolders();
}

GalleryStore::~GalleryStore()
{
    for (Root &root : m_roots) {
        if (root.scan)
            root.scan->cancel();
    }
    m_watch.reset();
    m_pool.start([this] { m_writer->close(); });
    m_pool.waitForDone();
    closeReader();
}

bool GalleryStore::isOpen() const
{
    return QSqlDatabase::database(m_reader, false).isOpen();
}

void GalleryStore::closeReader()
{
    {
        QSqlDatabase db = QSqlDatabase::database(m_reader, false);
        db.close();
    }
    QSqlDatabase::removeDatabase(m_reader);
}

void GalleryStore::open()
{
    QDir().mkpath(QFileInfo(m_database).absolutePath());
    const Opened opened = openReader();
    bool isThere = opened == Opened::Yes;
    if (opened == Opened::Damaged) {
        setAside();
        isThere = openReader() == Opened::Yes;
        if (isThere)
            Q_EMIT notice(tr("The index of the gallery was damaged. It is being made again from the pictures."));
    } else if (opened == Opened::Newer) { // it keeps its file, this one makes its own
        closeReader();
        const QFileInfo file(m_database);
        m_database = file.dir().filePath(
            QStringLiteral("%1-%2.%3").arg(file.completeBaseName()).arg(kVersion).arg(file.suffix()));
        isThere = openReader() == Opened::Yes;
        if (!isThere) {
            setAside();
            isThere = openReader() == Opened::Yes;
        }
        Q_EMIT notice(
            tr("The index of the gallery is of a newer version of the program. It is kept, and another one is "
               "made beside it; pictures, stars and tags are the same."));
    }
    if (!isThere) {
        closeReader();
        const QByteArray name = QCryptographicHash::hash(m_database.toUtf8(), QCryptographicHash::Md5).toHex().left(12);
        m_database = QDir::temp().filePath(QStringLiteral("tincture-gallery-%1.sqlite").arg(QString::fromLatin1(name)));
        if (openReader() != Opened::Yes) {
            setAside();
            (void)openReader();
        }
        Q_EMIT notice(tr("The folder of the gallery's index may not be written. The index is made anew for this time; "
                         "check the rights of that folder."));
    }
    m_pool.start([this, file = m_database] {
        m_writer->setDatabase(file);
        m_writer->open();
    });
    // Reading every page takes seconds of a processor that the first screen needs more.
    constexpr int kCheckMs = 1500;
    QTimer::singleShot(kCheckMs, this, [this] { m_pool.start([this] { m_writer->verify(); }); });
    applyFolders();
    reload();
    m_lookTimer->start();
    if (opened != Opened::Yes)
        rescan();
}

GalleryStore::Opened GalleryStore::openReader()
{
    QSqlDatabase db = QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"), m_reader);
    db.setDatabaseName(m_database);
    db.setConnectOptions(QStringLiteral("QSQLITE_BUSY_TIMEOUT=5000"));
    const QFileInfo file(m_database);
    if (file.exists() ? !file.isReadable() || !file.isWritable() : !QFileInfo(file.path()).isWritable())
        return Opened::NotWritable;
    if (!db.open())
        return Opened::Damaged;
    QSqlQuery query(db);
    if (!query.exec(QStringLiteral("PRAGMA journal_mode = WAL")) ||
        !query.exec(QStringLiteral("PRAGMA user_version")) || !query.next())
        return Opened::Damaged;
    const int version = query.value(0).toInt();
    query.finish();
    if (version > kVersion)
        return Opened::Newer;
    for (int next = version + 1; next <= kVersion; ++next) {
        if (!runScript(db, QStringLiteral(":/schema/%1.sql").arg(next, 3, 10, QLatin1Char('0'))))
            return Opened::Damaged;
    }
    return query.exec(QStringLiteral("SELECT count(*) FROM pictures")) ? Opened::Yes : Opened::Damaged;
}

void GalleryStore::setAside()
{
    closeReader();
    for (const QString &ending : {QString(), QStringLiteral("-wal"), QStringLiteral("-shm")}) {
        const QString aside = m_database + QStringLiteral(".damaged") + ending;
        QFile::remove(aside);
        QFile::rename(m_database + ending, aside);
    }
}

void GalleryStore::rebuild()
{
    if (m_isRebuilding)
        return;
    m_isRebuilding = true; // once a run: a second time the disk is to blame
    qWarning("the gallery index %s is damaged and is made again", qPrintable(m_database));
    // What is on its way to the journals gets there first: they need no index.
    m_pool.start([this] { m_writer->close(); });
    m_pool.waitForDone();
    m_pending.clear(); // the rows are numbered anew, and the journals have their marks
    setAside();
    (void)openReader();
    m_pool.start([this] { m_writer->open(); });
    for (Root &root : m_roots) {
        if (root.scan)
            root.scan->cancel();
        root.scan.reset();
        root.isAsked = false;
        root.scanNumber = 0;
    }
    m_looks = {};
    reload();
    Q_EMIT notice(tr("The index of the gallery was damaged. It is being made again from the pictures."));
    rescan();
}

void GalleryStore::reload()
{
    const QSqlDatabase db = QSqlDatabase::database(m_reader, false);
    if (!db.isOpen())
        return;
    m_index->load(db);
    QSqlQuery query(db);
    query.exec(QStringLiteral("SELECT id, name, kind, query FROM collections ORDER BY name"));
    m_collections.clear();
    while (query.next())
        m_collections.append({query.value(0).toString(), query.value(1).toString(),
                              CollectionKind(std::clamp(query.value(2).toInt(), 0, 2)), query.value(3).toString()});
    m_index->setCollections(m_collections);
    Q_EMIT reset();
    Q_EMIT collectionsChanged();
    Q_EMIT foldersChanged();
}

void GalleryStore::add(const GalleryPicture &picture)
{
    add(QList<GalleryPicture>{picture});
}

void GalleryStore::add(const QList<GalleryPicture> &pictures)
{
    if (pictures.isEmpty())
        return;
    m_ownWriteMs = QDateTime::currentMSecsSinceEpoch();
    m_pool.start([this, pictures] { m_writer->add(pictures); });
}

void GalleryStore::setStars(qint64 id, int stars)
{
    const GalleryPicture picture = pictures({id}).value(0);
    if (picture.id == 0)
        return;
    PictureMarks marks = picture.marks();
    marks.stars = std::clamp(stars, 0, 5);
    setMarks({id}, {marks});
}

void GalleryStore::setMarks(const QList<qint64> &ids, const QList<PictureMarks> &marks)
{
    if (ids.isEmpty() || ids.size() != marks.size())
        return;
    ++m_serial;
    for (qsizetype i = 0; i < ids.size(); ++i)
        m_pending.insert(ids[i], {marks[i], m_serial});
    const QList<GalleryPicture> changed = pictures(ids);
    QList<GalleryPicture> marked; // no more of the rows than the journals need
    marked.reserve(changed.size());
    for (const GalleryPicture &picture : changed) {
        m_index->put(picture);
        GalleryPicture row;
        row.id = picture.id;
        row.path = picture.path;
        row.folder = picture.folder;
        row.hash = picture.hash;
        row.setMarks(picture.marks());
        marked.append(row);
    }
    m_pool.start([this, ids, marked, serial = m_serial] { m_writer->setMarks(ids, marked, serial); });
    if (changed.size() == 1)
        Q_EMIT pictureChanged(changed.first());
    else
        Q_EMIT picturesChanged(changed);
}

void GalleryStore::onMarksSaved(const QList<qint64> &ids, quint64 serial)
{
    for (const qint64 id : ids) {
        const auto pending = m_pending.constFind(id);
        if (pending != m_pending.constEnd() && pending->serial == serial)
            m_pending.erase(pending);
    }
    Q_EMIT marksSaved(ids);
}

void GalleryStore::onMarksFailed(const QList<qint64> &ids, quint64 serial)
{
    for (const qint64 id : ids) {
        const auto pending = m_pending.constFind(id);
        if (pending != m_pending.constEnd() && pending->serial <= serial)
            m_pending.erase(pending);
    }
    const QList<GalleryPicture> old = pictures(ids);
    for (const GalleryPicture &picture : old)
        m_index->put(picture);
    Q_EMIT picturesChanged(old);
}

void GalleryStore::remove(qint64 id)
{
    remove(QList<qint64>{id});
}

void GalleryStore::remove(const QList<qint64> &ids)
{
    if (ids.isEmpty())
        return;
    m_ownWriteMs = QDateTime::currentMSecsSinceEpoch();
    m_pool.start([this, ids] { m_writer->remove(ids); });
}

void GalleryStore::setLook(const QString &path, const QByteArray &look)
{
    m_pool.start([this, path, look] { m_writer->setLook(path, look); });
    const qint64 id = m_looks.isRead && look.size() == kLookBytes ? idOf(path) : 0;
    if (id == 0)
        return; // not read yet, or nothing to remember
    auto known = m_looks.at.constFind(id);
    if (known == m_looks.at.constEnd()) {
        known = m_looks.at.insert(id, int(m_looks.ids.size()));
        m_looks.ids.push_back(id);
        m_looks.bytes.resize(m_looks.bytes.size() + std::size_t(kLookBytes));
    }
    std::copy(look.begin(), look.end(), m_looks.bytes.begin() + std::ptrdiff_t(*known) * kLookBytes);
}

QList<GalleryCollection> GalleryStore::collections() const
{
    QList<GalleryCollection> sorted = m_collections;
    std::sort(sorted.begin(), sorted.end(), [](const GalleryCollection &a, const GalleryCollection &b) {
        return QString::localeAwareCompare(a.name, b.name) < 0;
    });
    return sorted;
}

void GalleryStore::setCollections(const QList<GalleryCollection> &collections)
{
    m_collections = collections;
    m_index->setCollections(collections);
    m_collectionsSerial = ++m_serial;
    m_pool.start([this, collections, serial = m_serial] { m_writer->setCollections(collections, serial); });
    Q_EMIT collectionsChanged();
}

void GalleryStore::onCollections(const QList<GalleryCollection> &collections, quint64 serial, bool isSaved)
{
    if (serial >= m_collectionsSerial) { // nothing newer is on its way
        m_collectionsSerial = serial > 0 ? 0 : m_collectionsSerial;
        if (collections != m_collections) {
            m_collections = collections;
            m_index->setCollections(collections);
            Q_EMIT collectionsChanged();
        }
    }
    if (isSaved && serial > 0)
        Q_EMIT collectionsSaved();
}

void GalleryStore::onWritten(const QList<GalleryPicture> &pictures, const QList<qint64> &fresh, bool isFew)
{
    const QSet<qint64> isNew(fresh.begin(), fresh.end());
    QList<GalleryPicture> rows = pictures;
    for (GalleryPicture &row : rows) {
        const auto pending = m_pending.constFind(row.id);
        if (pending != m_pending.constEnd())
            row.setMarks(pending->marks);
        m_index->put(row);
    }
    if (m_isRound)
        m_added += int(rows.size());
    if (!isFew || rows.size() > kFewChanges) {
        resetSoon();
        return;
    }
    for (const GalleryPicture &row : std::as_const(rows)) {
        if (isNew.contains(row.id))
            Q_EMIT pictureAdded(row);
        else
            Q_EMIT pictureChanged(row);
    }
}

void GalleryStore::onRemoved(const QList<qint64> &ids, const QStringList &paths)
{
    for (const qint64 id : ids) {
        m_index->remove(id);
        m_pending.remove(id);
    }
    Q_EMIT picturesRemoved(ids);
    for (qsizetype i = 0; i < std::min(ids.size(), paths.size()); ++i)
        Q_EMIT pictureRemoved(ids[i], paths[i]);
}

void GalleryStore::resetSoon()
{
    if (!m_resetTimer->isActive())
        m_resetTimer->start();
}

void GalleryStore::finish()
{
    // Not waitForDone(): that ends the thread, and the connection belongs to it.
    QSemaphore isDone;
    m_pool.start([&isDone] { isDone.release(); });
    isDone.acquire();
}

} // namespace app
