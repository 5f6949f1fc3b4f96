#include "app/gallery_edits.h"

#include "app/gallery_store.h"

#include <QUuid>

#include <algorithm>

namespace app {

namespace {

constexpr std::size_t kMostSteps = 200;
constexpr qsizetype kMostPlaces = 200'000; ///< of all steps together; the newest is kept whatever it has

void sortTags(QStringList *tags)
{
    std::sort(tags->begin(), tags->end(), [](const QString &a, const QString &b) {
        const int order = a.compare(b, Qt::CaseInsensitive);
        return order != 0 ? order < 0 : a < b;
    });
}

/// As they are kept: no line breaks, no spaces around, no colon or quote that a search would stumble over.
QStringList cleaned(const QStringList &tags)
{
    QStringList clean;
    for (const QString &tag : tags) {
        QString one = tag.simplified();
        one.remove(u'"');
        if (!one.isEmpty() && !clean.contains(one, Qt::CaseInsensitive))
            clean.append(one);
    }
    return clean;
}

} // namespace

GalleryEdits::GalleryEdits(GalleryStore &store, QObject *parent) : QObject(parent), m_store(store) {}

void GalleryEdits::setStars(const QList<qint64> &ids, int stars)
{
    const int kept = std::clamp(stars, 0, 5);
    change(
        ids, [kept](PictureMarks &marks) { marks.stars = kept; },
        [kept](int count) {
            if (kept == 0)
                return tr("No stars for %n picture(s)", nullptr, count);
            return kept == 1 ? tr("1 star for %n picture(s)", nullptr, count)
                             : tr("%1 stars for %n picture(s)", nullptr, count).arg(kept);
        });
}

void GalleryEdits::setStarsEach(const QList<std::pair<qint64, int>> &stars)
{
    Step step;
    for (const auto &[id, count] : stars) {
        const int kept = std::clamp(count, 0, 5);
        const Step one = stepOf({id}, [kept](PictureMarks &marks) { marks.stars = kept; });
        step.places += one.places;
        step.before += one.before;
        step.after += one.after;
    }
    if (step.places.isEmpty())
        return; // all of them have theirs already
    step.sentence = tr("Stars for %n picture(s)", nullptr, int(step.places.size()));
    apply(step, false);
    push(std::move(step));
}

void GalleryEdits::setLabel(const QList<qint64> &ids, int label)
{
    const int kept = std::clamp(label, 0, int(labelNames().size()));
    change(
        ids, [kept](PictureMarks &marks) { marks.label = kept; },
        [kept](int count) {
            return kept == 0 ? tr("No label for %n picture(s)", nullptr, count)
                             : tr("Label %1 for %n picture(s)", nullptr, count).arg(labelTitle(kept).toLower());
        });
}

void GalleryEdits::setRejected(const QList<qint64> &ids, bool isRejected)
{
    change(
        ids, [isRejected](PictureMarks &marks) { marks.isRejected = isRejected; },
        [isRejected](int count) {
            return isRejected ? tr("%n picture(s) rejected", nullptr, count)
                              : tr("%n picture(s) no longer rejected", nullptr, count);
        });
}

void GalleryEdits::addTags(const QList<qint64> &ids, const QStringList &tags)
{
    const QStringList more = cleaned(tags);
    if (more.isEmpty())
        return;
    change(
        ids,
        [more](PictureMarks &marks) {
            for (const QString &tag : more) {
                if (!marks.tags.contains(tag, Qt::CaseInsensitive))
                    marks.tags.append(tag);
            }
            sortTags(&marks.tags);
        },
        [more](int count) {
            return tr("Tag %1 for %n picture(s)", nullptr, count).arg(more.join(QStringLiteral(", ")));
        });
}

void GalleryEdits::removeTags(const QList<qint64> &ids, const QStringList &tags)
{
    const QStringList less = cleaned(tags);
    change(
        ids,
        [less](PictureMarks &marks) {
            marks.tags.removeIf([&less](const QString &tag) { return less.contains(tag, Qt::CaseInsensitive); });
        },
        [less](int count) {
            return tr("Tag %1 taken from %n picture(s)", nullptr, count).arg(less.join(QStringLiteral(", ")));
        });
}

void GalleryEdits::setNote(const QList<qint64> &ids, const QString &note)
{
    const QString text = note.trimmed();
    change(
        ids, [text](PictureMarks &marks) { marks.note = text; },
        [text](int count) {
            return text.isEmpty() ? tr("Note of %n picture(s) removed", nullptr, count)
                                  : tr("Note for %n picture(s)", nullptr, count);
        });
}

void GalleryEdits::addToCollection(const QList<qint64> &ids, const QString &collection)
{
    QString name;
    for (const GalleryCollection &each : m_store.collections()) {
        if (each.id == collection && each.kind == CollectionKind::Ordinary)
            name = each.name;
    }
    if (name.isNull())
        return;
    change(
        ids,
        [collection](PictureMarks &marks) {
            if (!marks.collections.contains(collection))
                marks.collections.append(collection);
        },
        [name](int count) { return tr("%n picture(s) put into \"%1\"", nullptr, count).arg(name); });
}

void GalleryEdits::removeFromCollection(const QList<qint64> &ids, const QString &collection)
{
    QString name;
    for (const GalleryCollection &each : m_store.collections()) {
        if (each.id == collection)
            name = each.name;
    }
    change(
        ids, [collection](PictureMarks &marks) { marks.collections.removeAll(collection); },
        [name](int count) { return tr("%n picture(s) taken out of \"%1\"", nullptr, count).arg(name); });
}

QString GalleryEdits::createCollection(const QString &name, const QList<qint64> &ids)
{
    const QString id = QUuid::createUuid().toString(QUuid::Id128).left(12);
    QList<GalleryCollection> after = m_store.collections();
    after.append({.id = id, .name = name.simplified()});
    changeCollections(after, tr("Collection \"%1\" made").arg(name.simplified()), ids,
                      [id](PictureMarks &marks) { marks.collections.append(id); });
    return id;
}

QString GalleryEdits::createSmartCollection(const QString &name, const QString &query, CollectionKind kind)
{
    const QString id = QUuid::createUuid().toString(QUuid::Id128).left(12);
    QList<GalleryCollection> after = m_store.collections();
    after.append({.id = id, .name = name.simplified(), .kind = kind, .query = query.trimmed()});
    changeCollections(after, kind == CollectionKind::SavedSearch ? tr("Search \"%1\" saved").arg(name.simplified())
                                                                 : tr("Collection \"%1\" made").arg(name.simplified()));
    return id;
}

void GalleryEdits::renameCollection(const QString &collection, const QString &name)
{
    QList<GalleryCollection> after = m_store.collections();
    QString sentence;
    for (GalleryCollection &each : after) {
        if (each.id != collection || each.name == name.simplified() || name.simplified().isEmpty())
            continue;
        sentence = tr("\"%1\" renamed to \"%2\"").arg(each.name, name.simplified());
        each.name = name.simplified();
    }
    if (!sentence.isEmpty())
        changeCollections(after, sentence);
}

void GalleryEdits::setCollectionQuery(const QString &collection, const QString &query)
{
    QList<GalleryCollection> after = m_store.collections();
    QString sentence;
    for (GalleryCollection &each : after) {
        if (each.id != collection || each.kind == CollectionKind::Ordinary || each.query == query.trimmed())
            continue;
        sentence = tr("Search of \"%1\" changed").arg(each.name);
        each.query = query.trimmed();
    }
    if (!sentence.isEmpty())
        changeCollections(after, sentence);
}

void GalleryEdits::deleteCollection(const QString &collection)
{
    QList<GalleryCollection> after = m_store.collections();
    const auto found = std::find_if(after.begin(), after.end(),
                                    [&collection](const GalleryCollection &each) { return each.id == collection; });
    if (found == after.end())
        return;
    const GalleryCollection old = *found;
    after.erase(found);
    QList<qint64> members;
    if (old.kind == CollectionKind::Ordinary && m_store.countIn(collection) > 0) {
        // The id itself is searched for: no other collection's name is like it.
        members = m_store.search(GalleryQuery(QStringLiteral("collection:") + collection));
    }
    changeCollections(after, tr("Collection \"%1\" deleted").arg(old.name), members,
                      [collection](PictureMarks &marks) { marks.collections.removeAll(collection); });
}

GalleryEdits::Step GalleryEdits::stepOf(const QList<qint64> &ids, const Change &edit) const
{
    Step step;
    for (const GalleryPicture &picture : m_store.pictures(ids)) {
        PictureMarks marks = picture.marks();
        edit(marks);
        if (marks == picture.marks())
            continue;
        step.places.append({picture.id, picture.path});
        step.before.append(picture.marks());
        step.after.append(marks);
    }
    return step;
}

void GalleryEdits::change(const QList<qint64> &ids, const Change &edit, const std::function<QString(int)> &sentence)
{
    Step step = stepOf(ids, edit);
    if (step.places.isEmpty())
        return; // all of them have it already
    step.sentence = sentence(int(step.places.size()));
    apply(step, false);
    push(std::move(step));
}

void GalleryEdits::changeCollections(const QList<GalleryCollection> &after, const QString &sentence,
                                     const QList<qint64> &ids, const Change &edit)
{
    Step step;
    if (!ids.isEmpty() && edit)
        step = stepOf(ids, edit);
    step.sentence = sentence;
    step.hasCollections = true;
    step.collectionsBefore = m_store.collections();
    step.collectionsAfter = after;
    apply(step, false);
    push(std::move(step));
}

void GalleryEdits::push(Step step)
{
    m_undone.clear();
    m_done.push_back(std::move(step));
    qsizetype places = 0;
    for (const Step &each : m_done)
        places += each.places.size();
    while (m_done.size() > 1 && (m_done.size() > kMostSteps || places > kMostPlaces)) {
        places -= m_done.front().places.size();
        m_done.pop_front();
    }
    Q_EMIT done(m_done.back().sentence);
    Q_EMIT stateChanged();
}

void GalleryEdits::apply(const Step &step, bool isUndo)
{
    if (step.hasCollections) {
        // Only what this step changed: collections made since then stay.
        const QList<GalleryCollection> &from = isUndo ? step.collectionsAfter : step.collectionsBefore;
        const QList<GalleryCollection> &to = isUndo ? step.collectionsBefore : step.collectionsAfter;
        const auto has = [](const QList<GalleryCollection> &list, const QString &id) {
            return std::any_of(list.begin(), list.end(),
                               [&id](const GalleryCollection &each) { return each.id == id; });
        };
        QList<GalleryCollection> all = m_store.collections();
        all.removeIf([&](const GalleryCollection &each) { return has(from, each.id) && !has(to, each.id); });
        for (const GalleryCollection &each : to) {
            if (!from.contains(each)) {
                all.removeIf([&each](const GalleryCollection &old) { return old.id == each.id; });
                all.append(each);
            }
        }
        m_store.setCollections(all);
    }
    if (step.places.isEmpty())
        return;
    QList<qint64> wanted;
    for (const Place &place : step.places)
        wanted.append(place.id);
    const QHash<qint64, QString> paths = m_store.pathsOf(wanted);
    const QList<PictureMarks> &marks = isUndo ? step.before : step.after;
    QList<qint64> ids;
    QList<PictureMarks> values;
    for (qsizetype i = 0; i < step.places.size(); ++i) {
        const Place &place = step.places[i];
        qint64 id = place.id;
        if (paths.value(id) != place.path) { // moved by hand, or the index was made again
            const qint64 other = m_store.idOf(place.path);
            id = other != 0 ? other : (paths.contains(id) ? id : 0);
        }
        if (id != 0) {
            ids.append(id);
            values.append(marks[i]);
        }
    }
    m_store.setMarks(ids, values);
}

QString GalleryEdits::undoText() const
{
    return m_done.empty() ? QString() : m_done.back().sentence;
}

QString GalleryEdits::redoText() const
{
    return m_undone.empty() ? QString() : m_undone.back().sentence;
}

bool GalleryEdits::undo()
{
    if (m_done.empty())
        return false;
    Step step = std::move(m_done.back());
    m_done.pop_back();
    apply(step, true);
    m_undone.push_back(std::move(step));
    Q_EMIT stateChanged();
    return true;
}

bool GalleryEdits::redo()
{
    if (m_undone.empty())
        return false;
    Step step = std::move(m_undone.back());
    m_undone.pop_back();
    apply(step, false);
    m_done.push_back(std::move(step));
    Q_EMIT stateChanged();
    return true;
}

} // namespace app
