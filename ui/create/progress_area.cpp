#include "ui/create/progress_area.h"

#include "ui/common/button.h"
#include "ui/common/elided_label.h"
#include "ui/common/progress_meter.h"
#include "ui/common/theme.h"
#include "ui/create/words.h"

#include <QAccessible>
#include <QHBoxLayout>
#include <QPainter>

#include <algorithm>

namespace ui {

ProgressArea::ProgressArea(QWidget *parent) : QWidget(parent)
{
    const Metrics &metrics = theme().metrics();
    setFixedHeight(metrics.progress);
    setObjectName(QStringLiteral("progress"));
    setAccessibleName(tr("Progress"));
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(metrics.panelPadding, metrics.space3 + 1, metrics.panelPadding, 0);
    column->setSpacing(10);
    auto *row = new QHBoxLayout;
    row->setSpacing(metrics.space3);

    m_heading = new Label({}, TextStyle::Heading, Token::Text, this);
    m_heading->setObjectName(QStringLiteral("step"));
    m_stepTime = new Label({}, TextStyle::Body, Token::Text2, this);
    m_dot = new Label(QStringLiteral("·"), TextStyle::Body, Token::Text3, this);
    m_left = new Label({}, TextStyle::Panel, Token::Text, this);
    m_leftWords = new Label({}, TextStyle::Body, Token::Text2, this);
    m_all = new Label({}, TextStyle::Panel, Token::Text, this);
    m_allWords = new Label({}, TextStyle::Body, Token::Text2, this);
    for (Label *number : {m_left, m_all})
        number->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    row->addWidget(m_heading);
    row->addWidget(m_stepTime);
    row->addWidget(m_dot);
    auto *times = new QHBoxLayout;
    times->setSpacing(metrics.space1);
    for (Label *label : {m_left, m_leftWords, m_all, m_allWords})
        times->addWidget(label);
    row->addLayout(times);
    row->addStretch(1);
    m_keep = new Button(tr("Stop and keep"), this);
    m_keep->setObjectName(QStringLiteral("stopAndKeep"));
    m_keep->setIconName(QStringLiteral("stop-keep"));
    m_keep->setToolTip(tr("Finishes this picture and skips the rest (Alt+Enter)"));
    m_stop = new Button(tr("Stop"), this);
    m_stop->setObjectName(QStringLiteral("stop"));
    m_stop->setIconName(QStringLiteral("stop"));
    m_stop->setKeyHint(tr("Esc"));
    m_stop->setToolTip(tr("Ends this job at once; Esc twice ends all jobs"));
    row->addWidget(m_keep);
    row->addWidget(m_stop);
    column->addLayout(row);
    m_meter = new ProgressMeter(6, this);
    m_meter->setAccessibleName(tr("Progress of this picture"));
    column->addWidget(m_meter);
    column->addStretch(1);

    connect(m_stop, &Button::clicked, this, &ProgressArea::stopRequested);
    connect(m_keep, &Button::clicked, this, &ProgressArea::stopAndKeepRequested);
}

void ProgressArea::showJob(const app::Job &job)
{
    if (job.id != m_job) {
        m_job = job.id;
        m_announced = 0;
        m_widest.clear();
    }
    m_keep->setEnabled(true);
    m_stop->setEnabled(true);
    const bool isSampling = job.stage == engine::Stage::Sampling;
    const int steps = std::max(1, job.steps);
    m_heading->setText(workText(job));
    // As wide as it can become, so that nothing behind it moves.
    m_heading->reserve(tr("Step %1 of %2").arg(steps).arg(steps));
    const bool knowsTime = job.secondsPerStep > 0.0;
    m_knowsStepTime = knowsTime;
    m_knowsLeft = knowsTime && job.stage != engine::Stage::LoadingModel;
    m_knowsAll = m_knowsLeft && job.request.count > 1 && job.secondsLeft >= 0.0;
    if (knowsTime) {
        setSteady(m_stepTime, tr("%1 per step").arg(stepTimeText(job.secondsPerStep)));
        setSteady(m_left, durationText(std::max(0, steps - job.step) * job.secondsPerStep));
        setSteady(m_all, durationText(job.secondsLeft));
        m_allWords->setText(tr("for all %1").arg(job.request.count));
    }
    m_leftText = tr("left");
    fit();
    m_meter->setFraction(isSampling ? double(job.step) / steps
                                    : (job.stage == engine::Stage::Decoding ? 1.0 : job.stageFraction));
    announce(job);
}

void ProgressArea::showEnded(const app::Job &job, double seconds)
{
    QString heading;
    switch (job.state) {
    case app::JobState::Cancelled:
        heading = job.picturesFinished > 0 ? tr("Stopped, %1 kept").arg(picturesText(job.picturesFinished))
                                           : tr("Stopped at step %1 of %2").arg(job.step).arg(job.steps);
        break;
    default:
        heading = job.request.count == 1 ? tr("Finished") : tr("%1 finished").arg(picturesText(job.picturesFinished));
    }
    m_widest.clear();
    for (Label *label : {m_heading, m_stepTime, m_left, m_all})
        label->reserve({});
    m_heading->setText(heading);
    m_knowsStepTime = job.secondsPerStep > 0.0;
    m_knowsLeft = seconds > 0.0;
    m_knowsAll = false;
    m_stepTime->setText(tr("%1 per step").arg(stepTimeText(job.secondsPerStep)));
    m_left->setText(durationText(seconds));
    m_leftText = tr("in all");
    fit();
    m_keep->setEnabled(false);
    m_stop->setEnabled(false);
    m_meter->setFraction(job.state == app::JobState::Finished ? 1.0 : double(job.step) / std::max(1, job.steps));
}

void ProgressArea::setSteady(Label *label, const QString &text)
{
    QString widest = text;
    for (QChar &c : widest) {
        if (c.isDigit())
            c = QLatin1Char('8');
    }
    QString &kept = m_widest[label];
    if (label->fontMetrics().horizontalAdvance(widest) > label->fontMetrics().horizontalAdvance(kept)) {
        kept = widest;
        label->reserve(widest);
    }
    label->setText(text);
}

void ProgressArea::announce(const app::Job &job)
{
    const int quarter = int(job.progress() * 4.0);
    if (quarter <= m_announced)
        return;
    m_announced = quarter;
    setAccessibleDescription(tr("%1 %").arg(quarter * 25));
    QAccessibleEvent event(this, QAccessible::DescriptionChanged);
    QAccessible::updateAccessibility(&event);
}

void ProgressArea::fit()
{
    const bool hasRoomForStep = width() >= 680;
    const bool hasRoomForAll = width() >= 600;
    m_stepTime->setVisible(m_knowsStepTime && hasRoomForStep);
    m_dot->setVisible(m_knowsStepTime && m_knowsLeft && hasRoomForStep);
    m_left->setVisible(m_knowsLeft);
    m_leftWords->setVisible(m_knowsLeft);
    m_leftWords->setText(m_knowsAll && hasRoomForAll ? tr("%1,").arg(m_leftText) : m_leftText);
    m_all->setVisible(m_knowsAll && hasRoomForAll);
    m_allWords->setVisible(m_knowsAll && hasRoomForAll);
}

void ProgressArea::resizeEvent(QResizeEvent *)
{
    fit();
}

QList<QWidget *> ProgressArea::tabOrder() const
{
    return {m_keep, m_stop};
}

void ProgressArea::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.fillRect(rect(), theme().color(Token::Window));
    painter.fillRect(0, 0, width(), 1, theme().color(Token::Line));
}

} // namespace ui
