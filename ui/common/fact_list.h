#pragma once

#include <QList>
#include <QWidget>

namespace ui {

/// One row of facts; `extra` is dimmed and in the fixed-pitch font behind the value (a hash).
struct Fact
{
    QString name;
    QString value;
    QString extra = {};
    bool isMono = false;
    bool operator==(const Fact &) const = default;
};

/// Names (96 wide, dimmed) and values (elided), 24 a row. Values can be selected by a context menu "Copy".
class FactList : public QWidget
{
    Q_OBJECT
public:
    explicit FactList(QWidget *parent = nullptr);
    void setFacts(const QList<Fact> &facts);
    [[nodiscard]] const QList<Fact> &facts() const { return m_facts; }
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;
    bool event(QEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;

private:
    QList<Fact> m_facts;
    int m_nameWidth = 96;
};

} // namespace ui
