#pragma once

#include <QList>
#include <QString>
#include <QWidget>

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
};

/// List at the left of a page, 216 wide: rows of 32, headings of 24. One stop of Tab; arrows move.
class SourceList : public QWidget
{
    Q_OBJECT
public:
    explicit SourceList(QWidget *parent = nullptr);

    void setItems(const QList<SourceItem> &items);
    void setNumber(int id, const QString &number);
    void setRowHeight(int pixels);
    void setCurrent(int id);
    [[nodiscard]] int current() const { return m_current; }
    [[nodiscard]] QSize sizeHint() const override;

Q_SIGNALS:
    void chosen(int id);

protected:
    void paintEvent(QPaintEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void leaveEvent(QEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    bool event(QEvent *event) override;

private:
    [[nodiscard]] QRect rowRect(int row) const;
    [[nodiscard]] int rowAt(const QPoint &point) const;
    void choose(int row);

    QList<SourceItem> m_items;
    int m_current = 0;
    int m_hovered = -1;
    int m_rowHeight = 32;
};

} // namespace ui
