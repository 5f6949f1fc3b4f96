#pragma once

#include <QHBoxLayout>
#include <QWidget>

namespace ui {

/// Bar at the top of a page: one row of controls on the window's colour, with a line below.
class ToolBar : public QWidget
{
    Q_OBJECT
public:
    explicit ToolBar(int height, QWidget *parent = nullptr);
    /// The row, 8 between its parts, 16 at the ends.
    [[nodiscard]] QHBoxLayout *row() const { return m_row; }

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    QHBoxLayout *m_row;
};

} // namespace ui
