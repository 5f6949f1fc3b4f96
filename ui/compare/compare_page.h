#pragma once

#include "app/recipe.h"
#include "app/recipe_difference.h"
#include "ui/common/page.h"
#include "ui/compare/compare_view.h"
#include "ui/compare/knock_out.h"
#include "ui/create/recipe_panel.h"

#include <QThreadPool>
#include <QTimer>

#include <optional>

class QStackedWidget;

namespace app {
class Studio;
}

namespace ui {

class Button;
class CompareBar;
class CompareModel;
class ComparePanel;
class EmptySlots;
class IconButton;
class Label;
class SegmentedControl;
class ToastHost;

/// Which of these is better, and what was different. 2 to 16 pictures of the gallery, of files, of the clipboard, and
/// the one that is forming.
class ComparePage : public Page
{
    Q_OBJECT
public:
    explicit ComparePage(app::Studio &studio, QWidget *parent = nullptr);
    ~ComparePage() override;

    [[nodiscard]] SidePanel *rightPanel() const override;
    [[nodiscard]] QList<QWidget *> parts() const override;
    [[nodiscard]] QWidget *focusOf(QWidget *part) const override;
    [[nodiscard]] PageStatus status() const override;
    void setCompact(bool narrow, bool low) override;
    void activate() override;

    /// Compares these instead of what was there.
    void compare(const QStringList &files);
    void add(const QStringList &files);
    /// Puts the picture that is forming beside what is there.
    void followWork();
    void focusToast();

    void setMode(CompareMode mode);
    void startKnockOut();

Q_SIGNALS:
    void recipeChosen(const app::Recipe &recipe, ui::RecipePart part);
    void settingChosen(const app::Recipe &recipe, app::RecipeSetting setting);
    void showInGallery(const QString &file);
    void exportRequested(const QStringList &files);
    void plotRequested(const QStringList &files);
    /// Stars for pictures of the gallery (id, stars), as one change that can be undone.
    void starsGiven(const QList<std::pair<qint64, int>> &stars);
    void undoRequested();

protected:
    void keyPressEvent(QKeyEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    [[nodiscard]] QStringList files() const;
    void makeToolbar();
    void connectParts();
    void makeShortcuts();
    void makeAddMenu();
    void fitToolbar();
    void placePanel();
    void setPanelOpen(bool isOpen);
    void refresh();
    void refreshPictures();
    void updateDifference();
    void setSecond(int row);
    void moveSecond(int step);
    void swap();

    // compare_actions.cpp
    void choose(int slot);
    void openFiles();
    void pasteClipboard();
    void showSlotMenu(int row, const QPoint &at);
    void setStars(const QList<std::pair<qint64, int>> &stars, const QString &words);
    void endKnockOut();
    void showKnockOut();
    void answer(int side);
    void skipPair();
    void undoPair();
    void applyResult();
    bool knockOutKey(int key);

    app::Studio &m_studio;
    CompareModel *m_model;
    CompareView *m_view;
    CompareBar *m_bar;
    ComparePanel *m_panel;
    EmptySlots *m_empty;
    QStackedWidget *m_middle;
    QWidget *m_centre;
    QWidget *m_toolbar = nullptr;
    SegmentedControl *m_modes = nullptr;
    Button *m_swap = nullptr;
    IconButton *m_link = nullptr;
    IconButton *m_panelButton = nullptr;
    Label *m_zoom = nullptr;
    ToastHost *m_toasts;
    QTimer m_refresh;        ///< changes close together are one
    QThreadPool m_pool;      ///< colours difference maps
    QString m_differenceKey; ///< of the map that is shown, or under way
    QPoint m_pointer{-1, -1};
    int m_second = 1;
    bool m_isNarrow = false;
    bool m_isPanelOpen = true;
    std::optional<KnockOut> m_knockOut;
    QList<int> m_contestants; ///< row of each picture of the knock-out
    CompareMode m_modeBefore = CompareMode::Slider;
};

} // namespace ui
