#include "engine/error.h"
#include "engine/forward_process.h"

#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

#include <cmath>
#include <numbers>

using namespace engine;

class ForwardProcessTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void linearScheduleIsTheProductOfItsBetas();
    void scaledLinearScheduleIsThatOfStableDiffusion();
    void cosineScheduleFollowsItsFormula();
    void zeroTerminalScheduleEndsInNothing();
    void curvesAgreeWithEachOther();
    void badRangesAreSaidInWords_data();
    void badRangesAreSaidInWords();
    void noiseIsStandardNormalAndRepeats();
    void noisyPictureHasTheMomentsOfTheClosedForm_data();
    void noisyPictureHasTheMomentsOfTheClosedForm();
    void screenPixelsAreTheRoundedNumbers();
    void pictureComesBackUnharmed();
    void densityDriftsToTheGaussian();
    void latentsAreMappedByTheirFactors();
    void differentShapesAreRefused();

private:
    /// A picture of which mean and variance are known: a ramp in each channel.
    static LatentArray ramp(int side)
    {
        LatentArray array{3, side, side, {}};
        const int count = 3 * side * side;
        for (int i = 0; i < count; ++i)
            array.values.push_back(-1.0F + 2.0F * float(i) / float(count - 1));
        return array;
    }
};

void ForwardProcessTest::linearScheduleIsTheProductOfItsBetas()
{
    const ForwardProcess process({.betaStart = 1e-4, .betaEnd = 0.02});
    QCOMPARE(process.size(), 1000);
    double product = 1.0;
    for (int t = 0; t < 1000; ++t) {
        product *= 1.0 - (1e-4 + (0.02 - 1e-4) * t / 999.0);
        QVERIFY(std::abs(process.alphaBar(t) - product) < 1e-14);
    }
    QVERIFY(std::abs(process.alphaBar(300) - 0.3941) < 1e-3); // as the textbook has it
}

void ForwardProcessTest::scaledLinearScheduleIsThatOfStableDiffusion()
{
    QFile file(QStringLiteral(TINCTURE_GOLDEN "/schedules/schedules.json"));
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QJsonObject models = QJsonDocument::fromJson(file.readAll()).object().value(u"models").toObject();
    for (const bool isZeroTerminal : {false, true}) {
        const ForwardProcess process({.curve = NoiseCurve::ScaledLinear,
                                      .betaStart = 0.00085,
                                      .betaEnd = 0.012,
                                      .isZeroTerminal = isZeroTerminal});
        const QJsonObject sigmas = models.value(isZeroTerminal ? QStringLiteral("sd15_zsnr") : QStringLiteral("sd15"))
                                       .toObject()
                                       .value(u"sigmas_at_t")
                                       .toObject();
        QVERIFY(sigmas.size() >= 10);
        for (auto it = sigmas.begin(); it != sigmas.end(); ++it) {
            const double wanted = it.value().toDouble();
            // The golden numbers are float32; near zero terminal SNR float32 loses digits of 1 - alpha-bar's root.
            const double tolerance = isZeroTerminal && it.key().toInt() > 990 ? 2e-3 : 2e-5;
            QVERIFY2(std::abs(process.sigma(it.key().toInt()) / wanted - 1.0) < tolerance,
                     qPrintable(QStringLiteral("t %1: %2, not %3")
                                    .arg(it.key())
                                    .arg(process.sigma(it.key().toInt()), 0, 'g', 10)
                                    .arg(wanted, 0, 'g', 10)));
        }
    }
}

void ForwardProcessTest::cosineScheduleFollowsItsFormula()
{
    const ForwardProcess process({.curve = NoiseCurve::Cosine});
    const auto f = [](double u) { return std::pow(std::cos((u + 0.008) / 1.008 * std::numbers::pi / 2.0), 2.0); };
    for (const int t : {0, 1, 10, 100, 300, 500, 700, 900, 990})
        QVERIFY2(std::abs(process.alphaBar(t) - f((t + 1) / 1000.0) / f(0.0)) < 1e-12, qPrintable(QString::number(t)));
}

void ForwardProcessTest::zeroTerminalScheduleEndsInNothing()
{
    const ForwardOptions plain{.curve = NoiseCurve::ScaledLinear, .betaStart = 0.00085, .betaEnd = 0.012};
    ForwardOptions zero = plain;
    zero.isZeroTerminal = true;
    const ForwardProcess before(plain);
    const ForwardProcess after(zero);
    QCOMPARE(after.alphaBar(0), before.alphaBar(0)); // the first step stays as it is
    QVERIFY(after.alphaBar(999) < 1e-7);
    QVERIFY(after.signal(999) < 3e-4);
    for (int t = 1; t < 1000; ++t)
        QVERIFY(after.alphaBar(t) < after.alphaBar(t - 1));
}

void ForwardProcessTest::curvesAgreeWithEachOther()
{
    const ForwardProcess process;
    for (const int t : {0, 111, 222, 333, 444, 555, 666, 777, 888, 999}) {
        const double kept = process.alphaBar(t);
        QVERIFY(std::abs(std::pow(process.signal(t), 2.0) + std::pow(process.noise(t), 2.0) - 1.0) < 1e-12);
        QVERIFY(std::abs(process.snrDb(t) - 10.0 * std::log10(kept / (1.0 - kept))) < 1e-9);
        QVERIFY(std::abs(process.sigma(t) - std::pow(10.0, -process.snrDb(t) / 20.0)) < 1e-9 * process.sigma(t));
    }
    QCOMPARE(process.alphaBar(-5), process.alphaBar(0));
    QCOMPARE(process.alphaBar(5000), process.alphaBar(999));
}

void ForwardProcessTest::badRangesAreSaidInWords_data()
{
    QTest::addColumn<double>("start");
    QTest::addColumn<double>("end");
    QTest::newRow("zero") << 0.0 << 0.02;
    QTest::newRow("negative") << -0.1 << 0.02;
    QTest::newRow("one") << 0.0001 << 1.0;
    QTest::newRow("falling") << 0.02 << 0.0001;
    QTest::newRow("not a number") << std::nan("") << 0.02;
    QTest::newRow("all of it noise") << 0.0001 << 0.9;
}

void ForwardProcessTest::badRangesAreSaidInWords()
{
    QFETCH(double, start);
    QFETCH(double, end);
    const ForwardOptions options{.betaStart = start, .betaEnd = end};
    QVERIFY(!problemOf(options).empty());
    QVERIFY_THROWS_EXCEPTION(Error, ForwardProcess{options});
    QVERIFY(problemOf({}).empty());
}

void ForwardProcessTest::noiseIsStandardNormalAndRepeats()
{
    const LatentArray noise = gaussianNoise(3, 512, 512, 7);
    const double count = double(noise.values.size());
    double sums[5] = {};
    double beyond[4] = {};
    for (const float value : noise.values) {
        double power = 1.0;
        for (double &sum : sums) {
            sum += power;
            power *= double(value);
        }
        for (int k = 0; k < 4; ++k)
            beyond[k] += std::abs(value) > float(k + 1) ? 1.0 : 0.0;
    }
    // Four standard errors of each moment.
    QVERIFY(std::abs(sums[1] / count) < 4.0 / std::sqrt(count));
    QVERIFY(std::abs(sums[2] / count - 1.0) < 4.0 * std::sqrt(2.0 / count));
    QVERIFY(std::abs(sums[3] / count) < 4.0 * std::sqrt(15.0 / count));
    QVERIFY(std::abs(sums[4] / count - 3.0) < 4.0 * std::sqrt(96.0 / count));
    for (int k = 0; k < 4; ++k) { // the tails too
        const double share = std::erfc((k + 1) / std::numbers::sqrt2);
        QVERIFY(std::abs(beyond[k] / count - share) < 4.0 * std::sqrt(share / count));
    }
    QVERIFY(noise == gaussianNoise(3, 512, 512, 7));
    const LatentArray other = gaussianNoise(3, 512, 512, 8);
    QVERIFY(std::abs(momentsOf(noise, other).correlation()) < 4.0 / std::sqrt(count));
}

void ForwardProcessTest::noisyPictureHasTheMomentsOfTheClosedForm_data()
{
    QTest::addColumn<int>("t");
    for (const int t : {0, 50, 111, 222, 300, 444, 555, 666, 800, 999})
        QTest::addRow("t %d", t) << t;
}

void ForwardProcessTest::noisyPictureHasTheMomentsOfTheClosedForm()
{
    QFETCH(int, t);
    const ForwardProcess process;
    const LatentArray clean = ramp(256);
    const LatentArray eps = gaussianNoise(3, 256, 256, 42);
    const PairMoments pair = momentsOf(clean, eps);
    LatentArray noisy;
    addNoise(clean, eps, process.signal(t), process.noise(t), noisy);
    double mean = 0.0;
    double square = 0.0;
    double signal = 0.0;
    double rest = 0.0;
    const auto count = double(noisy.values.size());
    for (std::size_t i = 0; i < noisy.values.size(); ++i) {
        mean += double(noisy.values[i]) / count;
        square += double(noisy.values[i]) * double(noisy.values[i]) / count;
        const double kept = process.signal(t) * double(clean.values[i]);
        signal += kept * kept;
        rest += std::pow(double(noisy.values[i]) - kept, 2.0);
    }
    const double variance = square - mean * mean;
    // What the page shows, to the rounding of float32.
    QVERIFY(std::abs(pair.mean(process.signal(t), process.noise(t)) - mean) < 1e-6);
    QVERIFY(std::abs(pair.variance(process.signal(t), process.noise(t)) - variance) < 1e-5);
    // E x_t = sqrt(ab) E x_0 and Var x_t = ab Var x_0 + (1 - ab), within four standard errors of this many numbers.
    QVERIFY(std::abs(mean - process.signal(t) * pair.meanClean) < 4.0 * process.noise(t) / std::sqrt(count));
    const double expected = process.alphaBar(t) * pair.varianceClean + 1.0 - process.alphaBar(t);
    QVERIFY(std::abs(variance - expected) < 4.0 * std::sqrt(2.0 / count) * expected + 1e-5);
    // SNR: that of the schedule times the power of this picture, 1/3.
    const double power = pair.varianceClean + pair.meanClean * pair.meanClean;
    const double measured = 10.0 * std::log10(signal / rest / power);
    QVERIFY2(std::abs(measured - process.snrDb(t)) < 0.05, qPrintable(QString::number(measured)));
}

void ForwardProcessTest::screenPixelsAreTheRoundedNumbers()
{
    const LatentArray clean = ramp(31);
    const LatentArray eps = gaussianNoise(3, 31, 31, 1);
    std::vector<std::uint32_t> pixels(31 * 31);
    LatentArray noisy;
    addNoise(clean, eps, 0.6, 0.8, noisy);
    noisyPixels(clean, eps, 0.6, 0.8, pixels.data());
    const Image picture = pictureOf(noisy);
    for (std::size_t i = 0; i < pixels.size(); ++i) {
        const std::uint32_t wanted = 0xFF000000U | std::uint32_t(picture.pixels[3 * i]) << 16 |
                                     std::uint32_t(picture.pixels[3 * i + 1]) << 8 | picture.pixels[3 * i + 2];
        QCOMPARE(pixels[i], wanted);
    }
    QCOMPARE(pictureOf({3, 1, 1, {-9.0F, 9.0F, 0.0F}}).pixels, (std::vector<std::uint8_t>{0, 255, 128}));
}

void ForwardProcessTest::pictureComesBackUnharmed()
{
    Image picture{16, 16, 3, {}};
    for (int i = 0; i < 768; ++i)
        picture.pixels.push_back(std::uint8_t(i % 256));
    QVERIFY(pictureOf(pictureArray(picture)) == picture);
    const Image clear{1, 1, 4, {10, 20, 30, 0}};
    QCOMPARE(pictureOf(pictureArray(clear)).pixels, (std::vector<std::uint8_t>{255, 255, 255}));
    const Image grey{1, 1, 1, {77}};
    QCOMPARE(pictureOf(pictureArray(grey)).pixels, (std::vector<std::uint8_t>{77, 77, 77}));
}

void ForwardProcessTest::densityDriftsToTheGaussian()
{
    const ForwardProcess process;
    const LatentArray clean = ramp(256);
    const LatentArray eps = gaussianNoise(3, 256, 256, 3);
    const auto distance = [&](int t) {
        std::vector<double> density;
        densityOf(clean, eps, process.signal(t), process.noise(t), -3.0, 3.0, 48, density);
        double sum = 0.0;
        for (int i = 0; i < 48; ++i) {
            const double x = -3.0 + (i + 0.5) / 8.0;
            sum += std::abs(density[std::size_t(i)] - std::exp(-x * x / 2.0) / std::sqrt(2.0 * std::numbers::pi)) / 8.0;
        }
        return sum;
    };
    QVERIFY(distance(0) > 0.3);
    QVERIFY(distance(300) < distance(50));
    QVERIFY(distance(999) < 0.03);
    std::vector<double> density;
    densityOf(clean, eps, 1.0, 0.0, -1.0, 1.0000001, 4, density); // an even ramp: 1/2 everywhere
    for (const double part : density)
        QVERIFY(std::abs(part - 0.5) < 0.01);
}

void ForwardProcessTest::latentsAreMappedByTheirFactors()
{
    const LatentArray latent{2, 1, 2, {0.5F, -0.5F, 1.0F, 0.0F}};
    const LatentMap map{.factors = {1.0F, 0.0F, 0.0F, 0.0F, 1.0F, 0.0F}, .bias = {0.0F, 0.0F, -1.0F}, .scale = 8};
    std::uint32_t pixels[2] = {};
    mappedPixels(latent, map, pixels);
    QCOMPARE(pixels[0], 0xFFBFFF00U);
    QCOMPARE(pixels[1], 0xFF408000U);
    QVERIFY_THROWS_EXCEPTION(Error, mappedPixels({3, 1, 1, {0, 0, 0}}, map, pixels));
}

void ForwardProcessTest::differentShapesAreRefused()
{
    LatentArray result;
    QVERIFY_THROWS_EXCEPTION(Error, addNoise(ramp(4), ramp(5), 1.0, 0.0, result));
    QVERIFY_THROWS_EXCEPTION(Error, (void)momentsOf(ramp(4), ramp(5)));
}

QTEST_APPLESS_MAIN(ForwardProcessTest)
#include "forward_process_test.moc"
