#include "engine/checkpoint/model_files.h"
#include "engine/core/tensor_file.h"
#include "engine/training/fingerprint.h"
#include "engine/training/training_cache.h"
#include "tests/support/training_pictures.h"

#include <QTemporaryDir>
#include <QTest>

#include <fstream>

namespace fs = std::filesystem;

using Tensors = std::map<std::string, torch::Tensor>;

/// What is computed once for a training run, and how it is told that it must be computed again.
class TrainingCacheTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void sameKeyIsReadAndAnotherComputed();
    void damagedFileIsComputedAnew_data();
    void damagedFileIsComputedAnew();
    void placeThatCannotBeWrittenIsNoFault();
    void fingerprintTellsTensorsApart();
    void identityFollowsTheWeightsAndNotThePlace();

private:
    [[nodiscard]] fs::path root() const { return m_root.path().toStdString(); }
    /// What the cache gives; counts in m_computed.
    Tensors ask(const fs::path &file, const std::string &key);

    QTemporaryDir m_root;
    int m_computed = 0;
};

Tensors TrainingCacheTest::ask(const fs::path &file, const std::string &key)
{
    return engine::cachedTensors(file, key, [this]() -> Tensors {
        ++m_computed;
        return {{"latents", torch::arange(1000, torch::kFloat32).view({10, 100})},
                {"pooled", torch::ones({3, 2}, torch::kBFloat16)}};
    });
}

void TrainingCacheTest::sameKeyIsReadAndAnotherComputed()
{
    const fs::path file = root() / "not there yet" / "cache.safetensors";
    m_computed = 0;
    const Tensors first = ask(file, "a");
    QCOMPARE(m_computed, 1);
    const Tensors second = ask(file, "a");
    QCOMPARE(m_computed, 1);
    QCOMPARE(second.size(), first.size());
    for (const auto &[name, tensor] : first) {
        QCOMPARE(second.at(name).scalar_type(), tensor.scalar_type());
        QVERIFY(torch::equal(second.at(name), tensor));
    }
    ask(file, "b");
    QCOMPARE(m_computed, 2);
    ask(file, "a"); // "b" took its place
    QCOMPARE(m_computed, 3);
}

void TrainingCacheTest::damagedFileIsComputedAnew_data()
{
    QTest::addColumn<int>("keptPercent");
    QTest::addColumn<bool>("isBitFlipped");
    QTest::newRow("empty") << 0 << false;
    QTest::newRow("cut off within the table") << 2 << false;
    QTest::newRow("cut off within the tensors") << 60 << false;
    QTest::newRow("one bit of a tensor") << 100 << true;
}

void TrainingCacheTest::damagedFileIsComputedAnew()
{
    QFETCH(const int, keptPercent);
    QFETCH(const bool, isBitFlipped);
    const fs::path file = root() / "damaged" / "cache.safetensors";
    m_computed = 0;
    ask(file, QTest::currentDataTag());
    QCOMPARE(m_computed, 1);
    fs::resize_file(file, fs::file_size(file) * static_cast<std::uintmax_t>(keptPercent) / 100);
    if (isBitFlipped) {
        std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
        stream.seekg(-1000, std::ios::end);
        const int byte = stream.get();
        stream.seekp(-1000, std::ios::end);
        stream.put(static_cast<char>(byte ^ 4));
    }
    const Tensors again = ask(file, QTest::currentDataTag());
    QCOMPARE(m_computed, 2);
    QVERIFY(torch::equal(again.at("latents"), torch::arange(1000, torch::kFloat32).view({10, 100})));
    ask(file, QTest::currentDataTag()); // and is whole again
    QCOMPARE(m_computed, 2);
}

void TrainingCacheTest::placeThatCannotBeWrittenIsNoFault()
{
    tests::writeTextFile(root() / "file", "no folder");
    m_computed = 0;
    QCOMPARE(ask(root() / "file" / "cache.safetensors", "a").size(), std::size_t(2));
    QCOMPARE(ask(root() / "file" / "cache.safetensors", "a").size(), std::size_t(2));
    QCOMPARE(m_computed, 2);
}

void TrainingCacheTest::fingerprintTellsTensorsApart()
{
    const torch::Tensor x = torch::arange(24, torch::kFloat32).view({2, 12});
    const std::string name = engine::fingerprintOf(x);
    QCOMPARE(name.size(), std::size_t(16));
    QCOMPARE(engine::fingerprintOf(x.clone()), name);
    QCOMPARE(engine::fingerprintOf(x.t().contiguous().t()), name); // the same elements, laid out otherwise
    QVERIFY(engine::fingerprintOf(x.view({12, 2})) != name);
    QVERIFY(engine::fingerprintOf(x.to(torch::kInt32)) != name);
    torch::Tensor other = x.clone();
    other[1][11] = 24.0F;
    QVERIFY(engine::fingerprintOf(other) != name);
    QVERIFY(engine::fingerprintOf(x.narrow(1, 0, 11)) != engine::fingerprintOf(x.narrow(1, 1, 11)));
}

void TrainingCacheTest::identityFollowsTheWeightsAndNotThePlace()
{
    // One tensor that is hashed whole, one that is hashed in blocks.
    const Tensors weights = {{"small.weight", torch::arange(100, torch::kFloat32)},
                             {"large.weight", torch::arange(100000, torch::kFloat32)}};
    const auto identity = [&](const std::string &folder, const Tensors &tensors, const std::string &config) {
        tests::writeTextFile(root() / folder / "config.json", config);
        engine::writeTensors(root() / folder / "diffusion_pytorch_model.safetensors", tensors);
        return engine::identityOf(engine::openModelFiles(root() / folder), {"vae", "text_encoder"});
    };
    const std::string config = R"({"_class_name": "AutoencoderKL", "scaling_factor": 0.5})";
    const std::string name = identity("a", weights, config);
    QCOMPARE(identity("b", weights, config), name);
    QVERIFY(identity("c", weights, R"({"_class_name": "AutoencoderKL", "scaling_factor": 0.6})") != name);
    for (const auto &[key, tensor] : weights) {
        Tensors trained = weights;
        trained[key] = tensor * 1.001; // every weight moves a little
        QVERIFY2(identity("d", trained, config) != name, key.c_str());
    }
    Tensors renamed = weights;
    renamed["other.weight"] = renamed.extract("small.weight").mapped();
    QVERIFY(identity("e", renamed, config) != name);
}

QTEST_GUILESS_MAIN(TrainingCacheTest)

#include "training_cache_test.moc"
