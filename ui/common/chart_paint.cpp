#include "ui/common/chart.h"
#include "ui/common/painting.h"

#include <algorithm>
#include <cmath>

namespace ui {

void Chart::paintGrid(QPainter &painter, const QRectF &plot) const
{
    const Theme &t = theme();
    painter.setFont(t.font(TextStyle::Caption));
    const QFontMetricsF metrics(painter.font());
    const Range yr = yRange();
    if (m_leftMargin >= 0) {
        const QVector<double> ticks = ticksOf(m_y, yr, std::clamp(int(plot.height() / 26), 2, 6));
        for (const double tick : ticks) {
            const double share = yr.share(tick);
            if (share < -0.001 || share > 1.001)
                continue;
            const double y = std::round(plot.bottom() - share * plot.height());
            painter.fillRect(QRectF(plot.left(), y, plot.width(), 1), t.color(Token::Line));
            painter.setPen(t.color(Token::Text3));
            const QString text = m_y.text ? m_y.text(tick) : chartNumber(tick);
            painter.drawText(QRectF(0, y - 8, plot.left() - 6, 16), int(Qt::AlignRight | Qt::AlignVCenter), text);
        }
    } else {
        painter.fillRect(QRectF(plot.left(), plot.bottom(), plot.width(), 1), t.color(Token::LineField));
    }
    const Range xr = xRange();
    painter.setPen(t.color(Token::Text3));
    double free = -1e9;
    const QVector<double> ticks = ticksOf(m_x, xr, std::clamp(int(plot.width() / 64), 2, 10));
    for (qsizetype i = 0; i < ticks.size(); ++i) {
        const double share = xr.share(ticks.at(i));
        if (share < -0.001 || share > 1.001)
            continue;
        const QString text = m_x.text ? m_x.text(ticks.at(i)) : chartNumber(ticks.at(i), 6);
        const double width = metrics.horizontalAdvance(text);
        const double middle = plot.left() + share * plot.width();
        const double left = std::min(middle - width / 2.0, this->width() - 1.0 - width);
        if (left < free)
            continue;
        painter.drawText(QRectF(left, plot.bottom() + 6, width + 1, 16), int(Qt::AlignLeft | Qt::AlignVCenter), text);
        free = left + width + 8;
    }
}

void Chart::paintBars(QPainter &painter, const Curve &curve, const QRectF &plot) const
{
    if (curve.points.isEmpty())
        return;
    const Range xr = xRange();
    const Range yr = rangeOf(curve);
    const double spacing =
        curve.points.size() > 1 ? curve.points.at(1).x() - curve.points.at(0).x() : (xr.high - xr.low) / 10.0;
    QColor color = theme().color(curve.look.color);
    color.setAlphaF(theme().isHighContrast() ? 1.0F : 0.55F);
    painter.setRenderHint(QPainter::Antialiasing, true);
    for (const QPointF &point : curve.points) {
        const double left = plot.left() + xr.share(point.x() - spacing / 2.0) * plot.width();
        const double right = plot.left() + xr.share(point.x() + spacing / 2.0) * plot.width();
        const double top = plot.bottom() - std::clamp(yr.share(point.y()), 0.0, 1.0) * plot.height();
        const double gap = right - left > 3.0 ? 1.0 : 0.0;
        if (top < plot.bottom() && right > plot.left() && left < plot.right())
            painter.fillRect(QRectF(left + gap / 2.0, top, right - left - gap, plot.bottom() - top), color);
    }
}

void Chart::paintLine(QPainter &painter, const Curve &curve, const QRectF &plot) const
{
    if (curve.points.isEmpty())
        return;
    const Range xr = xRange();
    const Range yr = rangeOf(curve);
    QPolygonF line;
    const auto draw = [&painter, &line] {
        if (line.size() > 1)
            painter.drawPolyline(line);
        else if (line.size() == 1)
            painter.drawPoint(line.constFirst());
        line.clear();
    };
    QColor color = theme().color(curve.look.color);
    double width = 2.0;
    if (curve.look.line == ChartLine::Thin) {
        width = 1.0;
        color.setAlphaF(theme().isHighContrast() ? 0.8F : 0.45F);
    }
    QPen pen(color, width, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin);
    if (curve.look.line == ChartLine::Dashed || curve.look.line == ChartLine::Dotted) {
        pen.setWidthF(1.5);
        pen.setCapStyle(Qt::FlatCap);
        pen.setDashPattern(curve.look.line == ChartLine::Dashed ? QVector<qreal>{2.5, 2.5} : QVector<qreal>{1.3, 2.7});
    }
    painter.save();
    painter.setClipRect(plot.adjusted(-2, -3, 2, 3));
    painter.setRenderHint(QPainter::Antialiasing, true);
    painter.setPen(pen);
    painter.setBrush(Qt::NoBrush);
    const auto place = [&](double x, double y) {
        const double share = std::clamp(yr.share(y), -1.0, 2.0);
        line.append({plot.left() + xr.share(x) * plot.width(), plot.bottom() - share * plot.height()});
    };
    const auto begin = std::lower_bound(curve.points.begin(), curve.points.end(), xr.low,
                                        [](const QPointF &point, double x) { return point.x() < x; });
    auto end = std::upper_bound(begin, curve.points.end(), xr.high,
                                [](double x, const QPointF &point) { return x < point.x(); });
    const auto first = begin == curve.points.begin() ? begin : begin - 1; // lines run to the edge
    if (end != curve.points.end())
        ++end;
    const auto columns = qsizetype(std::max(1.0, plot.width()));
    if (end - first <= 4 * columns) {
        for (auto it = first; it != end; ++it) {
            if (std::isfinite(it->y()))
                place(it->x(), it->y());
            else
                draw();
        }
    } else {
        // Of each pixel column the first, least, greatest and last value: what a line through all of them covers.
        auto it = first;
        for (qsizetype column = 0; column < columns && it != end; ++column) {
            const double edge = xr.at(double(column + 1) / double(columns));
            const QPointF *least = nullptr;
            const QPointF *most = nullptr;
            const QPointF *start = nullptr;
            const QPointF *last = nullptr;
            for (; it != end && (it->x() < edge || column == columns - 1); ++it) {
                if (!std::isfinite(it->y()))
                    continue;
                start = start ? start : &*it;
                last = &*it;
                least = !least || it->y() < least->y() ? &*it : least;
                most = !most || it->y() > most->y() ? &*it : most;
            }
            if (!start)
                continue;
            place(start->x(), start->y());
            const QPointF *earlier = least < most ? least : most;
            const QPointF *later = least < most ? most : least;
            if (earlier != start)
                place(earlier->x(), earlier->y());
            if (later != earlier && later != last)
                place(later->x(), later->y());
            if (last != start)
                place(last->x(), last->y());
        }
    }
    draw();
    painter.restore();
}

void Chart::paintDots(QPainter &painter, double x, const QRectF &plot) const
{
    const Range xr = xRange();
    const double share = xr.share(x);
    if (!std::isfinite(share) || share < -0.001 || share > 1.001)
        return;
    const double px = plot.left() + share * plot.width();
    painter.fillRect(QRectF(std::round(px), plot.top(), 1, plot.height()), theme().color(Token::LineField));
    painter.setRenderHint(QPainter::Antialiasing, true);
    for (int i = 0; i < m_curves.size(); ++i) {
        const Curve &curve = m_curves.at(i);
        if (curve.look.isSilent || curve.look.line == ChartLine::Bars || curve.look.line == ChartLine::Thin)
            continue;
        const double value = valueAt(i, x);
        const double level =
            std::isfinite(value) ? rangeOf(curve).share(value) : std::numeric_limits<double>::quiet_NaN();
        if (!std::isfinite(level) || level < -0.02 || level > 1.02)
            continue;
        painter.setPen(QPen(theme().color(m_surface), 2));
        painter.setBrush(theme().color(curve.look.color));
        painter.drawEllipse(QPointF(px, plot.bottom() - level * plot.height()), 4.5, 4.5);
    }
}

void Chart::paintBox(QPainter &painter, const QRectF &plot) const
{
    const QStringList lines = pointedText();
    if (lines.size() < 2)
        return;
    const Theme &t = theme();
    QFont strong = t.font(TextStyle::Detail);
    strong.setWeight(QFont::DemiBold);
    const QFontMetricsF small(t.font(TextStyle::Caption));
    const QFontMetricsF large(strong);
    double width = small.horizontalAdvance(lines.constFirst());
    for (qsizetype i = 1; i < lines.size(); ++i)
        width = std::max(width, large.horizontalAdvance(lines.at(i)) + (m_curves.size() > 1 ? 14.0 : 0.0));
    QRectF box(0, 0, std::ceil(width) + 20, 14 + 16.0 * double(lines.size()));
    const double x = plot.left() + xRange().share(m_pointed) * plot.width();
    box.moveTopLeft({x + 12, plot.top() + 4});
    if (box.right() > this->width() - 2)
        box.moveRight(x - 12);
    if (box.left() < 2)
        box.moveLeft(2);
    if (box.bottom() > height() - 2)
        box.moveBottom(height() - 2);
    drawBox(painter, box, t.metrics().radiusControl, t.color(Token::Raised), t.color(Token::LineField));
    painter.setFont(t.font(TextStyle::Caption));
    painter.setPen(t.color(Token::Text2));
    painter.drawText(QRectF(box.left() + 10, box.top() + 7, width, 16), int(Qt::AlignLeft | Qt::AlignVCenter),
                     lines.constFirst());
    painter.setFont(strong);
    qsizetype row = 1;
    for (int i = 0; i < m_curves.size() && row < lines.size(); ++i) {
        const ChartCurve &look = m_curves.at(i).look;
        if (look.isSilent || !std::isfinite(valueAt(i, m_pointed)))
            continue;
        double left = box.left() + 10;
        const double y = box.top() + 7 + 16.0 * double(row);
        if (m_curves.size() > 1) {
            painter.setPen(Qt::NoPen);
            painter.setBrush(t.color(look.color));
            painter.drawEllipse(QPointF(left + 4, y + 8), 3.5, 3.5);
            left += 14;
        }
        painter.setPen(t.color(Token::Text));
        painter.drawText(QRectF(left, y, width, 16), int(Qt::AlignLeft | Qt::AlignVCenter), lines.at(row++));
    }
}

void Chart::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const QRectF plot = plotRect();
    paintGrid(painter, plot);
    bool isEmpty = true;
    for (const Curve &curve : std::as_const(m_curves))
        isEmpty = isEmpty && curve.points.isEmpty();
    if (isEmpty && !m_emptyText.isEmpty()) {
        painter.setFont(theme().font(TextStyle::Detail));
        painter.setPen(theme().color(Token::Text3));
        painter.drawText(plot, int(Qt::AlignCenter) | Qt::TextWordWrap, m_emptyText);
        return;
    }
    for (const Curve &curve : std::as_const(m_curves)) {
        if (curve.look.line == ChartLine::Bars)
            paintBars(painter, curve, plot);
    }
    for (const ChartLine pass : {ChartLine::Thin, ChartLine::Dotted, ChartLine::Dashed, ChartLine::Solid}) {
        for (const Curve &curve : std::as_const(m_curves)) {
            if (curve.look.line == pass)
                paintLine(painter, curve, plot);
        }
    }
    if (!std::isnan(m_marker))
        paintDots(painter, m_marker, plot);
    if (!std::isnan(m_pointed)) {
        paintDots(painter, m_pointed, plot);
        paintBox(painter, plot);
    }
}

} // namespace ui
