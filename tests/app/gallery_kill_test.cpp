// kill -9 at 50 random moments while a program makes and marks pictures: nothing that it said was saved is lost.
// The same program is parent and child; the child is started with a folder and a seed.
#include "app/gallery_edits.h"
#include "tests/support/gallery_folder.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QMap>
#include <QProcess>
#include <QRandomGenerator>

#include <csignal>
#include <cstdio>
#include <unistd.h>

using app::GalleryPicture;
using app::GalleryStore;
using app::PictureMarks;

namespace {

/// One line at once, so that a kill leaves whole lines only.
void say(const QStringList &words)
{
    const QByteArray line = words.join(u'\t').toUtf8() + '\n';
    (void)!::write(STDOUT_FILENO, line.constData(), std::size_t(line.size()));
}

QStringList wordsOf(const QString &path, const PictureMarks &marks)
{
    return {path,
            QString::number(marks.stars),
            QString::number(marks.label),
            marks.isRejected ? QStringLiteral("1") : QStringLiteral("0"),
            marks.tags.join(u','),
            marks.note,
            marks.collections.join(u',')};
}

/// Makes pictures and marks them, says what it is about to save and what is saved, until it is killed.
int child(const QString &root, quint32 seed)
{
    const QString folder = root + QStringLiteral("/pictures");
    GalleryStore store(root + QStringLiteral("/gallery.sqlite"), folder);
    store.open();
    app::GalleryEdits edits(store);
    QObject::connect(&store, &GalleryStore::marksSaved, &store, [&](const QList<qint64> &ids) {
        for (const GalleryPicture &picture : store.pictures(ids))
            say(QStringList{QStringLiteral("saved")} + wordsOf(picture.path, picture.marks()));
    });
    QObject::connect(&store, &GalleryStore::pictureAdded, &store, [](const GalleryPicture &picture) {
        say({QStringLiteral("picture"), picture.path});
    });
    QObject::connect(&store, &GalleryStore::collectionsSaved, &store, [&store] {
        for (const app::GalleryCollection &each : store.collections())
            say({QStringLiteral("collection"), each.id, each.name});
    });
    say({QStringLiteral("started")});
    QRandomGenerator random(seed);
    for (int i = 0;; ++i) {
        const std::uint64_t number = std::uint64_t(seed) * 10000 + std::uint64_t(i);
        engine::GenerateRequest request = {.model = "/models/m.safetensors", .prompt = "fox", .seed = number};
        const app::Recipe recipe = app::makeRecipe(request, 0, QSize(16, 16), {});
        const QString path = QStringLiteral("%1/%2.png").arg(folder).arg(number);
        if (app::writePicture(path, FakeEngine::paint(16, 16, number), recipe))
            return 1;
        store.add(app::readGalleryPicture(path));
        store.finish();
        QCoreApplication::processEvents();

        QString collection;
        if (random.bounded(6) == 0)
            collection = edits.createCollection(QStringLiteral("collection %1").arg(number));
        const QList<qint64> all = store.ids();
        QSet<qint64> some;
        for (int n = 0; n < 3; ++n)
            some.insert(all[random.bounded(int(all.size()))]);
        const QList<qint64> ids(some.begin(), some.end());
        QList<PictureMarks> marks;
        for (const GalleryPicture &picture : store.pictures(ids)) {
            PictureMarks mark = picture.marks();
            mark.stars = random.bounded(6);
            mark.label = random.bounded(6);
            mark.isRejected = random.bounded(2) == 1;
            mark.tags = {QStringLiteral("tag%1").arg(random.bounded(9))};
            mark.note = random.bounded(3) == 0 ? QStringLiteral("note %1").arg(random.bounded(100)) : QString();
            if (!collection.isEmpty())
                mark.collections.append(collection);
            marks.append(mark);
            say(QStringList{QStringLiteral("want")} + wordsOf(picture.path, mark));
        }
        store.setMarks(ids, marks);
        store.finish();
        QCoreApplication::processEvents();
    }
}

/// What the children said.
struct Said
{
    QSet<QString> pictures;
    QMap<QString, QStringList> saved;         ///< by path
    QMap<QString, QList<QStringList>> wanted; ///< asked for after that: may be there or not
    QSet<QString> collections;

    void hear(const QByteArray &line)
    {
        QStringList words = QString::fromUtf8(line).split(u'\t');
        const QString what = words.takeFirst();
        const QString subject = words.value(0);
        if (what == QLatin1String("picture")) {
            pictures.insert(subject);
        } else if (what == QLatin1String("want")) {
            wanted[subject].append(words);
        } else if (what == QLatin1String("saved")) {
            saved[subject] = words;
            wanted.remove(subject);
        } else if (what == QLatin1String("collection")) {
            collections.insert(subject);
        }
    }
};

} // namespace

class GalleryKillTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void nothingThatWasSavedIsLost()
    {
        QTemporaryDir root;
        const QString folder = root.filePath(QStringLiteral("pictures"));
        QDir().mkpath(folder);
        Said said;
        constexpr quint32 kSeed = 20261123;
        QRandomGenerator random(kSeed);
        constexpr int kKills = 50;
        int checks = 0;
        QElapsedTimer clock;
        clock.start();
        for (int round = 0; round < kKills; ++round) {
            QProcess process;
            process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
            process.start(QCoreApplication::applicationFilePath(),
                          {QStringLiteral("--child"), root.path(), QString::number(round)});
            QVERIFY(process.waitForStarted());
            // Now and then so early that it is still opening its files.
            if (round % 7 != 6)
                QVERIFY(process.waitForReadyRead(20000));
            QElapsedTimer alive;
            alive.start();
            const int lifeMs = random.bounded(20, 350);
            while (alive.elapsed() < lifeMs)
                QVERIFY(!process.waitForFinished(std::max(1, lifeMs - int(alive.elapsed()))));
            ::kill(pid_t(process.processId()), SIGKILL);
            QVERIFY(process.waitForFinished(20000));
            for (const QByteArray &line : process.readAllStandardOutput().split('\n'))
                said.hear(line);
            if (round % 5 != 4)
                continue;
            // With the index as the kill left it, and without it.
            for (const bool losesIndex : {false, true}) {
                if (losesIndex && round % 10 != 9)
                    continue;
                if (losesIndex) {
                    for (const char *ending : {"", "-wal", "-shm"})
                        QFile::remove(root.filePath(QStringLiteral("gallery.sqlite") + QLatin1String(ending)));
                }
                GalleryStore store(root.filePath(QStringLiteral("gallery.sqlite")), folder);
                QSignalSpy notice(&store, &GalleryStore::notice);
                store.open();
                QVERIFY(TestGallery::scan(store));
                QVERIFY2(notice.isEmpty(), "the index was damaged");
                checkAll(store, said);
                if (QTest::currentTestFailed())
                    return;
                ++checks;
            }
        }
        qInfo("%d kills in %lld s: %lld pictures, %lld of them marked, %lld collections, looked at %d times", kKills,
              clock.elapsed() / 1000, qint64(said.pictures.size()), qint64(said.saved.size()),
              qint64(said.collections.size()), checks);
        QVERIFY(said.pictures.size() > kKills);
        QVERIFY(said.saved.size() > kKills);
        QVERIFY(!said.collections.isEmpty());
    }

private:
    static void checkAll(const GalleryStore &store, const Said &said)
    {
        QHash<QString, GalleryPicture> rows;
        for (const GalleryPicture &picture : store.pictures(store.ids()))
            rows.insert(picture.path, picture);
        for (const QString &path : said.pictures)
            QVERIFY2(rows.contains(path), qPrintable(path));
        for (auto each = said.saved.cbegin(); each != said.saved.cend(); ++each) {
            const QStringList there = wordsOf(each.key(), rows[each.key()].marks());
            const bool isRight = there == *each || said.wanted.value(each.key()).contains(there);
            QVERIFY2(isRight, qPrintable(there.join(u' ') + QStringLiteral(" instead of ") + each->join(u' ')));
        }
        QSet<QString> known;
        for (const app::GalleryCollection &each : store.collections())
            known.insert(each.id);
        QVERIFY(known.contains(said.collections));
    }
};

int main(int argc, char **argv)
{
    QCoreApplication application(argc, argv);
    const QStringList words = QCoreApplication::arguments();
    if (words.value(1) == QLatin1String("--child"))
        return child(words.value(2), words.value(3).toUInt());
    GalleryKillTest test;
    return QTest::qExec(&test, argc, argv);
}

#include "gallery_kill_test.moc"
