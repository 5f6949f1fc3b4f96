#pragma once

#include "app/gallery_store.h"
#include "app/image_file.h"
#include "app/studio.h"
#include "tests/support/fake_engine.h"

#include <QDir>
#include <QSignalSpy>
#include <QTemporaryDir>

#include <memory>

inline constexpr int kPictures = 30;

/// A studio over a folder with pictures of three days.
struct GalleryWorld
{
    GalleryWorld() : plan(std::make_shared<FakePlan>())
    {
        const QDateTime today(QDate::currentDate(), QTime(0, 1));
        for (int i = 0; i < kPictures; ++i) {
            engine::GenerateRequest request = {.model = "/models/starter",
                                               .prompt = i % 3 == 0 ? "owl with big round eyes" : "red apple",
                                               .negativePrompt = "blurry",
                                               .steps = 10 + i,
                                               .seed = std::uint64_t(100 + i)};
            app::Recipe recipe = app::makeRecipe(request, 0, QSize(16, 16), {.precision = "bfloat16"});
            recipe.created = today.addDays(-(i / 10)).addSecs(i);
            const QString path =
                folder.filePath(QStringLiteral("pictures/%1-%2.png").arg(i, 5, 10, QLatin1Char('0')).arg(100 + i));
            QDir().mkpath(folder.filePath(QStringLiteral("pictures")));
            const auto fault = app::writePicture(path, FakeEngine::paint(16, 16, std::uint64_t(i)), recipe);
            if (fault)
                qFatal("%s", qPrintable(fault->details));
        }
        studio = std::make_unique<app::Studio>(
            app::StudioOptions{.configFile = folder.filePath(QStringLiteral("t.ini")),
                               .dataFolder = folder.filePath(QStringLiteral("data")),
                               .cacheFolder = folder.filePath(QStringLiteral("cache")),
                               .pictureFolder = folder.filePath(QStringLiteral("pictures")),
                               .resourceFolder = folder.path(),
                               .factory = [plan = plan] { return std::make_unique<FakeEngine>(plan); }});
        QSignalSpy scanned(&studio->store(), &app::GalleryStore::scanned);
        studio->start();
        if (!scanned.wait(20000))
            qFatal("the pictures were not found");
    }

    QTemporaryDir folder;
    std::shared_ptr<FakePlan> plan;
    std::unique_ptr<app::Studio> studio;
};
