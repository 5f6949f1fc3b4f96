#include "app/gallery_query.h"

#include <QTest>

class GalleryQueryTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void conditionsAreUnderstood_data();
    void conditionsAreUnderstood();
    void mistakesAreSaidInWords_data();
    void mistakesAreSaidInWords();
    void wrongPartsAreLeftOut();
    void termsStandWhereTheyWereTyped();
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
    QTest::newRow("beginning of a word") << "ow roun" << true;
    QTest::newRow("middle of a word") << "wl" << false;
    QTest::newRow("quoted words are whole") << "\"round eye\"" << false;
    QTest::newRow("accents") << "Öwl" << true;
    QTest::newRow("one of two") << "cat OR owl" << true;
    QTest::newRow("none of two") << "cat OR dog" << false;
    QTest::newRow("one of two, and another") << "cat OR owl stars:4" << true;
    QTest::newRow("tag") << "tag:keep" << true;
    QTest::newRow("tag is the whole tag") << "tag:kee" << false;
    QTest::newRow("tag in other letters") << "tag:KEEP -tag:draft" << true;
    QTest::newRow("tag as a word") << "keep" << true;
    QTest::newRow("label") << "label:red" << true;
    QTest::newRow("another label") << "label:blue" << false;
    QTest::newRow("no label") << "label:none" << false;
    QTest::newRow("not rejected") << "-is:rejected" << true;
    QTest::newRow("rejected") << "is:rejected" << false;
    QTest::newRow("note") << "has:note note:print" << true;
    QTest::newRow("pixels") << "size:128x128" << true;
    QTest::newRow("bytes") << "size:>2kb" << true;
    QTest::newRow("too many bytes") << "size:>1mb" << false;
    QTest::newRow("month") << "date:2026-11" << true;
    QTest::newRow("year") << "date:2025" << false;
    QTest::newRow("before a month") << "before:2026-12" << true;
    QTest::newRow("collection") << "collection:best" << true;
    QTest::newRow("folder") << "folder:pictures" << true;
    QTest::newRow("file name") << "00012" << true;
    QTest::newRow("square") << "is:square" << true;
    QTest::newRow("negative is no word of the picture") << "blurry" << false;
    QTest::newRow("only signs") << "%% owl" << true;
}

void GalleryQueryTest::conditionsAreUnderstood()
{
    QFETCH(QString, text);
    QFETCH(bool, isHit);
    const app::GalleryPicture picture = {.path = QStringLiteral("/pictures/00012-7.png"),
                                         .bytes = 4000,
                                         .created = QDateTime(QDate(2026, 11, 20), QTime(14, 2)),
                                         .size = QSize(128, 128),
                                         .prompt = QStringLiteral("Owl with big round eyes"),
                                         .negative = QStringLiteral("blurry"),
                                         .model = QStringLiteral("starter"),
                                         .sampler = QStringLiteral("dpmpp_2m"),
                                         .steps = 20,
                                         .cfg = 6.5,
                                         .seed = 18446744073709551615ULL,
                                         .stars = 4,
                                         .label = 1,
                                         .tags = {QStringLiteral("keep")},
                                         .note = QStringLiteral("print it"),
                                         .collections = {QStringLiteral("c1")}};
    const QList<app::GalleryCollection> collections = {
        {.id = QStringLiteral("c1"), .name = QStringLiteral("The best")}};
    const app::GalleryQuery query(text);
    QVERIFY2(query.problem().isEmpty(), qPrintable(query.problem()));
    QCOMPARE(query.matches(picture, collections), isHit);
}

void GalleryQueryTest::mistakesAreSaidInWords_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("said");
    QTest::newRow("number") << "steps:many"
                            << "steps";
    QTest::newRow("date") << "since:last"
                          << "last";
    QTest::newRow("month that is none") << "date:2026-13"
                                        << "2026-13";
    QTest::newRow("field") << "eyes:round"
                           << "eyes";
    QTest::newRow("state") << "is:lost"
                           << "rejected";
    QTest::newRow("part") << "has:wings"
                          << "note";
    QTest::newRow("colour") << "label:orange"
                            << "purple";
    QTest::newRow("stars") << "stars:7"
                           << "0 to 5";
    QTest::newRow("seed") << "seed:x"
                          << "seed";
    QTest::newRow("size") << "size:large"
                          << "512x768";
    QTest::newRow("or before nothing") << "OR owl"
                                       << "OR";
}

void GalleryQueryTest::mistakesAreSaidInWords()
{
    QFETCH(QString, text);
    QFETCH(QString, said);
    const app::GalleryQuery query(text);
    QVERIFY2(query.problem().contains(said), qPrintable(query.problem()));
}

void GalleryQueryTest::wrongPartsAreLeftOut()
{
    QVERIFY(app::GalleryQuery(QStringLiteral("steps:many")).isEmpty());
    QCOMPARE(app::GalleryQuery(QStringLiteral("steps:many owl")).clauses().size(), 1);
    QVERIFY(app::GalleryQuery(QStringLiteral("is:rej")).problem().isEmpty()); // still being typed
}

void GalleryQueryTest::termsStandWhereTheyWereTyped()
{
    const app::GalleryQuery query(QStringLiteral("owl  tag:\"two words\" -steps:x"));
    QCOMPARE(query.terms().size(), 3);
    QCOMPARE(query.terms().at(1).text, QStringLiteral("tag:\"two words\""));
    QCOMPARE(query.terms().at(1).start, 5);
    QVERIFY(!query.terms().at(2).problem.isEmpty());
    QCOMPARE(query.without(1), QStringLiteral("owl -steps:x"));
    QCOMPARE(query.without(0), QStringLiteral("tag:\"two words\" -steps:x"));
}

QTEST_GUILESS_MAIN(GalleryQueryTest)
#include "gallery_query_test.moc"
