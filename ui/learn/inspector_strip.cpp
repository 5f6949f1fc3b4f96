#include "ui/learn/inspector_strip.h"

#include "ui/common/painting.h"
#include "ui/common/theme.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>

namespace ui {

namespace {

constexpr int kSide = 36;
constexpr int kTop = 12;
constexpr int kLabelTop = kTop + kSide + 4;
constexpr int kGrooveY = 84;
constexpr int kHandle = 16;

} // namespace

InspectorStrip::InspectorStrip(QWidget *parent) : QWidget(parent)
{
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setProperty("focusRadius", 6);
    updateAccessible();
}

void InspectorStrip::setSteps(int steps, std::function<QImage(int)> picture)
{
    m_steps = steps;
    m_step = 0;
    m_picture = std::move(picture);
    m_thumbnails.clear();
    m_branches.clear();
    updateAccessible();
    update();
}

void InspectorStrip::setStep(int step)
{
    m_step = std::clamp(step, 0, std::max(0, m_steps - 1));
    updateAccessible();
    update();
}

void InspectorStrip::setBranches(const QSet<int> &steps)
{
    m_branches = steps;
    update();
}

void InspectorStrip::updateAccessible()
{
    setAccessibleName(tr("Steps"));
    setAccessibleDescription(tr("Step %1 of %2").arg(m_steps > 0 ? m_step + 1 : 0).arg(m_steps));
}

double InspectorStrip::pitch() const
{
    return m_steps > 0 ? double(width()) / m_steps : double(width());
}

QPointF InspectorStrip::centreOf(int step) const
{
    return {(step + 0.5) * pitch(), kTop + kSide / 2.0};
}

int InspectorStrip::stepAt(double x) const
{
    return std::clamp(int(std::floor(x / pitch())), 0, std::max(0, m_steps - 1));
}

void InspectorStrip::choose(int step)
{
    step = std::clamp(step, 0, std::max(0, m_steps - 1));
    if (m_steps == 0 || step == m_step)
        return;
    setStep(step);
    Q_EMIT stepChosen(step);
}

void InspectorStrip::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHints(QPainter::Antialiasing | QPainter::SmoothPixmapTransform);
    const Theme &look = theme();
    // Where there is no room for each, every second, third, ... is shown, and the chosen one.
    const int stride = std::max(1, int(std::ceil((kSide + 4) / pitch())));
    const auto isShown = [&](int step) {
        return step == m_step || (step % stride == 0 && (std::abs(step - m_step) >= stride));
    };
    for (int step = 0; step < m_steps; ++step) {
        const QPointF centre = centreOf(step);
        if (m_branches.contains(step)) {
            painter.setPen(Qt::NoPen);
            painter.setBrush(look.color(Token::Curve2));
            painter.drawEllipse(QPointF(centre.x(), 5), 3, 3);
        }
        if (!isShown(step))
            continue;
        if (!m_thumbnails.contains(step) && m_picture) {
            const qreal ratio = devicePixelRatioF();
            const QSize size = QSize(kSide, kSide) * ratio;
            QPixmap pixmap = QPixmap::fromImage(
                m_picture(step).scaled(size, Qt::KeepAspectRatioByExpanding, Qt::SmoothTransformation));
            pixmap = pixmap.copy((pixmap.width() - size.width()) / 2, (pixmap.height() - size.height()) / 2,
                                 size.width(), size.height());
            pixmap.setDevicePixelRatio(ratio);
            m_thumbnails.insert(step, pixmap);
        }
        const QRectF box(centre.x() - kSide / 2.0, kTop, kSide, kSide);
        QPainterPath clip;
        clip.addRoundedRect(box, 4, 4);
        painter.save();
        painter.setClipPath(clip);
        painter.drawPixmap(box.topLeft(), m_thumbnails.value(step));
        if (step > m_step) { // still to come
            QColor veil = look.color(Token::Window);
            veil.setAlphaF(0.35F);
            painter.fillRect(box, veil);
        }
        painter.restore();
        if (step == m_step)
            drawFocusRing(painter, box, 4);
        painter.setFont(look.font(TextStyle::Caption));
        painter.setPen(look.color(step == m_step ? Token::AccentText : Token::Text3));
        painter.drawText(QRectF(centre.x() - 24, kLabelTop, 48, 14), Qt::AlignCenter, QString::number(step + 1));
    }
    const QRectF groove(0, kGrooveY - 2, width(), 4);
    drawBox(painter, groove, 2, look.color(Token::Groove));
    if (m_steps > 0) {
        const double x = std::clamp(centreOf(m_step).x(), kHandle / 2.0, width() - kHandle / 2.0);
        drawBox(painter, QRectF(0, groove.top(), x, 4), 2, look.color(Token::Accent));
        painter.setPen(QPen(look.color(Token::LineField), 1));
        painter.setBrush(Qt::white);
        painter.drawEllipse(QPointF(x, kGrooveY), kHandle / 2.0 - 0.5, kHandle / 2.0 - 0.5);
    }
}

void InspectorStrip::mousePressEvent(QMouseEvent *event)
{
    if (event->button() == Qt::LeftButton)
        choose(stepAt(event->position().x()));
}

void InspectorStrip::mouseMoveEvent(QMouseEvent *event)
{
    if (event->buttons() & Qt::LeftButton)
        choose(stepAt(event->position().x()));
}

void InspectorStrip::wheelEvent(QWheelEvent *event)
{
    if (event->angleDelta().y() != 0)
        choose(m_step + (event->angleDelta().y() < 0 ? 1 : -1));
    event->accept();
}

void InspectorStrip::keyPressEvent(QKeyEvent *event)
{
    switch (event->key()) {
    case Qt::Key_Left:
        choose(m_step - 1);
        return;
    case Qt::Key_Right:
        choose(m_step + 1);
        return;
    case Qt::Key_PageUp:
        choose(m_step - 5);
        return;
    case Qt::Key_PageDown:
        choose(m_step + 5);
        return;
    case Qt::Key_Home:
        choose(0);
        return;
    case Qt::Key_End:
        choose(m_steps - 1);
        return;
    default:
        QWidget::keyPressEvent(event);
    }
}

} // namespace ui
