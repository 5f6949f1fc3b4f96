// Measures the gallery page with 100,000 pictures: time to the first full screen, frames while scrolling at full
// speed, searching as one types, memory. Thumbnails are in the cache, as on a second visit.
//   QT_QPA_PLATFORM=offscreen gallery_scroll_bench [PICTURES]
#include "app/gallery_store.h"
#include "app/settings.h"
#include "app/studio.h"
#include "app/thumbnails.h"
#include "tests/support/fake_engine.h"
#include "ui/common/search_field.h"
#include "ui/common/segmented_control.h"
#include "ui/common/theme.h"
#include "ui/gallery/gallery_grid.h"
#include "ui/gallery/gallery_list.h"
#include "ui/gallery/gallery_page.h"

#include <QApplication>
#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QPainter>
#include <QScrollBar>
#include <QTemporaryDir>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <functional>
#include <vector>

namespace {

double residentMb(const char *what)
{
    QFile file(QStringLiteral("/proc/self/status"));
    if (!file.open(QIODevice::ReadOnly))
        return 0.0;
    const QList<QByteArray> lines = file.readAll().split('\n');
    for (const QByteArray &line : lines) {
        if (line.startsWith(what))
            return line.mid(int(qstrlen(what))).trimmed().split(' ').first().toDouble() / 1024.0;
    }
    return 0.0;
}

app::GalleryPicture pictureOf(const QString &folder, int number)
{
    static const char *const things[] = {"owl", "fox", "rocket", "castle", "teapot", "robot", "whale", "violin"};
    static const char *const looks[] = {"with big round eyes", "in the rain", "made of glass", "at night", "on a hill"};
    app::GalleryPicture picture;
    picture.path = QStringLiteral("%1/%2.png").arg(folder).arg(number, 6, 10, QLatin1Char('0'));
    picture.folder = folder;
    picture.bytes = 20'000 + number % 977;
    picture.created = QDateTime::currentDateTime().addSecs(-qint64(number) * 600);
    picture.modifiedMs = picture.created.toMSecsSinceEpoch();
    picture.size = QSize(512, number % 5 == 0 ? 768 : 512);
    picture.prompt = QStringLiteral("%1 %2, (soft light:1.2), detailed, number %3")
                         .arg(QLatin1String(things[number % 8]), QLatin1String(looks[number % 5]))
                         .arg(number);
    picture.negative = QStringLiteral("blurry, text");
    picture.model = QStringLiteral("model-%1").arg(number % 7);
    picture.sampler = QStringLiteral("dpmpp_2m");
    picture.schedule = QStringLiteral("karras");
    picture.steps = 10 + number % 40;
    picture.cfg = 6.5;
    picture.seed = quint64(number) * 7919;
    picture.batch = quint64(number / 4 + 1);
    picture.recipe = "{}";
    return picture;
}

QImage thumbnailOf(int number)
{
    QImage image(256, 256, QImage::Format_RGB32);
    image.fill(QColor::fromHsv(number * 47 % 360, 120, 200));
    QPainter painter(&image);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setBrush(QColor::fromHsv(number * 91 % 360, 200, 150));
    painter.drawEllipse(40 + number % 60, 50, 120, 140);
    return image;
}

/// Processor time of this thread in milliseconds: what a frame takes on a machine that does nothing else.
double threadMs()
{
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return double(now.tv_sec) * 1e3 + double(now.tv_nsec) / 1e6;
}

/// Paints the view again and again while it scrolls; says the median, the 99th percentile and the slowest frame, by
/// the clock and by the processor time of the UI thread.
void scroll(const char *name, QAbstractItemView &view, const std::function<void()> &provide, int step, int frames)
{
    std::vector<double> times;
    std::vector<double> own;
    view.verticalScrollBar()->setValue(0);
    view.viewport()->repaint();
    for (int frame = 0; frame < frames; ++frame) {
        QElapsedTimer clock;
        clock.start();
        const double before = threadMs();
        view.verticalScrollBar()->setValue(view.verticalScrollBar()->value() + step);
        view.viewport()->repaint();
        QCoreApplication::sendPostedEvents();
        QCoreApplication::processEvents(QEventLoop::AllEvents, 0);
        times.push_back(double(clock.nsecsElapsed()) / 1e6);
        own.push_back(threadMs() - before);
        provide(); // what the next frames show is in the cache
    }
    const auto say = [frames](const char *kind, std::vector<double> &values) {
        std::sort(values.begin(), values.end());
        std::printf("  %-10s median %5.2f ms   99 %% %5.2f ms   slowest %5.2f ms   over 16 ms: %d of %d\n", kind,
                    values[values.size() / 2], values[values.size() * 99 / 100], values.back(),
                    int(values.end() - std::upper_bound(values.begin(), values.end(), 16.0)), frames);
    };
    std::printf("%s\n", name);
    say("clock", times);
    say("processor", own);
}

} // namespace

int main(int argc, char **argv)
{
    QApplication app(argc, argv);
    const int count = argc > 1 ? QByteArray(argv[1]).toInt() : 100'000;
    app.setProperty("started", QDateTime::currentDateTime());
    ui::theme().install();
    QTemporaryDir home;
    const QString pictures = home.filePath(QStringLiteral("pictures"));
    QDir().mkpath(pictures);
    const app::StudioOptions options{
        .configFile = home.filePath(QStringLiteral("t.ini")),
        .dataFolder = home.filePath(QStringLiteral("data")),
        .cacheFolder = home.filePath(QStringLiteral("cache")),
        .pictureFolder = pictures,
        .resourceFolder = home.path(),
        .factory = [] { return std::make_unique<FakeEngine>(std::make_shared<FakePlan>()); }};
    app::Studio studio(options);
    app::GalleryStore &store = studio.store();
    store.open();
    QElapsedTimer clock;
    clock.start();
    for (int at = 0; at < count;) {
        QList<app::GalleryPicture> some;
        for (; at < count && some.size() < 5000; ++at)
            some.append(pictureOf(pictures, at));
        store.add(some);
    }
    store.finish();
    QCoreApplication::processEvents();
    std::printf("%d pictures indexed in %.1f s, %.0f MB resident\n", store.count(), double(clock.elapsed()) / 1e3,
                residentMb("VmRSS:"));

    app::Thumbnails &thumbnails = studio.thumbnails();
    for (int i = 0; i < 200; ++i)
        thumbnails.put(pictureOf(pictures, i).path, thumbnailOf(i));
    clock.restart();
    ui::GalleryPage page(studio);
    page.resize(1840, 1000);
    page.show();
    page.activate();
    auto *grid = page.findChild<ui::GalleryGrid *>();
    grid->viewport()->repaint();
    std::printf("page opened, first full screen      %lld ms\n", (long long)clock.elapsed());
    auto *filter = static_cast<ui::GalleryFilter *>(grid->model());

    const auto provideFor = [&](QAbstractItemView &view, int ahead) {
        return [&, ahead] {
            int row = view.indexAt(QPoint(24, view.viewport()->height() - 60)).row();
            if (row < 0)
                row = view.indexAt(QPoint(24, view.viewport()->height() - 140)).row();
            for (int i = std::max(0, row - 8); row >= 0 && i < std::min(row + ahead, filter->rowCount()); ++i) {
                const QString path = filter->at(i).path;
                if (thumbnails.peek(path, 256).isNull())
                    thumbnails.put(path, thumbnailOf(i));
            }
        };
    };
    for (const int size : {64, 128, 256}) {
        grid->setThumbnailSize(size);
        const auto provide = provideFor(*grid, grid->columns() * (1000 / grid->cellSide() + 3) * 2);
        provide();
        scroll(qPrintable(QStringLiteral("grid %1 px, a third of a page").arg(size)), *grid, provide, 320, 300);
        scroll(qPrintable(QStringLiteral("grid %1 px, a page a frame").arg(size)), *grid, provide, 900, 300);
    }
    page.findChild<ui::SegmentedControl *>(QStringLiteral("viewKind"))->setCurrentIndex(1);
    QCoreApplication::processEvents();
    auto *list = page.findChild<ui::GalleryList *>();
    const auto provide = provideFor(*list, 120);
    provide();
    scroll("list, a page a frame", *list, provide, 900, 300);
    page.findChild<ui::SegmentedControl *>(QStringLiteral("viewKind"))->setCurrentIndex(0);

    for (const char *text : {"o", "ow", "owl", "owl stars:0", "model:model-3 steps:>20", "\"made of glass\" fox"}) {
        clock.restart();
        filter->setSearch(QLatin1String(text));
        const double searched = double(clock.nsecsElapsed()) / 1e6;
        grid->viewport()->repaint();
        std::printf("search %-28s %6d found  %6.1f ms, painted after %.1f ms\n", text, filter->rowCount(), searched,
                    double(clock.nsecsElapsed()) / 1e6);
    }
    filter->setSearch(QString());
    for (const app::GalleryGrouping grouping :
         {app::GalleryGrouping::Batch, app::GalleryGrouping::Model, app::GalleryGrouping::Day}) {
        clock.restart();
        filter->setGrouping(grouping);
        grid->viewport()->repaint();
        std::printf("grouping %d                          %6.1f ms\n", int(grouping),
                    double(clock.nsecsElapsed()) / 1e6);
    }
    clock.restart();
    grid->selectAll();
    grid->viewport()->repaint();
    std::printf("all chosen                          %6.1f ms\n", double(clock.nsecsElapsed()) / 1e6);
    std::printf("memory: %.0f MB resident, %.0f MB at most\n", residentMb("VmRSS:"), residentMb("VmHWM:"));
    store.finish();
    return 0;
}
