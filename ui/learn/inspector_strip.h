#pragma once

#include <QHash>
#include <QImage>
#include <QPixmap>
#include <QSet>
#include <QWidget>

#include <functional>

namespace ui {

/// All steps of a picture over one slider: thumbnails with their numbers, blue dots where branches begin. Left, Right,
/// Home, End and the wheel move.
class InspectorStrip : public QWidget
{
    Q_OBJECT
public:
    explicit InspectorStrip(QWidget *parent = nullptr);

    /// \param picture  gives the picture of a step, when it is painted for the first time
    void setSteps(int steps, std::function<QImage(int)> picture);
    void setStep(int step);
    [[nodiscard]] int step() const { return m_step; }
    [[nodiscard]] int steps() const { return m_steps; }
    void setBranches(const QSet<int> &steps);
    [[nodiscard]] const QSet<int> &branches() const { return m_branches; }
    [[nodiscard]] QSize sizeHint() const override { return {600, 96}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {200, 96}; }
    [[nodiscard]] QPointF centreOf(int step) const; ///< of its thumbnail

Q_SIGNALS:
    void stepChosen(int step);

protected:
    void paintEvent(QPaintEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void wheelEvent(QWheelEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;

private:
    [[nodiscard]] double pitch() const;
    [[nodiscard]] int stepAt(double x) const;
    void choose(int step);
    void updateAccessible();

    int m_steps = 0;
    int m_step = 0;
    std::function<QImage(int)> m_picture;
    QHash<int, QPixmap> m_thumbnails;
    QSet<int> m_branches;
};

} // namespace ui
