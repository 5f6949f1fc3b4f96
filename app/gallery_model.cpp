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
    : QAbstractListModel(parent), m_store(store), m_thumbnails(thumbnails), m_query(std::make_unique<GalleryQuery>()), m_pictures(kKept)
{
    connect(&store, &GalleryStore::pictureAdded, this, &GalleryModel::onAdded);
    connect(&store, &GalleryStore::pictureChanged, this, &GalleryModel::onChanged);
    connect(&store, &GalleryStore::pictureRemoved, this, &GalleryModel::onRemoved);
    connect(&store, &GalleryStore::reset, this, &GalleryModel::reload);
    connect(&thumbnails, &Thumbnails::ready, this, &GalleryModel::onThumbnail);
    connect(&thumbnails, &Thumbnails::failed, this, &GalleryModel::onThumbnail);
}

GalleryModel::~GalleryModel() = default;

void GalleryModel::reload()
{
    beginResetModel();
    m_pictures.clear();
    m_asked.clear();
    m_ids = m_store.ids();
    endResetModel();
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
    const qint64 id = m_store.idOf(path);
    return id == 0 ? -1 : int(m_ids.indexOf(id));
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

void GalleryModel::onAdded(const GalleryPicture &picture)
{
    if (m_ids.contains(picture.id))
        return; // reload() saw it first
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
    beginInsertRows({}, low, low);
    m_ids.insert(low, picture.id);
    m_pictures.insert(picture.id, new GalleryPicture(picture));
    endInsertRows();
    Q_EMIT pictureArrived(low);
}

void GalleryModel::onChanged(const GalleryPicture &picture)
{
    const qsizetype row = m_ids.indexOf(picture.id);
    if (row < 0)
        return;
    const GalleryPicture *old = m_pictures.object(picture.id);
    if (old && old->modifiedMs != picture.modifiedMs)
        m_thumbnails.forget(picture.path);
    m_pictures.insert(picture.id, new GalleryPicture(picture));
    Q_EMIT dataChanged(index(int(row)), index(int(row)));
}

void GalleryModel::onRemoved(qint64 id)
{
    const qsizetype row = m_ids.indexOf(id);
    if (row < 0)
        return;
    beginRemoveRows({}, int(row), int(row));
    m_ids.removeAt(row);
    m_pictures.remove(id);
    endRemoveRows();
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
            {PictureRole, "picture"}};
}

} // namespace app
