#include "ui/create/create_page.h"

#include "app/gallery_store.h"
#include "app/job_queue.h"
#include "app/settings.h"
#include "app/studio.h"
#include "ui/common/banner.h"
#include "ui/common/theme.h"
#include "ui/common/toast.h"
#include "ui/create/canvas.h"
#include "ui/create/canvas_toolbar.h"
#include "ui/create/facts.h"
#include "ui/create/filmstrip.h"
#include "ui/create/job_list.h"
#include "ui/create/model_list.h"
#include "ui/create/picture_panel.h"
#include "ui/create/progress_area.h"
#include "ui/create/queue_panel.h"
#include "ui/create/recipe_panel.h"
#include "ui/create/session_model.h"
#include "ui/create/start_screen.h"
#include "ui/create/step_strip.h"

#include <QAction>
#include <QClipboard>
#include <QDir>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QMenu>
#include <QResizeEvent>

namespace ui {

namespace {

constexpr int kRefreshMs = 33;
constexpr int kWideWindow = 1920;
const auto kLeftPanel = QStringLiteral("create/left");
const auto kRightPanel = QStringLiteral("create/right");

} // namespace

CreatePage::CreatePage(app::Studio &studio, QWidget *parent) : Page(parent), m_studio(studio)
{
    setObjectName(QStringLiteral("createPage"));
    m_session = new SessionModel(this);
    m_refresh.setSingleShot(true);
    m_refresh.setInterval(kRefreshMs);
    connect(&m_refresh, &QTimer::timeout, this, [this] {
        if (m_isStale)
            updateWork();
    });
    build();
    makeActions();
    connectRecipe();
    connectView();
    connectModels();
    connectQueue();
    restoreDraft();
    makeTabOrder();
    chooseStartModel();
    showStartScreen();
    updateWork();
}

CreatePage::~CreatePage()
{
    // What is destroyed below may still tell of changes.
    disconnect(&m_studio.queue(), nullptr, this, nullptr);
    disconnect(&m_studio.engine(), nullptr, this, nullptr);
}

void CreatePage::build()
{
    const Metrics &metrics = theme().metrics();
    m_models = new ModelList(m_studio.models(), m_studio.thumbnails(), this);
    m_recipe = new RecipePanel(this);
    m_recipe->setModels(m_models, ModelList::roles());

    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    row->addWidget(m_recipe);

    auto *right = new QVBoxLayout;
    right->setSpacing(0);
    row->addLayout(right, 1);
    m_upper = new QWidget(this);
    auto *upper = new QHBoxLayout(m_upper);
    upper->setContentsMargins(0, 0, 0, 0);
    upper->setSpacing(0);
    right->addWidget(m_upper, 1);

    m_centre = new QWidget(m_upper);
    auto *centre = new QVBoxLayout(m_centre);
    centre->setContentsMargins(0, 0, 0, 0);
    centre->setSpacing(0);
    upper->addWidget(m_centre, 1);

    m_toolbar = new CanvasToolbar(m_centre);
    m_bannerRow = new QWidget(m_centre);
    setSurface(m_bannerRow, Token::Canvas);
    auto *bannerRow = new QVBoxLayout(m_bannerRow);
    bannerRow->setContentsMargins(metrics.space4, metrics.space4, metrics.space4, 0);
    m_banner = new Banner(m_bannerRow);
    bannerRow->addWidget(m_banner);
    m_bannerRow->hide();
    m_canvas = new Canvas(m_centre);
    m_canvas->setObjectName(QStringLiteral("canvas"));
    m_start = new StartScreen(m_centre);
    m_progress = new ProgressArea(m_centre);
    m_steps = new StepStrip(m_centre);
    centre->addWidget(m_toolbar);
    centre->addWidget(m_bannerRow);
    centre->addWidget(m_canvas, 1);
    centre->addWidget(m_start, 1);
    centre->addWidget(m_progress);
    centre->addWidget(m_steps);
    m_canvas->hide();
    m_progress->hide();
    m_steps->hide();

    m_queue = new QueuePanel(m_studio.queue(), m_upper);
    upper->addWidget(m_queue);
    m_filmstrip = new Filmstrip(*m_session, this);
    right->addWidget(m_filmstrip);
    m_toasts = new ToastHost(this);

    const app::Settings &settings = m_studio.settings();
    m_recipe->setPanelWidth(settings.panelWidth(kLeftPanel, metrics.recipe));
    m_queue->setPanelWidth(settings.panelWidth(kRightPanel, metrics.sidePanel));
    m_isPanelOpen = !settings.isPanelFolded(kRightPanel);
    m_queue->setFolded(!m_isPanelOpen);
    m_toolbar->setPanelOpen(m_isPanelOpen);
    m_toolbar->setPreview(settings.previewContent(), settings.previewDecoder());
}

SidePanel *CreatePage::leftPanel() const
{
    return m_recipe;
}
SidePanel *CreatePage::rightPanel() const
{
    return m_queue;
}

QList<QWidget *> CreatePage::parts() const
{
    return {m_recipe, m_centre, m_queue, m_filmstrip};
}

QWidget *CreatePage::focusOf(QWidget *part) const
{
    QList<QWidget *> wanted{part};
    if (part == m_recipe)
        wanted = m_recipe->tabOrder();
    else if (part == m_centre)
        wanted = QList<QWidget *>{m_canvas} + m_start->tabOrder();
    else if (part == m_queue)
        wanted = QList<QWidget *>{m_queue->list()} + m_queue->tabOrder();
    else if (part == m_filmstrip)
        wanted = {m_filmstrip->list()};
    for (QWidget *widget : wanted) {
        if (widget->isVisible() && widget->isEnabled())
            return widget;
    }
    return part;
}

PageStatus CreatePage::status() const
{
    QString folder = m_studio.settings().pictureFolder();
    const QString home = QDir::homePath() + QLatin1Char('/');
    if (folder.startsWith(home))
        folder = folder.mid(home.size());
    return {.left = {}, .right = tr("Saved to %1").arg(folder)};
}

void CreatePage::activate()
{
    if (!m_studio.queue().running())
        m_recipe->focusPrompt();
}

void CreatePage::setCompact(bool narrow, bool low)
{
    const Metrics &metrics = theme().metrics();
    m_filmstrip->setCompact(low);
    m_steps->setCompact(low);
    if (narrow != m_isNarrow) {
        m_isNarrow = narrow;
        if (narrow) {
            m_recipe->setPanelWidth(metrics.recipeCompact);
            m_upper->layout()->removeWidget(m_queue);
            m_queue->raise();
            setRightPanelOpen(false);
        } else {
            m_recipe->setPanelWidth(m_studio.settings().panelWidth(kLeftPanel, metrics.recipe));
            static_cast<QHBoxLayout *>(m_upper->layout())->addWidget(m_queue);
            setRightPanelOpen(!m_studio.settings().isPanelFolded(kRightPanel));
        }
    }
    fitRightPanel();
    placeRightPanel();
}

void CreatePage::placeRightPanel()
{
    if (!m_isNarrow)
        return;
    // Over the canvas; it leaves the toolbar, so that its button closes it again.
    const int top = m_toolbar->height();
    m_queue->setGeometry(m_upper->width() - m_queue->panelWidth(), top, m_queue->panelWidth(), m_upper->height() - top);
    m_queue->raise();
}

void CreatePage::fitRightPanel()
{
    if (m_isNarrow)
        return;
    const Metrics &metrics = theme().metrics();
    const int usual = window()->width() >= kWideWindow ? metrics.sidePanelWide : metrics.sidePanel;
    m_queue->setPanelWidth(m_studio.settings().panelWidth(kRightPanel, usual));
}

void CreatePage::setRightPanelOpen(bool isOpen)
{
    m_isPanelOpen = isOpen;
    m_queue->setFolded(!isOpen);
    m_toolbar->setPanelOpen(isOpen);
    placeRightPanel();
    if (!m_isNarrow)
        m_studio.settings().setPanelFolded(kRightPanel, !isOpen);
}

void CreatePage::resizeEvent(QResizeEvent *event)
{
    Page::resizeEvent(event);
    fitRightPanel();
    // The layout has not placed the upper half yet.
    QTimer::singleShot(0, this, &CreatePage::placeRightPanel);
}

void CreatePage::connectView()
{
    app::Settings &settings = m_studio.settings();
    connect(m_recipe, &SidePanel::widthChanged, this,
            [&settings](int width) { settings.setPanelWidth(kLeftPanel, width); });
    connect(m_queue, &SidePanel::widthChanged, this, [this, &settings](int width) {
        settings.setPanelWidth(kRightPanel, width);
        placeRightPanel();
    });
    connect(m_queue, &SidePanel::foldedChanged, this, [this](bool isFolded) {
        if (m_isPanelOpen == isFolded)
            setRightPanelOpen(!isFolded); // F9
    });
    connect(m_toolbar, &CanvasToolbar::panelToggled, this, &CreatePage::setRightPanelOpen);
    connect(m_toolbar, &CanvasToolbar::zoomInWanted, m_canvas, &Canvas::zoomIn);
    connect(m_toolbar, &CanvasToolbar::zoomOutWanted, m_canvas, &Canvas::zoomOut);
    connect(m_toolbar, &CanvasToolbar::fitWanted, m_canvas, &Canvas::fit);
    connect(m_canvas, &Canvas::zoomChanged, m_toolbar, &CanvasToolbar::setZoom);
    connect(m_toolbar, &CanvasToolbar::previewChosen, this,
            [&settings](engine::PreviewContent content, engine::PreviewDecoder decoder) {
                settings.setPreviewContent(content);
                settings.setPreviewDecoder(decoder);
            });
    connect(&settings, &app::Settings::previewChanged, this,
            [this, &settings] { m_toolbar->setPreview(settings.previewContent(), settings.previewDecoder()); });
    connect(&settings, &app::Settings::pictureFolderChanged, this, &CreatePage::statusChanged);
    connect(m_canvas, &Canvas::fileDropped, this, &CreatePage::dropPicture);
    connect(m_canvas, &Canvas::menuRequested, this, &CreatePage::showPictureMenu);
    connect(m_canvas, &Canvas::neighbourWanted, this, &CreatePage::showNeighbour);
    connect(m_progress, &ProgressArea::stopRequested, this, &CreatePage::stop);
    connect(m_progress, &ProgressArea::stopAndKeepRequested, this, &CreatePage::stopAndKeep);
    connect(m_steps, &StepStrip::stepChosen, this, &CreatePage::showStep);
    connect(m_steps, &StepStrip::stepActivated, this, [this] {
        if (const SessionPicture *picture = shownPicture(); picture != nullptr && !picture->file.isEmpty())
            Q_EMIT inspectRequested(picture->file);
    });
    connect(m_filmstrip, &Filmstrip::pictureChosen, this, [this](qint64 number) {
        m_shownJob = 0;
        if (number < 0)
            follow();
        else
            showPicture(number);
    });
    connect(m_filmstrip, &Filmstrip::pictureActivated, this,
            [this](qint64 number) { onPictureKey(number, int(PictureKey::OpenViewer)); });
    connect(m_filmstrip->list(), &FilmList::starsChosen, this, [this](const QModelIndex &index, int stars) {
        if (const SessionPicture *picture = m_session->at(index))
            setStars(picture->number, stars);
    });
    connect(m_filmstrip->list(), &FilmList::keyChosen, this, [this](const QModelIndex &index, PictureKey key) {
        if (const SessionPicture *picture = m_session->at(index))
            onPictureKey(picture->number, int(key));
    });
    PicturePanel *facts = m_queue->picture();
    connect(facts, &PicturePanel::copyRequested, this, [this] {
        const SessionPicture *picture = shownPicture();
        const app::Job *job = m_studio.queue().find(m_shownJob != 0 ? m_shownJob : m_running);
        if (picture != nullptr && m_shownJob == 0)
            QGuiApplication::clipboard()->setText(factsText(factsOf(*picture)));
        else if (job != nullptr)
            QGuiApplication::clipboard()->setText(factsText(factsOf(*job, {m_sigma, m_startedAt, {}})));
    });
    connect(facts, &PicturePanel::inspectRequested, this, [this] {
        if (const SessionPicture *picture = shownPicture())
            Q_EMIT inspectRequested(picture->file);
    });
    connect(facts, &PicturePanel::compareRequested, this, [this] {
        if (const SessionPicture *picture = shownPicture())
            Q_EMIT compareRequested({picture->file});
    });
    connect(m_start, &StartScreen::fileDropped, this, &CreatePage::dropPicture);
    connect(m_start, &StartScreen::openModelRequested, this, &CreatePage::openModel);
    connect(m_start, &StartScreen::exampleChosen, this, [this](const Example &example) {
        RecipeState state = m_recipe->state();
        state.request.prompt = example.prompt.toStdString();
        state.request.negativePrompt.clear();
        state.request.seed = example.seed;
        state.request.steps = example.steps;
        state.request.count = 1;
        state.hasSeed = true;
        state.seedMode = SeedField::Mode::Typed;
        m_recipe->setState(state);
        m_recipe->focusPrompt(); // the card that was clicked is gone in a moment
        generate();
    });
    connect(m_banner, &Banner::actionTriggered, this, &CreatePage::onBannerAction);
    connect(m_banner, &Banner::dismissed, this, [this](int id) {
        m_banners.remove(id);
        m_bannerRow->setVisible(!m_banner->isEmpty());
    });
}

void CreatePage::makeTabOrder()
{
    QList<QWidget *> order = m_recipe->tabOrder();
    order += m_toolbar->tabOrder();
    order += m_start->tabOrder();
    order.append(m_canvas);
    order += m_progress->tabOrder();
    order.append(m_steps);
    order += m_filmstrip->tabOrder();
    order += m_queue->tabOrder();
    QWidget *before = nullptr;
    for (QWidget *widget : order) {
        if (widget == nullptr)
            continue;
        if (before != nullptr)
            setTabOrder(before, widget);
        before = widget;
    }
}

} // namespace ui
