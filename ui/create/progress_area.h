#pragma once

#include "app/job.h"

#include <QHash>
#include <QWidget>

namespace ui {

class Button;
class Label;
class ProgressMeter;

/// Under the canvas, 76 high: what the running job does, how long a step takes, what is left, and the two ways to stop.
class ProgressArea : public QWidget
{
    Q_OBJECT
public:
    explicit ProgressArea(QWidget *parent = nullptr);

    void showJob(const app::Job &job);
    /// The job is over: says so and what it took; the buttons rest.
    void showEnded(const app::Job &job, double seconds);
    [[nodiscard]] QList<QWidget *> tabOrder() const;

Q_SIGNALS:
    void stopRequested();
    void stopAndKeepRequested();

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    void announce(const app::Job &job);
    /// Shows what is known and has room.
    void fit();
    /// Changes a number in place; the label keeps the width of the widest one of this job.
    void setSteady(Label *label, const QString &text);

    Label *m_heading;
    Label *m_stepTime;
    Label *m_dot;
    Label *m_left;
    Label *m_leftWords;
    Label *m_all;
    Label *m_allWords;
    Button *m_keep;
    Button *m_stop;
    ProgressMeter *m_meter;
    QString m_leftText; ///< "left", "in all"
    QHash<Label *, QString> m_widest;
    int m_announced = 0; ///< quarters of the running job
    app::JobId m_job = 0;
    bool m_knowsStepTime = false;
    bool m_knowsLeft = false;
    bool m_knowsAll = false;
};

} // namespace ui
