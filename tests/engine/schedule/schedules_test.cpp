#include "engine/schedule/schedules.h"

#include "engine/catalog.h"
#include "engine/error.h"

#include <nlohmann/json.hpp>

#include <QTest>

#include <cmath>
#include <fstream>

using namespace engine;
using nlohmann::json;

class SchedulesTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void tableHasTheLevelsOfOtherPrograms();
    void levelsAreThoseOfOtherPrograms_data();
    void levelsAreThoseOfOtherPrograms();
    void everyScheduleFallsToZero();
    void timestepLoopsAreThoseOfDiffusers_data();
    void timestepLoopsAreThoseOfDiffusers();
    void someSamplersLeaveOutTheSecondToLastLevel();
    void aPictureIsStartedFromNearTheEnd();
    void optionsMoveTheEnds();
    void betasFollowTheirFormula();
    void unusableConfigsAreRefused();

private:
    json m_golden;
};

namespace {

NoiseSchedule tableOf(const std::string &model, const json &models)
{
    const json &info = models.at(model);
    if (info.value("flow", false))
        return NoiseSchedule::flow(info.at("shift"));
    SchedulerConfig config;
    config.rescaleBetasZeroSnr = info.at("zero_terminal_snr");
    return NoiseSchedule(config);
}

bool isNear(double got, double want, double relative, double absolute)
{
    return std::abs(got - want) <= relative * std::abs(want) + absolute;
}

QByteArray described(std::size_t at, double got, double want)
{
    return QByteArrayLiteral("at ") + QByteArray::number(qlonglong(at)) + ": " + QByteArray::number(got, 'g', 9) +
           " instead of " + QByteArray::number(want, 'g', 9);
}

} // namespace

void SchedulesTest::initTestCase()
{
    std::ifstream file(TINCTURE_GOLDEN "/schedules/schedules.json");
    m_golden = json::parse(file);
}

void SchedulesTest::tableHasTheLevelsOfOtherPrograms()
{
    for (const auto &[model, info] : m_golden["models"].items()) {
        const NoiseSchedule table = tableOf(model, m_golden["models"]);
        QVERIFY(isNear(table.sigmaMin(), info["sigma_min"], 1e-6, 0.0));
        QVERIFY(isNear(table.sigmaMax(), info["sigma_max"], 1e-6, 0.0));
        if (!info.contains("sigmas_at_t"))
            continue;
        for (const auto &[t, sigma] : info["sigmas_at_t"].items()) {
            const double timestep = std::stod(t);
            QVERIFY2(isNear(table.sigmaAt(timestep), sigma, 1e-6, 0.0), t.c_str());
            QVERIFY2(isNear(table.timestepAt(table.sigmaAt(timestep)), timestep, 1e-9, 1e-9), t.c_str());
        }
        // Between timesteps one is the inverse of the other.
        for (const double t : {0.25, 3.5, 499.75, 998.5})
            QVERIFY(isNear(table.timestepAt(table.sigmaAt(t)), t, 1e-9, 1e-9));
        QCOMPARE(table.timestepAt(0.0), 0.0);
        QCOMPARE(table.timestepAt(1e9), 999.0);
    }
}

void SchedulesTest::levelsAreThoseOfOtherPrograms_data()
{
    QTest::addColumn<int>("index");
    std::ifstream file(TINCTURE_GOLDEN "/schedules/schedules.json");
    const json golden = json::parse(file);
    for (std::size_t i = 0; i < golden["cases"].size(); ++i) {
        const json &row = golden["cases"][i];
        const std::string name = row["schedule"].get<std::string>() + ' ' + row["model"].get<std::string>() + ' ' +
                                 std::to_string(row["steps"].get<int>());
        QTest::newRow(name.c_str()) << int(i);
    }
}

void SchedulesTest::levelsAreThoseOfOtherPrograms()
{
    QFETCH(int, index);
    const json &row = m_golden["cases"][std::size_t(index)];
    const NoiseSchedule table = tableOf(row["model"], m_golden["models"]);
    const SchedulePlan plan = planSchedule(row["schedule"].get<std::string>(), row["steps"], table);
    const auto sigmas = row["sigmas"].get<std::vector<double>>();

    QCOMPARE(plan.sigmas.size(), sigmas.size());
    QCOMPARE(plan.timesteps.size(), sigmas.size() - 1);
    // The other programs compute in float32: after powers and tangents 1e-5 of a level is theirs.
    for (std::size_t i = 0; i < sigmas.size(); ++i)
        QVERIFY2(isNear(plan.sigmas[i], sigmas[i], 2e-5, 1e-6), described(i, plan.sigmas[i], sigmas[i]));
    if (!row.contains("timesteps"))
        return;
    const auto timesteps = row["timesteps"].get<std::vector<double>>();
    for (std::size_t i = 0; i < timesteps.size(); ++i)
        QVERIFY2(isNear(plan.timesteps[i], timesteps[i], 1e-4, 0.02), described(i, plan.timesteps[i], timesteps[i]));
}

void SchedulesTest::everyScheduleFallsToZero()
{
    SchedulerConfig cosine{.betaSchedule = "squaredcos_cap_v2"};
    SchedulerConfig pixels{.betaStart = 0.0001, .betaEnd = 0.02, .betaSchedule = "linear"};
    SchedulerConfig few{.trainTimesteps = 100};
    const NoiseSchedule tables[] = {NoiseSchedule(), NoiseSchedule(cosine), NoiseSchedule(pixels), NoiseSchedule(few),
                                    NoiseSchedule::flow(3.0)};
    for (const NoiseSchedule &table : tables) {
        for (const ScheduleInfo &schedule : schedules()) {
            for (const int steps : {1, 2, 3, 7, 25, 150, 1000}) {
                const SchedulePlan plan = planSchedule(schedule.id, steps, table);
                QVERIFY(plan.sigmas.size() >= 2);
                QCOMPARE(plan.sigmas.back(), 0.0);
                QCOMPARE(plan.timesteps.size() + 1, plan.sigmas.size());
                for (std::size_t i = 0; i + 1 < plan.sigmas.size(); ++i) {
                    QVERIFY(std::isfinite(plan.sigmas[i]));
                    const bool repeats = steps > table.size() / 2; // more steps than the table has levels
                    const bool falls =
                        repeats ? plan.sigmas[i] >= plan.sigmas[i + 1] : plan.sigmas[i] > plan.sigmas[i + 1];
                    QVERIFY2(falls, (std::string(schedule.id) + ' ' + std::to_string(steps)).c_str());
                }
            }
        }
    }
    QVERIFY_EXCEPTION_THROWN(planSchedule("no such", 20, tables[0]), Error);
    QVERIFY_EXCEPTION_THROWN(planSchedule("karras", 0, tables[0]), Error);
}

void SchedulesTest::timestepLoopsAreThoseOfDiffusers_data()
{
    QTest::addColumn<int>("index");
    std::ifstream file(TINCTURE_GOLDEN "/schedules/schedules.json");
    const json golden = json::parse(file);
    for (std::size_t i = 0; i < golden["diffusers"].size(); ++i) {
        const json &row = golden["diffusers"][i];
        const std::string name = row["scheduler"].get<std::string>() + ' ' + std::to_string(row["steps"].get<int>());
        if (row["scheduler"] != "ddpm_trailing")
            QTest::newRow(name.c_str()) << int(i);
    }
}

void SchedulesTest::timestepLoopsAreThoseOfDiffusers()
{
    QFETCH(int, index);
    const json &row = m_golden["diffusers"][std::size_t(index)];
    const std::string scheduler = row["scheduler"];
    auto want = row["timesteps"].get<std::vector<double>>();
    SchedulerConfig config;
    std::string sampler = "ddim";
    std::string schedule = "ddim_uniform";
    if (scheduler == "lcm") {
        sampler = schedule = "lcm";
    } else if (scheduler == "ddpm_leading") {
        sampler = "ddpm";
        config.stepsOffset = 0;
    } else if (scheduler == "pndm_skip_prk_offset1") {
        sampler = "plms";
        if (want.size() > 2)
            want.erase(want.begin() + 1); // it calls twice at the second timestep
    }
    const NoiseSchedule table(config);
    const SamplingPlan plan = planSampling(sampler, schedule, row["steps"], table, config);
    QVERIFY(plan.form == SamplingForm::Timestep);
    QCOMPARE(plan.timesteps, want);
    QCOMPARE(plan.sigmas.size(), want.size() + 1);
    for (std::size_t i = 0; i < want.size(); ++i)
        QCOMPARE(plan.sigmas[i], table.sigmas()[std::size_t(want[i])]);
    const bool endsAtFirstTimestep = sampler == "ddim" || sampler == "plms";
    QCOMPARE(plan.sigmas.back(), endsAtFirstTimestep ? table.sigmaMin() : 0.0);
}

void SchedulesTest::someSamplersLeaveOutTheSecondToLastLevel()
{
    const NoiseSchedule table;
    const SamplingPlan plan = planSampling("dpm_2", "karras", 5, table, {});
    const SchedulePlan longer = planSchedule("karras", 6, table);
    QCOMPARE(plan.sigmas.size(), std::size_t(6));
    QVERIFY(plan.form == SamplingForm::Sigma);
    for (std::size_t i = 0; i < 5; ++i)
        QCOMPARE(plan.sigmas[i], longer.sigmas[i]);
    QCOMPARE(plan.sigmas.back(), 0.0);
    QCOMPARE(planSampling("dpm_2", "karras", 1, table, {}).timesteps.size(), std::size_t(1));
    QCOMPARE(planSampling("euler", "ddim_uniform", 10, table, {}).sigmas.back(), 0.0);
}

void SchedulesTest::aPictureIsStartedFromNearTheEnd()
{
    QCOMPARE(stepsFromPicture(0.4, 9), 4);
    QCOMPARE(stepsFromPicture(0.75, 8), 7);
    QCOMPARE(stepsFromPicture(1.0, 20), 20);
    QCOMPARE(stepsFromPicture(0.0, 20), 1);
    SamplingPlan plan = planSampling("dpmpp_2m", "karras", 9, NoiseSchedule(), {});
    keepLastSteps(plan, 4);
    // img2img_dpmpp_2m of k-diffusion's loop
    const double want[] = {0.5895398855209351, 0.2479499727487564, 0.09226009994745255, 0.0291671771556139, 0.0};
    QCOMPARE(plan.sigmas.size(), std::size(want));
    for (std::size_t i = 0; i < std::size(want); ++i)
        QVERIFY(isNear(plan.sigmas[i], want[i], 1e-5, 1e-8));
    QCOMPARE(plan.timesteps.size(), std::size_t(4));
    keepLastSteps(plan, 100);
    QCOMPARE(plan.timesteps.size(), std::size_t(4));
}

void SchedulesTest::optionsMoveTheEnds()
{
    const NoiseSchedule table;
    const SchedulePlan plan = planSchedule("karras", 10, table, {.sigmaMin = 0.1, .sigmaMax = 10.0, .rho = 5.0});
    QVERIFY(isNear(plan.sigmas.front(), 10.0, 1e-12, 0.0));
    QVERIFY(isNear(plan.sigmas[9], 0.1, 1e-12, 0.0));
    QVERIFY(isNear(plan.sigmas[3], std::pow(std::lerp(std::pow(10.0, 0.2), std::pow(0.1, 0.2), 3.0 / 9.0), 5.0), 1e-12,
                   0.0));
}

void SchedulesTest::betasFollowTheirFormula()
{
    const auto linear = betasOf({.betaStart = 0.0001, .betaEnd = 0.02, .betaSchedule = "linear"});
    QCOMPARE(linear.size(), std::size_t(1000));
    QVERIFY(isNear(linear[500], 0.0001 + 500.0 / 999.0 * 0.0199, 1e-12, 0.0));
    const auto cosine = betasOf({.trainTimesteps = 4, .betaSchedule = "squaredcos_cap_v2"});
    // cos^2 at u = 0, 1/4, ...: ratios computed by hand from equation 17 of Nichol & Dhariwal 2021
    const auto bar = [](double u) { return std::pow(std::cos((u + 0.008) / 1.008 * std::acos(-1.0) / 2.0), 2); };
    QVERIFY(isNear(cosine[1], 1.0 - bar(0.5) / bar(0.25), 1e-12, 0.0));
    QCOMPARE(cosine[3], 0.999);
    const auto sigmoid = betasOf({.betaStart = 0.1, .betaEnd = 0.2, .betaSchedule = "sigmoid"});
    QVERIFY(isNear(sigmoid.front(), 0.1 + 0.1 / (1.0 + std::exp(6.0)), 1e-12, 0.0));
    QCOMPARE(betasOf({.trainedBetas = {0.1, 0.2}}), (std::vector<double>{0.1, 0.2}));

    const auto rescaled = rescaledToZeroSnr(NoiseSchedule().alphasCumprod());
    QVERIFY(isNear(rescaled.front(), NoiseSchedule().alphasCumprod().front(), 1e-12, 0.0));
    QVERIFY(rescaled.back() < 1e-7);
}

void SchedulesTest::unusableConfigsAreRefused()
{
    QVERIFY_EXCEPTION_THROWN(NoiseSchedule({.betaSchedule = "laplace"}), Error);
    QVERIFY_EXCEPTION_THROWN(NoiseSchedule({.trainTimesteps = 0}), Error);
    QVERIFY_EXCEPTION_THROWN(NoiseSchedule({.betaEnd = 2.0}), Error);
    QVERIFY_EXCEPTION_THROWN(NoiseSchedule({.trainedBetas = {0.1, -0.1}}), Error);
}

QTEST_GUILESS_MAIN(SchedulesTest)
#include "schedules_test.moc"
