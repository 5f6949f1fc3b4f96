#pragma once

#include <QCache>
#include <QImage>
#include <QObject>
#include <QSet>
#include <QStringList>
#include <QThreadPool>

#include <atomic>
#include <memory>

namespace ui {

/// Why a file cannot be shown, in a sentence; empty if it can be read. Looks at the file: not for the UI thread.
[[nodiscard]] QString unreadableReason(const QString &path);

/// Whether the name is that of a picture that Tincture reads.
[[nodiscard]] bool isPictureFile(const QString &path);

/// Reads pictures one at a time in the background and keeps a few: what was asked for last comes first, its
/// neighbours after it.
class PictureLoader : public QObject
{
    Q_OBJECT
public:
    explicit PictureLoader(QObject *parent = nullptr);
    ~PictureLoader() override;

    /// The picture if it is at hand; else null, and loaded() or failed() follows.
    QImage load(const QString &path);
    /// Reads these when nothing else is to be done.
    void prefetch(const QStringList &paths);
    [[nodiscard]] bool isKept(const QString &path) const { return m_kept.contains(path); }
    /// The file changed or went.
    void forget(const QString &path) { m_kept.remove(path); }

Q_SIGNALS:
    void loaded(const QString &path, const QImage &image);
    void failed(const QString &path, const QString &sentence);

private:
    enum class Purpose { Show, Keep };
    void start(const QString &path, Purpose purpose);
    void onDone(const QString &path, const QImage &image, const QString &problem);

    QThreadPool m_pool; ///< one thread
    QString m_wanted;
    QSet<QString> m_running;
    std::shared_ptr<std::atomic<int>> m_newest; ///< older requests are dropped before they are read
    QCache<QString, QImage> m_kept;             ///< cost in kilobytes
};

} // namespace ui
