#include "app/studio.h"

#include "app/drafts.h"
#include "app/gallery_model.h"
#include "app/gallery_store.h"
#include "app/job_queue.h"
#include "app/model_catalog.h"
#include "app/picture_saver.h"
#include "app/settings.h"
#include "app/thumbnails.h"
#include "engine/resources.h"

#include <QDir>
#include <QStandardPaths>

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

    if (m_options.pictureFolder.isEmpty())
        QObject::connect(m_settings.get(), &Settings::pictureFolderChanged, m_store.get(), &GalleryStore::setFolder);
    QObject::connect(m_settings.get(), &Settings::modelFoldersChanged, m_models.get(), &ModelCatalog::setFolders);
    QObject::connect(m_settings.get(), &Settings::recentModelsChanged, m_models.get(), &ModelCatalog::setRecent);
}

Studio::~Studio()
{
    m_drafts->flush();
    m_engine->stopAll();
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
}

} // namespace app
