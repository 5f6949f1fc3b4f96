// The X/Y plot page: the form, the sheet filling, cells that fail, sheets of pictures.
#include "app/image_file.h"
#include "app/xy_plot.h"
#include "tests/support/create_workshop.h"
#include "ui/plot/axis_editor.h"
#include "ui/plot/plot_canvas.h"
#include "ui/plot/plot_view.h"

#include <QCheckBox>
#include <QListWidget>
#include <QWheelEvent>

using namespace ui;
using app::PlotCellState;
using app::PlotSetting;

namespace {

/// A studio with the page, and a recipe to vary.
struct PlotShop : Workshop
{
    PlotShop()
    {
        base.model = studio->models().starter()->path.toStdString();
        base.prompt = "a red fox";
        base.steps = 3;
        base.width = 64;
        base.height = 64;
        view = std::make_unique<PlotView>(*studio);
        view->resize(1360, 840);
        view->setBase(base, true);
        view->show();
        (void)QTest::qWaitForWindowExposed(view.get());
    }
    ~PlotShop() { view.reset(); }

    AxisEditor *axis(const char *name) const { return view->findChild<AxisEditor *>(QLatin1String(name)); }
    void choose(const char *axisName, PlotSetting setting, const char *values) const
    {
        auto *combo = axis(axisName)->findChild<QComboBox *>(QStringLiteral("setting"));
        combo->setCurrentIndex(combo->findData(int(setting)));
        axis(axisName)->findChild<QLineEdit *>(QStringLiteral("values"))->setText(QString::fromUtf8(values));
    }
    QString problem(const char *axisName) const
    {
        return axis(axisName)->findChild<QLabel *>(QStringLiteral("problem"))->text();
    }
    template <typename T>
    T *part(const char *name) const
    {
        return view->findChild<T *>(QLatin1String(name));
    }
    app::XyPlot *plot() const { return view->canvas()->plot(); }

    engine::GenerateRequest base;
    std::unique_ptr<PlotView> view;
};

} // namespace

class PlotTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { theme().install(); }

    void theFormCountsAndSaysFaults()
    {
        PlotShop shop;
        auto *start = shop.part<Button>("startPlot");
        QVERIFY(!start->isEnabled());
        shop.choose("columns", PlotSetting::Steps, "1-3");
        QVERIFY(start->isEnabled());
        QVERIFY(start->text().startsWith(QLatin1String("Make 3 picture")));
        shop.choose("rows", PlotSetting::Guidance, "1, two");
        QVERIFY(!start->isEnabled());
        QVERIFY(shop.problem("rows").contains(QLatin1String("\"two\"")));
        QVERIFY(shop.axis("rows")->findChild<QLineEdit *>(QStringLiteral("values"))->property("invalid").toBool());
        shop.choose("rows", PlotSetting::Guidance, "1, 2");
        QVERIFY(start->text().startsWith(QLatin1String("Make 6 picture")));
        QVERIFY(shop.part<QLabel>("estimate")->text().startsWith(QStringLiteral("3 × 2 pictures")));
        // What it would make is seen before it is made.
        QTRY_VERIFY(shop.plot() && shop.plot()->cells() == 6);
        QCOMPARE(shop.plot()->count(PlotCellState::Missing), 6);
        shop.choose("rows", PlotSetting::Steps, "4");
        QVERIFY(!start->isEnabled());
        QVERIFY(!shop.problem("rows").isEmpty());
        shop.choose("rows", PlotSetting::PromptReplace, "cat, dog");
        QVERIFY(shop.problem("rows").contains(QLatin1String("\"cat\"")));
        shop.choose("columns", PlotSetting::Seed, "1-100");
        shop.choose("rows", PlotSetting::Guidance, "1-20");
        QVERIFY(!start->isEnabled());
        QVERIFY(shop.part<QLabel>("estimate")->text().contains(QLatin1String("2,000")));
    }

    void valuesAreTicked()
    {
        PlotShop shop;
        shop.choose("columns", PlotSetting::Sampler, "Euler");
        auto *list = shop.axis("columns")->findChild<QListWidget *>(QStringLiteral("choices"));
        auto *menu = shop.axis("columns")->findChild<QMenu *>();
        Q_EMIT menu->aboutToShow();
        QVERIFY(list->count() > 10);
        QCOMPARE(list->findItems(QStringLiteral("Euler"), Qt::MatchExactly).first()->checkState(), Qt::Checked);
        list->findItems(QStringLiteral("Heun"), Qt::MatchExactly).first()->setCheckState(Qt::Checked);
        QCOMPARE(shop.axis("columns")->axis().values, (QStringList{"euler", "heun"}));
        list->findItems(QStringLiteral("Euler"), Qt::MatchExactly).first()->setCheckState(Qt::Unchecked);
        QCOMPARE(shop.axis("columns")->axis().values, QStringList{QStringLiteral("heun")});
    }

    void thePlotFillsAndItsCellsOpen()
    {
        PlotShop shop;
        shop.plan->stepMs = 3;
        shop.choose("columns", PlotSetting::Steps, "2, 3");
        shop.choose("rows", PlotSetting::Sampler, "Euler, Heun");
        QTest::mouseClick(shop.part<Button>("startPlot"), Qt::LeftButton);
        app::XyPlot *plot = shop.plot();
        QVERIFY(plot && !plot->definition().id.isEmpty());
        QVERIFY(plot->isOpen());
        QTRY_COMPARE(plot->count(PlotCellState::Finished), 4);
        QCOMPARE(shop.part<QComboBox>("plots")->count(), 2);
        // Every cell is a picture with its own recipe and place.
        const app::PictureInfo info = app::readPictureInfo(plot->cell({1, 1}).file);
        QVERIFY(info.recipe.has_value());
        QCOMPARE(info.recipe->request.steps, 3);
        QCOMPARE(info.recipe->request.sampler, std::string("heun"));
        QCOMPARE(info.recipe->plot.x, 1);
        QCOMPARE(info.recipe->plot.id, plot->definition().id);
        QVERIFY(info.texts.first().second.contains(QLatin1String("X Type: Steps, X Values: \"2, 3\"")));

        QSignalSpy opened(shop.view.get(), &PlotView::fileOpened);
        PlotCanvas *canvas = shop.view->canvas();
        canvas->setFocus();
        QTest::keyClick(canvas, Qt::Key_Right);
        QTest::keyClick(canvas, Qt::Key_Down);
        QCOMPARE(canvas->current(), QPoint(1, 1));
        QCOMPARE(shop.view->status().left, QStringLiteral("Steps 3, Sampler Heun: finished"));
        QTest::keyClick(canvas, Qt::Key_Return);
        QCOMPARE(opened.size(), 1);
        QCOMPARE(opened.first().first().toString(), plot->cell({1, 1}).file);
        QTest::mouseDClick(canvas, Qt::LeftButton, {}, canvas->cellRect({0, 0}).center().toPoint());
        QCOMPARE(opened.last().first().toString(), plot->cell({0, 0}).file);
    }

    void aKeptPlotFillsTheForm()
    {
        PlotShop shop;
        shop.choose("columns", PlotSetting::Steps, "2, 3");
        QTest::mouseClick(shop.part<Button>("startPlot"), Qt::LeftButton);
        const QString id = shop.plot()->definition().id;
        QTRY_VERIFY(!shop.plot()->isOpen());
        shop.view->showNew();
        shop.choose("columns", PlotSetting::Seed, "5");
        shop.view->showPlot(id);
        QCOMPARE(shop.axis("columns")->axis().setting, PlotSetting::Steps);
        QCOMPARE(shop.axis("columns")->axis().values, (QStringList{"2", "3"}));
        QCOMPARE(shop.plot()->definition().id, id);
    }

    void theWheelZoomsAndDraggingPans()
    {
        PlotShop shop;
        shop.choose("columns", PlotSetting::Seed, "1-8");
        shop.choose("rows", PlotSetting::Steps, "1-6");
        QTRY_VERIFY(shop.plot() != nullptr);
        PlotCanvas *canvas = shop.view->canvas();
        QVERIFY(canvas->isFitted());
        const double before = canvas->zoom();
        const auto turn = [canvas](const QPointF &at) {
            QWheelEvent wheel(at, canvas->mapToGlobal(at), {}, {0, 120}, Qt::NoButton, Qt::NoModifier,
                              Qt::NoScrollPhase, false);
            QApplication::sendEvent(canvas, &wheel);
        };
        // What is smaller than the window stays in its middle; what is larger grows about the pointer.
        for (int i = 0; i < 9; ++i)
            turn(canvas->cellRect({3, 3}).center());
        QVERIFY(canvas->zoom() > before * 2);
        const QPointF pointer = canvas->cellRect({3, 3}).center();
        turn(pointer);
        turn(pointer);
        QVERIFY(QLineF(canvas->cellRect({3, 3}).center(), pointer).length() < 4);
        const QPointF cell = canvas->cellRect({3, 3}).topLeft();
        QTest::mousePress(canvas, Qt::LeftButton, {}, QPoint(400, 400));
        QTest::mouseMove(canvas, QPoint(360, 380));
        QTest::mouseMove(canvas, QPoint(340, 370));
        QTest::mouseRelease(canvas, Qt::LeftButton, {}, QPoint(340, 370));
        QCOMPARE(canvas->cellRect({3, 3}).topLeft(), cell + QPointF(-60, -30));
        QTest::keyClick(canvas, Qt::Key_0);
        QVERIFY(canvas->isFitted());
        QCOMPARE(canvas->zoom(), before);
    }

    void aPlotIsPausedAndStopped()
    {
        PlotShop shop;
        shop.plan->stepMs = 10;
        shop.choose("columns", PlotSetting::Seed, "1-6");
        QTest::mouseClick(shop.part<Button>("startPlot"), Qt::LeftButton);
        QTRY_VERIFY(shop.part<QAbstractButton>("pausePlot")->isVisible());
        QTest::mouseClick(shop.part<QAbstractButton>("pausePlot"), Qt::LeftButton);
        QTRY_VERIFY(shop.studio->queue().running() == nullptr);
        QVERIFY(shop.plot()->count(PlotCellState::Waiting) >= 4);
        QTRY_VERIFY(
            shop.view->findChild<ElidedLabel *>(QStringLiteral("plotState"))->text().contains(QLatin1String("paused")));
        QTest::mouseClick(shop.part<QAbstractButton>("pausePlot"), Qt::LeftButton);
        QTRY_VERIFY(shop.studio->queue().running() != nullptr);
        QTest::mouseClick(shop.part<QAbstractButton>("stopPlot"), Qt::LeftButton);
        QTRY_VERIFY(!shop.plot()->isOpen());
        QTRY_VERIFY(shop.part<QAbstractButton>("makeMissing")->isVisible());
        shop.plan->stepMs = 0;
        QTest::mouseClick(shop.part<QAbstractButton>("makeMissing"), Qt::LeftButton);
        QTRY_COMPARE(shop.plot()->count(PlotCellState::Finished), 6);
    }

    void theQueueShowsOneRowForAPlot()
    {
        PlotShop shop;
        shop.plan->stepMs = 10;
        shop.choose("columns", PlotSetting::Steps, "5, 6, 7");
        shop.choose("rows", PlotSetting::Guidance, "1, 2");
        QTest::mouseClick(shop.part<Button>("startPlot"), Qt::LeftButton);
        auto *jobs = shop.find<JobList>("jobs");
        QCOMPARE(shop.studio->queue().waiting(), 5);
        QCOMPARE(jobs->model()->rowCount(), 1);
        QVERIFY(jobs->model()
                    ->index(0, 0)
                    .data(Qt::AccessibleTextRole)
                    .toString()
                    .startsWith(QStringLiteral("X/Y plot: Steps × Guidance, 0 of 6 pictures")));
        QSignalSpy wanted(shop.page.get(), &CreatePage::plotRequested);
        jobs->setCurrentIndex(jobs->model()->index(0, 0));
        QTest::keyClick(jobs, Qt::Key_Return);
        QCOMPARE(wanted.size(), 1);
        QCOMPARE(wanted.first().first().toString(), shop.plot()->definition().id);
        QTest::keyClick(jobs, Qt::Key_Delete);
        shop.waitUntilIdle();
        QTRY_COMPARE(jobs->model()->rowCount(), 0);
        QVERIFY(!shop.plot()->isOpen());
    }

    void aFailedCellSaysWhyAndIsTriedAgain()
    {
        PlotShop shop;
        shop.plan->error = engine::Error(engine::ErrorKind::OutOfMemory, "", "too large");
        shop.choose("columns", PlotSetting::Steps, "2, 3");
        QTest::mouseClick(shop.part<Button>("startPlot"), Qt::LeftButton);
        QTRY_COMPARE(shop.plot()->count(PlotCellState::Failed), 2);
        PlotCanvas *canvas = shop.view->canvas();
        QVERIFY(canvas->cellText({0, 0}).contains(QLatin1String("memory")));
        shop.plan->error.reset();
        const QRectF cell = canvas->cellRect({0, 0});
        QTest::mouseClick(canvas, Qt::LeftButton, {}, QPoint(int(cell.center().x()), int(cell.bottom()) - 20));
        QTRY_COMPARE(shop.plot()->cell({0, 0}).state, PlotCellState::Finished);
        QCOMPARE(shop.plot()->cell({1, 0}).state, PlotCellState::Failed);
    }

    void picturesOfTheGalleryBecomeASheet()
    {
        PlotShop shop;
        QStringList files;
        for (const int steps : {2, 3}) {
            for (const double cfg : {1.0, 4.0, 7.0}) {
                app::Recipe recipe;
                recipe.request = shop.base;
                recipe.request.steps = steps;
                recipe.request.guidanceScale = cfg;
                const QString file = shop.folder.filePath(QStringLiteral("%1-%2.png").arg(steps).arg(cfg));
                QVERIFY(!app::writePicture(file, FakeEngine::paint(64, 64, std::uint64_t(steps)), recipe));
                files.append(file);
            }
        }
        QSignalSpy compare(shop.view.get(), &PlotView::compareRequested);
        shop.view->showPictures(files.mid(0, 5)); // one is missing
        QTRY_VERIFY(shop.plot() && shop.plot()->cells() == 6);
        QCOMPARE(shop.plot()->definition().x.setting, PlotSetting::Guidance);
        QCOMPARE(shop.plot()->count(PlotCellState::Missing), 1);
        QVERIFY(shop.part<QWidget>("pictureAxes")->isVisible());
        // The gap can be made; the sheet becomes a plot that is kept.
        QTest::mouseClick(shop.part<QAbstractButton>("makeMissing"), Qt::LeftButton);
        QTRY_COMPARE(shop.plot()->count(PlotCellState::Finished), 6);
        QVERIFY(!shop.plot()->definition().id.isEmpty());
        QCOMPARE(shop.studio->plots().plots().size(), 1);
        // Pictures that do not differ are no sheet.
        shop.view->showPictures({files[0], files[0]});
        QTRY_VERIFY(shop.view->findChild<Toast *>());
    }
};

QTEST_MAIN(PlotTest)
#include "plot_test.moc"
