#pragma once

#include "app/gallery_store.h"
#include "app/image_file.h"
#include "app/studio.h"
#include "tests/support/fake_engine.h"
#include "ui/common/theme.h"
#include "ui/compare/compare_model.h"
#include "ui/compare/compare_page.h"
#include "ui/compare/compare_view.h"
#include "ui/compare/difference_table.h"

#include <QDir>
#include <QLabel>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <memory>

using ui::CompareMode;

inline const QColor kRed(200, 40, 40);
inline const QColor kBlue(30, 60, 210);
inline const QColor kGreen(20, 160, 60);

inline bool isNear(const QColor &a, const QColor &b, int tolerance = 3)
{
    return std::abs(a.red() - b.red()) <= tolerance && std::abs(a.green() - b.green()) <= tolerance &&
           std::abs(a.blue() - b.blue()) <= tolerance;
}

/// A studio over a folder with four plain pictures and their recipes.
struct CompareWorld
{
    CompareWorld()
    {
        QDir().mkpath(folder.filePath(QStringLiteral("pictures")));
        red = write(QStringLiteral("red"), kRed, {64, 64}, 7.0, "cat face, smiling");
        blue = write(QStringLiteral("blue"), kBlue, {64, 64}, 8.0, "cat with sunglasses, smiling");
        green = write(QStringLiteral("green"), kGreen, {64, 64}, 7.0, "cat face, smiling");
        wide = write(QStringLiteral("wide"), kGreen, {128, 64}, 7.0, "cat face, smiling");
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

    QString write(const QString &name, const QColor &colour, QSize size, double guidance, const char *prompt)
    {
        QImage image(size, QImage::Format_RGB888);
        image.fill(colour);
        engine::GenerateRequest request = {
            .model = "/models/starter", .prompt = prompt, .steps = 20, .guidanceScale = guidance, .seed = 7};
        const QString path = folder.filePath(QStringLiteral("pictures/%1.png").arg(name));
        if (app::writePicture(path, app::fromQImage(image),
                              app::makeRecipe(request, 0, size, {.precision = "float32"})))
            qFatal("cannot write");
        return path;
    }

    QTemporaryDir folder;
    std::shared_ptr<FakePlan> plan = std::make_shared<FakePlan>();
    std::unique_ptr<app::Studio> studio;
    QString red, blue, green, wide;
};

/// The page over such a studio, and what tests ask it.
struct CompareFixture
{
    [[nodiscard]] ui::CompareView *view() const { return page->findChild<ui::CompareView *>(); }
    [[nodiscard]] ui::CompareModel *model() const { return page->findChild<ui::CompareModel *>(); }
    [[nodiscard]] ui::DifferenceTable *table() const { return page->findChild<ui::DifferenceTable *>(); }
    [[nodiscard]] QString label(const char *name) const
    {
        return page->findChild<QLabel *>(QLatin1String(name))->text();
    }
    void compare(const QStringList &files)
    {
        page->compare(files);
        waitUntilRead();
    }
    void waitUntilRead()
    {
        QTRY_VERIFY_WITH_TIMEOUT(!model()->isWorking(), 20000);
        QTest::qWait(1); // what was put off until the events are done
        view()->setFocus();
    }
    void open()
    {
        world = std::make_unique<CompareWorld>();
        page = std::make_unique<ui::ComparePage>(*world->studio);
        page->resize(1280, 760);
        page->show();
        QVERIFY(QTest::qWaitForWindowExposed(page.get()));
        page->activateWindow();
    }
    void close()
    {
        page.reset();
        world.reset();
    }
    static void installTheme()
    {
        ui::theme().install();
        ui::theme().setReducedMotion(true);
        ui::theme().setChoice(ui::ThemeChoice::Dark);
    }
    [[nodiscard]] QColor at(const QPointF &point) const { return view()->grab().toImage().pixelColor(point.toPoint()); }
    /// A point of picture `index`, 0..1 of it.
    [[nodiscard]] QPointF inside(int index, double x, double y) const
    {
        const QRectF target = view()->targetOf(index);
        return {target.left() + x * target.width(), target.top() + y * target.height()};
    }
    void key(int code, Qt::KeyboardModifiers modifiers = {}) const
    {
        QTest::keyClick(view(), Qt::Key(code), modifiers);
    }

    std::unique_ptr<CompareWorld> world;
    std::unique_ptr<ui::ComparePage> page;
};
