#pragma once

#include "app/failure.h"
#include "engine/model_info.h"

#include <QAbstractListModel>
#include <QStringList>
#include <QThreadPool>

#include <memory>
#include <vector>

namespace app {

enum class ModelState { Ready, Damaged, Unsupported, Missing };
enum class ModelSource { Starter, Folder, Recent };

/// A model that was found, whether it works or not.
struct ModelEntry
{
    QString path = {};
    QString name = {};
    ModelSource source = ModelSource::Folder;
    ModelState state = ModelState::Ready;
    Failure failure = {};        ///< why it is not ready
    engine::ModelInfo info = {}; ///< of a ready one
    qint64 lastUsed = 0;         ///< 1: newest ... ; 0: not lately
};

/// Models of the program, of the user's folders and those used lately; looked at in the background.
class ModelCatalog : public QAbstractListModel
{
    Q_OBJECT

public:
    enum Role {
        PathRole = Qt::UserRole + 1, ///< QString
        NameRole,                    ///< QString; DisplayRole too
        StateRole,                   ///< int(ModelState)
        SourceRole,                  ///< int(ModelSource)
        FailureSentenceRole,         ///< QString, empty if ready
        FamilyLabelRole,             ///< QString
        BytesRole,                   ///< qint64
        TakesPromptRole,             ///< bool
        EntryRole                    ///< app::ModelEntry
    };

    /// \param starterFolder folder whose folders are models that come with the program
    explicit ModelCatalog(const QString &starterFolder, QObject *parent = nullptr);
    ~ModelCatalog() override;

    // Both look again, once rescan() was called.
    void setFolders(const QStringList &folders);
    void setRecent(const QStringList &paths);
    /// Looks at all folders again; scanned() follows. Rows change only where something changed.
    void rescan();
    [[nodiscard]] bool isScanning() const { return m_scansRunning > 0; }

    [[nodiscard]] const ModelEntry *find(const QString &path) const; ///< nullptr if it is not listed
    /// The first ready one that came with the program and takes a prompt; nullptr if there is none.
    [[nodiscard]] const ModelEntry *starter() const;
    [[nodiscard]] int row(const QString &path) const;
    [[nodiscard]] const std::vector<ModelEntry> &entries() const { return m_entries; }

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QHash<int, QByteArray> roleNames() const override;

Q_SIGNALS:
    void scanned();

private:
    void apply(std::vector<ModelEntry> found);

    QString m_starterFolder;
    QStringList m_folders;
    QStringList m_recent;
    std::vector<ModelEntry> m_entries;
    QThreadPool m_pool; ///< one thread
    int m_scansRunning = 0;
    bool m_hasStarted = false;
};

/// Looks at one path; never throws. Called anywhere.
[[nodiscard]] ModelEntry inspectEntry(const QString &path, ModelSource source);

} // namespace app

Q_DECLARE_METATYPE(app::ModelEntry)
