#pragma once

#include "app/recipe_difference.h"
#include "ui/compare/compare_model.h"

#include <QAbstractTableModel>
#include <QStyledItemDelegate>
#include <QTableView>

namespace ui {

/// Rows: settings that differ (or all), then what came of them. Columns: the name, then a picture each.
class DifferenceModel : public QAbstractTableModel
{
    Q_OBJECT
public:
    enum Role {
        CanApplyRole = Qt::UserRole + 1, ///< bool
        SettingRole,                     ///< int(app::RecipeSetting), -1: none
        HeadingRole,                     ///< bool: a heading over the rows below
        StarsRole                        ///< int, -1: the cell shows text
    };

    explicit DifferenceModel(const CompareModel &pictures, QObject *parent = nullptr);
    void refresh();
    void setOnlyDifferent(bool isOnly);
    [[nodiscard]] bool isOnlyDifferent() const { return m_isOnly; }
    [[nodiscard]] int differing() const { return m_differing; }
    [[nodiscard]] int settings() const { return m_settings; }
    /// Names and values that are the same everywhere.
    [[nodiscard]] QString sameText() const { return m_same; }

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    [[nodiscard]] Qt::ItemFlags flags(const QModelIndex &index) const override;

private:
    struct Row
    {
        QString name = {};
        QStringList values = {};
        QList<int> stars = {};
        int setting = -1;
        bool canApply = false;
        bool isHeading = false;
        bool operator==(const Row &) const = default;
    };

    const CompareModel &m_pictures;
    QList<Row> m_rows;
    QString m_same;
    int m_columns = 0;
    int m_differing = 0;
    int m_settings = 0;
    bool m_isOnly = true;
};

/// The table of differences, as high as it needs. A value is taken over by its Apply, a double click or Enter.
class DifferenceTable : public QTableView
{
    Q_OBJECT
public:
    explicit DifferenceTable(DifferenceModel &model, QWidget *parent = nullptr);
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override { return {120, sizeHint().height()}; }
    [[nodiscard]] bool showsApply(const QModelIndex &index) const;
    [[nodiscard]] QRect applyRect(const QModelIndex &index) const;

Q_SIGNALS:
    void applyRequested(int picture, app::RecipeSetting setting);

protected:
    void keyPressEvent(QKeyEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void leaveEvent(QEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    void fit();
    void apply(const QModelIndex &index);

    DifferenceModel &m_model;
    QPersistentModelIndex m_hovered;
};

} // namespace ui
