#pragma once

#include "app/trajectory_pictures.h"
#include "ui/learn/learn_view.h"

#include <QTimer>

class QScrollArea;
class QStackedWidget;

namespace app {
class Studio;
}

namespace ui {

class Banner;
class BranchForm;
class BranchTree;
class Button;
class Chart;
class ChartLegend;
class EmptyState;
class IconButton;
class InspectorStrip;
class InspectorTable;
class InspectorTile;
class Label;
class NumberField;
class PanelHead;
class PictureBar;
class SegmentedControl;
class SidePanel;
class StepDecoder;
class ToastHost;

/// Reverse diffusion: how a picture came out of the noise, step by step, and branches from any of its steps.
class ReverseView : public LearnView
{
    Q_OBJECT
public:
    explicit ReverseView(app::Studio &studio, QWidget *parent = nullptr);
    ~ReverseView() override;

    /// Shows a picture's steps; says so if they were not kept.
    void open(const QString &picture);
    void setStep(int step);
    [[nodiscard]] int step() const { return m_step; }
    [[nodiscard]] QString picture() const { return m_picture; }
    void startBranch();
    void play(bool isPlaying);
    [[nodiscard]] bool isPlaying() const { return m_player.isActive(); }

    [[nodiscard]] QWidget *toolbarPart() override;
    [[nodiscard]] SidePanel *rightPanel() const override { return m_panel; }
    [[nodiscard]] QList<QWidget *> parts() const override;
    [[nodiscard]] QWidget *focusOf(QWidget *part) const override;
    [[nodiscard]] PageStatus status() const override;
    void setCompact(bool narrow, bool low) override;
    void activate() override;
    void deactivate() override;

Q_SIGNALS:
    void createRequested();
    void compareRequested(const QStringList &files);

protected:
    void keyPressEvent(QKeyEvent *event) override;
    void dragEnterEvent(QDragEnterEvent *event) override;
    void dropEvent(QDropEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    /// What the fourth tile shows.
    enum Change { SinceBefore, BetweenSteps, FromParent };
    enum Curves { Decided, Norms, Levels };

    // reverse_view.cpp: the parts and where they stand
    QWidget *makeHeader();
    QWidget *makeTiles();
    QWidget *makeLower();
    void makePanel();
    void connectParts();
    void fit();

    // reverse_work.cpp: what they show
    void show(const QString &picture, const app::TrajectoryPtr &trajectory);
    void showNothing(const QString &title, const QString &text, bool canMakeAgain);
    void showStep();
    void showNoise();
    void showChange();
    void showChart();
    void showTree();
    void decode();
    void submitBranch();
    void closeForm();
    void makeAgain();
    void exportMenu();
    void exportTo(int format);
    void onFailed(const QString &picture, const app::Failure &failure);
    void onJobEnded(app::JobId id);

    app::Studio &m_studio;
    PictureBar *m_bar;
    Button *m_export;
    QStackedWidget *m_stack;
    QWidget *m_inspector;
    EmptyState *m_empty;
    Button *m_emptyMake;
    Button *m_emptyAgain;
    Banner *m_banner;
    QScrollArea *m_scroll = nullptr;
    IconButton *m_play;
    Label *m_title;
    Label *m_numbers;
    SegmentedControl *m_decoderChoice;
    Button *m_branch;
    InspectorStrip *m_strip;
    InspectorTile *m_noisy;
    InspectorTile *m_noise;
    InspectorTile *m_predicted;
    InspectorTile *m_change;
    NumberField *m_other; ///< step A of a difference
    InspectorTile *m_decided;
    SegmentedControl *m_chartChoice;
    Chart *m_chart;
    ChartLegend *m_legend;
    SidePanel *m_panel;
    QStackedWidget *m_panelStack;
    InspectorTable *m_table;
    PanelHead *m_branchHead;
    Button *m_compare;
    BranchTree *m_tree;
    BranchForm *m_form;
    StepDecoder *m_decoder;
    ToastHost *m_toasts;

    QString m_picture;
    QString m_awaited; ///< asked for, not there yet
    app::TrajectoryPictures m_pictures;
    app::TrajectoryPtr m_parent; ///< steps of the picture that this one was branched from
    QString m_parentPicture;
    app::JobId m_again = 0;
    QSet<app::JobId> m_branchJobs;
    double m_decodeSeconds = -1.0;
    int m_step = 0;
    QTimer m_player;
    bool m_isLow = false;
};

} // namespace ui
