#include "app/cli/command.h"

#include "app/recipe.h"
#include "engine/event.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <array>
#include <cstdio>

namespace app::cli {

namespace {

constexpr std::array<Command, 10> kCommands = {{
    {"generate", "make pictures from a prompt", runGenerate},
    {"branch", "make a picture again from one of its steps on", runBranch},
    {"inspect", "tell what a model or a picture is", runInspect},
    {"export", "write pictures in other formats, as a zip or a contact sheet", runExport},
    {"verify", "make a picture again and say whether it is the same", runVerify},
    {"tokenize", "show the token ids of texts", runTokenize},
    {"samplers", "list the samplers", runSamplers},
    {"schedules", "list the schedules, or show the noise levels of one", runSchedules},
    {"probe", "run one network of a model on given tensors", runProbe},
    {"train", "train a model on a folder of pictures", runTrain},
}};

struct KindRow
{
    engine::ErrorKind kind;
    ExitCode code;
    const char *name;    ///< in JSON
    const char *meaning; ///< in --help
};

constexpr std::array<KindRow, 9> kKinds = {{
    {engine::ErrorKind::Internal, ExitCode::Internal, "internal", "a fault of the program"},
    {engine::ErrorKind::BadRequest, ExitCode::BadRequest, "bad_request", "a value that cannot be used"},
    {engine::ErrorKind::FileUnreadable, ExitCode::FileUnreadable, "file_unreadable", "a file cannot be read"},
    {engine::ErrorKind::NotACheckpoint, ExitCode::NotACheckpoint, "not_a_checkpoint", "a file is damaged or foreign"},
    {engine::ErrorKind::UnknownFamily, ExitCode::UnknownFamily, "unknown_family", "a model of no known kind"},
    {engine::ErrorKind::NotSupported, ExitCode::NotSupported, "not_supported", "known, but not supported yet"},
    {engine::ErrorKind::WrongWeights, ExitCode::WrongWeights, "wrong_weights",
     "parts of a model are missing or do not fit"},
    {engine::ErrorKind::OutOfMemory, ExitCode::OutOfMemory, "out_of_memory", "not enough memory"},
    {engine::ErrorKind::DiskFull, ExitCode::DiskFull, "disk_full", "a file cannot be written"},
}};

const KindRow &rowOf(engine::ErrorKind kind)
{
    for (const KindRow &row : kKinds) {
        if (row.kind == kind)
            return row;
    }
    return kKinds.front();
}

void printError(const QString &text)
{
    std::fprintf(stderr, "%s\n", text.toUtf8().constData());
}

QString programHelp()
{
    QString text =
        QStringLiteral("Usage: tincture-cli COMMAND [OPTIONS]\n"
                       "Makes pictures with diffusion models, and looks into models and pictures.\n\nCommands:\n");
    for (const Command &command : kCommands)
        text += QStringLiteral("  %1%2\n").arg(QLatin1String(command.name), -12).arg(QLatin1String(command.summary));
    return text +
           QStringLiteral("\nOptions:\n  -h, --help  this text, or that of a command: tincture-cli COMMAND --help\n"
                          "  --version   the version\n\n") +
           exitCodeHelp();
}

/// Tells what went wrong on standard error, and as the one JSON value where JSON was asked for.
int fail(const QStringList &arguments, ExitCode code, const char *kind, const QString &sentence, const QString &details)
{
    printError(QStringLiteral("tincture-cli: ") + sentence);
    constexpr int kReadable = 800; // messages of LibTorch run over pages; --json has all of it
    if (!details.isEmpty())
        printError(details.size() > kReadable ? details.left(kReadable).trimmed() + QStringLiteral(" ...") : details);
    if (arguments.contains(QStringLiteral("--json"))) {
        printJson(QJsonObject{{QStringLiteral("error"), QJsonObject{{QStringLiteral("kind"), QLatin1String(kind)},
                                                                    {QStringLiteral("message"), sentence},
                                                                    {QStringLiteral("details"), details}}}});
    }
    return int(code);
}

int fail(const QStringList &arguments, const Failure &failure)
{
    const KindRow &row = rowOf(failure.kind);
    return fail(arguments, row.code, row.name, failure.sentence, failure.details);
}

} // namespace

std::span<const Command> commands()
{
    return kCommands;
}

ExitCode exitCodeOf(engine::ErrorKind kind)
{
    return rowOf(kind).code;
}

QString exitCodeHelp()
{
    QStringList lines = {QStringLiteral("    0  done"), QStringLiteral("    2  the command line cannot be used")};
    for (const KindRow &row : kKinds)
        lines << QStringLiteral("%1  %2").arg(int(row.code), 5).arg(QLatin1String(row.meaning));
    lines << QStringLiteral("  130  interrupted");
    lines.sort(); // by status, which is right-aligned
    return QStringLiteral("Exit status:\n%1\n").arg(lines.join(QLatin1Char('\n')));
}

int runProgram(const QStringList &arguments)
{
    const QString name = arguments.value(0);
    if (name.isEmpty() || name == QLatin1String("--help") || name == QLatin1String("-h") ||
        name == QLatin1String("help")) {
        if (name.isEmpty())
            printError(programHelp());
        else
            print(programHelp().trimmed());
        return int(name.isEmpty() ? ExitCode::Usage : ExitCode::Done);
    }
    if (name == QLatin1String("--version")) {
        print(QStringLiteral("tincture-cli ") + programVersion());
        return int(ExitCode::Done);
    }
    const Command *chosen = nullptr;
    for (const Command &command : kCommands) {
        if (name == QLatin1String(command.name))
            chosen = &command;
    }
    if (chosen == nullptr) {
        return fail(arguments, ExitCode::Usage, "usage",
                    QStringLiteral("There is no command \"%1\". \"tincture-cli --help\" lists the commands.").arg(name),
                    {});
    }
    try {
        chosen->run(arguments.mid(1));
        return int(ExitCode::Done);
    } catch (const HelpAsked &help) {
        print(help.text);
        return int(ExitCode::Done);
    } catch (const EndWith &end) {
        return end.status;
    } catch (const UsageError &error) {
        const QString hint = QStringLiteral("\"tincture-cli %1 --help\" lists the options.").arg(name);
        return fail(arguments, ExitCode::Usage, "usage", error.sentence + QLatin1Char(' ') + hint, {});
    } catch (const CommandFailed &error) {
        return fail(arguments, error.failure);
    } catch (const engine::Error &error) {
        return fail(arguments, Failure::fromError(error));
    } catch (const engine::Cancelled &) {
        return fail(arguments, ExitCode::Interrupted, "interrupted", QStringLiteral("Interrupted."), {});
    } catch (const std::bad_alloc &) {
        return fail(arguments,
                    Failure::fromError(engine::Error(engine::ErrorKind::OutOfMemory, {}, "not enough memory")));
    } catch (const std::exception &error) {
        return fail(arguments, Failure::fromError(engine::Error(engine::ErrorKind::Internal, {}, error.what())));
    }
}

void print(const QString &text)
{
    std::fprintf(stdout, "%s\n", text.toUtf8().constData());
    std::fflush(stdout);
}

void printJson(const QJsonValue &value)
{
    // QJsonDocument holds objects and arrays only, and those are all that commands print.
    const QJsonDocument document = value.isArray() ? QJsonDocument(value.toArray()) : QJsonDocument(value.toObject());
    print(QString::fromUtf8(document.toJson(QJsonDocument::Compact)));
}

} // namespace app::cli
