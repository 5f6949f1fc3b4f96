#pragma once

#include "ui/common/theme.h"

#include <QPointF>
#include <QString>
#include <QVector>
#include <QWidget>

#include <functional>
#include <limits>
#include <optional>

namespace ui {

enum class ChartScale { Linear, Logarithmic };

/// One axis. What is not set follows from the values.
struct ChartAxis
{
    QString name = {}; ///< said with the value under the pointer ("t", "step")
    ChartScale scale = ChartScale::Linear;
    std::optional<double> minimum = {};
    std::optional<double> maximum = {};
    QVector<double> ticks = {};                    ///< empty: round numbers
    std::function<QString(double)> text = {};      ///< of ticks; empty: the number
    std::function<QString(double)> valueText = {}; ///< in the box; empty: the number
};

/// Solid: 2 px. Thin: 1 px and faint (raw values). Dashed and Dotted: 1.5 px. Bars: a histogram, one bar a point.
enum class ChartLine { Solid, Thin, Dashed, Dotted, Bars };

struct ChartCurve
{
    QString name = {};
    QString formula = {}; ///< drawn instead of the name in the legend (drawFormula)
    Token color = Token::Accent;
    ChartLine line = ChartLine::Solid;
    bool hasOwnScale = false; ///< drawn over the whole height whatever its range (a learning rate beside a loss)
    bool isSilent = false;    ///< not in the legend, not in the box under the pointer
};

/// Line chart and histogram: vector, themed, values under the pointer or the arrow keys in a raised box.
/// Points of a curve have rising x; a y that is not finite breaks the line. Appending is cheap: each paint draws at
/// most four points a pixel column of each curve.
class Chart : public QWidget
{
    Q_OBJECT
public:
    explicit Chart(QWidget *parent = nullptr);

    void setXAxis(const ChartAxis &axis);
    void setYAxis(const ChartAxis &axis);
    [[nodiscard]] const ChartAxis &xAxis() const { return m_x; }
    [[nodiscard]] const ChartAxis &yAxis() const { return m_y; }

    /// \return its index
    int addCurve(const ChartCurve &curve);
    void setCurve(int index, const ChartCurve &curve);
    [[nodiscard]] int curves() const { return int(m_curves.size()); }
    [[nodiscard]] const ChartCurve &curve(int index) const { return m_curves.at(index).look; }
    void setPoints(int curve, const QVector<QPointF> &points);
    void appendPoint(int curve, const QPointF &point);
    void appendPoints(int curve, const QVector<QPointF> &points);
    [[nodiscard]] const QVector<QPointF> &points(int curve) const { return m_curves.at(curve).points; }
    /// Takes all curves away.
    void clear();

    /// A line at this x with a dot on every curve; NaN: none.
    void setMarker(double x);
    [[nodiscard]] double marker() const { return m_marker; }
    /// The surface that the chart lies on (Window unless set): the edge of its dots.
    void setSurfaceToken(Token surface);
    /// Room for the texts of the y axis at least, so that charts above each other align; -1: no y axis at all.
    void setLeftMargin(int pixels);
    /// Shown in the middle while no curve has a point.
    void setEmptyText(const QString &text);
    /// Value of a curve at x, between two points by a straight line; NaN outside.
    [[nodiscard]] double valueAt(int curve, double x) const;
    /// Where the box stands; NaN: not shown.
    [[nodiscard]] double pointedX() const { return m_pointed; }
    /// Lines of the box.
    [[nodiscard]] QStringList pointedText() const;
    /// Pixels between the axes.
    [[nodiscard]] QRectF plotRect() const;
    [[nodiscard]] double xAt(double pixel) const;
    [[nodiscard]] double pixelOf(double x) const;

    [[nodiscard]] QSize sizeHint() const override { return {304, 148}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {160, 96}; }

Q_SIGNALS:
    /// A person pressed or dragged at this x, or pressed Enter on the value pointed at.
    void chosen(double x);
    void curvesChanged();

protected:
    void paintEvent(QPaintEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void leaveEvent(QEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void focusOutEvent(QFocusEvent *event) override;

private:
    struct Curve
    {
        ChartCurve look;
        QVector<QPointF> points;
        double least = std::numeric_limits<double>::infinity(); ///< of finite y; above 0 on a logarithmic axis
        double most = -std::numeric_limits<double>::infinity();
    };
    struct Range
    {
        double low = 0.0;
        double high = 1.0;
        bool isLogarithmic = false;
        [[nodiscard]] double share(double value) const; ///< 0 at low, 1 at high
        [[nodiscard]] double at(double share) const;
    };

    void note(Curve &curve, const QPointF &point);
    void changed();
    [[nodiscard]] Range xRange() const;
    [[nodiscard]] Range yRange() const;
    [[nodiscard]] Range rangeOf(const Curve &curve) const;
    [[nodiscard]] QVector<double> ticksOf(const ChartAxis &axis, const Range &range, int most) const;
    [[nodiscard]] int leftMargin() const;
    void setPointed(double x);
    void paintGrid(QPainter &painter, const QRectF &plot) const;
    void paintBars(QPainter &painter, const Curve &curve, const QRectF &plot) const;
    void paintLine(QPainter &painter, const Curve &curve, const QRectF &plot) const;
    void paintDots(QPainter &painter, double x, const QRectF &plot) const;
    void paintBox(QPainter &painter, const QRectF &plot) const;

    ChartAxis m_x;
    ChartAxis m_y;
    QVector<Curve> m_curves;
    double m_marker = std::numeric_limits<double>::quiet_NaN();
    double m_pointed = std::numeric_limits<double>::quiet_NaN();
    Token m_surface = Token::Window;
    int m_leftMargin = 0;
    QString m_emptyText;
};

/// The names of a chart's curves with samples of their lines, in one row.
class ChartLegend : public QWidget
{
    Q_OBJECT
public:
    explicit ChartLegend(Chart *chart, QWidget *parent = nullptr);
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override { return {0, sizeHint().height()}; }

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    [[nodiscard]] double widthOf(const ChartCurve &curve) const;
    Chart *m_chart;
};

/// A number as axes and boxes show it: with the locale's signs, a real minus, about three figures, powers of ten
/// where it is very small or large.
[[nodiscard]] QString chartNumber(double value, int figures = 3);

} // namespace ui
