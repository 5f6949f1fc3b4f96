#pragma once

#include "app/gallery_store.h"
#include "ui/common/fact_list.h"
#include "ui/gallery/picture_command.h"

#include <QWidget>

#include <functional>

class QGridLayout;

namespace ui {

class Button;
class FactList;
class IconButton;
class Label;

/// Prompt with its weighted parts in the accent's colour, as rich text.
QString promptHtml(const QString &prompt);
QList<Fact> recipeFacts(const app::GalleryPicture &picture);
QList<Fact> fileFacts(const app::GalleryPicture &picture);
/// Where it comes from and when, oldest first.
QList<Fact> historyFacts(const app::GalleryPicture &picture);
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
    enum class Part { Recipe, File, History };
    enum class Layout { Brief, Full };

    explicit PictureDetails(Layout layout, QWidget *parent = nullptr);
    void setPicture(const app::GalleryPicture &picture);
    void setPart(Part part);
    /// Why the file cannot be shown; empty: it can.
    void setProblem(const QString &sentence);
    /// More rows of the history, made elsewhere.
    void setHistory(std::function<QList<Fact>(const app::GalleryPicture &)> more) { m_more = std::move(more); }

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
    Label *m_problem;
    FactList *m_facts;
    std::function<QList<Fact>(const app::GalleryPicture &)> m_more;
};

/// "Use these settings" and what goes with it: the foot of the panels.
class UseButtons : public QWidget
{
    Q_OBJECT
public:
    enum class Layout {
        Gallery, ///< Compare, and what is added
        Viewer   ///< parts of the settings, More like this
    };
    explicit UseButtons(Layout layout, QWidget *parent = nullptr);
    /// A button of an action that is made elsewhere.
    Button *addButton(const QString &text, const QString &iconName);
    [[nodiscard]] Button *compareButton() const { return m_compare; }
    [[nodiscard]] Button *alikeButton() const { return m_alike; }
    /// Whether the picture tells how it was made.
    void setHasRecipe(bool hasRecipe);

Q_SIGNALS:
    void commandGiven(ui::PictureCommand command);

private:
    QGridLayout *m_grid;
    QList<Button *> m_use; ///< that need a recipe
    Button *m_compare = nullptr;
    Button *m_alike = nullptr;
    int m_added = 0;
};

} // namespace ui
