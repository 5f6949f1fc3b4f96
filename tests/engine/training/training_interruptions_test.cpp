// A full disk and kill -9 at random moments: training ends with the weights that it would have ended with.
// The same program is parent and child; the child is started with a folder and trains there until it is done.
#include "engine/core/device.h"
#include "engine/core/tensor_file.h"
#include "engine/training/checkpointing.h"
#include "engine/training/run_training.h"
#include "tests/support/training_pictures.h"

#include <QCoreApplication>
#include <QProcess>
#include <QRandomGenerator>
#include <QTemporaryDir>
#include <QTest>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <sys/syscall.h>
#include <unistd.h>

namespace fs = std::filesystem;

namespace {

/// While this is set, no file whose path holds it takes any data.
std::atomic<const char *> fullFolder = nullptr;

} // namespace

/// In place of the C library's: a disk that is full when the test says so.
extern "C" ssize_t write(int file, const void *bytes, size_t count)
{
    if (const char *folder = fullFolder) {
        char path[4096] = {};
        const std::string link = "/proc/self/fd/" + std::to_string(file);
        const ssize_t length = ::readlink(link.c_str(), path, sizeof path - 1);
        if (length > 0 && std::strstr(path, folder)) {
            errno = ENOSPC;
            return -1;
        }
    }
    return static_cast<ssize_t>(::syscall(SYS_write, file, bytes, count));
}

namespace {

constexpr int kSteps = 60;

engine::TrainRequest request(const fs::path &root, const std::string &output)
{
    return {.kind = engine::TrainKind::Pixel,
            .data = root / "data",
            .output = root / output,
            .size = 16,
            .steps = kSteps,
            .batch = 4,
            .warmupSteps = 2,
            .flip = true,
            .precision = engine::Precision::Float32,
            .seed = 5,
            .widths = {16, 32},
            .sampleEvery = 0};
}

engine::TrainReport train(const engine::TrainRequest &request, const engine::RunContext &context = {})
{
    return engine::runTraining(request, engine::DevicePolicy(engine::EngineOptions{.threads = 1}), context);
}

/// Says each step, which it has saved before, so that a kill finds it computing as well as writing.
int child(const fs::path &root)
{
    engine::TrainRequest asked = request(root, "killed");
    asked.checkpointMinutes = 1e-9;
    bool isTraining = false; // before, there is time between pictures that are read
    const engine::TrainReport report =
        train(asked, {.emit =
                          [&](const engine::Event &event) {
                              const auto *stage = std::get_if<engine::StageStarted>(&event);
                              isTraining = isTraining || (stage && stage->stage == engine::Stage::Training);
                          },
                      .betweenSteps =
                          [&] {
                              if (isTraining) {
                                  std::puts("step");
                                  std::fflush(stdout);
                              }
                          }});
    return report.finished ? 0 : 1;
}

/// The names of what differs between two checkpoints.
std::string differences(const fs::path &one, const fs::path &other)
{
    const auto want = engine::readTensors(engine::checkpointFile(one / "checkpoints"));
    const auto got = engine::readTensors(engine::checkpointFile(other / "checkpoints"));
    std::string names = want.empty() || want.size() != got.size() ? "the tensors' number" : "";
    for (const auto &[name, tensor] : want) {
        if (!got.contains(name) || !torch::equal(got.at(name), tensor))
            names += " " + name;
    }
    return names;
}

std::vector<std::string> filesIn(const fs::path &folder)
{
    std::vector<std::string> names;
    for (const auto &entry : fs::directory_iterator(folder))
        names.push_back(entry.path().filename().string());
    return names;
}

} // namespace

class TrainingInterruptionsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void fullDiskPausesTraining();
    void stopWhileTheDiskIsFullKeepsTheLastCheckpoint();
    void killedRunGoesOnBitForBit();

private:
    [[nodiscard]] fs::path root() const { return m_root.path().toStdString(); }

    QTemporaryDir m_root;
};

void TrainingInterruptionsTest::initTestCase()
{
    tests::writeTrainingSet(root() / "data", 10);
    QVERIFY(train(request(root(), "undisturbed")).finished);
}

void TrainingInterruptionsTest::fullDiskPausesTraining()
{
    engine::TrainRequest asked = request(root(), "full");
    asked.checkpointMinutes = 1e-9;
    int step = 0;
    std::vector<engine::WaitingForSpace> waits;
    const engine::RunContext context{.emit =
                                         [&](const engine::Event &event) {
                                             if (const auto *wait = std::get_if<engine::WaitingForSpace>(&event)) {
                                                 waits.push_back(*wait);
                                                 fullFolder = nullptr; // somebody makes space
                                             }
                                         },
                                     .betweenSteps =
                                         [&] {
                                             if (++step == 3)
                                                 fullFolder = "full/checkpoints";
                                         }};
    const engine::TrainReport report = train(asked, context);
    QVERIFY(report.finished);
    QCOMPARE(waits.size(), std::size_t(1));
    QVERIFY(waits.front().folder == asked.output / "checkpoints");
    QVERIFY(waits.front().bytes > 0);
    QCOMPARE(differences(root() / "undisturbed", asked.output), std::string());
    QCOMPARE(filesIn(asked.output / "checkpoints"), std::vector<std::string>{"training.safetensors"});
}

void TrainingInterruptionsTest::stopWhileTheDiskIsFullKeepsTheLastCheckpoint()
{
    engine::TrainRequest asked = request(root(), "stopped full");
    asked.checkpointMinutes = 1e-9;
    int step = 0;
    std::stop_source stop;
    const engine::RunContext context{.emit =
                                         [&](const engine::Event &event) {
                                             if (std::holds_alternative<engine::WaitingForSpace>(event))
                                                 stop.request_stop();
                                         },
                                     .stop = stop.get_token(),
                                     .betweenSteps =
                                         [&] {
                                             if (++step == 3)
                                                 fullFolder = "full/checkpoints";
                                         }};
    try {
        train(asked, context);
        QFAIL("The disk was full.");
    } catch (const engine::Error &error) {
        QCOMPARE(error.kind, engine::ErrorKind::DiskFull);
    }
    fullFolder = nullptr;
    QCOMPARE(filesIn(asked.output / "checkpoints"), std::vector<std::string>{"training.safetensors"});
    engine::TrainReport report = train(asked);
    QVERIFY(report.finished);
    QCOMPARE(differences(root() / "undisturbed", asked.output), std::string());
}

void TrainingInterruptionsTest::killedRunGoesOnBitForBit()
{
    constexpr int kKills = 6;
    constexpr int kTimeoutMs = 120'000;
    QRandomGenerator random(20261123);
    int kills = 0;
    qsizetype steps = 0;
    for (bool isDone = false; !isDone;) {
        QProcess process;
        process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        process.start(QCoreApplication::applicationFilePath(),
                      {QStringLiteral("--train"), QString::fromStdString(root().string())});
        if (kills < kKills) {
            for (int left = random.bounded(1, 4); left > 0; --left) {
                while (!process.canReadLine() && process.state() != QProcess::NotRunning)
                    process.waitForReadyRead(kTimeoutMs);
                steps += process.readLine().count("step");
            }
            ::usleep(static_cast<useconds_t>(random.bounded(40'000))); // some steps of computing and writing
            process.kill();
        }
        QVERIFY(process.waitForFinished(kTimeoutMs));
        steps += process.readAllStandardOutput().count("step");
        isDone = process.exitStatus() == QProcess::NormalExit;
        if (isDone)
            QCOMPARE(process.exitCode(), 0);
        else
            ++kills;
    }
    QVERIFY2(kills >= 2, "it was done before it could be killed");
    // What it says was saved: it went on each time, and did not begin anew.
    QVERIFY2(steps <= kSteps, std::to_string(steps).c_str());
    QCOMPARE(differences(root() / "undisturbed", root() / "killed"), std::string());
    QCOMPARE(filesIn(root() / "killed/checkpoints"), std::vector<std::string>{"training.safetensors"});
}

int main(int argc, char **argv)
{
    if (argc == 3 && std::string_view(argv[1]) == "--train")
        return child(argv[2]);
    QCoreApplication app(argc, argv);
    TrainingInterruptionsTest test;
    return QTest::qExec(&test, argc, argv);
}

#include "training_interruptions_test.moc"
