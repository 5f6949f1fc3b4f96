#include "ui/learn/branch_form.h"

#include "engine/catalog.h"
#include "ui/common/button.h"
#include "ui/common/elided_label.h"
#include "ui/common/hair_line.h"
#include "ui/common/icon_button.h"
#include "ui/common/number_field.h"
#include "ui/common/panel_head.h"
#include "ui/common/seed_field.h"
#include "ui/common/value_slider.h"
#include "ui/create/prompt_edit.h"
#include "ui/create/words.h"

#include <QCheckBox>
#include <QComboBox>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QScrollArea>
#include <QVBoxLayout>

namespace ui {

namespace {

void select(QComboBox *combo, const std::string &id)
{
    const int at = combo->findData(QString::fromStdString(id));
    combo->setCurrentIndex(std::max(at, 0));
}

std::string chosen(const QComboBox *combo)
{
    return combo->currentData().toString().toStdString();
}

} // namespace

BranchForm::BranchForm(QWidget *parent)
    : QWidget(parent)
    , m_head(new PanelHead(QString(), this))
    , m_prompt(new PromptEdit(64, 160, this))
    , m_negative(new PromptEdit(40, 100, this))
    , m_sampler(new QComboBox(this))
    , m_schedule(new QComboBox(this))
    , m_steps(new NumberField(this))
    , m_guidance(new ValueSlider(this))
    , m_otherNoise(new QCheckBox(tr("Other noise in these steps"), this))
    , m_seed(new SeedField(this))
    , m_noiseNote(new Label(QString(), TextStyle::Caption, Token::Text3, this))
    , m_note(new Label(QString(), TextStyle::Detail, Token::Text3, this))
    , m_submit(new Button(tr("Make branch"), Button::Kind::Primary, this))
{
    setObjectName(QStringLiteral("branchForm"));
    m_prompt->setObjectName(QStringLiteral("branchPrompt"));
    m_negative->setObjectName(QStringLiteral("branchNegative"));
    m_sampler->setObjectName(QStringLiteral("branchSampler"));
    m_schedule->setObjectName(QStringLiteral("branchSchedule"));
    m_steps->setObjectName(QStringLiteral("branchSteps"));
    m_guidance->setObjectName(QStringLiteral("branchGuidance"));
    m_otherNoise->setObjectName(QStringLiteral("branchNoise"));
    m_submit->setObjectName(QStringLiteral("branchSubmit"));
    m_prompt->setAccessibleName(tr("Prompt"));
    m_negative->setAccessibleName(tr("Negative prompt"));
    m_sampler->setAccessibleName(tr("Sampler"));
    m_schedule->setAccessibleName(tr("Schedule"));
    m_steps->setAccessibleName(tr("Remaining steps"));
    for (const engine::SamplerInfo &info : engine::samplers())
        m_sampler->addItem(samplerText(std::string(info.id)),
                           QString::fromUtf8(info.id.data(), qsizetype(info.id.size())));
    for (const engine::ScheduleInfo &info : engine::schedules())
        m_schedule->addItem(scheduleText(std::string(info.id)),
                            QString::fromUtf8(info.id.data(), qsizetype(info.id.size())));
    m_steps->setRange(1, 1000);
    m_guidance->setRange(0, 100);
    m_guidance->setSliderRange(1, 20);
    m_guidance->setSingleStep(0.5);
    m_guidance->setDecimals(2);
    m_guidance->setAccessibleLabel(tr("Guidance"));
    m_noiseNote->setWordWrap(true);
    m_note->setWordWrap(true);

    auto *body = new QWidget(this);
    auto *column = new QVBoxLayout(body);
    column->setContentsMargins(16, 16, 16, 16);
    column->setSpacing(6);
    const auto add = [&](const QString &label, QWidget *field) {
        if (column->count() > 0)
            column->addSpacing(10);
        column->addWidget(new FieldLabel(label, field, body));
        column->addWidget(field);
    };
    add(tr("Prompt"), m_prompt);
    add(tr("Negative prompt"), m_negative);
    add(tr("Guidance"), m_guidance);
    add(tr("Sampler"), m_sampler);
    add(tr("Schedule"), m_schedule);
    add(tr("Remaining steps"), m_steps);
    column->addSpacing(10);
    column->addWidget(m_otherNoise);
    column->addWidget(m_seed);
    column->addWidget(m_noiseNote);
    column->addStretch(1);
    auto *scroll = new QScrollArea(this);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setFocusPolicy(Qt::NoFocus);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidget(body);

    auto *cancel = new Button(tr("Cancel"), this);
    cancel->setObjectName(QStringLiteral("branchCancel"));
    m_submit->setIconName(QStringLiteral("branch"));
    m_submit->setKeyHint(QStringLiteral("Ctrl+Enter"));
    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(8);
    buttons->addWidget(cancel);
    buttons->addWidget(m_submit, 1);
    auto *foot = new QVBoxLayout;
    foot->setContentsMargins(16, 12, 16, 16);
    foot->setSpacing(10);
    foot->addWidget(m_note);
    foot->addLayout(buttons);
    auto *all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->setSpacing(0);
    all->addWidget(m_head);
    all->addWidget(scroll, 1);
    all->addWidget(new HairLine(this));
    all->addLayout(foot);

    connect(cancel, &Button::clicked, this, &BranchForm::cancelled);
    connect(m_submit, &Button::clicked, this, &BranchForm::submitted);
    for (PromptEdit *edit : {m_prompt, m_negative})
        connect(edit, &QPlainTextEdit::textChanged, this, &BranchForm::refresh);
    for (QComboBox *combo : {m_sampler, m_schedule})
        connect(combo, &QComboBox::currentIndexChanged, this, &BranchForm::refresh);
    connect(m_steps, &NumberField::valueChanged, this, &BranchForm::refresh);
    connect(m_guidance, &ValueSlider::valueChanged, this, &BranchForm::refresh);
    connect(m_otherNoise, &QCheckBox::toggled, this, &BranchForm::refresh);
    connect(m_seed, &SeedField::seedChanged, this, &BranchForm::refresh);
}

void BranchForm::start(const app::TrajectoryPtr &parent, int step)
{
    m_parent = parent;
    m_step = step;
    const engine::GenerateRequest &used = parent->request;
    m_head->setTitle(tr("Branch from step %1").arg(step + 1));
    m_prompt->setPlainText(QString::fromStdString(used.prompt));
    m_negative->setPlainText(QString::fromStdString(used.negativePrompt));
    const engine::SamplerInfo *sampler = engine::findSampler(parent->sampler.empty() ? used.sampler : parent->sampler);
    const engine::ScheduleInfo *schedule =
        engine::findSchedule(parent->schedule.empty() ? used.schedule : parent->schedule);
    select(m_sampler, sampler ? std::string(sampler->id) : std::string());
    select(m_schedule, schedule ? std::string(schedule->id) : std::string());
    m_startSampler = chosen(m_sampler);
    m_startSchedule = chosen(m_schedule);
    m_steps->setValue(int(parent->steps.size()) - step);
    m_guidance->setValue(used.guidanceScale);
    m_otherNoise->setChecked(false);
    m_seed->setSeed(used.seed);
    setProblem({});
    refresh();
}

engine::GenerateRequest BranchForm::request() const
{
    engine::GenerateRequest request = m_parent->request;
    const int remaining = m_steps->intValue();
    request.prompt = m_prompt->toPlainText().toStdString();
    request.negativePrompt = m_negative->toPlainText().toStdString();
    // What was not touched stays as it was asked for: an empty schedule is the sampler's own.
    if (chosen(m_sampler) != m_startSampler)
        request.sampler = chosen(m_sampler);
    if (chosen(m_schedule) != m_startSchedule)
        request.schedule = chosen(m_schedule);
    if (remaining != int(m_parent->steps.size()) - m_step)
        request.steps += remaining - (int(m_parent->steps.size()) - m_step); // a start picture takes fewer than asked
    request.guidanceScale = m_guidance->value();
    request.count = 1;
    request.keepTrajectory = true;
    request.saveLatentsFile.clear();
    request.branchFrom = m_parent;
    request.branchStep = m_step;
    request.branchNoiseSeed.reset();
    if (m_otherNoise->isChecked() && m_otherNoise->isEnabled() && m_seed->hasSeed())
        request.branchNoiseSeed = m_seed->seed();
    return request;
}

bool BranchForm::isSame() const
{
    engine::GenerateRequest request = this->request();
    request.branchFrom.reset();
    request.branchStep = m_parent->request.branchStep;
    request.keepTrajectory = m_parent->request.keepTrajectory;
    request.saveLatentsFile = m_parent->request.saveLatentsFile;
    return request == m_parent->request;
}

void BranchForm::refresh()
{
    if (!m_parent)
        return;
    const engine::SamplerInfo *sampler = engine::findSampler(chosen(m_sampler));
    const bool isRandom = sampler && (sampler->stochastic || sampler->id == "ddim");
    m_otherNoise->setEnabled(isRandom);
    m_seed->setVisible(isRandom && m_otherNoise->isChecked());
    m_noiseNote->setText(isRandom ? tr("Unchecked: the noise that the parent had.")
                                  : tr("%1 adds no noise after the first step.")
                                        .arg(sampler ? samplerText(std::string(sampler->id)) : QString()));
    const bool isFine = m_steps->problem().isEmpty();
    m_submit->setEnabled(isFine);
    if (!isFine)
        setProblem(m_steps->problem());
    else if (isSame())
        m_note->setText(tr("Nothing is changed: this branch gives the same picture."));
    else
        m_note->setText(m_step == 0 ? tr("Starts from the same noise.")
                                    : tr("The first %n step(s) are the parent's, to the last bit.", nullptr, m_step));
    m_note->setColor(isFine ? Token::Text3 : Token::Danger);
}

void BranchForm::setProblem(const QString &text)
{
    m_note->setText(text);
    m_note->setColor(text.isEmpty() ? Token::Text3 : Token::Danger);
}

void BranchForm::focusFirst()
{
    m_prompt->setFocus(Qt::ShortcutFocusReason);
    m_prompt->selectAll();
}

void BranchForm::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Escape)
        Q_EMIT cancelled();
    else if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) &&
             event->modifiers() & Qt::ControlModifier && m_submit->isEnabled())
        Q_EMIT submitted();
    else
        QWidget::keyPressEvent(event);
}

QString branchDifferences(const app::Branch &branch)
{
    const engine::GenerateRequest &own = branch.request;
    const engine::GenerateRequest &parent = branch.parentRequest;
    QStringList parts;
    if (own.prompt != parent.prompt)
        parts.append(BranchForm::tr("another prompt"));
    if (own.negativePrompt != parent.negativePrompt)
        parts.append(BranchForm::tr("another negative prompt"));
    if (own.guidanceScale != parent.guidanceScale)
        parts.append(BranchForm::tr("guidance %1").arg(numberText(own.guidanceScale, 2)));
    if (own.sampler != parent.sampler)
        parts.append(samplerText(own.sampler));
    if (own.schedule != parent.schedule && own.sampler == parent.sampler)
        parts.append(scheduleText(own.schedule));
    if (own.steps != parent.steps)
        parts.append(BranchForm::tr("%n step(s)", nullptr, own.steps));
    if (branch.noiseSeed)
        parts.append(BranchForm::tr("seed %1").arg(*branch.noiseSeed));
    return parts.isEmpty() ? BranchForm::tr("nothing changed") : parts.join(QStringLiteral(", "));
}

} // namespace ui
