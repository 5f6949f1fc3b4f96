#pragma once

#include "ui/gallery/picture_command.h"

#include <QPersistentModelIndex>
#include <QWidget>

namespace app {
class Settings;
}

namespace ui {

class Button;
class Canvas;
class ElidedLabel;
class FilmList;
class GalleryFilter;
class IconButton;
class MarksBox;
class PictureDetails;
class PictureLoader;
class SegmentedControl;
class SidePanel;
class StarRow;
class ThumbnailDelegate;
class UseButtons;

/// One picture of the gallery, large, with the others as a strip below and its recipe at the right.
class Viewer : public QWidget
{
    Q_OBJECT
public:
    Viewer(GalleryFilter &filter, PictureLoader &loader, app::Settings &settings, QWidget *parent = nullptr);

    void show(const QModelIndex &index);
    [[nodiscard]] QModelIndex current() const { return m_current; }
    [[nodiscard]] SidePanel *panel() const { return m_panel; }
    [[nodiscard]] Canvas *canvas() const { return m_canvas; }
    [[nodiscard]] FilmList *strip() const { return m_strip; }
    [[nodiscard]] MarksBox *marks() const { return m_marks; }
    [[nodiscard]] PictureDetails *details() const { return m_details; }
    [[nodiscard]] UseButtons *buttons() const { return m_use; }
    /// Why the picture cannot be shown; empty: it can.
    [[nodiscard]] QString problem() const { return m_problem; }
    /// An icon of an action that is made elsewhere, after Save a copy.
    IconButton *addTool(const QString &iconName, const QString &name, const QString &key);
    void setCompact(bool narrow, bool low);
    /// Only the picture.
    void setFullScreen(bool isFull);

Q_SIGNALS:
    void closed();
    void currentChanged(const QModelIndex &index);
    void commandGiven(ui::PictureCommand command);
    /// A key that is none of the pictures' own: actions made elsewhere may know it.
    void keyUnused(QKeyEvent *event);
    void starsChosen(const QModelIndex &index, int stars);
    void fullScreenRequested();

protected:
    void keyPressEvent(QKeyEvent *event) override;
    void showEvent(QShowEvent *event) override;
    bool eventFilter(QObject *object, QEvent *event) override;

private:
    QWidget *makeToolbar();
    void makePanel();
    void showZoomMenu();
    void move(int by);
    void refresh();
    void updateStrip();
    void updateZoom();
    void placeChevrons();
    void prefetch();
    bool handleKey(QKeyEvent *event);

    GalleryFilter &m_filter;
    PictureLoader &m_loader;
    app::Settings &m_settings;
    QPersistentModelIndex m_current;
    QString m_path;
    QString m_problem;
    QWidget *m_toolbar;
    QWidget *m_tools = nullptr;
    QList<QWidget *> m_wideTools; ///< left out where there is no room
    Canvas *m_canvas;
    ElidedLabel *m_title;
    StarRow *m_stars;
    IconButton *m_flag;
    Button *m_zoom;
    IconButton *m_panelButton;
    IconButton *m_previous;
    IconButton *m_next;
    FilmList *m_strip;
    QWidget *m_stripArea;
    ThumbnailDelegate *m_delegate;
    SidePanel *m_panel;
    SegmentedControl *m_tabs;
    PictureDetails *m_details;
    MarksBox *m_marks;
    UseButtons *m_use;
    int m_direction = 1; ///< that the last step went
    bool m_wasPanelFolded = false;
    bool m_isFullScreen = false;
};

} // namespace ui
