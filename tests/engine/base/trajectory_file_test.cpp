#include "engine/error.h"
#include "engine/half_floats.h"
#include "engine/trajectory.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <bit>
#include <cmath>
#include <limits>

using engine::HalfArray;
using engine::LatentArray;
using engine::Trajectory;

namespace {

LatentArray numbers(int salt)
{
    LatentArray array{.channels = 4, .height = 6, .width = 5};
    for (int i = 0; i < 4 * 6 * 5; ++i)
        array.values.push_back(std::sin(float(i * (salt + 3))) * 2.0F + float(salt) * 0.01F);
    return array;
}

Trajectory sample()
{
    Trajectory t;
    t.request.model = "/models/fox.safetensors";
    t.request.prompt = "a red (fox:1.2), \xC3\xA4";
    t.request.negativePrompt = "blurry";
    t.request.sampler = "heun";
    t.request.schedule = "karras";
    t.request.steps = 3;
    t.request.guidanceScale = 6.5;
    t.request.guidanceRescale = 0.3;
    t.request.width = 40;
    t.request.height = 48;
    t.request.seed = std::numeric_limits<std::uint64_t>::max() - 3;
    t.request.rng = engine::RngKind::Nv;
    t.request.precision = engine::Precision::BFloat16;
    t.request.clipSkip = 2;
    t.request.weighting = engine::PromptWeighting::NoNorm;
    t.request.eta = 0.25;
    t.request.ddimEta = 0.125;
    t.request.strength = 0.5;
    t.request.keepTrajectory = true;
    t.request.init = {.width = 2, .height = 1, .channels = 3, .pixels = {1, 2, 3, 4, 5, 6}};
    t.request.mask = {.width = 2, .height = 1, .channels = 1, .pixels = {0, 255}};
    t.family = "sd1";
    t.sampler = "heun";
    t.schedule = "karras";
    t.sigmas = {14.614641, 3.1, 0.7, 0.0};
    t.start = numbers(0);
    t.map = {.factors = std::vector<float>(12, 0.25F), .bias = {0.1F, 0.2F, 0.3F}, .scale = 8};
    for (int i = 0; i < 3; ++i) {
        t.calls.push_back({.step = i, .sigma = t.sigmas[std::size_t(i)], .denoised = numbers(10 + i)});
        engine::TrajectoryStep step{.index = i,
                                    .timestep = 999.0 - i,
                                    .sigma = t.sigmas[std::size_t(i)],
                                    .sigmaNext = t.sigmas[std::size_t(i) + 1],
                                    .seconds = 0.5,
                                    .xNorm = 1.25,
                                    .epsNorm = 1.0 / 3.0,
                                    .guidance = 0.1};
        step.x = engine::toHalf(numbers(20 + i));
        step.eps = engine::toHalf(numbers(30 + i));
        step.x0 = i == 1 ? engine::toHalf(numbers(40)) : engine::toHalf(t.calls.back().denoised);
        if (i < 2) {
            step.epsCond = engine::toHalf(numbers(50 + i));
            step.epsUncond = engine::toHalf(numbers(60 + i));
        }
        t.steps.push_back(step);
    }
    t.segments = {{.step = 0,
                   .sampler = "euler",
                   .schedule = "normal",
                   .eta = 0.5,
                   .ddimEta = 0.1,
                   .isTimestepForm = true,
                   .sigmas = {14.614641, 3.1},
                   .timesteps = {999}},
                  {.step = 1,
                   .sampler = "heun",
                   .schedule = "karras",
                   .sigmas = {3.1, 0.7, 0.0},
                   .timesteps = {500.5, 0},
                   .start = numbers(70)}};
    t.noise = {{.step = 0, .seed = t.request.seed, .skip = 1}, {.step = 1, .seed = 4, .skip = 2, .fileRow = 3}};
    t.attention = {
        .rows = 2, .columns = 3, .words = {{.text = "fox", .begin = 7, .end = 10, .values = {1, 2, 3, 4, 5, 6}}}};
    t.branchStep = 1;
    return t;
}

} // namespace

class TrajectoryFileTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void comesBackAsItWas();
    void cutShortIsRefusedWherever();
    void foreignFilesAreRefused_data();
    void foreignFilesAreRefused();
    void aFolderThatIsMissingIsAnError();
    void damagedDescriptionsAreRefused_data();
    void damagedDescriptionsAreRefused();
    void everyHalfComesBack();
    void halvesAreTheNearest();
    void linearPictureIsTheMap();
    void linearPictureOfNothingIsEmpty();

private:
    QTemporaryDir m_folder;
    [[nodiscard]] std::filesystem::path path(const char *name) const { return m_folder.filePath(name).toStdString(); }
};

void TrajectoryFileTest::comesBackAsItWas()
{
    const Trajectory want = sample();
    engine::writeTrajectory(want, path("a.trajectory"));
    const Trajectory got = engine::readTrajectory(path("a.trajectory"));
    QVERIFY(got.request == want.request);
    QCOMPARE(got.family, want.family);
    QCOMPARE(got.sampler, want.sampler);
    QCOMPARE(got.schedule, want.schedule);
    QCOMPARE(got.branchStep, 1);
    QVERIFY(got.sigmas == want.sigmas);
    QVERIFY(got.start == want.start);
    QVERIFY(got.map == want.map);
    QVERIFY(got.segments == want.segments);
    QVERIFY(got.noise == want.noise);
    QCOMPARE(got.steps.size(), want.steps.size());
    for (std::size_t i = 0; i < want.steps.size(); ++i) {
        const engine::TrajectoryStep &g = got.steps[i];
        const engine::TrajectoryStep &w = want.steps[i];
        QVERIFY(g.x == w.x && g.eps == w.eps && g.x0 == w.x0 && g.epsCond == w.epsCond && g.epsUncond == w.epsUncond);
        QVERIFY(g.index == w.index && g.timestep == w.timestep && g.sigma == w.sigma && g.sigmaNext == w.sigmaNext &&
                g.seconds == w.seconds && g.xNorm == w.xNorm && g.epsNorm == w.epsNorm && g.guidance == w.guidance);
        QVERIFY(got.calls[i].step == want.calls[i].step && got.calls[i].sigma == want.calls[i].sigma &&
                got.calls[i].denoised == want.calls[i].denoised);
    }
    QCOMPARE(got.attention.rows, 2);
    QCOMPARE(got.attention.words.size(), std::size_t(1));
    QCOMPARE(got.attention.words[0].text, std::string("fox"));
    QCOMPARE(got.attention.words[0].end, 10);
    QVERIFY(got.attention.words[0].values == want.attention.words[0].values);
}

void TrajectoryFileTest::cutShortIsRefusedWherever()
{
    engine::writeTrajectory(sample(), path("whole"));
    QFile whole(m_folder.filePath("whole"));
    QVERIFY(whole.open(QIODevice::ReadOnly));
    const QByteArray bytes = whole.readAll();
    for (qsizetype size = 0; size < bytes.size(); size += std::max<qsizetype>(1, bytes.size() / 97)) {
        QFile part(m_folder.filePath("part"));
        QVERIFY(part.open(QIODevice::WriteOnly));
        part.write(bytes.first(size));
        part.close();
        try {
            engine::readTrajectory(path("part"));
            QFAIL(qPrintable(QStringLiteral("%1 bytes of %2 were read").arg(size).arg(bytes.size())));
        } catch (const engine::Error &error) {
            QVERIFY(error.kind == engine::ErrorKind::NotACheckpoint);
        }
    }
}

void TrajectoryFileTest::foreignFilesAreRefused_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::newRow("text") << QByteArray("This is not a trajectory at all, it is a sentence.");
    QTest::newRow("weights") << QByteArray(
        "\x34\0\0\0\0\0\0\0{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}} x", 61);
    QTest::newRow("nothing") << QByteArray();
}

void TrajectoryFileTest::foreignFilesAreRefused()
{
    QFETCH(const QByteArray, bytes);
    QFile file(m_folder.filePath("foreign"));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(bytes);
    file.close();
    try {
        engine::readTrajectory(path("foreign"));
        QFAIL("it was read");
    } catch (const engine::Error &error) {
        QVERIFY(error.kind == engine::ErrorKind::NotACheckpoint);
    }
}

void TrajectoryFileTest::aFolderThatIsMissingIsAnError()
{
    for (const bool writes : {false, true}) {
        try {
            if (writes)
                engine::writeTrajectory(sample(), path("missing/a"));
            else
                engine::readTrajectory(path("missing/a"));
            QFAIL("nothing was thrown");
        } catch (const engine::Error &error) {
            QVERIFY(error.kind == engine::ErrorKind::FileUnreadable);
        }
    }
}

void TrajectoryFileTest::damagedDescriptionsAreRefused_data()
{
    // Of the same length, so that all else stays as it is.
    QTest::addColumn<QByteArray>("from");
    QTest::addColumn<QByteArray>("to");
    QTest::newRow("list of steps") << QByteArray("\\\"steps\\\":[{") << QByteArray("\\\"stepz\\\":[{");
    QTest::newRow("row of a step") << QByteArray("\\\"eps\\\":1,") << QByteArray("\\\"eps\\\":9,");
    QTest::newRow("negative row") << QByteArray("\\\"x0\\\":0") << QByteArray("\\\"x0\\\":7");
    QTest::newRow("schedule") << QByteArray("\\\"timesteps\\\":[500.5,0") << QByteArray("\\\"timesteps\\\":[500.510");
    QTest::newRow("format") << QByteArray("tincture-trajectory-1") << QByteArray("tincture-trajectory-0");
    QTest::newRow("calls out of order") << QByteArray("\\\"step\\\":2}") << QByteArray("\\\"step\\\":0}");
}

void TrajectoryFileTest::damagedDescriptionsAreRefused()
{
    QFETCH(const QByteArray, from);
    QFETCH(const QByteArray, to);
    engine::writeTrajectory(sample(), path("whole"));
    QFile whole(m_folder.filePath("whole"));
    QVERIFY(whole.open(QIODevice::ReadOnly));
    QByteArray bytes = whole.readAll();
    QCOMPARE(from.size(), to.size());
    QVERIFY2(bytes.contains(from), bytes.left(3000).constData());
    bytes.replace(from, to);
    QFile damaged(m_folder.filePath("damaged"));
    QVERIFY(damaged.open(QIODevice::WriteOnly));
    damaged.write(bytes);
    damaged.close();
    try {
        engine::readTrajectory(path("damaged"));
        QFAIL("it was read");
    } catch (const engine::Error &error) {
        QVERIFY(error.kind == engine::ErrorKind::NotACheckpoint);
    }
}

void TrajectoryFileTest::everyHalfComesBack()
{
    // In one block, and one by one: the processor's instructions and the plain way.
    for (const std::size_t block : {std::size_t(65536), std::size_t(1)}) {
        std::vector<std::uint16_t> halves(65536), back(65536);
        std::vector<float> floats(65536);
        for (std::size_t i = 0; i < 65536; ++i)
            halves[i] = std::uint16_t(i);
        for (std::size_t i = 0; i < 65536; i += block) {
            engine::halvesToFloats({halves.data() + i, block}, {floats.data() + i, block});
            engine::floatsToHalves({floats.data() + i, block}, {back.data() + i, block});
        }
        for (std::size_t i = 0; i < 65536; ++i) {
            const bool isNan = (i & 0x7c00) == 0x7c00 && (i & 0x3ff) != 0;
            QVERIFY2(isNan ? std::isnan(floats[i]) : back[i] == halves[i], qPrintable(QString::number(i)));
            if (!isNan && (i & 0x7c00) != 0x7c00) {
                const int exponent = int(i >> 10 & 31);
                const double mantissa = exponent == 0 ? double(i & 0x3ff) / 1024 : 1.0 + double(i & 0x3ff) / 1024;
                const double value = std::ldexp(mantissa, std::max(exponent, 1) - 15) * (i & 0x8000 ? -1 : 1);
                QCOMPARE(double(floats[i]), value);
            }
        }
    }
}

void TrajectoryFileTest::halvesAreTheNearest()
{
    const std::vector<std::pair<float, std::uint16_t>> rows = {
        {1.0F, 0x3c00},        {1.0F + 0x1p-11F, 0x3c00}, {1.0F + 0x1.8p-10F, 0x3c02},
        {65504.0F, 0x7bff},    {65519.0F, 0x7bff},        {65520.0F, 0x7c00},
        {-1e30F, 0xfc00},      {0x1p-24F, 0x0001},        {0x1p-25F, 0x0000},
        {0x1.8p-25F, 0x0001},  {-0.0F, 0x8000},           {0x1.ff8p-15F, 0x03ff},
        {0x1.ffcp-15F, 0x0400}};
    for (const auto &[value, want] : rows) {
        std::uint16_t one = 0;
        engine::floatsToHalves({&value, 1}, {&one, 1});
        QCOMPARE(int(one), int(want));
        const std::vector<float> many(8, value);
        std::vector<std::uint16_t> got(8);
        engine::floatsToHalves(many, got);
        QCOMPARE(int(got[5]), int(want));
    }
}

void TrajectoryFileTest::linearPictureIsTheMap()
{
    const LatentArray latent{.channels = 2, .height = 1, .width = 3, .values = {0.0F, 0.5F, 9.0F, 1.0F, -1.0F, -9.0F}};
    const engine::LatentMap map{.factors = {1.0F, 0.0F, 0.5F, 0.0F, 1.0F, 0.25F}, .bias = {0.0F, 0.1F, -0.2F}};
    const engine::Image image = engine::linearPicture(latent, map);
    QCOMPARE(image.width, 3);
    QCOMPARE(image.height, 1);
    const auto pixel = [](double value) { return int(std::lround(255.0 * std::clamp(value / 2.0 + 0.5, 0.0, 1.0))); };
    const int want[] = {pixel(0.0),  pixel(1.1), pixel(0.05), pixel(0.5), pixel(-0.9),
                        pixel(-0.2), pixel(9.0), pixel(-8.9), pixel(2.05)};
    for (int i = 0; i < 9; ++i)
        QVERIFY2(std::abs(int(image.pixels[std::size_t(i)]) - want[i]) <= 1, qPrintable(QString::number(i)));
}

void TrajectoryFileTest::linearPictureOfNothingIsEmpty()
{
    QVERIFY(engine::linearPicture({}, {}).empty());
    QVERIFY(engine::linearPicture(numbers(1), {}).empty());
}

QTEST_GUILESS_MAIN(TrajectoryFileTest)

#include "trajectory_file_test.moc"
