#include "engine/training/noise_loss.h"

#include <torch/torch.h>

#include <QTest>

#include <array>
#include <cmath>
#include <vector>

using engine::CorruptedBatch;
using engine::NoiseLoss;
using engine::Prediction;

namespace {

/// Products of 1 - beta: what is left of a picture's energy at each of the four time steps.
constexpr std::array<double, 4> kAlphas = {0.9, 0.72, 0.504, 0.3024};

engine::SchedulerConfig scheduler(Prediction prediction)
{
    return {.trainTimesteps = 4, .trainedBetas = {0.1, 0.2, 0.3, 0.4}, .prediction = prediction};
}

CorruptedBatch corrupted(Prediction prediction, double minSnrGamma, const torch::Tensor &x0)
{
    const NoiseLoss loss(scheduler(prediction), minSnrGamma, torch::kCPU);
    return loss.corrupt(x0, at::detail::createCPUGenerator(3));
}

/// [B, 1, 1, 1] of the batch's time steps.
torch::Tensor alphasOf(const CorruptedBatch &batch)
{
    return torch::tensor(std::vector<double>(kAlphas.begin(), kAlphas.end()), torch::kFloat64)
        .index_select(0, batch.timestep)
        .view({-1, 1, 1, 1});
}

double largest(const torch::Tensor &x)
{
    return x.abs().max().item<double>();
}

} // namespace

class NoiseLossTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void targetsFollowTheirFormulas_data();
    void targetsFollowTheirFormulas();
    void timeStepsCoverTheirRangeEvenly();
    void minSnrWeightsFollowTheirFormulas_data();
    void minSnrWeightsFollowTheirFormulas();
    void lossIsTheWeightedMeanSquare();
};

void NoiseLossTest::targetsFollowTheirFormulas_data()
{
    QTest::addColumn<engine::Prediction>("prediction");
    QTest::newRow("epsilon") << Prediction::Epsilon;
    QTest::newRow("v") << Prediction::VPrediction;
    QTest::newRow("sample") << Prediction::Sample;
}

void NoiseLossTest::targetsFollowTheirFormulas()
{
    QFETCH(const engine::Prediction, prediction);
    const torch::Tensor x0 =
        torch::rand({64, 3, 8, 8}, at::detail::createCPUGenerator(1), torch::TensorOptions().dtype(torch::kFloat32));
    const CorruptedBatch batch = corrupted(prediction, 0.0, x0);
    const torch::Tensor a = alphasOf(batch);
    // The noise, from x = sqrt(a) x0 + sqrt(1 - a) noise.
    const torch::Tensor noise = (batch.x - a.sqrt() * x0) / (1.0 - a).sqrt();
    QVERIFY(std::abs(noise.mean().item<double>()) < 0.05); // 12,288 values: 5 standard errors
    QVERIFY(std::abs(noise.var().item<double>() - 1.0) < 0.07);

    torch::Tensor expected = x0;
    if (prediction == Prediction::Epsilon)
        expected = noise;
    else if (prediction == Prediction::VPrediction)
        expected = a.sqrt() * noise - (1.0 - a).sqrt() * x0;
    QVERIFY(largest(batch.target - expected) < 1e-5); // float32, divided by no less than 0.3
    QCOMPARE(largest(batch.weight - 1.0), 0.0);
}

void NoiseLossTest::timeStepsCoverTheirRangeEvenly()
{
    // One from each of as many equal parts as there are pictures.
    const CorruptedBatch batch = corrupted(Prediction::Epsilon, 0.0, torch::zeros({20, 1, 2, 2}));
    for (int64_t t = 0; t < 4; ++t)
        QCOMPARE(batch.timestep.eq(t).sum().item<int64_t>(), 5);
    QVERIFY(!torch::equal(batch.timestep, std::get<0>(batch.timestep.sort())));
}

void NoiseLossTest::minSnrWeightsFollowTheirFormulas_data()
{
    // With snr = a / (1 - a) = 9, 18/7, 63/62, 189/436 and gamma = 2.
    QTest::addColumn<engine::Prediction>("prediction");
    QTest::addColumn<QList<double>>("expected");
    QTest::newRow("epsilon: min(snr, gamma) / snr")
        << Prediction::Epsilon << QList<double>{2.0 / 9.0, 7.0 / 9.0, 1.0, 1.0};
    QTest::newRow("v: min(snr, gamma) / (snr + 1)")
        << Prediction::VPrediction << QList<double>{0.2, 0.56, 0.504, 0.3024};
    QTest::newRow("sample: min(snr, gamma)")
        << Prediction::Sample << QList<double>{2.0, 2.0, 63.0 / 62.0, 189.0 / 436.0};
}

void NoiseLossTest::minSnrWeightsFollowTheirFormulas()
{
    QFETCH(const engine::Prediction, prediction);
    QFETCH(const QList<double>, expected);
    const CorruptedBatch batch = corrupted(prediction, 2.0, torch::zeros({8, 1, 2, 2}));
    for (int64_t i = 0; i < 8; ++i) {
        const double weight = batch.weight[i].item<double>();
        QVERIFY(std::abs(weight - expected.at(batch.timestep[i].item<int64_t>())) < 1e-6);
    }
}

void NoiseLossTest::lossIsTheWeightedMeanSquare()
{
    const torch::Tensor target = torch::zeros({2, 1, 1, 2});
    const torch::Tensor prediction = torch::tensor({1.0F, 3.0F, 2.0F, 0.0F}).view({2, 1, 1, 2});
    const CorruptedBatch batch{.x = target, .timestep = {}, .target = target, .weight = torch::tensor({0.5F, 3.0F})};
    // Means of squares 5 and 2.
    QCOMPARE(NoiseLoss::of(prediction, batch).item<double>(), 0.5 * (0.5 * 5.0 + 3.0 * 2.0));
}

QTEST_APPLESS_MAIN(NoiseLossTest)

#include "noise_loss_test.moc"
