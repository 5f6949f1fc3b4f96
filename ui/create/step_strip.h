#pragma once

#include <QImage>
#include <QWidget>

#include <vector>

namespace ui {

/// Thumbnails of the steps of the picture that forms, and a tick for each step to come. A click shows that step while
/// the work goes on. One stop for the keyboard; arrows move, End goes back to what forms.
class StepStrip : public QWidget
{
    Q_OBJECT
public:
    explicit StepStrip(QWidget *parent = nullptr);

    /// A new picture begins.
    void start(int steps);
    void setSteps(int steps);
    /// A preview of this step; keeps it, so that it can be shown again.
    void addStep(int step, const QImage &preview);
    /// No further steps will come: the ticks go.
    void finish();
    [[nodiscard]] QImage preview(int step) const; ///< null: there is none
    [[nodiscard]] int count() const { return int(m_frames.size()); }
    [[nodiscard]] int newestStep() const { return m_frames.empty() ? 0 : m_frames.back().step; }
    /// 0: the newest, whatever comes.
    void setShownStep(int step);
    [[nodiscard]] int shownStep() const { return m_shown; }
    void setCompact(bool isCompact);

Q_SIGNALS:
    void stepChosen(int step);    ///< 0: what forms
    void stepActivated(int step); ///< double click or Enter

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseDoubleClickEvent(QMouseEvent *event) override;
    void wheelEvent(QWheelEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    bool event(QEvent *event) override;

private:
    struct Frame
    {
        int step = 0;
        QImage preview;
        QImage thumbnail; ///< at the screen's ratio
    };

    [[nodiscard]] QRect cell(int index) const;
    [[nodiscard]] int indexAt(const QPoint &position) const;
    [[nodiscard]] int indexOf(int step) const;
    [[nodiscard]] double tickPitch() const;
    [[nodiscard]] int tickSpace() const;
    [[nodiscard]] QImage makeThumbnail(const QImage &preview) const;
    void keepVisible();
    void choose(int index);

    std::vector<Frame> m_frames; ///< by step, rising
    int m_steps = 0;
    int m_shown = 0;
    int m_side = 44;
    int m_scroll = 0;
    bool m_isFinished = false;
};

} // namespace ui
