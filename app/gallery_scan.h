#pragma once

#include "app/gallery_journal.h"
#include "app/gallery_picture.h"

#include <QHash>
#include <QStringList>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace app {

/// A row from a file: container, recipe and hash of the content. Decodes no pixel. Any thread.
[[nodiscard]] GalleryPicture readGalleryPicture(const QString &path);
/// Tells files apart and finds moved ones again: 16 bytes over the size and up to 192 kB of a file.
[[nodiscard]] QByteArray contentHash(const QString &path);
/// Whether a file is one of the gallery's, by its ending.
[[nodiscard]] bool isPictureName(const QString &name);

/// One walk over a folder of pictures, in a thread of its own that nobody waits for: a network folder may hang in it
/// for ever. Whoever started it looks at silenceMs() and leaves it alone when it lasts too long.
class GalleryScan : public std::enable_shared_from_this<GalleryScan>
{
public:
    struct Known
    {
        qint64 id = 0;
        qint64 bytes = 0;
        qint64 modifiedMs = 0;
        bool hasSteps = false;
    };
    struct Task
    {
        QString folder = {};
        bool isMain = false;     ///< made when it is not there yet
        QStringList others = {}; ///< folders of the gallery: passed over where they lie in this one
        QHash<QString, Known> known = {};
        QString ownFolder = {};                                     ///< of GalleryJournal
        std::function<void(const QString &folder)> beforeEach = {}; ///< called before a folder is read; for tests
    };
    /// After the walk, before files are read.
    struct Walked
    {
        GalleryFolder::State state = GalleryFolder::State::Ready;
        bool isNetwork = false;
        QStringList folders = {};                     ///< all that were walked, for watching
        QList<qint64> gone = {};                      ///< ids
        int fresh = 0;                                ///< files that will be read
        std::shared_ptr<GalleryJournal> journal = {}; ///< nullptr unless Ready
    };
    /// Called on the scan's thread, never after cancel().
    struct Events
    {
        std::function<void(const Walked &)> walked;
        std::function<void(const QList<GalleryPicture> &pictures, int done)> found;
        std::function<void()> ended;
    };

    static std::shared_ptr<GalleryScan> start(Task task, Events events);
    /// No event follows. Does not wait for the thread.
    void cancel();
    [[nodiscard]] qint64 silenceMs() const;

    GalleryScan(Task task, Events events);

private:
    struct File
    {
        QString path = {};
        qint64 bytes = 0;
        qint64 modifiedMs = 0;
        bool hasSteps = false;
    };
    void run();
    void walk(Walked *walked, std::vector<File> *files);
    void read(const std::vector<const File *> &fresh);
    void beat();
    template <typename Call>
    bool send(Call call);

    Task m_task;
    Events m_events;
    std::mutex m_mutex; ///< held while an event is delivered
    std::atomic<bool> m_isCancelled = false;
    std::atomic<qint64> m_beatMs = 0;
};

} // namespace app
