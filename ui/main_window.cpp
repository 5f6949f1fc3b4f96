#include "ui/main_window.h"

#include "app/engine_thread.h"
#include "app/gallery_edits.h"
#include "app/gallery_store.h"
#include "app/image_file.h"
#include "app/job_queue.h"
#include "app/model_catalog.h"
#include "app/settings.h"
#include "app/studio.h"
#include "app/training_runs.h"
#include "ui/common/focus_frame.h"
#include "ui/common/side_panel.h"
#include "ui/common/theme.h"
#include "ui/common/toast.h"
#include "ui/compare/compare_page.h"
#include "ui/create/create_page.h"
#include "ui/create/recipe_panel.h"
#include "ui/create/words.h"
#include "ui/export/export_dialog.h"
#include "ui/gallery/gallery_page.h"
#include "ui/learn/learn_page.h"
#include "ui/models/models_page.h"
#include "ui/plot/plot_view.h"
#include "ui/rail.h"
#include "ui/settings/settings_page.h"
#include "ui/status_line.h"
#include "ui/train/train_words.h"

#include <QApplication>
#include <QCloseEvent>
#include <QDesktopServices>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLocale>
#include <QMenuBar>
#include <QMimeData>
#include <QScreen>
#include <QStackedWidget>
#include <QTimer>
#include <QUrl>

namespace ui {

/// A page: adding one is one row here and the function that makes it.
struct MainWindow::PageRow
{
    const char *id;
    const char *iconName;
    const char *title;
    Qt::Key key; ///< with Ctrl
    bool isAtFoot;
    Page *(MainWindow::*make)();
    bool isHidden = false; ///< reached from other pages and menus, not from the rail
};

const QList<MainWindow::PageRow> &MainWindow::pageTable()
{
    static const QList<PageRow> table = {
        {"create", "create", QT_TR_NOOP("Create"), Qt::Key_1, false, &MainWindow::makeCreate},
        {"gallery", "gallery", QT_TR_NOOP("Gallery"), Qt::Key_2, false, &MainWindow::makeGallery},
        {"compare", "compare", QT_TR_NOOP("Compare"), Qt::Key_3, false, &MainWindow::makeCompare},
        {"learn", "learn", QT_TR_NOOP("Learn"), Qt::Key_4, false, &MainWindow::makeLearn},
        {"train", "train", QT_TR_NOOP("Train"), Qt::Key_5, false, &MainWindow::makeTrain},
        {"models", "models", QT_TR_NOOP("Models"), Qt::Key_6, false, &MainWindow::makeModels},
        {"settings", "settings", QT_TR_NOOP("Settings"), Qt::Key_Comma, true, &MainWindow::makeSettings},
        {"plot", "gallery", QT_TR_NOOP("X/Y plot"), Qt::Key_unknown, false, &MainWindow::makePlot, true},
    };
    return table;
}

namespace {

constexpr int kNarrow = 1200;
constexpr int kLow = 800;

ThemeChoice themeChoice(app::Theme theme)
{
    switch (theme) {
    case app::Theme::System:
        return ThemeChoice::System;
    case app::Theme::Dark:
        return ThemeChoice::Dark;
    case app::Theme::Light:
        return ThemeChoice::Light;
    case app::Theme::HighContrast:
        return ThemeChoice::HighContrast;
    }
    return ThemeChoice::System;
}

} // namespace

MainWindow::MainWindow(app::Studio &studio, QWidget *parent)
    : QMainWindow(parent)
    , m_studio(studio)
    , m_focus(new FocusFrame(this))
    , m_rail(new Rail(this))
    , m_stack(new QStackedWidget(this))
    , m_status(new StatusLine(this))
    , m_toasts(new ToastHost(m_stack))
{
    theme().setChoice(themeChoice(studio.settings().theme()));
    setWindowTitle(QStringLiteral("Tincture"));
    setAcceptDrops(true);
    setMinimumSize(1024, 700);
    auto *central = new QWidget(this);
    auto *row = new QHBoxLayout;
    row->setSpacing(0);
    row->addWidget(m_rail);
    row->addWidget(m_stack, 1);
    auto *column = new QVBoxLayout(central);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(row, 1);
    column->addWidget(m_status);
    setCentralWidget(central);
    // Pages may be wider than a small window while they are being folded.
    m_stack->setMinimumWidth(1);

    for (const PageRow &each : pageTable()) {
        if (each.isHidden)
            continue;
        m_rail->addItem({.id = QString::fromLatin1(each.id),
                         .iconName = QString::fromLatin1(each.iconName),
                         .title = tr(each.title),
                         .key = QKeySequence(Qt::CTRL | each.key).toString(QKeySequence::NativeText),
                         .isAtFoot = each.isAtFoot});
    }
    connect(m_rail, &Rail::chosen, this, &MainWindow::showPage);
    connect(m_status, &StatusLine::stateClicked, this, [this] {
        const bool isTraining = !m_studio.queue().running() && m_studio.trainings().active();
        showPage(isTraining ? QStringLiteral("train") : QStringLiteral("create"));
    });
    connect(m_status, &StatusLine::queueClicked, this, [this] {
        showPage(QStringLiteral("create"));
        if (SidePanel *panel = m_create->rightPanel())
            panel->setFolded(false);
    });
    connect(m_status, &StatusLine::pageTextClicked, this, [this] {
        if (m_current == QLatin1String("create"))
            showPage(QStringLiteral("models"));
    });
    connect(m_status, &StatusLine::memoryClicked, this, [this] {
        showPage(QStringLiteral("settings"));
        m_settings->showSection(QStringLiteral("engine"));
    });
    connect(m_status, &StatusLine::rightClicked, this, [this] {
        if (m_current == QLatin1String("create") || m_current == QLatin1String("gallery"))
            QDesktopServices::openUrl(QUrl::fromLocalFile(m_studio.settings().pictureFolder()));
    });

    page(QStringLiteral("create")); // always there: the queue's words and keys are its own
    makeMenus();
    connectStudio();
    connectTraining();
    const QString last = studio.settings().lastPage();
    showPage(QStringLiteral("create"));
    if (!last.isEmpty() && pageIds().contains(last))
        showPage(last);

    if (!restoreGeometry(studio.settings().windowGeometry())) {
        const QSize available = screen()->availableSize();
        constexpr int kFrame = 40; // what the window manager adds around
        resize(std::min(1440, available.width()), std::min(900, available.height() - kFrame));
    }
    updateState();
    updateQueue();
}

MainWindow::~MainWindow() = default;

Page *MainWindow::makeCreate()
{
    m_create = new CreatePage(m_studio, m_stack);
    connect(m_create, &CreatePage::showInGallery, this, [this](const QString &file) {
        showPage(QStringLiteral("gallery"));
        m_gallery->showFile(file);
    });
    connect(m_create, &CreatePage::plotRequested, this, [this](const QString &id) {
        showPage(QStringLiteral("plot"));
        m_plot->showPlot(id);
    });
    connect(m_create, &CreatePage::compareRequested, this, &MainWindow::comparePictures);
    connect(m_create, &CreatePage::inspectRequested, this, &MainWindow::inspectPicture);
    return m_create;
}

Page *MainWindow::makeGallery()
{
    m_gallery = new GalleryPage(m_studio, m_stack);
    connect(m_gallery, &GalleryPage::recipeChosen, this, [this](const app::Recipe &recipe, RecipePart part) {
        m_create->useRecipe(recipe, part);
        showPage(QStringLiteral("create"));
    });
    connect(m_gallery, &GalleryPage::createRequested, this, [this] { showPage(QStringLiteral("create")); });
    connect(m_gallery, &GalleryPage::fullScreenRequested, this, [this] { setFullScreen(!isFullScreen()); });
    connect(m_gallery, &GalleryPage::undoChanged, this, &MainWindow::updateActions);
    connect(m_gallery, &GalleryPage::compareRequested, this, &MainWindow::comparePictures);
    addPictureActions();
    return m_gallery;
}

void MainWindow::inspectPicture(const QString &file)
{
    showPage(QStringLiteral("learn"));
    m_learn->inspect(file);
}

Page *MainWindow::makeLearn()
{
    m_learn = new LearnPage(m_studio, m_stack);
    connect(m_learn, &LearnPage::createRequested, this, [this] { showPage(QStringLiteral("create")); });
    connect(m_learn, &LearnPage::compareRequested, this, &MainWindow::comparePictures);
    return m_learn;
}

Page *MainWindow::makeCompare()
{
    m_compare = new ComparePage(m_studio, m_stack);
    connect(m_compare, &ComparePage::recipeChosen, this, [this](const app::Recipe &recipe, RecipePart part) {
        m_create->useRecipe(recipe, part);
        showPage(QStringLiteral("create"));
    });
    connect(m_compare, &ComparePage::settingChosen, m_create, &CreatePage::useSetting);
    connect(m_compare, &ComparePage::showInGallery, this, [this](const QString &file) {
        showPage(QStringLiteral("gallery"));
        m_gallery->showFile(file);
    });
    connect(m_compare, &ComparePage::starsGiven, this, [this](const QList<std::pair<qint64, int>> &stars) {
        page(QStringLiteral("gallery"));
        m_gallery->edits().setStarsEach(stars);
    });
    connect(m_compare, &ComparePage::undoRequested, this, &MainWindow::undo);
    connect(m_compare, &ComparePage::exportRequested, this,
            [this](const QStringList &files) { exportPictures(m_studio, files, m_compare); });
    connect(m_compare, &ComparePage::plotRequested, this, &MainWindow::showAsPlot);
    return m_compare;
}

void MainWindow::comparePictures(const QStringList &files)
{
    showPage(QStringLiteral("compare"));
    if (files.size() == 1)
        m_compare->add(files);
    else
        m_compare->compare(files);
}

Page *MainWindow::makeModels()
{
    m_models = new ModelsPage(m_studio, m_stack);
    m_models->setLoaded(m_loadedModel);
    connect(m_models, &ModelsPage::useRequested, this, [this](const QString &path) {
        m_create->useModel(path);
        showPage(QStringLiteral("create"));
    });
    return m_models;
}

Page *MainWindow::makePlot()
{
    m_plot = new PlotView(m_studio, m_stack);
    connect(m_plot, &PlotView::compareRequested, this, &MainWindow::comparePictures);
    connect(m_plot, &PlotView::baseWanted, this, [this] {
        bool hasSeed = false;
        const engine::GenerateRequest request = m_create->currentRequest(&hasSeed);
        m_plot->setBase(request, hasSeed);
    });
    connect(m_plot, &PlotView::galleryWanted, this, [this] { showPage(QStringLiteral("gallery")); });
    connect(m_plot, &PlotView::fileOpened, this, [this](const QString &file) {
        showPage(QStringLiteral("gallery"));
        m_gallery->showFile(file);
    });
    connect(m_plot, &PlotView::recipeChosen, this, [this](const app::Recipe &recipe, RecipePart part) {
        m_create->useRecipe(recipe, part);
        showPage(QStringLiteral("create"));
    });
    connect(m_plot, &PlotView::exportRequested, this,
            [this](const QStringList &files) { exportPictures(m_studio, files, m_plot); });
    return m_plot;
}

void MainWindow::showNewPlot()
{
    showPage(QStringLiteral("plot"));
    Q_EMIT m_plot->baseWanted();
    m_plot->showNew();
}

void MainWindow::showAsPlot(const QStringList &files)
{
    if (files.isEmpty())
        return showNewPlot();
    showPage(QStringLiteral("plot"));
    m_plot->showPictures(files);
}

Page *MainWindow::makeSettings()
{
    m_settings = new SettingsPage(m_studio, m_stack);
    return m_settings;
}

Page *MainWindow::page(const QString &id)
{
    if (Page *known = m_pages.value(id))
        return known;
    for (const PageRow &each : pageTable()) {
        if (id != QLatin1String(each.id))
            continue;
        Page *made = (this->*each.make)();
        m_pages.insert(id, made);
        m_stack->addWidget(made);
        made->setCompact(width() < kNarrow, height() < kLow);
        connect(made, &Page::statusChanged, this, &MainWindow::updateStatus);
        connect(made, &Page::statusChanged, this, &MainWindow::updateActions);
        return made;
    }
    return nullptr;
}

QStringList MainWindow::pageIds() const
{
    return m_rail->ids();
}

QString MainWindow::currentPage() const
{
    return m_current;
}

void MainWindow::showPage(const QString &id)
{
    Page *wanted = page(id);
    if (!wanted)
        return;
    const bool isOther = id != m_current;
    m_current = id;
    m_rail->setCurrent(id);
    m_stack->setCurrentWidget(wanted);
    if (isOther) {
        const QWidget *focused = focusWidget();
        if (!focused || !m_rail->isAncestorOf(focused))
            wanted->activate();
        m_studio.settings().setLastPage(id);
    }
    updateStatus();
    updateActions();
}

void MainWindow::openFiles(const QStringList &paths)
{
    for (const QString &path : paths) {
        const QFileInfo file(path);
        const QString ending = file.suffix().toLower();
        if (QStringList{QStringLiteral("png"), QStringLiteral("jpg"), QStringLiteral("jpeg"), QStringLiteral("webp")}
                .contains(ending)) {
            const app::PictureInfo info = app::readPictureInfo(file.absoluteFilePath());
            if (info.recipe) {
                m_create->useRecipe(*info.recipe, RecipePart::All);
                showPage(QStringLiteral("create"));
            }
        } else if (file.exists()) {
            m_create->useModel(file.absoluteFilePath());
            showPage(QStringLiteral("create"));
        }
    }
}

void MainWindow::connectStudio()
{
    app::EngineThread &engine = m_studio.engine();
    app::JobQueue &queue = m_studio.queue();
    connect(&engine, &app::EngineThread::ready, this, [this] {
        m_isEngineReady = true;
        m_failure.clear();
        updateState();
        updateStatus();
    });
    connect(&engine, &app::EngineThread::engineFailed, this, [this](const app::Failure &failure) {
        m_failure = failure.sentence;
        updateState();
    });
    connect(&engine, &app::EngineThread::busyChanged, this, &MainWindow::updateState);
    connect(&queue, &app::JobQueue::jobStarted, this, &MainWindow::updateState);
    connect(&queue, &app::JobQueue::jobProgressed, this, [this](app::JobId id) {
        updateState();
        const app::Job *job = m_studio.queue().find(id);
        // The first step proves that the model is loaded.
        if (job && job->stage != engine::Stage::LoadingModel && m_loadedModel != pathText(job->request.model)) {
            m_loadedModel = pathText(job->request.model);
            if (m_models)
                m_models->setLoaded(m_loadedModel);
            updateStatus();
        }
    });
    connect(&queue, &app::JobQueue::jobEnded, this, [this] {
        updateState();
        updateQueue();
    });
    connect(&queue, &app::JobQueue::waitingChanged, this, &MainWindow::updateQueue);
    connect(&queue, &app::JobQueue::secondsLeftChanged, this, &MainWindow::updateQueue);
    connect(&queue, &app::JobQueue::pausedChanged, this, &MainWindow::updateQueue);
    connect(&m_studio.store(), &app::GalleryStore::scanProgressed, this, [this](int done, int total) {
        const QLocale locale;
        if (done < total)
            m_status->setWork(tr("Indexing pictures: %1 of %2").arg(locale.toString(done), locale.toString(total)),
                              double(done) / std::max(1, total));
    });
    connect(&m_studio.store(), &app::GalleryStore::scanned, this, [this] { m_status->setWork(QString()); });
    connect(&m_studio.settings(), &app::Settings::themeChanged, this,
            [](app::Theme chosen) { theme().setChoice(themeChoice(chosen)); });
    connect(&theme(), &Theme::changed, this, &MainWindow::updateState);
}

void MainWindow::updateState()
{
    const app::Job *job = m_studio.queue().running();
    if (job)
        m_status->setState(EngineState::Running, workText(*job));
    else if (const app::TrainingRun *run = m_studio.trainings().active())
        m_status->setState(EngineState::Running, trainingText(*run));
    else if (!m_failure.isEmpty())
        m_status->setState(EngineState::Failed, tr("The engine did not start"));
    else if (!m_isEngineReady)
        m_status->setState(EngineState::Ready, tr("Starting"));
    else if (m_studio.queue().isPaused() && m_studio.queue().waiting() > 0)
        m_status->setState(EngineState::Ready, tr("Paused"));
    else
        m_status->setState(EngineState::Ready, tr("Ready"));
}

QString MainWindow::engineText() const
{
    if (!m_failure.isEmpty())
        return m_failure;
    const std::optional<engine::DeviceInfo> device = m_studio.engine().device();
    if (!device)
        return {};
    const QString kind = QString::fromStdString(device->device).toUpper();
    const QString text =
        tr("%1 %2, %n thread(s)", nullptr, device->threads).arg(kind, QString::fromStdString(device->precision));
    const QString model = m_studio.settings().lastModel();
    return model.isEmpty() ? text : QStringLiteral("%1, %2").arg(modelNameText(pathFrom(model)), text);
}

void MainWindow::updateStatus()
{
    const Page *shown = m_pages.value(m_current);
    const PageStatus status = shown ? shown->status() : PageStatus();
    m_status->setPageText(status.left.isEmpty() && m_current == QLatin1String("create") ? engineText() : status.left);
    m_status->setRightText(status.right);
    updateQueue();
}

void MainWindow::updateQueue()
{
    const app::JobQueue &queue = m_studio.queue();
    const int jobs = queue.waiting() + (queue.running() ? 1 : 0);
    m_rail->setCount(QStringLiteral("create"), jobs);
    QString text;
    if (jobs > 0) {
        text = tr("%n job(s)", nullptr, jobs);
        if (queue.isPaused())
            text = tr("%1, paused").arg(text);
        else if (queue.secondsLeft() >= 0.0)
            text = tr("%1, %2 left").arg(text, durationText(queue.secondsLeft()));
    } else if (const app::TrainingRun *run = m_studio.trainings().active(); run && run->secondsLeft >= 0.0) {
        text = tr("%1 left").arg(durationText(run->secondsLeft));
    } else if (m_current == QLatin1String("create")) {
        text = tr("Queue is empty");
    }
    m_status->setQueueText(text);
    updateState();
}

void MainWindow::foldPanel(bool isRight)
{
    const Page *shown = m_pages.value(m_current);
    SidePanel *panel = !shown ? nullptr : isRight ? shown->rightPanel() : shown->leftPanel();
    if (panel)
        panel->setFolded(!panel->isFolded());
}

void MainWindow::moveToPart(int step)
{
    QList<QWidget *> parts = {m_rail};
    if (const Page *shown = m_pages.value(m_current)) {
        const QList<QWidget *> own = shown->parts();
        for (QWidget *part : own) {
            if (part && part->isVisible())
                parts.append(part);
        }
    }
    parts.append(m_status);
    const QWidget *focused = QApplication::focusWidget();
    qsizetype at = -1;
    for (qsizetype i = 0; i < parts.size(); ++i) {
        if (focused && (parts.at(i) == focused || parts.at(i)->isAncestorOf(focused)))
            at = i;
    }
    // A part that cannot take the focus (all of it is disabled) is passed over.
    for (qsizetype tried = 0; tried < parts.size(); ++tried) {
        at = (at + step + parts.size()) % parts.size();
        QWidget *target = parts.at(at);
        if (const Page *shown = m_pages.value(m_current))
            target = shown->focusOf(target);
        if (!target->isEnabled())
            continue;
        if (target->focusProxy() == nullptr && target->focusPolicy() == Qt::NoFocus) {
            QWidget *inner = nullptr;
            const QList<QWidget *> children = target->findChildren<QWidget *>();
            for (QWidget *child : children) {
                if (!inner && child->isVisible() && child->isEnabled() && (child->focusPolicy() & Qt::TabFocus))
                    inner = child;
            }
            if (!inner)
                continue;
            target = inner;
        }
        target->setFocus(Qt::TabFocusReason);
        return;
    }
}

void MainWindow::setFullScreen(bool isFull)
{
    const bool isChromeShown = !isFull;
    m_rail->setVisible(isChromeShown);
    m_status->setVisible(isChromeShown);
    menuBar()->setVisible(isChromeShown);
    setWindowState(isFull ? windowState() | Qt::WindowFullScreen : windowState() & ~Qt::WindowFullScreen);
    m_fullScreen->setChecked(isFull);
}

void MainWindow::undo()
{
    if (m_current == QLatin1String("create"))
        m_create->undo();
    else if (m_gallery)
        m_gallery->undo();
}

void MainWindow::redo()
{
    if (m_gallery && m_current == QLatin1String("gallery"))
        m_gallery->redo();
}

bool MainWindow::event(QEvent *event)
{
    if (event->type() == QEvent::Paint && !m_wasPainted) {
        m_wasPainted = true;
        // After this paint is on the screen.
        QTimer::singleShot(0, this, &MainWindow::firstPainted);
    }
    return QMainWindow::event(event);
}

void MainWindow::resizeEvent(QResizeEvent *event)
{
    QMainWindow::resizeEvent(event);
    const bool narrow = width() < kNarrow;
    m_rail->setCompact(narrow);
    m_status->setCompact(narrow);
    for (Page *each : std::as_const(m_pages))
        each->setCompact(narrow, height() < kLow);
}

void MainWindow::closeEvent(QCloseEvent *event)
{
    if (!isFullScreen())
        m_studio.settings().setWindowGeometry(saveGeometry());
    QMainWindow::closeEvent(event);
}

void MainWindow::dragEnterEvent(QDragEnterEvent *event)
{
    if (event->mimeData()->hasUrls() && event->source() == nullptr)
        event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent *event)
{
    QStringList paths;
    const QList<QUrl> urls = event->mimeData()->urls();
    for (const QUrl &url : urls) {
        if (url.isLocalFile())
            paths.append(url.toLocalFile());
    }
    if (m_gallery && m_current == QLatin1String("gallery"))
        m_gallery->addFiles(paths);
    else
        openFiles(paths);
    event->acceptProposedAction();
}

} // namespace ui
