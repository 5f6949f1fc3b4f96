#pragma once

#include <QAbstractButton>

namespace ui {

/// On/off switch, 36x20; only in Settings.
class Switch : public QAbstractButton
{
    Q_OBJECT
public:
    explicit Switch(QWidget *parent = nullptr);
    [[nodiscard]] QSize sizeHint() const override { return {36, 20}; }

protected:
    void paintEvent(QPaintEvent *event) override;
};

} // namespace ui
