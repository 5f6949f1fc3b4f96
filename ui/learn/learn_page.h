#pragma once

#include "ui/common/page.h"

#include <functional>
#include <vector>

class QHBoxLayout;
class QStackedWidget;
class QVBoxLayout;

namespace app {
class Studio;
}

namespace ui {

class IconButton;
class Explanation;
class LearnView;
class SegmentedControl;
class ToolBar;

/// See it work: one tab a side of diffusion. A tab is one call of addTab() in the constructor.
class LearnPage : public Page
{
    Q_OBJECT
public:
    explicit LearnPage(app::Studio &studio, QWidget *parent = nullptr);
    ~LearnPage() override;

    /// "forward", "reverse", "words". Tabs are made when they are first shown.
    void showTab(const QString &id);
    [[nodiscard]] QString currentTab() const;
    [[nodiscard]] QWidget *tab(const QString &id);
    /// Shows the steps of a picture.
    void inspect(const QString &picture);

    [[nodiscard]] SidePanel *rightPanel() const override;
    [[nodiscard]] QList<QWidget *> parts() const override;
    [[nodiscard]] QWidget *focusOf(QWidget *part) const override;
    [[nodiscard]] PageStatus status() const override;
    void setCompact(bool narrow, bool low) override;
    void activate() override;

    [[nodiscard]] bool isExplained() const;
    void setExplained(bool isExplained);

Q_SIGNALS:
    void createRequested();
    void compareRequested(const QStringList &files);

protected:
    bool event(QEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void hideEvent(QHideEvent *event) override;
    void showEvent(QShowEvent *event) override;

private:
    struct Tab
    {
        QString id = {};
        QString title = {};
        QString text = {};    ///< 40 to 60 words
        QString formula = {}; ///< see drawFormula()
        QString spoken = {};
        std::function<QWidget *()> make = {};
        QWidget *widget = nullptr;
    };
    void addTab(Tab tab);
    void showIndex(int index);
    [[nodiscard]] LearnView *view() const; ///< of the tab shown; nullptr where it is an ordinary widget

    app::Studio &m_studio;
    ToolBar *m_bar;
    SegmentedControl *m_choice;
    IconButton *m_explain;
    Explanation *m_explanation;
    QStackedWidget *m_stack;
    QHBoxLayout *m_row;
    std::vector<Tab> m_tabs;
    int m_current = -1;
    bool m_isNarrow = false;
    bool m_isLow = false;
};

} // namespace ui
