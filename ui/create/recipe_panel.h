#pragma once

#include "engine/model_info.h"
#include "engine/request.h"
#include "ui/common/model_chooser.h"
#include "ui/common/seed_field.h"
#include "ui/common/side_panel.h"

#include <QTimer>

class QComboBox;
class QMenu;

namespace ui {

class Collapsible;
class FieldLabel;
class IconButton;
class Label;
class MoreSection;
class NumberField;
class PromptSection;
class SplitButton;
class ValueSlider;

/// How much of a picture's recipe is taken over.
enum class RecipePart { All, AllButSeed, Prompts, Seed, Size };

/// The fields of the recipe as they stand.
struct RecipeState
{
    engine::GenerateRequest request = {};
    SeedField::Mode seedMode = SeedField::Mode::Random;
    bool hasSeed = false; ///< false: the seed is chosen on start

    bool operator==(const RecipeState &) const = default;
};

/// What the panel needs to know of the chosen model.
struct ChosenModel
{
    int row = -1; ///< in the list of the chooser; -1: not listed
    QString path = {};
    QString name = {};
    bool isUsable = false;
    engine::ModelInfo info = {};
};

/// Left panel of Create: everything a picture is made of, and the button that makes it.
class RecipePanel : public SidePanel
{
    Q_OBJECT
public:
    explicit RecipePanel(QWidget *parent = nullptr);

    void setModels(QAbstractItemModel *models, const ModelRoles &roles);
    /// Values that were the old model's own become the new model's.
    void setModel(const ChosenModel &model);
    [[nodiscard]] const ChosenModel &model() const { return m_model; }
    void setModelLoading(double fraction);

    [[nodiscard]] RecipeState state() const;
    void setState(const RecipeState &state);
    /// What stands now can be had again by undo().
    void pushUndo();
    /// As setState, without a step of its own for undo.
    void apply(const RecipeState &state);
    /// The request to submit now: its seed is drawn, and shown, if it is random.
    [[nodiscard]] engine::GenerateRequest take();
    /// Steps, guidance, size, sampler and schedule as the model wants them.
    void useSuggestedSettings();
    void undo();
    [[nodiscard]] bool canUndo() const;
    /// Undo goes back to what stands now, not further.
    void forgetPast();

    /// Something runs already: the button adds to the queue.
    void setBusy(bool isBusy);
    void setHistory(const QStringList &prompts);
    void setMoreOpen(bool isOpen);
    [[nodiscard]] bool isMoreOpen() const;
    void focusPrompt();
    void openModelChooser();
    void rollDice();
    /// Menu of the arrow beside Generate.
    [[nodiscard]] QMenu *submitMenu() const;
    /// Menu at "more" in the head.
    [[nodiscard]] QMenu *headMenu() const { return m_headMenu; }
    /// Every stop of Tab, in order.
    [[nodiscard]] QList<QWidget *> tabOrder() const;

Q_SIGNALS:
    void edited();
    void submitRequested();
    void modelChosen(int row);
    void openModelRequested();
    /// Undo went back to a recipe of another model.
    void modelWanted(const QString &path);
    /// A prompt of the history was chosen.
    void historyChosen(int index);

protected:
    bool eventFilter(QObject *object, QEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    QWidget *makeHead();
    QWidget *makeBody();
    QWidget *makeFoot();
    void onEdited();
    void updatePossible();
    void updateSeedCaption();
    void updateSizeProblem();
    void updateButton();
    void fitMargin();
    void swapSize();

    ChosenModel m_model;
    PromptSection *m_prompts = nullptr;
    ModelChooser *m_chooser = nullptr;
    QComboBox *m_sampler = nullptr;
    QComboBox *m_schedule = nullptr;
    ValueSlider *m_steps = nullptr;
    ValueSlider *m_guidance = nullptr;
    QWidget *m_guidanceRow = nullptr;
    FieldLabel *m_sizeLabel = nullptr;
    NumberField *m_width = nullptr;
    NumberField *m_height = nullptr;
    IconButton *m_swap = nullptr;
    Label *m_sizeProblem = nullptr;
    FieldLabel *m_seedLabel = nullptr;
    SeedField *m_seed = nullptr;
    NumberField *m_count = nullptr;
    Collapsible *m_moreFold = nullptr;
    MoreSection *m_more = nullptr;
    SplitButton *m_submit = nullptr;
    IconButton *m_undo = nullptr;
    IconButton *m_history = nullptr;
    QMenu *m_historyMenu = nullptr;
    QMenu *m_headMenu = nullptr;
    QList<RecipeState> m_past; ///< the last one is what the fields held before
    RecipeState m_settled;
    QTimer m_settle; ///< edits close together are one
    bool m_isBusy = false;
    bool m_isSetting = false;
};

} // namespace ui
