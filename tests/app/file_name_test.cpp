#include "app/file_name.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

class FileNameTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void patternsBecomeNames_data()
    {
        QTest::addColumn<QString>("pattern");
        QTest::addColumn<QString>("name");
        QTest::newRow("default") << "[seq]-[seed]"
                                 << "00012-77";
        QTest::newRow("numbers") << "[steps] [cfg] [width]x[height] [clip_skip] [batch_number]"
                                 << "20 6.5 512x768 1 3";
        QTest::newRow("ids") << "[sampler]_[scheduler]"
                             << "dpmpp_2m_karras";
        QTest::newRow("model") << "[model_name]-[model_hash]"
                               << "dream-6ce0161689";
        QTest::newRow("date") << "[date]"
                              << "2026-03-04";
        QTest::newRow("format") << "[datetime<yyyy>]"
                                << "2026";
        QTest::newRow("words") << "[prompt_words]"
                               << "a red fox storm 1 2";
        QTest::newRow("other text stays") << "my [thing] [seed]"
                                          << "my [thing] 77";
        QTest::newRow("no path") << "../[seed]/x"
                                 << "_77_x";
        QTest::newRow("empty") << ""
                               << "00012";
        QTest::newRow("hidden") << ".."
                                << "00012";
    }
    void patternsBecomeNames()
    {
        QFETCH(QString, pattern);
        app::Recipe recipe;
        recipe.request = {.prompt = "a \"red\" fox, (storm:1.2)",
                          .sampler = "dpmpp_2m",
                          .schedule = "karras",
                          .steps = 20,
                          .guidanceScale = 6.5,
                          .width = 512,
                          .height = 768,
                          .seed = 77};
        recipe.modelName = QStringLiteral("dream");
        recipe.modelHash = QStringLiteral("6ce0161689");
        recipe.picture = 2;
        recipe.created = QDateTime(QDate(2026, 3, 4), QTime(5, 6, 7));
        QTEST(app::pictureFileName(pattern, recipe, 12), "name");
    }

    void longPromptsAreCutToAName()
    {
        app::Recipe recipe;
        recipe.request.prompt = std::string(3000, 'x') + " 海辺の灯台";
        QVERIFY(app::pictureFileName(QStringLiteral("[prompt_words]"), recipe, 1).toUtf8().size() <= 200);
    }

    void numbersGoOnBehindTheHighest()
    {
        QTemporaryDir folder;
        QCOMPARE(app::nextSequence(folder.path()), 0);
        for (const char *name : {"00041-7.png", "00007-99.png", "notes 99.txt", "123456789012-5.png"}) {
            QFile file(folder.filePath(QLatin1String(name)));
            QVERIFY(file.open(QIODevice::WriteOnly));
        }
        QCOMPARE(app::nextSequence(folder.path()), 42);
    }
};

QTEST_GUILESS_MAIN(FileNameTest)
#include "file_name_test.moc"
