#include "ui/train/train_setup.h"

#include "app/engine_thread.h"
#include "app/model_catalog.h"
#include "app/settings.h"
#include "app/studio.h"
#include "app/training_runs.h"
#include "app/training_speed.h"
#include "ui/common/button.h"
#include "ui/common/collapsible.h"
#include "ui/common/elided_label.h"
#include "ui/common/number_field.h"
#include "ui/common/panel_head.h"
#include "ui/create/more_section.h"
#include "ui/create/words.h"
#include "ui/train/found_card.h"
#include "ui/train/kind_choice.h"
#include "ui/train/train_defaults.h"
#include "ui/train/train_words.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDir>
#include <QFileDialog>
#include <QGridLayout>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QStandardPaths>
#include <QVBoxLayout>

#include <cmath>

namespace ui {

namespace {

constexpr int kMeasureDelayMs = 700;

const app::ModelEntry *baseModel(app::Studio &studio)
{
    const app::ModelCatalog &models = studio.models();
    const app::ModelEntry *last = models.find(studio.settings().lastModel());
    if (last && last->state == app::ModelState::Ready && last->info.isLatent)
        return last;
    const app::ModelEntry *starter = models.starter();
    if (starter && starter->info.isLatent)
        return starter;
    for (const app::ModelEntry &entry : models.entries()) {
        if (entry.state == app::ModelState::Ready && entry.info.isLatent)
            return &entry;
    }
    return nullptr;
}

QString homePath(const QString &path)
{
    const QString home = QDir::homePath();
    return path.startsWith(home + QLatin1Char('/')) ? QLatin1Char('~') + path.mid(home.size()) : path;
}

} // namespace

TrainSetup::TrainSetup(app::Studio &studio, QWidget *parent)
    : SidePanel(Side::Left, theme().metrics().recipe, parent), m_studio(studio), m_data(new app::TrainingFolder(this))
{
    setAccessibleName(tr("What to train"));
    setHead(new PanelHead(tr("What to train"), this));
    setBody(makeBody());
    setFoot(makeFoot());
    m_measureTimer.setSingleShot(true);
    m_measureTimer.setInterval(kMeasureDelayMs);
    connect(&m_measureTimer, &QTimer::timeout, this, [this] {
        const app::TrainingEstimate estimate = m_studio.trainingSpeed().estimate(request());
        // A LoRA's probe loads a large model: that is asked for, not done unasked.
        if (estimate.source == app::TrainingEstimate::Source::Unknown && kind() != engine::TrainKind::Lora &&
            isVisible())
            measure();
    });
    connect(m_data, &app::TrainingFolder::changed, this, [this] {
        m_found->setVisible(!folder().isEmpty());
        m_found->show(m_data->contents(), m_data->isLooking());
        updateKinds();
        updateDefaults();
        updateEstimate();
        Q_EMIT folderChanged();
    });
    connect(m_found, &FoundCard::showBrokenRequested, this,
            [this] { showBrokenPictures(m_data->contents().broken, window()); });
    connect(m_kinds, &ChoiceCards::currentChanged, this, [this] {
        m_edited.clear();
        updateRows();
        updateDefaults();
        updateEstimate();
    });
    connect(&studio.trainingSpeed(), &app::TrainingSpeed::changed, this, &TrainSetup::updateEstimate);
    connect(&studio.trainings(), &app::TrainingRuns::activeChanged, this, &TrainSetup::updateEstimate);
    connect(&studio.models(), &app::ModelCatalog::scanned, this, &TrainSetup::updateKinds);
    connect(&studio.settings(), &app::Settings::recentModelsChanged, this, &TrainSetup::updateKinds);
    m_found->hide();
    updateKinds();
    m_kinds->setCurrentIndex(0);
    updateEstimate();
}

TrainSetup::~TrainSetup() = default;

QWidget *TrainSetup::makeBody()
{
    const Metrics &metrics = theme().metrics();
    auto *body = new QWidget(this);
    auto *column = new QVBoxLayout(body);
    column->setContentsMargins(metrics.panelPadding, metrics.panelPadding, metrics.panelPadding, metrics.panelPadding);
    column->setSpacing(metrics.fieldGap);

    m_folder = new Button(tr("Choose a folder…"), body);
    m_folder->setObjectName(QStringLiteral("trainFolder"));
    m_folder->setIconName(QStringLiteral("folder"));
    m_folder->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    connect(m_folder, &Button::clicked, this, &TrainSetup::chooseFolder);
    auto *pictures = new QVBoxLayout;
    pictures->setSpacing(metrics.labelGap);
    pictures->addWidget(new FieldLabel(tr("Pictures"), m_folder, body));
    pictures->addWidget(m_folder);
    column->addLayout(pictures);
    m_found = new FoundCard(body);
    column->addWidget(m_found);

    m_kinds = new ChoiceCards(body);
    m_kinds->setObjectName(QStringLiteral("trainKinds"));
    m_kinds->setAccessibleName(tr("Make"));
    m_kinds->addCard(kindText(engine::TrainKind::Pixel), tr("learns one kind of picture"));
    m_kinds->addCard(kindText(engine::TrainKind::Latent), QString());
    m_kinds->addCard(kindText(engine::TrainKind::Lora), QString());
    auto *make = new QVBoxLayout;
    make->setSpacing(metrics.labelGap);
    make->addWidget(new FieldLabel(tr("Make"), m_kinds, body));
    make->addWidget(m_kinds);
    column->addLayout(make);

    column->addWidget(makeNumbers(body));
    m_more = new Collapsible(tr("More"), QString(), body);
    m_more->setContent(makeMore(m_more));
    column->addWidget(m_more);
    column->addStretch(1);
    return body;
}

NumberField *TrainSetup::addNumber(const char *name, const QString &label, double minimum, double maximum, double step,
                                   int decimals)
{
    auto *holder = new QWidget(this);
    auto *field = new NumberField(holder);
    field->setObjectName(QLatin1String(name));
    field->setRange(minimum, maximum);
    field->setSingleStep(step);
    field->setDecimals(decimals);
    field->setAccessibleName(label);
    auto *problem = new Label(QString(), TextStyle::Caption, Token::Danger, holder);
    problem->setWordWrap(true);
    problem->hide();
    auto *column = new QVBoxLayout(holder);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme().metrics().labelGap);
    column->addWidget(new FieldLabel(label, field, holder));
    column->addWidget(field);
    column->addWidget(problem);
    column->addStretch(1);
    m_columns.insert(field, holder);
    connect(field, &NumberField::problemChanged, problem, [problem](const QString &text) {
        problem->setText(text);
        problem->setVisible(!text.isEmpty());
    });
    connect(field, &NumberField::valueEdited, this, [this, field] {
        m_edited.insert(field);
        updateDefaults();
        updateEstimate();
    });
    return field;
}

QWidget *TrainSetup::makeNumbers(QWidget *body)
{
    auto *numbers = new QWidget(body);
    auto *grid = new QGridLayout(numbers);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(theme().metrics().space3);
    grid->setVerticalSpacing(theme().metrics().fieldGap);
    m_steps = addNumber("trainSteps", tr("Steps"), 1, 100'000'000, 1000);
    m_batch = addNumber("trainBatch", tr("Pictures a step"), 1, 4096, 1);
    m_rate = addNumber("trainRate", tr("Learning rate"), 1e-7, 1.0, 1e-4, 7);
    auto *curve = new QWidget(numbers);
    m_curve = makeCombo(tr("Curve of the learning rate"), curve);
    m_curve->setObjectName(QStringLiteral("trainCurve"));
    m_curve->addItem(tr("Cosine"), int(engine::LearningRateSchedule::Cosine));
    m_curve->addItem(tr("Constant"), int(engine::LearningRateSchedule::Constant));
    auto *column = new QVBoxLayout(curve);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme().metrics().labelGap);
    column->addWidget(new FieldLabel(tr("Curve"), m_curve, curve));
    column->addWidget(m_curve);
    column->addStretch(1);
    grid->addWidget(m_columns.value(m_steps), 0, 0);
    grid->addWidget(m_columns.value(m_batch), 0, 1);
    grid->addWidget(m_columns.value(m_rate), 1, 0);
    grid->addWidget(curve, 1, 1);
    grid->setColumnStretch(0, 1);
    grid->setColumnStretch(1, 1);
    return numbers;
}

QWidget *TrainSetup::makeMore(QWidget *parent)
{
    const Metrics &metrics = theme().metrics();
    auto *content = new QWidget(parent);
    auto *column = new QVBoxLayout(content);
    column->setContentsMargins(0, metrics.space3, 0, 0);
    column->setSpacing(metrics.fieldGap);
    m_name = new QLineEdit(content);
    m_name->setObjectName(QStringLiteral("trainName"));
    m_name->setAccessibleName(tr("Name"));
    auto *nameColumn = new QVBoxLayout;
    nameColumn->setSpacing(metrics.labelGap);
    nameColumn->addWidget(new FieldLabel(tr("Name"), m_name, content));
    nameColumn->addWidget(m_name);
    column->addLayout(nameColumn);

    m_size = addNumber("trainSize", tr("Side of a picture"), 8, 2048, 8);
    m_size->setSuffix(tr("px"));
    m_size->setRule(
        [this](double value) { return std::fmod(value, 8.0) == 0.0 ? QString() : tr("must be a multiple of 8"); });
    m_warmup = addNumber("trainWarmup", tr("Warm-up steps"), 0, 1'000'000, 100);
    m_sampleEvery = addNumber("trainSampleEvery", tr("Samples every"), 0, 1'000'000, 100);
    m_sampleEvery->setSuffix(tr("steps"));
    m_ema = addNumber("trainEma", tr("Decay of the average"), 0.0, 0.99999, 0.001, 5);
    m_minSnr = addNumber("trainMinSnr", tr("Min-SNR gamma"), 0.0, 100.0, 1.0, 1);
    m_minSnr->setToolTip(tr("Weighs down steps with little noise, as Hang et al. 2023; 0 switches it off"));
    m_dropout = addNumber("trainDropout", tr("Without caption"), 0.0, 1.0, 0.05, 2);
    m_dropout->setToolTip(tr("Share of pictures that are shown without their caption, so that guidance works"));
    m_rank = addNumber("trainRank", tr("Rank"), 1, 256, 1);
    m_rank->setToolTip(tr("Higher ranks learn more and make larger files"));
    m_seed = addNumber("trainSeed", tr("Seed"), 0, 4294967295.0, 1);
    const auto combo = [&](QComboBox *&box, const char *name, const QString &label) {
        auto *holder = new QWidget(content);
        box = makeCombo(label, holder);
        box->setObjectName(QLatin1String(name));
        auto *inner = new QVBoxLayout(holder);
        inner->setContentsMargins(0, 0, 0, 0);
        inner->setSpacing(metrics.labelGap);
        inner->addWidget(new FieldLabel(label, box, holder));
        inner->addWidget(box);
        inner->addStretch(1);
        m_columns.insert(box, holder);
        connect(box, &QComboBox::activated, this, [this] {
            updateDefaults(); // the learning rate is the optimizer's
            updateEstimate();
        });
    };
    combo(m_prediction, "trainPrediction", tr("Network guesses"));
    m_prediction->addItem(tr("noise (ε)"), int(engine::Prediction::Epsilon));
    m_prediction->addItem(tr("velocity (v)"), int(engine::Prediction::VPrediction));
    combo(m_betas, "trainBetas", tr("Noise grows"));
    m_betas->addItem(tr("scaled linear"), int(engine::BetaSchedule::ScaledLinear));
    m_betas->addItem(tr("linear"), int(engine::BetaSchedule::Linear));
    m_betas->addItem(tr("cosine"), int(engine::BetaSchedule::Cosine));
    combo(m_optimizer, "trainOptimizer", tr("Optimizer"));
    m_optimizer->addItem(QStringLiteral("Muon"), int(engine::OptimizerKind::Muon));
    m_optimizer->addItem(QStringLiteral("AdamW"), int(engine::OptimizerKind::AdamW));
    m_optimizer->setToolTip(tr("Muon needs fewer pictures for the same result; AdamW is what most others use"));
    combo(m_targets, "trainTargets", tr("Layers"));
    m_targets->addItem(tr("attention"), int(engine::LoraTargets::Attention));
    m_targets->addItem(tr("attention to the text"), int(engine::LoraTargets::CrossAttention));
    m_targets->addItem(tr("attention and feed forward"), int(engine::LoraTargets::Transformers));
    m_targets->setToolTip(tr("More layers learn more of how pictures look and make larger files"));

    auto *grid = new QGridLayout;
    grid->setHorizontalSpacing(metrics.space3);
    grid->setVerticalSpacing(metrics.fieldGap);
    int cell = 0;
    for (QWidget *field : QList<QWidget *>{m_size, m_seed, m_prediction, m_betas, m_warmup, m_sampleEvery, m_ema,
                                           m_minSnr, m_optimizer, m_dropout, m_targets}) {
        if (field == m_optimizer) // a LoRA has the one, all others have the other: one place for both
            grid->addWidget(m_columns.value(m_rank), cell / 2, cell % 2);
        grid->addWidget(m_columns.value(field), cell / 2, cell % 2);
        ++cell;
    }
    grid->setColumnStretch(0, 1);
    grid->setColumnStretch(1, 1);
    column->addLayout(grid);
    m_flip = new QCheckBox(tr("Mirror half of the pictures"), content);
    m_flip->setObjectName(QStringLiteral("trainFlip"));
    column->addWidget(m_flip);

    auto *prompts = new QWidget(content);
    m_prompts = new QPlainTextEdit(prompts);
    m_prompts->setObjectName(QStringLiteral("trainPrompts"));
    m_prompts->setAccessibleName(tr("Prompts of the samples"));
    m_prompts->setPlaceholderText(tr("One a line; captions of the set if empty"));
    m_prompts->setTabChangesFocus(true);
    m_prompts->setFixedHeight(84);
    auto *inner = new QVBoxLayout(prompts);
    inner->setContentsMargins(0, 0, 0, 0);
    inner->setSpacing(metrics.labelGap);
    inner->addWidget(new FieldLabel(tr("Prompts of the samples"), m_prompts, prompts));
    inner->addWidget(m_prompts);
    m_columns.insert(m_prompts, prompts);
    column->addWidget(prompts);
    return content;
}

QWidget *TrainSetup::makeFoot()
{
    auto *foot = new QWidget(this);
    auto *column = new QVBoxLayout(foot);
    column->setContentsMargins(16, 12, 16, 16);
    column->setSpacing(8);
    m_estimate = new Label(QString(), TextStyle::Detail, Token::Text3, foot);
    m_estimate->setObjectName(QStringLiteral("trainEstimate"));
    m_estimate->setWordWrap(true);
    m_measure = new Button(tr("Measure"), Button::Kind::Link, foot);
    m_measure->setObjectName(QStringLiteral("trainMeasure"));
    m_measure->setToolTip(tr("Trains a few steps to see how fast this machine is; nothing is kept of it"));
    m_start = new Button(tr("Start training"), Button::Kind::Primary, foot);
    m_start->setObjectName(QStringLiteral("trainStart"));
    m_start->setControlSize(Button::Size::Main);
    column->addWidget(m_estimate);
    column->addWidget(m_measure, 0, Qt::AlignLeft);
    column->addWidget(m_start);
    connect(m_measure, &Button::clicked, this, &TrainSetup::measure);
    connect(m_start, &Button::clicked, this, &TrainSetup::startRequested);
    return foot;
}

void TrainSetup::chooseFolder()
{
    auto *dialog = new QFileDialog(this, tr("Choose a Folder of Pictures"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::Directory);
    dialog->setOption(QFileDialog::ShowDirsOnly);
    dialog->setDirectory(folder().isEmpty() ? QStandardPaths::writableLocation(QStandardPaths::PicturesLocation)
                                            : folder());
    connect(dialog, &QFileDialog::fileSelected, this, &TrainSetup::setFolder);
    dialog->open();
}

void TrainSetup::setFolder(const QString &path)
{
    m_edited.clear();
    m_measured.clear();
    m_folder->setText(path.isEmpty() ? tr("Choose a folder…") : homePath(path));
    m_folder->setToolTip(path);
    m_name->setText(path.isEmpty() ? QString() : m_studio.trainings().freeName(QDir(path).dirName()));
    m_data->setFolder(path);
}

QString TrainSetup::folder() const
{
    return m_data->contents().folder;
}

QString TrainSetup::runName() const
{
    const QString name = m_name->text().trimmed();
    return name.isEmpty() ? QDir(folder()).dirName() : name;
}

engine::TrainKind TrainSetup::kind() const
{
    switch (m_kinds->currentIndex()) {
    case 1:
        return engine::TrainKind::Latent;
    case 2:
        return engine::TrainKind::Lora;
    default:
        return engine::TrainKind::Pixel;
    }
}

engine::OptimizerKind TrainSetup::optimizer() const
{
    return kind() == engine::TrainKind::Lora ? engine::OptimizerKind::AdamW
                                             : engine::OptimizerKind(m_optimizer->currentData().toInt());
}

QString TrainSetup::base() const
{
    const app::ModelEntry *entry = baseModel(m_studio);
    return entry && kind() != engine::TrainKind::Pixel ? entry->path : QString();
}

engine::TrainRequest TrainSetup::request() const
{
    engine::TrainRequest r;
    r.kind = kind();
    r.data = pathFrom(folder());
    r.base = pathFrom(base());
    r.size = m_size->intValue();
    r.steps = std::int64_t(m_steps->value());
    r.batch = m_batch->intValue();
    r.learningRate = m_rate->value();
    r.learningRateSchedule = engine::LearningRateSchedule(m_curve->currentData().toInt());
    r.warmupSteps = std::int64_t(m_warmup->value());
    r.sampleEvery = std::int64_t(m_sampleEvery->value());
    r.emaDecay = m_ema->value();
    r.minSnrGamma = m_minSnr->value();
    r.captionDropout = m_dropout->value();
    r.rank = m_rank->intValue();
    r.alpha = double(r.rank);
    r.seed = std::uint64_t(m_seed->value());
    r.prediction = engine::Prediction(m_prediction->currentData().toInt());
    r.betas = engine::BetaSchedule(m_betas->currentData().toInt());
    r.optimizer = optimizer();
    r.loraTargets = engine::LoraTargets(m_targets->currentData().toInt());
    r.flip = m_flip->isChecked();
    // A checkpoint of a whole latent model is large; the others are written in no time.
    r.checkpointMinutes = r.kind == engine::TrainKind::Latent ? 5.0 : 1.0;
    const QStringList lines = m_prompts->toPlainText().split(QLatin1Char('\n'), Qt::SkipEmptyParts);
    for (const QString &line : lines) {
        if (r.kind != engine::TrainKind::Pixel && !line.trimmed().isEmpty() && r.samplePrompts.size() < 4)
            r.samplePrompts.push_back(line.trimmed().toStdString());
    }
    return r;
}

void TrainSetup::show(const engine::TrainRequest &r)
{
    setFolder(pathText(r.data));
    m_kinds->setCurrentIndex(r.kind == engine::TrainKind::Latent ? 1 : r.kind == engine::TrainKind::Lora ? 2 : 0);
    const std::pair<NumberField *, double> values[] = {
        {m_steps, double(r.steps)}, {m_batch, double(r.batch)},        {m_rate, r.learningRate},
        {m_size, double(r.size)},   {m_warmup, double(r.warmupSteps)}, {m_sampleEvery, double(r.sampleEvery)},
        {m_ema, r.emaDecay},        {m_minSnr, r.minSnrGamma},         {m_dropout, r.captionDropout},
        {m_rank, double(r.rank)},   {m_seed, double(r.seed)}};
    for (const auto &[field, value] : values) {
        field->setValue(value);
        m_edited.insert(field);
    }
    m_curve->setCurrentIndex(m_curve->findData(int(r.learningRateSchedule)));
    m_prediction->setCurrentIndex(m_prediction->findData(int(r.prediction)));
    m_betas->setCurrentIndex(m_betas->findData(int(r.betas)));
    m_optimizer->setCurrentIndex(m_optimizer->findData(int(r.optimizer)));
    m_targets->setCurrentIndex(m_targets->findData(int(r.loraTargets)));
    m_flip->setChecked(r.flip);
    updateEstimate();
}

QWidget *TrainSetup::firstField() const
{
    return m_folder;
}

void TrainSetup::updateKinds()
{
    const app::ModelEntry *entry = baseModel(m_studio);
    const QString name = entry ? entry->name : QString();
    m_kinds->card(1)->setDetail(entry ? tr("on the autoencoder of %1").arg(name)
                                      : tr("needs a model with an autoencoder"));
    m_kinds->card(2)->setDetail(entry ? tr("small file, adds to %1").arg(name) : tr("needs a model to add to"));
    m_kinds->card(1)->setEnabled(entry != nullptr);
    m_kinds->card(2)->setEnabled(entry != nullptr);
    updateStart();
}

void TrainSetup::updateRows()
{
    const bool isLora = kind() == engine::TrainKind::Lora;
    const bool hasText = kind() != engine::TrainKind::Pixel;
    m_columns.value(m_rank)->setVisible(isLora);
    m_columns.value(m_targets)->setVisible(isLora);
    m_columns.value(m_dropout)->setVisible(hasText);
    m_columns.value(m_prompts)->setVisible(hasText);
    // A LoRA takes these over from its model.
    m_columns.value(m_prediction)->setVisible(!isLora);
    m_columns.value(m_betas)->setVisible(!isLora);
    m_columns.value(m_optimizer)->setVisible(!isLora);
    m_more->setNote(isLora ? tr("name, size, rank, layers, prompts") : tr("v-prediction, min-SNR, EMA"));
}

void TrainSetup::updateDefaults()
{
    const std::optional<engine::DeviceInfo> device = m_studio.engine().device();
    const bool isFast = device && device->device == "cuda";
    const auto set = [this](NumberField *field, double value) {
        if (!m_edited.contains(field))
            field->setValue(value);
    };
    const TrainSituation situation{
        .kind = kind(), .found = m_data->contents(), .base = baseModel(m_studio), .isFast = isFast};
    set(m_size, usualSize(situation));
    set(m_batch, usualBatch(situation, m_size->intValue()));
    set(m_rate, engine::usualLearningRate(kind(), optimizer()));
    set(m_steps, usualSteps(situation, m_batch->value()));
    const double steps = m_steps->value();
    set(m_warmup, std::min(500.0, std::floor(steps / 20.0)));
    set(m_sampleEvery, usualSampleSpacing(steps));
    set(m_ema, steps < 5000 ? 0.995 : 0.9995); // its memory must fit into the run
    set(m_minSnr, kind() == engine::TrainKind::Lora ? 0.0 : 5.0);
    set(m_dropout, 0.1);
    set(m_rank, 8);
    updateStart();
}

QString TrainSetup::obstacle() const
{
    const app::TrainingFolderContents &found = m_data->contents();
    if (found.folder.isEmpty())
        return tr("Choose a folder of pictures first.");
    if (!found.fault.isEmpty())
        return found.fault;
    if (found.pictures == 0)
        return tr("The folder is being looked at.");
    const int least = kind() == engine::TrainKind::Lora ? 1 : 2;
    if (found.isDone() && found.usable() < least)
        return tr("There must be %n picture(s) at least that can be read.", nullptr, least);
    if (kind() == engine::TrainKind::Latent && found.captioned == 0)
        return tr("A model with prompts needs captions: put the pictures into folders named after what they show, or "
                  "a text file of the same name beside each.");
    if (kind() != engine::TrainKind::Pixel && base().isEmpty())
        return tr("There is no model to stand on. Add one on the Models page.");
    return {};
}

void TrainSetup::updateStart()
{
    const bool isActive = m_studio.trainings().active() != nullptr;
    const QString reason =
        isActive ? tr("One training at a time: this one waits until the other is paused or over.") : obstacle();
    m_start->setText(isActive ? tr("Start a new run") : tr("Start training"));
    m_start->setEnabled(reason.isEmpty());
    m_start->setToolTip(reason);
}

void TrainSetup::updateEstimate()
{
    updateStart();
    const bool isActive = m_studio.trainings().active() != nullptr;
    const QString reason = obstacle();
    m_measure->hide();
    m_estimate->setColor(Token::Text3);
    if (isActive) {
        m_measureTimer.stop();
        m_estimate->setParagraph(tr("Fixed while training. New values start a new run."));
        return;
    }
    if (!reason.isEmpty()) {
        m_measureTimer.stop();
        m_estimate->setParagraph(folder().isEmpty() ? QString() : reason);
        m_estimate->setVisible(!folder().isEmpty());
        return;
    }
    m_estimate->show();
    const app::TrainingEstimate estimate = m_studio.trainingSpeed().estimate(request());
    m_estimate->setParagraph(estimateText(estimate));
    const bool hasExamples = !m_data->contents().exampleFiles.isEmpty();
    m_measure->setVisible(hasExamples && (estimate.source == app::TrainingEstimate::Source::Estimated ||
                                          estimate.source == app::TrainingEstimate::Source::Unknown));
    const QString wanted = QStringLiteral("%1|%2|%3").arg(int(kind())).arg(m_size->value()).arg(m_batch->value());
    if (estimate.source == app::TrainingEstimate::Source::Unknown && estimate.fault.isEmpty() && hasExamples &&
        m_studio.engine().device() && wanted != m_measured)
        m_measureTimer.start();
}

void TrainSetup::measure()
{
    if (m_studio.trainings().active() || m_data->contents().exampleFiles.isEmpty())
        return;
    m_measured = QStringLiteral("%1|%2|%3").arg(int(kind())).arg(m_size->value()).arg(m_batch->value());
    m_studio.trainingSpeed().measure(request(), m_data->contents().exampleFiles);
}

} // namespace ui
