#include "engine/samplers/sample.h"

#include "engine/catalog.h"
#include "engine/error.h"
#include "tests/engine/samplers/gaussian_problem.h"
#include "tests/support/compare_tensors.h"

#include <QTest>

#include <cmath>

using namespace engine;

/// A whole run around a network: start, scaling, timesteps, predictions, pictures as a start.
class SampleTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void predictionsOfEveryKindGiveTheSamePicture_data();
    void predictionsOfEveryKindGiveTheSamePicture();
    void timestepLoopsGiveDiffusersResult_data();
    void timestepLoopsGiveDiffusersResult();
    void sigmaLoopStartsAtNoiseTimesSigma();
    void picturesAreStartedFrom();
    void exactStepsStretchTheSchedule();
    void clippedPicturesStayInRange();
    void flowModelsSeeTheirOwnTime();
    void zeroTerminalSnrModelsWork();
    void keptPixelsStay();
    void stepsAreReportedAndTheRunCanBeStopped();
    void unknownSamplersAndSchedulesAreRefused();

private:
    /// The exact network of the problem for a table.
    std::function<torch::Tensor(const torch::Tensor &, double, int)> network(const NoiseSchedule &table,
                                                                             Prediction kind);
    torch::Tensor noise() const { return m_problem.tensor("problem/noise").to(torch::kFloat32); }

    tests::GaussianProblem m_problem;
    std::vector<double> m_timesteps; ///< that the network was called with
};

std::function<torch::Tensor(const torch::Tensor &, double, int)> SampleTest::network(const NoiseSchedule &table,
                                                                                     Prediction kind)
{
    m_timesteps.clear();
    return [this, &table, kind](const torch::Tensor &scaled, double timestep, int) -> torch::Tensor {
        m_timesteps.push_back(timestep);
        const double sigma = table.sigmaAt(timestep);
        const double root = std::sqrt(1.0 + sigma * sigma);
        const torch::Tensor x = scaled.to(torch::kFloat64) * root;
        const torch::Tensor denoised = m_problem.denoise(x, sigma);
        const torch::Tensor predicted = (x - denoised) / sigma;
        torch::Tensor result = denoised;
        if (kind == Prediction::Epsilon)
            result = predicted;
        else if (kind == Prediction::VPrediction)
            result = (predicted - denoised * sigma) / root; // alpha * noise - sigma * picture
        return result.to(torch::kFloat32);
    };
}

void SampleTest::predictionsOfEveryKindGiveTheSamePicture_data()
{
    QTest::addColumn<QString>("sampler");
    QTest::addColumn<QString>("schedule");
    for (const SamplerInfo &sampler : samplers()) {
        const std::string id(sampler.id);
        QTest::newRow(id.c_str()) << QString::fromStdString(id) << QString();
    }
    QTest::newRow("ddim karras") << "ddim"
                                 << "karras";
    QTest::newRow("plms normal") << "plms"
                                 << "normal";
    QTest::newRow("lcm simple") << "lcm"
                                << "simple";
}

void SampleTest::predictionsOfEveryKindGiveTheSamePicture()
{
    QFETCH(QString, sampler);
    QFETCH(QString, schedule);
    const NoiseSchedule table;
    torch::Tensor first;
    for (const Prediction kind : {Prediction::Epsilon, Prediction::VPrediction, Prediction::Sample}) {
        at::Generator generator = at::make_generator<at::CPUGeneratorImpl>(5);
        SampleJob job{.alphas = table, .prediction = kind};
        job.sampler = sampler.toStdString();
        job.schedule = schedule.toStdString();
        job.steps = 12;
        job.startNoise = noise();
        job.network = network(table, kind);
        job.noise = [&](double, double) { return torch::randn({1, 4, 8, 8}, generator); };
        const torch::Tensor x = sample(job);
        QCOMPARE(x.scalar_type(), torch::kFloat32);
        QVERIFY(x.isfinite().all().item<bool>());
        if (!first.defined())
            first = x;
        // float32 states and networks
        COMPARE_TENSORS(x, first, 2e-4);
    }
}

void SampleTest::timestepLoopsGiveDiffusersResult_data()
{
    QTest::addColumn<QString>("golden");
    QTest::addColumn<QString>("sampler");
    QTest::addColumn<double>("eta");
    QTest::newRow("ddim") << "diffusers_ddim"
                          << "ddim" << 0.0;
    QTest::newRow("ddim eta") << "diffusers_ddim_eta0.5"
                              << "ddim" << 0.5;
    QTest::newRow("plms") << "diffusers_pndm"
                          << "plms" << 0.0;
    QTest::newRow("ddpm") << "diffusers_ddpm"
                          << "ddpm" << 1.0;
    QTest::newRow("lcm") << "diffusers_lcm"
                         << "lcm" << 1.0;
    QTest::newRow("tcd") << "diffusers_tcd_eta0.3"
                         << "tcd" << 0.3;
}

void SampleTest::timestepLoopsGiveDiffusersResult()
{
    QFETCH(QString, golden);
    QFETCH(QString, sampler);
    QFETCH(double, eta);
    const NoiseSchedule table;
    for (const int steps : {4, 10}) {
        const std::string name = golden.toStdString() + "/steps" + std::to_string(steps);
        SampleJob job{.alphas = table, .sampler = sampler.toStdString(), .steps = steps};
        job.eta = eta;
        job.ddimEta = eta;
        job.startNoise = noise();
        job.network = network(table, Prediction::Epsilon);
        int drawn = 0;
        const torch::Tensor noises =
            m_problem.has(name + "/noise") ? m_problem.tensor(name + "/noise") : torch::Tensor();
        job.noise = [&](double, double) { return noises[drawn++].reshape({1, 4, 8, 8}); };
        const torch::Tensor x = sample(job);
        const auto &rows = m_problem.cases();
        const auto row = std::find_if(rows.begin(), rows.end(), [&](const auto &r) {
            return r["sampler"] == golden.toStdString() && r["steps"] == steps;
        });
        QCOMPARE(m_timesteps, (*row)["timesteps"].get<std::vector<double>>());
        COMPARE_TENSORS(x, m_problem.tensor(name + "/final").reshape({1, 4, 8, 8}), 3e-5); // both in float32
    }
}

void SampleTest::sigmaLoopStartsAtNoiseTimesSigma()
{
    const NoiseSchedule table;
    SampleJob job{.alphas = table, .sampler = "euler", .schedule = "karras", .steps = 10};
    job.startNoise = noise();
    job.network = network(table, Prediction::Epsilon);
    COMPARE_TENSORS(sample(job), m_problem.tensor("euler/karras10/final").reshape({1, 4, 8, 8}), 2e-5);
    QCOMPARE(m_timesteps.size(), std::size_t(10));
    QCOMPARE(m_timesteps.front(), 999.0);
    QVERIFY(std::abs(m_timesteps[4] - std::floor(m_timesteps[4])) > 1e-3); // fractional
}

void SampleTest::picturesAreStartedFrom()
{
    const NoiseSchedule table;
    const torch::Tensor init = m_problem.centre1().reshape({1, 4, 8, 8}).to(torch::kFloat32);
    SampleJob job{.alphas = table, .sampler = "euler", .schedule = "normal", .steps = 20, .strength = 0.4};
    job.startNoise = noise();
    job.initLatent = init;
    job.network = network(table, Prediction::Epsilon);
    torch::Tensor start;
    job.onStep = [&](const StepState &state) {
        QCOMPARE(state.steps, 9);
        if (state.step == 1)
            QVERIFY(std::abs(state.sigma - planSchedule("normal", 20, table).sigmas[11]) < 1e-12);
    };
    QCOMPARE(plannedSteps(job), 9);
    const torch::Tensor x = sample(job);
    QCOMPARE(m_timesteps.size(), std::size_t(9));
    QVERIFY((x - init).square().mean().item<double>() < 1.0); // still the same picture
}

void SampleTest::exactStepsStretchTheSchedule()
{
    const NoiseSchedule table;
    SampleJob job{
        .alphas = table, .sampler = "euler", .schedule = "normal", .steps = 10, .strength = 0.5, .exactSteps = true};
    job.startNoise = noise();
    job.initLatent = noise();
    job.network = network(table, Prediction::Epsilon);
    QCOMPARE(plannedSteps(job), 10);
    sample(job);
    QCOMPARE(m_timesteps.size(), std::size_t(10));
    QVERIFY(m_timesteps.front() < 550.0);
    job.strength = 0.0;
    QCOMPARE(plannedSteps(job), 10);
}

void SampleTest::clippedPicturesStayInRange()
{
    SchedulerConfig config{
        .betaStart = 0.0001, .betaEnd = 0.02, .betaSchedule = "linear", .setAlphaToOne = true, .stepsOffset = 0};
    config.clipSampleRange = 0.5;
    const NoiseSchedule table(config);
    for (const char *sampler : {"ddpm", "ddim", "euler"}) {
        at::Generator generator = at::make_generator<at::CPUGeneratorImpl>(5);
        SampleJob job{.alphas = table, .config = config, .sampler = sampler, .steps = 10};
        job.clipSample = true;
        job.startNoise = noise();
        job.network = network(table, Prediction::Epsilon);
        job.noise = [&](double, double) { return torch::randn({1, 4, 8, 8}, generator); };
        const torch::Tensor x = sample(job);
        QVERIFY(x.abs().max().item<double>() <= 0.5);
        QCOMPARE(m_timesteps.back(), 0.0);
    }
}

void SampleTest::flowModelsSeeTheirOwnTime()
{
    const NoiseSchedule table = NoiseSchedule::flow(3.0);
    SampleJob job{.alphas = table, .sampler = "euler", .schedule = "simple", .steps = 8};
    job.startNoise = noise();
    m_timesteps.clear();
    job.network = [&](const torch::Tensor &x, double timestep, int) {
        m_timesteps.push_back(timestep);
        const double sigma = timestep / 1000.0;
        const torch::Tensor state = x.to(torch::kFloat64);
        return (state - m_problem.denoise(state, sigma, true)) / sigma;
    };
    COMPARE_TENSORS(sample(job), m_problem.tensor("flow_euler/shift3_8/final").reshape({1, 4, 8, 8}), 2e-5);
    QCOMPARE(m_timesteps.front(), 1000.0);
}

void SampleTest::zeroTerminalSnrModelsWork()
{
    SchedulerConfig config;
    config.rescaleBetasZeroSnr = true;
    const NoiseSchedule table(config);
    for (const SamplerInfo &sampler : samplers()) {
        at::Generator generator = at::make_generator<at::CPUGeneratorImpl>(5);
        SampleJob job{.alphas = table, .config = config, .prediction = Prediction::VPrediction};
        job.sampler = std::string(sampler.id);
        job.steps = 25;
        job.startNoise = noise();
        job.network = network(table, Prediction::VPrediction);
        job.noise = [&](double, double) { return torch::randn({1, 4, 8, 8}, generator); };
        const torch::Tensor x = sample(job);
        QVERIFY2(x.isfinite().all().item<bool>(), job.sampler.c_str());
    }
}

void SampleTest::keptPixelsStay()
{
    const NoiseSchedule table;
    const torch::Tensor init = m_problem.centre2().reshape({1, 4, 8, 8}).to(torch::kFloat32);
    torch::Tensor mask = torch::zeros({1, 1, 8, 8});
    mask.narrow(3, 0, 4).fill_(1.0);
    for (const char *sampler : {"euler", "ddim", "dpmpp_2m_sde"}) {
        SampleJob job{.alphas = table, .sampler = sampler, .steps = 10, .strength = 0.8};
        job.startNoise = noise();
        job.initLatent = init;
        job.network = network(table, Prediction::Epsilon);
        job.noise = [&](double, double) { return noise(); };
        job.adjustDenoised = [&](const torch::Tensor &denoised) { return denoised * mask + init * (1 - mask); };
        const torch::Tensor x = sample(job);
        COMPARE_TENSORS(x.narrow(3, 4, 4), init.narrow(3, 4, 4), 0.0);
        QVERIFY(!torch::equal(x.narrow(3, 0, 4), init.narrow(3, 0, 4)));
    }
}

void SampleTest::stepsAreReportedAndTheRunCanBeStopped()
{
    const NoiseSchedule table;
    for (const SamplerInfo &sampler : samplers()) {
        SampleJob job{.alphas = table, .steps = 24};
        job.sampler = std::string(sampler.id);
        job.startNoise = noise();
        job.network = network(table, Prediction::Epsilon);
        job.noise = [&](double, double) { return noise(); };
        int seen = 0;
        job.onStep = [&](const StepState &state) {
            QCOMPARE(state.step, ++seen);
            QVERIFY(state.sigmaNext < state.sigma);
            QVERIFY(state.seconds >= 0.0);
            QCOMPARE(state.x.sizes(), state.denoised.sizes());
        };
        sample(job);
        QCOMPARE(seen, plannedSteps(job));
        job.onStep = nullptr;
        int calls = 0;
        job.checkStop = [&] {
            if (++calls == 5)
                throw Cancelled();
        };
        m_timesteps.clear();
        QVERIFY_EXCEPTION_THROWN(sample(job), Cancelled);
        QCOMPARE(m_timesteps.size(), std::size_t(4));
    }
}

void SampleTest::unknownSamplersAndSchedulesAreRefused()
{
    const NoiseSchedule table;
    SampleJob job{.alphas = table, .sampler = "no such"};
    job.startNoise = noise();
    QVERIFY_EXCEPTION_THROWN(sample(job), Error);
    job.sampler = "euler";
    job.schedule = "no such";
    QVERIFY_EXCEPTION_THROWN(sample(job), Error);
}

QTEST_GUILESS_MAIN(SampleTest)
#include "sample_test.moc"
