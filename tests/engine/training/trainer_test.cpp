#include "engine/training/trainer.h"

#include "engine/core/tensor_file.h"
#include "engine/error.h"
#include "engine/training/memory_probe.h"

#include <QTemporaryDir>
#include <QTest>

#include <atomic>
#include <fstream>
#include <functional>
#include <mutex>
#include <new>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <unistd.h>

using engine::Trainer;
using engine::TrainerSettings;

namespace fs = std::filesystem;

namespace {

/// A line through noisy points.
class LineObjective : public engine::Objective
{
public:
    LineObjective() : m_layer(4, 1)
    {
        const torch::NoGradGuard noGrad;
        m_layer->weight.fill_(0.5);
        m_layer->bias.zero_();
    }

    [[nodiscard]] std::vector<engine::TrainedModule> modules() const override
    {
        return {{.name = "line", .module = m_layer.ptr()}};
    }
    [[nodiscard]] torch::Device device() const override { return torch::kCPU; }

    engine::BatchLoss prepare(int64_t batch, const torch::Generator &generator) override
    {
        preparing();
        const torch::Tensor x = torch::randn({batch, 4}, generator, torch::TensorOptions().dtype(torch::kFloat32));
        return [this, batch, x] {
            computing(batch);
            return (m_layer->forward(x) - x.sum(1, true)).square().mean();
        };
    }

    std::function<void()> preparing = [] {};
    std::function<void(int64_t batch)> computing = [](int64_t) {};

private:
    torch::nn::Linear m_layer;
};

/// What Error says, or nothing.
template <typename Work>
std::string errorOf(Work work)
{
    try {
        work();
    } catch (const engine::Error &error) {
        return error.detail;
    }
    return {};
}

} // namespace

class TrainerTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_root.emplace(); }
    void finishedRunReportsTheLossThatItEndedWith();
    void outOfMemoryKeepsTheStepBeforeAndNamesABatch();
    void otherFailuresArePassedOn();
    void batchesArePreparedAheadOnOneCore();
    void batchesPreparedAheadAreThoseOfTheirStep();
    void failuresInTheBackgroundArePassedOn();
    void batchThatWorksIsHalvedUntilItDoes();
    void batchThatFitsTriesSmallBatchesToo_data();
    void batchThatFitsTriesSmallBatchesToo();
    void tornCheckpointsOfKilledProgramsAreRemoved();

private:
    [[nodiscard]] fs::path folder() const { return m_root->path().toStdString(); }
    [[nodiscard]] TrainerSettings settings(std::int64_t steps, const fs::path &checkpoints) const
    {
        return {.steps = steps,
                .batch = 16,
                .learningRate = {.peak = 0.01, .warmupSteps = 0, .shape = engine::LearningRateSchedule::Constant},
                .checkpoints = checkpoints,
                .settings = "line"};
    }

    std::optional<QTemporaryDir> m_root;
};

void TrainerTest::finishedRunReportsTheLossThatItEndedWith()
{
    LineObjective objective;
    const engine::TrainReport first = Trainer(objective, settings(5, folder())).run({});
    QVERIFY(first.finished && first.loss > 0.0);
    LineObjective again;
    const engine::TrainReport second = Trainer(again, settings(5, folder())).run({});
    QVERIFY(second.finished);
    QCOMPARE(second.steps, std::int64_t(5));
    QCOMPARE(second.loss, first.loss);
}

void TrainerTest::outOfMemoryKeepsTheStepBeforeAndNamesABatch()
{
    LineObjective undisturbed;
    Trainer(undisturbed, settings(3, folder() / "three")).run({});

    LineObjective objective;
    Trainer trainer(objective, settings(9, folder() / "full"));
    objective.computing = [&](int64_t batch) {
        if (trainer.step() == 3 && batch > 4)
            throw std::bad_alloc();
    };
    const std::string error = errorOf([&] { trainer.run({}); });
    QVERIFY2(error.find("batches of 16; 4 would fit") != std::string::npos, error.c_str());

    // Nothing of the three steps is lost.
    const auto want = engine::readTensors(engine::checkpointFile(folder() / "three"));
    const auto got = engine::readTensors(engine::checkpointFile(folder() / "full"));
    QCOMPARE(got.size(), want.size());
    for (const auto &[name, tensor] : want)
        QVERIFY2(torch::equal(got.at(name), tensor), name.c_str());
}

void TrainerTest::otherFailuresArePassedOn()
{
    LineObjective objective;
    Trainer trainer(objective, settings(9, {}));
    objective.computing = [&](int64_t) {
        if (trainer.step() == 2)
            throw std::out_of_range("broken");
    };
    QVERIFY_THROWS_EXCEPTION(std::out_of_range, trainer.run({}));
    QCOMPARE(trainer.step(), std::int64_t(2));
}

void TrainerTest::batchesArePreparedAheadOnOneCore()
{
    const int before = at::get_num_threads();
    at::set_num_threads(3);
    LineObjective objective;
    Trainer trainer(objective, settings(4, {}));
    std::mutex mutex;
    QList<int> threads; // that a loop would take, of those prepared elsewhere than here
    const std::thread::id here = std::this_thread::get_id();
    objective.preparing = [&] {
        const std::lock_guard lock(mutex);
        if (std::this_thread::get_id() != here)
            threads.append(at::get_num_threads());
    };
    trainer.run({});
    QCOMPARE(threads, QList<int>({1, 1, 1})); // of the steps after the first, and none for after the end
    QCOMPARE(at::get_num_threads(), 3);
    at::set_num_threads(before);
}

void TrainerTest::batchesPreparedAheadAreThoseOfTheirStep()
{
    // Interrupted after each step, what was prepared ahead of the next is drawn anew.
    for (const int accumulate : {1, 3}) {
        const fs::path whole = folder() / ("whole" + std::to_string(accumulate));
        const fs::path parts = folder() / ("parts" + std::to_string(accumulate));
        LineObjective objective;
        TrainerSettings asked = settings(4, whole);
        asked.accumulate = accumulate;
        Trainer(objective, asked).run({});
        asked.checkpoints = parts;
        asked.stopAfterSteps = 1;
        for (int i = 0; i < 4; ++i) {
            LineObjective part;
            Trainer(part, asked).run({});
        }
        const auto want = engine::readTensors(engine::checkpointFile(whole));
        const auto got = engine::readTensors(engine::checkpointFile(parts));
        for (const auto &[name, tensor] : want)
            QVERIFY2(torch::equal(got.at(name), tensor), name.c_str());
    }
}

void TrainerTest::failuresInTheBackgroundArePassedOn()
{
    LineObjective objective;
    Trainer trainer(objective, settings(9, {}));
    const std::thread::id here = std::this_thread::get_id();
    std::atomic<int> batches = 0;
    objective.preparing = [&] {
        if (std::this_thread::get_id() != here && ++batches == 2) // that of the third step
            throw std::out_of_range("broken");
    };
    QVERIFY_THROWS_EXCEPTION(std::out_of_range, trainer.run({}));
    QCOMPARE(trainer.step(), std::int64_t(2));
}

void TrainerTest::batchThatWorksIsHalvedUntilItDoes()
{
    std::vector<std::int64_t> tried;
    const auto upTo = [&](std::int64_t limit) {
        tried.clear();
        return engine::batchThatWorks(48, [&tried, limit](std::int64_t batch) {
            tried.push_back(batch);
            if (batch > limit)
                throw std::bad_alloc();
        });
    };
    QCOMPARE(upTo(7), std::int64_t(6));
    QCOMPARE(tried, (std::vector<std::int64_t>{24, 12, 6}));
    QCOMPARE(upTo(1), std::int64_t(1));
    QCOMPARE(upTo(0), std::int64_t(0));
    const auto broken = [](std::int64_t) { throw std::out_of_range("broken"); };
    QVERIFY_THROWS_EXCEPTION(std::out_of_range, engine::batchThatWorks(8, broken));
}

void TrainerTest::batchThatFitsTriesSmallBatchesToo_data()
{
    QTest::addColumn<int>("batch");
    QTest::addColumn<QList<int>>("expected");
    QTest::newRow("1") << 1 << QList<int>{};
    QTest::newRow("2") << 2 << QList<int>{};
    QTest::newRow("3") << 3 << QList<int>{1, 2};
    QTest::newRow("4") << 4 << QList<int>{1, 2};
    QTest::newRow("8") << 8 << QList<int>{1, 2, 4};
    QTest::newRow("15") << 15 << QList<int>{1, 2, 4};
    QTest::newRow("16") << 16 << QList<int>{2, 4};
    QTest::newRow("40") << 40 << QList<int>{2, 4, 8};
}

void TrainerTest::batchThatFitsTriesSmallBatchesToo()
{
    if (::access("/proc/self/clear_refs", W_OK) != 0)
        QSKIP("This system does not tell what a try takes.");
    QFETCH(const int, batch);
    QFETCH(const QList<int>, expected);
    // Work that takes nothing says nothing, so that all are tried and the batch is taken as it is.
    QList<int> tried;
    const std::int64_t fitting =
        engine::batchThatFits(batch, [&](std::int64_t pictures) { tried.append(static_cast<int>(pictures)); });
    QCOMPARE(fitting, std::int64_t(batch));
    QCOMPARE(tried, expected);
}

void TrainerTest::tornCheckpointsOfKilledProgramsAreRemoved()
{
    const auto touch = [&](const std::string &name) { std::ofstream(folder() / name) << "half"; };
    touch("training.safetensors.part2147483647-0"); // no process has so high a number
    touch("training.safetensors.part" + std::to_string(::getppid()) + "-3");
    touch("notes.part7");
    LineObjective objective;
    Trainer(objective, settings(1, folder())).run({});
    QVERIFY(!fs::exists(folder() / "training.safetensors.part2147483647-0"));
    QVERIFY(fs::exists(folder() / ("training.safetensors.part" + std::to_string(::getppid()) + "-3")));
    QVERIFY(fs::exists(folder() / "notes.part7"));
    QVERIFY(fs::exists(folder() / "training.safetensors"));
}

QTEST_GUILESS_MAIN(TrainerTest)

#include "trainer_test.moc"
