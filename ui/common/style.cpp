#include "ui/common/style.h"

#include "ui/common/focus_frame.h"
#include "ui/common/icons.h"
#include "ui/common/painting.h"

#include <QAbstractItemView>
#include <QComboBox>
#include <QDir>
#include <QFile>
#include <QGuiApplication>
#include <QProcessEnvironment>
#include <QSettings>
#include <QStandardPaths>
#include <QStyleFactory>
#include <QStyleOptionComboBox>

#include <algorithm>

namespace ui {

bool platformIsDark()
{
    // Qt 6.4 has no colour scheme of its own; the desktops' settings files and the platform theme's palette say it.
    const QString config = QStandardPaths::writableLocation(QStandardPaths::GenericConfigLocation);
    const QSettings kde(config + QStringLiteral("/kdeglobals"), QSettings::IniFormat);
    const QStringList window = kde.value(QStringLiteral("Colors:Window/BackgroundNormal")).toStringList();
    if (window.size() == 3)
        return QColor(window.at(0).toInt(), window.at(1).toInt(), window.at(2).toInt()).lightness() < 128;
    const QSettings gtk(config + QStringLiteral("/gtk-3.0/settings.ini"), QSettings::IniFormat);
    const QString gtkTheme = gtk.value(QStringLiteral("Settings/gtk-theme-name")).toString();
    if (gtk.contains(QStringLiteral("Settings/gtk-application-prefer-dark-theme")))
        return gtk.value(QStringLiteral("Settings/gtk-application-prefer-dark-theme")).toString() !=
                   QLatin1String("0") &&
               gtk.value(QStringLiteral("Settings/gtk-application-prefer-dark-theme")).toString() !=
                   QLatin1String("false");
    if (!gtkTheme.isEmpty())
        return gtkTheme.contains(QLatin1String("dark"), Qt::CaseInsensitive);
    return true;
}

TinctureStyle::TinctureStyle() : QProxyStyle(QStringLiteral("Fusion")) {}

void TinctureStyle::drawPrimitive(PrimitiveElement element, const QStyleOption *option, QPainter *painter,
                                  const QWidget *widget) const
{
    const Theme &t = theme();
    const bool enabled = option->state & State_Enabled;
    switch (element) {
    case PE_IndicatorCheckBox: {
        const QRectF box(option->rect.center().x() - 7, option->rect.center().y() - 7, 16, 16);
        const bool on = option->state & (State_On | State_NoChange);
        QColor fill = on ? t.color(Token::Accent) : t.color(Token::Field);
        QColor line = on ? t.color(Token::Accent) : t.color(Token::LineField);
        if (!enabled) {
            fill = on ? t.color(Token::Disabled) : QColor(Qt::transparent);
            line = on ? t.color(Token::Disabled) : t.color(Token::Line);
        } else if (!on && (option->state & State_MouseOver)) {
            fill = t.color(Token::Hover);
        }
        drawBox(*painter, box, 4, fill, line);
        if (option->state & State_On)
            drawIcon(*painter, box.adjusted(1, 1, -1, -1), QStringLiteral("check"),
                     enabled ? t.color(Token::OnAccent) : t.color(Token::Panel));
        else if (option->state & State_NoChange)
            drawIcon(*painter, box.adjusted(1, 1, -1, -1), QStringLiteral("minus"), t.color(Token::OnAccent));
        return;
    }
    case PE_IndicatorRadioButton: {
        const QRectF box(option->rect.center().x() - 7, option->rect.center().y() - 7, 16, 16);
        const bool on = option->state & State_On;
        drawBox(*painter, box, 8,
                on ? (enabled ? t.color(Token::Accent) : t.color(Token::Disabled)) : t.color(Token::Field),
                on ? QColor() : (enabled ? t.color(Token::LineField) : t.color(Token::Line)));
        if (on)
            drawBox(*painter, box.adjusted(5, 5, -5, -5), 3, t.color(Token::OnAccent));
        return;
    }
    case PE_IndicatorArrowDown:
    case PE_IndicatorArrowUp:
    case PE_IndicatorArrowLeft:
    case PE_IndicatorArrowRight: {
        const char *name = element == PE_IndicatorArrowDown   ? "chevron-down"
                           : element == PE_IndicatorArrowUp   ? "chevron-up"
                           : element == PE_IndicatorArrowLeft ? "chevron-left"
                                                              : "chevron-right";
        QRectF box(0, 0, 16, 16);
        box.moveCenter(QRectF(option->rect).center());
        drawIcon(*painter, box, QString::fromLatin1(name), enabled ? t.color(Token::Text2) : t.color(Token::Disabled));
        return;
    }
    case PE_FrameFocusRect:
        return; // the focus frame shows it
    default:
        QProxyStyle::drawPrimitive(element, option, painter, widget);
    }
}

void TinctureStyle::drawControl(ControlElement element, const QStyleOption *option, QPainter *painter,
                                const QWidget *widget) const
{
    if (element == CE_ComboBoxLabel) {
        const auto *combo = qstyleoption_cast<const QStyleOptionComboBox *>(option);
        if (!combo)
            return;
        QRectF text = QRectF(option->rect).adjusted(10, 0, -30, 0);
        if (option->direction == Qt::RightToLeft)
            text = QRectF(option->rect).adjusted(30, 0, -10, 0);
        const bool enabled = option->state & State_Enabled;
        const QString prefix = widget ? widget->property("prefix").toString() : QString();
        if (!prefix.isEmpty()) {
            const int used = drawElided(*painter, text, prefix, painter->font(), theme().color(Token::Text3));
            text.setLeft(text.left() + used + 8);
        }
        drawElided(*painter, text, combo->currentText, painter->font(),
                   theme().color(enabled ? Token::Text : Token::Disabled),
                   QStyle::visualAlignment(option->direction, Qt::AlignLeft) | Qt::AlignVCenter);
        return;
    }
    QProxyStyle::drawControl(element, option, painter, widget);
}

void TinctureStyle::drawComplexControl(ComplexControl control, const QStyleOptionComplex *option, QPainter *painter,
                                       const QWidget *widget) const
{
    if (control != CC_ComboBox) {
        QProxyStyle::drawComplexControl(control, option, painter, widget);
        return;
    }
    const Theme &t = theme();
    const bool enabled = option->state & State_Enabled;
    const bool hovered = enabled && (option->state & State_MouseOver);
    drawBox(*painter, option->rect, t.metrics().radiusControl,
            enabled ? t.color(hovered && !(option->state & State_On) ? Token::Pressed : Token::Field) : QColor(),
            enabled ? t.color(hovered ? Token::Text3 : Token::LineField) : t.color(Token::Line));
    QRectF arrow(0, 0, 16, 16);
    arrow.moveCenter(QRectF(option->rect).center());
    if (option->direction == Qt::RightToLeft)
        arrow.moveLeft(option->rect.left() + 9);
    else
        arrow.moveRight(option->rect.right() - 8);
    drawIcon(*painter, arrow, QStringLiteral("chevron-down"), t.color(enabled ? Token::Text3 : Token::Disabled));
}

QRect TinctureStyle::subControlRect(ComplexControl control, const QStyleOptionComplex *option, SubControl subControl,
                                    const QWidget *widget) const
{
    if (control == CC_ComboBox) {
        if (subControl == SC_ComboBoxEditField)
            return option->rect;
        if (subControl == SC_ComboBoxListBoxPopup)
            return option->rect.adjusted(0, 0, 0, 4);
    }
    return QProxyStyle::subControlRect(control, option, subControl, widget);
}

QSize TinctureStyle::sizeFromContents(ContentsType type, const QStyleOption *option, const QSize &size,
                                      const QWidget *widget) const
{
    if (type == CT_ComboBox) {
        const int height =
            widget && widget->property("small").toBool() ? theme().metrics().controlSmall : theme().metrics().control;
        return {size.width() + 44, height};
    }
    return QProxyStyle::sizeFromContents(type, option, size, widget);
}

void TinctureStyle::polish(QWidget *widget)
{
    QProxyStyle::polish(widget);
    if (auto *combo = qobject_cast<QComboBox *>(widget)) {
        combo->setMaxVisibleItems(12);
        combo->installEventFilter(this);
    }
}

bool TinctureStyle::eventFilter(QObject *object, QEvent *event)
{
    if (event->type() == QEvent::MouseButtonPress || event->type() == QEvent::KeyPress) {
        if (auto *combo = qobject_cast<QComboBox *>(object)) {
            int widest = 0;
            for (int i = 0; i < combo->count(); ++i)
                widest = std::max(widest, combo->fontMetrics().horizontalAdvance(combo->itemText(i)));
            combo->view()->setMinimumWidth(widest + 44);
        }
    }
    return QProxyStyle::eventFilter(object, event);
}

int TinctureStyle::pixelMetric(PixelMetric metric, const QStyleOption *option, const QWidget *widget) const
{
    switch (metric) {
    case PM_FocusFrameHMargin:
    case PM_FocusFrameVMargin:
        return 4;
    case PM_IndicatorWidth:
    case PM_IndicatorHeight:
    case PM_ExclusiveIndicatorWidth:
    case PM_ExclusiveIndicatorHeight:
        return 16;
    case PM_CheckBoxLabelSpacing:
    case PM_RadioButtonLabelSpacing:
        return 8;
    case PM_SmallIconSize:
    case PM_ButtonIconSize:
        return 16;
    case PM_DefaultFrameWidth:
        return 1;
    case PM_ToolTipLabelFrameWidth:
        return 1;
    case PM_SplitterWidth:
        return 1;
    default:
        return QProxyStyle::pixelMetric(metric, option, widget);
    }
}

int TinctureStyle::styleHint(StyleHint hint, const QStyleOption *option, const QWidget *widget,
                             QStyleHintReturn *returned) const
{
    switch (hint) {
    case SH_ComboBox_Popup:
        return 0; // a list below the field, with scroll bar, on every desktop
    case SH_ToolTip_WakeUpDelay:
        return 500;
    case SH_UnderlineShortcut:
        return 1;
    case SH_FocusFrame_AboveWidget:
        return 1; // not cut off by what is around the widget
    case SH_MenuBar_AltKeyNavigation:
        return 1;
    case SH_Slider_AbsoluteSetButtons:
        return Qt::LeftButton;
    case SH_EtchDisabledText:
    case SH_DitherDisabledText:
        return 0;
    default:
        return QProxyStyle::styleHint(hint, option, widget, returned);
    }
}

} // namespace ui
