#include "ui/gallery/gallery_filter.h"

#include "app/gallery_model.h"

#include <QCoreApplication>
#include <QLocale>

namespace ui {

namespace {

qint64 julianDay(qint64 ms)
{
    return QDateTime::fromMSecsSinceEpoch(ms).date().toJulianDay();
}

} // namespace

GalleryFilter::GalleryFilter(app::GalleryModel &gallery, app::GalleryStore &store, QObject *parent)
    : QSortFilterProxyModel(parent)
    , m_gallery(gallery)
    , m_store(store)
    , m_sessionStartMs(QDateTime::currentMSecsSinceEpoch())
{
    // The program's start, not the page's: pictures made before the gallery was opened belong to the session too.
    const QDateTime started = qApp->property("started").toDateTime();
    if (started.isValid())
        m_sessionStartMs = started.toMSecsSinceEpoch();
    setDynamicSortFilter(true);
    readKeys();
    // Before setSourceModel: these run before the filter itself looks at the rows.
    connect(&gallery, &QAbstractItemModel::rowsInserted, this, [this](const QModelIndex &, int first, int last) {
        for (int row = first; row <= last; ++row)
            note(m_gallery.picture(row));
        count();
    });
    connect(&gallery, &QAbstractItemModel::dataChanged, this,
            [this](const QModelIndex &first, const QModelIndex &last, const QList<int> &roles) {
                if (!roles.isEmpty() && !roles.contains(app::GalleryModel::StarsRole))
                    return;
                for (int row = first.row(); row <= last.row(); ++row)
                    note(m_gallery.picture(row));
                count();
            });
    connect(&store, &app::GalleryStore::pictureRemoved, this, [this](qint64 id) {
        m_keys.remove(id);
        m_accepted.remove(id);
        count();
    });
    connect(&gallery, &QAbstractItemModel::modelAboutToBeReset, this, [this] {
        readKeys();
        readAccepted();
    });
    setSourceModel(&gallery);
}

void GalleryFilter::readKeys()
{
    m_keys.clear();
    // Turning a time into a day is the dear part, and neighbours are of the same day mostly.
    QDate day;
    qint64 from = 0;
    qint64 until = 0;
    for (const app::GalleryKey &key : m_store.keys()) {
        if (key.createdMs < from || key.createdMs >= until) {
            day = QDateTime::fromMSecsSinceEpoch(key.createdMs).date();
            from = day.startOfDay().toMSecsSinceEpoch();
            until = day.addDays(1).startOfDay().toMSecsSinceEpoch();
        }
        m_keys.insert(key.id, {day.toJulianDay(), key.createdMs, key.stars, key.bytes});
    }
    count();
}

void GalleryFilter::readAccepted()
{
    m_accepted.clear();
    if (m_query.isEmpty())
        return;
    for (const app::GalleryKey &key : m_store.keys(m_query))
        m_accepted.insert(key.id);
}

void GalleryFilter::count()
{
    Counts counts;
    counts.all = int(m_keys.size());
    for (const Key &key : std::as_const(m_keys)) {
        counts.starred += key.stars > 0;
        counts.bytes += key.bytes;
        counts.session += key.madeMs >= m_sessionStartMs;
    }
    m_counts = counts;
    Q_EMIT countsChanged();
}

void GalleryFilter::note(const app::GalleryPicture &picture)
{
    const qint64 ms = picture.created.toMSecsSinceEpoch();
    m_keys.insert(picture.id, {julianDay(ms), ms, picture.stars, picture.bytes});
    if (!m_query.isEmpty()) {
        if (m_query.matches(picture))
            m_accepted.insert(picture.id);
        else
            m_accepted.remove(picture.id);
    }
}

void GalleryFilter::setSource(Source source)
{
    if (source == m_source)
        return;
    m_source = source;
    invalidateFilter();
    Q_EMIT searched();
}

void GalleryFilter::setSearch(const QString &text)
{
    m_query = app::GalleryQuery(text);
    readAccepted();
    invalidateFilter();
    Q_EMIT searched();
}

qint64 GalleryFilter::dayOf(int row) const
{
    const qint64 id = index(row, 0).data(app::GalleryModel::IdRole).toLongLong();
    return m_keys.value(id).day;
}

QStringList GalleryFilter::models() const
{
    return m_store.models();
}

int GalleryFilter::rowOfPath(const QString &path) const
{
    const int row = m_gallery.rowOf(path);
    return row < 0 ? -1 : mapFromSource(m_gallery.index(row, 0)).row();
}

bool GalleryFilter::filterAcceptsRow(int row, const QModelIndex &) const
{
    if (m_source == Source::All && m_query.isEmpty())
        return true;
    const qint64 id = m_gallery.index(row, 0).data(app::GalleryModel::IdRole).toLongLong();
    if (!m_query.isEmpty() && !m_accepted.contains(id))
        return false;
    switch (m_source) {
    case Source::All:
        return true;
    case Source::Starred:
        return m_keys.value(id).stars > 0;
    case Source::Session:
        return m_keys.value(id).madeMs >= m_sessionStartMs;
    }
    return true;
}

QVariant GalleryFilter::data(const QModelIndex &index, int role) const
{
    if (role == Qt::AccessibleTextRole) {
        const QString prompt = QSortFilterProxyModel::data(index, app::GalleryModel::PromptRole).toString();
        const QString file = QSortFilterProxyModel::data(index, app::GalleryModel::PathRole).toString();
        const int stars = QSortFilterProxyModel::data(index, app::GalleryModel::StarsRole).toInt();
        const QDateTime made = QSortFilterProxyModel::data(index, app::GalleryModel::DateRole).toDateTime();
        QStringList parts = {prompt.isEmpty() ? file.section(u'/', -1) : prompt};
        if (stars > 0)
            parts.append(tr("%n star(s)", nullptr, stars));
        parts.append(QLocale().toString(made, QLocale::ShortFormat));
        return parts.join(QStringLiteral(", "));
    }
    return QSortFilterProxyModel::data(index, role);
}

} // namespace ui
