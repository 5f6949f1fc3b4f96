#pragma once

#include "app/gallery_edits.h"
#include "app/recipe.h"
#include "app/trash.h"
#include "ui/common/page.h"
#include "ui/common/toast.h"
#include "ui/create/recipe_panel.h"
#include "ui/gallery/gallery_filter.h"
#include "ui/gallery/picture_command.h"

#include <QElapsedTimer>
#include <QTimer>

class QComboBox;
class QKeyEvent;
class QMenu;
class QStackedWidget;

namespace app {
class Studio;
} // namespace app

namespace ui {

class Banner;
class Button;
class CompletionList;
class EmptyState;
class FilterBar;
class FreeSpace;
class GalleryGrid;
class GalleryList;
class IconButton;
class Label;
class MarksBox;
class PictureDetails;
class PictureLoader;
class PlainSlider;
class PreviewBox;
class QuickLook;
class SearchField;
class SegmentedControl;
class SourceList;
class StarRow;
class UseButtons;
class Viewer;
struct Fact;

/// Keep pictures and find them again: sources, grid or list, recipe of the chosen one, and the viewer.
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
    /// Files of the chosen pictures, in the order they are shown; in the viewer the one that is looked at.
    [[nodiscard]] QStringList selectedPaths() const;
    /// Adds something that can be done with chosen pictures: to the context menu, and where its place says.
    void addPictureAction(const PictureAction &action);
    [[nodiscard]] const QList<PictureAction> &pictureActions() const { return m_actions; }
    /// More rows for the viewer's History (results of Verify).
    void setHistory(std::function<QList<Fact>(const app::GalleryPicture &)> more);
    [[nodiscard]] app::GalleryEdits &edits() { return *m_edits; }
    void showToast(const ToastContent &content) { m_toasts->show(content); }
    void focusSearch();
    /// Goes to a picture and shows it large.
    void showFile(const QString &path);
    /// What is given to pictures elsewhere (the result of a knock-out) is undone here too.
    [[nodiscard]] app::GalleryEdits &edits() const { return *m_edits; }
    void focusToast() { m_toasts->focusToast(); }
    void addFolder();
    /// Copies picture files into the gallery; folders are read in place.
    void addFiles(const QStringList &paths);

    /// Takes the last change back; stars, labels, tags, collections, what went to the trash.
    /// \return false if there is nothing to take back
    bool undo();
    bool redo();
    [[nodiscard]] bool canUndo() const;
    [[nodiscard]] bool canRedo() const;
    /// What it would take back, in words; empty: nothing.
    [[nodiscard]] QString undoText() const;
    [[nodiscard]] QString redoText() const;

Q_SIGNALS:
    void recipeChosen(const app::Recipe &recipe, ui::RecipePart part);
    void createRequested();
    /// 2 to 16 pictures to be compared.
    void compareRequested(const QStringList &paths);
    /// A picture is to be seen forming, step by step.
    void inspectRequested(const QString &file);
    void fullScreenRequested();
    void undoChanged();

protected:
    bool eventFilter(QObject *object, QEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;

private:
    enum class Change { Edit, Trash };

    // gallery_page.cpp
    QWidget *makeToolbar();
    void makePanel();
    void connectParts();
    void connectViews();
    void updateEmpty();
    void updatePanel();
    void fitToolbar();
    void showAsList(bool isList);
    [[nodiscard]] bool isViewing() const;
    [[nodiscard]] QWidget *view() const; ///< grid or list
    [[nodiscard]] QModelIndex shownIndex() const;
    [[nodiscard]] QList<int> chosenRows() const;

    // gallery_sources.cpp
    void makeSources();
    void connectSources();
    void updateSources();
    void countCollections();
    void chooseSource(int id);
    void showSourceMenu(int id, const QPoint &position);
    void addSource(int heading);
    void newCollection(const QList<qint64> &ids);
    void saveSearch(app::CollectionKind kind);
    void removeSource(int id);
    void dropOnSource(int id, const QStringList &paths);
    void fillCollectionMenu(QMenu &menu);
    void showTrashMenu();
    void onFolderVanished(const QString &path);
    void findFolder(const QString &path);
    void removeFolder(const QString &path);
    [[nodiscard]] const app::GalleryCollection *collectionOf(int id) const;

    // gallery_search.cpp
    QWidget *makeSearch();
    void connectSearch();
    void onSearchEdited();
    void proposeCompletions();
    void takeCompletion(const QString &term);
    void takeTypedTerms();
    void updateSearch();
    void clearSearch();
    void showSearch(const QString &text);
    void sayNoHits();
    void setSort(app::GallerySort sort, Qt::SortOrder direction);
    /// Changes the order of the rows; what is chosen stays chosen.
    void keepChosen(const std::function<void()> &change);
    void showSortMenu();
    void fillAlikeMenu(QMenu &menu);
    void moreLikeThis();
    void showAlike(app::Likeness likeness);

    // gallery_commands.cpp
    void mark(PictureCommand command);
    void trash(const QList<int> &rows);
    void use(RecipePart part);
    void copyPictures();
    void saveCopy(const QString &path);
    void compare(const QStringList &paths);
    void quickLook();
    void openViewer(const QModelIndex &index);
    void closeViewer();
    void addActionButtons(const PictureAction &action, bool isViewer);
    void runAction(const PictureAction &action);
    void useKey(QKeyEvent *event);
    void updateActions();

    // gallery_marking.cpp
    void connectMarks(MarksBox &marks);
    void updateMarks();
    void editStars(const QList<qint64> &ids, int stars);
    void editLabel(const QList<qint64> &ids, int label);
    void editRejected(const QList<qint64> &ids, bool isRejected);
    void onEdited(const QString &sentence);
    void onTrashed(const QList<app::Trash::Moved> &moved);
    void forgetUndone();
    [[nodiscard]] QStringList knownTags() const;
    void importFiles(const QStringList &files);

    app::Studio &m_studio;
    GalleryFilter *m_filter;
    app::Trash *m_trash;
    PictureLoader *m_loader;
    QStackedWidget *m_stack;
    QWidget *m_overview;
    Viewer *m_viewer = nullptr;       ///< made when it is first needed
    QuickLook *m_quickLook = nullptr; ///< the same
    SidePanel *m_left;
    SidePanel *m_right;
    SourceList *m_sources;
    SourceList *m_trashRow;
    GalleryGrid *m_grid;
    GalleryList *m_list;
    QStackedWidget *m_middle;
    EmptyState *m_empty;
    EmptyState *m_noHits;
    Banner *m_banner;
    SearchField *m_search;
    CompletionList *m_completions;
    FilterBar *m_bar;
    SegmentedControl *m_viewKind;
    QComboBox *m_group;
    IconButton *m_sort;
    PlainSlider *m_size;
    IconButton *m_panelButton;
    PreviewBox *m_preview;
    StarRow *m_stars;
    IconButton *m_flag;
    QWidget *m_tools;
    QWidget *m_toolsLine;
    PictureDetails *m_details;
    MarksBox *m_marks;
    UseButtons *m_use;
    Label *m_several;
    ToastHost *m_toasts;
    FreeSpace *m_free;
    app::GalleryEdits *m_edits;
    QTimer m_searchDelay;
    QTimer m_panelDelay;
    QList<PictureAction> m_actions;
    QList<std::pair<QString, QWidget *>> m_actionButtons; ///< id and button
    std::function<QList<Fact>(const app::GalleryPicture &)> m_history;
    QList<Change> m_done;   ///< newest last
    QList<Change> m_undone; ///< newest last
    QList<QList<app::Trash::Moved>> m_moved;
    QList<QList<app::GalleryPicture>> m_brought; ///< brought back by undo: redo moves them again
    QList<qint64> m_noteIds;                     ///< pictures whose note is edited
    QList<app::GalleryCollection> m_collections; ///< as the sources show them
    QHash<QString, int> m_collectionCounts;
    QTimer m_countDelay;
    QHash<int, QString> m_bannerFolders; ///< id of the banner, folder that is gone
    QString m_sourceId;                  ///< collection's id or folder that is chosen
    int m_inTrash = 0;                   ///< moved there in this session
    bool m_isRedoing = false;
    bool m_isNarrow = false;
};

} // namespace ui
