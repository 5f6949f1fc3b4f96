// The Create page with a whole studio behind it and an engine without networks: recipes and pictures.
#include "tests/support/create_workshop.h"

using namespace ui;

class CreatePageTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { theme().install(); }
    void generateSendsTheRecipeAndShowsItsSeed();
    void lockedSeedStays();
    void aFinishedPictureIsInTheStripWithItsFacts();
    void previewsFormAndAStepCanBeLookedAt();
    void aDroppedPictureGivesItsSettings();
    void partsTakeTheFocus();
    void aFailureIsSaidWithWaysOut();
    void aRecipeThatCannotBeIsSaid();
    void draftComesBack();
    void anExampleStarts();
    void aModelWithoutPromptSaysSo();
    void aPicturesRecipeIsTakenOverAndUndone();
    void narrowWindowFoldsTheRightPanel();
    void everyControlHasANameAndTabGoesInReadingOrder();
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
    const int first = steps->shownStep(); // 1, unless its preview came too late to be shown
    QVERIFY(first >= 1 && first < steps->newestStep());
    QCOMPARE(canvas->picture(), steps->preview(first));
    const int before = steps->count();
    QTRY_VERIFY(steps->count() > before);               // the work goes on
    QCOMPARE(canvas->picture(), steps->preview(first)); // and what is looked at stays
    QTest::keyClick(steps, Qt::Key_End);
    QCOMPARE(steps->shownStep(), 0);
    shop.waitUntilIdle();
    QCOMPARE(shop.page->findChild<SessionModel *>()->pictures(), 1);
}

void CreatePageTest::aDroppedPictureGivesItsSettings()
{
    Workshop shop;
    auto *prompt = shop.find<PromptEdit>("prompt");
    prompt->setPlainText(QStringLiteral("a whale"));
    shop.page->findChild<SeedField *>()->setSeed(9);
    QSignalSpy saved(&shop.studio->saver(), &app::PictureSaver::saved);
    shop.generate();
    QTRY_COMPARE(saved.size(), 1);
    prompt->setPlainText(QStringLiteral("something else"));
    shop.page->findChild<SeedField *>()->setSeed(1);
    Q_EMIT shop.find<Canvas>("canvas")->fileDropped(saved.first().at(2).toString(), {});
    QTRY_COMPARE(prompt->toPlainText(), QStringLiteral("a whale"));
    QCOMPARE(shop.page->findChild<SeedField *>()->seed(), std::uint64_t(9));
    shop.waitUntilIdle();
}

void CreatePageTest::partsTakeTheFocus()
{
    Workshop shop;
    shop.generate();
    shop.waitUntilIdle();
    QTRY_COMPARE(shop.find<JobList>("jobs")->model()->rowCount(), 0);
    QStringList names;
    for (QWidget *part : shop.page->parts()) {
        shop.page->focusOf(part)->setFocus(Qt::TabFocusReason);
        names.append(shop.page->focusWidget()->objectName());
    }
    QCOMPARE(names, (QStringList{"prompt", "canvas", "pauseQueue", "filmstrip"}));
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
    // One undo brings back fields and model.
    auto *panel = shop.page->findChild<RecipePanel *>();
    const RecipeState before = panel->state();
    shop.page->useModel(QStringLiteral(TINCTURE_GOLDEN "/networks/unet_ddpm_heads/model"));
    QTRY_VERIFY(!panel->model().info.takesPrompt);
    panel->undo();
    QCOMPARE(panel->state().request, before.request);
    recipe.known.clear();
    shop.page->useRecipe(recipe, RecipePart::Seed);
    QCOMPARE(shop.page->findChild<SeedField *>()->seed(), std::uint64_t(5));
    QCOMPARE(prompt->toPlainText(), QStringLiteral("mine"));
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

QTEST_MAIN(CreatePageTest)
#include "create_page_test.moc"
