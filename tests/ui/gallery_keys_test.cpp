#include "app/gallery_edits.h"
#include "app/gallery_model.h"
#include "app/settings.h"
#include "tests/support/gallery_world.h"
#include "ui/common/banner.h"
#include "ui/common/button.h"
#include "ui/common/chip.h"
#include "ui/common/search_field.h"
#include "ui/common/segmented_control.h"
#include "ui/common/source_list.h"
#include "ui/common/theme.h"
#include "ui/gallery/completion_list.h"
#include "ui/gallery/filter_bar.h"
#include "ui/gallery/gallery_grid.h"
#include "ui/gallery/gallery_list.h"
#include "ui/gallery/gallery_page.h"
#include "ui/gallery/picture_loader.h"
#include "ui/gallery/quick_look.h"
#include "ui/gallery/search_terms.h"
#include "ui/gallery/viewer.h"

#include <QComboBox>
#include <QLineEdit>
#include <QMimeData>
#include <QPlainTextEdit>
#include <QScrollBar>
#include <QTest>

/// What people give pictures, how they find them and how the page is worked with keys.
class GalleryKeysTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();
    void labelsRejectAndStarsAreUndoneAndRedone();
    void hundredsAreMarkedAtOnce();
    void tagsAreTypedAndProposed();
    void noteIsSavedWhenAnotherPictureIsChosen();
    void lettersInFieldsDoNothingToPictures();
    void fieldsBecomeChipsAndComeBack();
    void nonsenseIsSaidUnderTheField();
    void proposalsAreTakenByKey();
    void collectionsAreMadeFilledAndDeleted();
    void searchIsSaved();
    void alikeIsShownAsAChip();
    void listShowsTheSameAndSorts();
    void rubberBandChooses();
    void ctrlWheelChangesTheSize();
    void headingChoosesItsGroup();
    void spaceLooksQuickly();
    void compareWantsTwoToSixteen();
    void addedActionsActOnTheChosen();
    void brokenFileSaysWhy();
    void viewerKeepsNeighboursAtHand();
    void rowsOfEachGroupEndFlush_data();
    void rowsOfEachGroupEndFlush();
    void searchTermsKeepQuotes();
    void filesAreCopiedAndFoldersReadInPlace();
    void vanishedFolderIsSaidAndForgotten();

private:
    [[nodiscard]] ui::GalleryGrid *grid() const { return page->findChild<ui::GalleryGrid *>(); }
    [[nodiscard]] ui::GalleryFilter *filter() const { return static_cast<ui::GalleryFilter *>(grid()->model()); }
    [[nodiscard]] ui::SearchField *field() const { return page->findChild<ui::SearchField *>(); }
    [[nodiscard]] ui::FilterBar *bar() const { return page->findChild<ui::FilterBar *>(); }
    [[nodiscard]] app::GalleryPicture at(int row) const { return filter()->at(row); }
    void choose(int first, int last);

    std::unique_ptr<GalleryWorld> world;
    std::unique_ptr<ui::GalleryPage> page;
    QTemporaryDir home;
};

void GalleryKeysTest::initTestCase()
{
    qputenv("HOME", home.path().toLocal8Bit());
    qputenv("XDG_DATA_HOME", home.filePath(QStringLiteral("share")).toLocal8Bit());
    QDir().mkpath(home.filePath(QStringLiteral("share")));
    ui::theme().install();
    ui::theme().setReducedMotion(true);
}

void GalleryKeysTest::init()
{
    world = std::make_unique<GalleryWorld>();
    page = std::make_unique<ui::GalleryPage>(*world->studio);
    page->resize(1360, 840);
    page->show();
    QVERIFY(QTest::qWaitForWindowActive(page.get()));
    page->activate();
    QTRY_COMPARE(filter()->rowCount(), kPictures);
}

void GalleryKeysTest::cleanup()
{
    page.reset();
    world.reset();
}

void GalleryKeysTest::choose(int first, int last)
{
    grid()->setCurrentIndex(filter()->index(first, 0));
    QItemSelection range;
    range.select(filter()->index(first, 0), filter()->index(last, 0));
    grid()->selectionModel()->select(range, QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
}

void GalleryKeysTest::labelsRejectAndStarsAreUndoneAndRedone()
{
    choose(0, 0);
    QTest::keyClick(grid(), Qt::Key_8);
    QTRY_COMPARE(at(0).label, 3);
    QTest::keyClick(grid(), Qt::Key_X);
    QTRY_VERIFY(at(0).isRejected);
    QTest::keyClick(grid(), Qt::Key_5);
    QTRY_COMPARE(at(0).stars, 5);
    QTRY_COMPARE(filter()->counts().rejected, 1);
    QVERIFY(page->undo());
    QTRY_COMPARE(at(0).stars, 0);
    QVERIFY(page->undo());
    QTRY_VERIFY(!at(0).isRejected);
    QVERIFY(page->redo());
    QTRY_VERIFY(at(0).isRejected);
    QVERIFY(page->redo());
    QTRY_COMPARE(at(0).stars, 5);
    QVERIFY(!page->canRedo());
    // The same key takes the label away, the full stop the stars.
    QTest::keyClick(grid(), Qt::Key_8);
    QTRY_COMPARE(at(0).label, 0);
    QTest::keyClick(grid(), Qt::Key_Period);
    QTRY_COMPARE(at(0).stars, 0);
}

void GalleryKeysTest::hundredsAreMarkedAtOnce()
{
    QTest::keyClick(grid(), Qt::Key_A, Qt::ControlModifier);
    QCOMPARE(page->selectedPaths().size(), kPictures);
    QTest::keyClick(grid(), Qt::Key_2);
    QTRY_COMPARE(filter()->counts().starred, kPictures);
    QVERIFY(page->undo()); // one step for all
    QTRY_COMPARE(filter()->counts().starred, 0);
    QVERIFY(!page->canUndo());
}

void GalleryKeysTest::tagsAreTypedAndProposed()
{
    choose(0, 1);
    QTest::keyClick(grid(), Qt::Key_T);
    auto *tag = page->findChild<QLineEdit *>(QStringLiteral("tagField"));
    QTRY_VERIFY(tag->isVisible());
    QTest::keyClicks(tag, QStringLiteral("keep"));
    QTest::keyClick(tag, Qt::Key_Return);
    QTRY_COMPARE(at(1).tags, QStringList(QStringLiteral("keep")));
    QCOMPARE(at(0).tags, QStringList(QStringLiteral("keep")));
    QTest::keyClick(tag, Qt::Key_Escape);
    choose(2, 2);
    QTest::keyClick(grid(), Qt::Key_T);
    QTest::keyClicks(tag, QStringLiteral("ke"));
    QTRY_VERIFY(page->findChild<ui::CompletionList *>() != nullptr);
    QTest::keyClick(tag, Qt::Key_Tab);
    QTRY_COMPARE(at(2).tags, QStringList(QStringLiteral("keep")));
    QVERIFY(page->undo());
    QTRY_VERIFY(at(2).tags.isEmpty());
}

void GalleryKeysTest::noteIsSavedWhenAnotherPictureIsChosen()
{
    choose(0, 0);
    QTRY_VERIFY(page->findChild<QPlainTextEdit *>(QStringLiteral("note"))->isVisible());
    QTest::qWait(50);
    QTest::keyClick(grid(), Qt::Key_N);
    auto *note = page->findChild<QPlainTextEdit *>(QStringLiteral("note"));
    QVERIFY(note->hasFocus());
    QTest::keyClicks(note, QStringLiteral("for the poster"));
    choose(3, 3);
    QTRY_COMPARE(at(0).note, QStringLiteral("for the poster"));
    QTRY_COMPARE(note->toPlainText(), QString());
    QVERIFY(at(3).note.isEmpty());
}

void GalleryKeysTest::lettersInFieldsDoNothingToPictures()
{
    choose(0, 0);
    QTest::keyClick(grid(), Qt::Key_N);
    auto *note = page->findChild<QPlainTextEdit *>(QStringLiteral("note"));
    QTest::keyClicks(note, QStringLiteral("x5 a"));
    QVERIFY(!at(0).isRejected);
    QCOMPARE(at(0).stars, 0);
}

void GalleryKeysTest::fieldsBecomeChipsAndComeBack()
{
    field()->setFocus();
    QTest::keyClicks(field(), QStringLiteral("owl steps:>=20 "));
    QTRY_COMPARE(bar()->query(), QStringLiteral("steps:>=20"));
    QCOMPARE(field()->text().trimmed(), QStringLiteral("owl"));
    QTRY_VERIFY(filter()->rowCount() < kPictures / 3);
    const int narrow = filter()->rowCount();
    QVERIFY(narrow > 0);
    field()->clear();
    QTest::keyClick(field(), Qt::Key_Backspace);
    QCOMPARE(field()->text(), QStringLiteral("steps:>=20"));
    QVERIFY(bar()->query().isEmpty());
    page->findChild<ui::Button *>(QStringLiteral("clearAll"))->click();
    QTRY_COMPARE(filter()->rowCount(), kPictures);
}

void GalleryKeysTest::nonsenseIsSaidUnderTheField()
{
    field()->setFocus();
    QTest::keyClicks(field(), QStringLiteral("steps:many"));
    QTRY_VERIFY(bar()->problem().contains(QStringLiteral("number")));
    QTest::keyClick(field(), Qt::Key_Return);
    QVERIFY(bar()->query().isEmpty()); // it stays where it can be mended
    QCOMPARE(field()->text(), QStringLiteral("steps:many"));
}

void GalleryKeysTest::proposalsAreTakenByKey()
{
    field()->setFocus();
    QTest::keyClicks(field(), QStringLiteral("sta"));
    const auto lists = page->window()->findChildren<ui::CompletionList *>();
    const auto shown = std::find_if(lists.begin(), lists.end(), [](const auto *each) { return each->isVisible(); });
    QVERIFY(shown != lists.end());
    QTest::keyClick(field(), Qt::Key_Tab);
    QVERIFY2(field()->text().startsWith(QStringLiteral("stars:")), qPrintable(field()->text()));
    QVERIFY(field()->hasFocus());
}

void GalleryKeysTest::collectionsAreMadeFilledAndDeleted()
{
    app::GalleryStore &store = world->studio->store();
    auto *sources = page->findChild<ui::SourceList *>(QStringLiteral("sources"));
    app::GalleryEdits *edits = &world->studio->edits();
    const QString id = edits->createCollection(QStringLiteral("Owls"), {filter()->idAt(0), filter()->idAt(3)});
    QTRY_COMPARE(store.countIn(id), 2);
    const auto row = [sources](const QString &name) {
        for (const ui::SourceItem &item : sources->items()) {
            if (item.text == name)
                return item;
        }
        return ui::SourceItem();
    };
    QTRY_COMPARE(row(QStringLiteral("Owls")).number, QStringLiteral("2"));
    QVERIFY(row(QStringLiteral("Owls")).takesFiles);
    Q_EMIT sources->filesDropped(row(QStringLiteral("Owls")).id, {at(5).path});
    QTRY_COMPARE(store.countIn(id), 3);
    Q_EMIT sources->chosen(row(QStringLiteral("Owls")).id);
    QTRY_COMPARE(filter()->rowCount(), 3);
    Q_EMIT sources->renamed(row(QStringLiteral("Owls")).id, QStringLiteral("Night birds"));
    QTRY_VERIFY(row(QStringLiteral("Night birds")).id != 0);
    Q_EMIT sources->removeRequested(row(QStringLiteral("Night birds")).id);
    QTRY_COMPARE(filter()->rowCount(), kPictures);
    QTRY_VERIFY(store.collections().isEmpty());
    QVERIFY(page->undo());
    QTRY_COMPARE(store.collections().size(), 1);
}

void GalleryKeysTest::searchIsSaved()
{
    field()->setFocus();
    QTest::keyClicks(field(), QStringLiteral("owl"));
    QTRY_COMPARE(filter()->rowCount(), kPictures / 3);
    auto *sources = page->findChild<ui::SourceList *>(QStringLiteral("sources"));
    Q_EMIT sources->addRequested(-2);
    QTRY_COMPARE(world->studio->store().collections().size(), 1);
    QCOMPARE(world->studio->store().collections().first().kind, app::CollectionKind::SavedSearch);
    page->findChild<ui::Button *>(QStringLiteral("clearAll"))->click();
    QTRY_COMPARE(filter()->rowCount(), kPictures);
    Q_EMIT sources->chosen(100);
    QTRY_COMPARE(filter()->rowCount(), kPictures / 3);
    QCOMPARE(bar()->query(), QStringLiteral("owl"));
}

void GalleryKeysTest::alikeIsShownAsAChip()
{
    choose(0, 0);
    const qint64 id = filter()->idAt(0);
    filter()->setAlike(id, app::Likeness::Prompt);
    QTRY_VERIFY(filter()->rowCount() < kPictures);
    QVERIFY(filter()->rowCount() >= 1);
    QCOMPARE(filter()->idAt(0), id);
    filter()->clearAlike();
    QTRY_COMPARE(filter()->rowCount(), kPictures);
}

void GalleryKeysTest::listShowsTheSameAndSorts()
{
    choose(2, 3);
    page->findChild<ui::SegmentedControl *>(QStringLiteral("viewKind"))->setCurrentIndex(1);
    auto *list = page->findChild<ui::GalleryList *>();
    QVERIFY(list->isVisible());
    QVERIFY(!list->grab().isNull());
    QCOMPARE(page->selectedPaths().size(), 2);
    QTest::keyClick(list, Qt::Key_4);
    QTRY_COMPARE(filter()->counts().starred, 2);
    Q_EMIT list->sortWanted(ui::GalleryFilter::StarsColumn);
    QTRY_COMPARE(at(0).stars, 4);
    QCOMPARE(at(1).stars, 4);
    QCOMPARE(page->selectedPaths().size(), 2);
    QTest::keyClick(list, Qt::Key_A, Qt::ControlModifier);
    QCOMPARE(page->selectedPaths().size(), kPictures);
    // A click takes one row, Shift the rows up to there.
    const auto centre = [&](int row) { return list->visualRect(filter()->index(row, 3)).center(); };
    QTest::mouseClick(list->viewport(), Qt::LeftButton, Qt::NoModifier, centre(1));
    QCOMPARE(page->selectedPaths().size(), 1);
    QTest::mouseClick(list->viewport(), Qt::LeftButton, Qt::ShiftModifier, centre(4));
    QCOMPARE(page->selectedPaths().size(), 4);
    QTest::keyClick(list, Qt::Key_Return);
    QVERIFY(page->findChild<ui::Viewer *>()->isVisible());
}

void GalleryKeysTest::rubberBandChooses()
{
    page->findChild<QComboBox *>(QStringLiteral("group"))->setCurrentIndex(3);
    QTRY_VERIFY(!filter()->isGrouped());
    QWidget *port = grid()->viewport();
    const QRect first = grid()->visualRect(filter()->index(0, 0));
    const QRect third = grid()->visualRect(filter()->index(grid()->columns() + 1, 0));
    const QPoint from = first.topLeft() - QPoint(6, 6);
    QTest::mousePress(port, Qt::LeftButton, Qt::NoModifier, from);
    for (const QPoint &to : {from + QPoint(20, 20), third.center() - QPoint(8, 8), third.center()}) {
        QMouseEvent move(QEvent::MouseMove, to, port->mapToGlobal(to), Qt::NoButton, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(port, &move);
    }
    QVERIFY(!port->grab().isNull());
    QTest::mouseRelease(port, Qt::LeftButton, Qt::NoModifier, third.center());
    QCOMPARE(page->selectedPaths().size(), 4); // two by two
}

void GalleryKeysTest::ctrlWheelChangesTheSize()
{
    const int before = grid()->columns();
    const QPointF at(100, 100);
    QWheelEvent wheel(at, grid()->viewport()->mapToGlobal(at), QPoint(), QPoint(0, 120), Qt::NoButton,
                      Qt::ControlModifier, Qt::NoScrollPhase, false);
    QCoreApplication::sendEvent(grid()->viewport(), &wheel);
    QCOMPARE(grid()->columns(), before - 1);
}

void GalleryKeysTest::headingChoosesItsGroup()
{
    const QRect cell = grid()->visualRect(filter()->index(10, 0));
    QTest::mouseClick(grid()->viewport(), Qt::LeftButton, Qt::NoModifier, cell.topLeft() - QPoint(-20, 20));
    QCOMPARE(page->selectedPaths().size(), 10);
}

void GalleryKeysTest::spaceLooksQuickly()
{
    choose(1, 1);
    QTest::keyClick(grid(), Qt::Key_Space);
    auto *look = page->findChild<ui::QuickLook *>();
    QVERIFY(look && look->isVisible());
    QTest::keyClick(look, Qt::Key_Right);
    QCOMPARE(look->current().row(), 2);
    QTest::keyClick(look, Qt::Key_3);
    QTRY_COMPARE(at(2).stars, 3);
    QVERIFY(!look->grab().isNull());
    QTest::keyClick(look, Qt::Key_Space);
    QVERIFY(!look->isVisible());
    QCOMPARE(grid()->currentIndex().row(), 2);
}

void GalleryKeysTest::compareWantsTwoToSixteen()
{
    QSignalSpy asked(page.get(), &ui::GalleryPage::compareRequested);
    choose(0, 0);
    QTest::keyClick(grid(), Qt::Key_Z);
    QCOMPARE(asked.count(), 0);
    choose(0, 2);
    QTest::keyClick(grid(), Qt::Key_Z);
    QCOMPARE(asked.count(), 1);
    QCOMPARE(asked.last().at(0).toStringList(), QStringList({at(0).path, at(1).path, at(2).path}));
    choose(0, 29);
    QTest::keyClick(grid(), Qt::Key_Z);
    QCOMPARE(asked.last().at(0).toStringList().size(), 16);
    choose(4, 4);
    QTest::mouseClick(grid()->viewport(), Qt::LeftButton, Qt::AltModifier,
                      grid()->visualRect(filter()->index(6, 0)).center());
    QCOMPARE(asked.last().at(0).toStringList(), QStringList({at(4).path, at(6).path}));
}

void GalleryKeysTest::addedActionsActOnTheChosen()
{
    QStringList got;
    page->addPictureAction({.id = QStringLiteral("verify"),
                            .text = QStringLiteral("Verify"),
                            .iconName = QStringLiteral("verify"),
                            .key = QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_V),
                            .place = ui::PictureAction::Place::Foot,
                            .most = 1,
                            .run = [&got](const QStringList &paths) { got = paths; }});
    auto *button = page->findChild<ui::Button *>(QStringLiteral("verify"));
    QVERIFY(button);
    choose(0, 1);
    QTRY_VERIFY(!button->isEnabled());
    choose(1, 1);
    QTRY_VERIFY(button->isEnabled());
    button->click();
    QCOMPARE(got, QStringList(at(1).path));
    got.clear();
    QTest::keyClick(grid(), Qt::Key_V, Qt::ControlModifier | Qt::ShiftModifier);
    QCOMPARE(got, QStringList(at(1).path));
}

void GalleryKeysTest::brokenFileSaysWhy()
{
    const QString path = world->folder.filePath(QStringLiteral("pictures/99999-broken.png"));
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("\x89PNG\r\n\x1a\nhalf of it");
    file.close();
    QVERIFY(ui::unreadableReason(path).contains(QStringLiteral("99999-broken.png")));
    QVERIFY(ui::unreadableReason(path + QStringLiteral(".gone")).contains(QStringLiteral("not there")));
    QVERIFY(ui::unreadableReason(at(0).path).isEmpty());
    QVERIFY(ui::isPictureFile(path));
    QVERIFY(!ui::isPictureFile(QStringLiteral("/a/model.safetensors")));
}

void GalleryKeysTest::viewerKeepsNeighboursAtHand()
{
    ui::PictureLoader loader;
    QSignalSpy loaded(&loader, &ui::PictureLoader::loaded);
    QVERIFY(loader.load(at(0).path).isNull());
    loader.prefetch({at(1).path, at(2).path});
    QVERIFY(loaded.wait());
    QTRY_VERIFY(loader.isKept(at(2).path));
    QVERIFY(!loader.load(at(1).path).isNull()); // without waiting
    QSignalSpy failed(&loader, &ui::PictureLoader::failed);
    QVERIFY(loader.load(QStringLiteral("/not/there.png")).isNull());
    QVERIFY(failed.wait());
    QVERIFY(failed.first().at(1).toString().contains(QStringLiteral("not there")));
}

void GalleryKeysTest::rowsOfEachGroupEndFlush_data()
{
    QTest::addColumn<int>("size");
    for (const int size : {64, 96, 128, 200, 333, 512})
        QTest::addRow("%d", size) << size;
}

void GalleryKeysTest::rowsOfEachGroupEndFlush()
{
    QFETCH(int, size);
    grid()->setThumbnailSize(size);
    const int last = std::min(grid()->columns() - 1, 9);
    const QRect cell = grid()->visualRect(filter()->index(last, 0));
    const int missing = grid()->columns() - 1 - last;
    const int right = grid()->width() - cell.right() - 1 - missing * (grid()->cellSide() + 8);
    QVERIFY2(right >= 16 && right < 16 + grid()->columns() + 8, qPrintable(QString::number(right)));
    QVERIFY(!grid()->viewport()->grab().isNull());
}

void GalleryKeysTest::searchTermsKeepQuotes()
{
    QCOMPARE(ui::searchTerms(QStringLiteral("owl \"red fox\" model:\"a b\" -tag:x")),
             QStringList({QStringLiteral("owl"), QStringLiteral("\"red fox\""), QStringLiteral("model:\"a b\""),
                          QStringLiteral("-tag:x")}));
    QVERIFY(ui::isFieldTerm(QStringLiteral("-tag:x")));
    QVERIFY(!ui::isFieldTerm(QStringLiteral("steps:")));
    QVERIFY(!ui::isFieldTerm(QStringLiteral("owl")));
    QCOMPARE(ui::fieldTerm(QStringLiteral("model"), QStringLiteral("a b")), QStringLiteral("model:\"a b\""));
    QCOMPARE(ui::termStart(QStringLiteral("owl ste"), 7), 4);
    QCOMPARE(ui::termStart(QStringLiteral("model:\"a b"), 10), 0);
}

void GalleryKeysTest::filesAreCopiedAndFoldersReadInPlace()
{
    QTemporaryDir elsewhere;
    const QString single = elsewhere.filePath(QStringLiteral("single.png"));
    QVERIFY(QFile::copy(at(0).path, single));
    const QString folder = elsewhere.filePath(QStringLiteral("renders"));
    QVERIFY(QDir().mkpath(folder));
    QVERIFY(QFile::copy(at(1).path, folder + QStringLiteral("/one.png")));
    page->addFiles({single, folder, elsewhere.filePath(QStringLiteral("not-there.txt"))});
    QCOMPARE(world->studio->settings().galleryFolders(), QStringList(folder));
    const QString copied = world->folder.filePath(QStringLiteral("pictures/Added/single.png"));
    QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(copied), 10000);
    QVERIFY(QFile::exists(single)); // copied, not moved
    QTRY_VERIFY_WITH_TIMEOUT(filter()->rowOfPath(folder + QStringLiteral("/one.png")) >= 0, 10000);
    QTRY_VERIFY_WITH_TIMEOUT(filter()->rowOfPath(copied) >= 0, 10000);
}

void GalleryKeysTest::vanishedFolderIsSaidAndForgotten()
{
    QTemporaryDir elsewhere;
    const QString folder = elsewhere.filePath(QStringLiteral("renders"));
    QVERIFY(QDir().mkpath(folder));
    QVERIFY(QFile::copy(at(1).path, folder + QStringLiteral("/one.png")));
    page->addFiles({folder});
    QTRY_COMPARE_WITH_TIMEOUT(filter()->counts().all, kPictures + 1, 20000);
    QVERIFY(QDir(folder).removeRecursively());
    world->studio->store().rescan();
    auto *banner = page->findChild<ui::Banner *>();
    QTRY_VERIFY_WITH_TIMEOUT(!banner->isEmpty(), 20000);
    QVERIFY(banner->current().why.contains(folder));
    QCOMPARE(banner->current().actions.size(), 2);
    Q_EMIT banner->actionTriggered(1, 1); // take it out of the gallery
    QTRY_VERIFY(world->studio->settings().galleryFolders().isEmpty());
    QTRY_COMPARE_WITH_TIMEOUT(filter()->counts().all, kPictures, 20000);
}

QTEST_MAIN(GalleryKeysTest)
#include "gallery_keys_test.moc"
