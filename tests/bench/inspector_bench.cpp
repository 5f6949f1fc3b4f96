// How long the inspector takes to open a trajectory of 30 steps of Stable Diffusion 1.5 (512x512) and to scrub through
// it, from the disk and from memory.   QT_QPA_PLATFORM=offscreen inspector_bench
#include "app/settings.h"
#include "app/studio.h"
#include "app/trajectory_store.h"
#include "tests/support/fake_engine.h"
#include "ui/common/theme.h"
#include "ui/learn/learn_page.h"
#include "ui/learn/reverse_view.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <cstdio>

int main(int argc, char **argv)
{
    QApplication application(argc, argv);
    ui::theme().install();
    QTemporaryDir folder;
    const auto plan = std::make_shared<FakePlan>();
    app::Studio studio({.configFile = folder.filePath(QStringLiteral("t.ini")),
                        .dataFolder = folder.filePath(QStringLiteral("data")),
                        .cacheFolder = folder.filePath(QStringLiteral("cache")),
                        .pictureFolder = folder.filePath(QStringLiteral("pictures")),
                        .resourceFolder = folder.path(),
                        .factory = [plan] { return std::make_unique<FakeEngine>(plan); }});
    ui::LearnPage page(studio);
    page.resize(1360, 840);
    page.showTab(QStringLiteral("reverse"));
    page.setVisible(true);
    if (!QTest::qWaitForWindowExposed(&page))
        return 1;
    auto *view = qobject_cast<ui::ReverseView *>(page.tab(QStringLiteral("reverse")));
    const auto trajectory = [](int steps, std::uint64_t seed) {
        return std::make_shared<const engine::Trajectory>(
            fakeTrajectory({.model = "/m", .prompt = "cat", .steps = steps, .keepTrajectory = true}, seed, 512, 512));
    };
    app::TrajectoryStore &store = studio.trajectories();
    std::vector<double> memory;
    std::vector<double> disk;
    double bytes = 0.0;
    for (int run = 0; run < 5; ++run) {
        const QString path = folder.filePath(QStringLiteral("%1.png").arg(run));
        QElapsedTimer clock;
        const app::TrajectoryPtr made = trajectory(30, std::uint64_t(run));
        bytes = double(made->bytes());
        {
            const QSignalBlocker quiet(&store); // a new picture would be opened at once
            store.keep(path, made);
        }
        clock.start();
        view->open(path);
        page.repaint();
        memory.push_back(double(clock.nsecsElapsed()) * 1e-6);
        engine::writeTrajectory(*made, app::TrajectoryStore::fileBeside(path).toStdString());
        store.setLookedAt({});
        store.forget(path);
        const QString other = folder.filePath(QStringLiteral("other%1.png").arg(run));
        {
            const QSignalBlocker quiet(&store);
            store.keep(other, trajectory(2, 1));
        }
        view->open(other);
        QSignalSpy loaded(&store, &app::TrajectoryStore::loaded);
        clock.restart();
        view->open(path);
        while (loaded.isEmpty())
            QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
        page.repaint();
        disk.push_back(double(clock.nsecsElapsed()) * 1e-6);
    }
    std::vector<double> scrub;
    for (int step = 29; step >= 0; --step) {
        QElapsedTimer clock;
        clock.start();
        view->setStep(step);
        page.repaint();
        scrub.push_back(double(clock.nsecsElapsed()) * 1e-6);
    }
    const auto line = [](const char *name, std::vector<double> &values) {
        std::sort(values.begin(), values.end());
        std::printf("%-28s median %6.1f ms, most %6.1f ms\n", name, values[values.size() / 2], values.back());
    };
    std::printf("30 steps of 64x64x4, %.1f MiB\n", bytes / (1024 * 1024));
    line("open from memory", memory);
    line("open from the disk", disk);
    line("next step", scrub);
    return 0;
}
