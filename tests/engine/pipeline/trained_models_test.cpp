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

/// The first tensor in which two files differ, or nothing.
std::string differenceOf(const fs::path &file, const fs::path &other)
{
    const auto want = engine::readTensors(file);
    const auto got = engine::readTensors(other);
    if (got.size() != want.size())
        return "count of tensors";
    for (const auto &[name, tensor] : want) {
        if (!got.contains(name) || !torch::equal(got.at(name), tensor))
            return name;
    }
    return {};
}

/// What Error says, or nothing.
template <typename Work>
std::string errorOf(Work work)
{
    try {
        work();
    } catch (const engine::Error &error) {
        return error.subject + ": " + error.detail;
    }
    return {};
}

constexpr auto kCheckpoint = "training.safetensors";

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
    void adapterOfAllLayersIsTrained();
    void latentsAreComputedOnce();
    void captionsAreEncodedOnce();
    void latentRunIsTiedToItsAutoencoder();
    void adapterIsTiedToItsModel();
    void pictureMadeWithinATrainingChangesNothingOfIt_data();
    void pictureMadeWithinATrainingChangesNothingOfIt();

private:
    engine::TrainReport train(engine::TrainRequest request);
    engine::Image picture(const fs::path &model, const std::string &prompt);
    [[nodiscard]] engine::TrainRequest request(engine::TrainKind kind, const std::string &output) const;
    [[nodiscard]] fs::path root() const { return m_root.path().toStdString(); }

    QTemporaryDir m_root;
    engine::TorchEngine m_engine{engine::EngineOptions{.threads = 1}};
    int m_samples = 0;         ///< of the last training
    int m_encodedPictures = 0; ///< times that it told of them
    int m_encodedTexts = 0;
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
    m_samples = m_encodedPictures = m_encodedTexts = 0;
    return m_engine.train(request, {.emit = [this](const engine::Event &event) {
                              m_samples += std::holds_alternative<engine::SampleReady>(event) ? 1 : 0;
                              const auto *stage = std::get_if<engine::StageStarted>(&event);
                              m_encodedPictures += stage && stage->stage == engine::Stage::EncodingPicture ? 1 : 0;
                              m_encodedTexts += stage && stage->stage == engine::Stage::EncodingPrompt ? 1 : 0;
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

    engine::TrainRequest whole = latent;
    whole.output = root() / "latent-whole";
    QVERIFY(train(whole).finished);
    for (const char *file : {"unet/diffusion_pytorch_model.safetensors", "text_encoder/model.safetensors",
                             "vae/diffusion_pytorch_model.safetensors", "tokenizer/spiece.model"}) {
        QVERIFY2(!bytesOf(whole.output / file).empty(), file);
        QVERIFY2(bytesOf(latent.output / file) == bytesOf(whole.output / file), file);
    }
    QCOMPARE(differenceOf(whole.output / "checkpoints" / kCheckpoint, latent.output / "checkpoints" / kCheckpoint),
             std::string());
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
        QVERIFY2(name.starts_with("lora_unet_"), name.c_str());
        if (name.ends_with(".alpha"))
            QCOMPARE(tensor.item<double>(), 4.0);
        else if (name.ends_with(".lora_down.weight"))
            QCOMPARE(tensor.size(0), 2);
        else
            QVERIFY2(name.ends_with(".lora_up.weight"), name.c_str());
        if (name.ends_with(".lora_up.weight"))
            hasLearnt = hasLearnt || tensor.abs().max().item<float>() > 0.0F;
        QVERIFY(tensor.isfinite().all().item<bool>());
    }
    QVERIFY(hasLearnt);

    engine::TrainRequest whole = asked;
    whole.output = root() / "adapters/whole.safetensors";
    whole.optimizer = engine::OptimizerKind::AdamW; // what a LoRA is trained with anyway
    QVERIFY(train(whole).finished);
    QVERIFY(bytesOf(whole.output) == bytesOf(asked.output));
    QCOMPARE(differenceOf(root() / "adapters/whole-checkpoints" / kCheckpoint,
                          root() / "adapters/squares-checkpoints" / kCheckpoint),
             std::string());
}

void TrainedModelsTest::adapterOfAllLayersIsTrained()
{
    engine::TrainRequest asked = request(engine::TrainKind::Lora, "adapters/all.safetensors");
    asked.base = root() / "latent";
    asked.loraTargets = engine::LoraTargets::Transformers;
    QVERIFY(train(asked).finished);
    int learnt = 0;
    for (const auto &[name, tensor] : engine::readTensors(asked.output)) {
        const bool isNew = name.find("_proj_in.") != std::string::npos || name.find("_ff_net_") != std::string::npos;
        if (isNew && name.ends_with(".lora_up.weight") && tensor.abs().max().item<float>() > 0.0F)
            ++learnt;
    }
    QVERIFY(learnt >= 3);
    asked.steps = 8; // the layers are part of the run
    asked.loraTargets = engine::LoraTargets::Attention;
    const std::string error = errorOf([&] { train(asked); });
    QVERIFY2(error.find("other settings") != std::string::npos, error.c_str());
}

void TrainedModelsTest::latentsAreComputedOnce()
{
    engine::TrainRequest asked = request(engine::TrainKind::Latent, "once");
    asked.base = root() / "autoencoder";
    asked.data = root() / "once-data";
    asked.flip = true;
    asked.sampleEvery = 0;
    asked.stopAfterSteps = 1;
    tests::writeTrainingSet(asked.data, 6);
    train(asked);
    QVERIFY(m_encodedPictures > 0);
    const fs::path cache = asked.output / "checkpoints/latents.safetensors";
    const std::string latents = bytesOf(cache);
    QVERIFY(!latents.empty());

    train(asked); // the second step
    QCOMPARE(m_encodedPictures, 0);
    fs::resize_file(cache, latents.size() - 8);
    train(asked); // the third: the damaged file is made again
    QVERIFY(m_encodedPictures > 0);
    QVERIFY(bytesOf(cache) == latents);
    asked.stopAfterSteps = 0;
    QVERIFY(train(asked).finished);
    QCOMPARE(m_encodedPictures, 0);

    engine::TrainRequest whole = asked; // never from a file
    whole.output = root() / "once-whole";
    QVERIFY(train(whole).finished);
    QVERIFY(m_encodedPictures > 0);
    QCOMPARE(differenceOf(whole.output / "checkpoints" / kCheckpoint, asked.output / "checkpoints" / kCheckpoint),
             std::string());

    asked.steps = 5;
    tests::writeTrainingPicture(asked.data / "red cat" / "0.png", 77); // another picture of the same name and size
    train(asked);
    QVERIFY(m_encodedPictures > 0);
    QVERIFY(bytesOf(cache) != latents);
    asked.steps = 6;
    train(asked);
    QCOMPARE(m_encodedPictures, 0);
    asked.steps = 7;
    asked.flip = false;
    train(asked);
    QVERIFY(m_encodedPictures > 0);

    engine::TrainRequest probe = request(engine::TrainKind::Latent, "probe");
    probe.base = asked.base;
    probe.measureOnly = true;
    train(probe);
    QVERIFY(m_encodedPictures > 0);
    QVERIFY(!fs::exists(probe.output / "checkpoints"));
    QVERIFY(!fs::exists(probe.output / "vae"));
}

void TrainedModelsTest::captionsAreEncodedOnce()
{
    engine::TrainRequest asked = request(engine::TrainKind::Lora, "adapters/once.safetensors");
    asked.base = root() / "latent";
    asked.data = root() / "once-captions";
    asked.stopAfterSteps = 2;
    for (int i = 0; i < 40; ++i) // more texts than are encoded at a time
        tests::writeTrainingPicture(asked.data / std::string("red cat ").append(std::to_string(i)) / "a.png",
                                    static_cast<std::uint64_t>(i));
    train(asked);
    QVERIFY(m_encodedPictures > 0);
    QCOMPARE(m_encodedTexts, 3); // two batches of captions, one of prompts
    asked.stopAfterSteps = 0;
    QVERIFY(train(asked).finished);
    QCOMPARE(m_encodedPictures, 0);
    QCOMPARE(m_encodedTexts, 0);
    QVERIFY(m_samples > 0);

    engine::TrainRequest whole = asked;
    whole.output = root() / "adapters/once-whole.safetensors";
    train(whole);
    QCOMPARE(m_encodedTexts, 3);
    QVERIFY(bytesOf(whole.output) == bytesOf(asked.output));

    asked.steps = 6;
    asked.samplePrompts = {"a dog"};
    train(asked);
    QCOMPARE(m_encodedTexts, 1); // the captions are the same
    asked.steps = 8;
    tests::writeTextFile(asked.data / "red cat 3" / "a.txt", "another caption");
    train(asked);
    QCOMPARE(m_encodedTexts, 2);
    QCOMPARE(m_encodedPictures, 0);
}

void TrainedModelsTest::latentRunIsTiedToItsAutoencoder()
{
    engine::TrainRequest vae = request(engine::TrainKind::Autoencoder, "tied-vae");
    vae.sampleEvery = 0;
    train(vae);
    engine::TrainRequest asked = request(engine::TrainKind::Latent, "tied");
    asked.base = vae.output;
    asked.sampleEvery = 0;
    asked.stopAfterSteps = 1;
    train(asked);
    const std::string published = bytesOf(asked.output / "vae/diffusion_pytorch_model.safetensors");
    const std::string latents = bytesOf(asked.output / "checkpoints/latents.safetensors");

    fs::copy(vae.output, root() / "moved-vae", fs::copy_options::recursive);
    asked.base = root() / "moved-vae"; // the same one at another place
    train(asked);
    QCOMPARE(m_encodedPictures, 0);

    vae.steps = 6; // trained further, in the place where it was
    train(vae);
    asked.base = vae.output;
    const std::string error = errorOf([&] { train(asked); });
    QVERIFY2(error.starts_with("checkpoints: ") && error.find("other settings") != std::string::npos, error.c_str());
    QCOMPARE(m_encodedPictures, 0);
    QVERIFY(bytesOf(asked.output / "vae/diffusion_pytorch_model.safetensors") == published);
    QVERIFY(bytesOf(asked.output / "checkpoints/latents.safetensors") == latents);
    asked.base = root() / "moved-vae";
    asked.stopAfterSteps = 0;
    QVERIFY(train(asked).finished);
}

void TrainedModelsTest::adapterIsTiedToItsModel()
{
    fs::copy(root() / "latent", root() / "tied-model", fs::copy_options::recursive);
    engine::TrainRequest asked = request(engine::TrainKind::Lora, "adapters/tied.safetensors");
    asked.base = root() / "tied-model";
    asked.stopAfterSteps = 1;
    train(asked);
    train(asked);
    // One tensor of the U-Net is another.
    const fs::path weights = asked.base / "unet/diffusion_pytorch_model.safetensors";
    auto tensors = engine::readTensors(weights);
    tensors.at("conv_in.bias").add_(0.01);
    engine::writeTensors(weights, tensors);
    const std::string error = errorOf([&] { train(asked); });
    QVERIFY2(error.starts_with("checkpoints: ") && error.find("other settings") != std::string::npos, error.c_str());
    asked.base = root() / "latent";
    asked.stopAfterSteps = 0;
    QVERIFY(train(asked).finished);
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
