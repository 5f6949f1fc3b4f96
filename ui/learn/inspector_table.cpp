#include "ui/learn/inspector_table.h"

#include "ui/common/theme.h"
#include "ui/create/words.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLocale>

namespace ui {

namespace {

QString milliseconds(double seconds)
{
    if (seconds >= 1.0)
        return durationText(seconds);
    return InspectorTableModel::tr("%1 ms").arg(QLocale().toString(qRound(seconds * 1000.0)));
}

} // namespace

void InspectorTableModel::setTrajectory(const app::TrajectoryPtr &trajectory)
{
    beginResetModel();
    m_trajectory = trajectory;
    endResetModel();
}

int InspectorTableModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() || !m_trajectory ? 0 : int(m_trajectory->steps.size());
}

int InspectorTableModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : Columns;
}

QVariant InspectorTableModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid())
        return {};
    if (role == Qt::TextAlignmentRole)
        return int(Qt::AlignRight | Qt::AlignVCenter);
    if (role != Qt::DisplayRole && role != Qt::AccessibleTextRole)
        return {};
    const engine::TrajectoryStep &step = m_trajectory->steps[std::size_t(index.row())];
    const QLocale locale;
    const auto number = [&locale](double value) {
        return locale.toString(value, 'f', value >= 100.0 ? 1 : value >= 10.0 ? 2 : 3);
    };
    switch (index.column()) {
    case Index:
        return step.index + 1;
    case Time:
        return locale.toString(qRound(step.timestep));
    case Sigma:
        return number(step.sigma);
    case XNorm:
        return number(step.xNorm);
    case EpsNorm:
        return number(step.epsNorm);
    case Gap:
        return step.guidance > 0.0 ? number(step.guidance) : QStringLiteral("–");
    case Seconds:
        return milliseconds(step.seconds);
    default:
        return {};
    }
}

QVariant InspectorTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return int(Qt::AlignRight | Qt::AlignVCenter);
    const bool isLong = role == Qt::ToolTipRole || role == Qt::AccessibleTextRole;
    if (role != Qt::DisplayRole && !isLong)
        return {};
    switch (section) {
    case Index:
        return isLong ? tr("Step") : QStringLiteral("i");
    case Time:
        return isLong ? tr("Time that the network is told") : QStringLiteral("t");
    case Sigma:
        return isLong ? tr("Noise level at the start of the step") : QStringLiteral("σ");
    case XNorm:
        return isLong ? tr("Size of the noisy picture (root mean square)") : QStringLiteral("‖x‖");
    case EpsNorm:
        return isLong ? tr("Size of the predicted noise (root mean square)") : QStringLiteral("‖ε‖");
    case Gap:
        return isLong ? tr("Gap between the guess with the prompt and the one without (root mean square)")
                      : QStringLiteral("‖Δ‖");
    case Seconds:
        return tr("Time");
    default:
        return {};
    }
}

InspectorTable::InspectorTable(QWidget *parent) : QTableView(parent), m_model(new InspectorTableModel(this))
{
    setObjectName(QStringLiteral("stepTable"));
    setAccessibleName(tr("Table of steps"));
    setModel(m_model);
    setSelectionBehavior(QAbstractItemView::SelectRows);
    setSelectionMode(QAbstractItemView::SingleSelection);
    setShowGrid(false);
    setTabKeyNavigation(false);
    setWordWrap(false);
    setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    verticalHeader()->hide();
    verticalHeader()->setDefaultSectionSize(28);
    horizontalHeader()->setHighlightSections(false);
    horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
    horizontalHeader()->setSectionResizeMode(InspectorTableModel::Index, QHeaderView::Fixed);
    horizontalHeader()->resizeSection(InspectorTableModel::Index, 40);
    horizontalHeader()->setMinimumSectionSize(32);
    horizontalHeader()->setFixedHeight(32);
    setFont(theme().font(TextStyle::Detail));
}

void InspectorTable::setTrajectory(const app::TrajectoryPtr &trajectory)
{
    m_isFollowing = true;
    m_model->setTrajectory(trajectory);
    m_isFollowing = false;
}

void InspectorTable::setStep(int step)
{
    m_isFollowing = true;
    setCurrentIndex(m_model->index(step, 0));
    m_isFollowing = false;
}

QString InspectorTable::text() const
{
    QString text;
    for (int row = -1; row < m_model->rowCount(); ++row) {
        QStringList cells;
        for (int column = 0; column < m_model->columnCount(); ++column)
            cells.append(row < 0 ? m_model->headerData(column, Qt::Horizontal, Qt::DisplayRole).toString()
                                 : m_model->index(row, column).data().toString());
        text += cells.join(u'\t') + u'\n';
    }
    return text;
}

void InspectorTable::currentChanged(const QModelIndex &current, const QModelIndex &previous)
{
    QTableView::currentChanged(current, previous);
    if (!m_isFollowing && current.isValid())
        Q_EMIT stepChosen(current.row());
}

void InspectorTable::keyPressEvent(QKeyEvent *event)
{
    const int step = currentIndex().row();
    if (event == QKeySequence::Copy)
        QGuiApplication::clipboard()->setText(text());
    else if (event->key() == Qt::Key_Left || event->key() == Qt::Key_Right)
        setCurrentIndex(m_model->index(
            std::clamp(step + (event->key() == Qt::Key_Right ? 1 : -1), 0, std::max(0, m_model->rowCount() - 1)), 0));
    else if (event->key() == Qt::Key_Home || event->key() == Qt::Key_End)
        setCurrentIndex(m_model->index(event->key() == Qt::Key_Home ? 0 : m_model->rowCount() - 1, 0));
    else
        QTableView::keyPressEvent(event);
}

} // namespace ui
