#pragma once

#include <QWidget>

class QHBoxLayout;

namespace ui {

class IconButton;
class Label;

/// Head of a panel, 44 high: title, note behind it, icon buttons at the right, line below.
class PanelHead : public QWidget
{
    Q_OBJECT
public:
    explicit PanelHead(const QString &title, QWidget *parent = nullptr);
    void setTitle(const QString &title);
    /// Secondary text behind the title ("3 jobs, 1 min 32 s").
    void setNote(const QString &note);
    /// Adds an icon button at the right.
    IconButton *addButton(const QString &iconName, const QString &name);
    void addWidget(QWidget *widget);
    void setLineVisible(bool visible);

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    Label *m_title;
    Label *m_note;
    QHBoxLayout *m_row;
    bool m_hasLine = true;
};

} // namespace ui
