#include "ui/learn/forward_curves.h"

#include "ui/common/chart.h"
#include "ui/common/elided_label.h"
#include "ui/common/hair_line.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace ui {

namespace {

constexpr int kWidth = 336;
constexpr int kAxis = 34;

QString wholeT(double t)
{
    return QString::number(int(std::lround(t)));
}

} // namespace

ForwardCurves::ForwardCurves(QWidget *parent) : SidePanel(Side::Right, kWidth, parent)
{
    setAccessibleName(tr("Curves"));
    auto *body = new QWidget(this);
    auto *column = new QVBoxLayout(body);
    column->setContentsMargins(1, 0, 0, 8);
    column->setSpacing(0);
    m_kept = addChart(column, tr("Signal kept, ᾱ"), &m_keptValue);
    m_snr = addChart(column, tr("Signal to noise, dB"), &m_snrValue);
    m_sigma = addChart(column, tr("Noise level, σ"), &m_sigmaValue);
    m_kept->setObjectName(QStringLiteral("alphaBar"));
    m_snr->setObjectName(QStringLiteral("snr"));
    m_sigma->setObjectName(QStringLiteral("sigma"));
    m_kept->setYAxis({.minimum = 0.0, .maximum = 1.0, .ticks = {0.0, 0.25, 0.5, 0.75, 1.0}});
    m_kept->addCurve({.name = QStringLiteral("ᾱ")});
    m_snr->addCurve({.name = tr("dB")});
    m_sigma->addCurve({.name = QStringLiteral("σ")});

    m_histogramTitle = new Label(tr("Pixel values"), TextStyle::Panel, Token::Text, body);
    m_histogram = new Chart(body);
    m_histogram->setObjectName(QStringLiteral("histogram"));
    m_histogram->setSurfaceToken(Token::Panel);
    m_histogram->setLeftMargin(-1);
    m_histogram->setXAxis({.name = tr("value"),
                           .minimum = -kReach,
                           .maximum = kReach,
                           .ticks = {-3, -2, -1, 0, 1, 2, 3},
                           .valueText = [](double value) { return chartNumber(value, 3); }});
    m_histogram->addCurve({.name = tr("noisy picture"), .formula = QStringLiteral("x_t"), .line = ChartLine::Bars});
    m_histogram->addCurve({.name = tr("picture (not to scale)"),
                           .formula = QStringLiteral("x_0"),
                           .color = Token::Text3,
                           .line = ChartLine::Dashed});
    m_histogram->addCurve({.name = tr("Gaussian"), .color = Token::Curve2});
    QVector<QPointF> bell;
    for (int i = 0; i <= 120; ++i) {
        const double x = -kReach + i / 20.0;
        bell.append({x, std::exp(-x * x / 2.0) / std::sqrt(2.0 * std::numbers::pi)});
    }
    m_histogram->setPoints(2, bell);
    auto *head = new QHBoxLayout;
    head->setContentsMargins(16, 0, 12, 0);
    head->addWidget(m_histogramTitle);
    head->addStretch(1);
    head->addWidget(new ChartLegend(m_histogram, body));
    column->addSpacing(10);
    column->addLayout(head);
    auto *chartRow = new QHBoxLayout;
    chartRow->setContentsMargins(8, 0, 8, 0);
    chartRow->addWidget(m_histogram);
    column->addLayout(chartRow, 6);
    setFixedBody(body);
}

Chart *ForwardCurves::addChart(QVBoxLayout *column, const QString &title, Label **value)
{
    auto *chart = new Chart(column->parentWidget());
    chart->setAccessibleName(title);
    chart->setSurfaceToken(Token::Panel);
    chart->setLeftMargin(kAxis);
    auto *head = new QHBoxLayout;
    head->setContentsMargins(16, 10, 24, 0);
    head->addWidget(new Label(title, TextStyle::Panel, Token::Text, column->parentWidget()));
    head->addStretch(1);
    *value = new Label(QString(), TextStyle::Control, Token::AccentText, column->parentWidget());
    head->addWidget(*value);
    column->addLayout(head);
    auto *row = new QHBoxLayout;
    row->setContentsMargins(12, 0, 16, 0);
    row->addWidget(chart);
    column->addLayout(row, 5);
    column->addWidget(new HairLine(column->parentWidget()));
    connect(chart, &Chart::chosen, this, [this](double t) { Q_EMIT tChosen(int(std::lround(t))); });
    return chart;
}

void ForwardCurves::setProcess(const engine::ForwardProcess &process)
{
    QVector<QPointF> kept;
    QVector<QPointF> snr;
    QVector<QPointF> sigma;
    for (int t = 0; t < process.size(); ++t) {
        kept.append({double(t), process.alphaBar(t)});
        snr.append({double(t), process.snrDb(t)});
        sigma.append({double(t), process.sigma(t)});
    }
    const double last = process.size() - 1;
    const ChartAxis time{
        .name = tr("t"), .minimum = 0.0, .maximum = last, .ticks = {0, 250, 500, 750, last}, .valueText = wholeT};
    for (Chart *chart : {m_kept, m_snr, m_sigma})
        chart->setXAxis(time);
    m_kept->setPoints(0, kept);
    m_snr->setPoints(0, snr);
    m_sigma->setPoints(0, sigma);
    // What runs off to infinity at the end is cut there.
    const double lowest = std::floor(std::min(std::max(snr.constLast().y(), -80.0), -40.0) / 20.0) * 20.0;
    const double highest = std::max(40.0, std::floor(snr.constFirst().y() / 20.0) * 20.0);
    const double stride = highest - lowest > 100.0 ? 40.0 : 20.0;
    ChartAxis decibels{.minimum = lowest - 8.0,
                       .maximum = std::max(highest, snr.constFirst().y()) + 8.0,
                       .valueText = [](double value) { return chartNumber(value, 3); }};
    for (double tick = std::ceil(lowest / stride) * stride; tick <= highest; tick += stride)
        decibels.ticks.append(tick);
    m_snr->setYAxis(decibels);
    ChartAxis levels{.scale = ChartScale::Logarithmic,
                     .minimum = std::min(0.006, sigma.constFirst().y() * 0.8),
                     .maximum = std::clamp(sigma.constLast().y() * 1.5, 250.0, 10000.0)};
    for (double tick = 0.01; tick <= *levels.maximum; tick *= 10.0)
        levels.ticks.append(tick);
    m_sigma->setYAxis(levels);
}

void ForwardCurves::setT(const engine::ForwardProcess &process, int t)
{
    for (Chart *chart : {m_kept, m_snr, m_sigma})
        chart->setMarker(t);
    const QLocale locale;
    m_keptValue->setText(chartNumber(process.alphaBar(t), 3));
    m_snrValue->setText(locale.toString(process.snrDb(t), 'f', 1).replace(u'-', QChar(0x2212)));
    m_sigmaValue->setText(chartNumber(process.sigma(t), 3));
}

void ForwardCurves::setDensities(const std::vector<double> &noisy, const std::vector<double> &clean, bool isLatent)
{
    m_histogramTitle->setText(isLatent ? tr("Latent values") : tr("Pixel values"));
    m_histogram->setAccessibleName(m_histogramTitle->text());
    const auto points = [](const std::vector<double> &density) {
        QVector<QPointF> result;
        const double width = 2.0 * kReach / double(std::max<size_t>(1, density.size()));
        for (size_t i = 0; i < density.size(); ++i)
            result.append({-kReach + (double(i) + 0.5) * width, density[i]});
        return result;
    };
    m_histogram->setPoints(0, points(noisy));
    // A steep picture may leave the frame at the top; the Gaussian always fills two thirds of it.
    double highest = 0.55;
    for (const double value : noisy)
        highest = std::max(highest, std::min(value * 1.05, 1.2));
    m_histogram->setYAxis({.name = tr("share"), .minimum = 0.0, .maximum = highest});
    // A few colours make needles: of the picture itself the shape is shown, not the height.
    std::vector<double> shape = clean;
    const double peak = shape.empty() ? 0.0 : *std::max_element(shape.begin(), shape.end());
    for (double &value : shape)
        value *= peak > 0.0 ? 0.6 * highest / peak : 0.0;
    m_histogram->setPoints(1, points(shape));
}

} // namespace ui
