#pragma once

#include "app/training_folder.h"
#include "engine/train_request.h"
#include "ui/common/side_panel.h"

#include <QSet>
#include <QTimer>

class QCheckBox;
class QComboBox;
class QLineEdit;
class QPlainTextEdit;

namespace app {
class Studio;
}

namespace ui {

class Button;
class ChoiceCards;
class Collapsible;
class ElidedLabel;
class FieldLabel;
class FoundCard;
class Label;
class NumberField;

/// Left panel of the Train page: of which pictures what is made, with which numbers, and how long it takes.
class TrainSetup : public SidePanel
{
    Q_OBJECT
public:
    explicit TrainSetup(app::Studio &studio, QWidget *parent = nullptr);
    ~TrainSetup() override;

    void setFolder(const QString &folder);
    void chooseFolder();
    [[nodiscard]] QString folder() const;
    [[nodiscard]] const app::TrainingFolderContents &contents() const { return m_data->contents(); }
    /// As the fields say it; output and checkpoints are for app::TrainingRuns to fill in.
    [[nodiscard]] engine::TrainRequest request() const;
    [[nodiscard]] QString runName() const;
    /// Fills the fields from an earlier run.
    void show(const engine::TrainRequest &request);
    [[nodiscard]] QWidget *firstField() const;
    [[nodiscard]] Button *startButton() const { return m_start; }

Q_SIGNALS:
    void startRequested();
    void folderChanged();

private:
    QWidget *makeBody();
    QWidget *makeNumbers(QWidget *body);
    QWidget *makeMore(QWidget *body);
    QWidget *makeFoot();
    NumberField *addNumber(const char *name, const QString &label, double minimum, double maximum, double step,
                           int decimals = 0);
    void updateKinds();
    void updateDefaults();
    void updateRows();
    void updateEstimate();
    void updateStart();
    void measure();
    [[nodiscard]] engine::TrainKind kind() const;
    [[nodiscard]] engine::OptimizerKind optimizer() const;
    [[nodiscard]] QString base() const; ///< path of the model that a latent model or a LoRA stands on
    /// Why it cannot be started, one sentence; empty: it can.
    [[nodiscard]] QString obstacle() const;

    app::Studio &m_studio;
    app::TrainingFolder *m_data;
    Button *m_folder;
    FoundCard *m_found;
    ChoiceCards *m_kinds;
    QLineEdit *m_name = nullptr;
    NumberField *m_steps = nullptr;
    NumberField *m_batch = nullptr;
    NumberField *m_rate = nullptr;
    QComboBox *m_curve = nullptr;
    Collapsible *m_more = nullptr;
    NumberField *m_size = nullptr;
    NumberField *m_warmup = nullptr;
    NumberField *m_sampleEvery = nullptr;
    NumberField *m_ema = nullptr;
    NumberField *m_minSnr = nullptr;
    NumberField *m_dropout = nullptr;
    NumberField *m_rank = nullptr;
    NumberField *m_seed = nullptr;
    QComboBox *m_prediction = nullptr;
    QComboBox *m_betas = nullptr;
    QComboBox *m_optimizer = nullptr;
    QComboBox *m_targets = nullptr; ///< layers that a LoRA changes
    QCheckBox *m_flip = nullptr;
    QPlainTextEdit *m_prompts = nullptr;
    QHash<QWidget *, QWidget *> m_columns; ///< field and what holds it with its label
    Label *m_estimate = nullptr;
    Button *m_measure = nullptr;
    Button *m_start = nullptr;
    QSet<QWidget *> m_edited; ///< fields whose value is a person's
    bool m_isFilling = false;
    QTimer m_measureTimer;
    QString m_measured; ///< what was measured last, so that it is not done again and again
};

} // namespace ui
