#include "engine/kernels/amx_attention.h"
#include "engine/kernels/gated_gelu.h"
#include "engine/models/attention.h"
#include "tests/support/compare_tensors.h"

#include <QTest>

using torch::Tensor;

/// The kernels that replace LibTorch's operators while inferring, against float32. On a processor without the
/// instructions they need, these rows test LibTorch's own operators, which then stand in.
class FastKernelsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { torch::manual_seed(3); }
    void attentionIsSoftmaxOfProducts_data();
    void attentionIsSoftmaxOfProducts();
    void attentionSurvivesLargeScores();
    void attentionHasTheGradientsOfSoftmaxOfProducts_data();
    void attentionHasTheGradientsOfSoftmaxOfProducts();
    void gatedGeluIsGeluTimesValue();
    void layersOfAllShapesComputeWhatLibTorchComputes_data();
    void layersOfAllShapesComputeWhatLibTorchComputes();
};

void FastKernelsTest::attentionIsSoftmaxOfProducts_data()
{
    QTest::addColumn<int>("queries");
    QTest::addColumn<int>("keys");
    QTest::addColumn<int>("width");
    QTest::newRow("one of each") << 1 << 1 << 40;
    QTest::newRow("self, width of SD 1.5's first level") << 300 << 300 << 40;
    QTest::newRow("to text") << 100 << 77 << 80;
    QTest::newRow("several blocks of keys") << 64 << 1000 << 64;
    QTest::newRow("deepest level") << 33 << 65 << 160;
    QTest::newRow("odd width") << 20 << 50 << 13;
    QTest::newRow("the autoencoder's") << 70 << 90 << 512;
}

void FastKernelsTest::attentionIsSoftmaxOfProducts()
{
    QFETCH(const int, queries);
    QFETCH(const int, keys);
    QFETCH(const int, width);
    constexpr int kHeads = 3;
    const auto heads = [&](int tokens) { // [2, tokens, heads * width] -> [2, heads, tokens, width]
        return torch::randn({2, tokens, kHeads * width})
            .to(torch::kBFloat16)
            .unflatten(-1, {kHeads, width})
            .transpose(1, 2);
    };
    const Tensor q = heads(queries);
    const Tensor k = heads(keys);
    const Tensor v = heads(keys);
    const torch::InferenceMode inference;
    const auto wide = [](const Tensor &t) { return t.to(torch::kFloat64); };
    const Tensor scores = wide(q).matmul(wide(k).transpose(-1, -2)) / std::sqrt(static_cast<double>(width));
    // Probabilities and result are rounded to 8 bits.
    COMPARE_TENSORS(engine::attend(q, k, v), scores.softmax(-1).matmul(wide(v)), 0.008);
}

void FastKernelsTest::attentionSurvivesLargeScores()
{
    const Tensor q = torch::full({1, 1, 40, 32}, 100.0, torch::kBFloat16);
    Tensor k = torch::randn({1, 1, 600, 32}).to(torch::kBFloat16) * 30;
    k.select(2, 599).fill_(100.0); // scores 100 * 100 * sqrt(32): the last key wins, whatever was summed up before
    const Tensor v = torch::randn({1, 1, 600, 32}).to(torch::kBFloat16);
    const torch::InferenceMode inference;
    COMPARE_TENSORS(engine::attend(q, k, v), v.select(2, 599).unsqueeze(2).expand({1, 1, 40, 32}), 1e-6);
}

void FastKernelsTest::attentionHasTheGradientsOfSoftmaxOfProducts_data()
{
    QTest::addColumn<int>("queries");
    QTest::addColumn<int>("keys");
    QTest::addColumn<int>("width");
    QTest::addColumn<bool>("isCausal");
    QTest::newRow("one of each") << 1 << 1 << 40 << false;
    QTest::newRow("self, width of SD 1.5's first level") << 300 << 300 << 40 << false;
    QTest::newRow("to text") << 100 << 77 << 80 << false;
    QTest::newRow("more keys than the kernel takes") << 40 << 1100 << 64 << false;
    QTest::newRow("deepest level") << 33 << 65 << 160 << false;
    QTest::newRow("odd width") << 20 << 50 << 13 << false;
    QTest::newRow("text encoder") << 77 << 77 << 64 << true;
    QTest::newRow("short text") << 32 << 32 << 32 << true;
}

void FastKernelsTest::attentionHasTheGradientsOfSoftmaxOfProducts()
{
    QFETCH(const bool, isCausal);
    QFETCH(const int, queries);
    QFETCH(const int, keys);
    QFETCH(const int, width);
    constexpr int kHeads = 3;
    const auto heads = [&](int tokens, torch::Dtype dtype, const Tensor &values) {
        return values.to(dtype).view({2, tokens, kHeads, width}).transpose(1, 2).detach().requires_grad_();
    };
    const auto draw = [&](int tokens) { return torch::randn({2, tokens, kHeads * width}).to(torch::kBFloat16); };
    const Tensor values[4] = {draw(queries), draw(keys), draw(keys), draw(queries)};
    Tensor narrow[3];
    Tensor wide[3];
    for (int i = 0; i < 3; ++i) {
        narrow[i] = heads(i == 0 ? queries : keys, torch::kBFloat16, values[i]);
        wide[i] = heads(i == 0 ? queries : keys, torch::kFloat64, values[i]);
    }
    Tensor scores = wide[0].matmul(wide[1].transpose(-1, -2)) / std::sqrt(static_cast<double>(width));
    if (isCausal)
        scores = scores.masked_fill(torch::ones({queries, keys}, torch::kBool).triu(1), -1e30);
    scores.softmax(-1).matmul(wide[2]).backward(heads(queries, torch::kFloat64, values[3]).detach());
    engine::attend(narrow[0], narrow[1], narrow[2], isCausal)
        .backward(heads(queries, torch::kBFloat16, values[3]).detach());
    // Probabilities, their gradients and the results are rounded to 8 bits.
    for (int i = 0; i < 3; ++i)
        COMPARE_TENSORS(narrow[i].grad(), wide[i].grad(), 0.012);
}

void FastKernelsTest::gatedGeluIsGeluTimesValue()
{
    const Tensor x = torch::cat({torch::randn({3, 5, 38}), torch::linspace(-12, 12, 3 * 5 * 38).view({3, 5, 38})}, -1)
                         .to(torch::kBFloat16);
    const auto halves = x.to(torch::kFloat64).chunk(2, -1);
    const Tensor want = halves[0] * at::gelu(halves[1]);
    const torch::InferenceMode inference;
    COMPARE_TENSORS(engine::geglu(x), want, 0.004); // half a step of bfloat16
    // Element by element too: the tail of negative gates is small, not wrong.
    const Tensor relative = ((engine::geglu(x) - want).abs() / (want.abs() + 1e-6)).max();
    QVERIFY2(relative.item<double>() < 0.01, std::to_string(relative.item<double>()).c_str());
}

void FastKernelsTest::layersOfAllShapesComputeWhatLibTorchComputes_data()
{
    QTest::addColumn<int>("in");
    QTest::addColumn<int>("out");
    QTest::addColumn<int>("kernel");
    QTest::addColumn<int>("stride");
    QTest::newRow("3x3") << 32 << 48 << 3 << 1;
    QTest::newRow("strided") << 32 << 32 << 3 << 2;
    QTest::newRow("1x1") << 32 << 64 << 1 << 1;
    QTest::newRow("from latents") << 4 << 33 << 3 << 1;
    QTest::newRow("to latents") << 33 << 4 << 3 << 1;
}

void FastKernelsTest::layersOfAllShapesComputeWhatLibTorchComputes()
{
    QFETCH(const int, in);
    QFETCH(const int, out);
    QFETCH(const int, kernel);
    QFETCH(const int, stride);
    for (const torch::Dtype dtype : {torch::kFloat32, torch::kBFloat16}) {
        const double rtol = dtype == torch::kFloat32 ? 1e-5 : 0.02;
        engine::Conv2d convolution(engine::Conv2dOptions{in, out, kernel, stride, kernel / 2});
        engine::Linear linear(in, out);
        convolution->to(dtype);
        linear->to(dtype);
        for (const int side : {8, 13}) { // the second runs on weights that were packed for the first
            const Tensor x = torch::randn({2, in, side, side}).to(dtype).contiguous(at::MemoryFormat::ChannelsLast);
            const Tensor tokens = x.permute({0, 2, 3, 1}).flatten(1, 2);
            const Tensor plain = convolution(x).detach();
            const Tensor plainTokens = linear(tokens).detach();
            const Tensor addend = torch::randn_like(plain);
            const Tensor addendTokens = torch::randn_like(plainTokens);
            const torch::InferenceMode inference;
            COMPARE_TENSORS(convolution(x), plain, rtol);
            COMPARE_TENSORS(convolution->forwardAdd(x, addend), plain + addend, rtol);
            COMPARE_TENSORS(linear(tokens), plainTokens, rtol);
            COMPARE_TENSORS(linear->forwardAdd(tokens, addendTokens), plainTokens + addendTokens, rtol);
        }
    }
}

QTEST_GUILESS_MAIN(FastKernelsTest)
#include "fast_kernels_test.moc"
