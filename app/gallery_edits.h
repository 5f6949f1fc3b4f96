#pragma once

#include "app/gallery_picture.h"

#include <QHash>
#include <QObject>

#include <deque>
#include <functional>
#include <utility>

namespace app {

class GalleryStore;

/// Every change of what the user gives pictures, each one step of undo and redo, over any number of pictures. Changes
/// show at once; the store writes them behind.
class GalleryEdits : public QObject
{
    Q_OBJECT

public:
    explicit GalleryEdits(GalleryStore &store, QObject *parent = nullptr);

    void setStars(const QList<qint64> &ids, int stars);
    /// Stars of their own for each (id, stars), as one step.
    void setStarsEach(const QList<std::pair<qint64, int>> &stars);
    void setLabel(const QList<qint64> &ids, int label);
    void setRejected(const QList<qint64> &ids, bool isRejected);
    void addTags(const QList<qint64> &ids, const QStringList &tags);
    void removeTags(const QList<qint64> &ids, const QStringList &tags);
    void setNote(const QList<qint64> &ids, const QString &note);

    void addToCollection(const QList<qint64> &ids, const QString &collection);
    void removeFromCollection(const QList<qint64> &ids, const QString &collection);
    /// \return id of the new collection   \param ids  its first pictures; only for ordinary ones
    QString createCollection(const QString &name, const QList<qint64> &ids = {});
    QString createSmartCollection(const QString &name, const QString &query,
                                  CollectionKind kind = CollectionKind::Smart);
    void renameCollection(const QString &collection, const QString &name);
    void setCollectionQuery(const QString &collection, const QString &query);
    void deleteCollection(const QString &collection);

    [[nodiscard]] bool canUndo() const { return !m_done.empty(); }
    [[nodiscard]] bool canRedo() const { return !m_undone.empty(); }
    [[nodiscard]] QString undoText() const; ///< "5 stars for 12 pictures"; empty: nothing to undo
    [[nodiscard]] QString redoText() const;
    bool undo(); ///< false if there was nothing
    bool redo();

Q_SIGNALS:
    void done(const QString &sentence); ///< a change was made (not by undo or redo)
    void stateChanged();                ///< canUndo, canRedo or their texts

private:
    struct Place
    {
        qint64 id = 0;
        QString path = {}; ///< finds the row again after the index was made anew
    };
    struct Step
    {
        QString sentence = {};
        QList<Place> places = {};
        QList<PictureMarks> before = {};
        QList<PictureMarks> after = {};
        QList<GalleryCollection> collectionsBefore = {}; ///< all of them; unused unless hasCollections
        QList<GalleryCollection> collectionsAfter = {};
        bool hasCollections = false;
    };

    using Change = std::function<void(PictureMarks &)>;
    void change(const QList<qint64> &ids, const Change &edit, const std::function<QString(int)> &sentence);
    void changeCollections(const QList<GalleryCollection> &after, const QString &sentence,
                           const QList<qint64> &ids = {}, const Change &edit = {});
    [[nodiscard]] Step stepOf(const QList<qint64> &ids, const Change &edit) const;
    void push(Step step);
    void apply(const Step &step, bool isUndo);

    GalleryStore &m_store;
    std::deque<Step> m_done;
    std::deque<Step> m_undone;
};

} // namespace app
