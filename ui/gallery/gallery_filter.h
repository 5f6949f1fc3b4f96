#pragma once

#include "app/gallery_model.h"
#include "app/gallery_query.h"
#include "ui/common/thumbnail_delegate.h"

#include <QAbstractTableModel>
#include <QHash>
#include <QItemSelectionModel>
#include <QTimer>

#include <optional>

namespace ui {

/// The part of the gallery that is looked at, in its order: what the source at the left holds and the search asks for.
/// A table over app::GalleryModel, whose roles it has in every column.
class GalleryFilter : public QAbstractTableModel
{
    Q_OBJECT
public:
    enum Column {
        PictureColumn,
        StarsColumn,
        LabelColumn,
        MadeColumn,
        ModelColumn,
        SamplerColumn,
        StepsColumn,
        GuidanceColumn,
        SeedColumn,
        SizeColumn,
        BytesColumn,
        TagsColumn,
        FileColumn,
        ColumnCount
    };
    enum class Source { All, Starred, Session, Rejected, Collection, Folder };
    struct Counts
    {
        int all = 0;
        int starred = 0;
        int session = 0;
        int rejected = 0;
        qint64 bytes = 0;
    };

    GalleryFilter(app::GalleryStore &store, app::Thumbnails &thumbnails, QObject *parent = nullptr);
    ~GalleryFilter() override;

    /// \param term  of the search that stands for a collection or folder; empty for the others
    void setSource(Source source, const QString &term = {});
    [[nodiscard]] Source source() const { return m_source; }
    [[nodiscard]] QString sourceTerm() const { return m_sourceTerm; }
    void setSearch(const QString &text);
    [[nodiscard]] QString searchText() const { return m_searchText; }
    [[nodiscard]] bool isSearching() const { return !m_searchText.isEmpty() || m_isAlike; }
    /// What is wrong with the search, in words; empty: fine.
    [[nodiscard]] QString problem() const { return m_problem; }
    /// Pictures like this one, most alike first.
    void setAlike(qint64 id, app::Likeness likeness);
    void clearAlike();
    void setSort(app::GallerySort sort, Qt::SortOrder direction);
    [[nodiscard]] const app::GalleryOrder &order() const { return m_order; }
    void setGrouping(app::GalleryGrouping grouping);
    /// Column of the list whose heading shows the order; -1: none of them.
    [[nodiscard]] int sortColumn() const;
    [[nodiscard]] static std::optional<app::GallerySort> sortOfColumn(int column);
    /// The way such an order begins: what is newest, largest and best comes first, names from A.
    [[nodiscard]] static Qt::SortOrder usualDirection(app::GallerySort sort);

    [[nodiscard]] bool isGrouped() const;
    [[nodiscard]] const QList<app::GalleryGroup> &groups() const { return m_model.groups(); }
    /// Julian day on which the picture of this row was made.
    [[nodiscard]] qint64 dayOf(int row) const;
    [[nodiscard]] Counts counts() const { return m_counts; }
    /// Names of the models that made the pictures, most used first.
    [[nodiscard]] QStringList models() const;

    /// The picture of a row; without an id if there is none.
    [[nodiscard]] app::GalleryPicture at(int row) const { return m_model.picture(row); }
    [[nodiscard]] qint64 idAt(int row) const { return m_model.idAt(row); }
    [[nodiscard]] int rowOfPath(const QString &path) const { return m_model.rowOf(path); }
    [[nodiscard]] int rowOfId(qint64 id) const { return m_model.rowOf(id); }
    [[nodiscard]] QList<qint64> idsOf(const QList<int> &rows) const;
    [[nodiscard]] QStringList pathsOf(const QList<int> &rows) const;
    /// All that a thumbnail of this row shows; one that is not at hand is asked for.
    [[nodiscard]] ThumbnailState thumbnailState(int row) const;
    /// Why the file cannot be shown, in a sentence; empty: it can, as far as is known.
    [[nodiscard]] QString reasonOf(const app::GalleryPicture &picture) const;
    /// Side of the thumbnails in device pixels (they are kept as 256 or 512).
    void setThumbnailSide(int pixels) { m_model.setThumbnailSide(pixels); }
    /// Rows that are on the screen: thumbnails of others are not waited for.
    void setVisibleRows(int first, int last) { m_model.setVisibleRows(first, last); }

    /// Rows of a selection, sorted, each once.
    [[nodiscard]] static QList<int> rowsOf(const QItemSelection &selection);

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    [[nodiscard]] Qt::ItemFlags flags(const QModelIndex &index) const override;

Q_SIGNALS:
    void countsChanged();
    void searched();

private:
    struct Key
    {
        qint64 madeMs = 0;
        qint64 bytes = 0;
        qint8 stars = 0;
        bool isRejected = false;
    };
    void forward();
    void beginMoving();
    void endMoving();
    void connectCounts();
    void apply();
    void readKeys();
    void note(const app::GalleryPicture &picture);
    void count();
    void findReason(const QString &path);
    [[nodiscard]] QVariant displayOf(const app::GalleryPicture &picture, int column) const;

    app::GalleryStore &m_store;
    app::Thumbnails &m_thumbnails;
    app::GalleryModel m_model;
    QHash<qint64, Key> m_keys;
    QHash<QString, QString> m_reasons; ///< of files whose thumbnail failed
    QString m_searchText;
    QString m_problem;
    QString m_sourceTerm;
    Source m_source = Source::All;
    bool m_isAlike = false;
    app::GalleryOrder m_order;
    Counts m_counts;
    qint64 m_sessionStartMs;
    QTimer m_recount;
    QList<QPair<QModelIndex, qint64>> m_moving; ///< while the order changes
    bool m_isApplying = false;                  ///< another search or order is being set
};

} // namespace ui
