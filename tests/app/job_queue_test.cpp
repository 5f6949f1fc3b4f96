#include "app/job_queue.h"

#include "engine/trajectory.h"
#include "tests/support/fake_engine.h"

#include <QAbstractItemModelTester>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using app::JobQueue;
using app::JobState;

class JobQueueTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_plan = std::make_shared<FakePlan>();
        m_folder = std::make_unique<QTemporaryDir>();
        m_file = m_folder->filePath(QStringLiteral("queue.json"));
    }

    void jobsRunInOrderWhileMoreAreAdded()
    {
        m_plan->stepMs = 2;
        app::EngineThread engine(factory());
        JobQueue queue(engine);
        QAbstractItemModelTester tester(&queue);
        const auto first = queue.submit(request("one")).id;
        QCOMPARE(queue.find(first)->state, JobState::Running);
        const auto second = queue.submit(request("two")).id;
        QCOMPARE(queue.find(second)->state, JobState::Waiting);
        QTRY_COMPARE(queue.find(second)->state, JobState::Finished);
        QCOMPARE(queue.find(first)->state, JobState::Finished);
        QCOMPARE(prompts(), (QStringList{QStringLiteral("one"), QStringLiteral("two")}));
        QCOMPARE(queue.find(second)->picturesFinished, 1);
        QCOMPARE(queue.find(second)->progress(), 1.0);
    }

    void seedIsDrawnAtSubmit()
    {
        app::EngineThread engine(factory());
        JobQueue queue(engine);
        queue.pause();
        QSet<quint64> seeds;
        for (int i = 0; i < 8; ++i) {
            const auto submission = queue.submit(request("x"), JobQueue::Seed::Random);
            QCOMPARE(queue.find(submission.id)->request.seed, submission.seed);
            QVERIFY(submission.seed < 4294967294U);
            seeds.insert(submission.seed);
        }
        QCOMPARE(seeds.size(), 8);
        engine::GenerateRequest given = request("x");
        given.seed = 42;
        QCOMPARE(queue.submit(given).seed, quint64(42));
    }

    void wrongRequestIsNotTaken()
    {
        app::EngineThread engine(factory());
        JobQueue queue(engine);
        engine::GenerateRequest wrong = request("x");
        wrong.steps = 0;
        const auto submission = queue.submit(wrong);
        QCOMPARE(submission.id, app::JobId(0));
        QVERIFY(!submission.problems.empty());
        QCOMPARE(submission.problems.front().field, std::string("steps"));
        QCOMPARE(queue.rowCount(), 0);
    }

    void putFirstAndMovedRowsChangeTheOrderOfWork()
    {
        m_plan->stepMs = 2;
        app::EngineThread engine(factory());
        JobQueue queue(engine);
        QAbstractItemModelTester tester(&queue);
        queue.submit(request("running"));
        queue.submit(request("a"));
        queue.submit(request("b"));
        const auto c = queue.submit(request("c")).id;
        queue.putFirst(c);
        QVERIFY(queue.moveRows({}, 2, 1, {}, 4));  // a behind b
        QVERIFY(!queue.moveRows({}, 0, 1, {}, 3)); // what runs stays
        const auto last = queue.submit(request("next"), JobQueue::Seed::AsGiven, JobQueue::Place::First).id;
        QCOMPARE(queue.row(last), 1);
        QTRY_COMPARE(queue.waiting(), 0);
        QTRY_VERIFY(!queue.running());
        QCOMPARE(prompts().join(u' '), QStringLiteral("running next c b a"));
    }

    void cancelledJobsStayAsRowsAndTheRestGoesOn()
    {
        m_plan->stepMs = 5;
        app::EngineThread engine(factory());
        JobQueue queue(engine);
        const auto running = queue.submit(request("long", 1000)).id;
        const auto waiting = queue.submit(request("never")).id;
        const auto last = queue.submit(request("last")).id;
        queue.cancel(waiting);
        QCOMPARE(queue.find(waiting)->state, JobState::Cancelled);
        queue.cancel(running);
        QTRY_COMPARE(queue.find(running)->state, JobState::Cancelled);
        QTRY_COMPARE(queue.find(last)->state, JobState::Finished);
        queue.retry(waiting);
        QTRY_COMPARE(queue.find(waiting)->state, JobState::Finished);
        queue.clearOver();
        QCOMPARE(queue.rowCount(), 0);
    }

    void cancelAllEndsEverything()
    {
        m_plan->stepMs = 5;
        app::EngineThread engine(factory());
        JobQueue queue(engine);
        for (int i = 0; i < 4; ++i)
            queue.submit(request("x", 1000));
        queue.cancelAll();
        QTRY_VERIFY(!queue.running());
        QCOMPARE(queue.waiting(), 0);
        for (int row = 0; row < 4; ++row)
            QCOMPARE(queue.index(row).data(JobQueue::StateRole).toInt(), int(JobState::Cancelled));
    }

    void pausedQueueStartsNothing()
    {
        app::EngineThread engine(factory());
        JobQueue queue(engine);
        queue.pause();
        const auto id = queue.submit(request("x")).id;
        QTest::qWait(30);
        QCOMPARE(queue.find(id)->state, JobState::Waiting);
        queue.resume();
        QTRY_COMPARE(queue.find(id)->state, JobState::Finished);
    }

    void failedModelBlocksOnlyItsJobs()
    {
        m_plan->error = engine::Error(engine::ErrorKind::NotACheckpoint, "broken", "no header");
        m_plan->brokenModel = "broken";
        app::EngineThread engine(factory());
        JobQueue queue(engine);
        QSignalSpy paused(&queue, &JobQueue::pausedChanged);
        queue.pause();
        const auto first = queue.submit(request("a", 2, "broken")).id;
        const auto second = queue.submit(request("b", 2, "broken")).id;
        const auto good = queue.submit(request("c")).id;
        queue.resume();
        QTRY_COMPARE(queue.find(good)->state, JobState::Finished);
        QCOMPARE(queue.find(first)->state, JobState::Failed);
        QVERIFY(queue.index(queue.row(first))
                    .data(JobQueue::FailureSentenceRole)
                    .toString()
                    .contains(QLatin1String("broken")));
        QTRY_VERIFY(queue.isPaused());
        QVERIFY(!queue.pauseReason().isEmpty());
        QCOMPARE(queue.find(second)->state, JobState::Waiting);
        // The file was mended: try again.
        m_plan->error.reset();
        queue.retry(first);
        queue.resume();
        QTRY_COMPARE(queue.find(first)->state, JobState::Finished);
        QTRY_COMPARE(queue.find(second)->state, JobState::Finished);
    }

    void progressTellsStepsTimeAndPreview()
    {
        m_plan->stepMs = 10;
        app::EngineThread engine(factory());
        JobQueue queue(engine);
        engine::GenerateRequest two = request("x", 20);
        two.count = 2;
        const auto id = queue.submit(two).id;
        const QModelIndex row = queue.index(0);
        QTRY_VERIFY(row.data(JobQueue::StepRole).toInt() >= 4);
        const double perStep = row.data(JobQueue::SecondsPerStepRole).toDouble();
        QVERIFY(perStep >= 0.005 && perStep < 0.1);
        const double left = row.data(JobQueue::SecondsLeftRole).toDouble();
        const int stepsLeft = 40 - row.data(JobQueue::StepRole).toInt() - 20 * row.data(JobQueue::PictureRole).toInt();
        QVERIFY(qAbs(left - stepsLeft * perStep) < 0.2);
        QVERIFY(queue.secondsLeft() > 0.0);
        QVERIFY(!row.data(JobQueue::PreviewRole).value<QImage>().isNull());
        QCOMPARE(row.data(JobQueue::CountRole).toInt(), 2);
        QTRY_COMPARE(queue.find(id)->picturesFinished, 2);
        const auto waiting = queue.submit(request("y", 20)).id;
        QVERIFY(queue.find(waiting) != nullptr);
    }

    void stopAndKeepFinishesThePictureBeingMade()
    {
        m_plan->stepMs = 20;
        app::EngineThread engine(factory());
        JobQueue queue(engine);
        engine::GenerateRequest five = request("x", 10);
        five.count = 5;
        const auto id = queue.submit(five).id;
        QTRY_VERIFY(queue.find(id)->step > 0);
        queue.stopAfterPicture(id);
        QTRY_COMPARE(queue.find(id)->state, JobState::Finished);
        QCOMPARE(queue.find(id)->picturesFinished, 1);
    }

    void jobIsFinishedOnlyWhenItsPicturesAreSaved()
    {
        app::EngineThread engine(factory());
        JobQueue queue(engine);
        QSignalSpy made(&queue, &JobQueue::pictureMade);
        const auto id = queue.submit(request("x")).id;
        QVERIFY(made.wait());
        QTRY_VERIFY(!engine.isBusy());
        QCOMPARE(queue.find(id)->state, JobState::Running);
        queue.addFile(id, QStringLiteral("/tmp/a.png"), {});
        QCOMPARE(queue.find(id)->state, JobState::Finished);
        QCOMPARE(queue.find(id)->files, QStringList{QStringLiteral("/tmp/a.png")});

        const auto full = queue.submit(request("y")).id;
        QVERIFY(made.wait());
        queue.failSaving(full, {.kind = engine::ErrorKind::DiskFull, .sentence = QStringLiteral("No space.")});
        QTRY_COMPARE(queue.find(full)->state, JobState::Failed);
        QCOMPARE(queue.find(full)->failure.sentence, QStringLiteral("No space."));
        QVERIFY(queue.isPaused());
    }

    void queueComesBackPausedAfterTheProgramEnded()
    {
        m_plan->stepMs = 5;
        engine::GenerateRequest painted = request("with picture");
        painted.init = FakeEngine::paint(16, 8, 3);
        painted.mask = {.width = 16, .height = 8, .channels = 1, .pixels = std::vector<std::uint8_t>(128, 255)};
        painted.seed = 1234567890123456789ULL;
        {
            app::EngineThread engine(factory());
            JobQueue queue(engine, m_file);
            queue.submit(request("was running", 1000));
            queue.submit(painted);
            QTRY_VERIFY(queue.find(1)->step > 0);
        } // as good as killed: nothing was cancelled
        app::EngineThread engine(factory());
        JobQueue queue(engine, m_file);
        QCOMPARE(queue.restore(), 2);
        QVERIFY(queue.isPaused());
        QVERIFY(!queue.pauseReason().isEmpty());
        QCOMPARE(queue.index(0).data().toString(), QStringLiteral("was running"));
        QCOMPARE(queue.index(0).data(JobQueue::StateRole).toInt(), int(JobState::Waiting));
        const auto restored = queue.index(1).data(JobQueue::RequestRole).value<engine::GenerateRequest>();
        QVERIFY(restored.init == painted.init);
        QVERIFY(restored.mask == painted.mask);
        QCOMPARE(restored.seed, painted.seed);
        QVERIFY(restored == painted);
        queue.cancel(queue.index(0).data(JobQueue::IdRole).value<app::JobId>());
        queue.resume();
        QTRY_COMPARE(queue.index(1).data(JobQueue::StateRole).toInt(), int(JobState::Finished));
    }

    void jobsShareTheirPicturesOnTheDisk()
    {
        engine::GenerateRequest painted = request("shared");
        painted.init = FakeEngine::paint(16, 8, 3);
        engine::GenerateRequest other = painted;
        other.init = FakeEngine::paint(16, 8, 4);
        {
            app::EngineThread engine(factory());
            JobQueue queue(engine, m_file);
            queue.pause();
            queue.submit(painted);
            queue.submit(painted);
            queue.remove(queue.submit(other).id);
        }
        QFile file(m_file);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QJsonObject json = QJsonDocument::fromJson(file.readAll()).object();
        file.close();
        const QJsonObject pictures = json.value(QStringLiteral("pictures")).toObject();
        QCOMPARE(pictures.size(), 1);
        {
            app::EngineThread engine(factory());
            JobQueue queue(engine, m_file);
            QCOMPARE(queue.restore(), 2);
            QVERIFY(queue.jobs().at(1).request.init == painted.init);
        }
        // Version 1: each job holds its own.
        QJsonObject job = json.value(QStringLiteral("jobs")).toArray().first().toObject();
        job[QStringLiteral("pictures")] = QJsonObject{{QStringLiteral("init"), pictures.begin().value()}};
        json.remove(QStringLiteral("pictures"));
        json[QStringLiteral("jobs")] = QJsonArray{job};
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(QJsonDocument(json).toJson());
        file.close();
        app::EngineThread engine(factory());
        JobQueue queue(engine, m_file);
        QCOMPARE(queue.restore(), 1);
        QVERIFY(queue.jobs().front().request.init == painted.init);
    }

    void finishedBranchLetsItsStepsGo()
    {
        app::EngineThread engine(factory());
        JobQueue queue(engine, m_file);
        const auto steps = std::make_shared<const engine::Trajectory>();
        engine::GenerateRequest branch = request("branch");
        branch.branchFrom = steps; // of step 0
        const auto id = queue.submitBranch(branch, QStringLiteral("/p/a.png")).id;
        QTRY_COMPARE(queue.find(id)->state, JobState::Finished);
        QVERIFY(!queue.find(id)->request.branchFrom);
        queue.pause();
        const auto again = queue.duplicate(id); // somebody else still has them
        QVERIFY(queue.find(again));
        QCOMPARE(queue.find(again)->request.branchFrom, steps);
        // Without them it would be another picture.
        branch.branchFrom.reset();
        const auto lost = queue.submitBranch(branch, QStringLiteral("/p/a.png")).id;
        QCOMPARE(queue.duplicate(lost), app::JobId(0));
        queue.cancel(lost);
        queue.retry(lost);
        QCOMPARE(queue.find(lost)->state, JobState::Cancelled);
    }

    void picturesOnTheDiskAreNotMadeAgainAfterACrash()
    {
        m_plan->stepMs = 20;
        engine::GenerateRequest four = request("four", 5);
        four.seed = 50;
        four.count = 4;
        {
            app::EngineThread engine(factory());
            JobQueue queue(engine, m_file);
            const auto id = queue.submit(four).id;
            QTRY_VERIFY(queue.find(id)->picturesFinished == 2);
        }
        app::EngineThread engine(factory());
        JobQueue queue(engine, m_file);
        queue.restore();
        const auto rest = queue.index(0).data(JobQueue::RequestRole).value<engine::GenerateRequest>();
        QCOMPARE(rest.seed, std::uint64_t(52));
        QCOMPARE(rest.count, 2);
    }

    void damagedQueueFileIsSetAside()
    {
        QFile file(m_file);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("{\"jobs\": [{\"reque");
        file.close();
        app::EngineThread engine(factory());
        JobQueue queue(engine, m_file);
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(QStringLiteral("damaged")));
        QCOMPARE(queue.restore(), 0);
        QVERIFY(QFile::exists(m_file + QStringLiteral(".damaged")));
    }

    void duplicateIsANewJobWithTheSameSettings()
    {
        app::EngineThread engine(factory());
        JobQueue queue(engine);
        queue.pause();
        engine::GenerateRequest given = request("twice");
        given.seed = 9;
        const auto id = queue.submit(given).id;
        const auto copy = queue.duplicate(id);
        QVERIFY(copy != id);
        QVERIFY(queue.find(copy)->request == queue.find(id)->request);
    }

    void picturesAreMadeWhileATrainingRuns()
    {
        m_plan->stepMs = 2;
        app::EngineThread engine(factory());
        JobQueue queue(engine);
        const auto training = engine.newJobId();
        engine.train(training, {.steps = 100000});
        const auto id = queue.submit(request("x")).id;
        QTRY_COMPARE(queue.find(id)->state, JobState::Finished);
        QVERIFY(engine.isBusy());
        engine.stop(training);
        QTRY_VERIFY(!engine.isBusy());
    }

private:
    static engine::GenerateRequest request(const char *prompt, int steps = 3, const char *model = "model")
    {
        return {.model = model, .prompt = prompt, .steps = steps, .width = 64, .height = 64};
    }
    QStringList prompts() const
    {
        QStringList made;
        for (const engine::GenerateRequest &one : m_plan->requests())
            made.append(QString::fromStdString(one.prompt));
        return made;
    }
    app::EngineFactory factory()
    {
        return [plan = m_plan] { return std::make_unique<FakeEngine>(plan); };
    }

    std::shared_ptr<FakePlan> m_plan;
    std::unique_ptr<QTemporaryDir> m_folder;
    QString m_file;
};

QTEST_GUILESS_MAIN(JobQueueTest)
#include "job_queue_test.moc"
