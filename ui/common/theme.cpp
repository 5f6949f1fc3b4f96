#include "ui/common/theme.h"

#include "ui/common/style.h"

#include <QApplication>
#include <QEvent>
#include <QFile>
#include <QFontDatabase>
#include <QFontInfo>
#include <QPixmapCache>
#include <QPointer>
#include <QStyle>
#include <QToolTip>
#include <QVariant>
#include <QWidget>

#include <cmath>

// Q_INIT_RESOURCE must stand outside of every namespace.
static void initResources()
{
    Q_INIT_RESOURCE(ui);
}

namespace ui {

namespace {

struct TypeRow
{
    int pixels;
    int line;
    QFont::Weight weight;
};

TypeRow typeRow(TextStyle style)
{
    switch (style) {
    case TextStyle::Title:
        return {20, 28, QFont::DemiBold};
    case TextStyle::Heading:
        return {15, 20, QFont::DemiBold};
    case TextStyle::Panel:
        return {13, 20, QFont::DemiBold};
    case TextStyle::Body:
        return {13, 20, QFont::Normal};
    case TextStyle::Control:
        return {13, 20, QFont::Medium};
    case TextStyle::Label:
        return {12, 16, QFont::Medium};
    case TextStyle::Detail:
        return {12, 16, QFont::Normal};
    case TextStyle::Caption:
        return {11, 16, QFont::Normal};
    case TextStyle::Mono:
        return {12, 16, QFont::Normal};
    case TextStyle::Formula:
        return {15, 24, QFont::Normal};
    }
    return {13, 20, QFont::Normal};
}

QString firstInstalled(std::initializer_list<const char *> families)
{
    const QStringList installed = QFontDatabase::families();
    for (const char *family : families) {
        if (installed.contains(QLatin1String(family)))
            return QString::fromLatin1(family);
    }
    return {};
}

} // namespace

Theme::Theme(QObject *parent) : QObject(parent)
{
    initResources();
    const QFont system = QFontDatabase::systemFont(QFontDatabase::GeneralFont);
    m_family = firstInstalled({"Inter", "Inter Variable"});
    if (m_family.isEmpty())
        m_family = system.family();
    m_monoFamily = firstInstalled({"JetBrains Mono"});
    if (m_monoFamily.isEmpty())
        m_monoFamily = QFontDatabase::systemFont(QFontDatabase::FixedFont).family();
    // The design's 13 px stand for an ordinary system font of 12 to 15 px; larger ones scale every size.
    const int systemPixels = QFontInfo(system).pixelSize();
    if (systemPixels > 15)
        m_fontScale = systemPixels / 13.333;
    m_kind = systemIsDark() ? ThemeKind::Dark : ThemeKind::Light;
}

Theme::~Theme() = default;

QFont Theme::font(TextStyle style) const
{
    const TypeRow row = typeRow(style);
    QFont font(style == TextStyle::Mono ? m_monoFamily : m_family);
    if (style == TextStyle::Formula) {
        font = QFont(QStringLiteral("STIX Two Text"));
        font.setFamilies({QStringLiteral("STIX Two Text"), QStringLiteral("Libertinus Serif"),
                          QStringLiteral("DejaVu Serif"), QStringLiteral("serif")});
        font.setItalic(true);
    } else if (style == TextStyle::Mono) {
        font.setStyleHint(QFont::Monospace);
        font.setFixedPitch(true);
    } else {
        font.setStyleHint(QFont::SansSerif);
    }
    font.setPixelSize(std::max(10, int(std::lround(row.pixels * m_fontScale))));
    font.setWeight(row.weight);
    font.setHintingPreference(QFont::PreferNoHinting);
    return font;
}

int Theme::lineHeight(TextStyle style) const
{
    return int(std::lround(typeRow(style).line * m_fontScale));
}

QPalette Theme::palette() const
{
    QPalette palette;
    palette.setColor(QPalette::Window, color(Token::Window));
    palette.setColor(QPalette::WindowText, color(Token::Text));
    palette.setColor(QPalette::Base, color(Token::Field));
    palette.setColor(QPalette::AlternateBase, color(Token::Panel));
    palette.setColor(QPalette::Text, color(Token::Text));
    palette.setColor(QPalette::PlaceholderText, color(Token::Text3));
    palette.setColor(QPalette::Button, color(Token::Raised));
    palette.setColor(QPalette::ButtonText, color(Token::Text));
    palette.setColor(QPalette::BrightText, color(Token::Danger));
    palette.setColor(QPalette::Highlight, color(Token::Accent));
    palette.setColor(QPalette::HighlightedText, color(Token::OnAccent));
    palette.setColor(QPalette::ToolTipBase, color(Token::Raised));
    palette.setColor(QPalette::ToolTipText, color(Token::Text));
    palette.setColor(QPalette::Link, color(Token::AccentText));
    palette.setColor(QPalette::LinkVisited, color(Token::AccentText));
    palette.setColor(QPalette::Light, color(Token::Hover));
    palette.setColor(QPalette::Midlight, color(Token::Raised));
    palette.setColor(QPalette::Mid, color(Token::Line));
    palette.setColor(QPalette::Dark, color(Token::Line));
    palette.setColor(QPalette::Shadow, color(Token::Canvas));
    for (const QPalette::ColorRole role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
        palette.setColor(QPalette::Disabled, role, color(Token::Disabled));
    palette.setColor(QPalette::Disabled, QPalette::PlaceholderText, color(Token::Disabled));
    palette.setColor(QPalette::Disabled, QPalette::Base, color(Token::Panel));
    return palette;
}

QString Theme::styleSheet() const
{
    QFile file(QStringLiteral(":/themes/tincture.qss"));
    if (!file.open(QIODevice::ReadOnly | QIODevice::Text))
        return {};
    const QString source = QString::fromUtf8(file.readAll());
    QHash<QString, QString> values;
    for (int i = 0; i < int(Token::Count); ++i) {
        const QColor value = color(Token(i));
        values.insert(tokenName(Token(i)), value.alpha() == 255 ? value.name()
                                                                : QStringLiteral("rgba(%1, %2, %3, %4)")
                                                                      .arg(value.red())
                                                                      .arg(value.green())
                                                                      .arg(value.blue())
                                                                      .arg(value.alpha()));
    }
    const auto length = [&values](const char *name, int pixels) {
        values.insert(QString::fromLatin1(name), QString::number(pixels) + QStringLiteral("px"));
    };
    length("radius-control", m_metrics.radiusControl);
    length("radius-badge", m_metrics.radiusBadge);
    length("radius-card", m_metrics.radiusCard);
    length("control", m_metrics.control);
    length("menu-bar", m_metrics.menuBar);
    length("body", font(TextStyle::Body).pixelSize());
    length("detail", font(TextStyle::Detail).pixelSize());
    values.insert(QStringLiteral("mono"), m_monoFamily);
    QString result;
    result.reserve(source.size());
    for (qsizetype at = 0; at < source.size();) {
        if (source.at(at) != QLatin1Char('@')) {
            result += source.at(at++);
            continue;
        }
        qsizetype end = at + 1;
        while (end < source.size() && (source.at(end).isLetterOrNumber() || source.at(end) == QLatin1Char('-')))
            ++end;
        result += values.value(source.mid(at + 1, end - at - 1));
        at = end;
    }
    return result;
}

void Theme::setChoice(ThemeChoice choice)
{
    m_choice = choice;
    refresh();
}

void Theme::setReducedMotion(bool reduced)
{
    const Metrics usual;
    m_metrics.hoverMs = reduced ? 0 : usual.hoverMs;
    m_metrics.foldMs = reduced ? 0 : usual.foldMs;
    m_metrics.toastOutMs = reduced ? 0 : usual.toastOutMs;
}

void Theme::install()
{
    if (m_installed)
        return;
    m_installed = true;
    QApplication::setStyle(new TinctureStyle);
    qApp->installEventFilter(this);
    if (qApp->style()->styleHint(QStyle::SH_Widget_Animation_Duration) == 0)
        setReducedMotion(true);
    refresh();
}

bool Theme::eventFilter(QObject *object, QEvent *event)
{
    if (object == qApp && m_choice != ThemeChoice::Dark && m_choice != ThemeChoice::Light && !m_refreshing &&
        event->type() == QEvent::ThemeChange)
        QMetaObject::invokeMethod(this, &Theme::refresh, Qt::QueuedConnection);
    return false;
}

bool Theme::systemIsDark() const
{
    // The platform's own palette, before ours was set: no desktop's settings means Qt's built-in light palette.
    if (qEnvironmentVariableIsSet("TINCTURE_SYSTEM_THEME"))
        return qEnvironmentVariable("TINCTURE_SYSTEM_THEME") != QLatin1String("light");
    return platformIsDark();
}

void Theme::refresh()
{
    const bool dark = m_choice == ThemeChoice::Dark || (m_choice != ThemeChoice::Light && systemIsDark());
    if (m_choice == ThemeChoice::HighContrast)
        m_kind = dark ? ThemeKind::HighContrastDark : ThemeKind::HighContrastLight;
    else
        m_kind = dark ? ThemeKind::Dark : ThemeKind::Light;
    if (!m_installed)
        return;
    m_refreshing = true;
    QApplication::setPalette(palette());
    QApplication::setFont(font(TextStyle::Body));
    QToolTip::setFont(font(TextStyle::Detail));
    qApp->setStyleSheet(styleSheet());
    m_refreshing = false;
    Q_EMIT changed();
}

Theme &theme()
{
    static QPointer<Theme> current; // lives and dies with the application object, as its style does
    if (!current)
        current = new Theme(qApp);
    return *current;
}

void setSurface(QWidget *widget, Token token)
{
    widget->setAttribute(Qt::WA_StyledBackground);
    widget->setProperty("surface", tokenName(token));
}

} // namespace ui
