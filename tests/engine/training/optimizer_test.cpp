#include "engine/training/optimizer.h"

#include <torch/torch.h>

#include <QTest>

#include <cmath>
#include <limits>

using engine::Optimizer;
using engine::OptimizerKind;
using engine::OptimizerOptions;

namespace {

torch::Tensor normal(const std::vector<int64_t> &sizes, std::uint64_t seed)
{
    torch::Generator generator = at::globalContext().defaultGenerator(torch::kCPU).clone();
    generator.set_current_seed(seed);
    return torch::randn(sizes, generator, torch::kFloat32);
}

double largest(const torch::Tensor &x)
{
    return x.abs().max().item<double>();
}

/// A matrix whose singular values are `values`.
torch::Tensor withSingularValues(const torch::Tensor &values, int64_t columns)
{
    const int64_t rows = values.numel();
    const torch::Tensor left = std::get<0>(torch::linalg_qr(normal({rows, rows}, 1)));
    const torch::Tensor right = std::get<0>(torch::linalg_qr(normal({columns, columns}, 2))).narrow(1, 0, rows);
    return left.mm(torch::diag(values)).mm(right.t());
}

} // namespace

class OptimizerTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void adamWIsLibTorchs();
    void orthogonalisedMatricesKeepTheirDirections();
    void muonStepsEquallyFarInEveryDirection();
    void muonLeavesTheRestToAdamW();
    void brokenGradientsMoveNothing_data();
    void brokenGradientsMoveNothing();
};

void OptimizerTest::adamWIsLibTorchs()
{
    const torch::Tensor weight = normal({24, 40}, 3);
    torch::Tensor ours = weight.clone();
    torch::Tensor theirs = weight.clone().requires_grad_(true);
    Optimizer optimizer({"net.weight"}, {ours}, {.weightDecay = 0.1, .clipNorm = 0.0});
    torch::optim::AdamW reference({theirs},
                                  torch::optim::AdamWOptions(0.01).betas({0.9, 0.99}).eps(1e-8).weight_decay(0.1));
    for (std::uint64_t step = 0; step < 5; ++step) {
        const torch::Tensor gradient = normal({24, 40}, 10 + step);
        optimizer.step({gradient}, 0.01);
        theirs.mutable_grad() = gradient.clone();
        reference.step();
    }
    QVERIFY(largest(ours - weight) > 0.01);
    QVERIFY(largest(ours - theirs.detach()) < 1e-6);
}

void OptimizerTest::orthogonalisedMatricesKeepTheirDirections()
{
    // Singular values over two and a half orders of magnitude, two matrices at once.
    const torch::Tensor values = torch::logspace(0.0, -2.5, 24);
    const torch::Tensor matrix = withSingularValues(values, 60);
    const torch::Tensor both = torch::stack({matrix, 1000.0 * matrix.flip({0})});
    const torch::Tensor result = engine::orthogonalised(both);
    QVERIFY(torch::allclose(result[1], result[0].flip({0}), 1e-3, 1e-3)); // whatever the scale

    const auto [left, before, right] = torch::linalg_svd(matrix, false);
    const torch::Tensor turned = left.t().mm(result[0]).mm(right.t()); // diagonal if the directions are the same
    const torch::Tensor after = turned.diagonal();
    QVERIFY(largest(turned - torch::diag(after)) < 1e-3);
    QVERIFY2(after.min().item<double>() > 0.3, qPrintable(QString::number(after.min().item<double>())));
    QVERIFY2(after.max().item<double>() < 1.3, qPrintable(QString::number(after.max().item<double>())));
    QVERIFY(after.narrow(0, 0, 16).min().item<double>() > 0.6); // those that are not very small are done
}

void OptimizerTest::muonStepsEquallyFarInEveryDirection()
{
    // A convolution [32, 16, 3, 3]: its matrix is [32, 144]; a matrix that is taller than wide beside it.
    std::vector<torch::Tensor> weights = {normal({32, 16, 3, 3}, 4), normal({96, 32}, 5)};
    const std::vector<torch::Tensor> before = {weights[0].clone(), weights[1].clone()};
    Optimizer optimizer({"net.conv.weight", "net.linear.weight"}, weights,
                        {.kind = OptimizerKind::Muon, .weightDecay = 0.0});
    optimizer.step({normal({32, 16, 3, 3}, 6), normal({96, 32}, 7)}, 0.01);
    for (std::size_t i = 0; i < weights.size(); ++i) {
        const torch::Tensor update = (weights[i] - before[i]).flatten(1);
        const double side = static_cast<double>(std::max(update.size(0), update.size(1)));
        const torch::Tensor lengths = torch::linalg_svdvals(update) / (0.01 * 0.2 * std::sqrt(side));
        QVERIFY2(lengths.max().item<double>() < 1.3, qPrintable(QString::number(lengths.max().item<double>())));
        QVERIFY2(lengths.min().item<double>() > 0.6, qPrintable(QString::number(lengths.min().item<double>())));
    }

    // It goes down: a least-squares problem whose inputs have very different sizes.
    const torch::Tensor inputs = normal({256, 32}, 8) * torch::logspace(0.0, -1.5, 32);
    const torch::Tensor wanted = inputs.mm(normal({32, 32}, 9));
    const auto lossAfter = [&](OptimizerKind kind) {
        torch::Tensor weight = torch::zeros({32, 32});
        Optimizer solver({"net.weight"}, {weight}, {.kind = kind, .weightDecay = 0.0, .clipNorm = 0.0});
        for (int step = 0; step < 200; ++step)
            solver.step({inputs.t().mm(inputs.mm(weight) - wanted) / 256.0}, 0.3 * (1.0 - step / 200.0));
        return (inputs.mm(weight) - wanted).square().mean().item<double>();
    };
    const double atFirst = wanted.square().mean().item<double>();
    QVERIFY2(lossAfter(OptimizerKind::Muon) < 1e-3 * atFirst,
             qPrintable(QString::number(lossAfter(OptimizerKind::Muon) / atFirst)));
}

void OptimizerTest::muonLeavesTheRestToAdamW()
{
    const std::vector<std::string> names = {"unet.conv_in.weight", "unet.norm.weight", "text.token_embedding.weight",
                                            "unet.thin.weight", "unet.mid.to_q.weight"};
    const std::vector<std::vector<int64_t>> shapes = {{32, 36}, {64}, {100, 32}, {64, 4, 1, 1}, {32, 32}};
    const auto weightsAfter = [&](OptimizerKind kind) {
        std::vector<torch::Tensor> weights, gradients;
        for (std::size_t i = 0; i < shapes.size(); ++i) {
            weights.push_back(normal(shapes[i], 20 + i));
            gradients.push_back(normal(shapes[i], 30 + i));
        }
        Optimizer optimizer(names, weights, {.kind = kind});
        optimizer.step(gradients, 0.01);
        // What a run goes on from: Muon needs no squares.
        const auto state = optimizer.state();
        for (std::size_t i = 0; i < names.size(); ++i) {
            const bool isMuons = kind == OptimizerKind::Muon && i + 1 == names.size();
            if (!state.contains("exp_avg." + names[i]) || state.contains("exp_avg_sq." + names[i]) == isMuons)
                weights[i].zero_();
        }
        return weights;
    };
    const std::vector<torch::Tensor> adamW = weightsAfter(OptimizerKind::AdamW);
    const std::vector<torch::Tensor> muon = weightsAfter(OptimizerKind::Muon);
    for (std::size_t i = 0; i + 1 < names.size(); ++i) {
        QVERIFY2(torch::equal(adamW[i], muon[i]), names[i].c_str());
        QVERIFY2(largest(muon[i]) > 0.0, names[i].c_str());
    }
    QVERIFY(!torch::equal(adamW.back(), muon.back()));
    QVERIFY(largest(muon.back()) > 0.0);
}

void OptimizerTest::brokenGradientsMoveNothing_data()
{
    QTest::addColumn<OptimizerKind>("kind");
    QTest::newRow("AdamW") << OptimizerKind::AdamW;
    QTest::newRow("Muon") << OptimizerKind::Muon;
}

void OptimizerTest::brokenGradientsMoveNothing()
{
    QFETCH(const OptimizerKind, kind);
    const torch::Tensor weight = normal({32, 32}, 40);
    const torch::Tensor bias = normal({32}, 41);
    const std::vector<std::string> names = {"net.weight", "net.bias"};
    Optimizer optimizer(names, {weight, bias}, {.kind = kind, .weightDecay = 0.1});
    optimizer.step({normal({32, 32}, 42), normal({32}, 43)}, 0.01);
    const torch::Tensor weightBefore = weight.clone();
    const torch::Tensor biasBefore = bias.clone();
    std::map<std::string, torch::Tensor> stateBefore;
    for (const auto &[name, tensor] : optimizer.state())
        stateBefore[name] = tensor.clone();

    torch::Tensor broken = normal({32, 32}, 44);
    broken[3][5] = std::numeric_limits<float>::quiet_NaN();
    optimizer.step({broken, normal({32}, 45)}, 0.01);
    QVERIFY(torch::equal(weight, weightBefore));
    QVERIFY(torch::equal(bias, biasBefore));
    for (const auto &[name, tensor] : optimizer.state())
        QVERIFY2(torch::equal(tensor, stateBefore.at(name)), name.c_str());
    optimizer.step({normal({32, 32}, 46), normal({32}, 47)}, 0.01);
    QVERIFY(!torch::equal(weight, weightBefore));
    QVERIFY(weight.isfinite().all().item<bool>());
}

QTEST_GUILESS_MAIN(OptimizerTest)
#include "optimizer_test.moc"
