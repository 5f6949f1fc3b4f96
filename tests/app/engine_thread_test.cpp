#include "app/engine_thread.h"

#include "tests/support/fake_engine.h"

#include <QSignalSpy>
#include <QTest>

using app::EngineThread;

class EngineThreadTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_plan = std::make_shared<FakePlan>(); }

    void engineIsMadeOnItsOwnThread()
    {
        QThread *made = nullptr;
        EngineThread engine([&] {
            made = QThread::currentThread();
            return std::make_unique<FakeEngine>(m_plan);
        });
        QSignalSpy ready(&engine, &EngineThread::ready);
        engine.start();
        QVERIFY(ready.wait());
        QVERIFY(made && made != thread());
        QCOMPARE(ready.at(0).at(0).value<engine::DeviceInfo>().precision, std::string("bfloat16"));
        QVERIFY(engine.device().has_value());
    }

    void jobReportsStepsPreviewPictureAndEndInThisOrder()
    {
        EngineThread engine(factory());
        QStringList order;
        connect(&engine, &EngineThread::jobStarted, this, [&] { order << QStringLiteral("start"); });
        connect(&engine, &EngineThread::imageFinished, this, [&] { order << QStringLiteral("picture"); });
        connect(&engine, &EngineThread::jobFinished, this, [&] { order << QStringLiteral("end"); });
        QSignalSpy steps(&engine, &EngineThread::stepFinished);
        QSignalSpy previews(&engine, &EngineThread::previewReady);
        QSignalSpy pictures(&engine, &EngineThread::imageFinished);
        QSignalSpy ended(&engine, &EngineThread::jobFinished);
        engine.generate(7, {.prompt = "a fox", .steps = 5, .seed = 40, .count = 2});
        QVERIFY(engine.isBusy());
        QVERIFY(ended.wait());
        QCOMPARE(order.join(u' '), QStringLiteral("start picture picture end"));
        QCOMPARE(steps.size(), 10);
        QCOMPARE(steps.at(4).at(0).value<app::JobId>(), app::JobId(7));
        QCOMPARE(steps.at(4).at(1).value<engine::StepFinished>().step, 5);
        QVERIFY(previews.size() >= 1 && previews.size() <= 10);
        QVERIFY(!previews.last().at(3).value<QImage>().isNull());
        QCOMPARE(pictures.at(1).at(1).value<engine::ImageFinished>().seed, std::uint64_t(41));
        QCOMPARE(ended.at(0).at(1).value<engine::GenerateReport>().stepSeconds.size(), std::size_t(10));
        QVERIFY(!engine.isBusy());
        QCOMPARE(engine.current(), app::JobId(0));
    }

    void previewsNeverFloodTheUiThread()
    {
        m_plan->previewsPerStep = 200;
        EngineThread engine(factory());
        QSignalSpy previews(&engine, &EngineThread::previewReady);
        QSignalSpy pictures(&engine, &EngineThread::imageFinished);
        engine.generate(1, {.steps = 10});
        QTest::qSleep(300); // the UI thread is busy while all 2000 are made
        QVERIFY(pictures.wait());
        QVERIFY2(previews.size() < 5, qPrintable(QString::number(previews.size())));
        QCOMPARE(previews.last().at(2).toInt(), 10); // the newest
    }

    void stopEndsAJobWithinAStep()
    {
        m_plan->stepMs = 20;
        EngineThread engine(factory());
        QSignalSpy steps(&engine, &EngineThread::stepFinished);
        QSignalSpy cancelled(&engine, &EngineThread::jobCancelled);
        QSignalSpy pictures(&engine, &EngineThread::imageFinished);
        engine.generate(1, {.steps = 1000});
        QVERIFY(steps.wait());
        const auto done = steps.size();
        engine.stop(1);
        QVERIFY(cancelled.wait(500));
        QVERIFY(steps.size() <= done + 2);
        QCOMPARE(pictures.size(), 0);
    }

    void stopTakesAWaitingJobOut()
    {
        m_plan->stepMs = 5;
        EngineThread engine(factory());
        QSignalSpy started(&engine, &EngineThread::jobStarted);
        QSignalSpy cancelled(&engine, &EngineThread::jobCancelled);
        QSignalSpy finished(&engine, &EngineThread::jobFinished);
        engine.generate(1, {.steps = 20});
        engine.generate(2, {.steps = 20});
        engine.stop(2);
        QTRY_COMPARE(cancelled.size(), 1);
        QCOMPARE(cancelled.at(0).at(0).value<app::JobId>(), app::JobId(2));
        QCOMPARE(finished.size(), 1);
        QCOMPARE(started.size(), 1);
    }

    void stopAfterPictureKeepsTheOneBeingMade()
    {
        m_plan->stepMs = 5;
        EngineThread engine(factory());
        QSignalSpy steps(&engine, &EngineThread::stepFinished);
        QSignalSpy pictures(&engine, &EngineThread::imageFinished);
        QSignalSpy finished(&engine, &EngineThread::jobFinished);
        engine.generate(1, {.steps = 10, .count = 5});
        QVERIFY(steps.wait());
        engine.stopAfterPicture(1);
        QVERIFY(finished.wait());
        QCOMPARE(pictures.size(), 1);
    }

    void errorBecomesAFailureWithASentence()
    {
        m_plan->error =
            engine::Error(engine::ErrorKind::NotACheckpoint, "/models/a.safetensors", "offset beyond the end");
        EngineThread engine(factory());
        QSignalSpy failed(&engine, &EngineThread::jobFailed);
        engine.generate(3, {});
        QVERIFY(failed.wait());
        const auto failure = failed.at(0).at(1).value<app::Failure>();
        QCOMPARE(failure.kind, engine::ErrorKind::NotACheckpoint);
        QVERIFY(failure.sentence.contains(QLatin1String("a.safetensors")));
        QVERIFY(failure.details.contains(QLatin1String("offset beyond the end")));
        // and the thread is fit for the next job
        m_plan->error.reset();
        QSignalSpy finished(&engine, &EngineThread::jobFinished);
        engine.generate(4, {.steps = 1});
        QVERIFY(finished.wait());
    }

    void engineThatCannotBeOpenedFailsEachJob()
    {
        m_plan->openError = engine::Error(engine::ErrorKind::Internal, "libtincture-engine.so", "not found");
        EngineThread engine(factory());
        QSignalSpy engineFailed(&engine, &EngineThread::engineFailed);
        QSignalSpy failed(&engine, &EngineThread::jobFailed);
        engine.start();
        engine.generate(1, {});
        QTRY_COMPARE(failed.size(), 1);
        QCOMPARE(engineFailed.size(), 1);
    }

    void pictureAskedForDuringTrainingIsMadeAtTheNextStep()
    {
        m_plan->stepMs = 2;
        EngineThread engine(factory());
        QStringList order;
        connect(&engine, &EngineThread::jobStarted, this, [&](app::JobId id) {
            order << QStringLiteral("start %1").arg(id);
            QCOMPARE(engine.current(), id);
        });
        connect(&engine, &EngineThread::jobFinished, this, [&](app::JobId id) {
            order << QStringLiteral("end %1").arg(id);
            QCOMPARE(engine.current(), app::JobId(1)); // the training again
        });
        QSignalSpy loss(&engine, &EngineThread::lossReported);
        QSignalSpy trained(&engine, &EngineThread::trainFinished);
        QSignalSpy cancelled(&engine, &EngineThread::jobCancelled);
        engine.train(1, {.steps = 1000000});
        QVERIFY(engine.isBusy() && engine.isFree());
        QTRY_VERIFY(loss.size() > 2);
        engine.generate(2, {.steps = 3});
        engine.generate(3, {.steps = 100000}); // stopped: of the others only itself ends
        QVERIFY(!engine.isFree());
        QTRY_VERIFY(order.contains(QStringLiteral("start 3")));
        engine.stop(3);
        QTRY_COMPARE(cancelled.size(), 1);
        QVERIFY(engine.isFree());
        const auto before = loss.size();
        QTRY_VERIFY(loss.size() > before + 2); // training goes on
        QVERIFY(trained.isEmpty());
        engine.stopAfterPicture(1);
        QTRY_COMPARE(trained.size(), 1);
        QVERIFY(!trained.at(0).at(1).value<engine::TrainReport>().finished);
        QCOMPARE(order.join(u' '), QStringLiteral("start 1 start 2 end 2 start 3"));
        QCOMPARE(engine.current(), app::JobId(0));
    }

    void trainingWaitsForEverythingElseAndForTheTrainingBeforeIt()
    {
        m_plan->stepMs = 1;
        EngineThread engine(factory());
        QStringList order;
        connect(&engine, &EngineThread::jobStarted, this,
                [&](app::JobId id) { order << QStringLiteral("start %1").arg(id); });
        connect(&engine, &EngineThread::trainFinished, this,
                [&](app::JobId id) { order << QStringLiteral("end %1").arg(id); });
        engine.generate(1, {.steps = 20});
        engine.train(2, {.steps = 20});
        engine.train(3, {.steps = 3});
        engine.generate(4, {.steps = 2});
        engine.study(5, engine::EncodeRequest{});
        QTRY_VERIFY(!engine.isBusy());
        QCOMPARE(order.join(u' '), QStringLiteral("start 1 start 4 start 5 start 2 end 2 start 3 end 3"));
    }

    void trainingReportsLossSamplesAndEnd()
    {
        EngineThread engine(factory());
        QSignalSpy losses(&engine, &EngineThread::lossReported);
        QSignalSpy samples(&engine, &EngineThread::sampleReady);
        QSignalSpy ended(&engine, &EngineThread::trainFinished);
        engine.train(9, {.steps = 20, .sampleEvery = 10});
        QVERIFY(ended.wait());
        QCOMPARE(losses.size(), 20);
        QCOMPARE(samples.size(), 2);
        QVERIFY(ended.at(0).at(1).value<engine::TrainReport>().finished);
    }

    void endOfTheProgramStopsTheJob()
    {
        m_plan->stepMs = 10;
        QElapsedTimer clock;
        {
            EngineThread engine(factory());
            QSignalSpy steps(&engine, &EngineThread::stepFinished);
            engine.generate(1, {.steps = 10000});
            QVERIFY(steps.wait());
            clock.start();
        }
        QVERIFY(clock.elapsed() < 500);
    }

private:
    app::EngineFactory factory()
    {
        return [plan = m_plan] { return std::make_unique<FakeEngine>(plan); };
    }

    std::shared_ptr<FakePlan> m_plan;
};

QTEST_GUILESS_MAIN(EngineThreadTest)
#include "engine_thread_test.moc"
