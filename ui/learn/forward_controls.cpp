#include "ui/learn/forward_controls.h"

#include "ui/common/elided_label.h"
#include "ui/common/icon_button.h"
#include "ui/common/number_field.h"
#include "ui/common/segmented_control.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QSignalBlocker>
#include <QVBoxLayout>

namespace ui {

namespace {

enum Schedule { kLinear, kScaledLinear, kCosine, kZeroTerminal };

QVBoxLayout *labelled(const QString &text, QWidget *buddy, QLayout *content, QWidget *parent)
{
    auto *column = new QVBoxLayout;
    column->setSpacing(6);
    column->addWidget(new FieldLabel(text, buddy, parent));
    column->addLayout(content);
    return column;
}

QHBoxLayout *rowOf(std::initializer_list<QWidget *> widgets)
{
    auto *row = new QHBoxLayout;
    row->setSpacing(8);
    for (QWidget *widget : widgets)
        row->addWidget(widget);
    return row;
}

} // namespace

ForwardControls::ForwardControls(QWidget *parent)
    : QWidget(parent)
    , m_schedule(new QComboBox(this))
    , m_start(new NumberField(this))
    , m_end(new NumberField(this))
    , m_space(new SegmentedControl(this))
    , m_noise(new SegmentedControl(this))
    , m_dice(new IconButton(QStringLiteral("dice"), tr("Other noise"), IconButton::Shape::Boxed, this))
    , m_problem(new Label(QString(), TextStyle::Caption, Token::Danger, this))
{
    m_schedule->setObjectName(QStringLiteral("schedule"));
    m_schedule->setAccessibleName(tr("Schedule"));
    m_schedule->addItems({tr("Linear"), tr("Scaled linear"), tr("Cosine"), tr("Zero terminal SNR")});
    m_schedule->setToolTip(tr("How fast the picture goes. Linear is that of the first paper (DDPM), scaled linear that "
                              "of Stable Diffusion, zero terminal SNR the same with nothing left at the end."));
    m_schedule->setFixedWidth(168);
    m_start->setObjectName(QStringLiteral("betaStart"));
    m_start->setAccessibleName(tr("First beta"));
    m_end->setObjectName(QStringLiteral("betaEnd"));
    m_end->setAccessibleName(tr("Last beta"));
    for (NumberField *field : {m_start, m_end}) {
        field->setDecimals(6);
        field->setRange(0.000001, 0.999);
        field->setSingleStep(0.0001);
        field->setFixedWidth(96);
        connect(field, &NumberField::problemChanged, this, &ForwardControls::showProblem);
        connect(field, &NumberField::valueChanged, this, &ForwardControls::optionsChanged);
    }
    m_space->setObjectName(QStringLiteral("space"));
    m_space->setAccessibleName(tr("Space"));
    m_space->addChoice(tr("Pixels"));
    m_space->addChoice(tr("Latent"), {}, tr("In the numbers of the model's autoencoder"));
    m_noise->setObjectName(QStringLiteral("noise"));
    m_noise->setAccessibleName(tr("Noise"));
    m_noise->addChoice(tr("The same"), {}, tr("The same noise at every t"));
    m_noise->addChoice(tr("Fresh"), {}, tr("New noise at every t"));
    m_dice->setObjectName(QStringLiteral("dice"));
    m_problem->hide();

    auto *row = new QHBoxLayout;
    row->setSpacing(12);
    row->addLayout(labelled(tr("Schedule"), m_schedule, rowOf({m_schedule}), this));
    row->addLayout(labelled(tr("β from, to"), m_start, rowOf({m_start, m_end}), this));
    row->addLayout(labelled(tr("Space"), m_space, rowOf({m_space}), this));
    row->addLayout(labelled(tr("Noise"), m_noise, rowOf({m_noise, m_dice}), this));
    row->addStretch(1);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(24, 10, 24, 12);
    column->setSpacing(4);
    column->addLayout(row);
    column->addWidget(m_problem);

    chooseSchedule(kLinear);
    m_start->setRule([this](double value) { return problemOf(value, m_end->value()); });
    m_end->setRule([this](double value) { return problemOf(m_start->value(), value); });
    connect(m_schedule, &QComboBox::currentIndexChanged, this, [this](int index) {
        chooseSchedule(index);
        Q_EMIT optionsChanged();
    });
    connect(m_space, &SegmentedControl::currentChanged, this, &ForwardControls::spaceChanged);
    connect(m_noise, &SegmentedControl::currentChanged, this, &ForwardControls::noiseChanged);
    connect(m_dice, &QToolButton::clicked, this, &ForwardControls::diceThrown);
}

void ForwardControls::chooseSchedule(int index)
{
    // Each with the range that it is known with.
    const QSignalBlocker quietStart(m_start);
    const QSignalBlocker quietEnd(m_end);
    const bool isLinear = index == kLinear;
    m_start->setValue(1e-6); // below any last value, so that no order of the two is wrong for a moment
    m_end->setValue(isLinear ? 0.02 : 0.012);
    m_start->setValue(isLinear ? 1e-4 : 0.00085);
    m_start->setEnabled(index != kCosine);
    m_end->setEnabled(index != kCosine);
    const QString why = index == kCosine ? tr("The cosine schedule has no range of its own.") : QString();
    m_start->setToolTip(why);
    m_end->setToolTip(why);
    m_start->update();
    m_end->update();
    showProblem();
}

engine::ForwardOptions ForwardControls::options() const
{
    engine::ForwardOptions options{.betaStart = m_start->value(), .betaEnd = m_end->value()};
    switch (m_schedule->currentIndex()) {
    case kScaledLinear:
        options.curve = engine::NoiseCurve::ScaledLinear;
        break;
    case kCosine:
        options.curve = engine::NoiseCurve::Cosine;
        break;
    case kZeroTerminal:
        options.curve = engine::NoiseCurve::ScaledLinear;
        options.isZeroTerminal = true;
        break;
    default:
        break;
    }
    return options;
}

QString ForwardControls::problemOf(double start, double end) const
{
    if (start > end)
        return tr("The first β must not be above the last.");
    engine::ForwardOptions wanted = options();
    wanted.betaStart = start;
    wanted.betaEnd = end;
    if (!engine::problemOf(wanted).empty())
        return tr("This range removes the picture long before the end. Choose a smaller last β.");
    return {};
}

void ForwardControls::showProblem()
{
    const QString problem = !m_start->problem().isEmpty() ? m_start->problem() : m_end->problem();
    m_problem->setText(problem);
    m_problem->setVisible(!problem.isEmpty());
}

ForwardSpace ForwardControls::space() const
{
    return m_space->currentIndex() == 1 ? ForwardSpace::Latent : ForwardSpace::Pixels;
}

void ForwardControls::setSpace(ForwardSpace space)
{
    m_space->setCurrentIndex(space == ForwardSpace::Latent ? 1 : 0);
}

ForwardNoise ForwardControls::noise() const
{
    return m_noise->currentIndex() == 1 ? ForwardNoise::Fresh : ForwardNoise::Same;
}

} // namespace ui
