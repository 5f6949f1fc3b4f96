#pragma once

#include "app/gallery_store.h"
#include "app/image_file.h"
#include "tests/support/fake_engine.h"

#include <QDir>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

/// A folder with pictures, and a gallery over it that a test may close, lose and open again.
struct TestGallery
{
    QTemporaryDir root = {};
    QString database = root.filePath(QStringLiteral("data/gallery.sqlite"));
    QString pictures = root.filePath(QStringLiteral("pictures"));

    TestGallery() { QDir().mkpath(pictures); }

    /// Writes a picture with a recipe.
    QString make(const QString &name, quint64 seed, const std::string &prompt = {}) const
    {
        const QString path = QDir(pictures).filePath(name);
        engine::GenerateRequest request = {.model = "/models/m.safetensors",
                                           .prompt = prompt.empty() ? "fox " + std::to_string(seed) : prompt,
                                           .seed = seed};
        const app::Recipe recipe = app::makeRecipe(request, 0, QSize(32, 24), {});
        const auto failure = app::writePicture(path, FakeEngine::paint(32, 24, seed), recipe);
        return failure ? QString() : path;
    }

    std::unique_ptr<app::GalleryStore> open(const QStringList &folders = {}) const
    {
        auto store = std::make_unique<app::GalleryStore>(database, pictures);
        store->setFolders(folders);
        store->open();
        return store;
    }
    static bool scan(app::GalleryStore &store)
    {
        QSignalSpy scanned(&store, &app::GalleryStore::scanned);
        store.rescan();
        return scanned.wait(20000);
    }
    void loseIndex() const
    {
        for (const QString &ending : {QString(), QStringLiteral("-wal"), QStringLiteral("-shm")})
            QFile::remove(database + ending);
    }
    /// Row of a file.
    static app::GalleryPicture row(const app::GalleryStore &store, const QString &path)
    {
        return store.pictures({store.idOf(path)}).value(0);
    }
    static bool saved(app::GalleryStore &store)
    {
        store.finish();
        QCoreApplication::processEvents();
        return true;
    }
};
