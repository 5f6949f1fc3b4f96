#include "app/recipe_difference.h"

#include <QTest>

using app::RecipeDifference;
using app::RecipeSetting;
using app::WordRun;

namespace {

app::Recipe recipe()
{
    app::Recipe made;
    made.request.prompt = "cat face, smiling";
    made.request.width = 512;
    made.request.height = 512;
    made.request.seed = 7;
    made.modelName = QStringLiteral("dreamshaper_8");
    made.precision = QStringLiteral("bfloat16");
    return made;
}

/// "-gone- +new+ same"
QString marked(const QList<WordRun> &runs)
{
    QString text;
    for (const WordRun &run : runs) {
        const QString mark = run.kind == WordRun::Kind::Removed    ? QStringLiteral("-")
                             : run.kind == WordRun::Kind::Inserted ? QStringLiteral("+")
                                                                   : QString();
        text += mark + (mark.isEmpty() ? run.text : run.text.trimmed()) + mark;
    }
    return text;
}

} // namespace

class RecipeDifferenceTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void marksWords_data();
    void marksWords();
    void longTextsTakeNoTime();
    void onlyWhatDiffersDiffers();
    void unknownValuesAreNoDifference();
    void picturesWithoutRecipeSayNothing();
    void labelsAreForPeople();
    void appliesOneSettingOnly();
};

void RecipeDifferenceTest::marksWords_data()
{
    QTest::addColumn<QString>("from");
    QTest::addColumn<QString>("to");
    QTest::addColumn<QString>("words");
    const auto row = [](const char *from, const char *to, const char *words) {
        QTest::newRow(from) << QString::fromUtf8(from) << QString::fromUtf8(to) << QString::fromUtf8(words);
    };
    row("cat face, smiling", "cat with sunglasses, smiling", "cat -face-+with sunglasses+, smiling");
    row("a cat", "a cat sitting", "a cat +sitting+");
    row("a cat sitting", "a cat", "a cat -sitting-");
    row("", "new", "+new+");
    row("gone", "", "-gone-");
    row("the same", "the same", "the same");
    row("spaces  do   not", "spaces do not", "spaces  do   not");
    row("a (red:1.2) fox", "a (red:1.3) fox", "a (red:-1.2-+1.3+) fox");
    row("one two three", "three two one", "-one two-three +two one+");
    row("größer, 猫", "kleiner, 猫", "-größer-+kleiner+, 猫");
    row("  leading", "leading", "-  leading-+leading+");
}

void RecipeDifferenceTest::marksWords()
{
    QFETCH(QString, from);
    QFETCH(QString, to);
    QFETCH(QString, words);
    if (from.startsWith(QLatin1Char(' '))) { // spaces at the very start are a word without letters
        QString kept;
        for (const WordRun &run : RecipeDifference::words(from, to)) {
            if (run.kind != WordRun::Kind::Removed)
                kept += run.text;
        }
        QCOMPARE(kept, to);
        return;
    }
    QCOMPARE(marked(RecipeDifference::words(from, to)), words);
}

void RecipeDifferenceTest::longTextsTakeNoTime()
{
    QString a;
    QString b;
    for (int i = 0; i < 20'000; ++i) {
        a += QStringLiteral("word%1 ").arg(i);
        b += QStringLiteral("other%1 ").arg(i);
    }
    const QList<WordRun> runs = RecipeDifference::words(a, b);
    QCOMPARE(runs.size(), 2);
    QCOMPARE(runs.first().kind, WordRun::Kind::Removed);
}

void RecipeDifferenceTest::onlyWhatDiffersDiffers()
{
    app::Recipe other = recipe();
    other.request.guidanceScale = 8.0;
    other.request.prompt = "cat with sunglasses, smiling";
    QStringList differing;
    int all = 0;
    for (const app::SettingRow &row : RecipeDifference::compare({recipe(), other})) {
        ++all;
        if (row.differs)
            differing.append(row.name);
        if (row.setting == RecipeSetting::Guidance)
            QCOMPARE(row.values, QStringList({QStringLiteral("7"), QStringLiteral("8")}));
    }
    QCOMPARE(differing, QStringList({QStringLiteral("Prompt"), QStringLiteral("Guidance")}));
    QVERIFY(all > 12);
}

void RecipeDifferenceTest::unknownValuesAreNoDifference()
{
    app::Recipe other = recipe();
    other.known = {QStringLiteral("prompt"), QStringLiteral("seed")};
    other.request.steps = 99; // it does not say so
    other.request.seed = 8;
    for (const app::SettingRow &row : RecipeDifference::compare({recipe(), other})) {
        QCOMPARE(row.differs, row.setting == RecipeSetting::Seed);
        if (row.setting == RecipeSetting::Steps)
            QCOMPARE(row.values, QStringList({QStringLiteral("20"), QString()}));
    }
}

void RecipeDifferenceTest::picturesWithoutRecipeSayNothing()
{
    QVERIFY(RecipeDifference::compare({std::nullopt, std::nullopt}).isEmpty());
    for (const app::SettingRow &row : RecipeDifference::compare({recipe(), std::nullopt})) {
        QVERIFY(!row.differs);
        QCOMPARE(row.values.size(), 2);
        QVERIFY(row.values.at(1).isEmpty());
    }
}

void RecipeDifferenceTest::labelsAreForPeople()
{
    QCOMPARE(RecipeDifference::text(recipe(), RecipeSetting::Sampler), QStringLiteral("DPM++ 2M"));
    QCOMPARE(RecipeDifference::text(recipe(), RecipeSetting::Size), QStringLiteral("512 × 512"));
    QCOMPARE(RecipeDifference::text(recipe(), RecipeSetting::Model), QStringLiteral("dreamshaper_8"));
    for (const RecipeSetting setting : RecipeDifference::settings())
        QVERIFY(!RecipeDifference::name(setting).isEmpty());
}

void RecipeDifferenceTest::appliesOneSettingOnly()
{
    app::Recipe from = recipe();
    from.request.guidanceScale = 3.5;
    from.request.steps = 44;
    from.request.clipSkip = 2;
    engine::GenerateRequest to;
    engine::GenerateRequest want = to;
    want.guidanceScale = 3.5;
    app::applySetting(from, RecipeSetting::Guidance, to);
    QVERIFY(to == want);
    app::applySetting(from, RecipeSetting::Size, to);
    QCOMPARE(to.width, 512);
    QCOMPARE(to.height, 512);
    QCOMPARE(to.steps, want.steps);
    app::applySetting(from, RecipeSetting::Precision, to);
    QCOMPARE(to.precision, engine::Precision::BFloat16);
    const engine::GenerateRequest before = to;
    app::applySetting(from, RecipeSetting::Mask, to);
    QVERIFY(to == before);
}

QTEST_GUILESS_MAIN(RecipeDifferenceTest)
#include "recipe_difference_test.moc"
