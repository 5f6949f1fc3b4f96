#include "app/failure.h"

#include <QTest>

class FailureTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyKindHasASentenceInTheUsersWords_data()
    {
        QTest::addColumn<int>("kind");
        for (int kind = 0; kind <= int(engine::ErrorKind::Internal); ++kind)
            QTest::addRow("kind %d", kind) << kind;
    }
    void everyKindHasASentenceInTheUsersWords()
    {
        QFETCH(int, kind);
        const engine::Error error(engine::ErrorKind(kind), "/home/user/models/fox.safetensors",
                                  "tensor x lies outside");
        const app::Failure failure = app::Failure::fromError(error);
        QVERIFY(!failure.sentence.isEmpty());
        QVERIFY(failure.sentence.endsWith(QLatin1Char('.')));
        QVERIFY(!failure.sentence.contains(QLatin1Char('!')));
        QVERIFY(!failure.sentence.contains(QLatin1String("please"), Qt::CaseInsensitive));
        QVERIFY(!failure.sentence.startsWith(QLatin1String("Error")));
        QVERIFY(!failure.sentence.contains(QLatin1String("tensor x")));
        QVERIFY(failure.details.contains(QLatin1String("tensor x lies outside")));
        QCOMPARE(app::failureSentence(error), failure.sentence);
    }
};

QTEST_GUILESS_MAIN(FailureTest)
#include "failure_test.moc"
