#include "ui/common/chart.h"
#include "ui/common/formula.h"
#include "ui/common/painting.h"

#include <cmath>

namespace ui {

namespace {

constexpr double kFormulaPixels = 14.0;
constexpr double kGap = 16.0;

double sampleWidth(const ChartCurve &curve)
{
    return curve.line == ChartLine::Dashed || curve.line == ChartLine::Dotted ? 18.0 : 8.0;
}

} // namespace

ChartLegend::ChartLegend(Chart *chart, QWidget *parent) : QWidget(parent), m_chart(chart)
{
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    const auto refresh = [this] {
        QStringList names;
        for (int i = 0; i < m_chart->curves(); ++i) {
            if (!m_chart->curve(i).isSilent)
                names.append(m_chart->curve(i).name);
        }
        setAccessibleName(names.join(QStringLiteral(", ")));
        updateGeometry();
        update();
    };
    connect(chart, &Chart::curvesChanged, this, refresh);
    connect(&theme(), &Theme::changed, this, refresh);
    refresh();
}

double ChartLegend::widthOf(const ChartCurve &curve) const
{
    const double text = curve.formula.isEmpty()
                            ? QFontMetricsF(theme().font(TextStyle::Detail)).horizontalAdvance(curve.name)
                            : formulaSize(curve.formula, kFormulaPixels).width;
    return sampleWidth(curve) + 6 + std::ceil(text) + 1;
}

QSize ChartLegend::sizeHint() const
{
    double width = 0.0;
    for (int i = 0; i < m_chart->curves(); ++i) {
        if (!m_chart->curve(i).isSilent)
            width += widthOf(m_chart->curve(i)) + (width > 0.0 ? kGap : 0.0);
    }
    return {int(std::ceil(width)), 20};
}

void ChartLegend::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const bool isMirrored = layoutDirection() == Qt::RightToLeft;
    const double middle = height() / 2.0;
    double x = 0.0;
    for (int i = 0; i < m_chart->curves(); ++i) {
        const ChartCurve &curve = m_chart->curve(i);
        if (curve.isSilent)
            continue;
        const double all = widthOf(curve);
        const double left = isMirrored ? width() - x - all : x;
        const QColor color = theme().color(curve.color);
        const double sample = sampleWidth(curve);
        if (sample > 8.0) {
            QPen pen(color, 1.5, Qt::SolidLine, Qt::FlatCap);
            pen.setDashPattern(curve.line == ChartLine::Dashed ? QVector<qreal>{2.5, 2.5} : QVector<qreal>{1.3, 2.7});
            painter.setPen(pen);
            painter.drawLine(QPointF(left, middle), QPointF(left + sample, middle));
        } else {
            painter.setPen(Qt::NoPen);
            painter.setOpacity(curve.line == ChartLine::Bars || curve.line == ChartLine::Thin ? 0.6 : 1.0);
            painter.setBrush(color);
            painter.drawEllipse(QPointF(left + 4, middle), 4, 4);
            painter.setOpacity(1.0);
        }
        const double text = left + sample + 6;
        if (curve.formula.isEmpty())
            drawElided(painter, QRectF(text, 0, width() - text, height()), curve.name, theme().font(TextStyle::Detail),
                       theme().color(Token::Text2));
        else
            drawFormula(painter, QPointF(text, middle + 4), curve.formula, kFormulaPixels, theme().color(Token::Text2));
        x += all + kGap;
    }
}

} // namespace ui
