#include "ui/create/model_list.h"

#include "app/model_catalog.h"
#include "app/thumbnails.h"
#include "ui/create/words.h"

#include <QFileInfo>
#include <QLocale>

namespace ui {

namespace {

/// A picture that stands for a model: preview.png in its folder, or beside its file.
QString previewFile(const QString &model)
{
    const QFileInfo info(model);
    return info.isDir() ? model + QStringLiteral("/preview.png")
                        : info.path() + QLatin1Char('/') + info.completeBaseName() + QStringLiteral(".png");
}

} // namespace

ModelList::ModelList(app::ModelCatalog &catalog, app::Thumbnails &thumbnails, QObject *parent)
    : QIdentityProxyModel(parent), m_catalog(catalog), m_thumbnails(thumbnails)
{
    setSourceModel(&catalog);
    connect(&thumbnails, &app::Thumbnails::ready, this, [this](const QString &file) {
        for (int row = 0; row < rowCount(); ++row) {
            if (previewFile(m_catalog.entries().at(size_t(row)).path) == file)
                Q_EMIT dataChanged(index(row, 0), index(row, 0), {PictureRole});
        }
    });
}

void ModelList::setLoaded(const QString &path)
{
    if (path == m_loaded)
        return;
    m_loaded = path;
    if (rowCount() > 0)
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, 0), {DetailRole, StateRole});
}

ModelRoles ModelList::roles()
{
    return {.name = Qt::DisplayRole, .detail = DetailRole, .state = StateRole, .picture = PictureRole};
}

QString ModelList::detail(int row) const
{
    const app::ModelEntry &entry = m_catalog.entries().at(size_t(row));
    switch (entry.state) {
    case app::ModelState::Damaged:
        return tr("Cannot be read");
    case app::ModelState::Unsupported:
        return tr("Not supported yet");
    case app::ModelState::Missing:
        return tr("Missing");
    case app::ModelState::Ready:
        break;
    }
    const QString kind = entry.source == app::ModelSource::Starter ? (entry.info.isLatent ? tr("Latent") : tr("Pixels"))
                                                                   : QString::fromStdString(entry.info.familyLabel);
    QString state;
    if (entry.path == m_loaded)
        state = tr("loaded");
    else if (entry.source == app::ModelSource::Starter)
        state = tr("comes with Tincture");
    QStringList parts{kind, sizeText(entry.info.nativeWidth, entry.info.nativeHeight),
                      QLocale().formattedDataSize(qint64(entry.info.bytes), 0, QLocale::DataSizeSIFormat), state};
    parts.removeAll(QString());
    return parts.join(QStringLiteral(", "));
}

QVariant ModelList::data(const QModelIndex &index, int role) const
{
    if (!index.isValid() || index.row() >= int(m_catalog.entries().size()))
        return {};
    const app::ModelEntry &entry = m_catalog.entries().at(size_t(index.row()));
    switch (role) {
    case Qt::DisplayRole:
        return entry.source == app::ModelSource::Starter ? modelNameText(pathFrom(entry.path)) : entry.name;
    case Qt::ToolTipRole:
        return entry.failure.sentence.isEmpty() ? entry.path : entry.failure.sentence;
    case DetailRole:
        return detail(index.row());
    case StateRole:
        if (entry.state == app::ModelState::Missing)
            return int(ModelState::Missing);
        if (entry.state != app::ModelState::Ready)
            return int(ModelState::Damaged);
        return int(entry.path == m_loaded ? ModelState::Loaded : ModelState::Ready);
    case PictureRole: {
        const QString file = previewFile(entry.path);
        if (m_thumbnails.hasFailed(file))
            return {};
        const QImage image = m_thumbnails.get(file, 128);
        return image.isNull() ? QVariant() : QVariant(image);
    }
    default:
        return QIdentityProxyModel::data(index, role);
    }
}

} // namespace ui
