// The Create page with a whole studio behind it and an engine without networks.
#include "app/drafts.h"
#include "app/job_queue.h"
#include "app/model_catalog.h"
#include "app/picture_saver.h"
#include "app/settings.h"
#include "app/studio.h"
#include "tests/support/checkpoint_files.h"
#include "tests/support/fake_engine.h"
#include "ui/common/banner.h"
#include "ui/common/button.h"
#include "ui/common/elided_label.h"
#include "ui/common/fact_list.h"
#include "ui/common/focus_frame.h"
#include "ui/common/split_button.h"
#include "ui/common/theme.h"
#include "ui/create/canvas.h"
#include "ui/create/create_page.h"
#include "ui/create/filmstrip.h"
#include "ui/create/job_list.h"
#include "ui/create/picture_panel.h"
#include "ui/create/prompt_edit.h"
#include "ui/create/queue_panel.h"
#include "ui/create/recipe_panel.h"
#include "ui/create/session_model.h"
#include "ui/create/start_screen.h"
#include "ui/create/step_strip.h"
#include "ui/main_window.h"

#include <QAbstractButton>
#include <QAction>
#include <QComboBox>
#include <QElapsedTimer>
#include <QLineEdit>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace ui;

namespace {

/// A studio in a folder of its own with a small model that comes with the program.
struct Workshop
{
    explicit Workshop(bool hasPromptModel = true)
    {
        const QString models = folder.filePath(QStringLiteral("resources/models"));
        if (hasPromptModel)
            checkpoint_files::writeZeros(checkpoint_files::pathOf(models + QStringLiteral("/starter.safetensors")),
                                         original::tinySd1());
        open();
    }

    void open()
    {
        page.reset();
        studio.reset();
        studio = std::make_unique<app::Studio>(
            app::StudioOptions{.configFile = folder.filePath(QStringLiteral("tincture.ini")),
                               .dataFolder = folder.filePath(QStringLiteral("data")),
                               .cacheFolder = folder.filePath(QStringLiteral("cache")),
                               .pictureFolder = folder.filePath(QStringLiteral("pictures")),
                               .resourceFolder = folder.filePath(QStringLiteral("resources")),
                               .factory = [plan = plan] { return std::make_unique<FakeEngine>(plan); }});
        page = std::make_unique<CreatePage>(*studio);
        page->resize(1360, 840);
        page->show();
        QSignalSpy scanned(&studio->models(), &app::ModelCatalog::scanned);
        studio->start();
        QVERIFY(scanned.wait());
        QVERIFY(QTest::qWaitForWindowExposed(page.get()));
        page->activateWindow();
    }

    template <typename T>
    T *find(const char *name) const
    {
        return page->findChild<T *>(QLatin1String(name));
    }
    void press(const char *name) const { QTest::mouseClick(find<QWidget>(name), Qt::LeftButton); }
    void type(const char *name, const char *text) const
    {
        auto *field = find<QLineEdit>(name);
        field->setFocus();
        field->selectAll();
        QTest::keyClicks(field, QLatin1String(text));
        QTest::keyClick(field, Qt::Key_Return);
    }
    void generate() const { page->actionTable().generate->trigger(); }
    void waitUntilIdle() const
    {
        QTRY_VERIFY_WITH_TIMEOUT(studio->queue().running() == nullptr && studio->queue().waiting() == 0, 20000);
    }
    SplitButton *submit() const { return find<SplitButton>("generate"); }
    FilmList *film() const { return find<FilmList>("filmstrip"); }
    QString fact(const QString &name) const
    {
        for (const Fact &fact : page->findChild<FactList *>()->facts()) {
            if (fact.name == name)
                return fact.value;
        }
        return {};
    }

    QTemporaryDir folder;
    std::shared_ptr<FakePlan> plan = std::make_shared<FakePlan>();
    std::unique_ptr<app::Studio> studio;
    std::unique_ptr<CreatePage> page;
};

} // namespace

class CreatePageTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { theme().install(); }
    void generateSendsTheRecipeAndShowsItsSeed();
    void aSecondPressGoesToTheQueue();
    void lockedSeedStays();
    void aFinishedPictureIsInTheStripWithItsFacts();
    void previewsFormAndAStepCanBeLookedAt();
    void escapeStopsAndTwiceStopsEverything();
    void stopAndKeepSkipsTheRest();
    void waitingJobsMoveByKeys();
    void aFailureIsSaidWithWaysOut();
    void aRecipeThatCannotBeIsSaid();
    void draftComesBack();
    void anExampleStarts();
    void aModelWithoutPromptSaysSo();
    void aPicturesRecipeIsTakenOverAndUndone();
    void generateFourMoreAndRepeat();
    void narrowWindowFoldsTheRightPanel();
    void everyControlHasANameAndTabGoesInReadingOrder();
    void longestGapOfTheEventLoop();
    void picturesForTheEye();
};

void CreatePageTest::generateSendsTheRecipeAndShowsItsSeed()
{
    Workshop shop;
    shop.find<PromptEdit>("prompt")->setPlainText(QStringLiteral("a fox"));
    shop.find<PromptEdit>("negativePrompt")->setPlainText(QStringLiteral("text"));
    shop.type("width", "64*2");
    shop.find<QComboBox>("sampler")->setCurrentText(QStringLiteral("Euler a"));
    shop.find<QWidget>("steps");
    auto *seed = shop.find<QWidget>("seed")->findChild<QLineEdit *>();
    QVERIFY(seed->text().isEmpty());
    QTest::mouseClick(shop.submit()->findChild<QAbstractButton *>(), Qt::LeftButton);
    QVERIFY(!seed->text().isEmpty());
    shop.waitUntilIdle();
    QCOMPARE(shop.plan->requests().size(), size_t(1));
    const engine::GenerateRequest request = shop.plan->requests().front();
    QCOMPARE(request.prompt, std::string("a fox"));
    QCOMPARE(request.negativePrompt, std::string("text"));
    QCOMPARE(request.width, 128);
    QCOMPARE(request.sampler, std::string("euler_ancestral"));
    QCOMPARE(QString::number(request.seed), seed->text());
    const QString first = seed->text();
    shop.generate();
    QVERIFY(seed->text() != first); // random: another one was drawn, and is shown
    shop.waitUntilIdle();
}

void CreatePageTest::aSecondPressGoesToTheQueue()
{
    Workshop shop;
    shop.plan->stepMs = 20;
    QCOMPARE(shop.submit()->text(), QStringLiteral("Generate"));
    shop.generate();
    QCOMPARE(shop.submit()->text(), QStringLiteral("Add to queue"));
    shop.find<PromptEdit>("prompt")->setPlainText(QStringLiteral("second"));
    QTest::keyClick(shop.find<PromptEdit>("prompt"), Qt::Key_Return, Qt::ControlModifier);
    shop.find<PromptEdit>("prompt")->setPlainText(QStringLiteral("third"));
    shop.page->actionTable().generateFirst->trigger();
    auto *jobs = shop.find<JobList>("jobs");
    QCOMPARE(jobs->model()->rowCount(), 3);
    QCOMPARE(jobs->model()->index(1, 0).data().toString(), QStringLiteral("third"));
    shop.page->actionTable().stopAll->trigger();
    shop.waitUntilIdle();
    QCOMPARE(shop.submit()->text(), QStringLiteral("Generate"));
}

void CreatePageTest::lockedSeedStays()
{
    Workshop shop;
    auto *field = shop.page->findChild<SeedField *>();
    shop.generate();
    const std::uint64_t used = field->seed();
    field->setMode(SeedField::Mode::Locked);
    shop.generate();
    shop.waitUntilIdle();
    QCOMPARE(field->seed(), used);
    QCOMPARE(shop.plan->requests().back().seed, used);
    QTest::keyClicks(shop.find<QWidget>("createPage"), QString());
    shop.page->actionTable().dice->trigger();
    QCOMPARE(field->mode(), SeedField::Mode::Random);
}

void CreatePageTest::aFinishedPictureIsInTheStripWithItsFacts()
{
    Workshop shop;
    auto *session = shop.page->findChild<SessionModel *>();
    shop.page->findChild<SeedField *>()->setSeed(42);
    shop.type("count", "3");
    QSignalSpy saved(&shop.studio->saver(), &app::PictureSaver::saved);
    shop.generate();
    shop.waitUntilIdle();
    QTRY_COMPARE(saved.size(), 3);
    QCOMPARE(session->pictures(), 3);
    QCOMPARE(shop.film()->model()->rowCount(), 3);
    QCOMPARE(session->newest()->seed, std::uint64_t(44)); // seed + index
    QVERIFY(QFile::exists(session->newest()->file));
    QCOMPARE(shop.fact(QStringLiteral("Seed")), QStringLiteral("44"));
    // The oldest is at the end; a click shows it.
    QTest::mouseClick(shop.film()->viewport(), Qt::LeftButton, {},
                      shop.film()->visualRect(shop.film()->model()->index(2, 0)).center());
    QCOMPARE(shop.fact(QStringLiteral("Seed")), QStringLiteral("42"));
    QCOMPARE(shop.fact(QStringLiteral("Precision")), QStringLiteral("bfloat16"));
    QTest::keyClick(shop.film(), Qt::Key_4);
    QCOMPARE(session->find(1)->stars, 4);
}

void CreatePageTest::previewsFormAndAStepCanBeLookedAt()
{
    Workshop shop;
    shop.plan->stepMs = 30;
    auto *steps = shop.find<StepStrip>("steps");
    auto *canvas = shop.find<Canvas>("canvas");
    shop.generate();
    QTRY_VERIFY(steps->count() >= 5);
    QVERIFY(canvas->isVisible());
    QVERIFY(canvas->accessibleDescription().startsWith(QStringLiteral("Preview, step")));
    steps->setFocus();
    QTest::keyClick(steps, Qt::Key_Home);
    QCOMPARE(steps->shownStep(), 1);
    QCOMPARE(canvas->picture(), steps->preview(1));
    const int before = steps->count();
    QTRY_VERIFY(steps->count() > before);           // the work goes on
    QCOMPARE(canvas->picture(), steps->preview(1)); // and what is looked at stays
    QTest::keyClick(steps, Qt::Key_End);
    QCOMPARE(steps->shownStep(), 0);
    shop.waitUntilIdle();
    QCOMPARE(shop.page->findChild<SessionModel *>()->pictures(), 1);
}

void CreatePageTest::escapeStopsAndTwiceStopsEverything()
{
    Workshop shop;
    shop.plan->stepMs = 50;
    for (int i = 0; i < 3; ++i)
        shop.generate();
    QCOMPARE(shop.studio->queue().waiting(), 2);
    QTRY_VERIFY(shop.find<StepStrip>("steps")->count() >= 2);
    const app::JobId first = shop.studio->queue().running()->id;
    QSignalSpy ended(&shop.studio->queue(), &app::JobQueue::jobEnded);
    QElapsedTimer clock;
    clock.start();
    QTest::keyClick(shop.page.get(), Qt::Key_Escape);
    QVERIFY(ended.wait(2000));
    qInfo("stopped after %lld ms with steps of 50 ms", clock.elapsed());
    QCOMPARE(shop.studio->queue().find(first)->state, app::JobState::Cancelled);
    QTRY_VERIFY(shop.studio->queue().running() != nullptr); // the next one runs
    QTest::keyClick(shop.page.get(), Qt::Key_Escape);       // within a second: all
    shop.waitUntilIdle();
    QCOMPARE(shop.page->findChild<SessionModel *>()->pictures(), 0);
}

void CreatePageTest::stopAndKeepSkipsTheRest()
{
    Workshop shop;
    shop.plan->stepMs = 10;
    shop.type("count", "4");
    shop.generate();
    QTRY_VERIFY(shop.find<StepStrip>("steps")->count() >= 2);
    QTest::mouseClick(shop.find<Button>("stopAndKeep"), Qt::LeftButton);
    shop.waitUntilIdle();
    QCOMPARE(shop.page->findChild<SessionModel *>()->pictures(), 1);
}

void CreatePageTest::waitingJobsMoveByKeys()
{
    Workshop shop;
    shop.plan->stepMs = 50;
    for (const char *prompt : {"one", "two", "three"}) {
        shop.find<PromptEdit>("prompt")->setPlainText(QLatin1String(prompt));
        shop.generate();
    }
    auto *jobs = shop.find<JobList>("jobs");
    const auto prompts = [jobs] {
        QStringList list;
        for (int row = 0; row < jobs->model()->rowCount(); ++row)
            list.append(jobs->model()->index(row, 0).data().toString());
        return list;
    };
    QCOMPARE(prompts(), (QStringList{"one", "two", "three"}));
    jobs->setCurrentIndex(jobs->model()->index(2, 0));
    QTest::keyClick(jobs, Qt::Key_Up, Qt::AltModifier);
    QCOMPARE(prompts(), (QStringList{"one", "three", "two"}));
    QTest::keyClick(jobs, Qt::Key_Down, Qt::AltModifier);
    QCOMPARE(prompts(), (QStringList{"one", "two", "three"}));
    // Enter takes it out to be edited.
    QTest::keyClick(jobs, Qt::Key_Return);
    QCOMPARE(prompts(), (QStringList{"one", "two"}));
    QCOMPARE(shop.find<PromptEdit>("prompt")->toPlainText(), QStringLiteral("three"));
    shop.page->actionTable().stopAll->trigger();
    shop.waitUntilIdle();
}

void CreatePageTest::aFailureIsSaidWithWaysOut()
{
    Workshop shop;
    shop.plan->error.emplace(engine::ErrorKind::NotACheckpoint, "/models/old-merge.safetensors",
                             "tensor ends beyond the file");
    shop.generate();
    auto *banner = shop.page->findChild<Banner *>();
    QTRY_VERIFY(!banner->isEmpty());
    QVERIFY(banner->isVisible());
    QVERIFY(banner->current().what.contains(QStringLiteral("is damaged")));
    QVERIFY(banner->current().details.contains(QStringLiteral("tensor ends beyond the file")));
    QCOMPARE(banner->current().actions.size(), 2);
    QCOMPARE(shop.find<JobList>("jobs")->model()->rowCount(), 1); // it stays as failed
    shop.plan->error.reset();
    Q_EMIT banner->actionTriggered(1, 1); // Try again
    QTRY_COMPARE(shop.page->findChild<SessionModel *>()->pictures(), 1);
    QVERIFY(banner->isEmpty());
    shop.waitUntilIdle();
}

void CreatePageTest::aRecipeThatCannotBeIsSaid()
{
    Workshop shop;
    shop.type("width", "131");
    auto *problem = shop.find<Label>("sizeProblem");
    QVERIFY(problem->isVisible());
    QVERIFY(problem->text().contains(QStringLiteral("must be a multiple of")));
    shop.type("width", "128");
    QVERIFY(!problem->isVisible());
}

void CreatePageTest::draftComesBack()
{
    Workshop shop;
    shop.find<PromptEdit>("prompt")->setPlainText(QStringLiteral("kept, (over:1.2) a crash"));
    shop.page->findChild<SeedField *>()->setSeed(77);
    shop.find<QComboBox>("schedule")->setCurrentText(QStringLiteral("Exponential"));
    shop.page->findChild<RecipePanel *>()->setMoreOpen(true);
    shop.find<PromptEdit>("prompt")->insertPlainText(QStringLiteral(" "));
    shop.open();
    QCOMPARE(shop.find<PromptEdit>("prompt")->toPlainText().trimmed(), QStringLiteral("kept, (over:1.2) a crash"));
    QCOMPARE(shop.page->findChild<SeedField *>()->seed(), std::uint64_t(77));
    QCOMPARE(shop.page->findChild<SeedField *>()->mode(), SeedField::Mode::Typed);
    QCOMPARE(shop.find<QComboBox>("schedule")->currentText(), QStringLiteral("Exponential"));
    QVERIFY(shop.page->findChild<RecipePanel *>()->isMoreOpen());
    QVERIFY(shop.page->findChild<RecipePanel *>()->model().isUsable);
}

void CreatePageTest::anExampleStarts()
{
    Workshop shop;
    auto *start = shop.page->findChild<StartScreen *>();
    QVERIFY(start->isVisible());
    QCOMPARE(start->tabOrder().size(), 4); // three examples and "Open a model…"
    QTest::mouseClick(start->tabOrder().first(), Qt::LeftButton);
    shop.waitUntilIdle();
    QCOMPARE(shop.plan->requests().size(), size_t(1));
    QVERIFY(!shop.plan->requests().front().prompt.empty());
    QCOMPARE(shop.plan->requests().front().prompt, shop.find<PromptEdit>("prompt")->toPlainText().toStdString());
    QCOMPARE(shop.plan->requests().front().seed, shop.page->findChild<SeedField *>()->seed());
    QTRY_VERIFY(!start->isVisible());
}

void CreatePageTest::aModelWithoutPromptSaysSo()
{
    Workshop shop(false);
    QVERIFY(!shop.page->findChild<RecipePanel *>()->model().isUsable);
    QVERIFY(!shop.submit()->button()->isEnabled());
    shop.page->useModel(QStringLiteral(TINCTURE_GOLDEN "/networks/unet_ddpm_heads/model"));
    QTRY_VERIFY(shop.page->findChild<RecipePanel *>()->model().isUsable);
    QVERIFY(!shop.find<PromptEdit>("prompt")->isVisible());
    QVERIFY(shop.find<Label>("noPrompt")->isVisible());
    QVERIFY(!shop.find<QWidget>("guidance")->isVisible());
    shop.find<PromptEdit>("prompt")->setPlainText(QStringLiteral("not sent"));
    shop.generate();
    shop.waitUntilIdle();
    QCOMPARE(shop.plan->requests().front().prompt, std::string());
}

void CreatePageTest::aPicturesRecipeIsTakenOverAndUndone()
{
    Workshop shop;
    auto *prompt = shop.find<PromptEdit>("prompt");
    prompt->setPlainText(QStringLiteral("mine"));
    app::Recipe recipe;
    recipe.request.prompt = "theirs";
    recipe.request.steps = 33;
    recipe.request.seed = 5;
    recipe.known = {QStringLiteral("prompt"), QStringLiteral("steps")};
    shop.page->useRecipe(recipe, RecipePart::All);
    const RecipeState state = shop.page->findChild<RecipePanel *>()->state();
    QCOMPARE(state.request.prompt, std::string("theirs"));
    QCOMPARE(state.request.steps, 33);
    QCOMPARE(state.seedMode, SeedField::Mode::Random); // the picture did not say its seed
    shop.page->findChild<RecipePanel *>()->undo();
    QCOMPARE(prompt->toPlainText(), QStringLiteral("mine"));
    recipe.known.clear();
    shop.page->useRecipe(recipe, RecipePart::Seed);
    QCOMPARE(shop.page->findChild<SeedField *>()->seed(), std::uint64_t(5));
    QCOMPARE(prompt->toPlainText(), QStringLiteral("mine"));
}

void CreatePageTest::generateFourMoreAndRepeat()
{
    Workshop shop;
    shop.page->findChild<SeedField *>()->setSeed(10);
    shop.generate();
    shop.page->actionTable().generateMore->trigger();
    shop.waitUntilIdle();
    QCOMPARE(shop.plan->requests().back().count, 4);
    QCOMPARE(shop.plan->requests().back().seed, std::uint64_t(11)); // goes on after the last one
    shop.page->actionTable().repeat->setChecked(true);
    QTRY_VERIFY(shop.plan->requests().size() >= 6);
    shop.page->actionTable().stop->trigger();
    shop.waitUntilIdle();
    QVERIFY(!shop.page->actionTable().repeat->isChecked());
    const auto requests = shop.plan->requests();
    QVERIFY(requests[3].seed != requests[4].seed);
}

void CreatePageTest::narrowWindowFoldsTheRightPanel()
{
    Workshop shop;
    auto *queue = shop.page->findChild<QueuePanel *>();
    auto *canvas = shop.page->findChild<StartScreen *>();
    QVERIFY(queue->isVisible());
    shop.page->resize(968, 640);
    shop.page->setCompact(true, true);
    QTest::qWait(20);
    QVERIFY(!queue->isVisible());
    QVERIFY(shop.submit()->isVisible());
    QVERIFY(shop.page->rect().contains(shop.submit()->mapTo(shop.page.get(), shop.submit()->rect().bottomRight())));
    const int width = canvas->width();
    QTest::mouseClick(shop.find<QWidget>("togglePanel"), Qt::LeftButton);
    QTest::qWait(20);
    QVERIFY(queue->isVisible()); // over the canvas, which keeps its width
    QCOMPARE(canvas->width(), width);
    shop.page->resize(1360, 840);
    shop.page->setCompact(false, false);
    QTest::qWait(20);
    QVERIFY(queue->isVisible());
    QVERIFY(canvas->geometry().right() < queue->geometry().left());
}

void CreatePageTest::everyControlHasANameAndTabGoesInReadingOrder()
{
    Workshop shop;
    shop.generate();
    shop.waitUntilIdle();
    for (QWidget *widget : shop.page->findChildren<QWidget *>()) {
        if (widget->focusPolicy() == Qt::NoFocus || !widget->isVisible())
            continue;
        auto *button = qobject_cast<QAbstractButton *>(widget);
        const bool isNamed = !widget->accessibleName().isEmpty() || (button != nullptr && !button->text().isEmpty());
        QVERIFY2(isNamed, qPrintable(QStringLiteral("%1 %2").arg(QLatin1String(widget->metaObject()->className()),
                                                                 widget->objectName())));
    }
    shop.find<PromptEdit>("prompt")->setFocus();
    QStringList order;
    for (int i = 0; i < 30; ++i) {
        QWidget *focus = shop.page->focusWidget();
        QString name = focus->objectName();
        if (name.isEmpty() && focus->parentWidget() != nullptr)
            name = focus->parentWidget()->objectName();
        order.append(name);
        QTest::keyClick(focus, Qt::Key_Tab);
    }
    qInfo() << order;
    const QStringList wanted{"prompt", "negativePrompt", "model",  "sampler", "schedule", "steps", "guidance",
                             "width",  "swap",           "height", "seed",    "seed",     "seed",  "count"};
    QCOMPARE(order.mid(0, wanted.size()), wanted);
    QVERIFY(order.indexOf(QStringLiteral("generate")) > 0);
    QVERIFY(order.indexOf(QStringLiteral("canvas")) > order.indexOf(QStringLiteral("generate")));
    QVERIFY(order.indexOf(QStringLiteral("steps"), 10) > order.indexOf(QStringLiteral("canvas")));
    QVERIFY(order.indexOf(QStringLiteral("filmstrip")) > order.indexOf(QStringLiteral("steps"), 10));
}

void CreatePageTest::longestGapOfTheEventLoop()
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

void CreatePageTest::picturesForTheEye()
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

QTEST_MAIN(CreatePageTest)
#include "create_page_test.moc"
