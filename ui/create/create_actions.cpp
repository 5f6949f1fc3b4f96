// What the Create page can do at a key, a menu or a button.
#include "app/gallery_edits.h"
#include "app/gallery_model.h"
#include "app/gallery_store.h"
#include "app/image_file.h"
#include "app/job_queue.h"
#include "app/settings.h"
#include "app/studio.h"
#include "app/xy_plot.h"
#include "ui/common/toast.h"
#include "ui/create/canvas.h"
#include "ui/create/create_page.h"
#include "ui/create/filmstrip.h"
#include "ui/create/job_list.h"
#include "ui/create/queue_panel.h"
#include "ui/create/recipe_panel.h"
#include "ui/create/session_model.h"
#include "ui/create/words.h"

#include <QAction>
#include <QClipboard>
#include <QCoreApplication>
#include <QDateTime>
#include <QFileDialog>
#include <QFileInfo>
#include <QGuiApplication>
#include <QMenu>
#include <QMetaMethod>
#include <QPointer>
#include <QThreadPool>

namespace ui {

namespace {

constexpr qint64 kTwiceMs = 1000;

} // namespace

QAction *CreatePage::addShortcut(const QString &text, const QList<QKeySequence> &keys, void (CreatePage::*slot)())
{
    auto *action = new QAction(text, this);
    action->setShortcuts(keys);
    addAction(action);
    connect(action, &QAction::triggered, this, slot);
    return action;
}

void CreatePage::makeActions()
{
    using Keys = QList<QKeySequence>;
    m_actions.generate =
        addShortcut(tr("Generate"), Keys({Qt::CTRL | Qt::Key_Return, Qt::CTRL | Qt::Key_Enter}), &CreatePage::generate);
    m_actions.generateFirst = addShortcut(
        tr("Put First in Queue"), Keys({Qt::CTRL | Qt::SHIFT | Qt::Key_Return, Qt::CTRL | Qt::SHIFT | Qt::Key_Enter}),
        &CreatePage::generateFirst);
    m_actions.generateMore = addShortcut(tr("Generate 4 More"), {}, &CreatePage::generateMore);
    m_actions.repeat = new QAction(tr("Repeat Until Stopped"), this);
    m_actions.repeat->setCheckable(true);
    connect(m_actions.repeat, &QAction::toggled, this, [this](bool isOn) {
        if (isOn && m_running == 0)
            generate();
    });
    m_actions.stop = addShortcut(tr("Stop"), Keys({QKeySequence(Qt::Key_Escape)}), &CreatePage::stop);
    m_actions.stopAndKeep = addShortcut(tr("Stop and Keep"), Keys({Qt::ALT | Qt::Key_Return, Qt::ALT | Qt::Key_Enter}),
                                        &CreatePage::stopAndKeep);
    m_actions.stopAll = addShortcut(tr("Stop All Jobs"), {}, &CreatePage::stopAll);
    m_actions.pause = new QAction(tr("Pause Queue"), this);
    m_actions.pause->setCheckable(true);
    const auto setPaused = [this](bool isPaused) {
        if (isPaused)
            m_studio.queue().pause();
        else
            m_studio.queue().resume();
    };
    connect(m_actions.pause, &QAction::triggered, this, setPaused);
    connect(m_queue, &QueuePanel::pauseToggled, this, setPaused);
    m_actions.dice = new QAction(tr("New Seed at Every Start"), this);
    m_actions.dice->setShortcut(QKeySequence(Qt::ALT | Qt::Key_S));
    addAction(m_actions.dice);
    connect(m_actions.dice, &QAction::triggered, m_recipe, &RecipePanel::rollDice);
    const auto canvasAction = [this](const QString &text, const QList<QKeySequence> &sequences, auto slot) {
        auto *action = new QAction(text, this);
        action->setShortcuts(sequences);
        addAction(action);
        connect(action, &QAction::triggered, m_canvas, slot);
        return action;
    };
    m_actions.zoomIn =
        canvasAction(tr("Zoom In"), Keys({Qt::CTRL | Qt::Key_Plus, Qt::CTRL | Qt::Key_Equal}), &Canvas::zoomIn);
    m_actions.zoomOut = canvasAction(tr("Zoom Out"), Keys({Qt::CTRL | Qt::Key_Minus}), &Canvas::zoomOut);
    m_actions.fit = canvasAction(tr("Fit Picture"), Keys({Qt::CTRL | Qt::Key_0}), &Canvas::fit);
    m_actions.exactPixels = new QAction(tr("Exact Pixels"), this);
    m_actions.exactPixels->setCheckable(true);
    connect(m_actions.exactPixels, &QAction::toggled, m_canvas, [this](bool isOn) { m_canvas->setSmooth(!isOn); });
    m_actions.openModel = addShortcut(tr("Open Model…"), Keys({Qt::CTRL | Qt::Key_O}), &CreatePage::openModel);
    m_actions.copySettings = addShortcut(tr("Copy Settings as Text"), {}, &CreatePage::copySettings);
    m_actions.pasteSettings = addShortcut(tr("Paste Settings"), {}, &CreatePage::pasteSettings);

    QMenu *submitMenu = m_recipe->submitMenu();
    submitMenu->addActions({m_actions.generateFirst, m_actions.generateMore, m_actions.repeat});
    QMenu *head = m_recipe->headMenu();
    connect(head->addAction(tr("The Model's Suggested Settings")), &QAction::triggered, m_recipe,
            &RecipePanel::useSuggestedSettings);
    head->addSeparator();
    head->addActions({m_actions.copySettings, m_actions.pasteSettings});
    QMenu *queueMenu = m_queue->menu();
    queueMenu->addAction(m_actions.stopAll);
    connect(queueMenu->addAction(tr("Clear Failed Jobs")), &QAction::triggered, this,
            [this] { m_studio.queue().clearOver(); });

    JobList *jobs = m_queue->list();
    connect(jobs, &JobList::chosen, this, [this](app::JobId id) {
        if (id == m_running && id != 0) {
            m_shownJob = 0;
            follow();
        } else {
            m_shownJob = id;
            showFacts();
        }
    });
    connect(jobs, &JobList::editRequested, this, &CreatePage::editJob);
    connect(jobs, &JobList::endRequested, this, &CreatePage::endJob);
    connect(jobs, &JobList::retryRequested, this, [this](app::JobId id) {
        const app::Job *job = m_studio.queue().find(id);
        app::XyPlot *plot = job != nullptr ? m_studio.plots().find(job->plot.id) : nullptr;
        if (plot != nullptr)
            m_studio.plots().makeMissing(*plot);
        else
            m_studio.queue().retry(id);
    });
    connect(jobs, &JobList::menuRequested, this, &CreatePage::showJobMenu);
    connect(jobs, &JobList::moveRequested, this, [this](app::JobId id, int beforeRow) {
        app::JobQueue &queue = m_studio.queue();
        const int first = queue.row(id);
        queue.moveRows({}, first, queue.rowsToMove(first), {}, m_queue->model()->sourceDestination(beforeRow));
    });
}

void CreatePage::focusToast()
{
    m_toasts->focusToast();
}

void CreatePage::generate()
{
    submit(Submit::Last);
}
void CreatePage::generateFirst()
{
    submit(Submit::First);
}
void CreatePage::generateMore()
{
    submit(Submit::More);
}

void CreatePage::stop()
{
    const qint64 now = QDateTime::currentMSecsSinceEpoch();
    const bool isSecond = now - m_lastStop < kTwiceMs;
    m_lastStop = now;
    m_actions.repeat->setChecked(false);
    if (isSecond)
        m_studio.queue().cancelAll();
    else if (m_running != 0)
        m_studio.queue().cancel(m_running);
}

void CreatePage::stopAndKeep()
{
    m_actions.repeat->setChecked(false);
    if (m_running != 0)
        m_studio.queue().stopAfterPicture(m_running);
}

void CreatePage::stopAll()
{
    m_actions.repeat->setChecked(false);
    m_studio.queue().cancelAll();
}

void CreatePage::editJob(app::JobId id)
{
    const app::Job *job = m_studio.queue().find(id);
    if (job == nullptr)
        return;
    if (!job->plot.id.isEmpty())
        return Q_EMIT plotRequested(job->plot.id);
    app::Recipe recipe;
    recipe.request = job->request;
    recipe.modelName = modelNameText(job->request.model);
    const int count = job->request.count;
    const bool isWaiting = job->state == app::JobState::Waiting;
    useRecipe(recipe, RecipePart::All);
    RecipeState state = m_recipe->state();
    state.request.count = count;
    m_recipe->setState(state);
    m_recipe->focusPrompt();
    if (!isWaiting)
        return;
    m_studio.queue().cancel(id);
    m_studio.queue().remove(id);
    m_toasts->show({.iconName = QStringLiteral("edit"), .text = tr("Taken out of the queue to be edited")});
}

void CreatePage::endJob(app::JobId id)
{
    app::JobQueue &queue = m_studio.queue();
    const app::Job *job = queue.find(id);
    if (job == nullptr)
        return;
    if (const QString set = job->plot.id; !set.isEmpty()) {
        // The row stands for the whole plot; what is missing then can be made from its page.
        queue.cancelSet(set);
        queue.clearFailed(set);
        m_toasts->show({.iconName = QStringLiteral("info"),
                        .text = tr("The X/Y plot was stopped"),
                        .action = tr("Show it"),
                        .run = [page = QPointer(this), set] {
                            if (page)
                                Q_EMIT page->plotRequested(set);
                        }});
        return;
    }
    if (job->state == app::JobState::Running) {
        m_actions.repeat->setChecked(false);
        queue.cancel(id);
        return;
    }
    const engine::GenerateRequest request = job->request;
    const QString parent = job->parent;
    queue.cancel(id);
    queue.remove(id);
    m_toasts->show({.iconName = QStringLiteral("trash"),
                    .text = tr("Job taken out of the queue"),
                    .action = tr("Undo"),
                    .run = [page = QPointer(this), request, parent] {
                        if (!page)
                            return;
                        if (parent.isEmpty())
                            page->m_studio.queue().submit(request);
                        else
                            page->m_studio.queue().submitBranch(request, parent);
                    }});
}

void CreatePage::showJobMenu(app::JobId id, const QPoint &at)
{
    app::JobQueue &queue = m_studio.queue();
    const app::Job *job = queue.find(id);
    if (job == nullptr)
        return;
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const auto add = [this, menu](const QString &text, auto run) {
        connect(menu->addAction(text), &QAction::triggered, this, run);
    };
    if (const QString set = job->plot.id; !set.isEmpty()) {
        add(tr("Show the X/Y Plot"), [this, set] { Q_EMIT plotRequested(set); });
        add(queue.isHeld(set) ? tr("Go On with It") : tr("Pause It"),
            [&queue, set] { queue.holdSet(set, !queue.isHeld(set)); });
        add(tr("Stop It"), [this, id] { endJob(id); });
        menu->popup(at);
        return;
    }
    switch (job->state) {
    case app::JobState::Running:
        add(tr("Stop"), [this, id] { endJob(id); });
        add(tr("Stop and Keep"), [this] { stopAndKeep(); });
        break;
    case app::JobState::Failed:
        add(tr("Try Again"), [&queue, id] { queue.retry(id); });
        add(tr("Copy Details"), [&queue, id] {
            if (const app::Job *failed = queue.find(id))
                QGuiApplication::clipboard()->setText(failed->failure.sentence + QLatin1Char('\n') +
                                                      failed->failure.details);
        });
        add(tr("Take Out"), [this, id] { endJob(id); });
        break;
    default:
        add(tr("Put First"), [&queue, id] { queue.putFirst(id); });
        add(tr("Edit"), [this, id] { editJob(id); });
        add(tr("Take Out"), [this, id] { endJob(id); });
    }
    menu->addSeparator();
    add(tr("Duplicate"), [&queue, id] { queue.duplicate(id); });
    add(tr("Use These Settings"), [this, &queue, id] {
        if (const app::Job *other = queue.find(id)) {
            app::Recipe recipe;
            recipe.request = other->request;
            recipe.modelName = modelNameText(other->request.model);
            useRecipe(recipe, RecipePart::All);
        }
    });
    menu->popup(at);
}

void CreatePage::onPictureKey(qint64 number, int key)
{
    const SessionPicture *picture = m_session->find(number);
    if (picture == nullptr)
        return;
    app::Recipe recipe;
    recipe.request = picture->request;
    recipe.request.seed = picture->seed;
    recipe.modelName = modelNameText(picture->request.model);
    switch (PictureKey(key)) {
    case PictureKey::UseAll:
        return useRecipe(recipe, RecipePart::All);
    case PictureKey::UsePrompts:
        return useRecipe(recipe, RecipePart::Prompts);
    case PictureKey::UseSeed:
        return useRecipe(recipe, RecipePart::Seed);
    case PictureKey::UseAllButSeed:
        return useRecipe(recipe, RecipePart::AllButSeed);
    case PictureKey::ShowRecipe:
        showPicture(number);
        return setRightPanelOpen(true);
    case PictureKey::Compare:
        if (!picture->file.isEmpty())
            Q_EMIT compareRequested({picture->file});
        return;
    case PictureKey::OpenViewer:
        if (!picture->file.isEmpty())
            Q_EMIT showInGallery(picture->file);
        return;
    case PictureKey::SaveCopy:
        showPicture(number);
        return saveCopy();
    }
}

void CreatePage::setStars(qint64 number, int stars)
{
    const SessionPicture *picture = m_session->find(number);
    if (picture == nullptr || picture->file.isEmpty())
        return;
    app::GalleryModel &gallery = m_studio.gallery();
    const int row = gallery.rowOf(picture->file);
    if (row >= 0)
        m_studio.edits().setStars({gallery.picture(row).id}, stars);
    m_session->setStars(number, stars);
}

void CreatePage::saveCopy()
{
    const SessionPicture *picture = shownPicture();
    if (picture == nullptr || picture->file.isEmpty())
        return;
    const QString from = picture->file;
    auto *dialog = new QFileDialog(this, tr("Save a Copy"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(QStringLiteral("png"));
    dialog->setNameFilter(tr("Pictures (*.png)"));
    dialog->selectFile(QFileInfo(from).fileName());
    connect(dialog, &QFileDialog::fileSelected, this, [this, from](const QString &to) {
        QThreadPool::globalInstance()->start([page = QPointer(this), from, to] {
            const bool isCopied = app::copyFile(from, to); // the dialog has asked whether to replace what is there
            QMetaObject::invokeMethod(
                qApp,
                [page, to, isCopied] {
                    if (page)
                        page->m_toasts->show({.iconName = isCopied ? QStringLiteral("check") : QStringLiteral("error"),
                                              .text = isCopied ? tr("Copy saved as %1").arg(QFileInfo(to).fileName())
                                                               : tr("%1 could not be written").arg(to)});
                },
                Qt::QueuedConnection);
        });
    });
    dialog->open();
}

void CreatePage::showPictureMenu(const QPoint &at)
{
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    if (const SessionPicture *picture = shownPicture()) {
        const qint64 number = picture->number;
        const bool hasFile = !picture->file.isEmpty();
        const auto add = [this, menu, number](const QString &text, const QString &key, PictureKey what,
                                              bool isPossible = true) {
            QAction *action = menu->addAction(key.isEmpty() ? text : text + QLatin1Char('\t') + key);
            action->setEnabled(isPossible);
            connect(action, &QAction::triggered, this, [this, number, what] { onPictureKey(number, int(what)); });
        };
        add(tr("Use These Settings"), QStringLiteral("A"), PictureKey::UseAll);
        add(tr("Use the Prompts"), QStringLiteral("P"), PictureKey::UsePrompts);
        add(tr("Use the Seed"), QStringLiteral("S"), PictureKey::UseSeed);
        add(tr("Use All but the Seed"), QStringLiteral("R"), PictureKey::UseAllButSeed);
        menu->addSeparator();
        if (isSignalConnected(QMetaMethod::fromSignal(&CreatePage::compareRequested)))
            add(tr("Compare"), QStringLiteral("Z"), PictureKey::Compare, hasFile);
        add(tr("Show in Gallery"), tr("Enter"), PictureKey::OpenViewer, hasFile);
        add(tr("Save a Copy…"), tr("Ctrl+S"), PictureKey::SaveCopy, hasFile);
        menu->addSeparator();
    }
    QAction *copy = menu->addAction(tr("Copy Picture"));
    connect(copy, &QAction::triggered, this, [this] { QGuiApplication::clipboard()->setImage(m_canvas->picture()); });
    menu->addAction(m_actions.exactPixels);
    menu->popup(at);
}

} // namespace ui
