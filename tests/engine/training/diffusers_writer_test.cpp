#include "engine/checkpoint/json_text.h"
#include "engine/checkpoint/model_files.h"
#include "engine/core/tensor_file.h"
#include "engine/training/diffusers_writer.h"
#include "engine/training/lora_trainer.h"

#include <QTemporaryDir>
#include <QTest>

#include <nlohmann/json.hpp>

#include <fstream>
#include <set>
#include <sstream>

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

const fs::path kGolden = fs::path(TINCTURE_GOLDEN) / "formats";

engine::NamedTensors weightsOf(const torch::nn::Module &module)
{
    engine::NamedTensors weights;
    for (const auto &parameter : module.named_parameters())
        weights[parameter.key()] = parameter.value().detach();
    return weights;
}

/// Fields of the golden file that ours lacks or says otherwise.
std::string missingFields(const fs::path &file, const fs::path &golden)
{
    const json got = engine::readJson(file);
    const json wanted = engine::readJson(golden);
    std::string text;
    for (const auto &[key, value] : wanted.items()) {
        if (!got.contains(key) || got.at(key) != value)
            text += key + ": " + (got.contains(key) ? got.at(key).dump() : "missing") + " instead of " + value.dump() +
                    "; ";
    }
    return text;
}

/// How names and shapes of the written tensors differ from the golden list.
std::string tensorDifferences(const fs::path &folder, const fs::path &golden)
{
    std::ifstream list(golden / "tensors.txt");
    std::string line;
    std::getline(list, line);
    const engine::SafetensorsFile file(folder / line);
    std::string text;
    if (!file.metadata().contains("format") || file.metadata().at("format") != "pt")
        text += "no format in the metadata; ";
    std::set<std::string> known;
    while (std::getline(list, line)) {
        std::istringstream words(line);
        std::string name;
        words >> name;
        std::vector<std::int64_t> shape;
        for (std::int64_t size = 0; words >> size;)
            shape.push_back(size);
        known.insert(name);
        const engine::TensorEntry *entry = file.find(name);
        if (!entry || entry->shape != shape)
            text += name + (entry ? " has another shape; " : " is missing; ");
    }
    for (const engine::TensorEntry &entry : file.entries()) {
        if (!known.contains(entry.name))
            text += entry.name + " is not known; ";
    }
    return text;
}

} // namespace

/// The folders that training makes are those that diffusers loads.
class DiffusersWriterTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }
    void stableDiffusionFolderHasEveryFieldAndTensor();
    void ddpmFolderHasEveryFieldAndTensor();
    void autoencoderKeepsItsStatistics();
    void centredLatentsGiveTheSamePictures();
    void adaptersAreNamedAsKohyaDoes_data();
    void adaptersAreNamedAsKohyaDoes();
    void adapterFileHasAlphaBesideItsWeights();

private:
    [[nodiscard]] fs::path folder() const { return m_folder->path().toStdString(); }

    std::unique_ptr<QTemporaryDir> m_folder;
};

void DiffusersWriterTest::stableDiffusionFolderHasEveryFieldAndTensor()
{
    const fs::path golden = kGolden / "sd_sentencepiece";
    const auto unetConfig = engine::UNetConfig::fromJson(engine::readJson(golden / "unet/config.json"));
    engine::writeUNet(folder() / "unet", unetConfig, weightsOf(*engine::UNet2DCondition(unetConfig)), torch::kFloat16);
    const auto textConfig = engine::ClipTextConfig::fromJson(engine::readJson(golden / "text_encoder/config.json"));
    engine::writeTextEncoder(folder() / "text_encoder", textConfig, weightsOf(*engine::ClipTextModel(textConfig)),
                             torch::kFloat16);
    const auto vaeConfig = engine::VaeConfig::fromJson(engine::readJson(golden / "vae/config.json"));
    engine::writeAutoencoder(folder() / "vae", vaeConfig, weightsOf(*engine::AutoencoderKL(vaeConfig)),
                             {.scalingFactor = vaeConfig.scalingFactor, .rgbFactors = {}, .rgbBias = {}},
                             torch::kFloat16);
    engine::writeTokenizer(folder() / "tokenizer", "a sentencepiece model", 32);
    const engine::SchedulerConfig scheduler;
    engine::writeScheduler(folder() / "scheduler", scheduler);
    engine::writeStableDiffusionIndex(folder(), scheduler);

    for (const char *file : {"model_index.json", "unet/config.json", "text_encoder/config.json", "vae/config.json",
                             "tokenizer/tokenizer_config.json", "scheduler/scheduler_config.json"}) {
        const std::string missing = missingFields(folder() / file, golden / file);
        QVERIFY2(missing.empty(), (file + (": " + missing)).c_str());
    }
    for (const char *part : {"unet", "text_encoder", "vae"}) {
        const std::string differences = tensorDifferences(folder() / part, golden / part);
        QVERIFY2(differences.empty(), differences.c_str());
    }
    const engine::ModelFiles files = engine::openModelFiles(folder());
    QVERIFY(files.missing.empty());
    QCOMPARE(files.className, std::string("StableDiffusionPipeline"));
    QVERIFY(files.scheduler == scheduler);
}

void DiffusersWriterTest::ddpmFolderHasEveryFieldAndTensor()
{
    const fs::path golden = kGolden / "ddpm";
    const auto config = engine::UNet2DConfig::fromJson(engine::readJson(golden / "unet/config.json"));
    engine::writeUNet2D(folder() / "unet", config, weightsOf(*engine::UNet2D(config)), torch::kFloat16);
    const engine::SchedulerConfig scheduler{.className = "DDPMScheduler",
                                            .betaStart = 0.0001,
                                            .betaEnd = 0.02,
                                            .betaSchedule = "linear",
                                            .clipSample = true,
                                            .varianceType = "fixed_large"};
    engine::writeScheduler(folder() / "scheduler", scheduler);
    engine::writeDdpmIndex(folder(), scheduler);
    for (const char *file : {"model_index.json", "unet/config.json", "scheduler/scheduler_config.json"}) {
        const std::string missing = missingFields(folder() / file, golden / file);
        QVERIFY2(missing.empty(), (file + (": " + missing)).c_str());
    }
    const std::string differences = tensorDifferences(folder() / "unet", golden / "unet");
    QVERIFY2(differences.empty(), differences.c_str());
}

void DiffusersWriterTest::autoencoderKeepsItsStatistics()
{
    const engine::VaeConfig config{.blockOutChannels = {8, 16}, .normNumGroups = 4};
    engine::AutoencoderKL vae(config);
    engine::writeAutoencoder(folder(), config, weightsOf(*vae),
                             {.scalingFactor = 0.75, .rgbFactors = torch::ones({4, 3}), .rgbBias = torch::zeros({3})},
                             torch::kFloat32);
    const json written = engine::readJson(folder() / "config.json");
    QCOMPARE(written.at("scaling_factor").get<double>(), 0.75);
    QCOMPARE(written.at("latent_rgb_factors").size(), std::size_t(4));
    engine::AutoencoderKL again = engine::readAutoencoder(folder());
    QCOMPARE(again->config().scalingFactor, 0.75);
    const torch::Tensor x = torch::rand({1, 3, 16, 16}) * 2.0 - 1.0;
    QVERIFY(torch::equal(again->encodeMoments(x), vae->encodeMoments(x)));
}

void DiffusersWriterTest::centredLatentsGiveTheSamePictures()
{
    const torch::NoGradGuard noGrad;
    const engine::VaeConfig config{.blockOutChannels = {8, 16}, .normNumGroups = 4};
    engine::AutoencoderKL vae(config);
    const torch::Tensor pictures = torch::randint(0, 256, {6, 3, 16, 16}, torch::kUInt8);
    torch::Tensor latents = engine::encodeAll(vae, pictures, false, {});
    const torch::Tensor before = vae->decode(latents);
    engine::NamedTensors weights;
    for (const auto &[name, tensor] : weightsOf(*vae))
        weights[name] = tensor.clone();
    engine::centreLatents(weights, latents);
    QVERIFY(latents.mean({0, 2, 3}).abs().max().item<double>() < 1e-5);
    const torch::Tensor spread = latents.std({0, 2, 3});
    QVERIFY((spread - spread.mean()).abs().max().item<double>() < 1e-4 * spread.mean().item<double>());

    engine::AutoencoderKL centred(config);
    engine::copyWeights(*centred, weights, "vae");
    // Float32 rounding of two 1x1 convolutions.
    QVERIFY((centred->decode(latents) - before).abs().max().item<double>() < 1e-4);
    QVERIFY((engine::encodeAll(centred, pictures, false, {}) - latents).abs().max().item<double>() < 1e-4);
}

void DiffusersWriterTest::adaptersAreNamedAsKohyaDoes_data()
{
    QTest::addColumn<QString>("layer");
    QTest::addColumn<bool>("isXl");
    QTest::addColumn<QString>("name");
    QTest::newRow("SD down") << "down_blocks.1.attentions.0.transformer_blocks.0.attn1.to_q" << false
                             << "lora_unet_down_blocks_1_attentions_0_transformer_blocks_0_attn1_to_q";
    QTest::newRow("SD out") << "mid_block.attentions.0.transformer_blocks.0.attn2.to_out.0" << false
                            << "lora_unet_mid_block_attentions_0_transformer_blocks_0_attn2_to_out_0";
    QTest::newRow("XL down") << "down_blocks.1.attentions.1.transformer_blocks.0.attn1.to_k" << true
                             << "lora_unet_input_blocks_5_1_transformer_blocks_0_attn1_to_k";
    QTest::newRow("XL middle") << "mid_block.attentions.0.transformer_blocks.9.attn2.to_v" << true
                               << "lora_unet_middle_block_1_transformer_blocks_9_attn2_to_v";
    QTest::newRow("XL up") << "up_blocks.1.attentions.2.transformer_blocks.1.attn2.to_out.0" << true
                           << "lora_unet_output_blocks_5_1_transformer_blocks_1_attn2_to_out_0";
}

void DiffusersWriterTest::adaptersAreNamedAsKohyaDoes()
{
    QFETCH(const QString, layer);
    QFETCH(const bool, isXl);
    QFETCH(const QString, name);
    const engine::UNetConfig config{.hasTextTime = isXl};
    QCOMPARE(QString::fromStdString(engine::loraName(layer.toStdString(), config)), name);
}

void DiffusersWriterTest::adapterFileHasAlphaBesideItsWeights()
{
    const engine::UNetConfig config =
        engine::UNetConfig::fromJson(engine::readJson(kGolden / "sd_sentencepiece/unet/config.json"));
    engine::UNet2DCondition unet(config);
    const engine::UNetInput input{.sample = torch::randn({1, 4, 16, 16}),
                                  .timestep = torch::tensor(500),
                                  .encoderHiddenStates = torch::randn({1, 32, 32})};
    const torch::NoGradGuard noGrad;
    const torch::Tensor before = unet->forward(input);
    engine::LoraNetwork lora(unet, 4, 2.0);
    QVERIFY((unet->forward(input) - before).abs().max().item<double>() < 1e-6); // begins as no change

    engine::writeLora(folder() / "a.safetensors", weightsOf(*lora), lora->alpha(), {{"ss_network_dim", "4"}});
    const auto tensors = engine::readTensors(folder() / "a.safetensors");
    // Three attentions (down, middle, 2 up), each to itself and to the text, four projections, three tensors.
    QCOMPARE(tensors.size(), std::size_t(4 * 2 * 4 * 3));
    const std::string layer = "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k";
    QCOMPARE(tensors.at(layer + ".alpha").item<double>(), 2.0);
    QCOMPARE(tensors.at(layer + ".lora_down.weight").sizes().vec(), (std::vector<int64_t>{4, 32}));
    QCOMPARE(tensors.at(layer + ".lora_up.weight").sizes().vec(), (std::vector<int64_t>{16, 4}));

    for (torch::Tensor &parameter : lora->parameters())
        parameter.add_(0.1);
    QVERIFY((unet->forward(input) - before).abs().max().item<double>() > 1e-3);
}

QTEST_GUILESS_MAIN(DiffusersWriterTest)

#include "diffusers_writer_test.moc"
