#include "engine/core/tensor_file.h"
#include "engine/pipeline/torch_engine.h"
#include "tests/support/training_pictures.h"

#include <QTemporaryDir>
#include <QTest>

#include <fstream>
#include <iterator>

namespace fs = std::filesystem;

namespace {

std::string bytesOf(const fs::path &file)
{
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

} // namespace

/// What training makes is what the engine loads: every kind, from pictures to a picture.
class TrainedModelsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void pixelModelMakesAPicture();
    void latentModelMakesAPicture();
    void adapterIsTrainedOnTheLatentModel();
    void pictureMadeWithinATrainingChangesNothingOfIt_data();
    void pictureMadeWithinATrainingChangesNothingOfIt();

private:
    engine::TrainReport train(engine::TrainRequest request);
    engine::Image picture(const fs::path &model, const std::string &prompt);
    [[nodiscard]] engine::TrainRequest request(engine::TrainKind kind, const std::string &output) const;
    [[nodiscard]] fs::path root() const { return m_root.path().toStdString(); }

    QTemporaryDir m_root;
    engine::TorchEngine m_engine{engine::EngineOptions{.threads = 1}};
    int m_samples = 0; ///< of the last training
};

void TrainedModelsTest::initTestCase()
{
    tests::writeTrainingSet(root() / "data", 8);
}

engine::TrainRequest TrainedModelsTest::request(engine::TrainKind kind, const std::string &output) const
{
    return {.kind = kind,
            .data = root() / "data",
            .output = root() / output,
            .size = 16,
            .steps = 4,
            .batch = 4,
            .learningRate = 1e-3,
            .warmupSteps = 1,
            .widths = {16, 32},
            .vocabulary = 32,
            .textWidth = 32,
            .textLayers = 1,
            .rank = 2,
            .alpha = 4.0,
            .sampleEvery = 4};
}

engine::TrainReport TrainedModelsTest::train(engine::TrainRequest request)
{
    m_samples = 0;
    return m_engine.train(request, {.emit = [this](const engine::Event &event) {
                              m_samples += std::holds_alternative<engine::SampleReady>(event) ? 1 : 0;
                          }});
}

engine::Image TrainedModelsTest::picture(const fs::path &model, const std::string &prompt)
{
    engine::Image result;
    m_engine.generate({.model = model, .prompt = prompt, .steps = 3, .seed = 1},
                      {.emit = [&](const engine::Event &event) {
                          if (const auto *finished = std::get_if<engine::ImageFinished>(&event))
                              result = finished->image;
                      }});
    return result;
}

void TrainedModelsTest::pixelModelMakesAPicture()
{
    const engine::TrainReport report = train(request(engine::TrainKind::Pixel, "pixel"));
    QVERIFY(report.finished);
    QCOMPARE(report.pictures, 8);
    QCOMPARE(m_samples, 4);
    const engine::Image made = picture(root() / "pixel", "");
    QCOMPARE(made.width, 16);
    QCOMPARE(made.height, 16);
}

void TrainedModelsTest::latentModelMakesAPicture()
{
    QVERIFY(train(request(engine::TrainKind::Autoencoder, "autoencoder")).finished);
    QCOMPARE(m_samples, 4);
    engine::TrainRequest latent = request(engine::TrainKind::Latent, "latent");
    latent.base = root() / "autoencoder";
    latent.flip = true;
    latent.stopAfterSteps = 2; // and on from there, with the vocabulary of the first part
    QVERIFY(!train(latent).finished);
    latent.stopAfterSteps = 0;
    const engine::TrainReport report = train(latent);
    QVERIFY(report.finished);
    QCOMPARE(report.steps, 4);
    QCOMPARE(m_samples, 2); // the set has two captions

    const engine::ModelInfo info = engine::inspectModel(latent.output);
    QVERIFY(info.missing.empty());
    QVERIFY(info.takesPrompt && info.isLatent);
    QCOMPARE(info.nativeWidth, 16);
    const engine::Image cat = picture(latent.output, "red cat");
    QCOMPARE(cat.width, 16);
    QVERIFY(cat != picture(latent.output, "blue dog"));
}

void TrainedModelsTest::adapterIsTrainedOnTheLatentModel()
{
    engine::TrainRequest asked = request(engine::TrainKind::Lora, "adapters/squares.safetensors");
    asked.base = root() / "latent";
    asked.stopAfterSteps = 2;
    QVERIFY(!train(asked).finished);
    asked.stopAfterSteps = 0;
    QVERIFY(train(asked).finished);
    QVERIFY(m_samples > 0);
    QVERIFY(fs::exists(root() / "adapters/squares-checkpoints/training.safetensors"));
    const engine::SafetensorsFile file(asked.output);
    QCOMPARE(file.metadata().at("ss_network_dim"), std::string("2"));
    QCOMPARE(file.metadata().at("ss_network_alpha"), std::string("4.0"));
    bool hasLearnt = false;
    for (const auto &[name, tensor] : engine::readTensors(asked.output)) {
        if (name.ends_with(".lora_up.weight"))
            hasLearnt = hasLearnt || tensor.abs().max().item<float>() > 0.0F;
        QVERIFY(tensor.isfinite().all().item<bool>());
    }
    QVERIFY(hasLearnt);
}

void TrainedModelsTest::pictureMadeWithinATrainingChangesNothingOfIt_data()
{
    QTest::addColumn<engine::TrainKind>("kind");
    QTest::addRow("pixel") << engine::TrainKind::Pixel;
    QTest::addRow("latent") << engine::TrainKind::Latent;
}

void TrainedModelsTest::pictureMadeWithinATrainingChangesNothingOfIt()
{
    QFETCH(const engine::TrainKind, kind);
    const std::string name = kind == engine::TrainKind::Pixel ? "own-pixel" : "own-latent";
    if (kind == engine::TrainKind::Latent)
        train(request(engine::TrainKind::Autoencoder, "own-vae"));
    engine::TrainRequest plain = request(kind, name);
    plain.base = root() / "own-vae";
    plain.steps = 20;
    plain.sampleEvery = 10;
    train(plain);

    engine::TrainRequest shared = plain;
    shared.output = root() / (name + "-shared");
    engine::Image within;
    int boundaries = 0;
    m_engine.train(shared, {.betweenSteps = [&] {
                       ++boundaries;
                       if (boundaries % 9 == 4)
                           within = picture(plain.output, "red cat");
                       if (boundaries % 9 == 7)
                           m_engine.unload();
                   }});
    QVERIFY(boundaries > 20);
    QVERIFY(within == picture(plain.output, "red cat"));
    const auto weights = [](const engine::TrainRequest &made) {
        return bytesOf(made.output / "unet" / "diffusion_pytorch_model.safetensors");
    };
    QVERIFY(!weights(plain).empty());
    QVERIFY(weights(plain) == weights(shared));
}

QTEST_GUILESS_MAIN(TrainedModelsTest)

#include "trained_models_test.moc"
