// What the inspector shows of a trajectory, and what is done with it.
#include "ui/learn/reverse_view.h"

#include "app/job_queue.h"
#include "app/settings.h"
#include "app/studio.h"
#include "app/trajectory_export.h"
#include "ui/common/banner.h"
#include "ui/common/button.h"
#include "ui/common/chart.h"
#include "ui/common/elided_label.h"
#include "ui/common/empty_state.h"
#include "ui/common/number_field.h"
#include "ui/common/panel_head.h"
#include "ui/common/segmented_control.h"
#include "ui/common/side_panel.h"
#include "ui/common/toast.h"
#include "ui/create/words.h"
#include "ui/learn/branch_form.h"
#include "ui/learn/branch_tree.h"
#include "ui/learn/inspector_strip.h"
#include "ui/learn/inspector_table.h"
#include "ui/learn/inspector_tile.h"
#include "ui/learn/picture_bar.h"
#include "ui/learn/step_decoder.h"

#include <QDesktopServices>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QLocale>
#include <QMenu>
#include <QPointer>
#include <QStackedWidget>
#include <QThreadPool>
#include <QUrl>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace ui {

namespace {

QString figure(double value)
{
    return QLocale().toString(value, 'f', value >= 100.0 ? 1 : value >= 10.0 ? 2 : 3);
}

/// Where on the picture a map is brightest, in words.
QString placeText(const app::HeatMap &map)
{
    const QPointF centre = map.centre();
    const bool isMiddleX = std::abs(centre.x() - 0.5) < 0.07;
    const bool isMiddleY = std::abs(centre.y() - 0.5) < 0.07;
    if (isMiddleX && isMiddleY)
        return ReverseView::tr("most around the middle");
    if (isMiddleX)
        return centre.y() < 0.5 ? ReverseView::tr("most in the upper part") : ReverseView::tr("most in the lower part");
    if (isMiddleY)
        return centre.x() < 0.5 ? ReverseView::tr("most at the left") : ReverseView::tr("most at the right");
    if (centre.y() < 0.5)
        return centre.x() < 0.5 ? ReverseView::tr("most at the upper left")
                                : ReverseView::tr("most at the upper right");
    return centre.x() < 0.5 ? ReverseView::tr("most at the lower left") : ReverseView::tr("most at the lower right");
}

} // namespace

void ReverseView::showNothing(const QString &title, const QString &text, bool canMakeAgain)
{
    m_empty->setTitle(title);
    m_empty->setText(text);
    m_emptyMake->setVisible(!canMakeAgain);
    m_emptyAgain->setVisible(canMakeAgain);
    m_stack->setCurrentWidget(m_empty);
    m_panelStack->setEnabled(false);
    m_export->setEnabled(false);
    m_pictures = app::TrajectoryPictures();
    m_table->setTrajectory({});
    m_tree->setNodes({});
    Q_EMIT statusChanged();
}

void ReverseView::show(const QString &picture, const app::TrajectoryPtr &trajectory)
{
    m_picture = picture;
    app::TrajectoryStore &store = m_studio.trajectories();
    if (trajectory->steps.empty()) {
        showNothing(tr("No steps in this file"), tr("The steps of this picture are empty."), true);
        return;
    }
    m_pictures = app::TrajectoryPictures(trajectory);
    m_decoder->setTrajectory(trajectory);
    m_decodeSeconds = -1.0;
    m_parent.reset();
    m_parentPicture.clear();
    m_stack->setCurrentWidget(m_inspector);
    m_panelStack->setEnabled(true);
    m_export->setEnabled(true);
    m_bar->setPicture(m_picture, pictureTitle(m_picture, trajectory->request.prompt), trajectory->request.seed);
    store.setLookedAt({m_picture});

    const int steps = m_pictures.steps();
    m_step = std::clamp(m_step, 0, steps - 1);
    m_strip->setSteps(steps, [this](int step) { return m_pictures.predicted(step); });
    m_table->setTrajectory(trajectory);
    m_other->setRange(1, steps);
    m_other->setValue(1);
    const bool isGuided = m_pictures.hasGuidance();
    for (int choice = 1; choice <= 3; ++choice)
        m_noise->setChoiceEnabled(choice, isGuided, tr("This picture was made without guidance"));
    const auto branch = store.branch(m_picture);
    m_change->setChoiceEnabled(FromParent, branch.has_value(), tr("This picture was branched from none"));
    if (branch) {
        m_parentPicture = branch->parent;
        m_parent = store.find(branch->parent);
        if (!m_parent && store.has(branch->parent))
            store.request(branch->parent);
        store.setLookedAt({m_picture, branch->parent});
    }
    m_decided->square()->setImage(heatPicture(m_pictures.allChanges(), m_pictures.allChanges().top()));
    m_decided->setCaption(steps > 1 ? placeText(m_pictures.allChanges()) : QString());
    showChart();
    showTree();
    showStep();
    if (isVisible() && window()->isActiveWindow() && m_bar->isVisible())
        m_strip->setFocus(Qt::OtherFocusReason);
}

void ReverseView::setStep(int step)
{
    if (m_pictures.steps() == 0)
        return;
    step = std::clamp(step, 0, m_pictures.steps() - 1);
    if (step == m_step)
        return;
    m_step = step;
    showStep();
}

void ReverseView::showStep()
{
    const app::TrajectoryPtr &shown = m_pictures.trajectory();
    if (!shown || m_pictures.steps() == 0)
        return;
    const engine::TrajectoryStep &step = shown->steps[std::size_t(m_step)];
    m_title->setText(tr("Step %1 of %2").arg(m_step + 1).arg(m_pictures.steps()));
    m_numbers->setText(tr("t = %1, σ = %2").arg(QLocale().toString(qRound(step.timestep)), figure(step.sigma)));
    m_strip->setStep(m_step);
    m_table->setStep(m_step);
    m_chart->setMarker(m_step + 1);

    const bool isReal = m_decoderChoice->currentIndex() == 1;
    const QImage noisy = isReal ? m_decoder->image(m_step, DecodedPart::Noisy) : QImage();
    const QImage predicted = isReal ? m_decoder->image(m_step, DecodedPart::Predicted) : QImage();
    // Until the decoder has answered the linear map is shown.
    m_noisy->square()->setImage(noisy.isNull() ? m_pictures.noisy(m_step) : noisy);
    m_predicted->square()->setImage(predicted.isNull() ? m_pictures.predicted(m_step) : predicted);
    m_noisy->setCaption(tr("norm %1").arg(figure(step.xNorm)));
    m_predicted->setCaption(tr("norm %1").arg(figure(app::TrajectoryPictures::rootMeanSquare(step.x0))));
    showNoise();
    showChange();
    if (isReal && !isPlaying())
        decode();
    Q_EMIT statusChanged();
}

void ReverseView::decode()
{
    m_decoder->want(m_step);
}

void ReverseView::showNoise()
{
    const app::TrajectoryPtr &shown = m_pictures.trajectory();
    if (!shown)
        return;
    const engine::TrajectoryStep &step = shown->steps[std::size_t(m_step)];
    const auto kind = app::NoiseKind(std::max(0, m_noise->choice()));
    m_noise->square()->setImage(m_pictures.noise(m_step, kind));
    switch (kind) {
    case app::NoiseKind::Guided:
        m_noise->setCaption(tr("norm %1").arg(figure(step.epsNorm)));
        m_noise->setFormula(QStringLiteral("\\epsilon_\\theta"), tr("epsilon theta"));
        break;
    case app::NoiseKind::WithPrompt:
        m_noise->setCaption(tr("norm %1").arg(figure(app::TrajectoryPictures::rootMeanSquare(step.epsCond))));
        m_noise->setFormula(QStringLiteral("\\epsilon_c"), tr("epsilon c"));
        break;
    case app::NoiseKind::WithoutPrompt:
        m_noise->setCaption(tr("norm %1").arg(figure(app::TrajectoryPictures::rootMeanSquare(step.epsUncond))));
        m_noise->setFormula(QStringLiteral("\\epsilon_u"), tr("epsilon u"));
        break;
    case app::NoiseKind::Gap:
        m_noise->setCaption(tr("norm %1").arg(figure(step.guidance)));
        m_noise->setFormula(QStringLiteral("\\epsilon_c - \\epsilon_u"), tr("epsilon c minus epsilon u"));
        break;
    }
}

void ReverseView::showChange()
{
    if (m_pictures.steps() == 0)
        return;
    const int choice = m_change->choice();
    m_other->setVisible(choice == BetweenSteps);
    PictureSquare *square = m_change->square();
    app::HeatMap map;
    QString none;
    switch (choice) {
    case BetweenSteps: {
        const int other = std::clamp(m_other->intValue(), 1, m_pictures.steps()) - 1;
        map = m_pictures.difference(other, m_step);
        m_change->setFormula(QStringLiteral("|\\hat{x}_0^{%1} - \\hat{x}_0^{%2}|").arg(m_step + 1).arg(other + 1),
                             tr("difference of steps %1 and %2").arg(m_step + 1).arg(other + 1));
        break;
    }
    case FromParent: {
        m_change->setFormula(QStringLiteral("|\\hat{x}_0 - \\hat{x}_0'|"), tr("difference from the parent"));
        if (!m_parent) {
            none = tr("The parent's steps were not kept.");
        } else {
            const auto at = std::min(std::size_t(m_step), m_parent->steps.size() - 1);
            map = app::differenceOf(engine::toFloat(m_pictures.trajectory()->steps[std::size_t(m_step)].x0),
                                    engine::toFloat(m_parent->steps[at].x0));
        }
        break;
    }
    default:
        m_change->setFormula(QStringLiteral("|\\Delta\\hat{x}_0|"), tr("change of x zero hat"));
        if (m_step == 0)
            none = tr("The first step has nothing before it.");
        else
            map = m_pictures.change(m_step);
    }
    const double top = map.top();
    square->setNote(none);
    square->setImage(heatPicture(map, top));
    if (map.isEmpty())
        m_change->setCaption({});
    else if (map.mean() == 0.0)
        m_change->setCaption(tr("the same"));
    else if (choice == BetweenSteps)
        m_change->setCaption(tr("mean %1, against step").arg(figure(map.mean())));
    else
        m_change->setCaption(tr("mean %1, %2").arg(figure(map.mean()), placeText(map)));
}

void ReverseView::showChart()
{
    const app::TrajectoryPtr &shown = m_pictures.trajectory();
    if (!shown || m_pictures.steps() == 0)
        return;
    m_chart->clear();
    const int steps = m_pictures.steps();
    m_chart->setXAxis({.name = tr("step"),
                       .minimum = 1.0,
                       .maximum = std::max(2.0, double(steps)),
                       .text = [](double value) { return QString::number(qRound(value)); },
                       .valueText = [](double value) { return QString::number(qRound(value)); }});
    const auto add = [&](const ChartCurve &curve, const std::function<double(int)> &value, double scale) {
        QVector<QPointF> points;
        for (int step = 0; step < steps; ++step)
            points.append({double(step + 1), value(step) * scale});
        m_chart->setPoints(m_chart->addCurve(curve), points);
    };
    const auto most = [&](const std::function<double(int)> &value) {
        double top = 0.0;
        for (int step = 0; step < steps; ++step)
            top = std::max(top, value(step));
        return top > 0.0 ? 1.0 / top : 1.0;
    };
    const auto of = [&](int step) -> const engine::TrajectoryStep & { return shown->steps[std::size_t(step)]; };
    switch (m_chartChoice->currentIndex()) {
    case Decided: {
        m_chart->setYAxis({.name = tr("share of the most"), .minimum = 0.0, .maximum = 1.0});
        const std::vector<double> &changes = m_pictures.changes();
        const auto change = [&changes](int step) { return changes[std::size_t(step)]; };
        const auto gap = [&](int step) { return of(step).guidance; };
        add({.name = tr("change of the picture"), .color = Token::Accent}, change, most(change));
        if (m_pictures.hasGuidance())
            add({.name = tr("guidance gap"), .color = Token::Curve2}, gap, most(gap));
        break;
    }
    case Norms:
        m_chart->setYAxis({.scale = ChartScale::Logarithmic});
        add(
            {.name = tr("noisy picture"), .color = Token::Accent}, [&](int step) { return of(step).xNorm; }, 1.0);
        add(
            {.name = tr("predicted noise"), .color = Token::Curve2}, [&](int step) { return of(step).epsNorm; }, 1.0);
        if (m_pictures.hasGuidance())
            add(
                {.name = tr("guidance gap"), .color = Token::Curve3}, [&](int step) { return of(step).guidance; }, 1.0);
        break;
    default:
        m_chart->setYAxis({.name = tr("noise level"), .scale = ChartScale::Logarithmic});
        add(
            {.name = tr("noise level σ"), .color = Token::Accent}, [&](int step) { return of(step).sigma; }, 1.0);
        break;
    }
    m_chart->setMarker(m_step + 1);
    m_legend->updateGeometry();
    m_legend->update();
}

void ReverseView::showTree()
{
    if (m_picture.isEmpty() || m_pictures.steps() == 0)
        return;
    app::TrajectoryStore &store = m_studio.trajectories();
    const QString root = store.rootOf(m_picture);
    const QList<app::Branch> family = store.familyOf(m_picture);
    QList<BranchNode> nodes;
    const app::TrajectoryPtr first = store.find(root);
    const engine::GenerateRequest &parentRequest = first               ? first->request
                                                   : !family.isEmpty() ? family.first().parentRequest
                                                                       : m_pictures.trajectory()->request;
    nodes.append({.path = root,
                  .title = pictureTitle(root, parentRequest.prompt),
                  .detail = tr("parent, %n step(s)", nullptr, first ? int(first->steps.size()) : parentRequest.steps)});
    // Depth first: a branch stands under the picture that it began in.
    const std::function<void(int)> addBranches = [&](int parent) {
        const QString path = nodes.at(parent).path;
        for (const app::Branch &branch : family) {
            if (branch.parent != path || (!store.has(branch.path) && !QFileInfo::exists(branch.path)))
                continue;
            nodes.append({.path = branch.path,
                          .title = pictureTitle(branch.path, branch.request.prompt),
                          .detail = tr("from step %1, %2").arg(branch.step + 1).arg(branchDifferences(branch)),
                          .parent = parent});
            addBranches(int(nodes.size()) - 1);
        }
    };
    addBranches(0);
    m_tree->setNodes(nodes);
    m_tree->setCurrent(m_picture);
    m_branchHead->setNote(nodes.size() > 1 ? QLocale().toString(nodes.size() - 1) : QString());
    m_compare->setVisible(nodes.size() > 1);
    QSet<int> steps;
    for (const app::Branch &branch : family) {
        if (branch.parent == m_picture)
            steps.insert(std::clamp(branch.step, 0, std::max(0, m_pictures.steps() - 1)));
    }
    m_strip->setBranches(steps);
}

void ReverseView::startBranch()
{
    if (m_pictures.steps() == 0)
        return;
    play(false);
    m_panel->setFolded(false);
    m_panel->show();
    m_form->start(m_pictures.trajectory(), std::min(m_step, engine::lastBranchStep(*m_pictures.trajectory())));
    m_panelStack->setCurrentWidget(m_form);
    m_form->focusFirst();
}

void ReverseView::closeForm()
{
    if (m_panelStack->currentWidget() != m_form)
        return;
    m_panelStack->setCurrentIndex(0);
    m_strip->setFocus(Qt::OtherFocusReason);
}

void ReverseView::submitBranch()
{
    engine::GenerateRequest request = m_form->request();
    request.preview = m_studio.settings().previewContent();
    request.previewDecoder = m_studio.settings().previewDecoder();
    const app::JobQueue::Submission taken = m_studio.queue().submitBranch(request, m_picture);
    if (taken.id == 0) {
        m_form->setProblem(taken.problems.empty() ? tr("This branch cannot be made.")
                                                  : QString::fromStdString(taken.problems.front().text));
        return;
    }
    m_branchJobs.insert(taken.id);
    closeForm();
    const bool isPaused = m_studio.queue().isPaused();
    m_toasts->show({.iconName = QStringLiteral("branch"),
                    .text = isPaused ? tr("Branch added. The queue is paused")
                                     : tr("Branch from step %1 is being made").arg(request.branchStep + 1),
                    .action = isPaused ? tr("Go on") : QString(),
                    .run = [this] { m_studio.queue().resume(); }});
}

void ReverseView::makeAgain()
{
    const MakeAgain made = ui::makeAgain(m_studio, m_picture, KeepAlso::Steps);
    m_again = made.job;
    if (made.job == 0) {
        m_banner->post({.kind = BannerKind::Warning, .what = tr("Not made again."), .why = made.problem});
        return;
    }
    m_emptyAgain->setBusy(tr("Making it again…"));
}

void ReverseView::onJobEnded(app::JobId id)
{
    const bool isBranch = m_branchJobs.remove(id);
    if (id != m_again && !isBranch)
        return;
    const app::Job *job = m_studio.queue().find(id);
    if (id == m_again) {
        m_again = 0;
        m_emptyAgain->setBusy({});
    }
    if (!job)
        return;
    if (job->state == app::JobState::Failed) {
        m_banner->post({.kind = BannerKind::Danger,
                        .what = isBranch ? tr("The branch was not made.") : tr("The picture was not made again."),
                        .why = job->failure.sentence,
                        .details = job->failure.details});
    } else if (job->state == app::JobState::Finished && !job->files.isEmpty()) {
        const QString file = job->files.last();
        // Its steps are kept right after this signal.
        QTimer::singleShot(0, this, [this, file, isBranch] {
            if (!isBranch) {
                open(file);
                return;
            }
            showTree();
            m_toasts->show({.iconName = QStringLiteral("branch"),
                            .text = tr("The branch is there"),
                            .action = tr("Open"),
                            .run = [this, file] { open(file); }});
        });
    }
}

void ReverseView::onFailed(const QString &picture, const app::Failure &failure)
{
    if (picture != m_awaited) {
        if (picture == m_picture)
            m_banner->post(
                {.kind = BannerKind::Danger, .what = failure.sentence, .why = {}, .details = failure.details});
        return;
    }
    m_awaited.clear();
    m_picture = picture;
    m_bar->setPicture(picture, QFileInfo(picture).fileName(), 0);
    const bool isMissing = failure.kind == engine::ErrorKind::FileUnreadable;
    showNothing(isMissing ? tr("The steps of this picture were not kept") : tr("The steps cannot be read"),
                isMissing ? tr("Made again from its recipe, it gives the same picture and shows its steps.")
                          : failure.sentence,
                true);
}

void ReverseView::exportMenu()
{
    QMenu menu(this);
    connect(menu.addAction(tr("Animation, WebP…")), &QAction::triggered, this,
            [this] { exportTo(int(app::StepsFormat::WebP)); });
    connect(menu.addAction(tr("Animation, GIF…")), &QAction::triggered, this,
            [this] { exportTo(int(app::StepsFormat::Gif)); });
    connect(menu.addAction(tr("Strip of All Steps, PNG…")), &QAction::triggered, this,
            [this] { exportTo(int(app::StepsFormat::Strip)); });
    menu.addSeparator();
    QAction *beside = menu.addAction(tr("Keep the Steps Beside the Picture"));
    const bool isThere = QFileInfo::exists(app::TrajectoryStore::fileBeside(m_picture));
    beside->setCheckable(true);
    beside->setChecked(isThere);
    beside->setEnabled(!isThere);
    connect(beside, &QAction::triggered, this, [this] { m_studio.trajectories().saveBeside(m_picture); });
    menu.exec(m_export->mapToGlobal(QPoint(0, m_export->height() + 4)));
}

void ReverseView::exportTo(int format)
{
    const auto kind = app::StepsFormat(format);
    const QFileInfo picture(m_picture);
    const QString suggested =
        picture.dir().filePath(tr("%1-steps").arg(picture.completeBaseName()) + u'.' + app::endingOf(kind));
    const QString file = QFileDialog::getSaveFileName(this, tr("Export Steps"), suggested,
                                                      QStringLiteral("*.%1").arg(app::endingOf(kind)));
    if (file.isEmpty())
        return;
    m_export->setBusy(tr("Exporting…"));
    app::StepsExport options = {.format = kind, .file = file};
    QThreadPool::globalInstance()->start(
        [view = QPointer(this), trajectory = m_pictures.trajectory(), options, path = m_picture]() mutable {
            options.picture = QImage(path);
            const std::optional<app::Failure> failure = app::exportSteps(trajectory, options);
            QMetaObject::invokeMethod(
                qApp,
                [view, failure, file = options.file] {
                    if (!view)
                        return;
                    view->m_export->setBusy({});
                    if (failure)
                        view->m_banner->post({.kind = BannerKind::Danger,
                                              .what = view->tr("The steps were not exported."),
                                              .why = failure->sentence,
                                              .details = failure->details});
                    else
                        view->m_toasts->show({.iconName = QStringLiteral("check"),
                                              .text = view->tr("Saved %1").arg(QFileInfo(file).fileName()),
                                              .action = view->tr("Open"),
                                              .run = [file] { QDesktopServices::openUrl(QUrl::fromLocalFile(file)); }});
                },
                Qt::QueuedConnection);
        });
}

} // namespace ui
