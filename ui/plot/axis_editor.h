#pragma once

#include "app/xy_values.h"

#include <QWidget>

class QComboBox;
class QLineEdit;
class QListWidget;
class QMenu;

namespace ui {

class FieldLabel;
class IconButton;
class Label;

/// One axis of a plot: which setting, and its values as text or ticked in a list; faults are said below the field.
class AxisEditor : public QWidget
{
    Q_OBJECT
public:
    explicit AxisEditor(const QString &title, QWidget *parent = nullptr);

    void setContext(const app::PlotContext &context);
    [[nodiscard]] app::PlotAxis axis() const; ///< without values while there is a problem
    void setAxis(const app::PlotAxis &axis);
    [[nodiscard]] QString problem() const { return m_values.problem; }
    /// A problem that is not of the values alone; empty: none.
    void setOtherProblem(const QString &problem);
    [[nodiscard]] QList<QWidget *> tabOrder() const;

Q_SIGNALS:
    void changed();

private:
    void fillSettings();
    void fillChoices();
    void chooseSetting();
    void read();
    void takeTicked();
    void showProblem();

    app::PlotContext m_context;
    app::PlotValues m_values;
    QString m_otherProblem;
    FieldLabel *m_label;
    QComboBox *m_setting;
    QWidget *m_row;
    QLineEdit *m_text;
    IconButton *m_choose;
    QMenu *m_menu;
    QListWidget *m_list;
    Label *m_problem;
    bool m_isFilling = false;
};

} // namespace ui
