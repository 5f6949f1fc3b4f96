#pragma once

#include "app/recipe_difference.h"
#include "ui/common/side_panel.h"

class QCheckBox;
class QMenu;

namespace ui {

class Button;
class CompareModel;
class CompareView;
class DifferenceModel;
class DifferenceTable;
class Label;
class Overview;
class SlotList;

/// What is compared, and what is different about how it was made.
class ComparePanel : public SidePanel
{
    Q_OBJECT
public:
    ComparePanel(CompareModel &model, CompareView &view, QWidget *parent = nullptr);

    [[nodiscard]] SlotList *slotList() const { return m_slots; }
    [[nodiscard]] DifferenceTable *table() const { return m_table; }
    [[nodiscard]] QMenu *addMenu() const { return m_addMenu; }
    /// Reads settings and results anew. \param second  the picture whose words are compared with A's
    void refresh(int second);
    void refreshOverview();

Q_SIGNALS:
    void applyRequested(int picture, app::RecipeSetting setting);
    void useRequested(int picture);
    void mapRequested();
    void exportRequested();
    void plotRequested();

private:
    QWidget *makeOverview();
    QWidget *makeDifferences();
    QWidget *makeFoot();
    void showWords(int second);

    CompareModel &m_model;
    CompareView &m_view;
    DifferenceModel *m_differences;
    SlotList *m_slots;
    QMenu *m_addMenu;
    Button *m_add;
    QWidget *m_overviewBox = nullptr;
    Overview *m_overview = nullptr;
    QCheckBox *m_linked = nullptr;
    QCheckBox *m_smooth = nullptr;
    QCheckBox *m_names = nullptr;
    QWidget *m_details = nullptr;
    Label *m_count = nullptr;
    QCheckBox *m_only = nullptr;
    DifferenceTable *m_table = nullptr;
    Label *m_nothing = nullptr;
    Label *m_promptTitle = nullptr;
    Label *m_prompt = nullptr;
    Label *m_negativeTitle = nullptr;
    Label *m_negative = nullptr;
    Label *m_sameTitle = nullptr;
    Label *m_same = nullptr;
    Button *m_use = nullptr;
    Button *m_map = nullptr;
    Button *m_plot = nullptr;
    Button *m_export = nullptr;
    int m_second = 1;
};

} // namespace ui
