#include "app/gallery_writer.h"

#include "app/gallery_index.h"

#include <QDir>
#include <QFileInfo>
#include <QSqlError>
#include <QSqlQuery>
#include <QtDebug>

#include <algorithm>
#include <utility>

namespace app {

namespace {

QString listOf(const QList<qint64> &ids)
{
    QStringList numbers;
    numbers.reserve(ids.size());
    for (const qint64 id : ids)
        numbers.append(QString::number(id));
    return numbers.join(u',');
}

/// NULL is not a text.
QString text(const QString &value)
{
    return value.isNull() ? QStringLiteral("") : value;
}

QByteArray blob(const QByteArray &value)
{
    return value.isNull() ? QByteArray("") : value;
}

int flagsOf(const GalleryPicture &picture)
{
    return (picture.isRejected ? int(GalleryFlag::Rejected) : 0) |
           (picture.note.isEmpty() ? 0 : int(GalleryFlag::Note)) |
           (picture.prompt.isEmpty() ? 0 : int(GalleryFlag::Prompt)) |
           (picture.recipe.isEmpty() ? 0 : int(GalleryFlag::Recipe)) | (picture.hasSteps ? int(GalleryFlag::Steps) : 0);
}

constexpr int kMarkFlags = int(GalleryFlag::Rejected) | int(GalleryFlag::Note);

} // namespace

QString pictureSelect()
{
    return QStringLiteral(
        "SELECT p.id, p.path, p.bytes, p.modified_ms, p.created_ms, p.width, p.height, t.prompt, t.negative, p.model, "
        "p.sampler, p.schedule, p.steps, p.cfg, p.seed, p.stars, t.recipe, p.label, p.flags, t.tags, t.note, "
        "p.collections, p.root, p.hash, p.parent, p.branch_step, p.batch, p.fault "
        "FROM pictures p JOIN texts t ON t.id = p.id ");
}

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
    picture.label = row.value(column++).toInt();
    const int flags = row.value(column++).toInt();
    picture.isRejected = (flags & int(GalleryFlag::Rejected)) != 0;
    picture.hasSteps = (flags & int(GalleryFlag::Steps)) != 0;
    picture.tags = row.value(column++).toString().split(u'\n', Qt::SkipEmptyParts);
    picture.note = row.value(column++).toString();
    picture.collections = row.value(column++).toString().split(u'\n', Qt::SkipEmptyParts);
    picture.folder = row.value(column++).toString();
    picture.hash = row.value(column++).toByteArray();
    picture.parent = row.value(column++).toString();
    picture.branchStep = row.value(column++).toInt();
    picture.batch = quint64(row.value(column++).toLongLong());
    picture.fault = PictureFault(row.value(column++).toInt());
    return picture;
}

GalleryStore::Writer::Writer(GalleryStore &store, QString database, QString ownFolder)
    : m_store(store)
    , m_file(std::move(database))
    , m_ownFolder(std::move(ownFolder))
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
    m_gone.clear(); // numbers of another index
    m_goneHash.clear();
}

void GalleryStore::Writer::verify()
{
    QSqlQuery query(database());
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
    const QString code = error.nativeErrorCode();
    constexpr auto kCorrupt = "11";
    constexpr auto kFull = "13";
    constexpr auto kNotADatabase = "26";
    if (code == QLatin1String(kCorrupt) || code == QLatin1String(kNotADatabase)) {
        post([](GalleryStore &store) { store.rebuild(); });
    } else if (!m_saidFull) {
        m_saidFull = true;
        const QString sentence =
            code == QLatin1String(kFull)
                ? tr("The disk of the gallery's index is full. Free some space; pictures and marks are kept beside it.")
                : tr("The gallery's index cannot be written. Check the rights of its folder; pictures and marks are "
                     "kept beside it.");
        post([sentence](GalleryStore &store) { Q_EMIT store.notice(sentence); });
    }
    return false;
}

QString GalleryStore::Writer::rootAbove(const QString &path) const
{
    QString best;
    for (const QString &root : m_roots) {
        if (root.size() > best.size() && path.startsWith(root + u'/'))
            best = root;
    }
    return best;
}

QString GalleryStore::Writer::rootOf(const QString &path) const
{
    const QString root = rootAbove(path);
    return root.isEmpty() ? m_main : root;
}

void GalleryStore::Writer::setRoots(const QStringList &roots, const QString &main)
{
    if (!m_main.isEmpty() && m_main != main)
        carryCollections(m_main, main);
    m_roots = roots;
    m_main = main;
    QStringList marks;
    for (qsizetype i = 0; i < roots.size(); ++i)
        marks.append(QStringLiteral("?"));
    QSqlQuery query(database());
    query.prepare(QStringLiteral("SELECT id FROM pictures WHERE root NOT IN (%1)").arg(marks.join(u',')));
    for (const QString &root : roots)
        query.addBindValue(root);
    query.exec();
    QList<qint64> others;
    while (query.next())
        others.append(query.value(0).toLongLong());
    query.finish();
    if (!others.isEmpty())
        carryMarks(others);
    if (!others.isEmpty() && erase(others))
        post([others](GalleryStore &store) { store.onRemoved(others, {}); });
}

qint64 GalleryStore::Writer::write(const GalleryPicture &picture, bool *isNew)
{
    QSqlQuery old(database());
    old.prepare(QStringLiteral("SELECT id FROM pictures WHERE path = ?"));
    old.addBindValue(picture.path);
    old.exec();
    if (!check(old))
        return 0;
    const bool isKnown = old.next();
    QVariant id = isKnown ? old.value(0) : QVariant(QMetaType::fromType<qint64>());
    old.finish();
    if (!isKnown && picture.id != 0) { // one that comes back keeps its number unless it was given away
        old.exec(QStringLiteral("SELECT 1 FROM pictures WHERE id = %1").arg(picture.id));
        if (!old.next())
            id = picture.id;
        old.finish();
    }
    if (isNew)
        *isNew = !isKnown;
    QSqlQuery query(database());
    query.prepare(QStringLiteral(
        "INSERT INTO pictures (id, path, bytes, modified_ms, created_ms, width, height, model, sampler, schedule, "
        "steps, "
        "cfg, seed, stars, label, flags, fault, batch, branch_step, root, parent, tags, collections, hash) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (path) DO UPDATE SET bytes = excluded.bytes, modified_ms = excluded.modified_ms, "
        "created_ms = excluded.created_ms, width = excluded.width, height = excluded.height, model = excluded.model, "
        "sampler = excluded.sampler, schedule = excluded.schedule, steps = excluded.steps, cfg = excluded.cfg, "
        "seed = excluded.seed, stars = excluded.stars, label = excluded.label, flags = excluded.flags, "
        "fault = excluded.fault, batch = excluded.batch, branch_step = excluded.branch_step, root = excluded.root, "
        "parent = excluded.parent, tags = excluded.tags, collections = excluded.collections, hash = excluded.hash"));
    query.addBindValue(id);
    query.addBindValue(picture.path);
    query.addBindValue(picture.bytes);
    query.addBindValue(picture.modifiedMs);
    query.addBindValue(picture.created.toMSecsSinceEpoch());
    query.addBindValue(picture.size.width());
    query.addBindValue(picture.size.height());
    query.addBindValue(text(picture.model));
    query.addBindValue(text(picture.sampler));
    query.addBindValue(text(picture.schedule));
    query.addBindValue(picture.steps);
    query.addBindValue(picture.cfg);
    query.addBindValue(qint64(picture.seed));
    query.addBindValue(picture.stars);
    query.addBindValue(picture.label);
    query.addBindValue(flagsOf(picture));
    query.addBindValue(int(picture.fault));
    query.addBindValue(qint64(picture.batch));
    query.addBindValue(picture.branchStep);
    query.addBindValue(text(picture.folder));
    query.addBindValue(text(picture.parent));
    query.addBindValue(text(picture.tags.join(u'\n')));
    query.addBindValue(text(picture.collections.join(u'\n')));
    query.addBindValue(blob(picture.hash));
    query.exec();
    if (!check(query))
        return 0;
    const qint64 row = isKnown || !id.isNull() ? id.toLongLong() : query.lastInsertId().toLongLong();
    QSqlQuery texts(database());
    texts.prepare(QStringLiteral(
        "INSERT INTO texts (id, prompt, negative, tags, note, name, recipe) VALUES (?, ?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (id) DO UPDATE SET prompt = excluded.prompt, negative = excluded.negative, tags = excluded.tags, "
        "note = excluded.note, name = excluded.name, recipe = excluded.recipe"));
    texts.addBindValue(row);
    texts.addBindValue(text(picture.prompt));
    texts.addBindValue(text(picture.negative));
    texts.addBindValue(text(picture.tags.join(u'\n')));
    texts.addBindValue(text(picture.note));
    texts.addBindValue(QFileInfo(picture.path).fileName());
    texts.addBindValue(blob(picture.recipe));
    texts.exec();
    return check(texts) ? row : 0;
}

bool GalleryStore::Writer::writeMarks(qint64 id, const PictureMarks &marks, bool changesTexts)
{
    QSqlQuery query(database());
    query.prepare(QStringLiteral("UPDATE pictures SET stars = ?, label = ?, flags = (flags & %1) | ?, tags = ?, "
                                 "collections = ? WHERE id = ?")
                      .arg(~kMarkFlags));
    query.addBindValue(marks.stars);
    query.addBindValue(marks.label);
    query.addBindValue((marks.isRejected ? int(GalleryFlag::Rejected) : 0) |
                       (marks.note.isEmpty() ? 0 : int(GalleryFlag::Note)));
    query.addBindValue(text(marks.tags.join(u'\n')));
    query.addBindValue(text(marks.collections.join(u'\n')));
    query.addBindValue(id);
    query.exec();
    if (!check(query))
        return false;
    if (!changesTexts)
        return true;
    query.prepare(QStringLiteral("UPDATE texts SET tags = ?, note = ? WHERE id = ?"));
    query.addBindValue(text(marks.tags.join(u'\n')));
    query.addBindValue(text(marks.note));
    query.addBindValue(id);
    query.exec();
    return check(query);
}

QList<GalleryPicture> GalleryStore::Writer::rows(const QString &where)
{
    QSqlQuery query(database());
    query.setForwardOnly(true);
    query.exec(pictureSelect() + where);
    QList<GalleryPicture> found;
    if (check(query)) {
        while (query.next())
            found.append(galleryPictureFrom(query));
        (void)check(query); // a damaged page may come late
    }
    return found;
}

void GalleryStore::Writer::add(const QList<GalleryPicture> &pictures)
{
    QList<GalleryPicture> written;
    QList<qint64> fresh;
    QList<GalleryPicture> unsaid; // marks that the journal does not know
    QSqlDatabase db = database();
    db.transaction();
    for (const GalleryPicture &picture : pictures) {
        GalleryPicture row = picture;
        row.folder = rootOf(row.path);
        if (row.hash.isEmpty())
            row.hash = contentHash(row.path);
        const GalleryJournal &marks = journal(row.folder);
        const GalleryJournal::Line *line = marks.byFile(marks.relative(row.path));
        if (row.marks().isEmpty()) { // what the user gave it is not in the file
            const bool isSame = line && (line->hash.isEmpty() || line->hash == row.hash || !line->isGone);
            const GalleryJournal::Line *gone = isSame ? line : marks.byHash(row.hash);
            if (gone)
                row.setMarks(gone->marks);
        }
        if (!row.marks().isEmpty() && (!line || line->isGone || line->marks != row.marks()))
            unsaid.append(row);
        bool isNew = false;
        row.id = write(row, &isNew);
        if (row.id == 0)
            continue;
        if (isNew)
            fresh.append(row.id);
        written.append(row);
    }
    db.commit();
    if (!unsaid.isEmpty())
        journalize(unsaid, false);
    post([written, fresh](GalleryStore &store) { store.onWritten(written, fresh, true); });
}

void GalleryStore::Writer::setMarks(const QList<qint64> &ids, const QList<GalleryPicture> &pictures, quint64 serial)
{
    struct Known
    {
        QString path = {};
        QString folder = {};
        QByteArray hash = {};
        QString tags = {};
        QString note = {};
    };
    QHash<qint64, Known> known;
    QSqlQuery query(database());
    query.setForwardOnly(true);
    query.exec(QStringLiteral("SELECT p.id, p.path, p.root, p.hash, t.tags, t.note FROM pictures p "
                              "JOIN texts t ON t.id = p.id WHERE p.id IN (%1)")
                   .arg(listOf(ids)));
    while (query.next())
        known.insert(query.value(0).toLongLong(),
                     {query.value(1).toString(), query.value(2).toString(), query.value(3).toByteArray(),
                      query.value(4).toString(), query.value(5).toString()});
    const bool isSound = check(query); // a damaged index keeps no marks from their journal
    query.finish();
    QList<GalleryPicture> here;
    QList<GalleryPicture> gone;
    for (GalleryPicture picture : pictures) {
        const auto row = known.constFind(picture.id);
        if (row != known.constEnd()) { // a scan may have found it elsewhere meanwhile
            picture.path = row->path;
            picture.folder = row->folder;
            picture.hash = row->hash;
        } else if (!m_roots.contains(picture.folder)) {
            const QString root = rootAbove(picture.path);
            picture.folder = root.isEmpty() ? picture.folder : root;
        }
        const bool hasLeft = row == known.constEnd() && isSound && !QFileInfo::exists(picture.path);
        (hasLeft ? gone : here).append(picture);
    }
    // The journal first: what it says is what counts, and the next scan brings the index after it.
    if (pictures.isEmpty() || !journalize(here, false) || !journalize(gone, true)) {
        post([ids, serial](GalleryStore &store) { store.onMarksFailed(ids, serial); });
        return;
    }
    QSqlDatabase db = database();
    db.transaction();
    for (const GalleryPicture &picture : std::as_const(here)) {
        const auto row = known.constFind(picture.id);
        if (row == known.constEnd())
            continue;
        const bool changesTexts = picture.tags.join(u'\n') != row->tags || picture.note != row->note;
        if (!writeMarks(picture.id, picture.marks(), changesTexts))
            break; // said already
    }
    db.commit();
    post([ids, serial](GalleryStore &store) { store.onMarksSaved(ids, serial); });
}

void GalleryStore::Writer::setLook(const QString &path, const QByteArray &look)
{
    QSqlQuery query(database());
    query.prepare(QStringLiteral("INSERT OR REPLACE INTO looks (id, look) SELECT id, ? FROM pictures WHERE path = ?"));
    query.addBindValue(blob(look));
    query.addBindValue(path);
    query.exec();
    check(query);
}

bool GalleryStore::Writer::erase(const QList<qint64> &ids)
{
    const QString list = listOf(ids);
    QSqlDatabase db = database();
    db.transaction();
    bool isDone = true;
    for (const char *table : {"texts", "looks", "pictures"}) {
        QSqlQuery query(db);
        query.exec(QStringLiteral("DELETE FROM %1 WHERE id IN (%2)").arg(QLatin1String(table), list));
        isDone = check(query) && isDone;
    }
    return db.commit() && isDone;
}

void GalleryStore::Writer::remove(const QList<qint64> &ids)
{
    QList<GalleryPicture> marked;
    QList<qint64> known;
    QStringList paths;
    for (const GalleryPicture &row : rows(QStringLiteral("WHERE p.id IN (%1)").arg(listOf(ids)))) {
        if (!row.marks().isEmpty())
            marked.append(row);
        known.append(row.id);
        paths.append(row.path);
    }
    if (known.isEmpty())
        return;
    if (!marked.isEmpty())
        journalize(marked, true);
    if (erase(known))
        post([known, paths](GalleryStore &store) { store.onRemoved(known, paths); });
}

} // namespace app
