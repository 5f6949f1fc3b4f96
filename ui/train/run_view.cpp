#include "ui/train/run_view.h"

#include "app/thumbnails.h"
#include "ui/common/chart.h"
#include "ui/common/elided_label.h"
#include "ui/common/hair_line.h"
#include "ui/common/progress_meter.h"
#include "ui/common/segmented_control.h"
#include "ui/create/words.h"
#include "ui/train/sample_strip.h"
#include "ui/train/train_words.h"

#include <QHBoxLayout>
#include <QLocale>
#include <QTime>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace ui {

namespace {

enum Curve { Smoothed, Raw, Rate, FirstCompared };

constexpr int kPlanPoints = 200;

/// The learning rate over a whole run.
QVector<QPointF> plannedRates(const engine::TrainRequest &request)
{
    QVector<QPointF> points;
    const auto steps = double(request.steps);
    const auto at = [&](double step) {
        double rate = request.learningRate;
        if (request.learningRateSchedule == engine::LearningRateSchedule::Cosine)
            rate *= 0.5 * (1.0 + std::cos(std::numbers::pi * step / std::max(1.0, steps)));
        if (step < double(request.warmupSteps))
            rate *= std::min(1.0, (step + 1.0) / double(request.warmupSteps));
        return QPointF(step, rate);
    };
    for (int i = 0; i <= kPlanPoints; ++i)
        points.append(at(steps * i / kPlanPoints));
    if (request.warmupSteps > 0 && double(request.warmupSteps) < steps) {
        const QPointF knee = at(double(request.warmupSteps));
        points.insert(std::lower_bound(points.begin(), points.end(), knee,
                                       [](const QPointF &a, const QPointF &b) { return a.x() < b.x(); }),
                      knee);
    }
    return points;
}

Token comparedColor(int index)
{
    static const Token colors[] = {Token::Curve2, Token::Curve3, Token::Star, Token::Success, Token::Danger};
    return colors[index % 5];
}

} // namespace

RunView::RunView(app::TrainingRuns &runs, app::Thumbnails &thumbnails, QWidget *parent)
    : QWidget(parent)
    , m_runs(runs)
    , m_figures(new QWidget(this))
    , m_meter(new ProgressMeter(6, this))
    , m_chart(new Chart(this))
    , m_legend(new ChartLegend(m_chart, this))
    , m_scale(new SegmentedControl(this))
    , m_strip(new SampleStrip(thumbnails, this))
    , m_sampleNote(new Label(QString(), TextStyle::Detail, Token::Text3, this))
    , m_next(new Label(QString(), TextStyle::Detail, Token::Text2, this))
{
    setSurface(this, Token::Window);
    auto *figures = new QHBoxLayout(m_figures);
    figures->setContentsMargins(0, 0, 0, 0);
    figures->setSpacing(16);
    const QLocale locale;
    m_steps = addFigure(QStringLiteral("figureSteps"), tr("steps"), QString());
    m_loss = addFigure(QStringLiteral("figureLoss"), tr("loss, smoothed"), QStringLiteral("0.00000"));
    m_speed = addFigure(QStringLiteral("figureSpeed"), tr("pictures per second"), QStringLiteral("0000.0"));
    m_rate = addFigure(QStringLiteral("figureRate"), tr("learning rate"), QString());
    m_times = addFigure(QStringLiteral("figureTimes"), tr("times through the set"), QStringLiteral("00000"));
    m_left = addFigure(QStringLiteral("figureLeft"), tr("left"), QString());
    m_meter->setAccessibleName(tr("Progress"));

    m_chart->setObjectName(QStringLiteral("lossChart"));
    m_chart->setAccessibleName(tr("Loss over the steps"));
    m_chart->setEmptyText(tr("The curve begins with the first step."));
    m_chart->setMinimumHeight(140);
    m_chart->setFocusPolicy(Qt::StrongFocus);
    m_scale->addChoice(tr("Linear"));
    m_scale->addChoice(tr("Logarithmic"));
    m_scale->setCurrentIndex(1);
    m_scale->setAccessibleName(tr("Scale of the loss"));
    m_scale->setObjectName(QStringLiteral("lossScale"));
    connect(m_scale, &SegmentedControl::currentChanged, this, &RunView::rebuildCurves);

    auto *head = new QHBoxLayout;
    head->setSpacing(16);
    head->addWidget(new Label(tr("Loss"), TextStyle::Heading, Token::Text, this));
    head->addWidget(m_legend, 1);
    head->addWidget(m_scale);
    auto *top = new QVBoxLayout;
    top->setContentsMargins(24, 16, 24, 8);
    top->setSpacing(0);
    top->addWidget(m_figures);
    top->addSpacing(16);
    top->addWidget(m_meter);
    top->addSpacing(8);
    top->addLayout(head);
    top->addSpacing(8);
    top->addWidget(m_chart, 1);

    auto *samples = new QWidget(this);
    setSurface(samples, Token::Canvas);
    auto *sampleHead = new QHBoxLayout;
    sampleHead->setSpacing(8);
    sampleHead->addWidget(new Label(tr("Samples"), TextStyle::Heading, Token::Text, samples));
    sampleHead->addWidget(m_sampleNote, 1);
    sampleHead->addWidget(m_next);
    auto *sampleColumn = new QVBoxLayout(samples);
    sampleColumn->setContentsMargins(24, 12, 24, 12);
    sampleColumn->setSpacing(8);
    sampleColumn->addLayout(sampleHead);
    sampleColumn->addWidget(m_strip, 1);

    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(top, 5);
    column->addWidget(new HairLine(this));
    column->addWidget(samples, 4);

    connect(&runs, &app::TrainingRuns::runChanged, this, [this](const QString &id) {
        if (id == m_run)
            updateFigures();
    });
    connect(&runs, &app::TrainingRuns::runEnded, this, [this](const QString &id) {
        if (id == m_run)
            m_strip->setRun(m_runs.find(id));
    });
    connect(&runs, &app::TrainingRuns::activeChanged, this, [this] { m_strip->setRun(m_runs.find(m_run)); });
    connect(&runs, &app::TrainingRuns::pointAdded, this, [this](const QString &id, const app::TrainingPoint &point) {
        if (id == m_run)
            appendPoint(point);
    });
    connect(&runs, &app::TrainingRuns::historyLoaded, this, [this](const QString &id) {
        if (id == m_run || m_compared.contains(id))
            rebuildCurves();
    });
    connect(&runs, &app::TrainingRuns::sampleAdded, this,
            [this, &thumbnails](const QString &id, const app::SampleFile &sample, const QImage &image) {
                thumbnails.put(sample.file, image);
                if (id == m_run)
                    m_strip->setRun(m_runs.find(id));
            });
    connect(m_strip, &SampleStrip::shownChanged, this, &RunView::updateSampleNote);
}

RunView::Figure RunView::addFigure(const QString &objectName, const QString &name, const QString &widest)
{
    Figure figure;
    auto *holder = new QWidget(m_figures);
    figure.value = new Label(QStringLiteral("–"), TextStyle::Title, Token::Text, holder);
    figure.value->setObjectName(objectName);
    if (!widest.isEmpty())
        figure.value->reserve(widest);
    figure.name = new Label(name, TextStyle::Detail, Token::Text3, holder);
    auto *column = new QVBoxLayout(holder);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(figure.value);
    column->addWidget(figure.name);
    auto *row = static_cast<QHBoxLayout *>(m_figures->layout());
    if (row->count() > 0)
        row->addStretch(1);
    row->addWidget(holder);
    return figure;
}

void RunView::setRun(const QString &id)
{
    m_run = id;
    updateFigures();
    rebuildCurves();
    m_strip->setRun(m_runs.find(id));
}

void RunView::setCompared(const QStringList &ids)
{
    m_compared = ids;
    rebuildCurves();
}

void RunView::setLow(bool isLow)
{
    m_times.value->parentWidget()->setVisible(!isLow || width() > 900);
}

void RunView::updateFigures()
{
    const app::TrainingRun *run = m_runs.find(m_run);
    if (!run)
        return;
    const QLocale locale;
    const QString none = QStringLiteral("–");
    m_steps.value->setText(
        QStringLiteral("%1 <span style=\"font-size:13px;font-weight:400\">%2</span>")
            .arg(locale.toString(run->step), tr("of %1").arg(locale.toString(qlonglong(run->request.steps)))));
    m_loss.value->setText(run->step > 0 ? locale.toString(run->loss, 'g', 3) : none);
    m_speed.value->setText(run->picturesPerSecond > 0.0 ? locale.toString(run->picturesPerSecond, 'f', 1) : none);
    m_rate.value->setText(run->step > 0 ? powerHtml(run->learningRate) : none);
    m_times.value->setText(run->timesThrough() > 0.0 ? locale.toString(run->timesThrough(), 'f', 0) : none);
    const bool isKnown = run->isActive() && run->secondsLeft >= 0.0;
    m_left.value->setText(isKnown ? durationText(run->secondsLeft) : none);
    QString clock = locale.timeFormat(QLocale::ShortFormat);
    clock.remove(QStringLiteral(":ss"));
    const QTime end = QTime::currentTime().addSecs(int(std::fmod(std::max(0.0, run->secondsLeft), 86400.0)));
    m_left.name->setText(isKnown ? tr("left, done at %1").arg(locale.toString(end, clock)) : tr("left"));
    m_meter->setFraction(run->progress());
    updateSampleNote();
}

void RunView::rebuildCurves()
{
    m_chart->clear();
    const app::TrainingRun *run = m_runs.find(m_run);
    if (!run)
        return;
    const QLocale locale;
    double most = double(run->request.steps);
    for (const QString &id : std::as_const(m_compared)) {
        if (const app::TrainingRun *other = m_runs.find(id))
            most = std::max(most, double(other->step));
    }
    m_chart->setXAxis({.name = tr("step"), .minimum = 0.0, .maximum = most});
    m_chart->setYAxis({.scale = m_scale->currentIndex() == 1 ? ChartScale::Logarithmic : ChartScale::Linear});
    m_chart->addCurve({.name = run->name, .color = Token::Accent});
    m_chart->addCurve({.name = tr("raw"), .color = Token::Accent, .line = ChartLine::Thin, .isSilent = true});
    m_chart->addCurve(
        {.name = tr("learning rate"), .color = Token::Text3, .line = ChartLine::Dotted, .hasOwnScale = true});
    m_chart->setPoints(Rate, plannedRates(run->request));
    const auto fill = [this](const QString &id, int smoothed, int raw) {
        QVector<QPointF> smooth;
        QVector<QPointF> single;
        for (const app::TrainingPoint &point : m_runs.history(id)) {
            smooth.append({double(point.step), double(point.smoothedLoss)});
            single.append({double(point.step), double(point.loss)});
        }
        m_chart->setPoints(smoothed, smooth);
        if (raw >= 0)
            m_chart->setPoints(raw, single);
    };
    fill(m_run, Smoothed, Raw);
    int index = 0;
    for (const QString &id : std::as_const(m_compared)) {
        const app::TrainingRun *other = m_runs.find(id);
        if (!other || id == m_run)
            continue;
        const int curve = m_chart->addCurve({.name = other->name, .color = comparedColor(index++)});
        fill(id, curve, -1);
    }
    m_chart->setMarker(run->step > 0 ? double(run->step) : std::numeric_limits<double>::quiet_NaN());
}

void RunView::appendPoint(const app::TrainingPoint &point)
{
    const bool isBehind = m_chart->curves() <= Rate || (!m_chart->points(Smoothed).isEmpty() &&
                                                        m_chart->points(Smoothed).last().x() >= double(point.step));
    if (isBehind) { // it went on from a checkpoint
        rebuildCurves();
        m_strip->setRun(m_runs.find(m_run));
        return;
    }
    m_chart->appendPoint(Smoothed, {double(point.step), double(point.smoothedLoss)});
    m_chart->appendPoint(Raw, {double(point.step), double(point.loss)});
    m_chart->setMarker(double(point.step));
}

void RunView::updateSampleNote()
{
    const app::TrainingRun *run = m_runs.find(m_run);
    if (!run)
        return;
    const QLocale locale;
    QString text = tr("fixed seeds");
    if (run->request.sampleEvery > 0)
        text = tr("%1, every %2 steps").arg(text, locale.toString(qlonglong(run->request.sampleEvery)));
    if (m_strip->shownSteps() < m_strip->allSteps())
        text = tr("%1, %2 of %3 shown").arg(text).arg(m_strip->shownSteps()).arg(m_strip->allSteps());
    m_sampleNote->setText(text);
    const qint64 every = run->request.sampleEvery;
    const double perStep = run->picturesPerSecond > 0.0
                               ? double(run->request.batch) * run->request.accumulate / run->picturesPerSecond
                               : 0.0;
    m_next->setVisible(run->state == app::TrainingState::Running && every > 0 && perStep > 0.0);
    if (every > 0)
        m_next->setText(tr("next in %1").arg(durationText(perStep * double(every - run->step % every))));
}

} // namespace ui
