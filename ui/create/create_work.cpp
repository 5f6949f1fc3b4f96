// The Create page at work: what the queue and the engine tell, and what the canvas shows of it.
#include "app/gallery_store.h"
#include "app/image_file.h"
#include "app/job_queue.h"
#include "app/picture_saver.h"
#include "app/settings.h"
#include "app/studio.h"
#include "app/thumbnails.h"
#include "ui/common/banner.h"
#include "ui/common/toast.h"
#include "ui/create/canvas.h"
#include "ui/create/canvas_toolbar.h"
#include "ui/create/create_page.h"
#include "ui/create/facts.h"
#include "ui/create/filmstrip.h"
#include "ui/create/model_list.h"
#include "ui/create/picture_panel.h"
#include "ui/create/progress_area.h"
#include "ui/create/queue_panel.h"
#include "ui/create/recipe_panel.h"
#include "ui/create/session_model.h"
#include "ui/create/start_screen.h"
#include "ui/create/step_strip.h"
#include "ui/create/words.h"

#include <QAction>
#include <QCoreApplication>
#include <QDesktopServices>
#include <QLocale>
#include <QMetaMethod>
#include <QPointer>
#include <QThreadPool>
#include <QUrl>

#include <algorithm>

namespace ui {

namespace {

constexpr int kMorePictures = 4;

/// What happened, in a few words.
QString failureTitle(const app::Failure &failure, const QString &model)
{
    switch (failure.kind) {
    case engine::ErrorKind::BadRequest:
        return CreatePage::tr("This recipe cannot be made");
    case engine::ErrorKind::FileUnreadable:
        return CreatePage::tr("%1 cannot be read").arg(model);
    case engine::ErrorKind::NotACheckpoint:
    case engine::ErrorKind::WrongWeights:
        return CreatePage::tr("%1 is damaged").arg(model);
    case engine::ErrorKind::UnknownFamily:
        return CreatePage::tr("%1 is no model that Tincture knows").arg(model);
    case engine::ErrorKind::NotSupported:
        return CreatePage::tr("%1 is not supported yet").arg(model);
    case engine::ErrorKind::OutOfMemory:
        return CreatePage::tr("There was not enough memory");
    case engine::ErrorKind::DiskFull:
        return CreatePage::tr("The picture could not be saved");
    case engine::ErrorKind::Internal:
        return CreatePage::tr("The picture could not be made");
    }
    return {};
}

enum class WayOut { ChooseModel, TryAgain, Smaller, OpenFolder };

QList<WayOut> waysOut(engine::ErrorKind kind)
{
    switch (kind) {
    case engine::ErrorKind::FileUnreadable:
    case engine::ErrorKind::NotACheckpoint:
    case engine::ErrorKind::WrongWeights:
    case engine::ErrorKind::UnknownFamily:
    case engine::ErrorKind::NotSupported:
        return {WayOut::ChooseModel, WayOut::TryAgain};
    case engine::ErrorKind::OutOfMemory:
        return {WayOut::Smaller, WayOut::TryAgain};
    case engine::ErrorKind::DiskFull:
        return {WayOut::OpenFolder, WayOut::TryAgain};
    case engine::ErrorKind::BadRequest:
        return {};
    case engine::ErrorKind::Internal:
        return {WayOut::TryAgain};
    }
    return {};
}

QString wayOutText(WayOut way)
{
    switch (way) {
    case WayOut::ChooseModel:
        return CreatePage::tr("Choose another model");
    case WayOut::TryAgain:
        return CreatePage::tr("Try again");
    case WayOut::Smaller:
        return CreatePage::tr("Make it half as large");
    case WayOut::OpenFolder:
        return CreatePage::tr("Open the folder");
    }
    return {};
}

} // namespace

void CreatePage::connectQueue()
{
    app::JobQueue &queue = m_studio.queue();
    app::EngineThread &engine = m_studio.engine();
    connect(&queue, &app::JobQueue::jobStarted, this, &CreatePage::onJobStarted);
    connect(&queue, &app::JobQueue::jobEnded, this, &CreatePage::onJobEnded);
    connect(&queue, &app::JobQueue::pictureMade, this, &CreatePage::onPictureMade);
    const auto refresh = [this] {
        if (m_refresh.isActive())
            m_isStale = true;
        else
            updateWork();
    };
    connect(&queue, &app::JobQueue::jobProgressed, this, refresh);
    connect(&queue, &app::JobQueue::secondsLeftChanged, this, refresh);
    connect(&queue, &app::JobQueue::waitingChanged, this, refresh);
    connect(&queue, &app::JobQueue::pausedChanged, this, refresh);
    connect(&queue, &QAbstractItemModel::rowsRemoved, this, refresh);
    connect(&engine, &app::EngineThread::stepFinished, this, &CreatePage::onStep);
    connect(&engine, &app::EngineThread::previewReady, this, &CreatePage::onPreview);
    connect(&engine, &app::EngineThread::stageStarted, this,
            [this](app::JobId id, engine::Stage stage, double fraction) {
                if (id == m_running)
                    m_recipe->setModelLoading(stage == engine::Stage::LoadingModel ? std::max(0.0, fraction) : -1.0);
            });
    connect(&engine, &app::EngineThread::jobFinished, this,
            [this](app::JobId id, const engine::GenerateReport &report) { m_session->setReport(id, report); });
    connect(&engine, &app::EngineThread::engineFailed, this,
            [this](const app::Failure &failure) { postFailure(0, failure); });
    connect(&engine, &app::EngineThread::notice, this, [this](app::JobId id, const QString &text) {
        if (!m_studio.queue().find(id)) // a training's: its own page says it
            return;
        m_banner->post({.kind = BannerKind::Warning, .what = text});
        m_bannerRow->show();
    });
    connect(&m_studio.saver(), &app::PictureSaver::saved, this,
            [this](app::JobId id, int picture, const QString &file) {
                m_session->setFile(id, picture, file);
                if (const SessionPicture *shown = shownPicture(); shown != nullptr && shown->file == file)
                    showFacts();
            });
    connect(&m_studio.store(), &app::GalleryStore::pictureRemoved, this, [this](qint64, const QString &file) {
        const SessionPicture *shown = shownPicture();
        const bool wasShown = shown != nullptr && shown->file == file;
        m_session->removeFile(file);
        if (wasShown)
            showNeighbour(1);
    });
}

void CreatePage::submit(Submit how)
{
    if (!m_recipe->model().isUsable)
        return;
    engine::GenerateRequest request = m_recipe->take();
    if (how == Submit::More) {
        // With the dice a new seed was drawn; a fixed one goes on after its last picture.
        if (m_recipe->state().seedMode != SeedField::Mode::Random)
            request.seed += quint64(request.count);
        request.count = kMorePictures;
    }
    if (how == Submit::Again && m_recipe->state().seedMode != SeedField::Mode::Random)
        request.seed += quint64(m_repeats * request.count);
    const app::Settings &settings = m_studio.settings();
    request.preview = settings.previewContent();
    request.previewDecoder = settings.previewDecoder();
    request.keepTrajectory = settings.keepsSteps();
    request.keepAttention = request.keepTrajectory && settings.keepsWords();
    const bool wasIdle = m_studio.queue().running() == nullptr;
    if (wasIdle)
        m_isFollowing = true;
    const auto submission =
        m_studio.queue().submit(request, app::JobQueue::Seed::AsGiven,
                                how == Submit::First ? app::JobQueue::Place::First : app::JobQueue::Place::Last);
    if (submission.id == 0) {
        QStringList reasons;
        for (const engine::Problem &problem : submission.problems)
            reasons.append(QStringLiteral("%1: %2").arg(QString::fromStdString(problem.field),
                                                        QString::fromStdString(problem.text)));
        postFailure(0, {engine::ErrorKind::BadRequest,
                        tr("A value of the recipe cannot be used. Change it and start again."),
                        reasons.join(QLatin1Char('\n'))});
        return;
    }
    if (m_studio.queue().isPaused())
        m_toasts->show({.iconName = QStringLiteral("pause"),
                        .text = tr("Added. The queue is paused"),
                        .action = tr("Go on"),
                        .run = [page = QPointer(this)] {
                            if (page)
                                page->m_studio.queue().resume();
                        }});
    rememberRecipe(request);
    m_studio.settings().useModel(m_recipe->model().path);
    updateWork();
}

void CreatePage::onJobStarted(app::JobId id)
{
    const app::Job *job = m_studio.queue().find(id);
    if (job == nullptr)
        return;
    m_running = id;
    m_formingPicture = -1;
    m_startedAt = QDateTime::currentDateTime();
    if (m_shownJob == id)
        m_shownJob = 0;
    beginPicture(0);
    m_progress->show();
    m_steps->show();
    m_recipe->setBusy(true);
    showStartScreen();
    if (m_isFollowing)
        follow();
    updateWork();
}

void CreatePage::beginPicture(int picture)
{
    const app::Job *job = m_studio.queue().find(m_running);
    if (job == nullptr || picture == m_formingPicture)
        return;
    m_formingPicture = picture;
    m_formingStep = 0;
    m_formingImage = {};
    m_sigma = -1.0;
    m_pictureStartedAt = QDateTime::currentDateTime();
    m_steps->start(job->steps > 0 ? job->steps : job->request.steps);
    m_session->setForming({}, 0.0, QString::fromStdString(job->request.prompt));
    if (m_isFollowing)
        m_filmstrip->setCurrent(m_session->formingIndex());
}

void CreatePage::onStep(app::JobId id, const engine::StepFinished &step)
{
    if (id != m_running)
        return;
    beginPicture(step.picture);
    m_sigma = step.sigma;
    m_steps->setSteps(step.steps);
}

void CreatePage::onPreview(app::JobId id, int picture, int step, const QImage &image)
{
    const app::Job *job = m_studio.queue().find(id);
    if (id != m_running || job == nullptr || image.isNull())
        return;
    beginPicture(picture);
    m_formingStep = step;
    m_formingImage = image;
    m_steps->addStep(step, image);
    m_session->setForming(image, double(step) / std::max(1, job->steps), QString::fromStdString(job->request.prompt));
    if (m_isFollowing && m_steps->shownStep() == 0)
        showForming();
}

void CreatePage::onPictureMade(app::JobId id, const engine::GenerateRequest &request,
                               const engine::ImageFinished &image)
{
    SessionPicture picture;
    picture.job = id;
    picture.index = image.picture;
    picture.seed = image.seed;
    picture.request = request;
    picture.request.branchFrom.reset(); // the session does not keep its parent's steps
    picture.request.branchStep = 0;
    picture.request.branchNoiseSeed.reset();
    picture.image = app::toQImage(image.image);
    picture.request.width = picture.image.width();
    picture.request.height = picture.image.height();
    picture.started = m_startedAt;
    picture.finished = QDateTime::currentDateTime();
    if (m_pictureStartedAt.isValid())
        picture.seconds = double(m_pictureStartedAt.msecsTo(picture.finished)) / 1000.0;
    m_session->endForming();
    const qint64 number = m_session->add(std::move(picture));
    if (id == m_running)
        m_steps->finish();
    // With further pictures to come the canvas keeps to what forms, at its first preview.
    if (m_isFollowing && m_studio.settings().showsNewest() && m_steps->shownStep() == 0) {
        showPicture(number);
        m_isFollowing = true;
        updateTitle();
    }
    m_pictureStartedAt = QDateTime::currentDateTime();
}

void CreatePage::onJobEnded(app::JobId id)
{
    app::JobQueue &queue = m_studio.queue();
    const app::Job *job = queue.find(id);
    if (job == nullptr)
        return;
    const app::JobState state = job->state;
    if (state == app::JobState::Failed)
        postFailure(id, job->failure);
    if (id == m_running) {
        m_running = 0;
        m_formingPicture = -1;
        m_session->endForming();
        m_steps->finish();
        m_recipe->setModelLoading(-1.0);
        const double seconds = double(m_startedAt.msecsTo(QDateTime::currentDateTime())) / 1000.0;
        if (state == app::JobState::Failed) {
            m_progress->hide();
            m_steps->setVisible(m_steps->count() > 0);
        } else {
            m_progress->showEnded(*job, seconds);
            m_models->setLoaded(pathText(job->request.model));
        }
        if (m_shownPicture < 0)
            m_filmstrip->setCurrent({});
        if (state == app::JobState::Cancelled && m_isFollowing && m_shownPicture < 0)
            m_canvas->setLabels(m_formingStep > 0 ? tr("Stopped at step %1").arg(m_formingStep) : QString(), {});
    }
    updateWork();
    showStartScreen();
    showFacts();
    const bool isIdle = queue.running() == nullptr && queue.waiting() == 0;
    if (m_actions.repeat->isChecked() && isIdle && state == app::JobState::Finished) {
        ++m_repeats;
        submit(Submit::Again);
    } else if (isIdle) {
        m_repeats = 0;
        m_actions.repeat->setChecked(false);
    }
}

void CreatePage::postFailure(app::JobId id, const app::Failure &failure)
{
    const app::Job *job = m_studio.queue().find(id);
    const QString model = job != nullptr ? modelNameText(job->request.model) : m_recipe->model().name;
    QStringList actions;
    if (job != nullptr) {
        for (const WayOut way : waysOut(failure.kind))
            actions.append(wayOutText(way));
    }
    const int banner = m_banner->post({.kind = BannerKind::Danger,
                                       .what = failureTitle(failure, model),
                                       .why = failure.sentence,
                                       .details = failure.sentence + QLatin1Char('\n') + failure.details,
                                       .actions = actions});
    m_banners.insert(banner, id);
    m_failures.insert(id, failure);
    m_bannerRow->show();
}

void CreatePage::onBannerAction(int banner, int action)
{
    const app::JobId id = m_banners.value(banner);
    const QList<WayOut> ways = waysOut(m_failures.value(id).kind);
    if (action < 0 || action >= ways.size())
        return;
    switch (ways.at(action)) {
    case WayOut::ChooseModel:
        m_recipe->openModelChooser();
        return;
    case WayOut::Smaller: {
        const app::Job *job = m_studio.queue().find(id);
        RecipeState state = m_recipe->state();
        const int multiple = std::max(8, m_recipe->model().info.sizeMultiple);
        const auto half = [multiple](int pixels) { return std::max(multiple, pixels / 2 / multiple * multiple); };
        state.request.width = half(job != nullptr ? job->request.width : state.request.width);
        state.request.height = half(job != nullptr ? job->request.height : state.request.height);
        m_recipe->setState(state);
        break;
    }
    case WayOut::OpenFolder:
        QDesktopServices::openUrl(QUrl::fromLocalFile(m_studio.settings().pictureFolder()));
        return;
    case WayOut::TryAgain:
        m_studio.queue().retry(id);
        if (m_studio.queue().isPaused())
            m_studio.queue().resume();
        break;
    }
    m_banner->withdraw(banner);
    m_bannerRow->setVisible(!m_banner->isEmpty());
}

const SessionPicture *CreatePage::shownPicture() const
{
    return m_session->find(m_shownPicture);
}

void CreatePage::follow()
{
    m_isFollowing = true;
    m_shownPicture = -1;
    m_steps->setShownStep(0);
    showForming();
    showFacts();
}

void CreatePage::showForming()
{
    const app::Job *job = m_studio.queue().find(m_running);
    if (job == nullptr)
        return;
    m_shownPicture = -1;
    m_filmstrip->setCurrent(m_session->formingIndex());
    if (!m_formingImage.isNull()) {
        m_canvas->setPicture(m_formingImage, {job->request.width, job->request.height});
        m_canvas->setLabels(tr("Preview, step %1").arg(m_formingStep),
                            tr("seed %1").arg(job->request.seed + quint64(std::max(0, m_formingPicture))));
        m_canvas->show();
        m_start->hide();
    }
    updateTitle();
}

void CreatePage::showStep(int step)
{
    if (step == 0 && m_running != 0)
        return follow();
    const QImage preview = m_steps->preview(step);
    if (preview.isNull())
        return;
    if (m_running != 0)
        m_isFollowing = true; // it looks back within what forms
    const app::Job *job = m_studio.queue().find(m_running);
    const SessionPicture *picture = shownPicture();
    QSize size = preview.size();
    if (job != nullptr)
        size = {job->request.width, job->request.height};
    else if (picture != nullptr)
        size = {picture->request.width, picture->request.height};
    m_canvas->setPicture(preview, size);
    m_canvas->setLabels(tr("Step %1").arg(step), {});
    updateTitle();
}

void CreatePage::showPicture(qint64 number)
{
    const SessionPicture *picture = m_session->find(number);
    if (picture == nullptr)
        return;
    m_shownPicture = number;
    m_isFollowing = false;
    m_start->hide();
    m_canvas->show();
    m_canvas->setLabels({}, {});
    m_filmstrip->setCurrent(m_session->indexOf(number));
    const QSize size(picture->request.width, picture->request.height);
    if (!picture->image.isNull()) {
        m_canvas->setPicture(picture->image, size);
    } else {
        // Too many for the memory: the file has it.
        m_canvas->setPicture(picture->thumbnail, size);
        QThreadPool::globalInstance()->start([page = QPointer(this), number, size, file = picture->file] {
            const QImage image(file);
            QMetaObject::invokeMethod(
                qApp,
                [page, number, size, image] {
                    if (page && page->m_shownPicture == number && !image.isNull())
                        page->m_canvas->setPicture(image, size);
                },
                Qt::QueuedConnection);
        });
    }
    showFacts();
    updateTitle();
}

void CreatePage::showNeighbour(int direction)
{
    const int step = m_session->isNewestFirst() ? direction : -direction;
    const QModelIndex current = m_shownPicture >= 0 ? m_session->indexOf(m_shownPicture) : m_session->formingIndex();
    const int row = current.isValid() ? current.row() + step : 0;
    const QModelIndex next = m_session->index(std::clamp(row, 0, std::max(0, m_session->rowCount() - 1)), 0);
    if (const SessionPicture *picture = m_session->at(next)) {
        showPicture(picture->number);
    } else if (m_running != 0) {
        follow();
    } else {
        m_canvas->clear();
        m_shownPicture = -1;
        showStartScreen();
        showFacts();
    }
}

void CreatePage::showFacts()
{
    app::JobQueue &queue = m_studio.queue();
    PicturePanel *panel = m_queue->picture();
    const app::Job *asked = m_shownJob != 0 ? queue.find(m_shownJob) : nullptr;
    const app::Job *running = queue.find(m_running);
    const SessionPicture *picture = shownPicture();
    const auto device = m_studio.engine().device();
    const QString precision = device ? QString::fromStdString(device->precision) : QString();
    panel->setTitle(asked != nullptr ? tr("Job") : tr("Picture"));
    panel->setHasFile(asked == nullptr && picture != nullptr && !picture->file.isEmpty());
    panel->setButtonsVisible(isSignalConnected(QMetaMethod::fromSignal(&CreatePage::inspectRequested)),
                             isSignalConnected(QMetaMethod::fromSignal(&CreatePage::compareRequested)));
    m_queue->setPictureVisible(asked != nullptr || picture != nullptr || running != nullptr);
    if (asked != nullptr)
        panel->setFacts(factsOf(*asked, {}));
    else if (picture != nullptr)
        panel->setFacts(factsOf(*picture));
    else if (running != nullptr)
        panel->setFacts(factsOf(*running, {m_sigma, m_startedAt, precision}));
}

void CreatePage::updateTitle()
{
    const app::Job *job = m_studio.queue().find(m_running);
    const SessionPicture *picture = shownPicture();
    const bool hasPicture = m_canvas->hasPicture() || job != nullptr;
    m_toolbar->setPictureControlsVisible(hasPicture);
    if (picture != nullptr && !(m_isFollowing && job != nullptr)) {
        const bool isLast = m_session->newest() != nullptr && m_session->newest()->number == picture->number;
        m_toolbar->setTitle(
            isLast ? tr("Last picture")
                   : tr("Made at %1").arg(QLocale().toString(picture->finished.time(), QLocale::ShortFormat)),
            sizeText(picture->request.width, picture->request.height));
    } else if (job != nullptr) {
        const int count = job->request.count;
        m_toolbar->setTitle(
            count > 1 ? tr("Picture %1 of %2").arg(std::min(count, std::max(0, m_formingPicture) + 1)).arg(count)
                      : tr("Forming"),
            sizeText(job->request.width, job->request.height));
    } else {
        m_toolbar->setTitle(hasPicture ? tr("Stopped picture") : tr("No picture yet"), {});
    }
}

void CreatePage::updateWork()
{
    m_isStale = false;
    m_refresh.start();
    app::JobQueue &queue = m_studio.queue();
    const app::Job *job = queue.running();
    const int open = queue.waiting() + (job != nullptr ? 1 : 0);
    if (job != nullptr && job->id == m_running) {
        m_progress->showJob(*job);
        m_canvas->setMessage(job->stage == engine::Stage::Sampling ? tr("First step") : workText(*job));
    }
    m_queue->setSummary(open, queue.secondsLeft(), queue.isPaused(), queue.pauseReason());
    m_actions.pause->setChecked(queue.isPaused());
    m_actions.stop->setEnabled(open > 0);
    m_actions.stopAndKeep->setEnabled(job != nullptr);
    m_actions.stopAll->setEnabled(open > 0);
    m_recipe->setBusy(open > 0);
    m_actions.generate->setText(open > 0 ? tr("Add to Queue") : tr("Generate"));
    if (job != nullptr && m_shownJob == 0 && m_shownPicture < 0)
        showFacts();
    updateTitle();
}

} // namespace ui
