#include "ui/compare/compare_model.h"

#include "app/gallery_store.h"
#include "app/image_file.h"
#include "app/job_queue.h"
#include "app/large_picture.h"
#include "ui/create/words.h"
#include "ui/gallery/picture_details.h"
#include "ui/gallery/picture_loader.h"

#include <QDir>
#include <QFileInfo>
#include <QLocale>
#include <QMimeData>
#include <QUrl>

#include <algorithm>

namespace ui {

namespace {

constexpr int kThumbnail = 112;
constexpr auto kRowType = "application/x-tincture-compare-row";

} // namespace

/// A picture as a worker has read it.
struct CompareModel::Prepared
{
    PictureLevels picture = {};
    QSize size = {};
    QString problem = {};
    QString note = {};
    std::optional<app::Recipe> recipe = {};
    QDateTime made = {};
};

struct CompareModel::Compared
{
    app::PictureLikeness likeness = {};
    QImage difference = {};
};

CompareModel::CompareModel(app::JobQueue &queue, app::GalleryStore &store, QObject *parent)
    : QAbstractListModel(parent), m_queue(queue), m_store(store)
{
    m_pool.setMaxThreadCount(2);
    connect(&queue, &app::JobQueue::jobStarted, this, [this](app::JobId job) {
        for (CompareSlot &slot : m_slots) {
            if (slot.kind == CompareSlot::Kind::Live && slot.job == 0)
                follow(slot, job);
        }
        onProgress(job);
    });
    connect(&queue, &app::JobQueue::jobProgressed, this, &CompareModel::onProgress);
    connect(&queue, &app::JobQueue::pictureSaved, this, &CompareModel::onSaved);
    connect(&queue, &app::JobQueue::jobEnded, this, &CompareModel::onEnded);
    connect(&store, &app::GalleryStore::pictureChanged, this, [this](const app::GalleryPicture &picture) {
        for (int row = 0; row < count(); ++row) {
            if (m_slots.at(row).galleryId == picture.id && m_slots.at(row).stars != picture.stars) {
                m_slots[row].stars = picture.stars;
                rowChanged(row);
            }
        }
    });
    connect(&store, &app::GalleryStore::pictureRemoved, this, [this](qint64, const QString &path) {
        if (const int row = rowOf(path); row >= 0)
            reload(row); // says that the file is gone
    });
}

CompareModel::~CompareModel()
{
    m_pool.clear();
    m_pool.waitForDone();
}

QString CompareModel::letter(int row)
{
    return QString(QChar(u'A' + char16_t(row)));
}

int CompareModel::rowOf(const QString &path) const
{
    for (int row = 0; row < count(); ++row) {
        if (!path.isEmpty() && m_slots.at(row).path == path)
            return row;
    }
    return -1;
}

int CompareModel::rowOfId(quint64 id) const
{
    for (int row = 0; row < count(); ++row) {
        if (m_slots.at(row).id == id)
            return row;
    }
    return -1;
}

QSize CompareModel::frame() const
{
    for (const CompareSlot &slot : m_slots) {
        if (slot.isReady())
            return slot.kind == CompareSlot::Kind::Live && !slot.size.isEmpty() ? slot.size : slot.picture.size();
    }
    return {};
}

void CompareModel::setFiles(const QStringList &paths)
{
    beginResetModel();
    m_slots.clear();
    m_compared.clear();
    endResetModel();
    addFiles(paths);
    Q_EMIT changed();
}

void CompareModel::addFiles(const QStringList &paths, int row)
{
    int at = row < 0 ? count() : std::min(row, count());
    int left = 0;
    for (const QString &each : paths) {
        const QString path = QFileInfo(each).absoluteFilePath();
        if (rowOf(path) >= 0)
            continue;
        if (count() >= kMost) {
            ++left;
            continue;
        }
        beginInsertRows({}, at, at);
        m_slots.insert(at, CompareSlot{.id = ++m_lastId, .path = path, .title = QFileInfo(path).fileName()});
        endInsertRows();
        read(m_slots[at]);
        ++at;
    }
    if (left > 0)
        Q_EMIT notice(tr("%n picture(s) left out: 16 can be compared at a time", nullptr, left));
    Q_EMIT changed();
}

void CompareModel::replace(int row, const QString &path)
{
    if (row < 0 || row >= count())
        return addFiles({path});
    Q_EMIT aboutToReplace();
    CompareSlot &slot = m_slots[row];
    const QString file = QFileInfo(path).absoluteFilePath();
    slot = CompareSlot{.id = ++m_lastId, .path = file, .title = QFileInfo(file).fileName()};
    read(slot);
    rowChanged(row);
}

void CompareModel::addImage(const QImage &image, const QString &title)
{
    if (count() >= kMost) {
        Q_EMIT notice(tr("%n picture(s) left out: 16 can be compared at a time", nullptr, 1));
        return;
    }
    beginInsertRows({}, count(), count());
    CompareSlot slot{.id = ++m_lastId, .kind = CompareSlot::Kind::Image, .title = title, .isLoading = true};
    slot.detail = tr("not saved");
    m_slots.append(slot);
    endInsertRows();
    ++m_working;
    m_pool.start([this, image, id = slot.id] {
        const Prepared prepared = prepare(image);
        QMetaObject::invokeMethod(
            this, [this, id, prepared] { onPrepared(id, 0, prepared); }, Qt::QueuedConnection);
    });
    Q_EMIT changed();
}

void CompareModel::addLive()
{
    for (const CompareSlot &slot : std::as_const(m_slots)) {
        if (slot.kind == CompareSlot::Kind::Live)
            return; // one follows the work already
    }
    if (count() >= kMost) {
        Q_EMIT notice(tr("%n picture(s) left out: 16 can be compared at a time", nullptr, 1));
        return;
    }
    beginInsertRows({}, count(), count());
    CompareSlot slot{.id = ++m_lastId, .kind = CompareSlot::Kind::Live, .title = tr("The forming picture")};
    slot.detail = tr("waits for the next picture");
    m_slots.append(slot);
    endInsertRows();
    if (const app::Job *job = m_queue.running()) {
        follow(m_slots.last(), job->id);
        onProgress(job->id);
    }
    Q_EMIT changed();
}

void CompareModel::remove(int row)
{
    if (row < 0 || row >= count())
        return;
    beginRemoveRows({}, row, row);
    m_slots.removeAt(row);
    endRemoveRows();
    compareAll();
    Q_EMIT changed();
}

void CompareModel::clear()
{
    setFiles({});
}

void CompareModel::move(int from, int to)
{
    if (from < 0 || to < 0 || from >= count() || to >= count() || from == to)
        return;
    beginMoveRows({}, from, from, {}, to > from ? to + 1 : to);
    m_slots.move(from, to);
    endMoveRows();
    compareAll();
    Q_EMIT dataChanged(index(0, 0), index(count() - 1, 0)); // the letters
    Q_EMIT changed();
}

void CompareModel::swap(int first, int second)
{
    if (first < 0 || second < 0 || first >= count() || second >= count() || first == second)
        return;
    m_slots.swapItemsAt(first, second);
    compareAll();
    Q_EMIT dataChanged(index(0, 0), index(count() - 1, 0));
    Q_EMIT changed();
}

void CompareModel::reload(int row)
{
    if (row < 0 || row >= count() || m_slots.at(row).kind != CompareSlot::Kind::File)
        return;
    read(m_slots[row]);
    rowChanged(row);
}

CompareModel::Prepared CompareModel::prepare(const QString &path)
{
    Prepared out;
    const app::LargePicture read = app::readLargePicture(path, kMostPixels);
    out.size = read.size;
    if (read.image.isNull()) {
        const QString name = QFileInfo(path).fileName();
        const QLocale locale;
        if (!QFileInfo::exists(path))
            out.problem = tr("\"%1\" is not there any more. Bring the file back, or take it out here.").arg(name);
        else if (read.isTooLarge)
            out.problem = tr("\"%1\" is too large to compare: %2 × %3 pixels. Save it as a PNG that is not interlaced.")
                              .arg(name, locale.toString(read.size.width()), locale.toString(read.size.height()));
        else
            out.problem = unreadableReason(path);
        if (out.problem.isEmpty())
            out.problem = tr("\"%1\" is damaged: part of the file is missing. Copy it here again.").arg(name);
        return out;
    }
    out.picture = PictureLevels(read.image);
    if (read.isReduced()) {
        const QLocale locale;
        out.note = tr("scaled from %1 × %2 to %3 × %4")
                       .arg(locale.toString(read.size.width()), locale.toString(read.size.height()),
                            locale.toString(read.image.width()), locale.toString(read.image.height()));
    }
    const app::PictureInfo info = app::readPictureInfo(path);
    out.recipe = info.recipe;
    out.made = info.recipe && info.recipe->created.isValid() ? info.recipe->created
                                                             : QDateTime::fromMSecsSinceEpoch(info.modifiedMs);
    return out;
}

CompareModel::Prepared CompareModel::prepare(const QImage &image)
{
    Prepared out;
    out.size = image.size();
    const qint64 pixels = qint64(image.width()) * image.height();
    QImage shown = image;
    if (pixels > kMostPixels) {
        const double factor = std::sqrt(double(kMostPixels) / double(pixels));
        shown = image.scaled(std::max(1, int(image.width() * factor)), std::max(1, int(image.height() * factor)),
                             Qt::IgnoreAspectRatio, Qt::SmoothTransformation);
        const QLocale locale;
        out.note = tr("scaled from %1 × %2 to %3 × %4")
                       .arg(locale.toString(image.width()), locale.toString(image.height()),
                            locale.toString(shown.width()), locale.toString(shown.height()));
    }
    out.picture = PictureLevels(shown);
    return out;
}

CompareModel::Compared CompareModel::compare(const QImage &a, const QImage &b)
{
    return {app::likeness(a, b), app::differenceMap(a, b)};
}

void CompareModel::read(CompareSlot &slot)
{
    slot.isLoading = true;
    const int revision = ++slot.revision;
    takeFacts(slot);
    ++m_working;
    m_pool.start([this, path = slot.path, id = slot.id, revision] {
        const Prepared prepared = prepare(path);
        QMetaObject::invokeMethod(
            this, [this, id, revision, prepared] { onPrepared(id, revision, prepared); }, Qt::QueuedConnection);
    });
}

void CompareModel::takeFacts(CompareSlot &slot) const
{
    slot.galleryId = slot.path.isEmpty() ? 0 : m_store.idOf(slot.path);
    if (slot.galleryId != 0) {
        const QList<app::GalleryPicture> found = m_store.pictures({slot.galleryId});
        if (!found.isEmpty())
            slot.stars = found.first().stars;
    }
    if (!slot.recipe) {
        if (slot.made.isValid())
            slot.detail = madeText(slot.made.toLocalTime());
        return;
    }
    const QString prompt = QString::fromStdString(slot.recipe->request.prompt).simplified();
    if (!prompt.isEmpty())
        slot.title = prompt;
    slot.detail = slot.recipe->has(QStringLiteral("seed"))
                      ? tr("%1, seed %2").arg(madeText(slot.made.toLocalTime())).arg(slot.recipe->request.seed)
                      : madeText(slot.made.toLocalTime());
}

void CompareModel::onPrepared(quint64 id, int revision, const Prepared &prepared)
{
    --m_working;
    const int row = rowOfId(id);
    if (row < 0 || m_slots.at(row).revision != revision)
        return;
    CompareSlot &slot = m_slots[row];
    slot.isLoading = false;
    slot.problem = prepared.problem;
    slot.note = prepared.note;
    if (slot.kind == CompareSlot::Kind::Live) {
        slot.picture = prepared.picture;
        ++slot.revision;
        m_compared.remove(id);
        compareAll();
        rowChanged(row);
        return;
    }
    slot.picture = prepared.picture;
    slot.size = prepared.size;
    if (slot.kind == CompareSlot::Kind::File) {
        slot.recipe = prepared.recipe;
        slot.made = prepared.made;
        takeFacts(slot);
    }
    ++slot.revision;
    compareAll();
    rowChanged(row);
}

quint64 CompareModel::comparisonKey(const CompareSlot &slot) const
{
    const CompareSlot &first = m_slots.first();
    return (first.id * 1'000'003 + quint64(first.revision)) * 1'000'003 + slot.id * 1009 + quint64(slot.revision);
}

void CompareModel::compareAll()
{
    for (int row = 1; row < count(); ++row)
        compareWith(row);
    if (count() > 0 && m_slots.first().likeness.isValid) {
        m_slots.first().likeness = {};
        m_slots.first().difference = {};
    }
}

void CompareModel::compareWith(int row)
{
    CompareSlot &slot = m_slots[row];
    const CompareSlot &first = m_slots.first();
    if (!slot.isReady() || !first.isReady()) {
        slot.likeness = {};
        slot.difference = {};
        m_compared.remove(slot.id);
        return;
    }
    const quint64 key = comparisonKey(slot);
    if (m_compared.value(slot.id) == key || m_comparing.contains(slot.id))
        return; // it is done, or what is under way looks again when it ends
    m_comparing.insert(slot.id, key);
    ++m_working;
    m_pool.start([this, id = slot.id, key, a = first.picture.picture(), b = slot.picture.picture()] {
        const Compared compared = compare(a, b);
        QMetaObject::invokeMethod(
            this, [this, id, key, compared] { onCompared(id, key, compared); }, Qt::QueuedConnection);
    });
}

void CompareModel::onCompared(quint64 id, quint64 key, const Compared &compared)
{
    --m_working;
    m_comparing.remove(id);
    const int row = rowOfId(id);
    if (row < 1) // it went, or is A now
        return;
    CompareSlot &slot = m_slots[row];
    const bool isNewest = key == comparisonKey(slot);
    if (isNewest || slot.kind == CompareSlot::Kind::Live) {
        slot.likeness = compared.likeness;
        slot.difference = compared.difference;
        m_compared.insert(id, key);
        Q_EMIT likenessChanged(row);
    }
    if (!isNewest)
        compareWith(row);
}

void CompareModel::follow(CompareSlot &slot, app::JobId job)
{
    slot.job = job;
    slot.jobPicture = 0;
    if (const app::Job *found = m_queue.find(job)) {
        slot.jobPicture = found->picturesFinished;
        app::Recipe recipe;
        recipe.request = found->request;
        recipe.modelName = app::modelNameOf(found->request.model);
        recipe.request.seed += quint64(slot.jobPicture);
        slot.recipe = recipe;
        const QString prompt = QString::fromStdString(found->request.prompt).simplified();
        slot.title = prompt.isEmpty() ? tr("The forming picture") : prompt;
        slot.size = QSize(found->request.width, found->request.height);
    }
}

void CompareModel::onProgress(app::JobId id)
{
    const app::Job *job = m_queue.find(id);
    for (int row = 0; job != nullptr && row < count(); ++row) {
        CompareSlot &slot = m_slots[row];
        if (slot.kind != CompareSlot::Kind::Live || slot.job != id)
            continue;
        slot.detail = tr("forming, %1").arg(workText(*job));
        slot.progress = job->steps > 0 ? double(job->step) / job->steps : 0.0;
        const bool isNew = !job->preview.isNull() && m_previewKeys.value(slot.id) != job->preview.cacheKey();
        // What is not worked off yet is left out: the newest frame wins.
        if (isNew && !slot.isLoading) {
            m_previewKeys.insert(slot.id, job->preview.cacheKey());
            slot.isLoading = true;
            ++m_working;
            m_pool.start([this, image = job->preview, slotId = slot.id, revision = slot.revision] {
                const Prepared prepared = prepare(image);
                QMetaObject::invokeMethod(
                    this, [this, slotId, revision, prepared] { onPrepared(slotId, revision, prepared); },
                    Qt::QueuedConnection);
            });
        }
        Q_EMIT dataChanged(index(row, 0), index(row, 0));
        if (!slot.isReady())
            Q_EMIT changed(); // its words stand where the picture will
    }
}

void CompareModel::onSaved(app::JobId job, const QString &path)
{
    for (int row = 0; row < count(); ++row) {
        CompareSlot &slot = m_slots[row];
        if (slot.kind != CompareSlot::Kind::Live || slot.job != job)
            continue;
        slot.kind = CompareSlot::Kind::File;
        slot.path = QFileInfo(path).absoluteFilePath();
        slot.progress = -1.0;
        slot.job = 0;
        m_previewKeys.remove(slot.id);
        read(slot); // the preview stays until it is there
        rowChanged(row);
        return;
    }
}

void CompareModel::onEnded(app::JobId job)
{
    for (int row = 0; row < count(); ++row) {
        CompareSlot &slot = m_slots[row];
        if (slot.kind != CompareSlot::Kind::Live || slot.job != job)
            continue;
        // Stopped or failed: the slot takes the next one.
        slot.job = 0;
        slot.progress = -1.0;
        slot.detail = tr("waits for the next picture");
        rowChanged(row);
    }
}

void CompareModel::rowChanged(int row)
{
    Q_EMIT dataChanged(index(row, 0), index(row, 0));
    Q_EMIT changed();
}

int CompareModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : count();
}

QVariant CompareModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid() || index.row() >= count())
        return {};
    const CompareSlot &slot = m_slots.at(index.row());
    switch (role) {
    case Qt::DisplayRole:
        return slot.title;
    case Qt::ToolTipRole:
        return !slot.problem.isEmpty() ? slot.problem
               : slot.note.isEmpty()   ? slot.path
                                       : tr("%1: %2").arg(slot.path, slot.note);
    case Qt::AccessibleTextRole:
        return tr("%1: %2, %3")
            .arg(letter(index.row()), slot.title, slot.problem.isEmpty() ? slot.detail : slot.problem);
    case LetterRole:
        return letter(index.row());
    case DetailRole:
        return !slot.problem.isEmpty() ? slot.problem
               : slot.note.isEmpty()   ? slot.detail
                                       : tr("%1, %2").arg(slot.note, slot.detail);
    case ProblemRole:
        return slot.problem;
    case ThumbnailRole:
        return slot.picture.about(kThumbnail);
    case ProgressRole:
        return slot.progress;
    default:
        return {};
    }
}

Qt::ItemFlags CompareModel::flags(const QModelIndex &index) const
{
    const Qt::ItemFlags flags = QAbstractListModel::flags(index);
    return index.isValid() ? flags | Qt::ItemIsDragEnabled | Qt::ItemIsDropEnabled : flags | Qt::ItemIsDropEnabled;
}

Qt::DropActions CompareModel::supportedDropActions() const
{
    return Qt::MoveAction | Qt::CopyAction;
}

QStringList CompareModel::mimeTypes() const
{
    return {QLatin1String(kRowType), QStringLiteral("text/uri-list")};
}

QMimeData *CompareModel::mimeData(const QModelIndexList &indexes) const
{
    if (indexes.isEmpty())
        return nullptr;
    auto *data = new QMimeData;
    const int row = indexes.first().row();
    data->setData(QLatin1String(kRowType), QByteArray::number(row));
    if (!m_slots.at(row).path.isEmpty())
        data->setUrls({QUrl::fromLocalFile(m_slots.at(row).path)});
    return data;
}

bool CompareModel::dropMimeData(const QMimeData *data, Qt::DropAction, int row, int, const QModelIndex &parent)
{
    if (data->hasFormat(QLatin1String(kRowType))) {
        const int from = data->data(QLatin1String(kRowType)).toInt();
        const int to = parent.isValid() ? parent.row() : row < 0 ? count() - 1 : row > from ? row - 1 : row;
        move(from, std::clamp(to, 0, count() - 1));
        return false; // moved already: the view takes nothing out
    }
    QStringList paths;
    const QList<QUrl> urls = data->urls();
    for (const QUrl &url : urls) {
        if (url.isLocalFile())
            paths.append(url.toLocalFile());
    }
    if (paths.isEmpty())
        return false;
    if (parent.isValid() && paths.size() == 1)
        replace(parent.row(), paths.first());
    else
        addFiles(paths, parent.isValid() ? parent.row() : row);
    return true;
}

} // namespace ui
