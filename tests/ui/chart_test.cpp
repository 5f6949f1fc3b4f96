#include "ui/common/chart.h"
#include "ui/common/formula.h"

#include <QElapsedTimer>
#include <QSignalSpy>
#include <QTest>

#include <cmath>

using ui::Chart;
using ui::ChartLine;
using ui::ChartScale;

class ChartTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void numbersReadLikeNumbers_data();
    void numbersReadLikeNumbers();
    void valuesBetweenPointsLieOnALine();
    void pixelsAndValuesAgree();
    void pointerShowsTheNearestValue();
    void keysWalkAlongTheCurve();
    void pressingChoosesAnX();
    void manyPointsArePaintedAsTheirEnvelope();
    void gapsAndOddValuesAreHarmless();
    void barsFillTheirShare();
    void legendNamesTheCurves();
    void formulasMeasureWhatTheyDraw();

private:
    static QImage painted(QWidget &widget)
    {
        QImage image(widget.size(), QImage::Format_RGB32);
        image.fill(ui::theme().color(ui::Token::Window));
        widget.render(&image, {}, {}, QWidget::DrawChildren);
        return image;
    }
    static int inked(const QImage &image, const QRect &part)
    {
        int count = 0;
        const QRgb ground = ui::theme().color(ui::Token::Window).rgb();
        for (int y = part.top(); y <= part.bottom(); ++y) {
            for (int x = part.left(); x <= part.right(); ++x)
                count += image.pixel(x, y) != ground ? 1 : 0;
        }
        return count;
    }
    static QVector<QPointF> line(int count)
    {
        QVector<QPointF> points;
        for (int i = 0; i < count; ++i)
            points.append({double(i), double(i) / count});
        return points;
    }
};

void ChartTest::numbersReadLikeNumbers_data()
{
    QTest::addColumn<double>("value");
    QTest::addColumn<QString>("text");
    QTest::newRow("zero") << 0.0 << QStringLiteral("0");
    QTest::newRow("quarter") << 0.25 << QStringLiteral("0.25");
    QTest::newRow("three figures") << 0.39412 << QStringLiteral("0.394");
    QTest::newRow("thousands") << 30000.0 << QStringLiteral("30,000");
    QTest::newRow("negative") << -40.0 << QStringLiteral("−40");
    QTest::newRow("small") << 1e-6 << QStringLiteral("10⁻⁶");
    QTest::newRow("small with figures") << 9.8e-5 << QStringLiteral("9.8 × 10⁻⁵");
    QTest::newRow("not a number") << std::nan("") << QStringLiteral("–");
}

void ChartTest::numbersReadLikeNumbers()
{
    QFETCH(double, value);
    QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates));
    QTEST(ui::chartNumber(value), "text");
}

void ChartTest::valuesBetweenPointsLieOnALine()
{
    Chart chart;
    const int curve = chart.addCurve({});
    chart.setPoints(curve, {{0, 0}, {10, 1}, {20, 0}});
    QCOMPARE(chart.valueAt(curve, 5), 0.5);
    QCOMPARE(chart.valueAt(curve, 10), 1.0);
    QCOMPARE(chart.valueAt(curve, 15), 0.5);
    chart.setYAxis({.scale = ChartScale::Logarithmic});
    chart.setPoints(curve, {{0, 0.01}, {10, 1}, {20, 0.01}});
    QVERIFY(std::abs(chart.valueAt(curve, 5) - 0.1) < 1e-12); // as it is drawn
    QVERIFY(std::isnan(chart.valueAt(curve, -1)));
    QVERIFY(std::isnan(chart.valueAt(curve, 21)));
}

void ChartTest::pixelsAndValuesAgree()
{
    Chart chart;
    chart.resize(400, 200);
    chart.setXAxis({.minimum = 0.0, .maximum = 999.0});
    for (const double x : {0.0, 300.0, 999.0})
        QVERIFY(std::abs(chart.xAt(chart.pixelOf(x)) - x) < 1e-9);
    chart.setXAxis({.scale = ChartScale::Logarithmic, .minimum = 1.0, .maximum = 1000.0});
    QVERIFY(std::abs(chart.xAt(chart.plotRect().center().x()) - std::sqrt(1000.0)) < 1e-6);
}

void ChartTest::pointerShowsTheNearestValue()
{
    Chart chart;
    chart.resize(400, 200);
    chart.setXAxis({.name = QStringLiteral("step")});
    chart.addCurve({.name = QStringLiteral("loss")});
    chart.setPoints(0, line(100));
    chart.show();
    QVERIFY(QTest::qWaitForWindowExposed(&chart));
    QTest::mouseMove(&chart, QPoint(int(chart.pixelOf(40.3)), 60));
    QTRY_COMPARE(chart.pointedX(), 40.0);
    QCOMPARE(chart.pointedText(), (QStringList{QStringLiteral("step 40"), QStringLiteral("loss 0.4")}));
    QVERIFY(chart.accessibleDescription().contains(QLatin1String("loss 0.4")));
    QTest::mouseMove(&chart, QPoint(1, 199)); // below the axes' texts at the left
    QTRY_VERIFY(std::isnan(chart.pointedX()));
}

void ChartTest::keysWalkAlongTheCurve()
{
    Chart chart;
    chart.resize(400, 200);
    chart.addCurve({.name = QStringLiteral("loss")});
    chart.setPoints(0, line(100));
    chart.setMarker(50);
    QSignalSpy chosen(&chart, &Chart::chosen);
    QTest::keyClick(&chart, Qt::Key_Right);
    QCOMPARE(chart.pointedX(), 50.0); // the first key shows where the marker is
    QTest::keyClick(&chart, Qt::Key_Right);
    QCOMPARE(chart.pointedX(), 51.0);
    QTest::keyClick(&chart, Qt::Key_Left, Qt::ShiftModifier);
    QCOMPARE(chart.pointedX(), 46.0);
    QTest::keyClick(&chart, Qt::Key_Return);
    QCOMPARE(chosen.at(0).at(0).toDouble(), 46.0);
    QTest::keyClick(&chart, Qt::Key_End);
    QCOMPARE(chart.pointedX(), 99.0);
    QTest::keyClick(&chart, Qt::Key_Escape);
    QVERIFY(std::isnan(chart.pointedX()));
}

void ChartTest::pressingChoosesAnX()
{
    Chart chart;
    chart.resize(400, 200);
    chart.setXAxis({.minimum = 0.0, .maximum = 100.0});
    chart.addCurve({});
    QSignalSpy chosen(&chart, &Chart::chosen);
    QTest::mouseClick(&chart, Qt::LeftButton, {}, QPoint(int(std::lround(chart.pixelOf(25))), 60));
    QCOMPARE(chosen.size(), 1);
    QVERIFY(std::abs(chosen.at(0).at(0).toDouble() - 25.0) < 0.5);
}

void ChartTest::manyPointsArePaintedAsTheirEnvelope()
{
    // Of a hundred thousand points one stands out: it must be on the picture.
    Chart chart;
    chart.resize(500, 200);
    chart.setYAxis({.minimum = 0.0, .maximum = 1.0});
    chart.addCurve({.line = ChartLine::Thin});
    for (int i = 0; i < 100'000; ++i)
        chart.appendPoint(0, {double(i), i == 50'000 ? 0.95 : 0.05});
    const QRectF plot = chart.plotRect();
    const int x = int(chart.pixelOf(50'000));
    const QImage image = painted(chart);
    // Between the grid lines at 0.8 and 1.
    const int y = int(plot.bottom() - 0.9 * plot.height());
    QVERIFY(inked(image, QRect(x - 3, y, 7, 1)) > 0);
    QCOMPARE(inked(image, QRect(x + 20, y, 60, 1)), 0);
}

void ChartTest::gapsAndOddValuesAreHarmless()
{
    Chart chart;
    chart.resize(300, 150);
    chart.setEmptyText(QStringLiteral("Nothing yet"));
    (void)painted(chart);
    chart.addCurve({});
    (void)painted(chart);
    chart.setPoints(0, {{0, 1}, {1, std::nan("")}, {2, INFINITY}, {3, 2}});
    (void)painted(chart);
    chart.setPoints(0, {{5, 5}}); // one point, no range
    (void)painted(chart);
    chart.setYAxis({.scale = ChartScale::Logarithmic});
    chart.setPoints(0, {{0, 0.0}, {1, -1.0}, {2, 1e-3}, {3, 1e3}});
    (void)painted(chart);
    chart.setMarker(1);
    chart.addCurve({.name = QStringLiteral("rate"), .line = ChartLine::Dotted, .hasOwnScale = true});
    chart.setPoints(1, {{0, 0.0}, {3, 1e-4}});
    (void)painted(chart);
    chart.resize(8, 8);
    (void)painted(chart);
    chart.clear();
    QTest::keyClick(&chart, Qt::Key_Left);
    QCOMPARE(chart.curves(), 0);
}

void ChartTest::barsFillTheirShare()
{
    Chart chart;
    chart.resize(300, 200);
    chart.setLeftMargin(-1);
    chart.setXAxis({.minimum = 0.0, .maximum = 2.0});
    chart.setYAxis({.minimum = 0.0, .maximum = 1.0});
    chart.addCurve({.line = ChartLine::Bars});
    chart.setPoints(0, {{0.5, 0.5}, {1.5, 0.0}});
    const QImage image = painted(chart);
    const QRectF plot = chart.plotRect();
    const int left = int(plot.left() + plot.width() * 0.25);
    QVERIFY(inked(image, QRect(left, int(plot.bottom() - plot.height() * 0.4), 1, 1)) == 1);
    QVERIFY(inked(image, QRect(left, int(plot.bottom() - plot.height() * 0.6), 1, 1)) == 0);
    QVERIFY(inked(image, QRect(int(plot.right()) - 30, int(plot.bottom() - plot.height() * 0.4), 1, 1)) == 0);
}

void ChartTest::legendNamesTheCurves()
{
    Chart chart;
    ui::ChartLegend legend(&chart);
    chart.addCurve({.name = QStringLiteral("garden-1")});
    chart.addCurve({.name = QStringLiteral("raw"), .line = ChartLine::Thin, .isSilent = true});
    chart.addCurve({.name = QStringLiteral("learning rate"), .line = ChartLine::Dotted});
    QCOMPARE(legend.accessibleName(), QStringLiteral("garden-1, learning rate"));
    const int before = legend.sizeHint().width();
    chart.addCurve({.name = QStringLiteral("garden-2")});
    QVERIFY(legend.sizeHint().width() > before);
}

void ChartTest::formulasMeasureWhatTheyDraw()
{
    const QString source =
        QStringLiteral("x_t = \\sqrt{\\bar\\alpha_t} \\, x_0 + \\hat{x}_0^9 \\cdot \\epsilon_\\theta(x_t, t)");
    const ui::FormulaSize size = ui::formulaSize(source, 18);
    QVERIFY(size.width > 100 && size.ascent > 10 && size.descent > 2);
    QVERIFY(ui::formulaSize(QStringLiteral("x_t"), 18).width > ui::formulaSize(QStringLiteral("x"), 18).width);
    QVERIFY(ui::formulaSize(QStringLiteral("\\sqrt{x}"), 18).ascent > ui::formulaSize(QStringLiteral("x"), 18).ascent);
    // All ink lies within.
    QImage image(int(size.width) + 40, 80, QImage::Format_RGB32);
    image.fill(Qt::white);
    QPainter painter(&image);
    ui::drawFormula(painter, QPointF(20, 40), source, 18, Qt::black);
    painter.end();
    for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.width(); ++x) {
            if (image.pixel(x, y) == 0xFFFFFFFFU)
                continue;
            QVERIFY2(x >= 18 && x <= 22 + size.width && y >= 37 - size.ascent && y <= 43 + size.descent,
                     qPrintable(QStringLiteral("%1 %2").arg(x).arg(y)));
        }
    }
    // Unfinished input is drawn as far as it goes.
    for (const char *odd : {"", "\\", "x_", "\\sqrt", "\\sqrt{", "}", "^^", "\\unknown"})
        (void)ui::formulaSize(QLatin1String(odd), 18);
    const ui::Formula label(source, QStringLiteral("x t is"));
    QCOMPARE(label.accessibleName(), QStringLiteral("x t is"));
    QVERIFY(label.sizeHint().width() > 50);
}

QTEST_MAIN(ChartTest)
#include "chart_test.moc"
