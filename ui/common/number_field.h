#pragma once

#include <QLineEdit>

#include <functional>
#include <optional>

namespace ui {

/// Value of a sum with + - * / ( ) as people type it in a number field ("64*12"); nothing if it is none.
std::optional<double> evaluateSum(const QString &text);

/// Field for a number: arithmetic, Up/Down, Page Up/Down (x10), wheel only when focused, a rule said in words
/// while the entry breaks it. The last valid value holds until the entry is valid again.
class NumberField : public QLineEdit
{
    Q_OBJECT
public:
    explicit NumberField(QWidget *parent = nullptr);

    void setRange(double minimum, double maximum);
    void setSingleStep(double step);
    /// Digits behind the point at most; zeros at the end are not shown.
    void setDecimals(int decimals);
    /// Shown at the right inside the field, dimmed ("px").
    void setSuffix(const QString &suffix);
    /// Further rule: empty text if fine, else the sentence under the field ("must be a multiple of 8").
    void setRule(std::function<QString(double)> rule);
    /// Up and down chevrons inside the field (Pictures).
    void setStepButtonsVisible(bool visible);

    [[nodiscard]] double value() const { return m_value; }
    [[nodiscard]] int intValue() const;
    [[nodiscard]] double minimum() const { return m_minimum; }
    [[nodiscard]] double maximum() const { return m_maximum; }
    /// What is wrong with the entry, empty if nothing; a label under the field shows it.
    [[nodiscard]] QString problem() const { return m_problem; }
    /// Sets without valueChanged being treated as typed: emits valueChanged only if it differs.
    void setValue(double value);
    void stepBy(int steps);
    [[nodiscard]] QString textOf(double value) const;

Q_SIGNALS:
    void valueChanged(double value);
    /// A person changed it (typing, keys, wheel, buttons).
    void valueEdited(double value);
    void problemChanged(const QString &problem);

protected:
    void keyPressEvent(QKeyEvent *event) override;
    void wheelEvent(QWheelEvent *event) override;
    void focusOutEvent(QFocusEvent *event) override;
    void paintEvent(QPaintEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;

private:
    void parse();
    void commit();
    void setProblem(const QString &problem);
    void updateMargins();
    [[nodiscard]] QRect stepRect(bool up) const;

    double m_value = 0.0;
    double m_minimum = 0.0;
    double m_maximum = 100.0;
    double m_step = 1.0;
    int m_decimals = 0;
    bool m_hasButtons = false;
    QString m_suffix;
    QString m_problem;
    std::function<QString(double)> m_rule;
};

} // namespace ui
