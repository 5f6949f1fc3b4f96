#include "app/image_file.h"

#include "tests/support/fake_engine.h"

#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QJsonDocument>
#include <QTemporaryDir>
#include <QTest>
#include <QtEndian>

#include <csignal>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

class ImageFileTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void copyReplacesOnlyWhenItIsWhole()
    {
        QTemporaryDir folder;
        const auto path = [&folder](const char *name) { return folder.filePath(QLatin1String(name)); };
        const auto put = [](const QString &name, const QByteArray &bytes) {
            QFile file(name);
            return file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size();
        };
        const auto get = [](const QString &name) {
            QFile file(name);
            return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray("nothing");
        };
        QVERIFY(put(path("from.png"), "new") && put(path("to.png"), "old"));
        QVERIFY(!app::copyFile(path("gone.png"), path("to.png")));
        QCOMPARE(get(path("to.png")), QByteArray("old"));
        QVERIFY(app::copyFile(path("from.png"), path("to.png")));
        QCOMPARE(get(path("to.png")), QByteArray("new"));
        QVERIFY(QFile::link(path("from.png"), path("link.png")));
        QVERIFY(app::copyFile(path("from.png"), path("link.png"))); // it is that file
        QVERIFY(app::copyFile(path("from.png"), path("./from.png")));
        QCOMPARE(get(path("from.png")), QByteArray("new"));
        QCOMPARE(QDir(folder.path()).entryList({QStringLiteral("*.part")}).size(), 0);
    }
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }

    void pixelsSurvive_data()
    {
        QTest::addColumn<int>("channels");
        QTest::newRow("grey") << 1;
        QTest::newRow("rgb") << 3;
        QTest::newRow("rgba") << 4;
    }
    void pixelsSurvive()
    {
        QFETCH(int, channels);
        engine::Image image = {.width = 13, .height = 7, .channels = channels};
        for (int i = 0; i < 13 * 7 * channels; ++i)
            image.pixels.push_back(std::uint8_t(i * 29 + 1));
        QVERIFY(app::fromQImage(app::toQImage(image)) == image);
        QVERIFY(!app::writePicture(path(), image, recipe()).has_value());
        QVERIFY(app::readImage(path()) == image);
    }

    void fileHoldsRecipeTwice()
    {
        const app::Recipe written = recipe();
        QVERIFY(!app::writePicture(path(), FakeEngine::paint(64, 48, 1), written).has_value());
        const app::PictureInfo info = app::readPictureInfo(path());
        QCOMPARE(info.format, QStringLiteral("png"));
        QCOMPARE(info.size, QSize(64, 48));
        QCOMPARE(info.fault, QString());
        QVERIFY(info.recipe == written);
        QCOMPARE(info.texts.size(), 2);
        QCOMPARE(info.texts[0].first, QStringLiteral("parameters"));
        QVERIFY(info.texts[0].second.contains(QLatin1String("Negative prompt: blurry")));
        QCOMPARE(info.texts[1].first, QStringLiteral("tincture"));
        QFile file(path());
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray bytes = file.readAll();
        QVERIFY(bytes.contains("tEXtparameters")); // Latin-1 fits
        QVERIFY(bytes.contains("iTXttincture"));
    }

    void otherScriptsGoIntoUtf8Text()
    {
        app::Recipe written = recipe();
        written.request.prompt = "海辺の灯台, naïve, 🦊\nzweite Zeile";
        QVERIFY(!app::writePicture(path(), FakeEngine::paint(8, 8, 1), written).has_value());
        const app::PictureInfo info = app::readPictureInfo(path());
        QVERIFY(info.texts[0].second.startsWith(QStringLiteral("海辺の灯台, naïve, 🦊\nzweite Zeile")));
        QVERIFY(info.recipe == written);
        QVERIFY(!QImage(path()).isNull()); // the checksums are right
    }

    void everyTruncationIsReadWithoutHarm()
    {
        QVERIFY(!app::writePicture(path(), FakeEngine::paint(40, 40, 1), recipe()).has_value());
        QFile file(path());
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray whole = file.readAll();
        for (qsizetype length = 0; length < whole.size(); length += length < 300 ? 1 : 37) {
            write(whole.left(length));
            const app::PictureInfo info = app::readPictureInfo(path());
            QVERIFY2(!info.fault.isEmpty(), qPrintable(QString::number(length)));
        }
    }

    void flippedBytesAreReadWithoutHarm()
    {
        QVERIFY(!app::writePicture(path(), FakeEngine::paint(40, 40, 1), recipe()).has_value());
        QFile file(path());
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray whole = file.readAll();
        quint32 random = 12345;
        for (int i = 0; i < 300; ++i) {
            QByteArray damaged = whole;
            for (int k = 0; k < 4; ++k) {
                random = random * 1664525 + 1013904223;
                damaged[qsizetype(random % std::uint32_t(std::min<qsizetype>(damaged.size(), 1200)))] =
                    char(random >> 24);
            }
            write(damaged);
            (void)app::readPictureInfo(path());
        }
    }

    void hugeTextIsPassedOver()
    {
        QByteArray png = start(64, 64);
        png += chunk("tEXt", QByteArray("parameters\0", 11) + QByteArray(40 << 20, 'x'));
        png += chunk("IEND", {});
        write(png);
        QElapsedTimer clock;
        clock.start();
        const app::PictureInfo info = app::readPictureInfo(path());
        QVERIFY(clock.elapsed() < 200);
        QVERIFY(info.texts.isEmpty());
        QVERIFY(info.fault.contains(QLatin1String("passed over")));
        QCOMPARE(info.size, QSize(64, 64));
    }

    void bombOfZerosIsPassedOver()
    {
        const QByteArray packed = qCompress(QByteArray(100 << 20, '\0'), 1).mid(4);
        write(start(8, 8) + chunk("zTXt", QByteArray("parameters\0\0", 12) + packed) + chunk("IEND", {}));
        QVERIFY(app::readPictureInfo(path()).texts.isEmpty());
    }

    void hugePictureIsNotDecoded()
    {
        write(start(30000, 30000) +
              chunk("tEXt", QByteArray("parameters\0", 11) + "a fox\nSteps: 3, Sampler: Euler, Seed: 7") +
              chunk("IEND", {}));
        QElapsedTimer clock;
        clock.start();
        const app::PictureInfo info = app::readPictureInfo(path());
        QVERIFY(clock.elapsed() < 100);
        QCOMPARE(info.size, QSize(30000, 30000));
        QCOMPARE(info.recipe->request.seed, std::uint64_t(7));
        app::Failure failure;
        QVERIFY(app::readImage(path(), &failure).empty());
        QVERIFY(!failure.sentence.isEmpty());
    }

    void killedWriterLeavesOldOrNew()
    {
        const QByteArray old(3'000'000, 'o');
        const QByteArray fresh(3'000'000, 'n');
        QVERIFY(!app::writeFileAtomically(path(), old).has_value());
        for (int i = 0; i < 20; ++i) {
            const pid_t child = ::fork();
            if (child == 0) {
                while (true) {
                    (void)app::writeFileAtomically(path(), fresh);
                    (void)app::writeFileAtomically(path(), old);
                }
            }
            ::usleep(useconds_t(1000 + i * 1700));
            ::kill(child, SIGKILL);
            ::waitpid(child, nullptr, 0);
            QFile file(path());
            QVERIFY(file.open(QIODevice::ReadOnly));
            const QByteArray found = file.readAll();
            QVERIFY(found == old || found == fresh);
        }
    }

    void fullDiskIsAFailureAndLeavesNothing()
    {
        QVERIFY(!app::writeFileAtomically(path(), "old").has_value());
        rlimit before = {};
        ::getrlimit(RLIMIT_FSIZE, &before);
        std::signal(SIGXFSZ, SIG_IGN);
        const rlimit small = {.rlim_cur = 100'000, .rlim_max = before.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &small);
        const auto failure = app::writeFileAtomically(path(), QByteArray(1'000'000, 'x'));
        ::setrlimit(RLIMIT_FSIZE, &before);
        QVERIFY(failure.has_value());
        QCOMPARE(failure->kind, engine::ErrorKind::DiskFull);
        QVERIFY(!failure->sentence.isEmpty());
        QFile file(path());
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll(), QByteArray("old"));
        QCOMPARE(QDir(m_folder->path()).entryList(QDir::Files | QDir::Hidden).size(), 1);
    }

    void folderThatCannotBeMadeIsAFailure()
    {
        write("a file");
        const auto failure = app::writeFileAtomically(path() + QStringLiteral("/below/x.png"), "x");
        QVERIFY(failure.has_value());
        QVERIFY(!failure->details.isEmpty());
    }

    void otherProgramsPicturesAreRead_data()
    {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QJsonObject>("fields");
        QFile expected(QStringLiteral(TINCTURE_GOLDEN "/interop/expected.json"));
        QVERIFY(expected.open(QIODevice::ReadOnly));
        const QJsonObject files =
            QJsonDocument::fromJson(expected.readAll()).object().value(QLatin1String("files")).toObject();
        for (auto file = files.begin(); file != files.end(); ++file)
            QTest::newRow(qPrintable(file.key()))
                << file.key() << file.value().toObject().value(QLatin1String("fields")).toObject();
    }
    void otherProgramsPicturesAreRead()
    {
        QFETCH(QString, file);
        QFETCH(QJsonObject, fields);
        const app::PictureInfo info = app::readPictureInfo(QStringLiteral(TINCTURE_GOLDEN "/interop/") + file);
        QCOMPARE(info.fault, QString());
        QVERIFY(info.size.isValid());
        const bool isHidden = file.contains(QLatin1String("stealth"));
        const auto recipe = isHidden ? app::readHiddenRecipe(info.path) : info.recipe;
        QCOMPARE(recipe.has_value(), !fields.isEmpty());
        if (!recipe)
            return;
        const QJsonObject got = app::recipeToJson(*recipe);
        for (auto field = fields.begin(); field != fields.end(); ++field) {
            const QString about =
                QStringLiteral("%1: %2").arg(field.key(), got.value(field.key()).toVariant().toString());
            QVERIFY2(got.value(field.key()) == field.value(), qPrintable(about));
        }
    }

private:
    QString path() const { return m_folder->filePath(QStringLiteral("00001-7.png")); }
    void write(const QByteArray &bytes) const
    {
        QFile file(path());
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(bytes);
    }
    /// Checksums are left out: readers of metadata do not look at them.
    static QByteArray chunk(const char *type, const QByteArray &data)
    {
        QByteArray length(4, '\0');
        qToBigEndian(quint32(data.size()), length.data());
        return length + type + data + QByteArray(4, '\0');
    }
    static QByteArray start(quint32 width, quint32 height)
    {
        QByteArray head(13, '\0');
        qToBigEndian(width, head.data());
        qToBigEndian(height, head.data() + 4);
        head[8] = 8;
        head[9] = 2;
        return QByteArray("\x89PNG\r\n\x1a\n") + chunk("IHDR", head);
    }
    static app::Recipe recipe()
    {
        engine::GenerateRequest request = {.model = "/models/dream, shaper: 8.safetensors",
                                           .prompt = "a \"red\" fox, (storm:1.2)\nsecond line",
                                           .negativePrompt = "blurry",
                                           .sampler = "dpmpp_2m",
                                           .schedule = "karras",
                                           .steps = 21,
                                           .guidanceScale = 6.5,
                                           .seed = 18446744073709551600ULL,
                                           .count = 4,
                                           .clipSkip = 2};
        return app::makeRecipe(request, 3, QSize(512, 768),
                               {.modelHash = QStringLiteral("6ce0161689"),
                                .family = QStringLiteral("sd1"),
                                .precision = QStringLiteral("bfloat16"),
                                .device = QStringLiteral("cpu")});
    }

    std::unique_ptr<QTemporaryDir> m_folder;
};

QTEST_GUILESS_MAIN(ImageFileTest)
#include "image_file_test.moc"
