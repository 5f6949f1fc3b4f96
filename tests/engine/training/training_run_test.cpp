#include "engine/core/device.h"
#include "engine/core/tensor_file.h"
#include "engine/training/run_training.h"
#include "tests/support/training_pictures.h"

#include <QTemporaryDir>
#include <QTest>

#include <fstream>
#include <iterator>

namespace fs = std::filesystem;

namespace {

std::string bytesOf(const fs::path &file)
{
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

/// What Error says, or nothing.
template <typename Work>
std::string errorOf(Work work)
{
    try {
        work();
    } catch (const engine::Error &error) {
        return error.subject + ": " + error.detail;
    }
    return {};
}

} // namespace

/// Whole runs of a tiny pixel model.
class TrainingRunTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void stoppedRunGoesOnBitForBit_data();
    void stoppedRunGoesOnBitForBit();
    void stopTokenLeavesACheckpointAndAUsableModel();
    void stopWhileReadingPicturesIsNoError();
    void eventsTellHowItGoes();
    void samplesComeFromFixedSeeds();
    void checkpointOfAnotherNetworkIsRefused();
    void unusableRequestsAreRefusedInOneSentence_data();
    void unusableRequestsAreRefusedInOneSentence();

private:
    [[nodiscard]] engine::TrainRequest request(const std::string &output) const;
    engine::TrainReport train(const engine::TrainRequest &request, const engine::RunContext &context = {}) const;
    [[nodiscard]] fs::path root() const { return m_root.path().toStdString(); }

    QTemporaryDir m_root;
    engine::DevicePolicy m_devices{engine::EngineOptions{.threads = 1}};
};

void TrainingRunTest::initTestCase()
{
    tests::writeTrainingSet(root() / "data", 10);
}

engine::TrainRequest TrainingRunTest::request(const std::string &output) const
{
    return {.kind = engine::TrainKind::Pixel,
            .data = root() / "data",
            .output = root() / output,
            .size = 16,
            .steps = 6,
            .batch = 4,
            .warmupSteps = 2,
            .flip = true,
            .precision = engine::Precision::Float32,
            .seed = 5,
            .widths = {16, 32},
            .sampleEvery = 0};
}

engine::TrainReport TrainingRunTest::train(const engine::TrainRequest &request, const engine::RunContext &context) const
{
    return engine::runTraining(request, m_devices, context);
}

void TrainingRunTest::stoppedRunGoesOnBitForBit_data()
{
    QTest::addColumn<bool>("isBFloat16");
    QTest::addColumn<int>("accumulate");
    QTest::addColumn<engine::OptimizerKind>("optimizer");
    QTest::newRow("float32") << false << 1 << engine::OptimizerKind::AdamW;
    QTest::newRow("float32, two batches a step") << false << 2 << engine::OptimizerKind::AdamW;
    QTest::newRow("bfloat16") << true << 1 << engine::OptimizerKind::AdamW;
    QTest::newRow("Muon, float32") << false << 1 << engine::OptimizerKind::Muon;
    QTest::newRow("Muon, bfloat16") << true << 1 << engine::OptimizerKind::Muon;
}

void TrainingRunTest::stoppedRunGoesOnBitForBit()
{
    QFETCH(const bool, isBFloat16);
    QFETCH(const int, accumulate);
    QFETCH(const engine::OptimizerKind, optimizer);
    const std::string name = QTest::currentDataTag();
    engine::TrainRequest whole = request(name + " whole");
    whole.precision = isBFloat16 ? engine::Precision::BFloat16 : engine::Precision::Float32;
    whole.accumulate = accumulate;
    whole.optimizer = optimizer;
    const engine::TrainReport wholeReport = train(whole);
    QVERIFY(wholeReport.finished);
    QCOMPARE(wholeReport.steps, 6);

    engine::TrainRequest part = whole;
    part.output = root() / (name + " parts");
    part.stopAfterSteps = 3;
    const engine::TrainReport first = train(part);
    QVERIFY(!first.finished);
    QCOMPARE(first.steps, 3);
    const fs::path weights = "unet/diffusion_pytorch_model.safetensors";
    const std::string halfway = bytesOf(part.output / weights);
    part.stopAfterSteps = 0;
    const engine::TrainReport second = train(part);
    QVERIFY(second.finished);
    QCOMPARE(second.steps, 6);
    QCOMPARE(second.loss, wholeReport.loss);

    const std::string published = bytesOf(whole.output / weights);
    QVERIFY(!published.empty());
    QVERIFY(halfway != published);
    QVERIFY(bytesOf(part.output / weights) == published);
    // Weights, their mean, the optimizer's memory: everything but the time that it took.
    const auto want = engine::readTensors(whole.output / "checkpoints/training.safetensors");
    const auto got = engine::readTensors(part.output / "checkpoints/training.safetensors");
    QCOMPARE(got.size(), want.size());
    for (const auto &[key, tensor] : want)
        QVERIFY2(torch::equal(got.at(key), tensor), key.c_str());
}

void TrainingRunTest::stopTokenLeavesACheckpointAndAUsableModel()
{
    engine::TrainRequest endless = request("stopped");
    endless.steps = 1000000;
    std::stop_source stop;
    const engine::TrainReport report = train(endless, {.emit =
                                                           [&](const engine::Event &event) {
                                                               if (std::holds_alternative<engine::LossReported>(event))
                                                                   stop.request_stop();
                                                           },
                                                       .stop = stop.get_token()});
    QVERIFY(!report.finished);
    QVERIFY(report.steps >= 1 && report.steps < 1000);
    QVERIFY(fs::exists(endless.output / "checkpoints/training.safetensors"));
    const engine::ModelInfo info = engine::inspectModel(endless.output);
    QVERIFY(!info.takesPrompt);
    QVERIFY(!info.isLatent);
    QVERIFY(info.missing.empty());
    QCOMPARE(info.nativeWidth, 16);
}

void TrainingRunTest::stopWhileReadingPicturesIsNoError()
{
    std::stop_source stop;
    stop.request_stop();
    const engine::TrainReport report = train(request("never"), {.stop = stop.get_token()});
    QVERIFY(!report.finished);
    QCOMPARE(report.steps, 0);
    QVERIFY(!fs::exists(root() / "never/model_index.json"));
}

void TrainingRunTest::eventsTellHowItGoes()
{
    const engine::TrainRequest asked = request("events");
    bool hasBegun = false;
    std::vector<engine::LossReported> losses;
    train(asked, {.emit = [&](const engine::Event &event) {
              if (const auto *stage = std::get_if<engine::StageStarted>(&event))
                  hasBegun = hasBegun || stage->stage == engine::Stage::Training;
              if (const auto *loss = std::get_if<engine::LossReported>(&event))
                  losses.push_back(*loss);
          }});
    QVERIFY(hasBegun);
    QVERIFY(!losses.empty());
    QCOMPARE(losses.back().step, asked.steps);
    QCOMPARE(losses.back().steps, asked.steps);
    QCOMPARE(losses.back().secondsLeft, 0.0);
    QVERIFY(losses.front().loss > 0.0 && losses.front().picturesPerSecond > 0.0);
}

void TrainingRunTest::samplesComeFromFixedSeeds()
{
    std::vector<engine::SampleReady> samples;
    engine::TrainRequest asked = request("samples");
    asked.sampleEvery = 3;
    const engine::RunContext context{.emit = [&](const engine::Event &event) {
        if (const auto *sample = std::get_if<engine::SampleReady>(&event))
            samples.push_back(*sample);
    }};
    train(asked, context);
    QCOMPARE(samples.size(), std::size_t(8)); // after steps 3 and 6, four each
    QCOMPARE(samples.front().step, 3);
    QCOMPARE(samples.back().step, 6);
    QCOMPARE(samples.back().index, 3);
    QCOMPARE(samples.back().image.width, 16);
    QVERIFY(samples[0].image != samples[1].image);

    const std::vector<engine::SampleReady> before = std::exchange(samples, {});
    asked.output = root() / "samples again";
    train(asked, context);
    QCOMPARE(samples.size(), before.size());
    for (std::size_t i = 0; i < samples.size(); ++i)
        QVERIFY(samples[i].image == before[i].image);

    // Drawing them changes nothing about the training.
    asked.output = root() / "no samples";
    asked.sampleEvery = 0;
    train(asked);
    const fs::path weights = "unet/diffusion_pytorch_model.safetensors";
    QVERIFY(bytesOf(root() / "samples" / weights) == bytesOf(asked.output / weights));
}

void TrainingRunTest::checkpointOfAnotherNetworkIsRefused()
{
    engine::TrainRequest asked = request("other");
    asked.stopAfterSteps = 1;
    train(asked);
    asked.widths = {16, 16};
    const std::string error = errorOf([&] { train(asked); });
    QVERIFY2(error.find("other settings") != std::string::npos, error.c_str());
}

void TrainingRunTest::unusableRequestsAreRefusedInOneSentence_data()
{
    QTest::addColumn<QString>("data");
    QTest::addColumn<int>("size");
    QTest::addColumn<int>("levels");
    QTest::addColumn<QString>("expected");
    QTest::newRow("no folder") << "nowhere" << 16 << 2 << "no folder";
    QTest::newRow("no pictures") << "empty" << 16 << 2 << "data: there are no pictures in";
    QTest::newRow("only broken ones") << "broken" << 16 << 2 << "data: none of the pictures can be read";
    QTest::newRow("one picture") << "single" << 16 << 2 << "data: there are too few pictures: 1";
    QTest::newRow("size") << "data" << 17 << 2 << "size: ";
    QTest::newRow("levels") << "data" << 24 << 5 << "widths: with 5 levels";
}

void TrainingRunTest::unusableRequestsAreRefusedInOneSentence()
{
    QFETCH(const QString, data);
    QFETCH(const int, size);
    QFETCH(const int, levels);
    QFETCH(const QString, expected);
    fs::create_directories(root() / "empty");
    tests::writeTextFile(root() / "broken/a.png", "this is no picture");
    tests::writeTrainingPicture(root() / "single/a.png", 1);
    engine::TrainRequest asked = request("refused");
    asked.data = root() / data.toStdString();
    asked.size = size;
    asked.widths.assign(static_cast<std::size_t>(levels), 16);
    const std::string error = errorOf([&] { train(asked); });
    QVERIFY2(error.find(expected.toStdString()) != std::string::npos, error.c_str());
}

QTEST_GUILESS_MAIN(TrainingRunTest)

#include "training_run_test.moc"
