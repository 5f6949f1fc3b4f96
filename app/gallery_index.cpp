#include "app/gallery_index.h"

#include <QSqlDatabase>
#include <QSqlQuery>

#include <algorithm>
#include <numeric>
#include <tuple>

namespace app {

quint32 NameTable::numberOf(const QString &name)
{
    const auto known = m_numbers.constFind(name);
    if (known != m_numbers.constEnd())
        return *known;
    const auto number = quint32(m_names.size());
    m_names.append(name);
    m_numbers.insert(name, number);
    return number;
}

qint32 GalleryIndex::dayOf(qint64 ms)
{
    // Turning a time into a day is dear, and neighbours are of the same day mostly.
    if (ms < m_day.from || ms >= m_day.until) {
        const QDate day = QDateTime::fromMSecsSinceEpoch(ms).date();
        m_day = {day.startOfDay().toMSecsSinceEpoch(), day.addDays(1).startOfDay().toMSecsSinceEpoch(),
                 qint32(day.toJulianDay())};
    }
    return m_day.day;
}

void GalleryIndex::setPath(Entry *entry, const QString &path)
{
    const qsizetype slash = path.lastIndexOf(u'/');
    const QStringView folder = QStringView(path).left(slash);
    if (m_folders.size() == 0 || m_folders.name(m_lastFolder) != folder) // neighbours share theirs mostly
        m_lastFolder = m_folders.numberOf(folder.toString());
    entry->folder = m_lastFolder;
    entry->name = QStringView(path).mid(slash + 1).toUtf8();
}

void GalleryIndex::setLists(Entry *entry, const QStringList &tags, const QStringList &collections)
{
    for (const QString &tag : tags)
        entry->tags.append(m_tags.numberOf(tag));
    for (const QString &collection : collections)
        entry->collections.append(m_collectionIds.numberOf(collection));
}

void GalleryIndex::insert(Entry entry)
{
    m_byDate.clear();
    const auto known = m_at.find(entry.id);
    if (known != m_at.end()) {
        m_entries[std::size_t(known->second)] = std::move(entry);
        return;
    }
    m_at.emplace(entry.id, int(m_entries.size()));
    m_entries.push_back(std::move(entry));
}

void GalleryIndex::load(const QSqlDatabase &database)
{
    m_entries.clear();
    m_at.clear();
    m_byDate.clear();
    QSqlQuery rows(database);
    rows.setForwardOnly(true);
    rows.exec(QStringLiteral("SELECT count(*) FROM pictures"));
    const std::size_t count = rows.next() ? std::size_t(rows.value(0).toLongLong()) : 0;
    m_entries.reserve(count + count / 8);
    m_at.reserve(count + count / 8);
    // Few columns: QSqlQuery takes longer over a value than SQLite over computing it.
    rows.exec(QStringLiteral(
        "SELECT id, created_ms, bytes, seed, batch, cfg, (width << 32) | height, "
        "(steps << 32) | ((parent <> '') << 24) | (fault << 16) | (flags << 8) | (label << 4) | stars, "
        "model || char(10) || sampler || char(10) || schedule || char(10) || root, path, "
        "CASE WHEN tags = '' AND collections = '' THEN NULL ELSE tags || char(1) || collections END FROM pictures"));
    struct Names
    {
        quint32 model = 0;
        quint32 sampler = 0;
        quint32 schedule = 0;
        quint32 root = 0;
    };
    QHash<QString, Names> known;
    while (rows.next()) {
        Entry entry;
        int column = 0;
        entry.id = rows.value(column++).toLongLong();
        entry.createdMs = rows.value(column++).toLongLong();
        entry.bytes = rows.value(column++).toLongLong();
        entry.seed = quint64(rows.value(column++).toLongLong());
        entry.batch = quint64(rows.value(column++).toLongLong());
        entry.cfg = float(rows.value(column++).toDouble());
        const quint64 size = quint64(rows.value(column++).toLongLong());
        entry.width = qint32(size >> 32);
        entry.height = qint32(size & 0xffffffff);
        const quint64 bits = quint64(rows.value(column++).toLongLong());
        entry.steps = qint32(bits >> 32);
        entry.isBranch = ((bits >> 24) & 1) != 0;
        entry.fault = quint8(bits >> 16);
        entry.flags = quint8(bits >> 8);
        entry.label = quint8((bits >> 4) & 0xf);
        entry.stars = quint8(bits & 0xf);
        const QString joined = rows.value(column++).toString();
        auto names = known.constFind(joined);
        if (names == known.constEnd()) {
            const QStringList parts = joined.split(u'\n');
            names = known.insert(joined, {m_models.numberOf(parts.value(0)), m_samplers.numberOf(parts.value(1)),
                                          m_schedules.numberOf(parts.value(2)), m_roots.numberOf(parts.value(3))});
        }
        entry.model = names->model;
        entry.sampler = names->sampler;
        entry.schedule = names->schedule;
        entry.root = names->root;
        setPath(&entry, rows.value(column++).toString());
        entry.day = dayOf(entry.createdMs);
        const QString lists = rows.value(column++).toString();
        if (!lists.isEmpty())
            setLists(&entry, lists.section(QChar(1), 0, 0).split(u'\n', Qt::SkipEmptyParts),
                     lists.section(QChar(1), 1).split(u'\n', Qt::SkipEmptyParts));
        insert(std::move(entry));
    }
}

void GalleryIndex::put(const GalleryPicture &picture)
{
    Entry entry;
    entry.id = picture.id;
    entry.createdMs = picture.created.toMSecsSinceEpoch();
    entry.bytes = picture.bytes;
    entry.seed = picture.seed;
    entry.batch = picture.batch;
    entry.cfg = float(picture.cfg);
    entry.width = picture.size.width();
    entry.height = picture.size.height();
    entry.steps = picture.steps;
    entry.day = dayOf(entry.createdMs);
    entry.model = m_models.numberOf(picture.model);
    entry.sampler = m_samplers.numberOf(picture.sampler);
    entry.schedule = m_schedules.numberOf(picture.schedule);
    entry.root = m_roots.numberOf(picture.folder);
    entry.stars = quint8(picture.stars);
    entry.label = quint8(picture.label);
    entry.flags = quint8(
        (picture.isRejected ? int(GalleryFlag::Rejected) : 0) | (picture.note.isEmpty() ? 0 : int(GalleryFlag::Note)) |
        (picture.prompt.isEmpty() ? 0 : int(GalleryFlag::Prompt)) |
        (picture.recipe.isEmpty() ? 0 : int(GalleryFlag::Recipe)) | (picture.hasSteps ? int(GalleryFlag::Steps) : 0));
    entry.fault = quint8(picture.fault);
    entry.isBranch = !picture.parent.isEmpty();
    setPath(&entry, picture.path);
    setLists(&entry, picture.tags, picture.collections);
    insert(std::move(entry));
}

void GalleryIndex::remove(qint64 id)
{
    m_byDate.clear();
    const auto known = m_at.find(id);
    if (known == m_at.end())
        return;
    const int at = known->second;
    m_at.erase(known);
    if (at + 1 != int(m_entries.size())) {
        m_entries[std::size_t(at)] = std::move(m_entries.back());
        m_at[m_entries[std::size_t(at)].id] = at;
    }
    m_entries.pop_back();
}

const GalleryIndex::Entry *GalleryIndex::find(qint64 id) const
{
    const auto known = m_at.find(id);
    return known == m_at.end() ? nullptr : &m_entries[std::size_t(known->second)];
}

void GalleryIndex::sort(std::vector<int> *positions, const GalleryOrder &order) const
{
    // A number for each picture first: comparing numbers is what sorting 100,000 spends its time on.
    struct Place
    {
        qint64 group = 0; ///< lowest first
        quint64 key = 0;  ///< lowest first
        qint64 newest = 0;
        int at = 0;
    };
    std::vector<quint64> ranks; // of names
    const auto ranked = [&ranks](const NameTable &table) {
        std::vector<int> by(std::size_t(table.size()));
        std::iota(by.begin(), by.end(), 0);
        std::sort(by.begin(), by.end(), [&table](int a, int b) {
            return table.name(quint32(a)).compare(table.name(quint32(b)), Qt::CaseInsensitive) < 0;
        });
        ranks.resize(by.size());
        for (std::size_t i = 0; i < by.size(); ++i)
            ranks[std::size_t(by[i])] = i;
    };
    std::vector<quint64> nameRanks;
    if (order.sort == GallerySort::Name) {
        std::vector<int> by = *positions;
        std::sort(by.begin(), by.end(), [this](int a, int b) {
            return qstricmp(m_entries[std::size_t(a)].name.constData(), m_entries[std::size_t(b)].name.constData()) < 0;
        });
        nameRanks.resize(m_entries.size());
        for (std::size_t i = 0; i < by.size(); ++i)
            nameRanks[std::size_t(by[i])] = i;
    }
    if (order.sort == GallerySort::Model || order.grouping == GalleryGrouping::Model)
        ranked(m_models);
    std::unordered_map<quint64, qint64> newestOfBatch;
    if (order.grouping == GalleryGrouping::Batch) {
        newestOfBatch.reserve(positions->size());
        for (const int at : *positions) {
            const Entry &entry = m_entries[std::size_t(at)];
            qint64 &newest =
                newestOfBatch.try_emplace(entry.batch ? entry.batch : mixed(quint64(entry.id)), entry.createdMs)
                    .first->second;
            newest = std::max(newest, entry.createdMs);
        }
    }
    const bool isDown = order.direction == Qt::DescendingOrder;
    std::vector<Place> places;
    places.reserve(positions->size());
    for (const int at : *positions) {
        const Entry &entry = m_entries[std::size_t(at)];
        Place place{.newest = -entry.createdMs, .at = at};
        switch (order.sort) {
        case GallerySort::Date:
            place.key = quint64(entry.createdMs) ^ (1ULL << 63);
            break;
        case GallerySort::Stars:
            place.key = entry.stars;
            break;
        case GallerySort::Seed:
            place.key = entry.seed;
            break;
        case GallerySort::Model:
            place.key = ranks[entry.model];
            break;
        case GallerySort::Size:
            place.key = quint64(entry.width) * quint64(entry.height);
            break;
        case GallerySort::Name:
            place.key = nameRanks[std::size_t(at)];
            break;
        case GallerySort::Random:
            place.key = mixed(quint64(entry.id) ^ order.randomSeed);
            break;
        }
        if (isDown)
            place.key = ~place.key;
        const bool isOldestFirst = order.sort == GallerySort::Date && !isDown;
        switch (order.grouping) {
        case GalleryGrouping::None:
            break;
        case GalleryGrouping::Day:
            place.group = isOldestFirst ? entry.day : -qint64(entry.day);
            break;
        case GalleryGrouping::Batch: {
            const qint64 newest = newestOfBatch[entry.batch ? entry.batch : mixed(quint64(entry.id))];
            place.group = isOldestFirst ? newest : -newest;
            break;
        }
        case GalleryGrouping::Model:
            place.group = qint64(ranks[entry.model]);
            break;
        }
        if (isOldestFirst)
            place.newest = entry.createdMs;
        places.push_back(place);
    }
    const bool hasBatches = order.grouping == GalleryGrouping::Batch;
    const bool isOldestFirst = order.sort == GallerySort::Date && !isDown;
    std::sort(places.begin(), places.end(), [&](const Place &a, const Place &b) {
        if (a.group != b.group)
            return a.group < b.group;
        const Entry &left = m_entries[std::size_t(a.at)];
        const Entry &right = m_entries[std::size_t(b.at)];
        if (hasBatches && left.batch != right.batch) // two batches of the same moment
            return left.batch < right.batch;
        if (a.key != b.key)
            return a.key < b.key;
        if (a.newest != b.newest)
            return a.newest < b.newest;
        return isOldestFirst ? left.id < right.id : left.id > right.id;
    });
    for (std::size_t i = 0; i < places.size(); ++i)
        (*positions)[i] = places[i].at;
}

bool GalleryIndex::isState(const Entry &entry, const QString &word) const
{
    if (word == QLatin1String("rejected"))
        return has(entry.flags, GalleryFlag::Rejected);
    if (word == QLatin1String("starred"))
        return entry.stars > 0;
    if (word == QLatin1String("missing"))
        return m_missingRoots.contains(m_roots.name(entry.root));
    if (word == QLatin1String("broken"))
        return entry.fault != 0;
    if (word == QLatin1String("branch"))
        return entry.isBranch;
    if (word == QLatin1String("landscape"))
        return entry.width > entry.height;
    if (word == QLatin1String("portrait"))
        return entry.width < entry.height;
    return word == QLatin1String("square") && entry.width == entry.height;
}

bool GalleryIndex::hasPart(const Entry &entry, const QString &word) const
{
    if (word == QLatin1String("note"))
        return has(entry.flags, GalleryFlag::Note);
    if (word == QLatin1String("tags"))
        return !entry.tags.isEmpty();
    if (word == QLatin1String("label"))
        return entry.label != 0;
    if (word == QLatin1String("stars"))
        return entry.stars > 0;
    if (word == QLatin1String("prompt"))
        return has(entry.flags, GalleryFlag::Prompt);
    if (word == QLatin1String("recipe"))
        return has(entry.flags, GalleryFlag::Recipe);
    if (word == QLatin1String("steps"))
        return has(entry.flags, GalleryFlag::Steps);
    if (word == QLatin1String("collection"))
        return !entry.collections.isEmpty();
    return word == QLatin1String("parent") && entry.isBranch;
}

QBitArray GalleryIndex::hits(const GalleryQuery::Condition &condition, const TextSearch &textSearch) const
{
    using Field = GalleryQuery::Field;
    using Compare = GalleryQuery::Compare;
    QBitArray bits(int(m_entries.size()));
    const auto each = [&](auto isHit) {
        for (std::size_t i = 0; i < m_entries.size(); ++i) {
            if (isHit(m_entries[i]))
                bits.setBit(int(i));
        }
    };
    const auto numbers = [&](auto value) {
        const double wanted = condition.number;
        constexpr double kClose = 1e-4;
        switch (condition.compare) {
        case Compare::Contains:
        case Compare::Equal:
            return each([&](const Entry &entry) { return std::abs(double(value(entry)) - wanted) < kClose; });
        case Compare::Less:
            return each([&](const Entry &entry) { return double(value(entry)) < wanted - kClose; });
        case Compare::LessEqual:
            return each([&](const Entry &entry) { return double(value(entry)) <= wanted + kClose; });
        case Compare::Greater:
            return each([&](const Entry &entry) { return double(value(entry)) > wanted + kClose; });
        case Compare::GreaterEqual:
            return each([&](const Entry &entry) { return double(value(entry)) >= wanted - kClose; });
        }
    };
    const auto named = [&](const NameTable &table, quint32 Entry::*member, auto isHit) {
        std::vector<char> wanted(std::size_t(table.size()));
        for (std::size_t i = 0; i < wanted.size(); ++i)
            wanted[i] = isHit(table.name(quint32(i)));
        each([&](const Entry &entry) { return wanted[entry.*member] != 0; });
    };
    const auto containsText = [&](const QString &name) { return name.contains(condition.text, Qt::CaseInsensitive); };
    const auto listed = [&](const NameTable &table, QList<quint32> Entry::*member, auto isHit) {
        std::vector<char> wanted(std::size_t(table.size()));
        for (std::size_t i = 0; i < wanted.size(); ++i)
            wanted[i] = isHit(table.name(quint32(i)));
        each([&](const Entry &entry) {
            const QList<quint32> &list = entry.*member;
            return std::any_of(list.begin(), list.end(), [&wanted](quint32 number) { return wanted[number] != 0; });
        });
    };
    switch (condition.field) {
    case Field::Words:
    case Field::Prompt:
    case Field::Negative:
    case Field::Note:
    case Field::Name:
        for (const qint64 id : textSearch(condition)) {
            const auto known = m_at.find(id);
            if (known != m_at.end())
                bits.setBit(known->second);
        }
        break;
    case Field::Model:
        named(m_models, &Entry::model, containsText);
        break;
    case Field::Sampler:
        named(m_samplers, &Entry::sampler, containsText);
        break;
    case Field::Schedule:
        named(m_schedules, &Entry::schedule, containsText);
        break;
    case Field::Folder:
        named(m_folders, &Entry::folder, containsText);
        break;
    case Field::Tag:
        listed(m_tags, &Entry::tags,
               [&](const QString &tag) { return tag.compare(condition.text, Qt::CaseInsensitive) == 0; });
        break;
    case Field::Collection:
        listed(m_collectionIds, &Entry::collections, [&](const QString &id) {
            return id == condition.text ||
                   std::any_of(m_collections.begin(), m_collections.end(), [&](const GalleryCollection &collection) {
                       return collection.id == id && containsText(collection.name);
                   });
        });
        break;
    case Field::Steps:
        numbers([](const Entry &entry) { return entry.steps; });
        break;
    case Field::Cfg:
        numbers([](const Entry &entry) { return entry.cfg; });
        break;
    case Field::Seed:
        if (condition.compare == Compare::Equal) // a double does not hold all seeds
            each([seed = condition.text.toULongLong()](const Entry &entry) { return entry.seed == seed; });
        else
            numbers([](const Entry &entry) { return entry.seed; });
        break;
    case Field::Stars:
        numbers([](const Entry &entry) { return entry.stars; });
        break;
    case Field::Label:
        numbers([](const Entry &entry) { return entry.label; });
        break;
    case Field::Width:
        numbers([](const Entry &entry) { return entry.width; });
        break;
    case Field::Height:
        numbers([](const Entry &entry) { return entry.height; });
        break;
    case Field::Size:
        each([&](const Entry &entry) {
            return entry.width == int(condition.number) && entry.height == int(condition.upTo);
        });
        break;
    case Field::Bytes:
        numbers([](const Entry &entry) { return entry.bytes; });
        break;
    case Field::Made:
        each([&](const Entry &entry) {
            return double(entry.createdMs) >= condition.number && double(entry.createdMs) < condition.upTo;
        });
        break;
    case Field::Is:
        each([&](const Entry &entry) { return isState(entry, condition.text); });
        break;
    case Field::Has:
        each([&](const Entry &entry) { return hasPart(entry, condition.text); });
        break;
    }
    return condition.isNegated ? ~bits : bits;
}

QList<qint64> GalleryIndex::search(const GalleryQuery &query, const GalleryOrder &order,
                                   const TextSearch &textSearch) const
{
    QBitArray found(int(m_entries.size()), true);
    for (const QList<GalleryQuery::Condition> &clause : query.clauses()) {
        QBitArray any = hits(clause.first(), textSearch);
        for (qsizetype i = 1; i < clause.size(); ++i)
            any |= hits(clause[i], textSearch);
        found &= any;
    }
    std::vector<int> positions;
    positions.reserve(std::size_t(found.count(true)));
    if (order.sort == GallerySort::Date && order.direction == Qt::DescendingOrder &&
        (order.grouping == GalleryGrouping::None || order.grouping == GalleryGrouping::Day)) {
        // What everybody looks at is kept in order.
        if (m_byDate.empty()) {
            m_byDate.resize(m_entries.size());
            std::iota(m_byDate.begin(), m_byDate.end(), 0);
            sort(&m_byDate, {});
        }
        for (const int at : m_byDate) {
            if (found.testBit(at))
                positions.push_back(at);
        }
    } else {
        for (int i = 0; i < found.size(); ++i) {
            if (found.testBit(i))
                positions.push_back(i);
        }
        sort(&positions, order);
    }
    QList<qint64> ids;
    ids.reserve(qsizetype(positions.size()));
    for (const int at : positions)
        ids.append(m_entries[std::size_t(at)].id);
    return ids;
}

} // namespace app
