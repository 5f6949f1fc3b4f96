#pragma once

#include <QAbstractButton>

namespace ui {

/// Pill, 24 high: off (raised) or on (accent-soft with a cross).
class Chip : public QAbstractButton
{
    Q_OBJECT
public:
    explicit Chip(const QString &text, QWidget *parent = nullptr);

    void setOn(bool on);
    [[nodiscard]] bool isOn() const { return m_isOn; }
    /// A cross although it is off (tags).
    void setRemovable(bool removable);
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

Q_SIGNALS:
    /// The cross, Delete or Backspace.
    void removed();

protected:
    void paintEvent(QPaintEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;

private:
    [[nodiscard]] bool hasCross() const { return m_isOn || m_isRemovable; }

    bool m_isOn = false;
    bool m_isRemovable = false;
};

} // namespace ui
