#pragma once

#include "app/gallery_picture.h"
#include "app/gallery_query.h"
#include "app/gallery_scan.h"
#include "app/recipe.h"

#include <QHash>
#include <QList>
#include <QMap>
#include <QObject>
#include <QString>
#include <QThreadPool>

#include <functional>
#include <memory>
#include <vector>

class QTimer;

namespace app {

class FolderWatch;
class GalleryIndex;
struct PictureInfo;
[[nodiscard]] GalleryPicture galleryPictureFrom(const PictureInfo &info);

/// What a view of the gallery shows, and in which order.
struct GalleryOrder
{
    GallerySort sort = GallerySort::Date;
    Qt::SortOrder direction = Qt::DescendingOrder;
    quint64 randomSeed = 0;                           ///< of GallerySort::Random: the same seed, the same order
    GalleryGrouping grouping = GalleryGrouping::None; ///< groups are kept together, within them the order holds

    bool operator==(const GalleryOrder &) const = default;
};

/// Index over the folders of pictures: SQLite, and only an index, since files and journals hold the truth. Lives on
/// the UI thread, which only reads; writing is done by one thread of its own, each folder is scanned by another.
class GalleryStore : public QObject
{
    Q_OBJECT

public:
    /// \param database file of the index   \param folder pictures, with folders below
    GalleryStore(const QString &database, const QString &folder, QObject *parent = nullptr);
    ~GalleryStore() override;

    /// Opens or makes the index. A damaged one is set aside and rebuilt in the background; notice() says so.
    void open();
    /// Looks for files that came, went or changed; scanned() follows when all folders have answered or given up.
    void rescan();
    /// Another main folder of pictures; scanned() follows.
    void setFolder(const QString &folder);
    [[nodiscard]] QString folder() const { return m_folder; }
    /// Further folders that are read in place and watched; scanned() follows.
    void setFolders(const QStringList &folders);
    /// All folders, the main one first.
    [[nodiscard]] QList<GalleryFolder> folders() const;
    /// A vanished folder is found elsewhere: its pictures keep their rows and marks. The caller's list of folders
    /// (Settings::galleryFolders) is the caller's to change, before or after.
    void replaceFolder(const QString &old, const QString &found);

    /// A picture that was just written, or found; pictureAdded() (or pictureChanged() if the path was known) follows.
    void add(const GalleryPicture &picture);
    void add(const QList<GalleryPicture> &pictures); ///< many at once: reset() follows instead
    /// Marks of several pictures; picturesChanged() follows at once, marksSaved() when they are on the disk. Use
    /// GalleryEdits for what the user does: it can be undone.
    void setMarks(const QList<qint64> &ids, const QList<PictureMarks> &marks);
    void setStars(qint64 id, int stars); ///< not undoable
    /// The file is gone or about to go; pictureRemoved() follows. Marks stay in the journal for its return.
    void remove(qint64 id);
    void remove(const QList<qint64> &ids);

    [[nodiscard]] QList<qint64> ids() const;                                      ///< newest first
    [[nodiscard]] QList<GalleryPicture> pictures(const QList<qint64> &ids) const; ///< in the order asked for
    [[nodiscard]] QList<GalleryKey> keys() const;                                 ///< newest first
    [[nodiscard]] QList<GalleryKey> keys(const GalleryQuery &query) const;
    /// Ids that a query finds, in order. 100,000 pictures: some tens of milliseconds.
    [[nodiscard]] QList<qint64> search(const GalleryQuery &query, const GalleryOrder &order = {}) const;
    /// Which neighbours of such a list belong together.
    [[nodiscard]] QList<GalleryGroup> groups(const QList<qint64> &ids, GalleryGrouping grouping) const;
    /// Pictures like this one, most alike first, itself first of all.
    [[nodiscard]] QList<qint64> moreLike(qint64 id, Likeness likeness, int most = 200) const;
    /// What may follow in the search field. \param typed the text up to the cursor
    [[nodiscard]] QList<GallerySuggestion> suggestions(const QString &typed, int most = 12) const;

    [[nodiscard]] QList<GalleryCollection> collections() const; ///< by name
    /// Replaces the whole list; collectionsChanged() follows at once. See GalleryEdits.
    void setCollections(const QList<GalleryCollection> &collections);
    /// How many pictures a collection has; smart ones are asked anew.
    [[nodiscard]] int countIn(const QString &collection) const;

    [[nodiscard]] QStringList models() const;              ///< that made pictures, most used first
    [[nodiscard]] QList<QPair<QString, int>> tags() const; ///< with their number of pictures, by name
    [[nodiscard]] qint64 idOf(const QString &path) const;  ///< 0 if there is no such row
    [[nodiscard]] QHash<qint64, QString> pathsOf(const QList<qint64> &ids) const; ///< far less than pictures()
    [[nodiscard]] int count() const;
    /// Colours and composition of a picture (pictureLook()), for moreLike().
    void setLook(const QString &path, const QByteArray &look);
    /// Paths of pictures whose look was not made yet, newest first.
    [[nodiscard]] QStringList withoutLook(int most) const;
    /// Waits until everything asked for is written (scans are not waited for). For the end of the program and tests.
    void finish();

    /// How long a folder may be silent before it counts as not answering.
    void setPatience(qint64 ms) { m_patienceMs = ms; }
    /// Called on a scan's thread before it reads a folder: a test lets one hang.
    void setScanHook(std::function<void(const QString &folder)> hook) { m_beforeEach = std::move(hook); }

Q_SIGNALS:
    void pictureAdded(const app::GalleryPicture &picture);
    void pictureChanged(const app::GalleryPicture &picture);
    void pictureRemoved(qint64 id, const QString &path);
    void picturesChanged(const QList<app::GalleryPicture> &pictures); ///< marks of several at once
    void picturesRemoved(const QList<qint64> &ids);                   ///< several at once
    void marksSaved(const QList<qint64> &ids);                        ///< they survive a power cut now
    void collectionsChanged();
    void collectionsSaved(); ///< on the disk
    void foldersChanged();   ///< a state or a number of folders()
    void folderVanished(const QString &path);
    void folderReturned(const QString &path);
    void scanProgressed(int done, int total);
    void scanned(int added, int removed);
    void reset(); ///< everything may be different: read ids() again
    void notice(const QString &sentence);

private:
    class Writer;
    struct Root
    {
        GalleryFolder info = {};
        std::shared_ptr<GalleryScan> scan = {};
        bool isAsked = false;   ///< a scan is on its way to its thread
        bool isStale = false;   ///< something changed while it was scanned
        quint64 scanNumber = 0; ///< of the scan asked for or under way; others have nothing to say any more
        bool isNetwork = false;
        int fresh = 0; ///< files of the scan under way
        int done = 0;
        qint64 startedMs = 0;
        qint64 tookMs = 0;
        qint64 nextMs = 0; ///< when it is scanned again; 0: when something changes
    };
    struct Pending
    {
        PictureMarks marks = {};
        quint64 serial = 0;
    };
    struct Looks
    {
        bool isRead = false;
        std::vector<qint64> ids = {};
        std::vector<unsigned char> bytes = {};
        QHash<qint64, int> at = {};
    };

    // What the writer says, and what scans say through it.
    void onWritten(const QList<GalleryPicture> &pictures, const QList<qint64> &fresh, bool isFew);
    void onRemoved(const QList<qint64> &ids, const QStringList &paths);
    void onMarksSaved(const QList<qint64> &ids, quint64 serial);
    void onMarksFailed(const QList<qint64> &ids, quint64 serial);
    void onCollections(const QList<GalleryCollection> &collections, quint64 serial, bool isSaved);
    void launchScan(const QString &root, quint64 number, const QHash<QString, GalleryScan::Known> &known);
    void onWalked(const QString &root, const GalleryScan::Walked &walked);
    void onScanEnded(const QString &root, quint64 number);
    void onScansFinished(int removed);

    enum class Opened { Yes, Damaged, Newer, NotWritable };
    [[nodiscard]] bool isOpen() const;
    [[nodiscard]] Root *scannedRoot(const QString &root, quint64 number); ///< nullptr: that scan is not its own
    [[nodiscard]] Opened openReader();
    void rebuild();
    void setAside();
    void reload();
    void closeReader();
    void applyFolders();
    void scanSoon(const QString &root, qint64 delayMs);
    void scanNow(const QString &root);
    void look(); ///< for scans that hang or are due
    void finishIfAllEnded();
    void setState(Root *root, GalleryFolder::State state);
    void resetSoon();
    void readLooks() const;
    [[nodiscard]] QList<qint64> searchWords(const GalleryQuery::Condition &condition) const;
    [[nodiscard]] QList<qint64> likePrompt(qint64 id, int most) const;
    [[nodiscard]] QList<qint64> likeLook(qint64 id, int most) const;

    QString m_database;
    QString m_folder;
    QStringList m_extraFolders;
    QString m_reader;                 ///< name of the UI thread's connection
    std::unique_ptr<Writer> m_writer; ///< used on the pool's thread only
    QThreadPool m_pool;               ///< one thread
    std::unique_ptr<GalleryIndex> m_index;
    std::unique_ptr<FolderWatch> m_watch;
    QMap<QString, Root> m_roots;
    QHash<qint64, Pending> m_pending; ///< marks on their way to the disk
    QList<GalleryCollection> m_collections;
    mutable Looks m_looks;
    std::function<void(const QString &)> m_beforeEach;
    QTimer *m_lookTimer;
    QTimer *m_resetTimer;
    qint64 m_patienceMs = 20'000;
    qint64 m_ownWriteMs = 0; ///< when this program wrote a picture last
    quint64 m_serial = 0;
    quint64 m_collectionsSerial = 0;
    quint64 m_scanNumber = 0; ///< of the newest scan
    int m_added = 0;          ///< by the scans under way
    bool m_isRound = false;   ///< scans are under way
    bool m_isRebuilding = false;
};

} // namespace app
