#pragma once

#include "app/gallery_store.h"

#include <QAbstractListModel>
#include <QCache>

namespace app {

class GalleryQuery;
class Thumbnails;

/// Pictures of the gallery: all, newest first, unless a view says otherwise. Holds ids; the rest is read by pages when
/// it is looked at.
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
        PictureRole,               ///< app::GalleryPicture
        LabelRole,                 ///< int 0..5
        RejectedRole,              ///< bool
        TagsRole,                  ///< QStringList
        NoteRole,                  ///< QString
        CollectionsRole,           ///< QStringList of ids
        FolderRole,                ///< QString: root folder
        HashRole,                  ///< QByteArray
        ParentRole,                ///< QString: file name of the picture that it was branched from
        BranchStepRole,            ///< int
        BatchRole,                 ///< quint64
        MissingRole,               ///< bool
        FaultRole,                 ///< QString: sentence; empty: fine
        NegativeRole,              ///< QString
        ScheduleRole,              ///< QString, id
        NameRole                   ///< QString: file name
    };

    GalleryModel(GalleryStore &store, Thumbnails &thumbnails, QObject *parent = nullptr);
    ~GalleryModel() override;

    /// Reads the ids again.
    void reload();
    /// What is shown and how: a search, and an order with groups. Rows are read anew if it is different. The model
    /// keeps to it while pictures come, change and go.
    void setView(const GalleryQuery &query, const GalleryOrder &order);
    /// Just these, in this order ("more like this"); setView() ends it.
    void setFixed(const QList<qint64> &ids);
    [[nodiscard]] const GalleryQuery &query() const { return *m_query; }
    [[nodiscard]] const GalleryOrder &order() const { return m_order; }
    /// Groups of the rows in their order; empty without grouping. 100,000 rows: some milliseconds, then kept.
    [[nodiscard]] const QList<GalleryGroup> &groups() const;
    [[nodiscard]] int groupOf(int row) const; ///< index into groups(); -1 without grouping
    [[nodiscard]] int rowOf(qint64 id) const; ///< -1 if it is not shown
    [[nodiscard]] qint64 idAt(int row) const { return row < 0 || row >= m_ids.size() ? 0 : m_ids[row]; }
    [[nodiscard]] const QList<qint64> &ids() const { return m_ids; }
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
    void onChanged(const QList<GalleryPicture> &pictures);
    void onRemoved(const QList<qint64> &ids);
    void onThumbnail(const QString &path);
    [[nodiscard]] QList<qint64> wanted() const;
    void update(); ///< brings the rows after what the view asks for, by as few signals as can be
    void insertRow(int row, qint64 id);
    void forgetGroups() { m_hasGroups = false; }
    [[nodiscard]] bool dependsOnMarks() const;

    GalleryStore &m_store;
    Thumbnails &m_thumbnails;
    QList<qint64> m_ids;
    std::unique_ptr<GalleryQuery> m_query;
    GalleryOrder m_order;
    mutable QList<GalleryGroup> m_groups;
    mutable bool m_hasGroups = false;
    bool m_isFixed = false;
    mutable QCache<qint64, GalleryPicture> m_pictures;
    mutable QHash<QString, qint64> m_asked; ///< paths whose thumbnail is under way
    int m_side = 256;
};

} // namespace app
