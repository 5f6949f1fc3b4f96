#include "engine/checkpoint/model_files.h"

#include "engine/error.h"
#include "tests/support/checkpoint_files.h"

#include <QCryptographicHash>
#include <QTemporaryDir>
#include <QTest>

#include <fstream>

using namespace engine;
using checkpoint_files::writeBytes;
using checkpoint_files::writeZeros;

namespace {

QByteArray sizes(const std::vector<std::int64_t> &shape)
{
    QByteArray text;
    for (const std::int64_t size : shape)
        text += (text.isEmpty() ? "" : ",") + QByteArray::number(qint64(size));
    return text;
}

/// SHA-256 of the sorted lines, as tests/golden/checkpoint/README.md says.
std::string hashOf(std::vector<QByteArray> lines)
{
    std::sort(lines.begin(), lines.end());
    QCryptographicHash hash(QCryptographicHash::Sha256);
    for (const QByteArray &line : lines)
        hash.addData(line + "\n");
    return hash.result().toHex().toStdString();
}

QByteArray mappedLine(const TensorSource::Item &item)
{
    static const QMap<TensorOp, QByteArray> kOps = {{TensorOp::Copy, "copy"},
                                                    {TensorOp::Reshape, "reshape"},
                                                    {TensorOp::Slice, "slice"},
                                                    {TensorOp::Transpose, "transpose"}};
    return QByteArray::fromStdString(item.name) + " " + sizes(item.shape) + " " +
           QByteArray::fromStdString(item.entry->name) + " " + kOps[item.op] + " " +
           QByteArray::number(qint64(item.sliceBegin));
}

const QByteArray kUnetConfig = R"({"_class_name":"UNet2DConditionModel","in_channels":4,"sample_size":16})";
const QByteArray kTextConfig = R"({"architectures":["CLIPTextModel"],"hidden_act":"quick_gelu"})";
const QByteArray kVaeConfig = R"({"_class_name":"AutoencoderKL","block_out_channels":[8,8]})";

} // namespace

class ModelFilesTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void singleFilesMapToPublishedNames_data();
    void singleFilesMapToPublishedNames();
    void foreignBuffersArePassedOver();
    void unknownTensorsAreKeptForTheReport();
    void wholeOpenClipTowerOfSd2IsCutByOneLayer();
    void towersOfSingleFilesBringTheirTokens();
    void loneAutoencoderIsAPart();
    void folderIsReadByItsIndex();
    void folderIsReadWithoutAnIndex();
    void fullWeightsComeBeforeHalves_data();
    void fullWeightsComeBeforeHalves();
    void shardsAreReadThroughTheirIndex();
    void brokenIndexIsRefused_data();
    void brokenIndexIsRefused();
    void oldNamesAreBroughtUpToDate();
    void configOfAPartMustBeSound_data();
    void configOfAPartMustBeSound();
    void weightsOfAPartOpenThatPart();
    void schedulerDefaultsAreThoseOfTheClass_data();
    void schedulerDefaultsAreThoseOfTheClass();

private:
    std::unique_ptr<QTemporaryDir> m_folder;
    [[nodiscard]] std::filesystem::path path(const std::string &name) const
    {
        return std::filesystem::path(m_folder->path().toStdString()) / name;
    }
    void writePart(const std::string &folder, const QByteArray &config, const original::Names &names,
                   const std::string &file = "diffusion_pytorch_model.safetensors")
    {
        writeBytes(path(folder + "/config.json"), config);
        writeZeros(path(folder + "/" + file), names);
    }
};

void ModelFilesTest::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    QVERIFY(m_folder->isValid());
}

void ModelFilesTest::singleFilesMapToPublishedNames_data()
{
    QTest::addColumn<QString>("family");
    for (const char *family : {"sd1", "sd1_inpaint", "sd2", "sdxl", "sdxl_refiner"})
        QTest::newRow(family) << family;
}

void ModelFilesTest::singleFilesMapToPublishedNames()
{
    QFETCH(QString, family);
    std::ifstream stream(TINCTURE_GOLDEN "/checkpoint/layouts.json");
    const nlohmann::json golden = nlohmann::json::parse(stream).at(family.toStdString());
    const QMap<QString, original::Names> layouts = {{"sd1", original::sd1()},
                                                    {"sd1_inpaint", original::sd1(9)},
                                                    {"sd2", original::sd2()},
                                                    {"sdxl", original::sdxl()},
                                                    {"sdxl_refiner", original::sdxlRefiner()}};
    checkpoint_files::writeHollow(path("model.safetensors"), layouts[family]);

    const ModelFiles files = openModelFiles(path("model.safetensors"));
    QCOMPARE(files.layout, std::string("single_file"));
    QVERIFY(files.unknownTensors.empty());
    QCOMPARE(files.parts.size(), golden.size());
    for (const auto &[name, want] : golden.items()) {
        const ModelPart *part = files.part(name);
        QVERIFY2(part, name.c_str());
        std::map<std::string, QByteArray> stored;
        std::vector<QByteArray> mapped;
        for (const TensorSource::Item &item : part->tensors.items()) {
            stored[item.entry->name] = QByteArray::fromStdString(item.entry->name) + " " + sizes(item.entry->shape);
            mapped.push_back(mappedLine(item));
        }
        std::vector<QByteArray> originals;
        for (const auto &each : stored)
            originals.push_back(each.second);
        QCOMPARE(hashOf(originals), want["original"].get<std::string>()); // the test's own layout is the published one
        QCOMPARE(part->tensors.items().size(), want["tensors"].get<std::size_t>());
        QCOMPARE(hashOf(mapped), want["mapped"].get<std::string>());
        for (const auto &[key, value] : want["config"].items())
            QVERIFY2(part->config.at(key) == value, (name + ": " + key + " is " + part->config.at(key).dump()).c_str());
    }
}

void ModelFilesTest::foreignBuffersArePassedOver()
{
    const original::Names buffers = {{"betas", {10}},
                                     {"alphas_cumprod", {10}},
                                     {"alphas_cumprod_prev", {10}},
                                     {"sqrt_one_minus_alphas_cumprod", {10}},
                                     {"posterior_log_variance_clipped", {10}},
                                     {"model_ema.decay", {}},
                                     {"model_ema.diffusion_modelinput_blocks00weight", {4}},
                                     {"first_stage_model.loss.discriminator.main.0.weight", {4}},
                                     {"cond_stage_model.transformer.text_model.embeddings.position_ids", {1, 77}},
                                     {"logvar", {10}}};
    writeZeros(path("a.safetensors"), original::tinySd1());
    writeZeros(path("b.safetensors"), original::operator+(original::tinySd1(), buffers));
    const ModelFiles plain = openModelFiles(path("a.safetensors")), foreign = openModelFiles(path("b.safetensors"));
    QVERIFY(foreign.unknownTensors.empty());
    QCOMPARE(foreign.parts.size(), std::size_t(3));
    for (const ModelPart &part : plain.parts) {
        QCOMPARE(foreign.part(part.name)->tensors.items().size(), part.tensors.items().size());
        QVERIFY(foreign.part(part.name)->config == part.config);
    }
}

void ModelFilesTest::unknownTensorsAreKeptForTheReport()
{
    writeZeros(path("a.safetensors"), original::operator+
               (original::tinySd1(), {{"model.diffusion_model.extra.gate.weight", {4}}, {"something.else", {4}}}));
    const ModelFiles files = openModelFiles(path("a.safetensors"));
    QVERIFY(files.part("unet")->tensors.find("extra.gate.weight"));
    QCOMPARE(files.unknownTensors, std::vector<std::string>{"something.else"});
}

void ModelFilesTest::wholeOpenClipTowerOfSd2IsCutByOneLayer()
{
    writeZeros(path("a.safetensors"), original::tinySd2());
    const ModelFiles files = openModelFiles(path("a.safetensors"));
    const ModelPart *text = files.part("text_encoder");
    QVERIFY(text);
    QCOMPARE(text->className, std::string("CLIPTextModel"));
    QCOMPARE(text->config["num_hidden_layers"].get<int>(), 3);
    QCOMPARE(text->config["hidden_act"].get<std::string>(), std::string("gelu"));
    QCOMPARE(text->unusedLayers, 1);
    QVERIFY(!text->tensors.find("text_projection.weight"));
    const TensorSource::Item *key = text->tensors.find("text_model.encoder.layers.2.self_attn.k_proj.weight");
    QVERIFY(key);
    QCOMPARE(key->shape, (std::vector<std::int64_t>{64, 64}));
    QCOMPARE(key->sliceBegin, std::int64_t(64));
}

void ModelFilesTest::towersOfSingleFilesBringTheirTokens()
{
    writeZeros(path("a.safetensors"), original::tinySdxl());
    const ModelFiles files = openModelFiles(path("a.safetensors"));
    const ModelPart *first = files.part("text_encoder"), *second = files.part("text_encoder_2");
    QVERIFY(first && second);
    QCOMPARE(first->startToken, std::int64_t(98));
    QCOMPARE(first->endToken, std::int64_t(99));
    QCOMPARE(first->padToken, std::int64_t(99));
    QCOMPARE(second->endToken, std::int64_t(99));
    QCOMPARE(second->padToken, std::int64_t(0));
    QCOMPARE(second->unusedLayers, 0);
    QCOMPARE(second->className, std::string("CLIPTextModelWithProjection"));
    QCOMPARE(second->tensors.find("text_projection.weight")->op, TensorOp::Transpose);
    QCOMPARE(files.part("vae")->config["scaling_factor"].get<double>(), 0.13025);
}

void ModelFilesTest::loneAutoencoderIsAPart()
{
    writeZeros(path("vae.safetensors"), original::vae({32, 32}, ""));
    const ModelFiles files = openModelFiles(path("vae.safetensors"));
    QCOMPARE(files.parts.size(), std::size_t(1));
    QCOMPARE(files.parts[0].className, std::string("AutoencoderKL"));
    QVERIFY(files.parts[0].tensors.find("decoder.mid_block.attentions.0.to_out.0.weight"));
}

void ModelFilesTest::folderIsReadByItsIndex()
{
    writeBytes(
        path("model_index.json"),
        R"({"_class_name":"StableDiffusionPipeline","unet":["diffusers","UNet2DConditionModel"],)"
        R"("text_encoder":["transformers","CLIPTextModel"],"vae":["diffusers","AutoencoderKL"],"tokenizer":["transformers","CLIPTokenizer"],)"
        R"("safety_checker":[null,null],"requires_safety_checker":false})");
    writePart("unet", kUnetConfig, {{"conv_in.weight", {4}}});
    writePart("text_encoder", kTextConfig,
              {{"text_model.embeddings.position_ids", {1, 77}}, {"text_model.final_layer_norm.bias", {4}}},
              "model.safetensors");
    writeBytes(path("scheduler/scheduler_config.json"),
               R"({"_class_name":"DDIMScheduler","prediction_type":"v_prediction"})");
    writeBytes(path("tokenizer/vocab.json"), "{}");
    for (const std::filesystem::path &given : {path(""), path("model_index.json")}) {
        const ModelFiles files = openModelFiles(given);
        QCOMPARE(files.layout, std::string("diffusers"));
        QCOMPARE(files.className, std::string("StableDiffusionPipeline"));
        QCOMPARE(files.missing, std::vector<std::string>{"vae"});
        QCOMPARE(files.part("unet")->tensors.items().size(), std::size_t(1));
        QCOMPARE(files.part("text_encoder")->tensors.items().size(), std::size_t(1));
        QVERIFY(files.hasScheduler);
        QCOMPARE(files.scheduler.prediction, Prediction::VPrediction);
        QVERIFY(std::filesystem::equivalent(files.tokenizer, path("tokenizer")));
        QVERIFY(files.tokenizer2.empty());
    }
}

void ModelFilesTest::folderIsReadWithoutAnIndex()
{
    writePart("m/unet", kUnetConfig, {{"conv_in.weight", {4}}});
    writePart("m/vae", kVaeConfig, {{"quant_conv.bias", {4}}});
    QCOMPARE(openModelFiles(path("m")).parts.size(), std::size_t(2));
    // A folder that is one part, under whatever name.
    writePart("some-vae", kVaeConfig, {{"quant_conv.bias", {4}}});
    const ModelFiles lone = openModelFiles(path("some-vae"));
    QCOMPARE(lone.parts.size(), std::size_t(1));
    QCOMPARE(lone.parts[0].name, std::string("vae"));
}

void ModelFilesTest::fullWeightsComeBeforeHalves_data()
{
    QTest::addColumn<QStringList>("files");
    QTest::addColumn<QString>("taken");
    const QString full = "diffusion_pytorch_model.safetensors", half = "diffusion_pytorch_model.fp16.safetensors",
                  other = "diffusion_pytorch_model.non_ema.safetensors";
    QTest::newRow("all") << QStringList{half, other, full} << full;
    QTest::newRow("no full ones") << QStringList{half, other} << half;
    QTest::newRow("a variant only") << QStringList{other} << other;
    QTest::newRow("a name of its own") << QStringList{"my-weights.safetensors"} << "my-weights.safetensors";
}

void ModelFilesTest::fullWeightsComeBeforeHalves()
{
    QFETCH(QStringList, files);
    QFETCH(QString, taken);
    for (const QString &file : files)
        writePart("unet", kUnetConfig, {{"conv_in.weight", {4}}}, file.toStdString());
    const ModelFiles model = openModelFiles(path("unet"));
    QCOMPARE(model.parts.at(0).tensors.items().at(0).file->path().filename().string(), taken.toStdString());
}

void ModelFilesTest::shardsAreReadThroughTheirIndex()
{
    writePart("unet", kUnetConfig, {{"a", {4}}, {"b", {4}}}, "diffusion_pytorch_model-00001-of-00002.safetensors");
    writePart("unet", kUnetConfig, {{"c", {4}}}, "diffusion_pytorch_model-00002-of-00002.safetensors");
    writeBytes(
        path("unet/diffusion_pytorch_model.safetensors.index.json"),
        R"({"metadata":{"total_size":24},"weight_map":{"a":"diffusion_pytorch_model-00001-of-00002.safetensors",)"
        R"("b":"diffusion_pytorch_model-00001-of-00002.safetensors","c":"diffusion_pytorch_model-00002-of-00002.safetensors"}})");
    const ModelFiles model = openModelFiles(path("unet"));
    const TensorSource &tensors = model.parts.at(0).tensors;
    QCOMPARE(tensors.items().size(), std::size_t(3));
    QVERIFY(tensors.find("a")->file == tensors.find("b")->file);
    QVERIFY(tensors.find("a")->file != tensors.find("c")->file);
}

void ModelFilesTest::brokenIndexIsRefused_data()
{
    QTest::addColumn<QByteArray>("index");
    QTest::addColumn<int>("kind");
    QTest::addColumn<QString>("says");
    QTest::newRow("missing shard") << QByteArray(R"({"weight_map":{"a":"one.safetensors","b":"two.safetensors"}})")
                                   << int(ErrorKind::FileUnreadable) << "two.safetensors: is not there";
    QTest::newRow("tensor that is not in its shard")
        << QByteArray(R"({"weight_map":{"a":"one.safetensors","b":"one.safetensors"}})")
        << int(ErrorKind::NotACheckpoint) << "one.safetensors: holds no tensor \"b\"";
    QTest::newRow("no map") << QByteArray("{}") << int(ErrorKind::NotACheckpoint) << "holds no weight_map";
    QTest::newRow("list") << QByteArray("[]") << int(ErrorKind::NotACheckpoint) << "holds no JSON object";
    QTest::newRow("no JSON") << QByteArray("{\"weight_map\"") << int(ErrorKind::NotACheckpoint) << "is not valid JSON";
    QTest::newRow("number for a file") << QByteArray(R"({"weight_map":{"a":1}})") << int(ErrorKind::NotACheckpoint)
                                       << "tensor \"a\"";
    QTest::newRow("way out of the folder")
        << QByteArray(R"({"weight_map":{"a":"../../one.safetensors"}})") << int(ErrorKind::NotACheckpoint)
        << "tensor \"a\" is in no file of this folder";
    QTest::newRow("one name twice") << QByteArray(R"({"weight_map":{"a":"one.safetensors","a":"one.safetensors"}})")
                                    << int(ErrorKind::NotACheckpoint) << "names \"a\" twice";
    QTest::newRow("deep nesting") << QByteArray("[").repeated(100000) + QByteArray("]").repeated(100000)
                                  << int(ErrorKind::NotACheckpoint) << "is nested too deeply";
}

void ModelFilesTest::brokenIndexIsRefused()
{
    QFETCH(QByteArray, index);
    QFETCH(int, kind);
    QFETCH(QString, says);
    writePart("unet", kUnetConfig, {{"a", {4}}}, "one.safetensors");
    writeBytes(path("unet/diffusion_pytorch_model.safetensors.index.json"), index);
    try {
        openModelFiles(path("unet"));
        QFAIL("nothing was thrown");
    } catch (const Error &error) {
        QCOMPARE(int(error.kind), kind);
        QVERIFY2(QString(error.what()).contains(says), error.what());
    }
}

void ModelFilesTest::oldNamesAreBroughtUpToDate()
{
    writePart("vae", kVaeConfig,
              {{"encoder.mid_block.attentions.0.query.weight", {8, 8}},
               {"encoder.mid_block.attentions.0.key.bias", {8}},
               {"encoder.mid_block.attentions.0.value.weight", {8, 8, 1, 1}},
               {"encoder.mid_block.attentions.0.proj_attn.weight", {8, 8}},
               {"encoder.mid_block.attentions.0.group_norm.weight", {8}}});
    const ModelFiles vae = openModelFiles(path("vae"));
    for (const char *name : {"to_q.weight", "to_k.bias", "to_v.weight", "to_out.0.weight", "group_norm.weight"})
        QVERIFY2(vae.parts[0].tensors.find(std::string("encoder.mid_block.attentions.0.") + name), name);
    const TensorSource::Item *value = vae.parts[0].tensors.find("encoder.mid_block.attentions.0.to_v.weight");
    QCOMPARE(value->op, TensorOp::Reshape);
    QCOMPARE(value->shape, (std::vector<std::int64_t>{8, 8}));

    writePart("text_encoder", kTextConfig,
              {{"embeddings.token_embedding.weight", {9, 8}}, {"final_layer_norm.bias", {8}}}, "model.safetensors");
    const ModelFiles text = openModelFiles(path("text_encoder"));
    QVERIFY(text.parts[0].tensors.find("text_model.embeddings.token_embedding.weight"));
    QVERIFY(text.parts[0].tensors.find("text_model.final_layer_norm.bias"));
}

void ModelFilesTest::configOfAPartMustBeSound_data()
{
    QTest::addColumn<QByteArray>("config");
    QTest::newRow("empty") << QByteArray();
    QTest::newRow("cut off") << kUnetConfig.left(20);
    QTest::newRow("list") << QByteArray("[]");
    QTest::newRow("web page") << QByteArray("<html></html>");
    QTest::newRow("deep") << QByteArray("{\"a\":").repeated(1000) + "1" + QByteArray(1000, '}');
}

void ModelFilesTest::configOfAPartMustBeSound()
{
    QFETCH(QByteArray, config);
    writePart("unet", config, {{"a", {4}}});
    try {
        openModelFiles(path("unet"));
        QFAIL("nothing was thrown");
    } catch (const Error &error) {
        QCOMPARE(error.kind, ErrorKind::NotACheckpoint);
        QVERIFY2(error.subject.ends_with("config.json"), error.what());
    }
}

void ModelFilesTest::weightsOfAPartOpenThatPart()
{
    writePart("unet", kUnetConfig, {{"conv_in.weight", {4}}});
    const ModelFiles files = openModelFiles(path("unet/diffusion_pytorch_model.safetensors"));
    QCOMPARE(files.layout, std::string("diffusers"));
    QVERIFY(files.part("unet"));
}

void ModelFilesTest::schedulerDefaultsAreThoseOfTheClass_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<double>("betaStart");
    QTest::addColumn<QString>("betaSchedule");
    QTest::addColumn<QString>("spacing");
    QTest::addColumn<bool>("clips");
    QTest::addColumn<bool>("alphaToOne");
    QTest::addColumn<int>("offset");
    QTest::newRow("DDPM") << QByteArray(R"({"_class_name":"DDPMScheduler"})") << 0.0001 << "linear"
                          << "leading" << true << false << 0;
    QTest::newRow("DDIM") << QByteArray(R"({"_class_name":"DDIMScheduler"})") << 0.0001 << "linear"
                          << "leading" << true << true << 0;
    QTest::newRow("PNDM of SD")
        << QByteArray(
               R"({"_class_name":"PNDMScheduler","beta_start":0.00085,"beta_end":0.012,"beta_schedule":"scaled_linear","steps_offset":1,"set_alpha_to_one":false})")
        << 0.00085 << "scaled_linear"
        << "leading" << false << false << 1;
    QTest::newRow("Euler") << QByteArray(R"({"_class_name":"EulerDiscreteScheduler"})") << 0.0001 << "linear"
                           << "linspace" << false << false << 0;
    QTest::newRow("LCM") << QByteArray(R"({"_class_name":"LCMScheduler"})") << 0.00085 << "scaled_linear"
                         << "leading" << false << true << 0;
    QTest::newRow("nonsense")
        << QByteArray(
               R"({"_class_name":"EulerDiscreteScheduler","beta_start":"x","steps_offset":null,"clip_sample":7})")
        << 0.0001 << "linear"
        << "linspace" << false << false << 0;
}

void ModelFilesTest::schedulerDefaultsAreThoseOfTheClass()
{
    QFETCH(QByteArray, json);
    const SchedulerConfig config = schedulerConfigFromJson(nlohmann::json::parse(json.toStdString()));
    QTEST(config.betaStart, "betaStart");
    QTEST(QString::fromStdString(config.betaSchedule), "betaSchedule");
    QTEST(QString::fromStdString(config.timestepSpacing), "spacing");
    QTEST(config.clipSample, "clips");
    QTEST(config.setAlphaToOne, "alphaToOne");
    QTEST(config.stepsOffset, "offset");
    QCOMPARE(config.trainTimesteps, 1000);
    QCOMPARE(config.varianceType, std::string("fixed_small"));
}

QTEST_GUILESS_MAIN(ModelFilesTest)
#include "model_files_test.moc"
