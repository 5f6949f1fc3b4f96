#pragma once

#include "engine/forward_process.h"
#include "ui/common/side_panel.h"

#include <vector>

namespace ui {

class Chart;
class ChartLegend;
class Label;

/// Panel of the curves of a schedule with a marker at t, and the histogram of the values.
class ForwardCurves : public SidePanel
{
    Q_OBJECT
public:
    explicit ForwardCurves(QWidget *parent = nullptr);

    void setProcess(const engine::ForwardProcess &process);
    void setT(const engine::ForwardProcess &process, int t);
    /// Densities of x_t and of x_0 between -3 and 3; empty: none.
    void setDensities(const std::vector<double> &noisy, const std::vector<double> &clean, bool isLatent);
    [[nodiscard]] static int bins() { return 48; }
    static constexpr double kReach = 3.0; ///< of the histogram
    [[nodiscard]] QList<Chart *> charts() const { return {m_kept, m_snr, m_sigma, m_histogram}; }

Q_SIGNALS:
    void tChosen(int t);

private:
    Chart *addChart(class QVBoxLayout *column, const QString &title, Label **value);

    Chart *m_kept;
    Chart *m_snr;
    Chart *m_sigma;
    Chart *m_histogram;
    Label *m_keptValue = nullptr;
    Label *m_snrValue = nullptr;
    Label *m_sigmaValue = nullptr;
    Label *m_histogramTitle;
};

} // namespace ui
