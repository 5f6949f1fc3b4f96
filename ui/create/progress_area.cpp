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
    if (isSampling)
        m_heading->reserve(tr("Step %1 of %2").arg(steps).arg(steps));
    else
        m_heading->reserve(m_heading->text());
    const bool knowsTime = job.secondsPerStep > 0.0;
    const bool isSeveral = job.request.count > 1;
    m_stepTime->setVisible(knowsTime && !m_isCompact);
    m_dot->setVisible(knowsTime && !m_isCompact);
    setSteady(m_stepTime, tr("%1 per step").arg(stepTimeText(job.secondsPerStep)));
    for (Label *label : {m_left, m_leftWords})
        label->setVisible(knowsTime && isSampling);
    for (Label *label : {m_all, m_allWords})
        label->setVisible(knowsTime && isSeveral && job.secondsLeft >= 0.0);
    if (knowsTime) {
        const double left = std::max(0, steps - job.step) * job.secondsPerStep;
        setSteady(m_left, durationText(left));
        m_leftWords->setText(isSeveral ? tr("left,") : tr("left"));
        setSteady(m_all, durationText(job.secondsLeft));
        m_allWords->setText(tr("for all %1").arg(job.request.count));
    }
    m_meter->setFraction(isSampling ? double(job.step) / steps
                                    : (job.stage == engine::Stage::Decoding ? 1.0 : job.stageFraction));
    announce(job);
}

void ProgressArea::showEnded(const app::Job &job, double seconds)
{
    QString heading;
    switch (job.state) {
    case app::JobState::Cancelled:
        heading = job.picturesFinished > 0 ? tr("Stopped, %n pictures kept", nullptr, job.picturesFinished)
                                           : tr("Stopped at step %1 of %2").arg(job.step).arg(job.steps);
        break;
    default:
        heading = job.request.count == 1 ? tr("Finished") : tr("%n pictures finished", nullptr, job.picturesFinished);
    }
    m_widest.clear();
    for (Label *label : {m_heading, m_stepTime, m_left, m_all})
        label->reserve({});
    m_heading->setText(heading);
    const bool knowsTime = job.secondsPerStep > 0.0;
    m_stepTime->setVisible(knowsTime);
    m_dot->setVisible(knowsTime && seconds > 0.0);
    m_left->setVisible(seconds > 0.0);
    m_leftWords->setVisible(seconds > 0.0);
    m_stepTime->setText(tr("%1 per step").arg(stepTimeText(job.secondsPerStep)));
    m_left->setText(durationText(seconds));
    m_leftWords->setText(tr("in all"));
    m_all->hide();
    m_allWords->hide();
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

void ProgressArea::setCompact(bool isCompact)
{
    m_isCompact = isCompact;
    if (isCompact) {
        m_stepTime->hide();
        m_dot->hide();
    }
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
