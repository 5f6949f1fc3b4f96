#pragma once

#include "app/job.h"
#include "app/recipe.h"
#include "app/recipe_difference.h"
#include "engine/event.h"
#include "ui/common/page.h"

#include <QDateTime>
#include <QHash>
#include <QImage>
#include <QJsonArray>
#include <QKeySequence>
#include <QTimer>

class QAction;

namespace app {
class Studio;
}

namespace ui {

class Banner;
class Canvas;
class CanvasToolbar;
class Filmstrip;
class ModelList;
class PicturePanel;
class ProgressArea;
class QueuePanel;
class RecipePanel;
class SessionModel;
class StartScreen;
class StepStrip;
class ToastHost;
struct SessionPicture;
enum class RecipePart;

/// What the window may do to the Create page: for menus, with their keys. Owned by the page.
struct CreateActions
{
    QAction *generate = nullptr;      ///< Ctrl+Enter
    QAction *generateFirst = nullptr; ///< Ctrl+Shift+Enter
    QAction *generateMore = nullptr;  ///< four more
    QAction *repeat = nullptr;        ///< checkable: until stopped
    QAction *stop = nullptr;          ///< Esc; twice within a second: all jobs
    QAction *stopAndKeep = nullptr;   ///< Alt+Enter
    QAction *stopAll = nullptr;
    QAction *pause = nullptr; ///< checkable
    QAction *dice = nullptr;  ///< Alt+S
    QAction *zoomIn = nullptr;
    QAction *zoomOut = nullptr;
    QAction *fit = nullptr;
    QAction *exactPixels = nullptr; ///< checkable
    QAction *openModel = nullptr;   ///< Ctrl+O
    QAction *copySettings = nullptr;
    QAction *pasteSettings = nullptr;
};

/// Make pictures and see them form. The only part of the page that knows the queue, the engine's thread and the stores.
class CreatePage : public Page
{
    Q_OBJECT
public:
    explicit CreatePage(app::Studio &studio, QWidget *parent = nullptr);
    ~CreatePage() override;

    [[nodiscard]] SidePanel *leftPanel() const override;
    [[nodiscard]] SidePanel *rightPanel() const override;
    [[nodiscard]] QList<QWidget *> parts() const override;
    [[nodiscard]] QWidget *focusOf(QWidget *part) const override;
    [[nodiscard]] PageStatus status() const override;
    void setCompact(bool narrow, bool low) override;
    void activate() override;

    [[nodiscard]] const CreateActions &actionTable() const { return m_actions; }
    /// Takes a recipe (of a picture) over into the fields.
    void useRecipe(const app::Recipe &recipe, RecipePart part);
    /// Takes one setting of a recipe over.
    void useSetting(const app::Recipe &recipe, app::RecipeSetting setting);
    void useModel(const QString &path);
    /// The recipe as it stands. \param hasSeed  false: it is drawn at the start
    [[nodiscard]] engine::GenerateRequest currentRequest(bool *hasSeed) const;
    /// Brings back the recipe as it was before the last change.
    void undo();
    void focusToast();

Q_SIGNALS:
    /// A file of this session should be looked at in the gallery.
    void showInGallery(const QString &file);
    void compareRequested(const QStringList &files);
    void inspectRequested(const QString &file);
    /// The X/Y plot whose jobs stand in the queue should be looked at.
    void plotRequested(const QString &id);

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    enum class Submit { Last, First, More, Again };

    // create_page.cpp: the parts and where they stand
    void build();
    void connectRecipe();
    void connectView();
    void makeTabOrder();
    void placeRightPanel();
    void fitRightPanel();
    void setRightPanelOpen(bool isOpen);

    // create_recipe.cpp: models, drafts, recipes that are taken over
    void connectModels();
    void restoreDraft();
    void saveDraft();
    void chooseStartModel();
    void takeModel(int row);
    void takeModelOf(const app::Recipe &recipe);
    void openModel();
    void rememberRecipe(const engine::GenerateRequest &request);
    void showStartScreen();
    void copySettings();
    void pasteSettings();
    void dropPicture(const QString &file);

    // create_actions.cpp
    void makeActions();
    QAction *addShortcut(const QString &text, const QList<QKeySequence> &keys, void (CreatePage::*slot)());
    void generate();
    void generateFirst();
    void generateMore();
    void stop();
    void stopAndKeep();
    void stopAll();
    void saveCopy();
    void showPictureMenu(const QPoint &at);
    void showJobMenu(app::JobId id, const QPoint &at);
    void editJob(app::JobId id);
    void endJob(app::JobId id);
    void onPictureKey(qint64 number, int key);
    void setStars(qint64 number, int stars);

    // create_work.cpp: what the queue tells
    void connectQueue();
    void submit(Submit how);
    void onJobStarted(app::JobId id);
    void onJobEnded(app::JobId id);
    void onStep(app::JobId id, const engine::StepFinished &step);
    void onPreview(app::JobId id, int picture, int step, const QImage &image);
    void onPictureMade(app::JobId id, const engine::GenerateRequest &request, const engine::ImageFinished &image);
    void postFailure(app::JobId id, const app::Failure &failure);
    void onBannerAction(int banner, int action);
    void beginPicture(int picture);
    void follow();
    void showForming();
    void showPicture(qint64 number);
    void showStep(int step);
    void showNeighbour(int direction);
    void showFacts();
    void updateTitle();
    void updateWork();
    [[nodiscard]] const SessionPicture *shownPicture() const;

    app::Studio &m_studio;
    CreateActions m_actions;
    RecipePanel *m_recipe = nullptr;
    ModelList *m_models = nullptr;
    QWidget *m_upper = nullptr; ///< centre and right panel
    QWidget *m_centre = nullptr;
    CanvasToolbar *m_toolbar = nullptr;
    QWidget *m_bannerRow = nullptr;
    Banner *m_banner = nullptr;
    Canvas *m_canvas = nullptr;
    StartScreen *m_start = nullptr;
    ProgressArea *m_progress = nullptr;
    StepStrip *m_steps = nullptr;
    Filmstrip *m_filmstrip = nullptr;
    QueuePanel *m_queue = nullptr;
    SessionModel *m_session = nullptr;
    ToastHost *m_toasts = nullptr;

    app::JobId m_running = 0;  ///< job whose picture forms
    int m_formingPicture = -1; ///< index within it
    int m_formingStep = 0;     ///< of the newest preview
    QImage m_formingImage;
    double m_sigma = -1.0;
    QDateTime m_startedAt; ///< of the job
    QDateTime m_pictureStartedAt;
    bool m_isFollowing = true;  ///< the canvas shows what forms
    qint64 m_shownPicture = -1; ///< of the session; -1: what forms, or nothing
    app::JobId m_shownJob = 0;  ///< a job whose recipe is looked at; 0: facts of the picture
    qint64 m_lastStop = 0;      ///< ms
    int m_repeats = 0;
    bool m_isNarrow = false;
    bool m_isPanelOpen = true;
    bool m_wasDraftRestored = false;
    bool m_hasChosenModel = false;
    bool m_wasScanned = false; ///< the catalog has looked once
    QString m_wantedModel;     ///< chosen as soon as the catalog lists it
    QHash<int, app::JobId> m_banners;
    QHash<app::JobId, app::Failure> m_failures;
    QList<engine::GenerateRequest> m_history; ///< newest first
    QJsonArray m_historyJson;                 ///< the same for the draft
    bool m_isStale = false;                   ///< something changed since the last updateWork
    QTimer m_refresh;                         ///< at most 30 times a second
};

} // namespace ui
