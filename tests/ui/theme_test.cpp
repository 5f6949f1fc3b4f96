#include "ui/common/icons.h"
#include "ui/common/theme.h"

#include <QApplication>
#include <QRegularExpression>
#include <QTest>

#include <cmath>

using ui::Theme;
using ui::ThemeKind;
using ui::Token;

namespace {

/// Relative luminance, WCAG 2.1.
double luminance(const QColor &color)
{
    const auto linear = [](double value) {
        return value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
    };
    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) + 0.0722 * linear(color.blueF());
}

double contrast(const QColor &a, const QColor &b)
{
    const double x = luminance(a);
    const double y = luminance(b);
    return (std::max(x, y) + 0.05) / (std::min(x, y) + 0.05);
}

QColor over(const QColor &top, const QColor &bottom)
{
    const double a = top.alphaF();
    return QColor::fromRgbF(float(top.redF() * a + bottom.redF() * (1 - a)),
                            float(top.greenF() * a + bottom.greenF() * (1 - a)),
                            float(top.blueF() * a + bottom.blueF() * (1 - a)));
}

double lowest(ThemeKind kind, Token ink)
{
    double least = 21.0;
    for (const Token surface :
         {Token::Canvas, Token::Window, Token::Panel, Token::Raised, Token::Hover, Token::Field, Token::AccentSoft})
        least = std::min(least, contrast(ui::tokenColor(kind, ink), ui::tokenColor(kind, surface)));
    return least;
}

} // namespace

class ThemeTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void inkStandsOutOnEverySurface_data();
    void inkStandsOutOnEverySurface();
    void inkStandsOutOnItsOwnGround_data();
    void inkStandsOutOnItsOwnGround();
    void highContrastHasVisibleOutlines();
    void whiteIsReadableOnTheScrim();
    void everyTokenHasAColourAndAName();
    void styleSheetLeavesNoTokenUnfilled();
    void changingTheThemeChangesPaletteAndSaysSo();
    void everyIconIsThereAndTakesItsColour();
};

void ThemeTest::inkStandsOutOnEverySurface_data()
{
    QTest::addColumn<ThemeKind>("kind");
    QTest::addColumn<Token>("ink");
    QTest::addColumn<double>("least");
    const auto add = [](const char *name, Token ink, double dark, double light) {
        QTest::addRow("%s dark", name) << ThemeKind::Dark << ink << dark;
        QTest::addRow("%s light", name) << ThemeKind::Light << ink << light;
    };
    // The design's table; WCAG asks for 4.5.
    add("text", Token::Text, 10.20, 13.12);
    add("text-2", Token::Text2, 6.00, 6.85);
    add("text-3", Token::Text3, 4.72, 4.72);
    add("accent-text", Token::AccentText, 6.12, 4.93);
    add("danger", Token::Danger, 4.83, 5.03);
    add("warning", Token::Warning, 6.31, 4.56);
    add("success", Token::Success, 5.88, 4.96);
    add("focus ring", Token::Accent, 5.5, 4.18); // the design gives one digit
}

void ThemeTest::inkStandsOutOnEverySurface()
{
    QFETCH(ThemeKind, kind);
    QFETCH(Token, ink);
    QFETCH(double, least);
    const double measured = lowest(kind, ink);
    QVERIFY2(measured >= least - 0.005, qPrintable(QStringLiteral("%1 instead of %2").arg(measured).arg(least)));
}

void ThemeTest::inkStandsOutOnItsOwnGround_data()
{
    QTest::addColumn<ThemeKind>("kind");
    QTest::addColumn<Token>("ink");
    QTest::addColumn<Token>("ground");
    QTest::addColumn<double>("least");
    const auto add = [](const char *name, Token ink, Token ground, double dark, double light) {
        QTest::addRow("%s dark", name) << ThemeKind::Dark << ink << ground << dark;
        QTest::addRow("%s light", name) << ThemeKind::Light << ink << ground << light;
    };
    add("on-accent", Token::OnAccent, Token::Accent, 7.66, 5.44);
    add("on-accent pressed", Token::OnAccent, Token::AccentPressed, 5.72, 8.11);
    add("danger on soft", Token::Danger, Token::DangerSoft, 5.92, 5.46);
    add("text-2 on danger-soft", Token::Text2, Token::DangerSoft, 7.36, 7.44);
    add("warning on soft", Token::Warning, Token::WarningSoft, 7.25, 5.20);
    add("second curve", Token::Curve2, Token::Window, 7.56, 5.24);
    add("third curve", Token::Curve3, Token::Window, 7.67, 4.25);
}

void ThemeTest::inkStandsOutOnItsOwnGround()
{
    QFETCH(ThemeKind, kind);
    QFETCH(Token, ink);
    QFETCH(Token, ground);
    QFETCH(double, least);
    const double measured = contrast(ui::tokenColor(kind, ink), ui::tokenColor(kind, ground));
    QVERIFY2(measured >= least - 0.005, qPrintable(QStringLiteral("%1 instead of %2").arg(measured).arg(least)));
}

void ThemeTest::highContrastHasVisibleOutlines()
{
    for (const ThemeKind kind : {ThemeKind::HighContrastDark, ThemeKind::HighContrastLight}) {
        for (const Token surface : {Token::Window, Token::Panel, Token::Raised, Token::Field})
            QVERIFY(contrast(ui::tokenColor(kind, Token::LineField), ui::tokenColor(kind, surface)) > 4.5);
        QCOMPARE(ui::tokenColor(kind, Token::Text3), ui::tokenColor(kind, Token::Text2));
    }
}

void ThemeTest::whiteIsReadableOnTheScrim()
{
    QVERIFY(contrast(Qt::white, over(ui::tokenColor(ThemeKind::Dark, Token::Scrim), Qt::white)) > 5.6);
    QVERIFY(contrast(Qt::white, over(ui::tokenColor(ThemeKind::Light, Token::Scrim), Qt::white)) > 5.3);
}

void ThemeTest::everyTokenHasAColourAndAName()
{
    QStringList names;
    for (int i = 0; i < int(Token::Count); ++i) {
        for (const ThemeKind kind :
             {ThemeKind::Dark, ThemeKind::Light, ThemeKind::HighContrastDark, ThemeKind::HighContrastLight})
            QVERIFY2(ui::tokenColor(kind, Token(i)).isValid(), qPrintable(ui::tokenName(Token(i))));
        names.append(ui::tokenName(Token(i)));
    }
    QCOMPARE(names.removeDuplicates(), 0);
}

void ThemeTest::styleSheetLeavesNoTokenUnfilled()
{
    const QString sheet = ui::theme().styleSheet();
    QVERIFY(sheet.size() > 1000);
    QVERIFY(!sheet.contains(QLatin1Char('@')));
    QVERIFY2(!sheet.contains(QRegularExpression(QStringLiteral(":\\s*;"))), "a token of the template is unknown");
}

void ThemeTest::changingTheThemeChangesPaletteAndSaysSo()
{
    Theme &theme = ui::theme();
    theme.install();
    int changes = 0;
    const auto connection = connect(&theme, &Theme::changed, this, [&changes] { ++changes; });
    theme.setChoice(ui::ThemeChoice::Light);
    QCOMPARE(QApplication::palette().color(QPalette::Window), ui::tokenColor(ThemeKind::Light, Token::Window));
    theme.setChoice(ui::ThemeChoice::Dark);
    QCOMPARE(QApplication::palette().color(QPalette::Window), ui::tokenColor(ThemeKind::Dark, Token::Window));
    QVERIFY(theme.isDark());
    QCOMPARE(changes, 2);
    disconnect(connection);
}

void ThemeTest::everyIconIsThereAndTakesItsColour()
{
    const QStringList names =
        QStringLiteral("branch check chevron-down chevron-left chevron-right chevron-up clock close compare copy "
                       "create dice difference download edit "
                       "error export eye filter fit flag flicker folder full-screen gallery grip image info keyboard "
                       "learn link list lock memory minus "
                       "models more noise panel-right pause play plus queue redo refresh search settings side-by-side "
                       "sort star-filled star stop-keep "
                       "stop swap tag text train trash undo unlock verify wand warning zoom-in zoom-out")
            .split(QLatin1Char(' '));
    const QColor wanted(0x12, 0xAB, 0xEF);
    for (const QString &name : names) {
        QVERIFY2(ui::hasIcon(name), qPrintable(name));
        const QImage image = ui::iconPixmap(name, wanted, 24, 2.0).toImage();
        QCOMPARE(image.size(), QSize(48, 48));
        bool isInked = false;
        for (int y = 0; y < image.height(); ++y) {
            for (int x = 0; x < image.width(); ++x) {
                const QColor pixel = image.pixelColor(x, y);
                isInked = isInked || (pixel.alpha() == 255 && std::abs(pixel.red() - wanted.red()) < 4 &&
                                      std::abs(pixel.blue() - wanted.blue()) < 4);
            }
        }
        QVERIFY2(isInked, qPrintable(name));
    }
}

QTEST_MAIN(ThemeTest)
#include "theme_test.moc"
