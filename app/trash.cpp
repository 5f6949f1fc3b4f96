#include "app/trash.h"

#include "app/trajectory_store.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>

namespace app {

namespace {

/// The desktop's note about a file in its trash (freedesktop.org trash specification 1.0): info/NAME.trashinfo.
QString infoFileOf(const QString &pathInTrash)
{
    const QFileInfo info(pathInTrash);
    QDir folder = info.dir();
    if (!folder.cdUp())
        return {};
    return folder.filePath(QStringLiteral("info/%1.trashinfo").arg(info.fileName()));
}

} // namespace

Trash::Trash(GalleryStore &store, QObject *parent) : QObject(parent), m_store(store)
{
    qRegisterMetaType<QList<Moved>>();
    m_pool.setMaxThreadCount(1);
}

Trash::~Trash()
{
    m_pool.waitForDone();
}

void Trash::finish()
{
    m_pool.waitForDone();
}

void Trash::move(const QList<GalleryPicture> &pictures)
{
    QList<qint64> ids;
    for (const GalleryPicture &picture : pictures)
        ids.append(picture.id);
    m_store.remove(ids); // at once: nothing on the screen waits for the disk
    m_pool.start([this, pictures] {
        QList<Moved> moved;
        QList<GalleryPicture> kept;
        for (const GalleryPicture &picture : pictures) {
            QString pathInTrash;
            if (QFile::moveToTrash(picture.path, &pathInTrash)) {
                QString stepsInTrash;
                if (const QString steps = TrajectoryStore::fileBeside(picture.path); QFileInfo::exists(steps))
                    QFile::moveToTrash(steps, &stepsInTrash);
                moved.append({picture, pathInTrash, stepsInTrash});
            } else if (QFileInfo::exists(picture.path))
                kept.append(picture);
        }
        QMetaObject::invokeMethod(
            this,
            [this, moved, kept] {
                m_store.add(kept);
                if (!kept.isEmpty())
                    Q_EMIT failed(tr("Cannot move %n picture(s) to the trash. Check that you may change the folder.",
                                     nullptr, int(kept.size())));
                if (!moved.isEmpty())
                    Q_EMIT this->moved(moved);
            },
            Qt::QueuedConnection);
    });
}

void Trash::restore(const QList<Moved> &moved)
{
    m_pool.start([this, moved] {
        QList<GalleryPicture> back;
        int lost = 0;
        for (const Moved &each : moved) {
            QDir().mkpath(QFileInfo(each.picture.path).path());
            if (!QFileInfo::exists(each.picture.path) && QFile::rename(each.pathInTrash, each.picture.path)) {
                QFile::remove(infoFileOf(each.pathInTrash));
                if (!each.stepsInTrash.isEmpty() &&
                    QFile::rename(each.stepsInTrash, TrajectoryStore::fileBeside(each.picture.path)))
                    QFile::remove(infoFileOf(each.stepsInTrash));
                back.append(each.picture);
            } else {
                ++lost;
            }
        }
        QMetaObject::invokeMethod(
            this,
            [this, back, lost] {
                QStringList paths;
                m_store.add(back);
                for (const GalleryPicture &picture : back)
                    paths.append(picture.path);
                if (lost > 0)
                    Q_EMIT failed(tr("Cannot bring %n picture(s) back: not in the trash any more.", nullptr, lost));
                if (!paths.isEmpty())
                    Q_EMIT restored(paths);
            },
            Qt::QueuedConnection);
    });
}

} // namespace app
