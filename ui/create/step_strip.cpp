#include "ui/create/step_strip.h"

#include "ui/common/focus_frame.h"
#include "ui/common/painting.h"
#include "ui/common/theme.h"
#include "ui/common/thumbnail_delegate.h"

#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>

namespace ui {

namespace {

constexpr int kGap = 6;
constexpr int kTick = 4;
constexpr int kMargin = 16;

} // namespace

StepStrip::StepStrip(QWidget *parent) : QWidget(parent), m_side(theme().metrics().stepThumbnail)
{
    setObjectName(QStringLiteral("steps"));
    setFixedHeight(theme().metrics().stepStrip);
    setFocusPolicy(Qt::StrongFocus);
    setProperty("focusRing", false);
    setAccessibleName(tr("Steps of this picture"));
}

void StepStrip::start(int steps)
{
    m_frames.clear();
    m_steps = steps;
    m_shown = 0;
    m_scroll = 0;
    m_isFinished = false;
    update();
}

void StepStrip::setSteps(int steps)
{
    m_steps = steps;
    update();
}

QImage StepStrip::makeThumbnail(const QImage &preview) const
{
    const int side = int(std::ceil(m_side * devicePixelRatioF()));
    const QImage scaled = preview.convertToFormat(QImage::Format_RGB32)
                              .scaled(side, side, Qt::KeepAspectRatioByExpanding, Qt::SmoothTransformation);
    return scaled.copy((scaled.width() - side) / 2, (scaled.height() - side) / 2, side, side);
}

void StepStrip::addStep(int step, const QImage &preview)
{
    const auto at = std::lower_bound(m_frames.begin(), m_frames.end(), step,
                                     [](const Frame &frame, int wanted) { return frame.step < wanted; });
    const Frame frame{step, preview, makeThumbnail(preview)};
    if (at != m_frames.end() && at->step == step)
        *at = frame;
    else
        m_frames.insert(at, frame);
    keepVisible();
    update();
}

void StepStrip::finish()
{
    m_isFinished = true;
    keepVisible();
    update();
}

QImage StepStrip::preview(int step) const
{
    const int index = indexOf(step);
    return index < 0 ? QImage() : m_frames.at(size_t(index)).preview;
}

int StepStrip::indexOf(int step) const
{
    const auto at =
        std::find_if(m_frames.begin(), m_frames.end(), [step](const Frame &frame) { return frame.step == step; });
    return at == m_frames.end() ? -1 : int(at - m_frames.begin());
}

void StepStrip::setShownStep(int step)
{
    if (step == m_shown)
        return;
    m_shown = step;
    keepVisible();
    update();
}

void StepStrip::setCompact(bool isCompact)
{
    const Metrics &metrics = theme().metrics();
    m_side = isCompact ? metrics.stepThumbnailCompact : metrics.stepThumbnail;
    setFixedHeight(isCompact ? 68 : metrics.stepStrip);
    for (Frame &frame : m_frames)
        frame.thumbnail = makeThumbnail(frame.preview);
    keepVisible();
    update();
}

double StepStrip::tickPitch() const
{
    const int ticks = m_isFinished ? 0 : std::max(0, m_steps - newestStep());
    if (ticks == 0)
        return 0.0;
    // Ticks draw closer together rather than push the thumbnails out.
    return std::min(2.0 * kTick, std::max(80, width() / 4) / double(ticks));
}

int StepStrip::tickSpace() const
{
    const int ticks = m_isFinished ? 0 : std::max(0, m_steps - newestStep());
    return int(std::ceil(ticks * tickPitch()));
}

QRect StepStrip::cell(int index) const
{
    const int top = height() > 70 ? 12 : 8;
    const QRect rect(kMargin + index * (m_side + kGap) - m_scroll, top, m_side, m_side);
    return isRightToLeft() ? QRect(width() - rect.right() - 1, rect.top(), rect.width(), rect.height()) : rect;
}

int StepStrip::indexAt(const QPoint &position) const
{
    for (int i = 0; i < int(m_frames.size()); ++i) {
        if (cell(i).adjusted(-kGap / 2, -4, kGap / 2, 16).contains(position))
            return i;
    }
    return -1;
}

void StepStrip::keepVisible()
{
    const int room = width() - 2 * kMargin - (tickSpace() > 0 ? tickSpace() + 12 : 0);
    const int extent = int(m_frames.size()) * (m_side + kGap) - kGap;
    const int most = std::max(0, extent - room);
    const int index = m_shown > 0 ? indexOf(m_shown) : int(m_frames.size()) - 1;
    if (index >= 0) {
        const int left = index * (m_side + kGap);
        if (left < m_scroll)
            m_scroll = left;
        else if (left + m_side > m_scroll + room)
            m_scroll = left + m_side - room;
    }
    // By whole thumbnails: half a one says nothing.
    const int pitch = m_side + kGap;
    m_scroll = std::clamp((m_scroll + pitch - 1) / pitch * pitch, 0, (most + pitch - 1) / pitch * pitch);
}

void StepStrip::paintEvent(QPaintEvent *)
{
    const Theme &look = theme();
    QPainter painter(this);
    painter.fillRect(rect(), look.color(Token::Window));
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setRenderHint(QPainter::SmoothPixmapTransform);

    const int ticks = m_isFinished ? 0 : std::max(0, m_steps - newestStep());
    const double pitch = tickPitch();
    const double tickWidth = std::max(1.0, std::min(double(kTick), pitch / 2.0));
    const QRect first = cell(0);
    painter.setPen(Qt::NoPen);
    painter.setBrush(look.color(look.isHighContrast() ? Token::LineField : Token::Line));
    for (int i = 0; i < ticks; ++i) {
        double x = width() - kMargin - (ticks - i) * pitch + (pitch - tickWidth);
        if (isRightToLeft())
            x = width() - x - tickWidth;
        painter.drawRoundedRect(QRectF(x, first.top(), tickWidth, m_side), tickWidth / 2, tickWidth / 2);
    }

    const int end = width() - kMargin - (ticks > 0 ? tickSpace() + 8 : 0);
    const QRect clip(kMargin - 3, 0, end - kMargin + 8, height());
    painter.setClipRect(isRightToLeft() ? QRect(width() - clip.right() - 1, 0, clip.width(), height()) : clip);
    const int current = m_shown > 0 ? indexOf(m_shown) : int(m_frames.size()) - 1;
    QFont number = look.font(TextStyle::Caption);
    number.setPixelSize(std::max(10, QFontInfo(number).pixelSize() - 1));
    for (int i = 0; i < int(m_frames.size()); ++i) {
        const QRect where = cell(i);
        if (where.right() < 0 || where.left() > width())
            continue;
        const bool isCurrent = i == current;
        ThumbnailState state;
        state.image = m_frames.at(size_t(i)).thumbnail;
        state.isCurrent = isCurrent;
        state.isTight = true;
        paintThumbnail(painter, where, state);
        number.setWeight(isCurrent ? QFont::DemiBold : QFont::Normal);
        painter.setFont(number);
        painter.setPen(look.color(isCurrent ? Token::AccentText : Token::Text3));
        painter.drawText(QRect(where.left() - 8, where.bottom() + 5, where.width() + 16, 12), Qt::AlignCenter,
                         QString::number(m_frames.at(size_t(i)).step));
    }
    if (showsKeyboardFocus(this)) {
        painter.setClipping(false);
        drawFocusRing(painter, QRectF(rect()).adjusted(6, 4, -6, -4), look.metrics().radiusControl);
    }
}

void StepStrip::resizeEvent(QResizeEvent *)
{
    keepVisible();
}

void StepStrip::choose(int index)
{
    if (index < 0 || index >= int(m_frames.size()))
        return;
    const int step = m_frames.at(size_t(index)).step;
    // The last one is what forms: it follows.
    const int shown = !m_isFinished && index == int(m_frames.size()) - 1 ? 0 : step;
    setShownStep(shown);
    Q_EMIT stepChosen(shown);
}

void StepStrip::mousePressEvent(QMouseEvent *event)
{
    if (event->button() == Qt::LeftButton)
        choose(indexAt(event->position().toPoint()));
}

void StepStrip::mouseDoubleClickEvent(QMouseEvent *event)
{
    const int index = indexAt(event->position().toPoint());
    if (index >= 0)
        Q_EMIT stepActivated(m_frames.at(size_t(index)).step);
}

void StepStrip::wheelEvent(QWheelEvent *event)
{
    const QPoint turned = event->angleDelta();
    const int by = std::abs(turned.x()) > std::abs(turned.y()) ? turned.x() : turned.y();
    const int room = width() - 2 * kMargin - tickSpace();
    const int most = std::max(0, int(m_frames.size()) * (m_side + kGap) - kGap - room);
    m_scroll = std::clamp(m_scroll - by / 2, 0, most);
    update();
    event->accept();
}

void StepStrip::keyPressEvent(QKeyEvent *event)
{
    const int last = int(m_frames.size()) - 1;
    const int current = m_shown > 0 ? indexOf(m_shown) : last;
    const int forward = isRightToLeft() ? -1 : 1;
    switch (event->key()) {
    case Qt::Key_Left:
        return choose(std::clamp(current - forward, 0, std::max(0, last)));
    case Qt::Key_Right:
        return choose(std::clamp(current + forward, 0, std::max(0, last)));
    case Qt::Key_Home:
        return choose(0);
    case Qt::Key_End:
        return choose(last);
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (event->modifiers() == Qt::NoModifier && current >= 0)
            return Q_EMIT stepActivated(m_frames.at(size_t(current)).step);
        break;
    default:
        break;
    }
    QWidget::keyPressEvent(event);
}

bool StepStrip::event(QEvent *event)
{
    if (event->type() == QEvent::ToolTip) {
        auto *help = static_cast<QHelpEvent *>(event);
        const int index = indexAt(help->pos());
        if (index >= 0)
            QToolTip::showText(help->globalPos(), tr("Step %1 of %2").arg(m_frames.at(size_t(index)).step).arg(m_steps),
                               this);
        else
            QToolTip::hideText();
        return true;
    }
    if (event->type() == QEvent::FocusIn || event->type() == QEvent::FocusOut)
        update();
    return QWidget::event(event);
}

} // namespace ui
