#pragma once

#include "engine/forward_process.h"

#include <QWidget>

class QComboBox;

namespace ui {

class IconButton;
class Label;
class NumberField;
class SegmentedControl;

enum class ForwardSpace { Pixels, Latent };
enum class ForwardNoise { Same, Fresh };

/// Row of controls: schedule, its range of beta, the space, the noise.
class ForwardControls : public QWidget
{
    Q_OBJECT
public:
    explicit ForwardControls(QWidget *parent = nullptr);

    [[nodiscard]] engine::ForwardOptions options() const; ///< always one that makes a schedule
    [[nodiscard]] ForwardSpace space() const;
    void setSpace(ForwardSpace space);
    [[nodiscard]] ForwardNoise noise() const;

Q_SIGNALS:
    void optionsChanged();
    void spaceChanged();
    void noiseChanged();
    /// Other noise, to be kept.
    void diceThrown();

private:
    void chooseSchedule(int index);
    [[nodiscard]] QString problemOf(double start, double end) const;
    void showProblem();

    QComboBox *m_schedule;
    NumberField *m_start;
    NumberField *m_end;
    SegmentedControl *m_space;
    SegmentedControl *m_noise;
    IconButton *m_dice;
    Label *m_problem;
};

} // namespace ui
