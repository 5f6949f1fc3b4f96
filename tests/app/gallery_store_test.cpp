#include "app/gallery_store.h"

#include "app/gallery_model.h"
#include "app/image_file.h"
#include "app/thumbnails.h"
#include "tests/support/fake_engine.h"
#include "tests/support/many_pictures.h"

#include <QAbstractItemModelTester>
#include <QDir>
#include <QFile>
#include <QSignalSpy>
#include <QSqlDatabase>
#include <QSqlQuery>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>

using app::GalleryPicture;
using app::GalleryStore;

class GalleryStoreTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        QDir(m_folder->path()).mkpath(QStringLiteral("pictures/more"));
        m_database = m_folder->filePath(QStringLiteral("data/gallery.sqlite"));
        m_pictures = m_folder->filePath(QStringLiteral("pictures"));
    }

    void addedPictureIsARowWithItsRecipe()
    {
        GalleryStore store(m_database, m_pictures);
        store.open();
        QSignalSpy added(&store, &GalleryStore::pictureAdded);
        const GalleryPicture written = make(QStringLiteral("00001-5.png"), 5);
        store.add(written);
        QVERIFY(added.wait());
        QCOMPARE(store.count(), 1);
        const GalleryPicture row = store.pictures(store.ids()).value(0);
        QCOMPARE(row.path, written.path);
        QCOMPARE(row.prompt, QStringLiteral("fox 5"));
        QCOMPARE(row.seed, quint64(5));
        QCOMPARE(row.size, QSize(32, 24));
        QCOMPARE(store.idOf(row.path), row.id);
        // the same path again is a change, not another row
        QSignalSpy changed(&store, &GalleryStore::pictureChanged);
        store.add(written);
        QVERIFY(changed.wait());
        QCOMPARE(store.count(), 1);
    }

    void indexMadeAgainFromTheFilesIsEqual()
    {
        QList<GalleryPicture> before;
        {
            GalleryStore store(m_database, m_pictures);
            store.open();
            QSignalSpy added(&store, &GalleryStore::pictureAdded);
            QSignalSpy saved(&store, &GalleryStore::marksSaved);
            for (int i = 0; i < 5; ++i)
                store.add(make(QStringLiteral("%1.png").arg(i), quint64(i)));
            store.add(make(QStringLiteral("more/high seed.png"), 18446744073709551615ULL));
            QTRY_COMPARE(added.size(), 6);
            store.setStars(store.ids().first(), 4);
            QVERIFY(saved.wait());
            before = rows(store);
        }
        QVERIFY(QFile::remove(m_database));
        GalleryStore store(m_database, m_pictures);
        store.open();
        QSignalSpy scanned(&store, &GalleryStore::scanned);
        store.rescan();
        QVERIFY(scanned.wait());
        QCOMPARE(rows(store), before);
    }

    void rescanFindsWhatCameChangedAndWent()
    {
        GalleryStore store(m_database, m_pictures);
        store.open();
        QSignalSpy scanned(&store, &GalleryStore::scanned);
        QSignalSpy added(&store, &GalleryStore::pictureAdded);
        QSignalSpy changed(&store, &GalleryStore::pictureChanged);
        QSignalSpy removed(&store, &GalleryStore::pictureRemoved);
        (void)make(QStringLiteral("a.png"), 1);
        (void)make(QStringLiteral("b.png"), 2);
        QFile junk(m_pictures + QStringLiteral("/broken.png"));
        QVERIFY(junk.open(QIODevice::WriteOnly));
        junk.write("no picture");
        junk.close();
        store.rescan();
        QVERIFY(scanned.wait());
        QCOMPARE(added.size(), 3); // an unreadable file is a row, too: the user sees it
        QVERIFY(QFile::remove(m_pictures + QStringLiteral("/a.png")));
        (void)make(QStringLiteral("b.png"), 12345);
        store.rescan();
        QVERIFY(scanned.wait());
        QCOMPARE(removed.size(), 1);
        QCOMPARE(changed.size(), 1);
        QCOMPARE(changed.at(0).at(0).value<GalleryPicture>().seed, quint64(12345));
        store.rescan();
        QVERIFY(scanned.wait());
        QCOMPARE(scanned.last().at(0).toInt(), 0); // nothing is read twice
    }

    void damagedIndexIsSetAsideAndMadeAgain_data()
    {
        QTest::addColumn<int>("where");
        QTest::newRow("header") << 0;
        QTest::newRow("pages") << 4096;
    }
    void damagedIndexIsSetAsideAndMadeAgain()
    {
        QFETCH(int, where);
        {
            GalleryStore store(m_database, m_pictures);
            store.open();
            QSignalSpy added(&store, &GalleryStore::pictureAdded);
            for (int i = 0; i < 20; ++i)
                store.add(make(QStringLiteral("%1.png").arg(i), quint64(i)));
            QTRY_COMPARE(added.size(), 20);
        }
        QFile file(m_database);
        QVERIFY(file.open(QIODevice::ReadWrite));
        QVERIFY(file.size() > where + 4096);
        file.seek(where);
        file.write(QByteArray(int(file.size()) - where, '\x5a'));
        file.close();

        GalleryStore store(m_database, m_pictures);
        QSignalSpy scanned(&store, &GalleryStore::scanned);
        QSignalSpy notice(&store, &GalleryStore::notice);
        connect(&store, &GalleryStore::reset, this, [&store] { QCOMPARE(store.ids().size(), store.count()); });
        store.open();
        QCOMPARE(store.ids().size(), store.count()); // an order of before is not kept
        QTRY_COMPARE(notice.size(), 1);
        QTRY_VERIFY(!scanned.isEmpty());
        QCOMPARE(store.count(), 20);
        QCOMPARE(store.ids().size(), 20);
        QVERIFY(QFile::exists(m_database + QStringLiteral(".damaged")));
    }

    void marksOnTheirWayOutliveADamagedIndex()
    {
        constexpr int kPictures = 60;
        {
            GalleryStore store(m_database, m_pictures);
            store.open();
            QSignalSpy added(&store, &GalleryStore::pictureAdded);
            for (int i = 0; i < kPictures; ++i)
                store.add(make(QStringLiteral("%1.png").arg(i), quint64(i)));
            QTRY_COMPARE(added.size(), kPictures);
        }
        { // pages that nothing refers to: readable, and seen as damage by the check after the first screen
            QSqlDatabase db = QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"), QStringLiteral("spoil"));
            db.setDatabaseName(m_database);
            QVERIFY(db.open());
            QSqlQuery query(db);
            QVERIFY(query.exec(QStringLiteral("PRAGMA writable_schema = ON")));
            QVERIFY(query.exec(QStringLiteral("DELETE FROM sqlite_master WHERE name = 'pictures_hash'")));
            query = QSqlQuery();
            db.close();
        }
        QSqlDatabase::removeDatabase(QStringLiteral("spoil"));

        GalleryStore store(m_database, m_pictures);
        QSignalSpy scanned(&store, &GalleryStore::scanned);
        QSignalSpy notice(&store, &GalleryStore::notice);
        store.open();
        QCOMPARE(store.count(), kPictures);
        QTimer::singleShot(1500, this, [&store] { // after the check began, before its answer is read
            QTest::qSleep(200);
            for (const qint64 id : store.ids())
                store.setStars(id, 3);
        });
        QTRY_COMPARE(notice.size(), 1);
        QTRY_VERIFY(!scanned.isEmpty());
        QCOMPARE(store.search(app::GalleryQuery(QStringLiteral("stars:3"))).size(), kPictures);
    }

    void marksOfRowsThatHaveGoneAreNotSaidToBeSaved()
    {
        GalleryStore store(m_database, m_pictures);
        store.open();
        QSignalSpy saved(&store, &GalleryStore::marksSaved);
        store.setMarks({12345}, {app::PictureMarks{.stars = 2}});
        store.finish();
        QCoreApplication::processEvents();
        QVERIFY(saved.isEmpty());
    }

    void modelShowsNewestFirstAndEmitsExactRows()
    {
        GalleryStore store(m_database, m_pictures);
        store.open();
        app::Thumbnails thumbnails(m_folder->filePath(QStringLiteral("cache")));
        app::GalleryModel model(store, thumbnails);
        QAbstractItemModelTester tester(&model);
        model.reload();
        QSignalSpy inserted(&model, &QAbstractItemModel::rowsInserted);
        QSignalSpy removed(&model, &QAbstractItemModel::rowsRemoved);
        QSignalSpy arrived(&model, &app::GalleryModel::pictureArrived);
        for (int i = 0; i < 3; ++i) {
            GalleryPicture picture = make(QStringLiteral("%1.png").arg(i), quint64(i));
            picture.created = QDateTime::fromSecsSinceEpoch(1000 + i);
            store.add(picture);
        }
        QTRY_COMPARE(model.rowCount(), 3);
        QCOMPARE(inserted.size(), 3);
        QCOMPARE(arrived.last().at(0).toInt(), 0);
        QCOMPARE(model.index(0).data(app::GalleryModel::SeedRole).value<quint64>(), quint64(2));
        GalleryPicture between = make(QStringLiteral("between.png"), 99);
        between.created = QDateTime::fromMSecsSinceEpoch(1001500);
        store.add(between);
        QTRY_COMPARE(model.rowCount(), 4);
        QCOMPARE(model.rowOf(between.path), 1);
        QCOMPARE(model.index(1).data(app::GalleryModel::RecipeRole).value<app::Recipe>().request.prompt,
                 std::string("fox 99"));
        store.remove(model.index(1).data(app::GalleryModel::IdRole).toLongLong());
        QTRY_COMPARE(model.rowCount(), 3);
        QCOMPARE(removed.at(0).at(1).toInt(), 1);
    }

    void thumbnailsArriveLaterAndStayInTheCache()
    {
        const GalleryPicture picture = make(QStringLiteral("a.png"), 1);
        const QString cache = m_folder->filePath(QStringLiteral("cache"));
        {
            app::Thumbnails thumbnails(cache);
            QSignalSpy ready(&thumbnails, &app::Thumbnails::ready);
            QSignalSpy failed(&thumbnails, &app::Thumbnails::failed);
            QVERIFY(thumbnails.get(picture.path, 256).isNull());
            QVERIFY(ready.wait());
            QCOMPARE(thumbnails.get(picture.path, 256).size(), QSize(32, 24));
            QVERIFY(thumbnails.get(QStringLiteral("/nowhere.png"), 256).isNull());
            QVERIFY(failed.wait());
            QVERIFY(thumbnails.hasFailed(QStringLiteral("/nowhere.png")));
        }
        QCOMPARE(QDir(cache + QStringLiteral("/256")).entryList(QDir::Files).size(), 1);
    }

    void scrolledAwayThumbnailsAreNotRead()
    {
        app::Thumbnails thumbnails(QString{});
        for (int i = 0; i < 300; ++i)
            (void)thumbnails.get(QStringLiteral("/nowhere/%1.png").arg(i), 256);
        QVERIFY(thumbnails.waiting() > 200);
        thumbnails.keepOnly({QStringLiteral("/nowhere/150.png")});
        QCOMPARE(thumbnails.waiting(), 1);
    }

    void hundredThousandPicturesOpenAtOnce()
    {
        constexpr int kMany = 100000;
        QVERIFY(fillGallery(m_database, m_pictures, kMany));
        GalleryStore store(m_database, m_pictures);
        app::Thumbnails thumbnails(QString{});
        app::GalleryModel model(store, thumbnails);
        QElapsedTimer clock;
        clock.start();
        store.open();
        model.reload();
        for (int row = 0; row < 60; ++row)
            QVERIFY(!model.index(row).data(app::GalleryModel::PathRole).toString().isEmpty());
        qInfo("first screen of %d pictures: %lld ms", model.rowCount(), clock.elapsed());
        QCOMPARE(model.rowCount(), kMany);
    }

private:
    /// Writes a picture with a recipe. \return its row as the saver makes it
    GalleryPicture make(const QString &name, quint64 seed) const
    {
        const QString path = m_pictures + QLatin1Char('/') + name;
        engine::GenerateRequest request = {
            .model = "/models/m.safetensors", .prompt = "fox " + std::to_string(seed), .seed = seed};
        app::Recipe recipe = app::makeRecipe(request, 0, QSize(32, 24), {});
        const auto failure = app::writePicture(path, FakeEngine::paint(32, 24, seed), recipe);
        Q_ASSERT(!failure);
        Q_UNUSED(failure)
        return app::galleryPictureFrom(app::readPictureInfo(path));
    }
    static QList<GalleryPicture> rows(const GalleryStore &store)
    {
        QList<GalleryPicture> all = store.pictures(store.ids());
        for (GalleryPicture &row : all)
            row.id = 0;
        std::sort(all.begin(), all.end(),
                  [](const GalleryPicture &a, const GalleryPicture &b) { return a.path < b.path; });
        return all;
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    QString m_database;
    QString m_pictures;
};

QTEST_GUILESS_MAIN(GalleryStoreTest)
#include "gallery_store_test.moc"
