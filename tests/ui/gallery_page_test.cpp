#include "app/gallery_model.h"
#include "app/gallery_store.h"
#include "app/image_file.h"
#include "app/settings.h"
#include "app/studio.h"
#include "app/thumbnails.h"
#include "tests/support/gallery_world.h"
#include "ui/common/button.h"
#include "ui/common/chip.h"
#include "ui/common/search_field.h"
#include "ui/common/side_panel.h"
#include "ui/common/theme.h"
#include "ui/gallery/gallery_filter.h"
#include "ui/gallery/gallery_grid.h"
#include "ui/gallery/gallery_page.h"
#include "ui/gallery/viewer.h"

#include <QClipboard>
#include <QDir>
#include <QMimeData>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

class GalleryPageTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();
    void newestComesFirstInSectionsByDay();
    void searchLeavesWhatMatches();
    void searchForFieldsAndMistakes();
    void starsAreSetByKeyAndFilterFollows();
    void arrowsMoveAndEnterOpensTheViewer();
    void viewerGoesToNeighboursAndBack();
    void lettersUseTheSettings();
    void lettersInTheSearchAreText();
    void deleteIsUndone();
    void copyPutsFilesOnTheClipboard();
    void newPictureArrivesAtTheTop();
    void emptyGallerySaysWhatBelongsHere();
    void shiftChoosesARange();
    void onlyVisibleThumbnailsAreRead();

private:
    [[nodiscard]] ui::GalleryGrid *grid() const { return page->findChild<ui::GalleryGrid *>(); }
    [[nodiscard]] int rows() const { return grid()->model()->rowCount(); }
    [[nodiscard]] QString promptAt(int row) const
    {
        return grid()->model()->index(row, 0).data(app::GalleryModel::PromptRole).toString();
    }
    void search(const QString &text);

    std::unique_ptr<GalleryWorld> world;
    std::unique_ptr<ui::GalleryPage> page;
    QTemporaryDir home;
};

void GalleryPageTest::initTestCase()
{
    // The trash of the test, not of whoever runs it.
    qputenv("HOME", home.path().toLocal8Bit());
    qputenv("XDG_DATA_HOME", home.filePath(QStringLiteral("share")).toLocal8Bit());
    QDir().mkpath(home.filePath(QStringLiteral("share")));
    ui::theme().install();
    ui::theme().setReducedMotion(true);
}

void GalleryPageTest::init()
{
    world = std::make_unique<GalleryWorld>();
    page = std::make_unique<ui::GalleryPage>(*world->studio);
    page->resize(1200, 800);
    page->show();
    QVERIFY(QTest::qWaitForWindowActive(page.get()));
    page->activate();
    QTRY_COMPARE(rows(), kPictures);
}

void GalleryPageTest::cleanup()
{
    page.reset();
    world.reset();
}

void GalleryPageTest::search(const QString &text)
{
    auto *field = page->findChild<ui::SearchField *>(QStringLiteral("gallerySearch"));
    field->setFocus();
    field->selectAll();
    page->findChild<ui::Button *>(QStringLiteral("clearAll"))->click(); // chips of the search before
    field->setFocus();
    QTest::keyClicks(field, text);
    QTest::keyClick(field, Qt::Key_Return);
}

void GalleryPageTest::newestComesFirstInSectionsByDay()
{
    auto *filter = static_cast<ui::GalleryFilter *>(grid()->model());
    QCOMPARE(filter->dayOf(0), QDate::currentDate().toJulianDay());
    QCOMPARE(filter->dayOf(10), QDate::currentDate().addDays(-1).toJulianDay());
    QCOMPARE(filter->dayOf(29), QDate::currentDate().addDays(-2).toJulianDay());
    // Sections begin rows of their own: picture 10 stands at the left edge.
    QCOMPARE(grid()->visualRect(filter->index(10, 0)).left(), grid()->visualRect(filter->index(0, 0)).left());
    QVERIFY(grid()->visualRect(filter->index(10, 0)).top() > grid()->visualRect(filter->index(9, 0)).bottom() + 30);
    QCOMPARE(grid()->indexAt(grid()->visualRect(filter->index(4, 0)).center()).row(), 4);
    // Rows end flush with the right margin.
    const int last = std::min(grid()->columns() - 1, 9);
    const int right = grid()->width() - grid()->visualRect(filter->index(last, 0)).right() - 1;
    QVERIFY2(right >= 16 && right < 16 + grid()->columns() + 8, qPrintable(QString::number(right)));
    QCOMPARE(filter->counts().all, kPictures);
}

void GalleryPageTest::searchLeavesWhatMatches()
{
    search(QStringLiteral("OWL"));
    QTRY_COMPARE(rows(), kPictures / 3);
    QVERIFY(promptAt(0).startsWith(QStringLiteral("owl")));
    search(QStringLiteral("nothing like this"));
    QTRY_COMPARE(rows(), 0);
    search(QStringLiteral("apple"));
    QTRY_COMPARE(rows(), kPictures * 2 / 3);
}

void GalleryPageTest::searchForFieldsAndMistakes()
{
    search(QStringLiteral("steps:>=30"));
    QTRY_COMPARE(rows(), 10);
    search(QStringLiteral("seed:117"));
    QTRY_COMPARE(rows(), 1);
    search(QStringLiteral("steps:many"));
    QVERIFY(!static_cast<ui::GalleryFilter *>(grid()->model())->problem().isEmpty());
}

void GalleryPageTest::starsAreSetByKeyAndFilterFollows()
{
    auto *filter = static_cast<ui::GalleryFilter *>(grid()->model());
    grid()->setCurrentIndex(filter->index(2, 0));
    QTest::keyClick(grid(), Qt::Key_4);
    QTRY_COMPARE(filter->index(2, 0).data(app::GalleryModel::StarsRole).toInt(), 4);
    QTRY_COMPARE(filter->counts().starred, 1);
    filter->setSource(ui::GalleryFilter::Source::Starred);
    QTRY_COMPARE(rows(), 1);
    grid()->setCurrentIndex(filter->index(0, 0));
    QTest::keyClick(grid(), Qt::Key_0);
    QTRY_COMPARE(rows(), 0);
}

void GalleryPageTest::arrowsMoveAndEnterOpensTheViewer()
{
    grid()->setFocus();
    grid()->setCurrentIndex(grid()->model()->index(0, 0));
    QTest::keyClick(grid(), Qt::Key_Right);
    QCOMPARE(grid()->currentIndex().row(), 1);
    QTest::keyClick(grid(), Qt::Key_Down);
    const int below = grid()->currentIndex().row();
    QVERIFY(below > 1);
    QTest::keyClick(grid(), Qt::Key_Up);
    QCOMPARE(grid()->currentIndex().row(), 1);
    QTest::keyClick(grid(), Qt::Key_End);
    QCOMPARE(grid()->currentIndex().row(), kPictures - 1);
    QTest::keyClick(grid(), Qt::Key_Home);
    QCOMPARE(grid()->currentIndex().row(), 0);
    QTest::keyClick(grid(), Qt::Key_Return);
    auto *viewer = page->findChild<ui::Viewer *>();
    QVERIFY(viewer && viewer->isVisible());
    QCOMPARE(viewer->current().row(), 0);
}

void GalleryPageTest::viewerGoesToNeighboursAndBack()
{
    grid()->setCurrentIndex(grid()->model()->index(3, 0));
    page->command(ui::PictureCommand::View);
    auto *viewer = page->findChild<ui::Viewer *>();
    QTest::keyClick(viewer, Qt::Key_Right);
    QCOMPARE(viewer->current().row(), 4);
    QTest::keyClick(viewer, Qt::Key_Left);
    QTest::keyClick(viewer, Qt::Key_Left);
    QCOMPARE(viewer->current().row(), 2);
    QVERIFY(page->status().left.contains(QStringLiteral("3")));
    QTest::keyClick(viewer, Qt::Key_Escape);
    QVERIFY(!viewer->isVisible());
    QCOMPARE(grid()->currentIndex().row(), 2);
}

void GalleryPageTest::lettersUseTheSettings()
{
    QList<std::pair<app::Recipe, ui::RecipePart>> taken;
    connect(page.get(), &ui::GalleryPage::recipeChosen, this, [&taken](const app::Recipe &recipe, ui::RecipePart part) {
        taken.append({recipe, part});
    });
    grid()->setCurrentIndex(grid()->model()->index(0, 0));
    for (const int key : {Qt::Key_A, Qt::Key_P, Qt::Key_S, Qt::Key_R, Qt::Key_D})
        QTest::keyClick(grid(), Qt::Key(key));
    QCOMPARE(taken.size(), 5);
    QCOMPARE(taken.at(0).second, ui::RecipePart::All);
    QCOMPARE(taken.at(1).second, ui::RecipePart::Prompts);
    QCOMPARE(taken.at(2).second, ui::RecipePart::Seed);
    QCOMPARE(taken.at(3).second, ui::RecipePart::AllButSeed);
    QCOMPARE(taken.at(4).second, ui::RecipePart::Size);
    QCOMPARE(taken.at(0).first.request.negativePrompt, std::string("blurry"));
    QCOMPARE(taken.at(0).first.request.steps, grid()->model()->index(0, 0).data(app::GalleryModel::StepsRole).toInt());
}

void GalleryPageTest::lettersInTheSearchAreText()
{
    int taken = 0;
    connect(page.get(), &ui::GalleryPage::recipeChosen, this, [&taken] { ++taken; });
    search(QStringLiteral("apr"));
    QCOMPARE(taken, 0);
    QCOMPARE(page->findChild<ui::SearchField *>(QStringLiteral("gallerySearch"))->text(), QStringLiteral("apr"));
}

void GalleryPageTest::deleteIsUndone()
{
    const QString path = grid()->model()->index(1, 0).data(app::GalleryModel::PathRole).toString();
    grid()->setCurrentIndex(grid()->model()->index(1, 0));
    QTest::keyClick(grid(), Qt::Key_3);
    QTRY_COMPARE(grid()->model()->index(1, 0).data(app::GalleryModel::StarsRole).toInt(), 3);
    QTest::keyClick(grid(), Qt::Key_Delete);
    QTRY_COMPARE(rows(), kPictures - 1);
    QTRY_VERIFY(!QFile::exists(path));
    QTRY_VERIFY(page->canUndo());
    QVERIFY(grid()->currentIndex().isValid());
    QVERIFY(page->undo());
    QTRY_COMPARE(rows(), kPictures);
    QVERIFY(QFile::exists(path));
    QTRY_COMPARE(grid()->model()->index(1, 0).data(app::GalleryModel::PathRole).toString(), path);
    QCOMPARE(grid()->model()->index(1, 0).data(app::GalleryModel::StarsRole).toInt(), 3);
    // The stars are the change before.
    QVERIFY(page->undo());
    QTRY_COMPARE(grid()->model()->index(1, 0).data(app::GalleryModel::StarsRole).toInt(), 0);
    QVERIFY(!page->undo());
}

void GalleryPageTest::copyPutsFilesOnTheClipboard()
{
    grid()->setCurrentIndex(grid()->model()->index(0, 0));
    page->command(ui::PictureCommand::CopyPicture);
    QCOMPARE(QGuiApplication::clipboard()->mimeData()->urls().size(), 1);
    page->command(ui::PictureCommand::CopyPrompt);
    QCOMPARE(QGuiApplication::clipboard()->text(), promptAt(0));
}

void GalleryPageTest::newPictureArrivesAtTheTop()
{
    app::GalleryPicture picture =
        grid()->model()->index(0, 0).data(app::GalleryModel::PictureRole).value<app::GalleryPicture>();
    picture.id = 0;
    picture.path = world->folder.filePath(QStringLiteral("pictures/new.png"));
    picture.prompt = QStringLiteral("newest");
    picture.created = QDateTime::currentDateTime().addSecs(60);
    world->studio->store().add(picture);
    QTRY_COMPARE(rows(), kPictures + 1);
    QCOMPARE(promptAt(0), QStringLiteral("newest"));
    // It was made after the program started.
    QCOMPARE(static_cast<ui::GalleryFilter *>(grid()->model())->counts().session, 1);
}

void GalleryPageTest::emptyGallerySaysWhatBelongsHere()
{
    QTemporaryDir other;
    QSignalSpy scanned(&world->studio->store(), &app::GalleryStore::scanned);
    world->studio->store().setFolder(other.path());
    QVERIFY(scanned.wait());
    QTRY_COMPARE(rows(), 0);
    QTRY_VERIFY(!grid()->isVisible());
    QVERIFY(!page->hasPicture());
}

void GalleryPageTest::shiftChoosesARange()
{
    grid()->setCurrentIndex(grid()->model()->index(2, 0));
    const QPoint sixth = grid()->visualRect(grid()->model()->index(5, 0)).center();
    QTest::mouseClick(grid()->viewport(), Qt::LeftButton, Qt::ShiftModifier, sixth);
    QCOMPARE(page->selectedPaths().size(), 4);
    QTest::mouseClick(grid()->viewport(), Qt::LeftButton, Qt::ControlModifier, sixth);
    QCOMPARE(page->selectedPaths().size(), 3);
}

void GalleryPageTest::onlyVisibleThumbnailsAreRead()
{
    QTRY_VERIFY(!grid()->model()->index(0, 0).data(app::GalleryModel::ThumbnailRole).value<QImage>().isNull());
    const QImage shot = grid()->viewport()->grab().toImage();
    QVERIFY(!shot.isNull());
}

QTEST_MAIN(GalleryPageTest)
#include "gallery_page_test.moc"
