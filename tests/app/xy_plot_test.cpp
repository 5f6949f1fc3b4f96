#include "app/xy_plot.h"

#include "app/image_file.h"
#include "app/job_queue.h"
#include "tests/support/fake_engine.h"

#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using app::PlotCellState;
using app::PlotSetting;

namespace {

app::PlotContext context()
{
    app::PlotContext context;
    context.base.model = "/models/one.safetensors";
    context.base.prompt = "a red round fox";
    context.base.negativePrompt = "blurry";
    context.base.steps = 3;
    context.base.seed = 7;
    context.models = {{QStringLiteral("/models/one.safetensors"), QStringLiteral("one")},
                      {QStringLiteral("/models/two"), QStringLiteral("Two, large")}};
    return context;
}

} // namespace

class XyPlotTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_plan = std::make_shared<FakePlan>();
        m_folder = std::make_unique<QTemporaryDir>();
    }

    void valuesAreRead_data()
    {
        QTest::addColumn<PlotSetting>("setting");
        QTest::addColumn<QString>("typed");
        QTest::addColumn<QStringList>("values");
        const auto row = [](const char *name, PlotSetting setting, const char *typed, const QStringList &values) {
            QTest::newRow(name) << setting << QString::fromUtf8(typed) << values;
        };
        row("list", PlotSetting::Steps, "10, 20,30", {"10", "20", "30"});
        row("range", PlotSetting::Steps, "1-5", {"1", "2", "3", "4", "5"});
        row("range with step", PlotSetting::Steps, "1-5 (+2)", {"1", "3", "5"});
        row("range that ends between", PlotSetting::Steps, "1-6 (+2)", {"1", "3", "5"});
        row("range down", PlotSetting::Steps, "5-3", {"5", "4", "3"});
        row("evenly", PlotSetting::Steps, "1-10 [5]", {"1", "3", "5", "7", "10"});
        row("evenly and more", PlotSetting::Steps, "1-10 [2], 20", {"1", "10", "20"});
        row("numbers", PlotSetting::Guidance, "1-2 [5]", {"1", "1.25", "1.5", "1.75", "2"});
        row("numbers with step", PlotSetting::Guidance, "1-2 (+0.5)", {"1", "1.5", "2"});
        row("twice the same", PlotSetting::Steps, "5, 5, 1-3 [5]", {"5", "1", "2", "3"});
        row("quotes", PlotSetting::PromptReplace, "\"red round\", \"big, blue\", \"a \"\"b\"\"\"",
            {"red round", "big, blue", "a \"b\""});
        row("negative prompt counts", PlotSetting::PromptReplace, "blurry, sharp", {"blurry", "sharp"});
        row("orders", PlotSetting::PromptOrder, "red, fox", {"red, fox", "fox, red"});
        row("samplers by label and id", PlotSetting::Sampler, "Euler, dpmpp_2m", {"euler", "dpmpp_2m"});
        row("schedules", PlotSetting::Schedule, "automatic, Karras", {"automatic", "karras"});
        row("models by name", PlotSetting::Model, "one, \"Two, large\"", {"/models/one.safetensors", "/models/two"});
        row("sizes", PlotSetting::Size, "512x768, 64 × 64", {"512x768", "64x64"});
        row("noise", PlotSetting::Rng, "CPU, nv", {"cpu", "nv"});
        row("weights", PlotSetting::Weighting, "ComfyUI, no norm", {"comfyui", "no_norm"});
        row("clip skip", PlotSetting::ClipSkip, "1-2", {"1", "2"});
    }
    void valuesAreRead()
    {
        QFETCH(PlotSetting, setting);
        QFETCH(QString, typed);
        QFETCH(QStringList, values);
        const app::PlotValues read = app::parsePlotValues(setting, typed, context());
        QCOMPARE(read.problem, QString());
        QCOMPARE(read.values, values);
        // What is shown is read back as the same.
        if (setting != PlotSetting::PromptOrder)
            QCOMPARE(app::parsePlotValues(setting, app::joinPlotValues(setting, read.values), context()).values,
                     read.values);
    }

    void wrongValuesAreSaid_data()
    {
        QTest::addColumn<PlotSetting>("setting");
        QTest::addColumn<QString>("typed");
        QTest::addColumn<QString>("part");
        QTest::newRow("nothing") << PlotSetting::Steps << ""
                                 << "missing";
        QTest::newRow("word") << PlotSetting::Steps << "ten"
                              << "no number";
        QTest::newRow("fraction") << PlotSetting::Steps << "1.5"
                                  << "whole";
        QTest::newRow("too many steps") << PlotSetting::Steps << "2000"
                                        << "out of range";
        QTest::newRow("range away") << PlotSetting::Steps << "1-5 (-1)"
                                    << "reach";
        QTest::newRow("endless") << PlotSetting::Seed << "1-100000"
                                 << "200";
        QTest::newRow("quote") << PlotSetting::PromptReplace << "\"red"
                               << "closed";
        QTest::newRow("not there") << PlotSetting::PromptReplace << "cat, dog"
                                   << "\"cat\" is not in the prompt";
        QTest::newRow("not there either") << PlotSetting::PromptOrder << "red, cat"
                                          << "\"cat\"";
        QTest::newRow("sampler") << PlotSetting::Sampler << "Eule"
                                 << "\"Eule\"";
        QTest::newRow("model") << PlotSetting::Model << "three"
                               << "no model \"three\"";
        QTest::newRow("size") << PlotSetting::Size << "512"
                              << "512x768";
        QTest::newRow("odd size") << PlotSetting::Size << "511x512"
                                  << "multiples of 8";
        QTest::newRow("no start picture") << PlotSetting::Strength << "0.5"
                                          << "start picture";
    }
    void wrongValuesAreSaid()
    {
        QFETCH(PlotSetting, setting);
        QFETCH(QString, typed);
        QFETCH(QString, part);
        const app::PlotValues read = app::parsePlotValues(setting, typed, context());
        QVERIFY(read.values.isEmpty());
        QVERIFY2(read.problem.contains(part), qPrintable(read.problem));
        QVERIFY(read.problem.endsWith(QLatin1Char('.')));
    }

    void seedsStayExact_data()
    {
        QTest::addColumn<QString>("typed");
        QTest::addColumn<QStringList>("values");
        QTest::newRow("16 digits") << "1234567890123457" << QStringList{"1234567890123457"};
        QTest::newRow("largest") << "18446744073709551615" << QStringList{"18446744073709551615"};
        QTest::newRow("range") << "1000000000000001-1000000000000003"
                               << QStringList{"1000000000000001", "1000000000000002", "1000000000000003"};
    }
    void seedsStayExact()
    {
        QFETCH(QString, typed);
        QFETCH(QStringList, values);
        QCOMPARE(app::parsePlotValues(PlotSetting::Seed, typed, context()).values, values);
    }

    void aRandomSeedIsDrawn()
    {
        const app::PlotValues read = app::parsePlotValues(PlotSetting::Seed, QStringLiteral("-1, -1"), context());
        QCOMPARE(read.values.size(), 2);
        QVERIFY(read.values.first().toULongLong() < 4294967294U);
    }

    void cellsHaveTheirValues()
    {
        app::PlotDefinition plot = definition();
        plot.x = {PlotSetting::PromptReplace, {"red", "blue"}};
        plot.y = {PlotSetting::PromptOrder, {"round, fox", "fox, round"}};
        QCOMPARE(app::plotRequest(plot, {1, 0}).prompt, std::string("a blue round fox"));
        QCOMPARE(app::plotRequest(plot, {0, 1}).prompt, std::string("a red fox round"));
        QCOMPARE(app::plotRequest(plot, {1, 1}).seed, std::uint64_t(7));
        plot.variesSeeds = true;
        QCOMPARE(app::plotRequest(plot, {1, 1}).seed, std::uint64_t(10));
        plot.y = {PlotSetting::Size, {"64x128"}};
        QCOMPARE(app::plotRequest(plot, {0, 0}).height, 128);
    }

    void theModelChangesLeastOften()
    {
        app::PlotDefinition plot = definition();
        plot.x = {PlotSetting::Model, {"a", "b"}};
        plot.y = {PlotSetting::Steps, {"1", "2"}};
        QCOMPARE(app::plotOrder(plot), (QList<QPoint>{{0, 0}, {0, 1}, {1, 0}, {1, 1}}));
        std::swap(plot.x, plot.y);
        QCOMPARE(app::plotOrder(plot), (QList<QPoint>{{0, 0}, {1, 0}, {0, 1}, {1, 1}}));
    }

    void aDefinitionSurvivesItsFile()
    {
        app::PlotDefinition plot = definition();
        plot.id = QStringLiteral("abc");
        plot.base.init = FakeEngine::paint(16, 8, 3);
        plot.created = QDateTime::fromSecsSinceEpoch(1700000000);
        const auto back = app::plotFromJson(app::plotToJson(plot));
        QVERIFY(back.has_value());
        QVERIFY(back->base == plot.base);
        QVERIFY(back->x == plot.x && back->y == plot.y);
        QCOMPARE(back->created, plot.created);
    }

    void aPlotIsMadeAsOneSet()
    {
        app::EngineThread engine(factory());
        app::JobQueue queue(engine);
        app::XyPlots plots(queue, folder());
        app::XyPlot *plot = plots.start(definition()).plot;
        QVERIFY(plot);
        QCOMPARE(plot->cells(), 4);
        QCOMPARE(plot->columnTitle(1), QStringLiteral("5"));
        QCOMPARE(plot->rowTitle(0), QStringLiteral("Euler"));
        QCOMPARE(queue.rowCount(), 4);
        int leads = 0;
        for (int row = 0; row < 4; ++row)
            leads += queue.index(row).data(app::JobQueue::SetLeadRole).toBool();
        QCOMPARE(leads, 1);
        QTRY_VERIFY(!plot->isOpen());
        QCOMPARE(queue.index(0).data(app::JobQueue::SetDoneRole).toInt(), 4);
        const auto made = m_plan->requests();
        QCOMPARE(made.size(), std::size_t(4));
        for (const engine::GenerateRequest &request : made)
            QCOMPARE(request.seed, std::uint64_t(7));
        QCOMPARE(made[1].steps, 5);
    }

    void aHeldPlotWaitsWhileOthersGoOn()
    {
        m_plan->stepMs = 5;
        app::EngineThread engine(factory());
        app::JobQueue queue(engine);
        app::XyPlots plots(queue, folder());
        app::XyPlot *plot = plots.start(definition()).plot;
        plots.hold(*plot, true);
        QVERIFY(plots.isHeld(*plot));
        engine::GenerateRequest other = context().base;
        other.prompt = "other";
        const app::JobId id = queue.submit(other).id;
        QTRY_COMPARE(queue.find(id)->state, app::JobState::Finished);
        QVERIFY(plot->count(PlotCellState::Waiting) >= 3);
        plots.hold(*plot, false);
        QTRY_VERIFY(!plot->isOpen());
    }

    void aStoppedPlotHasMissingCellsThatCanBeMade()
    {
        m_plan->stepMs = 10;
        app::EngineThread engine(factory());
        app::JobQueue queue(engine);
        connect(&queue, &app::JobQueue::pictureMade, &queue,
                [&queue](app::JobId id) { queue.addFile(id, QStringLiteral("/pictures/%1.png").arg(id), {}); });
        app::XyPlots plots(queue, folder());
        app::XyPlot *plot = plots.start(definition()).plot;
        QTRY_VERIFY(plot->count(PlotCellState::Finished) >= 1);
        plots.stop(*plot);
        QTRY_VERIFY(!plot->isOpen());
        const int finished = plot->count(PlotCellState::Finished);
        QCOMPARE(plot->count(PlotCellState::Missing), 4 - finished);
        m_plan->stepMs = 0;
        QCOMPARE(plots.makeMissing(*plot), QString());
        QTRY_COMPARE(plot->count(PlotCellState::Finished), 4);
        QVERIFY(!plot->cell({1, 1}).file.isEmpty());
    }

    void cellsOfABrokenModelFailAndTheRestGoesOn()
    {
        m_plan->error = engine::Error(engine::ErrorKind::WrongWeights, "two", "tensors are missing");
        m_plan->brokenModel = "two";
        app::EngineThread engine(factory());
        app::JobQueue queue(engine);
        app::XyPlots plots(queue, folder());
        app::PlotDefinition broken = definition();
        broken.y = {PlotSetting::Model, {"two", "/models/one.safetensors"}};
        app::XyPlot *plot = plots.start(broken).plot;
        QTRY_VERIFY(!plot->isOpen());
        QCOMPARE(plot->count(PlotCellState::Failed), 2);
        QCOMPARE(plot->count(PlotCellState::Finished), 2);
        QVERIFY(plot->cell({0, 0}).failure.sentence.contains(QLatin1String("two")));
        QVERIFY(!queue.isPaused());
        m_plan->error.reset();
        QCOMPARE(plots.tryAgain(*plot, {0, 0}), QString());
        QTRY_COMPARE(plot->cell({0, 0}).state, PlotCellState::Finished);
    }

    void plotsSurviveARestart()
    {
        const QString queueFile = m_folder->filePath(QStringLiteral("queue.json"));
        QString id;
        {
            app::EngineThread engine(factory());
            app::JobQueue queue(engine, queueFile);
            connect(&queue, &app::JobQueue::pictureMade, &queue, [&](app::JobId job) {
                const QString path = m_folder->filePath(QStringLiteral("%1.png").arg(job));
                QFile(path).open(QIODevice::WriteOnly);
                queue.addFile(job, path, {});
            });
            app::XyPlots plots(queue, folder());
            m_plan->stepMs = 20;
            app::XyPlot *plot = plots.start(definition()).plot;
            id = plot->definition().id;
            QTRY_COMPARE(plot->count(PlotCellState::Finished), 1);
        }
        m_plan->stepMs = 0;
        app::EngineThread engine(factory());
        app::JobQueue queue(engine, queueFile);
        QCOMPARE(queue.restore(), 3);
        app::XyPlots plots(queue, folder());
        plots.restore();
        app::XyPlot *plot = plots.find(id);
        QVERIFY(plot);
        QCOMPARE(plot->count(PlotCellState::Finished), 1);
        QCOMPARE(plot->count(PlotCellState::Waiting), 3);
        queue.resume();
        QTRY_COMPARE(plot->count(PlotCellState::Finished), 4);
        // A file that is gone leaves a gap.
        QFile::remove(plot->cell({0, 0}).file);
        plots.checkFiles(*plot);
        QTRY_COMPARE(plot->cell({0, 0}).state, PlotCellState::Missing);
        plots.remove(*plot);
        QCOMPARE(plots.plots().size(), 0);
    }

    void picturesAreLaidOutByWhatDiffers()
    {
        QList<app::PlotPicture> pictures;
        for (const int steps : {20, 10}) {
            for (const char *sampler : {"heun", "euler", "ddim"}) {
                app::PlotPicture picture;
                picture.file = QStringLiteral("%1-%2.png").arg(QLatin1String(sampler)).arg(steps);
                picture.recipe.request.steps = steps;
                picture.recipe.request.sampler = sampler;
                picture.recipe.request.seed = std::uint64_t(pictures.size());
                pictures.append(picture);
            }
        }
        const auto [x, y] = app::suggestedAxes(pictures);
        QCOMPARE(x, PlotSetting::Sampler);
        QCOMPARE(y, PlotSetting::Steps);
        pictures.append(pictures.first());
        const auto plot = app::XyPlot::fromPictures(pictures, x, y);
        QCOMPARE(plot->columns(), 3);
        QCOMPARE(plot->rows(), 2);
        QCOMPARE(plot->leftOut(), 1);
        QCOMPARE(plot->rowTitle(0), QStringLiteral("10"));
        QCOMPARE(plot->count(PlotCellState::Finished), 6);
        const qsizetype euler = plot->definition().x.values.indexOf(QStringLiteral("euler"));
        QCOMPARE(plot->cell({int(euler), 1}).file, QStringLiteral("euler-20.png"));
    }

    void aPictureSaysItsPlace()
    {
        app::PlotDefinition plot = definition();
        plot.id = QStringLiteral("f00");
        app::Recipe recipe = app::makeRecipe(app::plotRequest(plot, {1, 0}), 0, {64, 64}, {});
        recipe.plot = app::plotPlace(plot, {1, 0});
        const auto back = app::recipeFromJson(app::recipeToJson(recipe));
        QVERIFY(back && back->plot == recipe.plot);
        const QString text = app::recipeToParameters(recipe);
        QVERIFY2(
            text.contains(QLatin1String(
                "Script: X/Y/Z plot, X Type: Steps, X Values: \"3, 5\", Y Type: Sampler, Y Values: \"Euler, Heun\"")),
            qPrintable(text));
        QCOMPARE(app::recipeFromParameters(text)->extras.value(QStringLiteral("X Values")), QStringLiteral("3, 5"));
    }

private:
    app::EngineFactory factory()
    {
        return [plan = m_plan] { return std::make_unique<FakeEngine>(plan); };
    }
    [[nodiscard]] QString folder() const { return m_folder->filePath(QStringLiteral("plots")); }
    static app::PlotDefinition definition()
    {
        app::PlotDefinition plot;
        plot.base = context().base;
        plot.x = {PlotSetting::Steps, {"3", "5"}};
        plot.y = {PlotSetting::Sampler, {"euler", "heun"}};
        return plot;
    }

    std::shared_ptr<FakePlan> m_plan;
    std::unique_ptr<QTemporaryDir> m_folder;
};

QTEST_GUILESS_MAIN(XyPlotTest)
#include "xy_plot_test.moc"
