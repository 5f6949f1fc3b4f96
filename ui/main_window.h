#pragma once

#include "app/job.h"
#include "ui/common/page.h"

#include <QHash>
#include <QMainWindow>
#include <QStringList>

class QAction;
class QMenu;
class QStackedWidget;

namespace app {
class Studio;
}

namespace ui {

class ComparePage;
class CreatePage;
class FocusFrame;
class GalleryPage;
class LearnPage;
class ModelsPage;
class PlotView;
class Rail;
class SettingsPage;
class StatusLine;
class ToastHost;
class TrainPage;
enum class PictureCommand;

/// The window: menu bar, rail, the page that is looked at, status line. Knows every page and connects them; pages
/// know nothing of each other.
class MainWindow : public QMainWindow
{
    Q_OBJECT
public:
    explicit MainWindow(app::Studio &studio, QWidget *parent = nullptr);
    ~MainWindow() override;

    /// Goes to a page of the rail ("create", "gallery", ...). Pages are made when they are first needed.
    void showPage(const QString &id);
    [[nodiscard]] QString currentPage() const;
    [[nodiscard]] QStringList pageIds() const;
    Page *page(const QString &id);
    /// Several: instead of what is compared now; one: beside it.
    void inspectPicture(const QString &file);
    void comparePictures(const QStringList &files);
    /// Models and pictures, from the command line or dropped on the window.
    void openFiles(const QStringList &paths);
    /// Pictures as a sheet by the settings that differ; none: a new plot.
    void showAsPlot(const QStringList &files);

Q_SIGNALS:
    /// The window is on the screen: what takes long may begin.
    void firstPainted();

protected:
    bool event(QEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void closeEvent(QCloseEvent *event) override;
    void dragEnterEvent(QDragEnterEvent *event) override;
    void dropEvent(QDropEvent *event) override;

private:
    struct PageRow;
    static const QList<PageRow> &pageTable();
    Page *makeCreate();
    Page *makeGallery();
    Page *makeLearn();
    Page *makeCompare();
    Page *makeTrain();
    Page *makeModels();
    Page *makePlot();
    Page *makeSettings();

    // main_menus.cpp
    void makeMenus();
    void makeFileMenu();
    void makeEditMenu();
    void makeViewMenu();
    void makePictureMenu();
    void makeQueueMenu();
    void makeToolsMenu();
    void makeHelpMenu();
    /// An action of the window, with its key, active on every page.
    QAction *add(QMenu *menu, const QString &text, const QKeySequence &key, std::function<void()> run);
    /// An action of a page as it appears in the menu bar: its key is shown, but stays with the page.
    void mirror(QMenu *menu, QAction *source);
    /// A command on the pictures that are chosen; its key is shown, but acts only where pictures have the focus.
    void addCommand(QMenu *menu, const QString &text, const QString &key, PictureCommand command);
    void updateActions();
    void showKeys();
    void showAbout();

    void connectStudio();
    void connectTraining();
    void updateState();
    void updateStatus();
    void updateQueue();
    void showNewPlot();
    void addPictureActions(); ///< main_pictures.cpp
    void foldPanel(bool isRight);
    void moveToPart(int step);
    void setFullScreen(bool isFull);
    void undo();
    void redo();
    [[nodiscard]] QString engineText() const;

    app::Studio &m_studio;
    FocusFrame *m_focus;
    Rail *m_rail;
    QStackedWidget *m_stack;
    StatusLine *m_status;
    ToastHost *m_toasts; ///< of what happened away from the page that is looked at
    QHash<QString, Page *> m_pages;
    CreatePage *m_create = nullptr;
    GalleryPage *m_gallery = nullptr;
    LearnPage *m_learn = nullptr;
    ComparePage *m_compare = nullptr;
    TrainPage *m_train = nullptr;
    ModelsPage *m_models = nullptr;
    PlotView *m_plot = nullptr;
    SettingsPage *m_settings = nullptr;
    QAction *m_undo = nullptr;
    QAction *m_redo = nullptr;
    QAction *m_fullScreen = nullptr;
    QList<QAction *> m_pictureActions;
    QString m_current;
    QString m_loadedModel; ///< path of what the engine holds
    QString m_failure;     ///< why the engine is not there
    bool m_isEngineReady = false;
    bool m_wasPainted = false;
};

} // namespace ui
