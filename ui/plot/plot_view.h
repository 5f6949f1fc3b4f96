#pragma once

#include "app/recipe.h"
#include "app/xy_plot.h"
#include "ui/common/page.h"
#include "ui/create/recipe_panel.h"

#include <QPointer>
#include <QTimer>

class QCheckBox;
class QComboBox;
class QMenu;
class QStackedWidget;

namespace app {
class Studio;
}

namespace ui {

class AxisEditor;
class Button;
class ElidedLabel;
class EmptyState;
class FactList;
class IconButton;
class Label;
class PlotCanvas;
class ProgressMeter;
class SidePanel;
class ToastHost;

/// X/Y plots: which settings vary at the left, the sheet of pictures beside it. A page of its own, self-contained.
class PlotView : public Page
{
    Q_OBJECT
public:
    explicit PlotView(app::Studio &studio, QWidget *parent = nullptr);
    ~PlotView() override;

    /// The recipe that a new plot varies. \param hasSeed  false: the seed is drawn at the start
    void setBase(const engine::GenerateRequest &base, bool hasSeed);
    /// Begins a new plot, with the form at hand.
    void showNew();
    /// A kept plot.
    void showPlot(const QString &id);
    /// The pictures as a sheet, by the settings that differ. Called with any selection of the gallery.
    void showPictures(const QStringList &files);

    [[nodiscard]] PlotCanvas *canvas() const { return m_canvas; }
    [[nodiscard]] SidePanel *leftPanel() const override { return m_left; }
    [[nodiscard]] QList<QWidget *> parts() const override;
    [[nodiscard]] PageStatus status() const override;
    void activate() override;

Q_SIGNALS:
    void fileOpened(const QString &file); ///< show it large
    void compareRequested(const QStringList &files);
    void recipeChosen(const app::Recipe &recipe, ui::RecipePart part);
    void exportRequested(const QStringList &files);
    void baseWanted();    ///< the recipe as it stands in Create
    void galleryWanted(); ///< to choose pictures

private:
    QWidget *makeForm();
    QWidget *makeFoot();
    QWidget *makeToolbar();
    void connectParts();
    void display(app::XyPlot *plot);
    void showDraft();
    void layPictures();
    void updateForm();
    void updateBase();
    void takeDefinition(const app::PlotDefinition &definition);
    void updateState();
    void updateList();
    void start();
    void openCell(QPoint cell);
    void useCell(QPoint cell, RecipePart part);
    void showMenu(QPoint cell, const QPoint &at);
    void saveSheet(bool isPdf);
    void say(const QString &problem);
    [[nodiscard]] app::PlotDefinition formDefinition() const;
    [[nodiscard]] app::Recipe recipeOf(QPoint cell) const;
    [[nodiscard]] QStringList files() const;
    [[nodiscard]] app::XyPlot *shown() const;

    app::Studio &m_studio;
    engine::GenerateRequest m_base;
    bool m_hasSeed = false;
    QList<app::PlotPicture> m_pictures;   ///< of a sheet made of pictures
    int m_turn = 0;                       ///< answers for earlier selections are dropped
    std::unique_ptr<app::XyPlot> m_draft; ///< what the form would make
    QPointer<app::XyPlot> m_kept;         ///< what is shown; null: the draft

    SidePanel *m_left;
    Label *m_prompt = nullptr;
    FactList *m_facts = nullptr;
    AxisEditor *m_x = nullptr;
    AxisEditor *m_y = nullptr;
    QCheckBox *m_varySeeds = nullptr;
    Label *m_estimate = nullptr;
    Button *m_start = nullptr;
    QComboBox *m_plots = nullptr;
    QWidget *m_axes = nullptr; ///< combos of a sheet made of pictures
    QComboBox *m_xChoice = nullptr;
    QComboBox *m_yChoice = nullptr;
    ElidedLabel *m_words = nullptr;
    ProgressMeter *m_meter = nullptr;
    IconButton *m_pause = nullptr;
    IconButton *m_stop = nullptr;
    IconButton *m_again = nullptr;
    IconButton *m_zoomOut = nullptr;
    Label *m_zoom = nullptr;
    IconButton *m_zoomIn = nullptr;
    IconButton *m_fit = nullptr;
    IconButton *m_more = nullptr;
    QMenu *m_menu = nullptr;
    QStackedWidget *m_middle = nullptr;
    PlotCanvas *m_canvas = nullptr;
    EmptyState *m_empty = nullptr;
    ToastHost *m_toasts = nullptr;
    QTimer m_refresh; ///< words and meter at most 10 times a second
    QTimer m_settle;  ///< the draft follows the form when typing rests
    int m_order = 0;  ///< of the sheet that is being saved
    bool m_isFilling = false;
};

} // namespace ui
