#include "app/image_file.h"
#include "app/job_queue.h"
#include "app/picture_saver.h"
#include "app/queue_file.h"
#include "app/settings.h"
#include "app/studio.h"
#include "app/trajectory_export.h"
#include "app/trajectory_pictures.h"
#include "app/trajectory_store.h"
#include "app/trash.h"
#include "tests/support/fake_engine.h"

#include <QFile>
#include <QImageReader>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <cmath>

namespace {

app::TrajectoryPtr trajectory(int steps = 6, int side = 64, const std::string &prompt = "a red fox")
{
    return std::make_shared<const engine::Trajectory>(fakeTrajectory(
        {.model = "/models/fake", .prompt = prompt, .steps = steps, .keepTrajectory = true}, 7, side, side));
}

/// A studio whose engine keeps what it makes.
struct World
{
    World() { open(); }
    void open()
    {
        studio.reset();
        studio = std::make_unique<app::Studio>(
            app::StudioOptions{.configFile = folder.filePath(QStringLiteral("t.ini")),
                               .dataFolder = folder.filePath(QStringLiteral("data")),
                               .cacheFolder = folder.filePath(QStringLiteral("cache")),
                               .pictureFolder = folder.filePath(QStringLiteral("pictures")),
                               .resourceFolder = folder.path(),
                               .factory = [plan = plan] { return std::make_unique<FakeEngine>(plan); }});
        studio->start();
    }
    app::TrajectoryStore &store() { return studio->trajectories(); }
    static engine::GenerateRequest request()
    {
        return {.model = "/models/fake", .prompt = "a red fox", .steps = 4, .seed = 5, .keepTrajectory = true};
    }
    /// The file of a picture that was made.
    QString make(const engine::GenerateRequest &wanted = request())
    {
        QSignalSpy saved(&studio->saver(), &app::PictureSaver::saved);
        studio->queue().submit(wanted);
        return saved.wait(20000) ? saved.last().at(2).toString() : QString();
    }

    QTemporaryDir folder;
    std::shared_ptr<FakePlan> plan = std::make_shared<FakePlan>();
    std::unique_ptr<app::Studio> studio;
};

} // namespace

class TrajectoryStoreTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void keepsTheStepsOfAPictureUnderItsFile();
    void keepsNothingWhereNothingWasAskedFor();
    void dropsTheOldestWhenTheMemoryIsFull();
    void keepsWhatIsLookedAt();
    void savesBesideThePictureAndReadsItBack();
    void saysInOneSentenceThatAFileIsCutShort();
    void saysThatStepsWereNotKept();
    void trashTakesTheStepsAlongAndUndoBringsThemBack();
    void branchNamesItsParentInItsRecipe();
    void familyListsBranchesUnderTheirParents();
    void familySurvivesARestart();
    void waitingBranchSurvivesARestart();
    void branchWhoseStepsAreLostFailsWithOneSentence();
    void changeIsWhatTwoStepsDifferBy();
    void picturesComeFromTheLinearMap();
    void animationsHaveAFrameForEachStep_data();
    void animationsHaveAFrameForEachStep();
    void stripShowsAllSteps();
    void exportThatCannotBeWrittenSaysSo();
};

void TrajectoryStoreTest::keepsTheStepsOfAPictureUnderItsFile()
{
    World world;
    QSignalSpy kept(&world.store(), &app::TrajectoryStore::kept);
    const QString file = world.make();
    QTRY_COMPARE(kept.count(), 1);
    QCOMPARE(kept.at(0).at(0).toString(), file);
    const app::TrajectoryPtr found = world.store().find(file);
    QVERIFY(found);
    QCOMPARE(int(found->steps.size()), 4);
    QCOMPARE(found->request.seed, std::uint64_t(5));
    QCOMPARE(world.store().latest(), file);
    QCOMPARE(world.store().bytes(), found->bytes());
    QVERIFY(!QFile::exists(app::TrajectoryStore::fileBeside(file)));
}

void TrajectoryStoreTest::keepsNothingWhereNothingWasAskedFor()
{
    World world;
    engine::GenerateRequest request = World::request();
    request.keepTrajectory = false;
    const QString file = world.make(request);
    QVERIFY(!file.isEmpty());
    QTRY_VERIFY(!world.studio->queue().running());
    QVERIFY(!world.store().has(file));
    QCOMPARE(world.store().count(), 0);
}

void TrajectoryStoreTest::dropsTheOldestWhenTheMemoryIsFull()
{
    World world;
    world.studio->settings().setStepsMemory(16);
    for (int i = 0; i < 6; ++i)
        world.store().keep(QStringLiteral("/p/%1.png").arg(i), trajectory(20, 512)); // 5.6 MB each
    QVERIFY(world.store().bytes() <= 16 * 1024 * 1024);
    QVERIFY(world.store().find(QStringLiteral("/p/5.png")));
    QVERIFY(!world.store().find(QStringLiteral("/p/0.png")));
}

void TrajectoryStoreTest::keepsWhatIsLookedAt()
{
    World world;
    world.studio->settings().setStepsMemory(16);
    world.store().keep(QStringLiteral("/p/a.png"), trajectory(20, 512));
    world.store().setLookedAt({QStringLiteral("/p/a.png")});
    for (int i = 0; i < 6; ++i)
        world.store().keep(QStringLiteral("/p/%1.png").arg(i), trajectory(20, 512));
    QVERIFY(world.store().find(QStringLiteral("/p/a.png")));
    QCOMPARE(world.store().current(), QStringLiteral("/p/a.png"));
}

void TrajectoryStoreTest::savesBesideThePictureAndReadsItBack()
{
    World world;
    world.studio->settings().setSavesSteps(true);
    QSignalSpy saved(&world.store(), &app::TrajectoryStore::savedBeside);
    const QString file = world.make();
    QTRY_COMPARE(saved.count(), 1);
    QVERIFY(QFile::exists(app::TrajectoryStore::fileBeside(file)));
    const app::TrajectoryPtr made = world.store().find(file);
    world.store().forget(file);
    QVERIFY(!world.store().find(file));
    QVERIFY(world.store().has(file));
    QSignalSpy loaded(&world.store(), &app::TrajectoryStore::loaded);
    world.store().request(file);
    QTRY_COMPARE(loaded.count(), 1);
    const auto read = loaded.at(0).at(1).value<app::TrajectoryPtr>();
    QCOMPARE(read->request.prompt, std::string("a red fox"));
    QCOMPARE(read->steps.size(), made->steps.size());
    QVERIFY(read->steps[2].x0 == made->steps[2].x0);
    QVERIFY(read->calls[3].denoised == made->calls[3].denoised);
}

void TrajectoryStoreTest::saysInOneSentenceThatAFileIsCutShort()
{
    World world;
    const QString picture = world.folder.filePath(QStringLiteral("p.png"));
    const QString beside = app::TrajectoryStore::fileBeside(picture);
    engine::writeTrajectory(*trajectory(), beside.toStdString());
    const qint64 size = QFile(beside).size();
    QSignalSpy failed(&world.store(), &app::TrajectoryStore::failed);
    int expected = 0;
    for (const qint64 left : {size - 10, size / 2, qint64(100), qint64(0)}) {
        QVERIFY(QFile(beside).resize(left));
        world.store().request(picture);
        ++expected;
        QTRY_COMPARE(failed.count(), expected);
        const auto failure = failed.last().at(1).value<app::Failure>();
        QVERIFY2(failure.sentence.contains(QLatin1String("p.png")) ||
                     failure.sentence.contains(QLatin1String("p.traj")),
                 qPrintable(failure.sentence));
        QVERIFY(!world.store().find(picture));
    }
}

void TrajectoryStoreTest::saysThatStepsWereNotKept()
{
    World world;
    QSignalSpy failed(&world.store(), &app::TrajectoryStore::failed);
    world.store().request(QStringLiteral("/nowhere/cat.png"));
    QTRY_COMPARE(failed.count(), 1);
    QCOMPARE(failed.at(0).at(1).value<app::Failure>().sentence,
             QStringLiteral("The steps of \"cat.png\" were not kept."));
}

void TrajectoryStoreTest::trashTakesTheStepsAlongAndUndoBringsThemBack()
{
    World world;
    qputenv("XDG_DATA_HOME", world.folder.filePath(QStringLiteral("share")).toLocal8Bit());
    world.studio->settings().setSavesSteps(true);
    QSignalSpy beside(&world.store(), &app::TrajectoryStore::savedBeside);
    const QString file = world.make();
    QTRY_COMPARE(beside.count(), 1);
    app::Trash trash(world.studio->store());
    QSignalSpy moved(&trash, &app::Trash::moved);
    QSignalSpy restored(&trash, &app::Trash::restored);
    app::GalleryPicture picture;
    picture.path = file;
    trash.move({picture});
    if (!moved.wait(5000))
        QSKIP("no trash on this file system");
    QVERIFY(!QFile::exists(app::TrajectoryStore::fileBeside(file)));
    trash.restore(moved.at(0).at(0).value<QList<app::Trash::Moved>>());
    QTRY_COMPARE(restored.count(), 1);
    QVERIFY(QFile::exists(file));
    QVERIFY(QFile::exists(app::TrajectoryStore::fileBeside(file)));
}

void TrajectoryStoreTest::branchNamesItsParentInItsRecipe()
{
    World world;
    const QString parent = world.make();
    engine::GenerateRequest request = world.store().find(parent)->request;
    request.branchFrom = world.store().find(parent);
    request.branchStep = 2;
    request.prompt = "a blue fox";
    request.branchNoiseSeed = 42;
    QSignalSpy saved(&world.studio->saver(), &app::PictureSaver::saved);
    QVERIFY(world.studio->queue().submitBranch(request, parent).id != 0);
    QVERIFY(saved.wait(20000));
    const QString file = saved.at(0).at(2).toString();
    const app::PictureInfo info = app::readPictureInfo(file);
    QVERIFY(info.recipe.has_value());
    QCOMPARE(info.recipe->parent, QFileInfo(parent).fileName());
    QCOMPARE(info.recipe->branchStep, 2);
    QCOMPARE(info.recipe->branchNoiseSeed, std::optional<quint64>(42));
    QVERIFY(!app::readPictureInfo(parent).recipe->branchNoiseSeed);
    const auto branch = world.store().branch(file);
    QVERIFY(branch.has_value());
    QCOMPARE(branch->parent, parent);
    QCOMPARE(branch->step, 2);
    QCOMPARE(branch->parentRequest.prompt, std::string("a red fox"));
    QCOMPARE(branch->request.prompt, std::string("a blue fox"));
}

void TrajectoryStoreTest::familyListsBranchesUnderTheirParents()
{
    World world;
    world.store().addBranch({.path = QStringLiteral("/p/b.png"), .parent = QStringLiteral("/p/a.png"), .step = 3});
    world.store().addBranch({.path = QStringLiteral("/p/c.png"), .parent = QStringLiteral("/p/b.png"), .step = 5});
    world.store().addBranch({.path = QStringLiteral("/p/d.png"), .parent = QStringLiteral("/p/a.png"), .step = 1});
    world.store().addBranch({.path = QStringLiteral("/p/a.png"), .parent = QStringLiteral("/p/c.png"), .step = 1});
    QCOMPARE(world.store().rootOf(QStringLiteral("/p/c.png")), QStringLiteral("/p/a.png")); // the circle was refused
    QStringList paths;
    for (const app::Branch &branch : world.store().familyOf(QStringLiteral("/p/d.png")))
        paths.append(branch.path);
    QCOMPARE(paths, QStringList({QStringLiteral("/p/b.png"), QStringLiteral("/p/d.png"), QStringLiteral("/p/c.png")}));
    QVERIFY(world.store().familyOf(QStringLiteral("/p/alone.png")).isEmpty());
}

void TrajectoryStoreTest::familySurvivesARestart()
{
    World world;
    const app::Branch branch = {.path = QStringLiteral("/p/b.png"),
                                .parent = QStringLiteral("/p/a.png"),
                                .step = 3,
                                .noiseSeed = 18446744073709551615ULL,
                                .request = {.prompt = "ein Füchslein", .steps = 9},
                                .parentRequest = {.prompt = "a fox"}};
    world.store().addBranch(branch);
    world.open();
    QVERIFY(world.store().branch(branch.path).has_value());
    QVERIFY(*world.store().branch(branch.path) == branch);
}

void TrajectoryStoreTest::waitingBranchSurvivesARestart()
{
    World world;
    const QString parent = world.make();
    const app::TrajectoryPtr steps = world.store().find(parent);
    engine::GenerateRequest request = steps->request;
    request.branchFrom = steps;
    request.branchStep = 2;
    request.guidanceScale = 3.0;
    QTRY_VERIFY(!world.studio->queue().running());
    world.studio->queue().pause();
    QVERIFY(world.studio->queue().submitBranch(request, parent).id != 0);
    QVERIFY(world.studio->queue().submitBranch(request, parent).id != 0); // they share one file
    world.open();
    app::JobQueue &queue = world.studio->queue();
    QCOMPARE(queue.waiting(), 2);
    const app::Job &job = queue.jobs().front();
    QVERIFY(job.request.branchFrom);
    QCOMPARE(job.request.branchStep, 2);
    QCOMPARE(job.parent, parent);
    QVERIFY(job.request.branchFrom->calls[1].denoised == steps->calls[1].denoised);
    QCOMPARE(QDir(world.folder.filePath(QStringLiteral("data/queue-steps"))).entryList(QDir::Files).size(), 1);
    QSignalSpy saved(&world.studio->saver(), &app::PictureSaver::saved);
    queue.resume();
    QTRY_COMPARE(saved.count(), 2);
    QCOMPARE(app::readPictureInfo(saved.at(0).at(2).toString()).recipe->parent, QFileInfo(parent).fileName());
    QTRY_VERIFY(!queue.running());
    queue.clearOver();
    world.open();
    QVERIFY(QDir(world.folder.filePath(QStringLiteral("data/queue-steps"))).entryList(QDir::Files).isEmpty());
}

void TrajectoryStoreTest::branchWhoseStepsAreLostFailsWithOneSentence()
{
    World world;
    const QString parent = world.make();
    engine::GenerateRequest request = world.store().find(parent)->request;
    request.branchFrom = world.store().find(parent);
    request.branchStep = 2;
    QTRY_VERIFY(!world.studio->queue().running());
    world.studio->queue().pause();
    world.studio->queue().submitBranch(request, parent);
    world.studio.reset();
    QDir steps(world.folder.filePath(QStringLiteral("data/queue-steps")));
    QCOMPARE(steps.entryList(QDir::Files).size(), 1);
    QVERIFY(QFile(steps.filePath(steps.entryList(QDir::Files).first())).resize(500));
    world.open();
    app::JobQueue &queue = world.studio->queue();
    QCOMPARE(queue.rowCount(), 1);
    const app::Job job = queue.jobs().front();
    QVERIFY(job.state == app::JobState::Failed);
    QVERIFY(job.failure.sentence.contains(QLatin1String("Branch again")));
    queue.retry(job.id); // without its parent it would be another picture
    QVERIFY(queue.jobs().front().state == app::JobState::Failed);
}

void TrajectoryStoreTest::changeIsWhatTwoStepsDifferBy()
{
    app::TrajectoryPictures pictures(trajectory(5));
    QVERIFY(pictures.change(0).isEmpty());
    const app::HeatMap &change = pictures.change(2);
    const engine::LatentArray a = engine::toFloat(pictures.trajectory()->steps[1].x0);
    const engine::LatentArray b = engine::toFloat(pictures.trajectory()->steps[2].x0);
    const std::size_t plane = std::size_t(a.width) * std::size_t(a.height);
    QCOMPARE(change.values.size(), plane);
    for (std::size_t i = 0; i < plane; ++i) {
        float mean = 0.F;
        for (std::size_t c = 0; c < 4; ++c)
            mean += std::abs(a.values[c * plane + i] - b.values[c * plane + i]) / 4.F;
        QVERIFY(std::abs(mean - change.values[i]) < 1e-6F);
    }
    QCOMPARE(pictures.difference(2, 2).mean(), 0.0);
    double sum = 0.0;
    for (int step = 1; step < 5; ++step)
        sum += pictures.change(step).mean();
    QVERIFY(std::abs(pictures.allChanges().mean() - sum) < 1e-6);
    QCOMPARE(pictures.changes()[0], 0.0);
    QVERIFY(pictures.changes()[1] > 0.0);
}

void TrajectoryStoreTest::picturesComeFromTheLinearMap()
{
    app::TrajectoryPictures pictures(trajectory(5));
    const engine::Trajectory &from = *pictures.trajectory();
    QCOMPARE(pictures.predicted(4), app::toQImage(engine::linearPicture(engine::toFloat(from.steps[4].x0), from.map)));
    QCOMPARE(pictures.predicted(4).size(), QSize(8, 8));
    QVERIFY(pictures.hasGuidance());
    for (const app::NoiseKind kind :
         {app::NoiseKind::Guided, app::NoiseKind::WithPrompt, app::NoiseKind::WithoutPrompt, app::NoiseKind::Gap})
        QCOMPARE(pictures.noise(1, kind).size(), QSize(8, 8));
}

void TrajectoryStoreTest::animationsHaveAFrameForEachStep_data()
{
    QTest::addColumn<app::StepsFormat>("format");
    QTest::newRow("WebP") << app::StepsFormat::WebP;
    QTest::newRow("GIF") << app::StepsFormat::Gif;
}

void TrajectoryStoreTest::animationsHaveAFrameForEachStep()
{
    QFETCH(app::StepsFormat, format);
    QTemporaryDir folder;
    const QString file = folder.filePath(QStringLiteral("steps.") + app::endingOf(format));
    const auto failure = app::exportSteps(trajectory(5), {.format = format, .file = file, .side = 64, .frameMs = 120});
    QVERIFY2(!failure, failure ? qPrintable(failure->details) : "");
    QImageReader reader(file);
    QVERIFY2(reader.canRead(), qPrintable(reader.errorString()));
    QVERIFY(reader.supportsAnimation());
    int frames = 0;
    QImage first;
    app::TrajectoryPictures pictures(trajectory(5));
    for (QImage frame = reader.read(); !frame.isNull(); frame = reader.read()) {
        QCOMPARE(frame.size(), QSize(64 + 4 + 64, 64));
        if (frames == 0)
            first = frame.convertToFormat(QImage::Format_RGB32);
        ++frames;
    }
    QCOMPARE(frames, 5 + 1);
    // The same colours: exactly in WebP, nearly in the 256 colours of a GIF.
    const QImage want = app::animationFrames(pictures, {.side = 64}).first().image;
    double error = 0.0;
    for (int y = 0; y < want.height(); ++y) {
        for (int x = 0; x < want.width(); ++x)
            error += std::abs(qGreen(want.pixel(x, y)) - qGreen(first.pixel(x, y)));
    }
    error /= want.width() * want.height();
    QVERIFY2(error <= (format == app::StepsFormat::WebP ? 0.0 : 8.0), qPrintable(QString::number(error)));
}

void TrajectoryStoreTest::stripShowsAllSteps()
{
    QTemporaryDir folder;
    const QString file = folder.filePath(QStringLiteral("strip.png"));
    QVERIFY(!app::exportSteps(trajectory(5), {.format = app::StepsFormat::Strip, .file = file, .side = 64}));
    QCOMPARE(QImage(file).size(), QSize(5 * 36 - 4, 32 * 2 + 4));
    app::TrajectoryPictures many(trajectory(900, 32));
    QVERIFY(app::stepsStrip(many, {.format = app::StepsFormat::Strip}).width() <= 32000);
}

void TrajectoryStoreTest::exportThatCannotBeWrittenSaysSo()
{
    QTemporaryDir folder;
    QVERIFY(QFile(folder.filePath(QStringLiteral("file"))).open(QIODevice::WriteOnly));
    const auto failure = app::exportSteps(
        trajectory(3),
        {.format = app::StepsFormat::Gif, .file = folder.filePath(QStringLiteral("file/all.gif")), .side = 32});
    QVERIFY(failure.has_value());
    QVERIFY(!failure->sentence.isEmpty());
}

QTEST_GUILESS_MAIN(TrajectoryStoreTest)
#include "trajectory_store_test.moc"
