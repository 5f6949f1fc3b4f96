// What the user gives pictures: kept beside them, undone and redone, and back after the index was lost.
#include "app/gallery_edits.h"
#include "app/gallery_journal.h"
#include "app/gallery_model.h"
#include "app/thumbnails.h"
#include "app/trash.h"
#include "tests/support/gallery_folder.h"

#include <QAbstractItemModelTester>

#include <unistd.h>

using app::GalleryEdits;
using app::GalleryJournal;
using app::GalleryPicture;
using app::GalleryQuery;
using app::GalleryStore;

class GalleryEditsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        qputenv("XDG_DATA_HOME", m_data.path().toUtf8()); // the trash is there
    }

    void everyMarkComesBackAfterTheIndexWasLost()
    {
        TestGallery folder;
        const QString a = folder.make(QStringLiteral("a.png"), 1);
        const QString b = folder.make(QStringLiteral("b.png"), 2);
        QString best;
        QString smart;
        QList<GalleryPicture> before;
        {
            auto store = folder.open();
            QVERIFY(TestGallery::scan(*store));
            GalleryEdits edits(*store);
            const qint64 idA = store->idOf(a);
            const qint64 idB = store->idOf(b);
            edits.setStars({idA, idB}, 4);
            edits.setLabel({idA}, 3);
            edits.setRejected({idB}, true);
            edits.addTags({idA, idB}, {QStringLiteral("keep"), QStringLiteral(" red  fox "), QStringLiteral("KEEP")});
            edits.removeTags({idB}, {QStringLiteral("Red Fox")});
            edits.setNote({idA}, QStringLiteral("print\nlarge"));
            best = edits.createCollection(QStringLiteral("Best"), {idA});
            smart = edits.createSmartCollection(QStringLiteral("Starred"), QStringLiteral("stars:>=3"));
            TestGallery::saved(*store);
            before = rows(*store);
            QCOMPARE(before.at(0).tags, QStringList({QStringLiteral("keep"), QStringLiteral("red fox")}));
            QCOMPARE(before.at(1).tags, QStringList({QStringLiteral("keep")}));
            QCOMPARE(before.at(0).collections, QStringList({best}));
        }
        folder.loseIndex();
        auto store = folder.open();
        QVERIFY(TestGallery::scan(*store));
        QCOMPARE(rows(*store), before);
        QCOMPARE(store->collections().size(), 2);
        QCOMPARE(store->countIn(best), 1);
        QCOMPARE(store->countIn(smart), 2);
    }

    void starsOfEarlierVersionsAreRead()
    {
        TestGallery folder;
        const QString a = folder.make(QStringLiteral("a.png"), 1);
        QFile old(folder.pictures + QStringLiteral("/.tincture-stars.jsonl"));
        QVERIFY(old.open(QIODevice::WriteOnly));
        old.write("{\"file\":\"a.png\",\"stars\":2}\n{\"file\":\"a.png\",\"stars\":5}\n{\"file\":\"a.p");
        old.close();
        auto store = folder.open();
        QVERIFY(TestGallery::scan(*store));
        QCOMPARE(TestGallery::row(*store, a).stars, 5);
        store->setStars(store->idOf(a), 1);
        TestGallery::saved(*store);
        store.reset();
        folder.loseIndex();
        store = folder.open();
        QVERIFY(TestGallery::scan(*store));
        QCOMPARE(TestGallery::row(*store, a).stars, 1);
    }

    void eachChangeIsOneStepOfUndoAndRedo()
    {
        TestGallery folder;
        for (int i = 0; i < 12; ++i)
            (void)folder.make(QStringLiteral("%1.png").arg(i), quint64(i));
        auto store = folder.open();
        QVERIFY(TestGallery::scan(*store));
        GalleryEdits edits(*store);
        QSignalSpy done(&edits, &GalleryEdits::done);
        const QList<qint64> ids = store->ids();
        store->setStars(ids[0], 2);
        edits.setStars(ids, 5);
        QCOMPARE(done.size(), 1);
        QVERIFY2(edits.undoText().contains(QStringLiteral("5 stars for 12")), qPrintable(edits.undoText()));
        edits.setStars(ids, 5); // nothing changes: no step
        QCOMPARE(done.size(), 1);
        const QString collection = edits.createCollection(QStringLiteral("Foxes"), ids.mid(0, 3));
        QCOMPARE(store->countIn(collection), 3);
        edits.deleteCollection(collection);
        QCOMPARE(store->collections().size(), 0);
        QVERIFY(edits.undo()); // the collection, with its pictures
        QCOMPARE(store->collections().size(), 1);
        QCOMPARE(store->countIn(collection), 3);
        QVERIFY(edits.undo());
        QCOMPARE(store->collections().size(), 0);
        QVERIFY(edits.undo()); // the stars
        QVERIFY(!edits.canUndo());
        QCOMPARE(store->pictures(ids).at(0).stars, 2);
        QCOMPARE(store->pictures(ids).at(1).stars, 0);
        QVERIFY(edits.redo());
        QVERIFY(edits.redo());
        QCOMPARE(store->countIn(collection), 3);
        TestGallery::saved(*store);
        for (const GalleryPicture &picture : store->pictures(ids))
            QCOMPARE(picture.stars, 5);
        edits.setNote({ids[0]}, QStringLiteral("x"));
        QVERIFY(edits.canRedo() == false); // another change ends what could be redone
    }

    void marksAreSeenAtOnceAndSavedSoon()
    {
        TestGallery folder;
        const QString a = folder.make(QStringLiteral("a.png"), 1);
        auto store = folder.open();
        QVERIFY(TestGallery::scan(*store));
        QSignalSpy saved(store.get(), &GalleryStore::marksSaved);
        const qint64 id = store->idOf(a);
        app::PictureMarks marks;
        marks.tags = {QStringLiteral("keep")};
        store->setMarks({id}, {marks});
        QCOMPARE(store->pictures({id}).at(0).tags, marks.tags);
        QCOMPARE(store->search(GalleryQuery(QStringLiteral("tag:keep"))).size(), 1);
        QVERIFY(saved.wait());
        GalleryJournal journal(folder.pictures, {});
        journal.load();
        QCOMPARE(journal.byFile(QStringLiteral("a.png"))->marks, marks);
        QCOMPARE(store->search(GalleryQuery(QStringLiteral("kee"))).size(), 1); // full text, too
    }

    void journalOfAFolderThatMayNotBeWrittenIsKeptElsewhere()
    {
        if (::geteuid() == 0)
            QSKIP("root may write everywhere");
        TestGallery folder;
        const QString a = folder.make(QStringLiteral("a.png"), 1);
        QFile::setPermissions(folder.pictures, QFile::ReadOwner | QFile::ExeOwner);
        {
            auto store = folder.open();
            QVERIFY(TestGallery::scan(*store));
            QSignalSpy notice(store.get(), &GalleryStore::notice);
            store->setStars(store->idOf(a), 3);
            QTRY_COMPARE(notice.size(), 1);
        }
        folder.loseIndex();
        auto store = folder.open();
        QVERIFY(TestGallery::scan(*store));
        QCOMPARE(TestGallery::row(*store, a).stars, 3);
        QFile::setPermissions(folder.pictures, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    }

    void journalIsKeptInTheProgramsFolderWhereThePicturesCannotHaveOne()
    {
        // As a read-only folder looks to root as well: a folder stands where the journal would be.
        TestGallery folder;
        const QString a = folder.make(QStringLiteral("a.png"), 1);
        QDir(folder.pictures).mkpath(GalleryJournal::fileName());
        {
            auto store = folder.open();
            QVERIFY(TestGallery::scan(*store));
            store->setStars(store->idOf(a), 3);
            TestGallery::saved(*store);
        }
        folder.loseIndex();
        auto store = folder.open();
        QVERIFY(TestGallery::scan(*store));
        QCOMPARE(TestGallery::row(*store, a).stars, 3);
    }

    void marksThatCannotBeSavedAreSaidAndTakenBack()
    {
        TestGallery folder;
        const QString a = folder.make(QStringLiteral("a.png"), 1);
        QDir(folder.pictures).mkpath(GalleryJournal::fileName());
        auto store = folder.open();
        QVERIFY(TestGallery::scan(*store));
        QFile blocked(QFileInfo(folder.database).path() + QStringLiteral("/journals"));
        QVERIFY(blocked.open(QIODevice::WriteOnly)); // no folder can be made here
        QSignalSpy notice(store.get(), &GalleryStore::notice);
        store->setStars(store->idOf(a), 3);
        QCOMPARE(TestGallery::row(*store, a).stars, 3);
        QTRY_COMPARE(notice.size(), 1);
        QCOMPARE(TestGallery::row(*store, a).stars, 0);
    }

    void journalGetsShorterWhenMostOfItIsOld()
    {
        QTemporaryDir folder;
        GalleryJournal journal(folder.path(), {});
        for (int i = 0; i < 1300; ++i) {
            app::PictureMarks marks;
            marks.stars = i % 6;
            marks.tags = {QString::number(i)};
            QVERIFY(journal.append({{.file = QStringLiteral("%1.png").arg(i % 3), .marks = marks}}).isEmpty());
        }
        QFile file(folder.filePath(GalleryJournal::fileName()));
        QVERIFY(file.open(QIODevice::ReadOnly));
        QVERIFY(file.readAll().count('\n') < 400);
        GalleryJournal again(folder.path(), {});
        again.load();
        QCOMPARE(again.lines().size(), 3);
        QCOMPARE(again.byFile(QStringLiteral("0.png"))->marks.tags, QStringList({QStringLiteral("1299")}));
    }

    void halfALineAtTheEndCostsNothingElse()
    {
        QTemporaryDir folder;
        {
            GalleryJournal journal(folder.path(), {});
            QVERIFY(journal.append({{.file = QStringLiteral("a.png"), .marks = {.stars = 3}}}).isEmpty());
        }
        QFile file(folder.filePath(GalleryJournal::fileName()));
        QVERIFY(file.open(QIODevice::Append));
        file.write("{\"file\":\"b.png\",\"sta");
        file.close();
        GalleryJournal journal(folder.path(), {});
        journal.load();
        QVERIFY(journal.append({{.file = QStringLiteral("c.png"), .marks = {.stars = 2}}}).isEmpty());
        GalleryJournal again(folder.path(), {});
        again.load();
        QCOMPARE(again.byFile(QStringLiteral("a.png"))->marks.stars, 3);
        QCOMPARE(again.byFile(QStringLiteral("c.png"))->marks.stars, 2);
    }

    void severalHundredComeBackFromTheTrashWithTheirMarks()
    {
        TestGallery folder;
        constexpr int kMany = 300;
        for (int i = 0; i < kMany; ++i)
            (void)folder.make(QStringLiteral("%1.png").arg(i), quint64(i));
        auto store = folder.open();
        QVERIFY(TestGallery::scan(*store));
        GalleryEdits edits(*store);
        edits.setStars(store->ids(), 3);
        edits.addTags(store->ids().mid(0, 100), {QStringLiteral("keep")});
        TestGallery::saved(*store);
        const QList<GalleryPicture> before = rows(*store);
        app::Trash trash(*store);
        QSignalSpy moved(&trash, &app::Trash::moved);
        QSignalSpy failed(&trash, &app::Trash::failed);
        trash.move(store->pictures(store->ids()));
        QVERIFY(moved.wait(20000));
        QTRY_COMPARE(store->count(), 0);
        QVERIFY(QDir(folder.pictures).entryList({QStringLiteral("*.png")}, QDir::Files).isEmpty());
        // A scan meanwhile, and a new picture of an old name: it gets no marks of the other one.
        QVERIFY(TestGallery::scan(*store));
        const auto gone = moved.at(0).at(0).value<QList<app::Trash::Moved>>();
        QCOMPARE(gone.size(), kMany);
        QSignalSpy restored(&trash, &app::Trash::restored);
        trash.restore(gone);
        QVERIFY(restored.wait(20000));
        TestGallery::saved(*store);
        QTRY_COMPARE(store->count(), kMany);
        QList<GalleryPicture> after = rows(*store);
        for (int i = 0; i < kMany; ++i)
            QCOMPARE(after[i].marks(), before[i].marks());
        QVERIFY(failed.isEmpty());
        QVERIFY(edits.undo()); // steps from before still fit
        QVERIFY(edits.undo());
        QCOMPARE(store->search(GalleryQuery(QStringLiteral("is:starred"))).size(), 0);
    }

    void newPictureOfAnOldNameGetsNoMarksOfIt()
    {
        TestGallery folder;
        const QString a = folder.make(QStringLiteral("00001.png"), 1);
        auto store = folder.open();
        QVERIFY(TestGallery::scan(*store));
        store->setStars(store->idOf(a), 5);
        store->remove(store->idOf(a));
        QVERIFY(QFile::remove(a));
        TestGallery::saved(*store);
        (void)folder.make(QStringLiteral("00001.png"), 2);
        store->add(app::readGalleryPicture(a));
        TestGallery::saved(*store);
        QCOMPARE(TestGallery::row(*store, a).stars, 0);
    }

    void rowsLeaveAViewThatTheyNoLongerFit()
    {
        TestGallery folder;
        for (int i = 0; i < 6; ++i)
            (void)folder.make(QStringLiteral("%1.png").arg(i), quint64(i));
        auto store = folder.open();
        QVERIFY(TestGallery::scan(*store));
        app::Thumbnails thumbnails(QString{});
        app::GalleryModel model(*store, thumbnails);
        QAbstractItemModelTester tester(&model);
        model.setView(GalleryQuery(QStringLiteral("-is:rejected")), {.sort = app::GallerySort::Seed});
        QCOMPARE(model.rowCount(), 6);
        QCOMPARE(model.index(0).data(app::GalleryModel::SeedRole).toULongLong(), 5ULL);
        QSignalSpy removed(&model, &QAbstractItemModel::rowsRemoved);
        QSignalSpy inserted(&model, &QAbstractItemModel::rowsInserted);
        GalleryEdits edits(*store);
        edits.setRejected({model.idAt(1), model.idAt(2)}, true);
        QCOMPARE(model.rowCount(), 4);
        QCOMPARE(removed.size(), 1);
        QVERIFY(edits.undo());
        QCOMPARE(model.rowCount(), 6);
        QCOMPARE(inserted.size(), 2);
        const QString path = folder.make(QStringLiteral("new.png"), 3);
        QSignalSpy arrived(&model, &app::GalleryModel::pictureArrived);
        store->add(app::readGalleryPicture(path));
        QTRY_COMPARE(arrived.size(), 1);
        QCOMPARE(model.rowCount(), 7);
    }

private:
    QTemporaryDir m_data;

    static QList<GalleryPicture> rows(const GalleryStore &store)
    {
        QList<GalleryPicture> all = store.pictures(store.ids());
        for (GalleryPicture &row : all)
            row.id = 0;
        std::sort(all.begin(), all.end(),
                  [](const GalleryPicture &a, const GalleryPicture &b) { return a.path < b.path; });
        return all;
    }
};

QTEST_GUILESS_MAIN(GalleryEditsTest)
#include "gallery_edits_test.moc"
