// The large picture: whole-number zoom, zoom about the pointer, labels. The strip of steps.
#include "ui/common/theme.h"
#include "ui/create/canvas.h"
#include "ui/create/session_model.h"
#include "ui/create/step_strip.h"
#include "ui/create/words.h"

#include <QSignalSpy>
#include <QTest>
#include <QWheelEvent>

using namespace ui;

class CreateCanvasTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void zoomIsAWholeNumberWhereItFits_data();
    void zoomIsAWholeNumberWhereItFits();
    void aSmallPreviewTakesThePlaceOfThePicture();
    void wheelZoomsAboutThePointer();
    void exactPixelsAreSquares();
    void stripKeepsStepsInOrder();
    void stripShowsTicksForWhatIsToCome();
    void sessionKeepsTheNewestFirst();
    void durationsAreShort_data();
    void durationsAreShort();
};

void CreateCanvasTest::zoomIsAWholeNumberWhereItFits_data()
{
    QTest::addColumn<QSize>("picture");
    QTest::addColumn<QSize>("area");
    QTest::addColumn<double>("zoom");
    QTest::newRow("128 in a window") << QSize(128, 128) << QSize(690, 533) << 4.0;
    QTest::newRow("128 in the smallest window") << QSize(128, 128) << QSize(664, 388) << 3.0;
    QTest::newRow("exactly") << QSize(512, 512) << QSize(512, 512) << 1.0;
    QTest::newRow("too large") << QSize(1024, 512) << QSize(512, 512) << 0.5;
    QTest::newRow("nothing") << QSize() << QSize(512, 512) << 1.0;
}

void CreateCanvasTest::zoomIsAWholeNumberWhereItFits()
{
    QFETCH(QSize, picture);
    QFETCH(QSize, area);
    QFETCH(double, zoom);
    QCOMPARE(Canvas::fittingZoom(picture, area), zoom);
}

void CreateCanvasTest::aSmallPreviewTakesThePlaceOfThePicture()
{
    Canvas canvas;
    canvas.resize(600, 540);
    QImage preview(16, 16, QImage::Format_RGB888);
    preview.fill(Qt::red);
    canvas.setPicture(preview, {128, 128});
    QCOMPARE(canvas.zoom(), 4.0);
    const QImage shot = canvas.grab().toImage();
    QCOMPARE(shot.pixelColor(300, 20).name(), QColor(Qt::red).name()); // 512 high from row 14
    QCOMPARE(shot.pixelColor(300, 5), theme().color(Token::Canvas));
    QCOMPARE(shot.pixelColor(20, 270), theme().color(Token::Canvas));
}

void CreateCanvasTest::wheelZoomsAboutThePointer()
{
    Canvas canvas;
    canvas.resize(400, 400);
    QImage picture(100, 100, QImage::Format_RGB888);
    picture.fill(Qt::white);
    picture.setPixelColor(90, 10, Qt::red);
    canvas.setSmooth(false);
    canvas.setPicture(picture);
    QCOMPARE(canvas.zoom(), 4.0);
    const QPointF at(90 * 4 + 2, 10 * 4 + 2);
    QSignalSpy zoomed(&canvas, &Canvas::zoomChanged);
    for (int i = 0; i < 2; ++i) {
        QWheelEvent wheel(at, canvas.mapToGlobal(at), {}, {0, 120}, Qt::NoButton, Qt::NoModifier, Qt::NoScrollPhase,
                          false);
        QApplication::sendEvent(&canvas, &wheel);
    }
    QCOMPARE(canvas.zoom(), 8.0);
    QCOMPARE(zoomed.size(), 2);
    QCOMPARE(canvas.grab().toImage().pixelColor(at.toPoint()).name(), QColor(Qt::red).name());
    canvas.fit();
    QCOMPARE(canvas.zoom(), 4.0);
}

void CreateCanvasTest::exactPixelsAreSquares()
{
    Canvas canvas;
    canvas.resize(40, 40);
    QImage picture(2, 2, QImage::Format_RGB888);
    picture.fill(Qt::black);
    picture.setPixelColor(1, 0, Qt::white);
    canvas.setPicture(picture);
    canvas.setSmooth(false);
    QImage shot = canvas.grab().toImage();
    QCOMPARE(shot.pixelColor(18, 10).name(), QColor(Qt::black).name());
    QCOMPARE(shot.pixelColor(22, 10).name(), QColor(Qt::white).name());
    canvas.setSmooth(true);
    shot = canvas.grab().toImage();
    QVERIFY(shot.pixelColor(19, 10) != QColor(Qt::black));
}

void CreateCanvasTest::stripKeepsStepsInOrder()
{
    StepStrip strip;
    strip.resize(700, 84);
    strip.start(20);
    QImage preview(16, 16, QImage::Format_RGB888);
    for (const int step : {1, 2, 4, 3, 5}) {
        preview.fill(QColor(step * 10, 0, 0));
        strip.addStep(step, preview);
    }
    QCOMPARE(strip.count(), 5);
    QCOMPARE(strip.newestStep(), 5);
    QCOMPARE(strip.preview(3).pixelColor(0, 0), QColor(30, 0, 0));
    QVERIFY(strip.preview(9).isNull());
    QSignalSpy chosen(&strip, &StepStrip::stepChosen);
    QTest::mouseClick(&strip, Qt::LeftButton, {}, {16 + 2 * 50 + 22, 30});
    QCOMPARE(chosen.last().at(0).toInt(), 3);
    QCOMPARE(strip.shownStep(), 3);
    QTest::mouseClick(&strip, Qt::LeftButton, {}, {16 + 4 * 50 + 22, 30});
    QCOMPARE(chosen.last().at(0).toInt(), 0); // the newest: what forms
    QTest::keyClick(&strip, Qt::Key_Home);
    QCOMPARE(chosen.last().at(0).toInt(), 1);
    strip.start(10);
    QCOMPARE(strip.count(), 0);
    QCOMPARE(strip.shownStep(), 0);
}

void CreateCanvasTest::stripShowsTicksForWhatIsToCome()
{
    StepStrip strip;
    strip.resize(700, 84);
    strip.start(20);
    const QColor tick = theme().color(Token::Line);
    const auto ticks = [&strip, tick] {
        const QImage shot = strip.grab().toImage();
        int count = 0;
        for (int x = 1; x < shot.width(); ++x)
            count += shot.pixelColor(x, 34) == tick && shot.pixelColor(x - 1, 34) != tick;
        return count;
    };
    QCOMPARE(ticks(), 20);
    QImage preview(16, 16, QImage::Format_RGB888);
    preview.fill(Qt::white);
    for (int step = 1; step <= 8; ++step)
        strip.addStep(step, preview);
    QCOMPARE(ticks(), 12);
    strip.finish();
    QCOMPARE(ticks(), 0);
}

void CreateCanvasTest::sessionKeepsTheNewestFirst()
{
    SessionModel model;
    const auto add = [&model](quint64 seed) {
        SessionPicture picture;
        picture.job = 1;
        picture.index = int(seed);
        picture.seed = seed;
        picture.image = QImage(8, 8, QImage::Format_RGB888);
        return model.add(picture);
    };
    const qint64 first = add(0);
    model.setForming({}, 0.5, QStringLiteral("owl"));
    const qint64 second = add(1);
    QCOMPARE(model.rowCount(), 3);
    QCOMPARE(model.index(0, 0).data(SessionModel::FormingRole).toDouble(), 0.5);
    QCOMPARE(model.indexOf(second).row(), 1);
    QCOMPARE(model.indexOf(first).row(), 2);
    QVERIFY(model.at(model.formingIndex()) == nullptr);
    model.endForming();
    QCOMPARE(model.indexOf(second).row(), 0);
    model.setNewestFirst(false);
    QCOMPARE(model.indexOf(second).row(), 1);
    model.setFile(1, 0, QStringLiteral("/a.png"));
    model.removeFile(QStringLiteral("/a.png"));
    QCOMPARE(model.pictures(), 1);
    QVERIFY(model.find(first) == nullptr);
}

void CreateCanvasTest::durationsAreShort_data()
{
    QTest::addColumn<double>("seconds");
    QTest::addColumn<QString>("text");
    QTest::newRow("tenths") << 0.83 << "0.8 s";
    QTest::newRow("seconds") << 16.2 << "16 s";
    QTest::newRow("minutes") << 92.0 << "1 min 32 s";
    QTest::newRow("hours") << 7500.0 << "2 h 5 min";
    QTest::newRow("rounded up") << 9.96 << "10 s";
    QTest::newRow("no 60 s") << 59.7 << "1 min 0 s";
}

void CreateCanvasTest::durationsAreShort()
{
    QFETCH(double, seconds);
    QFETCH(QString, text);
    QCOMPARE(durationText(seconds), text);
}

QTEST_MAIN(CreateCanvasTest)
#include "create_canvas_test.moc"
