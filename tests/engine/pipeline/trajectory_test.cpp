#include "engine/catalog.h"
#include "engine/half_floats.h"
#include "engine/pipeline/torch_engine.h"
#include "engine/samplers/samplers.h"
#include "engine/trajectory.h"

#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <cmath>

using engine::Event;
using engine::GenerateRequest;
using engine::Trajectory;

namespace {

const std::filesystem::path kGolden = std::filesystem::path(TINCTURE_GOLDEN) / "pipelines";

GenerateRequest smallRequest()
{
    return {.model = kGolden / "model_sd2v",
            .prompt = "a red fox",
            .negativePrompt = "blurry",
            .sampler = "euler_ancestral",
            .schedule = "karras",
            .steps = 8,
            .guidanceScale = 4.0,
            .width = 32,
            .height = 32,
            .seed = 7,
            .precision = engine::Precision::Float32,
            .preview = engine::PreviewContent::None,
            .keepTrajectory = true};
}

/// What a job told.
struct Told
{
    std::vector<engine::ImageFinished> pictures;
    std::vector<std::shared_ptr<const Trajectory>> trajectories;
    std::vector<engine::StepFinished> steps;
    std::vector<engine::PreviewReady> previews;
    bool isTrajectoryFirst = true; ///< of each picture

    [[nodiscard]] const engine::Image &image() const { return pictures.at(0).image; }
    [[nodiscard]] const std::shared_ptr<const Trajectory> &trajectory() const { return trajectories.at(0); }
};

GenerateRequest branchOf(const std::shared_ptr<const Trajectory> &parent, int step)
{
    GenerateRequest request = parent->request;
    request.branchFrom = parent;
    request.branchStep = step;
    return request;
}

bool sameNumbers(const Trajectory &a, const Trajectory &b)
{
    const auto sameStep = [](const engine::TrajectoryStep &s, const engine::TrajectoryStep &t) {
        return s.index == t.index && s.timestep == t.timestep && s.sigma == t.sigma && s.sigmaNext == t.sigmaNext &&
               s.xNorm == t.xNorm && s.epsNorm == t.epsNorm && s.guidance == t.guidance && s.x == t.x &&
               s.eps == t.eps && s.x0 == t.x0 && s.epsCond == t.epsCond && s.epsUncond == t.epsUncond;
    };
    const auto sameCall = [](const engine::DenoiseCall &s, const engine::DenoiseCall &t) {
        return s.step == t.step && s.sigma == t.sigma && s.denoised == t.denoised;
    };
    return a.start == b.start && a.sigmas == b.sigmas &&
           std::equal(a.steps.begin(), a.steps.end(), b.steps.begin(), b.steps.end(), sameStep) &&
           std::equal(a.calls.begin(), a.calls.end(), b.calls.begin(), b.calls.end(), sameCall);
}

} // namespace

class TrajectoryTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void recordsEveryStep();
    void keepsNothingUnlessAsked();
    void stateAndNoiseMakeThePictureUp();
    void keepingDoesNotChangeThePicture();
    void everyPictureOfABatchHasItsOwn();

    void unchangedBranchIsTheParent_data();
    void unchangedBranchIsTheParent();
    void branchOfABranchIsExact();
    void branchFromAFileIsExact();
    void branchOfAPaintedPictureIsExact();
    void changedPromptCountsFromTheStepOn();
    void newNoiseCountsFromTheStepOn();
    void anotherSamplerBeginsAtTheStateReached_data();
    void anotherSamplerBeginsAtTheStateReached();
    void branchHasAsManyStepsAsAsked_data();
    void branchHasAsManyStepsAsAsked();
    void branchTellsTheStepsOfTheWholeRun();
    void impossibleBranchesAreRefused_data();
    void impossibleBranchesAreRefused();

private:
    Told made(const GenerateRequest &request);

    // Tiny networks: threads would wait for each other.
    engine::TorchEngine m_engine{engine::EngineOptions{.threads = 1}};
};

Told TrajectoryTest::made(const GenerateRequest &request)
{
    Told told;
    engine::RunContext context;
    context.emit = [&told](const Event &event) {
        if (const auto *picture = std::get_if<engine::ImageFinished>(&event)) {
            told.pictures.push_back(*picture);
            told.isTrajectoryFirst &= told.trajectories.size() >= told.pictures.size();
        } else if (const auto *ready = std::get_if<engine::TrajectoryReady>(&event)) {
            told.trajectories.push_back(ready->trajectory);
        } else if (const auto *step = std::get_if<engine::StepFinished>(&event)) {
            told.steps.push_back(*step);
        } else if (const auto *preview = std::get_if<engine::PreviewReady>(&event)) {
            told.previews.push_back(*preview);
        }
    };
    m_engine.generate(request, context);
    return told;
}

void TrajectoryTest::recordsEveryStep()
{
    const Told told = made(smallRequest());
    QVERIFY(told.isTrajectoryFirst);
    const Trajectory &t = *told.trajectory();
    QCOMPARE(t.steps.size(), std::size_t(8));
    QCOMPARE(t.calls.size(), std::size_t(8));
    QCOMPARE(t.sigmas.size(), std::size_t(9));
    QCOMPARE(t.sigmas.back(), 0.0);
    QCOMPARE(t.branchStep, -1);
    QCOMPARE(t.sampler, std::string("euler_ancestral"));
    QCOMPARE(t.schedule, std::string("karras"));
    QCOMPARE(t.family, std::string("sd2"));
    QCOMPARE(t.request.seed, std::uint64_t(7));
    QCOMPARE(t.request.width, 32);
    QCOMPARE(t.segments.size(), std::size_t(1));
    QCOMPARE(t.map.factors.size(), std::size_t(3 * t.start.channels));
    QCOMPARE(t.map.bias.size(), std::size_t(3));
    QVERIFY(t.bytes() > 0);
    for (std::size_t i = 0; i < t.steps.size(); ++i) {
        const engine::TrajectoryStep &step = t.steps[i];
        QCOMPARE(step.index, int(i));
        QCOMPARE(step.sigma, t.sigmas[i]);
        QCOMPARE(step.sigmaNext, t.sigmas[i + 1]);
        QVERIFY(step.timestep >= 0 && step.timestep < 1000 && step.seconds > 0);
        QVERIFY(i == 0 || step.timestep < t.steps[i - 1].timestep);
        QVERIFY(step.xNorm > 0 && step.epsNorm > 0 && step.guidance > 0);
        for (const engine::HalfArray *array : {&step.x, &step.eps, &step.x0, &step.epsCond, &step.epsUncond})
            QCOMPARE(array->values.size(), t.start.values.size());
        QVERIFY(step.x0 == engine::toHalf(t.calls[i].denoised));
    }
}

void TrajectoryTest::keepsNothingUnlessAsked()
{
    GenerateRequest request = smallRequest();
    request.keepTrajectory = false;
    QVERIFY(made(request).trajectories.empty());
}

void TrajectoryTest::stateAndNoiseMakeThePictureUp()
{
    for (const char *model : {"model_sd2v", "model_sd1"}) {
        GenerateRequest request = smallRequest();
        request.model = kGolden / model;
        if (!std::filesystem::exists(request.model))
            continue;
        const Told told = made(request);
        for (const engine::TrajectoryStep &step : told.trajectory()->steps) {
            const engine::LatentArray x = engine::toFloat(step.x);
            const engine::LatentArray eps = engine::toFloat(step.eps);
            const engine::LatentArray x0 = engine::toFloat(step.x0);
            const engine::LatentArray c = engine::toFloat(step.epsCond);
            const engine::LatentArray u = engine::toFloat(step.epsUncond);
            const double scale = std::sqrt(1.0 + step.sigma * step.sigma);
            double worst = 0.0;
            double worstHalves = 0.0;
            for (std::size_t i = 0; i < x.values.size(); ++i) {
                // Half precision: 11 bits of the largest of the three terms.
                const double whole = x.values[i] * scale;
                const double error = std::abs(whole - x0.values[i] - step.sigma * eps.values[i]);
                worst = std::max(worst, error / (std::abs(whole) + std::abs(x0.values[i]) +
                                                 step.sigma * std::abs(eps.values[i]) + 1e-3));
                const double guided = u.values[i] + request.guidanceScale * (c.values[i] - u.values[i]);
                worstHalves = std::max(worstHalves, std::abs(guided - eps.values[i]) / (1.0 + std::abs(guided)));
            }
            QVERIFY2(worst < 2e-3, qPrintable(QString::number(worst)));
            QVERIFY2(worstHalves < 1e-2, qPrintable(QString::number(worstHalves)));
        }
    }
}

void TrajectoryTest::keepingDoesNotChangeThePicture()
{
    GenerateRequest request = smallRequest();
    const Told kept = made(request);
    request.keepTrajectory = false;
    QVERIFY(made(request).image() == kept.image());
}

void TrajectoryTest::everyPictureOfABatchHasItsOwn()
{
    GenerateRequest request = smallRequest();
    request.count = 2;
    const Told told = made(request);
    QCOMPARE(told.trajectories.size(), std::size_t(2));
    QCOMPARE(told.trajectories[1]->request.seed, std::uint64_t(8));
    QCOMPARE(told.trajectories[1]->request.count, 1);
    const Told branch = made(branchOf(told.trajectories[1], 4));
    QVERIFY(branch.image() == told.pictures[1].image);
    QCOMPARE(branch.pictures[0].seed, told.pictures[1].seed);
}

void TrajectoryTest::unchangedBranchIsTheParent_data()
{
    QTest::addColumn<QString>("sampler");
    QTest::addColumn<int>("precision");
    // One precision after the other: each change loads the model again.
    for (const auto &[name, precision] :
         {std::pair{"float32", engine::Precision::Float32}, std::pair{"bfloat16", engine::Precision::BFloat16}}) {
        for (const engine::SamplerEntry &row : engine::samplerTable()) {
            const QString id = QString::fromUtf8(row.id.data(), qsizetype(row.id.size()));
            QTest::newRow(qPrintable(id + u' ' + QLatin1String(name))) << id << int(precision);
        }
    }
}

void TrajectoryTest::unchangedBranchIsTheParent()
{
    QFETCH(const QString, sampler);
    QFETCH(const int, precision);
    GenerateRequest request = smallRequest();
    request.sampler = sampler.toStdString();
    request.schedule.clear(); // what belongs to the sampler
    request.precision = engine::Precision(precision);
    request.steps = sampler == QLatin1String("restart") ? 20 : 6; // that goes back up from 20 on
    request.eta = 0.8;
    request.ddimEta = 0.5;
    const Told parent = made(request);
    const int last = int(parent.trajectory()->steps.size()) - 1;
    const std::vector<int> everywhere = {0, 1, 3, last};
    const bool isFast = precision == int(engine::Precision::Float32);
    for (const int step : isFast ? everywhere : std::vector<int>{3}) {
        const Told branch = made(branchOf(parent.trajectory(), step));
        QVERIFY2(branch.image() == parent.image(), qPrintable(QStringLiteral("from step %1").arg(step)));
        QVERIFY2(sameNumbers(*branch.trajectory(), *parent.trajectory()),
                 qPrintable(QStringLiteral("from step %1").arg(step)));
        QCOMPARE(branch.trajectory()->branchStep, step);
        QCOMPARE(branch.steps.size(), std::size_t(last + 1 - step));
    }
}

void TrajectoryTest::branchOfABranchIsExact()
{
    GenerateRequest request = smallRequest();
    request.sampler = "dpmpp_2m_sde";
    const Told root = made(request);

    GenerateRequest second = branchOf(root.trajectory(), 2);
    second.prompt = "a blue house";
    second.branchNoiseSeed = 99;
    const Told branch = made(second);
    QVERIFY(!(branch.image() == root.image()));
    const Told again = made(branchOf(branch.trajectory(), 5));
    QVERIFY(again.image() == branch.image());
    QVERIFY(sameNumbers(*again.trajectory(), *branch.trajectory()));

    GenerateRequest third = branchOf(branch.trajectory(), 4);
    third.sampler = "euler_ancestral";
    third.steps = 12;
    const Told other = made(third);
    QCOMPARE(other.trajectory()->steps.size(), std::size_t(12));
    QCOMPARE(other.trajectory()->segments.size(), std::size_t(2));
    for (const int step : {4, 5, 9}) {
        const Told last = made(branchOf(other.trajectory(), step));
        QVERIFY(last.image() == other.image());
        QVERIFY(sameNumbers(*last.trajectory(), *other.trajectory()));
    }
    // The same twice over, with the same settings: nothing is left to chance.
    QVERIFY(made(third).image() == other.image());
}

void TrajectoryTest::branchFromAFileIsExact()
{
    const QTemporaryDir folder;
    const std::filesystem::path file = folder.filePath("fox.trajectory").toStdString();
    GenerateRequest request = smallRequest();
    request.sampler = "dpmpp_sde";
    const Told parent = made(request);
    engine::writeTrajectory(*parent.trajectory(), file);
    const auto read = std::make_shared<const Trajectory>(engine::readTrajectory(file));
    QVERIFY(sameNumbers(*read, *parent.trajectory()));
    QVERIFY(made(branchOf(read, 3)).image() == parent.image());
}

void TrajectoryTest::branchOfAPaintedPictureIsExact()
{
    GenerateRequest request = smallRequest();
    request.init = {.width = 64, .height = 64, .channels = 3};
    request.mask = {.width = 64, .height = 64, .channels = 1};
    for (int i = 0; i < 64 * 64; ++i) {
        for (int c = 0; c < 3; ++c)
            request.init.pixels.push_back(std::uint8_t(i * (c + 1) / 48));
        request.mask.pixels.push_back(i % 64 < 32 ? 255 : 0);
    }
    request.strength = 0.7;
    const Told parent = made(request);
    QCOMPARE(parent.trajectory()->steps.size(), std::size_t(6));
    QVERIFY(made(branchOf(parent.trajectory(), 2)).image() == parent.image());
    GenerateRequest longer = branchOf(parent.trajectory(), 2);
    longer.steps += 3;
    QCOMPARE(made(longer).trajectory()->steps.size(), std::size_t(9));
}

void TrajectoryTest::changedPromptCountsFromTheStepOn()
{
    const Told parent = made(smallRequest());
    GenerateRequest request = branchOf(parent.trajectory(), 3);
    request.prompt = "a blue house";
    request.guidanceScale = 9.0;
    const Told branch = made(request);
    QVERIFY(!(branch.image() == parent.image()));
    const Trajectory &p = *parent.trajectory();
    const Trajectory &b = *branch.trajectory();
    QCOMPARE(b.request.prompt, std::string("a blue house"));
    QVERIFY(!b.request.branchFrom);
    for (std::size_t i = 0; i < 4; ++i)
        QVERIFY(b.steps[i].x == p.steps[i].x);
    QVERIFY(b.steps[2].eps == p.steps[2].eps);
    QVERIFY(!(b.steps[3].eps == p.steps[3].eps));
    QVERIFY(!(b.steps[4].x == p.steps[4].x));
}

void TrajectoryTest::newNoiseCountsFromTheStepOn()
{
    const Told parent = made(smallRequest());
    GenerateRequest request = branchOf(parent.trajectory(), 3);
    request.branchNoiseSeed = 1234;
    const Told branch = made(request);
    const Trajectory &p = *parent.trajectory();
    const Trajectory &b = *branch.trajectory();
    QVERIFY(b.steps[3].x == p.steps[3].x);
    QVERIFY(b.steps[3].eps == p.steps[3].eps);
    QVERIFY(!(b.steps[4].x == p.steps[4].x));
    QVERIFY(made(request).image() == branch.image());
    request.branchNoiseSeed = 1235;
    QVERIFY(!(made(request).image() == branch.image()));
}

void TrajectoryTest::anotherSamplerBeginsAtTheStateReached_data()
{
    QTest::addColumn<QString>("from");
    for (const char *from : {"euler", "dpmpp_2m", "uni_pc", "dpmpp_sde", "ddim", "heun"})
        QTest::newRow(from) << from;
}

void TrajectoryTest::anotherSamplerBeginsAtTheStateReached()
{
    QFETCH(const QString, from);
    GenerateRequest request = smallRequest();
    request.sampler = from.toStdString();
    const Told parent = made(request);
    for (const char *to : {"euler", "dpmpp_2m", "dpm_2_ancestral", "ddim", "lcm"}) {
        if (from == QLatin1String(to))
            continue;
        GenerateRequest changed = branchOf(parent.trajectory(), 4);
        changed.sampler = to;
        const Told branch = made(changed);
        const Trajectory &b = *branch.trajectory();
        QCOMPARE(b.sampler, std::string(to));
        QCOMPARE(b.segments.back().step, 4);
        QCOMPARE(b.steps.size(), std::size_t(8));
        QVERIFY(b.steps[4].x == parent.trajectory()->steps[4].x);
        QVERIFY(b.segments.back().start.values.size() == b.start.values.size());
        for (std::size_t i = 0; i + 1 < b.sigmas.size(); ++i)
            QVERIFY(b.sigmas[i + 1] < b.sigmas[i]);
    }
}

void TrajectoryTest::branchHasAsManyStepsAsAsked_data()
{
    QTest::addColumn<QString>("schedule");
    QTest::addColumn<int>("steps");
    for (const engine::ScheduleInfo &schedule : engine::schedules()) {
        const QString id = QString::fromUtf8(schedule.id.data(), qsizetype(schedule.id.size()));
        for (const int steps : {5, 12})
            QTest::newRow(qPrintable(QStringLiteral("%1 %2").arg(id).arg(steps))) << id << steps;
    }
}

void TrajectoryTest::branchHasAsManyStepsAsAsked()
{
    QFETCH(const QString, schedule);
    QFETCH(const int, steps);
    const Told parent = made(smallRequest());
    GenerateRequest request = branchOf(parent.trajectory(), 3);
    request.schedule = schedule.toStdString();
    request.steps = steps;
    const Told branch = made(request);
    const Trajectory &b = *branch.trajectory();
    QCOMPARE(b.steps.size(), std::size_t(steps));
    for (std::size_t i = 0; i <= 3; ++i)
        QCOMPARE(b.sigmas[i], parent.trajectory()->sigmas[i]);
    for (std::size_t i = 0; i + 1 < b.sigmas.size(); ++i)
        QVERIFY(b.sigmas[i + 1] < b.sigmas[i]);
    QVERIFY(b.steps[3].x == parent.trajectory()->steps[3].x);
}

void TrajectoryTest::branchTellsTheStepsOfTheWholeRun()
{
    const Told parent = made(smallRequest());
    GenerateRequest request = branchOf(parent.trajectory(), 5);
    request.preview = engine::PreviewContent::PredictedX0;
    const Told branch = made(request);
    QCOMPARE(branch.steps.size(), std::size_t(3));
    QCOMPARE(branch.steps.front().step, 6);
    QCOMPARE(branch.steps.back().step, 8);
    QCOMPARE(branch.steps.back().steps, 8);
    QVERIFY(!branch.previews.empty());
    QVERIFY(branch.previews.front().step >= 6);
}

void TrajectoryTest::impossibleBranchesAreRefused_data()
{
    QTest::addColumn<QString>("what");
    QTest::addColumn<QString>("field");
    QTest::newRow("step beyond the end") << "late"
                                         << "branchStep";
    QTest::newRow("negative step") << "negative"
                                   << "branchStep";
    QTest::newRow("another size") << "size"
                                  << "width";
    QTest::newRow("two pictures") << "count"
                                  << "count";
    QTest::newRow("no steps left") << "steps"
                                   << "steps";
    QTest::newRow("another family") << "family"
                                    << "branchFrom";
    QTest::newRow("states of another size") << "states"
                                            << "branchFrom";
    QTest::newRow("answers missing") << "calls"
                                     << "branchFrom";
    QTest::newRow("empty record") << "empty"
                                  << "branchFrom";
}

void TrajectoryTest::impossibleBranchesAreRefused()
{
    QFETCH(const QString, what);
    QFETCH(const QString, field);
    Trajectory parent = *made(smallRequest()).trajectory();
    if (what == QLatin1String("family"))
        parent.family = "sdxl";
    if (what == QLatin1String("states"))
        parent.start.height /= 2;
    if (what == QLatin1String("calls"))
        parent.calls.pop_back();
    if (what == QLatin1String("calls"))
        parent.calls.erase(parent.calls.begin());
    if (what == QLatin1String("empty"))
        parent.steps.clear();
    GenerateRequest request = branchOf(std::make_shared<const Trajectory>(parent), 3);
    if (what == QLatin1String("late"))
        request.branchStep = 8;
    if (what == QLatin1String("negative"))
        request.branchStep = -1;
    if (what == QLatin1String("size"))
        request.width = 128;
    if (what == QLatin1String("count"))
        request.count = 2;
    if (what == QLatin1String("steps"))
        request.steps = 3;
    try {
        made(request);
        QFAIL("nothing was thrown");
    } catch (const engine::Error &error) {
        QVERIFY(error.kind == engine::ErrorKind::BadRequest);
        QCOMPARE(QString::fromStdString(error.subject), field);
        qInfo("%s", error.what());
    }
}

QTEST_GUILESS_MAIN(TrajectoryTest)

#include "trajectory_test.moc"
