#include "ui/plot/plot_view.h"

#include "app/image_file.h"
#include "app/job_queue.h"
#include "app/model_catalog.h"
#include "app/studio.h"
#include "ui/common/button.h"
#include "ui/common/elided_label.h"
#include "ui/common/empty_state.h"
#include "ui/common/fact_list.h"
#include "ui/common/hair_line.h"
#include "ui/common/icon_button.h"
#include "ui/common/panel_head.h"
#include "ui/common/progress_meter.h"
#include "ui/common/side_panel.h"
#include "ui/common/toast.h"
#include "ui/common/tool_bar.h"
#include "ui/create/words.h"
#include "ui/plot/axis_editor.h"
#include "ui/plot/plot_canvas.h"

#include <QCheckBox>
#include <QComboBox>
#include <QHBoxLayout>
#include <QLocale>
#include <QMenu>
#include <QRandomGenerator>
#include <QStackedWidget>
#include <QThreadPool>
#include <QVBoxLayout>

namespace ui {

namespace {

constexpr quint32 kSeeds = 4294967294U;

} // namespace

PlotView::PlotView(app::Studio &studio, QWidget *parent)
    : Page(parent)
    , m_studio(studio)
    , m_left(new SidePanel(SidePanel::Side::Left, theme().metrics().recipeCompact, this))
    , m_toasts(new ToastHost(this))
{
    setAccessibleName(tr("X/Y plot"));
    auto *head = new PanelHead(tr("X/Y plot"), m_left);
    IconButton *take = head->addButton(QStringLiteral("refresh"), tr("Take the recipe from Create"));
    take->setObjectName(QStringLiteral("takeBase"));
    connect(take, &IconButton::clicked, this, &PlotView::baseWanted);
    m_left->setHead(head);
    m_left->setBody(makeForm());
    m_left->setFoot(makeFoot());

    m_middle = new QStackedWidget(this);
    setSurface(m_middle, Token::Canvas);
    m_canvas = new PlotCanvas(studio.queue(), studio.thumbnails(), m_middle);
    m_empty =
        new EmptyState(tr("One setting across, another one down"),
                       tr("Choose at the left what varies; every cell becomes a picture of the gallery."), m_middle);
    connect(m_empty->addButton(tr("Choose pictures"), QStringLiteral("gallery")), &Button::clicked, this,
            &PlotView::galleryWanted);
    m_middle->addWidget(m_canvas);
    m_middle->addWidget(m_empty);
    auto *centre = new QVBoxLayout;
    centre->setSpacing(0);
    centre->addWidget(makeToolbar());
    centre->addWidget(m_middle, 1);
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    row->addWidget(m_left);
    row->addLayout(centre, 1);
    connectParts();
    updateList();
    updateBase();
    updateForm();
    showDraft();
}

PlotView::~PlotView() = default;

QWidget *PlotView::makeForm()
{
    const Metrics &metrics = theme().metrics();
    auto *body = new QWidget(m_left);
    auto *column = new QVBoxLayout(body);
    column->setContentsMargins(metrics.panelPadding, metrics.panelPadding, metrics.panelPadding, metrics.panelPadding);
    column->setSpacing(metrics.fieldGap);
    m_prompt = new Label({}, TextStyle::Body, Token::Text, body);
    m_prompt->setWordWrap(true);
    m_facts = new FactList(body);
    m_x = new AxisEditor(tr("Columns"), body);
    m_x->setObjectName(QStringLiteral("columns"));
    m_y = new AxisEditor(tr("Rows"), body);
    m_y->setObjectName(QStringLiteral("rows"));
    m_varySeeds = new QCheckBox(tr("Another seed in every cell"), body);
    m_varySeeds->setObjectName(QStringLiteral("varySeeds"));
    auto *swap = new Button(tr("Swap columns and rows"), Button::Kind::Ghost, body);
    swap->setIconName(QStringLiteral("swap"));
    swap->setControlSize(Button::Size::Small);
    connect(swap, &Button::clicked, this, [this] {
        const app::PlotAxis x = m_x->axis();
        m_x->setAxis(m_y->axis());
        m_y->setAxis(x);
    });
    column->addWidget(m_prompt);
    column->addWidget(m_facts);
    column->addWidget(new HairLine(body));
    column->addWidget(m_x);
    column->addWidget(m_y);
    column->addWidget(swap, 0, Qt::AlignLeft);
    column->addWidget(m_varySeeds);
    column->addStretch(1);
    return body;
}

QWidget *PlotView::makeFoot()
{
    const Metrics &metrics = theme().metrics();
    auto *foot = new QWidget(m_left);
    auto *column = new QVBoxLayout(foot);
    column->setContentsMargins(metrics.panelPadding, metrics.space3, metrics.panelPadding, metrics.panelPadding);
    column->setSpacing(metrics.space2);
    m_estimate = new Label({}, TextStyle::Detail, Token::Text3, foot);
    m_estimate->setObjectName(QStringLiteral("estimate"));
    m_estimate->setWordWrap(true);
    m_start = new Button(tr("Make the plot"), Button::Kind::Primary, foot);
    m_start->setObjectName(QStringLiteral("startPlot"));
    m_start->setControlSize(Button::Size::Main);
    column->addWidget(m_estimate);
    column->addWidget(m_start);
    connect(m_start, &Button::clicked, this, &PlotView::start);
    return foot;
}

QWidget *PlotView::makeToolbar()
{
    auto *bar = new ToolBar(theme().metrics().toolbarWide, this);
    m_plots = new QComboBox(bar);
    m_plots->setObjectName(QStringLiteral("plots"));
    m_plots->setAccessibleName(tr("Plot"));
    m_plots->setFixedWidth(232);
    m_axes = new QWidget(bar);
    m_axes->setObjectName(QStringLiteral("pictureAxes"));
    auto *axes = new QHBoxLayout(m_axes);
    axes->setContentsMargins(0, 0, 0, 0);
    axes->setSpacing(8);
    const auto choice = [&](const QString &name) {
        auto *combo = new QComboBox(m_axes);
        combo->setProperty("prefix", name);
        combo->setAccessibleName(name);
        combo->setMinimumWidth(176);
        axes->addWidget(combo);
        connect(combo, &QComboBox::currentIndexChanged, this, [this] {
            if (!m_isFilling)
                layPictures();
        });
        return combo;
    };
    m_xChoice = choice(tr("Columns"));
    m_yChoice = choice(tr("Rows"));
    m_axes->hide();
    m_words = new ElidedLabel({}, TextStyle::Detail, Token::Text2, bar);
    m_words->setObjectName(QStringLiteral("plotState"));
    m_meter = new ProgressMeter(4, bar);
    m_meter->setFixedWidth(96);
    m_pause = new IconButton(QStringLiteral("pause"), tr("Pause this plot"), bar);
    m_pause->setObjectName(QStringLiteral("pausePlot"));
    m_pause->setCheckable(true);
    m_pause->setCheckedIconName(QStringLiteral("play"));
    m_stop = new IconButton(QStringLiteral("stop"), tr("Stop this plot"), bar);
    m_stop->setObjectName(QStringLiteral("stopPlot"));
    m_again = new IconButton(QStringLiteral("refresh"), tr("Make what is missing or failed"), bar);
    m_again->setObjectName(QStringLiteral("makeMissing"));
    m_zoomOut = new IconButton(QStringLiteral("zoom-out"), tr("Zoom out"), bar);
    m_zoom = new Label(QString(), TextStyle::Detail, Token::Text2, bar);
    m_zoom->reserve(QStringLiteral("1600 %"));
    m_zoom->setAlignment(Qt::AlignCenter);
    m_zoomIn = new IconButton(QStringLiteral("zoom-in"), tr("Zoom in"), bar);
    m_fit = new IconButton(QStringLiteral("fit"), tr("Fit the sheet"), bar);
    m_more = new IconButton(QStringLiteral("more"), tr("More for this plot"), bar);
    m_menu = new QMenu(this);
    m_more->setMenu(m_menu);
    m_more->setPopupMode(QToolButton::InstantPopup);
    m_menu->addAction(tr("Save the Sheet as a Picture…"), this, [this] { saveSheet(false); });
    m_menu->addAction(tr("Save the Sheet as PDF…"), this, [this] { saveSheet(true); });
    m_menu->addAction(tr("Export Its Pictures…"), this, [this] { Q_EMIT exportRequested(files()); });
    m_menu->addSeparator();
    m_menu->addAction(tr("New Plot with These Settings"), this, [this] {
        if (const app::XyPlot *plot = shown()) {
            takeDefinition(app::PlotDefinition(plot->definition()));
            showNew();
        }
    });
    m_menu->addAction(tr("Forget This Plot"), this, [this] {
        if (m_kept && !m_kept->definition().id.isEmpty()) {
            app::XyPlot *plot = m_kept;
            display(nullptr);
            m_studio.plots().remove(*plot);
            m_toasts->show({.iconName = QStringLiteral("info"), .text = tr("The plot is gone, its pictures stay.")});
        }
    });
    QHBoxLayout *row = bar->row();
    for (QWidget *widget : {static_cast<QWidget *>(m_plots), m_axes})
        row->addWidget(widget);
    row->addWidget(m_words, 1);
    for (QWidget *widget :
         QList<QWidget *>{m_meter, m_pause, m_stop, m_again, m_zoomOut, m_zoom, m_zoomIn, m_fit, m_more})
        row->addWidget(widget);
    return bar;
}

void PlotView::connectParts()
{
    m_refresh.setSingleShot(true);
    m_refresh.setInterval(100);
    connect(&m_refresh, &QTimer::timeout, this, &PlotView::updateState);
    m_settle.setSingleShot(true);
    m_settle.setInterval(200);
    connect(&m_settle, &QTimer::timeout, this, &PlotView::showDraft);
    connect(m_x, &AxisEditor::changed, this, &PlotView::updateForm);
    connect(m_y, &AxisEditor::changed, this, &PlotView::updateForm);
    connect(m_varySeeds, &QCheckBox::toggled, this, &PlotView::updateForm);
    connect(&m_studio.models(), &app::ModelCatalog::scanned, this, &PlotView::updateBase);
    const auto refresh = [this] {
        if (!m_refresh.isActive())
            m_refresh.start();
    };
    app::XyPlots &plots = m_studio.plots();
    connect(&plots, &app::XyPlots::plotChanged, this, refresh);
    connect(&plots, &app::XyPlots::listChanged, this, &PlotView::updateList);
    connect(&m_studio.queue(), &app::JobQueue::secondsLeftChanged, this, refresh);
    connect(&m_studio.queue(), &app::JobQueue::pausedChanged, this, refresh);
    connect(m_plots, &QComboBox::currentIndexChanged, this, [this](int index) {
        if (m_isFilling)
            return;
        const QString id = m_plots->itemData(index).toString();
        if (id.isEmpty())
            showNew();
        else
            showPlot(id);
    });
    connect(m_pause, &IconButton::clicked, this, [this](bool isHeld) {
        if (m_kept)
            m_studio.plots().hold(*m_kept, isHeld);
        // A queue that waits as a whole would keep this plot waiting, too.
        if (!isHeld && m_studio.queue().isPaused())
            m_studio.queue().resume();
        updateState();
    });
    connect(m_stop, &IconButton::clicked, this, [this] {
        if (m_kept)
            m_studio.plots().stop(*m_kept);
        updateState();
    });
    connect(m_again, &IconButton::clicked, this, [this] {
        if (!m_kept)
            return;
        const bool isNew = m_kept->definition().id.isEmpty();
        say(m_studio.plots().makeMissing(*m_kept));
        if (isNew && !m_studio.plots().plots().isEmpty() && m_studio.plots().plots().first()->isOpen())
            display(m_studio.plots().plots().first());
    });
    connect(m_zoomOut, &IconButton::clicked, m_canvas, &PlotCanvas::zoomOut);
    connect(m_zoomIn, &IconButton::clicked, m_canvas, &PlotCanvas::zoomIn);
    connect(m_fit, &IconButton::clicked, m_canvas, &PlotCanvas::fit);
    connect(m_canvas, &PlotCanvas::zoomChanged, this,
            [this](double zoom) { m_zoom->setText(tr("%1 %").arg(qRound(zoom * 100))); });
    connect(m_canvas, &PlotCanvas::currentChanged, this, &PlotView::statusChanged);
    connect(m_canvas, &PlotCanvas::activated, this, &PlotView::openCell);
    connect(m_canvas, &PlotCanvas::tryAgainRequested, this, [this](QPoint cell) {
        if (m_kept)
            say(m_studio.plots().tryAgain(*m_kept, cell));
    });
    connect(m_canvas, &PlotCanvas::menuRequested, this, &PlotView::showMenu);
}

app::XyPlot *PlotView::shown() const
{
    return m_kept ? m_kept.data() : m_draft.get();
}

void PlotView::setBase(const engine::GenerateRequest &base, bool hasSeed)
{
    m_base = base;
    m_base.count = 1;
    m_base.keepTrajectory = false;
    m_base.keepAttention = false;
    m_base.branchFrom.reset();
    m_hasSeed = hasSeed;
    updateBase();
    updateForm();
}

void PlotView::takeDefinition(const app::PlotDefinition &definition)
{
    setBase(definition.base, true);
    m_x->setAxis(definition.x);
    m_y->setAxis(definition.y);
    m_varySeeds->setChecked(definition.variesSeeds);
}

void PlotView::updateBase()
{
    app::PlotContext context;
    context.base = m_base;
    for (const app::ModelEntry &entry : m_studio.models().entries()) {
        if (entry.state == app::ModelState::Ready)
            context.models.append({entry.path, entry.name});
    }
    const QString prompt = QString::fromStdString(m_base.prompt).simplified();
    m_prompt->setParagraph(prompt.isEmpty() ? tr("No prompt") : prompt);
    m_prompt->setColor(prompt.isEmpty() ? Token::Text3 : Token::Text);
    const QString size = m_base.width > 0 ? sizeText(m_base.width, m_base.height) : tr("the model's own");
    m_facts->setFacts(
        {{tr("Model"), m_base.model.empty() ? tr("none chosen") : modelNameText(m_base.model)},
         {tr("Sampler"), QStringLiteral("%1, %2").arg(samplerText(m_base.sampler), scheduleText(m_base.schedule))},
         {tr("Steps"), QString::number(m_base.steps)},
         {tr("Guidance"), numberText(m_base.guidanceScale, 2)},
         {tr("Size"), size},
         {tr("Seed"), m_hasSeed ? QString::number(m_base.seed) : tr("drawn at the start"), {}, m_hasSeed}});
    m_x->setContext(context);
    m_y->setContext(context);
}

app::PlotDefinition PlotView::formDefinition() const
{
    app::PlotDefinition definition;
    definition.base = m_base;
    definition.x = m_x->axis();
    definition.y = m_y->axis();
    definition.variesSeeds = m_varySeeds->isChecked();
    return definition;
}

void PlotView::updateForm()
{
    const app::PlotDefinition definition = formDefinition();
    const bool isSame = definition.x.setting == definition.y.setting && definition.x.setting != app::PlotSetting::None;
    m_y->setOtherProblem(isSame ? tr("The columns vary this already.") : QString());
    const bool isComplete = m_x->problem().isEmpty() && m_y->problem().isEmpty();
    const bool hasAxis =
        definition.x.setting != app::PlotSetting::None || definition.y.setting != app::PlotSetting::None;
    const bool hasModel = !m_base.model.empty() || definition.x.setting == app::PlotSetting::Model ||
                          definition.y.setting == app::PlotSetting::Model;
    const qsizetype cells = isComplete && hasAxis ? qsizetype(definition.columns()) * definition.rows() : 0;
    QString reason;
    if (!hasAxis)
        reason = tr("Choose a setting for the columns or rows.");
    else if (!isComplete)
        reason = tr("The values are not complete.");
    else if (isSame)
        reason = tr("Columns and rows need different settings.");
    else if (!hasModel)
        reason = tr("Choose a model in Create first.");
    else if (cells > app::kMostPlotCells)
        reason = tr("A plot has at most %1 pictures, this one has %2.")
                     .arg(QLocale().toString(app::kMostPlotCells), QLocale().toString(cells));
    m_start->setEnabled(reason.isEmpty());
    m_start->setToolTip(reason);
    m_start->setText(cells > 0 ? tr("Make %n picture(s)", nullptr, int(std::min<qsizetype>(cells, 1'000'000)))
                               : tr("Make the plot"));
    if (!reason.isEmpty()) {
        m_estimate->setText(reason);
    } else {
        const double seconds = m_studio.plots().secondsFor(definition);
        const QString count = tr("%1 × %2 pictures").arg(definition.columns()).arg(definition.rows());
        m_estimate->setText(seconds < 0.0 ? tr("%1, time not known yet").arg(count)
                                          : tr("%1, about %2").arg(count, durationText(seconds)));
    }
    m_settle.start();
}

void PlotView::showDraft()
{
    if (m_kept)
        return;
    const app::PlotDefinition definition = formDefinition();
    const bool hasAxis =
        definition.x.setting != app::PlotSetting::None || definition.y.setting != app::PlotSetting::None;
    const bool isSound = hasAxis && m_x->problem().isEmpty() && m_y->problem().isEmpty() &&
                         qsizetype(definition.columns()) * definition.rows() <= app::kMostPlotCells;
    if (isSound) {
        auto draft = std::make_unique<app::XyPlot>(definition);
        m_canvas->setPlot(draft.get());
        m_draft = std::move(draft);
    } else if (!hasAxis) {
        m_canvas->setPlot(nullptr);
        m_draft.reset();
    }
    m_middle->setCurrentWidget(m_draft ? static_cast<QWidget *>(m_canvas) : m_empty);
    updateState();
}

void PlotView::display(app::XyPlot *plot)
{
    m_kept = plot;
    const bool isSheet = plot && plot->definition().id.isEmpty();
    m_axes->setVisible(isSheet);
    if (!plot) {
        showDraft();
    } else {
        m_canvas->setPlot(plot);
        m_draft.reset();
        m_middle->setCurrentWidget(m_canvas);
        if (!isSheet)
            m_studio.plots().checkFiles(*plot);
    }
    updateList();
    updateState();
}

void PlotView::showNew()
{
    m_pictures.clear();
    display(nullptr);
    m_left->setFolded(false);
}

void PlotView::showPlot(const QString &id)
{
    if (app::XyPlot *plot = m_studio.plots().find(id)) {
        m_pictures.clear();
        display(plot);
        takeDefinition(plot->definition()); // the form says what is looked at
    }
}

void PlotView::showPictures(const QStringList &files)
{
    const int turn = ++m_turn;
    QThreadPool::globalInstance()->start([view = QPointer<PlotView>(this), turn, files] {
        QList<app::PlotPicture> pictures;
        for (const QString &file : files) {
            if (const auto recipe = app::readPictureInfo(file).recipe)
                pictures.append({file, *recipe});
        }
        QMetaObject::invokeMethod(
            qApp,
            [view, turn, pictures] {
                if (!view || turn != view->m_turn)
                    return;
                // Pictures of one plot that is kept: the plot itself.
                QString id = pictures.isEmpty() ? QString() : pictures.first().recipe.plot.id;
                for (const app::PlotPicture &picture : pictures) {
                    if (picture.recipe.plot.id != id)
                        id.clear();
                }
                if (!id.isEmpty() && view->m_studio.plots().find(id))
                    return view->showPlot(id);
                const QList<app::PlotAxis> varying = app::varyingSettings(pictures);
                if (varying.isEmpty())
                    return view->say(tr("The settings of these pictures do not differ."));
                view->m_pictures = pictures;
                view->m_isFilling = true;
                const auto [x, y] = app::suggestedAxes(pictures);
                for (QComboBox *combo : {view->m_xChoice, view->m_yChoice}) {
                    combo->clear();
                    combo->addItem(app::plotSettingText(app::PlotSetting::None), int(app::PlotSetting::None));
                    for (const app::PlotAxis &axis : varying)
                        combo->addItem(app::plotSettingText(axis.setting), int(axis.setting));
                    combo->setCurrentIndex(combo->findData(int(combo == view->m_xChoice ? x : y)));
                }
                view->m_isFilling = false;
                view->layPictures();
            },
            Qt::QueuedConnection);
    });
}

void PlotView::layPictures()
{
    const auto x = app::PlotSetting(m_xChoice->currentData().toInt());
    auto y = app::PlotSetting(m_yChoice->currentData().toInt());
    if (x == y)
        y = app::PlotSetting::None;
    qsizetype cells = 1;
    for (const app::PlotAxis &axis : app::varyingSettings(m_pictures)) {
        if (axis.setting == x || axis.setting == y)
            cells *= axis.count();
    }
    if (cells > app::kMostPlotCells)
        return say(tr("A plot has at most %1 pictures, this one has %2.")
                       .arg(QLocale().toString(app::kMostPlotCells), QLocale().toString(cells)));
    display(m_studio.plots().adopt(app::XyPlot::fromPictures(m_pictures, x, y)));
    takeDefinition(m_kept->definition());
}

void PlotView::updateList()
{
    m_isFilling = true;
    m_plots->clear();
    m_plots->addItem(m_kept && m_kept->definition().id.isEmpty() ? tr("Chosen pictures") : tr("New plot"), QString());
    const QLocale locale;
    for (const app::XyPlot *plot : m_studio.plots().plots()) {
        const QDateTime made = plot->definition().created;
        const QString when = made.date() == QDate::currentDate() ? locale.toString(made.time(), QStringLiteral("HH:mm"))
                                                                 : locale.toString(made.date(), QLocale::ShortFormat);
        //: "Steps × Guidance, 14:02"
        m_plots->addItem(tr("%1, %2").arg(plot->title(), when), plot->definition().id);
        m_plots->setItemData(m_plots->count() - 1, QString::fromStdString(plot->definition().base.prompt),
                             Qt::ToolTipRole);
    }
    const QString id = m_kept ? m_kept->definition().id : QString();
    m_plots->setCurrentIndex(std::max(0, m_plots->findData(id)));
    m_isFilling = false;
}

void PlotView::updateState()
{
    const app::XyPlot *plot = shown();
    const bool isDraft = !m_kept;
    const int finished = plot ? plot->count(app::PlotCellState::Finished) : 0;
    const int failed = plot ? plot->count(app::PlotCellState::Failed) : 0;
    const int missing = plot ? plot->count(app::PlotCellState::Missing) : 0;
    const bool isOpen = plot && plot->isOpen();
    const bool isHeld = plot && !isDraft && m_studio.plots().isHeld(*plot);
    const bool isPaused = isOpen && (isHeld || m_studio.queue().isPaused());
    QStringList words;
    if (plot && isDraft) {
        words.append(tr("What the values at the left would make"));
    } else if (plot) {
        words.append(tr("%1 of %2 pictures").arg(finished).arg(plot->cells()));
        if (failed > 0)
            words.append(tr("%1 failed").arg(failed));
        if (isPaused)
            words.append(tr("paused"));
        else if (isOpen && m_studio.plots().secondsLeft(*plot) > 0.0)
            words.append(tr("%1 left").arg(durationText(m_studio.plots().secondsLeft(*plot))));
        if (plot->leftOut() > 0)
            words.append(tr("%n picture(s) share a place", nullptr, plot->leftOut()));
    }
    m_words->setText(words.join(QLatin1String(", ")));
    m_meter->setVisible(isOpen);
    m_meter->setFraction(plot ? double(finished + failed) / std::max(1, plot->cells()) : 0.0);
    m_pause->setVisible(isOpen);
    m_pause->setChecked(isPaused);
    m_pause->setName(isPaused ? tr("Go on with this plot") : tr("Pause this plot"));
    m_stop->setVisible(isOpen);
    m_again->setVisible(plot && !isDraft && !isOpen && missing + failed > 0);
    for (QWidget *widget : QList<QWidget *>{m_zoomOut, m_zoom, m_zoomIn, m_fit})
        widget->setEnabled(plot != nullptr);
    const QList<QAction *> actions = m_menu->actions();
    for (QAction *action : actions)
        action->setEnabled(plot && !isDraft);
    for (int i = 0; i < 3 && i < actions.size(); ++i)
        actions[i]->setEnabled(finished > 0);
    actions.last()->setEnabled(plot && !isDraft && !plot->definition().id.isEmpty());
    Q_EMIT statusChanged();
}

QList<QWidget *> PlotView::parts() const
{
    return {m_left, m_plots, m_middle->currentWidget()};
}

PageStatus PlotView::status() const
{
    PageStatus status;
    if (const app::XyPlot *plot = shown(); plot && m_middle->currentWidget() == m_canvas) {
        status.left = m_canvas->cellText(m_canvas->current());
        status.right = tr("Wheel zooms    drag pans    Enter opens");
    }
    return status;
}

void PlotView::activate()
{
    if (m_middle->currentWidget() == m_canvas)
        m_canvas->setFocus(Qt::OtherFocusReason);
    else
        m_x->tabOrder().first()->setFocus(Qt::OtherFocusReason);
}

void PlotView::start()
{
    app::PlotDefinition definition = formDefinition();
    if (!m_hasSeed)
        definition.base.seed = QRandomGenerator::global()->bounded(kSeeds);
    const app::XyPlots::Started started = m_studio.plots().start(definition);
    if (!started.plot)
        return say(started.problem);
    m_pictures.clear();
    display(started.plot);
    m_canvas->setFocus(Qt::OtherFocusReason);
    if (m_studio.queue().isPaused()) {
        m_toasts->show({.iconName = QStringLiteral("pause"),
                        .text = tr("The queue is paused: the plot waits."),
                        .action = tr("Go on"),
                        .run = [this] { m_studio.queue().resume(); }});
    }
}

} // namespace ui
