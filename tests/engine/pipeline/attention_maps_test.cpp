#include "engine/models/attention.h"
#include "engine/models/attention_capture.h"
#include "engine/pipeline/torch_engine.h"
#include "engine/trajectory.h"

#include <QTest>

#include <algorithm>
#include <cmath>

using torch::Tensor;

namespace {

/// Attention as it is written in a textbook, in double: sum over heads of softmax(q k^T / sqrt(D)). [N, T]
std::vector<std::vector<double>> plainAttention(const Tensor &q, const Tensor &k)
{
    const auto heads = q.size(0), n = q.size(1), d = q.size(2), t = k.size(1);
    const auto a = q.accessor<float, 3>();
    const auto b = k.accessor<float, 3>();
    std::vector<std::vector<double>> sum(std::size_t(n), std::vector<double>(std::size_t(t), 0.0));
    for (int64_t h = 0; h < heads; ++h) {
        for (int64_t i = 0; i < n; ++i) {
            std::vector<double> e;
            double total = 0.0;
            for (int64_t j = 0; j < t; ++j) {
                double dot = 0.0;
                for (int64_t c = 0; c < d; ++c)
                    dot += double(a[h][i][c]) * double(b[h][j][c]);
                e.push_back(std::exp(dot / std::sqrt(double(d))));
                total += e.back();
            }
            for (int64_t j = 0; j < t; ++j)
                sum[std::size_t(i)][std::size_t(j)] += e[std::size_t(j)] / total;
        }
    }
    return sum;
}

/// Bilinear enlargement with pixel centres at halves, edges repeated.
double enlarged(const std::vector<std::vector<double>> &map, std::size_t token, int height, int width, int row,
                int column, int rows, int columns)
{
    const double y = std::max(0.0, (row + 0.5) * height / rows - 0.5);
    const double x = std::max(0.0, (column + 0.5) * width / columns - 0.5);
    const int y0 = int(y), x0 = int(x);
    const int y1 = std::min(y0 + 1, height - 1), x1 = std::min(x0 + 1, width - 1);
    const auto at = [&](int r, int c) { return map[std::size_t(r * width + c)][token]; };
    return (1 - (y - y0)) * ((1 - (x - x0)) * at(y0, x0) + (x - x0) * at(y0, x1)) +
           (y - y0) * ((1 - (x - x0)) * at(y1, x0) + (x - x0) * at(y1, x1));
}

} // namespace

class AttentionMapsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void mapsAreTheMeanOfPlainAttention();
    void layersTellWhatTheyAttendTo();
    void textsAreKeptApart();
    void picturesHaveAMapForEachWord_data();
    void picturesHaveAMapForEachWord();
    void lookingDoesNotChangeThePicture();
    void modelsWithoutWordsHaveNone();

private:
    std::shared_ptr<const engine::Trajectory> made(const engine::GenerateRequest &request);

    engine::TorchEngine m_engine{engine::EngineOptions{.threads = 1}};
    engine::Image m_image;
};

void AttentionMapsTest::mapsAreTheMeanOfPlainAttention()
{
    torch::manual_seed(1);
    const Tensor q1 = torch::randn({2, 3, 6 * 4, 5}), k1 = torch::randn({2, 3, 7, 5});
    const Tensor q2 = torch::randn({2, 2, 3 * 2, 8}), k2 = torch::randn({2, 2, 7, 8});
    engine::AttentionCapture capture;
    capture.beginCall({-1, 0}); // the negative prompt's half is not looked at
    capture.setGrid(6, 4);
    capture.add(q1, k1);
    capture.setGrid(3, 2);
    capture.add(q2, k2);
    QCOMPARE(capture.count(0), int64_t(5));
    const Tensor maps = capture.maps(0);
    QVERIFY(maps.sizes() == at::IntArrayRef({7, 6, 4}));
    const auto got = maps.accessor<float, 3>();
    const auto large = plainAttention(q1[1], k1[1]);
    const auto small = plainAttention(q2[1], k2[1]);
    for (int token = 0; token < 7; ++token) {
        for (int row = 0; row < 6; ++row) {
            for (int column = 0; column < 4; ++column) {
                const double want = (large[std::size_t(row * 4 + column)][std::size_t(token)] +
                                     enlarged(small, std::size_t(token), 3, 2, row, column, 6, 4)) /
                                    5.0;
                QVERIFY(std::abs(double(got[token][row][column]) - want) < 1e-6); // float32 against double
            }
        }
    }
}

void AttentionMapsTest::layersTellWhatTheyAttendTo()
{
    torch::manual_seed(2);
    const torch::NoGradGuard noGrad;
    engine::CrossAttention layer(engine::AttentionOptions{.queryDim = 12, .contextDim = 9, .heads = 2, .headDim = 4});
    for (auto &parameter : layer->parameters())
        parameter.normal_();
    const Tensor x = torch::randn({1, 6, 12}), context = torch::randn({1, 5, 9});
    engine::AttentionCapture capture;
    capture.beginCall({3});
    capture.setGrid(2, 3);
    const Tensor looked = layer->forward(x, context, {}, &capture);
    QVERIFY(torch::equal(looked, layer->forward(x, context)));
    // From the weights: heads lie side by side in the projections.
    const auto weights = layer->named_parameters();
    const auto heads = [](const Tensor &t) { return t.reshape({-1, 2, 4}).transpose(0, 1).contiguous(); };
    const Tensor q = heads(torch::matmul(x[0], weights["to_q.weight"].t()));
    const Tensor k = heads(torch::matmul(context[0], weights["to_k.weight"].t()));
    const auto want = plainAttention(q, k);
    const Tensor maps = capture.maps(3);
    for (int token = 0; token < 5; ++token) {
        for (int i = 0; i < 6; ++i) {
            const double got = maps[token][i / 3][i % 3].item<double>();
            QVERIFY(std::abs(got - want[std::size_t(i)][std::size_t(token)] / 2.0) < 1e-5);
        }
    }
}

void AttentionMapsTest::textsAreKeptApart()
{
    engine::AttentionCapture capture;
    capture.setGrid(2, 2);
    for (const int text : {0, 1, 1}) {
        capture.beginCall({text});
        capture.add(torch::randn({1, 1, 4, 2}), torch::randn({1, 1, 3 + text, 2}));
    }
    QCOMPARE(capture.count(0), int64_t(1));
    QCOMPARE(capture.count(1), int64_t(2));
    QCOMPARE(capture.maps(1).size(0), int64_t(4));
    QVERIFY(!capture.maps(2).defined());
    QVERIFY(torch::allclose(capture.maps(1).sum(0), torch::ones({2, 2}))); // probabilities
}

std::shared_ptr<const engine::Trajectory> AttentionMapsTest::made(const engine::GenerateRequest &request)
{
    std::shared_ptr<const engine::Trajectory> result;
    engine::RunContext context;
    context.emit = [&](const engine::Event &event) {
        if (const auto *ready = std::get_if<engine::TrajectoryReady>(&event))
            result = ready->trajectory;
        else if (const auto *picture = std::get_if<engine::ImageFinished>(&event))
            m_image = picture->image;
    };
    m_engine.generate(request, context);
    return result;
}

void AttentionMapsTest::picturesHaveAMapForEachWord_data()
{
    QTest::addColumn<QString>("model");
    QTest::addColumn<QString>("prompt");
    QTest::addColumn<double>("guidance");
    QTest::addColumn<QString>("words");
    const QString golden = QStringLiteral(TINCTURE_GOLDEN "/pipelines/");
    QTest::newRow("SD 1") << golden + "model_sd1"
                          << "a (red:1.3) fox" << 5.0 << "a|red|fox";
    QTest::newRow("SD 1 without guidance") << golden + "model_sd1"
                                           << "a red fox" << 1.0 << "a|red|fox";
    QTest::newRow("SD 2") << golden + "model_sd2v"
                          << "a red fox, snow" << 5.0 << "a|red|fox|snow";
    QTest::newRow("SDXL") << golden + "model_sdxl"
                          << "a red fox" << 5.0 << "a|red|fox";
    QTest::newRow("AND") << golden + "model_sd1"
                         << "a fox AND a house" << 5.0 << "a|fox|a|house";
    QTest::newRow("schedule") << golden + "model_sd1"
                              << "a [fox:house:0.5]" << 5.0 << "a|fox|house";
    QTest::newRow("starter") << QStringLiteral(TINCTURE_SOURCE "/resources/models/starter") << "cat face" << 4.0
                             << "cat|face";
}

void AttentionMapsTest::picturesHaveAMapForEachWord()
{
    QFETCH(const QString, model);
    QFETCH(const QString, prompt);
    QFETCH(const double, guidance);
    QFETCH(const QString, words);
    const auto trajectory = made({.model = model.toStdString(),
                                  .prompt = prompt.toStdString(),
                                  .sampler = "euler",
                                  .steps = 4,
                                  .guidanceScale = guidance,
                                  .width = 64,
                                  .height = 64,
                                  .seed = 1,
                                  .preview = engine::PreviewContent::None,
                                  .keepTrajectory = true,
                                  .keepAttention = true});
    const engine::AttentionMaps &maps = trajectory->attention;
    QStringList texts;
    std::vector<double> sums(std::size_t(maps.rows * maps.columns), 0.0);
    for (const engine::AttentionMap &word : maps.words) {
        texts << QString::fromStdString(word.text);
        QCOMPARE(prompt.toStdString().substr(std::size_t(word.begin), std::size_t(word.end - word.begin)), word.text);
        QCOMPARE(word.values.size(), std::size_t(maps.rows * maps.columns));
        for (std::size_t i = 0; i < word.values.size(); ++i) {
            QVERIFY(word.values[i] >= 0.0F && word.values[i] <= 1.0F);
            sums[i] += double(word.values[i]);
        }
    }
    QCOMPARE(texts.join(u'|'), words);
    QVERIFY(maps.rows > 0 && maps.columns > 0 && maps.rows == maps.columns);
    QVERIFY(*std::max_element(sums.begin(), sums.end()) > 0.0);
}

void AttentionMapsTest::lookingDoesNotChangeThePicture()
{
    engine::GenerateRequest request{.model = std::filesystem::path(TINCTURE_GOLDEN) / "pipelines/model_sd1",
                                    .prompt = "a red fox",
                                    .steps = 3,
                                    .width = 64,
                                    .height = 64,
                                    .keepTrajectory = true,
                                    .keepAttention = true};
    made(request);
    const engine::Image looked = m_image;
    request.keepAttention = false;
    QVERIFY(made(request)->attention.words.empty());
    QVERIFY(m_image == looked);
}

void AttentionMapsTest::modelsWithoutWordsHaveNone()
{
    const auto trajectory = made({.model = std::filesystem::path(TINCTURE_GOLDEN) / "pipelines/model_ddpm",
                                  .sampler = "ddim",
                                  .steps = 3,
                                  .keepTrajectory = true,
                                  .keepAttention = true});
    QVERIFY(trajectory->attention.words.empty());
    QCOMPARE(trajectory->steps.size(), std::size_t(3));
    QCOMPARE(trajectory->map.scale, 1);
    QVERIFY(trajectory->steps[0].epsCond.values.empty());
    QCOMPARE(trajectory->steps[0].guidance, 0.0);
}

QTEST_GUILESS_MAIN(AttentionMapsTest)

#include "attention_maps_test.moc"
