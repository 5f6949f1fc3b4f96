#include "ui/plot/axis_editor.h"

#include "ui/common/elided_label.h"
#include "ui/common/icon_button.h"
#include "ui/common/theme.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QListWidget>
#include <QMenu>
#include <QStandardItemModel>
#include <QStyle>
#include <QVBoxLayout>
#include <QWidgetAction>

namespace ui {

namespace {

constexpr int kListHeight = 320;

} // namespace

AxisEditor::AxisEditor(const QString &title, QWidget *parent)
    : QWidget(parent)
    , m_label(new FieldLabel(title, nullptr, this))
    , m_setting(new QComboBox(this))
    , m_row(new QWidget(this))
    , m_text(new QLineEdit(m_row))
    , m_choose(new IconButton(QStringLiteral("list"), tr("Choose values"), IconButton::Shape::Boxed, m_row))
    , m_menu(new QMenu(this))
    , m_list(new QListWidget(m_menu))
    , m_problem(new Label({}, TextStyle::Detail, Token::Danger, this))
{
    m_setting->setObjectName(QStringLiteral("setting"));
    m_setting->setAccessibleName(title);
    m_text->setObjectName(QStringLiteral("values"));
    m_text->setAccessibleName(tr("Values of %1").arg(title));
    m_problem->setWordWrap(true);
    m_problem->setObjectName(QStringLiteral("problem"));
    m_problem->hide();
    m_list->setObjectName(QStringLiteral("choices"));
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setAccessibleName(tr("Values"));
    auto *action = new QWidgetAction(m_menu);
    action->setDefaultWidget(m_list);
    m_menu->addAction(action);
    m_choose->setMenu(m_menu);
    m_choose->setPopupMode(QToolButton::InstantPopup);

    auto *row = new QHBoxLayout(m_row);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(4);
    row->addWidget(m_text, 1);
    row->addWidget(m_choose);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme().metrics().labelGap);
    column->addWidget(m_label);
    column->addWidget(m_setting);
    column->addWidget(m_row);
    column->addWidget(m_problem);

    connect(m_setting, &QComboBox::currentIndexChanged, this, &AxisEditor::chooseSetting);
    connect(m_text, &QLineEdit::textChanged, this, &AxisEditor::read);
    connect(m_list, &QListWidget::itemChanged, this, &AxisEditor::takeTicked);
    // A click anywhere in the row ticks it.
    connect(m_list, &QListWidget::itemActivated, m_list, [](QListWidgetItem *item) {
        item->setCheckState(item->checkState() == Qt::Checked ? Qt::Unchecked : Qt::Checked);
    });
    connect(m_menu, &QMenu::aboutToShow, this, &AxisEditor::fillChoices);
    fillSettings();
    chooseSetting();
}

void AxisEditor::fillSettings()
{
    m_isFilling = true;
    for (const app::PlotSetting setting : app::plotSettings())
        m_setting->addItem(app::plotSettingText(setting), int(setting));
    m_isFilling = false;
}

void AxisEditor::setContext(const app::PlotContext &context)
{
    m_context = context;
    // What cannot be varied here stays in the list, but cannot be chosen.
    if (auto *items = qobject_cast<QStandardItemModel *>(m_setting->model())) {
        const int row = m_setting->findData(int(app::PlotSetting::Strength));
        items->item(row)->setEnabled(!context.base.init.empty());
        items->item(row)->setToolTip(context.base.init.empty() ? tr("Needs a start picture") : QString());
    }
    read();
}

app::PlotAxis AxisEditor::axis() const
{
    return {app::PlotSetting(m_setting->currentData().toInt()), m_values.values};
}

void AxisEditor::setAxis(const app::PlotAxis &axis)
{
    m_isFilling = true;
    m_setting->setCurrentIndex(std::max(0, m_setting->findData(int(axis.setting))));
    m_isFilling = false;
    chooseSetting();
    if (axis.setting == app::PlotSetting::PromptOrder)
        m_text->setText(axis.values.value(0));
    else
        m_text->setText(app::joinPlotValues(axis.setting, axis.values));
    read();
}

void AxisEditor::chooseSetting()
{
    if (m_isFilling)
        return;
    const auto setting = app::PlotSetting(m_setting->currentData().toInt());
    m_row->setVisible(setting != app::PlotSetting::None);
    m_choose->setVisible(app::plotSettingIsChoice(setting));
    const QString example = app::plotSettingExample(setting);
    m_text->setPlaceholderText(example.isEmpty() ? tr("Values with commas") : tr("For example %1").arg(example));
    m_text->setToolTip(
        app::plotSettingIsChoice(setting)
            ? tr("Names with commas between them")
            : tr("Values with commas; ranges like 1-5, 1-9 (+2) or 1-9 [5]; text in \"quotation marks\""));
    m_text->clear();
    read();
}

void AxisEditor::fillChoices()
{
    m_isFilling = true;
    m_list->clear();
    const auto setting = app::PlotSetting(m_setting->currentData().toInt());
    int widest = 200;
    for (const app::PlotChoice &choice : app::plotChoices(setting, m_context)) {
        auto *item = new QListWidgetItem(choice.text, m_list);
        item->setData(Qt::UserRole, choice.value);
        item->setFlags(Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemIsUserCheckable);
        item->setCheckState(m_values.values.contains(choice.value) ? Qt::Checked : Qt::Unchecked);
        item->setSizeHint(QSize(0, 28));
        widest = std::max(widest, m_list->fontMetrics().horizontalAdvance(choice.text) + 64);
    }
    m_list->setFixedSize(std::min(widest, 400), std::min(kListHeight, 28 * m_list->count() + 8));
    m_isFilling = false;
    m_list->setFocus();
}

void AxisEditor::takeTicked()
{
    if (m_isFilling)
        return;
    const auto setting = app::PlotSetting(m_setting->currentData().toInt());
    // What was typed keeps its order; what is ticked joins at its end.
    QStringList values = m_values.values;
    for (int row = 0; row < m_list->count(); ++row) {
        const QListWidgetItem *item = m_list->item(row);
        const QString value = item->data(Qt::UserRole).toString();
        if (item->checkState() != Qt::Checked)
            values.removeAll(value);
        else if (!values.contains(value))
            values.append(value);
    }
    m_text->setText(app::joinPlotValues(setting, values));
}

void AxisEditor::read()
{
    if (m_isFilling)
        return;
    const auto setting = app::PlotSetting(m_setting->currentData().toInt());
    m_values = app::parsePlotValues(setting, m_text->text(), m_context);
    const int count = int(m_values.values.size());
    m_label->setCaption(count > 0 ? tr("%n value(s)", nullptr, count) : QString());
    showProblem();
    Q_EMIT changed();
}

void AxisEditor::setOtherProblem(const QString &problem)
{
    m_otherProblem = problem;
    showProblem();
}

void AxisEditor::showProblem()
{
    // An empty field is no fault of the user's yet.
    const bool isEmpty = m_text->text().trimmed().isEmpty();
    const QString problem = !m_values.problem.isEmpty() && !isEmpty ? m_values.problem : m_otherProblem;
    m_problem->setText(problem);
    m_problem->setVisible(!problem.isEmpty());
    const bool isInvalid = !m_values.problem.isEmpty() && !isEmpty;
    if (m_text->property("invalid").toBool() != isInvalid) {
        m_text->setProperty("invalid", isInvalid);
        m_text->style()->unpolish(m_text);
        m_text->style()->polish(m_text);
    }
    m_text->setAccessibleDescription(problem);
}

QList<QWidget *> AxisEditor::tabOrder() const
{
    return {m_setting, m_text, m_choose};
}

} // namespace ui
