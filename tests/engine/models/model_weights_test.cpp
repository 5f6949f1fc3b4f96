#include "engine/error.h"
#include "engine/models/clip.h"
#include "engine/models/unet.h"
#include "engine/models/unet2d.h"
#include "engine/models/vae.h"
#include "engine/models/weights.h"
#include "tests/support/compare_tensors.h"

#include <QTemporaryDir>
#include <QTest>

#include <nlohmann/json.hpp>

using torch::Tensor;

namespace {

engine::UNetConfig tinyUNet()
{
    engine::UNetConfig config;
    config.downBlockTypes = {"CrossAttnDownBlock2D", "DownBlock2D"};
    config.upBlockTypes = {"UpBlock2D", "CrossAttnUpBlock2D"};
    config.blockOutChannels = {16, 32};
    config.layersPerBlock = {1, 1};
    config.normNumGroups = 8;
    config.crossAttentionDim = {24, 24};
    config.attentionHeads = {4, 4};
    config.transformerLayers = {1, 1};
    return config;
}

engine::UNet2DConfig tinyPixelUNet()
{
    engine::UNet2DConfig config;
    config.downBlockTypes = {"DownBlock2D", "AttnDownBlock2D"};
    config.upBlockTypes = {"AttnUpBlock2D", "UpBlock2D"};
    config.blockOutChannels = {16, 32};
    config.layersPerBlock = 1;
    config.normNumGroups = 8;
    return config;
}

engine::VaeConfig tinyVae()
{
    engine::VaeConfig config;
    config.blockOutChannels = {16, 32};
    config.normNumGroups = 8;
    return config;
}

engine::ClipTextConfig tinyClip()
{
    engine::ClipTextConfig config;
    config.vocabSize = 100;
    config.hiddenSize = 24;
    config.intermediateSize = 48;
    config.projectionDim = 16;
    config.layers = 2;
    config.heads = 2;
    config.maxPositions = 8;
    config.eosTokenId = 99;
    config.hasProjection = true;
    return config;
}

engine::UNetInput tinyInput(int64_t side = 8)
{
    return {.sample = torch::randn({2, 4, side, side}),
            .timestep = torch::tensor({10.0, 700.0}),
            .encoderHiddenStates = torch::randn({2, 5, 24})};
}

/// Names of the parameters that `loss` does not reach.
std::vector<std::string> withoutGradient(torch::nn::Module &module, const Tensor &loss)
{
    loss.backward();
    std::vector<std::string> names;
    for (const auto &item : module.named_parameters()) {
        if (!item.value().grad().defined() || item.value().grad().abs().sum().item<float>() == 0.0F)
            names.push_back(item.key());
    }
    return names;
}

/// Writes the module's parameters, changed by `change`, and opens them as a source.
engine::TensorSource storedWeights(const torch::nn::Module &module, const QTemporaryDir &folder,
                                   const std::function<void(std::map<std::string, Tensor> &)> &change = {})
{
    std::map<std::string, Tensor> tensors;
    for (const auto &item : module.named_parameters())
        tensors.emplace(item.key(), item.value().detach());
    if (change)
        change(tensors);
    const std::filesystem::path path = folder.filePath("weights.safetensors").toStdString();
    engine::writeTensors(path, tensors);
    const auto file = std::make_shared<const engine::SafetensorsFile>(path);
    engine::TensorSource source;
    for (const engine::TensorEntry &entry : file->entries())
        source.add({.name = entry.name, .shape = entry.shape, .file = file, .entry = &entry});
    return source;
}

} // namespace

class ModelWeightsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { torch::set_num_threads(1); }
    void init() { torch::manual_seed(7); }
    void gradientsReachEveryParameterOfTheUNet();
    void gradientsReachEveryParameterOfThePixelUNet();
    void gradientsReachEveryParameterOfTheAutoencoder();
    void gradientsReachEveryParameterOfTheTextEncoder();
    void inferenceComputesWhatTrainingComputes();
    void inferenceSeesWeightsThatWereChangedInPlace();
    void weightsThatInferenceReleasedComeBack();
    void loadedWeightsComputeTheSame();
    void wrongWeightsAreNamed();
    void loadingCanBeCancelled();
    void configsSurviveTheirJson();
    void networksThatAreNotRunAreRefused();
    void tilesBlendIntoOnePicture();
    void overlapsOfTilesWeighOneInAll();
    void tilesCanBeCancelled();
    void missingInputsAreNamed();
};

void ModelWeightsTest::gradientsReachEveryParameterOfTheUNet()
{
    engine::UNet2DCondition unet(tinyUNet());
    const auto missed = withoutGradient(*unet, unet(tinyInput()).square().mean());
    QVERIFY2(missed.empty(), missed.empty() ? "" : missed.front().c_str());
}

void ModelWeightsTest::gradientsReachEveryParameterOfThePixelUNet()
{
    engine::UNet2D unet(tinyPixelUNet());
    const auto missed =
        withoutGradient(*unet, unet(torch::randn({2, 3, 8, 8}), torch::tensor({3.0, 900.0})).square().mean());
    // A bias of keys shifts all scores of a query alike, which softmax does not see: its gradient is nothing but
    // rounding, and may be exactly zero.
    for (const std::string &name : missed)
        QVERIFY2(name.ends_with("to_k.bias"), name.c_str());
}

void ModelWeightsTest::gradientsReachEveryParameterOfTheAutoencoder()
{
    engine::AutoencoderKL vae(tinyVae());
    const Tensor moments = vae->encodeMoments(torch::randn({2, 3, 16, 16}));
    const Tensor latents = engine::sampleMoments(moments, torch::randn({2, 4, 8, 8}));
    for (const std::string &name : withoutGradient(*vae, vae->decode(latents).square().mean()))
        QVERIFY2(name.ends_with("to_k.bias"), name.c_str());
}

void ModelWeightsTest::gradientsReachEveryParameterOfTheTextEncoder()
{
    engine::ClipTextModel encoder(tinyClip());
    const Tensor ids = torch::tensor({{1, 2, 3, 99, 99, 99, 99, 99}});
    const engine::ClipOutput out = encoder(ids);
    for (const std::string &name : withoutGradient(*encoder, out.lastHiddenState.square().sum() + out.textEmbeds.sum()))
        QVERIFY2(name.ends_with("k_proj.bias"), name.c_str());
}

void ModelWeightsTest::inferenceComputesWhatTrainingComputes()
{
    engine::UNetConfig config = tinyUNet();
    config.blockOutChannels = {80, 160}; // heads of 20 and 40: widths that kernels pad
    config.normNumGroups = 16;
    engine::UNet2DCondition unet(config);
    engine::AutoencoderKL vae(tinyVae());
    const engine::UNetInput input = tinyInput(32);
    const Tensor picture = torch::randn({1, 3, 32, 32});
    const Tensor trained = unet(input).detach();
    const Tensor trainedMoments = vae->encodeMoments(picture).detach();
    const torch::InferenceMode inference;
    COMPARE_TENSORS(unet(input), trained, 1e-5);
    COMPARE_TENSORS(vae->encodeMoments(picture), trainedMoments, 1e-5);
}

void ModelWeightsTest::inferenceSeesWeightsThatWereChangedInPlace()
{
    const engine::UNetInput input = tinyInput();
    for (const torch::Dtype dtype : {torch::kFloat32, torch::kBFloat16}) {
        engine::UNet2DCondition unet(tinyUNet());
        unet->to(dtype);
        for (int i = 0; i < 2; ++i) {
            Tensor inferred;
            {
                const torch::InferenceMode inference;
                inferred = unet(input);
            }
            // bfloat16 rounds differently in fused kernels; 2^-8 a layer.
            COMPARE_TENSORS(inferred, unet(input), dtype == torch::kFloat32 ? 1e-5 : 0.05);
            const torch::NoGradGuard noGrad;
            for (Tensor &parameter : unet->parameters())
                parameter.mul_(0.8);
        }
    }
}

void ModelWeightsTest::weightsThatInferenceReleasedComeBack()
{
    const engine::UNetInput input = tinyInput();
    for (const torch::Dtype dtype : {torch::kFloat32, torch::kBFloat16}) {
        engine::UNet2DCondition unet(tinyUNet());
        unet->to(dtype);
        std::map<std::string, Tensor> before;
        for (const auto &item : unet->named_parameters())
            before.emplace(item.key(), item.value().detach().clone());
        engine::keepPlainWeights(*unet, false);
        Tensor first;
        Tensor second;
        {
            const torch::InferenceMode inference;
            first = unet(input);
            second = unet(input);
        }
        COMPARE_TENSORS(second, first, 0.0);
        QVERIFY(unet->named_parameters()["conv_in.weight"].isnan().all().item<bool>());
        engine::keepPlainWeights(*unet, true);
        for (const auto &item : unet->named_parameters())
            COMPARE_TENSORS(item.value(), before.at(item.key()), 0.0);
        unet(input).square().mean().backward();
        QVERIFY(unet->named_parameters()["conv_in.weight"].grad().defined());
    }
}

void ModelWeightsTest::loadedWeightsComputeTheSame()
{
    const QTemporaryDir folder;
    engine::UNet2DCondition unet(tinyUNet());
    const engine::TensorSource source = storedWeights(*unet, folder);
    const engine::SkipWeightInit skip;
    engine::UNet2DCondition loaded(tinyUNet());
    double progress = 0.0;
    engine::loadInto(*loaded, source, {.progress = [&](double done) { progress = done; }});
    QCOMPARE(progress, 1.0);
    const engine::UNetInput input = tinyInput();
    COMPARE_TENSORS(loaded(input), unet(input), 1e-6);
}

void ModelWeightsTest::wrongWeightsAreNamed()
{
    const QTemporaryDir folder;
    engine::ClipTextModel encoder(tinyClip());
    const engine::TensorSource source = storedWeights(*encoder, folder, [](auto &tensors) {
        tensors.erase("text_model.final_layer_norm.bias");
        tensors["text_projection.weight"] = torch::zeros({3, 5});
        tensors["strange.weight"] = torch::zeros({1});
    });
    const Tensor before = encoder->parameters().front().detach().clone();
    try {
        engine::loadInto(*encoder, source, {.subject = "model"});
        QFAIL("did not throw");
    } catch (const engine::Error &error) {
        QCOMPARE(error.kind, engine::ErrorKind::WrongWeights);
        QCOMPARE(error.subject, std::string("model"));
        QCOMPARE(error.detail,
                 std::string("1 tensors missing (text_model.final_layer_norm.bias); 1 of a wrong shape "
                             "(text_projection.weight is [3, 5] instead of [16, 24]); 1 unexpected (strange.weight)"));
    }
    COMPARE_TENSORS(encoder->parameters().front(), before, 0.0);
}

void ModelWeightsTest::loadingCanBeCancelled()
{
    const QTemporaryDir folder;
    engine::ClipTextModel encoder(tinyClip());
    const engine::TensorSource source = storedWeights(*encoder, folder);
    QVERIFY_EXCEPTION_THROWN(engine::loadInto(*encoder, source,
                                              {.progress =
                                                   [](double done) {
                                                       if (done > 0.5)
                                                           throw engine::Cancelled();
                                                   }}),
                             engine::Cancelled);
}

void ModelWeightsTest::configsSurviveTheirJson()
{
    engine::UNetConfig unet = tinyUNet();
    unet.attentionHeads = {2, 4};
    unet.timeCondProjDim = 8;
    QCOMPARE(engine::UNetConfig::fromJson(unet.toJson()).toJson().dump(), unet.toJson().dump());
    engine::UNet2DConfig pixel = tinyPixelUNet();
    pixel.attentionHeadDim = 0;
    pixel.freqShift = 1.0;
    QCOMPARE(engine::UNet2DConfig::fromJson(pixel.toJson()).toJson().dump(), pixel.toJson().dump());
    QCOMPARE(engine::UNet2DConfig::fromJson(pixel.toJson()).attentionHeadDim, int64_t(0));
    QCOMPARE(engine::VaeConfig::fromJson(tinyVae().toJson()).toJson().dump(), tinyVae().toJson().dump());
    QCOMPARE(engine::ClipTextConfig::fromJson(tinyClip().toJson()).toJson().dump(), tinyClip().toJson().dump());
    QVERIFY(engine::ClipTextConfig::fromJson(tinyClip().toJson()).hasProjection);
}

void ModelWeightsTest::networksThatAreNotRunAreRefused()
{
    const auto kindOf = [](const nlohmann::json &json) {
        try {
            engine::UNetConfig::fromJson(json);
        } catch (const engine::Error &error) {
            return error.kind;
        }
        return engine::ErrorKind::Internal;
    };
    QCOMPARE(kindOf({{"class_embed_type", "projection"}}), engine::ErrorKind::NotSupported);
    QCOMPARE(kindOf({{"only_cross_attention", {true, true, true, false}}}), engine::ErrorKind::NotSupported);
    QCOMPARE(kindOf({{"down_block_types", {"ResnetDownsampleBlock2D", "DownBlock2D", "DownBlock2D", "DownBlock2D"}}}),
             engine::ErrorKind::NotSupported);
    QCOMPARE(kindOf({{"in_channels", "four"}}), engine::ErrorKind::NotACheckpoint);
    QCOMPARE(kindOf({{"attention_head_dim", {8, 8}}}), engine::ErrorKind::NotACheckpoint);
    QCOMPARE(kindOf(nlohmann::json::array()), engine::ErrorKind::NotACheckpoint);
}

void ModelWeightsTest::tilesBlendIntoOnePicture()
{
    engine::AutoencoderKL vae(tinyVae());
    const torch::InferenceMode inference;
    const Tensor latents = torch::randn({1, 4, 20, 28});
    int tiles = 0;
    engine::VaeTiling tiling{.latentTile = 32, .latentOverlap = 4, .beforeTile = [&] { ++tiles; }};
    COMPARE_TENSORS(vae->decode(latents, tiling), vae->decode(latents), 1e-5); // one tile is the whole
    QCOMPARE(tiles, 1);

    tiles = 0;
    tiling.latentTile = 12;
    const Tensor tiled = vae->decode(latents, tiling);
    QCOMPARE(tiles, 6); // 2 rows, 3 columns
    QCOMPARE(tiled.sizes().vec(), (std::vector<int64_t>{1, 3, 40, 56}));

    const Tensor picture = torch::randn({1, 3, 40, 57});
    tiling.latentTile = 32;
    QCOMPARE(vae->encodeMoments(picture, tiling).sizes().vec(), (std::vector<int64_t>{1, 8, 20, 28}));
}

void ModelWeightsTest::overlapsOfTilesWeighOneInAll()
{
    engine::AutoencoderKL vae(tinyVae());
    const torch::InferenceMode inference;
    for (Tensor &parameter : vae->parameters())
        parameter.fill_(0.0);
    vae->named_parameters()["decoder.conv_out.bias"].fill_(0.25);
    const engine::VaeTiling tiling{.latentTile = 12, .latentOverlap = 5};
    COMPARE_TENSORS(vae->decode(torch::randn({1, 4, 31, 17}), tiling), torch::full({1, 3, 62, 34}, 0.25), 1e-6);
}

void ModelWeightsTest::tilesCanBeCancelled()
{
    engine::AutoencoderKL vae(tinyVae());
    const torch::InferenceMode inference;
    const engine::VaeTiling tiling{
        .latentTile = 8, .latentOverlap = 2, .beforeTile = [] { throw engine::Cancelled(); }};
    QVERIFY_EXCEPTION_THROWN(vae->decode(torch::randn({1, 4, 16, 16}), tiling), engine::Cancelled);
}

void ModelWeightsTest::missingInputsAreNamed()
{
    engine::UNet2DCondition unet(tinyUNet());
    engine::UNetInput input = tinyInput();
    input.encoderHiddenStates = torch::randn({2, 5, 32});
    try {
        unet(input);
        QFAIL("did not throw");
    } catch (const engine::Error &error) {
        QCOMPARE(error.kind, engine::ErrorKind::BadRequest);
        QCOMPARE(error.subject, std::string("encoder_hidden_states"));
    }
}

QTEST_GUILESS_MAIN(ModelWeightsTest)
#include "model_weights_test.moc"
