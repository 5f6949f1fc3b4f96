// The reading half of the gallery: rows, searches, likeness, completion.
#include "app/gallery_index.h"
#include "app/gallery_look.h"
#include "app/gallery_store.h"
#include "app/gallery_writer.h"

#include <QSet>
#include <QSqlDatabase>
#include <QSqlQuery>

#include <algorithm>

namespace app {

namespace {

/// As FTS5 takes it: a string in double quotes.
QString quoted(const QString &text)
{
    QString doubled = text;
    doubled.replace(u'"', QLatin1String("\"\""));
    return u'"' + doubled + u'"';
}

QList<qint64> numbersOf(const QString &list)
{
    QList<qint64> numbers;
    numbers.reserve(list.size() / 6);
    qint64 number = 0;
    bool isIn = false;
    for (const QChar sign : list) {
        if (sign == u',') {
            numbers.append(number);
            number = 0;
            isIn = false;
        } else {
            number = 10 * number + (sign.unicode() - u'0');
            isIn = true;
        }
    }
    if (isIn)
        numbers.append(number);
    return numbers;
}

QString columnsOf(GalleryQuery::Field field)
{
    switch (field) {
    case GalleryQuery::Field::Prompt:
        return QStringLiteral("prompt");
    case GalleryQuery::Field::Negative:
        return QStringLiteral("negative");
    case GalleryQuery::Field::Note:
        return QStringLiteral("note");
    case GalleryQuery::Field::Name:
        return QStringLiteral("name");
    default: // a negative prompt names what is not in the picture
        return QStringLiteral("prompt tags note name");
    }
}

} // namespace

QList<qint64> GalleryStore::ids() const
{
    return search(GalleryQuery());
}

QList<GalleryPicture> GalleryStore::pictures(const QList<qint64> &ids) const
{
    QStringList numbers;
    numbers.reserve(ids.size());
    for (const qint64 id : ids)
        numbers.append(QString::number(id));
    const QSqlDatabase db = QSqlDatabase::database(m_reader, false);
    if (!db.isOpen())
        return {}; // the window is there before open()
    QSqlQuery query(db);
    query.setForwardOnly(true);
    query.exec(pictureSelect() + QStringLiteral("WHERE p.id IN (%1)").arg(numbers.join(QLatin1Char(','))));
    QHash<qint64, GalleryPicture> rows;
    while (query.next()) {
        GalleryPicture picture = galleryPictureFrom(query);
        const auto pending = m_pending.constFind(picture.id);
        if (pending != m_pending.constEnd())
            picture.setMarks(pending->marks);
        const GalleryFolder::State state = m_roots.value(picture.folder).info.state;
        picture.isMissing = state != GalleryFolder::State::Ready && state != GalleryFolder::State::Scanning;
        rows.insert(picture.id, std::move(picture));
    }
    QList<GalleryPicture> found;
    found.reserve(ids.size());
    for (const qint64 id : ids) {
        const auto row = rows.constFind(id);
        if (row != rows.constEnd())
            found.append(*row);
    }
    return found;
}

QList<GalleryKey> GalleryStore::keys() const
{
    return keys(GalleryQuery());
}

QList<GalleryKey> GalleryStore::keys(const GalleryQuery &query) const
{
    return m_index->keys(search(query));
}

QList<qint64> GalleryStore::search(const GalleryQuery &query, const GalleryOrder &order) const
{
    return m_index->search(query, order,
                           [this](const GalleryQuery::Condition &condition) { return searchWords(condition); });
}

QList<GalleryGroup> GalleryStore::groups(const QList<qint64> &ids, GalleryGrouping grouping) const
{
    return m_index->groups(ids, grouping);
}

QList<qint64> GalleryStore::searchWords(const GalleryQuery::Condition &condition) const
{
    const QSqlDatabase db = QSqlDatabase::database(m_reader, false);
    if (!db.isOpen() || condition.words.isEmpty())
        return {};
    const QString columns = columnsOf(condition.field);
    QSqlQuery query(db);
    query.setForwardOnly(true);
    if (isUnspaced(condition.words.last())) {
        QString pattern = condition.text;
        pattern.replace(u'\\', QLatin1String("\\\\"));
        pattern.replace(u'%', QLatin1String("\\%"));
        pattern.replace(u'_', QLatin1String("\\_"));
        QStringList parts;
        for (const QString &column : columns.split(u' '))
            parts.append(column + QStringLiteral(" LIKE ? ESCAPE '\\'"));
        query.prepare(QStringLiteral("SELECT group_concat(id) FROM texts WHERE ") + parts.join(QLatin1String(" OR ")));
        for (qsizetype i = 0; i < parts.size(); ++i)
            query.addBindValue(QString(u'%' + pattern + u'%'));
    } else {
        // All ids in one text: a hundred thousand rows through QSqlQuery take longer than the search itself.
        query.prepare(QStringLiteral("SELECT group_concat(rowid) FROM words WHERE words MATCH ?"));
        query.addBindValue(QStringLiteral("{%1} : %2%3")
                               .arg(columns, quoted(condition.words.join(u' ')),
                                    condition.isWhole ? QString() : QStringLiteral(" *")));
    }
    return query.exec() && query.next() ? numbersOf(query.value(0).toString()) : QList<qint64>();
}

QList<qint64> GalleryStore::moreLike(qint64 id, Likeness likeness, int most) const
{
    QList<qint64> others;
    switch (likeness) {
    case Likeness::Prompt:
        others = likePrompt(id, most);
        break;
    case Likeness::Seed:
        others = m_index->sameSeed(id);
        break;
    case Likeness::Batch:
        others = m_index->sameBatch(id);
        break;
    case Likeness::Look:
        others = likeLook(id, most);
        break;
    }
    others.removeAll(id);
    others.prepend(id);
    return others.mid(0, most);
}

QList<qint64> GalleryStore::likePrompt(qint64 id, int most) const
{
    const GalleryPicture picture = pictures({id}).value(0);
    const QSqlDatabase db = QSqlDatabase::database(m_reader, false);
    // Rare words say most, and asking for common ones takes long.
    std::vector<std::pair<int, QString>> byNumber;
    QSqlQuery vocabulary(db);
    vocabulary.exec(
        QStringLiteral("CREATE VIRTUAL TABLE IF NOT EXISTS temp.vocabulary USING fts5vocab('main', 'words', 'row')"));
    vocabulary.prepare(QStringLiteral("SELECT doc FROM temp.vocabulary WHERE term = ?"));
    QStringList seen;
    for (const QString &word : foldedWords(picture.prompt)) {
        constexpr qsizetype kShort = 2; // "a", "of", "in" say nothing
        constexpr qsizetype kMostWords = 40;
        if (word.size() <= kShort || seen.size() >= kMostWords || seen.contains(word))
            continue;
        seen.append(word);
        vocabulary.addBindValue(word);
        if (vocabulary.exec() && vocabulary.next())
            byNumber.emplace_back(vocabulary.value(0).toInt(), word);
        vocabulary.finish();
    }
    std::sort(byNumber.begin(), byNumber.end());
    QStringList words;
    int rows = 0;
    for (const auto &[number, word] : byNumber) {
        constexpr int kMostRows = 20'000;
        rows += number;
        if (number > 1 && (rows <= kMostRows || words.size() < 2))
            words.append(quoted(word));
    }
    if (words.isEmpty())
        return {};
    QSqlQuery query(db);
    query.setForwardOnly(true);
    query.prepare(QStringLiteral("SELECT rowid FROM words WHERE words MATCH ? ORDER BY rank LIMIT %1").arg(most));
    query.addBindValue(QStringLiteral("{prompt} : (%1)").arg(words.join(QLatin1String(" OR "))));
    QList<qint64> ids;
    query.exec();
    while (query.next())
        ids.append(query.value(0).toLongLong());
    return ids;
}

void GalleryStore::readLooks() const
{
    if (m_looks.isRead)
        return;
    m_looks = {};
    m_looks.isRead = true;
    QSqlQuery query(QSqlDatabase::database(m_reader, false));
    query.setForwardOnly(true);
    query.exec(QStringLiteral("SELECT id, look FROM looks WHERE length(look) = %1").arg(kLookBytes));
    while (query.next()) {
        const QByteArray look = query.value(1).toByteArray();
        m_looks.at.insert(query.value(0).toLongLong(), int(m_looks.ids.size()));
        m_looks.ids.push_back(query.value(0).toLongLong());
        m_looks.bytes.insert(m_looks.bytes.end(), look.begin(), look.end());
    }
}

QList<qint64> GalleryStore::likeLook(qint64 id, int most) const
{
    readLooks();
    const auto own = m_looks.at.constFind(id);
    if (own == m_looks.at.constEnd())
        return {};
    const auto lookAt = [this](std::size_t at) {
        return std::span(m_looks.bytes).subspan(at * std::size_t(kLookBytes), std::size_t(kLookBytes));
    };
    const auto like = lookAt(std::size_t(*own));
    std::vector<std::pair<double, qint64>> all;
    all.reserve(m_looks.ids.size());
    for (std::size_t i = 0; i < m_looks.ids.size(); ++i) {
        if (m_looks.ids[i] != id && m_index->contains(m_looks.ids[i]))
            all.emplace_back(lookDistance(like, lookAt(i)), m_looks.ids[i]);
    }
    const auto behind = all.begin() + std::min<std::ptrdiff_t>(most, std::ptrdiff_t(all.size()));
    std::partial_sort(all.begin(), behind, all.end());
    QList<qint64> ids;
    for (auto each = all.begin(); each != behind; ++each)
        ids.append(each->second);
    return ids;
}

QStringList GalleryStore::withoutLook(int most) const
{
    QStringList paths;
    QSqlQuery query(QSqlDatabase::database(m_reader, false));
    query.setForwardOnly(true);
    query.exec(QStringLiteral("SELECT path, root FROM pictures WHERE id NOT IN (SELECT id FROM looks) AND fault = 0 "
                              "ORDER BY created_ms DESC LIMIT %1")
                   .arg(most));
    while (query.next()) {
        const GalleryFolder::State state = m_roots.value(query.value(1).toString()).info.state;
        if (state == GalleryFolder::State::Ready || state == GalleryFolder::State::Scanning)
            paths.append(query.value(0).toString());
    }
    return paths;
}

QList<GallerySuggestion> GalleryStore::suggestions(const QString &typed, int most) const
{
    const qsizetype space = typed.count(u'"') % 2 == 0 ? typed.lastIndexOf(u' ') : -1;
    QString word = typed.mid(space + 1);
    const QString minus = word.startsWith(u'-') ? QStringLiteral("-") : QString();
    word = word.mid(minus.size());
    QList<GallerySuggestion> found;
    const auto offer = [&](const QString &text, const QString &detail, bool isWhole) {
        if (found.size() < most)
            found.append({minus + text, detail, isWhole});
    };
    const qsizetype colon = word.indexOf(u':');
    if (colon < 0) {
        if (word.isEmpty() && minus.isEmpty() && typed.isEmpty())
            return found;
        for (const GalleryQuery::FieldHelp &field : GalleryQuery::fields()) {
            if (field.name.startsWith(word, Qt::CaseInsensitive))
                offer(field.name + u':', field.detail, false);
        }
        constexpr qsizetype kEnough = 2;
        for (const auto &[tag, count] : word.size() >= kEnough ? tags() : QList<QPair<QString, int>>()) {
            if (tag.startsWith(word, Qt::CaseInsensitive))
                offer(QStringLiteral("tag:") + (tag.contains(u' ') ? u'"' + tag + u'"' : tag),
                      tr("%n picture(s)", nullptr, count), true);
        }
        return found;
    }
    const QString name = word.left(colon).toLower();
    QString begun = word.mid(colon + 1);
    begun.remove(u'"');
    const auto offerValue = [&](const QString &value, const QString &detail) {
        const bool isFresh = value.compare(begun, Qt::CaseInsensitive) != 0;
        if (isFresh && value.contains(begun, Qt::CaseInsensitive))
            offer(name + u':' + (value.contains(u' ') ? u'"' + value + u'"' : value), detail, true);
    };
    for (const GalleryQuery::FieldHelp &field : GalleryQuery::fields()) {
        if (field.name == name) {
            for (const QString &value : field.values)
                offerValue(value, QString());
        }
    }
    if (name == QLatin1String("collection")) {
        for (const GalleryCollection &each : collections()) {
            if (each.kind == CollectionKind::Ordinary)
                offerValue(each.name, tr("%n picture(s)", nullptr, countIn(each.id)));
        }
        return found;
    }
    static const QHash<QString, GalleryQuery::Field> fields = {
        {QStringLiteral("tag"), GalleryQuery::Field::Tag},
        {QStringLiteral("model"), GalleryQuery::Field::Model},
        {QStringLiteral("sampler"), GalleryQuery::Field::Sampler},
        {QStringLiteral("schedule"), GalleryQuery::Field::Schedule},
        {QStringLiteral("folder"), GalleryQuery::Field::Folder}};
    const auto field = fields.constFind(name);
    if (field == fields.constEnd())
        return found;
    QList<QPair<QString, int>> values = m_index->valuesOf(*field);
    std::stable_sort(values.begin(), values.end(), [](const auto &a, const auto &b) { return a.second > b.second; });
    for (const auto &[value, count] : std::as_const(values))
        offerValue(value, tr("%n picture(s)", nullptr, count));
    return found;
}

int GalleryStore::countIn(const QString &collection) const
{
    for (const GalleryCollection &each : m_collections) {
        if (each.id == collection && each.kind != CollectionKind::Ordinary)
            return int(search(GalleryQuery(each.query)).size());
    }
    return m_index->countIn(collection);
}

QStringList GalleryStore::models() const
{
    return m_index->models();
}

QList<QPair<QString, int>> GalleryStore::tags() const
{
    return m_index->tags();
}

qint64 GalleryStore::idOf(const QString &path) const
{
    const QSqlDatabase db = QSqlDatabase::database(m_reader, false);
    if (!db.isOpen())
        return 0; // the window is there before open()
    QSqlQuery query(db);
    query.prepare(QStringLiteral("SELECT id FROM pictures WHERE path = ?"));
    query.addBindValue(path);
    return query.exec() && query.next() ? query.value(0).toLongLong() : 0;
}

QHash<qint64, QString> GalleryStore::pathsOf(const QList<qint64> &ids) const
{
    const QSqlDatabase db = QSqlDatabase::database(m_reader, false);
    if (!db.isOpen())
        return {}; // the window is there before open()
    QStringList numbers;
    numbers.reserve(ids.size());
    for (const qint64 id : ids)
        numbers.append(QString::number(id));
    QSqlQuery query(db);
    query.setForwardOnly(true);
    query.exec(QStringLiteral("SELECT id, path FROM pictures WHERE id IN (%1)").arg(numbers.join(u',')));
    QHash<qint64, QString> paths;
    while (query.next())
        paths.insert(query.value(0).toLongLong(), query.value(1).toString());
    return paths;
}

int GalleryStore::count() const
{
    return m_index->size();
}

} // namespace app
