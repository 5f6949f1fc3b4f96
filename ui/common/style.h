#pragma once

#include <QProxyStyle>

namespace ui {

/// True if the desktop says that it is dark, or does not say what it is.
bool platformIsDark();

/// What style sheets cannot draw in the colours of the theme: check boxes, radio buttons, combo boxes, arrows.
class TinctureStyle : public QProxyStyle
{
    Q_OBJECT
public:
    TinctureStyle();

    void drawPrimitive(PrimitiveElement element, const QStyleOption *option, QPainter *painter,
                       const QWidget *widget) const override;
    void drawControl(ControlElement element, const QStyleOption *option, QPainter *painter,
                     const QWidget *widget) const override;
    void drawComplexControl(ComplexControl control, const QStyleOptionComplex *option, QPainter *painter,
                            const QWidget *widget) const override;
    [[nodiscard]] QRect subControlRect(ComplexControl control, const QStyleOptionComplex *option, SubControl subControl,
                                       const QWidget *widget) const override;
    [[nodiscard]] QSize sizeFromContents(ContentsType type, const QStyleOption *option, const QSize &size,
                                         const QWidget *widget) const override;
    using QProxyStyle::polish;
    void polish(QWidget *widget) override;
    [[nodiscard]] int pixelMetric(PixelMetric metric, const QStyleOption *option, const QWidget *widget) const override;
    [[nodiscard]] int styleHint(StyleHint hint, const QStyleOption *option, const QWidget *widget,
                                QStyleHintReturn *returned) const override;

protected:
    /// Makes the list of a combo box wide enough for its longest row just before it opens.
    bool eventFilter(QObject *object, QEvent *event) override;
};

} // namespace ui
