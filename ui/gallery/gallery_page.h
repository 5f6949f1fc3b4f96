#pragma once

#include "app/recipe.h"
#include "app/trash.h"
#include "ui/common/page.h"
#include "ui/common/toast.h"
#include "ui/create/recipe_panel.h"
#include "ui/gallery/gallery_grid.h"

#include <QHash>
#include <QTimer>

class QComboBox;
class QStackedWidget;

namespace app {
class Studio;
}

namespace ui {

class Banner;
class Button;
class Chip;
class ElidedLabel;
class EmptyState;
class FlowLayout;
class FreeSpace;
class GalleryFilter;
class IconButton;
class Label;
class PictureDetails;
class PlainSlider;
class SearchField;
class SourceList;
class StarRow;
class UseButtons;
class Viewer;

/// Keep pictures and find them again: sources, grid by day, recipe of the chosen one, and the viewer.
class GalleryPage : public Page
{
    Q_OBJECT
public:
    explicit GalleryPage(app::Studio &studio, QWidget *parent = nullptr);
    ~GalleryPage() override;

    [[nodiscard]] SidePanel *leftPanel() const override;
    [[nodiscard]] SidePanel *rightPanel() const override;
    [[nodiscard]] QList<QWidget *> parts() const override;
    [[nodiscard]] PageStatus status() const override;
    void setCompact(bool narrow, bool low) override;
    void activate() override;

    /// Whether there is a picture that commands act on.
    [[nodiscard]] bool hasPicture() const { return shownIndex().isValid(); }
    void command(PictureCommand command);
    void setStars(int stars);
    void focusSearch();
    /// Goes to a picture and shows it large.
    void showFile(const QString &path);
    void focusToast() { m_toasts->focusToast(); }
    /// Brings back what was moved to the trash last. \return false if there is nothing to bring back
    bool undo();
    [[nodiscard]] bool canUndo() const { return !m_moved.isEmpty(); }

Q_SIGNALS:
    void recipeChosen(const app::Recipe &recipe, ui::RecipePart part);
    void createRequested();
    void fullScreenRequested();
    void undoChanged();

protected:
    void resizeEvent(QResizeEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;

private:
    void makeSources();
    QWidget *makeToolbar();
    QWidget *makeChips();
    void makePanel();
    void connectParts();
    void updateSources();
    void updateEmpty();
    void updatePanel();
    void updateSearch();
    void fitToolbar();
    void openViewer(const QModelIndex &index);
    void closeViewer();
    void setFilterChip(const QString &key, const QString &term, const QString &label);
    void showStarsMenu();
    void showModelMenu();
    void showSamplerMenu();
    void showMadeMenu();
    void trash(const QModelIndexList &chosen);
    void use(RecipePart part);
    void saveCopy(const QString &path);
    void popupUnder(QMenu &menu, QWidget *widget);
    [[nodiscard]] QModelIndex shownIndex() const;
    [[nodiscard]] QModelIndexList chosenIndexes() const;

    app::Studio &m_studio;
    GalleryFilter *m_filter;
    app::Trash *m_trash;
    QStackedWidget *m_stack;
    QWidget *m_overview;
    Viewer *m_viewer = nullptr; ///< made when it is first needed
    SidePanel *m_left;
    SidePanel *m_right;
    SourceList *m_sources;
    GalleryGrid *m_grid;
    QStackedWidget *m_middle;
    EmptyState *m_empty;
    EmptyState *m_noHits;
    SearchField *m_search;
    ElidedLabel *m_problem;
    QComboBox *m_group;
    PlainSlider *m_size;
    IconButton *m_panelButton;
    QHash<QString, Chip *> m_chips;
    QHash<QString, QString> m_terms; ///< of chips that are on
    Button *m_clear;
    QWidget *m_preview;
    StarRow *m_stars;
    QWidget *m_tools;
    QWidget *m_toolsLine;
    PictureDetails *m_details;
    UseButtons *m_use;
    Label *m_several;
    ToastHost *m_toasts;
    FreeSpace *m_free;
    QTimer m_searchDelay;
    QList<QList<app::Trash::Moved>> m_moved; ///< newest last
    bool m_isNarrow = false;
};

} // namespace ui
