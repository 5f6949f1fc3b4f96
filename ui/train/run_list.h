#pragma once

#include <QListView>
#include <QSet>
#include <QStyledItemDelegate>

namespace app {
class TrainingRuns;
}

namespace ui {

/// Runs with their state; a mark at the left of each says whether its curve is drawn too.
class RunList : public QListView
{
    Q_OBJECT
public:
    explicit RunList(app::TrainingRuns &runs, QWidget *parent = nullptr);

    [[nodiscard]] QStringList compared() const;
    void setCompared(const QString &id, bool isCompared);
    [[nodiscard]] bool isCompared(const QString &id) const { return m_compared.contains(id); }
    [[nodiscard]] QString currentId() const;
    void setCurrentId(const QString &id);

Q_SIGNALS:
    void chosen(const QString &id);
    void comparedChanged();
    void removeRequested(const QString &id);

protected:
    void mousePressEvent(QMouseEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;

private:
    app::TrainingRuns &m_runs;
    QSet<QString> m_compared;
};

} // namespace ui
