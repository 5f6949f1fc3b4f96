#include "app/verify.h"

#include "app/engine_thread.h"
#include "app/model_catalog.h"
#include "app/model_hash.h"
#include "tests/support/checkpoint_files.h"
#include "tests/support/fake_engine.h"
#include "tests/support/original_layout.h"

#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using app::Verdict;

class VerifyTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_plan = std::make_shared<FakePlan>();
        m_folder = std::make_unique<QTemporaryDir>();
        m_model = m_folder->filePath(QStringLiteral("models/tiny.safetensors"));
        checkpoint_files::writeZeros(checkpoint_files::pathOf(m_model), original::tinySd1());
        m_hashes = std::make_unique<app::ModelHashes>(QString());
        m_recipe = {};
        m_recipe.request.model = m_model.toStdString();
        m_recipe.request.prompt = "a fox";
        m_recipe.request.steps = 2;
        m_recipe.request.seed = 5;
        m_recipe.request.width = 32;
        m_recipe.request.height = 24;
        m_recipe.modelName = QStringLiteral("tiny");
        m_recipe.modelHash = m_hashes->hashOf(m_model);
        m_recipe.program = QStringLiteral("Tincture");
        m_recipe.version = app::programVersion();
        m_recipe.precision = QStringLiteral("bfloat16");
        m_recipe.device = QStringLiteral("cpu");
        m_file = m_folder->filePath(QStringLiteral("fox.png"));
    }

    void theSamePictureIsIdentical()
    {
        write(FakeEngine::paint(32, 24, 5));
        const app::VerifyResult result = verify();
        QCOMPARE(result.record.verdict, Verdict::Identical);
        QVERIFY(result.record.reasons.isEmpty());
        const engine::GenerateRequest made = m_plan->requests().at(0);
        QCOMPARE(made.count, 1);
        QCOMPARE(made.precision, engine::Precision::BFloat16);
        // The verdict is kept as long as the file stays as it is.
        app::EngineThread engine(factory());
        app::ModelCatalog models(m_folder->path());
        app::Verifier again({.engine = engine, .models = models, .hashes = *m_hashes, .recordFile = recordFile()});
        QVERIFY(again.record(m_file).has_value());
        QCOMPARE(again.record(m_file)->verdict, Verdict::Identical);
        QFile file(m_file);
        QVERIFY(file.open(QIODevice::Append));
        file.write("x");
        file.close();
        QVERIFY(!again.record(m_file).has_value());
    }

    void aChangedPixelIsShown()
    {
        engine::Image image = FakeEngine::paint(32, 24, 5);
        image.pixels[30] = std::uint8_t(image.pixels[30] ^ 0x10);
        write(image);
        const app::VerifyResult result = verify();
        QCOMPARE(result.record.verdict, Verdict::Different);
        QCOMPARE(result.record.pixels, qint64(1));
        QCOMPARE(result.record.largest, 16);
        QVERIFY(result.record.psnr > 40.0);
        QCOMPARE(result.difference.size(), QSize(32, 24));
        QCOMPARE(result.amplified, 8);
        QCOMPARE(result.record.reasons.size(), 1); // nothing explains it
    }

    void reasonsAreNamed()
    {
        m_recipe.modelHash = QStringLiteral("0123456789");
        m_recipe.version = QStringLiteral("0.0.1");
        m_recipe.device = QStringLiteral("cuda");
        m_recipe.request.prompt = "a fox <lora:fur:0.8>";
        write(FakeEngine::paint(32, 24, 6));
        const QString reasons = verify().record.reasons.join(QLatin1Char('\n'));
        for (const char *part : {"0123456789", "0.0.1", "CUDA", "\"fur\""})
            QVERIFY2(reasons.contains(QLatin1String(part)), qPrintable(reasons));
    }

    void aForeignPictureIsNotExpectedToBeTheSame()
    {
        m_recipe.program = QStringLiteral("AUTOMATIC1111");
        write(FakeEngine::paint(32, 24, 6));
        const app::VerifyResult result = verify();
        QCOMPARE(result.record.verdict, Verdict::Different);
        QVERIFY(result.record.reasons.first().startsWith(QLatin1String("AUTOMATIC1111 made this picture")));
    }

    void whatCannotBeMadeIsSaid_data()
    {
        QTest::addColumn<int>("what");
        QTest::addColumn<QString>("part");
        QTest::newRow("no model") << 0 << "\"gone\"";
        QTest::newRow("start picture") << 1 << "started from another picture";
        QTest::newRow("no recipe") << 2 << "does not say how";
        QTest::newRow("no file") << 3 << "Cannot open";
        QTest::newRow("part of a recipe") << 4 << "lacks seed";
        QTest::newRow("branch") << 6 << "goes on from step 3 of \"owl.png\"";
        QTest::newRow("branch from noise") << 7 << "goes on from step 0 of \"owl.png\"";
        QTest::newRow("engine fails") << 5 << "not enough memory";
    }
    void whatCannotBeMadeIsSaid()
    {
        QFETCH(int, what);
        QFETCH(QString, part);
        if (what == 0) {
            m_recipe.request.model = "/nowhere/gone.safetensors";
            m_recipe.modelName = QStringLiteral("gone");
        } else if (what == 1) {
            m_recipe.hasInit = true;
        } else if (what == 4) {
            m_recipe.known = {"prompt", "steps", "sampler", "width", "height", "model", "model_path"};
        } else if (what == 6 || what == 7) {
            m_recipe.parent = QStringLiteral("owl.png");
            m_recipe.branchStep = what == 6 ? 3 : 0;
        } else if (what == 5) {
            m_plan->error = engine::Error(engine::ErrorKind::OutOfMemory, "", "too large");
        }
        if (what == 2)
            QVERIFY(!app::writeFileAtomically(m_file, app::encodePicture(FakeEngine::paint(8, 8, 1), std::nullopt)));
        else if (what != 3)
            write(FakeEngine::paint(32, 24, 5));
        const app::VerifyResult result = verify();
        QCOMPARE(result.record.verdict, Verdict::NotPossible);
        QVERIFY2(result.record.sentence.contains(part), qPrintable(result.record.sentence));
    }

    void aMovedModelIsFoundByItsName()
    {
        m_recipe.request.model = "/elsewhere/tiny.safetensors";
        write(FakeEngine::paint(32, 24, 5));
        QCOMPARE(verify().record.verdict, Verdict::Identical);
        QCOMPARE(QString::fromStdString(m_plan->requests().at(0).model.string()), m_model);
    }

    void aHashThatIsNotWantedEnds()
    {
        std::stop_source stop;
        stop.request_stop();
        app::ModelHashes hashes{QString()};
        QVERIFY(hashes.hashOf(m_model, stop.get_token()).isEmpty());
        QCOMPARE(hashes.hashOf(m_model), m_recipe.modelHash); // the others go on
    }

    void itCanBeCancelled()
    {
        m_plan->stepMs = 200;
        write(FakeEngine::paint(32, 24, 5));
        app::EngineThread engine(factory());
        app::ModelCatalog models(m_folder->path());
        app::Verifier verifier({.engine = engine, .models = models, .hashes = *m_hashes});
        QSignalSpy finished(&verifier, &app::Verifier::finished);
        QSignalSpy started(&engine, &app::EngineThread::jobStarted);
        verifier.start(m_file);
        QVERIFY(started.wait());
        verifier.cancel();
        QCOMPARE(finished.size(), 1);
        QVERIFY(finished.first().first().value<app::VerifyResult>().wasCancelled);
        QVERIFY(!verifier.isBusy());
        QTRY_VERIFY(!engine.isBusy());
        QCOMPARE(finished.size(), 1);
    }

private:
    app::EngineFactory factory()
    {
        return [plan = m_plan] { return std::make_unique<FakeEngine>(plan); };
    }
    [[nodiscard]] QString recordFile() const { return m_folder->filePath(QStringLiteral("verified.json")); }
    void write(const engine::Image &image) { QVERIFY(!app::writePicture(m_file, image, m_recipe)); }
    app::VerifyResult verify()
    {
        app::EngineThread engine(factory());
        QSignalSpy ready(&engine, &app::EngineThread::ready);
        engine.start();
        (void)ready.wait();
        app::ModelCatalog models(m_folder->filePath(QStringLiteral("models")));
        QSignalSpy scanned(&models, &app::ModelCatalog::scanned);
        models.rescan();
        (void)scanned.wait();
        app::Verifier verifier({.engine = engine, .models = models, .hashes = *m_hashes, .recordFile = recordFile()});
        QSignalSpy finished(&verifier, &app::Verifier::finished);
        verifier.start(m_file);
        if (!finished.wait(20000))
            return {};
        return finished.first().first().value<app::VerifyResult>();
    }

    std::shared_ptr<FakePlan> m_plan;
    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<app::ModelHashes> m_hashes;
    app::Recipe m_recipe;
    QString m_model;
    QString m_file;
};

QTEST_GUILESS_MAIN(VerifyTest)
#include "verify_test.moc"
