#pragma once

#include "app/failure.h"
#include "app/job.h"
#include "engine/trajectory.h"

#include <QHash>
#include <QObject>
#include <QStringList>
#include <QThreadPool>

#include <atomic>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <utility>

namespace app {

class EngineThread;
class JobQueue;
class PictureSaver;
class Settings;

using TrajectoryPtr = std::shared_ptr<const engine::Trajectory>;

/// A picture that was branched from another one. Its picture's recipe says the same: this is an index.
struct Branch
{
    QString path = {};
    QString parent = {};                        ///< path
    int step = 0;                               ///< steps that are the parent's
    std::optional<quint64> noiseSeed = {};      ///< of the rest; empty: the parent's
    engine::GenerateRequest request = {};       ///< without its pictures
    engine::GenerateRequest parentRequest = {}; ///< likewise

    bool operator==(const Branch &) const = default;
};

/// How the pictures of this session came to be, by the path of the picture. Takes up to Settings::stepsMemory(); the
/// ones that were not looked at for longest go first. Where the user wants it, each is also written beside its picture
/// (NAME.trajectory.safetensors) and read back when it is asked for.
class TrajectoryStore : public QObject
{
    Q_OBJECT

public:
    struct Parts
    {
        EngineThread &engine;
        JobQueue &queue;
        PictureSaver &saver;
        Settings &settings;
        QString branchFile = {}; ///< where the branches are kept between runs; empty: nowhere
    };

    explicit TrajectoryStore(const Parts &parts, QObject *parent = nullptr);
    ~TrajectoryStore() override; ///< waits until everything is on disk

    /// "/pictures/00012-42.trajectory.safetensors" for "/pictures/00012-42.png".
    [[nodiscard]] static QString fileBeside(const QString &picture);

    void keep(const QString &picture, const TrajectoryPtr &trajectory);
    void forget(const QString &picture);
    /// In memory; nullptr if there is none.
    [[nodiscard]] TrajectoryPtr find(const QString &picture) const;
    /// In memory or beside the picture.
    [[nodiscard]] bool has(const QString &picture) const;
    /// loaded() or failed() follows, at once if it is in memory.
    void request(const QString &picture);
    /// Writes the steps of a picture beside it; savedBeside() or failed() follows.
    void saveBeside(const QString &picture);
    /// Pictures whose steps are looked at: they are not dropped.
    void setLookedAt(const QStringList &pictures);
    /// Picture whose steps came last; empty: none yet.
    [[nodiscard]] QString latest() const { return m_latest; }
    /// Picture that is looked at, or was last; else latest().
    [[nodiscard]] QString current() const;
    /// Whose steps are in memory, looked at last first.
    [[nodiscard]] QStringList pictures() const;
    [[nodiscard]] quint64 bytes() const { return m_bytes; }
    [[nodiscard]] int count() const { return int(m_kept.size()); }

    /// Everything that was branched from the same first picture as `picture`, parents before their branches.
    [[nodiscard]] QList<Branch> familyOf(const QString &picture) const;
    /// The first picture of its family; itself if it was branched from none.
    [[nodiscard]] QString rootOf(const QString &picture) const;
    [[nodiscard]] std::optional<Branch> branch(const QString &picture) const;
    void addBranch(const Branch &branch);
    /// Waits until everything is on disk.
    void finish();

Q_SIGNALS:
    /// The steps of a new picture are here.
    void kept(const QString &picture);
    void loaded(const QString &picture, const app::TrajectoryPtr &trajectory);
    /// \param failure  one sentence: none are kept, the file is cut short, ...
    void failed(const QString &picture, const app::Failure &failure);
    void savedBeside(const QString &picture);
    void branchesChanged();

private:
    struct Kept
    {
        QString picture = {};
        TrajectoryPtr trajectory = {};
        quint64 bytes = 0;
    };

    struct Unsaved
    {
        TrajectoryPtr trajectory = {};
        TrajectoryPtr parent = {}; ///< of a branch
    };

    void onTrajectory(JobId id, int picture, const TrajectoryPtr &trajectory);
    void onSaved(JobId id, int picture, const QString &path);
    void makeRoom();
    void touch(const QString &picture);
    void readBranches();
    void writeBranches();
    void noteParent(const QString &picture, const TrajectoryPtr &trajectory, const QString &parent, int step,
                    std::optional<quint64> noiseSeed, const engine::GenerateRequest &parentRequest);

    Parts m_parts;
    std::map<std::pair<JobId, int>, Unsaved> m_unsaved; ///< whose picture is not on disk yet
    std::list<Kept> m_kept;                             ///< looked at last first
    QStringList m_lookedAt;
    QString m_latest;
    quint64 m_bytes = 0;
    QHash<QString, Branch> m_branches; ///< by path of the branch
    std::shared_ptr<std::atomic<int>> m_newestWrite = std::make_shared<std::atomic<int>>(0);
    QThreadPool m_pool; ///< one thread; last member: ends first
};

} // namespace app
