#include "tests/support/compare_world.h"
#include "ui/common/segmented_control.h"

#include <QApplication>
#include <QWheelEvent>

class CompareModesTest : public QObject, private CompareFixture
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { installTheme(); }
    void init() { open(); }
    void cleanup() { close(); }

    void dividerSeparatesTheTwoPictures();
    void dividerFollowsPointerAndKeys();
    void sideBySideShowsBothAtOnce();
    void flickerShowsOneThenTheOther();
    void differenceIsDrawnInHeatColours();
    void overlayMixesBoth();
    void gridShowsTheSamePartInEveryCell();
    void zoomIsSharedAndStaysUnderThePointer();
    void exactPixelsAreSquares();
    void otherSizesAreFittedAndSaid();
    void largePicturesAreDrawnInEveryMode();
};

void CompareModesTest::dividerSeparatesTheTwoPictures()
{
    compare({world->red, world->blue});
    QCOMPARE(view()->mode(), CompareMode::Slider);
    QVERIFY(isNear(at(inside(0, 0.25, 0.25)), kRed));
    QVERIFY(isNear(at(inside(0, 0.75, 0.25)), kBlue));
    view()->setDivider(0.9);
    QVERIFY(isNear(at(inside(0, 0.75, 0.25)), kRed));
    view()->setDivider(0.5);
    // The handle and the line are the accent's.
    QVERIFY(isNear(at(inside(0, 0.5, 0.9)), ui::theme().color(ui::Token::Accent), 6));
    key(Qt::Key_V);
    QVERIFY(!view()->isUpright());
    QVERIFY(isNear(at(inside(0, 0.25, 0.3)), kRed));
    QVERIFY(isNear(at(inside(0, 0.25, 0.75)), kBlue));
}

void CompareModesTest::dividerFollowsPointerAndKeys()
{
    compare({world->red, world->blue});
    const QRectF target = view()->targetOf(0);
    QTest::mousePress(view(), Qt::LeftButton, {}, inside(0, 0.5, 0.4).toPoint());
    QTest::mouseMove(view(), inside(0, 0.25, 0.4).toPoint());
    QVERIFY(std::abs(view()->divider() - 0.25) * target.width() <= 1.0);
    QVERIFY(isNear(at(inside(0, 0.3, 0.4)), kBlue));
    QTest::mouseRelease(view(), Qt::LeftButton, {}, inside(0, 0.25, 0.4).toPoint());
    const double before = view()->divider() * target.width();
    key(Qt::Key_Right);
    QVERIFY(std::abs(view()->divider() * target.width() - before - 1.0) <= 0.6);
    key(Qt::Key_Right, Qt::ShiftModifier);
    QVERIFY(std::abs(view()->divider() * target.width() - before - 11.0) <= 0.6);
    key(Qt::Key_Left);
    QVERIFY(std::abs(view()->divider() * target.width() - before - 10.0) <= 0.6);
    key(Qt::Key_Home);
    QCOMPARE(view()->divider(), 0.0);
    key(Qt::Key_Left);
    QCOMPARE(view()->divider(), 0.0);
}

void CompareModesTest::sideBySideShowsBothAtOnce()
{
    compare({world->red, world->blue});
    page->setMode(CompareMode::SideBySide);
    QVERIFY(isNear(at(inside(0, 0.5, 0.5)), kRed));
    QVERIFY(isNear(at(inside(1, 0.5, 0.5)), kBlue));
    QVERIFY(!view()->cellOf(0).intersects(view()->cellOf(1)));
}

void CompareModesTest::flickerShowsOneThenTheOther()
{
    compare({world->red, world->blue});
    page->setMode(CompareMode::Flicker);
    QSignalSpy flickered(view(), &ui::CompareView::flickered);
    view()->setFlickerMs(200);
    QVERIFY(isNear(at(inside(0, 0.5, 0.5)), kRed));
    QVERIFY(flickered.wait(2000));
    QVERIFY(isNear(at(inside(0, 0.5, 0.5)), kBlue));
    key(Qt::Key_Space);
    QVERIFY(!view()->isFlickering());
    flickered.clear();
    QVERIFY(!flickered.wait(350));
    key(Qt::Key_Period);
    QCOMPARE(flickered.size(), 1);
    view()->setFlickerMs(1); // would be more than three flashes a second
    QCOMPARE(view()->flickerMs(), 200);
}

void CompareModesTest::differenceIsDrawnInHeatColours()
{
    const QString near = world->write(QStringLiteral("near"), QColor(210, 40, 40), {64, 64}, 7.0, "cat");
    compare({world->red, near});
    page->setMode(CompareMode::Difference);
    const auto heat = [](double value) { return ui::heatColor(value); };
    QTRY_VERIFY(isNear(at(inside(0, 0.5, 0.5)), heat(10 / 255.0)));
    auto *gain = page->findChild<ui::SegmentedControl *>(QStringLiteral("differenceGain"));
    gain->setCurrentIndex(1);
    QTRY_VERIFY(isNear(at(inside(0, 0.5, 0.5)), heat(40 / 255.0)));
    key(Qt::Key_BracketRight);
    QCOMPARE(gain->currentIndex(), 2);
    QTRY_VERIFY(isNear(at(inside(0, 0.5, 0.5)), heat(160 / 255.0)));
    // 10 of 255 in one of three channels.
    QVERIFY(page->status().left.contains(QStringLiteral("PSNR 32.9 dB")));
}

void CompareModesTest::overlayMixesBoth()
{
    compare({world->red, world->blue});
    page->setMode(CompareMode::Overlay);
    const auto mixed = [](double share) {
        return QColor(int(kRed.red() + (kBlue.red() - kRed.red()) * share),
                      int(kRed.green() + (kBlue.green() - kRed.green()) * share),
                      int(kRed.blue() + (kBlue.blue() - kRed.blue()) * share));
    };
    QVERIFY(isNear(at(inside(0, 0.5, 0.5)), mixed(0.5), 4));
    view()->setOpacity(0.25);
    QVERIFY(isNear(at(inside(0, 0.5, 0.5)), mixed(0.25), 4));
    view()->setOpacity(0.0);
    QVERIFY(isNear(at(inside(0, 0.5, 0.5)), kRed));
}

void CompareModesTest::gridShowsTheSamePartInEveryCell()
{
    compare({world->red, world->blue, world->green});
    QCOMPARE(view()->mode(), CompareMode::Grid);
    const QList<QColor> colours = {kRed, kBlue, kGreen};
    for (int i = 0; i < 3; ++i)
        QVERIFY(isNear(at(inside(i, 0.5, 0.5)), colours.at(i)));
    view()->setZoom(16.0);
    for (int i = 1; i < 3; ++i) {
        const QPointF offset = view()->targetOf(i).topLeft() - view()->cellOf(i).topLeft();
        const QPointF first = view()->targetOf(0).topLeft() - view()->cellOf(0).topLeft();
        QVERIFY((offset - first).manhattanLength() <= 2.0);
        QCOMPARE(view()->targetOf(i).size(), view()->targetOf(0).size());
    }
    key(Qt::Key_L);
    QVERIFY(!view()->isLinked());
    QTest::mousePress(view(), Qt::LeftButton, {}, view()->cellOf(1).center().toPoint());
    QTest::mouseMove(view(), view()->cellOf(1).center().toPoint() + QPoint(40, 30));
    QTest::mouseRelease(view(), Qt::LeftButton, {}, view()->cellOf(1).center().toPoint() + QPoint(40, 30));
    const QPointF moved = view()->targetOf(1).topLeft() - view()->cellOf(1).topLeft();
    const QPointF stayed = view()->targetOf(0).topLeft() - view()->cellOf(0).topLeft();
    QVERIFY((moved - stayed - QPointF(40, 30)).manhattanLength() <= 3.0);
    // A click chooses what is compared with A.
    QTest::mouseClick(view(), Qt::LeftButton, {}, view()->cellOf(2).center().toPoint());
    QCOMPARE(view()->second(), 2);
}

void CompareModesTest::zoomIsSharedAndStaysUnderThePointer()
{
    compare({world->red, world->blue});
    view()->setZoom(24.0); // larger than the page both ways: nothing needs to be moved into the middle
    const QPointF pointer = inside(0, 0.45, 0.6);
    QWheelEvent wheel(pointer, view()->mapToGlobal(pointer), {}, {0, 120}, {}, {}, Qt::NoScrollPhase, false);
    const double before = view()->zoom();
    QApplication::sendEvent(view(), &wheel);
    QVERIFY(view()->zoom() > before);
    const QPointF after = inside(0, 0.45, 0.6);
    QVERIFY((after - pointer).manhattanLength() <= 3.0);
    const double zoomed = view()->zoom();
    page->setMode(CompareMode::Overlay);
    QCOMPARE(view()->zoom(), zoomed);
    page->setMode(CompareMode::SideBySide);
    QCOMPARE(view()->zoom(), zoomed);
    key(Qt::Key_0, Qt::ControlModifier);
    QVERIFY(view()->isFitted());
    key(Qt::Key_0, Qt::AltModifier);
    QCOMPARE(view()->zoom(), 1.0);
}

void CompareModesTest::exactPixelsAreSquares()
{
    QImage image(2, 1, QImage::Format_RGB32);
    image.setPixel(0, 0, qRgb(255, 0, 0));
    image.setPixel(1, 0, qRgb(0, 0, 255));
    const QString path = world->folder.filePath(QStringLiteral("two.png"));
    QVERIFY(image.save(path));
    compare({path, world->red});
    page->setMode(CompareMode::Grid);
    view()->setNamesShown(false);
    const QPointF nearMiddle = inside(0, 0.45, 0.5);
    QVERIFY(!isNear(at(nearMiddle), QColor(255, 0, 0), 10));
    key(Qt::Key_E);
    QVERIFY(isNear(at(nearMiddle), QColor(255, 0, 0), 1));
}

void CompareModesTest::otherSizesAreFittedAndSaid()
{
    compare({world->red, world->wide});
    QVERIFY2(page->status().left.contains(QStringLiteral("fitted to A's 64 × 64: B (128 × 64)")),
             qPrintable(page->status().left));
    view()->setDivider(0.0);
    QVERIFY(isNear(at(inside(0, 0.5, 0.5)), kGreen));
    QVERIFY(isNear(at(inside(0, 0.5, 0.1)), ui::theme().color(ui::Token::Canvas)));
    compare({world->red, world->blue});
    QVERIFY(page->status().left.contains(QStringLiteral("both 64 × 64")));
}

void CompareModesTest::largePicturesAreDrawnInEveryMode()
{
    for (const QColor &colour : {kRed, kBlue})
        world->write(colour.name().mid(1), colour, {2048, 2048}, 7.0, "large");
    const QDir folder(world->folder.filePath(QStringLiteral("pictures")));
    compare({folder.filePath(kRed.name().mid(1)) + QStringLiteral(".png"),
             folder.filePath(kBlue.name().mid(1)) + QStringLiteral(".png")});
    QVERIFY(model()->at(1).isReady());
    for (int mode = 0; mode < 6; ++mode) {
        page->setMode(CompareMode(mode));
        waitUntilRead();
        for (const double zoom : {0.21, 0.5, 1.0, 3.0}) {
            view()->setZoom(zoom);
            const QPointF point = view()->cellOf(0).center() - QPointF(40, 40);
            QTRY_VERIFY(at(point) != ui::theme().color(ui::Token::Canvas)); // the map is coloured in the background
            if (view()->mode() == CompareMode::Slider)
                QVERIFY(isNear(at(point), kRed));
        }
    }
}

QTEST_MAIN(CompareModesTest)
#include "compare_modes_test.moc"
