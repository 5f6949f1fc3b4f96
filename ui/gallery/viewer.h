#pragma once

#include "app/gallery_store.h"
#include "ui/gallery/gallery_grid.h"

#include <QPersistentModelIndex>
#include <QWidget>

namespace app {
class Settings;
}

namespace ui {

class Canvas;
class ElidedLabel;
class FilmList;
class GalleryFilter;
class IconButton;
class Label;
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
    Viewer(GalleryFilter &filter, app::Settings &settings, QWidget *parent = nullptr);

    void show(const QModelIndex &index);
    [[nodiscard]] QModelIndex current() const { return m_current; }
    [[nodiscard]] SidePanel *panel() const { return m_panel; }
    [[nodiscard]] Canvas *canvas() const { return m_canvas; }
    [[nodiscard]] FilmList *strip() const { return m_strip; }
    void setCompact(bool narrow, bool low);

Q_SIGNALS:
    void closed();
    void currentChanged(const QModelIndex &index);
    void commandGiven(ui::PictureCommand command);
    void starsChosen(const QModelIndex &index, int stars);
    void fullScreenRequested();

protected:
    void keyPressEvent(QKeyEvent *event) override;
    bool eventFilter(QObject *object, QEvent *event) override;

private:
    QWidget *makeToolbar();
    void makePanel();
    void move(int by);
    void refresh();
    void updateStrip();
    void placeChevrons();
    bool handleKey(QKeyEvent *event);

    GalleryFilter &m_filter;
    app::Settings &m_settings;
    QPersistentModelIndex m_current;
    QString m_path;
    PictureLoader *m_loader;
    Canvas *m_canvas;
    ElidedLabel *m_title;
    StarRow *m_stars;
    Label *m_zoom;
    IconButton *m_panelButton;
    IconButton *m_previous;
    IconButton *m_next;
    FilmList *m_strip;
    ThumbnailDelegate *m_delegate;
    SidePanel *m_panel;
    SegmentedControl *m_tabs;
    PictureDetails *m_details;
    UseButtons *m_use;
};

} // namespace ui
