#pragma once

#include <QImage>
#include <QList>
#include <QWidget>

#include <functional>

namespace ui {

/// A picture in the tree of branches.
struct BranchNode
{
    QString path = {};
    QString title = {};  ///< its prompt
    QString detail = {}; ///< "from step 6, guidance 8"
    int parent = -1;     ///< row of its parent; -1: the first
    bool hasSteps = true;

    bool operator==(const BranchNode &) const = default;
};

/// A picture and what was branched from it, as a tree: one row a picture, parents above their branches. One stop for
/// the keyboard: Up and Down move, Enter opens, Left goes to the parent.
class BranchTree : public QWidget
{
    Q_OBJECT
public:
    explicit BranchTree(QWidget *parent = nullptr);

    void setNodes(const QList<BranchNode> &nodes);
    [[nodiscard]] const QList<BranchNode> &nodes() const { return m_nodes; }
    /// Whose steps are shown.
    void setCurrent(const QString &path);
    [[nodiscard]] QString current() const { return m_current; }
    void setThumbnails(std::function<QImage(const QString &)> thumbnail);
    [[nodiscard]] QRect cardRect(int row) const;
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override { return sizeHint(); }

Q_SIGNALS:
    void opened(const QString &path);
    void menuRequested(const QString &path, const QPoint &globalPosition);

protected:
    void paintEvent(QPaintEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void leaveEvent(QEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;
    bool event(QEvent *event) override;

private:
    [[nodiscard]] int depthOf(int row) const;
    [[nodiscard]] int rowAt(const QPoint &at) const;
    void setFocused(int row);

    QList<BranchNode> m_nodes;
    QString m_current;
    std::function<QImage(const QString &)> m_thumbnail;
    int m_focused = 0;
    int m_hovered = -1;
};

} // namespace ui
