#include "engine/core/tensor_file.h"
#include "engine/models/layers.h"
#include "engine/training/lora_trainer.h"

#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <set>

using engine::LoraTargets;

namespace {

/// Three transformers: one down, one in the middle, two up (the blocks without attention have none).
engine::UNet2DCondition tinyUNet(bool linearProjection)
{
    engine::UNetConfig config;
    config.sampleSize = 8;
    config.downBlockTypes = {"CrossAttnDownBlock2D", "DownBlock2D"};
    config.upBlockTypes = {"UpBlock2D", "CrossAttnUpBlock2D"};
    config.blockOutChannels = {16, 32};
    config.layersPerBlock = {1, 1};
    config.normNumGroups = 4;
    config.crossAttentionDim = {24, 24};
    config.attentionHeads = {2, 2};
    config.transformerLayers = {1, 1};
    config.useLinearProjection = linearProjection;
    return engine::UNet2DCondition(config);
}

std::map<std::string, torch::Tensor> parametersOf(const torch::nn::Module &module)
{
    std::map<std::string, torch::Tensor> result;
    for (const auto &parameter : module.named_parameters())
        result[parameter.key()] = parameter.value().detach();
    return result;
}

const std::string kDown = "lora_unet_down_blocks_0_attentions_0_";

} // namespace

/// Adapters as they are trained and written.
class LoraTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void targetsSayWhichLayersAreChanged_data();
    void targetsSayWhichLayersAreChanged();
    void layersAreNamedAsKohyaDoes_data();
    void layersAreNamedAsKohyaDoes();
    void fileAddsUpToTheAdaptedWeights_data();
    void fileAddsUpToTheAdaptedWeights();

private:
    QTemporaryDir m_root;
};

void LoraTest::targetsSayWhichLayersAreChanged_data()
{
    QTest::addColumn<LoraTargets>("targets");
    QTest::addColumn<bool>("isLinear");
    QTest::addColumn<QStringList>("layers");
    const QStringList cross = {"attn2_to_q", "attn2_to_k", "attn2_to_v", "attn2_to_out_0"};
    const QStringList attention = cross + QStringList{"attn1_to_q", "attn1_to_k", "attn1_to_v", "attn1_to_out_0"};
    const QStringList all = attention + QStringList{"ff_net_0_proj", "ff_net_2", "proj_in", "proj_out"};
    QTest::newRow("attention") << LoraTargets::Attention << false << attention;
    QTest::newRow("attention to the text") << LoraTargets::CrossAttention << false << cross;
    QTest::newRow("transformers, projections by 1x1 convolutions") << LoraTargets::Transformers << false << all;
    QTest::newRow("transformers, linear projections") << LoraTargets::Transformers << true << all;
}

void LoraTest::targetsSayWhichLayersAreChanged()
{
    QFETCH(const LoraTargets, targets);
    QFETCH(const bool, isLinear);
    QFETCH(const QStringList, layers);
    engine::UNet2DCondition unet = tinyUNet(isLinear);
    const engine::LoraNetwork lora(unet, 4, 2.0, targets);
    const std::filesystem::path file = m_root.filePath("targets.safetensors").toStdString();
    engine::writeLora(file, parametersOf(*lora), lora->alpha(), {});
    const auto tensors = engine::readTensors(file);

    std::set<QString> found; // what is changed in the first transformer
    std::set<std::string> transformers;
    for (const auto &[name, tensor] : tensors) {
        const std::string layer = name.substr(0, name.find('.'));
        const std::size_t inner = layer.find("_transformer_blocks_0_");
        const std::size_t end = inner != std::string::npos ? inner : layer.rfind("_proj");
        transformers.insert(layer.substr(0, end));
        if (layer.starts_with(kDown))
            found.insert(QString::fromStdString(layer.substr(kDown.size())).remove("transformer_blocks_0_"));
    }
    QCOMPARE(found, std::set<QString>(layers.begin(), layers.end()));
    const std::set<std::string> expected = {"lora_unet_down_blocks_0_attentions_0", "lora_unet_mid_block_attentions_0",
                                            "lora_unet_up_blocks_1_attentions_0", "lora_unet_up_blocks_1_attentions_1"};
    QVERIFY(transformers == expected);
    QCOMPARE(tensors.size(), expected.size() * std::size_t(layers.size()) * 3);

    using Shape = std::vector<int64_t>;
    const auto shapeOf = [&](const std::string &name) { return tensors.at(kDown + name).sizes().vec(); };
    QCOMPARE(shapeOf("transformer_blocks_0_attn2_to_k.lora_down.weight"), (Shape{4, 24}));
    QCOMPARE(shapeOf("transformer_blocks_0_attn2_to_k.lora_up.weight"), (Shape{16, 4}));
    QCOMPARE(tensors.at(kDown + "transformer_blocks_0_attn2_to_k.alpha").item<double>(), 2.0);
    if (targets != LoraTargets::Transformers)
        return;
    QCOMPARE(shapeOf("transformer_blocks_0_ff_net_0_proj.lora_down.weight"), (Shape{4, 16}));
    QCOMPARE(shapeOf("transformer_blocks_0_ff_net_0_proj.lora_up.weight"), (Shape{128, 4}));
    QCOMPARE(shapeOf("transformer_blocks_0_ff_net_2.lora_down.weight"), (Shape{4, 64}));
    QCOMPARE(shapeOf("proj_in.lora_down.weight"), isLinear ? (Shape{4, 16}) : (Shape{4, 16, 1, 1}));
    QCOMPARE(shapeOf("proj_out.lora_up.weight"), isLinear ? (Shape{16, 4}) : (Shape{16, 4, 1, 1}));
}

void LoraTest::layersAreNamedAsKohyaDoes_data()
{
    QTest::addColumn<QString>("layer");
    QTest::addColumn<bool>("isXl");
    QTest::addColumn<QString>("name");
    QTest::newRow("SD, in") << "down_blocks.1.attentions.0.proj_in" << false
                            << "lora_unet_down_blocks_1_attentions_0_proj_in";
    QTest::newRow("SD, feed forward") << "up_blocks.1.attentions.2.transformer_blocks.0.ff.net.0.proj" << false
                                      << "lora_unet_up_blocks_1_attentions_2_transformer_blocks_0_ff_net_0_proj";
    QTest::newRow("XL, in") << "down_blocks.1.attentions.0.proj_in" << true << "lora_unet_input_blocks_4_1_proj_in";
    QTest::newRow("XL, middle") << "mid_block.attentions.0.proj_out" << true << "lora_unet_middle_block_1_proj_out";
    QTest::newRow("XL, feed forward") << "up_blocks.0.attentions.1.transformer_blocks.3.ff.net.2" << true
                                      << "lora_unet_output_blocks_1_1_transformer_blocks_3_ff_net_2";
}

void LoraTest::layersAreNamedAsKohyaDoes()
{
    QFETCH(const QString, layer);
    QFETCH(const bool, isXl);
    QFETCH(const QString, name);
    QCOMPARE(QString::fromStdString(engine::loraName(layer.toStdString(), {.hasTextTime = isXl})), name);
}

void LoraTest::fileAddsUpToTheAdaptedWeights_data()
{
    QTest::addColumn<bool>("isLinear");
    QTest::newRow("projections by 1x1 convolutions") << false;
    QTest::newRow("linear projections") << true;
}

/// W + alpha / rank * up * down, as other programs merge the file, gives what the adapted network gives.
void LoraTest::fileAddsUpToTheAdaptedWeights()
{
    QFETCH(const bool, isLinear);
    const torch::NoGradGuard noGrad;
    const torch::Generator generator = at::detail::createCPUGenerator(3);
    const int rank = 3;
    const double alpha = 5.0;
    engine::UNet2DCondition unet = tinyUNet(isLinear);
    engine::LoraNetwork lora(unet, rank, alpha, LoraTargets::Transformers);
    for (torch::Tensor &parameter : lora->parameters()) // numbers that float16 holds
        parameter.copy_((torch::randn(parameter.sizes(), generator, torch::kFloat32) * 0.1)
                            .to(torch::kFloat16)
                            .to(torch::kFloat32));
    const engine::UNetInput input{.sample = torch::randn({2, 4, 8, 8}, generator, torch::kFloat32),
                                  .timestep = torch::tensor(500),
                                  .encoderHiddenStates = torch::randn({2, 7, 24}, generator, torch::kFloat32)};
    const torch::Tensor adapted = unet->forward(input);

    const std::filesystem::path file = m_root.filePath("adapter.safetensors").toStdString();
    engine::writeLora(file, parametersOf(*lora), alpha, {});
    const auto tensors = engine::readTensors(file);
    std::size_t merged = 0;
    for (const auto &entry : unet->named_modules()) {
        auto *linear = entry.value()->as<engine::LinearImpl>();
        auto *convolution = entry.value()->as<engine::Conv2dImpl>();
        const std::string name = engine::loraName(entry.key(), unet->config());
        if ((!linear && !convolution) || !tensors.contains(name + ".alpha"))
            continue;
        const torch::Tensor down = tensors.at(name + ".lora_down.weight").to(torch::kFloat32);
        const torch::Tensor up = tensors.at(name + ".lora_up.weight").to(torch::kFloat32);
        QCOMPARE(down.size(0), int64_t(rank));
        const double scale = tensors.at(name + ".alpha").item<double>() / rank;
        torch::Tensor weight = linear ? linear->weight : convolution->weight;
        weight.add_((up.flatten(1).mm(down.flatten(1)) * scale).view(weight.sizes()));
        engine::LowRankChange &change = linear ? linear->adapter : convolution->adapter;
        change.down.reset();
        change.up.reset();
        ++merged;
    }
    QCOMPARE(merged * 3, tensors.size());
    const torch::Tensor plain = unet->forward(input);
    // Float32 sums in another order, through some twenty layers.
    const double scale = adapted.abs().max().item<double>();
    QVERIFY((plain - adapted).abs().max().item<double>() < 1e-4 * scale);
}

QTEST_GUILESS_MAIN(LoraTest)

#include "lora_test.moc"
