#include "ui/common/value_slider.h"

#include "ui/common/focus_frame.h"
#include "ui/common/number_field.h"
#include "ui/common/painting.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>

namespace ui {

namespace {

constexpr int kHandle = 16;
constexpr int kGap = 12;

void paintSlider(QPainter &painter, const QRectF &groove, double share, bool isEnabled, bool hasRing)
{
    const Theme &t = theme();
    drawBox(painter, groove, 2, t.color(Token::Groove));
    const double x = groove.left() + groove.width() * share;
    if (x > groove.left() + 1)
        drawBox(painter, QRectF(groove.left(), groove.top(), x - groove.left(), groove.height()), 2,
                isEnabled ? t.color(Token::Accent) : mix(t.color(Token::Accent), t.color(Token::Panel), 0.55));
    const QRectF handle(x - kHandle / 2.0, groove.center().y() - kHandle / 2.0, kHandle, kHandle);
    const QColor fill = t.isDark() ? QColor(0xF4, 0xF5, 0xF6) : QColor(Qt::white);
    const QColor edge = t.isDark() ? QColor(0, 0, 0, 90) : QColor(0x8D, 0x94, 0x9E);
    if (isEnabled)
        drawBox(painter, handle, 8, fill, edge);
    else
        drawBox(painter, handle, 8, mix(fill, t.color(Token::Panel), 0.55), mix(edge, t.color(Token::Panel), 0.5));
    if (hasRing)
        drawBox(painter, handle.adjusted(-3, -3, 3, 3), 11, {}, t.color(Token::Accent), 2);
}

} // namespace

ValueSlider::ValueSlider(QWidget *parent) : QWidget(parent), m_field(new NumberField(this))
{
    m_field->setAlignment(Qt::AlignRight);
    m_field->installEventFilter(this);
    setFocusProxy(m_field);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setMinimumHeight(theme().metrics().control);
    connect(m_field, &NumberField::valueChanged, this, [this](double value) {
        update();
        Q_EMIT valueChanged(value);
    });
    connect(m_field, &NumberField::valueEdited, this, &ValueSlider::valueEdited);
}

void ValueSlider::setRange(double minimum, double maximum)
{
    m_field->setRange(minimum, maximum);
    m_sliderMinimum = minimum;
    m_sliderMaximum = maximum;
    update();
}

void ValueSlider::setSliderRange(double minimum, double maximum)
{
    m_sliderMinimum = minimum;
    m_sliderMaximum = maximum;
    update();
}

void ValueSlider::setSingleStep(double step)
{
    m_step = step;
    m_field->setSingleStep(step);
}

void ValueSlider::setDecimals(int decimals)
{
    m_field->setDecimals(decimals);
}

void ValueSlider::setSuffix(const QString &suffix)
{
    m_field->setSuffix(suffix);
}

void ValueSlider::setDefaultValue(double value)
{
    m_default = value;
}

void ValueSlider::setFieldWidth(int width)
{
    m_fieldWidth = width;
    updateGeometry();
    resizeEvent(nullptr);
}

void ValueSlider::setAccessibleLabel(const QString &name)
{
    setAccessibleName(name);
    m_field->setAccessibleName(name);
}

double ValueSlider::value() const
{
    return m_field->value();
}

int ValueSlider::intValue() const
{
    return m_field->intValue();
}

void ValueSlider::setValue(double value)
{
    m_field->setValue(value);
    update();
}

QSize ValueSlider::sizeHint() const
{
    return {200, theme().metrics().control};
}

QSize ValueSlider::minimumSizeHint() const
{
    return {m_fieldWidth + kGap + 48, theme().metrics().control};
}

QRectF ValueSlider::grooveRect() const
{
    return {0, std::floor(height() / 2.0) - 2, double(width() - m_fieldWidth - kGap), 4};
}

double ValueSlider::valueAt(double x) const
{
    const QRectF groove = grooveRect();
    const double share = std::clamp((x - groove.left()) / std::max(1.0, groove.width()), 0.0, 1.0);
    const double raw = m_sliderMinimum + share * (m_sliderMaximum - m_sliderMinimum);
    return std::clamp(std::round(raw / m_step) * m_step, m_sliderMinimum, m_sliderMaximum);
}

void ValueSlider::drag(double x)
{
    const double before = m_field->value();
    m_field->setValue(valueAt(x - m_grab));
    if (m_field->value() != before)
        Q_EMIT valueEdited(m_field->value());
}

void ValueSlider::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const double span = m_sliderMaximum - m_sliderMinimum;
    const double share = span > 0 ? std::clamp((value() - m_sliderMinimum) / span, 0.0, 1.0) : 0.0;
    paintSlider(painter, grooveRect(), share, isEnabled(), m_hasKeyboardFocus);
}

void ValueSlider::resizeEvent(QResizeEvent *)
{
    m_field->setGeometry(width() - m_fieldWidth, (height() - theme().metrics().control) / 2, m_fieldWidth,
                         theme().metrics().control);
}

void ValueSlider::mousePressEvent(QMouseEvent *event)
{
    if (event->button() != Qt::LeftButton || event->position().x() > grooveRect().right() + 8)
        return;
    const double span = m_sliderMaximum - m_sliderMinimum;
    const double share = span > 0 ? std::clamp((value() - m_sliderMinimum) / span, 0.0, 1.0) : 0.0;
    const double x = grooveRect().left() + share * grooveRect().width();
    // A press on the handle keeps its offset; a press on the groove brings the handle there.
    m_grab = std::abs(event->position().x() - x) <= kHandle / 2.0 ? event->position().x() - x : 0.0;
    m_isDragging = true;
    m_field->setFocus(Qt::MouseFocusReason);
    if (m_grab == 0.0)
        drag(event->position().x());
}

void ValueSlider::mouseMoveEvent(QMouseEvent *event)
{
    if (m_isDragging)
        drag(event->position().x());
}

void ValueSlider::mouseReleaseEvent(QMouseEvent *)
{
    m_isDragging = false;
}

void ValueSlider::mouseDoubleClickEvent(QMouseEvent *event)
{
    if (event->position().x() > grooveRect().right() + 8)
        return;
    m_isDragging = false;
    const double before = m_field->value();
    m_field->setValue(m_default);
    if (m_field->value() != before)
        Q_EMIT valueEdited(m_field->value());
}

bool ValueSlider::eventFilter(QObject *object, QEvent *event)
{
    if (object == m_field && (event->type() == QEvent::FocusIn || event->type() == QEvent::FocusOut)) {
        m_hasKeyboardFocus = event->type() == QEvent::FocusIn && showsKeyboardFocus(m_field);
        update();
    }
    return QWidget::eventFilter(object, event);
}

PlainSlider::PlainSlider(QWidget *parent) : QWidget(parent)
{
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    setProperty("focusRadius", 10);
}

void PlainSlider::setRange(int minimum, int maximum, int step)
{
    m_minimum = minimum;
    m_maximum = maximum;
    m_step = step;
    setValue(m_value);
}

void PlainSlider::setValue(int value)
{
    const int clamped = std::clamp(value, m_minimum, m_maximum);
    if (clamped == m_value)
        return;
    m_value = clamped;
    setAccessibleDescription(QString::number(m_value));
    update();
    Q_EMIT valueChanged(m_value);
}

void PlainSlider::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const double share = m_maximum > m_minimum ? double(m_value - m_minimum) / (m_maximum - m_minimum) : 0.0;
    paintSlider(painter, QRectF(8, 8, width() - 16, 4), share, isEnabled(), false);
}

void PlainSlider::drag(double x)
{
    const double share = std::clamp((x - 8) / std::max(1, width() - 16), 0.0, 1.0);
    const double raw = m_minimum + share * (m_maximum - m_minimum);
    setValue(int(std::lround(raw / m_step)) * m_step);
}

void PlainSlider::mousePressEvent(QMouseEvent *event)
{
    if (event->button() == Qt::LeftButton)
        drag(event->position().x());
}

void PlainSlider::mouseMoveEvent(QMouseEvent *event)
{
    if (event->buttons() & Qt::LeftButton)
        drag(event->position().x());
}

void PlainSlider::keyPressEvent(QKeyEvent *event)
{
    switch (event->key()) {
    case Qt::Key_Left:
    case Qt::Key_Down:
        setValue(m_value - m_step);
        return;
    case Qt::Key_Right:
    case Qt::Key_Up:
        setValue(m_value + m_step);
        return;
    case Qt::Key_PageUp:
        setValue(m_value + 4 * m_step);
        return;
    case Qt::Key_PageDown:
        setValue(m_value - 4 * m_step);
        return;
    case Qt::Key_Home:
        setValue(m_minimum);
        return;
    case Qt::Key_End:
        setValue(m_maximum);
        return;
    default:
        QWidget::keyPressEvent(event);
    }
}

void PlainSlider::wheelEvent(QWheelEvent *event)
{
    setValue(m_value + (event->angleDelta().y() > 0 ? m_step : -m_step));
    event->accept();
}

} // namespace ui
