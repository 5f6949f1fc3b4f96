#pragma once

#include "app/job.h"
#include "ui/common/side_panel.h"

#include <QAbstractItemModel>

class QMenu;

namespace ui {

class EmptyState;
class IconButton;
class JobList;
class JobListModel;
class Label;
class PanelHead;
class PicturePanel;

/// Right panel of Create: the jobs, and below them the facts of the picture.
class QueuePanel : public SidePanel
{
    Q_OBJECT
public:
    explicit QueuePanel(QAbstractItemModel &queue, QWidget *parent = nullptr);

    /// \param secondsLeft  for all jobs; negative where unknown
    void setSummary(int jobs, double secondsLeft, bool isPaused, const QString &reason);
    void setPictureVisible(bool visible);
    [[nodiscard]] PicturePanel *picture() const { return m_picture; }
    [[nodiscard]] JobList *list() const { return m_list; }
    [[nodiscard]] JobListModel *model() const { return m_model; }
    /// Menu at "more" in the head.
    [[nodiscard]] QMenu *menu() const { return m_menu; }
    [[nodiscard]] QList<QWidget *> tabOrder() const;

Q_SIGNALS:
    void pauseToggled(bool isPaused);

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    void fitList();

    JobListModel *m_model;
    PanelHead *m_panelHead;
    IconButton *m_pause;
    QMenu *m_menu;
    JobList *m_list;
    EmptyState *m_empty;
    Label *m_emptyLine;
    Label *m_reason;
    PicturePanel *m_picture;
    QWidget *m_pictureScroll;
    bool m_isPictureVisible = false;
};

} // namespace ui
