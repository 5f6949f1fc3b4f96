#pragma once

#include "app/trajectory_store.h"
#include "ui/common/theme.h"

#include <QWidget>

class QCheckBox;
class QComboBox;

namespace ui {

class Button;
class FieldLabel;
class Label;
class NumberField;
class PanelHead;
class PromptEdit;
class SeedField;
class ValueSlider;

/// What may change where a branch begins: prompts, guidance, sampler, schedule, the number of steps that are left and
/// the noise of those steps.
class BranchForm : public QWidget
{
    Q_OBJECT
public:
    explicit BranchForm(QWidget *parent = nullptr);

    /// Fills the fields with what the parent used.
    void start(const app::TrajectoryPtr &parent, int step);
    /// The branch as the fields stand.
    [[nodiscard]] engine::GenerateRequest request() const;
    [[nodiscard]] int step() const { return m_step; }
    /// Whether nothing differs from the parent.
    [[nodiscard]] bool isSame() const;
    /// Why the branch was not taken; empty: nothing is wrong.
    void setProblem(const QString &text);
    void focusFirst();

Q_SIGNALS:
    void submitted();
    void cancelled();

protected:
    void keyPressEvent(QKeyEvent *event) override;

private:
    void refresh();

    app::TrajectoryPtr m_parent;
    int m_step = 0;
    std::string m_startSampler; ///< as the fields were filled
    std::string m_startSchedule;
    PanelHead *m_head;
    PromptEdit *m_prompt;
    PromptEdit *m_negative;
    QComboBox *m_sampler;
    QComboBox *m_schedule;
    NumberField *m_steps;
    ValueSlider *m_guidance;
    QCheckBox *m_otherNoise;
    SeedField *m_seed;
    Label *m_noiseNote;
    Label *m_note;
    Button *m_submit;
};

/// How a branch differs from its parent, in a few words: "guidance 8, seed 42"; "nothing changed".
[[nodiscard]] QString branchDifferences(const app::Branch &branch);

} // namespace ui
