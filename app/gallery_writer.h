#pragma once

#include "app/gallery_store.h"

#include <QHash>
#include <QSqlDatabase>

#include <atomic>

namespace app {

/// The writing half of the gallery: everything here runs on the store's own thread. Results go to the store by
/// queued calls.
class GalleryStore::Writer
{
public:
    Writer(GalleryStore &store, QString database);

    void open(); ///< checks the whole file, too
    void close();
    void add(const GalleryPicture &picture);
    void setStars(qint64 id, int stars, const QString &folder);
    void remove(qint64 id);
    void rescan(const QString &folder);
    void stop() { m_isStopped = true; } ///< called on the UI thread: a scan ends soon

private:
    struct Known
    {
        qint64 id = 0;
        qint64 bytes = 0;
        qint64 modifiedMs = 0;
    };

    QSqlDatabase database() const;
    /// \return id of the row; 0: it failed
    qint64 write(const GalleryPicture &picture, bool *isNew);
    QHash<QString, Known> known() const;
    bool check(const QSqlQuery &query);
    template <typename Call>
    void post(Call call);

    GalleryStore &m_store;
    QString m_file;
    QString m_name; ///< of the connection
    std::atomic<bool> m_isStopped = false;
};

// Shared by both halves.
[[nodiscard]] GalleryPicture galleryPictureFrom(const QSqlQuery &row);
extern const char *const kPictureColumns;

} // namespace app
