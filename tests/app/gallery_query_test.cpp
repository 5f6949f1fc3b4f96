#include "app/gallery_query.h"

#include <QTest>

class GalleryQueryTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void conditionsAreUnderstood_data();
    void conditionsAreUnderstood();
    void mistakesAreSaidInWords();
    void wildcardsOfTheIndexAreOrdinaryLetters();
};

void GalleryQueryTest::conditionsAreUnderstood_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<bool>("isHit");
    QTest::newRow("nothing") << "" << true;
    QTest::newRow("word") << "owl" << true;
    QTest::newRow("case") << "OWL" << true;
    QTest::newRow("both words") << "owl eyes" << true;
    QTest::newRow("one word is not there") << "owl cat" << false;
    QTest::newRow("not") << "owl -night" << true;
    QTest::newRow("not, but there") << "-owl" << false;
    QTest::newRow("phrase") << "\"round eyes\"" << true;
    QTest::newRow("phrase in another order") << "\"eyes round\"" << false;
    QTest::newRow("more") << "steps:>19" << true;
    QTest::newRow("not more") << "steps:>20" << false;
    QTest::newRow("at least") << "steps:>=20 stars:>=3" << true;
    QTest::newRow("less") << "stars:<4" << false;
    QTest::newRow("equal") << "width:128 height:=128" << true;
    QTest::newRow("guidance") << "guidance:6.5" << true;
    QTest::newRow("seed beyond 63 bits") << "seed:18446744073709551615" << true;
    QTest::newRow("another seed") << "seed:18446744073709551614" << false;
    QTest::newRow("model") << "model:start" << true;
    QTest::newRow("model with space") << "\"model:my starter\"" << false;
    QTest::newRow("negative prompt") << "negative:blurry" << true;
    QTest::newRow("since") << "since:2026-11-01" << true;
    QTest::newRow("before") << "before:2026-11-01" << false;
    QTest::newRow("after that day") << "after:2026-11-20" << false;
    QTest::newRow("half typed") << "steps: owl" << true;
    QTest::newRow("no field of that name") << "eyes:round" << false;
}

void GalleryQueryTest::conditionsAreUnderstood()
{
    QFETCH(QString, text);
    QFETCH(bool, isHit);
    const app::GalleryPicture picture = {.created = QDateTime(QDate(2026, 11, 20), QTime(14, 2)),
                                         .size = QSize(128, 128),
                                         .prompt = QStringLiteral("Owl with big round eyes"),
                                         .negative = QStringLiteral("blurry"),
                                         .model = QStringLiteral("starter"),
                                         .sampler = QStringLiteral("dpmpp_2m"),
                                         .steps = 20,
                                         .cfg = 6.5,
                                         .seed = 18446744073709551615ULL,
                                         .stars = 4};
    const app::GalleryQuery query(text);
    QVERIFY2(query.problem().isEmpty(), qPrintable(query.problem()));
    QCOMPARE(query.matches(picture), isHit);
}

void GalleryQueryTest::mistakesAreSaidInWords()
{
    QVERIFY(app::GalleryQuery(QStringLiteral("steps:many")).problem().contains(QStringLiteral("steps")));
    QVERIFY(app::GalleryQuery(QStringLiteral("since:yesterday")).problem().contains(QStringLiteral("yesterday")));
    QVERIFY(app::GalleryQuery(QStringLiteral("steps:many")).isEmpty());
}

void GalleryQueryTest::wildcardsOfTheIndexAreOrdinaryLetters()
{
    QVariantList values;
    const QString where = app::GalleryQuery(QStringLiteral("50% a_b")).where(&values);
    QVERIFY(where.contains(QStringLiteral("ESCAPE")));
    QCOMPARE(values.at(0).toString(), QStringLiteral("%50\\%%"));
    QCOMPARE(values.at(1).toString(), QStringLiteral("%a\\_b%"));
}

QTEST_GUILESS_MAIN(GalleryQueryTest)
#include "gallery_query_test.moc"
