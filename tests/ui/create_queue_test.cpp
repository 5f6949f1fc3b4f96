// The Create page and its queue: adding, moving, stopping.
#include "tests/support/create_workshop.h"

using namespace ui;

class CreateQueueTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { theme().install(); }
    void aSecondPressGoesToTheQueue();
    void waitingJobsMoveByKeys();
    void aWaitingJobIsDragged();
    void aPausedQueueSaysSo();
    void escapeStopsAndTwiceStopsEverything();
    void stopAndKeepSkipsTheRest();
    void generateFourMoreAndRepeat();
};

void CreateQueueTest::aSecondPressGoesToTheQueue()
{
    Workshop shop;
    shop.plan->stepMs = 20;
    QCOMPARE(shop.submit()->text(), QStringLiteral("Generate"));
    shop.generate();
    QCOMPARE(shop.submit()->text(), QStringLiteral("Add to queue"));
    shop.find<PromptEdit>("prompt")->setPlainText(QStringLiteral("second"));
    QTest::keyClick(shop.find<PromptEdit>("prompt"), Qt::Key_Return, Qt::ControlModifier);
    shop.find<PromptEdit>("prompt")->setPlainText(QStringLiteral("third"));
    shop.page->actionTable().generateFirst->trigger();
    auto *jobs = shop.find<JobList>("jobs");
    QCOMPARE(jobs->model()->rowCount(), 3);
    QCOMPARE(jobs->model()->index(1, 0).data().toString(), QStringLiteral("third"));
    shop.page->actionTable().stopAll->trigger();
    shop.waitUntilIdle();
    QCOMPARE(shop.submit()->text(), QStringLiteral("Generate"));
}

void CreateQueueTest::waitingJobsMoveByKeys()
{
    Workshop shop;
    shop.plan->stepMs = 50;
    for (const char *prompt : {"one", "two", "three"}) {
        shop.find<PromptEdit>("prompt")->setPlainText(QLatin1String(prompt));
        shop.generate();
    }
    auto *jobs = shop.find<JobList>("jobs");
    const auto prompts = [jobs] {
        QStringList list;
        for (int row = 0; row < jobs->model()->rowCount(); ++row)
            list.append(jobs->model()->index(row, 0).data().toString());
        return list;
    };
    QCOMPARE(prompts(), (QStringList{"one", "two", "three"}));
    jobs->setCurrentIndex(jobs->model()->index(2, 0));
    QTest::keyClick(jobs, Qt::Key_Up, Qt::AltModifier);
    QCOMPARE(prompts(), (QStringList{"one", "three", "two"}));
    QTest::keyClick(jobs, Qt::Key_Down, Qt::AltModifier);
    QCOMPARE(prompts(), (QStringList{"one", "two", "three"}));
    // Enter takes it out to be edited.
    QTest::keyClick(jobs, Qt::Key_Return);
    QCOMPARE(prompts(), (QStringList{"one", "two"}));
    QCOMPARE(shop.find<PromptEdit>("prompt")->toPlainText(), QStringLiteral("three"));
    shop.page->actionTable().stopAll->trigger();
    shop.waitUntilIdle();
}

void CreateQueueTest::aWaitingJobIsDragged()
{
    Workshop shop;
    shop.plan->stepMs = 50;
    for (const char *prompt : {"one", "two", "three"}) {
        shop.find<PromptEdit>("prompt")->setPlainText(QLatin1String(prompt));
        shop.generate();
    }
    auto *jobs = shop.find<JobList>("jobs");
    QTest::qWait(30);
    const QPoint from = jobs->visualRect(jobs->model()->index(2, 0)).center();
    const QPoint to = jobs->visualRect(jobs->model()->index(1, 0)).center() - QPoint(0, 20);
    QTest::mousePress(jobs->viewport(), Qt::LeftButton, {}, from);
    for (const QPoint &at : {from - QPoint(0, 20), to}) {
        QMouseEvent move(QEvent::MouseMove, at, jobs->viewport()->mapToGlobal(at), Qt::NoButton, Qt::LeftButton, {});
        QApplication::sendEvent(jobs->viewport(), &move);
    }
    QTest::mouseRelease(jobs->viewport(), Qt::LeftButton, {}, to);
    QCOMPARE(jobs->model()->index(1, 0).data().toString(), QStringLiteral("three"));
    // The cross takes a waiting job out.
    const QPoint cross = JobDelegate::buttonRect(jobs->visualRect(jobs->model()->index(1, 0))).center();
    QTest::mouseClick(jobs->viewport(), Qt::LeftButton, {}, cross);
    QCOMPARE(jobs->model()->rowCount(), 2);
    QCOMPARE(jobs->model()->index(1, 0).data().toString(), QStringLiteral("two"));
    shop.page->actionTable().stopAll->trigger();
    shop.waitUntilIdle();
}

void CreateQueueTest::aPausedQueueSaysSo()
{
    Workshop shop;
    shop.press("pauseQueue");
    QVERIFY(shop.studio->queue().isPaused());
    shop.generate();
    QCOMPARE(shop.studio->queue().waiting(), 1);
    QVERIFY(shop.page->findChild<Toast *>() != nullptr);
    shop.press("pauseQueue");
    shop.waitUntilIdle();
    QCOMPARE(shop.page->findChild<SessionModel *>()->pictures(), 1);
}

void CreateQueueTest::escapeStopsAndTwiceStopsEverything()
{
    Workshop shop;
    shop.plan->stepMs = 50;
    for (int i = 0; i < 3; ++i)
        shop.generate();
    QCOMPARE(shop.studio->queue().waiting(), 2);
    QTRY_VERIFY(shop.find<StepStrip>("steps")->count() >= 2);
    const app::JobId first = shop.studio->queue().running()->id;
    QSignalSpy ended(&shop.studio->queue(), &app::JobQueue::jobEnded);
    QElapsedTimer clock;
    clock.start();
    QTest::keyClick(shop.page.get(), Qt::Key_Escape);
    QVERIFY(ended.wait(2000));
    qInfo("stopped after %lld ms with steps of 50 ms", clock.elapsed());
    QCOMPARE(shop.studio->queue().find(first)->state, app::JobState::Cancelled);
    QTRY_VERIFY(shop.studio->queue().running() != nullptr); // the next one runs
    QTest::keyClick(shop.page.get(), Qt::Key_Escape);       // within a second: all
    shop.waitUntilIdle();
    QCOMPARE(shop.page->findChild<SessionModel *>()->pictures(), 0);
}

void CreateQueueTest::stopAndKeepSkipsTheRest()
{
    Workshop shop;
    shop.plan->stepMs = 10;
    shop.type("count", "4");
    shop.generate();
    QTRY_VERIFY(shop.find<StepStrip>("steps")->count() >= 2);
    QTest::mouseClick(shop.find<Button>("stopAndKeep"), Qt::LeftButton);
    shop.waitUntilIdle();
    QCOMPARE(shop.page->findChild<SessionModel *>()->pictures(), 1);
}

void CreateQueueTest::generateFourMoreAndRepeat()
{
    Workshop shop;
    shop.page->findChild<SeedField *>()->setSeed(10);
    shop.generate();
    shop.page->actionTable().generateMore->trigger();
    shop.waitUntilIdle();
    QCOMPARE(shop.plan->requests().back().count, 4);
    QCOMPARE(shop.plan->requests().back().seed, std::uint64_t(11)); // goes on after the last one
    shop.page->actionTable().repeat->setChecked(true);
    QTRY_VERIFY(shop.plan->requests().size() >= 6);
    shop.page->actionTable().stop->trigger();
    shop.waitUntilIdle();
    QVERIFY(!shop.page->actionTable().repeat->isChecked());
    const auto requests = shop.plan->requests();
    QVERIFY(requests[3].seed != requests[4].seed);
}

QTEST_MAIN(CreateQueueTest)
#include "create_queue_test.moc"
