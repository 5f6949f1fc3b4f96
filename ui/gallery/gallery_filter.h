#pragma once

#include "app/gallery_query.h"

#include <QDateTime>
#include <QHash>
#include <QSet>
#include <QSortFilterProxyModel>

namespace app {
class GalleryModel;
} // namespace app

namespace ui {

/// The part of the gallery that is looked at: a source at the left and what the search asks for.
class GalleryFilter : public QSortFilterProxyModel
{
    Q_OBJECT
public:
    enum class Source { All, Starred, Session };
    struct Counts
    {
        int all = 0;
        int starred = 0;
        int session = 0;
        qint64 bytes = 0;
    };

    GalleryFilter(app::GalleryModel &gallery, app::GalleryStore &store, QObject *parent = nullptr);

    void setSource(Source source);
    [[nodiscard]] Source source() const { return m_source; }
    void setSearch(const QString &text);
    [[nodiscard]] bool isSearching() const { return !m_query.isEmpty(); }
    [[nodiscard]] QString problem() const { return m_query.problem(); }
    /// Julian day on which the picture of this row was made.
    [[nodiscard]] qint64 dayOf(int row) const;
    [[nodiscard]] Counts counts() const { return m_counts; }
    /// Names of the models that made the pictures, most used first.
    [[nodiscard]] QStringList models() const;
    [[nodiscard]] app::GalleryModel &gallery() const { return m_gallery; }
    [[nodiscard]] int rowOfPath(const QString &path) const;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;

Q_SIGNALS:
    void countsChanged();
    void searched();

protected:
    [[nodiscard]] bool filterAcceptsRow(int row, const QModelIndex &parent) const override;

private:
    struct Key
    {
        qint64 day = 0;
        qint64 madeMs = 0;
        int stars = 0;
        qint64 bytes = 0;
    };
    void readKeys();
    void readAccepted();
    void count();
    void note(const app::GalleryPicture &picture);

    app::GalleryModel &m_gallery;
    app::GalleryStore &m_store;
    QHash<qint64, Key> m_keys;
    QSet<qint64> m_accepted; ///< ids that the search found; unused without one
    app::GalleryQuery m_query;
    Source m_source = Source::All;
    Counts m_counts;
    qint64 m_sessionStartMs;
};

} // namespace ui
