#include "app/recipe.h"

#include <QJsonDocument>
#include <QTest>

class RecipeTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void jsonHoldsEverything()
    {
        const app::Recipe written = full();
        const QByteArray json = QJsonDocument(app::recipeToJson(written)).toJson();
        const auto read = app::recipeFromJson(QJsonDocument::fromJson(json).object());
        QVERIFY(read == written);
    }

    void fieldNamesAreThoseOfTheOthers()
    {
        const QJsonObject json = app::recipeToJson(full());
        for (const char *name : {"prompt", "negative", "steps", "sampler", "schedule", "cfg", "seed", "width", "height",
                                 "model", "model_hash", "clip_skip", "denoise"})
            QVERIFY2(json.contains(QLatin1String(name)), name);
        QCOMPARE(json.value(QLatin1String("seed")).toInteger(), qint64(2748562004));
        QCOMPARE(json.value(QLatin1String("sampler")).toString(), QStringLiteral("dpmpp_2m"));
    }

    void requestSurvivesJson()
    {
        engine::GenerateRequest request = full().request;
        request.count = 7;
        request.preview = engine::PreviewContent::NoisyXt;
        request.previewDecoder = engine::PreviewDecoder::Full;
        request.noiseFile = "/tmp/noise.safetensors";
        request.seed = 18446744073709551615ULL;
        QVERIFY(app::requestFromJson(app::requestToJson(request)) == request);
    }

    void damagedJsonIsReadAsFarAsItMakesSense()
    {
        QVERIFY(!app::recipeFromJson({}).has_value());
        QVERIFY(!app::recipeFromJson({{QStringLiteral("prompt"), 3}, {QStringLiteral("steps"), -4}}).has_value());
        const auto read = app::recipeFromJson({{QStringLiteral("prompt"), QStringLiteral("fox")},
                                               {QStringLiteral("steps"), 1e300},
                                               {QStringLiteral("width"), QStringLiteral("wide")}});
        QVERIFY(read.has_value());
        QVERIFY(read->has(QStringLiteral("prompt")));
        QVERIFY(!read->has(QStringLiteral("steps")));
        QVERIFY(!read->has(QStringLiteral("width")));
    }

    void whatWasUsedIsWritten()
    {
        engine::GenerateRequest request = {
            .model = "/models/starter/", .sampler = "DPM++ 2M SDE", .schedule = "", .seed = 5, .count = 3};
        request.init = {.width = 1, .height = 1, .channels = 1, .pixels = {0}};
        const app::Recipe recipe = app::makeRecipe(request, 2, QSize(640, 480), {});
        QCOMPARE(recipe.request.sampler, std::string("dpmpp_2m_sde"));
        QCOMPARE(recipe.request.schedule, std::string("exponential")); // what Automatic means for it
        QCOMPARE(recipe.request.seed, std::uint64_t(7));
        QCOMPARE(recipe.jobSeed, quint64(5));
        QCOMPARE(recipe.request.width, 640);
        QCOMPARE(recipe.modelName, QStringLiteral("starter"));
        QVERIFY(recipe.hasInit);
        QVERIFY(recipe.request.init.empty());
    }

    void parametersAreWrittenAsTheWebUiDoes()
    {
        QCOMPARE(app::recipeToParameters(full()),
                 QStringLiteral("a fox,\n(storm:1.2)\nNegative prompt: blurry\nSteps: 20, Sampler: DPM++ 2M, Schedule "
                                "type: Karras, CFG scale: 7, "
                                "Seed: 2748562004, Size: 512x768, Model hash: 6ce0161689, Model: v1-5-pruned-emaonly, "
                                "Denoising strength: 0.55, "
                                "Clip skip: 2, RNG: NV, Version: Tincture %1")
                     .arg(app::programVersion()));
        app::Recipe plain = full();
        plain.request.negativePrompt.clear();
        plain.request.clipSkip = 1;
        plain.hasInit = false;
        plain.modelName = QStringLiteral("name, with: \"comma\"");
        const QString text = app::recipeToParameters(plain);
        QVERIFY(!text.contains(QLatin1String("Negative")));
        QVERIFY(!text.contains(QLatin1String("Clip skip")));
        QVERIFY(text.contains(QLatin1String("Model: \"name, with: \\\"comma\\\"\"")));
    }

    void parametersRoundTrip()
    {
        app::Recipe written = full();
        written.modelName = QStringLiteral("name, with: \"comma\"\nand line");
        written.request.guidanceRescale = 0.7;
        written.request.eta = 0.5;
        const auto read = app::recipeFromParameters(app::recipeToParameters(written));
        QVERIFY(read.has_value());
        QCOMPARE(read->request.prompt, written.request.prompt);
        QCOMPARE(read->request.negativePrompt, written.request.negativePrompt);
        QCOMPARE(read->request.sampler, written.request.sampler);
        QCOMPARE(read->request.schedule, written.request.schedule);
        QCOMPARE(read->request.seed, written.request.seed);
        QCOMPARE(read->request.width, 512);
        QCOMPARE(read->request.height, 768);
        QCOMPARE(read->request.guidanceRescale, 0.7);
        QCOMPARE(read->request.eta, 0.5);
        QCOMPARE(read->request.rng, engine::RngKind::Nv);
        QCOMPARE(read->modelName, written.modelName);
        QCOMPARE(read->modelHash, written.modelHash);
    }

    void parametersAreReadByTheirRules_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("prompt");
        QTest::addColumn<QString>("negative");
        QTest::addColumn<QString>("sampler");
        QTest::addColumn<QString>("schedule");
        const QString tail = QStringLiteral("Steps: 20, Sampler: %1, CFG scale: 7, Seed: 5, Size: 512x768");
        QTest::newRow("old label") << QStringLiteral("fox\n") + tail.arg(QStringLiteral("DPM++ 2M Karras")) << "fox"
                                   << ""
                                   << "dpmpp_2m"
                                   << "karras";
        QTest::newRow("old SDE label") << QStringLiteral("fox\n") + tail.arg(QStringLiteral("DPM++ 2M SDE Exponential"))
                                       << "fox"
                                       << ""
                                       << "dpmpp_2m_sde"
                                       << "exponential";
        QTest::newRow("ancestral") << QStringLiteral("fox\n") + tail.arg(QStringLiteral("Euler a")) << "fox"
                                   << ""
                                   << "euler_ancestral"
                                   << "";
        QTest::newRow("other program") << QStringLiteral("fox\n") + tail.arg(QStringLiteral("euler_a karras")) << "fox"
                                       << ""
                                       << "euler_ancestral"
                                       << "karras";
        QTest::newRow("automatic") << QStringLiteral("fox\n") +
                                          tail.arg(QStringLiteral("Euler, Schedule type: Automatic"))
                                   << "fox"
                                   << ""
                                   << "euler"
                                   << "";
        QTest::newRow("unknown stays") << QStringLiteral("fox\n") + tail.arg(QStringLiteral("Quantum 9")) << "fox"
                                       << ""
                                       << "Quantum 9"
                                       << "";
        QTest::newRow("lines") << QStringLiteral(
                                      "one,\ntwo: x\n\nfour\nNegative prompt: a\nb, Steps: no parameters\n") +
                                      tail.arg(QStringLiteral("Euler"))
                               << "one,\ntwo: x\n\nfour"
                               << "a\nb, Steps: no parameters"
                               << "euler"
                               << "";
        QTest::newRow("windows lines") << QStringLiteral("one\r\nNegative prompt: a\r\n") +
                                              tail.arg(QStringLiteral("Euler"))
                                       << "one"
                                       << "a"
                                       << "euler"
                                       << "";
        QTest::newRow("json among pairs")
            << QStringLiteral("fox\nHashes: {\"a\": \"b, Seed: 9\"}, ") + tail.arg(QStringLiteral("Euler")) << "fox"
            << ""
            << "euler"
            << "";
        QTest::newRow("no prompt") << tail.arg(QStringLiteral("Euler")) << ""
                                   << ""
                                   << "euler"
                                   << "";
    }
    void parametersAreReadByTheirRules()
    {
        QFETCH(QString, text);
        const auto read = app::recipeFromParameters(text);
        QVERIFY(read.has_value());
        QTEST(QString::fromStdString(read->request.prompt), "prompt");
        QTEST(QString::fromStdString(read->request.negativePrompt), "negative");
        QTEST(QString::fromStdString(read->request.sampler), "sampler");
        QTEST(QString::fromStdString(read->request.schedule), "schedule");
        QCOMPARE(read->request.seed, std::uint64_t(5));
        QVERIFY(!read->has(QStringLiteral("clip_skip")));
    }

    void fewPairsAreNoParameters()
    {
        QVERIFY(!app::recipeFromParameters(QStringLiteral("just a prompt")).has_value());
        QVERIFY(!app::recipeFromParameters(QStringLiteral("a fox\nSteps: 20, Seed: 5")).has_value());
        QVERIFY(!app::recipeFromParameters({}).has_value());
    }

    void unknownPairsAreKept()
    {
        const auto read = app::recipeFromParameters(
            QStringLiteral("fox\nSteps: 20, Seed: 5, Size: 8x8, Lora hashes: \"ink: 3e1f, light: 00aa\", ENSD: 31337"));
        QCOMPARE(read->extras.value(QStringLiteral("Lora hashes")), QStringLiteral("ink: 3e1f, light: 00aa"));
        QCOMPARE(read->extras.value(QStringLiteral("ENSD")), QStringLiteral("31337"));
    }

    void modelNamesComeFromPaths()
    {
        QCOMPARE(app::modelNameOf("/models/dreamshaper_8.safetensors"), QStringLiteral("dreamshaper_8"));
        QCOMPARE(app::modelNameOf("/models/sd-v1.5"), QStringLiteral("sd-v1.5"));
        QCOMPARE(app::modelNameOf("/models/starter/"), QStringLiteral("starter"));
    }

private:
    static app::Recipe full()
    {
        app::Recipe recipe;
        recipe.request = {.model = "/models/v1-5-pruned-emaonly.safetensors",
                          .prompt = "a fox,\n(storm:1.2)",
                          .negativePrompt = "blurry",
                          .sampler = "dpmpp_2m",
                          .schedule = "karras",
                          .steps = 20,
                          .guidanceScale = 7.0,
                          .width = 512,
                          .height = 768,
                          .seed = 2748562004,
                          .rng = engine::RngKind::Nv,
                          .precision = engine::Precision::BFloat16,
                          .clipSkip = 2,
                          .strength = 0.55};
        recipe.modelName = QStringLiteral("v1-5-pruned-emaonly");
        recipe.modelHash = QStringLiteral("6ce0161689");
        recipe.family = QStringLiteral("sd1");
        recipe.picture = 3;
        recipe.jobSeed = 2748562001;
        recipe.hasInit = true;
        recipe.precision = QStringLiteral("bfloat16");
        recipe.device = QStringLiteral("cpu");
        recipe.program = QStringLiteral("Tincture");
        recipe.version = app::programVersion();
        recipe.created = QDateTime::fromSecsSinceEpoch(1790000000);
        return recipe;
    }
};

QTEST_GUILESS_MAIN(RecipeTest)
#include "recipe_test.moc"
