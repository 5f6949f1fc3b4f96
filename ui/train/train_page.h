#pragma once

#include "app/training_run.h"
#include "ui/common/page.h"

#include <QSet>

namespace app {
class Studio;
}

class QStackedWidget;

namespace ui {

class Badge;
class Banner;
class Button;
class ElidedLabel;
class EmptyState;
class Explanation;
class IconButton;
class RunList;
class RunView;
class ToastHost;
class TrainSetup;

/// From one's own pictures to a model: what to train at the left, the run at the right, all runs in a panel.
class TrainPage : public Page
{
    Q_OBJECT
public:
    explicit TrainPage(app::Studio &studio, QWidget *parent = nullptr);
    ~TrainPage() override;

    [[nodiscard]] SidePanel *leftPanel() const override;
    [[nodiscard]] SidePanel *rightPanel() const override;
    [[nodiscard]] QList<QWidget *> parts() const override;
    [[nodiscard]] PageStatus status() const override;
    void setCompact(bool narrow, bool low) override;
    void activate() override;

    void setFolder(const QString &folder);
    void showRun(const QString &id);
    /// Puts the model of a run into the Create page, or says where a LoRA lies.
    void useRun(const QString &id);
    [[nodiscard]] bool isExplained() const;
    void setExplained(bool isExplained);
    void focusToast();

Q_SIGNALS:
    /// This model shall be used on the Create page.
    void useRequested(const QString &path);

protected:
    bool event(QEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void dragEnterEvent(QDragEnterEvent *event) override;
    void dropEvent(QDropEvent *event) override;

private:
    QWidget *makeToolbar();
    void makeRunsPanel();
    void start();
    void remove(const QString &id);
    void updateView();
    void updateToolbar();
    void updateBanner();
    void act(int action);
    [[nodiscard]] const app::TrainingRun *shown() const;

    app::Studio &m_studio;
    TrainSetup *m_setup;
    SidePanel *m_runs;
    RunList *m_list = nullptr;
    ElidedLabel *m_name = nullptr;
    Badge *m_badge = nullptr;
    Button *m_compare = nullptr;
    Button *m_pause = nullptr;
    Button *m_keep = nullptr;
    Button *m_use = nullptr;
    IconButton *m_explain = nullptr;
    IconButton *m_showRuns = nullptr;
    Explanation *m_explanation;
    Banner *m_banner;
    QStackedWidget *m_stack;
    EmptyState *m_empty;
    RunView *m_view;
    ToastHost *m_toasts;
    QString m_shown;
    QString m_bannerState; ///< what the banner is about
    int m_bannerId = 0;
    QSet<QString> m_dismissed;
};

} // namespace ui
