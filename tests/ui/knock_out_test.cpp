#include "ui/compare/knock_out.h"

#include <QTest>

#include <algorithm>

using ui::KnockOut;

class KnockOutTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void theBestWins_data();
    void theBestWins();
    void fourGiveFiveFourAndThreeStars();
    void whoHadNoPartnerMeetsSomebodyNext();
    void skippedPairsComeAgain();
    void skippingTheFinalSharesTheFirstPlace();
    void skippingEverythingMakesAllEqual();
    void undoGoesBackStepByStep();
    void countsRoundsAndPairs();
    void oneOrNoneIsOverAtOnce();
};

void KnockOutTest::theBestWins_data()
{
    QTest::addColumn<int>("count");
    for (int count = 2; count <= 16; ++count)
        QTest::addRow("%d", count) << count;
}

void KnockOutTest::theBestWins()
{
    QFETCH(int, count);
    KnockOut knockOut(count);
    QCOMPARE(knockOut.pairsLeft(), count - 1);
    int asked = 0;
    while (const auto pair = knockOut.pair()) {
        QVERIFY(asked < count);
        ++asked;
        knockOut.choose(std::max(pair->first, pair->second)); // the highest number is the best
    }
    QCOMPARE(asked, count - 1);
    const QList<KnockOut::Standing> result = knockOut.result();
    QCOMPARE(result.size(), count);
    QCOMPARE(result.first(), (KnockOut::Standing{count - 1, 1, 5}));
    QCOMPARE(result.at(1).place, 2);
    QCOMPARE(result.at(1).stars, 4);
    QList<int> seen;
    for (const KnockOut::Standing &each : result) {
        QVERIFY(each.stars >= 1 && each.stars <= 5);
        seen.append(each.picture);
    }
    std::sort(seen.begin(), seen.end());
    for (int i = 0; i < count; ++i)
        QCOMPARE(seen.at(i), i);
}

void KnockOutTest::fourGiveFiveFourAndThreeStars()
{
    KnockOut knockOut(4);
    knockOut.choose(1);
    knockOut.choose(2);
    QCOMPARE(*knockOut.pair(), std::pair(1, 2));
    knockOut.choose(2);
    QVERIFY(knockOut.isOver());
    QCOMPARE(knockOut.result(), (QList<KnockOut::Standing>{{2, 1, 5}, {1, 2, 4}, {0, 3, 3}, {3, 3, 3}}));
}

void KnockOutTest::whoHadNoPartnerMeetsSomebodyNext()
{
    KnockOut knockOut(5); // 0-1, 2-3, 4 goes on
    knockOut.choose(0);
    knockOut.choose(2);
    QCOMPARE(knockOut.pair()->first, 4);
}

void KnockOutTest::skippedPairsComeAgain()
{
    KnockOut knockOut(4);
    knockOut.skip();
    QCOMPARE(*knockOut.pair(), std::pair(2, 3));
    knockOut.choose(3);
    QCOMPARE(*knockOut.pair(), std::pair(0, 1));
    knockOut.skip(); // no other is left: both go on
    QCOMPARE(knockOut.round(), 2);
    QCOMPARE(knockOut.pairsLeft(), 2);
}

void KnockOutTest::skippingTheFinalSharesTheFirstPlace()
{
    KnockOut knockOut(2);
    knockOut.skip();
    QVERIFY(knockOut.isOver());
    QCOMPARE(knockOut.result(), (QList<KnockOut::Standing>{{0, 1, 5}, {1, 1, 5}}));
}

void KnockOutTest::skippingEverythingMakesAllEqual()
{
    KnockOut knockOut(7);
    for (int i = 0; i < 100 && !knockOut.isOver(); ++i)
        knockOut.skip();
    QVERIFY(knockOut.isOver());
    const QList<KnockOut::Standing> result = knockOut.result();
    QCOMPARE(result.size(), 7);
    for (const KnockOut::Standing &each : result)
        QCOMPARE(each.stars, 5);
}

void KnockOutTest::undoGoesBackStepByStep()
{
    KnockOut knockOut(4);
    QVERIFY(!knockOut.undo());
    knockOut.choose(0);
    knockOut.choose(3);
    knockOut.choose(3);
    QVERIFY(knockOut.isOver());
    QVERIFY(knockOut.undo());
    QCOMPARE(*knockOut.pair(), std::pair(0, 3));
    QVERIFY(knockOut.undo());
    QVERIFY(knockOut.undo());
    QCOMPARE(*knockOut.pair(), std::pair(0, 1));
    QVERIFY(!knockOut.canUndo());
    knockOut.choose(9); // none of the pair
    QCOMPARE(*knockOut.pair(), std::pair(0, 1));
}

void KnockOutTest::countsRoundsAndPairs()
{
    KnockOut knockOut(8);
    QCOMPARE(knockOut.rounds(), 3);
    QCOMPARE(knockOut.pairsInRound(), 4);
    QCOMPARE(knockOut.pairNumber(), 1);
    knockOut.choose(0);
    QCOMPARE(knockOut.pairNumber(), 2);
    QCOMPARE(knockOut.pairsLeft(), 6);
    QCOMPARE(KnockOut(5).rounds(), 3);
    QCOMPARE(KnockOut(2).rounds(), 1);
}

void KnockOutTest::oneOrNoneIsOverAtOnce()
{
    QVERIFY(KnockOut().isOver());
    QVERIFY(KnockOut(1).isOver());
    QCOMPARE(KnockOut(1).result().size(), 1);
}

QTEST_GUILESS_MAIN(KnockOutTest)
#include "knock_out_test.moc"
