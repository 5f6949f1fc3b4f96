#pragma once

#include <QTimer>
#include <QWidget>

namespace ui {

/// Meter of 3, 4 or 6 px. Unknown length only for work of under a second.
class ProgressMeter : public QWidget
{
    Q_OBJECT
public:
    explicit ProgressMeter(int height = 6, QWidget *parent = nullptr);
    /// 0..1; negative: unknown
    void setFraction(double fraction);
    [[nodiscard]] double fraction() const { return m_fraction; }
    [[nodiscard]] QSize sizeHint() const override { return {64, m_height}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {16, m_height}; }

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    int m_height;
    double m_fraction = 0.0;
    double m_phase = 0.0;
    QTimer m_timer;
};

} // namespace ui
