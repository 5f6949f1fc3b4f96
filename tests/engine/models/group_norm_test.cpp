#include "engine/models/group_norm.h"


#include <QTest>

/// Our kernel against LibTorch's own, in float64.
class GroupNormTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void agreesWithLibTorch_data();
    void agreesWithLibTorch();
};

void GroupNormTest::agreesWithLibTorch_data()
{
    QTest::addColumn<QList<int>>("shape"); // batch, channels, height, width, groups
    QTest::addColumn<bool>("silu");
    QTest::addColumn<double>("mean");
    QTest::addColumn<bool>("isBFloat16");
    for (const bool isBFloat16 : {false, true}) {
        const char *dtype = isBFloat16 ? "bfloat16" : "float32";
        QTest::addRow("%s", dtype) << QList<int>{2, 64, 16, 16, 32} << false << 0.0 << isBFloat16;
        QTest::addRow("%s, SiLU", dtype) << QList<int>{2, 64, 16, 16, 32} << true << 0.0 << isBFloat16;
        QTest::addRow("%s, odd sizes", dtype) << QList<int>{3, 24, 13, 11, 8} << true << 0.0 << isBFloat16;
        QTest::addRow("%s, one channel a group", dtype) << QList<int>{1, 32, 9, 40, 32} << true << 0.0 << isBFloat16;
        QTest::addRow("%s, one pixel", dtype) << QList<int>{4, 32, 1, 1, 4} << false << 0.0 << isBFloat16;
    }
    QTest::addRow("mean far from zero") << QList<int>{2, 64, 32, 32, 32} << true << 100.0 << false;
}

void GroupNormTest::agreesWithLibTorch()
{
    QFETCH(const QList<int>, shape);
    QFETCH(const bool, silu);
    QFETCH(const double, mean);
    QFETCH(const bool, isBFloat16);
    const auto dtype = isBFloat16 ? torch::kBFloat16 : torch::kFloat32;
    torch::manual_seed(1);
    const torch::Tensor start = (torch::randn({shape[0], shape[1], shape[2], shape[3]}) * 2 + mean).to(dtype);
    const torch::Tensor gradient = torch::randn_like(start, dtype);
    const torch::Tensor w = (1 + 0.3 * torch::randn({shape[1]})).to(dtype);
    const torch::Tensor b = (0.3 * torch::randn({shape[1]})).to(dtype);

    const auto leaf = [](const torch::Tensor &x, torch::Dtype type) { return x.to(type).clone().requires_grad_(); };
    const torch::Tensor x = leaf(start.contiguous(at::MemoryFormat::ChannelsLast), dtype);
    const torch::Tensor weight = leaf(w, dtype);
    const torch::Tensor bias = leaf(b, dtype);
    const torch::Tensor y = engine::groupNorm(x, weight, bias, {.groups = shape[4], .eps = 1e-5, .silu = silu});
    y.backward(gradient);

    const torch::Tensor x64 = leaf(start, torch::kFloat64);
    const torch::Tensor weight64 = leaf(w, torch::kFloat64);
    const torch::Tensor bias64 = leaf(b, torch::kFloat64);
    torch::Tensor want = at::group_norm(x64, shape[4], weight64, bias64, 1e-5);
    if (silu)
        want = at::silu(want);
    want.backward(gradient.to(torch::kFloat64));

    // bfloat16 keeps 8 bits: results are right to half of the last one, sums of many of them to a little more. A mean of
    // 100 costs float32 inputs two decimals.
    const double tolerance = isBFloat16 ? 8e-3 : mean > 0 ? 2e-4 : 2e-5;
    const auto agrees = [tolerance](const torch::Tensor &got, const torch::Tensor &expected) {
        const double scale = std::max(1e-3, expected.abs().max().item<double>());
        return ((got.to(torch::kFloat64) - expected).abs().max() / scale).item<double>() <= tolerance;
    };
    QVERIFY(agrees(y, want));
    QVERIFY(agrees(engine::groupNorm(x.detach(), w, b, {.groups = shape[4], .eps = 1e-5, .silu = silu}), want));
    QVERIFY(agrees(weight.grad(), weight64.grad()));
    QVERIFY(agrees(bias.grad(), bias64.grad()));
    if (shape[2] * shape[3] > 1)
        QVERIFY(agrees(x.grad(), x64.grad()));
}

QTEST_GUILESS_MAIN(GroupNormTest)

#include "group_norm_test.moc"
