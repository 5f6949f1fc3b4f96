#pragma once

#include <QWidget>

namespace ui {

class NumberField;

/// Slider with a number field at its right: one value, one stop for the keyboard (the number).
/// The slider may span less than the number takes. Double click on the slider sets the default.
class ValueSlider : public QWidget
{
    Q_OBJECT
public:
    explicit ValueSlider(QWidget *parent = nullptr);

    /// \param minimum, maximum of the number
    void setRange(double minimum, double maximum);
    /// What the slider spans.
    void setSliderRange(double minimum, double maximum);
    void setSingleStep(double step);
    void setDecimals(int decimals);
    void setSuffix(const QString &suffix);
    void setDefaultValue(double value);
    void setFieldWidth(int width);
    void setAccessibleLabel(const QString &name);
    [[nodiscard]] double value() const;
    [[nodiscard]] int intValue() const;
    void setValue(double value);
    [[nodiscard]] NumberField *field() const { return m_field; }
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

Q_SIGNALS:
    void valueChanged(double value);
    void valueEdited(double value);

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void mouseDoubleClickEvent(QMouseEvent *event) override;
    bool eventFilter(QObject *object, QEvent *event) override;

private:
    [[nodiscard]] QRectF grooveRect() const;
    [[nodiscard]] double valueAt(double x) const;
    void drag(double x);

    NumberField *m_field;
    double m_sliderMinimum = 0.0;
    double m_sliderMaximum = 100.0;
    double m_step = 1.0;
    double m_default = 0.0;
    int m_fieldWidth = 64;
    double m_grab = 0.0;
    bool m_isDragging = false;
    bool m_hasKeyboardFocus = false;
};

/// The same slider without a number, 20 high (thumbnail size): keys Left/Right/Home/End act on it.
class PlainSlider : public QWidget
{
    Q_OBJECT
public:
    explicit PlainSlider(QWidget *parent = nullptr);
    void setRange(int minimum, int maximum, int step = 1);
    [[nodiscard]] int value() const { return m_value; }
    void setValue(int value);
    [[nodiscard]] QSize sizeHint() const override { return {88, 20}; }

Q_SIGNALS:
    void valueChanged(int value);

protected:
    void paintEvent(QPaintEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void wheelEvent(QWheelEvent *event) override;

private:
    void drag(double x);

    int m_minimum = 0;
    int m_maximum = 100;
    int m_step = 1;
    int m_value = 0;
};

} // namespace ui
