#pragma once

#include "app/gallery_store.h"

#include <QList>
#include <QObject>
#include <QThreadPool>

namespace app {

/// Moves pictures to the desktop's trash and brings them back, file and row of the gallery with its stars. Works in
/// the background, in the order asked for.
class Trash : public QObject
{
    Q_OBJECT

public:
    /// What was moved, to bring it back.
    struct Moved
    {
        GalleryPicture picture = {};
        QString pathInTrash = {};
        QString stepsInTrash = {}; ///< its steps, where they lay beside it; empty: none
    };

    explicit Trash(GalleryStore &store, QObject *parent = nullptr);
    ~Trash() override; ///< waits until everything is done

    /// Moves the files; their rows leave the gallery. moved() follows, failed() for those that stay.
    void move(const QList<GalleryPicture> &pictures);
    /// Brings them back; restored() or failed() follows.
    void restore(const QList<Moved> &moved);
    void finish();

Q_SIGNALS:
    void moved(const QList<app::Trash::Moved> &moved);
    void restored(const QStringList &paths);
    /// \param sentence  what could not be moved, and why, for people
    void failed(const QString &sentence);

private:
    GalleryStore &m_store;
    QThreadPool m_pool; ///< one thread
};

} // namespace app

Q_DECLARE_METATYPE(app::Trash::Moved)
