#include "ui/common/number_field.h"

#include "ui/common/icons.h"
#include "ui/common/painting.h"

#include <QKeyEvent>
#include <QStyle>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>

namespace ui {

namespace {

/// Recursive descent over + - * / ( ) and decimal numbers with point or comma.
class Sum
{
public:
    explicit Sum(const QString &text) : m_text(text) {}

    std::optional<double> value()
    {
        const double result = terms();
        skip();
        if (!m_isFine || m_at != m_text.size() || !std::isfinite(result))
            return {};
        return result;
    }

private:
    void skip()
    {
        while (m_at < m_text.size() && m_text.at(m_at).isSpace())
            ++m_at;
    }

    bool take(QChar sign)
    {
        skip();
        if (m_at >= m_text.size() || m_text.at(m_at) != sign)
            return false;
        ++m_at;
        return true;
    }

    double terms()
    {
        double result = factors();
        while (m_isFine) {
            if (take(u'+'))
                result += factors();
            else if (take(u'-') || take(u'\u2212'))
                result -= factors();
            else
                break;
        }
        return result;
    }

    double factors()
    {
        double result = atom();
        while (m_isFine) {
            if (take(u'*') || take(u'\u00D7'))
                result *= atom();
            else if (take(u'/'))
                result /= atom();
            else
                break;
        }
        return result;
    }

    double atom()
    {
        if (++m_depth > 64) {
            m_isFine = false;
            return 0.0;
        }
        double result = 0.0;
        if (take(u'-') || take(u'\u2212')) {
            result = -atom();
        } else if (take(u'+')) {
            result = atom();
        } else if (take(u'(')) {
            result = terms();
            m_isFine = m_isFine && take(u')');
        } else {
            skip();
            const qsizetype start = m_at;
            while (m_at < m_text.size() &&
                   (m_text.at(m_at).isDigit() || m_text.at(m_at) == u'.' || m_text.at(m_at) == u','))
                ++m_at;
            bool isNumber = false;
            result = m_text.mid(start, m_at - start).replace(u',', u'.').toDouble(&isNumber);
            m_isFine = m_isFine && isNumber;
        }
        --m_depth;
        return result;
    }

    QString m_text;
    qsizetype m_at = 0;
    int m_depth = 0;
    bool m_isFine = true;
};

} // namespace

std::optional<double> evaluateSum(const QString &text)
{
    return Sum(text).value();
}

NumberField::NumberField(QWidget *parent) : QLineEdit(parent)
{
    setFocusPolicy(Qt::StrongFocus);
    setMaxLength(64);
    connect(this, &QLineEdit::textEdited, this, &NumberField::parse);
    connect(this, &QLineEdit::returnPressed, this, &NumberField::commit);
    setText(textOf(m_value));
}

void NumberField::setRange(double minimum, double maximum)
{
    m_minimum = minimum;
    m_maximum = maximum;
    setValue(m_value);
}

void NumberField::setSingleStep(double step)
{
    m_step = step;
}

void NumberField::setDecimals(int decimals)
{
    m_decimals = decimals;
    if (m_problem.isEmpty() && !hasFocus())
        setText(textOf(m_value));
}

void NumberField::setSuffix(const QString &suffix)
{
    m_suffix = suffix;
    updateMargins();
}

void NumberField::setRule(std::function<QString(double)> rule)
{
    m_rule = std::move(rule);
}

void NumberField::setStepButtonsVisible(bool visible)
{
    m_hasButtons = visible;
    setMouseTracking(visible);
    updateMargins();
}

void NumberField::updateMargins()
{
    int right = 0;
    if (!m_suffix.isEmpty())
        right = fontMetrics().horizontalAdvance(m_suffix) + 4;
    if (m_hasButtons)
        right = 20;
    setTextMargins(0, 0, right, 0);
    update();
}

int NumberField::intValue() const
{
    return int(std::lround(m_value));
}

QString NumberField::textOf(double value) const
{
    QString text = QString::number(value, 'f', m_decimals);
    if (text.contains(u'.')) {
        while (text.endsWith(u'0'))
            text.chop(1);
        if (text.endsWith(u'.'))
            text.chop(1);
    }
    return text == QLatin1String("-0") ? QStringLiteral("0") : text;
}

void NumberField::setValue(double value)
{
    const double scale = std::pow(10.0, m_decimals);
    const double rounded = std::clamp(std::round(value * scale) / scale, m_minimum, m_maximum);
    const bool differs = rounded != m_value;
    m_value = rounded;
    setText(textOf(m_value));
    setProblem({});
    if (differs)
        Q_EMIT valueChanged(m_value);
}

void NumberField::stepBy(int steps)
{
    const double before = m_value;
    // To the next multiple of the step, so that 6.3 goes to 6.5 with steps of 0.5.
    const double place = before / m_step;
    const double near = std::round(place);
    double target = 0.0;
    if (std::abs(place - near) < 1e-6)
        target = (near + steps) * m_step;
    else
        target = (steps > 0 ? std::ceil(place) + steps - 1 : std::floor(place) + steps + 1) * m_step;
    if (m_minimum > 0.0 && before == m_minimum && steps > 0 && m_step > 1.0 && std::fmod(m_minimum, m_step) != 0.0)
        target = std::ceil(before / m_step) * m_step + (steps - 1) * m_step;
    setValue(target);
    if (hasFocus())
        selectAll();
    if (m_value != before)
        Q_EMIT valueEdited(m_value);
}

void NumberField::parse()
{
    const std::optional<double> sum = evaluateSum(text());
    if (!sum) {
        setProblem(tr("must be a number"));
        return;
    }
    const double scale = std::pow(10.0, m_decimals);
    const double value = std::round(*sum * scale) / scale;
    if (value < m_minimum || value > m_maximum) {
        setProblem(tr("must be %1 to %2").arg(textOf(m_minimum), textOf(m_maximum)));
        return;
    }
    if (m_rule) {
        const QString fault = m_rule(value);
        if (!fault.isEmpty()) {
            setProblem(fault);
            return;
        }
    }
    setProblem({});
    if (value == m_value)
        return;
    m_value = value;
    Q_EMIT valueChanged(m_value);
    Q_EMIT valueEdited(m_value);
}

void NumberField::commit()
{
    if (m_problem.isEmpty())
        setText(textOf(m_value));
}

void NumberField::setProblem(const QString &problem)
{
    if (problem == m_problem)
        return;
    m_problem = problem;
    setProperty("invalid", !problem.isEmpty());
    setAccessibleDescription(problem);
    style()->unpolish(this);
    style()->polish(this);
    update();
    Q_EMIT problemChanged(problem);
}

void NumberField::keyPressEvent(QKeyEvent *event)
{
    int steps = 0;
    if (event->modifiers() == Qt::NoModifier || event->modifiers() == Qt::KeypadModifier) {
        switch (event->key()) {
        case Qt::Key_Up:
            steps = 1;
            break;
        case Qt::Key_Down:
            steps = -1;
            break;
        case Qt::Key_PageUp:
            steps = 10;
            break;
        case Qt::Key_PageDown:
            steps = -10;
            break;
        default:
            break;
        }
    }
    if (steps != 0 && !isReadOnly()) {
        stepBy(steps);
        event->accept();
        return;
    }
    QLineEdit::keyPressEvent(event);
}

void NumberField::wheelEvent(QWheelEvent *event)
{
    if (!hasFocus() || isReadOnly()) {
        event->ignore();
        return;
    }
    const int notches = event->angleDelta().y() / 120;
    if (notches != 0)
        stepBy(notches);
    event->accept();
}

void NumberField::focusOutEvent(QFocusEvent *event)
{
    commit();
    QLineEdit::focusOutEvent(event);
}

QRect NumberField::stepRect(bool up) const
{
    return {width() - 24, up ? 2 : height() / 2, 20, height() / 2 - 2};
}

void NumberField::mousePressEvent(QMouseEvent *event)
{
    if (m_hasButtons && isEnabled() && event->button() == Qt::LeftButton) {
        for (const bool up : {true, false}) {
            if (stepRect(up).contains(event->pos())) {
                setFocus(Qt::MouseFocusReason);
                stepBy(up ? 1 : -1);
                return;
            }
        }
    }
    QLineEdit::mousePressEvent(event);
}

void NumberField::mouseMoveEvent(QMouseEvent *event)
{
    if (m_hasButtons) {
        const bool over = stepRect(true).contains(event->pos()) || stepRect(false).contains(event->pos());
        setCursor(over ? Qt::ArrowCursor : Qt::IBeamCursor);
    }
    QLineEdit::mouseMoveEvent(event);
}

void NumberField::paintEvent(QPaintEvent *event)
{
    QLineEdit::paintEvent(event);
    QPainter painter(this);
    const QColor dim = theme().color(isEnabled() ? Token::Text3 : Token::Disabled);
    if (!m_suffix.isEmpty()) {
        painter.setFont(font());
        painter.setPen(dim);
        painter.drawText(rect().adjusted(0, 0, -10, 0), Qt::AlignRight | Qt::AlignVCenter, m_suffix);
    }
    if (m_hasButtons) {
        for (const bool up : {true, false}) {
            QRectF box(0, 0, 12, 12);
            box.moveCenter(QRectF(stepRect(up)).center() + QPointF(0, up ? 2 : -2));
            drawIcon(painter, box, up ? QStringLiteral("chevron-up") : QStringLiteral("chevron-down"), dim);
        }
    }
}

} // namespace ui
