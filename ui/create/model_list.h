#pragma once

#include "ui/common/model_chooser.h"

#include <QIdentityProxyModel>

namespace app {
class ModelCatalog;
class Thumbnails;
} // namespace app

namespace ui {

/// The catalog's models as the model chooser shows them: second line, state and picture of each.
class ModelList : public QIdentityProxyModel
{
    Q_OBJECT
public:
    enum Role { DetailRole = Qt::UserRole + 200, StateRole, PictureRole };

    ModelList(app::ModelCatalog &catalog, app::Thumbnails &thumbnails, QObject *parent = nullptr);

    /// The model that the engine holds; empty: none.
    void setLoaded(const QString &path);
    [[nodiscard]] const QString &loaded() const { return m_loaded; }

    [[nodiscard]] static ModelRoles roles();
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;

private:
    [[nodiscard]] QString detail(int row) const;

    app::ModelCatalog &m_catalog;
    app::Thumbnails &m_thumbnails;
    QString m_loaded;
};

} // namespace ui
