// Folders that are read in place: watched, moved, vanished, hanging; and files and indexes that are not as they should
// be.
#include "app/folder_watch.h"
#include "app/gallery_edits.h"
#include "app/gallery_look.h"
#include "app/gallery_model.h"
#include "app/thumbnails.h"
#include "tests/support/gallery_folder.h"

#include <QPainter>
#include <QSemaphore>
#include <QSqlDatabase>
#include <QSqlQuery>
#include <QtEndian>

#include <unistd.h>

using app::GalleryPicture;
using app::GalleryQuery;
using app::GalleryStore;
using app::PictureFault;

class GalleryFoldersTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void picturesOfAddedFoldersAreReadInPlace()
    {
        TestGallery gallery;
        const QString other = gallery.root.filePath(QStringLiteral("other"));
        const QString a = gallery.make(QStringLiteral("a.png"), 1);
        const QString b = gallery.make(QStringLiteral("../other/deep/er/b.png"), 2);
        auto store = gallery.open({other, gallery.pictures + QStringLiteral("/sub"), other + QStringLiteral("/deep")});
        QVERIFY(TestGallery::scan(*store));
        QCOMPARE(store->count(), 2);
        QCOMPARE(store->folders().size(), 2); // those inside others are there already
        QVERIFY(store->folders().at(0).isMain);
        QCOMPARE(store->folders().at(1).pictures, 1);
        const QString clean = QFileInfo(b).canonicalFilePath();
        QCOMPARE(TestGallery::row(*store, clean).folder, other);
        store->setStars(store->idOf(clean), 4);
        TestGallery::saved(*store);
        QVERIFY(QFile::exists(other + QStringLiteral("/.tincture.jsonl"))); // marks stay with the pictures
        QSignalSpy scanned(store.get(), &GalleryStore::scanned);
        store->setFolders({});
        QTRY_COMPARE(store->count(), 1);
        QTRY_VERIFY(!scanned.isEmpty());
        store->setFolders({other});
        QTRY_COMPARE(store->count(), 2);
        QCOMPARE(TestGallery::row(*store, clean).stars, 4);
    }

    void changesAreSeenWithoutAsking()
    {
        TestGallery gallery;
        (void)gallery.make(QStringLiteral("a.png"), 1);
        auto store = gallery.open();
        QVERIFY(TestGallery::scan(*store));
        QTest::qWait(100); // the watch begins
        const QString b = gallery.make(QStringLiteral("new/b.png"), 2);
        QTRY_COMPARE_WITH_TIMEOUT(store->count(), 2, 10000);
        QVERIFY(QFile::remove(b));
        QTRY_COMPARE_WITH_TIMEOUT(store->count(), 1, 10000);
    }

    void filesMovedByHandKeepRowAndMarks_data()
    {
        QTest::addColumn<QString>("to");
        QTest::addColumn<bool>("losesIndex");
        QTest::newRow("renamed") << "pictures/renamed.png" << false;
        QTest::newRow("deeper") << "pictures/best/of/a.png" << false;
        QTest::newRow("another folder") << "other/a.png" << false;
        QTest::newRow("a folder before it") << "another/a.png" << false;
        QTest::newRow("renamed, index lost later") << "pictures/renamed.png" << true;
    }
    void filesMovedByHandKeepRowAndMarks()
    {
        QFETCH(QString, to);
        QFETCH(bool, losesIndex);
        TestGallery gallery;
        const QString a = gallery.make(QStringLiteral("a.png"), 1);
        (void)gallery.make(QStringLiteral("b.png"), 2);
        const QStringList folders = {gallery.root.filePath(QStringLiteral("other")),
                                     gallery.root.filePath(QStringLiteral("another"))};
        for (const QString &folder : folders)
            QDir().mkpath(folder);
        qint64 id = 0;
        const QString moved = gallery.root.filePath(to);
        {
            auto store = gallery.open(folders);
            QVERIFY(TestGallery::scan(*store));
            app::GalleryEdits edits(*store);
            id = store->idOf(a);
            edits.setStars({id}, 5);
            edits.addTags({id}, {QStringLiteral("keep")});
            TestGallery::saved(*store);
        }
        QDir().mkpath(QFileInfo(moved).path());
        QVERIFY(QFile::rename(a, moved));
        {
            auto store = gallery.open(folders);
            QVERIFY(TestGallery::scan(*store));
            QTRY_COMPARE(store->count(), 2);
            QCOMPARE(TestGallery::row(*store, moved).stars, 5);
            if (to.startsWith(QLatin1String("pictures")))
                QCOMPARE(store->idOf(moved), id);
        }
        if (losesIndex)
            gallery.loseIndex();
        auto store = gallery.open(folders);
        QVERIFY(TestGallery::scan(*store));
        QCOMPARE(TestGallery::row(*store, moved).stars, 5);
        QCOMPARE(TestGallery::row(*store, moved).tags, QStringList({QStringLiteral("keep")}));
    }

    void marksStayWhenAPicturesRootChanges()
    {
        TestGallery gallery;
        (void)gallery.make(QStringLiteral("../art/new/a.png"), 1);
        const QString art = gallery.root.filePath(QStringLiteral("art"));
        const QString a = art + QStringLiteral("/new/a.png");
        auto store = gallery.open({art + QStringLiteral("/new")});
        QVERIFY(TestGallery::scan(*store));
        store->setStars(store->idOf(a), 4);
        TestGallery::saved(*store);
        QSignalSpy scanned(store.get(), &GalleryStore::scanned);
        store->setFolders({art});
        QTRY_VERIFY(!scanned.isEmpty());
        QTRY_COMPARE(TestGallery::row(*store, a).stars, 4);
        QCOMPARE(TestGallery::row(*store, a).folder, art);
    }

    void collectionsComeAlongToAnotherMainFolder()
    {
        TestGallery gallery;
        (void)gallery.make(QStringLiteral("a.png"), 1);
        auto store = gallery.open();
        QVERIFY(TestGallery::scan(*store));
        const QList<app::GalleryCollection> kept = {{.id = QStringLiteral("1a"), .name = QStringLiteral("Best")},
                                                    {.id = QStringLiteral("2b"),
                                                     .name = QStringLiteral("Foxes"),
                                                     .kind = app::CollectionKind::SavedSearch,
                                                     .query = QStringLiteral("fox")}};
        store->setCollections(kept);
        TestGallery::saved(*store);
        QSignalSpy scanned(store.get(), &GalleryStore::scanned);
        const QString other = gallery.root.filePath(QStringLiteral("other"));
        QDir().mkpath(other);
        store->setFolder(other);
        QTRY_VERIFY(!scanned.isEmpty());
        TestGallery::saved(*store);
        QCOMPARE(store->collections(), kept);
    }

    void rescansOneAfterTheOtherEnd()
    {
        TestGallery gallery;
        (void)gallery.make(QStringLiteral("a.png"), 1);
        const QString other = gallery.root.filePath(QStringLiteral("other"));
        QDir().mkpath(other);
        auto store = gallery.open();
        QSignalSpy scanned(store.get(), &GalleryStore::scanned);
        for (int i = 0; i < 5; ++i) { // a folder that leaves and returns while it is scanned
            store->setFolders({other});
            store->setFolders({});
        }
        store->setFolders({other});
        QTRY_VERIFY(!scanned.isEmpty());
        QTRY_COMPARE(store->count(), 1);
        QCOMPARE(store->folders().size(), 2);
    }

    void vanishedFolderKeepsItsRowsAndIsFoundAgain()
    {
        TestGallery gallery;
        const QString old = gallery.root.filePath(QStringLiteral("disk/art"));
        const QString name = QStringLiteral("../disk/art/a.png");
        (void)gallery.make(name, 1);
        const QString a = old + QStringLiteral("/a.png");
        auto store = gallery.open({old});
        QVERIFY(TestGallery::scan(*store));
        store->setStars(store->idOf(a), 3);
        TestGallery::saved(*store);
        QSignalSpy vanished(store.get(), &GalleryStore::folderVanished);
        const QString found = gallery.root.filePath(QStringLiteral("new place"));
        QVERIFY(QFile::rename(old, found));
        QVERIFY(TestGallery::scan(*store));
        QCOMPARE(vanished.size(), 1);
        QCOMPARE(store->count(), 1); // grey tiles, not lost ones
        QVERIFY(TestGallery::row(*store, a).isMissing);
        QVERIFY(!app::galleryFaultSentence(TestGallery::row(*store, a)).isEmpty());
        QCOMPARE(store->search(GalleryQuery(QStringLiteral("is:missing"))).size(), 1);
        const qint64 id = store->idOf(a);
        QSignalSpy scanned(store.get(), &GalleryStore::scanned);
        store->replaceFolder(old, found);
        QVERIFY(scanned.wait());
        QCOMPARE(store->count(), 1);
        const GalleryPicture row = TestGallery::row(*store, found + QStringLiteral("/a.png"));
        QCOMPARE(row.id, id);
        QCOMPARE(row.stars, 3);
        QVERIFY(!row.isMissing);
        // Without asking: the folder is just there again.
        QVERIFY(QFile::rename(found, old));
        QVERIFY(TestGallery::scan(*store));
        QSignalSpy returned(store.get(), &GalleryStore::folderReturned);
        QVERIFY(QFile::rename(old, found));
        QVERIFY(TestGallery::scan(*store));
        QCOMPARE(returned.size(), 1);
        QCOMPARE(TestGallery::row(*store, row.path).stars, 3);
    }

    void hangingFolderHoldsNothingElseUp()
    {
        TestGallery gallery;
        const QString a = gallery.make(QStringLiteral("a.png"), 1);
        (void)gallery.make(QStringLiteral("../slow/b.png"), 2);
        const QString slow = gallery.root.filePath(QStringLiteral("slow"));
        auto gate = std::make_shared<QSemaphore>();
        {
            auto store = std::make_unique<GalleryStore>(gallery.database, gallery.pictures);
            store->setPatience(700);
            store->setScanHook([gate, slow](const QString &folder) {
                if (folder == slow)
                    gate->acquire(); // as a network that is gone
            });
            store->setFolders({slow});
            store->open();
            QSignalSpy vanished(store.get(), &GalleryStore::folderVanished);
            QSignalSpy scanned(store.get(), &GalleryStore::scanned);
            store->rescan();
            QTRY_COMPARE(store->count(), 1); // the other folder is there at once
            store->setStars(store->idOf(a), 2);
            QSignalSpy saved(store.get(), &GalleryStore::marksSaved);
            QVERIFY(saved.wait());
            QTRY_COMPARE(vanished.size(), 1);
            QCOMPARE(vanished.at(0).at(0).toString(), slow);
            QCOMPARE(store->folders().at(1).state, app::GalleryFolder::State::NotAnswering);
            QTRY_COMPARE(scanned.size(), 1);
            store->rescan(); // hangs again
        }                    // and the program ends all the same
        gate->release(100);
        QTest::qWait(50);
    }

    void brokenFilesAreRowsWithASentence_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<int>("fault");
        const QByteArray whole = png(QSize(64, 48), {});
        QTest::newRow("whole") << "a.png" << whole << int(PictureFault::None);
        QTest::newRow("truncated") << "a.png" << whole.left(whole.size() / 2) << int(PictureFault::Broken);
        QTest::newRow("only the signature") << "a.png" << whole.left(8) << int(PictureFault::Broken);
        QTest::newRow("empty") << "a.png" << QByteArray() << int(PictureFault::NotAPicture);
        QTest::newRow("a text") << "a.png" << QByteArray("hello") << int(PictureFault::NotAPicture);
        QTest::newRow("30,000 x 30,000") << "a.png" << png(QSize(30000, 30000), {}) << int(PictureFault::TooLarge);
        QTest::newRow("200 MB of text") << "a.png" << png(QSize(64, 48), QByteArray(200 << 20, 'x'))
                                        << int(PictureFault::TextTooLong);
    }
    void brokenFilesAreRowsWithASentence()
    {
        QFETCH(QString, name);
        QFETCH(QByteArray, bytes);
        QFETCH(int, fault);
        TestGallery gallery;
        (void)gallery.make(QStringLiteral("fine.png"), 1);
        const QString path = gallery.pictures + u'/' + name;
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        QCOMPARE(file.write(bytes), bytes.size());
        file.close();
        auto store = gallery.open();
        QElapsedTimer clock;
        clock.start();
        QVERIFY(TestGallery::scan(*store));
        QCOMPARE(store->count(), 2); // the rest goes on
        const GalleryPicture row = TestGallery::row(*store, path);
        QCOMPARE(int(row.fault), fault);
        QCOMPARE(app::galleryFaultSentence(row).isEmpty(), fault == int(PictureFault::None));
        QCOMPARE(store->search(GalleryQuery(QStringLiteral("is:broken"))).size(), fault == 0 ? 0 : 1);
        QVERIFY(clock.elapsed() < 5000);
    }

    void fileWithoutRightToReadIsARow()
    {
        if (::geteuid() == 0)
            QSKIP("root may read everything");
        TestGallery gallery;
        const QString a = gallery.make(QStringLiteral("a.png"), 1);
        QFile::setPermissions(a, QFile::WriteOwner);
        auto store = gallery.open();
        QVERIFY(TestGallery::scan(*store));
        QCOMPARE(TestGallery::row(*store, a).fault, PictureFault::NoAccess);
    }

    void indexOfANewerVersionIsKept()
    {
        TestGallery gallery;
        const QString a = gallery.make(QStringLiteral("a.png"), 1);
        {
            auto store = gallery.open();
            QVERIFY(TestGallery::scan(*store));
            store->setStars(store->idOf(a), 3);
        }
        run(gallery.database, QStringLiteral("PRAGMA user_version = 99"));
        QFile file(gallery.database);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray before = file.readAll();
        auto store = std::make_unique<GalleryStore>(gallery.database, gallery.pictures);
        QSignalSpy notice(store.get(), &GalleryStore::notice);
        QSignalSpy scanned(store.get(), &GalleryStore::scanned);
        store->open();
        QCOMPARE(notice.size(), 1);
        QVERIFY(scanned.wait());
        QCOMPARE(TestGallery::row(*store, a).stars, 3);
        store.reset();
        file.seek(0);
        QCOMPARE(file.readAll(), before);
    }

    void indexOfTheFirstVersionIsMadeAnew()
    {
        TestGallery gallery;
        const QString a = gallery.make(QStringLiteral("a.png"), 1);
        QDir().mkpath(QFileInfo(gallery.database).path());
        QFile schema(QStringLiteral(TINCTURE_SOURCE "/resources/schema/001.sql"));
        QVERIFY(schema.open(QIODevice::ReadOnly));
        const QStringList statements = QString::fromUtf8(schema.readAll()).split(QLatin1String(";\n"));
        for (const QString &statement : statements.mid(0, statements.size() - 1))
            run(gallery.database, statement);
        QFile stars(gallery.pictures + QStringLiteral("/.tincture-stars.jsonl"));
        QVERIFY(stars.open(QIODevice::WriteOnly));
        stars.write("{\"file\":\"a.png\",\"stars\":4}\n");
        stars.close();
        auto store = gallery.open();
        QVERIFY(TestGallery::scan(*store));
        QCOMPARE(TestGallery::row(*store, a).stars, 4);
    }

    void indexThatCannotBeWrittenIsMadeForThisTime()
    {
        TestGallery gallery;
        const QString a = gallery.make(QStringLiteral("a.png"), 1);
        // Something that is no folder where the index's would be.
        QFile blocked(QFileInfo(gallery.database).path());
        QVERIFY(blocked.open(QIODevice::WriteOnly));
        auto store = std::make_unique<GalleryStore>(gallery.database, gallery.pictures);
        QSignalSpy notice(store.get(), &GalleryStore::notice);
        QSignalSpy scanned(store.get(), &GalleryStore::scanned);
        store->open();
        QCOMPARE(notice.size(), 1);
        QVERIFY(scanned.wait());
        QCOMPARE(store->count(), 1);
        QVERIFY(store->idOf(a) != 0);
    }

    void largePicturesOfOtherKindsAreRead_data()
    {
        QTest::addColumn<QByteArray>("format");
        QTest::newRow("jpeg") << QByteArray("jpg");
        QTest::newRow("webp") << QByteArray("webp");
    }
    void largePicturesOfOtherKindsAreRead()
    {
        QFETCH(QByteArray, format);
        TestGallery gallery;
        const QString path = gallery.pictures + QStringLiteral("/A.") + QString::fromLatin1(format).toUpper();
        QImage image(320, 200, QImage::Format_RGB32);
        image.fill(Qt::darkCyan);
        QVERIFY(image.save(path, format.constData()));
        auto store = gallery.open();
        QVERIFY(TestGallery::scan(*store));
        QCOMPARE(TestGallery::row(*store, path).size, QSize(320, 200));
    }

    void picturesThatLookAlikeAreFound()
    {
        TestGallery gallery;
        const auto paint = [&gallery](const QString &name, QColor sky, QColor ball, QPoint at) {
            QImage image(256, 256, QImage::Format_RGB32);
            image.fill(sky);
            QPainter painter(&image);
            painter.setBrush(ball);
            painter.drawEllipse(at, 60, 60);
            painter.end();
            const QString path = gallery.pictures + u'/' + name;
            (void)image.save(path);
            return path;
        };
        const QString a = paint(QStringLiteral("a.png"), QColor(30, 80, 160), QColor(240, 200, 40), {80, 80});
        const QString close = paint(QStringLiteral("close.png"), QColor(36, 84, 150), QColor(230, 190, 50), {88, 84});
        const QString mirrored =
            paint(QStringLiteral("far.png"), QColor(30, 80, 160), QColor(240, 200, 40), {190, 190});
        const QString other = paint(QStringLiteral("other.png"), QColor(200, 60, 40), QColor(20, 120, 40), {80, 80});
        auto store = gallery.open();
        QVERIFY(TestGallery::scan(*store));
        app::Thumbnails thumbnails(QString{});
        connect(&thumbnails, &app::Thumbnails::described, store.get(), &GalleryStore::setLook);
        QSignalSpy rested(&thumbnails, &app::Thumbnails::rested);
        thumbnails.describe(store->withoutLook(10));
        QVERIFY(rested.wait(180000)); // at idle priority: other work on the machine goes first
        TestGallery::saved(*store);
        QVERIFY(store->withoutLook(10).isEmpty());
        const QList<qint64> like = store->moreLike(store->idOf(a), app::Likeness::Look);
        QCOMPARE(like, QList<qint64>({store->idOf(a), store->idOf(close), store->idOf(mirrored), store->idOf(other)}));
    }

    void likePicturesAreFoundByWordsSeedAndBatch()
    {
        TestGallery gallery;
        const QString a = gallery.make(QStringLiteral("a.png"), 1, "a red fox under birch trees");
        const QString b = gallery.make(QStringLiteral("b.png"), 2, "red fox, birch forest");
        const QString c = gallery.make(QStringLiteral("c.png"), 1, "a castle");
        auto store = gallery.open();
        QVERIFY(TestGallery::scan(*store));
        const qint64 id = store->idOf(a);
        QCOMPARE(store->moreLike(id, app::Likeness::Prompt), QList<qint64>({id, store->idOf(b)}));
        QCOMPARE(store->moreLike(id, app::Likeness::Seed), QList<qint64>({id, store->idOf(c)}));
        QCOMPARE(store->moreLike(id, app::Likeness::Batch), QList<qint64>({id}));
    }

    void searchIsTheSameInTheIndexAndForARow_data()
    {
        QTest::addColumn<QString>("text");
        for (const char *text : {"",
                                 "red",
                                 "re",
                                 "\"red fox\"",
                                 "red OR castle",
                                 "-red",
                                 "steps:>20",
                                 "seed:2",
                                 "stars:>=3",
                                 "tag:keep",
                                 "-tag:keep stars:<3",
                                 "label:green",
                                 "is:rejected",
                                 "-is:rejected",
                                 "has:note",
                                 "print",
                                 "note:pri",
                                 "model:m",
                                 "date:today",
                                 "before:2020",
                                 "size:32x24",
                                 "size:<1mb",
                                 "b.png",
                                 "folder:pictures",
                                 "is:landscape",
                                 "collection:best",
                                 "has:collection",
                                 "f\xc3\xb6x",
                                 "guidance:7 OR tag:keep",
                                 "\xe7\x8b\x90"})
            QTest::newRow(text) << QString::fromUtf8(text);
    }
    void searchIsTheSameInTheIndexAndForARow()
    {
        QFETCH(QString, text);
        TestGallery gallery;
        const QString a = gallery.make(QStringLiteral("a.png"), 1, "a red fox under birch trees");
        const QString b = gallery.make(QStringLiteral("b.png"), 2, "fox red");
        (void)gallery.make(QStringLiteral("c.png"), 3, "a castle, \xe7\x99\xbd\xe7\x8b\x90");
        auto store = gallery.open();
        QVERIFY(TestGallery::scan(*store));
        app::GalleryEdits edits(*store);
        edits.setStars({store->idOf(a)}, 4);
        edits.addTags({store->idOf(a), store->idOf(b)}, {QStringLiteral("keep")});
        edits.setNote({store->idOf(b)}, QStringLiteral("print it"));
        edits.setLabel({store->idOf(b)}, 3);
        edits.setRejected({store->idOf(b)}, true);
        (void)edits.createCollection(QStringLiteral("Best"), {store->idOf(a)});
        TestGallery::saved(*store);
        const GalleryQuery query(text);
        QList<qint64> wanted;
        for (const GalleryPicture &picture : store->pictures(store->ids())) {
            if (query.matches(picture, store->collections()))
                wanted.append(picture.id);
        }
        QCOMPARE(store->search(query), wanted);
    }

    void ordersAndGroupsHold()
    {
        TestGallery gallery;
        QVERIFY(fill(gallery));
        GalleryStore store(gallery.database, gallery.pictures);
        store.open();
        using app::GalleryGrouping;
        using app::GallerySort;
        const auto first = [&store](const app::GalleryOrder &order) {
            return store.pictures(store.search({}, order).mid(0, 1)).value(0);
        };
        QCOMPARE(first({.sort = GallerySort::Stars}).stars, 5);
        QCOMPARE(first({.sort = GallerySort::Seed}).seed, 499ULL);
        QCOMPARE(first({.sort = GallerySort::Seed, .direction = Qt::AscendingOrder}).seed, 0ULL);
        QCOMPARE(first({.sort = GallerySort::Size}).size.width(), 768);
        QCOMPARE(first({.sort = GallerySort::Name, .direction = Qt::AscendingOrder}).seed, 0ULL);
        QCOMPARE(first({.sort = GallerySort::Date, .direction = Qt::AscendingOrder}).seed, 499ULL);
        const app::GalleryOrder shuffled = {.sort = GallerySort::Random, .randomSeed = 5};
        QCOMPARE(store.search({}, shuffled), store.search({}, shuffled));
        QVERIFY(store.search({}, shuffled) != store.search({}, {.sort = GallerySort::Random, .randomSeed = 6}));
        for (const GalleryGrouping grouping : {GalleryGrouping::Day, GalleryGrouping::Batch, GalleryGrouping::Model}) {
            const QList<qint64> ids = store.search({}, {.sort = GallerySort::Stars, .grouping = grouping});
            const QList<app::GalleryGroup> groups = store.groups(ids, grouping);
            QSet<QString> keys;
            int sum = 0;
            for (const app::GalleryGroup &group : groups) {
                QVERIFY(!keys.contains(group.key)); // each group is in one piece
                keys.insert(group.key);
                QCOMPARE(group.first, sum);
                sum += group.count;
                const QList<GalleryPicture> rows = store.pictures(ids.mid(group.first, group.count));
                for (qsizetype i = 1; i < rows.size(); ++i)
                    QVERIFY(rows[i - 1].stars >= rows[i].stars);
            }
            QCOMPARE(sum, 500);
        }
        QCOMPARE(store.groups(store.ids(), GalleryGrouping::Day).first().heading, QStringLiteral("Today"));
    }

    void whatMayFollowIsOffered_data()
    {
        QTest::addColumn<QString>("typed");
        QTest::addColumn<QString>("offered");
        QTest::newRow("field") << "sam"
                               << "sampler:";
        QTest::newRow("not a field") << "red -sam"
                                     << "-sampler:";
        QTest::newRow("value") << "sampler:eul"
                               << "sampler:euler";
        QTest::newRow("tag by itself") << "kee"
                                       << "tag:keep";
        QTest::newRow("tag") << "tag:k"
                             << "tag:keep";
        QTest::newRow("state") << "is:"
                               << "is:rejected";
        QTest::newRow("colour") << "label:p"
                                << "label:purple";
        QTest::newRow("model with letters inside") << "model:shaper"
                                                   << "model:dreamshaper_8";
    }
    void whatMayFollowIsOffered()
    {
        QFETCH(QString, typed);
        QFETCH(QString, offered);
        TestGallery gallery;
        QVERIFY(fill(gallery));
        GalleryStore store(gallery.database, gallery.pictures);
        store.open();
        const QList<app::GallerySuggestion> all = store.suggestions(typed);
        QVERIFY(std::any_of(all.begin(), all.end(), [&](const auto &each) { return each.text == offered; }));
    }

private:
    static bool fill(const TestGallery &gallery);
    static void run(const QString &database, const QString &statement)
    {
        {
            QSqlDatabase db = QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"), QStringLiteral("test"));
            db.setDatabaseName(database);
            db.open();
            QSqlQuery query(db);
            query.exec(statement);
        }
        QSqlDatabase::removeDatabase(QStringLiteral("test"));
    }
    static QByteArray chunk(const char *type, const QByteArray &data)
    {
        QByteArray length(4, '\0');
        qToBigEndian(quint32(data.size()), length.data());
        return length + type + data + QByteArray(4, '\0'); // sums are not looked at
    }
    /// As much of a PNG as reading without pixels needs.
    static QByteArray png(QSize size, const QByteArray &text)
    {
        QByteArray head(13, '\0');
        qToBigEndian(quint32(size.width()), head.data());
        qToBigEndian(quint32(size.height()), head.data() + 4);
        head[8] = 8;
        head[9] = 2;
        QByteArray bytes = QByteArray("\x89PNG\r\n\x1a\n") + chunk("IHDR", head);
        if (!text.isEmpty())
            bytes += chunk("tEXt", QByteArray("parameters") + '\0' + text);
        return bytes + chunk("IDAT", QByteArray(200, '\1')) + chunk("IEND", {});
    }
};

#include "tests/support/many_pictures.h"

bool GalleryFoldersTest::fill(const TestGallery &gallery)
{
    return fillGallery(gallery.database, gallery.pictures, 500);
}

QTEST_GUILESS_MAIN(GalleryFoldersTest)
#include "gallery_folders_test.moc"
