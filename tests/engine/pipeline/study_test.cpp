#include "engine/forward_process.h"
#include "engine/pipeline/study.h"
#include "engine/pipeline/torch_engine.h"
#include "tests/support/training_pictures.h"

#include <QImage>
#include <QTemporaryDir>
#include <QTest>

#include <cmath>
#include <filesystem>

using namespace engine;
namespace fs = std::filesystem;

Q_DECLARE_METATYPE(engine::Prediction)

namespace {

const fs::path kGolden = fs::path(TINCTURE_GOLDEN) / "pipelines";
const fs::path kStarter = fs::path(TINCTURE_SOURCE) / "resources/models/starter";

Image rampPicture(int width, int height)
{
    Image picture{width, height, 3, {}};
    for (int y = 0; y < height; ++y) {
        for (int x = 0; x < width; ++x) {
            picture.pixels.push_back(std::uint8_t(255 * x / width));
            picture.pixels.push_back(std::uint8_t(255 * y / height));
            picture.pixels.push_back(128);
        }
    }
    return picture;
}

torch::Tensor tensorOf(const LatentArray &array)
{
    return torch::tensor(at::ArrayRef<float>(array.values)).view({1, array.channels, array.height, array.width});
}

double largest(const torch::Tensor &a, const torch::Tensor &b)
{
    return (a - b).abs().max().item<double>();
}

} // namespace

class StudyTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyPredictionSaysTheSame_data();
    void everyPredictionSaysTheSame();
    void anotherScheduleIsAskedAtTheNearestNoiseLevel();
    void guessIsTheNetworksOwn_data();
    void guessIsTheNetworksOwn();
    void pixelModelIsAskedInPixels();
    void pictureGoesThroughTheAutoencoderAndBack();
    void oddSidesAreFitted();
    void starterSeesLittleNoiseBetterThanTheMean();
    void curveReportsAndStops();
    void unsuitableRequestsAreRefused();
    void modelWithoutAutoencoderIsOneError();

private:
    TorchEngine m_engine{EngineOptions{.threads = 1}};
    QTemporaryDir m_folder;
};

void StudyTest::everyPredictionSaysTheSame_data()
{
    QTest::addColumn<Prediction>("prediction");
    QTest::addColumn<bool>("isFlow");
    QTest::newRow("noise") << Prediction::Epsilon << false;
    QTest::newRow("v") << Prediction::VPrediction << false;
    QTest::newRow("picture") << Prediction::Sample << false;
    QTest::newRow("velocity") << Prediction::Epsilon << true;
}

void StudyTest::everyPredictionSaysTheSame()
{
    QFETCH(Prediction, prediction);
    QFETCH(bool, isFlow);
    const NoiseSchedule own = isFlow ? NoiseSchedule::flow(3.0) : NoiseSchedule();
    auto generator = torch::make_generator<at::CPUGeneratorImpl>(1);
    const auto options = torch::TensorOptions(torch::kFloat64);
    const torch::Tensor clean = torch::randn({1, 4, 8, 8}, generator, options);
    const torch::Tensor eps = torch::randn({1, 4, 8, 8}, generator, options);
    const ForwardProcess process;
    for (const int t : {0, 10, 300, 700, 999}) {
        const NoiseQuestion question(own, process.alphaBar(t));
        const torch::Tensor x = question.signal * clean + question.noise * eps;
        torch::Tensor output = eps; // of a network that knows
        if (isFlow)
            output = eps - clean;
        else if (prediction == Prediction::VPrediction)
            output = question.signal * eps - question.noise * clean;
        else if (prediction == Prediction::Sample)
            output = clean;
        const NoiseGuess guess = guessFrom(question, x, output, prediction, isFlow);
        QVERIFY(largest(guess.eps, eps) < 1e-9);
        QVERIFY(largest(guess.clean, clean) < 1e-9);
        if (isFlow) { // what the network saw is its own kind of state, at the time that it was told
            const double time = question.timestep / 1000.0;
            QVERIFY(largest(x * question.scale, (1.0 - time) * clean + time * eps) < 1e-9);
        }
    }
}

void StudyTest::anotherScheduleIsAskedAtTheNearestNoiseLevel()
{
    const NoiseSchedule own;                 // Stable Diffusion's
    for (const int t : {0, 1, 17, 500, 999}) // its own schedule: its own timesteps
        QCOMPARE(NoiseQuestion(own, own.alphasCumprod()[std::size_t(t)]).timestep, double(t));
    const ForwardProcess linear;
    for (const int t : {5, 100, 300, 600, 900}) {
        const NoiseQuestion question(own, linear.alphaBar(t));
        const auto at = std::size_t(question.timestep);
        const double distance = std::abs(std::log(own.sigmas()[at] / linear.sigma(t)));
        for (const double sigma : own.sigmas())
            QVERIFY(distance <= std::abs(std::log(sigma / linear.sigma(t))) + 1e-12);
    }
    QCOMPARE(NoiseQuestion(own, 1e-12).timestep, 999.0); // beyond its table: the last
    QCOMPARE(NoiseQuestion(own, 1.0).timestep, 0.0);
}

void StudyTest::guessIsTheNetworksOwn_data()
{
    QTest::addColumn<QString>("model");
    QTest::addColumn<double>("guidance");
    for (const auto &entry : fs::directory_iterator(kGolden)) {
        if (!fs::exists(entry.path() / "unet") || !fs::exists(entry.path() / "vae"))
            continue;
        const QString name = QString::fromStdString(entry.path().filename().string());
        QTest::addRow("%s", qPrintable(name)) << name << 1.0;
        QTest::addRow("%s, guided", qPrintable(name)) << name << 3.0;
    }
}

void StudyTest::guessIsTheNetworksOwn()
{
    QFETCH(QString, model);
    QFETCH(double, guidance);
    const fs::path path = kGolden / model.toStdString();
    const auto encoded = std::get<EncodeResult>(m_engine.study(
        EncodeRequest{.model = path, .picture = rampPicture(64, 64), .precision = Precision::Float32}, {}));
    const LatentArray noise = gaussianNoise(encoded.latent.channels, encoded.latent.height, encoded.latent.width, 5);
    const ForwardProcess process({.curve = NoiseCurve::ScaledLinear, .betaStart = 0.00085, .betaEnd = 0.012});
    PredictNoiseRequest request{.model = path,
                                .clean = encoded.latent,
                                .noise = noise,
                                .alphaBars = process.alphaBars(),
                                .timesteps = {400},
                                .prompt = "a red fox",
                                .negativePrompt = "blurry",
                                .guidanceScale = guidance,
                                .precision = Precision::Float32};
    const auto guess = std::get<PredictNoiseResult>(m_engine.study(request, {}));
    QCOMPARE(guess.timesteps, std::vector<int>{400});
    QCOMPARE(guess.eps.values.size(), noise.values.size());
    QCOMPARE(guess.picture.width, encoded.picture.width);
    QVERIFY(std::isfinite(guess.errors.front()));
    QVERIFY(std::abs(guess.errors.front() - meanSquaredError(guess.eps, noise)) < 1e-5);
    // Noise and picture that it says make up what it was shown.
    LatentArray shown;
    LatentArray again;
    addNoise(encoded.latent, noise, process.signal(400), process.noise(400), shown);
    addNoise(guess.clean, guess.eps, process.signal(400), process.noise(400), again);
    QVERIFY(largest(tensorOf(shown), tensorOf(again)) < 1e-4);
    // The same words, the same answer; other words, another.
    QVERIFY(std::get<PredictNoiseResult>(m_engine.study(request, {})).eps == guess.eps);
    request.prompt = "a green boat on the sea";
    QVERIFY(!(std::get<PredictNoiseResult>(m_engine.study(request, {})).eps == guess.eps));
}

void StudyTest::pixelModelIsAskedInPixels()
{
    const fs::path root = m_folder.path().toStdString();
    tests::writeTrainingSet(root / "data", 8);
    TrainRequest train{.kind = TrainKind::Pixel, .data = root / "data", .output = root / "pixel", .size = 16};
    train.steps = 2;
    train.batch = 4;
    train.warmupSteps = 1;
    train.widths = {16, 32};
    train.sampleEvery = 2;
    QVERIFY(m_engine.train(train, {}).finished);
    const Image picture = rampPicture(16, 16);
    const auto encoded = std::get<EncodeResult>(m_engine.study(
        EncodeRequest{.model = root / "pixel", .picture = picture, .precision = Precision::Float32}, {}));
    QVERIFY(encoded.picture == picture);
    QVERIFY(pictureOf(encoded.latent) == picture);
    QCOMPARE(encoded.map.scale, 1);
    QVERIFY(std::get<DecodeResult>(m_engine.study(DecodeRequest{.model = root / "pixel", .latent = encoded.latent}, {}))
                .image == picture);

    const LatentArray noise = gaussianNoise(3, 16, 16, 9);
    const ForwardProcess process;
    const PredictNoiseRequest request{.model = root / "pixel",
                                      .clean = encoded.latent,
                                      .noise = noise,
                                      .alphaBars = process.alphaBars(),
                                      .timesteps = {250},
                                      .precision = Precision::Float32};
    const auto guess = std::get<PredictNoiseResult>(m_engine.study(request, {}));

    // The library's own network on the same numbers.
    const EngineOptions options{.threads = 1};
    const DevicePolicy devices(options);
    ModelStore store(devices);
    LoadedModel &model = store.ensure({.model = root / "pixel", .precision = Precision::Float32}, {});
    const torch::InferenceMode inference;
    LatentArray shown;
    addNoise(encoded.latent, noise, process.signal(250), process.noise(250), shown);
    const double timestep = std::round(model.noiseSchedule->timestepAt(process.sigma(250)));
    const torch::Tensor output = model.pixelUnet->forward(tensorOf(shown), torch::tensor({timestep}));
    const NoiseGuess own = guessFrom(NoiseQuestion(*model.noiseSchedule, process.alphaBar(250)), tensorOf(shown),
                                     output, model.info.prediction, false);
    QVERIFY(largest(tensorOf(guess.eps), own.eps) < 1e-5);
    QVERIFY(largest(tensorOf(guess.clean), own.clean) < 1e-5);
}

void StudyTest::pictureGoesThroughTheAutoencoderAndBack()
{
    const QImage file = QImage(QStringLiteral(TINCTURE_SOURCE "/resources/examples/cat-face.png"))
                            .scaled(64, 64)
                            .convertToFormat(QImage::Format_RGB888);
    Image picture{64, 64, 3, {}};
    for (int y = 0; y < 64; ++y)
        picture.pixels.insert(picture.pixels.end(), file.constScanLine(y), file.constScanLine(y) + 192);
    const auto encoded =
        std::get<EncodeResult>(m_engine.study(EncodeRequest{.model = kStarter, .picture = picture}, {}));
    QVERIFY(encoded.latent.channels > 0);
    QCOMPARE(encoded.latent.width * encoded.map.scale, 64);
    QCOMPARE(int(encoded.map.factors.size()), 3 * encoded.latent.channels);
    const auto decoded =
        std::get<DecodeResult>(m_engine.study(DecodeRequest{.model = kStarter, .latent = encoded.latent}, {}));
    QCOMPARE(decoded.image.width, 64);
    const double error = meanSquaredError(pictureArray(decoded.image), pictureArray(picture));
    QVERIFY2(10.0 * std::log10(4.0 / error) > 18.0, qPrintable(QString::number(error)));
}

void StudyTest::oddSidesAreFitted()
{
    const auto encoded =
        std::get<EncodeResult>(m_engine.study(EncodeRequest{.model = kStarter, .picture = rampPicture(61, 37)}, {}));
    const int multiple = inspectModel(kStarter).sizeMultiple;
    QCOMPARE(encoded.picture.width % multiple, 0);
    QCOMPARE(encoded.picture.height % multiple, 0);
    QVERIFY(std::abs(encoded.picture.width - 61) <= multiple / 2 + 1);
    QCOMPARE(encoded.latent.width, encoded.picture.width / encoded.map.scale);
}

void StudyTest::starterSeesLittleNoiseBetterThanTheMean()
{
    const auto encoded =
        std::get<EncodeResult>(m_engine.study(EncodeRequest{.model = kStarter, .picture = rampPicture(64, 64)}, {}));
    const LatentArray noise = gaussianNoise(encoded.latent.channels, encoded.latent.height, encoded.latent.width, 1);
    const ForwardProcess process({.curve = NoiseCurve::ScaledLinear, .betaStart = 0.00085, .betaEnd = 0.012});
    const auto curve = std::get<PredictNoiseResult>(m_engine.study(PredictNoiseRequest{.model = kStarter,
                                                                                       .clean = encoded.latent,
                                                                                       .noise = noise,
                                                                                       .alphaBars = process.alphaBars(),
                                                                                       .timesteps = {50, 400, 900}},
                                                                   {}));
    QCOMPARE(curve.errors.size(), std::size_t(3));
    QVERIFY(curve.picture.empty());
    QVERIFY2(curve.errors[2] < 0.3, qPrintable(QString::number(curve.errors[2]))); // 1: knows nothing
    QVERIFY(curve.errors[2] < curve.errors[0]);                                    // much noise is easy to see
}

void StudyTest::curveReportsAndStops()
{
    const auto encoded =
        std::get<EncodeResult>(m_engine.study(EncodeRequest{.model = kStarter, .picture = rampPicture(64, 64)}, {}));
    PredictNoiseRequest request{
        .model = kStarter,
        .clean = encoded.latent,
        .noise = gaussianNoise(encoded.latent.channels, encoded.latent.height, encoded.latent.width, 1),
        .alphaBars = ForwardProcess().alphaBars()};
    for (int t = 0; t < 1000; t += 20)
        request.timesteps.push_back(t);
    std::stop_source stop;
    std::vector<double> fractions;
    const RunContext context{.emit =
                                 [&](const Event &event) {
                                     const auto *stage = std::get_if<StageStarted>(&event);
                                     if (!stage || stage->stage != Stage::Sampling)
                                         return;
                                     fractions.push_back(stage->fraction);
                                     if (fractions.size() == 3)
                                         stop.request_stop();
                                 },
                             .stop = stop.get_token()};
    bool wasCancelled = false;
    try {
        (void)m_engine.study(request, context);
    } catch (const Cancelled &) {
        wasCancelled = true;
    }
    QVERIFY(wasCancelled);
    QCOMPARE(fractions, (std::vector<double>{0.0, 0.02, 0.04}));
}

void StudyTest::unsuitableRequestsAreRefused()
{
    const auto encoded =
        std::get<EncodeResult>(m_engine.study(EncodeRequest{.model = kStarter, .picture = rampPicture(64, 64)}, {}));
    const auto refused = [this](const StudyRequest &request) {
        try {
            (void)m_engine.study(request, {});
        } catch (const Error &error) {
            return error.kind == ErrorKind::BadRequest;
        }
        return false;
    };
    PredictNoiseRequest good{.model = kStarter,
                             .clean = encoded.latent,
                             .noise =
                                 gaussianNoise(encoded.latent.channels, encoded.latent.height, encoded.latent.width, 1),
                             .alphaBars = ForwardProcess().alphaBars(),
                             .timesteps = {10}};
    PredictNoiseRequest bad = good;
    bad.timesteps = {1000};
    QVERIFY(refused(bad));
    bad = good;
    bad.timesteps.clear();
    QVERIFY(refused(bad));
    bad = good;
    bad.noise = gaussianNoise(encoded.latent.channels + 1, 16, 16, 1);
    QVERIFY(refused(bad));
    bad = good;
    bad.clean.values.pop_back();
    QVERIFY(refused(bad));
    QVERIFY(refused(DecodeRequest{.model = kStarter, .latent = gaussianNoise(1, 8, 8, 1)}));
    QVERIFY(refused(EncodeRequest{.model = kStarter}));
    QVERIFY(!refused(good)); // and the rest goes on
}

void StudyTest::modelWithoutAutoencoderIsOneError()
{
    const fs::path copy = fs::path(m_folder.path().toStdString()) / "headless";
    fs::copy(kStarter, copy, fs::copy_options::recursive);
    fs::remove_all(copy / "vae");
    try {
        (void)m_engine.study(EncodeRequest{.model = copy, .picture = rampPicture(64, 64)}, {});
        QFAIL("it was encoded");
    } catch (const Error &error) {
        QCOMPARE(error.kind, ErrorKind::WrongWeights);
        QVERIFY(QString::fromStdString(error.detail).contains(QLatin1String("vae")));
    }
}

QTEST_APPLESS_MAIN(StudyTest)
#include "study_test.moc"
