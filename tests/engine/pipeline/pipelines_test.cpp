#include "engine/core/tensor_file.h"
#include "engine/pipeline/torch_engine.h"

#include <QImage>
#include <QTemporaryDir>
#include <QTest>

#include <nlohmann/json.hpp>

#include <fstream>

using engine::Event;
using engine::GenerateRequest;

namespace {

const std::filesystem::path kGolden = std::filesystem::path(TINCTURE_GOLDEN) / "pipelines";

engine::Image readImage(const std::filesystem::path &path)
{
    const QImage image = QImage(QString::fromStdString(path.string())).convertToFormat(QImage::Format_RGB888);
    engine::Image result{.width = image.width(), .height = image.height()};
    for (int y = 0; y < image.height(); ++y)
        result.pixels.insert(result.pixels.end(), image.constScanLine(y), image.constScanLine(y) + 3 * image.width());
    return result;
}

GenerateRequest requestOf(const nlohmann::json &s)
{
    GenerateRequest request{.model = kGolden / s.at("model").get<std::string>(),
                            .prompt = s.at("prompt"),
                            .negativePrompt = s.at("negative"),
                            .sampler = s.at("sampler"),
                            .schedule = s.at("schedule"),
                            .steps = s.at("steps"),
                            .guidanceScale = s.at("cfg"),
                            .width = s.at("width"),
                            .height = s.at("height"),
                            .seed = s.at("seed"),
                            .count = s.at("count"),
                            .precision = engine::Precision::Float32};
    request.clipSkip = s.value("clip_skip", 1);
    request.guidanceRescale = s.value("guidance_rescale", 0.0);
    request.strength = s.value("strength", 0.75);
    if (s.contains("init"))
        request.init = readImage(kGolden / "inputs" / s.at("init").get<std::string>());
    if (s.contains("mask"))
        request.mask = readImage(kGolden / "inputs" / s.at("mask").get<std::string>());
    return request;
}

/// Largest and mean difference of two pictures in 8-bit steps.
std::pair<int, double> difference(const engine::Image &a, const engine::Image &b)
{
    int largest = 0;
    double sum = 0;
    for (std::size_t i = 0; i < a.pixels.size(); ++i) {
        const int d = std::abs(int(a.pixels[i]) - int(b.pixels[i]));
        largest = std::max(largest, d);
        sum += d;
    }
    return {largest, sum / static_cast<double>(a.pixels.size())};
}

} // namespace

class PipelinesTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void picturesAreThoseOfOtherPrograms_data();
    void picturesAreThoseOfOtherPrograms();
    void sameRequestGivesSamePixels();
    void pictureOfABatchCanBeMadeAlone();
    void andCountsEveryPartAtGuidanceOne();
    void previewsShowEveryPictureForming();
    void stopTokenEndsTheJobAndKeepsFinishedPictures();
    void stopAfterPictureFinishesTheOneInWork();
    void badSizeIsRefusedInOneSentence();
    void keptPixelsOfInpaintingAreUntouched();

private:
    engine::TorchEngine m_engine{engine::EngineOptions{}};
};

void PipelinesTest::picturesAreThoseOfOtherPrograms_data()
{
    QTest::addColumn<QString>("folder");
    for (const auto &entry : std::filesystem::directory_iterator(kGolden)) {
        if (std::filesystem::exists(entry.path() / "settings.json"))
            QTest::newRow(entry.path().filename().c_str()) << QString::fromStdString(entry.path().string());
    }
}

void PipelinesTest::picturesAreThoseOfOtherPrograms()
{
    QFETCH(const QString, folder);
    const std::filesystem::path path = folder.toStdString();
    GenerateRequest request = requestOf(nlohmann::json::parse(std::ifstream(path / "settings.json")));
    const QTemporaryDir out;
    request.noiseFile = path / "noise.safetensors";
    request.saveLatentsFile = out.filePath("latents.safetensors").toStdString();
    std::vector<engine::Image> pictures;
    engine::RunContext context;
    context.emit = [&](const Event &event) {
        if (const auto *finished = std::get_if<engine::ImageFinished>(&event))
            pictures.push_back(finished->image);
    };
    m_engine.generate(request, context);

    const torch::Tensor got = engine::readTensors(request.saveLatentsFile).at("latents");
    const torch::Tensor want = engine::readTensors(path / "latents.safetensors").at("latents");
    QVERIFY(got.sizes() == want.sizes());
    const double error = ((got - want).abs().max() / want.abs().max()).item<double>();
    QVERIFY2(error <= 5e-4, qPrintable(QStringLiteral("latents differ by %1 of the largest").arg(error)));
    QCOMPARE(static_cast<int>(pictures.size()), request.count);
    for (int i = 0; i < request.count; ++i) {
        const std::string name = i == 0 ? "picture.png" : "picture_" + std::to_string(i) + ".png";
        const auto [largest, mean] = difference(pictures[static_cast<std::size_t>(i)], readImage(path / name));
        QVERIFY2(largest <= 4 && mean <= 0.5, qPrintable(QStringLiteral("%1 / %2").arg(largest).arg(mean)));
    }
}

namespace {

GenerateRequest smallRequest()
{
    return {.model = kGolden / "model_sd2v",
            .prompt = "a red fox",
            .sampler = "euler_ancestral",
            .schedule = "karras",
            .steps = 6,
            .guidanceScale = 4.0,
            .width = 64,
            .height = 64,
            .seed = 7,
            .count = 2,
            .precision = engine::Precision::Float32};
}

struct Recorder
{
    std::vector<engine::ImageFinished> pictures;
    std::vector<engine::PreviewReady> previews;
    std::vector<engine::StepFinished> steps;

    engine::RunContext context()
    {
        engine::RunContext result;
        result.emit = [this](const Event &event) {
            if (const auto *picture = std::get_if<engine::ImageFinished>(&event))
                pictures.push_back(*picture);
            else if (const auto *preview = std::get_if<engine::PreviewReady>(&event))
                previews.push_back(*preview);
            else if (const auto *step = std::get_if<engine::StepFinished>(&event))
                steps.push_back(*step);
        };
        return result;
    }
};

} // namespace

void PipelinesTest::sameRequestGivesSamePixels()
{
    Recorder first;
    Recorder second;
    m_engine.generate(smallRequest(), first.context());
    m_engine.generate(smallRequest(), second.context());
    QCOMPARE(first.pictures.size(), std::size_t(2));
    QVERIFY(first.pictures[0].image == second.pictures[0].image);
    QVERIFY(first.pictures[1].image == second.pictures[1].image);
    QVERIFY(!(first.pictures[0].image == first.pictures[1].image));
}

void PipelinesTest::pictureOfABatchCanBeMadeAlone()
{
    Recorder batch;
    Recorder alone;
    GenerateRequest request = smallRequest();
    m_engine.generate(request, batch.context());
    request.seed += 1;
    request.count = 1;
    m_engine.generate(request, alone.context());
    QCOMPARE(batch.pictures.at(1).seed, alone.pictures.at(0).seed);
    QVERIFY(batch.pictures.at(1).image == alone.pictures.at(0).image);
}

void PipelinesTest::andCountsEveryPartAtGuidanceOne()
{
    Recorder first;
    Recorder both;
    GenerateRequest request = smallRequest();
    request.count = 1;
    request.guidanceScale = 1.0;
    request.prompt = "a red fox";
    m_engine.generate(request, first.context());
    request.prompt = "a red fox AND a blue house";
    m_engine.generate(request, both.context());
    QVERIFY(!(first.pictures.at(0).image == both.pictures.at(0).image));
}

void PipelinesTest::previewsShowEveryPictureForming()
{
    Recorder recorder;
    const engine::GenerateReport report = m_engine.generate(smallRequest(), recorder.context());
    QCOMPARE(recorder.steps.size(), std::size_t(12));
    QCOMPARE(report.stepSeconds.size(), std::size_t(12));
    QCOMPARE(recorder.steps.back().step, 6);
    QCOMPARE(recorder.steps.back().sigma, 0.0);
    QVERIFY(!recorder.previews.empty());
    QCOMPARE(recorder.previews.front().image.width, 64 / 8);
}

void PipelinesTest::stopTokenEndsTheJobAndKeepsFinishedPictures()
{
    Recorder recorder;
    engine::RunContext context = recorder.context();
    std::stop_source stop;
    context.stop = stop.get_token();
    const auto record = context.emit;
    context.emit = [&](const Event &event) {
        record(event);
        if (recorder.steps.size() == 8) // the second step of the second picture
            stop.request_stop();
    };
    QVERIFY_EXCEPTION_THROWN(m_engine.generate(smallRequest(), context), engine::Cancelled);
    QCOMPARE(recorder.pictures.size(), std::size_t(1));
    QCOMPARE(recorder.steps.size(), std::size_t(8));
}

void PipelinesTest::stopAfterPictureFinishesTheOneInWork()
{
    Recorder recorder;
    engine::RunContext context = recorder.context();
    std::stop_source stop;
    stop.request_stop();
    context.stopAfterPicture = stop.get_token();
    m_engine.generate(smallRequest(), context);
    QCOMPARE(recorder.pictures.size(), std::size_t(1));
}

void PipelinesTest::badSizeIsRefusedInOneSentence()
{
    GenerateRequest request = smallRequest();
    request.width = 60;
    try {
        m_engine.generate(request, {});
        QFAIL("60 pixels were accepted");
    } catch (const engine::Error &error) {
        QCOMPARE(error.kind, engine::ErrorKind::BadRequest);
        QCOMPARE(error.subject, std::string("size"));
    }
}

void PipelinesTest::keptPixelsOfInpaintingAreUntouched()
{
    GenerateRequest request = smallRequest();
    request.count = 1;
    request.init = readImage(kGolden / "inputs" / "init_96x64.png");
    request.mask = readImage(kGolden / "inputs" / "mask_96x64.png");
    request.width = request.init.width;
    request.height = request.init.height;
    Recorder recorder;
    m_engine.generate(request, recorder.context());
    const engine::Image &result = recorder.pictures.at(0).image;
    std::size_t changed = 0;
    for (std::size_t i = 0; i < result.pixels.size(); ++i) {
        if (request.mask.pixels[i] < 128)
            QCOMPARE(int(result.pixels[i]), int(request.init.pixels[i]));
        else
            changed += result.pixels[i] != request.init.pixels[i];
    }
    QVERIFY(changed > 1000);
}

QTEST_GUILESS_MAIN(PipelinesTest)

#include "pipelines_test.moc"
