// Lists out of the index: groups, keys, values and their numbers.
#include "app/gallery_index.h"

#include <QCoreApplication>
#include <QLocale>

#include <algorithm>

namespace app {

namespace {

struct IndexTexts
{
    Q_DECLARE_TR_FUNCTIONS(app::GalleryIndex)
};

QList<QPair<QString, int>> counted(const NameTable &table, const std::vector<int> &counts)
{
    QList<QPair<QString, int>> values;
    for (int i = 0; i < table.size(); ++i) {
        if (counts[std::size_t(i)] > 0 && !table.name(quint32(i)).isEmpty())
            values.append({table.name(quint32(i)), counts[std::size_t(i)]});
    }
    return values;
}

} // namespace

QString GalleryIndex::heading(const Entry &entry, GalleryGrouping grouping) const
{
    switch (grouping) {
    case GalleryGrouping::None:
    case GalleryGrouping::Batch: // its prompt is the view's to show
        return {};
    case GalleryGrouping::Day: {
        const QDate day = QDate::fromJulianDay(entry.day);
        const qint64 ago = day.daysTo(QDate::currentDate());
        if (ago == 0)
            return IndexTexts::tr("Today");
        if (ago == 1)
            return IndexTexts::tr("Yesterday");
        return QLocale().toString(day, QLocale::LongFormat);
    }
    case GalleryGrouping::Model: {
        const QString &name = m_models.name(entry.model);
        return name.isEmpty() ? IndexTexts::tr("Unknown model") : name;
    }
    }
    return {};
}

QList<GalleryGroup> GalleryIndex::groups(const QList<qint64> &ids, GalleryGrouping grouping) const
{
    QList<GalleryGroup> groups;
    if (grouping == GalleryGrouping::None)
        return groups;
    quint64 current = 0;
    for (qsizetype row = 0; row < ids.size(); ++row) {
        const Entry *entry = find(ids[row]);
        if (!entry)
            continue;
        quint64 key = 0;
        if (grouping == GalleryGrouping::Day)
            key = quint64(entry->day);
        else if (grouping == GalleryGrouping::Model)
            key = entry->model;
        else
            key = entry->batch ? entry->batch : mixed(quint64(entry->id));
        if (groups.isEmpty() || key != current) {
            groups.append({.key = QString::number(key),
                           .heading = heading(*entry, grouping),
                           .first = int(row),
                           .day = QDate::fromJulianDay(entry->day)});
            current = key;
        }
        ++groups.last().count;
    }
    return groups;
}

QList<GalleryKey> GalleryIndex::keys(const QList<qint64> &ids) const
{
    QList<GalleryKey> keys;
    keys.reserve(ids.size());
    for (const qint64 id : ids) {
        if (const Entry *entry = find(id))
            keys.append({entry->id, entry->createdMs, entry->stars, entry->bytes, entry->label,
                         has(entry->flags, GalleryFlag::Rejected)});
    }
    return keys;
}

QList<qint64> GalleryIndex::sameSeed(qint64 id) const
{
    QList<qint64> ids;
    if (const Entry *like = find(id)) {
        for (const Entry &entry : m_entries) {
            if (entry.seed == like->seed && entry.id != id && has(entry.flags, GalleryFlag::Recipe))
                ids.append(entry.id);
        }
    }
    return ids;
}

QList<qint64> GalleryIndex::sameBatch(qint64 id) const
{
    QList<qint64> ids;
    const Entry *like = find(id);
    if (like && like->batch != 0) {
        for (const Entry &entry : m_entries) {
            if (entry.batch == like->batch && entry.id != id)
                ids.append(entry.id);
        }
    }
    return ids;
}

QList<QPair<QString, int>> GalleryIndex::valuesOf(GalleryQuery::Field field) const
{
    const auto count = [this](const NameTable &table, quint32 Entry::*member) {
        std::vector<int> counts(std::size_t(table.size()));
        for (const Entry &entry : m_entries)
            ++counts[entry.*member];
        return counted(table, counts);
    };
    switch (field) {
    case GalleryQuery::Field::Model:
        return count(m_models, &Entry::model);
    case GalleryQuery::Field::Sampler:
        return count(m_samplers, &Entry::sampler);
    case GalleryQuery::Field::Schedule:
        return count(m_schedules, &Entry::schedule);
    case GalleryQuery::Field::Folder:
        return count(m_folders, &Entry::folder);
    case GalleryQuery::Field::Tag:
        return tags();
    default:
        return {};
    }
}

QStringList GalleryIndex::models() const
{
    QList<QPair<QString, int>> values = valuesOf(GalleryQuery::Field::Model);
    std::stable_sort(values.begin(), values.end(), [](const auto &a, const auto &b) { return a.second > b.second; });
    QStringList names;
    for (const auto &[name, uses] : values)
        names.append(name);
    return names;
}

QList<QPair<QString, int>> GalleryIndex::tags() const
{
    std::vector<int> counts(std::size_t(m_tags.size()));
    for (const Entry &entry : m_entries) {
        for (const quint32 tag : entry.tags)
            ++counts[tag];
    }
    QList<QPair<QString, int>> values = counted(m_tags, counts);
    std::sort(values.begin(), values.end(),
              [](const auto &a, const auto &b) { return a.first.compare(b.first, Qt::CaseInsensitive) < 0; });
    return values;
}

int GalleryIndex::countIn(const QString &collection) const
{
    const auto number = quint32(m_collectionIds.names().indexOf(collection));
    return int(std::count_if(m_entries.begin(), m_entries.end(),
                             [number](const Entry &entry) { return entry.collections.contains(number); }));
}

QHash<QString, int> GalleryIndex::countsByRoot() const
{
    std::vector<int> counts(std::size_t(m_roots.size()));
    for (const Entry &entry : m_entries)
        ++counts[entry.root];
    QHash<QString, int> byRoot;
    for (std::size_t i = 0; i < counts.size(); ++i)
        byRoot.insert(m_roots.name(quint32(i)), counts[i]);
    return byRoot;
}

} // namespace app
