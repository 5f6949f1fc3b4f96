// How fluent the Create page is, and pictures of it for the eye (TINCTURE_SHOTS names their folder).
#include "tests/support/create_workshop.h"

using namespace ui;

class CreateLookTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { theme().install(); }
    void longestGapOfTheEventLoop();
    void picturesForTheEye();
};

void CreateLookTest::longestGapOfTheEventLoop()
{
    Workshop shop;
    shop.plan->stepMs = 16; // some 60 previews a second
    shop.find<PromptEdit>("prompt")->setPlainText(
        QStringLiteral("owl with big round eyes, (brown feathers:1.2), sitting"));
    RecipeState state = shop.page->findChild<RecipePanel *>()->state();
    state.request.width = 512;
    state.request.height = 512;
    state.request.steps = 60;
    state.request.count = 3;
    shop.page->findChild<RecipePanel *>()->setState(state);
    QTest::qWait(200);
    QElapsedTimer clock;
    clock.start();
    qint64 last = 0;
    qint64 longest = 0;
    QTimer beat;
    beat.setTimerType(Qt::PreciseTimer);
    connect(&beat, &QTimer::timeout, this, [&] {
        const qint64 now = clock.elapsed();
        longest = std::max(longest, now - last);
        last = now;
    });
    QSignalSpy previews(&shop.studio->engine(), &app::EngineThread::previewReady);
    shop.generate();
    last = clock.elapsed();
    beat.start(1);
    shop.waitUntilIdle();
    beat.stop();
    qInfo("longest gap of the event loop: %lld ms over %lld previews in %lld ms", longest, qint64(previews.size()),
          clock.elapsed());
    QCOMPARE(shop.page->findChild<SessionModel *>()->pictures(), 3);
}

void CreateLookTest::picturesForTheEye()
{
    const QString folder = qEnvironmentVariable("TINCTURE_SHOTS");
    if (folder.isEmpty())
        QSKIP("pictures of the page are taken where TINCTURE_SHOTS names a folder");
    Workshop shop;
    shop.page.reset();
    MainWindow window(*shop.studio);
    window.resize(1440, 900);
    window.show();
    shop.studio->models().rescan();
    QTest::qWait(300);
    const auto take = [&window, &folder](const char *name) {
        QTest::qWait(60);
        QVERIFY(window.grab().save(folder + QLatin1Char('/') + QLatin1String(name) + QStringLiteral(".png")));
    };
    take("empty-dark");
    auto *recipe = window.findChild<RecipePanel *>();
    RecipeState state = recipe->state();
    state.request.prompt = "owl with big round eyes, (brown feathers:1.2), sitting";
    state.request.negativePrompt = "blurry, text";
    state.request.width = 128;
    state.request.height = 128;
    state.request.count = 4;
    recipe->setState(state);
    auto *page = window.findChild<CreatePage *>();
    shop.plan->stepMs = 5;
    page->actionTable().generate->trigger();
    shop.waitUntilIdle();
    take("finished-dark");
    shop.plan->stepMs = 60;
    page->actionTable().generate->trigger();
    state.request.prompt = "blue apple, green leaf";
    state.request.count = 8;
    recipe->setState(state);
    page->actionTable().generate->trigger();
    state.request.prompt = "misty mountain lake at dawn";
    state.request.count = 1;
    recipe->setState(state);
    page->actionTable().generate->trigger();
    QTRY_VERIFY_WITH_TIMEOUT(window.findChild<StepStrip *>(QStringLiteral("steps"))->count() >= 12, 5000);
    take("running-dark");
    theme().setChoice(ThemeChoice::Light);
    take("running-light");
    theme().setChoice(ThemeChoice::Dark);
    window.resize(1024, 700);
    take("running-1024");
    window.findChild<QAbstractButton *>(QStringLiteral("togglePanel"))->click();
    take("running-1024-panel");
    window.resize(1920, 1080);
    take("running-1920");
    window.resize(1280, 800);
    recipe->setMoreOpen(true);
    take("running-1280");
    page->actionTable().stopAll->trigger();
    shop.waitUntilIdle();
    shop.plan->error.emplace(
        engine::ErrorKind::NotACheckpoint, "/models/old-merge-final.safetensors",
        "tensor \"model.diffusion_model.out.2.weight\" ends at byte 2401874944, but the file ends at 2147483648");
    shop.plan->stepMs = 0;
    recipe->setMoreOpen(false);
    page->actionTable().generate->trigger();
    shop.waitUntilIdle();
    window.resize(1440, 900);
    take("error-dark");
}

QTEST_MAIN(CreateLookTest)
#include "create_look_test.moc"
