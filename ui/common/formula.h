#pragma once

#include "ui/common/theme.h"

#include <QPainter>
#include <QSizeF>
#include <QWidget>

namespace ui {

/// Draws a formula with its baseline's left end at `origin`.
///
/// Source in a small part of TeX: letters (italic), digits and signs (upright), `_{}` and `^{}`, `\sqrt{}`, `\bar{}`,
/// `\hat{}`, `\tilde{}`, `\text{}`, Greek letters by name (`\alpha`, `\epsilon`), `\cdot`, `\times`, `\approx`, `\sim`,
/// `\in`, `\sum`, `\,` (a thin space). What it does not know is drawn as it stands.
/// \param pixelSize  of the letters
void drawFormula(QPainter &painter, const QPointF &origin, const QString &source, double pixelSize,
                 const QColor &color);

/// What drawFormula() covers: width, and height above and below the baseline.
struct FormulaSize
{
    double width = 0.0;
    double ascent = 0.0;
    double descent = 0.0;
};
[[nodiscard]] FormulaSize formulaSize(const QString &source, double pixelSize);

/// A formula as a label.
class Formula : public QWidget
{
    Q_OBJECT
public:
    /// \param spoken  the formula in words, for those who do not see it
    explicit Formula(const QString &source = {}, const QString &spoken = {}, QWidget *parent = nullptr);
    void setSource(const QString &source, const QString &spoken);
    [[nodiscard]] QString source() const { return m_source; }
    /// Of the letters at the ordinary font size; 15 unless set.
    void setPixelSize(double pixelSize);
    void setColor(Token color);
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    QString m_source;
    double m_pixelSize = 15.0;
    Token m_color = Token::Text;
};

} // namespace ui
