#pragma once

#include <QList>
#include <QString>
#include <QStringList>
#include <QWidget>

class QLineEdit;

namespace ui {

/// A row of a side list: icon, text, number at the right.
struct SourceItem
{
    int id = 0;
    QString iconName = {};
    QString text = {};
    QString number = {};
    QString toolTip = {};
    bool isHeading = false;
    QString addText = {};     ///< of a heading: it has a plus that says this
    bool takesFiles = false;  ///< picture files can be dropped on it
    bool isMissing = false;   ///< what it stands for is gone
    bool isRenamable = false; ///< F2 edits the text in place
    bool isRemovable = false; ///< Delete asks for its removal
    bool operator==(const SourceItem &) const = default;
};

/// List at the left of a page, 216 wide: rows of 32, headings of 24. One stop of Tab; arrows move.
class SourceList : public QWidget
{
    Q_OBJECT
public:
    explicit SourceList(QWidget *parent = nullptr);

    void setItems(const QList<SourceItem> &items);
    [[nodiscard]] const QList<SourceItem> &items() const { return m_items; }
    void setNumber(int id, const QString &number);
    void setRowHeight(int pixels);
    void setCurrent(int id);
    [[nodiscard]] int current() const { return m_current; }
    /// Edits the text of a row in place; renamed() follows if it was changed.
    void edit(int id);
    [[nodiscard]] QRect rectOf(int id) const;
    [[nodiscard]] QSize sizeHint() const override;

Q_SIGNALS:
    void chosen(int id);
    /// The plus of a heading.
    void addRequested(int id);
    void renamed(int id, const QString &text);
    void removeRequested(int id);
    void menuRequested(int id, const QPoint &globalPosition);
    void filesDropped(int id, const QStringList &paths);

protected:
    void paintEvent(QPaintEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void leaveEvent(QEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;
    void dragEnterEvent(QDragEnterEvent *event) override;
    void dragMoveEvent(QDragMoveEvent *event) override;
    void dragLeaveEvent(QDragLeaveEvent *event) override;
    void dropEvent(QDropEvent *event) override;
    bool event(QEvent *event) override;
    bool eventFilter(QObject *object, QEvent *event) override;

private:
    [[nodiscard]] QRect rowRect(int row) const;
    [[nodiscard]] QRect addRect(int row) const; ///< of a heading's plus
    [[nodiscard]] int rowAt(const QPoint &point) const;
    [[nodiscard]] int headingAt(const QPoint &point) const; ///< whose plus lies there
    [[nodiscard]] int rowOf(int id) const;
    void choose(int row);
    void finishEdit(bool isTaken);
    void setDropRow(int row);

    QList<SourceItem> m_items;
    QLineEdit *m_edit = nullptr;
    int m_edited = 0;
    int m_current = 0;
    int m_hovered = -1;
    int m_hoveredAdd = -1;
    int m_dropRow = -1;
    int m_rowHeight = 32;
};

} // namespace ui
