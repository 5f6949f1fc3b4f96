#pragma once

#include "app/model_catalog.h"
#include "ui/common/badge.h"

#include <QSortFilterProxyModel>
#include <QStyledItemDelegate>

namespace ui {

/// State of a model in one or two words; empty: nothing to say.
struct ModelBadge
{
    QString text = {};
    BadgeKind kind = BadgeKind::Neutral;
};
ModelBadge modelBadge(const app::ModelEntry &entry, bool isLoaded);
/// "float16": the precision that most of the weights are kept in.
QString modelPrecision(const app::ModelEntry &entry);
/// "58 MB", "4.27 GB"
QString bytesText(quint64 bytes);

/// Models of a folder whose name, family or path holds every word.
class ModelFilter : public QSortFilterProxyModel
{
    Q_OBJECT
public:
    using QSortFilterProxyModel::QSortFilterProxyModel;
    void setWords(const QString &words);
    /// Empty: all of them.
    void setFolder(const QString &folder);
    [[nodiscard]] QString folder() const { return m_folder; }
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;

protected:
    [[nodiscard]] bool filterAcceptsRow(int row, const QModelIndex &parent) const override;

private:
    QStringList m_words;
    QString m_folder;
};

/// Where the columns of the table stand in a row of a given width.
struct ModelColumns
{
    explicit ModelColumns(int width);
    int name, nameWidth, family, familyWidth, size, sizeWidth, precision, precisionWidth, state, stateWidth;
};

/// A row of the table, 53 high: picture, name (and why it does not work), family, size, precision, state.
class ModelRowDelegate : public QStyledItemDelegate
{
    Q_OBJECT
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void setLoaded(const QString &path) { m_loaded = path; }
    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override;

private:
    QString m_loaded;
};

/// Heads of the columns, 28 high.
class ModelTableHead : public QWidget
{
    Q_OBJECT
public:
    explicit ModelTableHead(QWidget *parent = nullptr);

protected:
    void paintEvent(QPaintEvent *event) override;
};

} // namespace ui
