#include "engine/training/lr_schedule.h"

#include <QTest>

#include <cmath>

using engine::LearningRate;
using engine::LearningRateSchedule;

class LrScheduleTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void warmupRisesInALine();
    void cosineFallsToTheFloor_data();
    void cosineFallsToTheFloor();
    void constantStaysAtItsPeak();
    void warmupAndCosineMultiply();
};

void LrScheduleTest::warmupRisesInALine()
{
    const LearningRate rate{.peak = 2.0, .warmupSteps = 4, .shape = LearningRateSchedule::Constant};
    QCOMPARE(rate.at(0, 0.0), 0.5);
    QCOMPARE(rate.at(1, 0.0), 1.0);
    QCOMPARE(rate.at(2, 0.0), 1.5);
    QCOMPARE(rate.at(3, 0.0), 2.0);
    QCOMPARE(rate.at(4, 0.0), 2.0);
}

void LrScheduleTest::cosineFallsToTheFloor_data()
{
    QTest::addColumn<double>("progress");
    QTest::addColumn<double>("expected"); // floor + (peak - floor) (1 + cos(pi progress)) / 2
    QTest::newRow("begin") << 0.0 << 2.0;
    QTest::newRow("third") << 1.0 / 3.0 << 0.2 + 1.8 * 0.75;
    QTest::newRow("half") << 0.5 << 1.1;
    QTest::newRow("two thirds") << 2.0 / 3.0 << 0.2 + 1.8 * 0.25;
    QTest::newRow("end") << 1.0 << 0.2;
    QTest::newRow("over time") << 1.3 << 0.2;
}

void LrScheduleTest::cosineFallsToTheFloor()
{
    QFETCH(const double, progress);
    QFETCH(const double, expected);
    const LearningRate rate{.peak = 2.0, .warmupSteps = 0, .shape = LearningRateSchedule::Cosine, .floor = 0.1};
    QVERIFY(std::abs(rate.at(100, progress) - expected) < 1e-12);
}

void LrScheduleTest::constantStaysAtItsPeak()
{
    const LearningRate rate{.peak = 2.0, .warmupSteps = 0, .shape = LearningRateSchedule::Constant, .floor = 0.1};
    QCOMPARE(rate.at(0, 0.0), 2.0);
    QCOMPARE(rate.at(1000, 1.0), 2.0);
}

void LrScheduleTest::warmupAndCosineMultiply()
{
    const LearningRate rate{.peak = 2.0, .warmupSteps = 4, .shape = LearningRateSchedule::Cosine};
    QVERIFY(std::abs(rate.at(1, 0.5) - 0.5) < 1e-12);
}

QTEST_APPLESS_MAIN(LrScheduleTest)

#include "lr_schedule_test.moc"
