// What the window does about training while other pages are looked at.
#include "app/studio.h"
#include "app/training_runs.h"
#include "ui/common/toast.h"
#include "ui/create/create_page.h"
#include "ui/main_window.h"
#include "ui/rail.h"
#include "ui/train/train_page.h"

#include <QStackedWidget>

namespace ui {

Page *MainWindow::makeTrain()
{
    m_train = new TrainPage(m_studio, m_stack);
    connect(m_train, &TrainPage::useRequested, this, [this](const QString &path) {
        m_create->useModel(path);
        showPage(QStringLiteral("create"));
    });
    return m_train;
}

void MainWindow::connectTraining()
{
    app::TrainingRuns &runs = m_studio.trainings();
    const auto update = [this] {
        const app::TrainingRun *run = m_studio.trainings().active();
        m_rail->setProgress(QStringLiteral("train"), run ? run->progress() : -1.0);
        updateState();
        updateQueue();
    };
    connect(&runs, &app::TrainingRuns::runChanged, this, update);
    connect(&runs, &app::TrainingRuns::activeChanged, this, update);
    connect(&runs, &app::TrainingRuns::runEnded, this, [this](const QString &id) {
        const app::TrainingRun *run = m_studio.trainings().find(id);
        if (!run || m_current == QLatin1String("train")) // its banner says it
            return;
        if (run->state == app::TrainingState::Finished)
            m_toasts->show({.iconName = QStringLiteral("check"),
                            .text = tr("%1 is finished").arg(run->name),
                            .action = tr("Use it now"),
                            .run = [this, id] {
                                page(QStringLiteral("train"));
                                m_train->useRun(id);
                            }});
        else if (!run->failure.sentence.isEmpty())
            m_toasts->show({.iconName = QStringLiteral("warning"),
                            .text = run->failure.sentence,
                            .action = tr("Show"),
                            .run = [this, id] {
                                showPage(QStringLiteral("train"));
                                m_train->showRun(id);
                            }});
    });
}

} // namespace ui
