#pragma once

#include "app/gallery_store.h"
#include "ui/common/fact_list.h"
#include "ui/gallery/gallery_grid.h"

#include <QWidget>

namespace ui {

class FactList;
class IconButton;
class Label;

/// Prompt with its weighted parts in the accent's colour, as rich text.
QString promptHtml(const QString &prompt);
QList<Fact> recipeFacts(const app::GalleryPicture &picture);
QList<Fact> fileFacts(const app::GalleryPicture &picture);
/// "today, 14:02", "yesterday, 9:12", "21 November, 18:40"
QString madeText(const QDateTime &made);

/// Five stars to click, or 0 to 5 on the keyboard; 20 high.
class StarRow : public QWidget
{
    Q_OBJECT
public:
    explicit StarRow(QWidget *parent = nullptr);
    void setStars(int stars);
    [[nodiscard]] QSize sizeHint() const override { return {5 * 14 + 2, 20}; }

Q_SIGNALS:
    void chosen(int stars);

protected:
    void paintEvent(QPaintEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void leaveEvent(QEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;

private:
    int m_stars = 0;
    int m_hovered = 0;
};

/// Prompt, negative prompt and facts of a picture.
class PictureDetails : public QWidget
{
    Q_OBJECT
public:
    enum class Part { Recipe, File };
    enum class Layout { Brief, Full };

    explicit PictureDetails(Layout layout, QWidget *parent = nullptr);
    void setPicture(const app::GalleryPicture &picture);
    void setPart(Part part);

Q_SIGNALS:
    void commandGiven(ui::PictureCommand command);

private:
    void refresh();

    app::GalleryPicture m_picture;
    Layout m_layout;
    Part m_part = Part::Recipe;
    QWidget *m_prompts;
    Label *m_prompt;
    QWidget *m_negativeRow;
    Label *m_negative;
    Label *m_none;
    FactList *m_facts;
};

/// "Use these settings" and its parts: the foot of the panels.
class UseButtons : public QWidget
{
    Q_OBJECT
public:
    explicit UseButtons(QWidget *parent = nullptr);
    /// Whether the picture tells how it was made.
    void setHasRecipe(bool hasRecipe);

Q_SIGNALS:
    void commandGiven(ui::PictureCommand command);
};

} // namespace ui
