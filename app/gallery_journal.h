#pragma once

#include "app/gallery_picture.h"

#include <QHash>
#include <QList>
#include <QString>

#include <optional>

namespace app {

/// Where the marks of a folder's pictures live: `.tincture.jsonl` in that folder, one JSON object a line, the last
/// line of a file counts. Lines are appended and flushed to the disk, so that nothing acknowledged is lost at a kill; a
/// half line at the end is passed over. A folder that cannot be written, or lies on a network, has its journal in the
/// program's own folder instead. Used by one thread at a time.
class GalleryJournal
{
public:
    struct Line
    {
        QString file = {}; ///< relative to the folder
        QByteArray hash = {};
        PictureMarks marks = {};
        bool isGone = false; ///< the file left the folder: only its content finds this again
        qint64 ms = 0;       ///< when it was written
    };
    enum class Place { BesidePictures, OwnFolder };

    /// \param ownFolder  for journals of folders that cannot be written; empty: none
    GalleryJournal(QString folder, const QString &ownFolder);

    /// Reads both journals, and the stars that earlier versions kept.
    void load();
    /// Takes over what another reading of the same journals found; newer lines win.
    void merge(const GalleryJournal &other);
    /// Own lines that the journal beside the pictures lacks, as after a network folder was away, are written there.
    void bringHome();

    [[nodiscard]] const QString &folder() const { return m_folder; }
    [[nodiscard]] bool isReadOnly() const { return m_isReadOnly; }
    void setPlace(Place place) { m_place = place; }

    /// Marks of a file that is new to the index: by path and content, else by the content of one that left, else by
    /// path. nullptr: never marked.
    [[nodiscard]] const Line *find(const QString &file, const QByteArray &hash) const;
    [[nodiscard]] const Line *byFile(const QString &file) const;
    /// One that left this folder and had this content.
    [[nodiscard]] const Line *byHash(const QByteArray &hash) const;
    [[nodiscard]] const QHash<QString, Line> &lines() const { return m_lines; }
    [[nodiscard]] const QList<GalleryCollection> &collections() const { return m_collections; }

    /// Appends and flushes. \return English detail of what went wrong; empty: it is on the disk
    [[nodiscard]] QString append(const QList<Line> &lines);
    [[nodiscard]] QString setCollections(const QList<GalleryCollection> &collections);

    [[nodiscard]] QString relative(const QString &path) const;
    [[nodiscard]] QString absolute(const QString &file) const;
    [[nodiscard]] static QString fileName() { return QStringLiteral(".tincture.jsonl"); }

private:
    struct Written
    {
        qsizetype lines = 0; ///< in the file, those that are overwritten too
    };

    void take(const Line &line);
    void readStars();
    qsizetype read(const QString &path);
    [[nodiscard]] QString homePath() const;
    [[nodiscard]] QString write(const QByteArray &bytes, qsizetype lines);
    void compactIfWorthIt(const QString &path, qsizetype *lines);

    QString m_folder;
    QString m_ownPath; ///< of the journal in the program's folder; empty: none
    QHash<QString, Line> m_lines;
    QHash<QByteArray, QString> m_gone; ///< content -> file
    QList<GalleryCollection> m_collections;
    qint64 m_collectionsMs = 0;
    qsizetype m_homeLines = 0;
    qsizetype m_ownLines = 0;
    Place m_place = Place::BesidePictures;
    bool m_isReadOnly = false;
};

} // namespace app
