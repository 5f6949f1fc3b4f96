#include "app/gallery_edits.h"
#include "app/gallery_store.h"
#include "app/image_file.h"
#include "app/job_queue.h"
#include "app/picture_saver.h"
#include "app/studio.h"
#include "tests/support/fake_engine.h"
#include "ui/common/button.h"
#include "ui/common/segmented_control.h"
#include "ui/common/side_panel.h"
#include "ui/common/theme.h"
#include "ui/common/toast.h"
#include "ui/compare/compare_bar.h"
#include "ui/compare/compare_model.h"
#include "ui/compare/compare_page.h"
#include "ui/compare/compare_panel.h"
#include "ui/compare/compare_view.h"
#include "ui/compare/difference_table.h"
#include "ui/compare/empty_slots.h"
#include "ui/compare/gallery_chooser.h"
#include "ui/compare/slot_list.h"

#include <QAbstractButton>
#include <QCheckBox>
#include <QClipboard>
#include <QDir>
#include <QGuiApplication>
#include <QLabel>
#include <QListView>
#include <QMimeData>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <memory>

using ui::CompareMode;

namespace {

const QColor kRed(200, 40, 40);
const QColor kBlue(30, 60, 210);
const QColor kGreen(20, 160, 60);

bool isNear(const QColor &a, const QColor &b, int tolerance = 3)
{
    return std::abs(a.red() - b.red()) <= tolerance && std::abs(a.green() - b.green()) <= tolerance &&
           std::abs(a.blue() - b.blue()) <= tolerance;
}

struct World
{
    World()
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

} // namespace

class ComparePageTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();

    void emptyPageSaysHowToBegin();
    void dividerSeparatesTheTwoPictures();
    void dividerFollowsPointerAndKeys();
    void sideBySideShowsBothAtOnce();
    void flickerShowsOneThenTheOther();
    void differenceIsDrawnInHeatColours();
    void overlayMixesBoth();
    void gridShowsTheSamePartInEveryCell();
    void zoomIsSharedAndStaysUnderThePointer();
    void exactPixelsAreSquares();
    void otherSizesAreFittedAndSaid();
    void unreadableAndVanishedPicturesSaySo();
    void hugePictureIsScaledAndSaid();
    void sixteenAtMost();
    void tableShowsOnlyWhatDiffers();
    void applyHandsOverOneSetting();
    void promptIsComparedByWords();
    void nothingDiffersIsSaid();
    void picturesWithoutRecipeAreSaid();
    void slotsAreSwappedMovedAndTakenOut();
    void formingPictureUpdatesAndBecomesAFile();
    void clipboardPictureTakesASlot();
    void chooserSearchesTheGallery();
    void knockOutGivesStarsThatCanBeTakenBack();
    void lettersChangeTheView();
    void narrowWindowFoldsThePanel();
    void largePicturesAreDrawnInEveryMode();

private:
    [[nodiscard]] ui::CompareView *view() const { return page->findChild<ui::CompareView *>(); }
    [[nodiscard]] ui::CompareModel *model() const { return page->findChild<ui::CompareModel *>(); }
    [[nodiscard]] ui::DifferenceTable *table() const { return page->findChild<ui::DifferenceTable *>(); }
    [[nodiscard]] QString label(const char *name) const
    {
        return page->findChild<QLabel *>(QLatin1String(name))->text();
    }
    void compare(const QStringList &files);
    void waitUntilRead();
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

    std::unique_ptr<World> world;
    std::unique_ptr<ui::ComparePage> page;
};

void ComparePageTest::initTestCase()
{
    ui::theme().install();
    ui::theme().setReducedMotion(true);
    ui::theme().setChoice(ui::ThemeChoice::Dark);
}

void ComparePageTest::init()
{
    world = std::make_unique<World>();
    page = std::make_unique<ui::ComparePage>(*world->studio);
    page->resize(1280, 760);
    page->show();
    QVERIFY(QTest::qWaitForWindowExposed(page.get()));
    page->activateWindow();
}

void ComparePageTest::cleanup()
{
    page.reset();
    world.reset();
}

void ComparePageTest::compare(const QStringList &files)
{
    page->compare(files);
    waitUntilRead();
}

void ComparePageTest::waitUntilRead()
{
    QTRY_VERIFY_WITH_TIMEOUT(!model()->isWorking(), 20000);
    QTest::qWait(1); // what was put off until the events are done
    view()->setFocus();
}

void ComparePageTest::emptyPageSaysHowToBegin()
{
    auto *first = page->findChild<ui::EmptySlot *>(QStringLiteral("slotA"));
    auto *second = page->findChild<ui::EmptySlot *>(QStringLiteral("slotB"));
    QVERIFY(first->isVisible() && second->isVisible());
    QCOMPARE(first->accessibleDescription(), QStringLiteral("Drop a picture or choose from the gallery"));
    QCOMPARE(page->status().left, QStringLiteral("Nothing to compare yet"));
    compare({world->red});
    QVERIFY(first->isVisible());
    QVERIFY(isNear(first->grab().toImage().pixelColor(first->rect().center()), kRed));
    QTest::mouseClick(second, Qt::LeftButton);
    QVERIFY(page->findChild<ui::GalleryChooser *>() != nullptr);
}

void ComparePageTest::dividerSeparatesTheTwoPictures()
{
    compare({world->red, world->blue});
    QCOMPARE(view()->mode(), CompareMode::Slider);
    QVERIFY(isNear(at(inside(0, 0.25, 0.25)), kRed));
    QVERIFY(isNear(at(inside(0, 0.75, 0.25)), kBlue));
    view()->setDivider(0.9);
    QVERIFY(isNear(at(inside(0, 0.75, 0.25)), kRed));
    view()->setDivider(0.5);
    // The handle and the line are the accent's.
    QVERIFY(isNear(at(inside(0, 0.5, 0.9)), ui::theme().color(ui::Token::Accent), 6));
    key(Qt::Key_V);
    QVERIFY(!view()->isUpright());
    QVERIFY(isNear(at(inside(0, 0.25, 0.3)), kRed));
    QVERIFY(isNear(at(inside(0, 0.25, 0.75)), kBlue));
}

void ComparePageTest::dividerFollowsPointerAndKeys()
{
    compare({world->red, world->blue});
    const QRectF target = view()->targetOf(0);
    QTest::mousePress(view(), Qt::LeftButton, {}, inside(0, 0.5, 0.4).toPoint());
    QTest::mouseMove(view(), inside(0, 0.25, 0.4).toPoint());
    QVERIFY(std::abs(view()->divider() - 0.25) * target.width() <= 1.0);
    QVERIFY(isNear(at(inside(0, 0.3, 0.4)), kBlue));
    QTest::mouseRelease(view(), Qt::LeftButton, {}, inside(0, 0.25, 0.4).toPoint());
    const double before = view()->divider() * target.width();
    key(Qt::Key_Right);
    QVERIFY(std::abs(view()->divider() * target.width() - before - 1.0) <= 0.6);
    key(Qt::Key_Right, Qt::ShiftModifier);
    QVERIFY(std::abs(view()->divider() * target.width() - before - 11.0) <= 0.6);
    key(Qt::Key_Left);
    QVERIFY(std::abs(view()->divider() * target.width() - before - 10.0) <= 0.6);
    key(Qt::Key_Home);
    QCOMPARE(view()->divider(), 0.0);
    key(Qt::Key_Left);
    QCOMPARE(view()->divider(), 0.0);
}

void ComparePageTest::sideBySideShowsBothAtOnce()
{
    compare({world->red, world->blue});
    page->setMode(CompareMode::SideBySide);
    QVERIFY(isNear(at(inside(0, 0.5, 0.5)), kRed));
    QVERIFY(isNear(at(inside(1, 0.5, 0.5)), kBlue));
    QVERIFY(!view()->cellOf(0).intersects(view()->cellOf(1)));
}

void ComparePageTest::flickerShowsOneThenTheOther()
{
    compare({world->red, world->blue});
    page->setMode(CompareMode::Flicker);
    QSignalSpy flickered(view(), &ui::CompareView::flickered);
    view()->setFlickerMs(200);
    QVERIFY(isNear(at(inside(0, 0.5, 0.5)), kRed));
    QVERIFY(flickered.wait(2000));
    QVERIFY(isNear(at(inside(0, 0.5, 0.5)), kBlue));
    key(Qt::Key_Space);
    QVERIFY(!view()->isFlickering());
    flickered.clear();
    QVERIFY(!flickered.wait(350));
    key(Qt::Key_Period);
    QCOMPARE(flickered.size(), 1);
    view()->setFlickerMs(1); // would be more than three flashes a second
    QCOMPARE(view()->flickerMs(), 200);
}

void ComparePageTest::differenceIsDrawnInHeatColours()
{
    const QString near = world->write(QStringLiteral("near"), QColor(210, 40, 40), {64, 64}, 7.0, "cat");
    compare({world->red, near});
    page->setMode(CompareMode::Difference);
    const auto heat = [](double value) { return ui::heatColor(value); };
    QTRY_VERIFY(isNear(at(inside(0, 0.5, 0.5)), heat(10 / 255.0)));
    auto *gain = page->findChild<ui::SegmentedControl *>(QStringLiteral("differenceGain"));
    gain->setCurrentIndex(1);
    QTRY_VERIFY(isNear(at(inside(0, 0.5, 0.5)), heat(40 / 255.0)));
    key(Qt::Key_BracketRight);
    QCOMPARE(gain->currentIndex(), 2);
    QTRY_VERIFY(isNear(at(inside(0, 0.5, 0.5)), heat(160 / 255.0)));
    // 10 of 255 in one of three channels.
    QVERIFY(page->status().left.contains(QStringLiteral("PSNR 32.9 dB")));
}

void ComparePageTest::overlayMixesBoth()
{
    compare({world->red, world->blue});
    page->setMode(CompareMode::Overlay);
    const auto mixed = [](double share) {
        return QColor(int(kRed.red() + (kBlue.red() - kRed.red()) * share),
                      int(kRed.green() + (kBlue.green() - kRed.green()) * share),
                      int(kRed.blue() + (kBlue.blue() - kRed.blue()) * share));
    };
    QVERIFY(isNear(at(inside(0, 0.5, 0.5)), mixed(0.5), 4));
    view()->setOpacity(0.25);
    QVERIFY(isNear(at(inside(0, 0.5, 0.5)), mixed(0.25), 4));
    view()->setOpacity(0.0);
    QVERIFY(isNear(at(inside(0, 0.5, 0.5)), kRed));
}

void ComparePageTest::gridShowsTheSamePartInEveryCell()
{
    compare({world->red, world->blue, world->green});
    QCOMPARE(view()->mode(), CompareMode::Grid);
    const QList<QColor> colours = {kRed, kBlue, kGreen};
    for (int i = 0; i < 3; ++i)
        QVERIFY(isNear(at(inside(i, 0.5, 0.5)), colours.at(i)));
    view()->setZoom(16.0);
    for (int i = 1; i < 3; ++i) {
        const QPointF offset = view()->targetOf(i).topLeft() - view()->cellOf(i).topLeft();
        const QPointF first = view()->targetOf(0).topLeft() - view()->cellOf(0).topLeft();
        QVERIFY((offset - first).manhattanLength() <= 2.0);
        QCOMPARE(view()->targetOf(i).size(), view()->targetOf(0).size());
    }
    key(Qt::Key_L);
    QVERIFY(!view()->isLinked());
    QTest::mousePress(view(), Qt::LeftButton, {}, view()->cellOf(1).center().toPoint());
    QTest::mouseMove(view(), view()->cellOf(1).center().toPoint() + QPoint(40, 30));
    QTest::mouseRelease(view(), Qt::LeftButton, {}, view()->cellOf(1).center().toPoint() + QPoint(40, 30));
    const QPointF moved = view()->targetOf(1).topLeft() - view()->cellOf(1).topLeft();
    const QPointF stayed = view()->targetOf(0).topLeft() - view()->cellOf(0).topLeft();
    QVERIFY((moved - stayed - QPointF(40, 30)).manhattanLength() <= 3.0);
    // A click chooses what is compared with A.
    QTest::mouseClick(view(), Qt::LeftButton, {}, view()->cellOf(2).center().toPoint());
    QCOMPARE(view()->second(), 2);
}

void ComparePageTest::zoomIsSharedAndStaysUnderThePointer()
{
    compare({world->red, world->blue});
    view()->setZoom(24.0); // larger than the page both ways: nothing needs to be moved into the middle
    const QPointF pointer = inside(0, 0.45, 0.6);
    QWheelEvent wheel(pointer, view()->mapToGlobal(pointer), {}, {0, 120}, {}, {}, Qt::NoScrollPhase, false);
    const double before = view()->zoom();
    QApplication::sendEvent(view(), &wheel);
    QVERIFY(view()->zoom() > before);
    const QPointF after = inside(0, 0.45, 0.6);
    QVERIFY((after - pointer).manhattanLength() <= 3.0);
    const double zoomed = view()->zoom();
    page->setMode(CompareMode::Overlay);
    QCOMPARE(view()->zoom(), zoomed);
    page->setMode(CompareMode::SideBySide);
    QCOMPARE(view()->zoom(), zoomed);
    key(Qt::Key_0, Qt::ControlModifier);
    QVERIFY(view()->isFitted());
    key(Qt::Key_0, Qt::AltModifier);
    QCOMPARE(view()->zoom(), 1.0);
}

void ComparePageTest::exactPixelsAreSquares()
{
    QImage image(2, 1, QImage::Format_RGB32);
    image.setPixel(0, 0, qRgb(255, 0, 0));
    image.setPixel(1, 0, qRgb(0, 0, 255));
    const QString path = world->folder.filePath(QStringLiteral("two.png"));
    QVERIFY(image.save(path));
    compare({path, world->red});
    page->setMode(CompareMode::Grid);
    view()->setNamesShown(false);
    const QPointF nearMiddle = inside(0, 0.45, 0.5);
    QVERIFY(!isNear(at(nearMiddle), QColor(255, 0, 0), 10));
    key(Qt::Key_E);
    QVERIFY(isNear(at(nearMiddle), QColor(255, 0, 0), 1));
}

void ComparePageTest::otherSizesAreFittedAndSaid()
{
    compare({world->red, world->wide});
    QVERIFY2(page->status().left.contains(QStringLiteral("fitted to A's 64 × 64: B (128 × 64)")),
             qPrintable(page->status().left));
    view()->setDivider(0.0);
    QVERIFY(isNear(at(inside(0, 0.5, 0.5)), kGreen));
    QVERIFY(isNear(at(inside(0, 0.5, 0.1)), ui::theme().color(ui::Token::Canvas)));
    compare({world->red, world->blue});
    QVERIFY(page->status().left.contains(QStringLiteral("both 64 × 64")));
}

void ComparePageTest::unreadableAndVanishedPicturesSaySo()
{
    const QString broken = world->folder.filePath(QStringLiteral("broken.png"));
    QVERIFY(QFile::copy(world->blue, broken));
    QVERIFY(QFile::resize(broken, 60));
    compare({world->red, broken, world->folder.filePath(QStringLiteral("gone.png")), world->green});
    QCOMPARE(model()->count(), 4);
    QVERIFY(model()->at(1).problem.contains(QStringLiteral("broken.png")));
    QVERIFY(model()->at(2).problem.contains(QStringLiteral("not there any more")));
    QVERIFY(isNear(at(inside(3, 0.5, 0.5)), kGreen)); // the others go on
    QVERIFY(model()->at(3).likeness.isValid);
    for (int mode = 0; mode < 6; ++mode) {
        page->setMode(CompareMode(mode));
        view()->grab();
    }
    QVERIFY(QFile::copy(world->blue, world->folder.filePath(QStringLiteral("gone.png"))));
    page->activate(); // looks again
    waitUntilRead();
    QVERIFY(model()->at(2).problem.isEmpty());
}

void ComparePageTest::hugePictureIsScaledAndSaid()
{
    const QString path = world->folder.filePath(QStringLiteral("huge.png"));
    QImage image(6000, 5000, QImage::Format_Grayscale8);
    image.fill(90);
    QVERIFY(image.save(path));
    compare({world->red, path});
    QVERIFY(model()->at(1).isReady());
    QVERIFY2(page->status().left.contains(QStringLiteral("B scaled from 6,000 × 5,000 to 3,000 × 2,500")),
             qPrintable(page->status().left));
}

void ComparePageTest::sixteenAtMost()
{
    QStringList files;
    for (int i = 0; i < 18; ++i)
        files.append(world->write(QStringLiteral("m%1").arg(i), QColor(i * 12, 80, 90), {16, 16}, 7.0, "many"));
    QSignalSpy notice(model(), &ui::CompareModel::notice);
    compare(files);
    QCOMPARE(model()->count(), 16);
    QCOMPARE(notice.size(), 1);
    for (int i = 0; i < 16; ++i)
        QVERIFY(isNear(at(inside(i, 0.5, 0.6)), QColor(i * 12, 80, 90)));
}

void ComparePageTest::tableShowsOnlyWhatDiffers()
{
    compare({world->red, world->blue});
    const auto names = [this] {
        QStringList found;
        for (int row = 0; row < table()->model()->rowCount(); ++row)
            found.append(table()->model()->index(row, 0).data().toString());
        return found;
    };
    QCOMPARE(names().mid(0, 3),
             QStringList({QStringLiteral("Prompt"), QStringLiteral("Guidance"), QStringLiteral("Result")}));
    QVERIFY(label("differenceCount").startsWith(QStringLiteral("2 of ")));
    QCOMPARE(table()->model()->index(1, 2).data().toString(), QStringLiteral("8"));
    page->findChild<QCheckBox *>(QStringLiteral("onlyDifferent"))->setChecked(false);
    QVERIFY(names().contains(QStringLiteral("Sampler")));
    QVERIFY(label("sameSettings").contains(QStringLiteral("DPM++ 2M")));
}

void ComparePageTest::applyHandsOverOneSetting()
{
    compare({world->red, world->blue});
    QSignalSpy chosen(page.get(), &ui::ComparePage::settingChosen);
    table()->setFocus();
    table()->setCurrentIndex(table()->model()->index(1, 2));
    QTest::keyClick(table(), Qt::Key_Return);
    QCOMPARE(chosen.size(), 1);
    QCOMPARE(chosen.at(0).at(1).value<app::RecipeSetting>(), app::RecipeSetting::Guidance);
    QCOMPARE(chosen.at(0).at(0).value<app::Recipe>().request.guidanceScale, 8.0);
    const QModelIndex cell = table()->model()->index(1, 2);
    QVERIFY(table()->showsApply(cell));
    QTest::mouseClick(table()->viewport(), Qt::LeftButton, {}, table()->applyRect(cell).center());
    QCOMPARE(chosen.size(), 2);
    QSignalSpy all(page.get(), &ui::ComparePage::recipeChosen);
    QTest::mouseClick(page->findChild<QAbstractButton *>(QStringLiteral("useSettings")), Qt::LeftButton);
    QCOMPARE(all.size(), 1);
}

void ComparePageTest::promptIsComparedByWords()
{
    compare({world->red, world->blue});
    const auto *words = page->findChild<QLabel *>(QStringLiteral("promptWords"));
    QVERIFY(words->isVisible());
    // More than a colour: struck through and underlined, and said in words.
    QVERIFY(words->text().contains(QStringLiteral("line-through")));
    QVERIFY(words->text().contains(QStringLiteral("underline")));
    QCOMPARE(words->accessibleDescription(), QStringLiteral("gone: face; new: with sunglasses"));
}

void ComparePageTest::nothingDiffersIsSaid()
{
    compare({world->red, world->green});
    QCOMPARE(label("differenceWords"), QStringLiteral("Nothing differs in the settings."));
    QVERIFY(!page->findChild<QLabel *>(QStringLiteral("promptWords"))->isVisible());
}

void ComparePageTest::picturesWithoutRecipeAreSaid()
{
    QImage plain(20, 20, QImage::Format_RGB32);
    plain.fill(kGreen);
    const QString one = world->folder.filePath(QStringLiteral("plain1.png"));
    const QString two = world->folder.filePath(QStringLiteral("plain2.png"));
    QVERIFY(plain.save(one) && plain.save(two));
    compare({one, two});
    QCOMPARE(label("differenceWords"), QStringLiteral("None of these pictures says how it was made."));
    QVERIFY(!page->findChild<QAbstractButton *>(QStringLiteral("useSettings"))->isEnabled());
    compare({world->red, two});
    QVERIFY(label("differenceWords").startsWith(QStringLiteral("Only one")));
    QVERIFY(page->status().left.contains(QStringLiteral("fitted")));
}

void ComparePageTest::slotsAreSwappedMovedAndTakenOut()
{
    compare({world->red, world->blue, world->green});
    page->setMode(CompareMode::Slider);
    key(Qt::Key_C);
    QCOMPARE(model()->at(0).path, world->blue);
    QTRY_VERIFY(isNear(at(inside(0, 0.25, 0.3)), kBlue));
    key(Qt::Key_PageDown);
    QCOMPARE(view()->second(), 2);
    QVERIFY(isNear(at(inside(0, 0.75, 0.3)), kGreen));
    auto *list = page->findChild<ui::SlotList *>();
    list->setFocus();
    list->setCurrentIndex(model()->index(2, 0));
    QTest::keyClick(list, Qt::Key_Up, Qt::AltModifier);
    QCOMPARE(model()->at(1).path, world->green);
    list->setCurrentIndex(model()->index(0, 0));
    QTest::keyClick(list, Qt::Key_Delete);
    QCOMPARE(model()->count(), 2);
    QCOMPARE(model()->at(0).path, world->green);
    waitUntilRead();
    QVERIFY(model()->at(1).likeness.isValid);
    QVERIFY(!model()->at(0).likeness.isValid);
    // Files dropped on the list come in where they fall.
    QMimeData data;
    data.setUrls({QUrl::fromLocalFile(world->blue)});
    QVERIFY(model()->dropMimeData(&data, Qt::CopyAction, 1, 0, {}));
    QCOMPARE(model()->at(1).path, world->blue);
}

void ComparePageTest::formingPictureUpdatesAndBecomesAFile()
{
    world->plan->stepMs = 30;
    compare({world->red});
    page->followWork();
    QCOMPARE(model()->count(), 2);
    QCOMPARE(model()->at(1).kind, ui::CompareSlot::Kind::Live);
    QVERIFY(!model()->at(1).isReady());
    const auto submission =
        world->studio->queue().submit({.model = "/models/starter", .prompt = "owl", .steps = 20, .seed = 5});
    QVERIFY(submission.id != 0);
    QTRY_VERIFY_WITH_TIMEOUT(model()->at(1).isReady() && model()->at(1).kind == ui::CompareSlot::Kind::Live, 10000);
    QCOMPARE(model()->at(1).title, QStringLiteral("owl"));
    QTRY_VERIFY_WITH_TIMEOUT(model()->at(1).kind == ui::CompareSlot::Kind::File, 20000);
    waitUntilRead();
    QVERIFY(QFile::exists(model()->at(1).path));
    QCOMPARE(model()->at(1).picture.size(), QSize(64, 64));
    QVERIFY(model()->at(1).recipe && model()->at(1).recipe->request.seed == 5);
    QVERIFY(model()->at(1).likeness.isValid);
}

void ComparePageTest::clipboardPictureTakesASlot()
{
    compare({world->red});
    QImage image(64, 64, QImage::Format_RGB32);
    image.fill(kGreen);
    QGuiApplication::clipboard()->setImage(image);
    QTest::keyClick(page.get(), Qt::Key_V, Qt::ControlModifier);
    QTRY_COMPARE(model()->count(), 2);
    waitUntilRead();
    QVERIFY(isNear(at(inside(0, 0.75, 0.3)), kGreen));
}

void ComparePageTest::chooserSearchesTheGallery()
{
    ui::GalleryChooser chooser(*world->studio, 2);
    auto *list = chooser.findChild<QListView *>();
    QTRY_COMPARE(list->model()->rowCount(), 4);
    chooser.findChild<QLineEdit *>()->setText(QStringLiteral("sunglasses"));
    QTRY_COMPARE(list->model()->rowCount(), 1);
    list->setCurrentIndex(list->model()->index(0, 0));
    QCOMPARE(chooser.chosen(), QStringList(world->blue));
}

void ComparePageTest::knockOutGivesStarsThatCanBeTakenBack()
{
    app::GalleryEdits edits(world->studio->store());
    connect(page.get(), &ui::ComparePage::starsGiven, &edits, &app::GalleryEdits::setStarsEach);
    connect(page.get(), &ui::ComparePage::undoRequested, &edits, &app::GalleryEdits::undo);
    compare({world->red, world->blue, world->green, world->wide});
    key(Qt::Key_K);
    QCOMPARE(view()->mode(), CompareMode::SideBySide);
    QVERIFY(label("knockOutRound").startsWith(QStringLiteral("Round 1 of 2, 3 ")));
    key(Qt::Key_Right); // blue
    QCOMPARE(view()->first(), 2);
    key(Qt::Key_Z);
    QCOMPARE(view()->first(), 0);
    key(Qt::Key_Right);
    key(Qt::Key_Left); // green
    QCOMPARE(view()->first(), 1);
    QCOMPARE(view()->second(), 2);
    key(Qt::Key_Left); // blue wins
    QCOMPARE(view()->mode(), CompareMode::Grid);
    static const QRegularExpression places(QStringLiteral("^5 .*: B .*4 .*: C .*3 .*: A, D$"));
    QVERIFY2(places.match(label("knockOutResult")).hasMatch(), qPrintable(label("knockOutResult")));
    const auto stars = [this](const QString &path) {
        app::GalleryStore &store = world->studio->store();
        return store.pictures({store.idOf(path)}).first().stars;
    };
    QCOMPARE(stars(world->blue), 0); // shown before it is written
    key(Qt::Key_Return);
    QTRY_COMPARE(stars(world->blue), 5);
    QTRY_COMPARE(stars(world->green), 4);
    QTRY_COMPARE(stars(world->red), 3);
    auto *toast = page->findChild<ui::Toast *>();
    QVERIFY(toast != nullptr);
    QTest::mouseClick(toast->findChild<ui::Button *>(), Qt::LeftButton); // one step takes all of them back
    QTRY_COMPARE(stars(world->blue), 0);
    QTRY_COMPARE(stars(world->red), 0);
    key(Qt::Key_K);
    key(Qt::Key_Escape);
    QVERIFY(!page->findChild<QLabel *>(QStringLiteral("knockOutRound"))->isVisible());
}

void ComparePageTest::lettersChangeTheView()
{
    compare({world->red, world->blue});
    for (int i = 1; i <= 6; ++i) {
        key(Qt::Key_M);
        QCOMPARE(int(view()->mode()), i % 6);
    }
    key(Qt::Key_N);
    QVERIFY(!view()->hasNames());
    for (QWidget *part : page->parts())
        QVERIFY(page->focusOf(part) != nullptr);
}

void ComparePageTest::narrowWindowFoldsThePanel()
{
    compare({world->red, world->blue});
    QVERIFY(!page->rightPanel()->isFolded());
    page->setCompact(true, true);
    page->resize(960, 600);
    QVERIFY(page->rightPanel()->isFolded());
    page->rightPanel()->setFolded(false); // F9: over the pictures
    QTest::qWait(1);
    QVERIFY(page->rightPanel()->isVisible());
    QCOMPARE(page->rightPanel()->geometry().right(), page->rect().right());
    page->setCompact(false, false);
    QVERIFY(!page->rightPanel()->isFolded());
}

void ComparePageTest::largePicturesAreDrawnInEveryMode()
{
    for (const QColor &colour : {kRed, kBlue})
        world->write(colour.name().mid(1), colour, {2048, 2048}, 7.0, "large");
    const QDir folder(world->folder.filePath(QStringLiteral("pictures")));
    compare({folder.filePath(kRed.name().mid(1)) + QStringLiteral(".png"),
             folder.filePath(kBlue.name().mid(1)) + QStringLiteral(".png")});
    QVERIFY(model()->at(1).isReady());
    for (int mode = 0; mode < 6; ++mode) {
        page->setMode(CompareMode(mode));
        waitUntilRead();
        for (const double zoom : {0.21, 0.5, 1.0, 3.0}) {
            view()->setZoom(zoom);
            const QPointF point = view()->cellOf(0).center() - QPointF(40, 40);
            QTRY_VERIFY(at(point) != ui::theme().color(ui::Token::Canvas)); // the map is coloured in the background
            if (view()->mode() == CompareMode::Slider)
                QVERIFY(isNear(at(point), kRed));
        }
    }
}

QTEST_MAIN(ComparePageTest)
#include "compare_page_test.moc"
