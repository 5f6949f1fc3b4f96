#include "ui/common/chart.h"

#include "ui/common/painting.h"

#include <QKeyEvent>
#include <QLocale>
#include <QMouseEvent>

#include <algorithm>
#include <cmath>

namespace ui {

namespace {

constexpr double kTop = 8.0;
constexpr double kRight = 8.0;
constexpr double kBottom = 24.0;
constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

QString superscript(int value)
{
    static const QString digits = QStringLiteral("⁰¹²³⁴⁵⁶⁷⁸⁹");
    QString text = QString::number(std::abs(value));
    for (QChar &c : text)
        c = digits.at(c.digitValue());
    return value < 0 ? QStringLiteral("⁻") + text : text;
}

} // namespace

QString chartNumber(double value, int figures)
{
    if (!std::isfinite(value))
        return QStringLiteral("–");
    QLocale locale;
    if (value == 0.0)
        return locale.toString(0);
    const int power = int(std::floor(std::log10(std::abs(value)) + 1e-9));
    QString text;
    if (power < -4 || power > 7) {
        const QString mantissa = locale.toString(value / std::pow(10.0, power), 'g', figures);
        text = mantissa == locale.toString(1) ? QString() : mantissa + QStringLiteral(" × ");
        text += QStringLiteral("10") + superscript(power);
    } else {
        text = locale.toString(value, 'f', std::max(0, figures - 1 - power));
        const QString point = locale.decimalPoint();
        if (text.contains(point)) {
            while (text.endsWith(locale.zeroDigit()))
                text.chop(1);
            if (text.endsWith(point))
                text.chop(point.size());
        }
    }
    return text.replace(QLatin1Char('-'), QChar(0x2212));
}

double Chart::Range::share(double value) const
{
    if (isLogarithmic)
        return (std::log(std::max(value, low * 1e-6)) - std::log(low)) / (std::log(high) - std::log(low));
    return (value - low) / (high - low);
}

double Chart::Range::at(double share) const
{
    if (isLogarithmic)
        return std::exp(std::lerp(std::log(low), std::log(high), share));
    return std::lerp(low, high, share);
}

Chart::Chart(QWidget *parent) : QWidget(parent)
{
    setMouseTracking(true);
    setFocusPolicy(Qt::TabFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    connect(&theme(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

void Chart::setXAxis(const ChartAxis &axis)
{
    m_x = axis;
    update();
}

void Chart::setYAxis(const ChartAxis &axis)
{
    m_y = axis;
    for (Curve &curve : m_curves) { // zero has no place on a logarithmic axis
        curve.least = std::numeric_limits<double>::infinity();
        curve.most = -curve.least;
        for (const QPointF &point : std::as_const(curve.points))
            note(curve, point);
    }
    update();
}

int Chart::addCurve(const ChartCurve &curve)
{
    m_curves.append({.look = curve, .points = {}});
    changed();
    Q_EMIT curvesChanged();
    return int(m_curves.size()) - 1;
}

void Chart::setCurve(int index, const ChartCurve &curve)
{
    m_curves[index].look = curve;
    changed();
    Q_EMIT curvesChanged();
}

void Chart::note(Curve &curve, const QPointF &point)
{
    if (!std::isfinite(point.y()) ||
        (m_y.scale == ChartScale::Logarithmic && point.y() <= 0.0 && !curve.look.hasOwnScale))
        return;
    curve.least = std::min(curve.least, point.y());
    curve.most = std::max(curve.most, point.y());
}

void Chart::setPoints(int curve, const QVector<QPointF> &points)
{
    Curve &target = m_curves[curve];
    target.points = points;
    target.least = std::numeric_limits<double>::infinity();
    target.most = -target.least;
    for (const QPointF &point : points)
        note(target, point);
    changed();
}

void Chart::appendPoint(int curve, const QPointF &point)
{
    m_curves[curve].points.append(point);
    note(m_curves[curve], point);
    changed();
}

void Chart::appendPoints(int curve, const QVector<QPointF> &points)
{
    m_curves[curve].points += points;
    for (const QPointF &point : points)
        note(m_curves[curve], point);
    changed();
}

void Chart::clear()
{
    m_curves.clear();
    m_pointed = kNone;
    changed();
    Q_EMIT curvesChanged();
}

void Chart::changed()
{
    update();
    if (!std::isnan(m_pointed))
        setAccessibleDescription(pointedText().join(QStringLiteral(", ")));
}

void Chart::setMarker(double x)
{
    if (x == m_marker)
        return;
    m_marker = x;
    update();
}

void Chart::setSurfaceToken(Token surface)
{
    m_surface = surface;
    update();
}

void Chart::setLeftMargin(int pixels)
{
    m_leftMargin = pixels;
    update();
}

void Chart::setEmptyText(const QString &text)
{
    m_emptyText = text;
    update();
}

Chart::Range Chart::xRange() const
{
    Range range{.low = std::numeric_limits<double>::infinity(), .high = -std::numeric_limits<double>::infinity()};
    for (const Curve &curve : m_curves) {
        if (curve.points.isEmpty())
            continue;
        range.low = std::min(range.low, curve.points.constFirst().x());
        range.high = std::max(range.high, curve.points.constLast().x());
    }
    range.low = m_x.minimum.value_or(range.low);
    range.high = m_x.maximum.value_or(range.high);
    if (!std::isfinite(range.low) || !std::isfinite(range.high))
        range = {0.0, 1.0};
    range.isLogarithmic = m_x.scale == ChartScale::Logarithmic;
    if (range.isLogarithmic)
        range.low = std::max(range.low, 1e-12);
    if (range.high <= range.low)
        range.high = range.isLogarithmic ? range.low * 10.0 : range.low + 1.0;
    return range;
}

Chart::Range Chart::yRange() const
{
    Range range{.low = std::numeric_limits<double>::infinity(), .high = -std::numeric_limits<double>::infinity()};
    range.isLogarithmic = m_y.scale == ChartScale::Logarithmic;
    bool hasBars = false;
    for (const Curve &curve : m_curves) {
        if (curve.look.hasOwnScale)
            continue;
        range.low = std::min(range.low, curve.least);
        range.high = std::max(range.high, curve.most);
        hasBars = hasBars || curve.look.line == ChartLine::Bars;
    }
    if (!std::isfinite(range.low) || !std::isfinite(range.high)) {
        range.low = range.isLogarithmic ? 0.1 : 0.0;
        range.high = 1.0;
    }
    if (hasBars && !range.isLogarithmic)
        range.low = std::min(range.low, 0.0);
    if (range.isLogarithmic) {
        range.low /= 1.1;
        range.high *= 1.1;
    } else {
        const double pad = range.high > range.low ? 0.04 * (range.high - range.low) : 0.5;
        range.low -= hasBars || range.low == 0.0 ? 0.0 : pad;
        range.high += pad;
    }
    range.low = m_y.minimum.value_or(range.low);
    range.high = m_y.maximum.value_or(range.high);
    if (range.isLogarithmic)
        range.low = std::max(range.low, 1e-12);
    if (range.high <= range.low)
        range.high = range.isLogarithmic ? range.low * 10.0 : range.low + 1.0;
    return range;
}

Chart::Range Chart::rangeOf(const Curve &curve) const
{
    if (!curve.look.hasOwnScale)
        return yRange();
    Range range{.low = std::min(0.0, curve.least), .high = curve.most * 1.04};
    if (!std::isfinite(range.low) || !std::isfinite(range.high) || range.high <= range.low)
        range = {0.0, 1.0};
    return range;
}

QVector<double> Chart::ticksOf(const ChartAxis &axis, const Range &range, int most) const
{
    if (!axis.ticks.isEmpty())
        return axis.ticks;
    QVector<double> ticks;
    if (range.isLogarithmic) {
        const int first = int(std::floor(std::log10(range.low)));
        const int last = int(std::ceil(std::log10(range.high)));
        const int every = std::max(1, (last - first + most - 1) / std::max(1, most));
        const bool isFine = std::log10(range.high / range.low) < 2.2;
        for (int power = first; power <= last; power += isFine ? 1 : every) {
            for (const double part : {1.0, 2.0, 5.0}) {
                const double value = part * std::pow(10.0, power);
                if ((part == 1.0 || isFine) && value >= range.low * 0.999 && value <= range.high * 1.001)
                    ticks.append(value);
            }
        }
        return ticks;
    }
    const double raw = (range.high - range.low) / std::max(1, most);
    const double power = std::pow(10.0, std::floor(std::log10(raw)));
    double step = power;
    for (const double part : {1.0, 2.0, 2.5, 5.0, 10.0}) {
        step = part * power;
        if (step >= raw * 0.999)
            break;
    }
    for (double k = std::ceil(range.low / step - 1e-6); k * step <= range.high + step * 1e-6; ++k)
        ticks.append(k == 0.0 ? 0.0 : k * step);
    return ticks;
}

int Chart::leftMargin() const
{
    if (m_leftMargin < 0)
        return 8;
    const QFontMetricsF metrics(theme().font(TextStyle::Caption));
    const Range range = yRange();
    double widest = 0.0;
    const QVector<double> ticks = ticksOf(m_y, range, 5);
    for (const double tick : ticks)
        widest = std::max(widest, metrics.horizontalAdvance(m_y.text ? m_y.text(tick) : chartNumber(tick)));
    return std::max(m_leftMargin, int(std::ceil(widest)) + 8);
}

QRectF Chart::plotRect() const
{
    const double left = leftMargin();
    return {left, kTop, std::max(1.0, width() - left - kRight), std::max(1.0, height() - kTop - kBottom)};
}

double Chart::pixelOf(double x) const
{
    const QRectF plot = plotRect();
    return plot.left() + xRange().share(x) * plot.width();
}

double Chart::xAt(double pixel) const
{
    const QRectF plot = plotRect();
    return xRange().at(std::clamp((pixel - plot.left()) / plot.width(), 0.0, 1.0));
}

double Chart::valueAt(int curve, double x) const
{
    const QVector<QPointF> &points = m_curves.at(curve).points;
    const auto above = std::lower_bound(points.begin(), points.end(), x,
                                        [](const QPointF &point, double wanted) { return point.x() < wanted; });
    if (above == points.end())
        return kNone;
    if (above->x() == x)
        return above->y();
    if (above == points.begin())
        return kNone;
    const QPointF &below = *(above - 1);
    const double share = (x - below.x()) / (above->x() - below.x());
    // On the line as it is drawn: straight on a logarithmic axis too.
    const bool isLogarithmic = m_y.scale == ChartScale::Logarithmic && !m_curves.at(curve).look.hasOwnScale;
    if (isLogarithmic && below.y() > 0.0 && above->y() > 0.0)
        return std::exp(std::lerp(std::log(below.y()), std::log(above->y()), share));
    return std::lerp(below.y(), above->y(), share);
}

QStringList Chart::pointedText() const
{
    if (std::isnan(m_pointed))
        return {};
    const auto text = [](const ChartAxis &axis, double value) {
        return axis.valueText ? axis.valueText(value) : axis.text ? axis.text(value) : chartNumber(value, 4);
    };
    const QString x = m_x.valueText ? m_x.valueText(m_pointed) : chartNumber(m_pointed, 6);
    QStringList lines = {m_x.name.isEmpty() ? x : tr("%1 %2").arg(m_x.name, x)};
    for (int i = 0; i < m_curves.size(); ++i) {
        const ChartCurve &look = m_curves.at(i).look;
        const double value = valueAt(i, m_pointed);
        if (look.isSilent || !std::isfinite(value))
            continue;
        const QString shown = look.hasOwnScale ? chartNumber(value, 4) : text(m_y, value);
        const QString name = look.name.isEmpty() ? m_y.name : look.name;
        lines.append(name.isEmpty() ? shown : tr("%1 %2").arg(name, shown));
    }
    return lines;
}

void Chart::setPointed(double x)
{
    if (x == m_pointed || (std::isnan(x) && std::isnan(m_pointed)))
        return;
    m_pointed = x;
    setAccessibleDescription(pointedText().join(QStringLiteral(", ")));
    update();
}

void Chart::mousePressEvent(QMouseEvent *event)
{
    if (event->button() == Qt::LeftButton)
        Q_EMIT chosen(xAt(event->position().x()));
}

void Chart::mouseMoveEvent(QMouseEvent *event)
{
    const QRectF plot = plotRect();
    if (event->buttons() & Qt::LeftButton)
        Q_EMIT chosen(xAt(event->position().x()));
    if (!plot.adjusted(-4, -8, 4, kBottom).contains(event->position())) {
        setPointed(kNone);
        return;
    }
    // The nearest point of the curve that has one there, so that the numbers are its own.
    const double x = xAt(event->position().x());
    double nearest = kNone;
    for (const Curve &curve : std::as_const(m_curves)) {
        if (curve.look.isSilent || curve.points.isEmpty())
            continue;
        auto it = std::lower_bound(curve.points.begin(), curve.points.end(), x,
                                   [](const QPointF &point, double wanted) { return point.x() < wanted; });
        if (it == curve.points.end() || (it != curve.points.begin() && x - (it - 1)->x() < it->x() - x))
            --it;
        if (std::isnan(nearest) || std::abs(it->x() - x) < std::abs(nearest - x))
            nearest = it->x();
    }
    setPointed(nearest);
}

void Chart::leaveEvent(QEvent *event)
{
    QWidget::leaveEvent(event);
    if (!hasFocus())
        setPointed(kNone);
}

void Chart::focusOutEvent(QFocusEvent *event)
{
    QWidget::focusOutEvent(event);
    setPointed(kNone);
}

void Chart::keyPressEvent(QKeyEvent *event)
{
    // Keys walk along the longest curve.
    const QVector<QPointF> *line = nullptr;
    for (const Curve &curve : std::as_const(m_curves)) {
        if (!curve.look.isSilent && (!line || curve.points.size() > line->size()))
            line = &curve.points;
    }
    if (!line || line->isEmpty()) {
        QWidget::keyPressEvent(event);
        return;
    }
    const double from = !std::isnan(m_pointed) ? m_pointed : !std::isnan(m_marker) ? m_marker : line->constLast().x();
    const auto at = std::lower_bound(line->begin(), line->end(), from,
                                     [](const QPointF &point, double x) { return point.x() < x; });
    const qsizetype index = std::min<qsizetype>(at - line->begin(), line->size() - 1);
    const qsizetype step =
        event->modifiers() & Qt::ShiftModifier ? std::max<qsizetype>(1, line->size() / 20) : qsizetype(1);
    const auto go = [&](qsizetype wanted) {
        setPointed(line->at(std::clamp<qsizetype>(wanted, 0, line->size() - 1)).x());
    };
    switch (event->key()) {
    case Qt::Key_Left:
        go(std::isnan(m_pointed) ? index : index - step);
        return;
    case Qt::Key_Right:
        go(std::isnan(m_pointed) ? index : index + step);
        return;
    case Qt::Key_Home:
        go(0);
        return;
    case Qt::Key_End:
        go(line->size() - 1);
        return;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (!std::isnan(m_pointed)) {
            Q_EMIT chosen(m_pointed);
            return;
        }
        break;
    case Qt::Key_Escape:
        if (!std::isnan(m_pointed)) {
            setPointed(kNone);
            return;
        }
        break;
    default:
        break;
    }
    QWidget::keyPressEvent(event);
}

} // namespace ui
