#pragma once

#include "app/gallery_store.h"

#include <QAbstractListModel>
#include <QCache>

namespace app {

class Thumbnails;

/// All pictures of the gallery, newest first. Holds ids; the rest is read by pages when it is looked at.
class GalleryModel : public QAbstractListModel
{
    Q_OBJECT

public:
    enum Role {
        IdRole = Qt::UserRole + 1, ///< qint64
        PathRole,                  ///< QString; ToolTip too
        ThumbnailRole,             ///< QImage; null until it is read, dataChanged follows
        ThumbnailFailedRole,       ///< bool: the file is gone or cannot be read
        RecipeRole,                ///< app::Recipe; invalid QVariant if the file has none
        PromptRole,                ///< QString
        DateRole,                  ///< QDateTime, local
        SizeRole,                  ///< QSize in pixels
        BytesRole,                 ///< qint64
        ModelRole,                 ///< QString
        SamplerRole,               ///< QString, id
        StepsRole,                 ///< int
        CfgRole,                   ///< double
        SeedRole,                  ///< quint64
        StarsRole,                 ///< int 0..5
        PictureRole                ///< app::GalleryPicture
    };

    GalleryModel(GalleryStore &store, Thumbnails &thumbnails, QObject *parent = nullptr);

    /// Reads the ids again.
    void reload();
    /// Side of the thumbnails in device pixels (they are kept as 256 or 512).
    void setThumbnailSide(int pixels);
    /// Rows that are on the screen: thumbnails of others are not waited for.
    void setVisibleRows(int first, int last);
    [[nodiscard]] int rowOf(const QString &path) const; ///< -1 if there is none
    [[nodiscard]] GalleryPicture picture(int row) const;

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QHash<int, QByteArray> roleNames() const override;

Q_SIGNALS:
    void pictureArrived(int row); ///< a new picture stands in this row

private:
    const GalleryPicture *at(int row) const;
    void onAdded(const GalleryPicture &picture);
    void onChanged(const GalleryPicture &picture);
    void onRemoved(qint64 id);
    void onThumbnail(const QString &path);

    GalleryStore &m_store;
    Thumbnails &m_thumbnails;
    QList<qint64> m_ids;
    mutable QCache<qint64, GalleryPicture> m_pictures;
    mutable QHash<QString, qint64> m_asked; ///< paths whose thumbnail is under way
    int m_side = 256;
};

} // namespace app
