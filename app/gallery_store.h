#pragma once

#include "app/recipe.h"

#include <QDateTime>
#include <QList>
#include <QObject>
#include <QSize>
#include <QString>
#include <QThreadPool>

#include <memory>

namespace app {

/// A row of the gallery.
struct GalleryPicture
{
    qint64 id = 0;
    QString path = {};
    qint64 bytes = 0;
    qint64 modifiedMs = 0;
    QDateTime created = {};
    QSize size = {};
    QString prompt = {};
    QString negative = {};
    QString model = {};
    QString sampler = {};
    QString schedule = {};
    int steps = 0;
    double cfg = 0.0;
    quint64 seed = 0;
    int stars = 0;
    QByteArray recipe = {}; ///< compact JSON; empty: none was found

    bool operator==(const GalleryPicture &) const = default;
};

/// As much of a row as sorting and counting all pictures needs.
struct GalleryKey
{
    qint64 id = 0;
    qint64 createdMs = 0;
    int stars = 0;
    qint64 bytes = 0;
};

class GalleryQuery;
struct PictureInfo;
[[nodiscard]] GalleryPicture galleryPictureFrom(const PictureInfo &info);

/// Index over the pictures folder: SQLite, and only an index, since the files hold the truth. Lives on the UI thread,
/// which only reads; writing and scanning is done by one thread of its own, signals follow.
class GalleryStore : public QObject
{
    Q_OBJECT

public:
    /// \param database file of the index   \param folder pictures, with folders below
    GalleryStore(const QString &database, const QString &folder, QObject *parent = nullptr);
    ~GalleryStore() override;

    /// Opens or makes the index. A damaged one is set aside and rebuilt in the background; notice() says so.
    void open();
    /// Looks for files that came, went or changed; scanned() follows.
    void rescan();
    /// Another folder of pictures; scanned() follows.
    void setFolder(const QString &folder);
    [[nodiscard]] QString folder() const { return m_folder; }

    /// A picture that was just written, or found; pictureAdded() (or pictureChanged() if the path was known) follows.
    void add(const GalleryPicture &picture);
    void setStars(qint64 id, int stars); ///< pictureChanged() follows
    /// The file is gone or about to go; pictureRemoved() follows.
    void remove(qint64 id);

    [[nodiscard]] QList<qint64> ids() const;                                      ///< newest first
    [[nodiscard]] QList<GalleryPicture> pictures(const QList<qint64> &ids) const; ///< in the order asked for
    [[nodiscard]] QList<GalleryKey> keys() const;                                 ///< newest first
    [[nodiscard]] QList<GalleryKey> keys(const GalleryQuery &query) const;
    [[nodiscard]] QStringList models() const;             ///< that made pictures, most used first
    [[nodiscard]] qint64 idOf(const QString &path) const; ///< 0 if there is no such row
    [[nodiscard]] int count() const;
    /// Waits until everything asked for is done. For the end of the program and tests.
    void finish();

Q_SIGNALS:
    void pictureAdded(const app::GalleryPicture &picture);
    void pictureChanged(const app::GalleryPicture &picture);
    void pictureRemoved(qint64 id, const QString &path);
    void scanProgressed(int done, int total);
    void scanned(int added, int removed);
    void reset(); ///< everything may be different: read ids() again
    void notice(const QString &sentence);

private:
    class Writer;

    bool openReader(); ///< false: the file is damaged
    void rebuild();
    void setAside();

    QString m_database;
    QString m_folder;
    QString m_reader;                 ///< name of the UI thread's connection
    std::unique_ptr<Writer> m_writer; ///< used on the pool's thread only
    QThreadPool m_pool;               ///< one thread
    bool m_isRebuilding = false;
};

} // namespace app

Q_DECLARE_METATYPE(app::GalleryPicture)
