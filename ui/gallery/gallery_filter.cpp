#include "ui/gallery/gallery_filter.h"

#include "app/thumbnails.h"
#include "ui/create/words.h"
#include "ui/gallery/picture_details.h"
#include "ui/gallery/picture_loader.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QLocale>
#include <QPointer>
#include <QThreadPool>

#include <algorithm>

namespace ui {

namespace {

constexpr qsizetype kFewMoved = 16; ///< more are looked up in a table

} // namespace

GalleryFilter::GalleryFilter(app::GalleryStore &store, app::Thumbnails &thumbnails, QObject *parent)
    : QAbstractTableModel(parent)
    , m_store(store)
    , m_thumbnails(thumbnails)
    , m_model(store, thumbnails)
    , m_sessionStartMs(QDateTime::currentMSecsSinceEpoch())
{
    // The program's start, not the page's: pictures made before the gallery was opened belong to the session too.
    const QDateTime started = qApp->property("started").toDateTime();
    if (started.isValid())
        m_sessionStartMs = started.toMSecsSinceEpoch();
    m_order.grouping = app::GalleryGrouping::Day;
    m_recount.setSingleShot(true);
    m_recount.setInterval(0);
    connect(&m_recount, &QTimer::timeout, this, &GalleryFilter::count);
    m_model.setView(app::GalleryQuery(), m_order);
    m_model.reload();
    forward();
    connectCounts();
    readKeys();
    connect(&thumbnails, &app::Thumbnails::failed, this, &GalleryFilter::findReason);
}

GalleryFilter::~GalleryFilter() = default;

void GalleryFilter::forward()
{
    // Another search is another model; many new pictures are not: what is looked at and chosen stays.
    connect(&m_model, &QAbstractItemModel::modelAboutToBeReset, this, [this] {
        if (m_isApplying)
            beginResetModel();
        else
            beginMoving();
    });
    connect(&m_model, &QAbstractItemModel::modelReset, this, [this] {
        if (m_isApplying)
            endResetModel();
        else
            endMoving();
    });
    connect(&m_model, &QAbstractItemModel::rowsAboutToBeInserted, this,
            [this](const QModelIndex &, int first, int last) { beginInsertRows({}, first, last); });
    connect(&m_model, &QAbstractItemModel::rowsInserted, this, [this] { endInsertRows(); });
    connect(&m_model, &QAbstractItemModel::rowsAboutToBeRemoved, this,
            [this](const QModelIndex &, int first, int last) { beginRemoveRows({}, first, last); });
    connect(&m_model, &QAbstractItemModel::rowsRemoved, this, [this] { endRemoveRows(); });
    connect(&m_model, &QAbstractItemModel::rowsAboutToBeMoved, this,
            [this](const QModelIndex &, int first, int last, const QModelIndex &, int to) {
                beginMoveRows({}, first, last, {}, to);
            });
    connect(&m_model, &QAbstractItemModel::rowsMoved, this, [this] { endMoveRows(); });
    connect(&m_model, &QAbstractItemModel::dataChanged, this,
            [this](const QModelIndex &first, const QModelIndex &last, const QList<int> &roles) {
                Q_EMIT dataChanged(index(first.row(), 0), index(last.row(), ColumnCount - 1), roles);
            });
    connect(&m_model, &QAbstractItemModel::layoutAboutToBeChanged, this, &GalleryFilter::beginMoving);
    connect(&m_model, &QAbstractItemModel::layoutChanged, this, &GalleryFilter::endMoving);
}

void GalleryFilter::beginMoving()
{
    Q_EMIT layoutAboutToBeChanged();
    m_moving.clear();
    const QModelIndexList kept = persistentIndexList();
    for (const QModelIndex &each : kept)
        m_moving.append({each, m_model.idAt(each.row())});
}

void GalleryFilter::endMoving()
{
    // What is chosen follows its pictures.
    QHash<qint64, int> rows;
    if (m_moving.size() > kFewMoved) {
        const QList<qint64> &ids = m_model.ids();
        rows.reserve(ids.size());
        for (int row = 0; row < ids.size(); ++row)
            rows.insert(ids.at(row), row);
    }
    for (const auto &[old, id] : std::as_const(m_moving)) {
        const int row = rows.isEmpty() ? m_model.rowOf(id) : rows.value(id, -1);
        changePersistentIndex(old, row < 0 ? QModelIndex() : index(row, old.column()));
    }
    m_moving.clear();
    Q_EMIT layoutChanged();
}

void GalleryFilter::connectCounts()
{
    const auto later = [this] { m_recount.start(); };
    connect(&m_store, &app::GalleryStore::pictureAdded, this, [this, later](const app::GalleryPicture &picture) {
        note(picture);
        later();
    });
    connect(&m_store, &app::GalleryStore::pictureChanged, this, [this, later](const app::GalleryPicture &picture) {
        note(picture);
        later();
    });
    connect(&m_store, &app::GalleryStore::picturesChanged, this,
            [this, later](const QList<app::GalleryPicture> &pictures) {
                for (const app::GalleryPicture &picture : pictures)
                    note(picture);
                later();
            });
    connect(&m_store, &app::GalleryStore::pictureRemoved, this, [this, later](qint64 id) {
        m_keys.remove(id);
        later();
    });
    connect(&m_store, &app::GalleryStore::picturesRemoved, this, [this, later](const QList<qint64> &ids) {
        for (const qint64 id : ids)
            m_keys.remove(id);
        later();
    });
    connect(&m_store, &app::GalleryStore::reset, this, &GalleryFilter::readKeys);
    connect(&m_store, &app::GalleryStore::scanned, this, &GalleryFilter::readKeys);
}

void GalleryFilter::readKeys()
{
    m_keys.clear();
    const QList<app::GalleryKey> keys = m_store.keys();
    m_keys.reserve(keys.size());
    for (const app::GalleryKey &key : keys)
        m_keys.insert(key.id, {key.createdMs, key.bytes, qint8(key.stars), key.isRejected});
    count();
}

void GalleryFilter::note(const app::GalleryPicture &picture)
{
    m_keys.insert(picture.id,
                  {picture.created.toMSecsSinceEpoch(), picture.bytes, qint8(picture.stars), picture.isRejected});
}

void GalleryFilter::count()
{
    Counts counts;
    counts.all = int(m_keys.size());
    for (const Key &key : std::as_const(m_keys)) {
        counts.starred += key.stars > 0;
        counts.rejected += key.isRejected;
        counts.bytes += key.bytes;
        counts.session += key.madeMs >= m_sessionStartMs;
    }
    m_counts = counts;
    Q_EMIT countsChanged();
}

void GalleryFilter::setSource(Source source, const QString &term)
{
    if (source == m_source && term == m_sourceTerm)
        return;
    m_source = source;
    m_sourceTerm = term;
    m_isAlike = false;
    apply();
}

void GalleryFilter::setSearch(const QString &text)
{
    m_searchText = text.trimmed();
    m_isAlike = false;
    apply();
}

void GalleryFilter::setSort(app::GallerySort sort, Qt::SortOrder direction)
{
    if (sort == app::GallerySort::Random)
        ++m_order.randomSeed; // asked for again: another order
    m_order.sort = sort;
    m_order.direction = direction;
    apply();
}

void GalleryFilter::setGrouping(app::GalleryGrouping grouping)
{
    if (grouping == m_order.grouping)
        return;
    m_order.grouping = grouping;
    apply();
}

void GalleryFilter::apply()
{
    m_problem = app::GalleryQuery(m_searchText).problem(); // what the source asks for is right
    QString source;
    switch (m_source) {
    case Source::All:
        break;
    case Source::Starred:
        source = QStringLiteral("stars:>0");
        break;
    case Source::Session:
        source = QStringLiteral("since:%1")
                     .arg(QDateTime::fromMSecsSinceEpoch(m_sessionStartMs).toString(Qt::ISODateWithMs));
        break;
    case Source::Rejected:
        source = QStringLiteral("is:rejected");
        break;
    case Source::Collection:
    case Source::Folder:
        source = m_sourceTerm;
        break;
    }
    m_isApplying = true;
    if (!m_isAlike)
        m_model.setView(app::GalleryQuery(QStringLiteral("%1 %2").arg(source, m_searchText).trimmed()), m_order);
    m_isApplying = false;
    Q_EMIT searched();
}

void GalleryFilter::setAlike(qint64 id, app::Likeness likeness)
{
    m_isAlike = true;
    m_isApplying = true;
    m_model.setFixed(m_store.moreLike(id, likeness));
    m_isApplying = false;
    Q_EMIT searched();
}

void GalleryFilter::clearAlike()
{
    if (!m_isAlike)
        return;
    m_isAlike = false;
    apply();
}

bool GalleryFilter::isGrouped() const
{
    return !m_isAlike && m_order.grouping != app::GalleryGrouping::None;
}

qint64 GalleryFilter::dayOf(int row) const
{
    return at(row).created.date().toJulianDay();
}

QStringList GalleryFilter::models() const
{
    return m_store.models();
}

int GalleryFilter::sortColumn() const
{
    switch (m_order.sort) {
    case app::GallerySort::Date:
        return MadeColumn;
    case app::GallerySort::Stars:
        return StarsColumn;
    case app::GallerySort::Seed:
        return SeedColumn;
    case app::GallerySort::Model:
        return ModelColumn;
    case app::GallerySort::Size:
        return SizeColumn;
    case app::GallerySort::Name:
        return FileColumn;
    case app::GallerySort::Random:
        return -1;
    }
    return -1;
}

std::optional<app::GallerySort> GalleryFilter::sortOfColumn(int column)
{
    switch (column) {
    case MadeColumn:
        return app::GallerySort::Date;
    case StarsColumn:
        return app::GallerySort::Stars;
    case SeedColumn:
        return app::GallerySort::Seed;
    case ModelColumn:
        return app::GallerySort::Model;
    case SizeColumn:
        return app::GallerySort::Size;
    case FileColumn:
    case PictureColumn:
        return app::GallerySort::Name;
    default:
        return std::nullopt;
    }
}

Qt::SortOrder GalleryFilter::usualDirection(app::GallerySort sort)
{
    const bool isFromA =
        sort == app::GallerySort::Model || sort == app::GallerySort::Name || sort == app::GallerySort::Seed;
    return isFromA ? Qt::AscendingOrder : Qt::DescendingOrder;
}

QList<qint64> GalleryFilter::idsOf(const QList<int> &rows) const
{
    QList<qint64> ids;
    ids.reserve(rows.size());
    for (const int row : rows) {
        if (const qint64 id = idAt(row))
            ids.append(id);
    }
    return ids;
}

QStringList GalleryFilter::pathsOf(const QList<int> &rows) const
{
    QStringList paths;
    paths.reserve(rows.size());
    for (const int row : rows) {
        const app::GalleryPicture picture = at(row);
        if (!picture.path.isEmpty())
            paths.append(picture.path);
    }
    return paths;
}

QList<int> GalleryFilter::rowsOf(const QItemSelection &selection)
{
    QList<int> rows;
    for (const QItemSelectionRange &range : selection) {
        if (range.left() > 0)
            continue;
        rows.reserve(rows.size() + range.height());
        for (int row = range.top(); row <= range.bottom(); ++row)
            rows.append(row);
    }
    std::sort(rows.begin(), rows.end());
    rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
    return rows;
}

ThumbnailState GalleryFilter::thumbnailState(int row) const
{
    ThumbnailState state;
    const app::GalleryPicture picture = at(row);
    if (picture.id == 0)
        return state;
    state.stars = picture.stars;
    state.label = picture.label;
    state.isRejected = picture.isRejected;
    const bool isBroken = picture.isMissing ||
                          (picture.fault != app::PictureFault::None && picture.fault != app::PictureFault::TextTooLong);
    if (!isBroken)
        state.image = m_model.data(m_model.index(row), app::GalleryModel::ThumbnailRole).value<QImage>();
    if (state.image.isNull() && (isBroken || m_thumbnails.hasFailed(picture.path))) {
        state.isMissing = true;
        const bool isThere = picture.fault != app::PictureFault::None || m_reasons.contains(picture.path);
        if (!picture.isMissing && isThere)
            state.missingText = tr("cannot be read");
    }
    return state;
}

QString GalleryFilter::reasonOf(const app::GalleryPicture &picture) const
{
    const QString known = app::galleryFaultSentence(picture);
    return known.isEmpty() ? m_reasons.value(picture.path) : known;
}

void GalleryFilter::findReason(const QString &path)
{
    // Looking at the file may take long (a network that hangs): elsewhere.
    QThreadPool::globalInstance()->start([filter = QPointer<GalleryFilter>(this), path] {
        const bool exists = QFileInfo::exists(path);
        const QString sentence = unreadableReason(path);
        QMetaObject::invokeMethod(
            qApp,
            [filter, path, sentence, exists] {
                if (!filter)
                    return;
                if (exists)
                    filter->m_reasons.insert(path, sentence);
                const int row = filter->rowOfPath(path);
                if (row >= 0)
                    Q_EMIT filter->dataChanged(filter->index(row, 0), filter->index(row, ColumnCount - 1), {});
            },
            Qt::QueuedConnection);
    });
}

int GalleryFilter::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : m_model.rowCount();
}

int GalleryFilter::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

Qt::ItemFlags GalleryFilter::flags(const QModelIndex &index) const
{
    return index.isValid() ? Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemIsDragEnabled : Qt::NoItemFlags;
}

QVariant GalleryFilter::displayOf(const app::GalleryPicture &picture, int column) const
{
    switch (column) {
    case PictureColumn:
        return picture.prompt.isEmpty() ? QFileInfo(picture.path).fileName() : picture.prompt.simplified();
    case StarsColumn:
        return picture.stars;
    case LabelColumn:
        return picture.label > 0 ? labelName(picture.label) : QString();
    case MadeColumn:
        return madeText(picture.created);
    case ModelColumn:
        return picture.model;
    case SamplerColumn:
        return picture.sampler.isEmpty() ? QString() : samplerText(picture.sampler.toStdString());
    case StepsColumn:
        return picture.steps > 0 ? QLocale().toString(picture.steps) : QString();
    case GuidanceColumn:
        return picture.cfg > 0.0 ? numberText(picture.cfg, 2) : QString();
    case SeedColumn:
        return picture.recipe.isEmpty() ? QString() : QString::number(picture.seed);
    case SizeColumn:
        return picture.size.isValid() ? sizeText(picture.size.width(), picture.size.height()) : QString();
    case BytesColumn:
        return QLocale().formattedDataSize(picture.bytes, 1, QLocale::DataSizeSIFormat);
    case TagsColumn:
        return picture.tags.join(QStringLiteral(", "));
    case FileColumn:
        return QFileInfo(picture.path).fileName();
    default:
        return {};
    }
}

QVariant GalleryFilter::data(const QModelIndex &index, int role) const
{
    if (!index.isValid())
        return {};
    if (role == Qt::DisplayRole)
        return displayOf(at(index.row()), index.column());
    if (role == Qt::AccessibleTextRole) {
        const app::GalleryPicture picture = at(index.row());
        QStringList parts = {picture.prompt.isEmpty() ? QFileInfo(picture.path).fileName() : picture.prompt};
        if (picture.stars > 0)
            parts.append(tr("%n star(s)", nullptr, picture.stars));
        if (picture.label > 0)
            parts.append(tr("label %1").arg(labelName(picture.label)));
        if (picture.isRejected)
            parts.append(tr("rejected"));
        parts.append(madeText(picture.created));
        return parts.join(QStringLiteral(", "));
    }
    if (role == Qt::ToolTipRole) {
        const app::GalleryPicture picture = at(index.row());
        const QString reason = reasonOf(picture);
        return reason.isEmpty() ? displayOf(picture, index.column() == PictureColumn ? FileColumn : index.column())
                                : reason;
    }
    return m_model.data(m_model.index(index.row()), role);
}

QVariant GalleryFilter::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole) {
        const bool isNumber =
            section == StepsColumn || section == GuidanceColumn || (section >= SeedColumn && section <= BytesColumn);
        return int((isNumber ? Qt::AlignTrailing : Qt::AlignLeading) | Qt::AlignVCenter);
    }
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case PictureColumn:
        return tr("Picture");
    case StarsColumn:
        return tr("Stars");
    case LabelColumn:
        return tr("Label");
    case MadeColumn:
        return tr("Made");
    case ModelColumn:
        return tr("Model");
    case SamplerColumn:
        return tr("Sampler");
    case StepsColumn:
        return tr("Steps");
    case GuidanceColumn:
        return tr("Guidance");
    case SeedColumn:
        return tr("Seed");
    case SizeColumn:
        return tr("Size");
    case BytesColumn:
        return tr("Bytes");
    case TagsColumn:
        return tr("Tags");
    case FileColumn:
        return tr("File");
    default:
        return {};
    }
}

} // namespace ui
