#include "ui/common/theme.h"

#include <algorithm>
#include <cmath>

namespace ui {

namespace {

constexpr int kTokens = int(Token::Count);

/// The colours of one token, and what it becomes in high contrast (itself if that is the same).
struct Row
{
    Token token;
    const char *name;
    const char *dark;
    const char *light;
    Token highContrast;
};

// The order is the order of Token. Alpha comes first where there is one (#AARRGGBB).
constexpr Row kTable[kTokens] = {
    {Token::Canvas, "canvas", "#121315", "#DFE2E5", Token::Canvas},
    {Token::Window, "window", "#18191C", "#EEF0F2", Token::Window},
    {Token::Panel, "panel", "#1E2023", "#F8F9FA", Token::Panel},
    {Token::Raised, "raised", "#2A2C30", "#FFFFFF", Token::Raised},
    {Token::Hover, "hover", "#34373C", "#E8EBEE", Token::Hover},
    {Token::Pressed, "pressed", "#232529", "#DADEE2", Token::Pressed},
    {Token::Groove, "groove", "#34373C", "#CBD0D6", Token::Text3},
    {Token::Field, "field", "#141517", "#FFFFFF", Token::Field},
    {Token::Line, "line", "#2D2F34", "#DCE0E4", Token::LineField},
    {Token::LineField, "line-field", "#4A4E56", "#A9AFB8", Token::Text3},
    {Token::LineButton, "line-button", "#4A4E56", "#C3C9D0", Token::Text3},
    {Token::Text, "text", "#ECEDEF", "#1A1C20", Token::Text},
    {Token::Text2, "text-2", "#B4B8BF", "#454A53", Token::Text2},
    {Token::Text3, "text-3", "#9EA3AC", "#5C626C", Token::Text2},
    {Token::Disabled, "disabled", "#6C7078", "#989EA8", Token::Disabled},
    {Token::Accent, "accent", "#3CC4AE", "#0B7769", Token::Accent},
    {Token::AccentHover, "accent-hover", "#55D2BE", "#0A6A5D", Token::AccentHover},
    {Token::AccentPressed, "accent-pressed", "#2FA996", "#085A50", Token::AccentPressed},
    {Token::OnAccent, "on-accent", "#05231E", "#FFFFFF", Token::OnAccent},
    {Token::AccentText, "accent-text", "#4FCDB8", "#0A6B5E", Token::AccentText},
    {Token::AccentSoft, "accent-soft", "#1B3A37", "#D5ECE8", Token::AccentSoft},
    {Token::AccentLine, "accent-line", "#2B6F66", "#8CC7BE", Token::Accent},
    {Token::Danger, "danger", "#F4857C", "#B3261E", Token::Danger},
    {Token::DangerSoft, "danger-soft", "#3A2224", "#FBE6E4", Token::DangerSoft},
    {Token::DangerLine, "danger-line", "#7A3B3A", "#E3A6A1", Token::Danger},
    {Token::Warning, "warning", "#E9B44C", "#8A5A00", Token::Warning},
    {Token::WarningSoft, "warning-soft", "#362C18", "#FBEFD6", Token::WarningSoft},
    {Token::WarningLine, "warning-line", "#5C4A22", "#E2C78C", Token::Warning},
    {Token::Success, "success", "#7CC77F", "#256C2A", Token::Success},
    {Token::Star, "star", "#F0BC54", "#A86F00", Token::Star},
    {Token::Curve2, "c2", "#8FA8F0", "#3D5CC2", Token::Curve2},
    {Token::Curve3, "c3", "#E59A6B", "#B4571E", Token::Curve3},
    {Token::Scrim, "scrim", "#9E08090A", "#A3141619", Token::Scrim},
    {Token::Edge, "edge", "#1AFFFFFF", "#1F000000", Token::Edge},
    {Token::Checker, "checker", "#1A1B1E", "#E6E8EB", Token::Checker},
};

std::array<QColor, kTokens> readColumn(ThemeKind kind)
{
    const bool dark = kind == ThemeKind::Dark || kind == ThemeKind::HighContrastDark;
    const bool highContrast = kind >= ThemeKind::HighContrastDark;
    std::array<QColor, kTokens> column;
    for (const Row &row : kTable) {
        const Row &source = highContrast ? kTable[int(row.highContrast)] : row;
        column[std::size_t(row.token)] = QColor(QLatin1String(dark ? source.dark : source.light));
    }
    return column;
}

} // namespace

const QColor &tokenColor(ThemeKind kind, Token token)
{
    static const std::array<std::array<QColor, kTokens>, 4> columns = {
        readColumn(ThemeKind::Dark), readColumn(ThemeKind::Light), readColumn(ThemeKind::HighContrastDark),
        readColumn(ThemeKind::HighContrastLight)};
    return columns[std::size_t(kind)][std::size_t(token)];
}

QString tokenName(Token token)
{
    return QString::fromLatin1(kTable[int(token)].name);
}

QColor heatColor(double value)
{
    static const std::array<QColor, 5> stops = {QColor(0x0E, 0x0F, 0x12), QColor(0x3A, 0x1C, 0x5C),
                                                QColor(0xB2, 0x34, 0x5C), QColor(0xF8, 0x96, 0x3C),
                                                QColor(0xFF, 0xF6, 0xD6)};
    const double place = std::clamp(std::isfinite(value) ? value : 0.0, 0.0, 1.0) * 4.0;
    const int low = std::min(3, int(place));
    const double share = place - low;
    const QColor &a = stops[std::size_t(low)];
    const QColor &b = stops[std::size_t(low) + 1];
    return QColor::fromRgbF(float(a.redF() + (b.redF() - a.redF()) * share),
                            float(a.greenF() + (b.greenF() - a.greenF()) * share),
                            float(a.blueF() + (b.blueF() - a.blueF()) * share));
}

} // namespace ui
