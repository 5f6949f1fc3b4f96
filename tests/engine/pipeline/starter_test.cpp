#include "engine/pipeline/torch_engine.h"

#include <QImage>
#include <QTest>

#include <cmath>

/// The model in resources/models/starter, as a fresh machine uses it.
class StarterTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void drawsItsExamples_data();
    void drawsItsExamples();
};

void StarterTest::drawsItsExamples_data()
{
    QTest::addColumn<QString>("prompt");
    QTest::addColumn<quint64>("seed");
    QTest::addColumn<QString>("picture");
    QTest::newRow("cat face") << "cat face" << quint64(1) << "cat-face.png";
    QTest::newRow("rocket") << "rocket" << quint64(3) << "rocket.png";
    QTest::newRow("pizza") << "pizza" << quint64(1) << "pizza.png";
}

void StarterTest::drawsItsExamples()
{
    QFETCH(const QString, prompt);
    QFETCH(const quint64, seed);
    QFETCH(const QString, picture);
    const std::filesystem::path resources = std::filesystem::path(TINCTURE_SOURCE) / "resources";
    const engine::ModelInfo info = engine::inspectModel(resources / "models/starter");
    engine::TorchEngine engine{engine::EngineOptions{}};
    engine::Image made;
    engine::RunContext context;
    context.emit = [&made](const engine::Event &event) {
        if (const auto *finished = std::get_if<engine::ImageFinished>(&event))
            made = finished->image;
    };
    engine.generate({.model = resources / "models/starter",
                     .prompt = prompt.toStdString(),
                     .sampler = info.defaultSampler,
                     .schedule = info.defaultSchedule,
                     .steps = info.defaultSteps,
                     .guidanceScale = info.defaultGuidance,
                     .seed = seed,
                     .precision = engine::Precision::Float32},
                    context);

    // The example was made in bfloat16: the same picture, not the same pixels. Two different ones are at 5 to 10 dB.
    const QImage want = QImage(QString::fromStdString((resources / "examples").string()) + u'/' + picture)
                            .convertToFormat(QImage::Format_RGB888);
    QCOMPARE(QSize(made.width, made.height), want.size());
    double squares = 0;
    for (int y = 0; y < made.height; ++y) {
        for (int i = 0; i < 3 * made.width; ++i)
            squares +=
                std::pow(want.constScanLine(y)[i] - made.pixels[static_cast<std::size_t>(3 * y * made.width + i)], 2);
    }
    const double psnr =
        10 * std::log10(255.0 * 255.0 * static_cast<double>(made.pixels.size()) / std::max(squares, 1.0));
    qInfo("PSNR %.1f dB", psnr);
    QVERIFY2(psnr > 18, qPrintable(QStringLiteral("%1 dB").arg(psnr)));
}

QTEST_GUILESS_MAIN(StarterTest)

#include "starter_test.moc"
