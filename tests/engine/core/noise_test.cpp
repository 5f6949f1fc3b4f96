#include "engine/core/brownian.h"
#include "engine/core/noise.h"
#include "engine/core/tensor_file.h"
#include "tests/support/compare_tensors.h"

#include <nlohmann/json.hpp>

#include <QTest>

#include <cmath>
#include <fstream>

using namespace engine;
using nlohmann::json;

class NoiseTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cpuDrawsAreThoseOfTorchInPython();
    void nvDrawsAreThoseOfACudaDevice();
    void variationsAreThoseOfA1111();
    void brownianNoiseIsThatOfTorchsde();
    void brownianNoiseIsConsistent();
    void seedSequenceIsNumpys();

private:
    void drawsAreRecorded(const json &row, RngKind kind);

    json m_golden;
    std::map<std::string, torch::Tensor> m_tensors;
};

namespace {

// sin, cos and log of different builds agree to 3e-7.
constexpr double kTolerance = 1e-6;

torch::Tensor values(const json &array)
{
    return torch::tensor(array.get<std::vector<double>>(), torch::kFloat64);
}

} // namespace

void NoiseTest::initTestCase()
{
    std::ifstream file(TINCTURE_GOLDEN "/noise/noise.json");
    m_golden = json::parse(file);
    m_tensors = readTensors(TINCTURE_GOLDEN "/noise/noise.safetensors");
}

void NoiseTest::drawsAreRecorded(const json &row, RngKind kind)
{
    NoiseSource source(row["seed"], kind);
    const auto shape = row["shape"].get<std::vector<int64_t>>();
    if (row.contains("tensor")) {
        const torch::Tensor want = m_tensors.at(row["tensor"]);
        for (int64_t i = 0; i < want.size(0); ++i)
            COMPARE_TENSORS(source.draw(shape), want[i], 0.0, kTolerance);
        return;
    }
    const torch::Tensor got = source.draw(shape).flatten().to(torch::kFloat64);
    COMPARE_TENSORS(got.narrow(0, 0, 16), values(row["first16"]), 0.0, kTolerance);
    COMPARE_TENSORS(got.narrow(0, got.size(0) - 16, 16), values(row["last16"]), 0.0, kTolerance);
    QVERIFY(std::abs(got.sum().item<double>() - row["sum"].get<double>()) < 1e-2);
    if (row.contains("second_first16"))
        COMPARE_TENSORS(source.draw(shape).flatten().narrow(0, 0, 16), values(row["second_first16"]), 0.0, kTolerance);
}

void NoiseTest::cpuDrawsAreThoseOfTorchInPython()
{
    for (const json &row : m_golden["cpu"])
        drawsAreRecorded(row, RngKind::Cpu);
    NoiseSource low(5);
    NoiseSource high((std::uint64_t(1) << 32) + 5);
    QVERIFY(torch::equal(low.draw({1, 4, 8, 8}), high.draw({1, 4, 8, 8}))); // only 32 bits of a seed count
}

void NoiseTest::nvDrawsAreThoseOfACudaDevice()
{
    for (const json &row : m_golden["nv"])
        drawsAreRecorded(row, RngKind::Nv);
    const torch::Tensor first = NoiseSource(0, RngKind::Nv).draw({3, 4}).flatten();
    COMPARE_TENSORS(first.narrow(0, 0, 3), torch::tensor({-0.92466259, -0.42534415, -2.6438457}), 0.0, kTolerance);
}

void NoiseTest::variationsAreThoseOfA1111()
{
    for (const json &row : m_golden["variation"]) {
        const auto shape = row["shape"].get<std::vector<int64_t>>();
        const torch::Tensor noise = NoiseSource(row["seed"]).draw(shape);
        const torch::Tensor other = NoiseSource(row["subseed"]).draw(shape);
        const torch::Tensor mixed = mixedNoise(noise, other, row["strength"]);
        COMPARE_TENSORS(mixed, m_tensors.at(row["tensor"]), 0.0, 3e-6);
        COMPARE_TENSORS(mixedNoise(noise.unsqueeze(0), other.unsqueeze(0), row["strength"]), mixed.unsqueeze(0), 0.0);
    }
}

void NoiseTest::brownianNoiseIsThatOfTorchsde()
{
    for (const json &row : m_golden["brownian"]) {
        BrownianNoise noise(row["seed"], row["sigma_min"], row["sigma_max"], row["shape"].get<std::vector<int64_t>>());
        const torch::Tensor want = m_tensors.at(row["tensor"]);
        for (std::size_t i = 0; i < row["queries"].size(); ++i) {
            const json &query = row["queries"][i];
            COMPARE_TENSORS(noise(query[0], query[1]), want[int64_t(i)], 0.0, 2e-6);
        }
    }
}

void NoiseTest::brownianNoiseIsConsistent()
{
    BrownianNoise noise(7, 0.03, 14.6, {4, 16, 16});
    const torch::Tensor whole = noise(9.0, 3.0) * std::sqrt(6.0);
    const torch::Tensor parts = noise(9.0, 5.0) * std::sqrt(4.0) + noise(5.0, 3.0) * std::sqrt(2.0);
    COMPARE_TENSORS(parts, whole, 1e-5);
    QVERIFY(std::abs(noise(2.0, 1.0).std().item<double>() - 1.0) < 0.1);
    COMPARE_TENSORS(noise(5.0, 9.0), -noise(9.0, 5.0), 0.0);
}

void NoiseTest::seedSequenceIsNumpys()
{
    for (const json &row : m_golden["seed_sequence"]) {
        const auto state = seedSequenceState(row["entropy"], row["spawn_key"].get<std::vector<std::uint64_t>>(), 4);
        QCOMPARE(state, row["generate_state_4"].get<std::vector<std::uint32_t>>());
    }
}

QTEST_GUILESS_MAIN(NoiseTest)
#include "noise_test.moc"
