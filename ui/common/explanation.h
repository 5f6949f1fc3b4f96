#pragma once

#include <QWidget>

namespace ui {

class Formula;
class Label;

/// What is seen on a page, in plain words, with the one formula that matters: a band below the toolbar.
class Explanation : public QWidget
{
    Q_OBJECT
public:
    explicit Explanation(QWidget *parent = nullptr);
    /// \param formula  see drawFormula(); empty: none
    /// \param spoken   the formula in words
    void setContent(const QString &text, const QString &formula, const QString &spoken);

private:
    Label *m_text;
    Formula *m_formula;
};

} // namespace ui
