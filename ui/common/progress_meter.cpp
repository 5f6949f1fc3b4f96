#include "ui/common/progress_meter.h"

#include "ui/common/painting.h"

#include <cmath>

namespace ui {

ProgressMeter::ProgressMeter(int height, QWidget *parent) : QWidget(parent), m_height(height)
{
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    m_timer.setInterval(33);
    connect(&m_timer, &QTimer::timeout, this, [this] {
        m_phase = std::fmod(m_phase + 0.03, 2.0);
        update();
    });
}

void ProgressMeter::setFraction(double fraction)
{
    if (fraction == m_fraction)
        return;
    m_fraction = fraction;
    if (fraction < 0.0)
        m_timer.start();
    else
        m_timer.stop();
    setAccessibleDescription(fraction < 0.0 ? QString() : tr("%1 %").arg(int(fraction * 100)));
    update();
}

void ProgressMeter::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const double phase = m_phase <= 1.0 ? m_phase : 2.0 - m_phase;
    drawMeter(painter, QRectF(0, (height() - m_height) / 2.0, width(), m_height), m_fraction, phase, isEnabled());
}

} // namespace ui
