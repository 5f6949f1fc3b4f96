#pragma once

#include <QImage>
#include <QList>
#include <QObject>
#include <QSize>
#include <QString>
#include <QThreadPool>

#include <atomic>
#include <memory>

namespace app {

/// A picture that cannot be used, and why.
struct BrokenPicture
{
    QString file = {};
    QString reason = {}; ///< one sentence

    bool operator==(const BrokenPicture &) const = default;
};

/// What a folder of training pictures holds.
struct TrainingFolderContents
{
    QString folder = {};
    QString fault = {};        ///< why it cannot be used at all, one sentence; empty: fine
    int pictures = 0;          ///< found, broken ones included
    int looked = 0;            ///< of them, decoded so far
    int captioned = 0;         ///< pictures with a caption
    double captionWords = 0.0; ///< on average
    int smallestSide = 0;      ///< of the shorter sides; 0: none is known yet
    int largestSide = 0;
    int isSquare = 0; ///< pictures that lose nothing when they are cropped
    QList<BrokenPicture> broken = {};
    QList<QImage> examples = {};   ///< at most six, small
    QStringList exampleFiles = {}; ///< some that can be read, for a probe
    QStringList exampleCaptions = {};

    [[nodiscard]] int usable() const { return pictures - int(broken.size()); }
    [[nodiscard]] bool isDone() const { return looked == pictures; }
};

/// Looks at a folder of training pictures in the background: which there are and what is said about them (as the
/// engine finds them), then every one, for those that cannot be read.
class TrainingFolder : public QObject
{
    Q_OBJECT

public:
    explicit TrainingFolder(QObject *parent = nullptr);
    ~TrainingFolder() override;

    /// Starts looking; what was being looked at before is left. changed() follows, several times while it goes on.
    void setFolder(const QString &folder);
    void lookAgain() { setFolder(m_contents.folder); }
    [[nodiscard]] const TrainingFolderContents &contents() const { return m_contents; }
    [[nodiscard]] bool isLooking() const { return m_isLooking; }

Q_SIGNALS:
    void changed();

private:
    TrainingFolderContents m_contents;
    std::shared_ptr<std::atomic<bool>> m_stop;
    bool m_isLooking = false;
    QThreadPool m_pool; ///< one thread
};

} // namespace app
