#include "engine/checkpoint/families.h"
#include "engine/engine.h"
#include "tests/support/checkpoint_files.h"

#include <QElapsedTimer>
#include <QTemporaryDir>
#include <QTest>

#include <set>

using namespace engine;
using checkpoint_files::writeBytes;
using checkpoint_files::writeZeros;
using original::operator+;

namespace {

const QByteArray kUnet =
    R"({"_class_name":"UNet2DConditionModel","in_channels":4,"sample_size":16,"cross_attention_dim":8)";
const QByteArray kVae = R"({"_class_name":"AutoencoderKL","block_out_channels":[8,8,8,8]})";
const QByteArray kText =
    R"({"architectures":["CLIPTextModel"],"hidden_act":"quick_gelu","max_position_embeddings":77})";

const PartInfo *partOf(const ModelInfo &info, const std::string &name)
{
    for (const PartInfo &part : info.parts) {
        if (part.name == name)
            return &part;
    }
    return nullptr;
}

} // namespace

class InspectModelTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void familiesHaveTheirOwnIds();
    void singleFileShowsItsFamily_data();
    void singleFileShowsItsFamily();
    void singleFileIsDescribed();
    void folderShowsItsFamily_data();
    void folderShowsItsFamily();
    void folderIsDescribed();
    void missingPartsAreListed();
    void pixelModelNeedsNoPrompt();
    void sentencePieceVocabularyMakesAFamily();
    void predictionOfSingleFiles_data();
    void predictionOfSingleFiles();
    void sd2PredictsVWhereItsBiasesSpread();
    void knownButUnsupportedIsSaid_data();
    void knownButUnsupportedIsSaid();
    void foreignFilesAreRefusedQuickly_data();
    void foreignFilesAreRefusedQuickly();
    void modelBringsItsOwnPreviewMap();

private:
    std::unique_ptr<QTemporaryDir> m_folder;
    [[nodiscard]] std::filesystem::path path(const std::string &name) const
    {
        return std::filesystem::path(m_folder->path().toStdString()) / name;
    }
    void writePart(const std::string &name, const QByteArray &config,
                   const std::string &weights = "diffusion_pytorch_model.safetensors")
    {
        writeBytes(path("model/" + name + "/config.json"), config);
        writeZeros(path("model/" + name + "/" + weights), {{"a.weight", {4, 4}}, {"b.bias", {4}}});
    }
};

void InspectModelTest::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    QVERIFY(m_folder->isValid());
}

void InspectModelTest::familiesHaveTheirOwnIds()
{
    std::set<std::string_view> ids;
    for (const Family &family : families()) {
        QVERIFY(ids.insert(family.id).second);
        QVERIFY(!family.label.empty() && family.matches && family.steps > 0);
        QCOMPARE(findFamily(family.id), &family);
    }
    QVERIFY(!findFamily("sd0"));
}

void InspectModelTest::singleFileShowsItsFamily_data()
{
    QTest::addColumn<int>("layout");
    QTest::addColumn<QString>("family");
    QTest::addColumn<int>("size");
    QTest::addColumn<bool>("inpaint");
    QTest::newRow("sd1") << 0 << "sd1" << 512 << false;
    QTest::newRow("sd1 inpainting") << 1 << "sd_inpaint" << 512 << true;
    QTest::newRow("sd2") << 2 << "sd2" << 512 << false;
    QTest::newRow("sdxl") << 3 << "sdxl" << 1024 << false;
    QTest::newRow("sdxl refiner") << 4 << "sdxl_refiner" << 1024 << false;
}

void InspectModelTest::singleFileShowsItsFamily()
{
    QFETCH(int, layout);
    const original::Names layouts[] = {original::sd1(), original::sd1(9), original::sd2(), original::sdxl(),
                                       original::sdxlRefiner()};
    // A misleading name: only names and shapes of tensors count.
    checkpoint_files::writeHollow(path("sdxl-v2-inpainting.safetensors"), layouts[layout]);
    QElapsedTimer clock;
    clock.start();
    const ModelInfo info = inspectModel(path("sdxl-v2-inpainting.safetensors"));
    QVERIFY(clock.elapsed() < 500);
    QTEST(QString::fromStdString(info.family), "family");
    QTEST(info.nativeWidth, "size");
    QTEST(info.nativeHeight, "size");
    QTEST(info.isInpaint, "inpaint");
    QVERIFY(info.takesPrompt && info.isLatent);
    QCOMPARE(info.sizeMultiple, 8);
    QCOMPARE(info.maxTokens, 75);
}

void InspectModelTest::singleFileIsDescribed()
{
    checkpoint_files::writeHollow(path("model.v1.safetensors"), original::sd1());
    const ModelInfo info = inspectModel(path("model.v1.safetensors"));
    QCOMPARE(info.name, std::string("model.v1"));
    QCOMPARE(info.layout, std::string("single_file"));
    QCOMPARE(info.familyLabel, std::string("Stable Diffusion 1.x"));
    QVERIFY(info.missing.empty());
    const PartInfo *unet = partOf(info, "unet");
    QVERIFY(unet);
    QCOMPARE(unet->parameters, std::int64_t(859'520'964)); // published
    QCOMPARE(unet->tensors, std::int64_t(686));
    QCOMPARE(unet->bytes, std::uint64_t(2 * 859'520'964));
    QCOMPARE(unet->dtype, std::string("F16"));
    QCOMPARE(partOf(info, "vae")->parameters, std::int64_t(83'653'863));
    QCOMPARE(partOf(info, "text_encoder")->parameters, std::int64_t(123'060'480));
    QCOMPARE(info.bytes, std::uint64_t(2) * (859'520'964 + 83'653'863 + 123'060'480));
}

void InspectModelTest::folderShowsItsFamily_data()
{
    QTest::addColumn<QByteArray>("unet");
    QTest::addColumn<QString>("family");
    QTest::newRow("sd1") << kUnet + "}"
                         << "sd1";
    QTest::newRow("sd2") << kUnet + R"(,"use_linear_projection":true})"
                         << "sd2";
    QTest::newRow("inpainting") << QByteArray(kUnet + "}").replace("\"in_channels\":4", "\"in_channels\":9")
                                << "sd_inpaint";
    const QByteArray xl =
        kUnet + R"(,"addition_embed_type":"text_time","addition_time_embed_dim":4,"use_linear_projection":true)";
    QTest::newRow("sdxl") << xl + R"(,"projection_class_embeddings_input_dim":29})"
                          << "sdxl";
    QTest::newRow("pixels") << QByteArray(
                                   R"({"_class_name":"UNet2DModel","sample_size":32,"block_out_channels":[8,8,8]})")
                            << "ddpm";
}

void InspectModelTest::folderShowsItsFamily()
{
    QFETCH(QByteArray, unet);
    writePart("unet", unet);
    QTEST(QString::fromStdString(inspectModel(path("model")).family), "family");
}

void InspectModelTest::folderIsDescribed()
{
    writeBytes(
        path("model/model_index.json"),
        R"({"_class_name":"StableDiffusionPipeline","unet":["diffusers","UNet2DConditionModel"],"vae":["diffusers","AutoencoderKL"],)"
        R"("text_encoder":["transformers","CLIPTextModel"],"tokenizer":["transformers","CLIPTokenizer"],"scheduler":["diffusers","DDIMScheduler"]})");
    writePart("unet", QByteArray(kUnet + "}").replace("\"sample_size\":16", "\"sample_size\":[24,16]"));
    writePart("vae", kVae);
    writePart("text_encoder", kText, "model.safetensors");
    writeBytes(path("model/tokenizer/vocab.json"), "{}");
    writeBytes(path("model/scheduler/scheduler_config.json"),
               R"({"_class_name":"DDIMScheduler","prediction_type":"sample"})");
    const ModelInfo info = inspectModel(path("model/"));
    QCOMPARE(info.name, std::string("model"));
    QCOMPARE(info.layout, std::string("diffusers"));
    QCOMPARE(info.nativeWidth, 128);
    QCOMPARE(info.nativeHeight, 192);
    QCOMPARE(info.prediction, Prediction::Sample);
    QVERIFY(info.missing.empty());
    QCOMPARE(partOf(info, "tokenizer")->className, std::string("CLIPTokenizer"));
    QCOMPARE(partOf(info, "scheduler")->className, std::string("DDIMScheduler"));
    QCOMPARE(partOf(info, "text_encoder")->className, std::string("CLIPTextModel"));
    QCOMPARE(partOf(info, "vae")->parameters, std::int64_t(20));
}

void InspectModelTest::missingPartsAreListed()
{
    writeZeros(path("unet-only.safetensors"), original::unet({.widths = {32, 32}, .depths = {1, 0}, .resnets = 1}));
    QCOMPARE(inspectModel(path("unet-only.safetensors")).missing, (std::vector<std::string>{"vae", "text_encoder"}));
    writeBytes(path("model/model_index.json"),
               R"({"unet":["diffusers","UNet2DConditionModel"],"vae":["diffusers","AutoencoderKL"]})");
    writePart("unet", kUnet + "}");
    QCOMPARE(inspectModel(path("model")).missing, (std::vector<std::string>{"vae", "text_encoder"}));
}

void InspectModelTest::pixelModelNeedsNoPrompt()
{
    writePart("unet",
              R"({"_class_name":"UNet2DModel","sample_size":32,"in_channels":3,"block_out_channels":[8,8,8,8]})");
    const ModelInfo info = inspectModel(path("model"));
    QVERIFY(!info.takesPrompt && !info.isLatent);
    QVERIFY(info.missing.empty());
    QCOMPARE(info.nativeWidth, 32);
    QCOMPARE(info.sizeMultiple, 8);
    const ModelFiles files = openModelFiles(path("model"));
    QCOMPARE(files.scheduler.betaSchedule, std::string("linear")); // DDPM's, not Stable Diffusion's
    QVERIFY(files.scheduler.clipSample);
}

void InspectModelTest::sentencePieceVocabularyMakesAFamily()
{
    writePart("unet", kUnet + "}");
    writePart("text_encoder", QByteArray(kText).replace("77", "32"), "model.safetensors");
    writeBytes(path("model/tokenizer/spiece.model"), "x");
    const ModelInfo info = inspectModel(path("model"));
    QCOMPARE(info.family, std::string("sd_sentencepiece"));
    QCOMPARE(info.maxTokens, 31); // no start token
    QVERIFY(!latentToRgb(openModelFiles(path("model"))).known);
}

void InspectModelTest::predictionOfSingleFiles_data()
{
    QTest::addColumn<QString>("sidecarName");
    QTest::addColumn<QByteArray>("sidecar");
    QTest::addColumn<QString>("metadataKey");
    QTest::addColumn<QString>("metadataValue");
    QTest::addColumn<QString>("marker");
    QTest::addColumn<int>("prediction");
    QTest::addColumn<bool>("zeroSnr");
    const int noise = int(Prediction::Epsilon), v = int(Prediction::VPrediction);
    const QByteArray yaml =
        "model:\n  target: x\n  params:\n    parameterization: \"v\"  # sic\n    linear_start: 0.00085\n";
    QTest::newRow("nothing said") << "" << QByteArray() << ""
                                  << ""
                                  << "" << noise << false;
    QTest::newRow("yaml") << "m.yaml" << yaml << ""
                          << ""
                          << "" << v << false;
    QTest::newRow("yaml of another model") << "n.yaml" << yaml << ""
                                           << ""
                                           << "" << noise << false;
    QTest::newRow("json") << "m.json" << QByteArray(R"({"prediction_type":"v_prediction"})") << ""
                          << ""
                          << "" << v << false;
    QTest::newRow("json with zero SNR") << "m.json"
                                        << QByteArray(
                                               R"({"prediction_type":"v_prediction","rescale_betas_zero_snr":true})")
                                        << ""
                                        << ""
                                        << "" << v << true;
    QTest::newRow("broken json") << "m.json" << QByteArray("{") << ""
                                 << ""
                                 << "" << noise << false;
    QTest::newRow("notes of another program")
        << "m.json" << QByteArray(R"({"description":"v","sd version":"SD2"})") << ""
        << ""
        << "" << noise << false;
    QTest::newRow("metadata") << "" << QByteArray() << "modelspec.prediction_type"
                              << "v"
                              << "" << v << false;
    QTest::newRow("older metadata") << "" << QByteArray() << "modelspec.predict_key"
                                    << "v"
                                    << "" << v << false;
    QTest::newRow("architecture") << "" << QByteArray() << "modelspec.architecture"
                                  << "stable-diffusion-v2-768-v"
                                  << "" << v << false;
    QTest::newRow("marker") << "" << QByteArray() << ""
                            << ""
                            << "v_pred" << v << false;
    QTest::newRow("zero SNR marker") << "" << QByteArray() << ""
                                     << ""
                                     << "ztsnr" << noise << true;
    QTest::newRow("sidecar goes before metadata")
        << "m.yaml" << QByteArray("parameterization: eps\n") << "modelspec.prediction_type"
        << "v"
        << "" << noise << false;
}

void InspectModelTest::predictionOfSingleFiles()
{
    QFETCH(QString, sidecarName);
    QFETCH(QByteArray, sidecar);
    QFETCH(QString, metadataKey);
    QFETCH(QString, metadataValue);
    QFETCH(QString, marker);
    std::map<std::string, std::string> metadata;
    if (!metadataKey.isEmpty())
        metadata[metadataKey.toStdString()] = metadataValue.toStdString();
    original::Names names = original::tinySd2();
    if (!marker.isEmpty())
        names.push_back({marker.toStdString(), {}});
    writeZeros(path("m.safetensors"), names, DType::F16, metadata);
    if (!sidecarName.isEmpty())
        writeBytes(path(sidecarName.toStdString()), sidecar);

    const ModelFiles files = openModelFiles(path("m.safetensors"));
    QTEST(int(files.scheduler.prediction), "prediction");
    QTEST(files.scheduler.rescaleBetasZeroSnr, "zeroSnr");
    const bool predictsV = files.scheduler.prediction == Prediction::VPrediction;
    QCOMPARE(describeModel(files).prediction, files.scheduler.prediction);
    QCOMPARE(files.part("unet")->config["sample_size"].get<int>(), predictsV ? 96 : 64);
    QVERIFY(files.unknownTensors.empty());
    QCOMPARE(files.scheduler.betaStart, 0.00085);
    QCOMPARE(files.scheduler.betaSchedule, std::string("scaled_linear"));
}

void InspectModelTest::sd2PredictsVWhereItsBiasesSpread()
{
    constexpr const char *kLayer = "model.diffusion_model.output_blocks.11.1.transformer_blocks.0.norm1.bias";
    for (const DType dtype : {DType::F32, DType::F16, DType::BF16}) {
        for (const int inChannels : {4, 9}) {
            const original::Names names = original::tinySd2(inChannels);
            std::vector<std::byte> zeros(4 << 20), ones; // half 0, half 1: a deviation of 0.5
            const std::uint32_t one = dtype == DType::F32 ? 0x3f800000u : dtype == DType::F16 ? 0x3c00u : 0x3f80u;
            for (int i = 0; i < 32; ++i) {
                for (std::size_t b = 0; b < byteSize(dtype); ++b)
                    ones.push_back(static_cast<std::byte>(i % 2 ? one >> (8 * b) & 0xff : 0));
            }
            std::vector<TensorToWrite> tensors;
            for (const original::NamedShape &each : names) {
                const std::size_t size = checkpoint_files::elementsOf(each.shape) * byteSize(dtype);
                tensors.push_back(
                    {each.name, dtype, each.shape,
                     each.name == kLayer ? std::span<const std::byte>(ones) : std::span(zeros).first(size)});
            }
            writeSafetensors(path("m.safetensors"), tensors);
            // 9 channels: the published inpainting model predicts the noise, whatever its biases.
            QCOMPARE(inspectModel(path("m.safetensors")).prediction,
                     inChannels == 4 ? Prediction::VPrediction : Prediction::Epsilon);
        }
    }
}

void InspectModelTest::knownButUnsupportedIsSaid_data()
{
    QTest::addColumn<QString>("tensor");
    QTest::addColumn<QString>("says");
    QTest::newRow("sd3") << "model.diffusion_model.joint_blocks.0.x_block.attn.qkv.weight"
                         << "Stable Diffusion 3 models are";
    QTest::newRow("flux") << "double_blocks.0.img_attn.qkv.weight"
                          << "FLUX models are";
    QTest::newRow("flux with prefix") << "model.diffusion_model.double_blocks.0.img_attn.qkv.weight"
                                      << "FLUX models are";
    QTest::newRow("pixart") << "adaln_single.linear.weight"
                            << "PixArt models are";
    QTest::newRow("controlnet") << "control_model.input_blocks.0.0.weight"
                                << "ControlNets are";
    QTest::newRow("lora") << "lora_unet_down_blocks_0.lora_down.weight"
                          << "LoRA files are";
    QTest::newRow("lora of diffusers") << "unet.down_blocks.0.attn1.to_q.lora_A.weight"
                                       << "LoRA files are";
    QTest::newRow("embedding") << "emb_params"
                               << "embeddings (textual inversion) are";
}

void InspectModelTest::knownButUnsupportedIsSaid()
{
    QFETCH(QString, tensor);
    QFETCH(QString, says);
    writeZeros(path("m.safetensors"), {{tensor.toStdString(), {4}}});
    try {
        inspectModel(path("m.safetensors"));
        QFAIL("nothing was thrown");
    } catch (const Error &error) {
        QCOMPARE(error.kind, ErrorKind::NotSupported);
        QCOMPARE(QString::fromStdString(error.detail), says + " not supported yet");
    }
}

void InspectModelTest::foreignFilesAreRefusedQuickly_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<int>("kind");
    QTest::addColumn<QString>("says");
    const auto row = [](const char *label, const char *name, const QByteArray &bytes, ErrorKind kind,
                        const char *says) { QTest::newRow(label) << name << bytes << int(kind) << says; };
    row("pickle", "m.ckpt", QByteArray("\x80\x02}q\x00X", 6), ErrorKind::NotSupported,
        "pickle files (.ckpt, .pt, .pth, .bin) are not supported yet");
    row("torch's zip", "m.pt", "PK\x03\x04 archive/data.pkl", ErrorKind::NotSupported,
        "pickle files (.ckpt, .pt, .pth, .bin) are not supported yet");
    row("archive", "m.zip", "PK\x03\x04 photos", ErrorKind::NotACheckpoint, "is a ZIP archive");
    row("gguf", "m.gguf", "GGUF\x03", ErrorKind::NotSupported, "GGUF files are not supported yet");
    row("pickle under a false name", "m.safetensors", QByteArray("\x80\x02}q\x00X", 6), ErrorKind::NotSupported,
        "pickle files");
    row("web page", "m.safetensors", "<!doctype html>", ErrorKind::NotACheckpoint, "is a web page");
    row("picture", "m.jpg", "\xff\xd8\xff\xe0 JFIF", ErrorKind::NotACheckpoint, "is a picture");
    row("empty", "m.safetensors", "", ErrorKind::NotACheckpoint, "is empty");
    row("other weights", "m.safetensors",
        checkpoint_files::rawSafetensors(R"({"fc.weight":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}})", 2),
        ErrorKind::UnknownFamily, "its first tensor is \"fc.weight\"");
    row("no tensors", "m.safetensors", checkpoint_files::rawSafetensors("{}", 0), ErrorKind::UnknownFamily,
        "holds no tensors");
    row("folder of something else", "photos/a.txt", "x", ErrorKind::UnknownFamily, "is a folder without a model in it");
    row("folder of pickles", "model/unet/diffusion_pytorch_model.bin", "x", ErrorKind::NotSupported,
        "pickle weights (.bin) only");
}

void InspectModelTest::foreignFilesAreRefusedQuickly()
{
    QFETCH(QString, name);
    QFETCH(QByteArray, bytes);
    QFETCH(int, kind);
    QFETCH(QString, says);
    writeBytes(path(name.toStdString()), bytes);
    std::filesystem::path given = path(name.toStdString());
    if (name.endsWith(".bin"))
        writeBytes(given.parent_path() / "config.json", kUnet + "}");
    if (name.contains('/'))
        given = path(name.section('/', 0, 0).toStdString());
    QElapsedTimer clock;
    clock.start();
    try {
        inspectModel(given);
        QFAIL("nothing was thrown");
    } catch (const Error &error) {
        QCOMPARE(int(error.kind), kind);
        QVERIFY2(QString::fromStdString(error.detail).contains(says), error.what());
    }
    QVERIFY(clock.elapsed() < 1000);
}

void InspectModelTest::modelBringsItsOwnPreviewMap()
{
    writePart("unet", kUnet + "}");
    QVERIFY(latentToRgb(openModelFiles(path("model"))).known); // Stable Diffusion 1's
    writePart("vae", R"({"_class_name":"AutoencoderKL","block_out_channels":[8],"latent_rgb_bias":[0.5,0,0],)"
                     R"("latent_rgb_factors":[[1,2,3],[4,5,6],[7,8,9],[10,11,12]]})");
    const LatentToRgb map = latentToRgb(openModelFiles(path("model")));
    QVERIFY(map.known);
    QCOMPARE(map.factors[3][2], 12.0f);
    QCOMPARE(map.bias[0], 0.5f);
}

QTEST_GUILESS_MAIN(InspectModelTest)
#include "inspect_model_test.moc"
