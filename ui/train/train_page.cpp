#include "ui/train/train_page.h"

#include "app/model_catalog.h"
#include "app/settings.h"
#include "app/studio.h"
#include "app/training_runs.h"
#include "app/training_speed.h"
#include "ui/common/badge.h"
#include "ui/common/banner.h"
#include "ui/common/button.h"
#include "ui/common/elided_label.h"
#include "ui/common/empty_state.h"
#include "ui/common/explanation.h"
#include "ui/common/icon_button.h"
#include "ui/common/panel_head.h"
#include "ui/common/side_panel.h"
#include "ui/common/toast.h"
#include "ui/common/tool_bar.h"
#include "ui/create/words.h"
#include "ui/train/run_list.h"
#include "ui/train/run_view.h"
#include "ui/train/sample_strip.h"
#include "ui/train/train_setup.h"
#include "ui/train/train_words.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QDesktopServices>
#include <QDir>
#include <QDragEnterEvent>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLocale>
#include <QMenu>
#include <QMimeData>
#include <QStackedWidget>
#include <QStorageInfo>
#include <QUrl>
#include <QVBoxLayout>

namespace ui {

namespace {

constexpr auto kLeftPanel = "train/left";
constexpr auto kRightPanel = "train/right";
constexpr int kRoomy = 1300; ///< narrower pages have narrow panels when both are open
constexpr auto kExplanation = "train/explanation";

QString folderIn(const QMimeData *data)
{
    const QList<QUrl> urls = data->urls();
    return urls.size() == 1 && urls.first().isLocalFile() && QFileInfo(urls.first().toLocalFile()).isDir()
               ? urls.first().toLocalFile()
               : QString();
}

} // namespace

TrainPage::TrainPage(app::Studio &studio, QWidget *parent)
    : Page(parent)
    , m_studio(studio)
    , m_setup(new TrainSetup(studio, this))
    , m_runs(new SidePanel(SidePanel::Side::Right, theme().metrics().sidePanel, this))
    , m_explanation(new Explanation(this))
    , m_banner(new Banner(this))
    , m_stack(new QStackedWidget(this))
    , m_empty(
          new EmptyState(tr("Train a model on your own pictures"),
                         tr("1. Choose a folder of pictures. 2. Choose what to make of them. 3. Start, and watch noise "
                            "turn into pictures."),
                         m_stack))
    , m_view(new RunView(studio.trainings(), studio.thumbnails(), m_stack))
    , m_toasts(new ToastHost(this))
{
    setAccessibleName(tr("Train"));
    setAcceptDrops(true);
    setSurface(m_stack, Token::Window);
    app::Settings &settings = studio.settings();
    m_setup->setPanelWidth(settings.panelWidth(QLatin1String(kLeftPanel), theme().metrics().recipe));
    m_setup->setFolded(settings.isPanelFolded(QLatin1String(kLeftPanel)));
    connect(m_setup, &SidePanel::widthChanged, this,
            [this](int width) { m_studio.settings().setPanelWidth(QLatin1String(kLeftPanel), width); });
    connect(m_setup, &SidePanel::foldedChanged, this,
            [this](bool folded) { m_studio.settings().setPanelFolded(QLatin1String(kLeftPanel), folded); });
    makeRunsPanel();
    Button *choose = m_empty->addButton(tr("Choose a folder…"), QStringLiteral("folder"));
    choose->setObjectName(QStringLiteral("trainChoose"));
    connect(choose, &Button::clicked, m_setup, &TrainSetup::chooseFolder);
    m_explanation->setContent(
        tr("Training takes one of your pictures x₀, adds noise ε of a strength t drawn at random, and lets the network "
           "guess that noise. The loss is how far off the guess is, squared; each step moves the weights a little so "
           "that it shrinks. The curve soon looks flat: from there on, trust the samples."),
        QStringLiteral("L = E‖\\epsilon - \\epsilon_{\\theta}(x_{t}, t)‖^{2}"),
        tr("L is the mean of the squared length of epsilon minus epsilon theta of x t and t"));
    m_stack->addWidget(m_empty);
    m_stack->addWidget(m_view);
    m_stack->setMinimumWidth(1);

    auto *centre = new QVBoxLayout;
    centre->setSpacing(0);
    centre->addWidget(makeToolbar());
    centre->addWidget(m_explanation);
    centre->addWidget(m_banner);
    centre->addWidget(m_stack, 1);
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    row->addWidget(m_setup);
    row->addLayout(centre, 1);
    row->addWidget(m_runs);

    m_explanation->setVisible(!settings.isPanelFolded(QLatin1String(kExplanation)));
    m_explain->setChecked(isExplained());

    app::TrainingRuns &runs = studio.trainings();
    connect(m_setup, &TrainSetup::startRequested, this, &TrainPage::start);
    connect(m_setup, &TrainSetup::folderChanged, this, &TrainPage::statusChanged);
    connect(m_banner, &Banner::actionTriggered, this, [this](int, int action) { act(action); });
    connect(m_banner, &Banner::dismissed, this, [this] { m_dismissed.insert(m_bannerState); });
    connect(m_view->strip(), &SampleStrip::enlargeRequested, this, [this](qint64 step, int at) {
        if (const app::TrainingRun *run = shown())
            new EnlargedSample(*run, step, at, m_view);
    });
    const auto showNewest = [this] {
        const app::TrainingRuns &all = m_studio.trainings();
        if (!shown() && !all.runs().empty())
            showRun(all.active() ? all.active()->id : all.runs().front().id);
        updateView();
    };
    connect(&runs, &app::TrainingRuns::restored, this, showNewest);
    connect(&runs, &app::TrainingRuns::runAdded, this, &TrainPage::showRun);
    connect(&runs, &app::TrainingRuns::runRemoved, this, showNewest);
    connect(&runs, &app::TrainingRuns::activeChanged, this, &TrainPage::updateView);
    connect(&runs, &app::TrainingRuns::runChanged, this, [this](const QString &id) {
        if (id == m_shown) {
            updateToolbar();
            updateBanner();
        }
        Q_EMIT statusChanged();
    });
    showNewest();
}

TrainPage::~TrainPage() = default;

QWidget *TrainPage::makeToolbar()
{
    auto *bar = new ToolBar(theme().metrics().toolbarWide, this);
    m_name = new ElidedLabel(QString(), TextStyle::Heading, Token::Text, bar);
    m_name->setObjectName(QStringLiteral("trainRunName"));
    m_badge = new Badge(QString(), BadgeKind::Neutral, bar);
    m_badge->setObjectName(QStringLiteral("trainBadge"));
    m_compare = new Button(tr("Compare with…"), bar);
    m_compare->setObjectName(QStringLiteral("trainCompare"));
    m_compare->setIconName(QStringLiteral("compare"));
    m_pause = new Button(tr("Pause"), bar);
    m_pause->setObjectName(QStringLiteral("trainPause"));
    m_pause->setIconName(QStringLiteral("pause"));
    m_keep = new Button(tr("Stop and keep"), bar);
    m_keep->setObjectName(QStringLiteral("trainKeep"));
    m_keep->setIconName(QStringLiteral("stop-keep"));
    m_use = new Button(tr("Use it now"), bar);
    m_use->setObjectName(QStringLiteral("trainUse"));
    m_use->setIconName(QStringLiteral("create"));
    m_explain = new IconButton(QStringLiteral("info"), tr("Explanation"), IconButton::Shape::Boxed, bar);
    m_explain->setObjectName(QStringLiteral("trainExplain"));
    m_explain->setName(tr("Explanation"), QStringLiteral("F1"));
    m_explain->setCheckable(true);
    m_showRuns = new IconButton(QStringLiteral("list"), tr("Runs"), IconButton::Shape::Boxed, bar);
    m_showRuns->setObjectName(QStringLiteral("trainRuns"));
    m_showRuns->setName(tr("Runs"), QStringLiteral("F9"));
    m_showRuns->setCheckable(true);
    m_showRuns->setChecked(!m_runs->isFolded());
    QHBoxLayout *row = bar->row();
    row->addWidget(m_name);
    row->addWidget(m_badge);
    row->addStretch(1);
    row->addWidget(m_compare);
    row->addWidget(m_pause);
    row->addWidget(m_keep);
    row->addWidget(m_use);
    row->addWidget(m_explain);
    row->addWidget(m_showRuns);
    connect(m_pause, &Button::clicked, this, [this] {
        const app::TrainingRun *run = shown();
        if (run && run->isActive())
            m_studio.trainings().pause(m_shown);
        else if (run)
            m_studio.trainings().proceed(m_shown);
    });
    connect(m_keep, &Button::clicked, this, [this] { m_studio.trainings().stopAndKeep(m_shown); });
    connect(m_use, &Button::clicked, this, [this] { useRun(m_shown); });
    connect(m_explain, &QToolButton::clicked, this, [this] { setExplained(!isExplained()); });
    connect(m_showRuns, &QToolButton::clicked, this, [this] { m_runs->setFolded(!m_runs->isFolded()); });
    connect(m_runs, &SidePanel::foldedChanged, m_showRuns, [this](bool folded) { m_showRuns->setChecked(!folded); });
    connect(m_compare, &Button::clicked, this, [this] {
        auto *menu = new QMenu(this);
        menu->setAttribute(Qt::WA_DeleteOnClose);
        for (const app::TrainingRun &run : m_studio.trainings().runs()) {
            if (run.id == m_shown)
                continue;
            QAction *action = menu->addAction(run.name);
            action->setCheckable(true);
            action->setChecked(m_list->isCompared(run.id));
            connect(action, &QAction::toggled, this, [this, id = run.id](bool on) { m_list->setCompared(id, on); });
        }
        menu->popup(m_compare->mapToGlobal(QPoint(0, m_compare->height() + 4)));
    });
    return bar;
}

void TrainPage::makeRunsPanel()
{
    auto *head = new PanelHead(tr("Runs"), m_runs);
    m_runs->setHead(head);
    m_list = new RunList(m_studio.trainings(), m_runs);
    m_runs->setFixedBody(m_list);
    IconButton *again = head->addButton(QStringLiteral("copy"), tr("Use its settings for a new run"));
    connect(again, &QToolButton::clicked, this, [this] {
        if (const app::TrainingRun *run = shown())
            m_setup->show(run->request);
    });
    IconButton *folder = head->addButton(QStringLiteral("folder"), tr("Open the folder of its model"));
    connect(folder, &QToolButton::clicked, this, [this] {
        if (const app::TrainingRun *run = shown())
            QDesktopServices::openUrl(QUrl::fromLocalFile(QFileInfo(pathText(run->request.output)).absolutePath()));
    });
    IconButton *trash = head->addButton(QStringLiteral("trash"), tr("Take the run out of the list"));
    trash->setObjectName(QStringLiteral("removeRun"));
    connect(trash, &QToolButton::clicked, this, [this] { remove(m_shown); });
    m_runs->setAccessibleName(tr("Runs"));
    m_runs->setPanelWidth(m_studio.settings().panelWidth(QLatin1String(kRightPanel), theme().metrics().sidePanel));
    // Folded at first: the curve needs the room.
    m_runs->setFolded(true);
    connect(m_runs, &SidePanel::widthChanged, this,
            [this](int width) { m_studio.settings().setPanelWidth(QLatin1String(kRightPanel), width); });
    connect(m_runs, &SidePanel::foldedChanged, this, [this](bool isFolded) {
        if (isFolded || width() >= kRoomy)
            return;
        m_setup->setPanelWidth(theme().metrics().recipeCompact);
        m_runs->setPanelWidth(theme().metrics().panelMin);
    });
    connect(m_list, &RunList::chosen, this, &TrainPage::showRun);
    connect(m_list, &RunList::removeRequested, this, &TrainPage::remove);
    connect(m_list, &RunList::comparedChanged, this, [this] {
        m_view->setCompared(m_list->compared());
        updateToolbar();
    });
}

SidePanel *TrainPage::leftPanel() const
{
    return m_setup;
}

SidePanel *TrainPage::rightPanel() const
{
    return m_runs;
}

QList<QWidget *> TrainPage::parts() const
{
    return {m_setup, m_pause->parentWidget(), m_stack, m_runs};
}

PageStatus TrainPage::status() const
{
    PageStatus status;
    const app::TrainingFolderContents &found = m_setup->contents();
    if (found.pictures > 0)
        status.left = tr("%n picture(s) in %1", nullptr, found.pictures).arg(QDir(found.folder).dirName());
    const QDateTime saved = m_studio.trainings().lastSaved();
    if (m_studio.trainings().active() && saved.isValid()) {
        const qint64 seconds = std::max<qint64>(0, saved.secsTo(QDateTime::currentDateTime()));
        status.right = seconds < 60 ? tr("Saved just now") : tr("Last saved %n min ago", nullptr, int(seconds / 60));
    }
    return status;
}

void TrainPage::setCompact(bool narrow, bool low)
{
    m_setup->setPanelWidth(narrow
                               ? theme().metrics().recipeCompact
                               : m_studio.settings().panelWidth(QLatin1String(kLeftPanel), theme().metrics().recipe));
    m_compare->setVisible(!narrow && m_studio.trainings().runs().size() > 1);
    m_view->setLow(low);
}

void TrainPage::activate()
{
    m_setup->firstField()->setFocus(Qt::OtherFocusReason);
}

void TrainPage::setFolder(const QString &folder)
{
    m_setup->setFolder(folder);
}

const app::TrainingRun *TrainPage::shown() const
{
    return m_studio.trainings().find(m_shown);
}

void TrainPage::showRun(const QString &id)
{
    m_shown = id;
    m_list->setCurrentId(id);
    m_view->setRun(id);
    updateView();
}

void TrainPage::updateView()
{
    m_stack->setCurrentWidget(shown() ? static_cast<QWidget *>(m_view) : m_empty);
    updateToolbar();
    updateBanner();
    Q_EMIT statusChanged();
}

void TrainPage::updateToolbar()
{
    const app::TrainingRun *run = shown();
    m_name->setText(run ? run->name : tr("Training"));
    m_badge->setVisible(run != nullptr);
    m_pause->setVisible(run && run->state != app::TrainingState::Finished);
    m_keep->setVisible(run && (run->isActive() || run->state == app::TrainingState::Paused) &&
                       (run->isActive() || run->hasModel || run->hasCheckpoint));
    m_use->setVisible(run && !run->isActive() && run->hasModel);
    m_showRuns->setVisible(!m_studio.trainings().runs().empty());
    const auto others = m_studio.trainings().runs().size();
    m_compare->setVisible(run && others > 1);
    const qsizetype compared = m_list->compared().size();
    m_compare->setText(compared == 0 ? tr("Compare with…") : tr("Compared with %n run(s)", nullptr, int(compared)));
    if (!run)
        return;
    const RunBadge badge = runBadge(*run);
    m_badge->setText(badge.text, badge.kind);
    const app::TrainingRun *active = m_studio.trainings().active();
    m_pause->setText(run->isActive() ? tr("Pause") : tr("Continue"));
    m_pause->setIconName(run->isActive() ? QStringLiteral("pause") : QStringLiteral("play"));
    m_pause->setEnabled(run->isActive() || active == nullptr); // not off while it leaves: that would move the focus
    m_pause->setToolTip(run->isActive()     ? tr("Saves the run at the next step; it can go on later")
                        : active == nullptr ? tr("Goes on from the last checkpoint")
                                            : tr("Another run is at work; pause it first"));
    m_keep->setToolTip(tr("Ends the run at the next step with the model as it is then"));
}

void TrainPage::updateBanner()
{
    const app::TrainingRun *run = shown();
    BannerContent content;
    QString state;
    if (run && run->isWaiting) {
        const QStorageInfo storage(run->isWaiting->folder);
        const quint64 available = storage.isValid() ? quint64(std::max<qint64>(0, storage.bytesAvailable())) : 0;
        const quint64 missing = run->isWaiting->bytes > available ? run->isWaiting->bytes - available : 0;
        state = QStringLiteral("space");
        content = {.kind = BannerKind::Warning,
                   .what = tr("The disk is full"),
                   .why = tr("Training waits and nothing is lost. Free %1 and it goes on by itself.")
                              .arg(sizeOfBytes(std::max<quint64>(missing, 1))),
                   .actions = {tr("Open the folder"), tr("Pause")}};
    } else if (run && run->isDataGone) {
        state = QStringLiteral("data");
        content = {.kind = BannerKind::Warning,
                   .what = tr("The folder of pictures is gone"),
                   .why = tr("Training goes on with the pictures it has read; put \"%1\" back before you continue "
                             "after a pause.")
                              .arg(QDir(pathText(run->request.data)).dirName())};
    } else if (run && !run->isActive() && !run->failure.sentence.isEmpty()) {
        state = QStringLiteral("failure");
        const int batch = app::TrainingRuns::batchThatFits(run->failure);
        content = {.kind = run->state == app::TrainingState::Failed ? BannerKind::Danger : BannerKind::Warning,
                   .what = run->state == app::TrainingState::Failed ? tr("Training stopped")
                                                                    : tr("Training is paused, nothing is lost"),
                   .why = run->failure.sentence,
                   .details = run->failure.details,
                   .actions = {batch > 0 ? tr("Use batches of %1").arg(batch) : tr("Try again")}};
    } else if (run && run->state == app::TrainingState::Finished && run->hasModel) {
        state = QStringLiteral("done");
        content = {
            .kind = BannerKind::Accent,
            .what = tr("%1 is finished").arg(run->name),
            .why = run->request.kind == engine::TrainKind::Lora
                       ? tr("The LoRA lies in %1.").arg(pathText(run->request.output))
                       : tr("It is among your models and ready to make pictures."),
            .actions = {run->request.kind == engine::TrainKind::Lora ? tr("Open the folder") : tr("Use it now")}};
    }
    if (!state.isEmpty())
        state += m_shown + content.why;
    if (state == m_bannerState)
        return;
    if (m_bannerId != 0)
        m_banner->withdraw(m_bannerId);
    m_bannerId = 0;
    m_bannerState = state;
    if (!state.isEmpty() && !m_dismissed.contains(state))
        m_bannerId = m_banner->post(content);
}

void TrainPage::act(int action)
{
    const app::TrainingRun *run = shown();
    if (!run)
        return;
    if (run->isWaiting) {
        if (action == 0)
            QDesktopServices::openUrl(QUrl::fromLocalFile(run->isWaiting->folder));
        else
            m_studio.trainings().pause(m_shown);
    } else if (run->state == app::TrainingState::Finished) {
        useRun(m_shown);
    } else if (const int batch = app::TrainingRuns::batchThatFits(run->failure); batch > 0) {
        m_studio.trainings().proceedWithBatch(m_shown, batch);
    } else {
        m_studio.trainings().proceed(m_shown);
    }
}

void TrainPage::start()
{
    m_studio.trainingSpeed().stopMeasuring();
    const app::TrainingRuns::Started started =
        m_studio.trainings().start(m_setup->runName(), m_setup->request(), m_setup->contents().usable());
    if (started.problems.empty())
        return;
    const engine::Problem &problem = started.problems.front();
    m_banner->post({.kind = BannerKind::Danger,
                    .what = tr("These numbers cannot be used"),
                    .why = tr("Change the marked value; the details say which values can be used."),
                    .details = QString::fromStdString(problem.field + ": " + problem.text)});
}

void TrainPage::useRun(const QString &id)
{
    const app::TrainingRun *run = m_studio.trainings().find(id);
    if (!run || !run->hasModel)
        return;
    const QString output = pathText(run->request.output);
    if (run->request.kind == engine::TrainKind::Lora) {
        m_toasts->show(
            {.iconName = QStringLiteral("check"),
             .text = tr("The LoRA lies in %1").arg(output),
             .action = tr("Open the folder"),
             .run = [output] { QDesktopServices::openUrl(QUrl::fromLocalFile(QFileInfo(output).absolutePath())); }});
        return;
    }
    // So that it stays listed among the models.
    QStringList folders = m_studio.settings().modelFolders();
    const QString &own = m_studio.trainings().modelFolder();
    if (!folders.contains(own)) {
        folders.append(own);
        m_studio.settings().setModelFolders(folders);
    }
    Q_EMIT useRequested(output);
}

void TrainPage::remove(const QString &id)
{
    const app::TrainingRun *run = m_studio.trainings().find(id);
    if (!run)
        return;
    if (run->isActive()) {
        m_toasts->show({.iconName = QStringLiteral("info"), .text = tr("This run is at work; pause it first")});
        return;
    }
    const QString name = run->name;
    m_studio.trainings().remove(id);
    m_toasts->show({.iconName = QStringLiteral("trash"),
                    .text = tr("%1 was taken out; its model stays").arg(name),
                    .action = tr("Undo"),
                    .run = [this, id] { m_studio.trainings().undoRemove(id); }});
}

bool TrainPage::isExplained() const
{
    return !m_explanation->isHidden();
}

void TrainPage::setExplained(bool isExplained)
{
    m_explanation->setVisible(isExplained);
    m_explain->setChecked(isExplained);
    m_studio.settings().setPanelFolded(QLatin1String(kExplanation), !isExplained);
}

void TrainPage::focusToast()
{
    m_toasts->focusToast();
}

bool TrainPage::event(QEvent *event)
{
    // F1 opens the keys everywhere else; here it folds the explanation.
    if (event->type() == QEvent::ShortcutOverride && static_cast<QKeyEvent *>(event)->key() == Qt::Key_F1)
        event->accept();
    return Page::event(event);
}

void TrainPage::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_F1)
        setExplained(!isExplained());
    else
        Page::keyPressEvent(event);
}

void TrainPage::dragEnterEvent(QDragEnterEvent *event)
{
    if (!folderIn(event->mimeData()).isEmpty())
        event->acceptProposedAction();
}

void TrainPage::dropEvent(QDropEvent *event)
{
    setFolder(folderIn(event->mimeData()));
    event->acceptProposedAction();
}

} // namespace ui
