#pragma once

#include <QWidget>

namespace ui {

class Label;

/// "More" with a chevron: folds its content away; the note says what is inside.
class Collapsible : public QWidget
{
    Q_OBJECT
public:
    Collapsible(const QString &title, const QString &note, QWidget *parent = nullptr);
    void setContent(QWidget *content);
    [[nodiscard]] bool isOpen() const { return m_isOpen; }
    void setOpen(bool open);
    void setNote(const QString &note);

Q_SIGNALS:
    void toggled(bool open);

private:
    class Head;
    Head *m_head;
    QWidget *m_content = nullptr;
    bool m_isOpen = false;
};

} // namespace ui
