#include "app/picture_export.h"

#include "app/image_file.h"
#include "tests/support/fake_engine.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QImageReader>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>
#include <sys/resource.h>

using app::ExportFormat;
using app::ExportOptions;
using app::ExportResult;
using app::ExportSize;

class PictureExportTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_files.clear();
        for (int i = 0; i < 3; ++i) {
            app::Recipe recipe;
            recipe.request.prompt = "a fox with ümlaut";
            recipe.request.seed = std::uint64_t(100 + i);
            recipe.request.width = 64;
            recipe.request.height = 48;
            recipe.modelName = QStringLiteral("starter");
            recipe.program = QStringLiteral("Tincture");
            recipe.version = QStringLiteral("1");
            const QString path = m_folder->filePath(QStringLiteral("in/%1.png").arg(i));
            QVERIFY(!app::writePicture(path, FakeEngine::paint(64, 48, std::uint64_t(i)), recipe));
            m_files.append(path);
        }
    }

    void formatsKeepPixelsAndRecipe_data()
    {
        QTest::addColumn<ExportFormat>("format");
        QTest::addColumn<bool>("lossless");
        QTest::newRow("png") << ExportFormat::Png << true;
        QTest::newRow("jpeg") << ExportFormat::Jpeg << false;
        QTest::newRow("webp") << ExportFormat::Webp << false;
        QTest::newRow("webp without loss") << ExportFormat::Webp << true;
    }
    void formatsKeepPixelsAndRecipe()
    {
        QFETCH(ExportFormat, format);
        QFETCH(bool, lossless);
        ExportOptions options = to();
        options.format = format;
        options.isLossless = lossless;
        const ExportResult result = run(options);
        QVERIFY(result.isWhole());
        QCOMPARE(result.written.size(), 3);
        const app::PictureInfo info = app::readPictureInfo(result.written.first());
        QCOMPARE(info.fault, QString());
        QCOMPARE(info.size, QSize(64, 48));
        QVERIFY(info.recipe.has_value());
        QCOMPARE(info.recipe->request.seed, std::uint64_t(100));
        QCOMPARE(info.recipe->request.prompt, std::string("a fox with ümlaut"));
        QCOMPARE(info.recipe->program, QStringLiteral("Tincture"));
        QStringList keys;
        for (const auto &text : info.texts)
            keys.append(text.first);
        QVERIFY(keys.contains(QStringLiteral("tincture")));
        if (lossless)
            QVERIFY(app::readImage(result.written.first()) == FakeEngine::paint(64, 48, 0));
        // Without metadata nothing is left of it.
        options.keepsMetadata = false;
        const ExportResult bare = run(options);
        QVERIFY(app::readPictureInfo(bare.written.first()).texts.isEmpty());
        QVERIFY(!app::readImage(bare.written.first()).empty());
    }

    void aPngStaysTheSameFile()
    {
        const ExportResult result = run(to());
        QCOMPARE(bytesOf(result.written.first()), bytesOf(m_files.first()));
    }

    void sizesAreChanged_data()
    {
        QTest::addColumn<ExportSize>("kind");
        QTest::addColumn<double>("value");
        QTest::addColumn<QSize>("size");
        QTest::newRow("longest side") << ExportSize::LongestSide << 32.0 << QSize(32, 24);
        QTest::newRow("small stays") << ExportSize::LongestSide << 640.0 << QSize(64, 48);
        QTest::newRow("half") << ExportSize::Percent << 50.0 << QSize(32, 24);
        QTest::newRow("double") << ExportSize::Percent << 200.0 << QSize(128, 96);
    }
    void sizesAreChanged()
    {
        QFETCH(ExportSize, kind);
        QFETCH(double, value);
        QFETCH(QSize, size);
        ExportOptions options = to();
        options.size = kind;
        options.longestSide = int(value);
        options.percent = value;
        const ExportResult result = run(options);
        const app::PictureInfo info = app::readPictureInfo(result.written.first());
        QCOMPARE(info.size, size);
        QVERIFY(info.recipe.has_value()); // its texts go along
    }

    void namesFollowThePattern_data()
    {
        QTest::addColumn<QString>("pattern");
        QTest::addColumn<QString>("name");
        QTest::newRow("old name") << "[name]"
                                  << "0";
        QTest::newRow("nothing") << ""
                                 << "0";
        QTest::newRow("numbers") << "[seq]-[seed]"
                                 << "00001-100";
        QTest::newRow("both") << "[name]_[width]x[height]"
                              << "0_64x48";
        QTest::newRow("no path") << "a/b"
                                 << "a_b";
    }
    void namesFollowThePattern()
    {
        QFETCH(QString, pattern);
        QFETCH(QString, name);
        ExportOptions options = to();
        options.pattern = pattern;
        QCOMPARE(QFileInfo(run(options).written.first()).completeBaseName(), name);
    }

    void nothingIsOverwritten()
    {
        ExportOptions options = to();
        options.pattern = QStringLiteral("fox");
        const QStringList first = names(run(options));
        QCOMPARE(first, (QStringList{"fox.png", "fox-2.png", "fox-3.png"}));
        const QByteArray before = bytesOf(QDir(options.folder).filePath(QStringLiteral("fox.png")));
        QCOMPARE(names(run(options)).first(), QStringLiteral("fox-4.png"));
        QCOMPARE(bytesOf(QDir(options.folder).filePath(QStringLiteral("fox.png"))), before);
    }

    void anUnreadablePictureIsSaidAndTheRestGoesOn()
    {
        QFile broken(m_folder->filePath(QStringLiteral("in/broken.png")));
        QVERIFY(broken.open(QIODevice::WriteOnly));
        broken.write(bytesOf(m_files.first()).left(60));
        broken.close();
        m_files.insert(1, broken.fileName());
        ExportOptions options = to();
        options.format = ExportFormat::Jpeg;
        const ExportResult result = run(options);
        QCOMPARE(result.pictures, 3);
        QCOMPARE(result.failures.size(), 1);
        QVERIFY(result.failures.first().sentence.contains(QLatin1String("broken.png")));
        QVERIFY2(app::exportSentence(result).startsWith(QLatin1String("3 of 4 pictures exported")),
                 qPrintable(app::exportSentence(result)));
    }

    void aFolderThatCannotBeWrittenIsSaid()
    {
        // A file stands where the folder should be: even root cannot write there.
        ExportOptions options = to();
        options.folder = m_files.first() + QStringLiteral("/below");
        const ExportResult result = run(options);
        QVERIFY(result.stopped.has_value());
        QCOMPARE(result.pictures, 0);
        QVERIFY(app::exportSentence(result).contains(QLatin1String("Nothing was written")));
    }

    void aFullDiskEndsItAndSaysWhatWasWritten()
    {
        // A limit on the size of files stands for the end of the disk: the third picture does not fit.
        std::uint32_t state = 1;
        engine::Image noise = {.width = 200, .height = 200, .channels = 3};
        for (int i = 0; i < 200 * 200 * 3; ++i) {
            state = state * 1664525U + 1013904223U;
            noise.pixels.push_back(std::uint8_t(state >> 24));
        }
        m_files[2] = m_folder->filePath(QStringLiteral("in/large.png"));
        QVERIFY(!app::writePicture(m_files[2], noise, {}));
        m_files.append(m_files[0]);
        rlimit before = {};
        ::getrlimit(RLIMIT_FSIZE, &before);
        std::signal(SIGXFSZ, SIG_IGN);
        const rlimit small = {.rlim_cur = 20'000, .rlim_max = before.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &small);
        const ExportResult result = run(to());
        ExportOptions zip = to();
        zip.as = app::ExportAs::Zip;
        const ExportResult zipped = run(zip);
        ::setrlimit(RLIMIT_FSIZE, &before);
        QVERIFY(result.stopped.has_value());
        QCOMPARE(result.pictures, 2);
        QVERIFY2(app::exportSentence(result).contains(QLatin1String("2 of 4 pictures were written")),
                 qPrintable(app::exportSentence(result)));
        QVERIFY(zipped.stopped.has_value());
        QCOMPARE(zipped.pictures, 0);
        QCOMPARE(QDir(zip.folder).entryList(QDir::Files | QDir::Hidden).size(), 2); // no half zip is left
    }

    void aZipHoldsThePictures()
    {
        ExportOptions options = to();
        options.as = app::ExportAs::Zip;
        options.bundleName = QStringLiteral("Füchse");
        options.pattern = QStringLiteral("fox");
        const ExportResult result = run(options);
        QVERIFY2(result.isWhole(), qPrintable(app::exportSentence(result)));
        QCOMPARE(names(result), QStringList{QStringLiteral("Füchse.zip")});
        const QByteArray zip = bytesOf(result.written.first());
        QVERIFY(zip.startsWith("PK\x03\x04"));
        for (const char *name : {"fox.png", "fox-2.png", "fox-3.png"})
            QCOMPARE(zip.count(name), 2);                // at the entry and in the list at the end
        QVERIFY(zip.contains(bytesOf(m_files.first()))); // stored as it is
        QCOMPARE(QDir(options.folder).entryList(QDir::Files | QDir::Hidden).size(), 1);
    }

    void contactSheetsAreDrawn_data()
    {
        QTest::addColumn<app::ExportAs>("as");
        QTest::newRow("png") << app::ExportAs::SheetPng;
        QTest::newRow("pdf") << app::ExportAs::SheetPdf;
    }
    void contactSheetsAreDrawn()
    {
        QFETCH(app::ExportAs, as);
        ExportOptions options = to();
        options.as = as;
        options.columns = 2;
        options.caption = app::SheetCaption::Settings;
        m_files.append(m_folder->filePath(QStringLiteral("none.png")));
        const ExportResult result = run(options);
        QCOMPARE(result.written.size(), 1);
        QCOMPARE(result.pictures, 3);
        QCOMPARE(result.failures.size(), 1);
        const QByteArray bytes = bytesOf(result.written.first());
        if (as == app::ExportAs::SheetPdf) {
            QVERIFY(bytes.startsWith("%PDF-"));
        } else {
            const QImage sheet = QImage::fromData(bytes);
            QVERIFY(sheet.width() > 1500);
            QCOMPARE(sheet.pixelColor(2, 2), QColor(Qt::white));
        }
    }

    void aPlotIsDrawnWithHeadings()
    {
        const app::PlotSheet sheet = {.title = QStringLiteral("Steps × Sampler"),
                                      .xName = QStringLiteral("Steps"),
                                      .yName = QStringLiteral("Sampler"),
                                      .columns = {"10", "20"},
                                      .rows = {"Euler", "Heun"},
                                      .files = {m_files[0], m_files[1], m_files[2], QString()}};
        for (const app::SheetKind kind : {app::SheetKind::Png, app::SheetKind::Pdf}) {
            const QString ending = kind == app::SheetKind::Png ? QStringLiteral("png") : QStringLiteral("pdf");
            const ExportResult result =
                app::exportPlotSheet(sheet, kind, m_folder->filePath(QStringLiteral("plot.") + ending), [](int) {}, {});
            QVERIFY(result.isWhole());
            QCOMPARE(result.pictures, 3);
            QVERIFY(QFileInfo(result.written.first()).size() > 1000);
        }
    }

    void theBackgroundCanBeCancelled()
    {
        app::PictureExporter exporter;
        QSignalSpy finished(&exporter, &app::PictureExporter::finished);
        QSignalSpy progressed(&exporter, &app::PictureExporter::progressed);
        QStringList many;
        for (int i = 0; i < 2000; ++i)
            many.append(m_files);
        ExportOptions options = to();
        options.size = ExportSize::Percent;
        const int order = exporter.start(many, options);
        QVERIFY(progressed.wait());
        exporter.cancel(order);
        QVERIFY(finished.wait());
        const auto result = finished.first().at(1).value<ExportResult>();
        QVERIFY(result.wasCancelled);
        QVERIFY(result.pictures < int(many.size()));
        QVERIFY(app::exportSentence(result).startsWith(QLatin1String("Stopped")));
        QVERIFY(!exporter.isBusy());
    }

private:
    [[nodiscard]] ExportOptions to() const
    {
        ExportOptions options;
        options.folder = m_folder->filePath(QStringLiteral("out"));
        return options;
    }
    [[nodiscard]] ExportResult run(const ExportOptions &options) const
    {
        return app::exportPictures(m_files, options, [](int) {}, {});
    }
    static QStringList names(const ExportResult &result)
    {
        QStringList list;
        for (const QString &file : result.written)
            list.append(QFileInfo(file).fileName());
        return list;
    }
    static QByteArray bytesOf(const QString &path)
    {
        QFile file(path);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    QStringList m_files;
};

QTEST_MAIN(PictureExportTest)
#include "picture_export_test.moc"
