#include "ui/create/recipe_panel.h"

#include "engine/catalog.h"
#include "ui/common/collapsible.h"
#include "ui/common/elided_label.h"
#include "ui/common/icon_button.h"
#include "ui/common/number_field.h"
#include "ui/common/panel_head.h"
#include "ui/common/split_button.h"
#include "ui/common/theme.h"
#include "ui/common/value_slider.h"
#include "ui/create/more_section.h"
#include "ui/create/prompt_edit.h"
#include "ui/create/prompt_section.h"
#include "ui/create/words.h"

#include <QComboBox>
#include <QFrame>
#include <QLineEdit>
#include <QMenu>
#include <QScrollArea>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace ui {

namespace {

constexpr int kPastStates = 50;
constexpr int kSettleMs = 600;

QWidget *separator(QWidget *parent)
{
    auto *line = new QFrame(parent);
    line->setProperty("role", QStringLiteral("line"));
    line->setFixedHeight(1);
    return line;
}

/// A label over a field, as one widget, so that it can be hidden.
QWidget *row(FieldLabel *label, QWidget *field, QWidget *parent)
{
    auto *box = new QWidget(parent);
    auto *column = new QVBoxLayout(box);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme().metrics().labelGap);
    label->setParent(box);
    field->setParent(box);
    column->addWidget(label);
    column->addWidget(field);
    return box;
}

QString idAt(const QComboBox *combo)
{
    return combo->currentData().toString();
}

void select(QComboBox *combo, const std::string &id)
{
    const int index = combo->findData(QString::fromStdString(id));
    if (index >= 0)
        combo->setCurrentIndex(index);
}

} // namespace

RecipePanel::RecipePanel(QWidget *parent) : SidePanel(Side::Left, theme().metrics().recipe, parent)
{
    setObjectName(QStringLiteral("recipe"));
    setAccessibleName(tr("Recipe"));
    m_settle.setSingleShot(true);
    m_settle.setInterval(kSettleMs);
    connect(&m_settle, &QTimer::timeout, this, &RecipePanel::pushUndo);
    setHead(makeHead());
    setBody(makeBody());
    setFoot(makeFoot());
    scrollArea()->widget()->installEventFilter(this);
    m_settled = state();
    updatePossible();
    updateSeedCaption();
    updateButton();
}

void RecipePanel::fitMargin()
{
    // The scroll bar takes its room from the margin, so that fields keep their width.
    constexpr int kScrollBar = 10;
    QLayout *body = scrollArea()->widget()->layout();
    const int padding = theme().metrics().panelPadding;
    const bool scrolls = body->minimumSize().height() > scrollArea()->viewport()->height();
    body->setContentsMargins(padding, padding, scrolls ? padding - kScrollBar : padding, padding);
}

bool RecipePanel::eventFilter(QObject *object, QEvent *event)
{
    if (object == scrollArea()->widget() && (event->type() == QEvent::LayoutRequest || event->type() == QEvent::Resize))
        QTimer::singleShot(0, this, &RecipePanel::fitMargin);
    return SidePanel::eventFilter(object, event);
}

void RecipePanel::resizeEvent(QResizeEvent *event)
{
    SidePanel::resizeEvent(event);
    QTimer::singleShot(0, this, &RecipePanel::fitMargin);
}

QWidget *RecipePanel::makeHead()
{
    auto *head = new PanelHead(tr("Recipe"), this);
    m_undo = head->addButton(QStringLiteral("undo"), tr("Undo the last change of the recipe"));
    m_undo->setEnabled(false);
    connect(m_undo, &IconButton::clicked, this, &RecipePanel::undo);
    m_history = head->addButton(QStringLiteral("clock"), tr("Recipes used before"));
    m_history->setEnabled(false);
    m_historyMenu = new QMenu(this);
    m_history->setMenu(m_historyMenu);
    m_history->setPopupMode(QToolButton::InstantPopup);
    IconButton *more = head->addButton(QStringLiteral("more"), tr("More for this recipe"));
    m_headMenu = new QMenu(this);
    more->setMenu(m_headMenu);
    more->setPopupMode(QToolButton::InstantPopup);
    return head;
}

QWidget *RecipePanel::makeBody()
{
    const Metrics &metrics = theme().metrics();
    auto *body = new QWidget(this);
    auto *column = new QVBoxLayout(body);
    column->setContentsMargins(metrics.panelPadding, metrics.panelPadding, metrics.panelPadding, metrics.panelPadding);
    column->setSpacing(metrics.fieldGap);

    m_prompts = new PromptSection(body);
    column->addWidget(m_prompts);
    column->addWidget(separator(body));

    m_chooser = new ModelChooser(body);
    m_chooser->setObjectName(QStringLiteral("model"));
    m_chooser->setAccessibleName(tr("Model"));
    m_chooser->setFootText(tr("Open a model…"));
    column->addWidget(row(new FieldLabel(tr("Model"), m_chooser), m_chooser, body));

    m_sampler = makeCombo(tr("Sampler"), body);
    m_sampler->setObjectName(QStringLiteral("sampler"));
    for (const engine::SamplerInfo &info : engine::samplers())
        m_sampler->addItem(samplerText(std::string(info.id)),
                           QString::fromUtf8(info.id.data(), qsizetype(info.id.size())));
    m_schedule = makeCombo(tr("Schedule"), body);
    m_schedule->setObjectName(QStringLiteral("schedule"));
    m_schedule->addItem(tr("Automatic"), QString());
    for (const engine::ScheduleInfo &info : engine::schedules())
        m_schedule->addItem(scheduleText(std::string(info.id)),
                            QString::fromUtf8(info.id.data(), qsizetype(info.id.size())));
    auto *combos = new QHBoxLayout;
    combos->setSpacing(metrics.space3);
    combos->addWidget(row(new FieldLabel(tr("Sampler"), m_sampler), m_sampler, body), 1);
    combos->addWidget(row(new FieldLabel(tr("Schedule"), m_schedule), m_schedule, body), 1);
    column->addLayout(combos);

    m_steps = new ValueSlider(body);
    m_steps->setObjectName(QStringLiteral("steps"));
    m_steps->setRange(1, 1000);
    m_steps->setSliderRange(1, 100);
    m_steps->setSingleStep(1);
    m_steps->setDefaultValue(20);
    m_steps->setValue(20);
    m_steps->setAccessibleLabel(tr("Steps"));
    column->addWidget(row(new FieldLabel(tr("Steps"), m_steps->field()), m_steps, body));

    m_guidance = new ValueSlider(body);
    m_guidance->setObjectName(QStringLiteral("guidance"));
    m_guidance->setRange(0, 100);
    m_guidance->setSliderRange(1, 20);
    m_guidance->setSingleStep(0.5);
    m_guidance->setDecimals(2);
    m_guidance->setDefaultValue(7.0);
    m_guidance->setValue(7.0);
    m_guidance->setAccessibleLabel(tr("Guidance"));
    m_guidanceRow = row(new FieldLabel(tr("Guidance"), m_guidance->field()), m_guidance, body);
    column->addWidget(m_guidanceRow);

    auto *sizes = new QWidget(body);
    auto *sizeRow = new QHBoxLayout(sizes);
    sizeRow->setContentsMargins(0, 0, 0, 0);
    sizeRow->setSpacing(metrics.space2);
    m_width = new NumberField(sizes);
    m_width->setObjectName(QStringLiteral("width"));
    m_width->setAccessibleName(tr("Width in pixels"));
    m_height = new NumberField(sizes);
    m_height->setObjectName(QStringLiteral("height"));
    m_height->setAccessibleName(tr("Height in pixels"));
    for (NumberField *field : {m_width, m_height}) {
        field->setRange(8, 4096);
        field->setSingleStep(8);
        field->setSuffix(tr("px"));
        field->setValue(512);
        connect(field, &NumberField::valueChanged, this, &RecipePanel::onEdited);
        connect(field, &NumberField::problemChanged, this, &RecipePanel::updateSizeProblem);
    }
    m_swap = new IconButton(QStringLiteral("swap"), tr("Swap width and height"), sizes);
    m_swap->setObjectName(QStringLiteral("swap"));
    sizeRow->addWidget(m_width, 1);
    sizeRow->addWidget(m_swap);
    sizeRow->addWidget(m_height, 1);
    m_sizeLabel = new FieldLabel(tr("Size"), m_width);
    QWidget *sizeBox = row(m_sizeLabel, sizes, body);
    m_sizeProblem = new Label({}, TextStyle::Caption, Token::Danger, sizeBox);
    m_sizeProblem->setObjectName(QStringLiteral("sizeProblem"));
    m_sizeProblem->hide();
    sizeBox->layout()->addWidget(m_sizeProblem);
    column->addWidget(sizeBox);

    m_seed = new SeedField(body);
    m_seed->setObjectName(QStringLiteral("seed"));
    m_seedLabel = new FieldLabel(tr("Seed"), m_seed->field());
    m_count = new NumberField(body);
    m_count->setObjectName(QStringLiteral("count"));
    m_count->setAccessibleName(tr("Pictures"));
    m_count->setRange(1, 100);
    m_count->setValue(1);
    m_count->setStepButtonsVisible(true);
    auto *seedRow = new QHBoxLayout;
    seedRow->setSpacing(metrics.space3);
    seedRow->addWidget(row(m_seedLabel, m_seed, body), 1);
    QWidget *countBox = row(new FieldLabel(tr("Pictures"), m_count), m_count, body);
    countBox->setFixedWidth(72);
    seedRow->addWidget(countBox);
    column->addLayout(seedRow);

    m_moreFold = new Collapsible(tr("More"), tr("clip skip, rescale, noise, precision"), body);
    m_more = new MoreSection(m_moreFold);
    m_moreFold->setContent(m_more);
    m_moreFold->setOpen(false);
    column->addWidget(m_moreFold);
    column->addStretch(1);

    connect(m_prompts, &PromptSection::edited, this, &RecipePanel::onEdited);
    connect(m_chooser, &ModelChooser::activated, this, &RecipePanel::modelChosen);
    connect(m_chooser, &ModelChooser::footActivated, this, &RecipePanel::openModelRequested);
    connect(m_sampler, &QComboBox::currentIndexChanged, this, [this] {
        updatePossible();
        onEdited();
    });
    connect(m_schedule, &QComboBox::currentIndexChanged, this, &RecipePanel::onEdited);
    connect(m_steps, &ValueSlider::valueChanged, this, &RecipePanel::onEdited);
    connect(m_guidance, &ValueSlider::valueChanged, this, &RecipePanel::onEdited);
    connect(m_swap, &IconButton::clicked, this, &RecipePanel::swapSize);
    connect(m_count, &NumberField::valueChanged, this, &RecipePanel::onEdited);
    connect(m_more, &MoreSection::edited, this, [this] {
        m_prompts->setWeighting(m_more->weighting());
        onEdited();
    });
    const auto onSeed = [this] {
        updateSeedCaption();
        onEdited();
    };
    connect(m_seed, &SeedField::modeChanged, this, onSeed);
    connect(m_seed, &SeedField::seedChanged, this, onSeed);
    return body;
}

QWidget *RecipePanel::makeFoot()
{
    m_submit = new SplitButton(tr("Generate"), this);
    m_submit->setObjectName(QStringLiteral("generate"));
    m_submit->setKeyHint(tr("Ctrl+Enter"));
    connect(m_submit, &SplitButton::clicked, this, &RecipePanel::submitRequested);
    const Metrics &metrics = theme().metrics();
    auto *foot = new QWidget(this);
    auto *column = new QVBoxLayout(foot);
    column->setContentsMargins(metrics.panelPadding, metrics.space3, metrics.panelPadding, metrics.panelPadding);
    column->addWidget(m_submit);
    return foot;
}

void RecipePanel::setModels(QAbstractItemModel *models, const ModelRoles &roles)
{
    m_chooser->setModel(models, roles);
}

void RecipePanel::setModel(const ChosenModel &model)
{
    const engine::ModelInfo before = m_model.info;
    const bool isFirst = !m_model.isUsable;
    const bool isOther = model.path != m_model.path;
    m_model = model;
    if (model.row >= 0)
        m_chooser->setCurrentRow(model.row);
    else
        m_chooser->setMissing(model.name);
    if (model.isUsable) {
        const engine::ModelInfo &info = model.info;
        for (NumberField *field : {m_width, m_height}) {
            field->setSingleStep(std::max(1, info.sizeMultiple));
            field->setRange(std::max(1, info.sizeMultiple), 4096);
            field->setRule([multiple = std::max(1, info.sizeMultiple)](double value) {
                return std::fmod(value, multiple) == 0.0 ? QString() : tr("must be a multiple of %1").arg(multiple);
            });
        }
        if (isOther && !isFirst) {
            const auto follow = [](auto *field, double old, double now) {
                if (field->value() == old)
                    field->setValue(now);
            };
            if (m_width->intValue() == before.nativeWidth && m_height->intValue() == before.nativeHeight) {
                m_width->setValue(info.nativeWidth);
                m_height->setValue(info.nativeHeight);
            }
            follow(m_steps, before.defaultSteps, info.defaultSteps);
            follow(m_guidance, before.defaultGuidance, info.defaultGuidance);
            if (idAt(m_sampler).toStdString() == before.defaultSampler)
                select(m_sampler, info.defaultSampler);
            if (idAt(m_schedule).toStdString() == before.defaultSchedule)
                select(m_schedule, info.defaultSchedule);
        }
        m_steps->setDefaultValue(info.defaultSteps);
        m_guidance->setDefaultValue(info.defaultGuidance);
        m_sizeLabel->setCaption(tr("made for %1").arg(sizeText(info.nativeWidth, info.nativeHeight)));
        m_prompts->setModel(model.path, model.name, info.takesPrompt);
        m_guidanceRow->setVisible(info.takesPrompt);
    } else {
        m_sizeLabel->setCaption({});
        m_prompts->setModel({}, model.name, true);
        m_guidanceRow->setVisible(true);
    }
    updatePossible();
    updateButton();
    if (isOther)
        onEdited();
}

void RecipePanel::setModelLoading(double fraction)
{
    m_chooser->setLoading(fraction);
}

RecipeState RecipePanel::state() const
{
    RecipeState state;
    engine::GenerateRequest &request = state.request;
    request.model = pathFrom(m_model.path);
    request.prompt = m_prompts->prompt().toStdString();
    request.negativePrompt = m_prompts->negativePrompt().toStdString();
    request.sampler = idAt(m_sampler).toStdString();
    request.schedule = idAt(m_schedule).toStdString();
    request.steps = m_steps->intValue();
    request.guidanceScale = m_guidance->value();
    request.width = m_width->intValue();
    request.height = m_height->intValue();
    request.count = m_count->intValue();
    m_more->fill(request);
    state.seedMode = m_seed->mode();
    state.hasSeed = m_seed->hasSeed();
    request.seed = state.hasSeed ? m_seed->seed() : 0;
    return state;
}

void RecipePanel::setState(const RecipeState &state)
{
    pushUndo(); // what stood there can be had again
    apply(state);
}

void RecipePanel::apply(const RecipeState &state)
{
    const engine::GenerateRequest &request = state.request;
    m_isSetting = true;
    m_prompts->setPrompts(QString::fromStdString(request.prompt), QString::fromStdString(request.negativePrompt));
    select(m_sampler, request.sampler);
    select(m_schedule, request.schedule);
    m_steps->setValue(request.steps);
    m_guidance->setValue(request.guidanceScale);
    if (request.width > 0 && request.height > 0) {
        m_width->setValue(request.width);
        m_height->setValue(request.height);
    }
    m_count->setValue(request.count);
    m_more->show(request);
    m_prompts->setWeighting(request.weighting);
    if (state.hasSeed)
        m_seed->setSeed(request.seed);
    else
        m_seed->clearSeed();
    m_seed->setMode(state.seedMode);
    m_isSetting = false;
    updatePossible();
    updateSeedCaption();
    onEdited();
}

engine::GenerateRequest RecipePanel::take()
{
    m_isSetting = true;
    const std::uint64_t seed = m_seed->takeSeed();
    m_isSetting = false;
    updateSeedCaption();
    engine::GenerateRequest request = state().request;
    request.seed = seed;
    if (m_model.isUsable && !m_model.info.takesPrompt) {
        request.prompt.clear();
        request.negativePrompt.clear();
    }
    return request;
}

void RecipePanel::useSuggestedSettings()
{
    if (!m_model.isUsable)
        return;
    const engine::ModelInfo &info = m_model.info;
    m_steps->setValue(info.defaultSteps);
    m_guidance->setValue(info.defaultGuidance);
    m_width->setValue(info.nativeWidth);
    m_height->setValue(info.nativeHeight);
    select(m_sampler, info.defaultSampler);
    select(m_schedule, info.defaultSchedule);
}

void RecipePanel::onEdited()
{
    if (m_isSetting || m_submit == nullptr)
        return;
    m_settle.start();
    Q_EMIT edited();
}

void RecipePanel::pushUndo()
{
    m_settle.stop();
    const RecipeState now = state();
    if (now == m_settled)
        return;
    m_past.append(m_settled);
    if (m_past.size() > kPastStates)
        m_past.removeFirst();
    m_settled = now;
    m_undo->setEnabled(true);
}

void RecipePanel::undo()
{
    pushUndo();
    if (m_past.isEmpty())
        return;
    const RecipeState before = m_past.takeLast();
    m_settled = before;
    if (before.request.model != pathFrom(m_model.path))
        Q_EMIT modelWanted(pathText(before.request.model));
    apply(before);
    m_settled = state();
    m_settle.stop();
    m_undo->setEnabled(!m_past.isEmpty());
}

void RecipePanel::forgetPast()
{
    m_settle.stop();
    m_past.clear();
    m_settled = state();
    m_undo->setEnabled(false);
}

bool RecipePanel::canUndo() const
{
    return !m_past.isEmpty() || state() != m_settled;
}

void RecipePanel::swapSize()
{
    const double width = m_width->value();
    m_width->setValue(m_height->value());
    m_height->setValue(width);
}

void RecipePanel::updatePossible()
{
    m_more->setPossible(idAt(m_sampler).toStdString(), !m_model.isUsable || m_model.info.takesPrompt);
}

void RecipePanel::updateSeedCaption()
{
    m_seedLabel->setCaption(m_seed->caption());
}

void RecipePanel::updateSizeProblem()
{
    const QString problem = m_width->problem().isEmpty() ? m_height->problem() : m_width->problem();
    m_sizeProblem->setText(problem);
    m_sizeProblem->setVisible(!problem.isEmpty());
}

void RecipePanel::updateButton()
{
    m_submit->setText(m_isBusy ? tr("Add to queue") : tr("Generate"));
    QString reason;
    if (m_model.path.isEmpty())
        reason = tr("Choose a model first.");
    else if (!m_model.isUsable)
        reason = tr("This model cannot be used. Choose another one.");
    m_submit->setDisabledReason(reason);
}

void RecipePanel::setBusy(bool isBusy)
{
    if (isBusy == m_isBusy)
        return;
    m_isBusy = isBusy;
    updateButton();
}

void RecipePanel::setHistory(const QStringList &prompts)
{
    m_prompts->setHistory(prompts);
    m_historyMenu->clear();
    const int shown = std::min(12, int(prompts.size()));
    for (int i = 0; i < shown; ++i) {
        const QString line = prompts.at(i).simplified();
        const QString text = line.isEmpty() ? tr("(no prompt)") : fontMetrics().elidedText(line, Qt::ElideRight, 360);
        QAction *action = m_historyMenu->addAction(QString(text).replace(QLatin1Char('&'), QStringLiteral("&&")));
        connect(action, &QAction::triggered, this, [this, i] { Q_EMIT historyChosen(i); });
    }
    m_history->setEnabled(shown > 0);
}

void RecipePanel::setMoreOpen(bool isOpen)
{
    m_moreFold->setOpen(isOpen);
}
bool RecipePanel::isMoreOpen() const
{
    return m_moreFold->isOpen();
}

void RecipePanel::focusPrompt()
{
    if (m_prompts->takesPrompt())
        m_prompts->promptEdit()->setFocus(Qt::OtherFocusReason);
    else
        m_chooser->setFocus(Qt::OtherFocusReason);
}

void RecipePanel::openModelChooser()
{
    m_chooser->setFocus(Qt::OtherFocusReason);
    m_chooser->openPopup();
}

void RecipePanel::rollDice()
{
    m_seed->setMode(SeedField::Mode::Random);
}

QMenu *RecipePanel::submitMenu() const
{
    return m_submit->menu();
}

QList<QWidget *> RecipePanel::tabOrder() const
{
    QList<QWidget *> order{m_prompts->promptEdit(),
                           m_prompts->negativeEdit(),
                           m_chooser,
                           m_sampler,
                           m_schedule,
                           m_steps->field(),
                           m_guidance->field(),
                           m_width,
                           m_swap,
                           m_height,
                           m_seed->field(),
                           m_seed->dice(),
                           m_seed->lock(),
                           m_count,
                           m_moreFold};
    order += m_more->fields();
    order.append(m_submit);
    return order;
}

} // namespace ui
