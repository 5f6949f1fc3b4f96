#include "ui/create/more_section.h"

#include "engine/catalog.h"
#include "ui/common/elided_label.h"
#include "ui/common/number_field.h"
#include "ui/common/value_slider.h"

#include <QAbstractItemView>
#include <QComboBox>
#include <QGridLayout>
#include <QVBoxLayout>
#include <QWheelEvent>

namespace ui {

namespace {

class Combo : public QComboBox
{
public:
    using QComboBox::QComboBox;

protected:
    void wheelEvent(QWheelEvent *event) override
    {
        if (hasFocus())
            QComboBox::wheelEvent(event);
        else
            event->ignore();
    }
};

QVBoxLayout *labelled(FieldLabel *label, QWidget *field)
{
    auto *column = new QVBoxLayout;
    column->setSpacing(theme().metrics().labelGap);
    column->addWidget(label);
    column->addWidget(field);
    return column;
}

} // namespace

QComboBox *makeCombo(const QString &name, QWidget *parent)
{
    auto *combo = new Combo(parent);
    combo->setAccessibleName(name);
    combo->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    combo->setMinimumContentsLength(6);
    combo->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    combo->setMaxVisibleItems(16);
    combo->view()->setTextElideMode(Qt::ElideRight);
    return combo;
}

MoreSection::MoreSection(QWidget *parent) : QWidget(parent)
{
    const Metrics &metrics = theme().metrics();
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, metrics.space3, 0, 0);
    column->setSpacing(metrics.fieldGap);

    m_rescale = new ValueSlider(this);
    m_rescale->setObjectName(QStringLiteral("guidanceRescale"));
    m_rescale->setRange(0.0, 1.0);
    m_rescale->setSliderRange(0.0, 1.0);
    m_rescale->setSingleStep(0.05);
    m_rescale->setDecimals(2);
    m_rescale->setDefaultValue(0.0);
    m_rescale->setAccessibleLabel(tr("Guidance rescale"));
    column->addLayout(labelled(new FieldLabel(tr("Guidance rescale"), m_rescale->field(), this), m_rescale));

    m_eta = new ValueSlider(this);
    m_eta->setObjectName(QStringLiteral("eta"));
    m_eta->setRange(0.0, 2.0);
    m_eta->setSliderRange(0.0, 1.0);
    m_eta->setSingleStep(0.05);
    m_eta->setDecimals(2);
    m_eta->setDefaultValue(1.0);
    m_eta->setAccessibleLabel(tr("Noise per step (eta)"));
    m_etaLabel = new FieldLabel(tr("Noise per step (eta)"), m_eta->field(), this);
    column->addLayout(labelled(m_etaLabel, m_eta));

    m_clipSkip = new NumberField(this);
    m_clipSkip->setObjectName(QStringLiteral("clipSkip"));
    m_clipSkip->setRange(1, 12);
    m_clipSkip->setValue(1);
    m_clipSkip->setStepButtonsVisible(true);
    m_clipSkip->setAccessibleName(tr("Clip skip"));
    m_clipSkip->setToolTip(tr("1 takes the last layer of the text encoder, 2 the one before"));
    m_noise = makeCombo(tr("Noise"), this);
    m_noise->setObjectName(QStringLiteral("noise"));
    m_noise->addItem(tr("CPU"));
    m_noise->addItem(tr("NV"));
    m_noise->setItemData(0, tr("The same numbers as torch.randn on a processor"), Qt::ToolTipRole);
    m_noise->setItemData(1, tr("The same numbers as on an NVIDIA card"), Qt::ToolTipRole);
    m_precision = makeCombo(tr("Precision"), this);
    m_precision->setObjectName(QStringLiteral("precision"));
    m_precision->addItems({tr("Automatic"), QStringLiteral("float32"), QStringLiteral("bfloat16")});
    m_weighting = makeCombo(tr("Weights"), this);
    m_weighting->setObjectName(QStringLiteral("weighting"));
    m_weighting->addItems({QStringLiteral("AUTOMATIC1111"), QStringLiteral("ComfyUI"), tr("No norm")});
    m_weighting->setToolTip(tr("How weights like (word:1.2) are applied"));

    auto *grid = new QGridLayout;
    grid->setHorizontalSpacing(metrics.space3);
    grid->setVerticalSpacing(metrics.fieldGap);
    grid->addLayout(labelled(new FieldLabel(tr("Clip skip"), m_clipSkip, this), m_clipSkip), 0, 0);
    grid->addLayout(labelled(new FieldLabel(tr("Weights"), m_weighting, this), m_weighting), 0, 1);
    grid->addLayout(labelled(new FieldLabel(tr("Noise"), m_noise, this), m_noise), 1, 0);
    grid->addLayout(labelled(new FieldLabel(tr("Precision"), m_precision, this), m_precision), 1, 1);
    grid->setColumnStretch(0, 1);
    grid->setColumnStretch(1, 1);
    column->addLayout(grid);

    connect(m_rescale, &ValueSlider::valueChanged, this, &MoreSection::edited);
    connect(m_eta, &ValueSlider::valueChanged, this, [this](double value) {
        (m_isDdim ? m_etaOfDdim : m_etaOfOthers) = value;
        Q_EMIT edited();
    });
    connect(m_clipSkip, &NumberField::valueChanged, this, &MoreSection::edited);
    for (QComboBox *combo : {m_noise, m_precision, m_weighting})
        connect(combo, &QComboBox::currentIndexChanged, this, &MoreSection::edited);
}

void MoreSection::fill(engine::GenerateRequest &request) const
{
    request.guidanceRescale = m_rescale->value();
    request.eta = m_etaOfOthers;
    request.ddimEta = m_etaOfDdim;
    request.clipSkip = m_clipSkip->intValue();
    request.rng = engine::RngKind(m_noise->currentIndex());
    request.precision = engine::Precision(m_precision->currentIndex());
    request.weighting = weighting();
}

void MoreSection::show(const engine::GenerateRequest &request)
{
    m_rescale->setValue(request.guidanceRescale);
    m_etaOfOthers = request.eta;
    m_etaOfDdim = request.ddimEta;
    m_eta->setValue(m_isDdim ? m_etaOfDdim : m_etaOfOthers);
    m_clipSkip->setValue(request.clipSkip);
    m_noise->setCurrentIndex(int(request.rng));
    m_precision->setCurrentIndex(int(request.precision));
    m_weighting->setCurrentIndex(int(request.weighting));
}

engine::PromptWeighting MoreSection::weighting() const
{
    return engine::PromptWeighting(m_weighting->currentIndex());
}

void MoreSection::setPossible(const std::string &sampler, bool takesPrompt)
{
    const engine::SamplerInfo *info = engine::findSampler(sampler);
    const bool isDdim = info != nullptr && info->id == "ddim";
    const bool usesEta = isDdim || (info != nullptr && info->stochastic);
    const double eta = isDdim ? m_etaOfDdim : m_etaOfOthers;
    m_isDdim = isDdim;
    m_eta->setDefaultValue(isDdim ? 0.0 : 1.0);
    m_eta->setValue(eta);
    m_eta->setEnabled(usesEta);
    m_etaLabel->setCaption(usesEta ? QString() : tr("not used by this sampler"));
    m_rescale->setEnabled(takesPrompt);
    m_clipSkip->setEnabled(takesPrompt);
    m_weighting->setEnabled(takesPrompt);
}

QList<QWidget *> MoreSection::fields() const
{
    return {m_rescale->field(), m_eta->field(), m_clipSkip, m_weighting, m_noise, m_precision};
}

} // namespace ui
