#include "engine/forward_process.h"
#include "tests/support/checkpoint_files.h"
#include "tests/support/create_workshop.h"
#include "ui/common/banner.h"
#include "ui/common/chart.h"
#include "ui/common/number_field.h"
#include "ui/common/segmented_control.h"
#include "ui/common/value_slider.h"
#include "ui/learn/forward_guess.h"
#include "ui/learn/forward_tile.h"
#include "ui/learn/forward_view.h"
#include "ui/learn/learn_page.h"

#include <QDir>
#include <QFile>
#include <QMimeData>

using namespace ui;

/// The Learn page with its first tab, over a studio with a small model.
struct Classroom
{
    explicit Classroom(bool hasModel = true) : workshop(hasModel)
    {
        QDir().mkpath(workshop.folder.filePath(QStringLiteral("resources/examples")));
        picture(QStringLiteral("resources/examples/cat-face.png"), QSize(64, 64));
        page = std::make_unique<LearnPage>(*workshop.studio);
        page->resize(1360, 840);
        page->showTab(QStringLiteral("forward"));
        page->show();
        (void)QTest::qWaitForWindowExposed(page.get());
        view = qobject_cast<ForwardView *>(page->tab(QStringLiteral("forward")));
    }

    QString picture(const QString &name, QSize size) const
    {
        QImage image(size, QImage::Format_RGB32);
        for (int y = 0; y < size.height(); ++y) {
            for (int x = 0; x < size.width(); ++x)
                image.setPixel(x, y, qRgb(255 * x / size.width(), 255 * y / size.height(), 128));
        }
        const QString path = workshop.folder.filePath(name);
        image.save(path, name.endsWith(QLatin1String("jpg")) ? "JPEG" : "PNG");
        return path;
    }
    void open(QSize size = QSize(64, 64)) const
    {
        view->open(picture(QStringLiteral("picture.png"), size));
        QTRY_VERIFY(!view->picture().isEmpty());
    }
    template <typename T>
    T *find(const char *name) const
    {
        return page->findChild<T *>(QLatin1String(name));
    }
    [[nodiscard]] QString banner() const
    {
        const Banner *found = view->findChild<Banner *>();
        return found->isEmpty() ? QString() : found->current().what;
    }

    Workshop workshop;
    std::unique_ptr<LearnPage> page;
    ForwardView *view = nullptr;
};

class ForwardPageTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void emptyPageSaysWhatToDo();
    void exampleOpensWithOnePress();
    void noisyPictureIsTheClosedForm();
    void everyFrameIsQuickEnough();
    void sliderKeysAndCurvesMoveT();
    void playRunsToTheEnd();
    void scheduleAndRangeMoveTheCurves();
    void wrongRangeIsSaidAndTheLastHolds();
    void freshNoiseChangesWithTAndTheSameDoesNot();
    void latentSpaceIsDecodedAMomentLater();
    void askingShowsTheGuessAndItsCurve();
    void askingFollowsT();
    void answerIsForgottenWithItsNoise();
    void faultOfTheEngineIsOneSentence();
    void withoutAModelPixelsStillWork();
    void unreadablePicturesAreSaid_data();
    void unreadablePicturesAreSaid();
    void hugePhotoIsScaledAndSaysSo();
    void hugePngIsScaledAndSaysSo();
    void pictureCanBeDropped();
    void explanationFolds();
};

void ForwardPageTest::emptyPageSaysWhatToDo()
{
    const Classroom room;
    QVERIFY(room.view->picture().isEmpty());
    QVERIFY(room.find<Button>("example0")->isVisible());
    QVERIFY(!room.find<Button>("forwardExport")->isEnabled());
    QVERIFY(!room.find<Button>("ask")->isEnabled());
}

void ForwardPageTest::exampleOpensWithOnePress()
{
    const Classroom room;
    room.find<Button>("example0")->click();
    QTRY_COMPARE(room.view->picture().name, QStringLiteral("cat-face.png"));
    QVERIFY(room.find<ForwardTile>("noisyTile")->isVisible());
    QVERIFY(room.page->status().left.contains(QStringLiteral("64 × 64")));
}

void ForwardPageTest::noisyPictureIsTheClosedForm()
{
    const Classroom room;
    room.open();
    const engine::LatentArray &clean = room.view->picture().pixels;
    const engine::LatentArray noise = engine::gaussianNoise(3, clean.height, clean.width, 1);
    for (const int t : {0, 111, 222, 300, 444, 555, 666, 777, 888, 999}) {
        room.view->setT(t);
        QImage wanted(64, 64, QImage::Format_RGB32);
        engine::noisyPixels(clean, noise, room.view->process().signal(t), room.view->process().noise(t),
                            reinterpret_cast<std::uint32_t *>(wanted.bits()));
        QCOMPARE(room.find<ForwardTile>("noisyTile")->image(), wanted);
    }
    // At the end it is the noise, to the half percent that linear beta leaves of the picture.
    const QImage noisy = room.find<ForwardTile>("noisyTile")->image();
    const QImage pure = room.find<ForwardTile>("noiseTile")->image();
    int most = 0;
    for (int y = 0; y < 64; ++y) {
        for (int x = 0; x < 64; ++x)
            most = std::max(most, std::abs(qGreen(noisy.pixel(x, y)) - qGreen(pure.pixel(x, y))));
    }
    QVERIFY(most <= 2);
}

void ForwardPageTest::everyFrameIsQuickEnough()
{
    // Not a measurement (forward_bench is): frames are made, and their time is told.
    const Classroom room;
    room.open(QSize(512, 512));
    for (int t = 0; t < 1000; t += 100)
        room.view->setT(t);
    QVERIFY(room.view->frameMs() > 0.0);
    QVERIFY(room.page->status().left.contains(QLatin1String("Frame in")));
}

void ForwardPageTest::sliderKeysAndCurvesMoveT()
{
    const Classroom room;
    room.open();
    room.find<ValueSlider>("t")->setValue(120);
    QCOMPARE(room.view->t(), 120);
    QTest::keyClick(room.view, Qt::Key_Right);
    QCOMPARE(room.view->t(), 121);
    QTest::keyClick(room.view, Qt::Key_Right, Qt::ShiftModifier);
    QCOMPARE(room.view->t(), 171);
    QTest::keyClick(room.view, Qt::Key_Home);
    QCOMPARE(room.view->t(), 0);
    auto *chart = room.find<Chart>("alphaBar");
    QTest::mouseClick(chart, Qt::LeftButton, {}, QPoint(int(std::lround(chart->pixelOf(500))), 40));
    QVERIFY(std::abs(room.view->t() - 500) <= 3);
    QCOMPARE(chart->marker(), double(room.view->t()));
    QCOMPARE(room.find<ValueSlider>("t")->intValue(), room.view->t());
}

void ForwardPageTest::playRunsToTheEnd()
{
    const Classroom room;
    room.open();
    room.view->setT(985);
    QTest::keyClick(room.view, Qt::Key_Space);
    QTRY_COMPARE(room.view->t(), 999);
    QTRY_VERIFY(!room.find<QAbstractButton>("play")->isChecked());
    room.find<QAbstractButton>("play")->click(); // from the start again
    QTRY_VERIFY(room.view->t() > 0 && room.view->t() < 500);
    room.find<QAbstractButton>("play")->click();
    const int stopped = room.view->t();
    QTest::qWait(80);
    QCOMPARE(room.view->t(), stopped);
}

void ForwardPageTest::scheduleAndRangeMoveTheCurves()
{
    const Classroom room;
    room.open();
    auto *schedule = room.find<QComboBox>("schedule");
    const double linear = room.view->process().alphaBar(500);
    schedule->setCurrentIndex(1);
    QVERIFY(room.view->process().alphaBar(500) != linear);
    QVERIFY(std::abs(room.view->process().sigma(999) - 14.6146) < 1e-3); // Stable Diffusion's
    schedule->setCurrentIndex(2);
    QVERIFY(!room.find<NumberField>("betaStart")->isEnabled());
    schedule->setCurrentIndex(3);
    QVERIFY(room.view->process().alphaBar(999) < 1e-6);
    schedule->setCurrentIndex(0);
    QCOMPARE(room.view->process().alphaBar(500), linear);
    room.find<NumberField>("betaEnd")->setValue(0.01);
    QVERIFY(room.view->process().alphaBar(500) > linear);
    const auto *curve = room.find<Chart>("alphaBar");
    QCOMPARE(curve->valueAt(0, 500), room.view->process().alphaBar(500));
}

void ForwardPageTest::wrongRangeIsSaidAndTheLastHolds()
{
    const Classroom room;
    room.open();
    const double before = room.view->process().alphaBar(500);
    auto *start = room.find<NumberField>("betaStart");
    start->setFocus();
    start->selectAll();
    QTest::keyClicks(start, QStringLiteral("0.5"));
    QVERIFY(!start->problem().isEmpty());
    QCOMPARE(room.view->process().alphaBar(500), before);
    start->selectAll();
    QTest::keyClicks(start, QStringLiteral("0.0002"));
    QTest::keyClick(start, Qt::Key_Return);
    QVERIFY(start->problem().isEmpty());
    QVERIFY(room.view->process().alphaBar(500) < before);
}

void ForwardPageTest::freshNoiseChangesWithTAndTheSameDoesNot()
{
    const Classroom room;
    room.open();
    const QImage first = room.find<ForwardTile>("noiseTile")->image();
    room.view->setT(301);
    QCOMPARE(room.find<ForwardTile>("noiseTile")->image(), first);
    room.find<SegmentedControl>("noise")->setCurrentIndex(1);
    room.view->setT(302);
    const QImage second = room.find<ForwardTile>("noiseTile")->image();
    QVERIFY(second != first);
    room.view->setT(303);
    QVERIFY(room.find<ForwardTile>("noiseTile")->image() != second);
    room.find<SegmentedControl>("noise")->setCurrentIndex(0);
    const QImage kept = room.find<ForwardTile>("noiseTile")->image();
    room.find<QAbstractButton>("dice")->click();
    QVERIFY(room.find<ForwardTile>("noiseTile")->image() != kept);
}

void ForwardPageTest::latentSpaceIsDecodedAMomentLater()
{
    const Classroom room;
    room.open();
    room.find<SegmentedControl>("space")->setCurrentIndex(1);
    // The fake decoder paints eight pixels a cell; the linear map one.
    auto *tile = room.find<ForwardTile>("noisyTile");
    QTRY_VERIFY(tile->property("decoded").toBool());
    QVERIFY(tile->image().width() > room.find<ForwardTile>("noiseTile")->image().width());
    room.view->setT(700);
    QCOMPARE(tile->image().size(), room.find<ForwardTile>("noiseTile")->image().size()); // at once
    QTRY_VERIFY(tile->image().width() > room.find<ForwardTile>("noiseTile")->image().width());
    room.find<SegmentedControl>("space")->setCurrentIndex(0);
    QCOMPARE(tile->image().size(), QSize(64, 64));
    QVERIFY(room.banner().isEmpty());
}

void ForwardPageTest::askingShowsTheGuessAndItsCurve()
{
    const Classroom room;
    room.open();
    room.find<Button>("ask")->click();
    const auto *guess = room.view->findChild<ForwardGuess *>();
    QTRY_VERIFY(guess->hasAnswer());
    // The fake model knows the noise.
    QVERIFY(room.find<QLabel>("noiseError")->text().contains(QLatin1String("correlation 1.000")));
    QTRY_COMPARE(guess->chart()->points(0).size(), 49);
    double last = -1.0;
    for (const QPointF &point : guess->chart()->points(0)) {
        QVERIFY(point.x() > last);
        QCOMPARE(point.y(), 0.25);
        last = point.x();
    }
    QCOMPARE(last, 999.0);
}

void ForwardPageTest::askingFollowsT()
{
    const Classroom room;
    room.open();
    room.find<Button>("ask")->click();
    const auto *title = room.find<QLabel>("guessTitle");
    QTRY_VERIFY(title->text().contains(QLatin1String("300")));
    for (int t = 310; t <= 400; t += 10)
        room.view->setT(t); // faster than it answers: the newest wins
    QTRY_VERIFY(title->text().contains(QLatin1String("400")));
    room.find<Button>("ask")->click(); // stop
    room.view->setT(500);
    QTest::qWait(100);
    QVERIFY(title->text().contains(QLatin1String("400")));
}

void ForwardPageTest::answerIsForgottenWithItsNoise()
{
    const Classroom room;
    room.open();
    room.find<Button>("ask")->click();
    const auto *guess = room.view->findChild<ForwardGuess *>();
    QTRY_VERIFY(guess->hasAnswer());
    room.find<QAbstractButton>("dice")->click();
    QVERIFY(!guess->hasAnswer());
    QTRY_VERIFY(guess->hasAnswer());
    room.find<SegmentedControl>("noise")->setCurrentIndex(1);
    for (int t = 310; t <= 400; t += 10)
        room.view->setT(t); // each with noise of its own
    QTRY_VERIFY(room.find<QLabel>("guessTitle")->text().contains(QLatin1String("400")));
    QVERIFY(room.find<QLabel>("noiseError")->text().contains(QLatin1String("correlation 1.000")));
    room.open(QSize(32, 48));
    QTRY_COMPARE(room.view->picture().image.size(), QSize(32, 48));
    QTRY_VERIFY(guess->hasAnswer());
}

void ForwardPageTest::faultOfTheEngineIsOneSentence()
{
    const Classroom room;
    room.open();
    room.find<SegmentedControl>("space")->setCurrentIndex(1);
    auto *tile = room.find<ForwardTile>("noisyTile");
    QTRY_VERIFY(tile->property("decoded").toBool());
    room.workshop.plan->error = engine::Error(engine::ErrorKind::WrongWeights, "starter.safetensors", "has no vae");
    room.view->setT(10);
    QTRY_VERIFY(room.banner().contains(QLatin1String("starter.safetensors")));
    QCOMPARE(room.find<SegmentedControl>("space")->currentIndex(), 0); // pixels go on
    room.view->setT(20);
    QCOMPARE(tile->image().size(), QSize(64, 64));
}

void ForwardPageTest::withoutAModelPixelsStillWork()
{
    const Classroom room(false);
    room.open();
    QVERIFY(!room.find<Button>("ask")->isEnabled());
    QVERIFY(!room.find<Button>("ask")->toolTip().isEmpty());
    room.find<SegmentedControl>("space")->setCurrentIndex(1);
    QCOMPARE(room.find<SegmentedControl>("space")->currentIndex(), 0);
    QVERIFY(!room.banner().isEmpty());
    room.view->setT(900);
    QVERIFY(!room.find<ForwardTile>("noisyTile")->image().isNull());
}

void ForwardPageTest::unreadablePicturesAreSaid_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::newRow("empty") << QByteArray();
    QTest::newRow("text") << QByteArray("no picture at all");
    QTest::newRow("cut short") << QByteArray("\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 16);
}

void ForwardPageTest::unreadablePicturesAreSaid()
{
    QFETCH(QByteArray, bytes);
    const Classroom room;
    room.open();
    const QString path = room.workshop.folder.filePath(QStringLiteral("broken.png"));
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(bytes);
    file.close();
    room.view->open(path);
    QTRY_VERIFY(room.banner().contains(QLatin1String("broken.png")));
    QCOMPARE(room.view->picture().name, QStringLiteral("picture.png")); // the one at hand stays
    room.view->open(room.workshop.folder.filePath(QStringLiteral("gone.png")));
    QTRY_COMPARE(room.view->findChild<Banner *>()->isEmpty(), false);
}

void ForwardPageTest::hugePhotoIsScaledAndSaysSo()
{
    const Classroom room;
    const QString path = room.picture(QStringLiteral("photo.jpg"), QSize(20000, 400));
    room.view->open(path);
    QTRY_VERIFY_WITH_TIMEOUT(!room.view->picture().isEmpty(), 20000);
    QCOMPARE(room.view->picture().image.width(), 512);
    QVERIFY(room.view->picture().wasScaled());
    QCOMPARE(room.view->picture().fullSize, QSize(20000, 400));
    QVERIFY(room.find<ElidedLabel>("forwardName")->text().contains(QLatin1String("20,000")));
}

void ForwardPageTest::hugePngIsScaledAndSaysSo()
{
    const Classroom room;
    QImage image(20000, 7000, QImage::Format_Mono);
    image.fill(1);
    const QString path = room.workshop.folder.filePath(QStringLiteral("map.png"));
    QVERIFY(image.save(path));
    room.view->open(path);
    QTRY_VERIFY_WITH_TIMEOUT(!room.view->picture().isEmpty(), 60000);
    QCOMPARE(room.view->picture().image.size(), QSize(512, 179));
    QCOMPARE(room.view->picture().fullSize, QSize(20000, 7000));
    QVERIFY(room.banner().isEmpty());
}

void ForwardPageTest::pictureCanBeDropped()
{
    const Classroom room;
    QMimeData data;
    data.setUrls({QUrl::fromLocalFile(room.picture(QStringLiteral("dropped.png"), QSize(40, 30)))});
    QDragEnterEvent enter(QPoint(100, 100), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(room.view, &enter);
    QVERIFY(enter.isAccepted());
    QDropEvent drop(QPointF(100, 100), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(room.view, &drop);
    QTRY_COMPARE(room.view->picture().name, QStringLiteral("dropped.png"));
}

void ForwardPageTest::explanationFolds()
{
    const Classroom room;
    QVERIFY(room.page->isExplained());
    const QString text = room.find<QLabel>("explanation")->accessibleName();
    const qsizetype words = text.split(u' ', Qt::SkipEmptyParts).size();
    QVERIFY2(words >= 40 && words <= 65, qPrintable(QString::number(words)));
    QTest::keyClick(room.view, Qt::Key_F1);
    QTRY_VERIFY(!room.page->isExplained());
    const LearnPage again(*room.workshop.studio); // remembered
    QVERIFY(!again.isExplained());
}

QTEST_MAIN(ForwardPageTest)
#include "forward_page_test.moc"
