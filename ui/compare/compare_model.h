#pragma once

#include "app/job.h"
#include "app/picture_metrics.h"
#include "app/recipe.h"
#include "ui/compare/picture_levels.h"

#include <QAbstractListModel>
#include <QDateTime>
#include <QImage>
#include <QStringList>
#include <QThreadPool>

#include <optional>

namespace app {
class GalleryStore;
class JobQueue;
} // namespace app

namespace ui {

/// One of the pictures that are compared.
struct CompareSlot
{
    enum class Kind {
        File,
        Image, ///< from the clipboard, without a file
        Live   ///< the picture that is forming; becomes a file when it is finished
    };

    quint64 id = 0; ///< never used twice
    Kind kind = Kind::File;
    QString path = {};
    QString title = {};  ///< beginning of the prompt, or the file's name
    QString detail = {}; ///< "today, 14:02, seed 7"; the step of a forming picture
    QSize size = {};     ///< of the finished picture: a preview has fewer pixels
    PictureLevels picture = {};
    QString problem = {}; ///< one sentence: why there is no picture
    QString note = {};    ///< "shown at 1/5 of its size: ..."
    std::optional<app::Recipe> recipe = {};
    QDateTime made = {};
    int stars = 0;
    qint64 galleryId = 0; ///< 0: not in the gallery
    bool isLoading = false;
    app::JobId job = 0;                 ///< of a Live slot; 0: waits for the next
    int jobPicture = 0;                 ///< index within it
    double progress = -1.0;             ///< of a Live slot
    app::PictureLikeness likeness = {}; ///< to the first picture
    QImage difference = {};             ///< from the first, grey
    int revision = 0;                   ///< of the picture

    [[nodiscard]] bool isReady() const { return !picture.isNull(); }
};

/// The pictures that are compared: 2 to 16, the first is A. Reads and scales them, and works out how alike they are,
/// in the background.
class CompareModel : public QAbstractListModel
{
    Q_OBJECT
public:
    enum Role {
        LetterRole = Qt::UserRole + 1, ///< "A"
        DetailRole,                    ///< QString
        ProblemRole,                   ///< QString
        ThumbnailRole,                 ///< QImage
        ProgressRole                   ///< double, negative: finished
    };
    static constexpr int kMost = 16;
    static constexpr qint64 kMostPixels = 24'000'000; ///< more are made smaller while they are read

    CompareModel(app::JobQueue &queue, app::GalleryStore &store, QObject *parent = nullptr);
    ~CompareModel() override;

    /// Instead of what was there; the first is A.
    void setFiles(const QStringList &paths);
    /// \param row  where; -1: behind the last
    void addFiles(const QStringList &paths, int row = -1);
    /// Instead of the picture of this row.
    void replace(int row, const QString &path);
    void addImage(const QImage &image, const QString &title);
    /// The picture that is forming, or the next that will.
    void addLive();
    void remove(int row);
    void clear();
    void move(int from, int to); ///< `to` is where it stands afterwards
    void swap(int first, int second);
    /// What may have changed on disk is read again.
    void reload(int row);

    [[nodiscard]] int count() const { return int(m_slots.size()); }
    [[nodiscard]] const CompareSlot &at(int row) const { return m_slots.at(row); }
    [[nodiscard]] const QList<CompareSlot> &all() const { return m_slots; }
    [[nodiscard]] int rowOf(const QString &path) const;
    [[nodiscard]] static QString letter(int row);
    /// Size that all are fitted to: that of the first picture that is there.
    [[nodiscard]] QSize frame() const;
    [[nodiscard]] bool isWorking() const { return m_working > 0; }

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] Qt::ItemFlags flags(const QModelIndex &index) const override;
    [[nodiscard]] Qt::DropActions supportedDropActions() const override;
    [[nodiscard]] QStringList mimeTypes() const override;
    [[nodiscard]] QMimeData *mimeData(const QModelIndexList &indexes) const override;
    bool dropMimeData(const QMimeData *data, Qt::DropAction action, int row, int column,
                      const QModelIndex &parent) override;

Q_SIGNALS:
    void changed(); ///< which pictures there are, or one of them
    void likenessChanged(int row);
    void aboutToReplace();                ///< a row gets another picture
    void notice(const QString &sentence); ///< "Only 16 pictures ..."

private:
    struct Prepared;
    struct Compared;

    static Prepared prepare(const QString &path);
    static Prepared prepare(const QImage &image);
    static Compared compare(const QImage &a, const QImage &b);

    [[nodiscard]] int rowOfId(quint64 id) const;
    void read(CompareSlot &slot);
    void onPrepared(quint64 id, int revision, const Prepared &prepared);
    void compareAll();
    void compareWith(int row);
    void onCompared(quint64 id, quint64 key, const Compared &compared);
    [[nodiscard]] quint64 comparisonKey(const CompareSlot &slot) const;
    void takeFacts(CompareSlot &slot) const;
    void follow(CompareSlot &slot, app::JobId job);
    void onProgress(app::JobId job);
    void onSaved(app::JobId job, const QString &path);
    void onEnded(app::JobId job);
    void rowChanged(int row);

    app::JobQueue &m_queue;
    app::GalleryStore &m_store;
    QList<CompareSlot> m_slots;
    QThreadPool m_pool;
    QHash<quint64, quint64> m_comparing;  ///< slot id, key of the comparison that is under way
    QHash<quint64, quint64> m_compared;   ///< slot id, key of the one that is shown
    QHash<quint64, qint64> m_previewKeys; ///< slot id, cacheKey of the preview that was taken
    quint64 m_lastId = 0;
    int m_working = 0;
};

} // namespace ui
