#pragma once

#include "app/trajectory_store.h"

#include <QAbstractTableModel>
#include <QTableView>

namespace ui {

/// The numbers of every step: i, t, sigma, norms, gap between the guidance halves, time.
class InspectorTableModel : public QAbstractTableModel
{
    Q_OBJECT
public:
    enum Column { Index, Time, Sigma, XNorm, EpsNorm, Gap, Seconds, Columns };

    explicit InspectorTableModel(QObject *parent = nullptr) : QAbstractTableModel(parent) {}
    void setTrajectory(const app::TrajectoryPtr &trajectory);
    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    app::TrajectoryPtr m_trajectory;
};

/// The table; its chosen row is the step that is shown.
class InspectorTable : public QTableView
{
    Q_OBJECT
public:
    explicit InspectorTable(QWidget *parent = nullptr);
    void setTrajectory(const app::TrajectoryPtr &trajectory);
    void setStep(int step);
    /// All of it as text with tabs, for the clipboard and other programs.
    [[nodiscard]] QString text() const;

Q_SIGNALS:
    void stepChosen(int step);

protected:
    void currentChanged(const QModelIndex &current, const QModelIndex &previous) override;
    void keyPressEvent(QKeyEvent *event) override;

private:
    InspectorTableModel *m_model;
    bool m_isFollowing = false; ///< the step was set from outside
};

} // namespace ui
