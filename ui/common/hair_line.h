#pragma once

#include <QWidget>

namespace ui {

/// Separator of one pixel in the colour `line`.
class HairLine : public QWidget
{
    Q_OBJECT
public:
    explicit HairLine(QWidget *parent = nullptr, Qt::Orientation orientation = Qt::Horizontal, int length = 0);

protected:
    void paintEvent(QPaintEvent *event) override;
};

} // namespace ui
