#include "engine/core/device.h"
#include "engine/models/layers.h"
#include "engine/training/run_training.h"
#include "engine/training/trained_weights.h"
#include "tests/support/training_pictures.h"

#include <QTemporaryDir>
#include <QTest>

#include <cmath>
#include <utility>
#include <vector>

using engine::TrainedWeights;

namespace {

/// Moves a weight as the optimizer's fused kernels do: without counting the change.
void moveSilently(const torch::Tensor &weight, float by)
{
    float *values = weight.data_ptr<float>();
    for (int64_t i = 0; i < weight.numel(); ++i)
        values[i] += by;
}

double largest(const torch::Tensor &x)
{
    return x.abs().max().item<double>();
}

} // namespace

class TrainedWeightsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void meanFollowsItsClosedForm();
    void networksComputeWithTheWeightsOfTheMoment_data();
    void networksComputeWithTheWeightsOfTheMoment();
    void laterSamplesAreThoseOfTheLaterWeights_data();
    void laterSamplesAreThoseOfTheLaterWeights();
};

void TrainedWeightsTest::meanFollowsItsClosedForm()
{
    torch::nn::Linear layer(3, 2);
    const std::vector<engine::TrainedModule> modules = {{.name = "net", .module = layer.ptr()}};
    TrainedWeights weights(modules);
    QCOMPARE(weights.names().size(), std::size_t(2));
    const torch::Tensor begin = weights.masters().front().clone();
    // Weights that move by 1 each step; their mean lags behind by b (1 - b^n) / (1 - b).
    constexpr double kDecay = 0.75;
    constexpr int kUpdates = 5;
    for (int i = 0; i < kUpdates; ++i) {
        moveSilently(weights.masters().front(), 1.0F);
        weights.updateEma(kDecay);
    }
    const double lag = kDecay * (1.0 - std::pow(kDecay, kUpdates)) / (1.0 - kDecay);
    QVERIFY(largest(weights.ema().front() - (begin + (kUpdates - lag))) < 1e-5);
    QVERIFY(largest(weights.emaOf("net").at("weight") - weights.ema().front()) == 0.0);
    QVERIFY(weights.emaOf("ne").empty());
}

void TrainedWeightsTest::networksComputeWithTheWeightsOfTheMoment_data()
{
    QTest::addColumn<bool>("isBFloat16");
    QTest::newRow("float32") << false;
    QTest::newRow("bfloat16") << true;
}

void TrainedWeightsTest::networksComputeWithTheWeightsOfTheMoment()
{
    QFETCH(const bool, isBFloat16);
    const torch::Dtype dtype = isBFloat16 ? torch::kBFloat16 : torch::kFloat32;
    torch::manual_seed(1);
    engine::Conv2d layer(engine::Conv2dOptions{.in = 16, .out = 16, .kernel = 3, .padding = 1});
    const std::vector<engine::TrainedModule> modules = {{.name = "net", .module = layer.ptr(), .computeDtype = dtype}};
    TrainedWeights weights(modules);
    const torch::Tensor x = torch::randn({1, 16, 8, 8}).to(dtype);
    constexpr int64_t kOne = 1; // stride and padding
    // Without gradients layers keep their weights packed.
    const torch::NoGradGuard noGrad;
    const auto isOf = [&](const torch::Tensor &weight) {
        const torch::Tensor expected = at::conv2d(x, weight.to(dtype), layer->bias, kOne, kOne).to(torch::kFloat32);
        // Within a rounding; the weights' moves below change it by a third and more.
        const double tolerance = isBFloat16 ? 0.02 : 1e-5;
        return largest(layer->forward(x).to(torch::kFloat32) - expected) < tolerance * largest(expected);
    };
    const torch::Tensor &master = weights.masters().front();
    const torch::Tensor &mean = weights.ema().front();
    for (int i = 0; i < 3; ++i) {
        QVERIFY2(isOf(master), "the weights themselves");
        {
            const TrainedWeights::UseEma useEma(weights);
            QVERIFY2(isOf(mean), "their mean");
        }
        QVERIFY2(isOf(master), "the weights themselves again");
        moveSilently(master, 1.0F);
        weights.publish();
        moveSilently(mean, 0.5F);
    }
}

void TrainedWeightsTest::laterSamplesAreThoseOfTheLaterWeights_data()
{
    QTest::addColumn<engine::OptimizerKind>("optimizer");
    QTest::newRow("AdamW") << engine::OptimizerKind::AdamW;
    QTest::newRow("Muon") << engine::OptimizerKind::Muon;
}

void TrainedWeightsTest::laterSamplesAreThoseOfTheLaterWeights()
{
    QFETCH(const engine::OptimizerKind, optimizer);
    QTemporaryDir folder;
    const std::filesystem::path root = folder.path().toStdString();
    tests::writeTrainingSet(root / "data", 6);
    const engine::DevicePolicy devices(engine::EngineOptions{.threads = 1});
    std::vector<engine::SampleReady> samples;
    const engine::RunContext context{.emit = [&](const engine::Event &event) {
        const auto *sample = std::get_if<engine::SampleReady>(&event);
        if (sample && sample->step == 6)
            samples.push_back(*sample);
    }};
    const auto samplesOfStepSix = [&](std::int64_t every) {
        engine::runTraining({.kind = engine::TrainKind::Pixel,
                             .data = root / "data",
                             .output = root / std::to_string(every),
                             .size = 16,
                             .steps = 6,
                             .batch = 2,
                             .learningRate = 0.01,
                             .warmupSteps = 0,
                             .optimizer = optimizer,
                             .precision = engine::Precision::Float32,
                             .widths = {16, 32},
                             .sampleEvery = every},
                            devices, context);
        return std::exchange(samples, {});
    };
    // Sampling packs the weights; the second time they must be packed anew.
    const std::vector<engine::SampleReady> second = samplesOfStepSix(3);
    const std::vector<engine::SampleReady> first = samplesOfStepSix(6);
    QVERIFY(!first.empty());
    QCOMPARE(second.size(), first.size());
    for (std::size_t i = 0; i < first.size(); ++i)
        QVERIFY(second[i].image == first[i].image);
}

QTEST_GUILESS_MAIN(TrainedWeightsTest)

#include "trained_weights_test.moc"
