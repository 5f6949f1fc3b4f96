#pragma once

#include "app/failure.h"
#include "engine/error.h"

#include <QJsonValue>
#include <QString>
#include <QStringList>

#include <span>

namespace app::cli {

/// Exit statuses are part of the interface: scripts test them, --help lists them.
enum class ExitCode : int {
    Done = 0,
    Internal = 1,
    Usage = 2,
    BadRequest = 3,
    FileUnreadable = 4,
    NotACheckpoint = 5,
    UnknownFamily = 6,
    NotSupported = 7,
    WrongWeights = 8,
    OutOfMemory = 9,
    DiskFull = 10,
    Interrupted = 130
};

[[nodiscard]] ExitCode exitCodeOf(engine::ErrorKind kind);
/// The table of statuses for --help.
[[nodiscard]] QString exitCodeHelp();

/// The command line itself cannot be used.
struct UsageError
{
    QString sentence;
};

/// Something failed outside of the engine.
struct CommandFailed
{
    Failure failure;
};

/// The answer is printed; the status says more.
struct EndWith
{
    int status = 0;
};

/// --help was asked for.
struct HelpAsked
{
    QString text;
};

/// A part of the program: "tincture-cli NAME ...".
struct Command
{
    const char *name;
    const char *summary;
    /// Does the work and prints the answer. \throws UsageError, CommandFailed, HelpAsked, engine::Error,
    /// engine::Cancelled
    void (*run)(const QStringList &arguments);
};

[[nodiscard]] std::span<const Command> commands();

void runGenerate(const QStringList &arguments);
void runBranch(const QStringList &arguments);
void runInspect(const QStringList &arguments);
void runExport(const QStringList &arguments);
void runVerify(const QStringList &arguments);
void runTokenize(const QStringList &arguments);
void runSamplers(const QStringList &arguments);
void runSchedules(const QStringList &arguments);
void runProbe(const QStringList &arguments);
void runTrain(const QStringList &arguments);

/// Runs the program: picks the command, prints what went wrong. `arguments` without the program's name.
[[nodiscard]] int runProgram(const QStringList &arguments);

/// One line, or one JSON value and a line end, on standard output.
void print(const QString &text);
void printJson(const QJsonValue &value);

} // namespace app::cli
