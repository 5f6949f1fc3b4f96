#pragma once

#include "ui/common/fact_list.h"

#include <QWidget>

namespace ui {

class Button;
class FactList;
class IconButton;
class PanelHead;

/// Facts of the picture on the canvas, or of a job of the queue.
class PicturePanel : public QWidget
{
    Q_OBJECT
public:
    explicit PicturePanel(QWidget *parent = nullptr);

    void setTitle(const QString &title);
    void setFacts(const QList<Fact> &facts);
    /// Buttons that lead to pages which this program has.
    void setButtonsVisible(bool canInspect, bool canCompare);
    /// Whether there is a file that other pages can take.
    void setHasFile(bool hasFile);
    [[nodiscard]] QList<QWidget *> tabOrder() const;

Q_SIGNALS:
    void copyRequested();
    void inspectRequested();
    void compareRequested();

private:
    PanelHead *m_head;
    IconButton *m_copy;
    FactList *m_facts;
    QWidget *m_line;
    Button *m_inspect;
    Button *m_compare;
};

} // namespace ui
