#pragma once

#include "ui/compare/compare_view.h"
#include "ui/compare/knock_out.h"

#include <QWidget>

class QComboBox;
class QStackedWidget;

namespace ui {

class Button;
class IconButton;
class Label;
class PlainSlider;
class SegmentedControl;

/// The bar under the pictures, 56 high: what belongs to the way of comparing, or the knock-out.
class CompareBar : public QWidget
{
    Q_OBJECT
public:
    explicit CompareBar(CompareView &view, QWidget *parent = nullptr);

    /// Shows the controls of the view's mode with its values.
    void refresh();
    void setFigures(const QString &text); ///< "B to A: PSNR 17.7 dB, SSIM 0.720"
    void setCanKnockOut(bool can);
    [[nodiscard]] int gain() const; ///< 1, 4, 16
    void setGain(int gain);
    /// The knock-out instead of the controls; nullptr: the controls again.
    void showKnockOut(const KnockOut *knockOut, const QStringList &letters);

Q_SIGNALS:
    void gainChanged(int gain);
    void knockOutRequested();
    void chosen(int side); ///< 0: the left one, 1: the right one
    void skipped();
    void undone();
    void applied(); ///< the stars of the result
    void ended();

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    QWidget *makeOptions();
    QWidget *makeQuestion();
    QWidget *makeResult();

    CompareView &m_view;
    QStackedWidget *m_stack;
    QStackedWidget *m_options = nullptr;
    QWidget *m_controls = nullptr;
    QWidget *m_question = nullptr;
    QWidget *m_result = nullptr;
    SegmentedControl *m_direction = nullptr;
    SegmentedControl *m_gain = nullptr;
    IconButton *m_pause = nullptr;
    PlainSlider *m_speed = nullptr;
    Label *m_speedText = nullptr;
    PlainSlider *m_opacity = nullptr;
    Label *m_opacityText = nullptr;
    QComboBox *m_columns = nullptr;
    QList<Label *> m_figures;
    Button *m_start = nullptr;
    Button *m_left = nullptr;
    Button *m_right = nullptr;
    Button *m_skip = nullptr;
    Button *m_undo = nullptr;
    Button *m_undoResult = nullptr;
    Label *m_round = nullptr;
    Label *m_places = nullptr;
};

} // namespace ui
