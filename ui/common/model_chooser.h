#pragma once

#include <QImage>
#include <QPersistentModelIndex>
#include <QWidget>

class QAbstractItemModel;

namespace ui {

enum class ModelState { Ready, Loaded, Loading, Damaged, Missing };

/// Which roles of the item model say what (column 0, rows are models).
struct ModelRoles
{
    int name = Qt::DisplayRole;
    int detail = Qt::UserRole;        ///< second line: family, size, state in words
    int state = -1;                   ///< int of ui::ModelState; -1 where there is no such role
    int picture = Qt::DecorationRole; ///< QImage, QPixmap or nothing
};

/// How a model is painted, in the field, the list and elsewhere.
struct ModelRow
{
    QString name = {};
    QString detail = {};
    ModelState state = ModelState::Ready;
    double loading = -1.0; ///< 0..1: a meter instead of the detail
    QImage picture = {};
};

ModelRow modelRow(const QModelIndex &index, const ModelRoles &roles);
/// Picture 36, name and detail into `rect`.
void paintModelRow(QPainter &painter, const QRectF &rect, const ModelRow &row, bool isEnabled = true);
/// The picture of a model, or the sign of its state, in a square.
void paintModelPicture(QPainter &painter, const QRectF &square, const ModelRow &row);

/// Model field, 48 high: picture 36, name, family and state. Opens a searchable list, 480 wide.
class ModelChooser : public QWidget
{
    Q_OBJECT
public:
    explicit ModelChooser(QWidget *parent = nullptr);

    void setModel(QAbstractItemModel *model, const ModelRoles &roles);
    [[nodiscard]] QModelIndex currentIndex() const { return m_current; }
    [[nodiscard]] int currentRow() const { return m_current.isValid() ? m_current.row() : -1; }
    /// Does not emit activated.
    void setCurrentRow(int row);
    /// Shown when there is no current row: the recipe's model is not here. Empty: "Choose a model".
    void setMissing(const QString &name);
    /// Meter in place of the second line while a model is loading (0..1; negative: not loading).
    void setLoading(double fraction);
    /// Line at the foot of the list that leads elsewhere ("Open a model…").
    void setFootText(const QString &text);
    void openPopup();
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

Q_SIGNALS:
    /// A person chose this row of the model.
    void activated(int row);
    void footActivated();

protected:
    void paintEvent(QPaintEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void enterEvent(QEnterEvent *event) override;
    void leaveEvent(QEvent *event) override;

private:
    [[nodiscard]] ModelRow shownRow() const;
    void updateAccessible();

    QAbstractItemModel *m_model = nullptr;
    ModelRoles m_roles;
    QPersistentModelIndex m_current;
    QString m_missing;
    QString m_foot;
    double m_loading = -1.0;
};

} // namespace ui
