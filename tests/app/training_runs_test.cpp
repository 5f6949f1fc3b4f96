#include "app/training_runs.h"

#include "app/training_speed.h"
#include "tests/support/fake_engine.h"

#include <QDir>
#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using app::TrainingRuns;
using app::TrainingState;

class TrainingRunsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_plan = std::make_shared<FakePlan>();
        m_root = std::make_unique<QTemporaryDir>();
        QDir(m_root->path()).mkpath(QStringLiteral("pictures"));
        open();
    }
    void cleanup()
    {
        m_runs.reset();
        m_engine.reset();
    }

    void requestSurvivesJson()
    {
        engine::TrainRequest request = this->request();
        request.kind = engine::TrainKind::Lora;
        request.learningRateSchedule = engine::LearningRateSchedule::Constant;
        request.prediction = engine::Prediction::VPrediction;
        request.betas = engine::BetaSchedule::Cosine;
        request.seed = 0xfedcba9876543210ULL;
        request.widths = {16, 32};
        request.samplePrompts = {"a red cat", "ein Hund"};
        request.flip = true;
        request.alpha = 3.5;
        request.loraTargets = engine::LoraTargets::Transformers;
        QVERIFY(app::trainRequestFromJson(app::trainRequestToJson(request)) == request);
        request.optimizer = engine::OptimizerKind::AdamW;
        request.loraTargets = engine::LoraTargets::CrossAttention;
        QVERIFY(app::trainRequestFromJson(app::trainRequestToJson(request)) == request);
    }

    void runFromBeforeThereWasAnOptimizerToChooseUsesAdamW()
    {
        QCOMPARE(request().optimizer, engine::OptimizerKind::Muon);
        QJsonObject json = app::trainRequestToJson(request());
        json.remove(QStringLiteral("optimizer"));
        json.remove(QStringLiteral("lora_targets"));
        QCOMPARE(app::trainRequestFromJson(json).optimizer, engine::OptimizerKind::AdamW);
        QCOMPARE(app::trainRequestFromJson(json).loraTargets, engine::LoraTargets::Attention);
    }

    void runTellsItsFiguresLossAndSamplesAndFinishes()
    {
        QSignalSpy points(m_runs.get(), &TrainingRuns::pointAdded);
        QSignalSpy ended(m_runs.get(), &TrainingRuns::runEnded);
        const QString id = m_runs->start(QStringLiteral("garden"), request(20)).id;
        QVERIFY(m_runs->find(id)->isActive());
        QVERIFY(m_runs->start(QStringLiteral("other"), request(3)).id.isEmpty()); // one at a time
        QVERIFY(ended.wait());
        const app::TrainingRun *run = m_runs->find(id);
        QCOMPARE(run->name, QStringLiteral("garden-1"));
        QCOMPARE(run->state, TrainingState::Finished);
        QCOMPARE(run->step, qint64(20));
        QCOMPARE(run->pictures, 3);
        QCOMPARE(points.size(), 20);
        QCOMPARE(m_runs->history(id).size(), std::size_t(20));
        QCOMPARE(run->samples.size(), 2);
        QCOMPARE(run->prompts, QStringList{QStringLiteral("a sample")});
        QVERIFY(m_runs->active() == nullptr);
        QTRY_VERIFY(QFile::exists(run->samples.last().file));
    }

    void pausedRunGoesOnAndStopAndKeepEndsIt()
    {
        m_plan->stepMs = 2;
        QSignalSpy ended(m_runs.get(), &TrainingRuns::runEnded);
        const QString id = m_runs->start(QStringLiteral("garden"), request(100000)).id;
        QTRY_VERIFY(m_runs->find(id)->step > 3);
        m_runs->pause(id);
        QCOMPARE(m_runs->find(id)->state, TrainingState::Pausing);
        QVERIFY(ended.wait());
        QCOMPARE(m_runs->find(id)->state, TrainingState::Paused);
        m_runs->proceed(id);
        QTRY_COMPARE(m_runs->find(id)->state, TrainingState::Running);
        m_runs->stopAndKeep(id);
        QVERIFY(ended.wait());
        QCOMPARE(m_runs->find(id)->state, TrainingState::Kept);
        QVERIFY(m_runs->find(id)->hasModel);
    }

    void pauseWhilePicturesAreStillReadKeepsTheStep()
    {
        m_plan->stepMs = 2;
        QSignalSpy ended(m_runs.get(), &TrainingRuns::runEnded);
        const QString id = m_runs->start(QStringLiteral("garden"), request(100000)).id;
        QTRY_VERIFY(m_runs->find(id)->step > 3);
        m_runs->pause(id);
        QVERIFY(ended.wait());
        const qint64 step = m_runs->find(id)->step;
        const double loss = m_runs->find(id)->loss;
        QVERIFY(step > 3);

        m_plan->prepareMs = 60000;
        m_runs->proceed(id);
        QTRY_COMPARE(m_runs->find(id)->stageFraction, 0.5);
        QCOMPARE(m_runs->find(id)->state, TrainingState::Preparing);
        m_runs->pause(id);
        QVERIFY(ended.wait());
        QCOMPARE(m_runs->find(id)->state, TrainingState::Paused);
        QCOMPARE(m_runs->find(id)->step, step);
        QCOMPARE(m_runs->find(id)->loss, loss);
    }

    void runThatTheEndOfTheProgramCutOffIsPausedAndItsPastIsKept()
    {
        m_plan->stepMs = 2;
        const QString id = m_runs->start(QStringLiteral("garden"), request(100000)).id;
        QTRY_VERIFY(m_runs->find(id)->samples.size() > 0);
        const qint64 step = m_runs->find(id)->step;
        open(); // as after a kill: nothing was said to the run
        QSignalSpy restored(m_runs.get(), &TrainingRuns::restored);
        m_runs->restore();
        QVERIFY(restored.wait());
        const app::TrainingRun *run = m_runs->find(id);
        QVERIFY(run);
        QCOMPARE(run->state, TrainingState::Paused);
        QVERIFY(run->samples.size() > 0);
        QCOMPARE(run->request.steps, std::int64_t(100000));
        QSignalSpy loaded(m_runs.get(), &TrainingRuns::historyLoaded);
        QVERIFY(m_runs->history(id).empty());
        QVERIFY(loaded.wait());
        QVERIFY(m_runs->history(id).size() + 1 >= std::size_t(step));

        // The engine goes on from its checkpoint: what came after that is done, and drawn, again.
        m_runs->proceed(id);
        QTRY_VERIFY(m_runs->find(id)->state == TrainingState::Running);
        qint64 before = 0;
        for (const app::TrainingPoint &point : m_runs->history(id)) {
            QVERIFY(point.step > before);
            before = point.step;
        }
        m_runs->pause(id);
        QTRY_VERIFY(!m_runs->active());
    }

    void lossFileThatWasCutShortIsReadUpToThere()
    {
        const app::TrainingRunFiles files(m_root->path());
        files.append({1, 0.5F, 0.6F, 1e-4F});
        files.append({2, 0.25F, 0.5F, 2e-4F});
        QFile file(files.lossFile());
        QVERIFY(file.open(QIODevice::Append));
        file.write("cut");
        file.close();
        QCOMPARE(files.history().size(), std::size_t(2));
        QVERIFY(files.history().back() == (app::TrainingPoint{2, 0.25F, 0.5F, 2e-4F}));
        files.append({3, 0.1F, 0.2F, 1e-4F});
        QCOMPARE(files.history().size(), std::size_t(3));
        files.forgetFrom(2);
        QCOMPARE(files.history().size(), std::size_t(1));
    }

    void failureIsOneSentenceAndOffersTheBatchThatFits()
    {
        m_plan->error = engine::Error(engine::ErrorKind::OutOfMemory, "batch",
                                      "there is not enough memory for batches of 16; 4 would fit.");
        QSignalSpy ended(m_runs.get(), &TrainingRuns::runEnded);
        const QString id = m_runs->start(QStringLiteral("garden"), request(5)).id;
        QVERIFY(ended.wait());
        const app::TrainingRun *run = m_runs->find(id);
        QCOMPARE(run->state, TrainingState::Failed);
        QCOMPARE(run->failure.sentence,
                 QStringLiteral("There is not enough memory for 16 pictures a step; 4 would fit."));
        QCOMPARE(TrainingRuns::batchThatFits(run->failure), 4);
        m_plan->error.reset();
        m_runs->proceedWithBatch(id, 4);
        QVERIFY(ended.wait());
        QCOMPARE(m_runs->find(id)->state, TrainingState::Finished);
        QCOMPARE(m_runs->find(id)->request.batch, 4);
    }

    void vanishedPicturesAreSaidInOneSentence()
    {
        const engine::TrainRequest gone = request(5);
        m_plan->error = engine::Error(engine::ErrorKind::FileUnreadable, gone.data.string(), "this is no folder.");
        QSignalSpy ended(m_runs.get(), &TrainingRuns::runEnded);
        const QString id = m_runs->start(QStringLiteral("garden"), gone).id;
        QVERIFY(ended.wait());
        QCOMPARE(m_runs->find(id)->failure.sentence,
                 QStringLiteral("The folder of pictures \"pictures\" is gone or may not be read. Put it back and "
                                "continue."));
    }

    void removedRunComesBackByUndo()
    {
        QSignalSpy ended(m_runs.get(), &TrainingRuns::runEnded);
        const QString id = m_runs->start(QStringLiteral("garden"), request(3)).id;
        QVERIFY(ended.wait());
        m_runs->remove(id);
        QCOMPARE(m_runs->rowCount(), 0);
        m_runs->undoRemove(id);
        QCOMPARE(m_runs->rowCount(), 1);
        m_runs->remove(id);
        open();
        QSignalSpy restored(m_runs.get(), &TrainingRuns::restored);
        m_runs->restore();
        QVERIFY(restored.wait());
        QCOMPARE(m_runs->rowCount(), 0);
    }

    void unusableRequestIsNotBegun()
    {
        engine::TrainRequest bad = request(3);
        bad.batch = 0;
        const TrainingRuns::Started started = m_runs->start(QStringLiteral("garden"), bad);
        QVERIFY(started.id.isEmpty());
        QCOMPARE(started.problems.front().field, std::string("batch"));
    }

    void speedIsMeasuredKeptAndScaled()
    {
        m_plan->stepMs = 1;
        const QString file = m_root->filePath(QStringLiteral("speeds.json"));
        m_engine->start();
        QTRY_VERIFY(m_engine->device());
        app::TrainingSpeed speed(*m_engine, *m_runs, file);
        engine::TrainRequest wanted = request(1000);
        QCOMPARE(speed.estimate(wanted).source, app::TrainingEstimate::Source::Unknown);
        speed.measure(wanted, {});
        QCOMPARE(speed.estimate(wanted).source, app::TrainingEstimate::Source::Measuring);
        QTRY_VERIFY(!speed.isMeasuring());
        const app::TrainingEstimate measured = speed.estimate(wanted);
        QCOMPARE(measured.source, app::TrainingEstimate::Source::Measured);
        QVERIFY(measured.seconds > 0.0 && measured.picturesPerSecond > 0.0);
        QVERIFY(m_runs->runs().empty()); // a probe is no run
        wanted.size = 32;                // four times the places of 16
        const app::TrainingEstimate scaled = speed.estimate(wanted);
        QCOMPARE(scaled.source, app::TrainingEstimate::Source::Estimated);
        QVERIFY(scaled.seconds > 2.0 * measured.seconds);
        wanted.size = 16;
        QCOMPARE(speed.estimate(wanted).source, app::TrainingEstimate::Source::Measured);
        wanted.optimizer = engine::OptimizerKind::AdamW;
        QCOMPARE(speed.estimate(wanted).source, app::TrainingEstimate::Source::Estimated);
        QTRY_VERIFY(QFile::exists(file));
    }

private:
    void open()
    {
        m_runs.reset();
        m_engine.reset();
        m_engine = std::make_unique<app::EngineThread>([plan = m_plan] { return std::make_unique<FakeEngine>(plan); });
        m_runs = std::make_unique<TrainingRuns>(*m_engine, m_root->filePath(QStringLiteral("training")),
                                                m_root->filePath(QStringLiteral("models")));
    }
    [[nodiscard]] engine::TrainRequest request(std::int64_t steps = 10) const
    {
        return {.data = m_root->filePath(QStringLiteral("pictures")).toStdString(),
                .size = 16,
                .steps = steps,
                .batch = 16,
                .sampleEvery = 10};
    }

    std::shared_ptr<FakePlan> m_plan;
    std::unique_ptr<QTemporaryDir> m_root;
    std::unique_ptr<app::EngineThread> m_engine;
    std::unique_ptr<TrainingRuns> m_runs;
};

QTEST_GUILESS_MAIN(TrainingRunsTest)

#include "training_runs_test.moc"
