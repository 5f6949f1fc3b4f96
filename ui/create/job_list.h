#pragma once

#include "app/job.h"

#include <QListView>
#include <QSortFilterProxyModel>
#include <QStyledItemDelegate>

namespace ui {

/// The jobs that are still to be looked at: what runs, waits or failed.
class JobListModel : public QSortFilterProxyModel
{
    Q_OBJECT
public:
    explicit JobListModel(QAbstractItemModel &queue, QObject *parent = nullptr);
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    /// Row of the queue before which a job lands that is dropped before `row` of this list.
    [[nodiscard]] int sourceDestination(int row) const;

protected:
    [[nodiscard]] bool filterAcceptsRow(int row, const QModelIndex &parent) const override;
};

/// A job: grip, picture, what it makes, how far it is, and the button that ends it.
class JobDelegate : public QStyledItemDelegate
{
    Q_OBJECT
public:
    static constexpr int kHeight = 77;

    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override;

    [[nodiscard]] static QRect buttonRect(const QRect &row);
    [[nodiscard]] static QRect retryRect(const QRect &row);
    void setPointer(const QPoint &position) { m_pointer = position; }
    void setPaused(bool isPaused) { m_isPaused = isPaused; }

private:
    QPoint m_pointer{-1, -1};
    bool m_isPaused = false;
};

/// Jobs in the order of work; waiting ones are dragged, or moved by Alt+Up and Alt+Down.
class JobList : public QListView
{
    Q_OBJECT
public:
    explicit JobList(JobListModel &model, QWidget *parent = nullptr);
    void setPaused(bool isPaused);

Q_SIGNALS:
    void chosen(app::JobId id);
    void editRequested(app::JobId id);
    void endRequested(app::JobId id); ///< stop, cancel or take out, as its state is
    void retryRequested(app::JobId id);
    void menuRequested(app::JobId id, const QPoint &globalPosition);
    /// Before which row of this list the job is wanted.
    void moveRequested(app::JobId id, int beforeRow);

protected:
    void paintEvent(QPaintEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void mouseDoubleClickEvent(QMouseEvent *event) override;
    void leaveEvent(QEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;

private:
    [[nodiscard]] app::JobId idOf(const QModelIndex &index) const;
    [[nodiscard]] bool isWaiting(const QModelIndex &index) const;

    JobDelegate *m_delegate;
    QPersistentModelIndex m_pressed;
    QPoint m_pressedAt;
    int m_dropRow = -1; ///< a drag is under way: the job lands before this row
    bool m_isOnButton = false;
};

} // namespace ui
