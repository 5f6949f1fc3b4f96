#pragma once

#include "app/engine_thread.h"

#include <QString>

#include <memory>

namespace app {

class Drafts;
class GalleryEdits;
class GalleryModel;
class GalleryStore;
class JobQueue;
class ModelCatalog;
class PictureExporter;
class PictureSaver;
class Settings;
class Thumbnails;
class TrajectoryStore;
class TrainingRuns;
class TrainingSpeed;
class Verifier;
class XyPlots;

/// Where things lie. Empty members mean the usual place of the desktop (XDG).
struct StudioOptions
{
    QString configFile = {};     ///< ~/.config/tincture/tincture.ini
    QString dataFolder = {};     ///< ~/.local/share/tincture: queue, draft, gallery index
    QString cacheFolder = {};    ///< ~/.cache/tincture: thumbnails
    QString pictureFolder = {};  ///< overrides the setting
    QString resourceFolder = {}; ///< <prefix>/share/tincture
    EngineFactory factory = {};  ///< empty: engine::makeEngine
};

/// Everything behind the window, built once in main and handed down by reference.
class Studio
{
public:
    explicit Studio(StudioOptions options = {});
    ~Studio();
    Studio(const Studio &) = delete;
    Studio &operator=(const Studio &) = delete;

    /// What may wait until the window is on the screen: opens the engine and the gallery, looks for models and
    /// pictures, brings the queue back. Called once.
    void start();

    [[nodiscard]] Settings &settings() { return *m_settings; }
    [[nodiscard]] EngineThread &engine() { return *m_engine; }
    [[nodiscard]] JobQueue &queue() { return *m_queue; }
    [[nodiscard]] GalleryStore &store() { return *m_store; }
    [[nodiscard]] GalleryEdits &edits() { return *m_edits; }
    [[nodiscard]] GalleryModel &gallery() { return *m_gallery; }
    [[nodiscard]] Thumbnails &thumbnails() { return *m_thumbnails; }
    [[nodiscard]] ModelCatalog &models() { return *m_models; }
    [[nodiscard]] Drafts &drafts() { return *m_drafts; }
    [[nodiscard]] PictureSaver &saver() { return *m_saver; }
    [[nodiscard]] TrajectoryStore &trajectories() { return *m_trajectories; }
    [[nodiscard]] XyPlots &plots() { return *m_plots; }
    [[nodiscard]] PictureExporter &exporter() { return *m_exporter; }
    [[nodiscard]] Verifier &verifier() { return *m_verifier; }
    [[nodiscard]] TrainingRuns &trainings() { return *m_trainings; }
    [[nodiscard]] TrainingSpeed &trainingSpeed() { return *m_trainingSpeed; }
    [[nodiscard]] const QString &resourceFolder() const { return m_options.resourceFolder; }

    /// <prefix>/share/tincture of this program, or of its build tree.
    [[nodiscard]] static QString defaultResourceFolder();

private:
    StudioOptions m_options;
    // In this order: what is below uses what is above.
    std::unique_ptr<Settings> m_settings;
    std::unique_ptr<EngineThread> m_engine;
    std::unique_ptr<JobQueue> m_queue;
    std::unique_ptr<GalleryStore> m_store;
    std::unique_ptr<GalleryEdits> m_edits;
    std::unique_ptr<Thumbnails> m_thumbnails;
    std::unique_ptr<GalleryModel> m_gallery;
    std::unique_ptr<ModelCatalog> m_models;
    std::unique_ptr<Drafts> m_drafts;
    std::unique_ptr<PictureSaver> m_saver;
    std::unique_ptr<TrajectoryStore> m_trajectories;
    std::unique_ptr<XyPlots> m_plots;
    std::unique_ptr<PictureExporter> m_exporter;
    std::unique_ptr<Verifier> m_verifier;
    std::unique_ptr<TrainingRuns> m_trainings;
    std::unique_ptr<TrainingSpeed> m_trainingSpeed;
};

} // namespace app
