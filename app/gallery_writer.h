#pragma once

#include "app/gallery_journal.h"
#include "app/gallery_scan.h"
#include "app/gallery_store.h"

#include <QHash>
#include <QSet>
#include <QSqlDatabase>

#include <atomic>
#include <memory>

namespace app {

/// The writing half of the gallery: everything here runs on the store's own thread. Results go to the store by
/// queued calls.
class GalleryStore::Writer
{
public:
    /// \param ownFolder  journals of folders that cannot be written
    Writer(GalleryStore &store, QString database, QString ownFolder);

    void setDatabase(const QString &file) { m_file = file; } ///< before open()
    void open();
    void verify(); ///< reads the whole index; a damaged one is made again
    void close();
    void setRoots(const QStringList &roots, const QString &main); ///< rows of other folders leave the index
    void add(const QList<GalleryPicture> &pictures);
    /// \param pictures  rows of these ids as far as they are known, with the new marks: id, path, folder, hash
    void setMarks(const QList<qint64> &ids, const QList<GalleryPicture> &pictures, quint64 serial);
    void setCollections(const QList<GalleryCollection> &collections, quint64 serial);
    void setLook(const QString &path, const QByteArray &look);
    void remove(const QList<qint64> &ids);
    void replaceRoot(const QString &old, const QString &found);

    void startScan(const QString &root, quint64 number); ///< answers with GalleryStore::launchScan
    void takeWalk(const QString &root, const GalleryScan::Walked &walked);
    void takeFound(const QString &root, const QList<GalleryPicture> &pictures, bool isFew);
    void takeEnd(const QString &root, quint64 number);
    void finishScans(); ///< no scan is under way: what has gone and was not found elsewhere leaves the index

private:
    struct Gone
    {
        qint64 id = 0;
        QString path = {};
        QString root = {};
    };

    [[nodiscard]] QSqlDatabase database() const;
    /// \return id of the row; 0: it failed   \param isNew  may be null
    qint64 write(const GalleryPicture &picture, bool *isNew);
    bool writeMarks(qint64 id, const PictureMarks &marks, bool changesTexts);
    [[nodiscard]] QList<GalleryPicture> rows(const QString &where);
    [[nodiscard]] QString rootAbove(const QString &path) const; ///< empty: none
    [[nodiscard]] QString rootOf(const QString &path) const;    ///< the main one where there is none
    void carryCollections(const QString &from, const QString &to);
    void carryMarks(const QList<qint64> &leaving);
    GalleryJournal &journal(const QString &root);
    /// Appends to the journals of these pictures. \return false: a sentence was said
    bool journalize(const QList<GalleryPicture> &pictures, bool isGone);
    void giveMarks(GalleryPicture *picture);
    void followJournal(const QString &root);
    [[nodiscard]] bool moveIfGone(GalleryPicture *picture);
    [[nodiscard]] bool erase(const QList<qint64> &ids);
    void writeCollections(const QList<GalleryCollection> &collections);
    bool check(const QSqlQuery &query);
    template <typename Call>
    void post(Call call);

    GalleryStore &m_store;
    QString m_file;
    QString m_ownFolder;
    QString m_name; ///< of the connection
    QStringList m_roots;
    QString m_main;
    QHash<QString, std::shared_ptr<GalleryJournal>> m_journals;
    QHash<qint64, Gone> m_gone;           ///< rows whose file a scan did not find
    QHash<QByteArray, qint64> m_goneHash; ///< of these
    QSet<QString> m_saidReadOnly;
    bool m_saidFull = false;
    bool m_knowsCollections = false; ///< the journal was read
};

// Shared by both halves.
[[nodiscard]] GalleryPicture galleryPictureFrom(const QSqlQuery &row);
/// "SELECT ... FROM pictures p JOIN texts t" for galleryPictureFrom(); a WHERE may follow, with p. and t.
[[nodiscard]] QString pictureSelect();

} // namespace app
