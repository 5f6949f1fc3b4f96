// training_page_bench FOLDER [STEPS]
//
// Whether training through the Train page is as fast as without it: the same small pixel model on the pictures of
// FOLDER, by turns through the engine alone (what `tincture-cli train` does) and through the window's engine thread
// and runs with the page open and drawing its curve. Prints pictures a second of each turn and the ratio of the means.

#include "app/studio.h"
#include "app/training_runs.h"
#include "engine/engine.h"
#include "ui/train/train_page.h"

#include <QApplication>
#include <QEventLoop>
#include <QTemporaryDir>

#include <cstdio>
#include <cstdlib>
#include <thread>

namespace {

engine::TrainRequest requestFor(const char *folder, std::int64_t steps, const std::filesystem::path &output)
{
    return {.kind = engine::TrainKind::Pixel,
            .data = folder,
            .output = output,
            .size = 32,
            .steps = steps,
            .batch = 16,
            .widths = {32, 64},
            .sampleEvery = 0};
}

double alone(const char *folder, std::int64_t steps)
{
    const QTemporaryDir out;
    const std::unique_ptr<engine::Engine> engine = engine::makeEngine();
    double last = 0.0;
    engine::RunContext context;
    context.emit = [&](const engine::Event &event) {
        if (const auto *loss = std::get_if<engine::LossReported>(&event))
            last = loss->picturesPerSecond;
    };
    engine->train(requestFor(folder, steps, out.filePath(QStringLiteral("model")).toStdString()), context);
    return last;
}

double throughThePage(const char *folder, std::int64_t steps)
{
    const QTemporaryDir home;
    app::Studio studio({.configFile = home.filePath(QStringLiteral("t.ini")),
                        .dataFolder = home.filePath(QStringLiteral("data")),
                        .cacheFolder = home.filePath(QStringLiteral("cache")),
                        .pictureFolder = home.filePath(QStringLiteral("pictures"))});
    studio.start();
    ui::TrainPage page(studio);
    page.resize(1360, 820);
    page.show();
    double last = 0.0;
    QObject::connect(&studio.engine(), &app::EngineThread::lossReported, &page,
                     [&](app::JobId, const engine::LossReported &loss) { last = loss.picturesPerSecond; });
    QEventLoop loop;
    QObject::connect(&studio.trainings(), &app::TrainingRuns::runEnded, &loop, &QEventLoop::quit);
    studio.trainings().start(QStringLiteral("bench"),
                             requestFor(folder, steps, home.filePath(QStringLiteral("model")).toStdString()));
    loop.exec();
    return last;
}

} // namespace

int main(int argc, char **argv)
{
    const QApplication application(argc, argv);
    if (argc < 2) {
        std::fprintf(stderr, "usage: training_page_bench FOLDER [STEPS]\n");
        return 2;
    }
    const std::int64_t steps = argc > 2 ? std::atoll(argv[2]) : 300;
    double sums[2] = {};
    for (int turn = 0; turn < 3; ++turn) {
        // In a thread that ends: its OpenMP workers go with it, and do not take the processor from the next turn's.
        double withoutPage = 0.0;
        std::thread([&] { withoutPage = alone(argv[1], steps); }).join();
        const double withPage = throughThePage(argv[1], steps);
        std::printf("alone %.1f pictures/s, through the page %.1f\n", withoutPage, withPage);
        sums[0] += withoutPage;
        sums[1] += withPage;
    }
    std::printf("through the page / alone: %.3f\n", sums[1] / sums[0]);
    return 0;
}
