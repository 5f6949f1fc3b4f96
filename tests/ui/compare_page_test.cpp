#include "app/gallery_edits.h"
#include "app/job_queue.h"
#include "tests/support/compare_world.h"
#include "ui/common/button.h"
#include "ui/common/side_panel.h"
#include "ui/common/toast.h"
#include "ui/compare/compare_panel.h"
#include "ui/compare/empty_slots.h"
#include "ui/compare/gallery_chooser.h"
#include "ui/compare/slot_list.h"

#include <QAbstractButton>
#include <QCheckBox>
#include <QClipboard>
#include <QGuiApplication>
#include <QLineEdit>
#include <QListView>
#include <QMimeData>
#include <QRegularExpression>

class ComparePageTest : public QObject, private CompareFixture
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { installTheme(); }
    void init() { open(); }
    void cleanup() { close(); }

    void emptyPageSaysHowToBegin();
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
};

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
    QTRY_COMPARE(chooser.chosen(), QStringList(world->blue)); // Enter would take it
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
    key(Qt::Key_K);
    QVERIFY(page->findChild<QLabel *>(QStringLiteral("knockOutRound"))->isVisible());
    page->findChild<ui::CompareModel *>()->replace(1, world->wide); // its stars would go to another picture
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

QTEST_MAIN(ComparePageTest)
#include "compare_page_test.moc"
