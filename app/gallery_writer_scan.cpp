// The writing half of the gallery: journals, and what scans of the folders bring.
#include "app/gallery_index.h"
#include "app/gallery_writer.h"

#include <QDir>
#include <QFileInfo>
#include <QSqlQuery>
#include <QtDebug>

#include <algorithm>

namespace app {

namespace {

/// SQL for a row with marks.
const QString kIsMarked = QStringLiteral("p.stars <> 0 OR p.label <> 0 OR p.flags & %1 OR p.tags <> '' OR "
                                         "p.collections <> ''")
                              .arg(int(GalleryFlag::Rejected) | int(GalleryFlag::Note));

} // namespace

template <typename Call>
void GalleryStore::Writer::post(Call call)
{
    QMetaObject::invokeMethod(
        &m_store, [&store = m_store, call = std::move(call)] { call(store); }, Qt::QueuedConnection);
}

GalleryJournal &GalleryStore::Writer::journal(const QString &root)
{
    std::shared_ptr<GalleryJournal> &known = m_journals[root];
    if (!known) {
        known = std::make_shared<GalleryJournal>(root, m_ownFolder);
        known->load();
    }
    return *known;
}

bool GalleryStore::Writer::journalize(const QList<GalleryPicture> &pictures, bool isGone)
{
    QHash<QString, QList<GalleryJournal::Line>> lines;
    for (const GalleryPicture &picture : pictures) {
        const QString root = picture.folder.isEmpty() ? rootOf(picture.path) : picture.folder;
        lines[root].append({.file = journal(root).relative(picture.path),
                            .hash = picture.hash,
                            .marks = picture.marks(),
                            .isGone = isGone});
    }
    bool isDone = true;
    for (auto each = lines.cbegin(); each != lines.cend(); ++each) {
        GalleryJournal &book = journal(each.key());
        const QString fault = book.append(*each);
        if (!fault.isEmpty()) {
            qWarning("journal: %s", qPrintable(fault));
            isDone = false;
        } else if (book.isReadOnly() && !m_saidReadOnly.contains(each.key())) {
            m_saidReadOnly.insert(each.key());
            const QString sentence =
                tr("\"%1\" may not be changed. Stars, tags and notes of its pictures are kept in the "
                   "program's own folder.")
                    .arg(QDir::toNativeSeparators(each.key()));
            post([sentence](GalleryStore &store) { Q_EMIT store.notice(sentence); });
        }
    }
    if (!isDone) {
        const QString sentence =
            tr("The marks of %n picture(s) cannot be saved. Check the free space and the rights of "
               "the folder.",
               nullptr, int(pictures.size()));
        post([sentence](GalleryStore &store) { Q_EMIT store.notice(sentence); });
    }
    return isDone;
}

void GalleryStore::Writer::writeCollections(const QList<GalleryCollection> &collections)
{
    QSqlDatabase db = database();
    db.transaction();
    QSqlQuery query(db);
    query.exec(QStringLiteral("DELETE FROM collections"));
    query.prepare(QStringLiteral("INSERT OR REPLACE INTO collections (id, name, kind, query) VALUES (?, ?, ?, ?)"));
    for (const GalleryCollection &each : collections) {
        query.addBindValue(each.id);
        query.addBindValue(each.name.isNull() ? QStringLiteral("") : each.name);
        query.addBindValue(int(each.kind));
        query.addBindValue(each.query.isNull() ? QStringLiteral("") : each.query);
        query.exec();
        check(query);
    }
    db.commit();
}

void GalleryStore::Writer::setCollections(const QList<GalleryCollection> &collections, quint64 serial)
{
    GalleryJournal &book = journal(m_main);
    QList<GalleryCollection> all = collections;
    if (!m_knowsCollections) { // asked for before the first scan: nothing that the journal holds is lost
        for (const GalleryCollection &old : book.collections()) {
            const bool isThere = std::any_of(all.begin(), all.end(),
                                             [&old](const GalleryCollection &each) { return each.id == old.id; });
            if (!isThere)
                all.append(old);
        }
        m_knowsCollections = true;
    }
    const QString fault = book.setCollections(all);
    if (!fault.isEmpty()) {
        qWarning("journal: %s", qPrintable(fault));
        const QString sentence =
            tr("The collections cannot be saved. Check the free space and the rights of the folder of your pictures.");
        post([sentence, old = book.collections(), serial](GalleryStore &store) {
            Q_EMIT store.notice(sentence);
            store.onCollections(old, serial, false);
        });
        return;
    }
    writeCollections(all);
    post([all, serial](GalleryStore &store) { store.onCollections(all, serial, true); });
}

/// Collections and saved searches live in the main folder's journal: another main folder takes them over.
void GalleryStore::Writer::carryCollections(const QString &from, const QString &to)
{
    GalleryJournal &book = journal(to);
    QList<GalleryCollection> all = book.collections();
    const qsizetype before = all.size();
    const QList<GalleryCollection> old = journal(from).collections();
    for (const GalleryCollection &each : old) {
        const bool isThere = std::any_of(all.begin(), all.end(),
                                         [&each](const GalleryCollection &other) { return other.id == each.id; });
        if (!isThere)
            all.append(each);
    }
    if (all.size() == before)
        return;
    const QString fault = book.setCollections(all);
    if (!fault.isEmpty())
        qWarning("journal: %s", qPrintable(fault));
}

/// Rows leave the index with their root. Those that lie in another one come back with its scan, which finds their
/// marks in its own journal.
void GalleryStore::Writer::carryMarks(const QList<qint64> &leaving)
{
    QStringList numbers;
    for (const qint64 id : leaving)
        numbers.append(QString::number(id));
    QList<GalleryPicture> carried;
    for (GalleryPicture &row : rows(QStringLiteral("WHERE p.id IN (%1) AND (%2)").arg(numbers.join(u','), kIsMarked))) {
        const QString root = rootAbove(row.path);
        if (root.isEmpty())
            continue;
        row.folder = root;
        carried.append(row);
    }
    if (!carried.isEmpty())
        journalize(carried, false);
}

void GalleryStore::Writer::replaceRoot(const QString &old, const QString &found)
{
    // Marks go along first: a kill between the two leaves both.
    const GalleryJournal &from = journal(old);
    QList<GalleryJournal::Line> lines = from.lines().values();
    GalleryJournal &to = journal(found);
    lines.removeIf([&to](const GalleryJournal::Line &line) {
        const GalleryJournal::Line *there = to.byFile(line.file);
        return there && there->ms >= line.ms;
    });
    if (!lines.isEmpty()) {
        const QString fault = to.append(lines);
        if (!fault.isEmpty())
            qWarning("journal: %s", qPrintable(fault));
    }
    if (old == m_main) {
        const QString fault = from.collections().isEmpty() ? QString() : to.setCollections(from.collections());
        if (!fault.isEmpty())
            qWarning("journal: %s", qPrintable(fault));
        m_main = found;
    }
    std::replace(m_roots.begin(), m_roots.end(), old, found);
    QSqlQuery query(database());
    query.prepare(
        QStringLiteral("UPDATE OR REPLACE pictures SET path = ? || substr(path, ?), root = ? WHERE root = ?"));
    query.addBindValue(found);
    query.addBindValue(old.size() + 1);
    query.addBindValue(found);
    query.addBindValue(old);
    query.exec();
    check(query);
    post([](GalleryStore &store) { store.reload(); });
}

void GalleryStore::Writer::startScan(const QString &root, quint64 number)
{
    QHash<QString, GalleryScan::Known> known;
    QSqlQuery query(database());
    query.setForwardOnly(true);
    query.prepare(QStringLiteral("SELECT id, path, bytes, modified_ms, flags FROM pictures WHERE root = ?"));
    query.addBindValue(root);
    query.exec();
    while (query.next())
        known.insert(query.value(1).toString(),
                     {query.value(0).toLongLong(), query.value(2).toLongLong(), query.value(3).toLongLong(),
                      (query.value(4).toInt() & int(GalleryFlag::Steps)) != 0});
    post([root, number, known](GalleryStore &store) { store.launchScan(root, number, known); });
}

/// The journal may know more than the index: after a kill between the two, or from another machine.
void GalleryStore::Writer::followJournal(const QString &root)
{
    const GalleryJournal &book = journal(root);
    QList<GalleryPicture> changed;
    QList<GalleryPicture> unsaid;
    QSqlDatabase db = database();
    QHash<QString, GalleryPicture> marked;
    QSqlQuery query(db);
    query.setForwardOnly(true);
    query.prepare(pictureSelect() + QStringLiteral("WHERE p.root = ? AND (%1)").arg(kIsMarked));
    query.addBindValue(root);
    query.exec();
    while (query.next()) {
        GalleryPicture row = galleryPictureFrom(query);
        marked.insert(book.relative(row.path), std::move(row));
    }
    query.finish();
    for (const GalleryPicture &row : std::as_const(marked)) {
        if (!book.byFile(book.relative(row.path)))
            unsaid.append(row); // somebody took the journal away: it is written again
    }
    for (const GalleryJournal::Line &line : book.lines()) {
        if (line.isGone)
            continue;
        const auto known = marked.constFind(line.file);
        if (known != marked.constEnd() ? known->marks() == line.marks : line.marks.isEmpty())
            continue;
        GalleryPicture row;
        if (known != marked.constEnd()) {
            row = *known;
        } else {
            query.prepare(pictureSelect() + QStringLiteral("WHERE p.path = ?"));
            query.addBindValue(book.absolute(line.file));
            query.exec();
            if (!query.next())
                continue; // not read yet
            row = galleryPictureFrom(query);
            query.finish();
        }
        row.setMarks(line.marks);
        changed.append(row);
    }
    db.transaction();
    for (const GalleryPicture &row : std::as_const(changed))
        writeMarks(row.id, row.marks(), true);
    db.commit();
    if (!unsaid.isEmpty())
        journalize(unsaid, false);
    if (!changed.isEmpty())
        post([changed](GalleryStore &store) { store.onWritten(changed, {}, true); });
}

void GalleryStore::Writer::takeWalk(const QString &root, const GalleryScan::Walked &walked)
{
    if (walked.journal) {
        std::shared_ptr<GalleryJournal> &known = m_journals[root];
        if (known)
            known->merge(*walked.journal);
        else
            known = walked.journal;
        followJournal(root);
        if (root == m_main) {
            m_knowsCollections = true;
            writeCollections(known->collections());
            post([all = known->collections()](GalleryStore &store) { store.onCollections(all, 0, true); });
        }
    }
    if (!walked.gone.isEmpty()) {
        QStringList numbers;
        for (const qint64 id : walked.gone)
            numbers.append(QString::number(id));
        for (const GalleryPicture &row : rows(QStringLiteral("WHERE p.id IN (%1)").arg(numbers.join(u',')))) {
            m_gone.insert(row.id, {row.id, row.path, root});
            if (!row.hash.isEmpty())
                m_goneHash.insert(row.hash, row.id);
        }
    }
}

bool GalleryStore::Writer::moveIfGone(GalleryPicture *picture)
{
    const auto known = m_goneHash.constFind(picture->hash);
    if (picture->hash.isEmpty() || known == m_goneHash.constEnd())
        return false;
    const Gone old = m_gone.take(*known);
    m_goneHash.erase(known);
    const GalleryPicture now = rows(QStringLiteral("WHERE p.id = %1").arg(old.id)).value(0);
    if (now.path != old.path)
        return false;                       // taken away meanwhile
    const PictureMarks marks = now.marks(); // they may be newer than the walk
    picture->id = old.id;
    picture->setMarks(marks);
    QSqlQuery query(database());
    query.prepare(QStringLiteral("UPDATE pictures SET path = ?, root = ? WHERE id = ?"));
    query.addBindValue(picture->path);
    query.addBindValue(picture->folder);
    query.addBindValue(old.id);
    query.exec();
    if (!check(query))
        return false;
    if (!marks.isEmpty()) {
        GalleryPicture before = *picture;
        before.path = old.path;
        before.folder = old.root;
        journalize({*picture}, false);
        journalize({before}, true);
    }
    return true;
}

/// To a row that is new to the index, from whichever journal knows the file or its content.
void GalleryStore::Writer::giveMarks(GalleryPicture *picture)
{
    const GalleryJournal &book = journal(picture->folder);
    const QString file = book.relative(picture->path);
    const GalleryJournal::Line *line = book.find(file, picture->hash);
    if (!line) {
        for (const std::shared_ptr<GalleryJournal> &other : std::as_const(m_journals)) {
            line = other->byHash(picture->hash);
            if (line)
                break;
        }
    }
    if (!line || line->marks.isEmpty())
        return;
    picture->setMarks(line->marks);
    const GalleryJournal::Line *own = book.byFile(file);
    if (!own || own->isGone || own->marks != line->marks)
        journalize({*picture}, false);
}

void GalleryStore::Writer::takeFound(const QString &root, const QList<GalleryPicture> &pictures, bool isFew)
{
    if (!m_roots.contains(root))
        return; // the user took the folder away meanwhile
    QList<GalleryPicture> written;
    QList<qint64> fresh;
    QSqlDatabase db = database();
    db.transaction();
    for (GalleryPicture row : pictures) {
        QSqlQuery query(db);
        query.prepare(pictureSelect() + QStringLiteral("WHERE p.path = ?"));
        query.addBindValue(row.path);
        query.exec();
        if (check(query) && query.next()) {
            const GalleryPicture old = galleryPictureFrom(query);
            if (old.bytes == row.bytes && old.modifiedMs == row.modifiedMs && old.hasSteps == row.hasSteps)
                continue; // written by ourselves while the scan was on its way
            row.setMarks(old.marks());
            if (old.hash != row.hash) {
                QSqlQuery look(db);
                look.exec(QStringLiteral("DELETE FROM looks WHERE id = %1").arg(old.id));
            }
        } else if (!moveIfGone(&row)) {
            giveMarks(&row);
        }
        query.finish();
        bool isNew = false;
        row.id = write(row, &isNew);
        if (row.id == 0)
            continue;
        if (isNew)
            fresh.append(row.id);
        written.append(row);
    }
    db.commit();
    post([written, fresh, isFew](GalleryStore &store) { store.onWritten(written, fresh, isFew); });
}

void GalleryStore::Writer::takeEnd(const QString &root, quint64 number)
{
    post([root, number](GalleryStore &store) { store.onScanEnded(root, number); });
}

void GalleryStore::Writer::finishScans()
{
    const QHash<qint64, Gone> gone = std::exchange(m_gone, {});
    m_goneHash.clear();
    QList<qint64> ids;
    QStringList paths;
    QList<GalleryPicture> left;
    for (const GalleryPicture &row : gone.isEmpty() ? QList<GalleryPicture>() : rows([&gone] {
             QStringList numbers;
             for (auto each = gone.keyBegin(); each != gone.keyEnd(); ++each)
                 numbers.append(QString::number(*each));
             return QStringLiteral("WHERE p.id IN (%1)").arg(numbers.join(u','));
         }())) {
        if (row.path != gone[row.id].path)
            continue; // found again under another name
        ids.append(row.id);
        paths.append(row.path);
        if (row.marks().isEmpty())
            continue;
        left.append(row);
        // A file that another folder's scan read before this one was missed: the same picture, moved.
        QSqlQuery query(database());
        query.prepare(pictureSelect() + QStringLiteral("WHERE p.hash = ? AND p.id <> ?"));
        query.addBindValue(row.hash);
        query.addBindValue(row.id);
        query.exec();
        if (check(query) && query.next()) {
            GalleryPicture moved = galleryPictureFrom(query);
            query.finish();
            if (moved.marks().isEmpty() && !gone.contains(moved.id)) {
                moved.setMarks(row.marks());
                journalize({moved}, false);
                writeMarks(moved.id, moved.marks(), true);
                post([moved](GalleryStore &store) { store.onWritten({moved}, {}, true); });
            }
        }
    }
    if (!left.isEmpty())
        journalize(left, true);
    const bool isErased = !ids.isEmpty() && erase(ids);
    const int count = isErased ? int(ids.size()) : 0;
    if (isErased)
        post([ids, paths](GalleryStore &store) { store.onRemoved(ids, paths); });
    post([count](GalleryStore &store) { store.onScansFinished(count); });
}

} // namespace app
