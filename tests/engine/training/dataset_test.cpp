#include "engine/error.h"
#include "engine/training/dataset.h"
#include "tests/support/training_pictures.h"

#include <QTemporaryDir>
#include <QTest>

namespace fs = std::filesystem;

class DatasetTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void captionsComeFromFilesBesideThePictures();
    void subfoldersNameTheirPictures();
    void tableOfCaptionsGoesFirst();
    void brokenPictureIsNamedAndCounted();
    void transparentPicturesAreOnWhite();
    void middleSquareIsTaken();
    void captionsBecomePaddedIds();
    void samplerDrawsByWeightAndDropsCaptions();

private:
    [[nodiscard]] fs::path folder() const { return m_folder->path().toStdString(); }

    std::unique_ptr<QTemporaryDir> m_folder;
};

void DatasetTest::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
}

void DatasetTest::captionsComeFromFilesBesideThePictures()
{
    tests::writeTrainingPicture(folder() / "b.png", 1);
    tests::writeTextFile(folder() / "b.txt", "  a red square \r\n\na square\n");
    tests::writeTrainingPicture(folder() / "a.png", 2);
    tests::writeTextFile(folder() / "notes.md", "not a picture");
    const auto pictures = engine::findPictures(folder());
    QCOMPARE(pictures.size(), std::size_t(2));
    QCOMPARE(pictures[0].file.filename().string(), std::string("a.png")); // sorted
    QVERIFY(pictures[0].captions.empty());
    QCOMPARE(pictures[1].captions.size(), std::size_t(2));
    QCOMPARE(pictures[1].captions[0].text, std::string("a red square"));
    QCOMPARE(pictures[1].captions[1].text, std::string("a square"));
}

void DatasetTest::subfoldersNameTheirPictures()
{
    tests::writeTrainingPicture(folder() / "animals" / "red_cat" / "1.png", 1);
    const auto pictures = engine::findPictures(folder());
    QCOMPARE(pictures.size(), std::size_t(1));
    QCOMPARE(pictures[0].captions.size(), std::size_t(1));
    QCOMPARE(pictures[0].captions[0].text, std::string("red cat"));
}

void DatasetTest::tableOfCaptionsGoesFirst()
{
    tests::writeTrainingPicture(folder() / "cat" / "1.png", 1);
    tests::writeTrainingPicture(folder() / "2.png", 2);
    tests::writeTextFile(folder() / "captions.jsonl",
                         "{\"file\": \"cat/1.png\", \"weight\": 0.5, \"captions\": [\"a cat\", {\"text\": \"eine "
                         "Katze\", \"weight\": 0.25}]}\n{\"file_name\": \"2.png\", \"text\": \"two\"}\n");
    const auto pictures = engine::findPictures(folder());
    QCOMPARE(pictures.size(), std::size_t(2));
    QCOMPARE(pictures[0].captions[0].text, std::string("two"));
    QCOMPARE(pictures[1].weight, 0.5);
    QCOMPARE(pictures[1].captions.size(), std::size_t(2));
    QCOMPARE(pictures[1].captions[1].text, std::string("eine Katze"));
    QCOMPARE(pictures[1].captions[1].weight, 0.25);
}

void DatasetTest::brokenPictureIsNamedAndCounted()
{
    tests::writeTrainingPicture(folder() / "good.png", 1);
    tests::writeTextFile(folder() / "bad.jpg", "this is no picture");
    std::vector<std::string> notices;
    const engine::DecodedPictures decoded =
        engine::decodePictures(engine::findPictures(folder()), 16, {}, {.emit = [&](const engine::Event &event) {
                                   if (const auto *notice = std::get_if<engine::Notice>(&event))
                                       notices.push_back(notice->text);
                               }});
    QCOMPARE(decoded.skipped, 1);
    QCOMPARE(decoded.used.size(), std::size_t(1));
    QCOMPARE(decoded.pictures.size(0), 1);
    QCOMPARE(notices.size(), std::size_t(1));
    QVERIFY2(notices[0].find("bad.jpg") != std::string::npos, notices[0].c_str());
}

void DatasetTest::transparentPicturesAreOnWhite()
{
    // A 2x2 PNG, all of it transparent black.
    const QByteArray png = QByteArray::fromBase64(
        "iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAYAAABytg0kAAAAC0lEQVR4nGNgQAcAABIAAXfx+gAAAAAASUVORK5CYII=");
    tests::writeTextFile(folder() / "clear.png", png.toStdString());
    const auto decoded = engine::decodePictures(engine::findPictures(folder()), 8, {}, {});
    QVERIFY(decoded.pictures.eq(255).all().item<bool>());
}

void DatasetTest::middleSquareIsTaken()
{
    engine::Image wide{.width = 48, .height = 16};
    wide.pixels.assign(std::size_t(3) * 48 * 16, 0);
    for (std::size_t y = 0; y < 16; ++y) {
        for (std::size_t x = 16; x < 32; ++x)
            wide.pixels[3 * (y * 48 + x)] = 255; // red
    }
    engine::writePng(folder() / "wide.png", wide);
    const auto decoded = engine::decodePictures(engine::findPictures(folder()), 8, {}, {});
    QVERIFY(decoded.pictures[0][0].eq(255).all().item<bool>());
    QVERIFY(decoded.pictures[0][1].eq(0).all().item<bool>());
}

void DatasetTest::captionsBecomePaddedIds()
{
    tests::writeTrainingSet(folder(), 6);
    const auto decoded = engine::decodePictures(engine::findPictures(folder()), 16, {}, {});
    const auto vocabulary = engine::Vocabulary::train(engine::captionTexts(decoded.used), 40);
    const engine::PreparedData data = engine::prepareData(decoded, &vocabulary, 12);
    QCOMPARE(data.count(), 6);
    QCOMPARE(data.tokens.size(0), 6);
    QCOMPARE(data.tokens.size(1), 12);
    QVERIFY(data.tokens.ge(0).all().item<bool>() && data.tokens.lt(vocabulary.size()).all().item<bool>());
    QVERIFY(data.tokens.eq(1).sum(1).eq(1).all().item<bool>()); // each has one end
    QCOMPARE(data.emptyTokens[0].item<int>(), 1);
    QVERIFY(data.emptyTokens.slice(0, 1).eq(0).all().item<bool>());

    const fs::path file = folder() / "prepared.safetensors";
    engine::savePreparedData(file, data);
    const engine::PreparedData again = engine::loadPreparedData(file);
    QVERIFY(torch::equal(again.pictures, data.pictures));
    QVERIFY(torch::equal(again.tokens, data.tokens));
    QVERIFY(torch::equal(again.captionStarts, data.captionStarts));
}

void DatasetTest::samplerDrawsByWeightAndDropsCaptions()
{
    const engine::PreparedData data{.pictures = torch::zeros({3, 3, 8, 8}, torch::kUInt8),
                                    .weights = torch::tensor({1.0F, 0.0F, 3.0F}),
                                    .tokens = torch::tensor({{5, 1}, {6, 1}, {7, 1}}, torch::kInt32),
                                    .captionStarts = torch::tensor({0, 1, 1, 3}, torch::kInt64),
                                    .captionWeights = torch::tensor({1.0F, 1.0F, 3.0F}),
                                    .emptyTokens = torch::tensor({1, 0}, torch::kInt32)};
    const torch::Generator generator = at::detail::createCPUGenerator(3);
    const engine::Batch all = engine::BatchSampler(data, torch::kCPU, 0.0).draw(4000, generator);
    QCOMPARE(all.indices.eq(0).sum().item<int>(), 1000); // a batch covers the set evenly
    QCOMPARE(all.indices.eq(1).sum().item<int>(), 0);
    const torch::Tensor first = all.tokens.select(1, 0);
    QVERIFY(first.index_select(0, all.indices.eq(0).nonzero().flatten()).eq(5).all().item<bool>());
    // A quarter of 3000 with a deviation of sqrt(3000 * 3 / 16) = 24.
    QVERIFY(std::abs(first.eq(6).sum().item<int>() - 750) < 5 * 24);
    const engine::Batch dropped = engine::BatchSampler(data, torch::kCPU, 0.5).draw(4000, generator);
    QVERIFY(std::abs(dropped.tokens.select(1, 0).eq(1).sum().item<int>() - 2000) < 5 * 32);
}

QTEST_GUILESS_MAIN(DatasetTest)

#include "dataset_test.moc"
