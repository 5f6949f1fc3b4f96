#include "app/gallery_writer.h"

#include "app/image_file.h"

#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSet>
#include <QSqlError>
#include <QSqlQuery>
#include <QtDebug>

#include <algorithm>
#include <unistd.h>
#include <utility>
#include <vector>

namespace app {

namespace {

constexpr int kBatch = 500;     ///< rows of one transaction while scanning
constexpr int kFewChanges = 64; ///< beyond, views are told to read everything again
const QString kJournal = QStringLiteral(".tincture-stars.jsonl");

/// Stars live beside the pictures, a line a change, so that the index can be lost: file name -> stars.
QHash<QString, int> readJournal(const QString &folder)
{
    QHash<QString, int> stars;
    QFile file(QDir(folder).filePath(kJournal));
    if (!file.open(QIODevice::ReadOnly))
        return stars;
    while (!file.atEnd()) {
        const QJsonObject line = QJsonDocument::fromJson(file.readLine(64 << 10)).object(); // half lines are no JSON
        const QString name = line.value(QLatin1String("file")).toString();
        if (!name.isEmpty())
            stars[name] = std::clamp(line.value(QLatin1String("stars")).toInt(), 0, 5);
    }
    return stars;
}

void writeJournal(const QString &folder, const QString &path, int stars)
{
    QFile file(QDir(folder).filePath(kJournal));
    if (!file.open(QIODevice::WriteOnly | QIODevice::Append)) {
        qWarning("stars were not saved beside the pictures: %s", qPrintable(file.errorString()));
        return;
    }
    const QJsonObject line = {{QStringLiteral("file"), QDir(folder).relativeFilePath(path)},
                              {QStringLiteral("stars"), stars}};
    file.write(QJsonDocument(line).toJson(QJsonDocument::Compact) + '\n');
    file.flush();
    ::fsync(file.handle());
}

/// Remains of a program that was killed while it wrote.
void removeOldParts(const QString &folder)
{
    const QDateTime old = QDateTime::currentDateTime().addSecs(-3600);
    QDirIterator parts(folder, {QStringLiteral(".*.tincture-part")}, QDir::Files | QDir::Hidden,
                       QDirIterator::Subdirectories);
    while (parts.hasNext()) {
        parts.next();
        if (parts.fileInfo().lastModified() < old)
            QFile::remove(parts.filePath());
    }
}

struct Found
{
    QString path;
    qint64 bytes = 0;
    qint64 modifiedMs = 0;
};

/// All pictures below a folder, oldest first.
std::vector<Found> picturesBelow(const QString &folder)
{
    std::vector<Found> found;
    const QStringList patterns = {QStringLiteral("*.png"), QStringLiteral("*.jpg"), QStringLiteral("*.jpeg"),
                                  QStringLiteral("*.webp")};
    QDirIterator files(folder, patterns, QDir::Files, QDirIterator::Subdirectories);
    while (files.hasNext()) {
        files.next();
        const QFileInfo info = files.fileInfo();
        found.push_back({info.absoluteFilePath(), info.size(), info.lastModified().toMSecsSinceEpoch()});
    }
    std::sort(found.begin(), found.end(), [](const Found &a, const Found &b) {
        return std::tie(a.modifiedMs, a.path) < std::tie(b.modifiedMs, b.path);
    });
    return found;
}

} // namespace

const char *const kPictureColumns =
    "id, path, bytes, modified_ms, created_ms, width, height, prompt, negative, model, sampler, schedule, "
    "steps, cfg, seed, stars, recipe";

GalleryPicture galleryPictureFrom(const QSqlQuery &row)
{
    GalleryPicture picture;
    int column = 0;
    picture.id = row.value(column++).toLongLong();
    picture.path = row.value(column++).toString();
    picture.bytes = row.value(column++).toLongLong();
    picture.modifiedMs = row.value(column++).toLongLong();
    picture.created = QDateTime::fromMSecsSinceEpoch(row.value(column++).toLongLong());
    picture.size.setWidth(row.value(column++).toInt());
    picture.size.setHeight(row.value(column++).toInt());
    picture.prompt = row.value(column++).toString();
    picture.negative = row.value(column++).toString();
    picture.model = row.value(column++).toString();
    picture.sampler = row.value(column++).toString();
    picture.schedule = row.value(column++).toString();
    picture.steps = row.value(column++).toInt();
    picture.cfg = row.value(column++).toDouble();
    picture.seed = quint64(row.value(column++).toLongLong());
    picture.stars = row.value(column++).toInt();
    picture.recipe = row.value(column++).toByteArray();
    return picture;
}

GalleryStore::Writer::Writer(GalleryStore &store, QString database)
    : m_store(store)
    , m_file(std::move(database))
    , m_name(QStringLiteral("gallery-writer-%1").arg(quintptr(this), 0, 16))
{
}

template <typename Call>
void GalleryStore::Writer::post(Call call)
{
    QMetaObject::invokeMethod(
        &m_store, [&store = m_store, call = std::move(call)] { call(store); }, Qt::QueuedConnection);
}

QSqlDatabase GalleryStore::Writer::database() const
{
    return QSqlDatabase::database(m_name, false);
}

void GalleryStore::Writer::open()
{
    QSqlDatabase db = QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"), m_name);
    db.setDatabaseName(m_file);
    db.setConnectOptions(QStringLiteral("QSQLITE_BUSY_TIMEOUT=5000"));
    db.open();
    QSqlQuery query(db);
    query.exec(QStringLiteral("PRAGMA synchronous = NORMAL"));
    // A damaged page may lie anywhere; this reads them all, away from the UI thread.
    const bool isSound = query.exec(QStringLiteral("PRAGMA quick_check(1)")) && query.next() &&
                         query.value(0).toString() == QLatin1String("ok");
    if (!isSound)
        post([](GalleryStore &store) { store.rebuild(); });
}

void GalleryStore::Writer::close()
{
    database().close();
    QSqlDatabase::removeDatabase(m_name);
}

bool GalleryStore::Writer::check(const QSqlQuery &query)
{
    const QSqlError error = query.lastError();
    if (!error.isValid())
        return true;
    qWarning("gallery index: %s", qPrintable(error.text()));
    constexpr auto kCorrupt = "11";
    constexpr auto kNotADatabase = "26";
    const QString code = error.nativeErrorCode();
    if (code == QLatin1String(kCorrupt) || code == QLatin1String(kNotADatabase))
        post([](GalleryStore &store) { store.rebuild(); });
    return false;
}

qint64 GalleryStore::Writer::write(const GalleryPicture &picture, bool *isNew)
{
    QSqlQuery old(database());
    old.prepare(QStringLiteral("SELECT id FROM pictures WHERE path = ?"));
    old.addBindValue(picture.path);
    old.exec();
    if (!check(old))
        return 0;
    *isNew = !old.next();
    const QVariant id = *isNew ? QVariant(QMetaType::fromType<qint64>()) : old.value(0);

    QSqlQuery query(database());
    // What the user gave (stars) is not in the file: an update keeps it.
    query.prepare(QStringLiteral("INSERT INTO pictures (id, path, bytes, modified_ms, created_ms, width, height, "
                                 "prompt, negative, model, sampler, schedule, steps, "
                                 "cfg, seed, stars, recipe) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
                                 "ON CONFLICT (path) DO UPDATE SET bytes = excluded.bytes, modified_ms = "
                                 "excluded.modified_ms, created_ms = excluded.created_ms, "
                                 "width = excluded.width, height = excluded.height, prompt = excluded.prompt, negative "
                                 "= excluded.negative, model = excluded.model, "
                                 "sampler = excluded.sampler, schedule = excluded.schedule, steps = excluded.steps, "
                                 "cfg = excluded.cfg, seed = excluded.seed, "
                                 "recipe = excluded.recipe"));
    const auto text = [](const QString &value) {
        return value.isNull() ? QStringLiteral("") : value;
    }; // NULL is not a text
    query.addBindValue(id);
    query.addBindValue(picture.path);
    query.addBindValue(picture.bytes);
    query.addBindValue(picture.modifiedMs);
    query.addBindValue(picture.created.toMSecsSinceEpoch());
    query.addBindValue(picture.size.width());
    query.addBindValue(picture.size.height());
    query.addBindValue(text(picture.prompt));
    query.addBindValue(text(picture.negative));
    query.addBindValue(text(picture.model));
    query.addBindValue(text(picture.sampler));
    query.addBindValue(text(picture.schedule));
    query.addBindValue(picture.steps);
    query.addBindValue(picture.cfg);
    query.addBindValue(qint64(picture.seed));
    query.addBindValue(picture.stars);
    query.addBindValue(picture.recipe.isNull() ? QByteArray("") : picture.recipe);
    query.exec();
    if (!check(query))
        return 0;
    return *isNew ? query.lastInsertId().toLongLong() : id.toLongLong();
}

void GalleryStore::Writer::add(const GalleryPicture &picture)
{
    GalleryPicture row = picture;
    bool isNew = false;
    row.id = write(row, &isNew);
    if (row.id == 0)
        return;
    if (isNew)
        post([row](GalleryStore &store) { Q_EMIT store.pictureAdded(row); });
    else
        post([row](GalleryStore &store) { Q_EMIT store.pictureChanged(row); });
}

void GalleryStore::Writer::setStars(qint64 id, int stars, const QString &folder)
{
    QSqlQuery update(database());
    update.prepare(QStringLiteral("UPDATE pictures SET stars = ? WHERE id = ?"));
    update.addBindValue(stars);
    update.addBindValue(id);
    update.exec();
    QSqlQuery query(database());
    query.exec(QStringLiteral("SELECT %1 FROM pictures WHERE id = %2").arg(QLatin1String(kPictureColumns)).arg(id));
    if (!check(update) || !check(query) || !query.next())
        return;
    const GalleryPicture row = galleryPictureFrom(query);
    writeJournal(folder, row.path, stars);
    post([row](GalleryStore &store) { Q_EMIT store.pictureChanged(row); });
}

void GalleryStore::Writer::remove(qint64 id)
{
    QSqlQuery query(database());
    query.exec(QStringLiteral("SELECT path FROM pictures WHERE id = %1").arg(id));
    if (!check(query) || !query.next())
        return;
    const QString path = query.value(0).toString();
    query.exec(QStringLiteral("DELETE FROM pictures WHERE id = %1").arg(id));
    if (check(query))
        post([id, path](GalleryStore &store) { Q_EMIT store.pictureRemoved(id, path); });
}

QHash<QString, GalleryStore::Writer::Known> GalleryStore::Writer::known() const
{
    QHash<QString, Known> rows;
    QSqlQuery query(database());
    query.setForwardOnly(true);
    query.exec(QStringLiteral("SELECT id, path, bytes, modified_ms FROM pictures"));
    while (query.next())
        rows.insert(query.value(1).toString(),
                    {query.value(0).toLongLong(), query.value(2).toLongLong(), query.value(3).toLongLong()});
    return rows;
}

void GalleryStore::Writer::rescan(const QString &folder)
{
    removeOldParts(folder);
    const std::vector<Found> files = picturesBelow(folder);
    const QHash<QString, int> stars = readJournal(folder);
    QHash<QString, Known> rows = known();

    std::vector<const Found *> fresh; // new or changed
    for (const Found &file : files) {
        const auto row = rows.constFind(file.path);
        if (row == rows.constEnd() || row->bytes != file.bytes || row->modifiedMs != file.modifiedMs)
            fresh.push_back(&file);
    }
    for (const Found &file : files)
        rows.remove(file.path);
    // What is left in rows has no file any more.
    const bool isFew = fresh.size() + std::size_t(rows.size()) <= std::size_t(kFewChanges);
    const int total = int(fresh.size());

    QSqlDatabase db = database();
    int done = 0;
    for (const Found *file : fresh) {
        if (m_isStopped)
            break;
        if (done % kBatch == 0) {
            db.commit();
            if (done > 0 && !isFew)
                post([](GalleryStore &store) { Q_EMIT store.reset(); });
            post([done, total](GalleryStore &store) { Q_EMIT store.scanProgressed(done, total); });
            db.transaction();
        }
        ++done;
        GalleryPicture picture = galleryPictureFrom(readPictureInfo(file->path));
        picture.stars = stars.value(QDir(folder).relativeFilePath(file->path), 0);
        if (isFew) {
            db.commit(); // each row is there when it is announced
            add(picture);
        } else {
            bool isNew = false;
            write(picture, &isNew);
        }
    }
    db.commit();
    db.transaction();
    for (auto gone = rows.cbegin(); gone != rows.cend(); ++gone) {
        QSqlQuery query(db);
        query.exec(QStringLiteral("DELETE FROM pictures WHERE id = %1").arg(gone->id));
        if (check(query) && isFew)
            post([id = gone->id, path = gone.key()](GalleryStore &store) { Q_EMIT store.pictureRemoved(id, path); });
    }
    db.commit();
    const int removed = int(rows.size());
    if (!isFew)
        post([](GalleryStore &store) { Q_EMIT store.reset(); });
    post([done, total](GalleryStore &store) { Q_EMIT store.scanProgressed(done, total); });
    post([done, removed](GalleryStore &store) { Q_EMIT store.scanned(done, removed); });
}

} // namespace app
