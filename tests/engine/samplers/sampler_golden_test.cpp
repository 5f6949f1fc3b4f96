#include "engine/samplers/samplers.h"
#include "tests/engine/samplers/gaussian_problem.h"
#include "tests/support/compare_tensors.h"

#include <QTest>

#include <cmath>

using namespace engine;

class SamplerGoldenTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void stepsAreThoseOfOtherPrograms_data();
    void stepsAreThoseOfOtherPrograms();

private:
    struct Run
    {
        torch::Tensor final;
        std::vector<torch::Tensor> steps;  ///< states after each
        std::vector<torch::Tensor> inputs; ///< of the denoiser
        int calls = 0;
        int noises = 0;
    };

    void configure(const nlohmann::json &row, SamplerInput &in, std::string &sampler) const;
    Run run(const nlohmann::json &row) const;

    tests::GaussianProblem m_problem;
};

namespace {

std::string nameOf(const nlohmann::json &row)
{
    return row["sampler"].get<std::string>() + "/" + row["case"].get<std::string>();
}

double preserving(double sigma)
{
    return 1.0 / std::sqrt(1.0 + sigma * sigma);
}

SchedulerConfig stableDiffusion()
{
    return {};
}

/// diffusers' levels: those of its timesteps, and the one that it ends at.
std::vector<double> diffusersLevels(const nlohmann::json &row)
{
    std::vector<double> levels;
    for (const double sigma : row["eval_sigmas"])
        if (levels.empty() || sigma != levels.back()) // PLMS and Heun call twice at one level
            levels.push_back(sigma);
    const nlohmann::json &config = row["diffusers"];
    const std::string sampler = row["sampler"];
    const bool endsAtFirstTimestep = sampler == "diffusers_ddim" || sampler == "diffusers_ddim_eta0.5" ||
                                     sampler == "diffusers_pndm" || sampler.starts_with("diffusers_tcd") ||
                                     config.value("final_sigmas_type", "") == "sigma_min";
    levels.push_back(endsAtFirstTimestep ? NoiseSchedule(stableDiffusion()).sigmaMin() : 0.0);
    return levels;
}

/// The level of each of diffusers' Karras steps; it calls the network at the nearest whole timestep instead.
std::vector<double> karras(int steps)
{
    const NoiseSchedule table(stableDiffusion());
    const double high = std::pow(table.sigmaMax(), 1.0 / 7.0);
    const double low = std::pow(table.sigmaMin(), 1.0 / 7.0);
    std::vector<double> levels;
    for (int i = 0; i < steps; ++i)
        levels.push_back(std::pow(high + double(i) / (steps - 1) * (low - high), 7.0));
    levels.push_back(0.0);
    return levels;
}

} // namespace

void SamplerGoldenTest::stepsAreThoseOfOtherPrograms_data()
{
    QTest::addColumn<int>("index");
    for (std::size_t i = 0; i < m_problem.cases().size(); ++i)
        QTest::newRow(nameOf(m_problem.cases()[i]).c_str()) << int(i);
}

void SamplerGoldenTest::configure(const nlohmann::json &row, SamplerInput &in, std::string &sampler) const
{
    sampler = row["sampler"];
    const nlohmann::json &params = row["params"];
    in.eta = params.value("eta", 1.0);
    in.sNoise = params.value("s_noise", 1.0);
    in.sChurn = params.value("s_churn", 0.0);
    in.sTmin = params.value("s_tmin", in.sTmin);
    in.sTmax = params.value("s_tmax", in.sTmax);
    in.flow = row["problem"] == "flow";
    in.sigmas = row.contains("sigmas") ? row["sigmas"].get<std::vector<double>>() : diffusersLevels(row);
    static const std::map<std::string, std::string> kOurs = {
        {"euler_churn", "euler"},
        {"diffusers_ddim", "ddim"},
        {"diffusers_ddim_eta0.5", "ddim"},
        {"diffusers_ddpm", "ddpm"},
        {"diffusers_ddpm_large", "ddpm"},
        {"diffusers_pndm", "plms"},
        {"diffusers_unipc_bh2", "uni_pc_bh2"},
        {"diffusers_unipc_bh1_order3", "uni_pc"},
        {"diffusers_dpmsolver_2m", "dpmpp_2m"},
        {"diffusers_dpmsolver_2m_karras", "dpmpp_2m"},
        {"diffusers_dpmsolver_2m_sde", "dpmpp_2m_sde"},
        {"diffusers_lcm", "lcm"},
        {"diffusers_tcd_eta0.3", "tcd"},
        {"diffusers_tcd_eta1.0", "tcd"},
        {"diffusers_euler", "euler"},
        {"diffusers_heun", "heun"},
    };
    in.largeVariance = sampler == "diffusers_ddpm_large";
    if (sampler == "diffusers_ddim")
        in.eta = 0.0;
    if (sampler == "diffusers_dpmsolver_2m_karras")
        in.sigmas = karras(row["steps"]);
    if (const auto ours = kOurs.find(sampler); ours != kOurs.end())
        sampler = ours->second;
    else if (sampler.starts_with("flow_"))
        sampler = sampler.substr(5);
}

SamplerGoldenTest::Run SamplerGoldenTest::run(const nlohmann::json &row) const
{
    Run result;
    SamplerInput in;
    std::string sampler;
    configure(row, in, sampler);
    const std::string name = nameOf(row);
    const std::string source = row["sampler"];
    const bool isPreserving = row.value("form", "") == "variance preserving";
    const NoiseSchedule table(stableDiffusion());
    in.schedule = &table;

    in.denoise = [&](const torch::Tensor &x, double sigma) {
        const int call = result.calls++;
        result.inputs.push_back(x * (isPreserving ? preserving(sigma) : 1.0));
        torch::Tensor denoised = m_problem.denoise(x, sigma, in.flow);
        if (source == "diffusers_dpmsolver_2m_karras") {
            const double called = row["eval_sigmas"][std::size_t(call)];
            const torch::Tensor there = x * (preserving(sigma) / preserving(called));
            denoised = x - (there - m_problem.denoise(there, called)) * (sigma / called);
        }
        if (source == "diffusers_lcm") {
            const double t = 10.0 * row["timesteps"][std::size_t(call)].get<double>();
            denoised = denoised * (t / std::sqrt(t * t + 0.25)) + x * (preserving(sigma) * 0.25 / (t * t + 0.25));
        }
        return denoised;
    };
    const torch::Tensor noises = m_problem.has(name + "/noise") ? m_problem.tensor(name + "/noise") : torch::Tensor();
    in.noise = [&](double, double) { return noises[result.noises++].reshape({1, 4, 8, 8}); };
    in.onStep = [&](const SamplerStep &step) {
        result.steps.push_back(step.x * (isPreserving ? preserving(step.sigmaNext) : 1.0));
    };
    torch::Tensor x = m_problem.tensor(row["start"]);
    if (isPreserving)
        x = x / preserving(in.sigmas.front());
    if (source == "diffusers_unipc_bh2" || source == "diffusers_unipc_bh1_order3")
        x = sampleUniPcOfOrder(in, x, source.ends_with("order3") ? UniPcVariant::Bh1 : UniPcVariant::Bh2,
                               source.ends_with("order3") ? 3 : 2);
    else
        x = samplerEntry(sampler)->run(in, x);
    result.final = isPreserving ? x * preserving(in.sigmas.back()) : x;
    return result;
}

void SamplerGoldenTest::stepsAreThoseOfOtherPrograms()
{
    QFETCH(int, index);
    const nlohmann::json &row = m_problem.cases()[std::size_t(index)];
    const std::string name = nameOf(row);
    const std::string source = row["sampler"];
    const bool isDiffusers = row.contains("diffusers");
    const Run got = run(row);

    // Recorded in float32. diffusers works in float32 and its levels come from a float32 product; ComfyUI integrates
    // DEIS' polynomials with a 10000-point sum, we exactly.
    const double tolerance = isDiffusers ? 2e-5 : source == "deis" ? 1e-5 : 2e-6;
    QCOMPARE(got.calls, row["evals"].get<int>());
    if (!isDiffusers)
        QCOMPARE(got.noises, row["noises"].get<int>());
    const auto compareAll = [&](const std::vector<torch::Tensor> &states, const std::string &what) {
        if (!m_problem.has(name + what))
            return std::string();
        const torch::Tensor want = m_problem.tensor(name + what);
        if (want.size(0) > int64_t(states.size()))
            return "only " + std::to_string(states.size()) + what;
        for (int64_t i = 0; i < want.size(0); ++i) {
            const torch::Tensor state = states[std::size_t(i)].flatten().narrow(0, 0, want.size(1));
            const std::string difference = tests::compareTensors(state, want[i], tolerance);
            if (!difference.empty())
                return std::to_string(i) + " of" + what + ": " + difference;
        }
        return std::string();
    };
    const std::string steps = compareAll(got.steps, "/steps");
    QVERIFY2(steps.empty(), steps.c_str());
    const std::string inputs = compareAll(got.inputs, "/inputs");
    QVERIFY2(inputs.empty(), inputs.c_str());
    if (m_problem.has(name + "/final"))
        COMPARE_TENSORS(got.final.flatten(), m_problem.tensor(name + "/final").flatten(), tolerance);
}

QTEST_GUILESS_MAIN(SamplerGoldenTest)
#include "sampler_golden_test.moc"
