#pragma once

#include <QListView>
#include <QWidget>

namespace ui {

class Label;
class SessionModel;
class ThumbnailDelegate;

/// What a key asks for about the picture in focus.
enum class PictureKey { UseAll, UsePrompts, UseSeed, UseAllButSeed, ShowRecipe, Compare, OpenViewer, SaveCopy };

/// One row of thumbnails that scrolls sideways. Empty places are dashed.
class FilmList : public QListView
{
    Q_OBJECT
public:
    explicit FilmList(QWidget *parent = nullptr);
    void setCell(int pixels, int gap);

Q_SIGNALS:
    void starsChosen(const QModelIndex &index, int stars);
    void keyChosen(const QModelIndex &index, ui::PictureKey key);

protected:
    void paintEvent(QPaintEvent *event) override;
    void wheelEvent(QWheelEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void startDrag(Qt::DropActions actions) override;

private:
    int m_cell = 60;
    int m_gap = 8;
};

/// Pictures of this session, under canvas and queue.
class Filmstrip : public QWidget
{
    Q_OBJECT
public:
    explicit Filmstrip(SessionModel &model, QWidget *parent = nullptr);

    /// 64 high without a heading.
    void setCompact(bool isCompact);
    void setCurrent(const QModelIndex &index);
    [[nodiscard]] FilmList *list() const { return m_list; }
    [[nodiscard]] QList<QWidget *> tabOrder() const;

Q_SIGNALS:
    /// A person went to this picture; -1: the one that forms.
    void pictureChosen(qint64 number);
    void pictureActivated(qint64 number);

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    void updateCount();
    void onCurrent(const QModelIndex &index);

    SessionModel &m_model;
    QWidget *m_heading;
    Label *m_count;
    QWidget *m_order;
    FilmList *m_list;
    ThumbnailDelegate *m_delegate;
    bool m_isCompact = false;
    bool m_isSetting = false;
};

} // namespace ui
