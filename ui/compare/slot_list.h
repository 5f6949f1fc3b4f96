#pragma once

#include <QListView>
#include <QStyledItemDelegate>

namespace ui {

class CompareModel;

/// One slot: thumbnail, letter, what it is, and a cross that takes it out.
class SlotDelegate : public QStyledItemDelegate
{
    Q_OBJECT
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void setDense(bool isDense) { m_isDense = isDense; }
    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    [[nodiscard]] static QRect crossRect(const QRect &row);

private:
    bool m_isDense = false;
};

/// The pictures that are compared, as high as they need. Rows are dragged, or moved with Alt+Up and Alt+Down; Delete
/// takes one out, 0 to 5 give stars.
class SlotList : public QListView
{
    Q_OBJECT
public:
    explicit SlotList(CompareModel &model, QWidget *parent = nullptr);
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override { return sizeHint(); }

Q_SIGNALS:
    void removeRequested(int row);
    void chooserRequested(int row);
    void starsChosen(int row, int stars);
    void menuRequested(int row, const QPoint &globalPosition);

protected:
    void keyPressEvent(QKeyEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;

private:
    void fit();

    CompareModel &m_model;
    SlotDelegate *m_delegate;
};

} // namespace ui
