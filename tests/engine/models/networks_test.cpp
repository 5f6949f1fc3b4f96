#include "engine/core/device.h"
#include "engine/core/tensor_file.h"
#include "engine/models/probe.h"
#include "tests/support/compare_tensors.h"

#include <QTemporaryDir>
#include <QTest>

class NetworksTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void networkComputesWhatDiffusersComputes_data();
    void networkComputesWhatDiffusersComputes();
    void bfloat16StaysNearFloat32();
    void askingForAPartThatIsNotThereSaysSo();
};

void NetworksTest::networkComputesWhatDiffusersComputes_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("model");
    QTest::addColumn<QString>("part");
    const auto row = [](const char *name, const char *model, const char *part) {
        QTest::newRow(name) << QString(name) << QString(model) << QString(part);
    };
    row("unet_lcm", "unet_lcm", "unet");
    row("unet_sdxl", "unet_sdxl", "unet");
    row("unet_prompt", "unet_prompt", "unet");
    row("unet_ddpm_heads", "unet_ddpm_heads", "unet");
    row("vae_sd_encoder", "vae_sd_encoder", "vae_encoder");
    row("vae_sd_decoder", "vae_sd_encoder", "vae_decoder");
    row("text_sd1_unprefixed", "text_sd1_unprefixed", "text_encoder");
    row("text_projection_eos", "text_projection_eos", "text_encoder_2");
}

void NetworksTest::networkComputesWhatDiffusersComputes()
{
    QFETCH(const QString, name);
    QFETCH(const QString, model);
    QFETCH(const QString, part);
    const std::filesystem::path golden = std::filesystem::path(TINCTURE_GOLDEN) / "networks";
    const QTemporaryDir folder;
    const std::filesystem::path out = folder.filePath("out.safetensors").toStdString();
    const engine::DevicePolicy devices({.threads = 1});
    engine::runProbe({.model = golden / model.toStdString() / "model",
                      .part = part.toStdString(),
                      .input = golden / name.toStdString() / "in.safetensors",
                      .output = out},
                     devices);
    const auto got = engine::readTensors(out);
    for (const auto &[key, want] : engine::readTensors(golden / name.toStdString() / "out.safetensors")) {
        QVERIFY2(got.contains(key), key.c_str());
        // float32 is about 1e-6 from float64 here; a wrong epsilon, order or padding is worse than 1e-3.
        COMPARE_TENSORS(got.at(key), want, 1e-4);
    }
}

void NetworksTest::bfloat16StaysNearFloat32()
{
    const std::filesystem::path golden = std::filesystem::path(TINCTURE_GOLDEN) / "networks/unet_sdxl";
    const QTemporaryDir folder;
    const std::filesystem::path out = folder.filePath("out.safetensors").toStdString();
    const engine::DevicePolicy devices({.threads = 1});
    engine::runProbe({.model = golden / "model",
                      .part = "unet",
                      .input = golden / "in.safetensors",
                      .output = out,
                      .precision = engine::Precision::BFloat16},
                     devices);
    // 8 bits of mantissa through some hundred layers.
    COMPARE_TENSORS(engine::readTensors(out).at("sample"), engine::readTensors(golden / "out.safetensors").at("sample"),
                    0.05);
}

void NetworksTest::askingForAPartThatIsNotThereSaysSo()
{
    const std::filesystem::path golden = std::filesystem::path(TINCTURE_GOLDEN) / "networks/unet_sdxl";
    const engine::DevicePolicy devices({.threads = 1});
    try {
        engine::runProbe({.model = golden / "model", .part = "vae_decoder", .input = golden / "in.safetensors"},
                         devices);
        QFAIL("did not throw");
    } catch (const engine::Error &error) {
        QCOMPARE(error.kind, engine::ErrorKind::BadRequest);
        QCOMPARE(error.subject, std::string("part"));
    }
}

QTEST_GUILESS_MAIN(NetworksTest)
#include "networks_test.moc"
