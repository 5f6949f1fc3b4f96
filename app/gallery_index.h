#pragma once

#include "app/gallery_query.h"
#include "app/gallery_store.h"

#include <QBitArray>
#include <QHash>
#include <QSet>

#include <functional>
#include <unordered_map>
#include <vector>

class QSqlDatabase;

namespace app {

/// Bits of the column `flags`.
enum class GalleryFlag : int { Rejected = 1, Note = 2, Prompt = 4, Recipe = 8, Steps = 16 };

[[nodiscard]] inline bool has(quint8 flags, GalleryFlag flag)
{
    return (flags & int(flag)) != 0;
}

/// A number that looks random and is the same for the same picture and seed (SplitMix64, Steele et al. 2014).
[[nodiscard]] inline quint64 mixed(quint64 x)
{
    x += 0x9e3779b97f4a7c15ULL;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
    return x ^ (x >> 31);
}

/// A list of names that come up again and again: a number each.
class NameTable
{
public:
    [[nodiscard]] quint32 numberOf(const QString &name);
    [[nodiscard]] const QString &name(quint32 number) const { return m_names[int(number)]; }
    [[nodiscard]] int size() const { return int(m_names.size()); }
    [[nodiscard]] const QStringList &names() const { return m_names; }

private:
    QStringList m_names;
    QHash<QString, quint32> m_numbers;
};

/// The facts of all pictures in memory, about 150 bytes each, so that searching, sorting and grouping 100,000 takes
/// milliseconds. Texts are looked for by the caller (SQLite FTS5). Lives on the UI thread.
class GalleryIndex
{
public:
    /// Ids of the pictures whose texts meet a condition on words; asked only for such conditions.
    using TextSearch = std::function<QList<qint64>(const GalleryQuery::Condition &)>;

    void load(const QSqlDatabase &database);
    void put(const GalleryPicture &picture);
    void remove(qint64 id);
    [[nodiscard]] int size() const { return int(m_entries.size()); }
    [[nodiscard]] bool contains(qint64 id) const { return m_at.find(id) != m_at.end(); }

    void setCollections(const QList<GalleryCollection> &collections) { m_collections = collections; }
    void setMissingRoots(const QSet<QString> &roots) { m_missingRoots = roots; }

    [[nodiscard]] QList<qint64> search(const GalleryQuery &query, const GalleryOrder &order,
                                       const TextSearch &textSearch) const;
    [[nodiscard]] QList<GalleryGroup> groups(const QList<qint64> &ids, GalleryGrouping grouping) const;
    [[nodiscard]] QList<GalleryKey> keys(const QList<qint64> &ids) const;
    [[nodiscard]] QList<qint64> sameSeed(qint64 id) const;
    [[nodiscard]] QList<qint64> sameBatch(qint64 id) const;

    [[nodiscard]] QStringList models() const; ///< most used first
    [[nodiscard]] QList<QPair<QString, int>> tags() const;
    [[nodiscard]] QList<QPair<QString, int>> valuesOf(GalleryQuery::Field field) const; ///< with their numbers
    [[nodiscard]] int countIn(const QString &collection) const;
    [[nodiscard]] QHash<QString, int> countsByRoot() const;

private:
    struct Entry
    {
        qint64 id = 0;
        qint64 createdMs = 0;
        qint64 bytes = 0;
        quint64 seed = 0;
        quint64 batch = 0;
        float cfg = 0.0F;
        qint32 width = 0;
        qint32 height = 0;
        qint32 steps = 0;
        qint32 day = 0; ///< Julian day, local
        quint32 model = 0;
        quint32 sampler = 0;
        quint32 schedule = 0;
        quint32 folder = 0;
        quint32 root = 0;
        quint8 stars = 0;
        quint8 label = 0;
        quint8 flags = 0;
        quint8 fault = 0;
        bool isBranch = false;
        QByteArray name = {}; ///< of the file, UTF-8
        QList<quint32> tags = {};
        QList<quint32> collections = {};
    };
    struct DayRange
    {
        qint64 from = 0;
        qint64 until = 0;
        qint32 day = 0;
    };

    void insert(Entry entry);
    [[nodiscard]] qint32 dayOf(qint64 ms);
    void setPath(Entry *entry, const QString &path);
    void setLists(Entry *entry, const QStringList &tags, const QStringList &collections);
    [[nodiscard]] const Entry *find(qint64 id) const;
    [[nodiscard]] QBitArray hits(const GalleryQuery::Condition &condition, const TextSearch &textSearch) const;
    [[nodiscard]] bool isState(const Entry &entry, const QString &word) const;
    [[nodiscard]] bool hasPart(const Entry &entry, const QString &word) const;
    void sort(std::vector<int> *positions, const GalleryOrder &order) const;
    [[nodiscard]] QString heading(const Entry &entry, GalleryGrouping grouping) const;

    std::vector<Entry> m_entries;
    std::unordered_map<qint64, int> m_at;
    NameTable m_models, m_samplers, m_schedules, m_folders, m_roots, m_tags, m_collectionIds;
    QList<GalleryCollection> m_collections;
    QSet<QString> m_missingRoots;
    DayRange m_day;
    quint32 m_lastFolder = 0;
    mutable std::vector<int> m_byDate; ///< positions, newest first; empty: to be sorted anew
};

} // namespace app
