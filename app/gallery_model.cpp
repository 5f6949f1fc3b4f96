#include "app/gallery_model.h"

#include "app/gallery_query.h"
#include "app/thumbnails.h"

#include <QJsonDocument>
#include <QSet>

#include <algorithm>
#include <tuple>

namespace app {

namespace {

constexpr int kPage = 64;      ///< rows read at once
constexpr int kKept = 64 * 64; ///< rows kept in memory

std::optional<Recipe> recipeOf(const GalleryPicture &picture)
{
    return recipeFromJson(QJsonDocument::fromJson(picture.recipe).object());
}

} // namespace

GalleryModel::GalleryModel(GalleryStore &store, Thumbnails &thumbnails, QObject *parent)
    : QAbstractListModel(parent)
    , m_store(store)
    , m_thumbnails(thumbnails)
    , m_query(std::make_unique<GalleryQuery>())
    , m_pictures(kKept)
{
    connect(&store, &GalleryStore::pictureAdded, this, &GalleryModel::onAdded);
    connect(&store, &GalleryStore::pictureChanged, this,
            [this](const GalleryPicture &picture) { onChanged({picture}); });
    connect(&store, &GalleryStore::picturesChanged, this, &GalleryModel::onChanged);
    connect(&store, &GalleryStore::picturesRemoved, this, &GalleryModel::onRemoved);
    connect(&store, &GalleryStore::reset, this, &GalleryModel::reload);
    connect(&store, &GalleryStore::marksSaved, this, [this] {
        if (!m_query->isEmpty() && dependsOnMarks())
            update(); // the full text knows the new tags and notes now
    });
    connect(&thumbnails, &Thumbnails::ready, this, &GalleryModel::onThumbnail);
    connect(&thumbnails, &Thumbnails::failed, this, &GalleryModel::onThumbnail);
}

GalleryModel::~GalleryModel() = default;

QList<qint64> GalleryModel::wanted() const
{
    if (!m_isFixed)
        return m_store.search(*m_query, m_order);
    QList<qint64> left = m_ids;
    const QList<GalleryKey> known = m_store.keys();
    QSet<qint64> all;
    for (const GalleryKey &key : known)
        all.insert(key.id);
    left.removeIf([&all](qint64 id) { return !all.contains(id); });
    return left;
}

void GalleryModel::reload()
{
    QList<qint64> ids = wanted();
    beginResetModel();
    m_pictures.clear();
    m_asked.clear();
    m_ids = std::move(ids);
    forgetGroups();
    endResetModel();
}

void GalleryModel::setView(const GalleryQuery &query, const GalleryOrder &order)
{
    const bool isSame = !m_isFixed && query == *m_query && order == m_order;
    *m_query = query;
    m_order = order;
    m_isFixed = false;
    if (isSame)
        return;
    QList<qint64> ids = wanted();
    beginResetModel(); // what was read of the pictures stays
    m_ids = std::move(ids);
    forgetGroups();
    endResetModel();
}

void GalleryModel::setFixed(const QList<qint64> &ids)
{
    beginResetModel();
    m_isFixed = true;
    m_ids = ids;
    forgetGroups();
    endResetModel();
}

const QList<GalleryGroup> &GalleryModel::groups() const
{
    if (!m_hasGroups) {
        m_groups = m_isFixed ? QList<GalleryGroup>() : m_store.groups(m_ids, m_order.grouping);
        m_hasGroups = true;
    }
    return m_groups;
}

int GalleryModel::groupOf(int row) const
{
    const QList<GalleryGroup> &all = groups();
    const auto behind = std::upper_bound(all.begin(), all.end(), row,
                                         [](int at, const GalleryGroup &group) { return at < group.first; });
    return int(behind - all.begin()) - 1;
}

int GalleryModel::rowOf(qint64 id) const
{
    return id == 0 ? -1 : int(m_ids.indexOf(id));
}

void GalleryModel::setThumbnailSide(int pixels)
{
    if (pixels == m_side)
        return;
    m_side = pixels;
    if (!m_ids.isEmpty())
        Q_EMIT dataChanged(index(0), index(int(m_ids.size()) - 1), {ThumbnailRole});
}

void GalleryModel::setVisibleRows(int first, int last)
{
    QSet<QString> paths;
    for (int row = std::max(first, 0); row <= std::min(last, int(m_ids.size()) - 1); ++row) {
        if (const GalleryPicture *picture = at(row))
            paths.insert(picture->path);
    }
    m_thumbnails.keepOnly(paths);
    m_asked.removeIf([&paths](const QHash<QString, qint64>::iterator asked) { return !paths.contains(asked.key()); });
}

int GalleryModel::rowOf(const QString &path) const
{
    return rowOf(m_store.idOf(path));
}

GalleryPicture GalleryModel::picture(int row) const
{
    const GalleryPicture *found = at(row);
    return found ? *found : GalleryPicture();
}

const GalleryPicture *GalleryModel::at(int row) const
{
    if (row < 0 || row >= int(m_ids.size()))
        return nullptr;
    if (const GalleryPicture *kept = m_pictures.object(m_ids[row]))
        return kept;
    const int first = row / kPage * kPage;
    const QList<GalleryPicture> page = m_store.pictures(m_ids.mid(first, kPage));
    for (const GalleryPicture &picture : page)
        m_pictures.insert(picture.id, new GalleryPicture(picture));
    return m_pictures.object(m_ids[row]);
}

bool GalleryModel::dependsOnMarks() const
{
    using Field = GalleryQuery::Field;
    if (m_order.sort == GallerySort::Stars)
        return true;
    for (const QList<GalleryQuery::Condition> &clause : m_query->clauses()) {
        for (const GalleryQuery::Condition &condition : clause) {
            switch (condition.field) {
            case Field::Words:
            case Field::Note:
            case Field::Tag:
            case Field::Collection:
            case Field::Stars:
            case Field::Label:
            case Field::Is:
            case Field::Has:
                return true;
            default:
                break;
            }
        }
    }
    return false;
}

void GalleryModel::insertRow(int row, qint64 id)
{
    beginInsertRows({}, row, row);
    m_ids.insert(row, id);
    forgetGroups();
    endInsertRows();
}

void GalleryModel::onAdded(const GalleryPicture &picture)
{
    if (m_isFixed || m_ids.contains(picture.id))
        return; // reload() saw it first
    m_pictures.insert(picture.id, new GalleryPicture(picture));
    const bool isByDate = m_order.sort == GallerySort::Date && m_order.direction == Qt::DescendingOrder &&
                          m_order.grouping != GalleryGrouping::Batch && m_order.grouping != GalleryGrouping::Model;
    if (!isByDate || !m_query->isEmpty()) {
        update();
    } else {
        // Rows are sorted by date, newest first, then by id.
        int low = 0;
        int high = int(m_ids.size());
        while (low < high) {
            const int middle = (low + high) / 2;
            const GalleryPicture *other = at(middle);
            const bool isNewer = !other || std::tie(picture.created, picture.id) > std::tie(other->created, other->id);
            if (isNewer)
                high = middle;
            else
                low = middle + 1;
        }
        insertRow(low, picture.id);
    }
    const int row = rowOf(picture.id);
    if (row >= 0)
        Q_EMIT pictureArrived(row);
}

void GalleryModel::update()
{
    const QList<qint64> ids = wanted();
    if (ids == m_ids)
        return;
    constexpr int kFewRows = 200;
    const QSet<qint64> stay(ids.begin(), ids.end());
    const QSet<qint64> were(m_ids.begin(), m_ids.end());
    QList<qint64> kept = ids; // in the new order
    kept.removeIf([&were](qint64 id) { return !were.contains(id); });
    QList<qint64> keptBefore = m_ids;
    keptBefore.removeIf([&stay](qint64 id) { return !stay.contains(id); });
    const qsizetype changes = m_ids.size() - keptBefore.size() + ids.size() - kept.size();
    if (kept != keptBefore || changes > kFewRows) {
        beginResetModel();
        m_ids = ids;
        forgetGroups();
        endResetModel();
        return;
    }
    for (int last = int(m_ids.size()) - 1; last >= 0; --last) {
        if (stay.contains(m_ids[last]))
            continue;
        int first = last;
        while (first > 0 && !stay.contains(m_ids[first - 1]))
            --first;
        beginRemoveRows({}, first, last);
        m_ids.remove(first, last - first + 1);
        forgetGroups();
        endRemoveRows();
        last = first;
    }
    for (int row = 0; row < int(ids.size()); ++row) {
        if (row >= int(m_ids.size()) || m_ids[row] != ids[row])
            insertRow(row, ids[row]);
    }
}

void GalleryModel::onChanged(const QList<GalleryPicture> &pictures)
{
    QSet<qint64> changed;
    for (const GalleryPicture &picture : pictures) {
        const GalleryPicture *old = m_pictures.object(picture.id);
        if (old && old->modifiedMs != picture.modifiedMs)
            m_thumbnails.forget(picture.path);
        m_pictures.insert(picture.id, new GalleryPicture(picture));
        changed.insert(picture.id);
    }
    if (!m_isFixed && (!m_query->isEmpty() || dependsOnMarks()))
        update();
    forgetGroups();
    for (int first = 0; first < int(m_ids.size()) && !changed.isEmpty(); ++first) {
        if (!changed.remove(m_ids[first]))
            continue;
        int last = first;
        while (last + 1 < int(m_ids.size()) && changed.remove(m_ids[last + 1]))
            ++last;
        Q_EMIT dataChanged(index(first), index(last));
        first = last;
    }
}

void GalleryModel::onRemoved(const QList<qint64> &ids)
{
    const QSet<qint64> gone(ids.begin(), ids.end());
    for (const qint64 id : ids)
        m_pictures.remove(id);
    for (int last = int(m_ids.size()) - 1; last >= 0; --last) {
        if (!gone.contains(m_ids[last]))
            continue;
        int first = last;
        while (first > 0 && gone.contains(m_ids[first - 1]))
            --first;
        beginRemoveRows({}, first, last);
        m_ids.remove(first, last - first + 1);
        forgetGroups();
        endRemoveRows();
        last = first;
    }
}

void GalleryModel::onThumbnail(const QString &path)
{
    const qsizetype row = m_ids.indexOf(m_asked.take(path));
    if (row >= 0)
        Q_EMIT dataChanged(index(int(row)), index(int(row)), {ThumbnailRole, ThumbnailFailedRole, Qt::DecorationRole});
}

int GalleryModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_ids.size());
}

QVariant GalleryModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    if (role == IdRole)
        return m_ids[index.row()]; // filters ask it of every row: no page is read for it
    const GalleryPicture *picture = at(index.row());
    if (!picture)
        return {};
    switch (role) {
    case Qt::DisplayRole:
    case PromptRole:
        return picture->prompt;
    case Qt::ToolTipRole:
    case PathRole:
        return picture->path;
    case IdRole:
        return picture->id;
    case ThumbnailRole: {
        const QImage image = m_thumbnails.get(picture->path, m_side);
        if (image.isNull())
            m_asked.insert(picture->path, picture->id);
        return image;
    }
    case ThumbnailFailedRole:
        return m_thumbnails.hasFailed(picture->path);
    case RecipeRole: {
        const std::optional<Recipe> recipe = recipeOf(*picture);
        return recipe ? QVariant::fromValue(*recipe) : QVariant();
    }
    case DateRole:
        return picture->created;
    case SizeRole:
        return picture->size;
    case BytesRole:
        return picture->bytes;
    case ModelRole:
        return picture->model;
    case SamplerRole:
        return picture->sampler;
    case StepsRole:
        return picture->steps;
    case CfgRole:
        return picture->cfg;
    case SeedRole:
        return QVariant::fromValue(picture->seed);
    case StarsRole:
        return picture->stars;
    case PictureRole:
        return QVariant::fromValue(*picture);
    case LabelRole:
        return picture->label;
    case RejectedRole:
        return picture->isRejected;
    case TagsRole:
        return picture->tags;
    case NoteRole:
        return picture->note;
    case CollectionsRole:
        return picture->collections;
    case FolderRole:
        return picture->folder;
    case HashRole:
        return picture->hash;
    case ParentRole:
        return picture->parent;
    case BranchStepRole:
        return picture->branchStep;
    case BatchRole:
        return picture->batch;
    case MissingRole:
        return picture->isMissing;
    case FaultRole:
        return galleryFaultSentence(*picture);
    case NegativeRole:
        return picture->negative;
    case ScheduleRole:
        return picture->schedule;
    case NameRole:
        return picture->path.section(u'/', -1);
    default:
        return {};
    }
}

QHash<int, QByteArray> GalleryModel::roleNames() const
{
    return {{IdRole, "id"},
            {PathRole, "path"},
            {ThumbnailRole, "thumbnail"},
            {ThumbnailFailedRole, "thumbnailFailed"},
            {RecipeRole, "recipe"},
            {PromptRole, "prompt"},
            {DateRole, "date"},
            {SizeRole, "size"},
            {BytesRole, "bytes"},
            {ModelRole, "model"},
            {SamplerRole, "sampler"},
            {StepsRole, "steps"},
            {CfgRole, "cfg"},
            {SeedRole, "seed"},
            {StarsRole, "stars"},
            {PictureRole, "picture"},
            {LabelRole, "label"},
            {RejectedRole, "rejected"},
            {TagsRole, "tags"},
            {NoteRole, "note"},
            {CollectionsRole, "collections"},
            {FolderRole, "folder"},
            {HashRole, "hash"},
            {ParentRole, "parent"},
            {BranchStepRole, "branchStep"},
            {BatchRole, "batch"},
            {MissingRole, "missing"},
            {FaultRole, "fault"},
            {NegativeRole, "negative"},
            {ScheduleRole, "schedule"},
            {NameRole, "name"}};
}

} // namespace app
