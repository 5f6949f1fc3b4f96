#include "app/studio.h"

#include "app/drafts.h"
#include "app/gallery_edits.h"
#include "app/gallery_model.h"
#include "app/gallery_store.h"
#include "app/job_queue.h"
#include "app/model_catalog.h"
#include "app/picture_export.h"
#include "app/picture_saver.h"
#include "app/settings.h"
#include "app/thumbnails.h"
#include "app/training_runs.h"
#include "app/training_speed.h"
#include "app/trajectory_store.h"
#include "app/verify.h"
#include "app/xy_plot.h"
#include "engine/resources.h"

#include <QDir>
#include <QSet>
#include <QStandardPaths>

#include <memory>

namespace app {

namespace {

QString place(QStandardPaths::StandardLocation location)
{
    return QDir(QStandardPaths::writableLocation(location)).filePath(QStringLiteral("tincture"));
}

StudioOptions completed(StudioOptions options)
{
    if (options.configFile.isEmpty())
        options.configFile =
            QDir(place(QStandardPaths::GenericConfigLocation)).filePath(QStringLiteral("tincture.ini"));
    if (options.dataFolder.isEmpty())
        options.dataFolder = place(QStandardPaths::GenericDataLocation);
    if (options.cacheFolder.isEmpty())
        options.cacheFolder = place(QStandardPaths::GenericCacheLocation);
    if (options.resourceFolder.isEmpty())
        options.resourceFolder = Studio::defaultResourceFolder();
    return options;
}

} // namespace

QString Studio::defaultResourceFolder()
{
    return QString::fromStdString(engine::resourceFolder().string());
}

Studio::Studio(StudioOptions options) : m_options(completed(std::move(options)))
{
    const QDir data(m_options.dataFolder);
    const QDir cache(m_options.cacheFolder);
    const QDir resources(m_options.resourceFolder);
    data.mkpath(QStringLiteral("."));

    m_settings = std::make_unique<Settings>(m_options.configFile);
    if (!m_options.factory) {
        m_options.factory = [threads = m_settings->threads()] { return engine::makeEngine({.threads = threads}); };
    }
    const QString pictures = m_options.pictureFolder.isEmpty() ? m_settings->pictureFolder() : m_options.pictureFolder;
    m_engine = std::make_unique<EngineThread>(m_options.factory);
    m_queue = std::make_unique<JobQueue>(*m_engine, data.filePath(QStringLiteral("queue.json")));
    m_store = std::make_unique<GalleryStore>(data.filePath(QStringLiteral("gallery.sqlite")), pictures);
    m_store->setFolders(m_settings->galleryFolders());
    m_edits = std::make_unique<GalleryEdits>(*m_store);
    m_thumbnails = std::make_unique<Thumbnails>(cache.filePath(QStringLiteral("thumbnails")));
    m_gallery = std::make_unique<GalleryModel>(*m_store, *m_thumbnails);
    m_models = std::make_unique<ModelCatalog>(resources.filePath(QStringLiteral("models")));
    m_drafts = std::make_unique<Drafts>(data.filePath(QStringLiteral("draft.json")));
    m_saver = std::make_unique<PictureSaver>(
        PictureSaver::Parts{.engine = *m_engine,
                            .queue = *m_queue,
                            .store = *m_store,
                            .thumbnails = *m_thumbnails,
                            .settings = *m_settings,
                            .hashFile = data.filePath(QStringLiteral("model-hashes.json"))});

    m_trajectories = std::make_unique<TrajectoryStore>(
        TrajectoryStore::Parts{.engine = *m_engine,
                               .queue = *m_queue,
                               .saver = *m_saver,
                               .settings = *m_settings,
                               .branchFile = data.filePath(QStringLiteral("branches.json"))});
    m_plots = std::make_unique<XyPlots>(*m_queue, data.filePath(QStringLiteral("plots")));
    m_exporter = std::make_unique<PictureExporter>();
    m_verifier =
        std::make_unique<Verifier>(Verifier::Parts{.engine = *m_engine,
                                                   .models = *m_models,
                                                   .hashes = m_saver->hashes(),
                                                   .recordFile = data.filePath(QStringLiteral("verified.json"))});

    m_trainings = std::make_unique<TrainingRuns>(*m_engine, data.filePath(QStringLiteral("training")),
                                                 data.filePath(QStringLiteral("models")));
    m_trainingSpeed =
        std::make_unique<TrainingSpeed>(*m_engine, *m_trainings, data.filePath(QStringLiteral("training-speeds.json")));

    if (m_options.pictureFolder.isEmpty())
        QObject::connect(m_settings.get(), &Settings::pictureFolderChanged, m_store.get(), &GalleryStore::setFolder);
    QObject::connect(m_settings.get(), &Settings::galleryFoldersChanged, m_store.get(), &GalleryStore::setFolders);
    // What pictures look like is found out when their thumbnails are made; the rest when the machine has time.
    QObject::connect(m_thumbnails.get(), &Thumbnails::described, m_store.get(), &GalleryStore::setLook);
    const auto asked = std::make_shared<QSet<QString>>(); // and not written yet, or never where the disk is full
    const auto describeSome = [store = m_store.get(), thumbnails = m_thumbnails.get(), asked] {
        constexpr int kSome = 64;
        constexpr int kMostAsked = 256;
        QSet<QString> waiting;
        QStringList paths;
        const QStringList without = store->withoutLook(kMostAsked);
        for (const QString &path : without) {
            if (asked->contains(path))
                waiting.insert(path);
            else if (paths.size() < kSome)
                paths.append(path);
        }
        *asked = waiting + QSet<QString>(paths.begin(), paths.end());
        if (!paths.isEmpty())
            thumbnails->describe(paths);
    };
    QObject::connect(m_store.get(), &GalleryStore::scanned, m_thumbnails.get(), describeSome);
    QObject::connect(m_thumbnails.get(), &Thumbnails::rested, m_store.get(), describeSome);
    QObject::connect(m_settings.get(), &Settings::modelFoldersChanged, m_models.get(), &ModelCatalog::setFolders);
    QObject::connect(m_settings.get(), &Settings::recentModelsChanged, m_models.get(), &ModelCatalog::setRecent);
}

Studio::~Studio()
{
    m_drafts->flush();
    m_engine->stopAll();
    // Hashing gigabytes keeps nobody waiting: neither that of a verification nor, when pictures are saved, the saver's.
    m_verifier->cancel();
    m_saver->finish();
    m_saver->hashes().stop();
}

void Studio::start()
{
    m_engine->start();
    m_store->open();
    m_gallery->reload();
    m_store->rescan();
    m_models->setFolders(m_settings->modelFolders());
    m_models->setRecent(m_settings->recentModels());
    m_models->rescan();
    m_queue->restore();
    m_trainings->restore();
    m_plots->restore();
}

} // namespace app
