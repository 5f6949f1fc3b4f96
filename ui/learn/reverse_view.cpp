#include "ui/learn/reverse_view.h"

#include "app/engine_thread.h"
#include "app/job_queue.h"
#include "app/studio.h"
#include "app/thumbnails.h"
#include "ui/common/banner.h"
#include "ui/common/button.h"
#include "ui/common/chart.h"
#include "ui/common/elided_label.h"
#include "ui/common/empty_state.h"
#include "ui/common/hair_line.h"
#include "ui/common/icon_button.h"
#include "ui/common/number_field.h"
#include "ui/common/panel_head.h"
#include "ui/common/segmented_control.h"
#include "ui/common/side_panel.h"
#include "ui/common/toast.h"
#include "ui/learn/branch_form.h"
#include "ui/learn/branch_tree.h"
#include "ui/learn/inspector_strip.h"
#include "ui/learn/inspector_table.h"
#include "ui/learn/inspector_tile.h"
#include "ui/learn/picture_bar.h"
#include "ui/learn/step_decoder.h"

#include <QAction>
#include <QClipboard>
#include <QDragEnterEvent>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLocale>
#include <QMimeData>
#include <QScrollArea>
#include <QStackedWidget>
#include <QUrl>
#include <QVBoxLayout>

namespace ui {

namespace {

constexpr int kMargin = 24;
constexpr int kPanelWidth = 376;
constexpr int kFrameMs = 150; ///< a step of the player

} // namespace

ReverseView::ReverseView(app::Studio &studio, QWidget *parent)
    : LearnView(parent)
    , m_studio(studio)
    , m_bar(new PictureBar(studio, this))
    , m_export(m_bar->addButton(tr("Export…"), QStringLiteral("export")))
    , m_stack(new QStackedWidget(this))
    , m_inspector(new QWidget(m_stack))
    , m_empty(new EmptyState(QString(), QString(), m_stack))
    , m_emptyMake(m_empty->addButton(tr("Create"), QStringLiteral("create"), true))
    , m_emptyAgain(m_empty->addButton(tr("Make again with steps"), QStringLiteral("refresh"), true))
    , m_banner(new Banner(this))
    , m_panel(new SidePanel(SidePanel::Side::Right, kPanelWidth, this))
    , m_decoder(new StepDecoder(studio.engine(), this))
    , m_toasts(new ToastHost(this))
{
    setObjectName(QStringLiteral("reverseView"));
    setAccessibleName(tr("Reverse diffusion"));
    setAcceptDrops(true);
    m_export->setObjectName(QStringLiteral("exportSteps"));
    m_emptyMake->setObjectName(QStringLiteral("emptyCreate"));
    m_emptyAgain->setObjectName(QStringLiteral("makeAgain"));
    m_player.setInterval(kFrameMs);

    auto *content = new QWidget;
    auto *body = new QVBoxLayout(content);
    body->setContentsMargins(0, 0, 0, 0);
    body->setSpacing(0);
    body->addWidget(makeHeader());
    body->addWidget(new HairLine(content));
    body->addWidget(makeTiles());
    body->addWidget(new HairLine(content));
    body->addWidget(makeLower(), 1);
    m_scroll = new QScrollArea(m_inspector);
    m_scroll->setWidgetResizable(true);
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setFocusPolicy(Qt::NoFocus);
    m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_scroll->setWidget(content);
    auto *inner = new QVBoxLayout(m_inspector);
    inner->setContentsMargins(0, 0, 0, 0);
    inner->addWidget(m_scroll);
    m_stack->addWidget(m_empty);
    m_stack->addWidget(m_inspector);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_banner);
    column->addWidget(m_stack, 1);
    makePanel();
    connectParts();
    showNothing(tr("No steps to look at yet"), tr("Make a picture, and see here how it came out of the noise."), false);
}

ReverseView::~ReverseView() = default;

QWidget *ReverseView::makeHeader()
{
    auto *header = new QWidget(this);
    m_play = new IconButton(QStringLiteral("play"), tr("Play"), IconButton::Shape::Boxed, header);
    m_play->setObjectName(QStringLiteral("playSteps"));
    m_play->setName(tr("Play"), tr("Space"));
    m_title = new Label(QString(), TextStyle::Heading, Token::Text, header);
    m_title->setObjectName(QStringLiteral("stepTitle"));
    m_numbers = new Label(QString(), TextStyle::Body, Token::Text2, header);
    m_decoderChoice = new SegmentedControl(header);
    m_decoderChoice->setObjectName(QStringLiteral("decodeWith"));
    m_decoderChoice->setAccessibleName(tr("Decode with"));
    m_decoderChoice->addChoice(tr("Linear map"), {}, tr("At once: three numbers a cell, the same for every picture"));
    m_decoderChoice->addChoice(tr("Decoder"), {}, tr("The model's own decoder; takes a while for each step"));
    m_branch = new Button(tr("Branch from here"), header);
    m_branch->setObjectName(QStringLiteral("branchHere"));
    m_branch->setIconName(QStringLiteral("branch"));
    m_branch->setToolTip(tr("Go on from this step with other settings (B)"));
    auto *with = new Label(tr("Decode with"), TextStyle::Detail, Token::Text3, header);
    auto *row = new QHBoxLayout;
    row->setSpacing(12);
    row->addWidget(m_play);
    row->addWidget(m_title);
    row->addWidget(m_numbers);
    row->addStretch(1);
    row->addWidget(with);
    row->addWidget(m_decoderChoice);
    row->addWidget(m_branch);
    m_strip = new InspectorStrip(header);
    m_strip->setObjectName(QStringLiteral("stepStrip"));
    auto *column = new QVBoxLayout(header);
    column->setContentsMargins(kMargin, 12, kMargin, 12);
    column->setSpacing(8);
    column->addLayout(row);
    column->addWidget(m_strip);
    return header;
}

QWidget *ReverseView::makeTiles()
{
    auto *tiles = new QWidget(this);
    auto *row = new QHBoxLayout(tiles);
    row->setContentsMargins(kMargin, 10, kMargin, 4);
    row->setSpacing(16);
    const auto add = [&](const char *name) {
        auto *tile = new InspectorTile(tiles);
        tile->setObjectName(QLatin1String(name));
        row->addWidget(tile, 1);
        return tile;
    };
    m_noisy = add("noisyTile");
    m_noise = add("noiseTile");
    m_predicted = add("predictedTile");
    m_change = add("changeTile");
    row->addStretch(0);
    m_noisy->setTitle(tr("Noisy picture"));
    m_noisy->setFormula(QStringLiteral("x_t"), tr("x t"));
    m_noise->setChoices({tr("Predicted noise"), tr("With the prompt"), tr("Without"), tr("Gap between them")},
                        tr("Predicted noise"));
    m_noise->setFormula(QStringLiteral("\\epsilon_\\theta"), tr("epsilon theta"));
    m_predicted->setTitle(tr("Predicted picture"));
    m_predicted->setFormula(QStringLiteral("\\hat{x}_0"), tr("x zero hat"));
    m_change->setChoices({tr("Change in this step"), tr("Two steps"), tr("To the parent")}, tr("Difference"));
    m_other = new NumberField(m_change);
    m_other->setObjectName(QStringLiteral("otherStep"));
    m_other->setAccessibleName(tr("The other step of the difference"));
    m_other->setFixedSize(64, 28);
    m_other->setRange(1, 1);
    m_other->setStepButtonsVisible(true);
    m_change->addControl(m_other);
    return tiles;
}

QWidget *ReverseView::makeLower()
{
    auto *lower = new QWidget(this);
    m_decided = new InspectorTile(lower);
    m_decided->setObjectName(QStringLiteral("decidedTile"));
    m_decided->setTitle(tr("Where it was decided"));
    m_decided->setFormula(QStringLiteral("\\sum_i |\\hat{x}_0^i - \\hat{x}_0^{i-1}|"),
                          tr("sum over the steps of the change of x zero hat"));
    m_chartChoice = new SegmentedControl(lower);
    m_chartChoice->setObjectName(QStringLiteral("curves"));
    m_chartChoice->setAccessibleName(tr("Curves"));
    for (const QString &name : {tr("Decided"), tr("Norms"), tr("Noise level")})
        m_chartChoice->addChoice(name);
    m_chart = new Chart(lower);
    m_chart->setObjectName(QStringLiteral("stepChart"));
    m_chart->setAccessibleName(tr("Numbers over the steps"));
    m_chart->setXAxis({.name = tr("step")});
    m_legend = new ChartLegend(m_chart, lower);
    auto *head = new QHBoxLayout;
    head->setSpacing(12);
    head->addWidget(new Label(tr("When it is decided"), TextStyle::Panel, Token::Text, lower));
    head->addWidget(m_legend, 1);
    head->addWidget(m_chartChoice);
    auto *right = new QVBoxLayout;
    right->setSpacing(8);
    right->addLayout(head);
    right->addWidget(m_chart, 1);
    auto *row = new QHBoxLayout(lower);
    row->setContentsMargins(kMargin, 10, kMargin, 12);
    row->setSpacing(kMargin);
    row->addWidget(m_decided);
    row->addLayout(right, 1);
    m_chart->setMinimumHeight(150);
    return lower;
}

void ReverseView::makePanel()
{
    m_panel->setObjectName(QStringLiteral("stepsPanel"));
    m_panel->setAccessibleName(tr("Steps and branches"));
    m_panelStack = new QStackedWidget(m_panel);
    auto *page = new QWidget(m_panelStack);
    auto *head = new PanelHead(tr("Steps"), page);
    IconButton *copy = head->addButton(QStringLiteral("copy"), tr("Copy the table"));
    copy->setObjectName(QStringLiteral("copyTable"));
    m_table = new InspectorTable(page);
    m_branchHead = new PanelHead(tr("Branches"), page);
    m_compare = new Button(tr("Compare all"), page);
    m_compare->setIconName(QStringLiteral("compare"));
    m_compare->setControlSize(Button::Size::Small);
    m_compare->setObjectName(QStringLiteral("compareBranches"));
    m_branchHead->addWidget(m_compare);
    m_tree = new BranchTree(page);
    m_tree->setObjectName(QStringLiteral("branchTree"));
    m_tree->setThumbnails([this](const QString &path) { return m_studio.thumbnails().get(path, 128); });
    auto *scroll = new QScrollArea(page);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setFocusPolicy(Qt::NoFocus);
    scroll->setWidget(m_tree);
    auto *foot =
        new Label(tr("A branch with nothing changed gives the same bytes."), TextStyle::Detail, Token::Text3, page);
    auto *footRow = new QHBoxLayout;
    footRow->setContentsMargins(16, 12, 16, 12);
    footRow->addWidget(foot);
    foot->setWordWrap(true);
    auto *column = new QVBoxLayout(page);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(head);
    column->addWidget(m_table, 5);
    column->addWidget(new HairLine(page));
    column->addWidget(m_branchHead);
    column->addWidget(scroll, 6);
    column->addWidget(new HairLine(page));
    column->addLayout(footRow);
    m_form = new BranchForm(m_panelStack);
    m_panelStack->addWidget(page);
    m_panelStack->addWidget(m_form);
    m_panel->setFixedBody(m_panelStack);
    connect(copy, &QToolButton::clicked, this, [this] {
        QGuiApplication::clipboard()->setText(m_table->text());
        m_toasts->show({.iconName = QStringLiteral("copy"), .text = tr("Table copied")});
    });
}

void ReverseView::connectParts()
{
    app::TrajectoryStore &store = m_studio.trajectories();
    connect(m_bar, &PictureBar::pictureChosen, this, &ReverseView::open);
    connect(m_export, &Button::clicked, this, &ReverseView::exportMenu);
    connect(m_emptyMake, &Button::clicked, this, &ReverseView::createRequested);
    connect(m_emptyAgain, &Button::clicked, this, &ReverseView::makeAgain);
    connect(m_play, &QToolButton::clicked, this, [this] { play(!isPlaying()); });
    connect(m_strip, &InspectorStrip::stepChosen, this, &ReverseView::setStep);
    connect(m_table, &InspectorTable::stepChosen, this, &ReverseView::setStep);
    connect(m_chart, &Chart::chosen, this, [this](double x) { setStep(qRound(x) - 1); });
    connect(m_branch, &Button::clicked, this, &ReverseView::startBranch);
    connect(m_decoderChoice, &SegmentedControl::currentChanged, this, [this] {
        if (m_decoderChoice->currentIndex() == 0)
            m_decoder->stop();
        showStep();
    });
    connect(m_noise, &InspectorTile::choiceChanged, this, &ReverseView::showNoise);
    connect(m_change, &InspectorTile::choiceChanged, this, &ReverseView::showChange);
    connect(m_other, &NumberField::valueChanged, this, &ReverseView::showChange);
    connect(m_chartChoice, &SegmentedControl::currentChanged, this, &ReverseView::showChart);
    connect(m_tree, &BranchTree::opened, this, &ReverseView::open);
    connect(m_compare, &Button::clicked, this, [this] {
        QStringList files;
        for (const BranchNode &node : m_tree->nodes())
            files.append(node.path);
        Q_EMIT compareRequested(files);
    });
    connect(&m_studio.thumbnails(), &app::Thumbnails::ready, m_tree, qOverload<>(&QWidget::update));
    connect(m_form, &BranchForm::submitted, this, &ReverseView::submitBranch);
    connect(m_form, &BranchForm::cancelled, this, &ReverseView::closeForm);
    connect(m_decoder, &StepDecoder::decoded, this, [this](int step, DecodedPart, double seconds) {
        m_decodeSeconds = seconds;
        if (step == m_step)
            showStep();
        Q_EMIT statusChanged();
    });
    connect(m_decoder, &StepDecoder::failed, this, [this](const app::Failure &failure) {
        m_decoderChoice->setCurrentIndex(0);
        m_banner->post({.kind = BannerKind::Danger,
                        .what = tr("The step was not decoded."),
                        .why = failure.sentence,
                        .details = failure.details});
    });
    connect(&m_player, &QTimer::timeout, this, [this] {
        if (m_step + 1 < m_pictures.steps())
            setStep(m_step + 1);
        else
            play(false);
    });
    connect(&store, &app::TrajectoryStore::loaded, this,
            [this](const QString &picture, const app::TrajectoryPtr &trajectory) {
                if (picture == m_parentPicture && !m_parent) {
                    m_parent = trajectory;
                    showChange();
                }
                if (picture != m_awaited)
                    return;
                m_awaited.clear();
                show(picture, trajectory);
            });
    connect(&store, &app::TrajectoryStore::failed, this, &ReverseView::onFailed);
    connect(&store, &app::TrajectoryStore::branchesChanged, this, &ReverseView::showTree);
    connect(&store, &app::TrajectoryStore::kept, this, [this](const QString &picture) {
        if (isVisible() && m_picture.isEmpty() && m_awaited.isEmpty())
            open(picture);
        showTree();
    });
    connect(&m_studio.queue(), &app::JobQueue::jobEnded, this, &ReverseView::onJobEnded);

    // Not in the text fields: those take their keys themselves.
    auto *branch = new QAction(tr("Branch from this step"), this);
    branch->setShortcut(Qt::Key_B);
    branch->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    addAction(branch);
    m_panel->addAction(branch);
    connect(branch, &QAction::triggered, this, [this] {
        const QWidget *focus = m_form->window()->focusWidget();
        if (m_panelStack->currentWidget() != m_form || !focus || !m_form->isAncestorOf(focus))
            startBranch(); // else it would take away what was chosen there
    });
}

void ReverseView::open(const QString &picture)
{
    if (picture.isEmpty())
        return;
    play(false);
    closeForm();
    if (picture == m_picture && m_pictures.steps() > 0)
        return;
    m_awaited = picture;
    m_studio.trajectories().request(picture);
}

QWidget *ReverseView::toolbarPart()
{
    return m_bar;
}

QList<QWidget *> ReverseView::parts() const
{
    return {m_stack, m_panel};
}

QWidget *ReverseView::focusOf(QWidget *part) const
{
    if (part == m_stack)
        return m_pictures.steps() > 0 ? static_cast<QWidget *>(m_strip) : m_empty;
    if (part == m_panel)
        return m_panelStack->currentIndex() == 0 ? static_cast<QWidget *>(m_table) : m_form;
    return part;
}

PageStatus ReverseView::status() const
{
    const app::TrajectoryPtr &shown = m_pictures.trajectory();
    if (!shown)
        return {};
    const QLocale locale;
    const QString size = locale.formattedDataSize(qint64(shown->bytes()), 1);
    QString left = tr("%n step(s), %1, kept with the session", nullptr, m_pictures.steps()).arg(size);
    if (m_decoder->isBusy())
        left = tr("%1 · decoding").arg(left);
    else if (m_decodeSeconds >= 0.0 && m_decoderChoice->currentIndex() == 1)
        left = tr("%1 · decoded in %2 ms").arg(left, locale.toString(qRound(m_decodeSeconds * 1000.0)));
    return {left, tr("Left, Right: step · Space: play · B: branch")};
}

void ReverseView::setCompact(bool narrow, bool low)
{
    m_isLow = low;
    m_bar->setCompact(narrow);
    m_numbers->setVisible(!narrow);
    fit();
}

void ReverseView::resizeEvent(QResizeEvent *event)
{
    LearnView::resizeEvent(event);
    fit();
}

void ReverseView::fit()
{
    // What is above and below the pictures keeps its height; they take what is left of the width and of the height.
    const int byWidth = (width() - 2 * kMargin - 3 * 16) / 4;
    const bool isLow = height() < 168 + 260 + 90 + 222; // the lower part gives some of its height, too
    const int lower = isLow ? 132 : 180;
    const int free = height() - 168 - 90 - (lower + 80);
    const int side = std::clamp(std::min(byWidth, std::max(free, 150)), 120, 420);
    for (InspectorTile *tile : {m_noisy, m_noise, m_predicted, m_change}) {
        tile->square()->setWidest(side);
        tile->setMaximumWidth(side);
    }
    m_decided->square()->setWidest(lower);
    m_decided->setFixedWidth(lower);
    m_chart->setMinimumHeight(isLow ? 110 : 150);
    m_decided->setFormula({}, {});
}

void ReverseView::activate()
{
    const QString current = m_studio.trajectories().current();
    // The other tab may have gone to another picture; one without steps stays until another is chosen.
    if (m_awaited.isEmpty() && (m_picture.isEmpty() || m_pictures.steps() > 0) && current != m_picture)
        open(current);
    // After the click that brought this tab has given the focus to the tabs.
    QTimer::singleShot(0, this, [this] {
        if (m_pictures.steps() > 0 && isVisible() && m_panelStack->currentIndex() == 0)
            m_strip->setFocus(Qt::OtherFocusReason);
    });
}

void ReverseView::deactivate()
{
    play(false);
    m_decoder->stop();
}

void ReverseView::play(bool isPlaying)
{
    if (isPlaying == m_player.isActive() || (isPlaying && m_pictures.steps() < 2))
        return;
    if (isPlaying) {
        if (m_step + 1 >= m_pictures.steps())
            setStep(0);
        m_player.start();
    } else {
        m_player.stop();
        if (m_decoderChoice->currentIndex() == 1)
            decode();
    }
    m_play->setIconName(isPlaying ? QStringLiteral("pause") : QStringLiteral("play"));
    m_play->setName(isPlaying ? tr("Pause") : tr("Play"), tr("Space"));
}

void ReverseView::keyPressEvent(QKeyEvent *event)
{
    switch (event->key()) {
    case Qt::Key_Left:
        setStep(m_step - 1);
        return;
    case Qt::Key_Right:
        setStep(m_step + 1);
        return;
    case Qt::Key_Home:
        setStep(0);
        return;
    case Qt::Key_End:
        setStep(m_pictures.steps() - 1);
        return;
    case Qt::Key_Space:
        play(!isPlaying());
        return;
    default:
        LearnView::keyPressEvent(event);
    }
}

void ReverseView::dragEnterEvent(QDragEnterEvent *event)
{
    if (event->mimeData()->hasUrls() && event->mimeData()->urls().first().isLocalFile())
        event->acceptProposedAction();
}

void ReverseView::dropEvent(QDropEvent *event)
{
    open(event->mimeData()->urls().first().toLocalFile());
    event->acceptProposedAction();
}

} // namespace ui
