#pragma once

#include "app/failure.h"
#include "app/job.h"
#include "app/model_hash.h"
#include "app/recipe.h"
#include "engine/event.h"

#include <QHash>
#include <QObject>
#include <QThreadPool>

#include <memory>

namespace app {

class EngineThread;
class GalleryStore;
class JobQueue;
class Settings;
class Thumbnails;

/// Writes every finished picture, with its recipe, before anybody hears of it: file, row of the gallery, then signals.
class PictureSaver : public QObject
{
    Q_OBJECT

public:
    struct Parts
    {
        EngineThread &engine;
        JobQueue &queue;
        GalleryStore &store;
        Thumbnails &thumbnails;
        Settings &settings;
        QString hashFile; ///< where hashes of models are kept between runs; empty: nowhere
    };

    explicit PictureSaver(const Parts &parts, QObject *parent = nullptr);
    ~PictureSaver() override; ///< waits until everything is on disk

    /// Waits until everything that was made is on disk.
    void finish();
    [[nodiscard]] ModelHashes &hashes() { return m_hashes; }

Q_SIGNALS:
    void saved(app::JobId id, int picture, const QString &path);
    void failed(app::JobId id, const app::Failure &failure);

private:
    struct Work;

    void save(JobId id, const engine::GenerateRequest &request, const engine::ImageFinished &image);
    void write(const Work &work); ///< in the pool
    [[nodiscard]] QString familyOf(const std::filesystem::path &model);

    Parts m_parts;
    ModelHashes m_hashes;
    // On the pool's thread only.
    QHash<QString, QString> m_families; ///< by path of the model
    QHash<QString, int> m_sequences;    ///< next number, by folder
    QThreadPool m_hashPool;
    QThreadPool m_pool; ///< one thread: numbers in the names follow the order of the pictures
};

} // namespace app
