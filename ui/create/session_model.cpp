#include "ui/create/session_model.h"

#include "ui/create/words.h"

#include <QLocale>

#include <algorithm>

namespace ui {

namespace {

constexpr int kThumbnailPixels = 160;
constexpr qsizetype kImageBytes = qsizetype(256) << 20; ///< full pictures kept in memory

QImage thumbnailOf(const QImage &image)
{
    if (image.width() <= kThumbnailPixels && image.height() <= kThumbnailPixels)
        return image;
    return image.scaled(kThumbnailPixels, kThumbnailPixels, Qt::KeepAspectRatioByExpanding, Qt::SmoothTransformation);
}

} // namespace

SessionModel::SessionModel(QObject *parent) : QAbstractListModel(parent) {}

int SessionModel::formingRow() const
{
    return m_isNewestFirst ? 0 : int(m_pictures.size());
}

int SessionModel::rowOf(size_t picture) const
{
    if (!m_isNewestFirst)
        return int(picture);
    return int(m_pictures.size() - 1 - picture) + (isForming() ? 1 : 0);
}

qint64 SessionModel::add(SessionPicture picture)
{
    picture.number = ++m_lastNumber;
    picture.thumbnail = thumbnailOf(picture.image);
    const int row = m_isNewestFirst ? (isForming() ? 1 : 0) : int(m_pictures.size());
    beginInsertRows({}, row, row);
    m_pictures.push_back(std::move(picture));
    endInsertRows();
    dropOldImages();
    return m_lastNumber;
}

void SessionModel::dropOldImages()
{
    qsizetype bytes = 0;
    for (auto picture = m_pictures.rbegin(); picture != m_pictures.rend(); ++picture) {
        bytes += picture->image.sizeInBytes();
        if (bytes > kImageBytes && !picture->file.isEmpty())
            picture->image = {};
    }
}

void SessionModel::pictureChanged(size_t picture)
{
    const QModelIndex at = index(rowOf(picture), 0);
    Q_EMIT dataChanged(at, at);
}

void SessionModel::setFile(app::JobId job, int index, const QString &file)
{
    for (size_t i = 0; i < m_pictures.size(); ++i) {
        if (m_pictures[i].job == job && m_pictures[i].index == index) {
            m_pictures[i].file = file;
            pictureChanged(i);
        }
    }
}

void SessionModel::setReport(app::JobId job, const engine::GenerateReport &report)
{
    for (size_t i = 0; i < m_pictures.size(); ++i) {
        SessionPicture &picture = m_pictures[i];
        if (picture.job != job)
            continue;
        picture.precision = QString::fromStdString(report.precision);
        picture.modelHash = QString::fromStdString(report.modelHash);
        picture.sampler = QString::fromStdString(report.sampler);
        picture.schedule = QString::fromStdString(report.schedule);
        pictureChanged(i);
    }
}

void SessionModel::setStars(qint64 number, int stars)
{
    for (size_t i = 0; i < m_pictures.size(); ++i) {
        if (m_pictures[i].number == number && m_pictures[i].stars != stars) {
            m_pictures[i].stars = stars;
            pictureChanged(i);
        }
    }
}

void SessionModel::removeFile(const QString &file)
{
    for (size_t i = 0; i < m_pictures.size(); ++i) {
        if (m_pictures[i].file != file || file.isEmpty())
            continue;
        const int row = rowOf(i);
        beginRemoveRows({}, row, row);
        m_pictures.erase(m_pictures.begin() + std::ptrdiff_t(i));
        endRemoveRows();
        return;
    }
}

void SessionModel::setForming(const QImage &preview, double fraction, const QString &prompt)
{
    if (!isForming()) {
        beginInsertRows({}, formingRow(), formingRow());
        m_forming = std::clamp(fraction, 0.0, 1.0);
        m_preview = preview;
        m_formingPrompt = prompt;
        endInsertRows();
        return;
    }
    m_forming = std::clamp(fraction, 0.0, 1.0);
    m_preview = preview;
    m_formingPrompt = prompt;
    const QModelIndex at = formingIndex();
    Q_EMIT dataChanged(at, at, {ImageRole, FormingRole});
}

void SessionModel::endForming()
{
    if (!isForming())
        return;
    beginRemoveRows({}, formingRow(), formingRow());
    m_forming = -1.0;
    m_preview = {};
    endRemoveRows();
}

const SessionPicture *SessionModel::find(qint64 number) const
{
    const auto at = std::find_if(m_pictures.begin(), m_pictures.end(),
                                 [number](const SessionPicture &picture) { return picture.number == number; });
    return at == m_pictures.end() ? nullptr : &*at;
}

QModelIndex SessionModel::formingIndex() const
{
    return isForming() ? index(formingRow(), 0) : QModelIndex();
}

QModelIndex SessionModel::indexOf(qint64 number) const
{
    const SessionPicture *picture = find(number);
    return picture == nullptr ? QModelIndex() : index(rowOf(size_t(picture - m_pictures.data())), 0);
}

const SessionPicture *SessionModel::at(const QModelIndex &index) const
{
    if (!index.isValid() || (isForming() && index.row() == formingRow()))
        return nullptr;
    const int row = index.row();
    const int picture = m_isNewestFirst ? int(m_pictures.size()) - 1 - (row - (isForming() ? 1 : 0)) : row;
    return picture < 0 || picture >= int(m_pictures.size()) ? nullptr : &m_pictures[size_t(picture)];
}

void SessionModel::setNewestFirst(bool isNewestFirst)
{
    if (isNewestFirst == m_isNewestFirst)
        return;
    beginResetModel();
    m_isNewestFirst = isNewestFirst;
    endResetModel();
}

int SessionModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_pictures.size()) + (isForming() ? 1 : 0);
}

QVariant SessionModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid() || index.row() >= rowCount())
        return {};
    const SessionPicture *picture = at(index);
    switch (role) {
    case ImageRole:
    case Qt::DecorationRole:
        return picture != nullptr ? picture->thumbnail : m_preview;
    case FormingRole:
        return picture != nullptr ? -1.0 : m_forming;
    case NumberRole:
        return picture != nullptr ? picture->number : qint64(-1);
    case StarsRole:
        return picture != nullptr ? picture->stars : 0;
    case FileRole:
        return picture != nullptr ? picture->file : QString();
    case Qt::AccessibleTextRole:
    case Qt::ToolTipRole: {
        QString prompt =
            picture != nullptr ? QString::fromStdString(picture->request.prompt).simplified() : m_formingPrompt;
        if (prompt.isEmpty() && picture != nullptr)
            prompt = modelNameText(picture->request.model);
        if (picture == nullptr)
            return tr("%1, forming").arg(prompt);
        const QString time = QLocale().toString(picture->finished.time(), QLocale::ShortFormat);
        return role == Qt::ToolTipRole
                   ? tr("%1\nseed %2, %3").arg(prompt).arg(picture->seed).arg(time)
                   : tr("%1, %2, today %3")
                         .arg(prompt, picture->stars == 1 ? tr("1 star") : tr("%n stars", nullptr, picture->stars),
                              time);
    }
    default:
        return {};
    }
}

} // namespace ui
