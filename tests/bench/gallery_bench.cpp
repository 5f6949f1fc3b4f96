// Measures the keeping side of the gallery: opening, searching as one types, sorting and likeness with many invented
// pictures, then indexing real files. The page itself is measured by gallery_scroll_bench.
//   QT_QPA_PLATFORM=offscreen gallery_bench [PICTURES [FILES]]
#include "app/gallery_look.h"
#include "app/gallery_model.h"
#include "app/gallery_query.h"
#include "app/image_file.h"
#include "app/thumbnails.h"
#include "tests/support/fake_engine.h"
#include "tests/support/many_pictures.h"

#include <QCoreApplication>
#include <QDir>
#include <QElapsedTimer>
#include <QEventLoop>
#include <QFile>
#include <QRandomGenerator>
#include <QTemporaryDir>
#include <QTimer>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <functional>

namespace {

double residentMb()
{
    QFile file(QStringLiteral("/proc/self/status"));
    if (!file.open(QIODevice::ReadOnly))
        return 0.0;
    const QList<QByteArray> lines = file.readAll().split('\n');
    for (const QByteArray &line : lines) {
        if (line.startsWith("VmRSS:"))
            return line.mid(6).trimmed().split(' ').first().toDouble() / 1024.0;
    }
    return 0.0;
}

double milliseconds(const std::function<void()> &work)
{
    QElapsedTimer clock;
    clock.start();
    work();
    return double(clock.nsecsElapsed()) / 1e6;
}

/// Of this thread: on a machine that does other things, too, the wall clock measures those.
double processorMs()
{
    timespec now = {};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return double(now.tv_sec) * 1e3 + double(now.tv_nsec) / 1e6;
}

void row(const char *what, double value, const char *unit, const char *goal)
{
    std::printf("| %-58s | %8.1f %-4s | %-10s |\n", what, value, unit, goal);
    std::fflush(stdout);
}

void measureSearch(const app::GalleryStore &store)
{
    const QStringList typed = {QStringLiteral("red lighthouse steps:>20 sampler:euler -tag:draft stars:>=3"),
                               QStringLiteral("\"foggy castle\" OR whale before:2026-11 model:dream"),
                               QStringLiteral("number -is:rejected size:512x512")};
    double worst = 0.0;
    double sum = 0.0;
    QString worstText;
    int strokes = 0;
    for (const QString &text : typed) {
        for (int length = 1; length <= text.size(); ++length) {
            const app::GalleryQuery query(text.left(length));
            const double took = milliseconds([&] { (void)store.search(query); });
            sum += took;
            ++strokes;
            if (took > worst) {
                worst = took;
                worstText = text.left(length);
            }
        }
    }
    row("search, mean of a key stroke", sum / strokes, "ms", "under 50");
    row("search, worst key stroke", worst, "ms", "under 50");
    std::printf("  (worst: %s)\n", qPrintable(worstText));
}

bool makeFiles(const QString &folder, int count)
{
    // Pictures of 512 x 512 with noise, as large on the disk as real ones; every file differs.
    QRandomGenerator random(7);
    engine::Image image = FakeEngine::paint(512, 512, 3);
    for (unsigned char &byte : image.pixels)
        byte = static_cast<unsigned char>((byte & 0xf8) | (random.generate() & 7));
    const QByteArray png = app::encodePicture(image, std::nullopt);
    for (int i = 0; i < count; ++i) {
        engine::GenerateRequest request = {.model = "/models/starter.safetensors",
                                           .prompt = "a red lighthouse in the rain, number " + std::to_string(i),
                                           .negativePrompt = "blurry, low quality, watermark",
                                           .seed = std::uint64_t(i)};
        const app::Recipe recipe = app::makeRecipe(request, 0, QSize(512, 512), {});
        const QByteArray small = app::encodePicture(FakeEngine::paint(8, 8, 1), recipe);
        const QByteArray whole =
            app::withPngTexts(png, {{QStringLiteral("parameters"), app::recipeToParameters(recipe)}});
        QFile file(QDir(folder).filePath(QStringLiteral("%1.png").arg(i, 5, 10, QLatin1Char('0'))));
        if (!file.open(QIODevice::WriteOnly) || file.write(whole) != whole.size())
            return false;
    }
    return true;
}

void measureIndexing(const QString &root, int count)
{
    const QString folder = root + QStringLiteral("/files");
    QDir().mkpath(folder);
    if (!makeFiles(folder, count)) {
        std::printf("the files could not be made\n");
        return;
    }
    app::GalleryStore store(root + QStringLiteral("/files.sqlite"), folder);
    app::Thumbnails thumbnails(QString{});
    app::GalleryModel model(store, thumbnails);
    store.open();
    QEventLoop loop;
    QObject::connect(&store, &app::GalleryStore::scanned, &loop, &QEventLoop::quit);
    // How long the window would have been deaf.
    QTimer beat;
    QElapsedTimer since;
    qint64 longest = 0;
    QObject::connect(&beat, &QTimer::timeout, &loop, [&] { longest = std::max(longest, since.restart()); });
    beat.start(1);
    since.start();
    const double took = milliseconds([&] {
        store.rescan();
        loop.exec();
    });
    row("index new PNG files of 512 x 512 with metadata", count / took * 1000.0, "/s", "300");
    row("longest time away from the window meanwhile", double(longest), "ms", "smooth");
    const double again = milliseconds([&] {
        store.rescan();
        loop.exec();
    });
    row("look for changes among them", again, "ms", "");
    std::printf("  (%d rows)\n", model.rowCount());
}

void fillLooks(const QString &database, int count)
{
    {
        QSqlDatabase db = QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"), QStringLiteral("looks"));
        db.setDatabaseName(database);
        if (!db.open() || !db.transaction())
            return;
        QSqlQuery query(db);
        query.prepare(QStringLiteral("INSERT INTO looks (id, look) VALUES (?, ?)"));
        QRandomGenerator random(3);
        for (int i = 0; i < count; ++i) {
            QByteArray look(app::kLookBytes, '\0');
            for (char &byte : look)
                byte = char(random.generate());
            query.addBindValue(i + 1);
            query.addBindValue(look);
            query.exec();
        }
        db.commit();
    }
    QSqlDatabase::removeDatabase(QStringLiteral("looks"));
}

} // namespace

int main(int argc, char **argv)
{
    const QCoreApplication application(argc, argv);
    const int pictures = argc > 1 ? QByteArray(argv[1]).toInt() : 100000;
    const int files = argc > 2 ? QByteArray(argv[2]).toInt() : 5000;
    QTemporaryDir folder;
    const QString database = folder.filePath(QStringLiteral("gallery.sqlite"));
    const double before = residentMb();
    std::printf("%d invented pictures, %d files\n", pictures, files);
    std::printf("| %-58s | %13s | %-10s |\n", "Work", "", "Goal");
    if (!fillGallery(database, folder.path(), pictures))
        return 1;
    fillLooks(database, pictures);
    {
        app::GalleryStore store(database, folder.path());
        app::Thumbnails thumbnails(QString{});
        app::GalleryModel model(store, thumbnails);
        const double processor = processorMs();
        const double opened = milliseconds([&] { store.open(); });
        const double shown = milliseconds([&] {
            model.reload();
            for (int i = 0; i < 60; ++i)
                (void)model.index(i).data(app::GalleryModel::PromptRole);
        });
        row("open the index", opened, "ms", "");
        row("... and read the first screen", opened + shown, "ms", "under 500");
        row("... of which this thread's work", processorMs() - processor, "ms", "");
        row("read the first screen again, as when the page opens", milliseconds([&] {
                model.reload();
                for (int i = 0; i < 60; ++i)
                    (void)model.index(i).data(app::GalleryModel::PromptRole);
            }),
            "ms", "");
        measureSearch(store);
        const QList<qint64> all = store.ids();
        using app::GalleryGrouping;
        using app::GallerySort;
        for (const auto &[sort, name] : {std::pair(GallerySort::Date, "sort by date"),
                                         {GallerySort::Model, "sort by model"},
                                         {GallerySort::Name, "sort by name"},
                                         {GallerySort::Random, "shuffle"}})
            row(name, milliseconds([&] { (void)store.search({}, {.sort = sort}); }), "ms", "");
        row("group by day", milliseconds([&] { (void)store.groups(all, GalleryGrouping::Day); }), "ms", "");
        row("order and group by batch", milliseconds([&] {
                (void)store.groups(store.search({}, {.grouping = GalleryGrouping::Batch}), GalleryGrouping::Batch);
            }),
            "ms", "");
        row("more like this, by prompt", milliseconds([&] { (void)store.moreLike(42, app::Likeness::Prompt); }), "ms",
            "");
        row("more like this, by look, the first time",
            milliseconds([&] { (void)store.moreLike(42, app::Likeness::Look); }), "ms", "");
        row("more like this, by look", milliseconds([&] { (void)store.moreLike(77, app::Likeness::Look); }), "ms",
            "under 50");
        row("completion", milliseconds([&] { (void)store.suggestions(QStringLiteral("sampler:eu")); }), "ms", "");
        row("memory of the gallery with all of it", residentMb() - before, "MB", "");
    }
    measureIndexing(folder.path(), files);
    return 0;
}
