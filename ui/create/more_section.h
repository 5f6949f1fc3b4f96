#pragma once

#include "engine/request.h"

#include <QWidget>

class QComboBox;

namespace ui {

class FieldLabel;
class NumberField;
class ValueSlider;

/// What few change: clip skip, guidance rescale, noise per step, where noise comes from, precision, weights grammar.
class MoreSection : public QWidget
{
    Q_OBJECT
public:
    explicit MoreSection(QWidget *parent = nullptr);

    /// Writes its values into a request.
    void fill(engine::GenerateRequest &request) const;
    void show(const engine::GenerateRequest &request);
    /// Fields that this sampler, and a model with or without prompt, cannot use are switched off.
    void setPossible(const std::string &sampler, bool takesPrompt);
    [[nodiscard]] engine::PromptWeighting weighting() const;
    /// In the order of Tab.
    [[nodiscard]] QList<QWidget *> fields() const;

Q_SIGNALS:
    void edited();

private:
    NumberField *m_clipSkip;
    ValueSlider *m_rescale;
    ValueSlider *m_eta;
    FieldLabel *m_etaLabel;
    QComboBox *m_noise;
    QComboBox *m_precision;
    QComboBox *m_weighting;
    double m_etaOfOthers = 1.0; ///< of ancestral and SDE samplers
    double m_etaOfDdim = 0.0;
    bool m_isDdim = false;
};

/// A combo box that the wheel changes only while it has the focus.
QComboBox *makeCombo(const QString &name, QWidget *parent);

} // namespace ui
