#pragma once

#include "app/training_runs.h"

#include <QWidget>

namespace app {
class Thumbnails;
}

namespace ui {

class Chart;
class ChartLegend;
class Label;
class ProgressMeter;
class SampleStrip;
class SegmentedControl;

/// A run as it stands: figures, meter, the course of the loss beside other runs, samples.
class RunView : public QWidget
{
    Q_OBJECT
public:
    RunView(app::TrainingRuns &runs, app::Thumbnails &thumbnails, QWidget *parent = nullptr);

    void setRun(const QString &id);
    [[nodiscard]] QString run() const { return m_run; }
    /// Other runs whose loss is drawn too.
    void setCompared(const QStringList &ids);
    [[nodiscard]] Chart *chart() const { return m_chart; }
    [[nodiscard]] SampleStrip *strip() const { return m_strip; }
    void setLow(bool isLow);

private:
    struct Figure
    {
        Label *value = nullptr;
        Label *name = nullptr;
    };
    Figure addFigure(const QString &objectName, const QString &name, const QString &widest);
    void updateFigures();
    void rebuildCurves();
    void appendPoint(const app::TrainingPoint &point);
    void updateSampleNote();

    app::TrainingRuns &m_runs;
    QString m_run;
    QStringList m_compared;
    QWidget *m_figures;
    Figure m_steps;
    Figure m_loss;
    Figure m_speed;
    Figure m_rate;
    Figure m_times;
    Figure m_left;
    ProgressMeter *m_meter;
    Chart *m_chart;
    ChartLegend *m_legend;
    SegmentedControl *m_scale;
    SampleStrip *m_strip;
    Label *m_sampleNote;
    Label *m_next;
};

} // namespace ui
