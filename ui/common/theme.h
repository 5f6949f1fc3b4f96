#pragma once

#include <QColor>
#include <QFont>
#include <QObject>
#include <QPalette>
#include <QStringList>

#include <array>

class QWidget;

namespace ui {

/// Every colour of the design, by the name that the design and the style sheet use.
enum class Token {
    Canvas,
    Window,
    Panel,
    Raised,
    Hover,
    Pressed,
    Groove,
    Field,
    Line,
    LineField,
    LineButton,
    Text,
    Text2,
    Text3,
    Disabled,
    Accent,
    AccentHover,
    AccentPressed,
    OnAccent,
    AccentText,
    AccentSoft,
    AccentLine,
    Danger,
    DangerSoft,
    DangerLine,
    Warning,
    WarningSoft,
    WarningLine,
    Success,
    Star,
    Curve2,
    Curve3,
    Scrim,
    Edge,
    Checker,
    Count
};

enum class ThemeKind { Dark, Light, HighContrastDark, HighContrastLight };
/// What a person chose in Settings. System: as the desktop says, dark if it does not.
enum class ThemeChoice { System, Dark, Light, HighContrast };

/// Styles of text, as in the design: size, line height and weight.
enum class TextStyle {
    Title,   ///< 20/28 600
    Heading, ///< 15/20 600
    Panel,   ///< 13/20 600, titles of panels
    Body,    ///< 13/20 400
    Control, ///< 13/20 500
    Label,   ///< 12/16 500
    Detail,  ///< 12/16 400
    Caption, ///< 11/16 400
    Mono,    ///< 12/16 fixed pitch: seeds, hashes, offsets
    Formula  ///< 15/24 serif italic
};

/// Lengths in device-independent pixels.
struct Metrics
{
    int space1 = 4, space2 = 8, space3 = 12, space4 = 16, space5 = 24, space6 = 32;
    int panelPadding = 16, fieldGap = 16, labelGap = 6, buttonGap = 8, groupGap = 24;
    int radiusPicture = 2, radiusBadge = 4, radiusControl = 6, radiusCard = 8, radiusDialog = 12;
    int controlSmall = 28, control = 32, controlMain = 40, chip = 24, modelChooser = 48, badge = 18;
    int menuBar = 32, rail = 80, railCompact = 56, statusLine = 28, toolbar = 44, toolbarWide = 52, panelHead = 44;
    int recipe = 344, recipeCompact = 304, sidePanel = 304, sidePanelWide = 360, sources = 216;
    int panelMin = 240, panelMax = 480;
    int progress = 76, stepStrip = 84, stepThumbnail = 44, stepThumbnailCompact = 32, filmstrip = 104,
        filmstripCompact = 64;
    int icon = 16, iconHead = 20, iconRail = 24, iconEmpty = 40;
    int focusWidth = 2, focusGap = 2;
    int hoverMs = 80, foldMs = 160, toastOutMs = 120; ///< all 0 when the system asks for less motion
};

/// One row of the token table.
const QColor &tokenColor(ThemeKind kind, Token token);
/// Name as in the style sheet template ("accent-soft").
QString tokenName(Token token);
/// Colour of difference and heat maps at 0..1, the same in every theme.
QColor heatColor(double value);

/// The look of the whole program: colours, fonts and lengths, the palette and the style sheet made of them.
class Theme : public QObject
{
    Q_OBJECT
public:
    explicit Theme(QObject *parent = nullptr);
    ~Theme() override;

    [[nodiscard]] QColor color(Token token) const { return tokenColor(m_kind, token); }
    [[nodiscard]] const Metrics &metrics() const { return m_metrics; }
    [[nodiscard]] QFont font(TextStyle style) const;
    /// Height of a line of this style in pixels.
    [[nodiscard]] int lineHeight(TextStyle style) const;
    [[nodiscard]] ThemeKind kind() const { return m_kind; }
    [[nodiscard]] ThemeChoice choice() const { return m_choice; }
    [[nodiscard]] bool isDark() const { return m_kind == ThemeKind::Dark || m_kind == ThemeKind::HighContrastDark; }
    [[nodiscard]] bool isHighContrast() const { return m_kind >= ThemeKind::HighContrastDark; }
    [[nodiscard]] QPalette palette() const;
    /// The template of resources/themes with every @token replaced.
    [[nodiscard]] QString styleSheet() const;

    void setChoice(ThemeChoice choice);
    void setReducedMotion(bool reduced);
    /// Sets style, fonts, palette and style sheet of the application. Called once, in main.
    void install();

Q_SIGNALS:
    void changed();

private:
    bool eventFilter(QObject *object, QEvent *event) override;
    void refresh();
    [[nodiscard]] bool systemIsDark() const;

    ThemeKind m_kind = ThemeKind::Dark;
    ThemeChoice m_choice = ThemeChoice::System;
    Metrics m_metrics;
    QString m_family;
    QString m_monoFamily;
    double m_fontScale = 1.0;
    bool m_installed = false;
    bool m_refreshing = false;
};

/// The application's theme, as QApplication::style() is its style. Made on first use.
Theme &theme();

/// Fills `widget` with the surface colour `token` (Canvas, Window, Panel, Raised, Field), through the style sheet.
void setSurface(QWidget *widget, Token token);

} // namespace ui
